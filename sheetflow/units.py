"""Who reports to whom.

This module owns units and their tree: parents, chains, administrative order. It
refuses to read files: `parse_units` takes rows as a workbook or CSV gave them.
Names are no keys (市中区 stands three times in Shandong); `unit_id` is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sheetflow.errors import UnitsError


class Level(StrEnum):
    """A unit's rung on the chain."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"

    @property
    def label(self) -> str:
        """The office's word: 省, 市 or 县."""
        return {"province": "省", "city": "市", "county": "县"}[self.value]

    @property
    def rank(self) -> int:
        """0 for the province, 2 for a county."""
        return list(Level).index(self)


_LEVELS = {
    "province": Level.PROVINCE,
    "prefecture": Level.CITY,
    "city": Level.CITY,
    "county": Level.COUNTY,
    "省": Level.PROVINCE,
    "市": Level.CITY,
    "县": Level.COUNTY,
}

UNIT_ID = re.compile(r"[0-9A-Za-z]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit: who it is, whom it reports to, where its mail goes, when it exists."""

    unit_id: str
    name: str
    level: Level
    parent: str | None = None
    division_code: str | None = None
    kind: str = ""
    mails: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    successor: str | None = None

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

    @classmethod
    def of(cls, units: Iterable[Unit]) -> UnitTree:
        """Tie `units` together; raise UnitsError naming every contradiction."""
        listed = list(units)
        faults = _faults(listed)
        if faults:
            raise UnitsError(faults)
        children: dict[str, list[str]] = {}
        for unit in listed:
            if unit.parent:
                children.setdefault(unit.parent, []).append(unit.unit_id)
        return cls(
            {unit.unit_id: unit for unit in listed},
            {parent: tuple(below) for parent, below in children.items()},
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

    def ancestor(self, unit_id: str, level: Level) -> Unit | None:
        """The unit of `level` on the chain of `unit_id`, itself included."""
        return next((unit for unit in self.chain(unit_id) if unit.level is level), None)


def parse_units(rows: Iterable[Mapping[str, object]]) -> UnitTree:
    """Read rows with the columns of ``units.xlsx`` (or of the NBS list) into a tree.

    Known columns: unit_id (or code), name, level, parent, division_code, kind, mails,
    valid_from, valid_to, successor. Raise UnitsError with one sentence for each fault.
    """
    units: list[Unit] = []
    faults: list[str] = []
    for number, row in enumerate(rows, start=2):
        cells = {key: _text(value) for key, value in row.items()}
        if not any(cells.values()):
            continue
        try:
            units.append(_unit(cells))
        except ValueError as error:
            faults.append(f"第{number}行：{error}")
    if faults:
        raise UnitsError(faults)
    return UnitTree.of(units)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value).strip()


def _unit(cells: Mapping[str, str]) -> Unit:
    unit_id = cells.get("unit_id") or cells.get("code", "")
    if not UNIT_ID.fullmatch(unit_id):
        raise ValueError(f"单位代码“{unit_id}”只能由字母和数字组成，且不能为空。请改正。")
    name = cells.get("name", "")
    if not name or re.search(r'[\\/:*?"<>|\x00-\x1f]', name):
        raise ValueError(f"单位 {unit_id} 的名称“{name}”为空或含有文件名不允许的字符。请改正。")
    level = _LEVELS.get(cells.get("level", ""))
    if level is None:
        raise ValueError(f"单位 {unit_id} 的级别“{cells.get('level', '')}”应为省、市或县。请改正。")
    division = cells.get("division_code") or cells.get("code") or ""
    return Unit(
        unit_id=unit_id,
        name=name,
        level=level,
        parent=cells.get("parent") or None,
        division_code=division or None,
        kind=cells.get("kind", ""),
        mails=_mails(unit_id, cells.get("mails", "")),
        valid_from=_day(unit_id, cells.get("valid_from", "")),
        valid_to=_day(unit_id, cells.get("valid_to", "")),
        successor=cells.get("successor") or None,
    )


_MAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")


def _mails(unit_id: str, text: str) -> tuple[str, ...]:
    mails = tuple(part for part in re.split(r"[\s,;，；、]+", text) if part)
    for mail in mails:
        if not _MAIL.fullmatch(mail):
            raise ValueError(f"单位 {unit_id} 的邮箱地址格式不对。请改正，多个地址用逗号分开。")
    return mails


def _day(unit_id: str, text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text[:10].replace("/", "-").replace(".", "-"))
    except ValueError:
        raise ValueError(
            f"单位 {unit_id} 的日期“{text}”应写成 2012-12-01 的样子。请改正。"
        ) from None


def _faults(units: list[Unit]) -> list[str]:
    by_id = {unit.unit_id: unit for unit in units}
    faults = []
    if len(by_id) < len(units):
        ids = [unit.unit_id for unit in units]
        faults += [
            f"单位代码 {unit_id} 出现了{ids.count(unit_id)}次。每个单位只能有一行。"
            for unit_id in by_id
            if ids.count(unit_id) > 1
        ]
    for unit in units:
        for tie, other in (("上级单位", unit.parent), ("撤并后归入的单位", unit.successor)):
            if other is not None and other not in by_id:
                faults.append(f"{unit.folder} 的{tie} {other} 不在名单里。请补上这一行或改正代码。")
    for tie in ("parent", "successor"):
        faults += _circles(by_id, tie)
    return faults


def _circles(units: Mapping[str, Unit], tie: str) -> list[str]:
    faults = []
    for start in units:
        seen = [start]
        current: str | None = getattr(units[start], tie)
        while current is not None and current in units and current not in seen:
            seen.append(current)
            current = getattr(units[current], tie)
        if current == start and start == min(seen):
            ring = " → ".join([*seen, start])
            faults.append(f"单位之间的隶属关系绕成了一个圈：{ring}。请改正其中一行。")
    return faults
