"""What of a unit's accepted workbook goes on in its next one, and what the next one is like.

Books stand as they were accepted, as the issued workbook shows them. What is new is about as
much as last time: choices, figures and who did it are those of a row of the last period, figures
a little more or less, so that no figure jumps; the rest is made up anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sheetflow.schemas.campaign import Scene, Typed
from sheetflow.schemas.cells import Day, Fraction, Key, Money, Reference, References, Whole
from sheetflow.schemas.columns import Column
from sheetflow.schemas.forms import Form
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.sheets import Kind, Sheet

AGE = "岁"
_LESS, _MORE = 80, 125
"""In per cent of what a figure was."""
_ENOUGH, _AGAIN = 10, 0.2
"""From so many rows on, this share of them has one more like it."""
_UNLIKE = 0.15
"""Where a list has an option that the last period's had not, this share is like no row of last time."""


class Continued:
    """The last workbook of the scene's unit, asked sheet by sheet."""

    def __init__(self, form: Form, scene: Scene) -> None:
        self._form, self._scene = form, scene
        self._likes: dict[tuple[str, str], str] = {}
        """Of new rows by (sheet, key): the key of the last one that each is like."""

    def holds(self, sheet: Sheet) -> bool:
        """Whether the sheet had rows that the next workbook goes on from."""
        return sheet.is_table and bool(self._scene.before.get(sheet.key))

    def standing(self, sheet: Sheet) -> Sequence[Mapping[str, Typed]]:
        """Give the rows that already stand in the issued workbook, without columns that it has no more."""
        rows = self._scene.before.get(sheet.key, ()) if sheet.is_book else ()
        return [{key: cell for key, cell in row.items() if key in sheet.by_key} for row in rows]

    def last_number(self, sheet: Sheet) -> int:
        """Give the highest number among the keys that stand, 0 where keys are not numbered."""
        column = sheet.key_column
        if column is None or not isinstance(column.type, Key):
            return 0
        return max(
            (column.type.number(row.get(column.key)) for row in self.standing(sheet)), default=0
        )

    def like_last_time(self, sheet: Sheet) -> list[Mapping[str, Typed]]:
        """For each new row give the cells in which it is like one of last time: none of a stock."""
        models = self._of_last_period(sheet)
        again = models if len(models) >= _ENOUGH else []
        models += [row for row in again if self._scene.chance(_AGAIN)]
        column, first = sheet.key_column, self.last_number(sheet) + 1
        offers_more = self._offers_more(sheet)
        made: list[Mapping[str, Typed]] = []
        for number, row in enumerate(models, start=first):
            if offers_more and self._scene.chance(_UNLIKE):
                made.append({})
                continue
            if column and isinstance(column.type, Key):
                self._likes[sheet.key, column.type.example(number)] = str(row.get(column.key))
            made.append(self._alike(sheet, row))
        return made

    def like_about(self, sheet: Sheet, about: str, key: str) -> Mapping[str, Typed]:
        """Give the cells for a row about a new one of another sheet: those of the row about its like."""
        naming, like = sheet.naming_column, self._likes.get((about, key))
        listed = self.standing(sheet) if naming and like else ()
        return next(
            (self._alike(sheet, row) for row in listed if naming and row.get(naming.key) == like),
            {},
        )

    def _of_last_period(self, sheet: Sheet) -> list[Mapping[str, Typed]]:
        rows = list(self._scene.before.get(sheet.key, ()))
        last = self._scene.period.previous
        days = [column.key for column in sheet.columns if isinstance(column.type, Day)]
        if sheet.kind is Kind.FLOW:
            return rows
        if sheet.kind is not Kind.LEDGER or last is None or not days:
            return []
        return [row for row in rows if str(row.get(days[0], "")) >= last.first_day.isoformat()]

    def _alike(self, sheet: Sheet, row: Mapping[str, Typed]) -> Mapping[str, Typed]:
        share = self._scene.between(_LESS, _MORE)
        return {
            column.key: _scaled(column, row[column.key], share)
            for column in sheet.columns
            if column.key in row and self._is_kept(column) and column is not sheet.naming_column
        }

    def _offers_more(self, sheet: Sheet) -> bool:
        """Whether a list of the sheet has options that came with this version of the form."""
        kinds = [column.type for column in sheet.columns if isinstance(column.type, Choice)]
        return any(since == self._form.version > 1 for kind in kinds for _, since, _ in kind.spans)

    def _is_kept(self, column: Column) -> bool:
        match column.type:
            case Choice() | Choices() | Whole() | Money() | Fraction():
                return not column.personal
            case Reference() | References() if column.refers_to:
                # What was in hand last time is not what is in hand now.
                return self._form.by_key[column.refers_to].kind is Kind.STOCK
        return False


def _scaled(column: Column, value: Typed, share: int) -> Typed:
    kind = column.type
    if isinstance(kind, Fraction) and isinstance(value, int | float):
        grown = round(value * share / 100, kind.decimals)
        least, most = kind.limits
        return value if grown < least or (most is not None and grown > most) else grown
    if not isinstance(value, int) or not isinstance(kind, Whole | Money):
        return value
    if isinstance(kind, Whole) and kind.unit == AGE:
        return value
    least, most = (kind.minimum, kind.maximum) if isinstance(kind, Whole) else (0, None)
    scaled = max(round(value * share / 100), min(value, max(least, 1)))
    return scaled if most is None else min(scaled, most)
