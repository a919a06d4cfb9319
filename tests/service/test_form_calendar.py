"""Who gets which mail when: 发放, 报送提醒, 催报 and the superior's list, by the clock alone."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.one_pass import PassReport
from tests.tiny.desk import (
    ALL,
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    REEDS,
    SANDS,
    SOUTH,
    WEST,
    Desk,
    Rows,
    Typed,
    body,
    head,
    patrols,
    sound,
    table,
    words,
)

pytestmark = pytest.mark.slow


def moment(month: int, day: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    """Give a moment of 2012."""
    return dt.datetime(2012, month, day, hour, minute, tzinfo=OFFICE_ZONE)


BEGUN, OPENS = moment(2, 20), moment(3, 1)
BEFORE = moment(3, 30)  # three working days before the counties' last one
LAST_DAY, DAY_AFTER = moment(4, 5), moment(4, 6)


@pytest.fixture(autouse=True)
def _on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a workspace whose service has run since February, and where nobody has typed a command."""
    desk = Desk.make(tmp_path / "work")
    desk.run(BEGUN)
    return desk


def at(desk: Desk, moment: dt.datetime) -> PassReport:
    """Let the service make one pass then."""
    return desk.run(moment)


def rows(**more: Sequence[Mapping[str, Typed]]) -> Rows:
    """A workbook signed in the days before the deadline; `more` are sheets that it has otherwise."""
    return {**sound(), "head": head(day=OPENS.date()), **more}


def subjects(desk: Desk, unit_id: str) -> list[str]:
    """What a unit's mails are about, the oldest first."""
    return [str(mail["Subject"]).split("】")[-1].split("：")[0] for mail in desk.mails(unit_id)]


def test_nothing_happens_before_the_period_opens(desk: Desk) -> None:
    """In February nobody has a workbook, and nobody a mail."""
    assert desk.mails() == []


def test_when_the_period_opens_everyone_gets_a_workbook_and_one_mail(desk: Desk) -> None:
    """On the first working day of the last month each unit finds its workbook, and a mail says until when."""
    at(desk, OPENS)
    for unit_id in ALL:
        (mail,) = desk.mails(unit_id)
        assert [part.get_filename() for part in mail.iter_attachments()] == [
            desk.issued(unit_id).name
        ]
    (mail,) = desk.mails(EAST)
    assert str(mail["Subject"]) == f"【河道巡查】填报表已发放：东岸县 {FIRST_NAMED}"
    assert "请于2012年4月5日前报送上游市" in body(mail)


def test_nobody_is_told_twice(desk: Desk) -> None:
    """Pass after pass on the same morning changes nothing."""
    at(desk, OPENS)
    at(desk, OPENS.replace(minute=1))
    at(desk, OPENS.replace(hour=15))
    assert Counter(subjects(desk, EAST)) == {"填报表已发放": 1}


def test_three_days_before_and_on_the_day_whoever_is_missing_is_reminded(desk: Desk) -> None:
    """A county that is in is left alone; one whose workbook came back gets its marked copy again."""
    at(desk, OPENS)
    desk.drop(EAST, desk.fill(EAST, rows()))
    desk.drop(WEST, desk.fill(WEST, rows(patrols=patrols(40_000, means="步行"))))
    at(desk, BEFORE)
    assert subjects(desk, WEST)[1:] == ["退回"], "it was told a moment ago"
    at(desk, LAST_DAY)
    assert subjects(desk, EAST) == ["填报表已发放", "已接收"]
    assert subjects(desk, NORTH) == ["填报表已发放", "报送提醒", "报送提醒"]
    assert subjects(desk, WEST) == ["填报表已发放", "退回", "报送提醒"]
    (attached,) = desk.mails(WEST)[-1].iter_attachments()
    assert attached.get_filename() == desk.answer(WEST, "退回").name


