"""Retention: after a purge nobody can be found in closed periods, and the figures still stand."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetflow.context.running import held_lock
from sheetflow.errors import StoreError, WorkspaceError
from sheetflow.store.records import Submission
from sheetflow.upkeep.decide import waive
from sheetflow.upkeep.purge import Purged, plan_purge, purge
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    IN_TIME_AGAIN,
    NORTH,
    PROVINCE,
    SECOND,
    SECOND_MONTH,
    SIGNED,
    SIGNED_AGAIN,
    WEST,
    Desk,
    head,
    patrols,
    sound,
    table,
    words,
)

pytestmark = pytest.mark.slow

KEEPER = "王安澜"
YEAR_AFTER = dt.datetime(2013, 3, 1, 9)  # noqa: DTZ001 - the office's own time
ALL_OF_2012 = dt.date(2013, 1, 1)


def clear(desk: Desk, before: dt.date = ALL_OF_2012, at: dt.datetime = YEAR_AFTER) -> Purged:
    """Purge."""
    return desk.ask(lambda context: purge(context, before), at)


def rows_of(desk: Desk, submission: Submission) -> dict[str, str]:
    """The rows that the database has of a submission."""
    return desk.ask(lambda context: context.store.contents.find_rows(submission))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A year with one period: accepted, returned, prechecked; masked names in the city's book."""
    desk = Desk.make(tmp_path_factory.mktemp("rivers") / "work")
    desk.issue()
    bad = desk.fill(WEST, {**sound(), "patrols": patrols(40_000, means="步行")}, name="坏.xlsx")
    desk.drop(EAST, desk.fill(EAST))
    desk.drop(CITY, desk.fill(CITY))
    desk.drop(WEST, bad)
    desk.drop(WEST, bad, folder="预审")
    desk.run()
    return desk


@pytest.fixture
def desk(full: Desk, tmp_path: Path) -> Desk:
    """The same year, to be purged."""
    shutil.copytree(full.root, tmp_path / "work")
    return Desk(tmp_path / "work")


def everything(desk: Desk) -> Iterator[str]:
    """All words that anybody can still read: outbox, mail kept, rows in the database."""
    for path in desk.workspace.outbox.rglob("*.xlsx"):
        yield words(path)
    for message in desk.mails():
        for part in message.walk():
            if part.get_filename():
                target = desk.root / "attached.xlsx"
                target.write_bytes(part.get_payload(decode=True))  # type: ignore[arg-type]
                yield words(target)
                target.unlink()
    for submission in desk.submissions():
        yield from rows_of(desk, submission).values()


def test_nobody_is_found_any_more(desk: Desk) -> None:
    """Originals, personal columns, returned copies and kept mail no longer name anybody."""
    assert any(KEEPER in text for text in everything(desk))
    done = clear(desk)
    assert (done.originals, done.documents) == (4, 2)
    assert not any(KEEPER in text for text in everything(desk))
    assert [path for path in desk.workspace.archive.rglob("*") if path.is_file()] == []
    assert [name for name in desk.names(WEST) if name.startswith(("退回", "预审"))] == []


def test_receipts_and_figures_stay(desk: Desk) -> None:
    """What was received, judged and counted can be read as before."""
    submissions, states = desk.submissions(), desk.states()
    path = desk.out(CITY, FIRST) / f"汇总表_上游市_{FIRST_NAMED}.xlsx"
    figures = table(path, "巡河汇总（累计）", "代码")
    receipt = desk.answer(EAST, "回执").read_bytes()
    clear(desk)
    assert desk.submissions() == submissions
    assert desk.states() == states
    assert table(path, "巡河汇总（累计）", "代码") == figures
    assert desk.answer(EAST, "回执").read_bytes() == receipt


def test_roll_ups_are_made_anew_with_blank_names(desk: Desk) -> None:
    """The city's book had masked names; after the purge the rows are there, the names blank."""
    path = desk.out(CITY, FIRST) / f"汇总表_上游市_{FIRST_NAMED}.xlsx"
    assert {row["河长姓名"] for row in table(path, "排口台账", "排口编号")} == {"王*"}
    clear(desk)
    rows = table(path, "排口台账", "排口编号")
    assert {row["河长姓名"] for row in rows} == {None}
    assert [row["河道"] for row in rows] == ["清水河"] * 4
    assert desk.ask(lambda context: context.store.publications.find_stale()) == ()


def test_rows_kept_to_join_large_books_faster_are_made_anew(tmp_path: Path) -> None:
    """What the service keeps rendered beside the database names nobody either."""
    desk = Desk.make(tmp_path / "work", joined_from="1")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    pieces = desk.workspace.pieces
    assert any("王*".encode() in path.read_bytes() for path in pieces.iterdir())
    clear(desk)
    assert not any("王*".encode() in path.read_bytes() for path in pieces.iterdir())
    path = desk.out(CITY, FIRST) / f"汇总表_上游市_{FIRST_NAMED}.xlsx"
    assert {row["河长姓名"] for row in table(path, "排口台账", "排口编号")} == {None}


