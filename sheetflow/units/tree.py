"""Who reports to whom: parents, chains, administrative order, successors.

This module owns the tree. It refuses to ask the clock: the day is handed in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sheetflow.errors import UnitsError
from sheetflow.units.levels import THREE_LEVELS, Levels
from sheetflow.units.unit import Unit
from sheetflow.units.validation import find_faults


@dataclass(frozen=True, slots=True)
class UnitTree:
    """All units in administrative order (the order of the list), with their ties."""

    units: Mapping[str, Unit]
    _children: Mapping[str, tuple[str, ...]] = field(repr=False)
    succeeded: tuple[Unit, ...] = field(repr=False)
    """The units that somebody takes over or has taken over: few, and asked for often."""
    levels: Levels = field(default=THREE_LEVELS, repr=False)

    @classmethod
    def of(
        cls, units: Iterable[Unit], rows: Sequence[int] = (), levels: Levels = THREE_LEVELS
    ) -> UnitTree:
        """Tie `units` of `levels` together; raise UnitsError naming every contradiction.

        `rows` are the numbers under which people see the units, for the sentences.
        """
        listed = list(units)
        faults = find_faults(list(zip(rows or [0] * len(listed), listed, strict=True)), levels)
        if faults:
            raise UnitsError(faults)
        children: dict[str, list[str]] = {}
        for unit in listed:
            if unit.parent:
                children.setdefault(unit.parent, []).append(unit.unit_id)
        return cls(
            {unit.unit_id: unit for unit in listed},
            {parent: tuple(below) for parent, below in children.items()},
            tuple(unit for unit in listed if unit.successor is not None),
            levels,
        )

    def __getitem__(self, unit_id: str) -> Unit:
        return self.units[unit_id]

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self.units

    def __iter__(self) -> Iterator[Unit]:
        return iter(self.units.values())

    def __len__(self) -> int:
        return len(self.units)

    @property
    def roots(self) -> tuple[Unit, ...]:
        """The units that report to nobody here."""
        return tuple(unit for unit in self if unit.parent is None)

    def children(self, unit_id: str) -> tuple[Unit, ...]:
        """The units that report straight to `unit_id`."""
        return tuple(self.units[below] for below in self._children.get(unit_id, ()))

    def subtree(self, unit_id: str) -> tuple[Unit, ...]:
        """`unit_id` itself and all below it, each unit before those below it."""
        found = [self.units[unit_id]]
        for child in self.children(unit_id):
            found.extend(self.subtree(child.unit_id))
        return tuple(found)

    def chain(self, unit_id: str) -> tuple[Unit, ...]:
        """`unit_id` itself and everyone above it, up to the root."""
        unit = self.units[unit_id]
        return (unit, *(self.chain(unit.parent) if unit.parent else ()))

    def first_adding(self, unit_id: str) -> Unit:
        """The first on the chain of `unit_id`, itself included, that others report to; the last where none is."""
        chain = self.chain(unit_id)
        return next((unit for unit in chain if self.children(unit.unit_id)), chain[-1])

    def rank(self, unit: Unit) -> int:
        """How far `unit`'s level is from the top one."""
        return self.levels.rank(unit.level)

    def ancestor(self, unit_id: str, level: str) -> Unit | None:
        """The unit of `level` on the chain of `unit_id`, itself included."""
        return next((unit for unit in self.chain(unit_id) if unit.level == level), None)

    def in_folder(self, name: str) -> Unit | None:
        """The unit whose inbox folder is called `name`."""
        unit = self.units.get(name.partition("-")[0])
        return unit if unit is not None and unit.folder == name else None

    def living_on(self, day: dt.date) -> tuple[Unit, ...]:
        """The units that exist on `day`.

        Asked for a period's last day, these are the units that must report for the
        period: one that ended within it is reported by its successor.
        """
        return tuple(unit for unit in self if unit.exists_on(day))

    def successor_on(self, unit_id: str, day: dt.date) -> Unit | None:
        """The unit that answers for `unit_id` on `day`: itself, or who took it over.

        None when it has not begun yet, or ended and nobody took it over.
        """
        unit = self.units[unit_id]
        while unit.valid_to is not None and unit.valid_to < day:
            if unit.successor is None:
                return None
            unit = self.units[unit.successor]
        return unit if unit.exists_on(day) else None

    def predecessors_on(self, unit_id: str, day: dt.date) -> tuple[Unit, ...]:
        """The ended units for which `unit_id` answers on `day`, in administrative order."""
        return tuple(
            unit
            for unit in self.succeeded
            if unit.unit_id != unit_id
            and (heir := self.successor_on(unit.unit_id, day)) is not None
            and heir.unit_id == unit_id
        )
