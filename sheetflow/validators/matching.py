"""Which of the file's sheets and columns are ours, however people moved or renamed them.

Titles and headers are matched regardless of spaces, bracket width, 台账/台帐 and order.
What is not ours is named, not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from types import MappingProxyType

from sheetflow.lookalikes import fold, without_debris
from sheetflow.schemas.column_reading import is_blank
from sheetflow.schemas.columns import Column
from sheetflow.schemas.filings import FILING_LABEL, Filing, FilingCell
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import GUIDE_SHEET, ISSUES_SHEET, STAMP_SHEET, STEPS_SHEET
from sheetflow.schemas.parsing import read_text
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.workbook import Address, CellValue, RawSheet, RawWorkbook, cell_name

OUR_OWN = frozenset({STAMP_SHEET, STEPS_SHEET, GUIDE_SHEET, ISSUES_SHEET})
"""Sheets that we put in and that hold no data of the filler's."""

_HEADER_WITHIN = 20
_FAR = 1 << 30
_LEAST_ALIKE = 0.5
_CARD_COLUMNS = 8


Found = Mapping[str, RawSheet]
"""The declared sheets that are in the file, by key, in the form's order."""


def find_sheets(raw: RawWorkbook, form: Form) -> Found:
    """Pair the declared sheets with the file's; an exact title goes before a similar one.

    A title that only holds the declared one (走访记录—历下区) is the last choice, and only
    where no other sheet could be meant.
    """
    found = {sheet.key: match for sheet in form.sheets for match in matches(raw, sheet)[:1]}
    for entry in (rest := foreign_sheets(raw, found.values())):
        held = [sheet for sheet in form.sheets if _bare(sheet.title) in _bare(entry.title)]
        longest = max(held, key=lambda sheet: len(sheet.title), default=None)
        alike = [other for other in rest if longest and _bare(longest.title) in _bare(other.title)]
        if longest and longest.key not in found and len(alike) == 1:
            found[longest.key] = entry
    return {sheet.key: found[sheet.key] for sheet in form.sheets if sheet.key in found}


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


def foreign_sheets(raw: RawWorkbook, known: Iterable[RawSheet]) -> list[RawSheet]:
    """List the file's sheets that are neither `known` nor put in by us."""
    ours = {id(sheet) for sheet in known}
    own_titles = {_bare(title) for title in OUR_OWN}
    return [
        sheet
        for sheet in raw.sheets
        if id(sheet) not in ours and _bare(sheet.title) not in own_titles
    ]


def find_issues(raw: RawWorkbook) -> RawSheet | None:
    """Find 问题清单, also where a copy of the sheet bears a number behind its title."""
    alike = [sheet for sheet in raw.sheets if _bare(sheet.title) == _bare(ISSUES_SHEET)]
    return min(alike, key=lambda sheet: sheet.title != ISSUES_SHEET, default=None)


