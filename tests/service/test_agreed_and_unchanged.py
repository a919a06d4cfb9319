"""A county writes 同意 to a figure that was agreed by telephone, and leaves its own: both sides hear that."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow.schemas.review import FIGURE, PROPOSED, Matter, Verdict
from tests.service.test_heard_from_above import FIRST_ONE, answered
from tests.tiny.desk import CITY, EAST, Desk, body, sound, table
from tests.tiny.officer import Officer
from tests.tiny.superior import decide


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The city asks about 500 metres, of which 600 were agreed; the county answers 同意 in the copy, and no more."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "office")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST, sound(500)))
    desk.run()
    details = {FIGURE: 500.0, PROPOSED: 600}
    decide(
        desk, FIRST_ONE, Verdict.QUERY, "应是600", matter=Matter.LOOK, about="H6", details=details
    )
    desk.run()
    copy = desk.answer(EAST, "请核实_")
    desk.drop(EAST, answered(copy, "同意", tmp_path / "答.xlsx"))
    desk.run()
    return desk


def test_the_letter_says_what_is_left_to_do(desk: Desk) -> None:
    """It does not call that an answer that was received, and encloses the new copy to answer in."""
    *_, last = desk.mails(EAST)
    assert "已接收" in str(last["Subject"])
    told = body(last)
    assert "答复已收到" not in told
    assert "写了同意、数还没有改" in told
    enclosed = [part.get_filename() or "" for part in last.iter_attachments()]
    assert [name for name in enclosed if name.startswith("请核实_") and "第2号" in name]


def test_the_city_reads_that_it_was_agreed_to(desk: Desk) -> None:
    """The row stays 待答复, and says which workbook has 同意 and which figure stands there still."""
    rows = table(Officer(desk, CITY).sheet, "待办", "编号")
    (row,) = [each for each in rows if each["事项"] == "待答复"]
    assert "第2号写了“同意”，表里还没有改：本期是500" in str(row["内容"])
