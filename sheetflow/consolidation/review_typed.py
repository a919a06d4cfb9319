"""What stands typed in a 审核单 that was dropped, row by row, nothing judged.

Rows are found by their headers, wherever those stand: an officer may sort, filter and delete. This module
refuses to say whose the sheet is, which its stamp tells, and what a row comes to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sheetflow.consolidation.review_meant import FINE, NO, bare, yes_meant
from sheetflow.consolidation.review_sheet import (
    BELOW_SHEET,
    DECIDED_SHEET,
    INDICATOR,
    LOOKS_SHEET,
    NUMBER,
    OPINION,
    PAPER,
    PASS_THE_REST,
    PROPOSED,
    REASON,
    SIGNED_BY,
    TAKEN_BACK,
    UNIT,
    UNTIL,
    VERDICT,
    WAITING_SHEET,
    TypedRow,
)
from sheetflow.lookalikes import plain, without_spaces
from sheetflow.schemas.parsing import read_text
from sheetflow.workbook import CellValue, RawSheet, RawWorkbook

SHEETS = (WAITING_SHEET, LOOKS_SHEET, BELOW_SHEET, DECIDED_SHEET)
"""Of these sheets what was typed is read, in this order."""

_HEADERS = frozenset(
    [
        *(NUMBER, UNIT, INDICATOR, VERDICT, OPINION, PROPOSED, *SIGNED_BY),
        *(REASON, UNTIL, PAPER, TAKEN_BACK),
    ]
)
_IN_DECIDED = frozenset({NUMBER, UNIT, TAKEN_BACK})
"""The other ones are printed there: who signed then, and what was said."""
NOTED = (REASON, UNTIL, PAPER)
"""What is printed into cells that are typed into: emptied, it is taken off."""
_ALL = (*FINE, "全部通过", "都通过", "同意通过", "全部同意", "都同意", "都没问题")
"""What people write beside 全部通过 for 是."""
_TYPED = frozenset({VERDICT, OPINION, PROPOSED, REASON, UNTIL, PAPER, TAKEN_BACK})
"""A row bears something if one of these does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedReview:
    """What a 审核单 says that was dropped: its stamp, and what was typed into it.

    `passes_rest`: 是 stands beside 本页待验收的其余单位全部通过; `rest` is what stands there otherwise.
    """

    campaign: str = ""
    form: str = ""
    period: str = ""
    unit_id: str = ""
    token: str = ""
    rows: tuple[TypedRow, ...] = ()
    passes_rest: bool = False
    rest: str = ""


def read_rows(raw: RawWorkbook) -> TypedReview:
    """Read what was typed into a 审核单; whose it is the stamp tells, not this."""
    by_title = {sheet.title.strip(): sheet for sheet in raw.sheets}
    rows: list[TypedRow] = []
    signed: dict[str, str] = {}
    rest = ""
    for title in SHEETS:
        if sheet := by_title.get(title):
            found, above = _read_sheet(title, sheet)
            rows += found
            signed = signed or above
            rest = _said_of_rest(sheet) if title == WAITING_SHEET else rest
    passes_rest = bool(yes_meant(rest, _ALL))
    return TypedReview(
        rows=tuple(_signed(row, signed) for row in rows),
        passes_rest=passes_rest,
        rest="" if passes_rest or bare(rest) in NO else rest,
    )


def _signed(row: TypedRow, once: dict[str, str]) -> TypedRow:
    """Add what is signed once for all rows that say nothing of their own."""
    kept = _IN_DECIDED if row.sheet == DECIDED_SHEET else _HEADERS
    own = {
        label: said
        for label, said in row.cells.items()
        if label in kept and (said or label in NOTED)
    }
    return replace(row, cells={**once, **own})


def _read_sheet(title: str, sheet: RawSheet) -> tuple[list[TypedRow], dict[str, str]]:
    """Give the rows below each line of headers, and what is signed above the first one."""
    columns: dict[int, str] = {}
    above: dict[str, str] = {}
    rows: list[TypedRow] = []
    for number, cells in sheet.numbered_rows():
        labels = [without_spaces(plain(cell)) if isinstance(cell, str) else "" for cell in cells]
        if NUMBER in labels:
            is_first = not columns
            columns = {at: label for at, label in enumerate(labels) if label in _HEADERS}
            if is_first and number > 1:
                over = sheet.rows[number - 2]
                above = {
                    label: said
                    for at, label in columns.items()
                    if label in SIGNED_BY and at < len(over) and (said := _text(over[at]))
                }
            continue
        found = {
            label: _text(cells[at]) if at < len(cells) else "" for at, label in columns.items()
        }
        if found.get(NUMBER) or any(found.get(label) for label in _TYPED):
            code = without_spaces(plain(found.get(NUMBER, "")))
            rows.append(TypedRow(sheet=title, row=number, number=code, cells=found))
    return rows, above


def _said_of_rest(sheet: RawSheet) -> str:
    """Give what was typed beside 全部通过: the cell after it, or where columns were put between, a 是."""
    for _, cells in sheet.numbered_rows():
        texts = [_text(cell) for cell in cells]
        if NUMBER in texts:
            return ""
        for at, text in enumerate(texts):
            if text.startswith(PASS_THE_REST):
                after = texts[at + 1 :]
                return next((said for said in after if yes_meant(said, _ALL)), "".join(after[:1]))
    return ""


def _text(cell: CellValue) -> str:
    return "" if cell is None else read_text(cell)
