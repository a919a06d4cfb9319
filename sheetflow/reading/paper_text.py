"""Reads what a paper says from a foreign .docx: paragraphs, headings, lists and tables in order, as plain values.

The gate stands before it (`reading.word_text`). What was put in under 修订 is text, what was struck out
is not. What is no text (pictures, charts, text boxes, formulas, embedded files, notes, comments) is
counted by name, and a mark stands in its place. It refuses to keep anything else of the document:
no property, header, field, link or name of who changed what.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from sheetflow.consolidation.judged_papers import (
    COMMENT,
    CONTENTS_LIST,
    HIDDEN,
    PDF_FAULT,
    RUNNING,
    STRUCK_OUT,
    PaperText,
    TextCell,
    TextParagraph,
    TextTable,
    leaves_gap,
)
from sheetflow.errors import UnreadableError
from sheetflow.reading.package import read_relations
from sheetflow.reading.plain_xml import parse_tree, plain_xml
from sheetflow.reading.word_numbering import Numbering, value_of
from sheetflow.reading.word_text import DAMAGED, open_word

MOST_LETTERS, MOST_CELLS = 3_000_000, 60_000
_PDF = b"%PDF-"
_EDGE = 1024
_PICTURE, _CHART, _SHAPE, _BOX = "图片", "图表", "图形", "文本框"
_FORMULA, _OBJECT, _DIAGRAM = "公式", "嵌入对象", "示意图"
_FOOTNOTE, _ENDNOTE, _SYMBOL = "脚注", "尾注", "特殊符号"
_DELETED = frozenset({"del", "moveFrom"})
_SKIPPED = frozenset({"Fallback", "pPr", "rPr", "tblPr", "tcPr", "trPr", "sdtPr", "sdtEndPr", "rt"})
_BREAKS = {"tab": "　", "ptab": "　", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_COUNTED = {
    "oMath": _FORMULA,
    "footnoteReference": _FOOTNOTE,
    "endnoteReference": _ENDNOTE,
    "commentReference": COMMENT,
    "altChunk": _OBJECT,
    "contentPart": _SHAPE,
}
_THINGS = frozenset({"drawing", "pict", "object", "sym", *_COUNTED})
_BY_SCHEMA = (
    ("/picture", _PICTURE),
    ("/chart", _CHART),
    ("/chartex", _CHART),
    ("/diagram", _DIAGRAM),
)
_CONTENTS_STYLE = re.compile(r"(?:toc|目录)\s*(?:\d|heading|标题)", re.IGNORECASE)
_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_PRIVATE = range(0xE000, 0xF900)
_HEADINGS = 9
_OFF = frozenset({"0", "false", "off"})


def read_paper(data: bytes) -> PaperText:
    """Read a paper; raise UnreadableError for what is no .docx, or one that cannot be trusted.

    A PDF is no fault: it has a sentence in place of its text.
    """
    if _PDF in data[:_EDGE]:
        return PaperText(fault=PDF_FAULT)
    try:
        return _read(data)
    except (RecursionError, ValueError, KeyError, AttributeError) as error:
        raise UnreadableError(DAMAGED) from error


def _read(data: bytes) -> PaperText:
    parts, main = open_word(data)
    folder, _, name = main.rpartition("/")
    related: dict[str, list[ET.Element]] = {}
    relations = parts.get(f"{folder}/_rels/{name}.rels".lstrip("/"), b"")
    for each in read_relations(relations, folder) if relations else ():
        if part := parts.get(each.target):
            kind = each.kind.rpartition("/")[2]
            if kind in {"styles", "numbering", "header", "footer"}:
                related.setdefault(kind, []).append(parse_tree(plain_xml(part)))
    styles = _Styles.of(next(iter(related.get("styles", ())), None))
    numbering = Numbering.of(next(iter(related.get("numbering", ())), None))
    reader = _Reader(styles, numbering)
    running = {
        reader.plain(each) for kind in ("header", "footer") for each in related.get(kind, ())
    }
    reader.left_out.clear()
    tree = parse_tree(plain_xml(parts[main]))
    body = next((each for each in tree if _called(each) == "body"), None)
    if body is None:
        raise UnreadableError(DAMAGED)
    contents = tuple(reader.blocks(body))
    reader.left_out[RUNNING] += sum(bool(re.search(r"[^\W\d_]", text)) for text in running)
    return PaperText(contents, tuple((each, n) for each, n in reader.left_out.items() if n))


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    based_on: str = ""
    properties: ET.Element | None = None
    is_hidden: bool = False


@dataclass
class _Styles:
    """What paragraphs take from their styles: an outline level, a numbering."""

    styles: dict[str, _Style] = field(default_factory=dict)
    usual: str = ""

    @classmethod
    def of(cls, tree: ET.Element | None) -> _Styles:
        """Read the part that declares them; a document may have none."""
        found = cls()
        for each in tree if tree is not None else ():
            if _called(each) != "style":
                continue
            style_id = value_of(each, "styleId", itself=True)
            properties = _child(each, "pPr")
            found.styles[style_id] = _Style(
                value_of(each, "name"), value_of(each, "basedOn"), properties
            )
            is_usual = value_of(each, "default", itself=True) not in {"", *_OFF}
            if is_usual and value_of(each, "type", itself=True) == "paragraph":
                found.usual = style_id
        return found

    def chain(self, style_id: str) -> Iterator[_Style]:
        """Give a style and all that it is based on."""
        seen: set[str] = set()
        while style_id in self.styles and style_id not in seen:
            seen.add(style_id)
            yield self.styles[style_id]
            style_id = self.styles[style_id].based_on


@dataclass
class _Reader:
    """Walks over one document, counting what is no text."""

    styles: _Styles
    numbering: Numbering
    left_out: Counter[str] = field(default_factory=Counter)
    letters: int = 0
    cells: int = 0

    def blocks(self, parent: ET.Element) -> Iterator[TextParagraph | TextTable]:
        """Give paragraphs and tables in the document's order."""
        for each in parent:
            match _called(each):
                case "p":
                    yield from self._paragraph(each)
                case "tbl":
                    if table := self._table(each):
                        yield table
                case name if name in _DELETED:
                    self._count(STRUCK_OUT)
                case name if name in _COUNTED:
                    yield TextParagraph(self._mark(_COUNTED[name]))
                case name if name not in _SKIPPED:
                    yield from self.blocks(each)

    def plain(self, element: ET.Element) -> str:
        """Give all text below `element`."""
        return "".join(self._text(element))

    def _paragraph(self, element: ET.Element) -> Iterator[TextParagraph]:
        properties = _child(element, "pPr")
        style_id = value_of(properties, "pStyle") or self.styles.usual
        chain = list(self.styles.chain(style_id))
        number = self._number(properties, chain)  # Word counts an empty paragraph too
        text = _tidy(self.plain(element))
        if any(_CONTENTS_STYLE.fullmatch(style.name) for style in chain):
            self.left_out[CONTENTS_LIST] = 1
            return
        if not text:
            return
        self.letters += len(text)
        if self.letters > MOST_LETTERS:
            raise UnreadableError("file-too-large")
        yield TextParagraph(f"{number}{text}", _level(properties, chain))

    def _number(self, properties: ET.Element | None, chain: Sequence[_Style]) -> str:
        for holder in (properties, *(style.properties for style in chain)):
            given = _child(holder, "numPr")
            if given is not None and (number_id := value_of(given, "numId")):
                place = value_of(given, "ilvl")
                said = self.numbering.next(number_id, int(place) if place.isdecimal() else 0)
                return f"{said} " if said and said[-1].isascii() and said[-1] != " " else said
        return ""

    def _text(self, parent: ET.Element) -> Iterator[str]:
        """Give the text below `parent`, with a mark where something else stands."""
        for each in parent:
            name = _called(each)
            if name == "t":
                yield each.text or ""
            elif name in _BREAKS:
                yield _BREAKS[name]
            elif name in _DELETED:
                self._count(STRUCK_OUT)
            elif name == "r" and _is_hidden(each):
                self.left_out[HIDDEN] += any(_called(below) == "t" for below in each)
            elif name == "p":
                yield from (*self._text(each), "\n")
            elif thing := self._thing(each, name):
                yield thing
            elif name not in _SKIPPED and name not in _THINGS:
                yield from self._text(each)

    def _thing(self, element: ET.Element, name: str) -> str:
        """Give the mark of what is no text; empty where it is text, or leaves none."""
        match name:
            case "drawing" | "pict":
                return self._mark(_drawn(element))
            case "object":
                return self._mark(_embedded(element))
            case "sym":
                return self._symbol(element)
        return self._mark(_COUNTED[name]) if name in _COUNTED else ""

    def _symbol(self, element: ET.Element) -> str:
        """Give a symbol by its number; what stands in a font's private room nobody can name."""
        number = int(value_of(element, "char", itself=True) or "0", 16)
        return self._mark(_SYMBOL) if number in _PRIVATE or not number else chr(number)

    def _mark(self, name: str) -> str:
        self._count(name)
        return f"〔此处{name}略〕" if leaves_gap(name) else ""

    def _count(self, name: str) -> None:
        self.left_out[name] += 1

    def _table(self, element: ET.Element) -> TextTable | None:
        """Read a table; one of a single cell is a frame around text, and stays a table."""
        rows = [self._row(row) for row in _within(element, "tr")]
        rows = [row for row in rows if row]
        if not rows:
            return None
        count = max(sum(cell.across for cell, _ in row) for row in rows)
        self.cells += count * len(rows)
        if self.cells > MOST_CELLS:
            raise UnreadableError("file-too-large")
        widths = [
            int(wide) if (wide := value_of(each, "w", itself=True)).isdecimal() else 0
            for grid in element
            if _called(grid) == "tblGrid"
            for each in _within(grid, "gridCol")
        ][:count]
        if len(widths) < count or not all(widths):
            widths = [1] * count
        headers = 0
        for row in _within(element, "tr"):
            if not _is_header(row):
                break
            headers += 1
        return TextTable(_spanned(rows, count), tuple(widths), min(headers, len(rows) - 1))

    def _row(self, row: ET.Element) -> list[tuple[TextCell, bool]]:
        """Give a row's cells, and whether each goes on what stands above it."""
        cells: list[tuple[TextCell, bool]] = []
        properties = _child(row, "trPr")
        for side in ("gridBefore", "gridAfter"):
            wide = value_of(properties, side)
            blank = [(TextCell(across=int(wide)), False)] if wide.isdecimal() and int(wide) else []
            own = [] if side == "gridAfter" else [self._cell(each) for each in _within(row, "tc")]
            cells += [*blank, *own]
        if properties is not None and _child(properties, "del") is not None:
            self._count(STRUCK_OUT)
            return []
        return cells

    def _cell(self, element: ET.Element) -> tuple[TextCell, bool]:
        properties = _child(element, "tcPr")
        wide = value_of(properties, "gridSpan")
        merge = _child(properties, "vMerge")
        goes_on = merge is not None and value_of(merge, "val", itself=True) != "restart"
        lines = []
        for block in self.blocks(element):
            if isinstance(block, TextParagraph):
                lines.append(block.text)
            else:  # a table within a cell: its rows become lines
                lines += ["　".join(cell.text for cell in row) for row in block.rows]
        across = max(1, int(wide)) if wide.isdecimal() else 1
        return TextCell("\n".join(lines), across), goes_on


