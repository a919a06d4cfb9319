"""Against the last accepted period: keys keep their matter, figures do not jump.

二 “建立一册妇女需求台帐”: a book that grows, from which nothing is torn out. A unit with
nothing accepted before has no history: these rules say nothing then, and a blank figure
is never compared (it is not 0).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from sheetflow.findings import Finding, Place
from sheetflow.schemas.habits import Value
from sheetflow.schemas.judging import Book, Context
from sheetflow.schemas.sheets import Kind
from sheetflow.validators.grassroots2012.catalogue import OWN
from sheetflow.validators.statistics import is_measurable, measure

_WATCHED = ("S01", "S03", "S06", "S50", "S52")
_FACTOR = 3
_FROM = 10
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


def check_keys_kept(book: Book, context: Context) -> Iterator[Finding]:
    """A key is not used again for something else."""
    earlier = context.earlier(book.form.key, book.period)
    for key, lasting in _LASTING.items():
        found = book.sheets.get(key)
        naming = found.sheet.key_column if found else None
        if found is None or naming is None or earlier is None:
            continue
        before = {row.get(naming.key): row for row in earlier.rows.get(key, ())}
        times = Counter(row[naming.key] for row in found.rows)
        # What is a person's is not quoted.
        told = next(part for part in lasting if found.sheet.by_key[part].quotable)
        for row in found.rows:
            # A key that stands twice is its own finding.
            old = before.get(row[naming.key]) if times[row[naming.key]] == 1 else None
            # What a purge took out cannot be compared; then nothing is said.
            changed = old and all(part in old and row[part] != old[part] for part in lasting)
            if old and changed and row.sound(*lasting):
                yield OWN["key-reused"].at(
                    found.place(row, naming.key),
                    key=str(row[naming.key]),
                    column=found.sheet.labels[told],
                    was=found.sheet.by_key[told].type.show(old[told]),
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
