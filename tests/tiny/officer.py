"""The officer at a desk above others: opens the 审核单 in the outbox, types into it, drops it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sheetflow.consolidation.review_sheet import (
    DECIDER,
    NUMBER,
    OPINION,
    PASS_THE_REST,
    UNIT,
    VERDICT,
    WAITING_SHEET,
    YES,
)
from sheetflow.demo.draft import typing_into
from tests.tiny.desk import FIRST, TREE, Desk

WHO = "王某"
"""Who decides, unless something else is typed."""


@dataclass
class Officer:
    """One who fills in a unit's 审核单; `typed` is what to do to it, in order."""

    desk: Desk
    unit_id: str
    period: str = FIRST
    typed: list[Callable[[Workbook], None]] = field(default_factory=list)

    @property
    def sheet(self) -> Path:
        """The 审核单 that lies there."""
        (found,) = self.desk.out(self.unit_id, self.period).glob("审核单_*.xlsx")
        return found

    def types(self, title: str, which: str, **cells: object) -> Officer:
        """Type into the first row of a sheet that is about a unit, or bears a number."""
        named = TREE[which].name if which in TREE else which

        def act(book: Workbook) -> None:
            page = book[title]
            columns, rows = _table(page)
            about = {
                row: [str(page.cell(row, columns[each]).value) for each in _KNOWN] for row in rows
            }
            row = next(row for row in rows if any(told.startswith(named) for told in about[row]))
            for header, value in cells.items():
                page.cell(row, columns[header]).value = value  # type: ignore[assignment]

        self.typed.append(act)
        return self

    def says(self, unit_id: str, verdict: str, opinion: str = "", **cells: object) -> Officer:
        """Decide about a unit in 待办."""
        words = {OPINION: opinion} if opinion else {}
        return self.types(WAITING_SHEET, unit_id, **{VERDICT: verdict, **words, **cells})

    def passes_the_rest(self) -> Officer:
        """Say 是 beside 全部通过."""

        def act(book: Workbook) -> None:
            for row in book[WAITING_SHEET].iter_rows():
                for cell in row:
                    if cell.value == PASS_THE_REST:
                        cell.offset(column=1).value = YES

        self.typed.append(act)
        return self

    def signs(self, who: str = WHO) -> Officer:
        """Write 决定人 once, above the list."""

        def act(book: Workbook) -> None:
            page = book[WAITING_SHEET]
            columns, rows = _table(page)
            page.cell(min(rows) - 2, columns[DECIDER]).value = who

        self.typed.append(act)
        return self

    def filled(self, name: str = "审核单.xlsx", source: Path | None = None) -> Path:
        """Fill in the sheet that lies there, or an older one; what was to be typed is typed once."""
        target = self.desk.root.parent / "officers" / self.unit_id / name
        with typing_into(source or self.sheet, target) as book:
            for act in self.typed:
                act(book)
        self.typed.clear()
        return target

    def drops(self, name: str = "审核单.xlsx", folder: str = "") -> Path:
        """Fill in the sheet that lies there, and drop it."""
        return self.desk.drop(self.unit_id, self.filled(name), folder=folder)

    @property
    def results(self) -> list[Path]:
        """The 办理结果 so far, by name."""
        return sorted(self.desk.out(self.unit_id, self.period).glob("办理结果_*.xlsx"))


_KNOWN = (NUMBER, UNIT)


def _table(page: Worksheet) -> tuple[dict[str, int], list[int]]:
    """Give the columns by header, and the rows below that bear a number."""
    head = next(row for row in page.iter_rows() if any(cell.value == NUMBER for cell in row))
    columns = {str(cell.value): cell.column for cell in head if cell.value}
    first = int(head[0].row or 0) + 1
    rows = [
        row
        for row in range(first, page.max_row + 1)
        if page.cell(row, columns[NUMBER]).value is not None
    ]
    return columns, rows or [first]
