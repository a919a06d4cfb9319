"""Makes up a clean workbook for any declared form: different for every unit and seed.

What is typed follows from the types of the columns, their choices, references and conditions,
from the period and the unit; a campaign's `SampleWords` come first. Nobody in it exists:
identity numbers begin with 99, which is no place, mobile numbers with 1990000.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import cast

from sheetflow.sample_maker.next_period import AGE, Continued
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
    Attachment,
    Choice,
    Choices,
    Day,
    Fraction,
    IdNumber,
    Key,
    Money,
    NameKey,
    PeriodName,
    Phone,
    Reference,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition, Row
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import columns_in
from sheetflow.schemas.parsing import check_digit
from sheetflow.schemas.sheets import Kind, Sheet

SURNAMES = "王李张刘陈杨赵孙周吴徐马朱胡郭林高梁宋郑谢韩唐冯于董程曹袁邓许傅沈曾彭吕"
_GIVEN: list[str] = re.findall(
    "..",
    "秀兰桂英玉梅红霞淑珍丽华春燕爱琴凤芹翠平海燕金凤文静晓梅雪莲美玲素芳月娥慧敏建芳云霞志红兰香宝珍",
)
_FEW = {Kind.STOCK: (3, 8), Kind.LEDGER: (3, 6), Kind.FLOW: (5, 12)}
_A_FEW = 12
"""How far a number goes beyond its least."""
_SHARE_ABOVE = 0.4
"""Of the rows of a lowest unit, what one with others below it has: its own office's work."""


def make_name(row: SampleRow) -> str:
    """Make up a woman's name."""
    return row.scene.pick(SURNAMES) + row.scene.pick(_GIVEN)


def make_samples(campaign: Campaign, form: Form, scene: Scene) -> Samples:
    """Make up the workbook of the scene's unit, cover included, free of any finding."""
    return _Workbook(campaign.samples.get(form.key, SampleWords()), form.current, scene).rows()


class _Workbook:
    """The sheets of one workbook; each is made when it, or a row that points to it, is asked for."""

    def __init__(self, words: SampleWords, form: Form, scene: Scene) -> None:
        self._words, self._form, self._scene = words, form, scene
        self._continued = Continued(form, scene)
        self._made: dict[str, list[dict[str, Typed]]] = {}
        self._sheets = {
            sheet.key: sheet
            for sheet in form.sheets_for(scene.unit.level)
            if sheet.kind not in {Kind.INDICATORS, Kind.ANSWER}
        }
        books = [sheet for sheet in self._sheets.values() if sheet.kind is Kind.LEDGER]
        self._longest = max(books, key=lambda sheet: sheet.preprinted, default=None)

    def rows(self) -> Samples:
        return {key: self._rows_of(key) for key in self._sheets}

    def _rows_of(self, key: str) -> list[dict[str, Typed]]:
        sheet = self._sheets.get(key)
        if sheet is None:
            return []
        if key not in self._made:
            self._made[key] = []
            self._made[key] += map(partial(self._go_on, sheet), self._continued.standing(sheet))
            first = self._continued.last_number(sheet) + 1
            abouts = self._abouts(sheet)
            makers = {column.key: self._maker(sheet, column, abouts) for column in self._in(sheet)}
            for number, before in enumerate(self._new(sheet, abouts), start=first):
                row = SampleRow(self._scene, number, makers, self._rows_of, before)
                cells = {name: value for name, value in row.items() if value is not None}
                self._made[key].append(cells)
            self._made[key].sort(key=lambda cells: self._when(sheet, cells))
        return self._made[key]

    def _new(self, sheet: Sheet, abouts: Sequence[str]) -> list[Mapping[str, Typed]]:
        """For each new row of a sheet, give the cells in which it is like one of last time."""
        if abouts:
            return [self._continued.like_about(sheet, _about(sheet), key) for key in abouts]
        if self._continued.holds(sheet):
            return [] if _about(sheet) else self._continued.like_last_time(sheet)
        return [{} for _ in range(self._size(sheet))]

    def _go_on(self, sheet: Sheet, before: Mapping[str, Typed]) -> dict[str, Typed]:
        """Type on in a row that stands: what moves on, and what must or must not be there then."""
        words = self._words.later.get(sheet.key, {})
        if not words or _holds(sheet.closed, before):
            return dict(before)

        def made(column: Column) -> Maker:
            if column.key in words:
                return words[column.key]
            asked, make = column.required, self._maker(sheet, column, ())
            if not isinstance(asked, Condition) or words.keys().isdisjoint(asked.columns()):
                return lambda _: before.get(column.key)
            return lambda row: (before.get(column.key) or make(row)) if _holds(asked, row) else None

        makers = {column.key: made(column) for column in self._in(sheet)}
        row = SampleRow(self._scene, 0, makers, self._rows_of, before)
        return {name: value for name, value in row.items() if value is not None}

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
        return [key for key in (keys if wanted else keys[::2]) if key not in known]

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
            case Reference() | References() as kind:
                keys = self._keys(kind.to)
                return (
                    row.scene.some(keys, 3 if isinstance(kind, References) else 1) if keys else None
                )
            case IdNumber():
                return _id_number(self._age(sheet, row), row)
            case Whole() | Money() | Fraction():
                return _number(column, row)
        return _name(column, row)

    def _text(self, sheet: Sheet, column: Column, row: SampleRow) -> str:
        cover, unit = self._form.cover, self._scene.unit
        if sheet.key == cover.sheet and column.key in {cover.unit_id, cover.unit_name}:
            return unit.unit_id if column.key == cover.unit_id else unit.name
        if column.names_person:
            return make_name(row)
        if isinstance(column.type, Text) and column.type.free:
            about = f"{self._scene.period.label}，{unit.name}的{column.label}"
            return f"{about}已按要求办理，第{row.number}项有专人负责，有关材料留存备查。"
        return f"{column.label}{row.number}"

    def _day(self, sheet: Sheet, column: Column, row: SampleRow) -> dt.date:
        cover = self._form.cover
        if sheet.key == cover.sheet and column.key == cover.filled_on:
            return self._scene.period.last_day + dt.timedelta(self._scene.between(1, 2))
        return self._scene.day(row.get(column.not_before))

    def _choice(self, sheet: Sheet, column: Column, kind: Choice) -> str:
        """Choose what neither sets the row aside nor makes the workbook a nil return."""
        cover = self._form.cover
        on_cover = (cover.nil, cover.correction) if sheet.key == cover.sheet else ()
        shunned = [entry for entry in (sheet.void, *on_cover) if entry is not None]
        allowed = [
            option
            for option in kind.options
            if not any(_holds(entry, {column.key: option}) for entry in shunned)
        ]
        asked = {name for entry in on_cover if entry for name in entry.columns()}
        return allowed[0] if column.key in asked else self._scene.pick(allowed or kind.options)

    @staticmethod
    def _age(sheet: Sheet, row: SampleRow) -> int:
        for column in sheet.columns:
            age = row.get(column.key) if isinstance(column.type, Whole) else None
            if isinstance(column.type, Whole) and column.type.unit == AGE and isinstance(age, int):
                return age
        return 40


