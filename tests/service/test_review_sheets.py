"""The 审核单 in a superior's folder: when it is made, what stands in it, and what it follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from sheetflow.config.units_workbook import write_units
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.schemas.review import Matter, NewDecision, Verdict, number_of
from sheetflow.service.deciding import record_decision
from tests.tiny.desk import (
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    REEDS,
    SOUTH,
    TOO_LATE,
    TREE,
    WEST,
    Desk,
    Rows,
    patrols,
    sound,
    table,
    tree_of,
)

_LATER = dt.datetime(2012, 4, 6, 15)  # noqa: DTZ001 - the office's own time, as --at gives it
_WAITING = "待办"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """Give a workspace whose superiors are asked, everything issued."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    return desk


def _sheet(desk: Desk, unit_id: str) -> Path:
    (found,) = desk.out(unit_id, FIRST).glob("审核单_*.xlsx")
    return found


def _rows(desk: Desk, unit_id: str, title: str = _WAITING) -> list[dict[str, object]]:
    """Give the rows of a sheet that are about something, but for what the calendar proposes (建议延期)."""
    return _about(_sheet(desk, unit_id), title)


def _about(path: Path, title: str = _WAITING) -> list[dict[str, object]]:
    rows = [row for row in table(path, title, "编号") if row.get("事项") != "建议延期"]
    return [row for row in rows if str(row["编号"] or "").startswith("99")]


def _numbers(desk: Desk, unit_id: str, title: str = _WAITING) -> list[object]:
    return [row["编号"] for row in _rows(desk, unit_id, title)]


def _decide(
    desk: Desk,
    receipt: str,
    verdict: Verdict,
    matter: Matter = Matter.PASSING,
    by: str = CITY,
    at: dt.datetime = _LATER,
    **more: str,
) -> str:
    """Record a decision as a row of a 审核单 would; give its number."""
    unit_id = receipt.partition("-")[0]
    number = number_of(receipt, matter, 1, more.get("about", ""))
    decision = NewDecision(
        number=number,
        unit_id=unit_id,
        matter=matter,
        verdict=verdict,
        by_unit=by,
        form="patrol",
        period=FIRST,
        receipt=receipt,
        decider="王主任",
        opinion=more.get("opinion", ""),
        about=more.get("about", ""),
    )
    assert desk.ask(lambda context: record_decision(context, decision), at)
    return number


def test_everybody_above_others_gets_one_as_soon_as_workbooks_are_handed_out(office: Desk) -> None:
    """缓报 is granted before the deadline, so the sheet lies there before anybody has reported."""
    office.run()
    for unit_id in (PROVINCE, CITY, OTHER_CITY, SOUTH):
        assert _sheet(office, unit_id).is_file()
    assert not list(office.out(REEDS, FIRST).glob("审核单_*"))
    assert [row["单位"] for row in _rows(office, CITY, "下级情况")] == ["东岸县", "西岸县"]
    assert [row["单位"] for row in _rows(office, PROVINCE, "下级情况")] == [
        "上游市本级",
        "下游市本级",
    ]


def test_nobody_gets_one_where_nobody_is_asked(desk: Desk) -> None:
    """With policy none there is nothing to be let pass, and no 审核单."""
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    assert not list(desk.workspace.outbox.rglob("审核单_*"))


def test_what_is_accepted_waits_at_who_is_directly_above_and_nowhere_else(office: Desk) -> None:
    """The city decides about its county; the province reads nothing of it."""
    office.drop(EAST, office.fill(EAST))
    office.run()
    (row,) = _rows(office, CITY)
    assert (row["编号"], row["单位"], row["事项"]) == (f"{EAST}-{FIRST}-1-验1", "东岸县", "待验收")
    assert str(row["怎样办，结果怎样"]).startswith("同意：验收，数字随即报给清河省。")
    assert _rows(office, PROVINCE) == []
    assert _rows(office, OTHER_CITY) == []


def test_a_county_with_townships_decides_about_them(office: Desk) -> None:
    """The sheet goes by who stands above whom, not by names of levels."""
    office.drop(REEDS, office.fill(REEDS))
    office.run()
    assert _numbers(office, SOUTH) == [f"{REEDS}-{FIRST}-1-验1"]
    assert "县级未验收" in str(_rows(office, SOUTH)[0]["怎样办，结果怎样"])


