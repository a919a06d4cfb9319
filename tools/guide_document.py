#!/usr/bin/env python3
"""How the guide looks in Word: headings, lists, tables and commands of a text that was parsed.

A part begins a page and stands in the list of contents; links within the text lead to bookmarks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from markdown_it.token import Token

BODY, HEADING, FIXED = "宋体", "黑体", "Consolas"
LATIN = "Times New Roman"
TEXT_SIZE, TABLE_SIZE, CODE_SIZE = Pt(11), Pt(10), Pt(9.5)
HEADINGS = {1: Pt(20), 2: Pt(16), 3: Pt(13)}
LINK = RGBColor(0x1F, 0x4E, 0x8C)
TEXT_WIDTH = Cm(15.8)
SHADE = "F2F2F2"
PART = 2
"""The level of heading that begins a page."""


@dataclass
class GuideDocument:
    """Writes parsed tokens into a document, one after the other."""

    document: DocxDocument
    folder: Path
    """Where pictures are found."""
    _lists: list[str] = field(default_factory=list)
    _marks: int = 0

    def write(self, tokens: Sequence[Token]) -> None:
        """Write the whole text."""
        self._prepare()
        index = 0
        while index < len(tokens):
            index += self._block(tokens, index)

    def _prepare(self) -> None:
        """Lay the page and the styles out."""
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.6)
        section.top_margin = section.bottom_margin = Cm(2.5)
        for name, face, size in (
            ("Normal", BODY, TEXT_SIZE),
            *((f"Heading {level}", HEADING, size) for level, size in HEADINGS.items()),
        ):
            style = self.document.styles[name]
            _set_face(style.font, face, LATIN if face == BODY else face)
            style.font.size = size
            style.font.bold = False
            style.font.color.rgb = RGBColor(0, 0, 0)
            style.paragraph_format.line_spacing = 1.4
            style.paragraph_format.space_after = Pt(5)
        self.document.styles["Heading 2"].paragraph_format.page_break_before = True
        self.document.styles["Heading 1"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _add_field(footer, "PAGE")

    def _block(self, tokens: Sequence[Token], index: int) -> int:
        """Write one block; give how many tokens it took."""
        token = tokens[index]
        match token.type:
            case "heading_open":
                self._heading(token, tokens[index + 1])
                return 3
            case "table_open":
                return self._table(tokens, index)
            case "fence" | "code_block":
                self._commands(token.content)
            case "bullet_list_open" | "ordered_list_open":
                style = "List Bullet" if token.type.startswith("bullet") else "List Number"
                self._lists.append(style)
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "inline":
                style = self._lists[-1] if self._lists else None
                self._inline(self.document.add_paragraph(style=style), token)
        return 1

    def _heading(self, opening: Token, text: Token) -> None:
        paragraph = self.document.add_heading(level=int(opening.tag[1]))
        self._marks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(self._marks))
        start.set(qn("w:name"), _bookmark(str(opening.attrGet("id"))))
        paragraph._p.append(start)  # noqa: SLF001 - bookmarks are not in the library
        self._inline(paragraph, text)
        paragraph._p.append(end)  # noqa: SLF001

    def _commands(self, text: str) -> None:
        """Write lines as they are typed, on a grey ground."""
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.line_spacing = 1.2
        _shade(paragraph._p.get_or_add_pPr())  # noqa: SLF001 - shading is not in the library
        for number, line in enumerate(text.rstrip("\n").split("\n")):
            if number:
                paragraph.add_run().add_break()
            _as_typed(paragraph.add_run(line))

    def _table(self, tokens: Sequence[Token], index: int) -> int:
        """Write a table; its first row is repeated on every page."""
        end = next(at for at in range(index, len(tokens)) if tokens[at].type == "table_close")
        rows = list(_rows(tokens[index:end]))
        table = self.document.add_table(len(rows), len(rows[0]), "Table Grid")
        table.autofit = False
        widths = _widths(rows, TEXT_WIDTH)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for row, texts in zip(table.rows, rows, strict=True):
            heads = texts is rows[0]
            for cell, text, width in zip(row.cells, texts, widths, strict=True):
                cell.width = width
                self._cell(cell, text, heads=heads)
            _keep_whole(row._tr.get_or_add_trPr(), heads=heads)  # noqa: SLF001
        self.document.add_paragraph().paragraph_format.space_after = Pt(0)
        return end - index + 1

    def _cell(self, cell: _Cell, text: Token, *, heads: bool) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.line_spacing = 1.2
        self._inline(paragraph, text, size=TABLE_SIZE)
        if heads:
            _shade(cell._tc.get_or_add_tcPr())  # noqa: SLF001 - shading is not in the library
            for run in paragraph.runs:
                _set_face(run.font, HEADING, HEADING)

    def _inline(self, paragraph: Paragraph, token: Token, size: Pt | None = None) -> None:
        """Write words, strong ones, what is typed, and links."""
        strong, target = False, ""
        for piece in token.children or ():
            match piece.type:
                case "strong_open" | "strong_close":
                    strong = piece.type == "strong_open"
                case "link_open" | "link_close":
                    target = str(piece.attrGet("href") or "") if piece.type == "link_open" else ""
                case "text" | "code_inline":
                    run = paragraph.add_run(piece.content)
                    run.bold = strong or None
                    run.font.size = size
                    if piece.type == "code_inline":
                        _as_typed(run)
                    if target:
                        _link(paragraph, run, target)
                case "image":
                    self._picture(paragraph, piece)
                case "hardbreak":
                    paragraph.add_run().add_break()

    def _picture(self, paragraph: Paragraph, piece: Token) -> None:
        """Put a picture as wide as the text, and below it what it shows."""
        path = self.folder / unquote(str(piece.attrGet("src")))
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.line_spacing = 1
        shape = paragraph.add_run().add_picture(str(path), width=TEXT_WIDTH)
        shape._inline.docPr.set("descr", piece.content)  # noqa: SLF001 - what readers aloud say
        told = self.document.add_paragraph()
        told.alignment = WD_ALIGN_PARAGRAPH.CENTER
        told.add_run(piece.content).font.size = TABLE_SIZE


def _rows(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    row: list[Token] = []
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(token)
        elif token.type == "tr_close":
            yield row


def _widths(rows: Sequence[Sequence[Token]], whole: int) -> list[int]:
    """Share the width: a column of short words is as wide as they are, the long ones get the rest."""
    longest = [max(_cells_of(row[at].content) for row in rows) for at in range(len(rows[0]))]
    wanted = [min(max(length, 8), 60) for length in longest]
    return [round(whole * each / sum(wanted)) for each in wanted]


def _cells_of(text: str) -> int:
    plain = text.replace("`", "").replace("*", "")
    return sum(1 if character.isascii() else 2 for character in plain)


def _set_face(font: object, face: str, latin: str) -> None:
    font.name = latin  # type: ignore[attr-defined]
    fonts = font._element.get_or_add_rPr().get_or_add_rFonts()  # type: ignore[attr-defined]  # noqa: SLF001
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    fonts.set(qn("w:eastAsia"), face)


def _as_typed(run: Run) -> None:
    run.font.size = CODE_SIZE
    _set_face(run.font, BODY, FIXED)


def _shade(properties: BaseOxmlElement) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", SHADE)):
        shade.set(qn(f"w:{name}"), value)
    properties.append(shade)


def _keep_whole(properties: BaseOxmlElement, *, heads: bool) -> None:
    for name in ("w:cantSplit", "w:tblHeader") if heads else ("w:cantSplit",):
        properties.append(OxmlElement(name))


def _add_field(paragraph: Paragraph, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run = paragraph.add_run()
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text
        run._r.append(part)  # noqa: SLF001 - fields are not in the library


def _bookmark(name: str) -> str:
    """Give a name that Word takes: it begins with a letter, 40 characters at most."""
    return f"h_{name}"[:40]


def _link(paragraph: Paragraph, run: Run, target: str) -> None:
    link = OxmlElement("w:hyperlink")
    if target.startswith("#"):
        link.set(qn("w:anchor"), _bookmark(unquote(target[1:])))
    else:
        known = paragraph.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), known)
    run.font.color.rgb = LINK
    paragraph._p.append(link)  # noqa: SLF001 - links are not in the library
    link.append(run._r)  # noqa: SLF001
