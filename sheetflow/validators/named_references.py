"""Names beside codes: “G003 王某” where G003 is asked, held against the sheet that the code points to.

The code's own name beside it says nothing else, so the code is read, with a note. Another name
may mean that the code is the wrong one: nothing is guessed. No name is repeated in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sheetflow.findings import Argument, Finding
from sheetflow.schemas.book import Book, BookRow, BookSheet
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.cells import Key
from sheetflow.schemas.columns import Column
from sheetflow.schemas.parsing import Value, read_code
from sheetflow.schemas.sheets import Sheet

NAMED, OTHER, BY_NAME = "reference-named", "reference-name-other", "reference-by-name"
_AROUND = "()[]{}【】〔〕〈〉《》“”\"',、;:.。/|_-—–· "
_MOST_LISTED = 3


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a cell means: its value, which is None where it must be mended, and what is told."""

    value: Value
    rule: str
    arguments: Mapping[str, Argument]


@dataclass(frozen=True, slots=True)
class _Target:
    """The codes of the rows of one sheet, each with the names that its row bears."""

    sheet: Sheet
    key: Key
    names: Mapping[str, set[str]]

    def meaning(self, value: Value) -> _Meant | None:
        """Say what a cell means that names a row; None where it is a plain code or unknown."""
        pieces = value if isinstance(value, tuple) else (value,)
        codes: list[str] = []
        named: list[str] = []
        for piece in map(str, pieces):
            code, name = self._parted(piece)
            if not code and name and codes and name in self.names.get(codes[-1], ()):
                named.append(codes[-1])
            elif name and code in self.names and name not in self.names[code]:
                return _Meant(None, OTHER, {"code": code, "target": self.sheet.title})
            elif name and not code:
                return self._by_name(name)
            else:
                codes.append(code or piece)
                named += [code] * bool(name)
        if not named:
            return None
        known = tuple(dict.fromkeys(codes))
        shown = "、".join(dict.fromkeys(named))
        return _Meant(known if isinstance(value, tuple) else known[0], NAMED, {"codes": shown})

    def _parted(self, piece: str) -> tuple[str, str]:
        """Part a piece into a code and a name; both are empty where it is neither.

        A code that stands nowhere is a code all the same: that it does is another's finding.
        """
        if piece in self.names:
            return piece, ""
        bare = piece.strip(_AROUND)
        shape = rf"{self.key.letter}\d{{{self.key.digits},}}"
        found = re.fullmatch(rf"(?P<code>{shape})(?P<name>\D.*)", bare) or re.fullmatch(
            rf"(?P<name>.*\D)(?P<code>{shape})", bare
        )
        if found:
            # Another unit's code (370103-L001), or a second one, is no name.
            is_name = not found["name"].isascii() and not re.search(shape, found["name"])
            return (found["code"], found["name"].strip(_AROUND)) if is_name else ("", "")
        return "", bare if any(bare in names for names in self.names.values()) else ""

    def _by_name(self, name: str) -> _Meant:
        codes = [code for code, names in self.names.items() if name in names]
        more = "等" if len(codes) > _MOST_LISTED else ""
        shown = "、".join(codes[:_MOST_LISTED]) + more
        return _Meant(None, BY_NAME, {"codes": shown, "target": self.sheet.title})


def read_names(book: Book, findings: Iterable[Finding]) -> tuple[Book, list[Finding]]:
    """Read codes that stand beside a name; tell of them in place of how their cells were read."""
    told: list[Finding] = []
    sheets = dict(book.sheets)
    for target in filter(None, map(_target, book.sheets.values())):
        for found in book.sheets.values():
            for column in found.sheet.columns:
                if column.refers_to == target.sheet.key:
                    sheets[found.sheet.key] = _read(sheets[found.sheet.key], column, target, told)
    if not told:
        return book, list(findings)
    cells = {(finding.place.title, finding.place.cell) for finding in told}
    kept = [
        finding
        for finding in findings
        if not (
            finding.rule.startswith("habit") and (finding.place.title, finding.place.cell) in cells
        )
    ]
    return replace(book, sheets=sheets), kept + told


def _target(found: BookSheet) -> _Target | None:
    """Give what the rows of a sheet are called, None where its declaration names none of them."""
    naming, named_by = found.sheet.key_column, found.sheet.named_by
    if naming is None or not isinstance(naming.type, Key):
        return None
    if not named_by or not found.reads(naming.key, named_by):
        return None
    names: dict[str, set[str]] = {}
    for code, name in zip(found.column(naming.key), found.column(named_by), strict=True):
        if isinstance(code, str):
            names.setdefault(code, set())
            if isinstance(name, str):
                names[code].add(read_code(name))
    return _Target(found.sheet, naming.type, names)


def _read(found: BookSheet, column: Column, target: _Target, told: list[Finding]) -> BookSheet:
    """Give the sheet with the column's cells as they are meant."""
    meant: dict[Value, _Meant] = {
        value: meaning
        for value in set(found.column(column.key))
        if value is not None and not _is_plain(value, target) and (meaning := target.meaning(value))
    }
    if not meant:
        return found
    rows: list[BookRow] = []
    for row in found.rows:
        meaning = meant.get(row[column.key])
        if meaning:
            rule = GENERAL[meaning.rule]
            told.append(rule.at(found.place(row, column.key), **meaning.arguments))
            row = _with(row, column, meaning, found.sheet)  # noqa: PLW2901
        rows.append(row)
    return replace(found, rows=tuple(rows))


def _is_plain(value: Value, target: _Target) -> bool:
    pieces: Sequence[object] = value if isinstance(value, tuple) else (value,)
    return all(piece in target.names for piece in pieces)


def _with(row: BookRow, column: Column, meaning: _Meant, sheet: Sheet) -> BookRow:
    values = {**row.values, column.key: meaning.value}
    faulty = row.faulty | {column.key} if meaning.value is None else row.faulty
    is_key = column is sheet.naming_column and isinstance(meaning.value, str)
    return replace(row, values=values, faulty=faulty, key=str(meaning.value) if is_key else row.key)
