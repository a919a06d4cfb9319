"""Townships below one county, played over all four levels, while other counties report themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sheetflow.config.workspace import create_workspace
from sheetflow.periods import Period
from sheetflow.upkeep.purge import purge
from sheetflow.upkeep.remind import remind
from tests.tiny.desk import (
    ALL,
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    IN_TIME_AGAIN,
    NEXT_DAY,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    REEDS,
    SANDS,
    SECOND,
    SECOND_MONTH,
    SIGNED_AGAIN,
    SOUTH,
    TOWNSHIPS_DAY,
    TREE,
    Desk,
    body,
    head,
    patrols,
    settings_text,
    sound,
    table,
    tree_of,
    words,
)

pytestmark = pytest.mark.slow

WALKED = {unit_id: 10 ** (number % 4) * (number + 1) for number, unit_id in enumerate(ALL)}
"""How far each unit walked: no two sums are alike."""
ADDING = (PROVINCE, CITY, OTHER_CITY, SOUTH)
ABOVE_REEDS = (SOUTH, OTHER_CITY, PROVINCE)


def total(desk: Desk, unit_id: str, period: str = FIRST, column: str = "合计") -> object:
    """Give how far was walked in a unit's area, from its workbook."""
    rows = table(desk.answer(unit_id, "汇总表_", period), "巡河汇总（累计）", "代码")
    return next(row[column] for row in rows if row["代码"] == "H6")


def below(unit_id: str, walked: Mapping[str, int]) -> int:
    """Add up plainly what `walked` says of a unit and all below it."""
    return sum(walked[unit.unit_id] for unit in TREE.subtree(unit_id))


def reported(desk: Desk) -> Desk:
    """Let everybody report in time, townships too."""
    for unit_id, metres in WALKED.items():
        desk.drop(unit_id, desk.fill(unit_id, sound(metres)))
    assert desk.run(TOWNSHIPS_DAY).outcomes == {"accepted": len(ALL)}
    return desk


def test_each_level_reads_the_plain_sum(desk: Desk) -> None:
    """County, city and province read the sum of all below, once each, and of each part its own."""
    reported(desk)
    for unit_id in ADDING:
        assert total(desk, unit_id) == below(unit_id, WALKED)
        for child in TREE.children(unit_id):
            assert total(desk, unit_id, column=child.name) == below(child.unit_id, WALKED)
        assert total(desk, unit_id, column=f"{TREE[unit_id].name}本级") == WALKED[unit_id]
    for unit_id in (REEDS, SANDS, NORTH, EAST):
        assert not [name for name in desk.names(unit_id) if name.startswith("汇总表")]


@pytest.mark.slow
def test_a_townships_correction_reaches_everybody_above_and_nobody_else(desk: Desk) -> None:
    """County, city and province show the later figures and list them; the other city's stay as they lie."""
    reported(desk)
    before = desk.publications()
    desk.drop(REEDS, desk.fill(REEDS, sound(7)))
    desk.run(NEXT_DAY)
    walked = {**WALKED, REEDS: 7}
    assert {unit_id: total(desk, unit_id) for unit_id in ADDING} == {
        unit_id: below(unit_id, walked) for unit_id in ADDING
    }
    changed = {name for name, file in desk.publications().items() if before.get(name) != file}
    folders = {name.split("/")[0] for name in changed}
    assert folders == {TREE[unit_id].folder for unit_id in (REEDS, *ABOVE_REEDS)}
    for unit_id in ABOVE_REEDS:
        walks = table(desk.answer(unit_id, "汇总表_"), "巡河日志", "巡河日期")
        of_reeds = [row for row in walks if str(row["来源"]).startswith(f"{REEDS}-")]
        assert [(row["来源"], row["巡河里程（米）"]) for row in of_reeds] == [
            (f"{REEDS}-{FIRST}-2", 7)
        ]


def test_a_name_is_seen_as_declared_and_not_at_all_where_nothing_is(desk: Desk) -> None:
    """A city reads 王*; the province, and the county that the campaign says nothing of, none; who wrote it, all."""
    reported(desk)
    for unit_id, masked in ((SOUTH, False), (OTHER_CITY, True), (CITY, True), (PROVINCE, False)):
        told = words(desk.answer(unit_id, "汇总表_"))
        assert "王安澜" not in told
        assert ("王*" in told, "河长姓名" in told) == (masked, masked)
    desk.issue(SECOND, IN_TIME_AGAIN)
    assert "王安澜" in words(desk.issued(REEDS, SECOND))


