"""The whole demo: from blank workbooks to the count on the last line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from sheetflow.config.units_file import read_units
from sheetflow.demo import QUICK, Size, play
from sheetflow.demo.staging import Part, cast_parts
from sheetflow.errors import WorkspaceError
from sheetflow.units import THREE_LEVELS, Unit


def run(root: Path, size: Size, seed: int) -> tuple[int, list[str]]:
    """Play and give the exit code and the lines."""
    said: list[str] = []
    return play(root, size, seed=seed, say=said.append), said


@pytest.mark.slow
def test_a_second_demo_does_not_run_into_the_first(tmp_path: Path) -> None:
    """Whoever names a folder that holds a workspace is told so, and nothing there changes."""
    run(tmp_path / "W", Size(counties=1, rows=5, periods=1, papers=False), 1)
    before = sorted(path for path in (tmp_path / "W").rglob("*") if path.is_file())
    with pytest.raises(WorkspaceError, match="空文件夹"):
        run(tmp_path / "W", Size(counties=1, rows=5, periods=1, papers=False), 1)
    assert sorted(path for path in (tmp_path / "W").rglob("*") if path.is_file()) == before


@pytest.mark.slow
def test_a_quick_one_is_one_city(tmp_path: Path) -> None:
    """Whoever has only seconds sees one city with all its counties, and the province above it."""
    said: list[str] = []
    assert play(tmp_path / "W", QUICK, seed=2012, say=said.append) == 0, said
    levels = Counter(unit.level for unit in read_units(tmp_path / "W" / "units.xlsx"))
    assert levels["省"] == levels["市"] == 1
    assert levels["县"] > 5


def test_a_full_province_sees_every_part() -> None:
    """With all counties there is a nil return, two are missing, and every accident happens."""
    units = [Unit(unit_id=str(number), name="县", level="县", parent="C") for number in range(140)]
    parts = list(cast_parts(units, THREE_LEVELS, Random(1)).values())  # noqa: S311 - made-up data
    assert set(parts) == set(Part)
    assert parts.count(Part.MISSING) == 2
    assert parts.count(Part.NIL) == 1
    assert 30 <= parts.count(Part.MISTAKES) <= 60
