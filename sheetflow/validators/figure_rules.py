"""Figures that moved too far since the last period, and amounts that look like 万元.

How heavy each weighs is declared: by the indicator (`Indicator.swing`) and by the campaign
(`Campaign.money_scale`). A unit with nothing accepted before has no history: no figure of it jumps, and a
blank figure is never compared (it is not 0).
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Check, Finding, Place, Severity
from sheetflow.schemas.book import Book, JudgingContext
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.cells import Money
from sheetflow.schemas.indicators import Indicator, Number, has_jumped
from sheetflow.schemas.layout import STATISTICS_COLUMNS
from sheetflow.schemas.sheets import Kind
from sheetflow.validators.live_statistics import is_measurable
from sheetflow.workbook import cell_name

*_, CURRENT, TOTAL = STATISTICS_COLUMNS
_LIKE_WAN = 100
"""Amounts in yuan hardly ever all stay below this; amounts in 万元 do."""
_ENOUGH_ROWS = 3


def check_money_scale(book: Book, check: Check) -> Iterator[Finding]:
    """Amounts in a 元 column do not all look like 万元; `check` says how heavy that weighs."""
    for found in book.sheets.values():
        for column in found.sheet.columns:
            if not isinstance(column.type, Money) or column.key not in found.addresses:
                continue
            amounts = [amount for row in found.rows if (amount := row.number_in(column.key))]
            if len(amounts) >= _ENOUGH_ROWS and max(amounts) < _LIKE_WAN:
                place = found.header_place(column.key)
                yield check.at(place, column=column.label, most=str(max(amounts)))


def check_swings(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """From the second period on, no figure that is watched moves by more than three times.

    期末数 are compared with the last 期末数; what adds up over the year by its 本期, where
    both periods have something to count.
    """
    earlier = context.earlier(book.form.key, book.period)
    if earlier is None:
        return
    before = context.earlier(book.form.key, earlier.period)
    base = before.totals if before else {}
    for code, measured in book.figures.items():
        indicator, kind = book.form.indicator[code], book.form.kinds[code]
        last = earlier.totals.get(code)
        if indicator.swing is None or indicator.is_ratio or not is_measurable(book, indicator):
            continue
        if kind is Kind.STOCK:
            if has_jumped(last, measured):
                yield _swing(book, indicator, TOTAL, (last, measured))
        else:
            now = indicator.values(kind, measured, last).current
            then = indicator.values(Kind.LEDGER, last, base.get(code)).current
            if (now or 0) > 0 and (then or 0) > 0 and has_jumped(then, now):
                yield _swing(book, indicator, CURRENT, (then, now))


def _swing(
    book: Book, indicator: Indicator, heading: str, figures: tuple[Number, Number]
) -> Finding:
    place = figure_place(book, indicator, heading)
    return GENERAL["swing-minor" if indicator.swing is Severity.NOTE else "swing"].at(
        place,
        indicator=f"{indicator.code}“{place.label}”",
        current=str(figures[1]),
        previous=str(figures[0]),
    )


def figure_place(book: Book, indicator: Indicator, heading: str) -> Place:
    """Point to a figure in the statistics, where the file shows it."""
    sheet = book.form.statistics
    found = book.sheets.get(sheet.key) if sheet else None
    row, column = found.addresses.get(f"{indicator.code} {heading}", (0, 0)) if found else (0, 0)
    return Place(
        sheet=sheet.key if sheet else "",
        title=found.title if found else sheet.title if sheet else "",
        row=row,
        column=indicator.code,
        label=indicator.label.removeprefix("其中：").strip("　"),
        cell=cell_name(row, column) if row else "",
        key=heading,
    )
