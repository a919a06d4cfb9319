"""Which lines of a table are set aside, and which rows are asked about: words and sums together.

A total never counts in silence. Where its words (`footer_rows`) and its figures agree it is left
out, with a note; where only one of the two speaks for it, somebody is asked. A line that is asked
about and could not be a row as it stands is left out as well, and comes back in the copy.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from sheetflow.findings import Argument
from sheetflow.schemas.indicators import Number
from sheetflow.schemas.parsing import CellFault, Value, read_number
from sheetflow.validators.footer_rows import Line, doubtful_lines, kind_of_line
from sheetflow.validators.row_findings import Lines

_FEW = 4
_FEWEST_ROWS = _FEWEST_COLUMNS = 2
_TELLS = 5
"""Smaller figures are sums by chance: 1 and 1 under 1, 0 and 0, 1."""
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
    arguments: Mapping[str, Argument]
    left_out: bool = True
    at_cell: bool = False


def _skip(column: str, what: str, *, at_cell: bool = False) -> Verdict:
    return Verdict("row-skipped", column, {"what": what}, at_cell=at_cell)


def _ask(column: str, why: str, *, left_out: bool) -> Verdict:
    first = "把这一行补填完整，再" if left_out else ""
    return Verdict("row-total", column, {"why": why, "first": first}, left_out)


def judge_lines(lines: Lines, own_names: AbstractSet[str]) -> dict[int, Verdict]:
    """Give the lines that are no rows, and the rows that may be none, each with what is said."""
    asked = doubtful_lines(lines.sheet, lines.cells, own_names)
    asked |= {line for line, remarks in lines.remarks.items() if remarks.faults}
    verdicts: dict[int, Verdict] = {}
    totals: dict[int, Line] = {}
    for line in asked:
        kind = kind_of_line(lines.sheet, lines.standing(line), lines.faulty(line), own_names)
        if kind and kind.total:
            totals[line] = kind
        elif kind:
            verdicts[line] = _skip(kind.column, kind.what)
    above = -1
    for line, filled in enumerate(lines.filled):  # lone numbers typed past the table
        if not filled:
            continue
        if line - above > _FAR:
            cells = [(key, cell) for key, cell in lines.standing(line).items() if cell is not None]
            if len(cells) == 1 and isinstance(cells[0][1], int | float):
                verdicts[line] = _skip(cells[0][0], _STRAY, at_cell=True)
        above = line
    return verdicts | _judge_sums(lines, totals, verdicts)


def _judge_sums(
    lines: Lines, totals: Mapping[int, Line], others: Mapping[int, Verdict]
) -> dict[int, Verdict]:
    """Judge the lines that call themselves totals, and those that only look like ones."""
    counted = [key for key in lines.cells if lines.sheet.by_key[key].type.numeric]
    candidates = _candidates(lines, counted, totals) - others.keys()
    verdicts: dict[int, Verdict] = {}
    if not candidates:
        return verdicts
    columns = {key: _numbers(lines.values[key]) for key in counted}
    for column in columns.values():
        for line in others:
            column[line] = None
    unread: dict[str, int] = {}  # the first row of a column in which a figure could not be read
    for line in sorted(lines.remarks, reverse=True):
        if line not in totals and line not in others:
            unread.update(dict.fromkeys(lines.faulty(line) & columns.keys(), line))
    sums = Sums(columns, lines.filled, unread)
    for line in sorted(candidates):
        if line in totals:
            verdict = _judge_total(lines, line, totals[line], sums)
        else:
            verdict = _judge_plain(lines, line, {key: columns[key][line] for key in counted}, sums)
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
    # The least that a column may hold: where it is not 0, few lines are sums by chance.
    least: dict[str, int | Decimal] = {}
    for key in counted:
        column = lines.sheet.by_key[key]
        smallest, _ = column.type.limits
        least[key] = smallest if column.required is True else -1
    likely = likely_sums(_numbers(lines.values[max(least, key=least.__getitem__)]))
    return {line for line in likely if lines.filled[line]}


def _numbers(values: Sequence[Value]) -> list[Number]:
    """Give the figures of a column that holds nothing else."""
    return [None if isinstance(value, str | tuple | dt.date) else value for value in values]


def likely_sums(figures: Sequence[Number]) -> list[int]:
    """Give the lines whose figure is the sum of all above, or blank: few, and quickly found."""
    above = accumulate((figure or 0 for figure in figures), initial=0)
    return [
        line
        for line, (figure, total) in enumerate(zip(figures, above, strict=False))
        if figure is None or figure == total
    ]


def _judge_total(lines: Lines, line: int, kind: Line, sums: Sums) -> Verdict | None:
    """Judge a line whose words call it a total, or name the unit itself.

    Its figures are read whatever their column allows: a total may exceed that.
    """
    standing = {key: cell for key, cell in lines.standing(line).items() if cell is not None}
    figures: dict[str, Number] = {}
    all_read = True
    for key, cell in standing.items():
        kind_of_cell = lines.sheet.by_key[key].type
        unit = getattr(kind_of_cell, "unit", "")
        try:
            if kind_of_cell.numeric:
                figures[key] = read_number(cell, (unit,) if unit else ())
        except CellFault:
            all_read = False
    whole = lines.is_whole(line)
    if kind.own:
        return _ask(kind.column, _BY_OWN_NAME, left_out=not whole) if figures else None
    if figures and all_read and sums.agree(line, figures):
        return _skip(kind.column, kind.what)
    if not figures and (not kind.plainly or not all_read):
        return None  # an unfinished row with such a name
    if not figures and len(standing) <= _FEW:
        return _skip(kind.column, kind.what)
    return _ask(kind.column, _BY_WORD, left_out=not kind.named or (kind.plainly and not whole))


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


Figures = Mapping[str, Number]
Sum = int | Decimal


class Sums:
    """The sums above a line, asked from the top line to the last.

    `columns` hold the figures by column, blank ones and those that could not be read as None;
    `unread` gives the first line of a column in which a figure could not be read: sums that
    it would belong to are unknown. `filled` tells which lines are rows.
    """

    def __init__(
        self,
        columns: Mapping[str, Sequence[Number]],
        filled: Sequence[bool],
        unread: Mapping[str, int],
    ) -> None:
        self._columns = {**columns, _ROWS: list(map(int, filled))}
        self._unread = unread
        self._above: dict[str, list[Sum]] = {
            key: list(accumulate((figure or 0 for figure in column), initial=0))
            for key, column in self._columns.items()
        }
        self._out: defaultdict[str, Sum] = defaultdict(int)
        self._doubted: defaultdict[str, Sum] = defaultdict(int)
        self._lately: defaultdict[str, Sum] = defaultdict(int)
        self._start = 0

    def agree(self, line: int, figures: Figures) -> bool:
        """Whether all `figures` of a line that calls itself a total are sums of rows above."""
        known = [key for key in figures if line <= self._unread.get(key, line)]
        return any(all(figures[key] == sums[key] for key in known) for sums in self._sums(line))

    def are_sums(self, line: int, figures: Figures) -> bool:
        """Whether `figures` can hardly be anything but sums: of two rows, in two columns."""
        if any(line > self._unread.get(key, line) for key in figures):
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
        whole = {key: above[line] - self._out[key] for key, above in self._above.items()}
        since = {key: above[line] - above[self._start] for key, above in self._above.items()}
        yield whole
        yield since
        if self._doubted:
            yield {key: total - self._doubted[key] for key, total in whole.items()}
            yield {key: total - self._lately[key] for key, total in since.items()}

    def leave_out(self, line: int) -> None:
        """Take a line for a total: it is no row, and what follows is summed up anew."""
        self._add(self._out, line)
        self._lately.clear()
        self._start = line + 1

    def doubt(self, line: int) -> None:
        """Take a line for a row that may be a total."""
        self._add(self._doubted, line)
        self._add(self._lately, line)

    def _add(self, sums: dict[str, Sum], line: int) -> None:
        for key, column in self._columns.items():
            sums[key] += column[line] or 0


_ROWS = ""
"""Under this name the rows themselves are counted."""
