"""Whether the figures of a line are the sums of those above it.

This module owns the arithmetic: sums of all rows above, or since the last total, with or
without rows that may be totals themselves. It refuses to read words (`lines`) and to tell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from types import MappingProxyType

from sheetflow.findings import Argument
from sheetflow.schemas.cells import Whole
from sheetflow.schemas.columns import Column
from sheetflow.schemas.indicators import Number
from sheetflow.schemas.parsing import CellFault, Value, read_number
from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.footer_rows import Line, doubtful_lines, kind_of_line
from sheetflow.workbook import CellValue

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


_FEW = 4
_FEWEST_COLUMNS = 2
_FAR = 20
"""A row that somebody begins does not stand so many blank lines below the one before."""
_STRAY = "离表格很远的一个数"
_BY_WORD = "这一行的名称像是合计，数字却不是上面各行之和"
_BY_OWN_NAME = "这一行的名称是本单位或上级单位的名称，像是合计行"
_BY_SUMS = "这一行的数字正好都是上面各行之和，像是合计行"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a line, at which column, and whether it is left out of the rows.

    What is only told is told of the whole line, or (`at_cell`) of the one cell in it.
    """

    rule: str
    column: str
    left_out: bool = True
    arguments: Mapping[str, Argument] = field(default_factory=lambda: MappingProxyType({}))
    at_cell: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a table, read: what stood in them, what it says, what could not be read.

    `cells` and `values` are by column, from the first line to the last; `faulty` gives the
    columns that could not be read, by line; `filled` tells which lines hold anything.
    """

    sheet: Sheet
    cells: Mapping[str, Sequence[CellValue]]
    values: Mapping[str, Sequence[Value]]
    faulty: Mapping[int, AbstractSet[str]]
    filled: Sequence[bool]

    def standing(self, line: int) -> dict[str, CellValue]:
        """What stands in a line, by column in the file's order."""
        return {key: column[line] for key, column in self.cells.items()}

    def is_whole(self, line: int) -> bool:
        """Whether a line could be a row as it stands: all that is always required can be read."""
        return not self.faulty.get(line) and all(
            column[line] is not None
            for key, column in self.values.items()
            if key in self.cells and self.sheet.by_key[key].required is True
        )


def judge_lines(lines: Lines, own_names: AbstractSet[str]) -> dict[int, Verdict]:
    """Give the lines that are no rows, and the rows that may be none, each with what is said."""
    sheet = lines.sheet
    asked = doubtful_lines(sheet, lines.cells, own_names)
    asked.update(lines.faulty)
    kinds = {
        line: kind
        for line in asked
        if (kind := kind_of_line(sheet, lines.standing(line), _faulty(lines, line), own_names))
    }
    verdicts = {
        line: Verdict("row-skipped", kind.column, arguments={"what": kind.what})
        for line, kind in kinds.items()
        if not kind.total
    }
    verdicts |= _stray_figures(lines)
    totals = {line: kind for line, kind in kinds.items() if kind.total}
    return verdicts | _judge_sums(lines, totals, verdicts)


def _stray_figures(lines: Lines) -> dict[int, Verdict]:
    """Find lone numbers far below the rows: typed past the table, no row that somebody began."""
    found: dict[int, Verdict] = {}
    above = -1
    for line, filled in enumerate(lines.filled):
        if not filled:
            continue
        if line - above > _FAR:
            cells = [(key, cell) for key, cell in lines.standing(line).items() if cell is not None]
            if len(cells) == 1 and isinstance(cells[0][1], int | float):
                found[line] = Verdict(
                    "row-skipped", cells[0][0], arguments={"what": _STRAY}, at_cell=True
                )
        above = line
    return found


def _faulty(lines: Lines, line: int) -> AbstractSet[str]:
    return lines.faulty.get(line, frozenset())


