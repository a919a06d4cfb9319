"""A form that counties alone fill: nobody else is given it, reminded, counted or told late."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from sheetflow.consolidation.accepted import Accepted
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.consolidate import statistics
from sheetflow.errors import DeclarationError
from sheetflow.periods import Period
from sheetflow.upkeep.remind import remind
from tests.tiny.desk import (
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    NEXT_DAY,
    NORTH,
    PROVINCE,
    SOUTH,
    TOO_LATE,
    TREE,
    WEST,
    body,
    sound,
    table,
    words,
)
from tests.tiny.forms import PATROL_FORM
from tests.tiny.pair import COUNTIES, PAIR, PROBE_FORM, PairDesk, samples

BOARD, PAGE = "上报情况_清河省_水质抽检表.xlsx", "上报情况_清河省_水质抽检表.html"


@pytest.fixture
def desk(tmp_path: Path) -> PairDesk:
    """Both forms handed out, nothing dropped."""
    return PairDesk.begun(tmp_path / "work", "COUNTIES")


def test_only_units_of_its_levels_are_given_the_form(desk: PairDesk) -> None:
    """Cities and the province find no workbook of it in their folders."""
    for unit_id in (PROVINCE, CITY, EAST):
        names = desk.names(unit_id)
        issued = [name for name in names if name.startswith("填报") and PROBE_FORM.title in name]
        assert len(issued) == (unit_id == EAST)


def test_a_board_and_a_matrix_count_those_alone(desk: PairDesk) -> None:
    """Four counties are to report; no 本级 stands in the matrix, and no city is missing."""
    for unit_id in (EAST, WEST):
        desk.hand_in(unit_id, PROBE_FORM, samples(250))
    desk.run(IN_TIME)
    out = desk.out(PROVINCE)
    assert "应报4个单位，已报2个" in words(out / BOARD)
    page = (out / PAGE).read_text()
    assert "应报4个单位，已报2个" in page
    matrix = desk.answer(PROVINCE, f"汇总表_清河省_{FIRST_NAMED}_水质抽检表")
    (first,) = [row for row in table(matrix, "抽检汇总（本期）", "代码") if row["代码"] == "T3"]
    assert not [heading for heading in first if "本级" in str(heading)]
    assert "合计＝下级各单位，公式可核对" in words(matrix)
    assert first["合计"] == 500
    missing = words(out / BOARD)
    assert "南岸县" in missing
    grid = table(out / BOARD, "上报情况", "单位代码")
    assert [row["单位"] for row in grid] == [
        "上游市", "东岸县", "西岸县", "下游市", "南岸县", "北岸县",
    ]  # fmt: skip


def test_who_adds_up_counties_gets_a_sheet_though_cities_hand_in_nothing(
    desk: PairDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The province's 审核单 of the form says that nobody directly below fills it; the city's lists its counties."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "flag")
    desk.hand_in(EAST, PROBE_FORM, samples(250))
    desk.run(IN_TIME)
    (province,), (city,) = (
        desk.out(unit_id, FIRST).glob(f"审核单_*{PROBE_FORM.title}*.xlsx")
        for unit_id in (PROVINCE, CITY)
    )
    assert "没有直接下级填报这张表" in words(province)
    assert {row["单位"] for row in table(city, "下级情况", "编号")} >= {"东岸县", "西岸县"}
    desk.drop(PROVINCE, province.read_bytes(), province.name)
    desk.run(IN_TIME)
    mails = "".join(body(mail) for mail in desk.mails(PROVINCE))
    assert "没有一行填了“处理”" in mails


def test_a_matrix_of_the_other_form_has_its_own_row(desk: PairDesk) -> None:
    """The main form is filled by all levels as ever."""
    desk.hand_in(CITY, PATROL_FORM, sound(500))
    desk.run(IN_TIME)
    matrix = desk.answer(CITY, f"汇总表_上游市_{FIRST_NAMED}.xlsx")
    assert "上游市本级" in table(matrix, "巡河汇总（本期）", "代码")[0]
    assert "合计＝上游市本级＋下级各单位，公式可核对" in words(matrix)


def test_former_figures_are_told_where_there_is_no_own_row() -> None:
    """The first column is a city's then: a figure of its county that is 按原口径 is marked all the same."""
    form = PAIR.forms[1]
    books = Books(
        form=COUNTIES.by_key[form.key],
        tree=TREE,
        period=Period.parse(FIRST),
        accepted={
            (EAST, FIRST): Accepted(
                unit_id=EAST,
                period=FIRST,
                receipt=f"{EAST}-{FIRST}-1",
                figures={entry.code: 1 for entry in form.indicators},
                file_name="上报.xlsx",
                sha256="",
                accepted_at=IN_TIME,
                former=("T3",),
            )
        },
        attempts={},
        rows_of=lambda _sheet, _wanted: (),
    )
    assert statistics(books, TREE[PROVINCE]).former == {"T3": ("上游市",)}


