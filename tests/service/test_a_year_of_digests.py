"""A year by the clock: no reader gets more digests, and no administrator more mail, than the table says."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from pathlib import Path

import pytest

from sheetflow.context import Clock, Context
from sheetflow.periods import OFFICE_ZONE, is_working_day
from sheetflow.service.administrator import administrators_mail
from sheetflow.service.calendar import run_calendar
from sheetflow.service.deadlines import mark_overdue
from sheetflow.service.digest import digests
from sheetflow.service.nightly_backup import nightly_backups
from sheetflow.store.records import Mail
from tests.tiny.desk import CITY, EAST, FIRST, ISSUED, OTHER_CITY, SECOND, SOUTH, WEST, Desk, sound
from tests.warm import open_warm

pytestmark = pytest.mark.slow

KEEPER = "keeper@mail.example"
DAY = dt.timedelta(days=1)
BEGIN = ISSUED.replace(tzinfo=OFFICE_ZONE)
COMING = (
    ((2012, 4, 1, 16), SOUTH, FIRST),
    ((2012, 4, 5, 10), EAST, FIRST),
    ((2012, 4, 9, 11), CITY, FIRST),
    ((2012, 4, 24, 9), WEST, FIRST),
    ((2012, 7, 3, 9), EAST, SECOND),
    ((2012, 7, 9, 14), OTHER_CITY, SECOND),
)
"""Who hands in what, and when: in time, late, and some never."""


@pytest.fixture(autouse=True)
def _on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")
    monkeypatch.delenv("SHEETFLOW_REVIEW__POLICY")
    monkeypatch.setenv("SHEETFLOW_CONTACT__ADMINISTRATOR", KEEPER)
    monkeypatch.setenv("SHEETFLOW_BACKUP__FOLDER", str(tmp_path / "safe"))
    monkeypatch.setenv("SHEETFLOW_BACKUP__KEEP", "2")
    (tmp_path / "safe").mkdir()


def look_daily(desk: Desk, begin: dt.datetime, end: dt.datetime, luck: random.Random) -> None:
    """Look at the calendar at three moments of each day, and once more in between."""
    with open_warm(desk.root, begin) as context:
        day = begin
        while day < end:
            for minute in sorted(luck.sample(range(24 * 60), 3)):
                at = day.replace(hour=minute // 60, minute=minute % 60)
                if begin < at < end:
                    context.clock = Clock(at)
                    mark_overdue(context)
                    run_calendar(context, [nightly_backups, digests, administrators_mail])
            day += DAY


def test_nobody_gets_more_than_the_table_says(tmp_path: Path) -> None:
    """Whenever the service looks: a digest a working morning, a second on a deadline's day, one mail to the administrator."""
    luck = random.Random(1)  # noqa: S311 - moments of looking, nothing secret
    desk, at = Desk.make(tmp_path / "work"), BEGIN
    desk.issue(FIRST)
    for coming, unit_id, period in COMING:
        arrives = dt.datetime(*coming, tzinfo=OFFICE_ZONE)
        look_daily(desk, at, arrives, luck)
        if period == SECOND and unit_id == EAST:
            desk.issue(SECOND, arrives)
        desk.drop(unit_id, desk.fill(unit_id, sound(luck.randint(100, 900)), period=period))
        desk.run(arrives)
        at = arrives
    look_daily(desk, at, BEGIN + 300 * DAY, luck)
    mails = desk.ask(lambda context: context.store.mails.find_mails(), BEGIN + 300 * DAY)
    told = [mail for mail in mails if mail.message_id.startswith(("<digest.", "<administrator."))]
    assert {mail.unit_id for mail in told} >= {CITY, OTHER_CITY, ""}
    for mail in told:
        when = mail.created_at.astimezone(OFFICE_ZONE)
        assert is_working_day(when.date())
        assert dt.time(8, 30) <= when.time() <= dt.time(18)
    counted = Counter((mail.recipients, mail.unit_id, _day(mail)) for mail in told)
    twice = {day for (_, unit_id, day), count in counted.items() if count > 1 and unit_id}
    assert max(counted.values()) <= 2
    assert all(count == 1 for (_, unit_id, _), count in counted.items() if not unit_id)
    assert twice <= desk.ask(deadlines)
    assert len(list((tmp_path / "safe").iterdir())) == 2


def _day(mail: Mail) -> dt.date:
    return mail.created_at.astimezone(OFFICE_ZONE).date()


def deadlines(context: Context) -> set[dt.date]:
    """Give the days on which anybody's deadline is, of all forms and periods of two years."""
    return {
        context.deadline(unit, form, period).date()
        for form in context.campaign.forms
        for year in (2011, 2012)
        for period in form.periods_of(year)
        for unit in context.tree
        if form.is_for(unit.level)
    }
