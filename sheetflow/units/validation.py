"""What contradicts itself in a list of units.

This module owns the rules about ties between units, one sentence for each fault. It
refuses to build anything: `tree` asks it first.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from sheetflow.units.levels import Levels
from sheetflow.units.unit import Unit

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
    known = {unit_id for _, unit_id in unread}
    for number, unit in rows:
        where = f"第{number}行：" if number else ""
        # A ring breaks other rules too; one sentence for one cause.
        ties = () if unit.unit_id in turning else _tie_faults(unit, by_id, known, ranks)
        faults += [where + fault for fault in (*ties, *_order_of_days(unit))]
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
    unit: Unit, units: Mapping[str, Unit], known: AbstractSet[str], ranks: Mapping[str, int]
) -> Iterator[str]:
    """Find what is wrong with the units that `unit` names, but for those only `known` to be.

    `ranks` are counted from the highest level on the list.
    """
    if unit.parent not in known - units.keys():
        yield from _parent_faults(unit, units, ranks)
    if unit.successor not in known - units.keys():
        yield from _successor_faults(unit, units)


def _order_of_days(unit: Unit) -> Iterator[str]:
    if unit.valid_from and unit.valid_to and unit.valid_from > unit.valid_to:
        yield f"{unit.folder} 的“失效日期”早于“生效日期”。请改正其中一个。"


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