def _spanned(
    rows: Sequence[Sequence[tuple[TextCell, bool]]], count: int
) -> tuple[tuple[TextCell, ...], ...]:
    """Count how far down cells reach, and fill up rows that are too short."""
    made: list[list[TextCell]] = []
    above: dict[int, tuple[int, int]] = {}
    for number, row in enumerate(rows):
        cells: list[TextCell] = []
        left = 0
        for cell, goes_on in row:
            top, place = above.get(left, (number, 0))
            upper = made[top][place] if top < number else cell
            if goes_on and top < number and upper.across == cell.across:
                text = "\n".join(filter(None, (upper.text, cell.text)))
                made[top][place] = TextCell(text, upper.across, upper.down + 1)
                cells.append(TextCell(across=cell.across, down=0))
            else:
                above[left] = (number, len(cells))
                cells.append(cell)
            left += cell.across
        if left < count:
            cells.append(TextCell(across=count - left))
        made.append(cells)
    return tuple(map(tuple, made))


def _level(properties: ET.Element | None, chain: Sequence[_Style]) -> int:
    """Give a paragraph's outline level, from 1; 0 for text."""
    for holder in (properties, *(style.properties for style in chain)):
        if (said := value_of(holder, "outlineLvl")).isdecimal():
            return int(said) + 1 if int(said) < _HEADINGS else 0
    for style in chain:
        if found := _HEADING_STYLE.fullmatch(style.name.strip()):
            return int(found[1])
    return 0


