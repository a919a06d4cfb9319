"""The lists of units that the package brings along, and the one that a new workspace begins with."""

from __future__ import annotations

from pathlib import Path

from sheetflow.config.units_file import read_units
from sheetflow.errors import WorkspaceError
from sheetflow.units import THREE_LEVELS, Levels, Unit, UnitTree

_PACKAGED = Path(__file__).resolve().parents[1] / "defaults" / "units"


def first_units(levels: Levels) -> UnitTree:
    """Give the list that a new workspace begins with: the packaged one where its units have these levels."""
    usual = levels.names == THREE_LEVELS.names
    return read_units(default_units(), levels) if usual else made_up_units(levels)


def made_up_units(levels: Levels) -> UnitTree:
    """Give a list to begin with that is nobody's: a name for each, and below each two of the next level."""
    units: list[Unit] = []
    above: list[Unit] = []
    for spec in levels:
        rank: list[tuple[Unit | None, int]] = [(None, 1)]
        if above:
            rank = [(parent, number) for parent in above for number in (1, 2)]
        above = [
            Unit(
                unit_id=f"{parent.unit_id if parent else ''}{number:02}",
                name=f"示例{spec.name}{count if len(rank) > 1 else ''}",
                level=spec.name,
                parent=parent.unit_id if parent else None,
            )
            for count, (parent, number) in enumerate(rank, start=1)
        ]
        units += above
    return UnitTree.of(units, levels=levels)


def default_units(name: str = "shandong-2012") -> Path:
    """Give the packaged list of units called `name`, a CSV file; see `unit_lists`."""
    listed = _PACKAGED / f"units-{name}.csv"
    if not listed.is_file():
        known = "、".join(unit_lists())
        raise WorkspaceError(f"没有名为“{name}”的内置单位名单。可用的有：{known}。")
    return listed


def unit_lists() -> tuple[str, ...]:
    """Name the packaged lists of units."""
    found = _PACKAGED.glob("units-*.csv")
    return tuple(sorted(path.stem.removeprefix("units-") for path in found))
