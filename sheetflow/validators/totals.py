"""Whether the figures of a line are the sums of those above it.

This module owns the arithmetic: sums of all rows above, or since the last total, with or
without rows that may be totals themselves. It refuses to read words (`lines`) and to tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate

from sheetflow.schemas.indicators import Number

Figures = Mapping[str, Number]
Sum = int | Decimal
_FEWEST_ROWS = _FEWEST_COLUMNS = 2
_TELLS = 5
"""Smaller figures are sums by chance: 1 and 1 under 1, 0 and 0, 1."""


def likely_sums(figures: Sequence[Number]) -> list[int]:
    """Give the lines whose figure is the sum of all above, or blank: few, and quickly found."""
    filled = [figure or 0 for figure in figures]
    above = accumulate(filled, initial=0)
    return [
        line
        for line, (figure, total) in enumerate(zip(figures, above, strict=False))
        if figure is None or figure == total
    ]


@dataclass
class Sums:
    """The sums above a line, asked from the top line to the last.

    `columns` hold the figures by column, blank ones and those that could not be read as None;
    `unread` gives the first line of a column in which a figure could not be read: sums that
    it would belong to are unknown. `filled` tells which lines are rows.
    """

    columns: Mapping[str, Sequence[Number]]
    filled: Sequence[bool]
    unread: Mapping[str, int]
    _above: dict[str, list[Sum]] = field(init=False)
    _out: dict[str, Sum] = field(default_factory=dict)
    _doubted: dict[str, Sum] = field(default_factory=dict)
    _lately: dict[str, Sum] = field(default_factory=dict)
    _start: int = 0

    def __post_init__(self) -> None:
        """Add up each column once."""
        self.columns = {**self.columns, _ROWS: list(map(int, self.filled))}
        self._above = {
            key: list(accumulate((figure or 0 for figure in column), initial=0))
            for key, column in self.columns.items()
        }

    def agree(self, line: int, figures: Figures) -> bool:
        """Whether all `figures` of a line that calls itself a total are sums of rows above."""
        known = [key for key in figures if line <= self.unread.get(key, line)]
        return any(all(figures[key] == sums[key] for key in known) for sums in self._sums(line))

    def are_sums(self, line: int, figures: Figures) -> bool:
        """Whether `figures` can hardly be anything but sums: of two rows, in two columns."""
        if any(line > self.unread.get(key, line) for key in figures):
            return False
        counting = [figure for figure in figures.values() if figure]
        if len(counting) < _FEWEST_COLUMNS or max(counting) < _TELLS:
            return False
        return any(
            sums[_ROWS] >= _FEWEST_ROWS and all(figures[key] == sums[key] for key in figures)
            for sums in self._sums(line)
        )

    def _sums(self, line: int) -> Iterator[dict[str, Sum]]:
        """Give what the rows above add up to: all, or since the last total, or without doubted ones."""
        whole = {key: above[line] - self._out.get(key, 0) for key, above in self._above.items()}
        since = {key: above[line] - above[self._start] for key, above in self._above.items()}
        yield whole
        yield since
        if self._doubted:
            yield {key: total - self._doubted[key] for key, total in whole.items()}
            yield {key: total - self._lately.get(key, 0) for key, total in since.items()}

    def leave_out(self, line: int) -> None:
        """Take a line for a total: it is no row, and what follows is summed up anew."""
        self._add(self._out, line)
        self._lately = {}
        self._start = line + 1

    def doubt(self, line: int) -> None:
        """Take a line for a row that may be a total."""
        self._add(self._doubted, line)
        self._add(self._lately, line)

    def _add(self, sums: dict[str, Sum], line: int) -> None:
        for key, column in self.columns.items():
            sums[key] = sums.get(key, 0) + (column[line] or 0)


_ROWS = ""
"""Under this name the rows themselves are counted."""