def test_it_is_on_record_and_repeats_nothing(desk: Desk) -> None:
    """Who purged what is kept; a second purge finds nothing left and adds no entry."""
    clear(desk)
    again = clear(desk)
    assert (again.originals, again.documents, again.republished) == (0, 0, 0)
    (entry,) = desk.ask(lambda context: context.store.purges.find_purges())
    assert (entry.before, entry.originals) == (ALL_OF_2012, 4)
    assert entry.by


def test_a_purge_that_was_cut_short_is_finished(desk: Desk) -> None:
    """Files that a crash left after the commit go with the next call."""
    kept = desk.root.parent / "kept"
    shutil.copytree(desk.workspace.archive, kept)
    clear(desk)
    shutil.rmtree(desk.workspace.archive)
    shutil.copytree(kept, desk.workspace.archive)
    clear(desk)
    assert [path for path in desk.workspace.archive.rglob("*") if path.is_file()] == []


def test_an_open_period_is_refused(desk: Desk) -> None:
    """Before its last deadline a period keeps everything, and the sentence says which day works."""
    with pytest.raises(WorkspaceError, match="还没有截止（最晚2012年4月11日）"):
        clear(desk, IN_TIME.date(), IN_TIME)
    assert any(KEEPER in text for text in everything(desk))


def test_periods_that_end_later_are_not_touched(desk: Desk) -> None:
    """Only what ended before the day goes."""
    assert clear(desk, SIGNED - dt.timedelta(days=1)).originals == 0


def test_undecided_and_unanswered_files_come_first(desk: Desk) -> None:
    """With a held file, or one without an answer yet, nothing is purged."""
    desk.drop(NORTH, desk.fill(EAST))
    desk.run(IN_TIME_AGAIN)
    with pytest.raises(WorkspaceError, match="待确认"):
        clear(desk)


def test_no_purge_under_a_running_service(desk: Desk) -> None:
    """While the service runs, it may be reading what would go."""
    with (
        held_lock(desk.workspace.lock),
        pytest.raises(WorkspaceError, match="正在这个工作文件夹"),
    ):
        clear(desk)


def test_while_the_year_runs_the_last_book_stays_whole(desk: Desk) -> None:
    """The next workbook is filled from it, names included; once there is a newer one, it goes."""
    plan = desk.ask(lambda context: plan_purge(context, IN_TIME.date()), IN_TIME_AGAIN)
    assert {entry.unit_id for entry in plan.carried} == {EAST, CITY}
    clear(desk, IN_TIME.date(), IN_TIME_AGAIN)
    desk.issue(SECOND, IN_TIME_AGAIN)
    assert KEEPER in words(desk.issued(EAST, SECOND))
    rows = {"head": head(day=SIGNED_AGAIN), "patrols": patrols(300, month=SECOND_MONTH)}
    desk.drop(EAST, desk.fill(EAST, rows, period=SECOND))
    desk.run(IN_TIME_AGAIN)
    done = clear(desk, IN_TIME.date(), IN_TIME_AGAIN)
    assert done.originals == 1
    first, second = desk.submissions(EAST)
    assert KEEPER not in rows_of(desk, first)["outlets"]
    assert KEEPER in rows_of(desk, second)["outlets"]


def test_a_nil_return_after_a_purge_is_no_contradiction(desk: Desk) -> None:
    """A unit whose last book was purged returns the same rows with nil: still nothing new."""
    desk.issue(SECOND, IN_TIME_AGAIN)
    nil = desk.fill(EAST, {"head": head(day=SIGNED_AGAIN, frozen="是")}, period=SECOND)
    clear(desk)
    desk.drop(EAST, nil)
    desk.run(dt.datetime(2013, 3, 2, 9))  # noqa: DTZ001
    assert desk.states(SECOND)[EAST] == "nil"


def test_what_was_purged_cannot_be_judged_anew(desk: Desk) -> None:
    """A waiver for a purged workbook is refused with a sentence, instead of never ending."""
    clear(desk)
    receipt = desk.submissions(WEST)[0].receipt
    with pytest.raises(StoreError, match="原件已经清理"):
        desk.ask(lambda context: waive(context, receipt, "walk-too-long", "核实过"))


def test_the_same_file_dropped_again_is_still_known(desk: Desk) -> None:
    """A purged workbook that is dropped once more is answered as already received."""
    again = desk.fill(EAST)
    clear(desk)
    desk.drop(EAST, again)
    desk.run(YEAR_AFTER)
    assert len(desk.submissions(EAST)) in {1, 2}
    assert desk.inbox_files() == []


def test_other_levels_are_purged_alike(desk: Desk) -> None:
    """The province's own workbook loses its names like everybody's."""
    desk.drop(PROVINCE, desk.fill(PROVINCE))
    desk.run(IN_TIME)
    clear(desk)
    assert not any(KEEPER in text for text in everything(desk))
