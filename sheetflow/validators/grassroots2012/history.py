"""Against the last accepted period: books keep their rows, figures do not jump.

二 “建立一册妇女需求台帐”: a book that grows, from which nothing is torn out. A unit with
nothing accepted before has no history: these rules say nothing then, and a blank figure
is never compared (it is not 0).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sheetflow.findings import Finding
from sheetflow.schemas.habits import Value
from sheetflow.schemas.judging import Book, BookSheet, Context
from sheetflow.schemas.sheets import Kind
from sheetflow.validators.grassroots2012.catalogue import OWN
from sheetflow.validators.statistics import measure

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
}
"""What tells a ledger row's matter: when all of it has changed, the key was used again."""


def check_rows_kept(book: Book, context: Context) -> Iterator[Finding]:
    """No ledger row of an accepted period is missing, nor a stock row that is referred to."""
    earlier = context.earlier(book.form.key, book.period)
    if earlier is None or book.nil:
        return
    referred = _referred(book)
    for key, found in book.sheets.items():
        naming = found.sheet.naming_column
        if naming is None or not found.sheet.is_book:
            continue
        here: set[object] = {row[naming.key] for row in found.rows}
        here |= {row.raw.get(naming.key) for row in found.rows if naming.key in row.faulty}
        gone = [
            str(row[naming.key])
            for row in earlier.rows.get(key, ())
            if row.get(naming.key) not in here
        ]
        if found.sheet.kind is Kind.STOCK:
            gone = [name for name in gone if (key, name) in referred]
        if gone:
            listed = "、".join(gone[:_MOST_LISTED]) + (
                f"等{len(gone)}行" if len(gone) > _MOST_LISTED else ""
            )
            yield OWN["row-vanished"].at(found.header_place(naming.key), keys=listed)


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
        for row in found.rows:
            old = before.get(row[naming.key])
            if old and row.sound(*lasting) and all(row[part] != old.get(part) for part in lasting):
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
    shell = BookSheet(statistics, statistics.title, 0, {}, ())
    for code, current in measure(book).items():
        indicator = book.form.indicator[code]
        previous = earlier.totals.get(code)
        if indicator.is_ratio or current is None or previous is None:
            continue
        if book.form.kind_of(code) is not Kind.STOCK or not _jumps(previous, current):
            continue
        rule = "swing" if code in _WATCHED else "swing-minor"
        place = shell.place()
        yield OWN[rule].at(
            place,
            indicator=f"{code}“{indicator.label.strip('　')}”",
            current=str(current),
            previous=str(previous),
        )


def _jumps(previous: Value, current: Value) -> bool:
    if not isinstance(previous, int) or not isinstance(current, int):
        return False
    low, high = sorted((previous, current))
    return high >= _FROM and high > _FACTOR * low
