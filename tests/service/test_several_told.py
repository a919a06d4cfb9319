"""Several forms asked of a unit at one time: a line for each in its mail, each with its own deadline."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from sheetflow.config.units_workbook import write_units
from tests.tiny.desk import (
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    NORTH,
    OTHER_CITY,
    SOUTH,
    TREE,
    Desk,
    body,
    patrols,
    sound,
    tree_of,
)
from tests.tiny.forms import PATROL_FORM
from tests.tiny.pair import PROBE_FORM, PairDesk

pytestmark = pytest.mark.slow

BEGUN = dt.datetime(2012, 2, 20, 9)  # noqa: DTZ001 - the office's own time
OPENS = dt.datetime(2012, 3, 1, 9)  # noqa: DTZ001
MORNING = dt.datetime(2012, 4, 6, 8, 30)  # noqa: DTZ001 - the day after the counties' last one for the first form
LATE = dt.datetime(2012, 4, 18, 9)  # noqa: DTZ001 - the day after their last one for the second
BOTH = dt.datetime(2012, 4, 16, 9)  # noqa: DTZ001 - the counties are late with one form, the other has days left
PATROLS, PROBES = f"{FIRST_NAMED}《河道巡查表》", f"{FIRST_NAMED}《{PROBE_FORM.title}》"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a workspace of two forms, the second of the counties alone, who have longer for it."""
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")
    desk = Desk.make(tmp_path / "work", campaign='"tests.tiny.pair:COUNTIES"')
    desk.run(BEGUN)
    desk.run(OPENS)
    return desk


def mail_about(desk: Desk, unit_id: str, word: str) -> EmailMessage:
    """The unit's one mail whose subject has this word."""
    (found,) = [mail for mail in desk.mails(unit_id) if word in str(mail["Subject"])]
    return found


def test_what_is_handed_out_together_is_one_mail_with_a_line_each(desk: Desk) -> None:
    """A county reads how many forms there are, and by when each; no deadline of one is said of both."""
    mail = mail_about(desk, NORTH, "填报表已发放")
    assert str(mail["Subject"]) == "【河道巡查】填报表已发放：北岸县 2张报表"
    told = body(mail)
    assert "你单位的2张报表可以填报了，逐张列在下面。" in told
    lines = [line.strip() for line in told.splitlines()]
    assert f"· {PATROLS}：2012年4月5日前报送" in lines
    assert f"· {PROBES}：2012年4月17日前报送" in lines
    assert "报表名称：河道巡查表、水质抽检表" in lines
    assert "请于" not in told
    assert "截止时间" not in told
    assert "预填" not in told, "it is the first period of the year"
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        path.name for path in sorted(desk.out(NORTH, FIRST).glob("填报_*"))
    ]


def test_nothing_that_is_not_due_yet_stands_under_urging(desk: Desk) -> None:
    """What is late is urged in one mail, what has days left is called to mind in another."""
    desk.run(BOTH)
    late, coming = (body(mail_about(desk, NORTH, word)) for word in ("催报", "报送提醒"))
    assert f"{PATROLS}应于2012年4月5日前报送，现已逾期" in late
    assert PROBE_FORM.title not in late
    assert f"{PROBES}尚未报送。截止时间是2012年4月17日" in coming
    assert "逾期" not in coming


def test_several_that_are_late_have_a_line_each(desk: Desk) -> None:
    """Each line says until when its form was due, and what is to be mended of one that came back."""
    far = {**sound(), "patrols": patrols(40_000, means="步行")}
    PairDesk(desk.root).hand_in(NORTH, PATROL_FORM, far)
    desk.run(IN_TIME)
    desk.run(LATE)
    mail = mail_about(desk, NORTH, "催报")
    assert str(mail["Subject"]).endswith("催报：北岸县 2张报表")
    told = body(mail)
    assert "你单位的2张报表现已逾期，尚未报送。逐张列在下面，请尽快报送。" in told
    assert (
        f"· {PATROLS}：2012年4月5日前报送。你单位上次报送（回执号{NORTH}-{FIRST}-1）已经退回"
        in told
    )
    assert f"· {PROBES}：2012年4月17日前报送" in told


def test_a_superior_reads_who_is_late_once(desk: Desk) -> None:
    """The digest of the morning names them and the list for the telephone; no second mail says so half an hour later."""
    silent = [replace(unit, mails=()) if unit.unit_id == SOUTH else unit for unit in TREE]
    write_units(desk.workspace.units_file, tree_of(silent))
    desk.run(MORNING)
    desk.run(MORNING + dt.timedelta(minutes=30))
    (told,) = [body(mail) for mail in desk.mails(OTHER_CITY) if "北岸县" in body(mail)]
    assert "逾期未报：南岸县本级（没有邮箱）、北岸县" in told
    assert (
        f"打印答复文件夹（outbox）里的“{FIRST}/{desk.answer(OTHER_CITY, '电话催报单').name}”"
        in told
    )


def test_a_late_pass_says_it_once_too(desk: Desk) -> None:
    """A service that was off for days tells all that is due in one pass, and who is late in one mail."""
    desk.run(BOTH)
    told = [body(mail) for mail in desk.mails(OTHER_CITY)]
    assert len([each for each in told if "北岸县" in each]) == 1
