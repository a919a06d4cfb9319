"""An office that wants to do all by hand: nothing goes to units by itself, its own affairs go on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.calendar import BEGUN
from sheetflow.upkeep.agenda import agenda
from tests.tiny.desk import EAST, WEST, Desk

ADDRESS = "keeper@mail.example"
THURSDAY = dt.datetime(2012, 4, 5, 10, tzinfo=OFFICE_ZONE)
MONDAY = dt.datetime(2012, 4, 9, 9, tzinfo=OFFICE_ZONE)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a workspace without a calendar, its backups at night, a workbook held since Thursday."""
    monkeypatch.setenv("SHEETFLOW_CALENDAR__ON", "false")
    monkeypatch.setenv("SHEETFLOW_CONTACT__ADMINISTRATOR", ADDRESS)
    monkeypatch.setenv("SHEETFLOW_BACKUP__FOLDER", str(tmp_path / "safe"))
    (tmp_path / "safe").mkdir()
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.drop(WEST, desk.fill(EAST))
    desk.run(THURSDAY)
    return desk


def test_backups_and_the_administrators_mail_go_on(desk: Desk, tmp_path: Path) -> None:
    """Switched off, the calendar writes to no unit; the night is saved, and the administrator told, all the same."""
    before = {mail["To"] for mail in desk.mails()}
    desk.run(MONDAY)
    assert {mail["To"] for mail in desk.mails()} - before == {ADDRESS}
    assert [path.name for path in (tmp_path / "safe").glob("*20120409.zip")]


def test_switched_on_later_it_makes_up_for_nothing(desk: Desk) -> None:
    """The calendar has not begun while it was off: who switches it on has no reminders of weeks gone by sent."""
    desk.run(MONDAY)
    assert desk.ask(lambda context: context.store.calendar.find(BEGUN), MONDAY) is None


def test_what_is_to_come_names_what_goes_on(desk: Desk) -> None:
    """`calendar` lists the next backup, and that it is done though the rest is switched off."""
    found = desk.ask(lambda context: agenda(context, 2), MONDAY)
    assert not found.is_on
    assert any("备份" in line.what for line in found.coming)
