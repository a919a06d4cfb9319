"""Which lines under a table's header are no rows of data: totals, signatures, the header again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from sheetflow.schemas.cells import fold
from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.sheets import bare_label
from sheetflow.workbook import CellValue

_TOTALS = frozenset({"合计", "小计", "总计", "共计", "累计", "本页合计", "合计：", "合计:"})
_SIGNED = re.compile(
    r"(填表人|填报人|制表人?|审核人?|复核人?|单位负责人|负责人|单位（公章）|报出日期|填表日期"
    r"|制表日期|联系电话|备注|说明|注)[：:]"
)
_MOST_SIGNED, _LONGEST_TOTAL = 4, 8


_IN_FRONT = 2
"""A total stands in front, at most behind a key printed beforehand."""


def kind_of_line(sheet: Sheet, cells: Mapping[str, CellValue]) -> str:
    """Say what a line under the header is where it is no row of data; empty where it is one.

    A total taken for a row would count everything twice.
    """
    words = ((key, cell) for key, cell in cells.items() if isinstance(cell, str))
    first_key, first = next(words, ("", ""))
    if not first_key:
        return ""
    standing = [cell for cell in cells.values() if cell is not None]
    for cell in standing[:_IN_FRONT]:
        if isinstance(cell, str) and _is_total(cell):
            return f"“{fold(cell)}”行"
    if len(standing) <= _MOST_SIGNED and _is_signature(first):
        return "表末的签署或备注"
    if not _is_header(first, _bare_of(sheet.labels[first_key])):
        return ""
    again = 1 + sum(bare_label(cell) == _bare_of(sheet.labels[key]) for key, cell in words)
    return "重复的表头" if again > 1 and again * 2 > len(standing) else ""


def doubtful_lines(sheet: Sheet, table: Mapping[str, Sequence[CellValue]]) -> set[int]:
    """Tell which lines of `table` (its columns by key) one must ask `kind_of_line` about.

    Quicker than asking about each: the words that make a line no row of data stand among
    its first, and few words are such.
    """
    doubtful: set[int] = set()
    columns = list(table.items())
    for key, cells in columns[:_IN_FRONT]:
        found = _telling(cells, _bare_of(sheet.labels[key]))
        if found:
            doubtful.update(line for line, cell in enumerate(cells) if cell in found)
    in_front = zip(*(cells for _, cells in columns[:_IN_FRONT]), strict=True)
    unsettled = [line for line, cells in enumerate(in_front) if not _settles(cells)]
    for key, cells in columns[_IN_FRONT:]:
        found = _telling([cells[line] for line in unsettled], _bare_of(sheet.labels[key]))
        if found:
            doubtful.update(line for line in unsettled if cells[line] in found)
    return doubtful


def _settles(front: Sequence[CellValue]) -> bool:
    """Whether the line's first words, and as many cells as a total stands in, are among these."""
    return None not in front and (isinstance(front[0], str) or isinstance(front[-1], str))


def _telling(cells: Sequence[CellValue], label: str) -> set[CellValue]:
    """Give the words among `cells` that may make their line no row of data."""
    return {
        cell
        for cell in set(cells)
        if isinstance(cell, str)
        and (_is_total(cell) or _is_signature(cell) or _is_header(cell, label))
    }


# Of nearly every cell a glance at its characters tells, without folding it.


def _is_total(cell: str) -> bool:
    return "计" in cell and len(cell) <= _LONGEST_TOTAL and fold(cell) in _TOTALS


def _is_signature(cell: str) -> bool:
    return ("：" in cell or ":" in cell) and bool(_SIGNED.match(fold(cell)))


def _is_header(cell: str, label: str) -> bool:
    likely = label[:1] in cell or label[:1] in _WRITTEN_OTHERWISE
    return likely and bare_label(cell) == label


_WRITTEN_OTHERWISE = "（）/"
"""What `fold` makes of other characters, so that it need not stand in the cell itself."""


@cache
def _bare_of(label: str) -> str:
    return bare_label(label)
