"""How figures are written in a report.

This module owns the wording of numbers: half-width Arabic, 万元 with two decimals,
percentages with one, — where there is no denominator, and 增长 / 下降 / 持平. A blank, a 0
and 未报 stay three different things. It refuses to know where a figure comes from.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from sheetflow.consolidation.report_data import Figure, FigureKind, Number, RowState, Way

NO_DENOMINATOR = "—"
NOT_REPORTED = "未报"
NO_FIGURE = frozenset({"", NO_DENOMINATOR, NOT_REPORTED})
"""What stands where there is no number; a filter leaves these words alone."""

PERCENT = "%"

_TEN_THOUSAND = 10_000


def exact(value: Number) -> Decimal:
    """Give `value` as people see it: the float 0.1 is 0.1."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def rounded(value: Number, places: int) -> str:
    """Write `value` with `places` decimals, halves away from zero, never as -0.00."""
    quantum = Decimal(1).scaleb(-places)
    result = exact(value).quantize(quantum, ROUND_HALF_UP)
    return f"{result or abs(result):f}"


def plain(value: Number) -> str:
    """Write a count or an amount: no separators, at most two decimals, no idle zeros."""
    text = rounded(value, 2)
    return text.rstrip("0").rstrip(".")


def percent(value: Number) -> str:
    """Write the fraction 0.453 as 45.3%."""
    return rounded(exact(value) * 100, 1) + PERCENT


def share(part: Number | None, whole: Number | None) -> str:
    """Write which percentage of `whole` is `part`, — without a denominator."""
    if part is None or not whole:
        return NO_DENOMINATOR
    return percent(exact(part) / exact(whole))


def ten_thousands(value: Number) -> str:
    """Write a count from 10,000 up as 1.23万, a smaller one as it is."""
    if abs(exact(value)) < _TEN_THOUSAND:
        return plain(value)
    return rounded(exact(value) / _TEN_THOUSAND, 2) + "万"


def ten_thousand_yuan(value: Number) -> str:
    """Write yuan as 12.34万元; what would round to 0.00万元 is written in yuan."""
    text = ten_thousand_yuan_bare(value)
    return f"{plain(value)}元" if Decimal(text) == 0 else f"{text}万元"


def ten_thousand_yuan_bare(value: Number) -> str:
    """Write yuan in 万元 without the unit, for a column headed 万元."""
    return rounded(exact(value) / _TEN_THOUSAND, 2)


def written(figure: Figure, value: Number) -> str:
    """Write a value of `figure`: % with one decimal, other ratios with two, else as it is."""
    if figure.kind is not FigureKind.RATIO:
        return plain(value)
    return percent(value) if figure.unit == PERCENT else rounded(value, 2)


def written_or_why_not(figure: Figure, value: Number | None, *, current: bool) -> str:
    """Write a value in prose; — for what has no denominator or no 本期, 未报 for no data."""
    if figure.kind is FigureKind.STOCK and current:
        return NO_DENOMINATOR
    if value is not None:
        return written(figure, value)
    return NO_DENOMINATOR if figure.kind is FigureKind.RATIO else NOT_REPORTED


def cell(figure: Figure, value: Number | None, state: RowState, *, current: bool) -> str:
    """Write a cell of the table by unit: an accepted unit's blank stays blank, 0 stays 0."""
    if state is RowState.MISSING or (state is RowState.CARRIED and current):
        return NOT_REPORTED
    if figure.kind is FigureKind.SUM and value is None:
        return ""
    if figure.kind is FigureKind.STOCK and value is None and not current:
        return ""  # its form has no such sheet
    return written_or_why_not(figure, value, current=current)


def compared(figure: Figure) -> tuple[Number | None, Number | None]:
    """Give the two values that 比上期 compares: 本期 for sums, 期末 for stocks and ratios."""
    if figure.kind is FigureKind.SUM:
        return figure.current, figure.previous_current
    return figure.total, figure.previous_total


def change(figure: Figure) -> str:
    """Say how the figure moved: 增长12.5%, 下降3.0%, 持平, 提高1.2个百分点.

    From or to 0 (or less) no percentage makes sense, and the difference is said (增加35件);
    — where one of the two is unknown.
    """
    now, before = compared(figure)
    if now is None or before is None:
        return NO_DENOMINATOR
    difference = exact(now) - exact(before)
    if not difference:
        return "持平"
    if figure.unit == PERCENT:
        points = rounded(abs(difference) * 100, 1)
        return _moved(difference, points, "个百分点", ("提高", "下降"))
    if way_of_change(figure) is Way.DIFFERENCE:
        size = written(figure, abs(difference))
        return _moved(difference, size, figure.unit, ("增加", "减少"))
    size = rounded(abs(difference) / exact(before) * 100, 1)
    return _moved(difference, size, PERCENT, ("增长", "下降"))


def way_of_change(figure: Figure) -> Way:
    """Tell whether a change is said as a difference or as a percentage of the last value."""
    now, before = compared(figure)
    if figure.unit == PERCENT or not now or before is None or exact(before) <= 0:
        return Way.DIFFERENCE
    return Way.DIFFERENCE if now == before else Way.GROWTH


def reckoned(way: Way, one: Number | None, two: Number | None) -> Number | None:
    """Reckon a share or a change from its two figures; None where there is none."""
    if one is None or two is None:
        return None
    if way is Way.DIFFERENCE:
        return exact(one) - exact(two)
    if not two:
        return None
    above = exact(one) if way is Way.SHARE else exact(one) - exact(two)
    return above / exact(two)


def _moved(difference: Decimal, size: str, unit: str, words: tuple[str, str]) -> str:
    if Decimal(size) == 0:
        return "基本持平"
    return f"{words[0] if difference > 0 else words[1]}{size}{unit}"
