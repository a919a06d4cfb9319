"""The pages of the notice's annex: paper, styles and tables after GB/T 9704-2012.

Sizes and distances stand here and nowhere else: upright pages and lying ones, headings that Word knows
as such, tables of fixed widths whose header comes again on every page. It refuses to know what is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from xml.sax.saxutils import escape

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGNED
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.section import Section, _Footer
from docx.shared import Pt, RGBColor, Twips
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

BODY, TITLE, HEI, KAI, SONG = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
_LATIN = "Times New Roman"
_USUAL = "Normal"
_SHORT, _LONG = 11906, 16838
_TOP, _LEFT, _RIGHT, _BOTTOM = 2098, 1588, 1474, 1984
UPRIGHT_WIDTH, LYING_WIDTH = _SHORT - _LEFT - _RIGHT, _LONG - _TOP - _BOTTOM
UPRIGHT_HEIGHT, LYING_HEIGHT = _LONG - _TOP - _BOTTOM, _SHORT - _LEFT - _RIGHT
"""The width and the height of what is written, in twips."""
_LINE, _TABLE_LINE, _CHARACTER = Pt(28.95), Pt(15), Pt(16)
_CELL_MARGIN = 57
_LONG_TEXT = 400
"""Letters of a cell that may not find room on one page."""
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")

HEADED, WORDS, CENTRED, PLAIN, GAP = "表头", "表格文字", "表格居中", "表外文字", "间隔"
"""The styles of what stands in tables, around them, and between two of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a style looks: sizes and distances in points."""

    font: str = BODY
    size: float = 16
    line: Pt = _LINE
    first: float = 0
    """Characters that the first line is in."""
    side: ALIGNED = ALIGNED.JUSTIFY
    before: float = 0
    keep: bool = False
    after: float = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, its style, over how many columns and rows it reaches.

    `down` is 0 where one above reaches over it.
    """

    text: str = ""
    style: str = CENTRED
    span: int = 1
    down: int = 1


Row = Sequence[Cell | str]


@dataclass
class AnnexPage:
    """A Word document that is written from its top to its end.

    `looks` are styles of its own, beside the usual ones or in their place. `is_laid`: the document that
    was handed in has its paper and its styles already.
    """

    document: Document = field(default_factory=docx.Document)
    lies: bool = False
    looks: Mapping[str, Look] = field(default_factory=lambda: MappingProxyType({}))
    is_laid: bool = False

    def __post_init__(self) -> None:
        """Lay the paper and declare the styles."""
        if self.is_laid:
            return
        _declare_styles(self.document, {**_LOOKS, **self.looks})
        settings = self.document.settings
        settings.odd_and_even_pages_header_footer = True
        first = self.document.sections[0]
        _lay(first, lies=self.lies)
        _number(first.footer, ALIGNED.RIGHT)
        _number(first.even_page_footer, ALIGNED.LEFT)

    @cached_property
    def style_ids(self) -> Mapping[str, str]:
        """The ids of the styles, by name."""
        return {style.name: style.style_id for style in self.document.styles if style.name}

    @property
    def width(self) -> int:
        """How much room there is from side to side, in twips."""
        return LYING_WIDTH if self.lies else UPRIGHT_WIDTH

    @property
    def height(self) -> int:
        """How much room there is from top to bottom, in twips."""
        return LYING_HEIGHT if self.lies else UPRIGHT_HEIGHT

    def turn(self, *, lies: bool) -> bool:
        """Go on on pages that lie or stand; give whether that began a new page."""
        if lies == self.lies:
            return False
        self.lies = lies
        _lay(self.document.add_section(WD_SECTION.NEW_PAGE), lies=lies)
        return True

    def write(
        self, text: str, style: str = _USUAL, *, new_page: bool = False, kept: bool = False
    ) -> Paragraph:
        """Write a paragraph, on a `new_page` or `kept` on one page with the next."""
        paragraph = self.document.add_paragraph(printable(text))
        if style != _USUAL:  # told by its id: the library would look for its name among all
            paragraph._p.style = self.style_ids[style]  # noqa: SLF001
        if new_page:
            paragraph.paragraph_format.page_break_before = True
        if kept:
            paragraph.paragraph_format.keep_with_next = True
        return paragraph

    def table(
        self,
        rows: Iterable[Row],
        widths: Sequence[float],
        *,
        headers: int = 1,
        lined: bool = True,
        height: int = 0,
        kept: int = 0,
    ) -> None:
        """Write a table as wide as the page, `widths` to each other; the first rows are its header.

        Rows but the header's are at least `height` twips tall; none is broken over two pages but a very long one,
        and the last `kept` stay on one page with the one before them.
        """
        listed = list(rows)
        room, total = self.width, sum(widths)
        exact = [round(room * width / total) for width in widths]
        body = "".join(
            _row(
                row,
                exact,
                is_header=number < headers,
                height=0 if number < headers else height,
                stays=len(listed) - kept <= number + 1 < len(listed),
            )
            for number, row in enumerate(listed)
        )
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in exact)
        edges = "".join(
            f'<w:{side} w:val="{"single" if lined else "nil"}" w:sz="4" w:space="0" w:color="000000"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        xml = (
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(exact)}" w:type="dxa"/>'
            f'<w:jc w:val="center"/><w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
            f'<w:tblCellMar><w:left w:w="{_CELL_MARGIN}" w:type="dxa"/><w:right w:w="{_CELL_MARGIN}"'
            f' w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>'
        )
        self.document.element.body.insert_element_before(parse_xml(xml), "w:sectPr")


