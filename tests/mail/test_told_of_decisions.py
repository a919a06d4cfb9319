"""Who must decide is told how, and who reports is told what became of her file."""

from __future__ import annotations

import openpyxl
import pytest

from sheetflow.errors import StoreError
from sheetflow.findings import Severity
from sheetflow.mail.facts import quotable_name
from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.layout import ISSUES_SHEET
from sheetflow.schemas.review import Verdict
from sheetflow.upkeep.decide import decide, waive
from tests.tiny.desk import CITY, EAST, FIRST, NEXT_DAY, TOO_LATE, WEST, Desk, body, patrols, sound
from tests.tiny.superior import decide as superior_says


def held(desk: Desk) -> str:
    """Drop WEST's workbook into EAST's folder and give the receipt it is held under."""
    desk.drop(EAST, desk.fill(WEST, sound(70)), name="西岸.xlsx")
    desk.run()
    (submission,) = desk.submissions(EAST)
    return submission.receipt


def test_the_superior_is_told_of_a_held_file(desk: Desk) -> None:
    """The unit above gets one mail: which file waits, why, and the two commands."""
    receipt = held(desk)
    (told,) = (mail for mail in desk.mails(CITY) if "有待确认件要决定" in str(mail["Subject"]))
    assert f"sheetflow release {receipt}" in body(told)
    assert f"sheetflow reject {receipt} --why" in body(told)
    assert "这个工作簿是发给西岸县的" in body(told)
    assert "西岸.xlsx" not in body(told)
    assert list(told.iter_attachments()) == []


def test_a_released_file_says_so(desk: Desk) -> None:
    """The accepted mail after a release names that the file had been held."""
    receipt = held(desk)
    assert desk.ask(lambda context: decide(context, receipt, "release")) == ""
    desk.run(NEXT_DAY)
    assert "先前待确认，" in body(desk.mails(EAST)[-1])


def test_an_overtaken_release_is_told(desk: Desk) -> None:
    """Who releases what a later accepted file has overtaken hears it, and so does the unit."""
    receipt = held(desk)
    desk.drop(EAST, desk.fill(EAST, sound(10)))
    desk.run(NEXT_DAY)
    said = desk.ask(lambda context: decide(context, receipt, "release"))
    assert "第2号" in said
    assert "不计入汇总" in said
    desk.run(TOO_LATE)
    assert "汇总以第2号为准" in body(desk.mails(EAST)[-1])


def test_a_correction_is_called_one(desk: Desk) -> None:
    """The mail for a second accepted workbook says that it takes the place of the first."""
    desk.drop(EAST, desk.fill(EAST, sound(10)))
    desk.run()
    assert "更正" not in body(desk.mails(EAST)[-1])
    desk.drop(EAST, desk.fill(EAST, sound(12)))
    desk.run(NEXT_DAY)
    assert "这是对已接收的第1号的更正" in body(desk.mails(EAST)[-1])


def test_what_mends_a_return_is_called_no_correction(desk: Desk) -> None:
    """The mail for a workbook that mends one the superior returned says so, whatever was accepted before both."""
    for metres in (10, 11):
        desk.drop(EAST, desk.fill(EAST, sound(metres)))
        desk.run()
    superior_says(desk, f"{EAST}-{FIRST}-2", Verdict.RETURN, "里程不对")
    desk.run()
    desk.drop(EAST, desk.fill(EAST, sound(12)))
    desk.run(NEXT_DAY)
    told = body(desk.mails(EAST)[-1])
    assert "这是第2号退回以后重新报送的，不算更正" in told
    assert "第1号" not in told
    desk.drop(EAST, desk.fill(EAST, sound(13)))
    desk.run(TOO_LATE)
    assert "这是对已接收的第3号的更正" in body(desk.mails(EAST)[-1])


def test_an_officer_can_waive_with_what_she_sees(desk: Desk) -> None:
    """问题清单 and mail give 回执号 and 编号, which is all that `waive` needs."""
    walk = {**patrols(5)[0], "means": None}
    desk.drop(EAST, desk.fill(EAST, {**sound(), "patrols": [walk]}))
    desk.run()
    (returned,) = desk.submissions(EAST)
    assert returned.outcome == "returned"
    (copy,) = desk.out(EAST, returned.period).glob("退回_*.xlsx")
    shown = [
        str(cell)
        for row in openpyxl.load_workbook(copy)[ISSUES_SHEET].iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]
    findings = desk.ask(
        lambda context: [
            load_finding(entry) for entry in context.store.contents.find_findings(returned)
        ]
    )
    hard = next(entry for entry in findings if entry.severity is Severity.MUST)
    assert any(f"回执号{returned.receipt}" in text for text in shown)
    assert hard.number in shown
    assert returned.receipt in body(desk.mails(EAST)[-1])
    with pytest.raises(StoreError, match=f"{hard.number}  {hard.rule}"):
        desk.ask(lambda context: waive(context, returned.receipt, "nothing", "试试"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("历下区1-2月.xls", "历下区1-2月.xls"),
        ("张三37010219800101123X.xls", "（名称不在邮件中显示）.xls"),
        ("1380013 8000.doc", "（名称不在邮件中显示）.doc"),
        ("长" * 41 + ".xlsx", "（名称不在邮件中显示）.xlsx"),
        ("长" * 41, "（名称不在邮件中显示）"),
    ],
)
def test_file_names_in_mails(name: str, shown: str) -> None:
    """A refused file is named where its name can hold nobody's number."""
    assert quotable_name(name) == shown
