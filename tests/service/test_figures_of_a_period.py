"""待办 offers the figures that the period's version of the form has, and no other."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from sheetflow.consolidation.review_sheet import INDICATOR, PROPOSED
from sheetflow.schemas.layout import STAMP_SHEET
from tests.tiny.desk import CITY, EAST, IN_TIME, WEST, Desk, table
from tests.tiny.later import LATER_FIGURE, LATER_FIGURE_NAME, MORE
from tests.tiny.officer import Officer


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Officer:
    """Two counties have reported the first quarter, whose version lacks the last figure."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "work", campaign=f'"{LATER_FIGURE_NAME}"')
    desk.issue()
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.run()
    return Officer(desk, CITY)


def results(city: Officer) -> list[tuple[object, object]]:
    """Drop the sheet; give what became of each row, and in which words."""
    city.signs().drops()
    city.desk.run(IN_TIME)
    rows = table(city.results[-1], "办理结果", "序号")
    return [(row["结果"], row["说明"]) for row in rows]


def test_a_figure_of_a_later_version_is_not_offered(city: Officer) -> None:
    """The hidden list has the six figures of the first version; the seventh, typed all the same, is refused."""
    book = openpyxl.load_workbook(city.sheet)
    listed = {str(cell.value) for row in book[STAMP_SHEET].iter_rows() for cell in row}
    book.close()
    assert {"H1 登记排口", "H6 巡河里程"} <= listed
    assert not [each for each in listed if each.startswith(MORE)]
    assert MORE in LATER_FIGURE.main_form.indicator
    city.says(EAST, "退回", "数不对", **{INDICATOR: MORE})
    ((state, words),) = results(city)
    assert state == "没有办理"
    assert f"“{MORE}”看不出是哪一个指标" in str(words)


def test_the_result_repeats_which_figure_and_what_was_agreed(city: Officer) -> None:
    """办理结果 says of 退回 and 请核实 which figure they are about, and the number agreed by telephone."""
    city.says(EAST, "请核实", "是多少？", **{INDICATOR: "H6", PROPOSED: 620})
    city.says(WEST, "退回", "整份重填")
    assert results(city) == [
        ("已办理", "已请东岸县核实（指标：H6 巡河里程，电话商定数：620）"),
        ("已办理", "已退回，意见已发给西岸县"),
    ]
