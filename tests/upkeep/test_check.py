"""The marked copy of a workbook that was only checked."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from sheetflow.errors import WorkspaceError
from sheetflow.upkeep.check import check_file, write_annotated
from tests.tiny.desk import EAST, WEST, Desk, cell, patrols, sound, table


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office with its workbooks handed out."""
    desk = Desk.make(tmp_path_factory.mktemp("rivers") / "work")
    desk.issue()
    return desk


def annotate(desk: Desk, file: Path, target: Path) -> bool:
    """Check `file` and write its marked copy."""
    return desk.ask(lambda context: write_annotated(context, check_file(context, file), target))


def test_the_marked_copy_is_the_one_that_would_come_back(desk: Desk, tmp_path: Path) -> None:
    """Cell, note and list are those of the returned copy, and nothing is submitted."""
    bad = desk.fill(WEST, {**sound(), "patrols": patrols(40_000, means="步行")})
    assert annotate(desk, bad, tmp_path / "批注.xlsx")
    assert desk.submissions() == ()
    book = openpyxl.load_workbook(tmp_path / "批注.xlsx")
    assert "步行巡河里程为40000米" in book["巡河日志"][cell("patrols", "metres")].comment.text
    book.close()
    desk.drop(WEST, bad)
    desk.run()
    returned = desk.answer(WEST, "退回")
    assert table(tmp_path / "批注.xlsx", "问题清单", "序号") == table(returned, "问题清单", "序号")


def test_a_file_that_is_no_workbook_has_no_marked_copy(desk: Desk, tmp_path: Path) -> None:
    """Where nothing could be read, nothing is written."""
    (tmp_path / "坏.xlsx").write_bytes(b"no workbook at all")
    assert not annotate(desk, tmp_path / "坏.xlsx", tmp_path / "批注.xlsx")
    assert not (tmp_path / "批注.xlsx").exists()


def test_the_filler_s_own_file_is_never_written_over(desk: Desk, tmp_path: Path) -> None:
    """The marked copy goes elsewhere, and is called what it is."""
    mine = desk.fill(EAST)
    before = mine.read_bytes()
    (tmp_path / "link.xlsx").symlink_to(mine)
    for target in (mine, tmp_path / "link.xlsx", tmp_path / "批注.xls"):
        with pytest.raises(WorkspaceError):
            annotate(desk, mine, target)
    assert mine.read_bytes() == before
