"""What is handed up as sums is never older than what it sums up, whatever changes and whatever fails."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import pytest

from sheetflow.config.units_workbook import write_units
from sheetflow.consolidation.consolidate import statistics
from sheetflow.context import Context
from sheetflow.errors import SheetflowError
from sheetflow.service import scopes
from sheetflow.service.nodes import Nodes
from sheetflow.service.publish import Making
from sheetflow.service.roll_up import Rollups
from sheetflow.store.records import Stale
from sheetflow.units import Unit
from tests.tiny.desk import (
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NEXT_DAY,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    REEDS,
    SANDS,
    SOUTH,
    TREE,
    WEST,
    Desk,
    sound,
    tree_of,
    words,
)

METRES = {EAST: 500, WEST: 700, SOUTH: 110, NORTH: 40, REEDS: 5, SANDS: 3, CITY: 1000}
AFTER_ALL = CITIES_DAY + dt.timedelta(days=5)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An office in which three below are too many: everybody but one city has reported."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    monkeypatch.setattr(scopes, "MOST_BELOW", 3)
    made = Desk.make(tmp_path / "work")
    made.issue()
    for unit_id, metres in METRES.items():
        made.drop(unit_id, made.fill(unit_id, sound(metres)))
    made.run(IN_TIME)
    return made


def list_again(desk: Desk, *units: Unit) -> None:
    """Change the list as somebody does in Excel: these units instead of those there."""
    changed = {unit.unit_id: unit for unit in units}
    file = desk.workspace.units_file
    before = file.stat().st_mtime_ns
    write_units(file, tree_of([changed.get(unit.unit_id, unit) for unit in TREE]))
    os.utime(file, ns=(before + 10**9, before + 10**9))


def plain_sums(desk: Desk, at: dt.datetime) -> dict[str, object]:
    """The province's figures and columns, with every single unit read."""

    def asked(context: Context) -> dict[str, object]:
        unit = context.tree[PROVINCE]
        books = Nodes(context).books(unit, context.campaign.main_form.key, FIRST, unit)
        found = statistics(books, unit)
        columns = [
            (each.heading, each.values, {*each.state.unpassed}, each.state.is_current)
            for each in found.columns
        ]
        return {"total": found.total, "columns": columns}

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scopes, "MOST_BELOW", 200)
        plainly = desk.ask(asked, at)
    assert desk.ask(asked, at) == plainly
    return plainly


def test_figures_go_up_as_each_deadline_passes(desk: Desk) -> None:
    """At the county's and at the city's deadline what waited counts above, without anybody reporting anew."""
    seen = [plain_sums(desk, IN_TIME)["total"]]
    for moment in (NEXT_DAY, CITIES_DAY, AFTER_ALL):
        desk.run(moment)
        seen.append(plain_sums(desk, moment)["total"])
    assert seen[0] != seen[1] != seen[3]


def test_one_that_failed_is_followed_once_it_is_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a city's papers fail once, the province's are made again after the next pass made the city's."""
    desk.run(AFTER_ALL)
    begin = Rollups.begin

    def failing(self: Rollups, mark: Stale) -> Making | None:
        if mark.unit_id == CITY:
            raise SheetflowError("this once")
        return begin(self, mark)

    desk.drop(EAST, desk.fill(EAST, sound(517)), "改.xlsx")
    monkeypatch.setattr(Rollups, "begin", failing)
    desk.run(AFTER_ALL + dt.timedelta(hours=1))
    monkeypatch.setattr(Rollups, "begin", begin)
    for hours in (2, 3):
        desk.run(AFTER_ALL + dt.timedelta(hours=hours))
    plain_sums(desk, AFTER_ALL)
    assert "2217" in words(desk.answer(PROVINCE, "汇总表"))


def test_a_county_that_changes_its_city_and_its_name_is_followed(desk: Desk) -> None:
    """Its figures stand under the city that it belongs to now, its new name in the province's papers."""
    desk.run(AFTER_ALL)
    moved = replace(TREE[WEST], parent=OTHER_CITY, name="西山县")
    list_again(desk, moved)
    desk.run(AFTER_ALL + dt.timedelta(hours=1))
    plain_sums(desk, AFTER_ALL)
    assert "西山县" in words(desk.answer(PROVINCE, "汇总表"))
    assert "西岸县" not in words(desk.answer(PROVINCE, "汇总表"))
