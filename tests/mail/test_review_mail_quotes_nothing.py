"""The mail about a 审核单 tells what was left, and repeats nothing that somebody typed."""

from __future__ import annotations

import pytest

from sheetflow.consolidation.review_sheet import NUMBER, UNIT, VERDICT, WAITING_SHEET
from tests.tiny.desk import CITY, EAST, IN_TIME, NEXT_DAY, WEST, Desk, body, table
from tests.tiny.officer import Officer


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
    words = "\n".join(
        str(row["说明"]) for path in officer.results for row in table(path, "办理结果", "序号")
    )
    mails = [body(mail) for mail in desk.mails(CITY) if "审核单" in body(mail)]
    told = "\n".join(mails)
    assert told.count("填写的内容") == 3
    for name in ("王安澜", "周静姝", "郑望舒"):
        assert name in words
        assert name not in told


def test_a_question_in_a_mail_is_masked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A telephone number in an opinion goes into no mail to the unit."""
    report(desk, monkeypatch)
    Officer(desk, CITY).says(EAST, "请核实", "请回电13800001111").drops()
    desk.run(NEXT_DAY)
    told = "\n".join(map(body, desk.mails(EAST)))
    assert "请回电" in told
    assert "13800001111" not in told