def test_a_decision_leads_from_what_waits_to_what_was_decided(office: Desk) -> None:
    """What was let pass is listed with who did it, and may be taken back; it waits no longer."""
    office.drop(EAST, office.fill(EAST))
    office.run()
    number = _decide(office, f"{EAST}-{FIRST}-1", Verdict.AGREE)
    office.run(_LATER)
    assert _numbers(office, CITY) == []
    (row,) = _rows(office, CITY, "已处理")
    assert (row["编号"], row["决定人"], row["办理"]) == (number, "王主任", "同意")
    assert (row["办理以后"], row["撤销"]) == ("已验收。", None)
    below = _rows(office, CITY, "下级情况")[0]
    assert (below["验收"], below["验收人"]) == ("已验收", "王主任")


def test_what_changes_after_it_was_let_pass_waits_again_and_is_no_matter_of_course(
    office: Desk,
) -> None:
    """A corrected workbook says 验收后有变动, and 其余全部通过 does not cover it."""
    office.drop(EAST, office.fill(EAST))
    office.run()
    assert "可一并通过" in str(_rows(office, CITY)[0]["怎样办，结果怎样"])
    _decide(office, f"{EAST}-{FIRST}-1", Verdict.AGREE, at=IN_TIME)
    office.drop(EAST, office.fill(EAST, sound(700)))
    office.run()
    (row,) = _rows(office, CITY)
    assert row["编号"] == f"{EAST}-{FIRST}-2-验1"
    assert "验收后有变动" in str(row["内容"])
    assert "可一并通过" not in str(row["怎样办，结果怎样"])
    (decided,) = _rows(office, CITY, "已处理")
    assert (decided["办理以后"], decided["撤销"]) == (
        "已验收；以后又报了第2号，要另行验收。",
        "—",
    )


def test_what_is_in_doubt_says_what_it_is(office: Desk) -> None:
    """Another unit's workbook waits for its superior, with the reason, and two verdicts."""
    office.drop(EAST, office.fill(WEST))
    office.run()
    (row,) = _rows(office, CITY)
    assert row["事项"] == "待确认"
    assert "西岸县" in str(row["内容"])
    assert str(row["怎样办，结果怎样"]).startswith("同意：放行，按东岸县的报送重新审核。")


def test_a_question_from_two_levels_up_waits_in_the_sheet_between(office: Desk) -> None:
    """What the province asks about a county is 省级核实事项 of its city, by the level's own name."""
    office.drop(EAST, office.fill(EAST))
    office.run()
    asked = _decide(
        office,
        f"{EAST}-{FIRST}-1",
        Verdict.QUERY,
        Matter.LOOK,
        by=PROVINCE,
        opinion="里程是否含夜间巡查",
        about="H6",
    )
    office.run(_LATER)
    first = _rows(office, CITY)[0]
    assert first["事项"] == "省级核实事项"
    assert "清河省4月6日问" in str(first["内容"])
    assert "里程是否含夜间巡查" in str(first["内容"])
    assert _numbers(office, PROVINCE) == []
    assert _numbers(office, PROVINCE, "已处理") == [asked]


def test_a_question_that_waits_too_long_appears_at_who_asked(office: Desk) -> None:
    """Three working days after the city's own deadline the province sees that nothing was answered."""
    office.drop(EAST, office.fill(EAST))
    office.run()
    _decide(
        office,
        f"{EAST}-{FIRST}-1",
        Verdict.QUERY,
        Matter.LOOK,
        by=PROVINCE,
        opinion="请核",
        about="H6",
    )
    thursday = CITIES_DAY + dt.timedelta(days=3)
    office.run(thursday)
    assert _numbers(office, PROVINCE) == []
    office.run(thursday + dt.timedelta(days=1))
    (row,) = _rows(office, PROVINCE)
    assert row["事项"] == "省级核实事项（已过时限）"
    assert str(row["怎样办，结果怎样"]).startswith("办结：")


def test_a_copy_that_is_being_filled_stays(office: Desk) -> None:
    """Whatever the officer typed is hers: the new sheet goes beside it."""
    office.drop(EAST, office.fill(EAST))
    office.run()
    path = _sheet(office, CITY)
    _type(path, "决定人", "王主任")
    typed = path.read_bytes()
    office.drop(WEST, office.fill(WEST))
    office.run(_LATER)
    assert path.read_bytes() == typed
    beside = path.with_name(f"{path.stem}_新.xlsx")
    assert len(_about(beside)) == len(_about(path)) + 1


def _type(path: Path, header: str, word: str) -> None:
    book = openpyxl.load_workbook(path)
    page = book[_WAITING]
    lines = list(page.iter_rows())
    at = next(number for number, line in enumerate(lines) if line[0].value == "编号")
    column = [cell.value for cell in lines[at]].index(header)
    lines[at + 1][column].value = word
    book.save(path)


