"""What must be filled, what only under a condition, and what must not be."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.schemas.book import Book, BookRow, BookSheet, Context
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.layout import columns_in
from sheetflow.validators.blanks import is_decided
from sheetflow.validators.catalogue import GENERAL


def check_required(book: Book, context: Context) -> Iterator[Finding]:
    """Find blank cells that must be filled, and filled ones that must be blank."""
    del context
    for key, found in book.sheets.items():
        if book.nil and key in book.form.cover.exempt_when_nil:
            continue
        columns = [
            column
            for column in columns_in(found.sheet, book.version)
            if column.key in found.spots and column.required is not False
        ]
        for column in columns:
            if isinstance(column.required, Condition):
                yield from _judge_where(found, column, column.required)
            elif None in found.column(column.key):
                yield from (
                    GENERAL["required"].at(found.place(row, column.key))
                    for row in found.rows
                    if row.values.get(column.key) is None and column.key not in row.faulty
                )


def _judge_where(found: BookSheet, column: Column, condition: Condition) -> Iterator[Finding]:
    held = condition.each(found.values)
    for row, value, holds in zip(found.rows, found.column(column.key), held, strict=True):
        blank = value is None
        # Most cells are as they should be; whether one may speak of the others is asked last.
        if holds == blank and (blank or column.only):
            yield from _judge_cell(found, row, column, condition)


def _judge_cell(
    found: BookSheet, row: BookRow, column: Column, condition: Condition
) -> Iterator[Finding]:
    if column.key in row.faulty or not is_decided(found, row, condition):
        return
    blank, holds = row[column.key] is None, condition.holds(row.values)
    words = condition.words(found.sheet.labels)
    if holds and blank:
        yield GENERAL["required-when"].at(found.place(row, column.key), condition=words)
    elif column.only and not holds and not blank:
        yield GENERAL["blank-unless"].at(found.place(row, column.key), condition=words)
