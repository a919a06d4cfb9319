"""Dates against the period, the day of filling in and each other; ages against birth years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.periods import Period, date_in_words
from sheetflow.schemas.book import Book, BookRow, JudgingContext
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.cells import Day, IdNumber, Whole
from sheetflow.schemas.columns import Column
from sheetflow.validators.general_rules import accepted_by_key
from sheetflow.validators.recognition import names_other_period

_OF_PERIOD = frozenset({"date-after-period", "date-before-period"})
_YEARS_APART = 1
_OLD_LENGTH = 15
"""So many digits an identity number had that names its year by two."""


def check_filled_on(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find a day of filling in before the period or yet to come, or a period not begun yet."""
    filled_on, column = book.filled_on, book.form.cover.filled_on
    first = book.period.first_day
    if filled_on and filled_on < first and not names_other_period(book):
        yield GENERAL["filled-before-period"].at(
            book.cover_place(column), day=date_in_words(filled_on), limit=date_in_words(first)
        )
    today = context.now.date()
    if filled_on and filled_on > today >= first:
        yield GENERAL["filled-after-today"].at(
            book.cover_place(column), day=date_in_words(filled_on), limit=date_in_words(today)
        )
    if today < first:
        place = book.cover_place(book.form.cover.period)
        yield GENERAL["period-not-begun"].at(place, period=book.period.label)


def check_dates(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find dates after the period or the day of filling in, before the period, out of order.

    Where the cover names another period, no date is held against this one.
    """
    doubted = names_other_period(book)
    filled_on = book.filled_on
    if filled_on:  # one that is yet to come is its own finding, and lets no other day pass
        filled_on = min(filled_on, context.now.date())
    for found in book.sheets.values():
        columns = [
            column
            for column in found.sheet.columns
            if isinstance(column.type, Day) and any(found.column(column.key))
        ]
        for row in found.rows:
            for column in columns:
                day = row.values.get(column.key)
                if isinstance(day, dt.date):
                    for rule, limit, other in _judge_day(book.period, filled_on, row, column, day):
                        if doubted and rule in _OF_PERIOD:
                            continue
                        place = found.place(row, column.key)
                        more = {"other": found.sheet.labels[other]} if other else {}
                        yield GENERAL[rule].at(
                            place, day=date_in_words(day), limit=date_in_words(limit), **more
                        )


def _judge_day(
    period: Period, filled_on: dt.date | None, row: BookRow, column: Column, day: dt.date
) -> Iterator[tuple[str, dt.date, str]]:
    """Give the rule of each fault in one date, the day it breaks, and that day's column."""
    if column.not_after == "period_end" and day > period.last_day:
        yield "date-after-period", period.last_day, ""
    elif column.not_after and filled_on and day > filled_on >= period.first_day:
        yield "date-after-filled", filled_on, ""
    if column.event and day < period.first_day:
        yield "date-before-period", period.first_day, ""
    earlier = row[column.not_before] if column.not_before else None
    if isinstance(earlier, dt.date) and day < earlier:
        yield "date-order", earlier, column.not_before


def check_ages(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """An age and the identity number beside it are not more than a year apart.

    Years are compared as years, so that 虚岁 passes. A row accepted before with the same two
    is not asked about again.
    """
    year = book.period.last_day.year
    for found in book.sheets.values():
        columns = found.sheet.columns
        numbers = [column.key for column in columns if isinstance(column.type, IdNumber)]
        ages = [
            column.key
            for column in columns
            if isinstance(column.type, Whole) and column.type.unit == "岁"
        ]
        if len(numbers) != 1 or len(ages) != 1 or not found.reads(*numbers, *ages):
            continue
        number, age = numbers[0], ages[0]
        before = accepted_by_key(book, context, found.sheet)
        naming = found.sheet.naming_column
        typed_in = zip(found.rows, found.column(number), found.column(age), strict=True)
        for row, who, typed in typed_in:
            if not isinstance(who, str) or not isinstance(typed, int):
                continue
            born = int("19" + who[6:8] if len(who) == _OLD_LENGTH else who[6:10])
            old = before.get(row[naming.key], {}) if naming else {}
            same = (old.get(number), old.get(age)) == (who, typed)
            if abs(year - born - typed) > _YEARS_APART and not same:
                yield GENERAL["age-differs"].at(found.place(row, age))
