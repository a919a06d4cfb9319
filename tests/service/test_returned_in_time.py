"""A workbook that came in time and that a superior returned: its unit is neither late nor urged."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.review import Verdict
from sheetflow.service.status import standing
from tests.tiny.decided import refuse_postponements
from tests.tiny.desk import CITY, EAST, FIRST, IN_TIME, NEXT_DAY, WEST, Desk, body, sound, table
from tests.tiny.superior import decide, undo

pytestmark = pytest.mark.slow

MORNING = dt.datetime(2012, 4, 6, 8, 30, tzinfo=OFFICE_ZONE)
"""The morning after the counties' deadline; at nine they are urged."""
URGED = MORNING + dt.timedelta(minutes=30)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """One county of two reported in time, its city returned that on the last day; the morning after has gone by."""
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")
    monkeypatch.delenv("SHEETFLOW_REVIEW__POLICY")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.ask(refuse_postponements, IN_TIME)
    desk.run(IN_TIME.replace(hour=9))
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    decide(desk, f"{EAST}-{FIRST}-1", Verdict.RETURN, "请核对")
    for at in (IN_TIME, MORNING, URGED):
        desk.run(at)
    return desk


def page(desk: Desk) -> str:
    """The county's 报送进度."""
    return desk.answer(EAST, "报送进度_").read_text(encoding="utf-8")


def overdue(desk: Desk, at: dt.datetime = URGED) -> set[str]:
    """Name the counties of the city that are 逾期."""
    rows = desk.ask(lambda context: standing(context, Period.parse(FIRST)).rows, at)
    return {row.unit.unit_id for row in rows if row.overdue} & {EAST, WEST}


def test_who_is_to_mend_what_came_in_time_is_not_overdue(desk: Desk) -> None:
    """Board, own page, digest and the list for the telephone call the other county late, not this one."""
    assert overdue(desk) == {WEST}
    assert "已过截止时间" not in page(desk)
    (told,) = [body(mail) for mail in desk.mails(CITY) if "逾期未报：" in body(mail)]
    assert "· 逾期未报：西岸县" in told
    assert [
        row["单位"] for row in table(desk.answer(CITY, "电话催报单"), "电话催报单", "单位")
    ] == ["西岸县"]


def test_it_is_called_to_mind_and_not_urged(desk: Desk) -> None:
    """When the others are urged it gets 报送提醒 with its copy: mended now, it is not late."""
    assert "催报：西岸县" in str(desk.mails(WEST)[-1]["Subject"])
    mail = desk.mails(EAST)[-1]
    assert "报送提醒：东岸县" in str(mail["Subject"])
    assert "改好报来的不算迟报" in body(mail)
    assert "请尽快改好报来" in body(mail)
    assert "4月5日" not in body(mail)
    (copy,) = mail.iter_attachments()
    assert copy.get_filename() == desk.answer(EAST, "退回_").name


def test_what_was_late_when_it_came_is_overdue_once_it_is_returned(desk: Desk) -> None:
    """The other county hands in late and is returned: it stays 逾期, until that is taken back."""
    desk.drop(WEST, desk.fill(WEST, sound(30)))
    desk.run(NEXT_DAY)
    decide(desk, f"{WEST}-{FIRST}-1", Verdict.RETURN, "请核对", at=NEXT_DAY)
    desk.run(NEXT_DAY)
    assert overdue(desk, NEXT_DAY) == {WEST}
    returned = desk.ask(lambda context: context.store.decisions.find_all(unit_id=WEST)[-1])
    undo(desk, returned, NEXT_DAY)
    desk.run(NEXT_DAY)
    assert overdue(desk, NEXT_DAY) == set()
