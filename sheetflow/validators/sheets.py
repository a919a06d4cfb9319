"""Which of the file's sheets and columns are ours, however people moved or renamed them.

Titles and headers are matched regardless of spaces, bracket width, 台账/台帐 and order.
What is not ours is named, not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sheetflow.schemas.cells import fold
from sheetflow.schemas.columns import Column
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import GUIDE_SHEET, ISSUES_SHEET, STAMP_SHEET
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.workbook import Address, CellValue, RawSheet, RawWorkbook

OUR_OWN = frozenset({STAMP_SHEET, GUIDE_SHEET, ISSUES_SHEET})
"""Sheets that we put in and that hold no data of the filler's."""

_HEADER_WITHIN = 20
_CARD_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class FoundSheet:
    """One declared sheet as it stands in the file."""

    sheet: Sheet
    raw: RawSheet


def find_sheets(raw: RawWorkbook, form: Form) -> tuple[FoundSheet, ...]:
    """Pair the declared sheets with the file's; an exact title goes before a similar one."""
    found: list[FoundSheet] = []
    for sheet in form.sheets:
        match = next(iter(matches(raw, sheet)), None)
        if match:
            found.append(FoundSheet(sheet, match))
    return tuple(found)


def matches(raw: RawWorkbook, sheet: Sheet) -> list[RawSheet]:
    """List the file's sheets that bear the declared title, the exact one first."""
    wanted = {_bare(title) for title in (sheet.title, *sheet.older_titles)}
    similar = [candidate for candidate in raw.sheets if _bare(candidate.title) in wanted]
    return sorted(similar, key=lambda candidate: candidate.title != sheet.title)


def _bare(title: str) -> str:
    """Fold a title and drop what people add to it: numbers before, （2）, 表 and 副本 after."""
    text = re.sub(r"^[\d一二三四五六七八九十]+[、.．\-_]", "", fold(title))
    text = re.sub(r"(（\d+）|\d+|副本|-|_)+$", "", text)
    return text.removesuffix("表") or text


def foreign_sheets(raw: RawWorkbook, found: Iterable[FoundSheet]) -> list[RawSheet]:
    """List the file's sheets that are none of ours and hold something."""
    ours = {id(entry.raw) for entry in found}
    return [
        sheet
        for sheet in raw.sheets
        if id(sheet) not in ours
        and sheet.title not in OUR_OWN
        and any(cell is not None for row in sheet.rows for cell in row)
    ]


def bare_label(cell: CellValue) -> str:
    """Fold a header cell: no spaces, no line breaks, no ＊ and no （必填）."""
    return fold(str(cell)).replace("（必填）", "").rstrip("：:") if cell is not None else ""


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's columns stand: `spots` by column key, and what else stands in the row.

    `doubled` maps a column to its two cells; `extra` are labels that are none of ours.
    """

    row: int
    spots: Mapping[str, int]
    doubled: Mapping[str, tuple[int, int]]
    extra: tuple[tuple[int, str], ...]


def find_header(raw: RawSheet, columns: Sequence[Column]) -> Header | None:
    """Find the row that bears most of the columns' labels (half of them, at least two)."""
    labels = {
        bare_label(label): column.key
        for column in columns
        for label in (column.label, *column.older)
    }
    best: Header | None = None
    for number, cells in raw.numbered_rows():
        if number > _HEADER_WITHIN:
            break
        header = _read_header(number, cells, labels)
        if best is None or len(header.spots) > len(best.spots):
            best = header
    least = min(len(columns), max(2, len(columns) // 2))
    return best if best and len(best.spots) >= least else None


def _read_header(number: int, cells: Sequence[CellValue], labels: Mapping[str, str]) -> Header:
    spots: dict[str, int] = {}
    doubled: dict[str, tuple[int, int]] = {}
    extra: list[tuple[int, str]] = []
    for column, cell in enumerate(cells, start=1):
        label = bare_label(cell)
        key = labels.get(label)
        if key is None:
            if label:
                extra.append((column, str(cell)))
        elif key in spots:
            doubled[key] = (spots[key], column)
        else:
            spots[key] = column
    return Header(number, spots, doubled, tuple(extra))


def find_card_spots(raw: RawSheet, sheet: Sheet) -> dict[str, Address]:
    """Find each label of a card; its value stands in the next cell to the right."""
    labels = {
        bare_label(label): column.key
        for column in sheet.columns
        for label in (column.label, *column.older)
    }
    spots: dict[str, Address] = {}
    for number, cells in raw.numbered_rows():
        for column, cell in enumerate(cells[:_CARD_COLUMNS], start=1):
            key = labels.get(bare_label(cell)) if isinstance(cell, str) else None
            if key and key not in spots:
                spots[key] = (number, column + 1)
    return spots


def find_card_values(sheet: Sheet, found: Iterable[FoundSheet]) -> dict[str, CellValue]:
    """Read what stands beside each label of a card, empty where the card is not there."""
    entry = next((entry for entry in found if entry.sheet is sheet), None)
    if entry is None or sheet.kind is not Kind.CARD:
        return {}
    spots = find_card_spots(entry.raw, sheet)
    return {key: entry.raw.cell(*spot) for key, spot in spots.items()}
