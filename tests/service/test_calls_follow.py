"""What stands on the list for the telephone and what the digest goes by follow what changes."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import pytest

from sheetflow.config.units_workbook import write_units
from sheetflow.context import Context
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.moved_deadlines import postponed_to
from sheetflow.schemas.review import Matter, NewDecision, Verdict
from sheetflow.service.deciding import record_decision
from sheetflow.service.digest import digests
from tests.tiny.desk import CITY, FIRST, OTHER_CITY, TREE, WEST, Desk, table, tree_of
from tests.tiny.forms import PATROL_FORM

BEGUN = dt.datetime(2012, 2, 20, 9, tzinfo=OFFICE_ZONE)
OPENS = dt.datetime(2012, 3, 1, 9, tzinfo=OFFICE_ZONE)
DAY_AFTER = dt.datetime(2012, 4, 6, 9, tzinfo=OFFICE_ZONE)
MOVED = dt.datetime(2012, 4, 13, 16, tzinfo=OFFICE_ZONE)


@pytest.fixture(autouse=True)
def _on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a workspace whose service has run since February."""
    desk = Desk.make(tmp_path / "work")
    desk.run(BEGUN)
    return desk


def listed(desk: Desk, unit_id: str) -> list[object]:
    """Read whom a superior is to ring."""
    found = table(desk.answer(unit_id, "电话催报单"), "电话催报单", "单位")
    return [row["单位"] for row in found]


def test_the_list_for_the_telephone_follows_a_unit_that_moves(desk: Desk) -> None:
    """A county under another city now is rung by that one, and stands on the old city's list no more."""
    desk.run(OPENS)
    desk.run(DAY_AFTER)
    assert "西岸县" in listed(desk, CITY)
    moved = replace(TREE[WEST], parent=OTHER_CITY)
    tree = tree_of(moved if unit.unit_id == WEST else unit for unit in TREE)
    file = desk.workspace.units_file
    before = file.stat().st_mtime_ns
    write_units(file, tree)
    os.utime(file, ns=(before + 10**9, before + 10**9))
    desk.run(DAY_AFTER + dt.timedelta(minutes=5))
    assert "西岸县" not in listed(desk, CITY)
    assert "西岸县" in listed(desk, OTHER_CITY)


def test_a_postponed_deadlines_day_has_its_afternoon_digest(desk: Desk) -> None:
    """The city whose counties have until that day alone hears at three who is still missing."""

    def names(context: Context) -> set[str]:
        return {task.name for task in digests(context, MOVED)}

    def postpone(context: Context) -> bool:
        decision = NewDecision(
            number=f"{CITY}-{FIRST}-延1",
            unit_id=CITY,
            by_unit=CITY,
            matter=Matter.POSTPONEMENT,
            verdict=Verdict.AGREE,
            form=PATROL_FORM.key,
            period=FIRST,
            about=postponed_to("县", MOVED),
        )
        return record_decision(context, decision)

    assert "digest.20120413.1500" not in desk.ask(names, MOVED)
    assert desk.ask(postpone, DAY_AFTER)
    assert "digest.20120413.1500" in desk.ask(names, MOVED)
