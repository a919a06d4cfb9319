"""Units: who reports to whom, who takes over whom, what they are called; and what contradicts itself in a list.

This module refuses to ask the clock (the day is handed in), and to choose one of several units of a name.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from sheetflow.errors import UnitsError
from sheetflow.units.levels import THREE_LEVELS, Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit: who it is, whom it reports to, where its mail goes, when it exists.

    `level` is the name of one of the campaign's levels.
    """

    unit_id: str
    name: str
    level: str
    parent: str | None = None
    division_code: str | None = None
    kind: str = ""
    mails: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    successor: str | None = None
    stand_in_mails: tuple[str, ...] = ()
    """Where its mail goes as well while somebody else sees to its reports (代办人)."""
    stand_in_from: dt.date | None = None
    stand_in_to: dt.date | None = None
    office_phone: str = ""
    """Its office's telephone, as those below may read it in mails."""

    def mails_on(self, day: dt.date) -> tuple[str, ...]:
        """Give where its mail goes on `day`: its own addresses, meanwhile those of its 代办人 too."""
        begun = self.stand_in_from is None or self.stand_in_from <= day
        stands = begun and (self.stand_in_to is None or day <= self.stand_in_to)
        return tuple(dict.fromkeys(self.mails + self.stand_in_mails * stands))

    @property
    def folder(self) -> str:
        """The name of its inbox and outbox folder: ``370102-历下区``."""
        return f"{self.unit_id}-{self.name}"

    def exists_on(self, day: dt.date) -> bool:
        """Whether the unit exists on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True, slots=True)
class UnitTree:
    """All units in administrative order (the order of the list), with their ties."""

    units: Mapping[str, Unit]
    _children: Mapping[str, tuple[str, ...]] = field(repr=False)
    succeeded: tuple[Unit, ...] = field(repr=False)
    """The units that somebody takes over or has taken over: few, and asked for often."""
    levels: Levels = field(default=THREE_LEVELS, repr=False)
    roots: tuple[Unit, ...] = field(default=(), repr=False)
    """The units that report to nobody here."""

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
            tuple(unit for unit in listed if unit.parent is None),
        )

    def __getitem__(self, unit_id: str) -> Unit:
        return self.units[unit_id]

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self.units

    def __iter__(self) -> Iterator[Unit]:
        return iter(self.units.values())

    def __len__(self) -> int:
        return len(self.units)

    def children(self, unit_id: str) -> tuple[Unit, ...]:
        """The units that report straight to `unit_id`."""
        return tuple(self.units[below] for below in self._children.get(unit_id, ()))

    def subtree(self, unit_id: str) -> tuple[Unit, ...]:
        """`unit_id` itself and all below it, each unit before those below it."""
        found = [self.units[unit_id]]
        for child in self.children(unit_id):
            found.extend(self.subtree(child.unit_id))
        return tuple(found)

    def only(self, kept: Iterable[str]) -> UnitTree:
        """The same tree with these units alone, all above them, and whoever took them over or was taken over by them."""
        wanted = self._with_chains(kept)
        while True:
            heirs = [heir for unit_id in wanted if (heir := self.units[unit_id].successor)]
            ended = [old.unit_id for old in self.succeeded if old.successor in wanted]
            tied = self._with_chains([*heirs, *ended])
            if tied <= wanted:
                break
            wanted |= tied
        if len(wanted) == len(self):
            return self
        return UnitTree(
            {unit_id: unit for unit_id, unit in self.units.items() if unit_id in wanted},
            {
                parent: tuple(below for below in self._children[parent] if below in wanted)
                for parent in wanted & self._children.keys()
            },
            tuple(unit for unit in self.succeeded if unit.unit_id in wanted),
            self.levels,
            tuple(unit for unit in self.roots if unit.unit_id in wanted),
        )

    def _with_chains(self, unit_ids: Iterable[str]) -> set[str]:
        return {above.unit_id for unit_id in unit_ids for above in self.chain(unit_id)}

    def chain(self, unit_id: str) -> tuple[Unit, ...]:
        """`unit_id` itself and everyone above it, up to the root."""
        unit = self.units[unit_id]
        return (unit, *(self.chain(unit.parent) if unit.parent else ()))

    def first_adding(self, unit_id: str) -> Unit:
        """The first on the chain of `unit_id`, itself included, that others report to; the last where none is."""
        chain = self.chain(unit_id)
        return next((unit for unit in chain if self.children(unit.unit_id)), chain[-1])

    def adds_up(
        self, unit: Unit, day: dt.date, fills: Callable[[str], bool] = lambda _level: True
    ) -> bool:
        """Whether others below `unit`, of levels that `fills`, report on `day` as well as itself."""
        return any(
            child.exists_on(day) and (fills(child.level) or self.adds_up(child, day, fills))
            for child in self.children(unit.unit_id)
        )

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

    def prolonged(self, ends: Mapping[str, dt.date]) -> UnitTree:
        """The same tree in which these units end on other days: until then they answer for themselves."""
        if not ends:
            return self
        moved = {key: replace(self.units[key], valid_to=day) for key, day in ends.items()}
        return replace(
            self,
            units={**self.units, **moved},
            succeeded=tuple(moved.get(unit.unit_id, unit) for unit in self.succeeded),
        )

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


_TIES = {"parent": "“上级单位代码”", "successor": "“撤并后归入”"}


Numbered = tuple[int, Unit]


def find_faults(
    rows: Sequence[Numbered], levels: Levels, unread: Sequence[tuple[int, str]] = ()
) -> list[str]:
    """Find every contradiction among `rows` (row number, 0 where unknown, and unit).

    `unread` are rows of which no more than the unit's id could be read: they are units all
    the same, so that nobody who names one is told that it is not there.
    """
    strange = [
        f"{unit.folder} 的“级别”{unit.level}应为{levels.listed}，请改正。"
        for _, unit in rows
        if unit.level not in levels
    ]
    if strange:
        return strange  # of units from elsewhere; a list's rows were read by the same names
    by_id = {unit.unit_id: unit for _, unit in rows}
    rings = {tie: _rings(by_id, tie) for tie in _TIES}
    turning = {unit_id for found in rings.values() for ring in found for unit_id in ring}
    highest = min((levels.rank(unit.level) for unit in by_id.values()), default=0)
    ranks = {unit.unit_id: levels.rank(unit.level) - highest for unit in by_id.values()}
    faults = _twice([*((number, unit.unit_id) for number, unit in rows), *unread])
    unsure = {unit_id for _, unit_id in unread} - by_id.keys()
    for number, unit in rows:
        where = f"第{number}行：" if number else ""
        # A ring breaks other rules too; one sentence for one cause.
        ties = () if unit.unit_id in turning else _tie_faults(unit, by_id, unsure, ranks)
        faults += [where + fault for fault in ties]
        if unit.valid_from and unit.valid_to and unit.valid_from > unit.valid_to:
            faults.append(f"{where}{unit.folder} 的“失效日期”早于“生效日期”。请改正其中一个。")
    for tie, found in rings.items():
        faults += [
            f"{_TIES[tie]}绕成了一个圈：{' → '.join([*ring, ring[0]])}。请改正其中一行。"
            for ring in found
        ]
    return faults


def _rings(units: Mapping[str, Unit], tie: str) -> list[list[str]]:
    rings = []
    for start in units:
        seen = [start]
        current: str | None = getattr(units[start], tie)
        while current is not None and current in units and current not in seen:
            seen.append(current)
            current = getattr(units[current], tie)
        if current == start and start == min(seen):
            rings.append(seen)
    return rings


def _twice(rows: Sequence[tuple[int, str]]) -> list[str]:
    # Folded: 36A and 36a would share a folder on a Windows share.
    counts = Counter(unit_id.casefold() for _, unit_id in rows)
    faults = []
    for folded, count in counts.items():
        if count > 1:
            same = sorted((number, name) for number, name in rows if name.casefold() == folded)
            numbers = "、".join(f"第{number}行" for number, _ in same if number)
            where = f"{numbers}：" if numbers else ""
            faults.append(
                f"{where}单位代码 {same[0][1]} 出现了{count}次（不分大小写）。"
                "每个单位只能有一行，请删去或改正。"
            )
    return faults


def _tie_faults(
    unit: Unit, units: Mapping[str, Unit], unsure: AbstractSet[str], ranks: Mapping[str, int]
) -> Iterator[str]:
    """Find what is wrong with the units that `unit` names, but for those `unsure`, whose rows were not read.

    `ranks` are counted from the highest level on the list.
    """
    if unit.parent not in unsure:
        yield from _parent_faults(unit, units, ranks)
    if unit.successor not in unsure:
        yield from _successor_faults(unit, units)


def _parent_faults(
    unit: Unit, units: Mapping[str, Unit], ranks: Mapping[str, int]
) -> Iterator[str]:
    if unit.parent is None:
        if ranks[unit.unit_id] > 0:
            yield f"{unit.folder} 没有填“上级单位代码”。只有名单里最高一级的单位可以不填，请补上。"
        return
    parent = units.get(unit.parent)
    if parent is None:
        yield f"{unit.folder} 的“上级单位代码”{unit.parent} 不在名单里。请补上这个单位或改正代码。"
    elif ranks[parent.unit_id] >= ranks[unit.unit_id]:
        yield (
            f"{unit.folder} 是{unit.level}级，不能隶属于{parent.level}级的"
            f" {parent.folder}。请改正“级别”或“上级单位代码”。"
        )
    elif parent.valid_to and (unit.valid_to is None or unit.valid_to > parent.valid_to):
        yield (
            f"{unit.folder} 的上级单位 {parent.folder} 已于 {parent.valid_to} 失效。"
            "请改填现在的“上级单位代码”，或填写本单位的“失效日期”。"
        )


def _successor_faults(unit: Unit, units: Mapping[str, Unit]) -> Iterator[str]:
    if unit.successor is None:
        return
    heir = units.get(unit.successor)
    if heir is None:
        yield f"{unit.folder} 的“撤并后归入”{unit.successor} 不在名单里。请补上这个单位或改正代码。"
    elif unit.valid_to is None:
        yield f"{unit.folder} 填了“撤并后归入”，却没有填“失效日期”。请补上（存在的最后一天）。"
    elif not heir.exists_on(unit.valid_to + dt.timedelta(days=1)):
        yield (
            f"{unit.folder} 失效时，归入的 {heir.folder} 并不存在。请改正两个单位的“生效日期”“失效日期”。"
        )
