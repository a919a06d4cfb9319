"""A lost database is made again from the archive and its journal, or from a backup and both."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from pathlib import Path

import pytest

from sheetflow.cli.summaries import recovered_lines
from sheetflow.errors import StoreDamagedError, WorkspaceError
from sheetflow.intake.archive import stored_blobs
from sheetflow.intake.journal import read_journal
from sheetflow.schemas.review import Matter
from sheetflow.service.back_up import back_up
from sheetflow.service.status import standing
from sheetflow.store.records import Submission
from sheetflow.upkeep.decide import decide, waive
from sheetflow.upkeep.purge import purge
from sheetflow.upkeep.recover import recover
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    IN_TIME_AGAIN,
    NEXT_DAY,
    NORTH,
    PROVINCE,
    SECOND,
    SOUTH,
    TOO_LATE,
    WEST,
    Desk,
    patrols,
    sound,
)

pytestmark = pytest.mark.slow

LATER = TOO_LATE + dt.timedelta(days=9)
BAD = {**sound(), "patrols": patrols(40_000, means="步行")}


def _served(root: Path) -> Desk:
    """A workspace in its second period: corrections, a return, a hold, a duplicate, a precheck."""
    desk = Desk.make(root)
    desk.issue()
    east = desk.fill(EAST).read_bytes()
    desk.drop(EAST, east)
    desk.drop(WEST, desk.fill(WEST, BAD))
    desk.drop(SOUTH, desk.fill(NORTH, name="错放.xlsx"))
    desk.drop(NORTH, desk.fill(NORTH), folder="预审")
    desk.run(IN_TIME)
    desk.drop(EAST, desk.fill(EAST, sound(700)))
    desk.drop(CITY, desk.fill(CITY))
    desk.run(NEXT_DAY)
    desk.drop(EAST, east)
    desk.drop(WEST, desk.fill(WEST))
    desk.run(TOO_LATE)
    desk.drop(WEST, desk.fill(WEST, name="又一次.xlsx"))
    desk.run(LATER)
    return desk


def _essence(submission: Submission) -> tuple[object, ...]:
    return (
        submission.receipt,
        submission.outcome,
        submission.late,
        submission.form,
        submission.sha256,
        submission.file_name,
        submission.arrived_at,
        submission.must,
    )


def _lose(desk: Desk) -> None:
    desk.workspace.database.unlink()


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """The workspace above."""
    return _served(tmp_path / "work")


def test_everything_judged_comes_back_as_it_was(served: Desk) -> None:
    """The same receipts, outcomes, lateness and roll-ups come of the archive alone; no mail goes out."""
    before = [_essence(entry) for entry in served.submissions()]
    states, mails = served.states(), len(served.mails())
    _lose(served)
    count = len(list(stored_blobs(served.workspace.archive)))
    with pytest.raises(StoreDamagedError, match=f"存档里有{count}份原件，数据库不认识"):
        served.run(IN_TIME_AGAIN)
    found = recover(served.root, at=IN_TIME_AGAIN)
    assert [_essence(entry) for entry in served.submissions()] == before
    assert (found.missing, found.guessed, found.without_unit, found.damaged_lines) == (
        [],
        [],
        [],
        0,
    )
    served.run(IN_TIME_AGAIN)
    assert served.states() == states
    assert len(served.mails()) == mails
    assert served.inbox_files() == []


def test_the_service_goes_on_after_it(served: Desk) -> None:
    """What is dropped next has the next number, and the same bytes again are a duplicate as ever."""
    _lose(served)
    drop = served.drop(EAST, served.fill(EAST, sound(900)))
    recover(served.root, at=IN_TIME_AGAIN)
    served.run(IN_TIME_AGAIN)
    assert not drop.exists()
    assert served.submissions(EAST)[-1].receipt == f"{EAST}-{FIRST}-4"
    again = served.root.parent / "clerks" / served.root.name / EAST / "上报.xlsx"
    served.drop(EAST, again)
    served.run(IN_TIME_AGAIN)
    assert len(served.submissions(EAST)) == 4


def test_an_original_without_entry_comes_back_held(served: Desk) -> None:
    """Without the journal each original is held for the unit it names, and that is said."""
    served.workspace.journal.unlink()
    _lose(served)
    found = recover(served.root, at=IN_TIME_AGAIN)
    assert {entry.outcome for entry in served.submissions()} == {"held"}
    assert {entry.unit_id for entry in served.submissions()} == {EAST, WEST, NORTH, CITY}
    assert sorted(found.guessed) == sorted(entry.receipt for entry in served.submissions())
    assert "推断" in "".join(recovered_lines(found))
    receipt = served.submissions(CITY)[0].receipt
    served.ask(lambda context: decide(context, receipt, "release", "核对过"), IN_TIME_AGAIN)
    served.run(IN_TIME_AGAIN)
    assert served.submissions(CITY)[0].outcome == "accepted"


def test_an_original_of_nobody_stays_in_the_archive(served: Desk) -> None:
    """What no unit can be told of is named by its hash, and makes no trouble."""
    served.drop(EAST, b"somebody's notes", "笔记.xlsx")
    served.run(IN_TIME_AGAIN)
    served.workspace.journal.unlink()
    _lose(served)
    found = recover(served.root, at=IN_TIME_AGAIN)
    assert len(found.without_unit) == 1
    assert found.without_unit[0][:16] in "".join(recovered_lines(found))


def test_a_lost_original_is_named(served: Desk) -> None:
    """A file that was received and whose original is gone is listed; the others come back."""
    lost = served.submissions(CITY)[0]
    (served.workspace.archive / lost.sha256[:2] / lost.sha256).unlink()
    _lose(served)
    found = recover(served.root, at=IN_TIME_AGAIN)
    assert [entry.unit_id for entry in found.missing] == [CITY]
    told = "".join(recovered_lines(found))
    assert f"{CITY} {NEXT_DAY:%Y-%m-%d %H:%M}收到" in told
    assert "按现在的指标口径计算" in told, "what was published may have been counted otherwise"
    assert served.submissions(CITY) == ()
    assert len(served.submissions(EAST)) == 3


def test_decisions_are_lost_and_listed(served: Desk) -> None:
    """Waivers and releases are named from what is left of the old database."""
    held = next(entry for entry in served.submissions() if entry.outcome == "held")
    served.ask(lambda context: decide(context, held.receipt, "reject", "放错了"), TOO_LATE)
    served.run(TOO_LATE)
    returned = served.submissions(WEST)[0]
    finding = served.ask(lambda context: context.store.contents.find_findings(returned))[0]
    served.ask(lambda context: waive(context, returned.receipt, str(finding["rule"]), "属实"))
    found = recover(served.root, force=True, at=IN_TIME_AGAIN)
    told = "\n".join(recovered_lines(found))
    assert f"{held.receipt}-认1 不同意" in told
    assert f"{returned.receipt}-放{finding['rule']}-1 同意" in told
    assert served.ask(lambda context: context.store.decisions.find_all(matter=Matter.WAIVER)) == ()


def test_a_backup_and_the_journal_together_lose_nothing(served: Desk, tmp_path: Path) -> None:
    """Gone on from a backup, what came since is judged again, and older decisions stand."""
    returned = served.submissions(WEST)[0]
    finding = served.ask(lambda context: context.store.contents.find_findings(returned))[0]
    served.ask(lambda context: waive(context, returned.receipt, str(finding["rule"]), "属实"))
    served.run(LATER)
    served.ask(lambda context: back_up(context, tmp_path / "b.zip"), LATER)
    served.drop(NORTH, served.fill(NORTH))
    served.run(IN_TIME_AGAIN)
    before = [_essence(entry) for entry in served.submissions()]
    _lose(served)
    found = recover(served.root, backup=tmp_path / "b.zip", at=IN_TIME_AGAIN)
    assert [_essence(entry) for entry in served.submissions()] == before
    assert (found.known, sum(found.outcomes.values())) == (9, 1)
    assert (
        len(served.ask(lambda context: context.store.decisions.find_all(matter=Matter.WAIVER))) == 1
    )


def test_a_backup_of_another_workspace_is_refused(served: Desk, tmp_path: Path) -> None:
    """Somebody else's backup does not become the base of this archive."""
    other = Desk.make(tmp_path / "other")
    other.ask(lambda context: back_up(context, tmp_path / "other.zip"))
    _lose(served)
    with pytest.raises(WorkspaceError, match="另一个工作文件夹"):
        recover(served.root, backup=tmp_path / "other.zip")
    assert not served.workspace.database.exists()


