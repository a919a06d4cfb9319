"""A city returns what counts while its county's next workbook is on its way: the return is not lost on that one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest

from sheetflow.context import Clock
from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.one_pass import run_pass
from tests.service.test_heard_from_above import findings_of, outcomes
from tests.service.test_unit_progress import WRONG, page, said
from tests.tiny.desk import CITY, EAST, IN_TIME, Desk, body, sound
from tests.tiny.officer import Officer
from tests.warm import open_warm

pytestmark = pytest.mark.slow

LATER = dt.timedelta(hours=1)


@dataclass
class _Going(Clock):
    """Goes on by a second whenever somebody looks at it."""

    at: dt.datetime

    def now(self) -> dt.datetime:
        """A moment later than the last one."""
        self.at += dt.timedelta(seconds=1)
        return self.at


def run(desk: Desk, at: dt.datetime) -> None:
    """One pass, in which time goes by."""
    with open_warm(desk.root, at) as context:
        context.clock = _Going(at.replace(tzinfo=OFFICE_ZONE))
        run_pass(context)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Two workbooks of a county were accepted; its third comes with a mistake as the city returns the second."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "office")
    desk.issue()
    for number, metres in enumerate((400, 500), start=1):
        desk.drop(EAST, desk.fill(EAST, sound(metres), name=f"{number}.xlsx"))
        run(desk, IN_TIME + number * LATER)
    Officer(desk, CITY).says(EAST, "退回", "里程重填").drops()
    desk.drop(EAST, desk.fill(EAST, WRONG, name="3.xlsx"))
    run(desk, IN_TIME + 3 * LATER)
    return desk


def test_the_workbook_on_its_way_hears_the_return(desk: Desk) -> None:
    """The third, too, is returned by the city: its words come first in the copy, and in one letter alone."""
    assert outcomes(desk) == ["accepted", "returned", "returned"]
    first, *_ = findings_of(desk, desk.submissions(EAST)[-1])
    assert (first.rule, first.arguments["said"]) == ("superior-return", "里程重填")
    (told,) = [mail for mail in desk.mails(EAST) if "退回" in str(mail["Subject"])]
    assert "上游市退回" in str(told["Subject"])
    assert "第3号" in body(told)


def test_the_page_puts_the_return_first(desk: Desk) -> None:
    """What counts till then is named beside; nothing says that nothing need be done."""
    box = said(page(desk, EAST))
    assert "上游市退回（第3号）" in box
    assert "另有第1号已接收" in box
    assert "不改就不用处理" not in box
    assert "改好以前，汇总用的是第1号" in box


def test_the_return_is_raised_until_it_is_answered(desk: Desk) -> None:
    """Without another figure than was on its way the next one is returned again; with one it is accepted."""
    desk.drop(EAST, desk.fill(EAST, sound(500), name="4.xlsx"))
    run(desk, IN_TIME + 4 * LATER)
    assert outcomes(desk)[-1] == "returned"
    desk.drop(EAST, desk.fill(EAST, sound(700), name="5.xlsx"))
    run(desk, IN_TIME + 5 * LATER)
    assert outcomes(desk)[-1] == "accepted"
