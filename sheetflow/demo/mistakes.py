"""The mistakes that clerks make, planted by declaration.

Each kind finds a cell for itself from the types and rules of the columns and notes the
finding that it must lead to. No kind may cause a second finding: keys that something
points to, and dates that others are measured by, are left alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from random import Random
from types import MappingProxyType

from sheetflow.demo.draft import Draft, Plant, Spot
from sheetflow.schemas.cells import (
    CellType,
    Choice,
    Choices,
    Day,
    IdNumber,
    Key,
    Money,
    Phone,
    Reference,
    References,
    Text,
    Whole,
)

_ABOUT = ("30多人", "约20", "100左右", "近50")
_SCALED = ("2.5万", "3万", "1.2万元")
_MISSPELT = "其它情况"
_NO_SUCH_NUMBER = 999
_A_PHONE = "（联系电话19900009999）"
_PADDING = "，其余情况详见本单位留存的书面说明"


def _filled(draft: Draft, random: Random, *kinds: type[CellType]) -> Iterator[Spot]:
    return (spot for spot in draft.spots(random, *kinds) if spot.value is not None)


def _plant(draft: Draft, spots: Iterator[Spot], value: object, rule: str) -> bool:
    """Type `value` (or what it gives for the spot) at the first of `spots`."""
    spot = next(spots, None)
    if spot is None:
        return False
    draft.type(spot, value(spot) if callable(value) else value, rule)  # type: ignore[arg-type]
    return True


def leave_blank(draft: Draft, random: Random) -> bool:
    """Leave a required cell blank."""
    spots = (spot for spot in _filled(draft, random) if spot.column.required is True)
    return _plant(draft, spots, None, "required")


def leave_conditional_blank(draft: Draft, random: Random) -> bool:
    """Leave a cell blank that its row makes required."""
    spots = (spot for spot in _filled(draft, random) if spot.wanted)
    return _plant(draft, spots, None, "required-when")


def fill_needlessly(draft: Draft, random: Random) -> bool:
    """Fill a cell that its row wants blank."""
    spots = (
        spot
        for spot in draft.spots(random, Whole)
        if spot.column.only and spot.value is None and spot.wanted is False
    )
    return _plant(draft, spots, random.randint(3, 9), "blank-unless")


def misspell_choice(draft: Draft, random: Random) -> bool:
    """Type a word that is no option."""
    return _plant(draft, _filled(draft, random, Choice), _MISSPELT, "choice-unknown")


def add_unknown_choice(draft: Draft, random: Random) -> bool:
    """Type a word that is no option behind one that is."""
    spots = _filled(draft, random, Choices)
    return _plant(draft, spots, lambda spot: f"{spot.value}、{_MISSPELT}", "choice-unknown")


def type_about(draft: Draft, random: Random) -> bool:
    """Type 30多人 where a number is due."""
    return _plant(draft, _filled(draft, random, Whole), random.choice(_ABOUT), "number-about")


def type_scaled(draft: Draft, random: Random) -> bool:
    """Type 2.5万 where an amount is due."""
    spots = _filled(draft, random, Money)
    return _plant(draft, spots, random.choice(_SCALED), "number-scaled")


def type_words(draft: Draft, random: Random) -> bool:
    """Type 若干 where a number is due."""
    return _plant(draft, _filled(draft, random, Whole), "若干", "number-text")


def type_half(draft: Draft, random: Random) -> bool:
    """Type a fraction where whole numbers are due."""
    return _plant(
        draft, _filled(draft, random, Whole), random.randint(3, 9) + 0.5, "number-not-whole"
    )


def leave_range(draft: Draft, random: Random) -> bool:
    """Type a number beyond what is allowed."""

    def beyond(spot: Spot) -> int:
        kind = spot.column.type
        if isinstance(kind, Whole) and kind.maximum is not None:
            return kind.maximum + random.randint(1, 80)
        return kind.minimum - 1 if isinstance(kind, Whole) else -random.randint(100, 900)

    return _plant(draft, _filled(draft, random, Whole, Money), beyond, "number-range")


def break_reference(draft: Draft, random: Random) -> bool:
    """Name a key that stands nowhere."""

    def broken(spot: Spot) -> str:
        target = draft.form.by_key[spot.column.refers_to].key_column
        missing = target.type.example(_NO_SUCH_NUMBER) if _is_key(target) else ""  # type: ignore[union-attr]
        return f"{spot.value}、{missing}" if isinstance(spot.column.type, References) else missing

    spots = (
        spot
        for spot in _filled(draft, random, Reference, References)
        if _is_key(draft.form.by_key[spot.column.refers_to].key_column)
        and len(draft.rows.get(spot.column.refers_to, ())) < _NO_SUCH_NUMBER
    )
    return _plant(draft, spots, broken, "reference-unknown")


def _is_key(column: object) -> bool:
    return isinstance(getattr(column, "type", None), Key)


def repeat_key(draft: Draft, random: Random) -> bool:
    """Give a row the key of an earlier one; nothing points to either."""
    referred = draft.referred()
    sheets = [sheet for sheet in draft.sheets if _is_key(sheet.key_column)]
    random.shuffle(sheets)
    for sheet in sheets:
        column = sheet.key_column
        free = [
            row
            for row, name in enumerate(draft.names[sheet.key])
            if (sheet.key, name) not in referred and not draft.is_spoilt(sheet.key, row)
        ]
        if column is None or len(free) < 2:  # noqa: PLR2004 - the one and the other
            continue
        first, later = sorted(random.sample(free, 2))
        cells = draft.rows[sheet.key]
        cells[later][column.key] = cells[first][column.key]
        draft.protect(sheet.key, first)
        draft.spoil("key-twice", sheet.key, later, column.key)
        return True
    return False


def break_check_digit(draft: Draft, random: Random) -> bool:
    """Mistype the last digit of an identity number."""

    def mistyped(spot: Spot) -> str:
        text = str(spot.value)
        return text[:-1] + ("1" if text[-1] != "1" else "2")

    return _plant(draft, _filled(draft, random, IdNumber), mistyped, "id-check-digit")


def type_id_as_number(draft: Draft, random: Random) -> bool:
    """Type an identity number as a number: its last digits are lost."""
    spots = (spot for spot in _filled(draft, random, IdNumber) if str(spot.value).isdigit())
    return _plant(draft, spots, lambda spot: float(str(spot.value)), "id-digits-lost")


def shorten_phone(draft: Draft, random: Random) -> bool:
    """Leave out a digit of a mobile number."""
    spots = _filled(draft, random, Phone)
    return _plant(draft, spots, f"1990{random.randint(10**5, 10**6 - 1)}", "phone-format")


def leave_day_out(draft: Draft, random: Random) -> bool:
    """Type a month where a date is due."""
    month = f"{draft.period.last_day.year}年{draft.period.last_day.month}月"
    return _plant(draft, _filled(draft, random, Day), month, "date-incomplete")


def type_impossible_day(draft: Draft, random: Random) -> bool:
    """Type the 30th of February."""
    day = f"{draft.period.last_day.year}年2月30日"
    return _plant(draft, _filled(draft, random, Day), day, "date-impossible")


def _days(draft: Draft, random: Random) -> Iterator[Spot]:
    """The dates by which no other date of the row is measured."""
    return (
        spot
        for spot in _filled(draft, random, Day)
        if all(column.not_before != spot.column.key for column in spot.sheet.columns)
    )


def type_day_after_period(draft: Draft, random: Random) -> bool:
    """Type a date of the period to come; where the period is in doubt, none is."""
    if draft.has("cover-period"):
        return False
    day = draft.period.last_day + dt.timedelta(days=random.randint(3, 20))
    spots = (spot for spot in _days(draft, random) if spot.column.not_after == "period_end")
    return _plant(draft, spots, day, "date-after-period")


def type_day_after_filling(draft: Draft, random: Random) -> bool:
    """Type a date after the day on the cover."""
    day = draft.filled_on + dt.timedelta(days=random.randint(3, 20))
    spots = (spot for spot in _days(draft, random) if spot.column.not_after == "filled_on")
    return _plant(draft, spots, day, "date-after-filled")


def type_day_before_period(draft: Draft, random: Random) -> bool:
    """Report late what happened before the period, where that is not in doubt."""
    if draft.has("cover-period"):
        return False
    day = draft.period.first_day - dt.timedelta(days=random.randint(3, 30))
    spots = (spot for spot in _days(draft, random) if spot.column.event)
    return _plant(draft, spots, day, "date-before-period")


def swap_days(draft: Draft, random: Random) -> bool:
    """Let something end before it began."""

    def before(spot: Spot) -> dt.date:
        first = spot.cells[spot.column.not_before]
        return (first if isinstance(first, dt.date) else draft.period.first_day) - dt.timedelta(
            days=random.randint(1, 9)
        )

    spots = (
        spot
        for spot in _days(draft, random)
        if spot.column.not_before in spot.cells and not spot.column.event
    )
    return _plant(draft, spots, before, "date-order")


def write_too_much(draft: Draft, random: Random) -> bool:
    """Write more than fits."""

    def longer(spot: Spot) -> str:
        limit = spot.column.type.limit if isinstance(spot.column.type, Text) else 0
        text = str(spot.value)
        while len(text) <= limit:
            text += _PADDING
        return text

    return _plant(draft, _filled(draft, random, Text), longer, "text-too-long")


def write_phone_in_text(draft: Draft, random: Random) -> bool:
    """Write somebody's number into a sentence."""
    spots = (
        spot
        for spot in _filled(draft, random, Text)
        if isinstance(spot.column.type, Text)
        and spot.column.type.free
        and not spot.column.personal
        and len(str(spot.value)) + len(_A_PHONE) <= spot.column.type.limit
    )
    return _plant(draft, spots, lambda spot: f"{spot.value}{_A_PHONE}", "personal-in-text")


