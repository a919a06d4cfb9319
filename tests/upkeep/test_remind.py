"""催报: who is reminded, of what, and how often."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from sheetflow.config.units_workbook import write_units
from sheetflow.context import Context
from sheetflow.errors import WorkspaceError
from sheetflow.mail.send import send_due
from sheetflow.periods import Period
from sheetflow.upkeep.remind import Reminders, remind
from tests.tiny.desk import (
    ALL,
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    SECOND,
    SECOND_NAMED,
    SOUTH,
    TREE,
    WEST,
    Desk,
    body,
    head,
    patrols,
    sound,
    tree_of,
)

OVERDUE, NEXT_DAY = CITIES_DAY, CITIES_DAY + dt.timedelta(days=1)


def call(desk: Desk, at: dt.datetime, period: str = "") -> Reminders:
    """Remind, and send what was queued."""

    def both(context: Context) -> Reminders:
        (made,) = remind(context, Period.parse(period) if period else None)
        send_due(context)
        return made

    return desk.ask(both, at)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A province in which one county is in, one has nothing to report, one was returned."""
    desk = Desk.make(tmp_path_factory.mktemp("rivers") / "work")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.drop(SOUTH, desk.fill(SOUTH, {"head": head(frozen="是")}))
    desk.drop(WEST, desk.fill(WEST, {**sound(), "patrols": patrols(40_000, means="步行")}))
    desk.run(IN_TIME)
    call(desk, OVERDUE)
    return desk


def reminders_to(desk: Desk, unit_id: str) -> list[str]:
    """The subjects of the 催报 that a unit got."""
    return [str(mail["Subject"]) for mail in desk.mails(unit_id) if "催报：" in mail["Subject"]]


def test_whoever_is_missing_gets_its_own_workbook(desk: Desk) -> None:
    """A unit that sent nothing is asked for it by name, and finds its workbook attached."""
    (mail,) = [mail for mail in desk.mails(NORTH) if "催报" in str(mail["Subject"])]
    assert mail["Subject"] == f"【河道巡查】催报：北岸县 {FIRST_NAMED}"
    assert "应于2012年4月5日前报送，现已逾期" in body(mail)
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == f"填报_990202-北岸县_{FIRST}.xlsx"
    assert attached.get_content() == desk.issued(NORTH).read_bytes()


def test_whoever_is_in_is_left_alone(desk: Desk) -> None:
    """Neither an accepted unit nor a nil return is reminded."""
    assert reminders_to(desk, EAST) == []
    assert reminders_to(desk, SOUTH) == []


def test_a_returned_unit_is_told_where_it_stands(desk: Desk) -> None:
    """A unit whose workbook came back reads that it is to mend that one, and finds it enclosed."""
    (mail,) = [mail for mail in desk.mails(WEST) if "催报" in str(mail["Subject"])]
    assert f"（回执号990102-{FIRST}-1）已经退回" in body(mail)
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == desk.answer(WEST, "退回_").name


def test_before_its_own_deadline_nobody_is_called_late(desk: Desk) -> None:
    """The province, whose deadline is later, is reminded and not reproached."""
    (mail,) = [mail for mail in desk.mails(PROVINCE) if "报送提醒：" in str(mail["Subject"])]
    assert "截止时间是2012年4月11日，请按时报送" in body(mail)


def test_superiors_get_the_list(desk: Desk) -> None:
    """Each city reads which of its counties are missing, the province sees all, by city."""
    lists = {
        unit: body(mail)
        for unit in (CITY, OTHER_CITY, PROVINCE)
        for mail in desk.mails(unit)
        if "还有单位尚未完成报送" in str(mail["Subject"])
    }
    assert "  · 上游市本级、西岸县（退回待改）" in lists[CITY].splitlines()
    assert "应报3个单位（含上游市本级），已报1个，未报1个，退回待改1个" in lists[CITY]
    assert "北岸县" not in lists[CITY]
    assert (
        "  · 下游市：下游市本级、南岸县芦苇乡、南岸县沙洲镇、北岸县" in lists[PROVINCE].splitlines()
    )
    assert "  · 上游市：上游市本级、西岸县（退回待改）" in lists[PROVINCE].splitlines()


def test_once_a_day_however_often_it_is_called(tmp_path: Path) -> None:
    """Called again the same day nobody is reminded twice; the next day everybody is."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    first, again, later = call(desk, OVERDUE), call(desk, OVERDUE), call(desk, NEXT_DAY)
    assert first.queued == later.queued == set(ALL)
    assert again.queued == set()
    assert again.repeated == set(ALL)
    assert again.superiors == []
    assert len(reminders_to(desk, EAST)) == 2


def test_units_without_mail_are_named(tmp_path: Path) -> None:
    """Whom no mail reaches is told to the caller, who has a telephone."""
    desk = Desk.make(tmp_path / "work")
    silent = [
        dataclasses.replace(unit, mails=()) if unit.unit_id == EAST else unit for unit in TREE
    ]
    write_units(desk.workspace.units_file, tree_of(silent))
    made = call(desk, OVERDUE, FIRST)
    assert [row.unit.unit_id for row in made.missing if not row.unit.mails] == [EAST]
    assert made.queued == set(ALL) - {EAST}
    lists = [body(mail) for mail in desk.mails(CITY) if "还有单位" in str(mail["Subject"])]
    assert "  · 上游市本级、东岸县（没有邮箱）、西岸县" in lists[0].splitlines()


def test_a_workbook_never_issued_is_issued_for_the_reminder(tmp_path: Path) -> None:
    """Where nobody handed out the workbooks, the reminder does: there is something to attach."""
    desk = Desk.make(tmp_path / "work")
    call(desk, OVERDUE)
    assert desk.issued(EAST).is_file()
    (mail,) = desk.mails(EAST)
    assert [part.get_filename() for part in mail.iter_attachments()] == [desk.issued(EAST).name]


def test_far_from_a_deadline_nobody_is_bothered(tmp_path: Path) -> None:
    """A period that runs for weeks yet is refused with a sentence, and no mail is queued."""
    desk = Desk.make(tmp_path / "work")
    with pytest.raises(WorkspaceError, match=f"{SECOND_NAMED}还没有结束"):
        call(desk, OVERDUE, SECOND)
    assert desk.mails() == []
