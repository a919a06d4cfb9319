"""Which version of its form a workbook is filled in, and what is told of an older one.

This module owns what the headers say where the stamp says nothing, or where somebody brought
an old workbook up to date by hand. It refuses to take a workbook for older than its stamp: a
column that was torn out is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding, Place
from sheetflow.schemas.book import Book, Context
from sheetflow.schemas.columns import Column
from sheetflow.schemas.forms import Form
from sheetflow.validators.catalogue import GENERAL
from sheetflow.validators.sheets import bare_label, find_sheets
from sheetflow.workbook import RawSheet, RawWorkbook

_HEADS_WITHIN = 60
"""A card has a label a line; headers of tables stand far above this."""

_MOST_LISTED = 6


def version_said(raw: RawWorkbook, form: Form, stamped: int) -> int:
    """Give the version whose sheets and columns fit best, none older than `stamped`.

    Where several fit alike, the stamped one; where nothing is stamped (0), the newest.
    """
    if form.version in {1, stamped} or form.current is form:
        return stamped or form.version
    there = list(_seen(raw, form))
    versions = range(stamped or 1, form.version + 1)

    def misfits(version: int) -> int:
        return sum((version in standing) != seen for standing, seen in there)

    best = min(misfits(version) for version in versions)
    fitting = [version for version in versions if misfits(version) == best]
    return fitting[0] if stamped else fitting[-1]


def _seen(raw: RawWorkbook, form: Form) -> Iterator[tuple[frozenset[int], bool]]:
    """Give for all that came or went the versions that have it, and whether it is in the file."""
    versions = range(1, form.version + 1)
    found = {entry.sheet.key: entry.raw for entry in find_sheets(raw, form)}
    for sheet in form.sheets:
        sheet_in = frozenset(filter(sheet.in_version, versions))
        if len(sheet_in) < form.version:
            yield sheet_in, sheet.key in found
        if sheet.key not in found:
            continue
        labels = _labels(found[sheet.key])
        for column in sheet.model.columns():
            column_in = frozenset(filter(column.in_version, sheet_in))
            if column_in != sheet_in:
                yield column_in, not labels.isdisjoint(_names(column))


def _labels(raw: RawSheet) -> set[str]:
    heads = (cells for number, cells in raw.numbered_rows() if number <= _HEADS_WITHIN)
    return {bare_label(cell) for cells in heads for cell in cells if isinstance(cell, str)}


def _names(column: Column) -> set[str]:
    return {bare_label(label) for label in (column.label, *column.older)}


def check_version(book: Book, context: Context) -> Iterator[Finding]:
    """Tell once what a workbook of an older version has no room for."""
    del context
    declared = book.form.declared
    if declared is None or book.version >= declared.version:
        return
    new = list(_new_since(declared.current, book))
    if new:
        more = f"等{len(new)}处" if len(new) > _MOST_LISTED else ""
        yield GENERAL["version-older"].at(
            Place(),
            version=str(book.version),
            known=str(declared.version),
            columns="、".join(new[:_MOST_LISTED]) + more,
        )


def _new_since(current: Form, book: Book) -> Iterator[str]:
    """Name the sheets and columns that today's form has and the book's version has not."""
    for sheet in current.sheets_for(book.level):
        old = book.form.by_key.get(sheet.key)
        if old is None:
            yield f"《{sheet.title}》"
            continue
        new = [f"“{column.label}”" for column in sheet.columns if column.key not in old.by_key]
        if new:
            yield f"《{sheet.title}》的{''.join(new)}"
