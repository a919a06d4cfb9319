"""The administrator hears once a day of what failed or waits too long, with the remedy, and else nothing."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from pathlib import Path

import pytest

from sheetflow.consolidation.contents import Waits
from sheetflow.context import Context
from sheetflow.errors import RequestError, WorkspaceError
from sheetflow.mail.send import requeue
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.review import Verdict
from sheetflow.service.status import standing
from sheetflow.service.watch import watch
from sheetflow.store.records import NewMail
from sheetflow.upkeep.decide import decide
from tests.tiny.desk import EAST, TREE, WEST, Desk, body

pytestmark = pytest.mark.slow

ADDRESS = "keeper@mail.example"
THURSDAY = dt.datetime(2012, 4, 5, 10, tzinfo=OFFICE_ZONE)
MONDAY = dt.datetime(2012, 4, 9, 9, tzinfo=OFFICE_ZONE)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")
    monkeypatch.setenv("SHEETFLOW_CONTACT__ADMINISTRATOR", ADDRESS)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a workspace in which a county's workbook lies in another's folder since Thursday."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.drop(WEST, desk.fill(EAST, name="王安澜的表.xlsx"))
    desk.run(THURSDAY)
    return desk


def told(desk: Desk) -> list[EmailMessage]:
    """Give the administrator's mails."""
    return [mail for mail in desk.mails() if mail["To"] == ADDRESS]


def test_what_waits_too_long_is_told_once_a_day(desk: Desk) -> None:
    """A workbook that nobody decides about is told after three days, each working day once."""
    desk.run(THURSDAY + DAY)
    assert told(desk) == []
    for hour in (0, 1, 5):
        desk.run(MONDAY + dt.timedelta(hours=hour))
    (mail,) = told(desk)
    assert "待确认的报送1件没有人决定，最早的从04-05 10:00等起。请催上级" in body(mail)
    assert "王安澜" not in body(mail)
    desk.run(MONDAY + DAY)
    assert len(told(desk)) == 2


def test_nothing_is_told_out_of_hours(desk: Desk) -> None:
    """On Saturday, at six in the morning and at seven in the evening the administrator is left in peace."""
    for at in (MONDAY + 5 * DAY, MONDAY.replace(hour=6), MONDAY.replace(hour=19)):
        desk.run(at)
    assert told(desk) == []


def test_what_is_settled_is_told_no_more(desk: Desk) -> None:
    """Once the workbook is decided about, and all is well, no mail goes out."""
    (held,) = desk.submissions(WEST)
    desk.ask(lambda context: decide(context, held.receipt, Verdict.DISAGREE, why="放错了"), MONDAY)
    desk.run(MONDAY)
    assert told(desk) == []


def test_a_backup_that_failed_is_told_with_the_remedy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A folder of backups that is away is told on the next working morning."""
    monkeypatch.setenv("SHEETFLOW_BACKUP__FOLDER", str(tmp_path / "away"))
    desk.run((THURSDAY + DAY).replace(hour=9))
    (mail,) = told(desk)
    assert "没有做成：备份文件夹" in body(mail)
    assert "请建好或接好" in body(mail)


def test_without_an_address_nobody_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office that names no administrator gets no such mail."""
    monkeypatch.setenv("SHEETFLOW_CONTACT__ADMINISTRATOR", "")
    desk.run(MONDAY)
    assert not [mail for mail in desk.mails() if "系统有事要处理" in str(mail["Subject"])]


def test_a_backup_that_the_first_pass_of_the_day_makes_is_not_missed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the service runs once a day the night's backup is made then: only one that failed is told."""
    safe = tmp_path / "safe"
    safe.mkdir()
    monkeypatch.setenv("SHEETFLOW_BACKUP__FOLDER", str(safe))
    desk.run(THURSDAY + DAY)
    assert told(desk) == []
    safe.rename(tmp_path / "away")
    desk.run(MONDAY)
    assert "没有做成：备份文件夹" in body(told(desk)[-1])


