"""What a person changed in the outbox stays theirs: told, linked, purged around, restored around."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest

from sheetflow.consolidation.contents import Waits
from sheetflow.context import Context
from sheetflow.service.back_up import back_up
from sheetflow.store.records import Publication
from sheetflow.upkeep.restore import restore
from tests.reliability.command_line import command
from tests.tiny.desk import CITY, EAST, FIRST, FIRST_NAMED, NEXT_DAY, SECOND, Desk, sound

pytestmark = pytest.mark.slow

YEAR_AFTER = dt.datetime(2013, 3, 1, 9)  # noqa: DTZ001 - the office's own time
LATER = NEXT_DAY + dt.timedelta(days=1)
HERS = b"somebody works in it"


@pytest.fixture
def reported(desk: Desk) -> Desk:
    """东岸县 accepted; its correction is in the inbox."""
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    desk.drop(EAST, desk.fill(EAST, sound(900), name="改.xlsx"))
    return desk


def beside(context: Context) -> tuple[Publication, ...]:
    """What lies beside its real name."""
    return context.store.publications.find_beside()


def rollup(desk: Desk) -> Path:
    """The city's consolidated workbook, under its own name."""
    return desk.out(CITY, FIRST) / f"汇总表_上游市_{FIRST_NAMED}.xlsx"


def twin(path: Path) -> Path:
    """Where the new one lies meanwhile."""
    return path.with_name(f"{path.stem}_新{path.suffix}")


def page(desk: Desk) -> str:
    """The city's board, its links as people read them."""
    return unquote((desk.out(CITY) / "上报情况_上游市.html").read_text(encoding="utf-8"))


def test_the_board_and_status_name_the_current_one(reported: Desk) -> None:
    """Her roll-up stays; the board links to the new one, and to the plain name once she let go of it."""
    path = rollup(reported)
    path.write_bytes(HERS)
    reported.run(NEXT_DAY)
    assert (path.read_bytes(), twin(path).is_file()) == (HERS, True)
    assert twin(path).name in page(reported)
    (told,) = reported.ask(beside)
    assert (told.beside_for, told.beside.rpartition("/")[2]) == ("hers", twin(path).name)
    before = reported.publications()
    assert reported.run(LATER).published == 0
    assert reported.publications() == before
    path.unlink()
    reported.run(LATER)
    assert path.is_file()
    assert not twin(path).exists()
    assert f"{path.name}" in page(reported)
    assert twin(path).name not in page(reported)
    assert reported.ask(beside) == ()


def test_a_file_that_she_moved_elsewhere_is_published_again_under_its_name(reported: Desk) -> None:
    """An old issue of ours put back is replaced as if nobody had touched anything."""
    path = rollup(reported)
    first = path.read_bytes()
    path.write_bytes(HERS)
    reported.run(NEXT_DAY)
    path.write_bytes(first)
    reported.run(LATER)
    assert path.read_bytes() not in {first, HERS}
    assert not twin(path).exists()


def test_what_she_filled_in_place_and_handed_in_is_ours_again(desk: Desk) -> None:
    """A workbook filled where it lay is hers until she drops it: then a copy of it is in the archive."""
    desk.issue(SECOND)
    mine = desk.issued(EAST, SECOND)
    mine.write_bytes(desk.fill(EAST, period=SECOND).read_bytes())
    half = mine.read_bytes()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    assert (mine.read_bytes(), twin(mine).is_file()) == (half, True)
    desk.drop(EAST, half, folder="预审")
    desk.run(NEXT_DAY)
    assert mine.read_bytes() != half
    assert not twin(mine).exists()


def test_a_purge_names_what_it_leaves_and_fails(reported: Desk) -> None:
    """Her copy of a purged workbook stays, is named among the leftovers, and the command says no."""
    mine = reported.issued(EAST)
    mine.write_bytes(HERS)
    reported.run(NEXT_DAY)
    told = []
    for _ in range(2):
        done = command(reported.root, YEAR_AFTER, "purge", "--yes", "--before", "2013-01-01")
        told.append((done.returncode, mine.name in done.stderr))
    assert told == [(1, True), (1, True)]
    assert mine.read_bytes() == HERS


def test_files_newer_than_the_backup_are_hers_and_listed_once(
    reported: Desk, tmp_path: Path
) -> None:
    """What was published since the backup is neither replaced nor removed after a restore."""
    file = tmp_path / "backup.zip"
    reported.ask(lambda context: back_up(context, file))
    dropped = reported.inbox_files()[0]
    kept = dropped.read_bytes()
    reported.run(NEXT_DAY)
    newer = reported.publications()
    done = restore(reported.root, file, force=True, at=LATER)
    changed = {name.rpartition("/")[2].partition("_")[0] for name in done.unknown_files}
    assert changed == {"回执", "汇总表", "上报情况", "报送进度"}
    assert not [name for name in done.unknown_files if "第1号" in name]
    dropped.write_bytes(kept + b" ")
    reported.drop(EAST, reported.fill(EAST, sound(1500), name="再改.xlsx"))
    dropped.unlink()
    reported.run(LATER)
    after = reported.publications()
    assert {name: after[name] for name in newer} == newer
    twins = {twin(Path(name)).as_posix() for name in done.unknown_files}
    made = {name for name in after if name not in newer}
    assert made <= twins
    # What says the very same again has no twin.
    alike = {name.rpartition("/")[2].partition("_")[0] for name in twins - made}
    assert alike <= {"上报情况", "报送进度"}


def test_one_units_outbox_in_trouble_is_its_own(reported: Desk) -> None:
    """A period folder that is a link elsewhere stops neither judging nor others; the answer follows."""
    folder, elsewhere = reported.out(EAST, FIRST), reported.root.parent / "elsewhere"
    elsewhere.mkdir()
    shutil.rmtree(folder)
    folder.symlink_to(elsewhere)
    report = reported.run(NEXT_DAY)
    assert (report.outcomes["accepted"], report.troubles) == (1, ())
    assert not report.is_failed
    waits = [entry for entry in report.waiting if entry.kind is Waits.PUBLICATION]
    assert {entry.unit_id for entry in waits} == {EAST}
    where = f"答复文件夹“990101-东岸县/{FIRST}”是指向别处的链接"
    assert all(where in entry.message for entry in waits)
    assert list(elsewhere.iterdir()) == []
    assert twin(rollup(reported)).exists() is False
    marks = reported.ask(lambda context: context.store.publications.find_stale())
    assert all("指向别处的链接" in mark.trouble for mark in marks)
    shown = command(reported.root, LATER, "run")
    assert (shown.returncode, f"答复文件夹“990101-东岸县/{FIRST}”" in shown.stdout) == (0, True)
    folder.unlink()
    assert reported.run(LATER + dt.timedelta(hours=1)).waiting == ()
    assert [name for name in reported.names(EAST) if name.startswith("回执")]
    assert reported.ask(lambda context: context.store.publications.find_stale()) == ()
