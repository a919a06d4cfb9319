"""Trouble on a day of the calendar: it stays with whom it met, and is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetflow.context import Context
from sheetflow.errors import StoreDamagedError
from sheetflow.periods import OFFICE_ZONE
from sheetflow.service import one_pass
from sheetflow.service.calendar import CalendarReport, Kind, Task, run_calendar
from sheetflow.service.calendar_kinds import TO_UNITS
from sheetflow.store.records import Document
from tests.tiny.desk import EAST, FIRST, WEST, Desk, head, sound

BEGUN = dt.datetime(2012, 2, 20, 9, tzinfo=OFFICE_ZONE)
OPENS = dt.datetime(2012, 3, 1, 9, tzinfo=OFFICE_ZONE)


@pytest.fixture(autouse=True)
def _on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a workspace whose service has run since February."""
    desk = Desk.make(tmp_path / "work")
    desk.run(BEGUN)
    return desk


def obstruct(desk: Desk, unit_id: str) -> Path:
    """Put a file where the unit's folder of the period is to lie."""
    folder = desk.out(unit_id, FIRST)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_bytes(b"in the way")
    return folder


def test_one_units_folder_in_trouble_silences_nobody(desk: Desk) -> None:
    """Everybody is told that the period is open; the unit without a workbook is told too, and the office of it."""
    folder = obstruct(desk, WEST)
    report = desk.run(OPENS)
    (other,) = desk.mails(EAST)
    assert [part.get_filename() for part in other.iter_attachments()] == [desk.issued(EAST).name]
    (own,) = desk.mails(WEST)
    assert list(own.iter_attachments()) == []
    assert any(folder.name in said and "不是文件夹" in said for said in report.troubles)


def test_the_workbook_is_handed_out_once_the_folder_is_free(desk: Desk) -> None:
    """Nobody waits for the next reminder: the pass after the trouble makes it, and no mail goes twice."""
    folder = obstruct(desk, WEST)
    desk.run(OPENS)
    desk.run(OPENS + dt.timedelta(minutes=5))
    folder.unlink()
    desk.run(OPENS + dt.timedelta(minutes=10))
    assert desk.issued(WEST).is_file()
    assert len(desk.mails(WEST)) == 1


def broken(_context: Context, _until: dt.datetime) -> Iterator[Task]:
    """Fail as a kind of task with a fault of ours does."""
    raise KeyError("nobody")


def test_a_fault_of_ours_in_the_calendar_stops_no_pass(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kind that cannot say what is due costs a sentence: the others are done, and receipts go out."""
    monkeypatch.setattr(one_pass, "TO_UNITS", (broken, *TO_UNITS))
    report = desk.run(OPENS)
    assert [said for said in report.troubles if "程序出错" in said]
    assert "nobody" not in "".join(report.troubles)
    assert desk.mails(EAST)
    desk.drop(EAST, desk.fill(EAST, {**sound(), "head": head(day=OPENS.date())}))
    desk.run(OPENS + dt.timedelta(hours=1))
    assert desk.answer(EAST, "回执").is_file()


def one_that_raises(error: Exception) -> Kind:
    """Give a kind whose one task, due when the period opens, fails so."""

    def do() -> Document:
        raise error

    task = Task(name="one", what="试", form="", period="", due_at=OPENS, do=do)
    return lambda _context, _until: [task]


def test_a_task_that_meets_a_fault_of_ours_is_told_and_tried_again(desk: Desk) -> None:
    """The fault itself stands in the log alone: it may quote a cell."""

    def look(context: Context) -> CalendarReport:
        return run_calendar(context, [one_that_raises(KeyError("王某"))])

    for _ in range(2):
        assert desk.ask(look, OPENS).troubles == ["日程“试”没有做成：程序出错，详见日志。"]


def test_a_damaged_database_is_no_trouble_of_one_task(desk: Desk) -> None:
    """Nothing more is done on top of a damaged database: the service stops and says so."""
    kinds = [one_that_raises(StoreDamagedError("坏了"))]
    with pytest.raises(StoreDamagedError):
        desk.ask(lambda context: run_calendar(context, kinds), OPENS)


def test_nothing_that_can_wait_begins_out_of_office_hours(desk: Desk) -> None:
    """What fell due on a holiday goes out in the morning after it, not at midnight; 加急 waits for no morning."""
    done: list[str] = []

    def task(name: str, *, urgent: bool = False) -> Task:
        def do() -> Document:
            done.append(name)
            return {}

        return Task(name=name, what="试", form="", period="", due_at=BEGUN, do=do, urgent=urgent)

    def look(at: dt.datetime) -> list[str]:
        kinds = [lambda _context, _until: [task("mail"), task("hurry", urgent=True)]]
        desk.ask(lambda context: run_calendar(context, kinds), at)
        return done

    assert look(OPENS.replace(hour=0, minute=1)) == ["hurry"]
    assert look(OPENS.replace(hour=8, minute=29)) == ["hurry"]
    assert look(OPENS.replace(hour=18, minute=1)) == ["hurry"]
    assert look(OPENS.replace(hour=8, minute=30)) == ["hurry", "mail"]
