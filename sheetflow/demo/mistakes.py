"""The mistakes that clerks make: where each falls, what is typed, which rule names it.

No kind may cause a second finding: keys that something points to, and dates that others are
measured by, are left alone. Habits are what is read all the same and listed as 提示性.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from sheetflow.demo.draft import Cell, Draft, governing
from sheetflow.periods import date_in_words
from sheetflow.schemas.campaign import Typed
from sheetflow.schemas.cells import (
    CellType,
    Day,
    Fraction,
    IdNumber,
    Key,
    Money,
    Phone,
    Reference,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.layout import columns_in
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.sheets import Kind

Plant = Callable[[Draft, Random], bool]
"""Plants one mistake; False where the workbook offers no place for it."""

_MISSPELT = "其它情况"
_NO_SUCH_NUMBER = 999
_A_PHONE = "（联系电话19900009999）"
_PADDING = "，其余情况详见本单位留存的书面说明"
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class CellMistake:
    """One kind of mistake in one cell.

    It falls on a cell of `types` (any where there are none) that is filled, or blank with
    `blank`, and of which `fits` holds; `value` is what is typed there instead.
    """

    rule: str
    types: tuple[type[CellType], ...]
    value: Callable[[Cell], Typed | None]
    fits: Callable[[Cell], bool] = lambda _: True
    blank: bool = False

    def __call__(self, draft: Draft, random: Random) -> bool:
        """Plant it once."""
        for cell in draft.cells(random, *self.types):
            if (cell.value is None) is self.blank and self.fits(cell):
                cell.type(self.value(cell), self.rule)
                return True
        return False


def _beyond(cell: Cell) -> int:
    least, most = cell.column.type.limits
    if most is not None:
        return int(most) + cell.random.randint(1, 80)
    is_money = isinstance(cell.column.type, Money)
    return -cell.random.randint(100, 900) if is_money else int(least) - 1


def _no_such_key(cell: Cell) -> str | None:
    """Point to a key beyond all; None where the column points to no numbered keys, or to too many."""
    target = cell.column.refers_to
    key = cell.draft.form.by_key[target].key_column
    if key is None or not isinstance(key.type, Key):
        return None
    if len(cell.draft.rows.get(target, ())) >= _NO_SUCH_NUMBER:
        return None
    missing = key.type.example(_NO_SUCH_NUMBER)
    return f"{cell.value}、{missing}" if isinstance(cell.column.type, References) else missing


def _other_digit(cell: Cell) -> str:
    text = str(cell.value)
    return text[:-1] + ("1" if text[-1] != "1" else "2")


def _measures_others(cell: Cell) -> bool:
    return any(column.not_before == cell.column.key for column in cell.sheet.columns)


def _has_its_period(cell: Cell) -> bool:
    """Whether dates are held against the period: it was not overtyped."""
    return not (_measures_others(cell) or cell.draft.has("cover-period"))


def _after(day: object, random: Random) -> dt.date:
    assert isinstance(day, dt.date)  # noqa: S101 - a cover without a date is no clerk's
    return day + dt.timedelta(random.randint(3, 20))


def _before_its_beginning(cell: Cell) -> dt.date:
    first = cell.cells[cell.column.not_before]
    start = first if isinstance(first, dt.date) else cell.draft.period.first_day
    return start - dt.timedelta(cell.random.randint(1, 9))


def _too_long(cell: Cell) -> str:
    limit = cell.column.type.limit if isinstance(cell.column.type, Text) else 0
    text = str(cell.value)
    return text + _PADDING * ((limit - len(text)) // len(_PADDING) + 1)


def _has_room_for_a_phone(cell: Cell) -> bool:
    kind = cell.column.type
    is_free = isinstance(kind, Text) and kind.free and not cell.column.personal
    return is_free and len(str(cell.value)) + len(_A_PHONE) <= getattr(kind, "limit", 0)


def _is_counted(cell: Cell) -> bool:
    return isinstance(cell.value, int)


def _unit_of(cell: Cell) -> str:
    return cell.column.type.unit if isinstance(cell.column.type, Whole) else ""


def _dotted(cell: Cell) -> str:
    day = cell.value
    assert isinstance(day, dt.date)  # noqa: S101 - `fits` has asked
    wide = date_in_words(day).translate(_WIDE)
    return cell.random.choice((f"{day.year}.{day.month}.{day.day}", wide))


def _grouped(cell: Cell) -> str:
    return f"{str(cell.value)[:3]} {str(cell.value)[3:]}"


def repeat_key(draft: Draft, random: Random) -> bool:
    """Give a row the key of an earlier one; nothing points to either."""
    referred = draft.referred()
    keyed = [
        (sheet, column)
        for sheet in draft.sheets
        if (column := sheet.key_column) and isinstance(column.type, Key)
    ]
    random.shuffle(keyed)
    for sheet, column in keyed:
        free = [
            row
            for row, name in enumerate(draft.names[sheet.key])
            if (sheet.key, name) not in referred and not draft.is_spoilt(sheet.key, row)
        ]
        if len(free) < 2:  # noqa: PLR2004 - the one and the other
            continue
        first, later = sorted(random.sample(free, 2))
        cells = draft.rows[sheet.key]
        cells[later][column.key] = cells[first][column.key]
        draft.protect(sheet.key, first)
        draft.spoil("key-twice", sheet.key, later, column.key)
        return True
    return False


def change_period(draft: Draft, random: Random) -> bool:
    """Overtype the period on the cover; no date that is held against it may be planted too."""
    if draft.has("date-after-period", "date-before-period"):
        return False
    year = draft.period.first_day.year
    others = [period.period_id for period in draft.form.periods_of(year) if period != draft.period]
    if not others or draft.is_spoilt(draft.form.cover.sheet, 0):
        return False
    draft.cover[draft.form.cover.period] = random.choice(others)
    draft.spoil("cover-period", draft.form.cover.sheet, 0, draft.form.cover.period)
    return True


def delete_header(draft: Draft, random: Random) -> bool:
    """Delete the header of a required column that nothing else depends on."""
    found = [
        (sheet.key, column.key)
        for sheet in draft.sheets
        if sheet.is_table and sheet.kind is not Kind.ANSWER and not draft.touched(sheet.key)
        for column in columns_in(sheet, draft.form.version)
        if column.required is True
        and not column.is_key
        and column is not sheet.naming_column
        and column.key not in governing(sheet)
    ]
    if not found:
        return False
    sheet, column = random.choice(found)
    draft.dropped_headers.add((sheet, column))
    draft.spoil("column-missing", sheet, column=column)
    return True


def delete_sheet(draft: Draft, random: Random) -> bool:
    """Delete a sheet that must be there and that no other sheet draws on."""
    form = draft.form
    needed = {form.cover.sheet, *(entry.source.draws_on for entry in form.indicators)}
    needed |= {column.refers_to for sheet in form.sheets for column in sheet.columns}
    found = [
        sheet.key
        for sheet in form.sheets_for(draft.unit.level)
        if sheet.always_shown
        and sheet.kind not in {Kind.ANSWER, Kind.INDICATORS}
        and sheet.key not in needed
        and not draft.touched(sheet.key)
    ]
    if not found:
        return False
    sheet = random.choice(found)
    draft.dropped_sheets.add(sheet)
    draft.spoil("sheet-missing", sheet)
    return True


BY_CELL: Mapping[str, Plant] = MappingProxyType(
    {
        "leave_blank": CellMistake(
            "required", (), lambda _: None, lambda cell: cell.column.required is True
        ),
        "misspell_choice": CellMistake("choice-unknown", (Choice,), lambda _: _MISSPELT),
        "type_about": CellMistake(
            "number-about",
            (Whole, Fraction),
            lambda cell: cell.random.choice(("30多人", "约20", "近50")),
        ),
        "break_reference": CellMistake(
            "reference-unknown",
            (Reference, References),
            _no_such_key,
            lambda cell: _no_such_key(cell) is not None,
        ),
        "break_check_digit": CellMistake("id-check-digit", (IdNumber,), _other_digit),
        "leave_conditional_blank": CellMistake(
            "required-when", (), lambda _: None, lambda cell: bool(cell.wanted)
        ),
        "leave_day_out": CellMistake(
            "date-incomplete", (Day,), lambda cell: f"{cell.draft.period.last_day:%Y年%m月}"
        ),
        "type_day_after_period": CellMistake(
            "date-after-period",
            (Day,),
            lambda cell: _after(cell.draft.period.last_day, cell.random),
            lambda cell: cell.column.not_after == "period_end" and _has_its_period(cell),
        ),
        "repeat_key": repeat_key,
        "write_too_much": CellMistake("text-too-long", (Text,), _too_long),
        "leave_range": CellMistake("number-range", (Whole, Money, Fraction), _beyond),
        "shorten_phone": CellMistake(
            "phone-format", (Phone,), lambda cell: f"1990{cell.random.randint(10**5, 10**6 - 1)}"
        ),
        "paste_error": CellMistake("cell-error", (Whole, Text), lambda _: "#REF!"),
        "type_formula": CellMistake(
            "cell-formula-empty", (Whole,), lambda cell: f"={cell.random.randint(1, 9)}+1"
        ),
        "write_phone_in_text": CellMistake(
            "personal-in-text",
            (Text,),
            lambda cell: f"{cell.value}{_A_PHONE}",
            _has_room_for_a_phone,
        ),
        "type_scaled": CellMistake(
            "number-scaled", (Money,), lambda cell: cell.random.choice(("2.5万", "1.2万元"))
        ),
        "type_impossible_day": CellMistake(
            "date-impossible",
            (Day,),
            lambda cell: f"{cell.draft.period.last_day.year}年2月30日",
        ),
        "type_words": CellMistake("number-text", (Whole, Fraction), lambda _: "若干"),
        "fill_needlessly": CellMistake(
            "blank-unless",
            (Whole,),
            lambda cell: cell.random.randint(3, 9),
            lambda cell: cell.column.only and cell.wanted is False,
            blank=True,
        ),
        "add_unknown_choice": CellMistake(
            "choice-unknown", (Choices,), lambda cell: f"{cell.value}、{_MISSPELT}"
        ),
        "type_day_after_filling": CellMistake(
            "date-after-filled",
            (Day,),
            lambda cell: _after(cell.draft.cover[cell.draft.form.cover.filled_on], cell.random),
            lambda cell: cell.column.not_after == "filled_on" and not _measures_others(cell),
        ),
        "swap_days": CellMistake(
            "date-order",
            (Day,),
            _before_its_beginning,
            lambda cell: (
                cell.column.not_before in cell.cells
                and not cell.column.event
                and not _measures_others(cell)
            ),
        ),
        "type_half": CellMistake(
            "number-not-whole", (Whole,), lambda cell: cell.random.randint(3, 9) + 0.5
        ),
        "type_id_as_number": CellMistake(
            "id-digits-lost",
            (IdNumber,),
            lambda cell: float(str(cell.value)),
            lambda cell: str(cell.value).isdigit(),
        ),
        "type_day_before_period": CellMistake(
            "date-before-period",
            (Day,),
            lambda cell: cell.draft.period.first_day - dt.timedelta(cell.random.randint(3, 30)),
            lambda cell: cell.column.event and _has_its_period(cell),
        ),
    }
)
"""Every kind of mistake that stands in one cell of a row."""

TOLD_BY_XLSX_ALONE = frozenset({"paste_error", "type_formula"})
"""Older formats do not tell error values and formulas."""

BY_WORKBOOK: Mapping[str, Plant] = MappingProxyType(
    {plant.__name__: plant for plant in (change_period, delete_header, delete_sheet)}
)
"""Mistakes about the cover, a column or a sheet."""

HABITS: Mapping[str, Plant] = MappingProxyType(
    {
        "type_wide_digits": CellMistake(
            "habit", (Whole,), lambda cell: str(cell.value).translate(_WIDE), _is_counted
        ),
        "type_dotted_day": CellMistake(
            "habit", (Day,), _dotted, lambda cell: isinstance(cell.value, dt.date)
        ),
        "type_own_unit": CellMistake(
            "habit",
            (Whole,),
            lambda cell: f"{cell.value}{_unit_of(cell)}",
            lambda cell: _is_counted(cell) and bool(_unit_of(cell)),
        ),
        "type_space": CellMistake("habit-blanks", (Choice,), lambda cell: f"{cell.value}　"),
        "group_her_phone": CellMistake(
            "habit-private", (Phone,), _grouped, lambda cell: cell.column.personal
        ),
        "group_phone": CellMistake(
            "habit-blanks", (Phone,), _grouped, lambda cell: not cell.column.personal
        ),
    }
)
"""What is only written differently: read all the same, and listed."""
