"""A signed report that was filed outlives a kill, a lost database and a new name; a purge takes it."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from sheetflow.context.paths import filed_path
from sheetflow.errors import StoreError
from sheetflow.intake.archive import blob_path
from sheetflow.service import one_pass
from sheetflow.service.back_up import back_up
from sheetflow.service.filed_answer import held_signed
from sheetflow.store import publications
from sheetflow.store.signed import SignedReport, SignedReports
from sheetflow.upkeep.decide import decide
from sheetflow.upkeep.purge import purge
from sheetflow.upkeep.recover import recover
from sheetflow.upkeep.restore import restore
from tests.service.test_filing import CHECK, FILED, PDF, REPORT, edited, reported
from tests.tiny.desk import FIRST, IN_TIME_AGAIN, NEXT_DAY, PROVINCE, words
from tests.tiny.pair import PairDesk

pytestmark = pytest.mark.slow

__all__ = ["reported"]

YEAR_AFTER = dt.datetime(2013, 7, 1, 9)  # noqa: DTZ001 - the office's own time
ALL_OF_2012 = dt.date(2013, 1, 1)


class KilledError(BaseException):
    """The service ends here, as if it were killed."""


@pytest.fixture
def desk(reported: PairDesk, tmp_path: Path) -> PairDesk:
    """A province with a draft, and a 定稿 in its inbox."""
    shutil.copytree(reported.root, tmp_path / "work")
    desk = PairDesk(tmp_path / "work")
    desk.drop(PROVINCE, edited(desk, **{"9个": "10个"}), "定稿_水质.docx")
    return desk


def kept(desk: PairDesk) -> tuple[SignedReport, ...]:
    """Give what is on record."""
    return desk.ask(lambda context: context.store.signed.find_signed(PROVINCE), NEXT_DAY)


def killed(desk: PairDesk, monkeypatch: pytest.MonkeyPatch, place: object, name: str) -> None:
    """Run the service, and end it where it comes to `name`."""

    def end(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as broken:
        broken.setattr(place, name, end)
        with pytest.raises(KilledError):
            desk.run(IN_TIME_AGAIN)


def is_whole(desk: PairDesk) -> bool:
    """Whether the 定稿 is filed once, and answered, and its list is there."""
    names = desk.names(PROVINCE)
    return len(kept(desk)) == 1 and {FILED.format(1), CHECK} <= set(names)


@pytest.mark.parametrize(
    ("place", "name"),
    [(SignedReports, "record_signed"), (one_pass, "begin_filed"), (one_pass, "file_signed")],
)
def test_a_kill_at_any_step_is_made_good(
    desk: PairDesk, monkeypatch: pytest.MonkeyPatch, place: object, name: str
) -> None:
    """Killed before it is recorded, or before it is answered: the next pass files it once."""
    killed(desk, monkeypatch, place, name)
    assert desk.inbox_files() == []
    assert not is_whole(desk)
    desk.run(NEXT_DAY)
    assert is_whole(desk)


def test_the_proof_notices_an_answer_that_is_not_in_the_same_commit(
    desk: PairDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the mark for the answer is not recorded with the filing, the proof above is red."""
    with monkeypatch.context() as broken:
        broken.setattr(publications, "mark", lambda *_: None)
        desk.run(IN_TIME_AGAIN)
    desk.run(NEXT_DAY)
    assert not is_whole(desk)


def test_a_database_made_again_files_it_again(desk: PairDesk) -> None:
    """After a restore from the archive alone the 定稿 is filed by the next pass, and says what it knows."""
    desk.drop(PROVINCE, PDF, "正本_水质抽检表_2012Q1.pdf")
    desk.run(IN_TIME_AGAIN)
    told = len(desk.mails())
    before = [each.filed_at for each in kept(desk)]
    recover(desk.root, force=True, at=NEXT_DAY)
    desk.run(NEXT_DAY)
    assert len(desk.mails()) == told  # they were told then
    assert [each.filed_at for each in kept(desk)] == before
    assert [(each.kind, each.outcome, each.number) for each in kept(desk)] == [
        ("final", "filed", 1),
        ("sealed", "filed", 1),
    ]
    assert "不一致的1个" in words(desk.out(PROVINCE, FIRST) / FILED.format(1))


def test_a_purge_takes_it_and_keeps_that_it_came(desk: PairDesk) -> None:
    """A purge of the period removes original, answer and list; the record of the filing stays."""
    final = (desk.workspace.inbox / "99-清河省" / "定稿_水质.docx").read_bytes()
    desk.run(IN_TIME_AGAIN)
    (before,) = kept(desk)
    archived = blob_path(desk.workspace.archive, str(before.document["sha256"]))
    assert archived.read_bytes() == final
    desk.ask(lambda context: purge(context, ALL_OF_2012), YEAR_AFTER)
    assert not archived.exists()
    assert not {FILED.format(1), CHECK} & set(desk.names(PROVINCE))
    assert REPORT in desk.names(PROVINCE)
    (after,) = kept(desk)
    assert after.receipt == before.receipt
    assert "check" not in after.document
    draft = desk.ask(lambda context: context.store.signed.find_draft(before.draft_id))
    assert draft
    assert draft.document["blocks"] == []


def test_one_that_was_held_comes_back_with_a_backup_and_waits_no_longer_after_a_purge(
    reported: PairDesk, tmp_path: Path
) -> None:
    """Its notice lies there again after a restore; once its original is purged nobody is asked for it."""
    shutil.copytree(reported.root, tmp_path / "held")
    desk = PairDesk(tmp_path / "held")
    desk.drop(PROVINCE, PDF, "正本.pdf")
    desk.run(IN_TIME_AGAIN)
    (held,) = kept(desk)
    notice = desk.ask(lambda context: filed_path(context, held), NEXT_DAY)
    assert notice.is_file()
    with pytest.raises(StoreError, match="是定稿或正本，不用放行"):
        desk.ask(lambda context: decide(context, held.receipt, "release"), NEXT_DAY)
    desk.ask(lambda context: back_up(context, tmp_path / "b.zip"), NEXT_DAY)
    restore(tmp_path / "new", tmp_path / "b.zip")
    again = PairDesk(tmp_path / "new")
    again.run(NEXT_DAY)
    assert again.ask(lambda context: filed_path(context, held), NEXT_DAY).is_file()
    assert len(again.ask(lambda context: list(held_signed(context)), NEXT_DAY)) == 1
    again.ask(lambda context: purge(context, ALL_OF_2012), YEAR_AFTER)
    assert again.ask(lambda context: list(held_signed(context)), YEAR_AFTER) == []