def test_a_workbook_of_a_form_that_the_level_does_not_fill_is_told(desk: PairDesk) -> None:
    """A city that hands in a county's form is told who fills it, and nothing of it counts."""
    strange = desk.hand_in(EAST, PROBE_FORM, samples(250))
    content = strange.read_bytes()
    strange.unlink()
    desk.drop(CITY, content, "错放.xlsx")
    desk.run(IN_TIME)
    (held,) = desk.submissions(CITY)
    assert held.outcome == "held"  # it names another unit: that is asked first


def test_deadlines_are_the_forms_own(desk: PairDesk) -> None:
    """Ten working days for the second form, two for the main one: late is late by its own."""
    late = CITIES_DAY + dt.timedelta(days=2)
    desk.hand_in(EAST, PATROL_FORM, sound(500))
    desk.hand_in(EAST, PROBE_FORM, samples(250))
    desk.run(late)
    assert {entry.form: entry.late for entry in desk.submissions(EAST)} == {
        "patrol": True,
        "probe": False,
    }
    deadlines = [
        row["截止时间"] for row in table(desk.out(PROVINCE) / BOARD, "未报单位", "单位代码")
    ]
    assert {str(day)[:10] for day in deadlines} == {"2012-04-17"}


def test_only_those_who_fill_the_form_are_reminded(desk: PairDesk) -> None:
    """A reminder names its form; superiors hear who is missing of four counties."""
    for unit_id in (EAST, WEST, SOUTH):
        desk.hand_in(unit_id, PROBE_FORM, samples(250))
    desk.run(NEXT_DAY)
    desk.ask(lambda context: remind(context, Period.parse(FIRST)), TOO_LATE)
    desk.run(TOO_LATE)
    told = {
        (str(mail["To"]).partition("@")[0], "《水质抽检表》" in str(mail["Subject"]))
        for mail in desk.mails()
        if "催报" in str(mail["Subject"])
    }
    assert {who for who, other in told if other} == {f"river-{NORTH}"}
    assert f"river-{CITY}" in {who for who, other in told if not other}
    (list_of_missing,) = [
        body(mail)
        for mail in desk.mails(PROVINCE)
        if "《水质抽检表》" in str(mail["Subject"]) and "尚未完成报送" in str(mail["Subject"])
    ]
    assert "应报4个单位，已报3个，未报1个。" in list_of_missing
    assert "下游市：北岸县" in list_of_missing


@pytest.mark.slow
def test_what_was_accepted_before_a_level_left_the_form_still_counts(tmp_path: Path) -> None:
    """A city's figures do not vanish from the total because cities no longer fill the form."""
    desk = PairDesk.begun(tmp_path / "work")
    desk.hand_in(CITY, PROBE_FORM, samples(700))
    desk.run(IN_TIME)
    settings = desk.workspace.settings_file
    settings.write_text(settings.read_text().replace("pair:PAIR", "pair:COUNTIES"))
    desk.hand_in(EAST, PROBE_FORM, samples(50))
    desk.run(NEXT_DAY)
    matrix = desk.answer(PROVINCE, f"汇总表_清河省_{FIRST_NAMED}_水质抽检表")
    (row,) = [row for row in table(matrix, "抽检汇总（本期）", "代码") if row["代码"] == "T3"]
    assert row["合计"] == 750
    volumes = [row["水样（毫升）"] for row in table(matrix, "抽检记录", "水样（毫升）")]
    assert sorted(map(str, volumes)) == ["50", "700"]


def test_levels_that_the_campaign_has_not_are_refused() -> None:
    """A form for a level that is none would be handed out to nobody."""
    for changes in ({"levels": frozenset({"村"})}, {"working_days": {"国家": 3}}):
        with pytest.raises(DeclarationError, match="活动里没有这一级"):
            dataclasses.replace(
                PAIR, forms=(PATROL_FORM, dataclasses.replace(PROBE_FORM, **changes))
            )
