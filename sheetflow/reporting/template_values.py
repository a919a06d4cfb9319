"""What a template meets: figures that are recorded when written, lists, names; numbers in words.

Half-width Arabic, 万元 with two decimals, percentages with one, — where there is no denominator,
增长 / 下降 / 持平. A blank, a 0 and 未报 stay three different things.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from difflib import get_close_matches

from sheetflow.consolidation.group_state import GroupState
from sheetflow.consolidation.report_data import Figure, FigureKind, Number, Way
from sheetflow.consolidation.report_figures import UsedFigure, exact
from sheetflow.consolidation.states import State
from sheetflow.errors import ReportTemplateError
from sheetflow.reporting.clauses import Worth
from sheetflow.reporting.written_figures import Record


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A figure's value on its way into the text; written, it is recorded.

    In a condition it is true when it is a number other than 0, and compares as its number
    (no comparison holds where there is none). `use` is None in tables, whose cells are
    not part of the prose.
    """

    value: Number | None
    text: str
    use: UsedFigure | None = None
    record: Record | None = None
    lead: str = ""
    """What is said before the figure, and is no part of it."""
    is_beside: bool = False
    """Whether it only compares: it says nothing where the figure before it does not."""

    def written(self, text: str, *, name: str = "") -> str:
        """Record that the figure stands in the report as `text`, and return that with marks."""
        if self.use is None or self.record is None:
            return text
        return self.record.note(self.use, self._worth(text), text, name)

    def _worth(self, text: str) -> Worth:
        if self.is_beside:
            return Worth.BESIDE
        if self.value:
            return Worth.SAID
        return Worth.MISSING if text == NOT_REPORTED else Worth.ZERO

    def __str__(self) -> str:
        return self.lead + self.written(self.text)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        return _holds(self, other, operator.eq)

    def __gt__(self, other: object) -> bool:
        return _holds(self, other, operator.gt)

    def __lt__(self, other: object) -> bool:
        return _holds(self, other, operator.lt)

    def __ge__(self, other: object) -> bool:
        return _holds(self, other, operator.ge)

    def __le__(self, other: object) -> bool:
        return _holds(self, other, operator.le)


def _holds(one: Shown, other: object, comparison: Callable[[Decimal, Decimal], bool]) -> bool:
    two = other.value if isinstance(other, Shown) else other
    if one.value is None or not isinstance(two, Number):
        return False
    return bool(comparison(exact(one.value), exact(two)))


MOST_NAMED = 15
"""No sentence names more units; the others are counted."""


@dataclass(frozen=True, slots=True)
class ListedNames:
    """Names of units; written, they are joined as in a sentence, at most `MOST_NAMED` of them."""

    names: tuple[str, ...]
    counted: Shown
    """How many they are, which is a figure of the report when it is written."""

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __str__(self) -> str:
        named = "、".join(self.names[:MOST_NAMED])
        return f"{named}等{self.counted}个单位" if len(self.names) > MOST_NAMED else named


@dataclass(frozen=True, slots=True)
class ListedRows:
    """Rows of a sheet, to be listed one by one."""

    rows: tuple[Named, ...]
    counted: Shown
    """How many they are, which is a figure of the report when it is written."""

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Named]:
        return iter(self.rows)


@dataclass(frozen=True, slots=True)
class CountedStates:
    """How many units stand where: 未报1个、退回待改2个."""

    counts: tuple[tuple[str, Shown], ...]

    def __len__(self) -> int:
        return len(self.counts)

    def __str__(self) -> str:
        return "、".join(f"{word}{count}个" for word, count in self.counts)


class Named:
    """Values by their documented `names`, or made from one; any other name is the template's fault.

    Jinja asks by attribute and then by item. Nothing but the names is an attribute, so a
    template reaches no method or field of ours.
    """

    __slots__ = ("_make", "_names", "_path")

    def __init__(
        self,
        path: str,
        names: Mapping[str, object],
        make: Callable[[str], object] | None = None,
    ) -> None:
        self._path, self._names = path, names
        self._make = make or names.__getitem__

    def __getitem__(self, name: str) -> object:
        if fault := fault_in(self, name):
            raise ReportTemplateError([fault])
        return self._make(name)


def fault_in(named: Named, name: str, where: str = "中的") -> str | None:
    """Say what is wrong with asking `named` for `name` at a place, None if nothing is."""
    names, path = named._names, named._path  # noqa: SLF001 - public ones would be names for Jinja
    return None if name in names else unknown_name(f"{path}.{name}", name, names, where)


def unknown_name(tag: str, name: str, known: Iterable[str], where: str = "中的") -> str:
    """Say that the template's `tag` asks, at a place in it, for something that is not there."""
    close = get_close_matches(name, tuple(known), n=1)
    hint = f"是否想写“{close[0]}”？" if close else ""
    return f"情况报告模板{where}“{tag}”：没有“{name}”这个名称。{hint}请对照《模板说明》在 Word 里改正。"


NO_DENOMINATOR = "—"
NOT_REPORTED = State.MISSING.label
NO_FIGURE = frozenset({"", NO_DENOMINATOR, NOT_REPORTED})
"""What stands where there is no number; a filter leaves these words alone."""

PERCENT = "%"
UNMOVED = ("持平", "基本持平")
"""What a figure does that did not move, exactly or as printed: 与上期持平, not 比上期."""

_TEN_THOUSAND = 10_000


def rounded(value: Number, places: int) -> str:
    """Write `value` with `places` decimals, halves away from zero, never as -0.00."""
    quantum = Decimal(1).scaleb(-places)
    result = exact(value).quantize(quantum, ROUND_HALF_UP)
    return f"{result or abs(result):f}"


def plain(value: Number, decimals: int = 2) -> str:
    """Write a count or an amount: no separators, at most so many decimals, no idle zeros."""
    text = rounded(value, decimals)
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
        return plain(value, figure.decimals)
    return percent(value) if figure.unit == PERCENT else rounded(value, 2)


def written_or_why_not(figure: Figure, value: Number | None, *, current: bool) -> str:
    """Write a value in prose; — for what has no denominator or no 本期, 未报 for no data."""
    if figure.kind is FigureKind.STOCK and current:
        return NO_DENOMINATOR
    if value is not None:
        return written(figure, value)
    return NO_DENOMINATOR if figure.kind is FigureKind.RATIO else NOT_REPORTED


def cell(figure: Figure, value: Number | None, state: GroupState, *, current: bool) -> str:
    """Write a cell of the table by unit: 0 stays 0, a blank is blank; why is told by the state."""
    if not (state.is_current or (state.is_carried and not current)):
        return ""
    if figure.kind is FigureKind.SUM and value is None:
        return ""
    if figure.kind is FigureKind.STOCK and value is None and not current:
        return ""  # its form has no such sheet
    return written_or_why_not(figure, value, current=current)


def compared(figure: Figure) -> tuple[Number | None, Number | None]:
    """Give the two values that 比上期 compares: 本期 for sums, 期末 for stocks and ratios."""
    if figure.pair is not None:
        return figure.pair
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
        return UNMOVED[0]
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


def _moved(difference: Decimal, size: str, unit: str, words: tuple[str, str]) -> str:
    if Decimal(size) == 0:
        return UNMOVED[1]
    return f"{words[0] if difference > 0 else words[1]}{size}{unit}"