def test_what_fails_in_a_pass_of_its_own_is_told_by_that_pass(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where `run` is started by the clock, what its pass left undone reaches the administrator in that very pass."""

    def fail(*_: object) -> None:
        raise WorkspaceError("汇总用的临时文件夹写不了。请检查权限。")

    desk.drop(EAST, desk.fill(EAST))
    monkeypatch.setattr("sheetflow.service.one_pass.Rollups.begin", fail)
    desk.run((THURSDAY + DAY).replace(hour=9))
    (mail,) = told(desk)
    assert "临时文件夹写不了。请检查权限。" in body(mail)


def test_a_pass_that_ends_before_its_time_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass that failed as a whole still ends as a failure, and the administrator reads why."""

    def fail(*_: object) -> None:
        raise WorkspaceError("共享断开了。请接好。")

    monkeypatch.setattr("sheetflow.service.one_pass.take_all", fail)
    with pytest.raises(WorkspaceError):
        desk.run((THURSDAY + DAY).replace(hour=9))
    (mail,) = told(desk)
    assert "共享断开了。请接好。" in body(mail)


def test_what_lies_in_the_inbox_is_counted(desk: Desk) -> None:
    """A folder of no unit and a link in the inbox are told as such, by number, no name quoted."""
    (desk.workspace.inbox / "王安澜").mkdir()
    (desk.workspace.inbox_of(TREE[EAST]) / "王安澜.xlsx").symlink_to(desk.issued(EAST))
    desk.run((THURSDAY + DAY).replace(hour=9))
    (mail,) = told(desk)
    assert "报送文件夹里没有收、收不了的东西2处。" in body(mail)
    assert "王安澜" not in body(mail)


def test_whose_own_mail_is_refused_reads_where_the_address_stands(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The administrator's address is no unit's: it is mended in the settings, and every sentence says so."""

    def refuse(context: Context) -> int:
        mails, now = context.store.mails, context.clock.now()
        subject, words = "系统有事要处理", "您好"
        new = NewMail(
            message_id="<1@x>", recipients=(ADDRESS,), subject=subject, text=words, html=words
        )
        mails.record_mails([new], now)
        (mail,) = [each for each in mails.find_mails("queued") if not each.unit_id]
        mails.record_mail_failed(mail.mail_id, "没有这个收件人", now, permanent=True)
        return mail.mail_id

    number = desk.ask(refuse, MONDAY)
    (waits,) = [
        each
        for each in desk.ask(standing, MONDAY).waiting
        if each.kind is Waits.MAIL and not each.unit_id
    ]
    assert waits.reason.startswith("管理员 有邮件发不出去")
    assert "[contact] 的 administrator" in waits.remedy
    assert "答复文件夹" not in waits.remedy
    monkeypatch.setenv("SHEETFLOW_CONTACT__ADMINISTRATOR", "")
    with pytest.raises(RequestError, match=r"\[contact\] administrator"):
        desk.ask(lambda context: requeue(context, [number]), MONDAY)


def test_another_administrator_is_no_new_workbook(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom the service writes to when it is in trouble stands in no workbook: none is made again for that."""
    desk.run(MONDAY)
    monkeypatch.setenv("SHEETFLOW_CONTACT__ADMINISTRATOR", "other@mail.example")
    assert "联系方式" not in "".join(desk.run(MONDAY + DAY).mended)
    monkeypatch.setenv("SHEETFLOW_CONTACT__PHONE", "1234567")
    assert "联系方式有变化" in "".join(desk.run(MONDAY + DAY).mended)


def test_a_pass_of_watch_that_ends_before_its_time_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every pass fails the same way, the mail does not wait for one that goes through."""
    tried: list[object] = []

    def fail(*_: object) -> None:
        tried.append(1)
        raise WorkspaceError("共享断开了。请接好。")

    monkeypatch.setattr("sheetflow.service.watch.take", fail)

    def serve(context: Context) -> list[str]:
        watch(context, lambda: bool(tried))
        return [each.text for each in context.store.mails.find_mails() if not each.unit_id]

    (text,) = desk.ask(serve, (THURSDAY + DAY).replace(hour=9))
    assert "共享断开了。请接好。" in text