def paste_error(draft: Draft, random: Random) -> bool:
    """Paste a formula whose sheet is not there."""
    return _plant(draft, _filled(draft, random, Whole, Text), "#REF!", "cell-error")


def type_formula(draft: Draft, random: Random) -> bool:
    """Leave a formula that was never computed."""
    formula = f"={random.randint(1, 9)}+{random.randint(1, 9)}"
    return _plant(draft, _filled(draft, random, Whole), formula, "cell-formula-empty")


BY_CELL: Mapping[str, Plant] = MappingProxyType(
    {
        plant.__name__: plant
        for plant in (
            leave_blank,
            misspell_choice,
            type_about,
            break_reference,
            break_check_digit,
            leave_conditional_blank,
            leave_day_out,
            type_day_after_period,
            repeat_key,
            write_too_much,
            leave_range,
            shorten_phone,
            paste_error,
            type_formula,
            write_phone_in_text,
            type_scaled,
            type_impossible_day,
            type_words,
            fill_needlessly,
            add_unknown_choice,
            type_day_after_filling,
            swap_days,
            type_half,
            type_id_as_number,
            type_day_before_period,
        )
    }
)
"""Every kind of mistake that stands in one cell of a row."""

TOLD_BY_XLSX_ALONE = frozenset({"paste_error", "type_formula"})
"""Older formats do not tell error values and formulas."""
