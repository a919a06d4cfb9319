"""How papers look on our pages: headings, text and tables of foreign documents in one style, whatever theirs was.

A table is as wide as the page; one of many columns lies on pages of its own and is set smaller. What a
typed number says (一、 （一）) makes a heading where the document has none. It refuses to change words.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGNED
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.section import _Header
from docx.shared import Pt, Twips
from docx.styles.style import BaseStyle, ParagraphStyle

from sheetflow.consolidation.judged_papers import TextCell, TextParagraph, TextTable
from sheetflow.reporting.annex_page import (
    CENTRED,
    HEADED,
    HEI,
    KAI,
    SONG,
    TITLE,
    UPRIGHT_WIDTH,
    WORDS,
    AnnexPage,
    Cell,
    Look,
    Row,
    printable,
)

COVER, COVER_LINE, CONTENTS, BYLINE, REMARK = "书名", "书名下", "目录标题", "作者行", "说明行"
LIST_TITLE, _AROUND = "名单标题", "表距"
LISTED, LISTED_WORDS, SIGNED = "名单居中", "名单文字", "署名"
_RUNNING, _SMALL, _SMALL_HEADED = "页眉行", "表格小字", "小字表头"
TOC_LEVELS = ("toc 1", "toc 2")
PAPER_LOOKS: Mapping[str, Look] = {
    "Heading 1": Look(font=TITLE, size=26, line=Pt(44), side=ALIGNED.CENTER, keep=True),
    "Heading 2": Look(font=TITLE, size=22, line=Pt(36), side=ALIGNED.CENTER, keep=True),
    "Heading 3": Look(font=HEI, first=2, keep=True),
    "Heading 4": Look(font=KAI, first=2, keep=True),
    "Heading 5": Look(first=2, keep=True),
    COVER: Look(font=TITLE, size=30, line=Pt(50), side=ALIGNED.CENTER),
    LIST_TITLE: Look(font=TITLE, size=22, line=Pt(36), side=ALIGNED.CENTER, keep=True),
    _AROUND: Look(size=5, line=Pt(8), keep=True),
    COVER_LINE: Look(font=KAI, size=18, line=Pt(32), side=ALIGNED.CENTER),
    CONTENTS: Look(font=TITLE, size=22, line=Pt(36), side=ALIGNED.CENTER, after=12),
    TOC_LEVELS[0]: Look(font=HEI, line=Pt(30), side=ALIGNED.LEFT, before=6),
    TOC_LEVELS[1]: Look(size=14, line=Pt(24), side=ALIGNED.LEFT),
    BYLINE: Look(font=KAI, side=ALIGNED.CENTER, before=6, after=18),
    REMARK: Look(font=KAI, size=14, line=Pt(24), first=2),
    LISTED: Look(size=12, line=Pt(19), side=ALIGNED.CENTER),
    LISTED_WORDS: Look(size=12, line=Pt(19), side=ALIGNED.LEFT),
    SIGNED: Look(side=ALIGNED.RIGHT),
    _RUNNING: Look(font=SONG, size=10.5, line=Pt(15), side=ALIGNED.CENTER),
    _SMALL: Look(font=SONG, size=8, line=Pt(11), side=ALIGNED.LEFT),
    _SMALL_HEADED: Look(font=HEI, size=8, line=Pt(11), side=ALIGNED.CENTER),
}
_MANY_COLUMNS, _VERY_MANY, _MOST_COLUMNS = 8, 14, 63
_NARROWEST, _NARROWEST_SMALL = 2.6, 2.0
"""Widths in letters of the table: nothing is set in a column that holds no two."""
_FIRST, _SECOND = (
    re.compile(r"[一二三四五六七八九十]{1,3}[、．.]"),
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]"),
)
_SENTENCE = re.compile(r"[。！？；]")
_LONGEST_HEADING = 40
_IN_TEXT = ("Heading 3", "Heading 4", "Heading 5")
_SHOWN_TITLE = 36
_SHORT_CELL, _SHORT_HEADER, _FEWEST_ROWS = 12, 16, 2
_AROUND_QUOTES = re.compile("(?<=[”》])|(?=[“《])")


def paper_page(*, lies: bool = False) -> AnnexPage:
    """Begin a document of papers."""
    document = docx.Document(io.BytesIO(_blank(lies=lies)))
    return AnnexPage(document, lies=lies, looks=PAPER_LOOKS, is_laid=True)


@lru_cache(maxsize=2)
def _blank(*, lies: bool) -> bytes:
    """Lay an empty document once: a hundred papers begin with it.

    It has no styles but those that are used; the library's own has a hundred more, and a picture.
    """
    page = AnnexPage(lies=lies, looks=PAPER_LOOKS)
    for style in list(page.document.styles):
        if style.type is not WD_STYLE_TYPE.PARAGRAPH and not _is_default(style):
            style.delete()
    for name in TOC_LEVELS:  # where an update puts the page's number
        style = page.document.styles[name]
        if isinstance(style, ParagraphStyle):
            stops = style.paragraph_format.tab_stops
            stops.add_tab_stop(Twips(UPRIGHT_WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    target = io.BytesIO()
    page.document.save(target)
    return target.getvalue()


def _is_default(style: BaseStyle) -> bool:
    return style.element.get(qn("w:default")) is not None


def in_lines(title: str, letters: int) -> list[str]:
    """Break a title into lines of at most `letters`: around a quotation, else evenly."""
    lines = [""]
    for part in filter(None, _AROUND_QUOTES.split(title)):
        if len(lines[-1]) + len(part) <= letters:
            lines[-1] += part
        else:
            even = -(-len(part) // -(-len(part) // letters))
            lines += [part[start : start + even] for start in range(0, len(part), even)]
    return [line for line in lines if line]


def write_contents(page: AnnexPage, contents: Sequence[TextParagraph | TextTable]) -> None:
    """Write what a paper says; afterwards the page stands upright."""
    levels = sorted({each.level for each in contents if isinstance(each, TextParagraph)} - {0})
    for number, content in enumerate(contents):
        if isinstance(content, TextTable):
            page.turn(lies=_is_wide(content))
            _write_table(page, content)
            continue
        following = contents[number + 1] if number + 1 < len(contents) else None
        is_table_next = isinstance(following, TextTable)
        is_caption = is_table_next and _is_short(content.text)
        page.turn(lies=is_caption and isinstance(following, TextTable) and _is_wide(following))
        style = _style_of(content, levels)
        for line in content.text.split("\n"):
            page.write(line, style, kept=is_caption)
    page.turn(lies=False)


def run_header(page: AnnexPage, words: str) -> None:
    """Let `words` stand above every page from the last section on."""
    words = printable(words)
    shown = words if len(words) <= _SHOWN_TITLE else f"{words[:_SHOWN_TITLE]}…"
    section = page.document.sections[-1]
    for header in (section.header, section.even_page_header):
        _head(header, shown)


def sign(page: AnnexPage, lines: Iterable[str]) -> None:
    """Write who signs and when, four letters from the right side."""
    written = [page.write(line, SIGNED, kept=True) for line in filter(None, lines)]
    for paragraph in written:
        paragraph.paragraph_format.right_indent = Pt(64)
    if written:
        written[-1].paragraph_format.keep_with_next = False


def _head(header: _Header, words: str) -> None:
    header.is_linked_to_previous = False
    paragraph = header.paragraphs[0]
    paragraph.style = _RUNNING
    paragraph.add_run(words)
    edge = (
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="4" w:space="4" w:color="000000"/>'
        "</w:pBdr>"
    )
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx draws no borders
    properties.find(qn("w:pStyle")).addnext(parse_xml(edge))


def _style_of(paragraph: TextParagraph, levels: Sequence[int]) -> str:
    """Give the style of a paragraph: the document's own headings count from the highest that it has."""
    text = paragraph.text
    if not _is_short(text):
        return "Normal"
    if _FIRST.match(text):
        return _IN_TEXT[0]
    if _SECOND.match(text):
        return _IN_TEXT[1]
    if paragraph.level:
        return _IN_TEXT[min(levels.index(paragraph.level), len(_IN_TEXT) - 1)]
    return "Normal"


