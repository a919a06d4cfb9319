"""The nightly backup: whole, a few of them kept, made up for once, and no stranger's file touched."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from sheetflow.errors import WorkspaceError
from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.calendar import CalendarReport, run_calendar
from sheetflow.service.nightly_backup import nightly_backups
from sheetflow.upkeep.restore import restore
from tests.tiny.desk import EAST, FIRST, Desk

pytestmark = pytest.mark.slow

EVENING = dt.datetime(2012, 4, 5, 18, tzinfo=OFFICE_ZONE)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")
    monkeypatch.setenv("SHEETFLOW_BACKUP__FOLDER", str(tmp_path / "safe"))
    monkeypatch.setenv("SHEETFLOW_BACKUP__KEEP", "3")
    (tmp_path / "safe").mkdir()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a workspace in which one county has reported."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run(EVENING)
    return desk


def look(desk: Desk, at: dt.datetime) -> CalendarReport:
    """Have the calendar look at its backups at a moment."""
    return desk.ask(lambda context: run_calendar(context, [nightly_backups]), at)


def names(folder: Path) -> list[str]:
    """Name what lies in the folder of backups."""
    return sorted(path.name for path in folder.iterdir())


def test_a_night_brings_one_backup_that_can_be_brought_back(desk: Desk, tmp_path: Path) -> None:
    """The backup of a night is the whole workspace, made once however often the service looks."""
    night = EVENING + dt.timedelta(hours=8)
    assert look(desk, night).done == 1
    assert look(desk, night + dt.timedelta(hours=1)).done == 0
    (file,) = (tmp_path / "safe").glob("*20120406.zip")
    restore(tmp_path / "again", file)
    again = Desk(tmp_path / "again")
    assert again.states(FIRST)[EAST] == "accepted"


def test_the_newest_few_are_kept(desk: Desk, tmp_path: Path) -> None:
    """After five nights three backups lie there; a file of somebody else stays, whatever its age."""
    (tmp_path / "safe" / "work_备份_旧的.zip").write_bytes(b"hers")
    for number in range(1, 6):
        look(desk, EVENING + number * DAY)
    assert names(tmp_path / "safe") == [
        "work_备份_20120408.zip",
        "work_备份_20120409.zip",
        "work_备份_20120410.zip",
        "work_备份_旧的.zip",
    ]


def test_nights_that_nobody_served_are_made_up_for_once(desk: Desk, tmp_path: Path) -> None:
    """A service that was off for a month makes one backup, on a Sunday too, and none of the nights gone by."""
    sunday = dt.datetime(2012, 5, 6, 12, tzinfo=OFFICE_ZONE)
    before = names(tmp_path / "safe")
    report = look(desk, sunday)
    assert (report.done, report.mended) == (1, ())
    assert names(tmp_path / "safe") == [*before, "work_备份_20120506.zip"]


def test_a_folder_that_is_away_is_told_and_tried_again(desk: Desk, tmp_path: Path) -> None:
    """A share that is away is no reason to save elsewhere: it is said, and made up for when it is back."""
    night = EVENING + dt.timedelta(hours=8)
    (tmp_path / "safe").rename(tmp_path / "away")
    (trouble,) = look(desk, night).troubles
    assert "不在，没有备份" in trouble
    assert not (tmp_path / "safe").exists()
    (tmp_path / "away").rename(tmp_path / "safe")
    assert look(desk, night + dt.timedelta(hours=7)).done == 1


def test_without_a_folder_there_is_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office that names no folder gets no backup, and no complaint."""
    monkeypatch.setenv("SHEETFLOW_BACKUP__FOLDER", "")
    assert look(desk, EVENING + DAY) == CalendarReport()


def test_one_that_failed_is_tried_again_after_an_hour(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up half way is not written full again by every pass; what failed is said meanwhile."""
    tried: list[Path] = []

    def fail(_context: object, path: Path) -> None:
        tried.append(path)
        raise WorkspaceError("备份写不到。请检查磁盘空间。")

    night = EVENING + dt.timedelta(hours=8)
    with monkeypatch.context() as patch:
        patch.setattr("sheetflow.service.nightly_backup.back_up", fail)
        said = [look(desk, night + dt.timedelta(minutes=each)).troubles[0] for each in (0, 5, 59)]
        assert len(tried) == 1
        assert all("备份写不到。请检查磁盘空间。" in each for each in said)
        assert "03:00以后自动再试" in said[-1]
        look(desk, night + dt.timedelta(minutes=61))
        assert len(tried) == 2
    assert look(desk, night + dt.timedelta(minutes=122)).done == 1


def test_a_disk_without_room_is_told_before_anything_is_written(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first backup too is not begun where database and originals have no room; the sentence says how much is wanted."""
    wanted = desk.workspace.database.stat().st_size
    usage = shutil.disk_usage(tmp_path)._replace(free=wanted)
    monkeypatch.setattr("sheetflow.service.nightly_backup.shutil.disk_usage", lambda _: usage)
    (trouble,) = look(desk, EVENING + DAY).troubles
    assert "新的备份要" in trouble
    assert "请腾出空间" in trouble
    assert not [name for name in names(tmp_path / "safe") if "20120406" in name]


def test_drafts_that_a_kill_left_are_swept(desk: Desk, tmp_path: Path) -> None:
    """Half a backup of a killed service is removed by the next one; a stranger's draft stays."""
    safe = tmp_path / "safe"
    (safe / ".work_备份_20120405.zip.4711.tmp").write_bytes(b"half")
    (safe / ".报告.zip.4711.tmp").write_bytes(b"hers")
    look(desk, EVENING + DAY)
    assert [name for name in names(safe) if name.endswith(".tmp")] == [".报告.zip.4711.tmp"]
