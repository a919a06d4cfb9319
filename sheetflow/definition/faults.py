"""What is wrong with a campaign workbook: each fault with its cell, a sentence, and the likely word.

This module owns the shape of a fault and of a hint, and where they are gathered. It refuses to find any.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A cell of the campaign workbook: its sheet's title as it stands there, ``D14``, the header above.

    `cell` is empty for a whole sheet, or for a column that the file lacks; all are for the whole workbook.
    """

    sheet: str = ""
    cell: str = ""
    header: str = ""

    @property
    def words(self) -> str:
        """Name it as a person would: 《栏目》D14“类型”."""
        sheet = f"《{self.sheet}》" if self.sheet else ""
        header = f"“{self.header}”" if self.header else ""
        return f"{sheet}{self.cell}{header}" or "整个工作簿"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionFault(Spot):
    """What is wrong at one cell: `message` says what and what to do, `likely` the word that was meant."""

    message: str
    likely: str = ""

    @property
    def sentence(self) -> str:
        """Say it with its place in front."""
        return f"{self.words}：{self.message}"

    @classmethod
    def at(cls, spot: Spot, message: str, likely: str = "") -> DefinitionFault:
        """Make a fault of that cell."""
        return cls(
            sheet=spot.sheet, cell=spot.cell, header=spot.header, message=message, likely=likely
        )


@dataclass(slots=True)
class Faults:
    """All faults and hints so far, each once, in the order in which they were found."""

    _faults: dict[DefinitionFault, None] = field(default_factory=dict)
    _spoiled: set[tuple[str, str]] = field(default_factory=set)
    _hints: dict[DefinitionFault, None] = field(default_factory=dict)

    def add(self, spot: Spot, message: str, likely: str = "") -> None:
        """Note what is wrong at a cell."""
        self._faults[DefinitionFault.at(spot, message, likely)] = None
        self._spoiled.add((spot.sheet, spot.cell))

    def hint(self, spot: Spot, message: str) -> None:
        """Note what is right and yet worth a look."""
        self._hints[DefinitionFault.at(spot, message)] = None

    @property
    def count(self) -> int:
        """How many faults there are so far."""
        return len(self._faults)

    def at(self, spot: Spot) -> bool:
        """Whether something is wrong at that cell already."""
        return (spot.sheet, spot.cell) in self._spoiled

    def listed(self, order: Iterable[str]) -> tuple[DefinitionFault, ...]:
        """Give the faults sheet by sheet in `order` (titles), row by row."""
        return in_order(self._faults, order)

    def hints(self, order: Iterable[str]) -> tuple[DefinitionFault, ...]:
        """Give the hints in the same order."""
        return in_order(self._hints, order)


def in_order(
    faults: Iterable[DefinitionFault], order: Iterable[str]
) -> tuple[DefinitionFault, ...]:
    """Put faults in the order of the sheets, then of the rows, then of the columns."""
    places = {title: place for place, title in enumerate(order)}

    def where(fault: DefinitionFault) -> tuple[int, int, int, str]:
        letters = fault.cell.rstrip("0123456789")
        row = int(fault.cell[len(letters) :] or 0)
        return places.get(fault.sheet, len(places)), row, len(letters), letters

    return tuple(sorted(faults, key=where))
