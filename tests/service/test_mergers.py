"""A unit that ends within the year: its successor goes on with its books, and nothing counts twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from sheetflow.config.workspace import create_workspace
from sheetflow.schemas.layout import FIRST_ROW
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    IN_TIME_AGAIN,
    SECOND,
    SECOND_MONTH,
    SIGNED_AGAIN,
    TREE,
    WEST,
    Desk,
    head,
    patrols,
    settings_text,
    sound,
    table,
    tree_of,
)

pytestmark = pytest.mark.slow

ENDED = IN_TIME.date() + dt.timedelta(days=30)
MERGED = tree_of(
    replace(unit, valid_to=ENDED, successor=WEST) if unit.unit_id == EAST else unit for unit in TREE
)
"""东岸县 ends in May, within the second period; 西岸县 answers for it from then on."""

BOTH = {f"{EAST}-P0001", f"{EAST}-P0002", f"{WEST}-P0001", f"{WEST}-P0002"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Both counties have reported the first period, each two outlets, one of them closed."""
    create_workspace(tmp_path / "work", MERGED, settings_text())
    desk = Desk(tmp_path / "work")
    desk.issue()
    for unit_id, metres in ((EAST, 500), (WEST, 70)):
        desk.drop(unit_id, desk.fill(unit_id, sound(metres)))
    desk.run()
    desk.issue(SECOND, IN_TIME_AGAIN)
    return desk


def consolidated(desk: Desk, period: str) -> tuple[set[object], dict[object, dict[str, object]]]:
    """The keys of the outlets that the city sees, and its statistics by code."""
    file = desk.answer(CITY, "汇总表_", period)
    keys = [line["排口编号"] for line in table(file, "排口台账", "排口编号")]
    assert len(keys) == len(set(keys))
    lines = {line["代码"]: line for line in table(file, "巡河汇总（累计）", "代码")}
    return set(keys), lines


def test_the_successors_workbook_holds_both_books(desk: Desk) -> None:
    """西岸县 finds its own outlets and 东岸县's, those with the old unit before their keys."""
    book = openpyxl.load_workbook(desk.issued(WEST, SECOND))
    keys = [book["排口台账"].cell(row, 1).value for row in range(FIRST_ROW, FIRST_ROW + 6)]
    book.close()
    assert keys[:4] == ["P0001", "P0002", f"{EAST}-P0001", f"{EAST}-P0002"]
    assert keys[4] == "P0003"
    assert not list(desk.out(EAST).glob(f"{SECOND}/填报_*"))


def test_until_it_reports_the_old_books_stand(desk: Desk) -> None:
    """With the successor's workbook still missing, both books count as they last were."""
    walk = [{**patrols(1, month=SECOND_MONTH)[0], "outlet": None}]
    rows = {"head": head(day=SIGNED_AGAIN), "patrols": walk}
    desk.drop(CITY, desk.fill(CITY, rows, period=SECOND))
    desk.run(IN_TIME_AGAIN)
    keys, lines = consolidated(desk, SECOND)
    assert keys == BOTH
    assert (lines["H1"]["合计"], lines["H2"]["合计"], lines["H6"]["合计"]) == (4, 2, 571)


def test_taken_over_books_count_once(desk: Desk) -> None:
    """Once the successor has reported, each outlet is there once, and none of them is a gain."""
    rows = {"head": head(day=SIGNED_AGAIN), "patrols": patrols(30, month=SECOND_MONTH)}
    desk.drop(WEST, desk.fill(WEST, rows, period=SECOND))
    desk.run(IN_TIME_AGAIN)
    assert desk.states(SECOND)[WEST] == "accepted"
    assert EAST not in desk.states(SECOND)
    keys, lines = consolidated(desk, SECOND)
    assert keys == BOTH
    assert (lines["H1"]["西岸县"], lines["H1"]["合计"]) == (4, 4)
    assert lines["H6"]["西岸县"] == 600
    current = table(desk.answer(CITY, "汇总表_", SECOND), "巡河汇总（本期）", "代码")
    gained = {line["代码"]: line["西岸县"] for line in current}
    assert (gained["H1"], gained["H2"], gained["H6"]) == (0, 0, 30)


def test_the_first_period_stays_as_it_was(desk: Desk) -> None:
    """What 东岸县 reported before its end stays in its own column."""
    keys, lines = consolidated(desk, FIRST)
    assert keys == BOTH
    assert (lines["H6"]["东岸县"], lines["H6"]["西岸县"]) == (500, 70)
