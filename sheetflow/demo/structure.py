"""Mistakes about a workbook as a whole, and habits that are read all the same.

The cover overtyped, a header or a sheet deleted; and what is only written differently,
which is accepted and listed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from random import Random
from types import MappingProxyType

from sheetflow.demo.draft import Draft, Plant, Spot, governing, pointed_at
from sheetflow.schemas.cells import Choice, Day, Phone, Whole
from sheetflow.schemas.layout import columns_in
from sheetflow.schemas.sheets import Kind

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def change_period(draft: Draft, random: Random) -> bool:
    """Overtype the period on the cover with another one.

    Dates are not held against a period in doubt: none may be planted that would be.
    """
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
    drawn = {entry.source.draws_on for entry in draft.form.indicators}
    kept = {draft.form.cover.sheet, *pointed_at(draft.form.sheets), *drawn}
    found = [
        sheet.key
        for sheet in draft.form.sheets_for(draft.unit.level)
        if sheet.always_shown
        and sheet.kind not in {Kind.ANSWER, Kind.INDICATORS}
        and sheet.key not in kept
        and not draft.touched(sheet.key)
    ]
    if not found:
        return False
    sheet = random.choice(found)
    draft.dropped_sheets.add(sheet)
    draft.spoil("sheet-missing", sheet)
    return True


def type_wide_digits(draft: Draft, random: Random) -> bool:
    """Type a number with full-width digits."""
    for spot in draft.spots(random, Whole):
        if isinstance(spot.value, int):
            draft.type(spot, str(spot.value).translate(_WIDE), "habit")
            return True
    return False


def type_own_unit(draft: Draft, random: Random) -> bool:
    """Type the column's own unit behind the number."""
    for spot in draft.spots(random, Whole):
        if isinstance(spot.value, int) and isinstance(spot.column.type, Whole):
            if not spot.column.type.unit:
                continue
            draft.type(spot, f"{spot.value}{spot.column.type.unit}", "habit")
            return True
    return False


def type_dotted_day(draft: Draft, random: Random) -> bool:
    """Type a date as 2012.3.5, or as ２０１２年３月５日."""
    for spot in draft.spots(random, Day):
        if isinstance(spot.value, dt.date):
            day = spot.value
            dotted = f"{day.year}.{day.month}.{day.day}"
            wide = f"{day.year}年{day.month}月{day.day}日".translate(_WIDE)
            draft.type(spot, random.choice((dotted, wide)), "habit")
            return True
    return False


def type_space(draft: Draft, random: Random) -> bool:
    """Type a full-width space behind a choice."""
    return _spaced(draft, next(_with_value(draft, random, Choice), None), "habit-blanks")


def group_phone(draft: Draft, random: Random) -> bool:
    """Type a phone number with a space in it."""
    spot = next(_with_value(draft, random, Phone), None)
    personal = spot is not None and spot.column.personal
    return _spaced(draft, spot, "habit-private" if personal else "habit-blanks", inside=True)


def _with_value(draft: Draft, random: Random, kind: type[Choice | Phone]) -> Iterator[Spot]:
    return (spot for spot in draft.spots(random, kind) if isinstance(spot.value, str))


def _spaced(draft: Draft, spot: Spot | None, rule: str, *, inside: bool = False) -> bool:
    if spot is None:
        return False
    text = str(spot.value)
    draft.type(spot, f"{text[:3]} {text[3:]}" if inside else f"{text}　", rule)
    return True


BY_WORKBOOK: Mapping[str, Plant] = MappingProxyType(
    {plant.__name__: plant for plant in (change_period, delete_header, delete_sheet)}
)
"""Mistakes about the cover, a column or a sheet."""

HABITS: Mapping[str, Plant] = MappingProxyType(
    {
        plant.__name__: plant
        for plant in (type_wide_digits, type_dotted_day, type_own_unit, type_space, group_phone)
    }
)
"""What is read all the same and listed as 提示性."""
