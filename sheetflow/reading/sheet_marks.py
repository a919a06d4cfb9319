"""Finds the marked cells of a sheet quickly, where there are any.

This module owns the quick way to `SheetFacts.marked`. No plain row has a marked cell, so
that they are looked for in what is left, by a pattern that passes over all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from sheetflow.reading.marks import MarkedCell, Marks
from sheetflow.reading.sheet_facts import SheetFacts, grid_address
from sheetflow.reading.texts import read_runs

_STYLE = re.compile(rb' s="([0-9]++)"')
_ODD_STYLE = re.compile(rb'<c [^<>]*(?: s="(?![0-9]++")| s="0[0-9])')
_ODD_SHARED = re.compile(rb't="s"(?!><v>(?:0|[1-9][0-9]*+)</v>|/>|></c>)')
_RUN = re.compile(rb"<r[\s/>]")
_RICH = re.compile(
    rb'<c r="([A-Z]{1,3}+[0-9]++)"([^<>]*+)>(?:<f[^<>]*+>(?:[^<]*+</f>)?+)?'
    rb"(<is>(?:(?!</is>).)*+</is>)</c>",
    re.DOTALL,
)
_SHARED_VALUE = re.compile(rb"(?:<f[^<>]*+>(?:[^<]*+</f>)?+)?<v>([0-9]++)</v>")


def add_marked(rest: bytes, marks: Marks, facts: SheetFacts) -> bool:
    """Note the marked cells among the rows that are not plain, `rest`.

    Give False where they are not in the form that this reads.
    """
    if marks.styles or marks.texts:
        # With a mark on style 0, cells that name no style are marked, too.
        if 0 in marks.styles or _ODD_STYLE.search(rest) or _ODD_SHARED.search(rest):
            return False
        for match in _pattern(marks).finditer(rest):
            facts.marked[grid_address(match[1].decode())] = _cell(match[2], rest, match.end())
    return _add_rich(rest, facts)


@lru_cache(maxsize=64)
def _pattern(marks: Marks) -> re.Pattern[bytes]:
    """Find the cells, and them alone, that have one of the styles or one of the texts."""
    hints = []
    if marks.styles:
        hints.append(rb'[^<>]* s="(?:' + _either(marks.styles) + rb')"')
    if marks.texts:
        hints.append(rb'[^<>]* t="s"[^<>]*><v>(?:' + _either(marks.texts) + rb")<")
    return re.compile(rb'<c r="([A-Z]{1,3}+[0-9]++)"(?=' + rb"|".join(hints) + rb")([^<>]*+)>")


def _either(numbers: Iterable[int]) -> bytes:
    return b"|".join(b"%d" % number for number in sorted(numbers))


def _cell(attributes: bytes, rest: bytes, end: int) -> MarkedCell:
    """Make a cell of its attributes and of what stands behind its tag."""
    style = _STYLE.search(attributes)
    value = _SHARED_VALUE.match(rest, end) if b' t="s"' in attributes else None
    return MarkedCell(int(style[1]) if style else 0, int(value[1]) if value else None)


def _add_rich(rest: bytes, facts: SheetFacts) -> bool:
    """Note the cells that hold runs themselves; no row with such a cell is plain."""
    expected = len(_RUN.findall(rest))
    if not expected:
        return True
    for match in _RICH.finditer(rest):
        found = len(_RUN.findall(match[3]))
        if found:
            style = _STYLE.search(match[2])
            runs = read_runs(match[3])
            facts.marked[grid_address(match[1].decode())] = MarkedCell(
                int(style[1]) if style else 0, None, runs
            )
        expected -= found
    return expected == 0