def test_what_was_purged_does_not_come_back(served: Desk) -> None:
    """A purge takes files out of the journal: they are neither a loss nor judged again."""
    end = dt.datetime(2013, 3, 1, 10)  # noqa: DTZ001 - the office's own time
    held = next(entry for entry in served.submissions() if entry.outcome == "held")
    served.ask(lambda context: decide(context, held.receipt, "reject", "放错了"), TOO_LATE)
    served.run(TOO_LATE)
    served.ask(lambda context: purge(context, dt.date(2013, 1, 1)), end)
    assert read_journal(served.workspace.journal).entries == ()
    served.issue(SECOND, end)
    assert served.run(end).taken == 0
    with pytest.raises(WorkspaceError, match="没有原件"):
        recover(served.root, force=True, at=end)


def test_a_sound_database_is_not_made_again(served: Desk) -> None:
    """Without being forced nobody throws decisions away."""
    with pytest.raises(WorkspaceError, match="--force"):
        recover(served.root, at=IN_TIME_AGAIN)


def test_the_old_database_is_set_aside(served: Desk, tmp_path: Path) -> None:
    """Nothing is deleted: what was there can be looked at, and put back."""
    before = served.submissions()
    found = recover(served.root, force=True, at=IN_TIME_AGAIN)
    assert found.aside
    shutil.copytree(served.root, tmp_path / "copy")
    for name in ("sheetflow.db", "journal"):
        shutil.copy(found.aside / "state" / name, tmp_path / "copy" / "state" / name)
    assert Desk(tmp_path / "copy").submissions() == before