def _number(column: Column, row: SampleRow) -> int | float:
    kind = column.type
    if isinstance(kind, Money):
        return row.scene.yuan(200, 5000)
    # Counted in the smallest amount that the column can hold.
    step = 10**kind.places
    lowest, highest = ((end if end is None else int(end * step)) for end in kind.limits)
    least = max(lowest or 0, 1 if column.zero_asked else 0)
    most = least + _A_FEW * step
    made = row.scene.between(least, most if highest is None else max(least, min(highest, most)))
    return made / step if kind.places else made


def _name(column: Column, row: SampleRow) -> str | None:  # noqa: PLR0911 - one for each type
    """Make up what stands for itself: a key, a period, options, a phone number."""
    match column.type:
        case Key() as kind:
            return kind.example(row.number)
        case NameKey():
            return f"{column.label}{row.number}"
        case PeriodName():
            return row.scene.period.period_id
        case Choices() as kind:
            return row.scene.some(kind.options, 3)
        case Attachment() as kind:
            return f"{column.label}{row.number}{kind.endings[0]}"
        case Phone() if column.personal:  # the row's own digits: no two of one book are the same
            return f"1990000{row.number:04d}"
        case Phone():
            return f"0530-555{row.scene.between(0, 9999):04d}"
    return None


def _about(sheet: Sheet) -> str:
    """The sheet whose rows this one's are about, each once; empty for none."""
    return sheet.naming_column.refers_to if sheet.naming_column else ""


def _holds(condition: Condition | None, row: Mapping[str, object]) -> bool:
    return condition is not None and condition.holds(cast("Row", row))


def _id_number(age: int, row: SampleRow) -> str:
    """Make up a woman's number that says her age."""
    scene = row.scene
    born = dt.date(scene.period.first_day.year - age, 1, 1) + dt.timedelta(scene.between(0, 300))
    body = f"990000{born:%Y%m%d}{scene.between(0, 499) * 2:03d}"
    return body + check_digit(body)
