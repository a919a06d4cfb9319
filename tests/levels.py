"""The second campaign on other chains: townships below counties, a country above provinces, two levels.

And an uneven one, where units that nobody reports to stand on every level but the top.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from sheetflow.config.settings_file import default_settings_text
from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.context import open_context
from sheetflow.periods import Period
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.sheets import RollUp
from sheetflow.service.one_pass import PassReport, run_pass
from sheetflow.units import Levels, Unit, UnitTree
from sheetflow.units.levels import CITY, COUNTY, NATION, PROVINCE, TOWNSHIP
from sheetflow.upkeep.remind import issue_workbooks
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.desk import FIRST, IN_TIME, ISSUED, settings_text, sound, write

FOUR = replace(CAMPAIGN, levels=Levels((PROVINCE, CITY, COUNTY, TOWNSHIP)))
"""省 市 县 乡."""
FOUR_NAME = "tests.levels:FOUR"
NATIONAL = replace(CAMPAIGN, levels=Levels((NATION, PROVINCE, CITY, COUNTY)))
"""国家 省 市 县."""
NATIONAL_NAME = "tests.levels:NATIONAL"
TWO = replace(CAMPAIGN, levels=Levels((PROVINCE, CITY)))
"""省 市."""
TWO_NAME = "tests.levels:TWO"
_LISTING = tuple(
    replace(sheet, roll_up=RollUp.LISTED) if sheet.key == "outlets" else sheet
    for sheet in CAMPAIGN.main_form.sheets
)
UNEVEN = replace(
    CAMPAIGN,
    forms=(replace(CAMPAIGN.main_form, sheets=_LISTING, own_work="只填本机关的巡查，不含下级。"),),
)
"""省 市 县 乡; whoever is the first to add up a unit lists its outlets."""
UNEVEN_NAME = "tests.levels:UNEVEN"

_NATION = (
    ("00", "全国", "国家", None),
    ("11", "北河省", "省", "00"),
    ("1101", "上游市", "市", "11"),
    ("110101", "东岸县", "县", "1101"),
    ("110102", "西岸县", "县", "1101"),
    ("12", "南河省", "省", "00"),
    ("1201", "下游市", "市", "12"),
    ("120101", "东岸县", "县", "1201"),
    ("120001", "直管县", "县", "12"),
)
"""Two provinces; one county reports straight to its province, and one name stands twice."""
_TOWNSHIPS = (
    ("99", "清河省", "省", None),
    ("9901", "上游市", "市", "99"),
    ("990101", "东岸县", "县", "9901"),
    ("990101001", "柳树乡", "乡", "990101"),
    ("990101002", "石桥镇", "乡", "990101"),
    ("990102", "西岸县", "县", "9901"),
    ("990102001", "白沙乡", "乡", "990102"),
)
_TWO_LEVELS = (
    ("99", "清河省", "省", None),
    ("9901", "上游市", "市", "99"),
    ("9902", "下游市", "市", "99"),
)
_UNEVEN = (
    ("99", "清河省", "省", None),
    ("9901", "上游市", "市", "99"),
    ("990101", "东岸县", "县", "9901"),
    ("990101001", "柳树乡", "乡", "990101"),
    ("990102", "西岸县", "县", "9901"),
    ("9902", "下游市", "市", "99"),
    ("9903", "湖心市", "市", "99"),
    ("990300001", "荷花镇", "乡", "9903"),
    ("999001", "直管县", "县", "99"),
    ("999002", "河口县", "县", "99"),
    ("999002001", "滩头乡", "乡", "999002"),
    ("999900001", "飞地乡", "乡", "99"),
)
"""A city without counties, one with a township, counties and a township right below the province."""


def tree_of(campaign: Campaign, listed: Iterable[tuple[str, str, str, str | None]]) -> UnitTree:
    """Tie units of the campaign's levels together."""
    units = (
        Unit(
            unit_id=unit_id,
            name=name,
            level=level,
            parent=parent,
            mails=(f"river-{unit_id}@mail.example",),
        )
        for unit_id, name, level, parent in listed
    )
    return UnitTree.of(units, levels=campaign.levels)


CHAINS = {
    "national": (NATIONAL_NAME, tree_of(NATIONAL, _NATION)),
    "townships": (FOUR_NAME, tree_of(FOUR, _TOWNSHIPS)),
    "uneven": (UNEVEN_NAME, tree_of(UNEVEN, _UNEVEN)),
    "two": (TWO_NAME, tree_of(TWO, _TWO_LEVELS)),
}
"""The campaign's name and its units."""


def walked(unit_id: str) -> int:
    """How far the unit has walked: another number for each, so that no sum comes by chance."""
    return 1 + int(unit_id) % 9973


@dataclass(frozen=True)
class Chain:
    """A workspace of the second campaign on one of `CHAINS`."""

    workspace: Workspace
    tree: UnitTree

    @classmethod
    def make(cls, root: Path, chain: str, **settings: str) -> Chain:
        """Make it, and hand out the first period's workbooks."""
        name, tree = CHAINS[chain]
        text = settings_text(default_settings_text(tree.levels), campaign=f'"{name}"', **settings)
        workspace = create_workspace(root, tree, text)
        made = cls(workspace, tree)
        with open_context(root, ISSUED) as context:
            assert issue_workbooks(context, context.form(""), Period.parse(FIRST)) == len(tree)
        return made

    def drop(self, *unit_ids: str) -> None:
        """Let units report, by default all of them."""
        for unit_id in unit_ids or tuple(self.tree.units):
            unit = self.tree[unit_id]
            (issued,) = self.workspace.outbox_of(unit, FIRST).glob("填报_*.xlsx")
            target = self.workspace.inbox_of(unit) / "上报.xlsx"
            write(issued, target, sound(walked(unit_id)))

    def run(self, at: dt.datetime = IN_TIME) -> PassReport:
        """One pass of the service."""
        with open_context(self.workspace.root, at) as context:
            return run_pass(context)

    def consolidated(self, unit_id: str) -> Path:
        """The workbook of everything below a unit."""
        (found,) = self.workspace.outbox_of(self.tree[unit_id], FIRST).glob("汇总表_*.xlsx")
        return found

    @property
    def adding(self) -> tuple[Unit, ...]:
        """The units that others report to."""
        return tuple(unit for unit in self.tree if self.tree.children(unit.unit_id))
