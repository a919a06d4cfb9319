"""Promises 1 and 5 for deliveries: a key tells a file from every other, also in an old database."""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from sheetflow.intake.archive import blob_path
from sheetflow.intake.sighting import FOLDER
from sheetflow.periods import OFFICE_ZONE
from sheetflow.store import Store
from tests.old.conftest import OLD
from tests.programs import needs_strace
from tests.reliability.broken import KEY_OF_THE_PLACE, MIGRATES_TO_OTHER_KEYS, Broken
from tests.reliability.command_line import command
from tests.reliability.conftest import Measured
from tests.reliability.scene import copy_of, take_picture
from tests.reliability.service_process import REPOSITORY, Service
from tests.reliability.test_kills import sweep
from tests.tiny.desk import EAST, IN_TIME, NEXT_DAY, Desk, sound

pytestmark = [pytest.mark.slow, pytest.mark.reliability, pytest.mark.timeout(1200)]

_NEXT_DAY = NEXT_DAY.replace(tzinfo=OFFICE_ZONE)
_FINISHED, _REPLACED = (7, 8), 9
"""Arrivals of the old database that still lie in the inbox, and one that was saved over."""
_CALLS_BEFORE = 12
_TURNING = frozenset({"unlinkat"})
"""Both sides of what lets go of a file are points, too."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the version that knew no deliveries, unpacked."""
    folder = tmp_path_factory.mktemp("old")
    with zipfile.ZipFile(OLD) as packed:
        packed.extractall(folder)
    return folder / "workspace"


def lay_pending(old: Path, root: Path) -> Path:
    """Give a copy of the old workspace at `root` whose service died before it removed three files."""
    copy_of(old, root)
    database = root / "state" / "sheetflow.db"
    Path(f"{database}.seal").unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as connection, connection:
        for arrival_id in (*_FINISHED, _REPLACED):
            unit_id, name, sha256 = connection.execute(
                "SELECT unit_id, raw_name, sha256 FROM arrivals WHERE arrival_id = ?",
                (arrival_id,),
            ).fetchone()
            (folder,) = (root / "inbox").glob(f"{unit_id}-*")
            file = folder / name.decode()
            shutil.copyfile(blob_path(root / "state" / "archive", sha256), file)
            found = file.stat()
            connection.execute(
                "UPDATE arrivals SET unlinked_at = NULL, inode = ?, mtime_ns = ?, device = ?"
                " WHERE arrival_id = ?",
                (str(found.st_ino), found.st_mtime_ns, str(found.st_dev), arrival_id),
            )
            if arrival_id == _REPLACED:
                file.rename(folder.parent / "aside")  # so that its inode is not given again
                file.write_bytes(b"notes, saved over the workbook")
                (folder.parent / "aside").unlink()
    return root


@pytest.mark.parametrize("broken", [None, MIGRATES_TO_OTHER_KEYS], ids=["real", "broken"])
def test_a_file_that_an_old_database_had_still_to_remove_is_taken_neither_twice_nor_never(
    broken: Broken | None, old: Path, quick_disk: Path, tmp_path: Path, measured: Measured
) -> None:
    """After the migration the received files leave the inbox silently; the one saved over is new."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    root = lay_pending(old, quick_disk / f"old-{bool(broken)}" / "workspace")
    with Service(package) as service:
        ended = service.run(root, _NEXT_DAY)
    assert ended.code == 0, ended.log
    picture = take_picture(root)
    assert picture.inbox == ()
    measured("arrivals, 11 before", len(picture.tables["arrivals"]))
    assert (len(picture.tables["arrivals"]) == 12) is not bool(broken)
    if not broken:
        with Store(root / "state" / "sheetflow.db") as store:
            assert store.arrivals.find_pending(FOLDER) == ()
            newest = store.arrivals.find_arrival(12)
            assert store.submissions.find_submissions("370102")[-1].arrival_id == newest.arrival_id


@needs_strace
def test_killed_around_the_migration_no_file_is_taken_twice_or_lost(
    old: Path, quick_disk: Path, monkeypatch: pytest.MonkeyPatch, measured: Measured
) -> None:
    """Wherever the power fails while an old workspace is opened, the next start ends as any other."""
    monkeypatch.setenv("SHEETFLOW_MAIL__SENDER", "sheetflow@mail.example")
    lay = partial(lay_pending, old)
    place = quick_disk / "migrated"
    found = sweep(REPOSITORY, lay, place, _CALLS_BEFORE, _TURNING, at=_NEXT_DAY)
    measured("killed", found.killed)
    assert not found.wrong, dict(list(found.wrong.items())[:3])
    assert found.killed >= _CALLS_BEFORE // 2


@pytest.mark.parametrize("broken", [None, KEY_OF_THE_PLACE], ids=["real", "broken"])
def test_another_file_in_the_same_place_is_another_delivery(
    broken: Broken | None, tmp_path: Path, measured: Measured
) -> None:
    """Dropped under the name of one that was received before, a corrected workbook is received."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    desk = Desk.make(tmp_path / "workspace")
    desk.issue()
    for rows in (sound(), sound(900)):
        desk.drop(EAST, desk.fill(EAST, rows, name="报表.xlsx"))
        command(desk.root, IN_TIME, "run", package=package)
    numbers = [entry.number for entry in desk.submissions(EAST)]
    measured("submissions of two workbooks", numbers)
    assert (numbers == [1, 2] and not desk.inbox_files()) is not bool(broken)
