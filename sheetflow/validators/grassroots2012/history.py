"""Against the last accepted period: figures do not jump.

A unit with nothing accepted before has no history: the rule says nothing then, and a blank
figure is never compared (it is not 0).
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding, Place
from sheetflow.schemas.book import Book, Context
from sheetflow.schemas.indicators import Indicator, Number
from sheetflow.schemas.layout import STATISTICS_COLUMNS
from sheetflow.schemas.sheets import Kind
from sheetflow.validators.grassroots2012.catalogue import OWN
from sheetflow.validators.statistics import is_measurable
from sheetflow.workbook import cell_name

*_, _CURRENT, _TOTAL = STATISTICS_COLUMNS
_WATCHED = ("S01", "S03", "S06", "S50", "S52")
_FACTOR = 3
_FROM = 10


def check_swings(book: Book, context: Context) -> Iterator[Finding]:
    """From the second period on, no figure moves by more than three times.

    期末数 are compared with the last 期末数; what adds up over the year by its 本期, where
    both periods have something to count.
    """
    earlier = context.earlier(book.form.key, book.period)
    if earlier is None:
        return
    before = context.earlier(book.form.key, earlier.period)
    base = before.totals if before else {}
    for code, measured in book.figures.items():
        indicator, kind = book.form.indicator[code], book.form.kind_of(code)
        last = earlier.totals.get(code)
        if indicator.is_ratio or not is_measurable(book, indicator):
            continue
        if kind is Kind.STOCK:
            if _jumps(last, measured):
                rule = "swing" if code in _WATCHED else "swing-minor"
                yield _swing(book, rule, indicator, _TOTAL, (last, measured))
        else:
            now = indicator.values(kind, measured, last).current
            then = indicator.values(Kind.LEDGER, last, base.get(code)).current
            if (now or 0) > 0 and (then or 0) > 0 and _jumps(then, now):
                yield _swing(book, "swing-minor", indicator, _CURRENT, (then, now))


def _swing(
    book: Book, rule: str, indicator: Indicator, heading: str, figures: tuple[Number, Number]
) -> Finding:
    """Point to the figure in the statistics, where the file shows it."""
    sheet = book.form.statistics
    found = book.sheets.get(sheet.key) if sheet else None
    row, column = found.spots.get(f"{indicator.code} {heading}", (0, 0)) if found else (0, 0)
    label = indicator.label.removeprefix("其中：").strip("　")
    place = Place(
        sheet=sheet.key if sheet else "",
        title=found.title if found else sheet.title if sheet else "",
        row=row,
        column=indicator.code,
        label=label,
        cell=cell_name(row, column) if row else "",
        key=heading,
    )
    return OWN[rule].at(
        place,
        indicator=f"{indicator.code}“{label}”",
        current=str(figures[1]),
        previous=str(figures[0]),
    )


def _jumps(previous: Number, current: Number) -> bool:
    if previous is None or current is None:
        return False
    low, high = sorted((previous, current))
    return high >= _FROM and high > _FACTOR * low