def _judge_sums(
    lines: Lines, totals: Mapping[int, Line], others: Mapping[int, Verdict]
) -> dict[int, Verdict]:
    """Judge the lines that call themselves totals, and those that only look like ones."""
    counted = [key for key in lines.cells if lines.sheet.by_key[key].type.numeric]
    candidates = _candidates(lines, counted, totals) - others.keys()
    verdicts: dict[int, Verdict] = {}
    if not candidates:
        return verdicts
    columns = {
        key: [
            None if line in others else figure
            for line, figure in enumerate(_numbers(lines.values[key]))
        ]
        for key in counted
    }
    sums = Sums(columns, lines.filled, _unread(lines, counted, {**totals, **others}))
    for line in sorted(candidates):
        kind = totals.get(line)
        if kind:
            verdict = _judge_total(lines, line, kind, sums)
        else:
            figures = {key: column[line] for key, column in columns.items()}
            verdict = _judge_plain(lines, line, figures, sums)
        if verdict:
            verdicts[line] = verdict
            (sums.leave_out if verdict.left_out else sums.doubt)(line)
    return verdicts


def _candidates(lines: Lines, counted: Sequence[str], totals: Mapping[int, Line]) -> set[int]:
    """Give the lines whose figures must be looked at: few, where no line calls itself a total."""
    if len(counted) < _FEWEST_COLUMNS:
        return set(totals)
    if totals:
        return {line for line, filled in enumerate(lines.filled) if filled} | totals.keys()
    first = max(counted, key=lambda key: _least(lines.sheet.by_key[key]))
    return {line for line in likely_sums(_numbers(lines.values[first])) if lines.filled[line]}


def _numbers(values: Sequence[Value]) -> list[Number]:
    """Give the figures of a column that holds nothing else."""
    return [None if isinstance(value, str | tuple | dt.date) else value for value in values]


def _least(column: Column) -> int:
    """The least that a column may hold: where it is not 0, few lines are sums by chance."""
    least = column.type.minimum if isinstance(column.type, Whole) else 0
    return least if column.required is True else -1


def _unread(lines: Lines, counted: Sequence[str], others: Mapping[int, object]) -> dict[str, int]:
    """Give the first row of each column in which a figure could not be read."""
    unread: dict[str, int] = {}
    for line in sorted(lines.faulty, reverse=True):
        if line not in others:
            unread.update(dict.fromkeys(lines.faulty[line] & set(counted), line))
    return unread


def _judge_total(lines: Lines, line: int, kind: Line, sums: Sums) -> Verdict | None:
    """Judge a line whose words call it a total, or name the unit itself."""
    standing = lines.standing(line)
    figures, all_read = _figures(lines.sheet, standing)
    whole = lines.is_whole(line)
    left_out = Verdict("row-skipped", kind.column, arguments={"what": kind.what})
    if kind.own:
        return _ask(kind.column, _BY_OWN_NAME, left_out=not whole) if figures else None
    if figures and all_read and sums.agree(line, figures):
        return left_out
    if not figures and (not kind.plainly or not all_read):
        return None  # an unfinished row with such a name
    if not figures and sum(cell is not None for cell in standing.values()) <= _FEW:
        return left_out
    out = not kind.named or (kind.plainly and not whole)
    return _ask(kind.column, _BY_WORD, left_out=out)


def _figures(sheet: Sheet, standing: Mapping[str, CellValue]) -> tuple[dict[str, Number], bool]:
    """Read a line's figures whatever their column allows (a total may exceed it)."""
    figures: dict[str, Number] = {}
    all_read = True
    for key, cell in standing.items():
        column = sheet.by_key[key]
        if cell is None or not column.type.numeric:
            continue
        unit = getattr(column.type, "unit", "")
        try:
            figures[key] = read_number(cell, (unit,) if unit else ())
        except CellFault:
            all_read = False
    return figures, all_read


def _judge_plain(
    lines: Lines, line: int, figures: Mapping[str, Number], sums: Sums
) -> Verdict | None:
    """Judge a line that only its figures may tell as a total."""
    filled = {key: figure for key, figure in figures.items() if figure is not None}
    if not sums.are_sums(line, filled):
        return None
    naming = lines.sheet.naming_column
    column = naming.key if naming and naming.key in lines.cells else next(iter(filled))
    return _ask(column, _BY_SUMS, left_out=not lines.is_whole(line))


def _ask(column: str, why: str, *, left_out: bool) -> Verdict:
    first = "把这一行补填完整，再" if left_out else ""
    return Verdict("row-total", column, left_out, {"why": why, "first": first})