def _row(row: Row, widths: Sequence[int], *, is_header: bool, height: int, stays: bool) -> str:
    cells, left, longest = [], 0, 0
    for entry in row:
        cell = Cell(entry, HEADED if is_header else CENTRED) if isinstance(entry, str) else entry
        width = sum(widths[left : left + cell.span])
        left += cell.span
        longest = max(longest, len(cell.text))
        cells.append(_cell(cell, width, "<w:keepNext/>" if stays else ""))
    asked = f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else ""
    header = "<w:tblHeader/>" if is_header else ""
    whole = "" if longest > _LONG_TEXT else "<w:cantSplit/>"
    return f"<w:tr><w:trPr>{whole}{asked}{header}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(cell: Cell, width: int, stays: str) -> str:
    span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    if cell.down != 1:
        span += '<w:vMerge w:val="restart"/>' if cell.down else "<w:vMerge/>"
    paragraphs = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{cell.style}"/>{stays}</w:pPr>'
        f'<w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for line in printable(cell.text).split("\n")
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}<w:vAlign w:val="center"/></w:tcPr>'
        f"{paragraphs}</w:tc>"
    )


def printable(text: str) -> str:
    """Leave out what no XML may hold."""
    return _UNPRINTABLE.sub("", text)


def _lay(section: Section, *, lies: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if lies else WD_ORIENT.PORTRAIT
    sides = (_LEFT, _RIGHT, _BOTTOM, _TOP) if lies else (_TOP, _BOTTOM, _LEFT, _RIGHT)
    section.page_width, section.page_height = map(
        Twips, (_LONG, _SHORT) if lies else (_SHORT, _LONG)
    )
    section.top_margin, section.bottom_margin = Twips(sides[0]), Twips(sides[1])
    section.left_margin, section.right_margin = Twips(sides[2]), Twips(sides[3])
    section.footer_distance = Twips(sides[1] - 794)  # 7 mm below what is written


def _number(footer: _Footer, side: ALIGNED) -> None:
    """Put the page's number into a footer: — 1 —, on the outer side, one character in."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style, paragraph.alignment = "页码", side
    paragraph.paragraph_format.right_indent = Pt(14) if side is ALIGNED.RIGHT else None
    paragraph.paragraph_format.left_indent = Pt(14) if side is ALIGNED.LEFT else None
    field_of = f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    paragraph.add_run("— ")
    paragraph._p.append(parse_xml(field_of))  # noqa: SLF001 - python-docx writes no fields
    paragraph.add_run(" —")


_LOOKS = {
    "Normal": Look(first=2),
    "Heading 1": Look(font=HEI, first=2, keep=True),
    "Heading 2": Look(font=KAI, first=2, keep=True),
    "附件序号": Look(font=HEI, side=ALIGNED.LEFT),
    "附件标题": Look(font=TITLE, size=22, line=Pt(36), side=ALIGNED.CENTER, keep=True),
    "附件副题": Look(font=KAI, side=ALIGNED.CENTER, keep=True),
    "表名行": Look(font=HEI, size=12, line=Pt(22), before=6, side=ALIGNED.LEFT, keep=True),
    "表题": Look(font=TITLE, side=ALIGNED.CENTER, keep=True),
    HEADED: Look(font=HEI, size=10.5, line=_TABLE_LINE, side=ALIGNED.CENTER),
    WORDS: Look(font=SONG, size=10.5, line=_TABLE_LINE, side=ALIGNED.LEFT),
    CENTRED: Look(font=SONG, size=10.5, line=_TABLE_LINE, side=ALIGNED.CENTER),
    PLAIN: Look(font=SONG, size=10.5, line=Pt(18), side=ALIGNED.LEFT),
    GAP: Look(size=2, line=Pt(3), keep=True),
    "页码": Look(font=SONG, size=14, line=Pt(18), side=ALIGNED.RIGHT),
}


def _declare_styles(document: Document, looks: Mapping[str, Look]) -> None:
    for name, look in looks.items():
        if name in document.styles:
            style = document.styles[name]
        else:
            style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = document.styles["Normal"]
        if isinstance(style, ParagraphStyle):
            _dress(style, look)


def _dress(style: ParagraphStyle, look: Look) -> None:
    font, room = style.font, style.paragraph_format
    font.name, font.size, font.bold, font.italic = _LATIN, Pt(look.size), False, False
    font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{script}"), None)
    fonts.set(qn("w:eastAsia"), look.font)
    room.line_spacing, room.space_before, room.space_after = (
        look.line,
        Pt(look.before),
        Pt(look.after),
    )
    room.first_line_indent = Pt(look.first * look.size)
    room.left_indent = Pt(0)
    room.alignment, room.keep_with_next, room.widow_control = look.side, look.keep, False
    if look.size == _CHARACTER.pt:
        spacing = parse_xml(f'<w:spacing {nsdecls("w")} w:val="-5"/>')  # 28 characters a line
        properties = style.element.get_or_add_rPr()
        for old in properties.findall(qn("w:spacing")):
            properties.remove(old)
        anchor = properties.find(qn("w:sz"))
        anchor.addprevious(spacing)
