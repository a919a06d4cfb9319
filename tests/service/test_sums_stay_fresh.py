"""What is handed up as sums is never older than what it sums up, whatever changes and whatever fails."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document

from sheetflow.config.units_workbook import write_units
from sheetflow.consolidation.consolidate import statistics
from sheetflow.consolidation.states import Tally
from sheetflow.context import Context
from sheetflow.errors import SheetflowError
from sheetflow.service import consolidated, scopes
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
    SIGNED,
    SOUTH,
    TREE,
    WEST,
    Desk,
    head,
    sound,
    tree_of,
    words,
)
from tests.tiny.reported import ReportedDesk, telling

METRES = {EAST: 500, WEST: 700, SOUTH: 110, NORTH: 40, REEDS: 5, SANDS: 3, CITY: 1000}
AFTER_ALL = CITIES_DAY + dt.timedelta(days=5)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An office in which three below are too many: everybody but one city has reported."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    monkeypatch.setattr(scopes, "MOST_BELOW", 3)
    return reported(tmp_path)


def reported(folder: Path) -> Desk:
    """Make it."""
    made = Desk.make(folder / "work")
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


def test_who_is_late_is_counted_where_nobody_below_ever_sent_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A city of which nothing came, and that was handed out nothing here, stands with its 逾期 above, as plainly."""
    monkeypatch.setattr(scopes, "MOST_BELOW", 3)
    elsewhere, desk = Desk.make(tmp_path / "elsewhere"), Desk.make(tmp_path / "work")
    elsewhere.issue()
    desk.drop(EAST, elsewhere.fill(EAST))
    desk.run(IN_TIME)
    for days in (0, 1, 2):
        desk.run(AFTER_ALL + dt.timedelta(days=days))

    def overdue(context: Context) -> int:
        unit = context.tree[PROVINCE]
        books = Nodes(context).books(unit, context.campaign.main_form.key, FIRST, unit)
        return Tally.of(books.board_row(one) for one in books.expected(unit)).overdue

    counted = desk.ask(overdue, AFTER_ALL)
    monkeypatch.setattr(scopes, "MOST_BELOW", 200)
    assert counted == desk.ask(overdue, AFTER_ALL) == len(TREE) - 1


def test_a_deadline_that_changes_no_figure_makes_no_workbook_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all that was handed in counts already, a city that is late by then shows on the board alone."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "none")
    monkeypatch.setattr(scopes, "MOST_BELOW", 3)
    desk = reported(tmp_path)
    desk.run(CITIES_DAY)
    before = desk.answer(PROVINCE, "汇总表").stat().st_ino
    assert "（逾期1个）" not in words(next(desk.out(PROVINCE).glob("上报情况_*.xlsx")))
    desk.run(CITIES_DAY + dt.timedelta(days=1))
    assert "逾期1个）" in words(next(desk.out(PROVINCE).glob("上报情况_*.xlsx")))
    assert desk.answer(PROVINCE, "汇总表").stat().st_ino == before


def test_what_may_be_seen_no_longer_is_handed_up_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stricter [privacy] takes back the words that a province had been handed up before."""
    monkeypatch.setattr(scopes, "MOST_BELOW", 3)
    desk = ReportedDesk.begun(tmp_path / "work")
    said = "东岸县组织志愿者沿河清理垃圾三十余吨，请求上级支持清淤经费五万元。"
    desk.drop(EAST, desk.fill(EAST, telling(said, 500)))
    desk.run(IN_TIME)
    desk.run(AFTER_ALL)

    def told() -> str:
        papers = [*desk.out(PROVINCE, FIRST).glob("*.docx")]
        return "".join(p.text for path in papers for p in Document(str(path)).paragraphs)

    assert said in told()
    settings = desk.workspace.settings_file
    text = settings.read_text("utf-8")
    head_line = "[privacy.province]\n"
    assert head_line in text
    text = text.replace(head_line, head_line + '"巡查文字.巡查小结" = "left_out"\n')
    settings.write_text(text, "utf-8")
    desk.run(AFTER_ALL + dt.timedelta(hours=1))
    assert said not in told()


def test_corrections_are_listed_where_rows_are_too_many(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """更正表 names what a county directly below corrected, whether its rows stand in the workbook or beside it."""
    desk.run(AFTER_ALL)
    desk.drop(NORTH, desk.fill(NORTH, {**sound(41), "head": head(day=SIGNED)}), "更正.xlsx")
    desk.run(AFTER_ALL + dt.timedelta(hours=1))
    listed = words(desk.answer(OTHER_CITY, "汇总表"))
    assert "更正表" in listed
    monkeypatch.setattr(consolidated, "MOST_ROWS", 3)
    desk.drop(SANDS, desk.fill(SANDS, sound(4)), "再报.xlsx")
    desk.run(AFTER_ALL + dt.timedelta(hours=2))
    book = words(desk.answer(OTHER_CITY, "汇总表"))
    assert "明细目录" in book
    assert "更正表" in book
    assert "990202-2012Q1-2" in book


def test_a_county_that_changes_its_city_and_its_name_is_followed(desk: Desk) -> None:
    """Its figures stand under the city that it belongs to now, its new name in the province's papers."""
    desk.run(AFTER_ALL)
    moved = replace(TREE[WEST], parent=OTHER_CITY, name="西山县")
    list_again(desk, moved)
    desk.run(AFTER_ALL + dt.timedelta(hours=1))
    plain_sums(desk, AFTER_ALL)
    assert "西山县" in words(desk.answer(PROVINCE, "汇总表"))
    assert "西岸县" not in words(desk.answer(PROVINCE, "汇总表"))
