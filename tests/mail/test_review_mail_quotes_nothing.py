"""The mail about a 审核单 tells what was left, and repeats nothing that somebody typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetflow.config.units_workbook import write_units
from sheetflow.consolidation.review_sheet import NUMBER, UNIT, VERDICT, WAITING_SHEET
from tests.tiny.desk import (
    CITY,
    EAST,
    IN_TIME,
    NEXT_DAY,
    TREE,
    WEST,
    Desk,
    body,
    table,
    tree_of,
    words,
)
from tests.tiny.officer import Officer

pytestmark = pytest.mark.slow


def report(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the city's counties report in time, where superiors are asked."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.run(IN_TIME)


def test_a_mail_repeats_nothing_typed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name typed for a verdict, a unit or a number stands in 办理结果 only; the mail says 填写的内容."""
    report(desk, monkeypatch)
    officer = Officer(desk, CITY)
    officer.says(EAST, "问王安澜")
    officer.says(WEST, "同意", **{UNIT: "周静姝的单位"}).drops()
    desk.run(NEXT_DAY)
    officer.types(WAITING_SHEET, EAST, **{VERDICT: "同意", NUMBER: "郑望舒的编号"}).drops()
    desk.run(NEXT_DAY)
    shown = "\n".join(
        str(row["说明"]) for path in officer.results for row in table(path, "办理结果", "序号")
    )
    mails = [body(mail) for mail in desk.mails(CITY) if "审核单" in body(mail)]
    told = "\n".join(mails)
    assert told.count("填写的内容") == 3
    for name in ("王安澜", "周静姝", "郑望舒"):
        assert name in shown
        assert name not in told


@pytest.mark.parametrize(("verdict", "copy"), [("请核实", "请核实_"), ("退回", "退回_")])
def test_no_mail_repeats_an_opinion(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, verdict: str, copy: str
) -> None:
    """Whom an officer names in an opinion stands in the unit's workbook alone; its mail says where to read it."""
    report(desk, monkeypatch)
    opinion = "请问周静姝，电话13800001111"
    Officer(desk, CITY).says(EAST, verdict, opinion).drops()
    desk.run(NEXT_DAY)
    assert opinion in words(desk.answer(EAST, copy))
    told = "\n".join(f"{mail['Subject']}\n{body(mail)}" for mail in desk.mails(EAST))
    assert f"上游市{verdict}：原话见“问题清单”" in told
    for typed in ("周静姝", "13800001111"):
        assert typed not in told


@pytest.mark.parametrize(
    ("phone", "told"),
    [
        (
            "0599-2600000 办公室 林某",
            "请打电话问上游市妇女联合会（电话：0599-2600000 办公室 林某）。",
        ),
        ("13800001111", "请打电话问上游市妇女联合会。"),
    ],
)
def test_whom_to_ring_stands_with_the_number(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, phone: str, told: str
) -> None:
    """A mail of a return or a question gives the office's own number (办公电话 in units.xlsx), never anybody's mobile."""
    units = [replace(unit, office_phone=phone) if unit.unit_id == CITY else unit for unit in TREE]
    write_units(desk.workspace.units_file, tree_of(units))
    report(desk, monkeypatch)
    Officer(desk, CITY).says(EAST, "请核实", "请核对").says(WEST, "退回", "请核对").drops()
    desk.run(NEXT_DAY)
    for unit_id, word in ((EAST, "上游市请核实"), (WEST, "上游市退回")):
        (mail,) = [each for each in desk.mails(unit_id) if word in str(each["Subject"])]
        assert told in body(mail)
        assert "13800001111" not in body(mail)


def test_the_mail_about_a_sheet_warns_of_nothing_that_is_not_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """办理结果 names no person of any workbook: its mail does not say that it may; a 填报 workbook's does."""
    report(desk, monkeypatch)
    Officer(desk, CITY).says(EAST, "同意").drops()
    desk.run(NEXT_DAY)
    (mail,) = [each for each in desk.mails(CITY) if "】审核单已办理" in str(each["Subject"])]
    assert [part.get_filename() for part in mail.iter_attachments()]
    assert "个人信息" not in body(mail)
    assert "个人信息" in body(desk.mails(EAST)[-1])
