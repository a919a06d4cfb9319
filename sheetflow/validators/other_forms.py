"""Keys of rows in the unit's accepted book of another form: 编号 of 《调研成果》 in 《推荐论文》.

They are held against the newest book that was accepted of that form; what is typed beside them is what
that book says. This module refuses to speak where nobody knows the other book, and of sheets that are
no books: their rows do not stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetflow.findings import Finding
from sheetflow.lookalikes import fold
from sheetflow.schemas.book import Book, BookRow, BookSheet, Earlier, JudgingContext
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.cells import Reference, References
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Row
from sheetflow.schemas.forms import Form
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.general_rules import may_quote, quote

_LISTED = 8
"""So many of the keys that are there are told."""
_MOST_QUOTED = 20
_UNIT_MARK = "-"
"""What stands between a unit and its key in merged books."""


@dataclass(frozen=True, slots=True)
class _Target:
    """A sheet of another form, its rows by key, and how the book is called in which they stand."""

    sheet: Sheet
    rows: Mapping[str, Row]
    book: str


def check_other_forms(book: Book, campaign: Campaign, context: JudgingContext) -> Iterator[Finding]:
    """Find keys that do not stand in the accepted book that they are of, and other names for its rows."""
    if context.newest is None:
        return
    for found in book.sheets.values():
        for column in found.sheet.columns:
            named = column.type.to if isinstance(column.type, Reference | References) else ""
            form_key, _, sheet_key = named.partition("/")
            form = campaign.by_key.get(form_key) if sheet_key else None
            if form is None or not form.by_key[sheet_key].is_book:
                continue
            sheet, earlier = form.by_key[sheet_key], context.newest(form_key)
            if earlier is not None:
                yield from _check_column(found, column, _target(form, sheet, earlier, context))
            elif first := next((row for row in found.rows if _keys(row[column.key])), None):
                place = found.place(first, column.key)
                yield GENERAL["reference-no-book"].at(place, form=form.title, target=sheet.title)


def _target(form: Form, sheet: Sheet, earlier: Earlier, context: JudgingContext) -> _Target:
    named, unit_id = sheet.key_column, context.unit.unit_id
    rows = {str(row.get(named.key)): row for row in earlier.rows.get(sheet.key, ()) if named}
    own = {f"{unit_id}-{key}": row for key, row in rows.items() if _UNIT_MARK not in key}
    return _Target(sheet, rows | own, f"{earlier.period.label}{form.title}")


def _check_column(found: BookSheet, column: Column, target: _Target) -> Iterator[Finding]:
    for row in found.rows:
        keys = _keys(row[column.key])
        for key in keys:
            if key not in target.rows:
                yield GENERAL["reference-not-in-book"].at(
                    found.place(row, column.key),
                    key=quote(found.sheet, column, key, target.sheet)[:_MOST_QUOTED],
                    target=target.sheet.title,
                    book=target.book,
                    known=_known(target.rows),
                )
        if len(keys) == 1 and keys[0] in target.rows:
            yield from _check_name(found, row, keys[0], target)


def _keys(value: Value) -> Sequence[str]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def _known(rows: Mapping[str, Row]) -> str:
    """List the first keys that are there, as the unit itself writes them."""
    keys = [key for key in rows if _UNIT_MARK not in key]
    more = f"等{len(keys)}个" if len(keys) > _LISTED else ""
    return f"，那里有{'、'.join(keys[:_LISTED])}{more}" if keys else "，那里一行也没有"


def _check_name(found: BookSheet, row: BookRow, key: str, target: _Target) -> Iterator[Finding]:
    """Find a name beside a key that is not what the book calls that row: its column has the same label."""
    named_by = target.sheet.by_key.get(target.sheet.named_by)
    beside = next(
        (each for each in found.sheet.columns if named_by and each.label == named_by.label), None
    )
    if named_by is None or beside is None:
        return
    typed, kept = row[beside.key], target.rows[key].get(named_by.key)
    if typed is None or kept is None or _bare(typed) == _bare(kept):
        return
    shown = str(kept) if may_quote(target.sheet, named_by, str(kept)) else ""
    yield GENERAL["reference-other-words"].at(
        found.place(row, beside.key),
        label=beside.label,
        target=target.sheet.title,
        key=key,
        kept=f"，那里写的是“{shown}”" if shown else "",
        book=target.book,
    )


def _bare(value: Value) -> str:
    """Give words without the spaces and quotation marks in which nobody means a difference."""
    return fold(str(value)).strip('《》“”"')
