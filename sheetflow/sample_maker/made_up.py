"""Makes up a clean workbook for any declared form: different for every unit and seed.

What is typed follows from the types of the columns, their choices, references and conditions,
from the period and the unit; a campaign's `SampleWords` come first. Where it has none, a row that a
declared rule finds fault with is drawn again. This module owns which rows there are and in which order
they are made; one cell by its type alone is `cell_stock`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar, cast

from sheetflow.sample_maker.cell_stock import (
    age_in,
    make_id_number,
    make_number,
    make_own,
    make_words,
)
from sheetflow.sample_maker.judged import Spot, spots_at_fault
from sheetflow.sample_maker.next_period import Continued
from sheetflow.schemas.campaign import (
    Campaign,
    Maker,
    SampleRow,
    Samples,
    SampleWords,
    Scene,
    Typed,
)
from sheetflow.schemas.cells import (
    Day,
    Fraction,
    IdNumber,
    Money,
    Reference,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition, Row
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import columns_in
from sheetflow.schemas.options import Choice
from sheetflow.schemas.sheets import Kind, Sheet

T = TypeVar("T")

Cells = dict[str, Typed]
Drawing = Callable[[str | None], Cells]
"""Makes a row; told of a column (or none) with which a rule found fault, it makes another one."""

_FEW = {Kind.STOCK: (3, 8), Kind.LEDGER: (3, 6), Kind.FLOW: (5, 12)}
_SHARE_ABOVE = 0.4
"""Of the rows of a lowest unit, what one with others below it has: its own office's work."""
_MOST_DRAWINGS = 50
"""So often a row is drawn again until no declared rule finds fault with it; then it is left out."""
_WIDER = 4
"""Every so many times what those rows point to is drawn again as well."""
_USUAL = 4
"""What is as usual, like 在用, stands so many times as often in a list of what there is."""
_WORDED = 0.1
"""With this chance a word stands where one may stand in place of a number."""
_MOVES_ON = 0.6
"""What is not done with moves on with this chance."""
_YEARS_OF_STOCK = 3 * 365


def make_samples(campaign: Campaign, form: Form, scene: Scene) -> Samples:
    """Make up the workbook of the scene's unit, cover included, free of any finding."""
    form = campaign.in_force(form, scene.period)
    made = _Workbook(campaign.samples.get(form.key), form, scene)
    rows = made.rows()
    if form.key in campaign.samples or not form.rules:
        return rows  # its words see to its rules
    vain = 0
    for drawing in range(1, _MOST_DRAWINGS + 1):
        spots = spots_at_fault(campaign, form, scene, rows, wide=drawing % _WIDER == 0)
        if not spots:
            break
        vain = 0 if made.draw_again(spots) else vain + 1
        if drawing == _MOST_DRAWINGS or vain > _WIDER:
            made.leave_out(spots)
            break
        rows = made.rows()
    return made.in_order()


