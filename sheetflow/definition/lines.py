"""One row of a campaign workbook: its cells by field, read as words, numbers, days and lists.

Whatever cannot be read is told at its cell, once; the reader then gives the default, so that all
of a workbook is looked at in one go. This module refuses to know any table.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

from sheetflow.definition.faults import Faults, Spot
from sheetflow.definition.layout import Part
from sheetflow.definition.meanings import YES_NO
from sheetflow.lookalikes import SPACES, trim, without_debris
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.likely import find, is_it, likely, may_be
from sheetflow.schemas.parsing import CellFault, read_day, read_number, read_text
from sheetflow.workbook import CellValue

T = TypeVar("T")

_LINE_ENDS = re.compile(r"\s*[\r\n\v\f\u2028\u2029]+\s*")
_SHOWN = 20
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands under one header in one row; `spoiled` where something is told of it already."""

    spot: Spot
    value: CellValue = None
    spoiled: bool = False


@dataclass(frozen=True)
class Line:
    """One row. `cells` are by field, `more` those of headers that name a level, by field and word."""

    part: Part
    row: int
    cells: Mapping[str, Cell]
    faults: Faults = field(repr=False)
    more: Mapping[tuple[str, str], Cell] = field(default_factory=lambda: MappingProxyType({}))

    def spot(self, name: str) -> Spot:
        """Give the cell of a field."""
        return self.cells[name].spot

    def fault(self, name: str, message: str, meant: str = "") -> None:
        """Tell what is wrong at a field's cell."""
        self.faults.add(self.spot(name), message, meant)

    def is_sound(self, *names: str) -> bool:
        """Whether nothing is wrong, so far, at any of these fields."""
        return not any(
            self.cells[name].spoiled or self.faults.at(self.cells[name].spot) for name in names
        )

    def filled(self, name: str) -> bool:
        """Whether anything stands in the cell, sound or not."""
        cell = self.cells[name]
        return cell.spoiled or bool(shown(cell.value))

    def text(self, name: str, most: int = 0) -> str:
        """Read words, trimmed at both ends; where `most` is not given the layout says how many."""
        cell = self.cells[name]
        text = "" if cell.spoiled else shown(cell.value)
        most = most or self.part.by_name[name].most or _LONGEST
        if len(text) > most:
            self.fault(name, f"有{len(text)}个字，最多{most}个字。请改短些。")
            return ""
        return text

    def name(self, name: str, most: int = 0) -> str:
        """Read a name: line breaks, as pasted from a Word table, are no part of it."""
        return _LINE_ENDS.sub("", self.text(name, most))

    def indented(self, name: str, most: int = 0) -> str:
        """Read a name and keep the full-width spaces before it, which set it in."""
        front = shown(self.cells[name].value, keep=True)
        spaces = front[: len(front) - len(front.lstrip("\u3000"))]
        read = self.name(name, most)
        return f"{spaces}{read}" if read else ""

    def required(self, name: str, most: int = 0) -> str:
        """Read a name that must be there."""
        read = self.name(name, most)
        if not read and self.is_sound(name):
            self.fault(name, "不能空着，请填写。")
        return read

    def paragraphs(self, name: str, most: int = 0) -> tuple[str, ...]:
        """Read several paragraphs, one a line."""
        pieces = map(trim, self.text(name, most).splitlines())
        return tuple(piece for piece in pieces if piece)

    def several(self, name: str) -> tuple[str, ...]:
        """Read what is joined by 、, each once; what stands in brackets is not parted."""
        return split_words(self.text(name, _LONGEST))

    def one_of(
        self,
        name: str,
        words: Mapping[str, T],
        default: T,
        what: str = "",
        called: Mapping[str, str] = MappingProxyType({}),
    ) -> T:
        """Read one of `words`; `what` is what they are called where the header does not say it.

        `called` are other words that people use for some of them: they are told which was meant.
        """
        typed = self.text(name, _LONGEST)
        if not typed:
            return default
        if (found := find(typed, words)) is not None:
            return words[found]
        meant = called.get(typed, "")
        self.unknown(name, typed, words, what or self.spot(name).header, meant)
        return default

    def some_of(self, name: str, words: Mapping[str, T], what: str = "") -> tuple[T, ...]:
        """Read several of `words`, each once, in their order in the cell."""
        found: dict[str, T] = {}
        for typed in self.several(name):
            if (word := find(typed, words)) is not None:
                found[word] = words[word]
            else:
                self.unknown(name, typed, words, what or self.spot(name).header)
        return tuple(found.values())

    def unknown(
        self, name: str, typed: str, words: Iterable[str], what: str, meant: str = ""
    ) -> None:
        """Tell that a word is none of those that may stand there, and which was meant."""
        listed = list(words)
        meant = meant or likely(typed, listed)
        quoted = typed if len(typed) <= _SHOWN else f"{typed[:_SHOWN]}…"
        told = f"没有“{quoted}”这个{what}{is_it(meant)}{may_be(listed)}"
        self.fault(name, told, meant)

    def yes(self, name: str, *, default: bool) -> bool:
        """Read 是 or 否."""
        typed = self.text(name, _LONGEST)
        found = find(typed, YES_NO)
        if typed and found is None:
            self.fault(name, f"“{typed[:_SHOWN]}”看不懂。可填：是、否。", likely(typed, YES_NO))
        return default if found is None else YES_NO[found]

    def whole(self, name: str) -> int | None:
        """Read a whole number of the layout's range; None where the cell is blank or cannot be read."""
        cell, entry = self.cells[name], self.part.by_name[name]
        return self.whole_in(cell, entry.least, entry.most)

    def whole_in(self, cell: Cell, least: int = 0, most: int | None = None) -> int | None:
        """Read the whole number of a range that stands in a cell."""
        if cell.spoiled or not shown(cell.value):
            return None
        try:
            number = read_number(cell.value)
        except CellFault as fault:
            self.faults.add(cell.spot, f"{_wrong(fault)}。请填一个整数。")
            return None
        if not isinstance(number, int):
            self.faults.add(cell.spot, f"这一栏应填整数，现在是{number}。")
        elif number < least or (most is not None and number > most):
            allowed = f"不小于{least}" if most is None else f"在{least}到{most}之间"
            self.faults.add(cell.spot, f"填的是{number}，应{allowed}。")
        else:
            return number
        return None

    def decimal_in(self, cell: Cell, least: int, most: int) -> int | Decimal | None:
        """Read the exact number of a range that stands in a cell, decimals and all."""
        if cell.spoiled or not shown(cell.value):
            return None
        try:
            number = read_number(cell.value)
        except CellFault as fault:
            self.faults.add(cell.spot, f"{_wrong(fault)}。请填一个数。")
            return None
        if least <= number <= most:
            return number
        self.faults.add(cell.spot, f"填的是{number}，应在{least}到{most}之间。")
        return None

    def number(self, name: str) -> float | None:
        """Read a number of the layout's range that may have decimals."""
        cell, entry = self.cells[name], self.part.by_name[name]
        least, most = entry.least, entry.most or _LONGEST
        if not self.filled(name) or cell.spoiled:
            return None
        try:
            number = read_number(cell.value)
        except CellFault as fault:
            self.fault(name, f"{_wrong(fault)}。请填一个数。")
            return None
        if not least <= number <= most:
            self.fault(name, f"填的是{number}，应在{least}到{most}之间。")
            return None
        return number if isinstance(number, int) else float(number)

    def day(self, name: str) -> dt.date | None:
        """Read a whole date."""
        return self.day_in(self.cells[name])

    def day_in(self, cell: Cell) -> dt.date | None:
        """Read the whole date in a cell."""
        if cell.spoiled or not shown(cell.value):
            return None
        try:
            return read_day(cell.value)
        except CellFault as fault:
            self.faults.add(cell.spot, f"{_wrong(fault)}。请写全年月日，如2012-3-5。")
            return None


_OPENING, _CLOSING = "（([［《“", "）)]］》”"
_SEPARATORS = frozenset("、，,；;\r\n")


def split_words(text: str) -> tuple[str, ...]:
    """Split what is joined by 、 (，； and line breaks are read too), but for what stands in brackets.

    Each once, as it is written.
    """
    pieces, depth = [""], 0
    for char in text:
        depth += (char in _OPENING) - (char in _CLOSING)
        if char in _SEPARATORS and depth <= 0:
            pieces.append("")
        else:
            pieces[-1] += char
    return tuple(dict.fromkeys(piece for piece in map(trim, pieces) if piece))


def _wrong(fault: CellFault) -> str:
    """Say what is wrong with a cell as it is said of submitted data."""
    return GENERAL[fault.rule].wrong.format(**fault.arguments)


def shown(value: CellValue, *, keep: bool = False) -> str:
    """Give what people see in a cell; with `keep` with the spaces before it."""
    if keep and isinstance(value, str):
        return without_debris(value).strip("\r\n\t ").rstrip(SPACES)
    return read_text(value)


def filled_cells(cells: Sequence[CellValue]) -> int:
    """Count the cells in which anybody sees anything."""
    return sum(1 for cell in cells if shown(cell))
