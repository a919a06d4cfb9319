"""What a template meets: figures that are recorded when written, lists, and names.

This module owns how a value behaves inside a template: as text, in a condition, and when a
name is asked for that is not there. It refuses to know which names there are.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches

from sheetflow.consolidation.report_data import Number, Way
from sheetflow.errors import ReportTemplateError
from sheetflow.reporting import figures


@dataclass(frozen=True, slots=True)
class Made:
    """What a share or a comparison was reckoned from, and how."""

    way: Way
    one: Number | None
    two: Number | None

    @property
    def value(self) -> Number | None:
        """What it comes to."""
        return figures.reckoned(self.way, self.one, self.two)


@dataclass(frozen=True, slots=True)
class UsedFigure:
    """One figure as it stands in the report; `value` None where a word stands instead."""

    name: str
    code: str
    label: str
    unit: str
    period: str
    value: Number | None
    measure: str
    text: str
    made: Made | None = None


@dataclass(slots=True)
class Record:
    """The figures written so far, each once for each way of writing it."""

    _used: dict[tuple[str, str, str], UsedFigure] = field(default_factory=dict)

    def add(self, used: UsedFigure) -> None:
        """Remember `used` unless the same figure was written the same way before."""
        self._used.setdefault((used.name, used.unit, used.text), used)

    @property
    def used(self) -> tuple[UsedFigure, ...]:
        """All of them, in the order of the text."""
        return tuple(self._used.values())


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

    def written(self, text: str, *, name: str = "") -> str:
        """Record that the figure stands in the report as `text`, and return it."""
        if self.use is not None and self.record is not None:
            self.record.add(replace(self.use, text=text, name=name or self.use.name))
        return text

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
    return bool(comparison(figures.exact(one.value), figures.exact(two)))


@dataclass(frozen=True, slots=True)
class ListedNames:
    """Names of units; written, they are joined as in a sentence."""

    names: tuple[str, ...]
    counted: Shown
    """How many they are, which is a figure of the report when it is written."""

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __str__(self) -> str:
        return "、".join(self.names)


class Named:
    """Values by their documented names; any other name is the template's fault.

    Jinja asks by attribute and then by item. Nothing but the names is an attribute, so a
    template reaches no method or field of ours.
    """

    __slots__ = ("_make", "_names", "_path")

    def __init__(self, path: str, names: Iterable[str], make: Callable[[str], object]) -> None:
        self._path = path
        self._names = tuple(names)
        self._make = make

    def __getitem__(self, name: str) -> object:
        if fault := fault_in(self, name):
            raise ReportTemplateError([fault])
        return self._make(name)


def fault_in(named: Named, name: str) -> str | None:
    """Say what is wrong with asking `named` for `name`, None if nothing is."""
    names, path = named._names, named._path  # noqa: SLF001 - public ones would be names for Jinja
    return None if name in names else unknown_name(f"{path}.{name}", name, names)


def unknown_name(tag: str, name: str, known: Iterable[str]) -> str:
    """Say that the template's `tag` asks for something that is not there."""
    close = get_close_matches(name, tuple(known), n=1)
    hint = f"是否想写“{close[0]}”？" if close else ""
    return (
        f"情况报告模板中的“{tag}”：没有“{name}”这个名称。{hint}请对照《模板说明》在 Word 里改正。"
    )
