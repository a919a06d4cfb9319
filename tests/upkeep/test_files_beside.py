"""What an administrator does reaches files beside workbooks as well: check, recover, purge."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from sheetflow.intake.archive import stored_blobs
from sheetflow.upkeep.check import check_file
from sheetflow.upkeep.purge import purge
from sheetflow.upkeep.recover import recover
from tests.tiny.attached_desk import AttachedDesk, paper, pdf
from tests.tiny.desk import EAST, IN_TIME, NEXT_DAY


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> AttachedDesk:
    """East was returned for want of a paper, which came a day later."""
    desk = AttachedDesk.begun(tmp_path_factory.mktemp("attached") / "work")
    desk.attach("一段.docx", paper("一段"))
    desk.hand_in("一段", "二段.pdf")
    desk.run(IN_TIME)
    desk.attach("二段.pdf", pdf("二段"))
    desk.run(NEXT_DAY)
    return desk


@pytest.fixture
def desk(reported: AttachedDesk, tmp_path: Path) -> AttachedDesk:
    """A copy of it to work in."""
    shutil.copytree(reported.root, tmp_path / "work")
    return AttachedDesk(tmp_path / "work")


def test_a_database_made_again_knows_files_and_what_names_them(desk: AttachedDesk) -> None:
    """From archive and journal alone come the same receipt, the same outcome, the same files."""
    before = desk.outcomes(), desk.found()
    desk.workspace.database.unlink()
    recover(desk.root)
    assert (desk.outcomes(), desk.found()) == before
    assert before[0][0][1] == "accepted"


def test_originals_of_files_go_with_their_periods(desk: AttachedDesk) -> None:
    """Purged with the workbook that names them, they lie in no archive; nothing before that day takes them."""
    begun = dt.date(2012, 1, 1)
    desk.ask(lambda context: purge(context, begun), dt.datetime(2014, 3, 1, 9))  # noqa: DTZ001
    assert len([*stored_blobs(desk.workspace.archive)]) == 3
    assert [*desk.workspace.outbox.rglob("附件_*.zip")]
    later = dt.date(2013, 6, 1)
    desk.ask(lambda context: purge(context, later), dt.datetime(2014, 3, 1, 9))  # noqa: DTZ001
    assert not [*stored_blobs(desk.workspace.archive)]
    assert not [*desk.workspace.outbox.rglob("附件_*.zip")], "and in nobody's folder above"
    assert not desk.ask(lambda context: context.store.files.find_files(EAST))


def test_check_looks_beside_the_file(desk: AttachedDesk, tmp_path: Path) -> None:
    """Before anything is handed in, a paper beside the workbook or in 附件 beside it is found, else missed."""
    book = desk.workbook("三段.pdf", "四段")
    folder = tmp_path / "mine"
    (folder / "附件").mkdir(parents=True)
    shutil.copy(book, folder / "备案.xlsx")

    def rules() -> set[str]:
        checked = desk.ask(lambda context: check_file(context, folder / "备案.xlsx", EAST))
        return {finding.rule for finding in checked.judgement.findings}

    assert "attachment-missing" in rules()
    (folder / "三段.pdf").write_bytes(pdf("三段"))
    (folder / "附件" / "四段.pdf").write_bytes(b"%PDF-1.4 torn")
    assert rules() == {"attachment-damaged"}
    (folder / "附件" / "四段.pdf").write_bytes(pdf("四段"))
    assert rules() == set()