def bare_label(cell: CellValue) -> str:
    """Fold a header cell: no spaces, no line breaks, no ＊ and no （必填）."""
    return fold(str(cell)).replace("（必填）", "").rstrip("：:") if cell is not None else ""


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's columns stand: `places` by column key, and what else stands in the row.

    `doubled` maps a column to its two cells; `extra` are labels that are none of ours;
    `renamed` are labels that somebody edited, by column key.
    """

    row: int
    places: Mapping[str, int]
    doubled: Mapping[str, tuple[int, int]]
    extra: tuple[tuple[int, str], ...]
    renamed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def find_header(raw: RawSheet, columns: Sequence[Column]) -> Header | None:
    """Find the row that bears most of the columns' labels (half of them, at least two)."""
    labels = _labelled(columns)
    best: Header | None = None
    for number, cells in raw.numbered_rows():
        if number > _HEADER_WITHIN:
            break
        header = _read_header(number, cells, labels)
        if best is None or len(header.places) > len(best.places):
            best = header
        if len(best.places) == len(columns):
            break  # no other row bears more of them
    least = min(len(columns), max(2, len(columns) // 2))
    if best is None or len(best.places) < least:
        return None
    # An unknown label is taken for the missing column that it stands in the place of.
    typed = dict(best.extra)
    edited = _find_edited(columns, best.places, typed)
    return replace(
        best,
        places={**best.places, **edited},
        extra=tuple(entry for entry in best.extra if entry[0] not in edited.values()),
        renamed={key: typed[place] for key, place in edited.items()},
    )


def find_filing(raw: RawSheet, header: int) -> FilingCell | None:
    """Find the answer to 填报声明 in the rows above the header: the first cell right of it that says anything.

    None where that label stands nowhere; without a header (0) it is looked for where one might stand.
    """
    for number, cells in raw.numbered_rows():
        if number >= (header or _HEADER_WITHIN):
            break
        for at, cell in enumerate(cells):
            if isinstance(cell, str) and bare_label(cell) == FILING_LABEL:
                beside = enumerate(cells[at + 1 :], start=at + 2)
                column, typed = next(
                    (entry for entry in beside if not is_blank(entry[1])), (at + 2, "")
                )
                said = fold(str(typed))
                word = next((each.value for each in Filing if fold(each.value) == said), "")
                return FilingCell(cell_name(number, column), read_text(typed), word)
    return None


def _labelled(columns: Sequence[Column]) -> dict[str, str]:
    """Name each label's column; what one is called today goes before what another was."""
    older = {bare_label(label): column.key for column in columns for label in column.older}
    return older | {bare_label(column.label): column.key for column in columns}


def _find_edited(
    columns: Sequence[Column], places: Mapping[str, int], extra: Mapping[int, str]
) -> dict[str, int]:
    """Pair missing columns with unknown labels: between the same neighbours, and much alike.

    `places` and `extra` are places along one line, whichever way it runs. A label that two
    columns could claim, or a column with two such labels, is left alone.
    """
    keys = [column.key for column in columns]
    claims: dict[str, list[int]] = {}
    for index, column in enumerate(columns):
        if column.key in places:
            continue
        before = max((places[key] for key in keys[:index] if key in places), default=0)
        behind = min((places[key] for key in keys[index:] if key in places), default=_FAR)
        claims[column.key] = [
            place
            for place, label in extra.items()
            if before < place < behind
            and any(
                SequenceMatcher(None, bare_label(label), bare_label(known)).ratio() > _LEAST_ALIKE
                for known in (column.label, *column.older)
            )
        ]
    wanted = Counter(place for claimed in claims.values() for place in claimed)
    return {
        key: claimed[0]
        for key, claimed in claims.items()
        if len(claimed) == 1 and wanted[claimed[0]] == 1
    }


def _read_header(number: int, cells: Sequence[CellValue], labels: Mapping[str, str]) -> Header:
    places: dict[str, int] = {}
    doubled: dict[str, tuple[int, int]] = {}
    extra: list[tuple[int, str]] = []
    for column, cell in enumerate(cells, start=1):
        label = bare_label(cell)
        key = labels.get(label)
        if key is None:
            if label:
                extra.append((column, without_debris(str(cell))))
        elif key in places:
            doubled[key] = (places[key], column)
        else:
            places[key] = column
    return Header(number, places, doubled, tuple(extra))


def find_card(raw: RawSheet, sheet: Sheet) -> tuple[dict[str, Address], dict[str, str]]:
    """Find each value of a card, right of its label, and by column the labels somebody edited."""
    labels = _labelled(sheet.columns)
    addresses: dict[str, Address] = {}
    for number, cells in raw.numbered_rows():
        for beside, cell in enumerate(cells[:_CARD_COLUMNS], start=2):
            key = labels.get(bare_label(cell)) if isinstance(cell, str) else None
            if key:
                addresses.setdefault(key, (number, beside))
    sides = Counter(column for _, column in addresses.values())
    if len(addresses) == len(sheet.columns) or not sides:
        return addresses, {}
    side = sides.most_common(1)[0][0]
    rows = {key: row for key, (row, column) in addresses.items() if column == side}
    extra = {
        number: without_debris(cell)
        for number, _ in raw.numbered_rows()
        if number not in rows.values() and isinstance(cell := raw.cell(number, side - 1), str)
    }
    missing = [
        column for column in sheet.columns if column.key not in addresses or column.key in rows
    ]
    edited = _find_edited(missing, rows, extra)
    addresses.update({key: (row, side) for key, row in edited.items()})
    return addresses, {key: extra[row] for key, row in edited.items()}


def find_card_values(sheet: Sheet, found: Found) -> dict[str, CellValue]:
    """Read what stands beside each label of a card, empty where the card is not there."""
    raw = found.get(sheet.key)
    if raw is None or sheet.kind is not Kind.CARD:
        return {}
    addresses, _ = find_card(raw, sheet)
    return {key: raw.cell(*address) for key, address in addresses.items()}
