"""What a city asks of one figure from 待办 reaches the county at that figure, with the number agreed on."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from sheetflow.schemas.layout import ISSUES_SHEET
from tests.tiny.desk import CITY, EAST, NEXT_DAY, WEST, Desk, cell, table
from tests.tiny.officer import Officer


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Officer:
    """Give an officer of the city, whose two counties have reported."""
    monkeypatch.delenv("SHEETFLOW_REVIEW__POLICY")
    desk = Desk.make(tmp_path / "office")
    desk.issue()
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.run()
    return Officer(desk, CITY)


def test_one_figure_is_returned_and_another_one_asked_about(city: Officer) -> None:
    """The county finds the city's words at the figure in its copy, and the city its answer in the next sheet."""
    desk = city.desk
    city.says(EAST, "退回", "里程请核对", 指标="H6")
    city.says(WEST, "请核实", "电话里说好的", 指标="H6", 电话商定数=900).drops()
    desk.run(NEXT_DAY)
    for unit_id, start in ((EAST, "退回_"), (WEST, "请核实_")):
        (line, *_) = table(desk.answer(unit_id, start), ISSUES_SHEET, "序号")
        assert (line["工作表"], line["栏目"]) == ("巡河汇总", "巡河里程")
    copy = desk.answer(WEST, "请核实_")
    book = openpyxl.load_workbook(copy)
    book["巡河日志"][cell("patrols", "metres")] = 900
    book.save(copy)
    desk.drop(WEST, copy)
    desk.run(NEXT_DAY)
    rows = table(city.sheet, "待办", "编号")
    (asked,) = (row for row in rows if row["事项"] == "已答复")
    assert str(asked["指标"]).startswith("H6 ")
    assert "数字已由500改为900" in str(asked["内容"])