def _is_short(text: str) -> bool:
    """Whether a text is no sentence, but a heading or what stands above a table."""
    return len(text) <= _LONGEST_HEADING and not _SENTENCE.search(text) and "\n" not in text


def _is_wide(table: TextTable) -> bool:
    return len(table.widths) > _MANY_COLUMNS


def _write_table(page: AnnexPage, table: TextTable) -> None:
    count = len(table.widths)
    if count > _MOST_COLUMNS:  # Word knows no more; nobody sends such a one
        for row in table.rows:
            page.write("　".join(filter(None, (cell.text for cell in row))))
        return
    is_small = count > _VERY_MANY
    headers = table.headers or _looks_headed(table)
    rows: list[Row] = [
        [
            Cell(cell.text, _cell_style(cell, number < headers, is_small), cell.across, cell.down)
            for cell in row
        ]
        for number, row in enumerate(table.rows)
    ]
    page.write("", _AROUND)
    page.table(rows, _widths(table, page.width, small=is_small), headers=headers)
    page.write("", _AROUND)


def _cell_style(cell: TextCell, is_header: bool, is_small: bool) -> str:  # noqa: FBT001 - of this module
    if is_header:
        return _SMALL_HEADED if is_small else HEADED
    if is_small:
        return _SMALL
    return CENTRED if len(cell.text) <= _SHORT_CELL and "\n" not in cell.text else WORDS


def _looks_headed(table: TextTable) -> bool:
    """Whether the first row names columns, though nobody has declared that."""
    first = table.rows[0]
    return (
        len(table.rows) > _FEWEST_ROWS
        and len(first) == len(table.widths) > 1
        and all(cell.down == 1 and 0 < len(cell.text) <= _SHORT_HEADER for cell in first)
    )


def _widths(table: TextTable, room: int, *, small: bool) -> Sequence[float]:
    """Give the document's widths, none narrower than some letters where there is room for that."""
    size, letters = (160, _NARROWEST_SMALL) if small else (210, _NARROWEST)
    least = min(size * letters / room, 1 / len(table.widths))
    total = sum(table.widths)
    return [max(width / total, least) for width in table.widths]