def _drawn(element: ET.Element) -> str:
    """Say what a drawing is."""
    names = {_called(each) for each in element.iter()}
    if "txbxContent" in names:
        return _BOX
    for each in element.iter():
        if _called(each) == "graphicData":
            schema = value_of(each, "uri", itself=True).casefold()
            for end, name in _BY_SCHEMA:
                if schema.endswith(end):
                    return name
    return _PICTURE if names & {"imagedata", "blip", "pic"} else _SHAPE


def _embedded(element: ET.Element) -> str:
    programs = (value_of(each, "ProgID", itself=True) for each in element.iter())
    return _FORMULA if any("equation" in each.casefold() for each in programs) else _OBJECT


def _is_hidden(run: ET.Element) -> bool:
    vanish = _child(_child(run, "rPr"), "vanish")
    return vanish is not None and value_of(vanish, "val", itself=True) not in _OFF


def _tidy(text: str) -> str:
    """Trim every line; what only spaces and breaks made is gone."""
    lines = (line.strip(" \t\u3000\xa0") for line in text.split("\n"))
    return "\n".join(filter(None, lines))


def _is_header(row: ET.Element) -> bool:
    header = _child(_child(row, "trPr"), "tblHeader")
    return header is not None and value_of(header, "val", itself=True) not in _OFF


def _child(parent: ET.Element | None, name: str) -> ET.Element | None:
    if parent is None:
        return None
    return next((each for each in parent if _called(each) == name), None)


def _within(parent: ET.Element, name: str) -> Iterator[ET.Element]:
    """Give the elements called `name`, also those in controls and insertions."""
    for each in parent:
        if _called(each) == name:
            yield each
        elif _called(each) not in _DELETED | _SKIPPED:
            yield from _within(each, name)


def _called(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]
