"""What is known of a sheet besides its values, and the limits that sheets are held to.

This module owns the facts that calamine does not tell (formulas, error cells, hidden rows), what it
dies of (extents, merges), and how a cell that it would misread is written for it. It refuses to
read a format: `sheet_xml`, `binary` and `ods` fill the facts in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape

from sheetflow.errors import UnreadableError
from sheetflow.reading.calamine import clean_text
from sheetflow.reading.styles import MarkedCell
from sheetflow.workbook import MAX_COLUMNS, MAX_ROWS, Address, cell_name, parse_cell_name

MAX_AREA = 20_000_000
MAX_CELLS = 5_000_000
MAX_FILLED_CELLS = 1_500_000
"""So many filled cells are walked one by one in less time than a slow machine has for a file."""
MAX_MERGED_CELLS = 1_000_000
_MAX_FORMULAS = 1_000_000

_PICTURE = re.compile(r"\bDISPIMG\(", re.IGNORECASE)
_ERROR = re.compile(r"#[A-Z0-9/_]{1,20}[!?]?")
_TITLE_LENGTH = 40
_MERGE = re.compile(r"([^:]+)(?::([^:]+))?")


@dataclass(slots=True)
class SheetFacts:
    """Facts of one sheet. `last_row` and `last_column` bound all cells, blank ones too.

    `formulas` hold the text with its ``=``; of a shared formula only the first cell
    has the text, the others ``=``, as have all in other formats than .xlsx. `unsaved` are those of which no result was saved.
    `pictures` are cells whose value is a picture;
    `takes_pictures` says whether the package holds pictures placed in cells. `marked` are
    the cells whose style or text is one to look out for; `edits` is what has to be written
    otherwise, so that calamine reads the cell as everybody does (`edits_of`).
    """

    takes_pictures: bool = False
    cells: int = 0
    last_row: int = 0
    last_column: int = 0
    formulas: dict[Address, str] = field(default_factory=dict)
    unsaved: set[Address] = field(default_factory=set)
    errors: dict[Address, str] = field(default_factory=dict)
    marked: dict[Address, MarkedCell] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    pictures: set[Address] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add_formula(self, address: Address, text: str = "", *, is_saved: bool = True) -> None:
        """Note a formula, and whether it has a result; WPS's DISPIMG is its way to hold a picture, not a formula.

        Raise UnreadableError (file-too-large) where there are more than any form has.
        """
        if len(self.formulas) >= _MAX_FORMULAS:
            raise UnreadableError("file-too-large")
        # The two plain searches, far cheaper, spare nearly every formula the pattern.
        if ("G(" in text or "g(" in text) and _PICTURE.search(text):
            self.pictures.add(address)
        else:
            self.formulas[address] = "=" + text
            if not is_saved:
                self.unsaved.add(address)

    def add_error(self, address: Address, text: str, *, is_rich: bool) -> None:
        """Note an error cell; Excel stores a picture placed in a cell as a rich error."""
        if is_rich and self.takes_pictures and address not in self.formulas:
            self.pictures.add(address)
        else:
            # Findings quote the error, so nothing else may pass for one.
            self.errors[address] = text if _ERROR.fullmatch(text) else "#VALUE!"

    def add_merge(self, reference: str) -> None:
        """Note a merged range like ``A1:C3``."""
        match = _MERGE.fullmatch(reference)
        if match is None:
            raise UnreadableError("file-damaged")
        top, left = grid_address(match[1])
        bottom, right = grid_address(match[2] or match[1])
        self.merges.append((min(top, bottom), min(left, right), max(top, bottom), max(left, right)))


def grid_address(name: str) -> Address:
    """Read a cell's name; a cell outside Excel's grid was made by no office program."""
    try:
        return parse_cell_name(name)
    except ValueError as error:
        raise UnreadableError("file-damaged") from error


def check_grid(row: int, column: int) -> None:
    """Refuse a position outside Excel's grid."""
    if row > MAX_ROWS or column > MAX_COLUMNS:
        raise UnreadableError("file-damaged")


def check_area(title: str, last_row: int, last_column: int) -> None:
    """Refuse a sheet whose used area would burst the parser."""
    if last_row * last_column > MAX_AREA:
        place = cell_name(last_row, last_column)
        raise UnreadableError("file-far-cell", sheet=clean_title(title), cell=place)


def check_merges(title: str, merges: list[tuple[int, int, int, int]]) -> None:
    """Refuse merged ranges that cover more cells than any form has."""
    merged = 0
    for top, left, bottom, right in merges:
        merged += (bottom - top + 1) * (right - left + 1)
        if merged > MAX_MERGED_CELLS:
            place = f"{cell_name(top, left)}:{cell_name(bottom, right)}"
            raise UnreadableError("file-huge-merge", sheet=clean_title(title), range=place)


def clean_title(title: str) -> str:
    """A sheet's title as it may be quoted: Excel allows 31 characters, a hostile file a million."""
    return clean_text(title)[:_TITLE_LENGTH]


Edit = tuple[int, int, bytes]
"""From where to where in the part other bytes are to stand, and which."""

CLASSIC_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", ""})
_FIRST_SERIAL, _SERIAL_AFTER_LAST = 0.0, 2958466.0
"""Day 0 and the day after 9999-12-31; no office program shows a date for a number beyond."""
_STYLE = re.compile(rb"\ss\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def edits_of(
    part: bytes, tag_at: int, attributes: Mapping[str, str], value: str, span: tuple[int, int]
) -> Iterable[Edit]:
    """Give what has to change in one cell with a value.

    The cell's tag begins at `tag_at`; `value` stands from `span`'s first to its last byte.
    Raise UnreadableError (file-damaged) for a reference that is no number of a text.
    """
    kind = attributes.get("t", "n")
    if kind == "inlineStr" and value:
        raise UnreadableError("file-damaged")  # its text stands elsewhere, and this would be lost
    if kind in ("str", "inlineStr"):
        return
    bare = value.strip()
    if kind == "s" and not (bare.isascii() and bare.isdigit()):
        raise UnreadableError("file-damaged")
    if kind != "e" and "&" in bare:
        raise UnreadableError("file-damaged")  # calamine would read what stands before it
    if kind == "e" and bare not in CLASSIC_ERRORS:
        bare = "#N/A"
    written = escape(bare, quote=False).encode()
    if written != part[slice(*span)]:
        yield (*span, written)
    if bare and kind == "n" and "s" in attributes and not _text_may_be_day(bare):
        tag = part[tag_at : part.find(b">", tag_at)]
        yield (tag_at, tag_at + len(tag), _STYLE.sub(b"", tag, count=1))


def mended(part: bytes, edits: Iterable[Edit]) -> bytes:
    """Give `part` with its `edits` made."""
    pieces: list[bytes] = []
    done = 0
    for start, end, written in sorted(edits):
        pieces += (part[done:start], written)
        done = end
    return b"".join((*pieces, part[done:]))


def may_be_day(number: float) -> bool:
    """Whether a date or time can be made of `number`."""
    return _FIRST_SERIAL <= number < _SERIAL_AFTER_LAST


def _text_may_be_day(text: str) -> bool:
    try:
        return may_be_day(float(text))
    except ValueError:
        return False
