"""The consolidated workbook and the board, calculated again by a real office program."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sheetflow.consolidation.contents import BoardData, Consolidated
from sheetflow.writing.board import write_board
from sheetflow.writing.consolidated.consolidated_workbook import write_consolidated
from tests.programs import needs_office
from tests.recalculation import differences, make_profile

pytestmark = [pytest.mark.slow, pytest.mark.office, needs_office]


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile of the office program that recalculates whatever it loads."""
    return make_profile(tmp_path_factory.mktemp("profile"))


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
