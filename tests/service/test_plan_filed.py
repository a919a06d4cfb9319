"""The form 活动实施方案备案表 from its blank workbook to the province's papers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import docx
import pytest

from tests.programs import needs_office
from tests.service.filed_once import (
    CITY,
    COUNTY,
    OTHER,
    PLAN,
    PROVINCE,
    SIGNED,
    Office,
    words_of,
)
from tests.tiny.desk import Rows, Typed, table, words

ISSUED = dt.datetime(2012, 2, 1, 9)  # noqa: DTZ001 - the office's own time, as --at gives it
IN_TIME = dt.datetime(2012, 2, 16, 9)  # noqa: DTZ001 - likewise
TASKS = "以村（社区）为单位建立联系点，年内走访妇女群众不少于2000人次。"


def plan(name: str, **more: Typed) -> Rows:
    """A plan that has nothing wrong, with its paper beside it."""
    card: dict[str, Typed] = {
        "name": f"{name}妇联活动实施方案",
        "document_no": "妇发〔2012〕3号",
        "issued_on": dt.date(2012, 2, 10),
        "head": "王芳",
        "head_title": "主席",
        "members": 9,
        "tasks": TASKS,
        "duties": "主席负总责，副主席分片包联。",
        "supervision": "每两个月通报一次，列入年度考核。",
        "publicity": "在妇联网站开设专栏。",
        "file_name": f"{name}方案.docx",
    }
    cover: dict[str, Typed] = {**SIGNED, "filled_on": dt.date(2012, 2, 15)}
    return {"cover": [cover], "plan": [{**card, **more}]}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The city and one of its counties have filed, the other county and the province have not."""
    office = Office.make(tmp_path_factory.mktemp("plans") / "work", name_units="true")
    office.issue(PLAN, "2012", ISSUED)
    for unit_id, name in ((CITY, "济南市"), (COUNTY, "历下区")):
        office.beside(unit_id, f"{name}方案.docx")
        office.drop(unit_id, PLAN, plan(name))
    office.run(IN_TIME)
    return office


def test_who_has_filed_is_known(office: Office) -> None:
    """Board and status say who has filed a plan and who has not."""
    states = office.states(PLAN, IN_TIME)
    assert states == {
        PROVINCE: "missing",
        CITY: "accepted",
        COUNTY: "accepted",
        OTHER: "missing",
    }
    board = words(office.out(PROVINCE, "汇总表", PLAN))
    assert "市中区" in board


def test_each_plan_is_a_row_of_the_consolidated_workbook(office: Office) -> None:
    """实施方案备案汇总表 has each unit's plan in a row, its long texts whole, and no sheet of figures."""
    made = office.out(PROVINCE, "汇总表", PLAN)
    rows = table(made, "实施方案", "方案名称")
    assert [row["方案名称"] for row in rows] == ["济南市妇联活动实施方案", "历下区妇联活动实施方案"]
    assert {row["目标任务"] for row in rows} == {TASKS}
    assert {str(row["印发日期"])[:10] for row in rows} == {"2012-02-10"}
    said = words(made)
    assert "节点检查" not in said
    links = [row["明细位置"] for row in table(made, "来源一览", "回执号")]
    assert links == ["实施方案第4行", "实施方案第5行"]


@needs_office
def test_the_report_says_who_filed_what(office: Office, tmp_path: Path) -> None:
    """The 备案情况报告 opens in an office program: how many by level, who is missing, each plan in its table."""
    said = words_of(office.out(PROVINCE, "情况报告", PLAN), tmp_path)
    assert "实施方案备案情况的报告" in said
    assert "应备案单位4个，已备案2个" in said
    assert "各市应备案1个、已备案1个；各县（市、区）应备案2个、已备案1个" in said
    assert "市中区" in said
    assert "历下区妇联活动实施方案" in said
    assert "2012年2月10日" in said
    assert "{" not in said


def test_a_city_reports_its_own_plan(office: Office) -> None:
    """In a city's report its own plan stands in the text."""
    document = docx.Document(str(office.out(CITY, "情况报告", PLAN)))
    said = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert (
        "印发《济南市妇联活动实施方案》（妇发〔2012〕3号），领导小组组长为王芳（主席），成员9人"
        in said
    )


def test_every_number_of_the_report_can_be_checked(office: Office) -> None:
    """数字核对表 lists what the report counts, though the form has no indicator."""
    said = words(office.out(PROVINCE, "数字核对表", PLAN))
    assert "应报单位数" in said
    assert "各县（市、区）" in said
