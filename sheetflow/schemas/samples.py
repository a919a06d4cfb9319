"""How a campaign says what its made-up data look like, where their types do not tell enough.

The maker of samples (`demo`) knows the types of columns, their choices, references and
conditions; a campaign adds words, and ties between cells that no declaration knows. This
module owns what both speak of. All chance comes from one `Random`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import TypeVar

from sheetflow.periods import Period
from sheetflow.schemas.conditions import Condition
from sheetflow.units import Unit, UnitTree

Typed = str | int | float | dt.date
"""What is typed into one cell; several choices or keys are one text, joined by 、."""

Samples = Mapping[str, Sequence[Mapping[str, Typed]]]
"""The rows of a workbook by sheet key; a card has one, and blank cells are left out."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scene:
    """Whose workbook is made up, for when, and about how many rows its longest book has."""

    unit: Unit
    tree: UnitTree
    period: Period
    random: Random
    rows: int = 32

    @property
    def is_lowest(self) -> bool:
        """Whether the unit has none below it, and so does most of the work."""
        return not self.tree.children(self.unit.unit_id)

    def pick(self, options: Sequence[T]) -> T:
        """Choose one."""
        return self.random.choice(options)

    def some(self, options: Sequence[str], most: int) -> str:
        """Choose up to `most` of them, in their order, joined as people join them."""
        chosen = self.random.sample(range(len(options)), self.between(1, min(most, len(options))))
        return "、".join(options[index] for index in sorted(chosen))

    def between(self, least: int, most: int) -> int:
        """Choose a whole number, both ends included."""
        return self.random.randint(least, most)

    def chance(self, share: float) -> bool:
        """Let something happen in that share of cases."""
        return self.random.random() < share

    def yuan(self, least: int, most: int) -> int:
        """Choose an amount in whole tens of yuan."""
        return self.between(least // 10, most // 10) * 10

    def day(self, first: object = None) -> dt.date:
        """Choose a day of the period, from `first` on where that is a later day."""
        start = self.period.first_day
        if isinstance(first, dt.date):
            start = max(first, start)
        return start + dt.timedelta(self.between(0, max((self.period.last_day - start).days, 0)))


@dataclass
class SampleRow(Mapping[str, Typed | None]):
    """A row while it is made up: a cell is made when somebody first asks for it.

    So a cell may depend on any other one of its row. `number` counts the rows of the sheet
    from 1; `rows_of` gives the finished rows of other sheets.
    """

    scene: Scene
    number: int
    makers: Mapping[str, Maker]
    rows_of: Callable[[str], Sequence[Mapping[str, Typed]]]
    _made: dict[str, Typed | None] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Typed | None:
        """Give a cell; whoever asks for it while it is being made finds it blank."""
        if key not in self._made:
            maker = self.makers[key]
            self._made[key] = None
            self._made[key] = maker(self)
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.makers)

    def __len__(self) -> int:
        return len(self.makers)

    def named(self, sheet: str, key: str) -> list[str]:
        """List what stands in a column of another sheet."""
        return [str(row[key]) for row in self.rows_of(sheet) if key in row]


Maker = Callable[[SampleRow], Typed | None]
"""Makes one cell of a row; None leaves it blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleWords:
    """What a campaign says of the samples of one form.

    `rows` are the least and the most rows of a sheet of a lowest unit; `about` says of a sheet
    whose rows are about those of another one, about which of them. `cells` are words to choose
    from, or what makes the cell, by sheet and column.
    """

    rows: Mapping[str, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))
    about: Mapping[str, Condition] = field(default_factory=lambda: MappingProxyType({}))
    cells: Mapping[str, Mapping[str, Sequence[str] | Maker]] = field(
        default_factory=lambda: MappingProxyType({})
    )
