"""Consolidated workbooks joined from rows rendered beforehand, as the service makes them."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from sheetflow.context import open_context
from sheetflow.service.judge import judge_arrivals
from sheetflow.service.one_pass import Rebuilding
from sheetflow.service.take import open_intake, take_all
from tests.tiny.campaign import CAMPAIGN_NAME
from tests.tiny.desk import CITY, EAST, IN_TIME, NEXT_DAY, PROVINCE, SOUTH, WEST, Desk, sound

pytestmark = pytest.mark.slow

WALKS = tuple(range(100, 180))
"""Enough rows for a sheet to be joined where `joined_from` is small."""


@pytest.fixture
def joined(tmp_path: Path) -> Desk:
    """A desk whose larger sheets are joined."""
    return _reported(Desk.make(tmp_path / "joined", joined_from="40"))


def _reported(desk: Desk) -> Desk:
    """Three counties have reported."""
    desk.issue()
    for unit_id in (EAST, WEST, SOUTH):
        desk.drop(unit_id, desk.fill(unit_id, sound(*WALKS)))
    assert not desk.run().troubles
    return desk


def _cells(desk: Desk, unit_id: str) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_path(str(desk.answer(unit_id, "汇总表")))
    return {
        name: [list(row) for row in book.get_sheet_by_name(name).to_python()]
        for name in book.sheet_names
    }


def _is_joined(desk: Desk, unit_id: str) -> bool:
    """Whether some sheet's rows bear no addresses."""
    with zipfile.ZipFile(desk.answer(unit_id, "汇总表")) as package:
        parts = [package.read(name) for name in package.namelist() if "worksheets/sheet" in name]
        assert package.testzip() is None
    return any(b"<row>" in part or b"<row ht" in part for part in parts)


def test_joined_or_written_the_cells_are_the_same(joined: Desk, tmp_path: Path) -> None:
    """Whether joining is on or off, city and province find the same in every cell."""
    written = Desk.make(tmp_path / "written", joined_from="0")
    written.issue()
    for unit_id in (EAST, WEST, SOUTH):
        clerks = joined.root.parent / "clerks" / joined.root.name
        written.drop(unit_id, clerks / unit_id / "上报.xlsx")
    assert not written.run().troubles
    for unit_id in (CITY, PROVINCE):
        assert _is_joined(joined, unit_id)
        assert not _is_joined(written, unit_id)
        assert _cells(joined, unit_id) == _cells(written, unit_id)


def test_rows_are_rendered_where_they_were_judged(tmp_path: Path) -> None:
    """Once a workbook is answered, its rows lie ready for city and province under its receipt."""
    desk = Desk.make(tmp_path / "ready", joined_from="40")
    desk.issue()
    for version in (WALKS, (*WALKS, 7)):
        desk.drop(EAST, desk.fill(EAST, sound(*version)))
        with open_context(desk.root, IN_TIME) as context:
            take_all(context, open_intake(context))
            answered = [entry for some in judge_arrivals(context) for entry in some]
        names = sorted(file.name for file in desk.workspace.pieces.iterdir())
        receipt = answered[-1].receipt
        assert [name.rpartition("-")[0] for name in names if name.startswith(receipt)] == [
            f"{receipt}-city",
            f"{receipt}-province",
        ]


def test_a_city_s_own_rows_are_rendered_where_they_were_judged(tmp_path: Path) -> None:
    """A city's or the province's own workbook lies ready under the name by which it is looked for."""
    desk = Desk.make(tmp_path / "ready", joined_from="40")
    desk.issue()
    for unit_id in (CITY, PROVINCE):
        desk.drop(unit_id, desk.fill(unit_id, sound(*WALKS)))
    with open_context(desk.root, IN_TIME) as context:
        take_all(context, open_intake(context))
        for _ in judge_arrivals(context):
            pass
        there = {file.name for file in desk.workspace.pieces.iterdir()}
        Rebuilding(context).finish()
        assert {file.name for file in desk.workspace.pieces.iterdir()} == there


def test_the_rendered_rows_may_be_lost(joined: Desk) -> None:
    """Somebody empties the folder of rendered rows: the next workbook has every row all the same."""
    before = _cells(joined, PROVINCE)["巡河日志"]
    for file in joined.workspace.pieces.iterdir():
        file.unlink()
    joined.drop(WEST, joined.fill(WEST, sound(*WALKS, 7)))
    assert not joined.run(NEXT_DAY).troubles
    assert len(_cells(joined, PROVINCE)["巡河日志"]) == len(before) + 1


def test_damaged_rows_reach_no_workbook(joined: Desk) -> None:
    """A bad disk changes rendered rows: they are found out, dropped, and rendered again."""
    for file in joined.workspace.pieces.glob(f"{EAST}-*"):
        content = bytearray(file.read_bytes())
        content[-100] ^= 0xFF
        file.write_bytes(content)
    joined.drop(WEST, joined.fill(WEST, sound(*WALKS, 7)))
    joined.run(NEXT_DAY)
    assert not joined.run(NEXT_DAY).troubles
    walks = _cells(joined, PROVINCE)["巡河日志"]
    assert sum(row[1] == "东岸县" for row in walks) == len(WALKS)


def test_a_new_start_finds_what_was_rendered() -> None:
    """Rendered rows are known again by the next process: their names depend on no chance."""
    program = (
        "from sheetflow.campaigns import load_campaign; "
        "from sheetflow.writing.consolidated.rendered_rows import layout_of; "
        f"print(layout_of(load_campaign({CAMPAIGN_NAME!r}).main_form))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
