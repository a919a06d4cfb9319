"""What everything published stands on besides data is noticed: what shows it is made again, once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tiny.changing import Changing
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    IN_TIME_AGAIN,
    PROVINCE,
    TREE,
    WEST,
    sound,
    words,
)

pytestmark = pytest.mark.slow

LATER = IN_TIME.replace(hour=15)
"""Before the counties' deadline is over."""
_SAID = "会重新生成"


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Changing:
    """A workspace in which 东岸县 and its city have reported, before the period's deadline."""
    changing = Changing.make(tmp_path_factory.mktemp("changing"))
    for unit_id, walks in ((EAST, (500, 700)), (CITY, (200,))):
        changing.desk.drop(unit_id, changing.desk.fill(unit_id, sound(*walks)))
    changing.run()
    return changing


@pytest.fixture
def changing(reported: Changing, tmp_path: Path) -> Changing:
    """A copy of it."""
    return reported.copy(tmp_path)


def test_nothing_is_said_or_made_again_without_need(changing: Changing) -> None:
    """A pass with nothing changed says nothing of it, and no file is another one."""
    before = changing.desk.publications()
    assert _SAID not in changing.run(LATER)
    assert changing.desk.publications() == before


GUIDED = 'FORM = replace(FORM, guidance=("涉水作业须两人同行。",))'
RENAMED = """
from tests.tiny.forms import TALLY
sheets = tuple(replace(one, title="排口登记簿") if one.key == "outlets" else one for one in FORM.sheets)
FORM = replace(FORM, sheets=sheets)
"""
CAPTION = "FORM = replace(FORM, title='河湖巡查表')"
BOARDS = {f"{unit} 上报情况" for unit in (PROVINCE, CITY)}
ISSUED = {f"{unit.unit_id} 填报" for unit in TREE if unit.level != "乡"}
"""The townships' deadline is over by then: nobody hands them another."""
WORKBOOKS = ISSUED | {f"{name}样例" for name in ISSUED}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (GUIDED, WORKBOOKS),
        (RENAMED, WORKBOOKS | {f"{PROVINCE} 汇总表", f"{CITY} 汇总表"}),
        (CAPTION, WORKBOOKS | BOARDS),
    ],
)
def test_a_changed_declaration_is_in_what_shows_it(
    changing: Changing, change: str, expected: set[str]
) -> None:
    """Guidance is in the 填报 workbooks alone, a sheet's title above too; receipts stay as they are."""
    before = changing.desk.publications()
    changing.declare(change)
    assert changing.run(LATER).count(_SAID) == 1
    changed = changing.changed(before)
    assert changed == expected
    after = changing.desk.publications()
    assert _SAID not in changing.run(LATER), "it is said once"
    assert changing.desk.publications() == after


def test_a_changed_mask_is_in_the_workbooks_of_its_level_alone(changing: Changing) -> None:
    """A city that is to see names whole reads them; the province's workbook is not touched."""
    before = changing.desk.publications()
    assert "王安澜" not in words(changing.workbook(CITY))
    changing.adjust("privacy.city", '"排口台账.河长姓名" = "whole"')
    changing.run(LATER)
    assert changing.changed(before) == {f"{CITY} 汇总表"}
    assert "王安澜" in words(changing.workbook(CITY))


def test_a_new_number_to_call_is_on_the_cover(changing: Changing) -> None:
    """Whom to ask is printed on what is still to be filled; a file that a clerk began stays hers."""
    hers = changing.desk.issued(WEST)
    begun = hers.read_bytes() + b"\0"
    hers.write_bytes(begun)
    before = changing.desk.publications()
    settings = changing.desk.workspace.settings_file
    text = settings.read_text("utf-8")
    settings.write_text(
        re.sub(r"(?m)^phone = .*$", 'phone = "0530-5550000"', text, count=1), "utf-8"
    )
    assert "联系方式有变化" in changing.run(LATER)
    pages = {f"{unit.unit_id} 报送进度" for unit in TREE}
    assert changing.changed(before) - pages == ISSUED
    assert hers.read_bytes() == begun
    for path in (changing.desk.issued(EAST), hers.with_name(f"{hers.stem}_新.xlsx")):
        assert "咨询：" in words(path)
        assert "0530-5550000" in words(path)


def test_an_edited_board_is_on_every_board(changing: Changing) -> None:
    """The page's template, edited while nothing else happened, makes all boards anew and nothing else."""
    before = changing.desk.publications()
    page = changing.desk.workspace.templates / "board" / "上报情况.html"
    page.write_text(page.read_text("utf-8").replace("</h1>", "</h1>本页每日更新", 1), "utf-8")
    assert "上报情况模板有变化" in changing.run(LATER)
    assert changing.changed(before) == {f"{PROVINCE} 上报情况", f"{CITY} 上报情况"}


def test_a_closed_period_has_no_new_forms(changing: Changing) -> None:
    """Once its deadline is over nobody is handed another workbook for a period."""
    changing.run(IN_TIME_AGAIN)  # those who are not in are 逾期 by then
    before = changing.desk.publications()
    changing.declare(GUIDED)
    assert _SAID not in changing.run(IN_TIME_AGAIN)
    assert changing.desk.publications() == before


def test_what_a_person_changed_is_not_doubled_for_nothing(changing: Changing) -> None:
    """A file that a person wrote into gets no second one beside it that says what was said before."""
    mine = changing.workbook(CITY)
    mine.write_bytes(mine.read_bytes() + b"\0")
    page = changing.desk.workspace.templates / "board" / "上报情况.html"
    board = changing.desk.answer(CITY, "上报情况_上游市.html", "")
    board.write_text(board.read_text("utf-8") + "<!-- 已阅 -->", "utf-8")
    page.write_text(page.read_text("utf-8").replace("</h1>", "{# 只是备注 #}</h1>", 1), "utf-8")
    names = set(changing.desk.publications())
    assert "上报情况模板有变化" in changing.run(LATER)
    assert set(changing.desk.publications()) == names


def test_a_period_that_is_over_still_shows_the_change(changing: Changing) -> None:
    """What lies above is made again for closed periods too: nobody reads two kinds of it."""
    changing.declare(RENAMED)
    changing.run(IN_TIME_AGAIN)
    assert "排口登记簿" in words(changing.workbook(PROVINCE, FIRST))
