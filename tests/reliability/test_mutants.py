"""Promise: what is read of a damaged or oddly written workbook is what it holds, or it is refused.

The seed is printed. ``MUTANTS`` sets how many are made, ``MUTANTS_SEED`` from which seed.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import subprocess
import sys
import zipfile
from operator import itemgetter
from pathlib import Path

import pytest

from sheetflow.errors import UnreadableError
from sheetflow.reading import clean_text, read_workbook
from sheetflow.workbook import CellValue, RawSheet
from tests.county_book import drawn
from tests.drawing import write_xlsx
from tests.reading.packages import zipped
from tests.reliability.broken import BELIEVES_REFERENCES
from tests.reliability.mutants import mutants
from tests.reliability.second_reader import BrokenError, Cell, Cells, read_again
from tests.reliability.service_process import REPOSITORY

pytestmark = [pytest.mark.reliability]

_COUNT = int(os.environ.get("MUTANTS", "200"))
_SEED = int(os.environ.get("MUTANTS_SEED", "2012"))
_MARKED = (
    '@ 走访记录 走访妇女人次 5 = =15+15→30\n@ 走访记录 主要情况 4 = 〔删除线：座谈〕就业\n@ 惠民项目 资金（元） 4 = 8⟦0.00"万元"⟧\n'
    "@ 走访记录 征求意见建议（条） 5 = #N/A\n@ 走访记录 hide 6\n"
)
_FIRST_DAY = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - Excel knows no zone


def _parts(folder: Path) -> dict[str, bytes]:
    """Make the parts of a filled workbook, with a cell of every kind."""
    with zipfile.ZipFile(write_xlsx(drawn(_MARKED), folder / "报表.xlsx")) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _serial(value: CellValue) -> CellValue:
    """Give dates and times as the numbers that the file holds."""
    if isinstance(value, dt.datetime):
        return (value - _FIRST_DAY) / dt.timedelta(days=1)
    if isinstance(value, dt.date):
        days = (value - _FIRST_DAY.date()).days
        return float(days if days > 60 else days - 1)
    if isinstance(value, dt.time):
        return dt.timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second
        ) / dt.timedelta(days=1)
    return value / dt.timedelta(days=1) if isinstance(value, dt.timedelta) else value


def _same(ours: CellValue, theirs: set[Cell] | None) -> bool:
    if not theirs:
        return ours is None
    return any(_equal(_serial(ours), each) for each in theirs)


def _equal(ours: CellValue, theirs: Cell) -> bool:
    if isinstance(theirs, str):
        # Blanks at the ends and marks that nobody sees are nobody's, and no number is written in
        # small letters.
        text = clean_text(theirs).strip()
        return ours is None if not text else clean_text(str(ours)).strip() in (text, text.lower())
    if isinstance(theirs, float) and not isinstance(ours, str | bool) and ours is not None:
        return math.isclose(float(ours), theirs, rel_tol=1e-12, abs_tol=1e-5)  # type: ignore[arg-type]
    return ours is theirs if isinstance(theirs, bool) else ours == theirs


def _differences(sheet: RawSheet, cells: Cells) -> list[str]:
    found = {
        (row, column)
        for row, values in sheet.numbered_rows()
        for column, value in enumerate(values, start=1)
        if value is not None
    }
    return [
        f"{sheet.title} {place}: {sheet.cell(*place)!r} is not {cells.get(place)!r}"
        for place in sorted(found | cells.keys())
        if not _same(sheet.cell(*place), cells.get(place))
    ]


def _compared(data: bytes) -> list[str]:
    """Read a mutant in both ways; refused by us is always fine."""
    try:
        ours = read_workbook(data)
    except UnreadableError:
        return ["refused"]
    try:
        theirs = read_again(data)
    except (BrokenError, ValueError) as error:
        return [f"read, though it is broken: {error!r}"]
    told = sorted(ours.sheets, key=lambda sheet: sheet.title)
    named = sorted(
        ((clean_text(title)[:40], cells) for title, cells in theirs.items()), key=itemgetter(0)
    )
    if [sheet.title for sheet in told] != [title for title, _ in named]:
        return [f"other sheets: {[title for title, _ in named]}"]
    pairs = zip(told, named, strict=True)
    return [words for sheet, (_, cells) in pairs for words in _differences(sheet, cells)]


def wrong_among(folder: Path, seed: int, count: int) -> list[str]:
    """Make mutants and compare what was read of each; give those that differ in silence."""
    sys.stdout.write(f"seed {seed}, {count} mutants\n")
    read, wrong = 0, []
    for number, mutant in enumerate(mutants(_parts(folder), seed, count), start=1):
        found = _compared(zipped(dict(mutant)))
        read += found != ["refused"]
        if found not in ([], ["refused"]):
            wrong.append(f"mutant {number}: {found[:3]}")
    sys.stdout.write(f"{read} read, {count - read} refused\n")
    assert read > count // 4
    return wrong


def test_the_sound_workbook_reads_the_same(tmp_path: Path) -> None:
    """Both readers agree on the workbook that nobody has changed."""
    assert _compared(zipped(dict(_parts(tmp_path)))) == []


@pytest.mark.timeout(3600)
def test_no_mutant_differs_in_silence(tmp_path: Path) -> None:
    """Whatever is changed in the XML, an accepted workbook holds what a second reader finds."""
    assert wrong_among(tmp_path, _SEED, _COUNT) == []


def test_a_reference_read_as_another_text_is_noticed(tmp_path: Path) -> None:
    """A reader that believes any reference to the table of texts does not pass."""
    code = (
        "import sys; from pathlib import Path; from tests.reliability.test_mutants import wrong_among\n"
        f"sys.exit(bool(wrong_among(Path({str(tmp_path)!r}), 2012, 200)))"
    )
    broken = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BELIEVES_REFERENCES.package(tmp_path / "package"),
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "seed 2012" in broken.stdout
    assert "Traceback" not in broken.stderr
    assert broken.returncode == 1