def test_boards_go_down_to_the_townships(desk: Desk) -> None:
    """The county's board has its townships, the province's everybody; a deadline is the level's own."""
    for unit_id in (SANDS, SOUTH):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.run(TOWNSHIPS_DAY)
    desk.drop(REEDS, desk.fill(REEDS))
    desk.drop(NORTH, desk.fill(NORTH))
    desk.run(IN_TIME)
    states = {
        unit_id: {
            str(row["单位代码"]): row[list(row)[3]]
            for row in table(
                next(desk.out(unit_id).glob("上报情况_*.xlsx")), "上报情况", "单位代码"
            )
        }
        for unit_id in ABOVE_REEDS
    }
    assert states[SOUTH] == {SOUTH: "已接收", REEDS: "已接收（迟报）", SANDS: "已接收"}
    assert states[OTHER_CITY] == {OTHER_CITY: "未报", **states[SOUTH], NORTH: "已接收"}
    assert tuple(states[PROVINCE]) == ALL
    assert states[PROVINCE].items() > states[OTHER_CITY].items()


def test_each_superior_is_told_who_is_missing_below(desk: Desk) -> None:
    """A missing township is reminded, and county, city and province read of it by the unit below them."""
    desk.run(TOWNSHIPS_DAY)
    desk.ask(lambda context: remind(context, Period.parse(FIRST)), NEXT_DAY)
    desk.run(NEXT_DAY)
    assert any("催报" in str(mail["Subject"]) for mail in desk.mails(REEDS))
    lists = {
        unit_id: [
            line.strip()
            for mail in desk.mails(unit_id)
            for line in body(mail).splitlines()
            if line.startswith("  · ")
        ]
        for unit_id in ABOVE_REEDS
    }
    assert all(any("芦苇乡" in line for line in lines) for lines in lists.values()), lists


@pytest.mark.slow
def test_a_township_that_is_merged_counts_once_at_each_level(tmp_path: Path) -> None:
    """沙洲镇 takes over 芦苇乡 between two quarters: neither county, city nor province count it twice."""
    ended = replace(TREE[REEDS], valid_to=IN_TIME.date(), successor=SANDS)
    merged = tree_of(ended if unit.unit_id == REEDS else unit for unit in TREE)
    create_workspace(tmp_path / "work", merged, settings_text())
    desk = Desk(tmp_path / "work")
    desk.issue()
    reported(desk)
    desk.issue(SECOND, IN_TIME_AGAIN)
    rows = {"head": head(day=SIGNED_AGAIN), "patrols": patrols(30, month=SECOND_MONTH)}
    desk.drop(SANDS, desk.fill(SANDS, rows, period=SECOND))
    desk.run(IN_TIME_AGAIN)
    for unit_id in ABOVE_REEDS:
        assert total(desk, unit_id, SECOND) == below(unit_id, WALKED) + 30
        outlets = table(desk.answer(unit_id, "汇总表_", SECOND), "排口台账", "排口编号")
        keys = [row["排口编号"] for row in outlets]
        assert len(keys) == len(set(keys)) == 2 * len(TREE.subtree(unit_id))


@pytest.mark.slow
def test_a_purge_leaves_every_levels_figures(desk: Desk) -> None:
    """What a township's rows said of people goes on every level; the sums stay."""
    reported(desk)
    year_after = IN_TIME.replace(year=2013)
    done = desk.ask(lambda context: purge(context, year_after.date()), year_after)
    assert done.originals == len(ALL)
    desk.run(year_after)
    for unit_id in ADDING:
        assert total(desk, unit_id) == below(unit_id, WALKED)
        assert "王*" not in words(desk.answer(unit_id, "汇总表_"))


@pytest.mark.parametrize("unit_id", [REEDS, SOUTH])
def test_whoever_is_filled_in_for_another_is_held(desk: Desk, unit_id: str) -> None:
    """A township's workbook in its county's folder, or the other way round, is nobody's yet."""
    other = SOUTH if unit_id == REEDS else REEDS
    desk.drop(other, desk.fill(unit_id))
    desk.run(TOWNSHIPS_DAY)
    assert [entry.outcome for entry in desk.submissions(other)] == ["held"]
    assert desk.submissions(unit_id) == ()