def test_the_same_state_is_not_published_twice(office: Desk) -> None:
    """A pass in which nothing happened leaves the sheets as they lie, to the byte."""
    office.drop(EAST, office.fill(EAST))
    office.run()
    before = office.publications()
    office.run(IN_TIME + dt.timedelta(minutes=5))
    assert office.publications() == before


def test_it_is_made_for_what_is_open_once_superiors_are_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever turns the setting on in the midst of a period gets the sheets with the next pass."""
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "required")
    desk.run()
    (row,) = _rows(desk, CITY)
    assert "没有验收的不上报" in str(row["怎样办，结果怎样"])


def _words(rows: Sequence[dict[str, object]], header: str) -> list[str]:
    return [str(row[header]) for row in rows]


def test_doubts_come_first_and_what_is_to_be_let_pass_last(office: Desk) -> None:
    """The order is the same whoever reported first."""
    office.drop(EAST, office.fill(EAST))
    office.run()
    office.drop(WEST, office.fill(EAST), name="错放.xlsx")
    office.run()
    assert _words(_rows(office, CITY), "事项") == ["待确认", "待验收"]


def _say(desk: Desk, unit_id: str, rows: Rows, said: str) -> None:
    """Hand in what is returned, and once more with `said` beside every finding."""
    desk.drop(unit_id, desk.fill(unit_id, rows))
    desk.run()
    returned = desk.answer(unit_id, "退回_")
    book = openpyxl.load_workbook(returned)
    for row in book["问题清单"].iter_rows(min_row=FIRST_ROW):
        row[-1].value = said
    answered = desk.root.parent / "再报.xlsx"
    book.save(answered)
    desk.drop(unit_id, answered)
    desk.run()


def test_an_explained_finding_stands_in_words(office: Desk) -> None:
    """The officer reads the finding and what the county says to it, and it is not let pass by the way."""
    early = [{**walk, "walked_on": dt.date(2011, 12, 20)} for walk in patrols(500)]
    _say(office, EAST, {**sound(), "patrols": early}, "年前已约好，补记")
    (row,) = _rows(office, CITY)
    assert row["事项"] == "待验收"
    assert "情况说明1处。《巡河日志》" in str(row["内容"])
    assert "说明：年前已约好，补记。" in str(row["内容"])
    assert "可一并通过" not in str(row["怎样办，结果怎样"])


def test_a_hard_finding_that_its_unit_explains_is_asked_to_pass(office: Desk) -> None:
    """申请放行 says which finding, where, and why; 同意 says what it does."""
    far = patrols(40_000, means="步行")
    _say(office, EAST, {**sound(), "patrols": far}, "三人接力，合计里程")
    (row,) = _rows(office, CITY)
    assert row["事项"] == "申请放行"
    assert "步行巡河里程为40000米" in str(row["内容"])
    assert "单位的情况说明：三人接力，合计里程。" in str(row["内容"])
    assert str(row["怎样办，结果怎样"]).startswith("同意：这条意见不用再改")
    assert row["答复文件"] == "退回第2号"


def test_what_agreeing_does_is_said_as_things_stand(office: Desk) -> None:
    """Once the city's own deadline is over its figures are up already: 同意 takes the remark away."""
    office.drop(EAST, office.fill(EAST))
    office.run()
    office.run(TOO_LATE)
    (row,) = _rows(office, CITY)
    assert str(row["怎样办，结果怎样"]).startswith(
        "同意：验收，报给清河省的数字不再注明“市级未验收”。"
    )


def test_it_follows_the_list_of_units(office: Desk) -> None:
    """A county that goes to another city is decided about there from then on, what waits included."""
    office.drop(EAST, office.fill(EAST))
    office.run()
    moved = (replace(unit, parent=OTHER_CITY) if unit.unit_id == EAST else unit for unit in TREE)
    write_units(office.workspace.units_file, tree_of(moved))
    office.run(_LATER)
    assert _numbers(office, CITY) == []
    assert _numbers(office, OTHER_CITY) == [f"{EAST}-{FIRST}-1-验1"]
    assert [row["单位"] for row in _rows(office, CITY, "下级情况")] == ["西岸县"]


def test_a_merged_unit_is_decided_about_by_who_is_above_its_successor(office: Desk) -> None:
    """What an ended county handed in waits at the city of the county that took it over."""
    office.drop(EAST, office.fill(EAST))
    office.run()
    ended = (
        replace(unit, valid_to=IN_TIME.date(), successor=NORTH) if unit.unit_id == EAST else unit
        for unit in TREE
    )
    write_units(office.workspace.units_file, tree_of(ended))
    office.run(_LATER)
    assert _numbers(office, OTHER_CITY) == [f"{EAST}-{FIRST}-1-验1"]
    assert _numbers(office, CITY) == []
