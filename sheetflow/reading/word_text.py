"""Reads the text of a Word document, and the mark of the draft it was made of; tells a whole PDF.

The same gate as for workbooks (`reading.package`) stands before it. What is struck out under 修订 is
no text, what is put in is. It refuses macros and everything that is no .docx, each by a code of its
own, and reads no picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from sheetflow.consolidation.signed_reports import (
    CELL_END,
    MARK_PROPERTY,
    PARAGRAPH,
    ROW,
    Block,
    DraftMark,
)
from sheetflow.errors import UnreadableError
from sheetflow.reading.file_type import is_ole
from sheetflow.reading.package import read_parts, read_relations
from sheetflow.reading.plain_xml import parse_tree, plain_xml

NOT_WORD, OLD_WORD, MACROS, DAMAGED = "word-none", "word-old", "word-macros", "word-damaged"
WORKBOOK = "word-workbook"
_MAIN = "wordprocessingml.document.main+xml"
_WITH_MACROS = "macroenabled"
_SPREADSHEETS = ("spreadsheetml", "opendocument.spreadsheet")
_STRUCK = frozenset({"del", "moveFrom", "Fallback"})
_REVISED = frozenset({"ins", "del", "moveFrom", "moveTo"})
_BREAKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SAID = frozenset({"file-sealed", "file-empty", "file-damaged"})
_EDGE = 4096


@dataclass(frozen=True, slots=True)
class WordText:
    """A document's text block by block, the mark that it bears, and whether 修订 is left in it."""

    blocks: tuple[Block, ...]
    mark: DraftMark | None = None
    is_revised: bool = False


def is_whole_pdf(head: bytes, tail: bytes) -> bool:
    """Whether a file that begins and ends so is a PDF that is all there."""
    return b"%PDF-" in head[:_EDGE] and b"%%EOF" in tail[-_EDGE:]


def read_word(data: bytes) -> WordText:
    """Read a .docx; raise UnreadableError for anything else, and for one that cannot be trusted."""
    try:
        return _read(data)
    except (RecursionError, ValueError, KeyError, AttributeError) as error:
        raise UnreadableError(DAMAGED) from error


def blocks_of(body: Iterable[ET.Element]) -> tuple[Block, ...]:
    """Give the paragraphs and the rows of tables below the body of a document that is open already."""
    return tuple(_blocks(body))


def open_word(data: bytes) -> tuple[dict[str, bytes], str]:
    """Give the XML parts of a .docx by their names in small letters, and the name of the one with the text.

    Raise UnreadableError for anything else, and for one that cannot be trusted.
    """
    try:
        is_old = is_ole(data)
    except UnreadableError as error:
        raise error if error.reason in _SAID else UnreadableError(NOT_WORD) from error
    if is_old:
        raise UnreadableError(OLD_WORD)
    names, parts = read_parts(data, lambda name: name.casefold().endswith((".xml", ".rels")))
    lower = {name.casefold(): content for name, content in parts.items()}
    main = _main_part(lower)
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        raise UnreadableError(MACROS)
    return lower, main


def _read(data: bytes) -> WordText:
    lower, main = open_word(data)
    tree = parse_tree(plain_xml(lower[main]))
    body = next((each for each in tree if _called(each) == "body"), None)
    if body is None:
        raise UnreadableError(DAMAGED)
    is_revised = any(_called(each) in _REVISED for each in body.iter())
    return WordText(blocks_of(body), _mark(lower), is_revised)


def _main_part(lower: dict[str, bytes]) -> str:
    """Name the part that holds the text, as the package's relations and content types say."""
    types = lower.get("[content_types].xml", b"").lower().decode("utf-8", "replace")
    mimetype = lower.get("meta-inf/manifest.xml", b"").decode("utf-8", "replace")
    relations = read_relations(lower.get("_rels/.rels", b""), "")
    targets = [each.target for each in relations if each.kind.endswith("/officeDocument")]
    if any(kind in types or kind in mimetype for kind in _SPREADSHEETS):
        raise UnreadableError(WORKBOOK) if _MAIN not in types else UnreadableError(DAMAGED)
    if _WITH_MACROS in types:
        raise UnreadableError(MACROS)
    if _MAIN not in types or not targets:
        raise UnreadableError(NOT_WORD)
    if targets[0] not in lower:
        raise UnreadableError(DAMAGED)
    return targets[0]


def _called(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _blocks(parent: Iterable[ET.Element]) -> Iterator[Block]:
    """Give paragraphs, and tables row by row, in the document's order."""
    for each in parent:
        match _called(each):
            case "p":
                if text := _text(each).strip():
                    yield PARAGRAPH, text
            case "tbl":
                yield from ((ROW, row) for row in _rows(each))
            case name if name not in _STRUCK:
                yield from _blocks(each)


def _rows(table: ET.Element) -> Iterator[str]:
    for row in _within(table, "tr"):
        cells = (" ".join(_text(cell).split()) for cell in _within(row, "tc"))
        if text := CELL_END.join(cells).strip():
            yield text


def _within(parent: ET.Element, name: str) -> Iterator[ET.Element]:
    """Give the elements called `name`, also those in controls and insertions."""
    for each in parent:
        if _called(each) == name:
            yield each
        elif _called(each) not in _STRUCK:
            yield from _within(each, name)


def _text(element: ET.Element) -> str:
    """Give all text below `element` but what is struck out."""
    said: list[str] = []
    for each in element:
        name = _called(each)
        if name == "t":
            said.append(each.text or "")
        elif name in _BREAKS:
            said.append(_BREAKS[name])
        elif name not in _STRUCK:
            said.append(_text(each))
            if name == "p":
                said.append("\n")
    return "".join(said)


def _mark(lower: dict[str, bytes]) -> DraftMark | None:
    """Read the mark from the document's own properties."""
    part = lower.get("docprops/custom.xml")
    for each in parse_tree(plain_xml(part)) if part else ():
        if each.get("name") == MARK_PROPERTY:
            return DraftMark.parse("".join(each.itertext()))
    return None
