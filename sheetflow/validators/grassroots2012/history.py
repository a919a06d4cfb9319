"""Against the last accepted period: books keep their rows, figures do not jump.

二 “建立一册妇女需求台帐”: a book that grows, from which nothing is torn out. A unit with
nothing accepted before has no history: these rules say nothing then, and a blank figure
is never compared (it is not 0).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sheetflow.findings import Finding, Place
from sheetflow.schemas.columns import Column
from sheetflow.schemas.habits import Value
from sheetflow.schemas.judging import Book, BookSheet, Context
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.validators.grassroots2012.catalogue import OWN
from sheetflow.validators.keys import count_unclear
from sheetflow.validators.statistics import is_measurable, measure

_WATCHED = ("S01", "S03", "S06", "S50", "S52")
_FACTOR = 3
_FROM = 10
_MOST_LISTED = 10
_LASTING: Mapping[str, tuple[str, ...]] = {
    "needs": ("registered_on", "name", "group", "category"),
    "papers": ("kind", "title", "finished_on"),
    "proposals": ("title", "sent_on"),
    "projects": ("name", "started_on"),
    "supervision": ("inspected_on", "inspected"),
    "cadres": ("name", "title"),
    "contact_points": ("name", "township", "set_up_on"),
}
"""What tells a row's matter: when all of it has changed, the key was used again."""


def check_rows_kept(book: Book, context: Context) -> Iterator[Finding]:
    """No ledger row of an accepted period is missing, nor a stock row that is referred to."""
    earlier = context.earlier(book.form.key, book.period)
    if earlier is None:
        return
    referred = _referred(book)
    for sheet in book.form.sheets_for(book.level):
        naming, found = sheet.naming_column, book.sheets.get(sheet.key)
        if naming is None or not sheet.is_book or not _may_miss(found, sheet, naming.key):
            continue
        here = {row[naming.key] for row in found.rows} if found else set()
        gone = [
            str(row[naming.key])
            for row in earlier.rows.get(sheet.key, ())
            if row.get(naming.key) not in here
        ]
        if sheet.kind is Kind.STOCK and not book.nil:
            gone = [name for name in gone if (sheet.key, name) in referred]
        if len(gone) > (_unclear(book, found, naming) if found else 0):
            place = (
                found.header_place(naming.key)
                if found
                else Place(sheet=sheet.key, title=sheet.title, column=naming.key)
            )
            finding = OWN["row-vanished"].at(replace(place, key=gone[0]), keys=_listed(gone))
            yield replace(finding, other_keys=tuple(gone[1:]))


def _unclear(book: Book, found: BookSheet, naming: Column) -> int:
    """Count the rows with a key that is blank, misspelt, doubled or points to nothing.

    Each is a finding of its own, and may be the row that one would miss.
    """
    target = book.sheets.get(naming.refers_to)
    if target is None:
        return count_unclear(found, naming.key)
    known = {row[target.sheet.naming_column.key] for row in target.rows} if (
        target.sheet.naming_column
    ) else set()
    stray = sum(row[naming.key] is not None and row[naming.key] not in known for row in found.rows)
    return count_unclear(found, naming.key) + stray


def _may_miss(found: BookSheet | None, sheet: Sheet, key: str) -> bool:
    """Whether rows can be missed here: a missing sheet or key column is its own finding."""
    return found.reads(key) if found else not sheet.always_shown


def _listed(keys: Sequence[str]) -> str:
    more = f"等{len(keys)}行" if len(keys) > _MOST_LISTED else ""
    return "、".join(keys[:_MOST_LISTED]) + more


def _referred(book: Book) -> set[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for found in book.sheets.values():
        for column in found.sheet.columns:
            if column.refers_to:
                for row in found.rows:
                    value = row[column.key]
                    named = value if isinstance(value, tuple) else (value,)
                    pairs |= {(column.refers_to, str(name)) for name in named if name}
    return pairs


def check_keys_kept(book: Book, context: Context) -> Iterator[Finding]:
    """A key is not used again for something else."""
    earlier = context.earlier(book.form.key, book.period)
    for key, lasting in _LASTING.items():
        found = book.sheets.get(key)
        naming = found.sheet.key_column if found else None
        if found is None or naming is None or earlier is None:
            continue
        before = {row.get(naming.key): row for row in earlier.rows.get(key, ())}
        keys = [row[naming.key] for row in found.rows]
        for row in found.rows:
            # A key that stands twice is its own finding.
            old = before.get(row[naming.key]) if keys.count(row[naming.key]) == 1 else None
            # What a purge took out cannot be compared; then nothing is said.
            changed = old and all(part in old and row[part] != old[part] for part in lasting)
            if changed and row.sound(*lasting):
                yield OWN["key-reused"].at(
                    found.place(row, naming.key),
                    key=str(row[naming.key]),
                    column=found.sheet.labels[lasting[0]],
                )


def check_not_reopened(book: Book, context: Context) -> Iterator[Finding]:
    """A need once 已办结 stays so, or the change is explained."""
    earlier = context.earlier(book.form.key, book.period)
    found = book.sheets.get("needs")
    if earlier is None or found is None:
        return
    closed = {
        row.get("need_id") for row in earlier.rows.get("needs", ()) if row.get("status") == "已办结"
    }
    for row in found.rows:
        if row["need_id"] in closed and row["status"] not in {None, "已办结", "已撤销"}:
            yield OWN["case-reopened"].at(
                found.place(row, "status"), key=str(row["need_id"]), status=str(row["status"])
            )


def check_swings(book: Book, context: Context) -> Iterator[Finding]:
    """From the second period on, 期末数 do not jump by more than three times."""
    earlier = context.earlier(book.form.key, book.period)
    statistics = book.form.statistics
    if earlier is None or statistics is None:
        return
    for code, current in measure(book).items():
        indicator = book.form.indicator[code]
        previous = earlier.totals.get(code)
        if indicator.is_ratio or current is None or previous is None:
            continue
        if book.form.kind_of(code) is not Kind.STOCK or not _jumps(previous, current):
            continue
        if not is_measurable(book, indicator):
            continue
        rule = "swing" if code in _WATCHED else "swing-minor"
        label = indicator.label.removeprefix("其中：").strip("　")
        yield OWN[rule].at(
            Place(sheet=statistics.key, title=statistics.title, column=code, label=label),
            indicator=f"{code}“{label}”",
            current=str(current),
            previous=str(previous),
        )


def _jumps(previous: Value, current: Value) -> bool:
    if not isinstance(previous, int) or not isinstance(current, int):
        return False
    low, high = sorted((previous, current))
    return high >= _FROM and high > _FACTOR * low
