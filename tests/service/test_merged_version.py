"""A cover that asks only from its second version on who reports for a unit that ended within the period."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from sheetflow.config.workspace import create_workspace
from sheetflow.schemas.layout import STAMP_SHEET
from tests.service.test_merged_within import quarter
from tests.service.test_mergers import MERGED
from tests.tiny.desk import (
    EAST,
    IN_TIME_AGAIN,
    SECOND,
    WEST,
    Desk,
    cell,
    outlets,
    settings_text,
    sound,
    stamp_cell,
    words,
    write,
)
from tests.tiny.merging import LATER, LATER_NAME, LATEST_NAME

pytestmark = pytest.mark.slow


def _desk(root: Path, campaign: str) -> Desk:
    """Both counties have the first quarter's workbooks, of version 1; 东岸县 ends in the second."""
    create_workspace(root / "work", MERGED, settings_text(campaign=f'"{campaign}"'))
    desk = Desk(root / "work")
    desk.issue()
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id, sound(70)))
    desk.run()
    desk.issue(SECOND, IN_TIME_AGAIN)
    return desk


def _for_second(book: Workbook) -> None:
    """Say in a workbook of the first quarter that it is for the second."""
    book["巡查表头"][cell("head", "quarter")] = SECOND
    book[STAMP_SHEET][stamp_cell("period")] = SECOND


@pytest.mark.parametrize(("campaign", "owes"), [(LATER_NAME, True), (LATEST_NAME, False)])
def test_the_form_in_force_says_who_owes_it(tmp_path: Path, campaign: str, owes: bool) -> None:  # noqa: FBT001 - parametrized
    """东岸县 is expected where the quarter's own version asks; where only a later one does, 西岸县 goes on with its books."""
    desk = _desk(tmp_path, campaign)
    assert (EAST in desk.states(SECOND)) is owes
    assert (f"{EAST}-P0001" in words(desk.issued(WEST, SECOND))) is not owes


@pytest.mark.parametrize(
    ("campaign", "outcome"), [(LATER_NAME, "accepted"), (LATEST_NAME, "returned")]
)
def test_an_older_workbook_is_judged_by_it_too(tmp_path: Path, campaign: str, outcome: str) -> None:
    """东岸县's workbook of version 1, which has no such cell, is taken where it owes the quarter, and else not."""
    desk = _desk(tmp_path, campaign)
    old = next(desk.out(EAST, "2012Q1").glob("填报_*"))
    rows = {**quarter(30), "outlets": outlets("已封堵", "整治中")}
    target = desk.root.parent / "old.xlsx"
    desk.drop(EAST, write(old, target, rows, _for_second, LATER.forms), "第二季度.xlsx")
    desk.run(IN_TIME_AGAIN)
    assert desk.submissions(EAST)[-1].outcome == outcome
