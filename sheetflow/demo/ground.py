"""What a demo is played on: which campaign, which units of it, which periods, and their new workspace.

The built-in campaign and its packaged units, or a campaign workbook with the list that lies beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from sheetflow.config.first_units import default_units, first_units
from sheetflow.config.settings_file import default_settings_text
from sheetflow.config.units_file import read_units
from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.context.opening import read_given
from sheetflow.durable import replace_file
from sheetflow.errors import WorkspaceError
from sheetflow.periods import Period
from sheetflow.schemas.campaign import Campaign
from sheetflow.units import Unit, UnitTree
from sheetflow.upkeep.campaign_file import read_campaign_workbook
from sheetflow.upkeep.campaign_use import found_workspace, wanted

_PERIODS = (Period.parse("2012B1"), Period.parse("2012B2"))
_YEAR = 2012
"""The year in which a campaign plays that names no first period."""
_UNITS = "units.xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a province plays: its first units of the lowest level (`counties`) or of the next (`cities`).

    None: all. `rows` is about how many rows the longest book of a lowest unit has, `periods` how many are
    played; `papers` tells whether what is handed in once, with papers beside it, is played too.
    """

    counties: int | None = None
    cities: int | None = None
    rows: int = 30
    periods: int = len(_PERIODS)
    papers: bool = True


@dataclass(frozen=True, slots=True)
class Ground:
    """The units that play, and their periods from the first on."""

    tree: UnitTree
    periods: tuple[Period, ...]


def lay_ground(root: Path, size: Size, file: Path | None = None) -> Ground:
    """Make the workspace at `root`, of a campaign workbook or of the built-in campaign.

    Raise WorkspaceError where one is there, RequestError for a workbook with faults.
    """
    if Workspace(root).settings_file.exists():
        raise WorkspaceError(f"{root} 里已有一个工作文件夹。演示请换一个空文件夹。")
    if file is None:
        tree = _some(read_units(default_units()), size)
        create_workspace(root, tree, _hasty(default_settings_text()))
        return Ground(tree, _PERIODS[: size.periods])
    definition = read_campaign_workbook(file)
    campaign = wanted(definition)
    listed = file.absolute().with_name(_UNITS)
    levels = campaign.levels
    tree = read_given(listed, levels) if listed.is_file() else first_units(levels)
    tree = _some(tree, size)
    replace_file(Workspace(root).settings_file, _hasty(default_settings_text(levels, "")).encode())
    found_workspace(root, definition, tree)
    return Ground(tree, _first_periods(campaign, size.periods))


def nearest_above(tree: UnitTree, count: int | None = None) -> list[Unit]:
    """Give the first units of the level that adds up first: cities above counties."""
    return [unit for unit in tree if unit.level == tree.levels.nearest.name][:count]


def _hasty(settings: str) -> str:
    """Nobody here takes ten seconds to save a file."""
    return re.sub(r"(?m)^quiet_seconds = .*$", "quiet_seconds = 1", settings)


def _some(tree: UnitTree, size: Size) -> UnitTree:
    """Give the first units of a list with made-up addresses, and all above them."""
    above = nearest_above(tree, size.cities)
    below = [unit for top in above for unit in tree.subtree(top.unit_id)]
    chosen = [unit for unit in below if unit.level == tree.levels.lowest.name][: size.counties]
    kept = {one.unit_id for unit in chosen for one in tree.chain(unit.unit_id)}
    return UnitTree.of(
        _addressed(unit for unit in tree if unit.unit_id in kept), levels=tree.levels
    )


def _addressed(units: Iterable[Unit]) -> Iterable[Unit]:
    return (replace(unit, mails=(f"fulian-{unit.unit_id}@mail.example",)) for unit in units)


def _first_periods(campaign: Campaign, count: int) -> tuple[Period, ...]:
    """Give the first periods of the main form in the year in which it begins."""
    form = campaign.main_form
    told = form.first_period or (campaign.versions[0].first_period if campaign.versions else "")
    first = form.period(told).first_day if told else None
    year = first.year if first else _YEAR
    periods = form.periods_of(year)
    return tuple(one for one in periods if first is None or one.last_day >= first)[:count]