class _Workbook:
    """The sheets of one workbook; each is made when it, or a row that points to it, is asked for."""

    def __init__(self, words: SampleWords | None, form: Form, scene: Scene) -> None:
        self._words, self._form, self._scene = words or SampleWords(), form, scene
        self._by_types_alone = words is None
        self._continued = Continued(form, scene)
        self._made: dict[str, list[Cells]] = {}
        self._drawings: dict[str, list[Drawing]] = {}
        self._decks: dict[tuple[str, str], list[object]] = {}
        self._sheets = {
            sheet.key: sheet
            for sheet in form.sheets_for(scene.unit.level)
            if sheet.kind not in {Kind.INDICATORS, Kind.ANSWER}
        }
        books = [sheet for sheet in self._sheets.values() if sheet.kind is Kind.LEDGER]
        self._longest = max(books, key=lambda sheet: sheet.preprinted, default=None)

    def rows(self) -> Samples:
        return {key: self._rows_of(key) for key in self._sheets}

    def draw_again(self, spots: frozenset[Spot]) -> bool:
        """Draw those rows once more; tell whether any of them came out otherwise."""
        changed = not spots
        for key, line, column in sorted(spots):
            if line < len(self._made.get(key, ())):
                drawn = self._drawings[key][line](column)
                changed = changed or drawn != self._made[key][line]
                self._made[key][line] = drawn
        return changed

    def leave_out(self, spots: frozenset[Spot]) -> None:
        """Leave those rows out, but for cards and what stands since last time."""
        for key, line in sorted({(key, line) for key, line, _ in spots}, reverse=True):
            sheet = self._sheets.get(key)
            if sheet and sheet.is_table and len(self._continued.standing(sheet)) <= line:
                del self._made[key][line : line + 1]

    def in_order(self) -> Samples:
        """Give all rows, those of what flows by day."""
        for key, sheet in self._sheets.items():
            self._made[key].sort(key=partial(self._when, sheet))
        return self.rows()

    def _rows_of(self, key: str) -> list[Cells]:
        sheet = self._sheets.get(key)
        if sheet is None:
            return []
        if key not in self._made:
            self._made[key], self._drawings[key] = [], []
            for standing in self._continued.standing(sheet):
                self._drawings[key].append(partial(self._go_on, sheet, standing))
                self._made[key].append(self._drawings[key][-1](None))
            first = self._continued.last_number(sheet) + 1
            abouts = self._abouts(sheet)
            makers = {column.key: self._maker(sheet, column, abouts) for column in self._in(sheet)}
            for number, before in enumerate(self._new(sheet, abouts), start=first):
                self._drawings[key].append(partial(self._drawn, number, makers, before))
                self._made[key].append(self._drawings[key][-1](None))
            self._sort(sheet)
        return self._made[key]

    def _sort(self, sheet: Sheet) -> None:
        """Put rows in order, each with what draws it."""
        rows = zip(self._made[sheet.key], self._drawings[sheet.key], strict=True)
        ordered = sorted(rows, key=lambda pair: self._when(sheet, pair[0]))
        self._made[sheet.key][:] = [cells for cells, _ in ordered]
        self._drawings[sheet.key][:] = [drawing for _, drawing in ordered]

    def _drawn(
        self,
        number: int,
        makers: Mapping[str, Maker],
        before: Mapping[str, Typed],
        again: str | None,
    ) -> Cells:
        """Make a new row; again, it need not be like one of last time."""
        like = before if again is None else {}
        row = SampleRow(self._scene, number, makers, self._rows_of, like)
        return {name: value for name, value in row.items() if value is not None}

    def _new(self, sheet: Sheet, abouts: Sequence[str]) -> list[Mapping[str, Typed]]:
        """For each new row of a sheet, give the cells in which it is like one of last time."""
        if abouts:
            return [self._continued.like_about(sheet, _about(sheet), key) for key in abouts]
        if self._continued.holds(sheet):
            return [] if _about(sheet) else self._continued.like_last_time(sheet)
        return [{} for _ in range(self._size(sheet))]

    def _go_on(self, sheet: Sheet, before: Mapping[str, Typed], again: str | None) -> Cells:
        """Type on in a row that stands: what moves on, and what must or must not be there then."""
        words = self._words.later.get(sheet.key, {})
        if self._by_types_alone and (again is not None or self._scene.chance(_MOVES_ON)):
            words = self._moving(sheet, before, again)
        is_closed = _holds(sheet.closed, before)
        if (is_closed or not words) and not self._lacks(sheet, before):
            return dict(before)
        if is_closed:
            words = {}

        def made(column: Column) -> Maker:
            if column.key in words:
                return words[column.key]
            asked, make = column.required, self._maker(sheet, column, ())
            was, is_new = before.get(column.key), column.key not in before
            if not isinstance(asked, Condition):
                return make if asked and is_new else lambda _: was
            if words.keys().isdisjoint(asked.columns()) and not is_new:
                return lambda _: was
            otherwise = None if column.only else was
            return lambda row: (was or make(row)) if _holds(asked, row) else otherwise

        makers = {column.key: made(column) for column in self._in(sheet)}
        anew = words.keys() if self._by_types_alone else ()
        kept = {name: cell for name, cell in before.items() if name not in anew}
        row = SampleRow(self._scene, 0, makers, self._rows_of, kept)
        return {name: value for name, value in row.items() if value is not None}

    def _lacks(self, sheet: Sheet, before: Mapping[str, Typed]) -> bool:
        """Whether a row that stands lacks what must be filled: a newer version asks for more."""
        missing = (column for column in self._in(sheet) if column.key not in before)
        return any(
            _holds(column.required, before)
            if isinstance(column.required, Condition)
            else column.required
            for column in missing
        )

    def _moving(
        self, sheet: Sheet, before: Mapping[str, Typed], again: str | None
    ) -> Mapping[str, Maker]:
        """Give what moves a row on: its states, down the list, and the cell with which there is a fault."""
        words: dict[str, Maker] = {}
        for column in self._in(sheet):
            now = before.get(column.key)
            if further := self._further(sheet, column, now):
                stays = [] if again is None else [str(now)]
                words[column.key] = partial(_picked, [*stays, *further])
            elif column.key == again and _is_free(sheet, column):
                words[column.key] = self._maker(sheet, column, ())
        return words

    def _further(self, sheet: Sheet, column: Column, now: object) -> list[str]:
        """Give the states that may follow: none where no state of a row is the last."""
        kind = column.type
        asked = sheet.closed.columns() if sheet.closed else ()
        if column.key not in asked or not isinstance(kind, Choice) or now not in kind.options:
            return []
        states = self._allowed(sheet, column.key, kind)
        if not any(_holds(sheet.closed, {column.key: one}) for one in states):
            return []
        return [one for one in states if kind.options.index(one) > kind.options.index(str(now))]

    def _in(self, sheet: Sheet) -> tuple[Column, ...]:
        return columns_in(sheet, self._form.version)

    def _when(self, sheet: Sheet, cells: Mapping[str, Typed]) -> str:
        """What flows is written down day by day; books stand in the order of their keys."""
        event = next((column.key for column in sheet.columns if column.event), "")
        return str(cells.get(event, "")) if sheet.kind is Kind.FLOW else ""

    def _size(self, sheet: Sheet) -> int:
        if not sheet.is_table:
            return 1
        totals = self._form.own_totals
        if (totals and totals.sheet == sheet.key) or _about(sheet):
            return 0
        least, most = self._words.rows.get(sheet.key) or _FEW[sheet.kind]
        if sheet is self._longest and sheet.key not in self._words.rows:
            least, most = self._scene.rows * 4 // 5, self._scene.rows * 6 // 5
        size = self._scene.between(least, most)
        return max(1, size if self._scene.is_lowest else round(size * _SHARE_ABOVE))

    def _abouts(self, sheet: Sheet) -> list[str]:
        """The keys of the rows that those of the sheet are about."""
        wanted = self._words.about.get(sheet.key)
        keys = self._keys(_about(sheet), wanted)
        naming = sheet.naming_column
        known = {row.get(naming.key) for row in self._continued.standing(sheet)} if naming else {}
        if not wanted:  # sheets about the same rows share them, and leave some alone
            alike = [one.key for one in self._sheets.values() if _about(one) == _about(sheet)]
            keys = keys[alike.index(sheet.key) :: len(alike) + 1]
        return [key for key in keys if key not in known]

    def _keys(self, key: str, wanted: Condition | None = None) -> list[str]:
        """The keys of a sheet's rows that count."""
        sheet = self._sheets.get(key)
        naming = sheet.key_column if sheet else None
        if sheet is None or naming is None:
            return []
        rows = self._rows_of(key)
        found = [row for row in rows if not _holds(sheet.void, row) and naming.key in row]
        return [str(row[naming.key]) for row in found if wanted is None or _holds(wanted, row)]

    def _maker(self, sheet: Sheet, column: Column, abouts: Sequence[str]) -> Maker:
        """What makes a cell: nothing where its row wants it blank."""
        words = self._words.cells.get(sheet.key, {}).get(column.key)
        condition = column.required

        def make(row: SampleRow) -> Typed | None:
            if abouts and column is sheet.naming_column:
                return abouts[row.number - 1]
            if isinstance(condition, Condition) and not _holds(condition, row):
                return None
            if column.key in row.before:
                return row.before[column.key]
            if callable(words):
                return words(row)
            if condition is False and not row.scene.chance(0.5):
                return None
            return row.scene.pick(words) if words else self._by_type(sheet, column, row)

        return make

    def _by_type(self, sheet: Sheet, column: Column, row: SampleRow) -> Typed | None:  # noqa: PLR0911 - one for each type
        match column.type:
            case Text() as kind:
                return self._text(sheet, column, row)[: kind.limit]
            case Day():
                return self._day(sheet, column, row)
            case Choice() as kind:
                return self._choice(sheet, column, kind)
            case Reference() as kind:
                return self._in_turn(sheet, column, self._keys(kind.to))
            case References() as kind:
                keys = self._keys(kind.to)
                return row.scene.some(keys, 3) if keys else None
            case IdNumber():
                return make_id_number(age_in(sheet, row), row)
            case Whole() | Money() | Fraction():
                if column.accepts and row.scene.chance(_WORDED):
                    return row.scene.pick(column.accepts)
                return make_number(column, row)
        return make_own(sheet, column, row)

    def _in_turn(self, sheet: Sheet, column: Column, options: Sequence[T]) -> T | None:
        """Choose one; by types alone each as often as the others, in an order that nobody sees."""
        if not options or not self._by_types_alone:
            return self._scene.pick(options) if options else None
        deck = self._decks.setdefault((sheet.key, column.key), [])
        if not deck:
            deck += self._scene.random.sample(options, len(options))
        return cast("T", deck.pop())

    def _text(self, sheet: Sheet, column: Column, row: SampleRow) -> str:
        cover, unit = self._form.cover, self._scene.unit
        if sheet.key == cover.sheet and column.key in {cover.unit_id, cover.unit_name}:
            return unit.unit_id if column.key == cover.unit_id else unit.name
        return make_words(sheet, column, row)

    def _day(self, sheet: Sheet, column: Column, row: SampleRow) -> dt.date:
        cover, scene = self._form.cover, self._scene
        if sheet.key == cover.sheet and column.key == cover.filled_on:
            return scene.period.last_day + dt.timedelta(scene.between(1, 2))
        first = row.get(column.not_before)
        if self._by_types_alone and sheet.kind is Kind.STOCK and not self._continued.holds(sheet):
            start = scene.period.first_day - dt.timedelta(_YEARS_OF_STOCK)
            start = max(first, start) if isinstance(first, dt.date) else start
            return start + dt.timedelta(scene.between(0, (scene.period.last_day - start).days))
        return scene.day(first)

    def _choice(self, sheet: Sheet, column: Column, kind: Choice) -> str:
        """Choose what neither sets the row aside nor makes the workbook a nil return."""
        allowed = self._allowed(sheet, column.key, kind)
        cover = self._form.cover
        on_cover = (cover.nil, cover.correction) if sheet.key == cover.sheet else ()
        if column.key in {name for entry in on_cover if entry for name in entry.columns()}:
            return allowed[0]
        states = {name for entry in (sheet.void, sheet.closed) if entry for name in entry.columns()}
        usual = (
            allowed[:1] * (_USUAL - 1) if sheet.kind is Kind.STOCK and column.key in states else []
        )
        return cast("str", self._in_turn(sheet, column, [*usual, *allowed]))

    def _allowed(self, sheet: Sheet, key: str, kind: Choice) -> list[str]:
        """Give the options that neither set the row aside nor make the workbook a nil return."""
        cover = self._form.cover
        on_cover = (cover.nil, cover.correction) if sheet.key == cover.sheet else ()
        shunned = [entry for entry in (sheet.void, *on_cover) if entry is not None]
        allowed = [
            option
            for option in kind.options
            if not any(_holds(entry, {key: option}) for entry in shunned)
        ]
        return allowed or list(kind.options)


def _about(sheet: Sheet) -> str:
    """The sheet whose rows this one's are about, each once; empty for none."""
    return sheet.naming_column.refers_to if sheet.naming_column else ""


def _is_free(sheet: Sheet, column: Column) -> bool:
    """Whether a cell of a row that stands may be another one: it says nothing of what the row is about."""
    fixed = {*sheet.lasting, *sheet.matter}
    return not (column is sheet.naming_column or column.names_person or column.key in fixed)


def _picked(options: Sequence[str], row: SampleRow) -> str:
    return row.scene.pick(options)


def _holds(condition: Condition | None, row: Mapping[str, object]) -> bool:
    return condition is not None and condition.holds(cast("Row", row))
