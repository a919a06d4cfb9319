"""The digest to each superior: in the morning, once, and only where something needs it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.review import Verdict
from tests.tiny.decided import refuse_postponements
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    OTHER_CITY,
    PROVINCE,
    WEST,
    Desk,
    body,
    patrols,
    sound,
)
from tests.tiny.superior import decide, undo

pytestmark = pytest.mark.slow

MORNING = dt.datetime(2012, 4, 6, 8, 30, tzinfo=OFFICE_ZONE)
"""The morning after the counties' deadline, a Friday."""
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")
    monkeypatch.delenv("SHEETFLOW_REVIEW__POLICY")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a workspace whose workbooks were handed out, and in which one county reported in time."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.ask(refuse_postponements, IN_TIME)
    desk.run(IN_TIME.replace(hour=9))
    desk.drop(EAST, desk.fill(EAST))
    desk.run(IN_TIME)
    return desk


def told(desk: Desk, unit_id: str) -> list[str]:
    """Give the digests that a unit got."""
    return [body(mail) for mail in desk.mails(unit_id) if "有新的情况" in str(mail["Subject"])]


def test_the_morning_tells_what_came_who_is_late_and_what_waits(desk: Desk) -> None:
    """A city reads at half past eight who reported, who is late and what waits for it, once a day."""
    desk.run(MORNING - dt.timedelta(minutes=1))
    assert told(desk, CITY) == []
    desk.run(MORNING)
    desk.run(MORNING + dt.timedelta(hours=3))
    (said,) = told(desk, CITY)
    for line in (
        "· 2012年第1季度：应报2个，已报1个",
        "· 新报：东岸县",
        "· 逾期未报：西岸县",
        "· 等你单位办理：待验收1件",
        "打开答复文件夹（outbox）里的“审核单”",
    ):
        assert line in said
    assert "待验收" not in "".join(told(desk, OTHER_CITY))


def test_without_news_nobody_is_told(desk: Desk) -> None:
    """What goes on waiting is no news the next day; on Monday it is told once more."""
    desk.run(MORNING)
    desk.run(MORNING + 3 * DAY)
    assert len(told(desk, CITY)) == 2
    for days in (4, 5, 6, 7):
        desk.run(MORNING + days * DAY)
    assert len(told(desk, CITY)) == 2


def test_a_province_is_not_told_of_counties_that_are_late_for_their_cities(desk: Desk) -> None:
    """A county that is late is its city's business: the province hears of cities, and counts the others."""
    desk.run(MORNING)
    assert told(desk, PROVINCE) == []


def test_on_the_last_day_the_afternoon_tells_who_is_missing(desk: Desk) -> None:
    """At three on a deadline's day a superior reads who directly below has not reported."""
    desk.run(IN_TIME.replace(hour=15))
    (said,) = [each for each in told(desk, CITY) if "今天截止" in each]
    assert "今天截止，还没有报：西岸县" in said
    desk.run(IN_TIME.replace(hour=17))
    assert len(told(desk, CITY)) == 1


def test_all_in_and_a_correction_are_told(desk: Desk) -> None:
    """When the last one is in, the superior reads 收齐; a workbook that was changed is called 更正."""
    desk.run(MORNING)
    desk.drop(WEST, desk.fill(WEST))
    desk.drop(EAST, desk.fill(EAST, {**sound(), "patrols": patrols(700)}))
    desk.run(MORNING + dt.timedelta(hours=1))
    desk.run(MORNING + 3 * DAY)
    said = told(desk, CITY)[-1]
    assert "应报2个，已报2个，已收齐" in said
    assert "· 新报：西岸县" in said
    assert "· 更正：东岸县" in said


@pytest.mark.parametrize("first", [1, 2])
def test_who_mends_a_return_is_not_called_a_correction(desk: Desk, first: int) -> None:
    """Who mends what its superior returned is told as 退回修改, neither 新报 nor 更正, whatever stood before."""
    if first > 1:
        desk.drop(EAST, desk.fill(EAST, {**sound(), "patrols": patrols(600)}))
        desk.run()
    desk.run(MORNING)
    noon = MORNING + dt.timedelta(hours=4)
    decide(desk, f"{EAST}-{FIRST}-{first}", Verdict.RETURN, "请核对", at=noon)
    desk.run(noon)
    desk.drop(EAST, desk.fill(EAST, {**sound(), "patrols": patrols(700)}))
    desk.run(noon)
    desk.run(MORNING + 3 * DAY)
    said = told(desk, CITY)[-1]
    assert "· 退回修改：东岸县" in said
    assert "更正" not in said
    assert "新报" not in said


@pytest.mark.parametrize("verdict", [Verdict.QUERY, Verdict.RETURN])
def test_what_is_judged_anew_is_told_once(desk: Desk, verdict: Verdict) -> None:
    """A question about it, or a return that is taken back, makes no 新报 nor 收齐 of what the superior knows."""
    desk.drop(WEST, desk.fill(WEST))
    desk.run(MORNING)
    assert "已收齐" in told(desk, CITY)[-1]
    number, noon = f"{EAST}-{FIRST}-1", MORNING + dt.timedelta(hours=4)
    decide(desk, number, verdict, "请核对", at=noon)
    desk.run(noon)
    if verdict is Verdict.RETURN:
        (returned,) = desk.ask(lambda context: context.store.decisions.find_all(unit_id=EAST))
        undo(desk, returned, noon)
        desk.run(noon)
    desk.drop(WEST, desk.fill(WEST, {**sound(), "patrols": patrols(700)}))
    desk.run(noon)
    desk.run(MORNING + 3 * DAY)
    assert len(told(desk, CITY)) == 2
    assert "· 更正：西岸县" in told(desk, CITY)[-1]
    assert "新报" not in told(desk, CITY)[-1]
    assert "收齐" not in told(desk, CITY)[-1]
    assert "东岸县" not in told(desk, CITY)[-1]


def test_what_waits_is_told_until_it_is_decided(desk: Desk) -> None:
    """A quarter that is long over stands in the weekly digest while its workbook waits to be let pass, and no longer."""
    desk.run(MORNING)
    monday = MORNING.replace(month=7, day=2)
    desk.run(monday)
    _, said = told(desk, CITY)
    assert f"{FIRST_NAMED}：应报2个" in said
    assert "待验收1件" in said
    decide(desk, f"{EAST}-{FIRST}-1", Verdict.AGREE, at=monday)
    desk.run(monday + 7 * DAY)
    *_, said = told(desk, CITY)[2:] or [""]
    assert "待验收" not in said


def test_a_day_of_rest_is_made_up_for(desk: Desk) -> None:
    """Nobody is told anything on a Saturday; a service that was off in the morning tells it later that day."""
    desk.run(MORNING + DAY)
    assert told(desk, CITY) == []
    desk.run((MORNING + 3 * DAY).replace(hour=11))
    assert len(told(desk, CITY)) == 1
