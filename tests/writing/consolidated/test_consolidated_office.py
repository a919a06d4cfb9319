"""The consolidated workbook and the board, calculated again by a real office program."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from sheetflow.consolidation.tables import BoardData, Consolidated
from sheetflow.writing.board import write_board
from sheetflow.writing.consolidated import write_consolidated

OFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(OFFICE is None, reason="no office program (soffice) on this machine"),
]

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile of the office program that recalculates whatever it loads."""
    folder = tmp_path_factory.mktemp("profile")
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, "utf-8")
    return folder


def differences(data: bytes, profile: Path, folder: Path) -> list[str]:
    """Name every formula whose value the office program finds to be another."""
    folder.mkdir(exist_ok=True)
    source = folder / "book.xlsx"
    source.write_bytes(data)
    subprocess.run(
        [
            str(OFFICE),
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(folder / "out"),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    live = openpyxl.load_workbook(io.BytesIO(data))
    cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    again = openpyxl.load_workbook(folder / "out" / "book.xlsx", data_only=True)
    found, seen = [], 0
    for sheet in live.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                seen += 1
                ours = cached[sheet.title][cell.coordinate].value
                theirs = again[sheet.title][cell.coordinate].value
                if isinstance(ours, str) or isinstance(theirs, str):
                    same = ours == theirs
                else:
                    same = ours == pytest.approx(theirs, rel=1e-12, abs=1e-9)
                if not same:
                    found.append(f"{sheet.title}!{cell.coordinate}: {ours} / {theirs}")
    assert seen
    return found


@pytest.mark.parametrize("top", ["370100", "370000"])
def test_recalculation_changes_nothing(
    consolidate: Callable[..., Consolidated], profile: Path, tmp_path: Path, top: str
) -> None:
    """Every formula's value is what an office program makes of it."""
    data = write_consolidated(consolidate(top))
    assert differences(data, profile, tmp_path) == []


def test_recalculation_covers_continued_sheets(
    consolidate: Callable[..., Consolidated], profile: Path, tmp_path: Path
) -> None:
    """Counts over 续 sheets come out the same."""
    data = write_consolidated(consolidate("370100"), most_rows=12)
    assert differences(data, profile, tmp_path) == []


def test_a_wrong_cached_value_is_noticed(
    consolidate: Callable[..., Consolidated], profile: Path, tmp_path: Path
) -> None:
    """The comparison is no matter of course: one planted wrong value turns it red."""
    data = write_consolidated(consolidate("370100"))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as spoilt:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet3.xml":
                part, count = re.subn(rb"(<f>SUM\(E5:[A-Z]+5\)</f><v>)[^<]*", rb"\g<1>987654", part)
                assert count == 1
            spoilt.writestr(name, part)
    found = differences(target.getvalue(), profile, tmp_path)
    assert any("活动统计（累计）!D5: 987654" in line for line in found)


def test_the_board_counts_as_the_office_program_does(
    board_data: Callable[..., BoardData], profile: Path, tmp_path: Path
) -> None:
    """分期统计 shows what COUNTIF finds in the grid."""
    data = write_board(board_data("370000", 4))
    assert differences(data, profile, tmp_path) == []
