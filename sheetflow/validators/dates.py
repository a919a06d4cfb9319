"""Dates against the period, against the day of filling in, and against each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.periods import Period
from sheetflow.schemas.book import Book, BookRow, Context
from sheetflow.schemas.cells import Day
from sheetflow.schemas.columns import Column
from sheetflow.validators.catalogue import GENERAL
from sheetflow.validators.identity import names_other_period

_OF_PERIOD = frozenset({"date-after-period", "date-before-period"})


def check_filled_on(book: Book, context: Context) -> Iterator[Finding]:
    """Find a day of filling in before the period or yet to come, or a period not begun yet."""
    cover, column = book.cover, book.form.cover.filled_on
    filled_on = book.filled_on
    first = book.period.first_day
    if filled_on and filled_on < first and not names_other_period(book):
        yield GENERAL["filled-before-period"].at(
            cover.place(cover.card, column), day=words(filled_on), limit=words(first)
        )
    today = context.now.date()
    if filled_on and filled_on > today >= first:
        yield GENERAL["filled-after-today"].at(
            cover.place(cover.card, column), day=words(filled_on), limit=words(today)
        )
    if today < first:
        place = cover.place(cover.card, book.form.cover.period)
        yield GENERAL["period-not-begun"].at(place, period=book.period.label)


def check_dates(book: Book, context: Context) -> Iterator[Finding]:
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
                        yield GENERAL[rule].at(place, day=words(day), limit=words(limit), **more)


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


def words(day: dt.date) -> str:
    """Write a date as an office does: 2012年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"