def _as_of_an_older_version(served: Desk) -> Path:
    """Give a published file other bytes, known as ours, as a version before might have made it."""
    path = next(served.out(CITY).rglob("汇总表_*.xlsx"))
    old = b"what an older version made of it"
    place = path.relative_to(served.workspace.outbox).as_posix()
    digest = hashlib.sha256(old).hexdigest()
    served.ask(lambda context: context.store.publications.record_announced([(place, digest)]))
    path.write_bytes(old)
    return path


def test_what_was_published_stays_ours(served: Desk) -> None:
    """What the old database says to be ours is replaced, and what a person changed is not."""
    ours = _as_of_an_older_version(served)
    hers = next(served.out(PROVINCE).rglob("汇总表_*.xlsx"))
    hers.write_bytes(b"her remarks")
    found = recover(served.root, force=True, at=IN_TIME_AGAIN)
    assert found.unknown_files == 1
    assert not served.run(IN_TIME_AGAIN).is_failed
    assert ours.read_bytes()[:2] == b"PK"
    assert hers.read_bytes() == b"her remarks"
    assert [path.name for path in served.workspace.outbox.rglob("*_新*")] == [
        f"{hers.stem}_新{hers.suffix}"
    ]


def test_without_the_old_database_only_the_same_bytes_are_ours(served: Desk) -> None:
    """What comes out again as it lies there is ours; the rest stays, and the command says so."""
    ours = _as_of_an_older_version(served)
    _lose(served)
    found = recover(served.root, at=IN_TIME_AGAIN)
    assert found.unknown_files > 1
    said = "".join(recovered_lines(found))
    assert f"有{found.unknown_files}个文件，重建的数据库还不认识" in said
    served.run(IN_TIME_AGAIN)
    assert ours.read_bytes()[:2] != b"PK"
    beside = {path.name for path in served.workspace.outbox.rglob("*_新*")}
    assert f"{ours.stem}_新{ours.suffix}" in beside
    assert not any("回执" in name or "填报" in name for name in beside)
    notices = served.ask(lambda context: standing(context).notices, IN_TIME_AGAIN)
    assert all(any(name in told for told in notices) for name in beside)


def test_a_clock_set_back_changes_no_order(tmp_path: Path) -> None:
    """What was dropped last counts, though the clock said it was earlier; also when made again."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    moments = (TOO_LATE, NEXT_DAY, NEXT_DAY, IN_TIME)
    for metres, at in zip((100, 200, 300, 400), moments, strict=True):
        desk.drop(EAST, desk.fill(EAST, sound(metres)))
        desk.run(at)
    before = [_essence(entry) for entry in desk.submissions()]
    assert [entry.number for entry in desk.submissions()] == [1, 2, 3, 4]
    counts = desk.ask(
        lambda context: context.store.submissions.find_accepted(EAST, "rivers", FIRST)
    )
    recover(desk.root, force=True, at=IN_TIME_AGAIN)
    assert [_essence(entry) for entry in desk.submissions()] == before
    again = desk.ask(lambda context: context.store.submissions.find_accepted(EAST, "rivers", FIRST))
    assert (counts and counts.sha256) == (again and again.sha256)