def test_the_day_after_the_late_are_urged_and_their_own_superior_is_told(desk: Desk) -> None:
    """催报 goes to the county, who is late to its city alone; the province's turn comes with the cities' deadline."""
    at(desk, OPENS)
    desk.drop(EAST, desk.fill(EAST, rows()))
    at(desk, LAST_DAY)
    at(desk, DAY_AFTER)
    assert subjects(desk, NORTH)[-1] == "催报"
    assert subjects(desk, EAST)[-1] == "已接收"
    (told,) = [mail for mail in desk.mails(CITY) if "逾期未报" in body(mail)]
    assert "· 逾期未报：西岸县" in body(told)
    assert not [mail for mail in desk.mails(PROVINCE) if "逾期未报" in body(mail)]


def test_the_list_for_the_telephone_names_who_is_late_and_whom_to_ring(desk: Desk) -> None:
    """Numbers stand in the list, which is printed, and in no mail."""
    at(desk, OPENS)
    at(desk, DAY_AFTER)
    listed = table(desk.answer(CITY, "电话催报单"), "电话催报单", "单位")
    assert [row["单位"] for row in listed] == ["东岸县", "西岸县"]
    (told,) = [mail for mail in desk.mails(CITY) if "逾期未报" in body(mail)]
    assert desk.answer(CITY, "电话催报单").name in body(told)
    assert list(told.iter_attachments()) == []
    assert "4月5日" in words(desk.answer(OTHER_CITY, "电话催报单"))
    assert not list(desk.out(PROVINCE, FIRST).glob("电话催报单*"))


def test_whoever_has_just_dropped_a_workbook_is_not_reminded(desk: Desk) -> None:
    """What lies in the inbox at nine is judged first."""
    at(desk, OPENS)
    desk.drop(NORTH, desk.fill(NORTH, rows()))
    at(desk, BEFORE)
    assert "报送提醒" not in subjects(desk, NORTH)


def test_a_service_that_was_off_does_what_is_still_sensible_once(desk: Desk) -> None:
    """Back on the last day it hands out what it missed, in one mail a unit, and reminds nobody besides."""
    at(desk, LAST_DAY.replace(hour=11))
    assert {unit: subjects(desk, unit) for unit in (EAST, NORTH)} == {
        EAST: ["填报表已发放"],
        NORTH: ["填报表已发放"],
    }
    report = at(desk, DAY_AFTER)
    assert subjects(desk, EAST) == ["填报表已发放", "催报"]
    assert not report.mended


def test_a_service_that_was_off_past_the_deadline_says_what_it_left_out(desk: Desk) -> None:
    """Nobody is reminded of a day that is over; the office reads what was not done."""
    (sentence,) = at(desk, DAY_AFTER).mended
    assert "报送提醒" in sentence
    assert FIRST_NAMED in sentence


def test_on_a_day_of_rest_nobody_gets_anything(desk: Desk) -> None:
    """A service that comes back on a Saturday waits for Monday."""
    at(desk, moment(3, 3, 9))
    assert desk.mails() == []
    at(desk, moment(3, 5, 9))
    assert (
        subjects(desk, SOUTH) == subjects(desk, REEDS) == subjects(desk, SANDS) == ["填报表已发放"]
    )


def test_an_urgent_period_says_so_and_reminds_by_the_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """加急: at half time and one hour before, and the subject says it."""
    hurry = f'{{"{FIRST} 县": "2012-04-05 16:00"}}'
    monkeypatch.setenv("SHEETFLOW_CALENDAR__DEADLINES", hurry)
    monkeypatch.setenv("SHEETFLOW_CALENDAR__OPENS", f'{{"{FIRST}": "2012-03-31 14:00"}}')
    desk = Desk.make(tmp_path / "work")
    desk.run(BEGUN)
    at(desk, OPENS)
    assert desk.mails() == []
    at(desk, moment(3, 31, 14, 1))
    at(desk, moment(4, 5, 14))
    at(desk, moment(4, 5, 15, 1))
    assert subjects(desk, EAST) == ["填报表已发放", "报送提醒", "报送提醒"]
    assert all("【加急】" in str(mail["Subject"]) for mail in desk.mails(EAST))
    assert not any("【加急】" in str(mail["Subject"]) for mail in desk.mails(CITY))
    assert "2012年4月5日16时" in body(desk.mails(EAST)[-1])
