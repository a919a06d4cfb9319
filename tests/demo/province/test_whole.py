"""The whole tree of Shandong, 158 units, from templates to the province's report."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from tests.demo.province.conftest import Played

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


HALF_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)} | {ord("，"): ","}


def as_typed(cell: object) -> str:
    """Bare a number of the habits that people have: １２, 1,234, 63人次."""
    return str(cell).translate(HALF_WIDTH).replace(",", "").removesuffix("人次").strip()


@pytest.fixture(scope="module")
def standings(played: Played) -> dict[str, dict[str, object]]:
    """What ``status --json`` says of every unit in the first period, which all reported."""
    status = ["status", "--json", "--period", "2012B1"]
    command = [sys.executable, "-m", "sheetflow", "-C", str(played.root), *status]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {entry["unit_id"]: entry for entry in json.loads(said)["units"]}


def test_it_ends_well_and_finds_just_what_was_planted(
    played: Played,
) -> None:
    """The demo ends with exit 0, every planted mistake found and no false alarm."""
    assert played.code == 0, played.said
    planted, found, false_alarms = map(int, re.findall(r"\d+", played.said[-1]))
    assert planted == found > 250
    assert false_alarms == 0
    named = [Path(line.strip()) for line in played.said if line.startswith("  /")]
    assert len(named) == 14
    assert all(path.is_file() for path in named)


def test_every_unit_has_what_it_should(
    played: Played,
    standings: dict[str, dict[str, object]],
) -> None:
    """Each of the 158 units has its workbook; who dropped something has an answer; who is above, its roll-ups."""
    folder = played.root
    assert len(standings) == 158
    answers = {
        "accepted": "回执",
        "nil": "回执",
        "returned": "退回",
        "held": "待确认",
        "refused": "拒收",
    }
    for unit_id, entry in standings.items():
        outbox = folder / "outbox" / f"{unit_id}-{entry['name']}"
        names = [file.name for file in outbox.rglob("*") if file.is_file()]
        assert any(name.startswith("填报_") for name in names), unit_id
        kind = answers.get(str(entry["state"]))
        assert not kind or any(name.startswith(f"{kind}_") for name in names), unit_id
        above = entry["level"] != "县"
        for roll_up in ("汇总表_", "情况报告_", "上报情况_"):
            assert any(name.startswith(roll_up) for name in names) == above, (unit_id, roll_up)
    assert sum(entry["state"] == "nil" for entry in standings.values()) == 1
    assert sum(entry["state"] == "missing" for entry in standings.values()) >= 2
    assert not any(file.is_file() for file in (folder / "inbox").rglob("*"))


def test_province_equals_the_originals(
    played: Played,
) -> None:
    """The province's S08 is the sum over the archived originals of all accepted workbooks."""
    folder = played.root
    database = sqlite3.connect(f"file:{folder}/state/sheetflow.db?mode=ro", uri=True)
    counted: dict[str, str] = {}
    query = """
        select a.unit_id, a.sha256 from judgements j join submissions s using (submission_id)
        join arrivals a using (arrival_id)
        where j.outcome = 'accepted' and s.period = '2012B1' order by a.arrival_id
    """
    counted.update(database.execute(query).fetchall())
    database.close()
    total = 0
    for sha256 in counted.values():
        file = next((folder / "state" / "archive").rglob(f"{sha256}*"))
        with file.open("rb") as original:
            rows = (
                CalamineWorkbook.from_filelike(original).get_sheet_by_name("走访记录").to_python()
            )
        header = next(row for row in rows if any("走访妇女人次" in str(cell) for cell in row))
        column = next(number for number, cell in enumerate(header) if "走访妇女人次" in str(cell))
        cells = [as_typed(row[column]) for row in rows[rows.index(header) + 1 :]]
        total += sum(int(float(cell)) for cell in cells if cell)
    assert len(counted) > 100

    book = next((played.top / "2012B1").glob("汇总表_*.xlsx"))
    sheet = openpyxl.load_workbook(book, data_only=True)["活动统计（累计）"]
    line = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "S08")
    assert line[3] == total


def test_a_correction_and_a_second_period_can_be_seen(
    played: Played,
) -> None:
    """A county corrected what was published already; some cities have reported a second period."""
    top = played.top
    book = openpyxl.load_workbook(next((top / "2012B1").glob("汇总表_*.xlsx")), read_only=True)
    told = [str(cell) for row in book["更正表"].iter_rows(values_only=True) for cell in row]
    book.close()
    assert "《走访记录》漏填，现据实补正。" in told
    command = [sys.executable, "-m", "sheetflow", "-C", str(played.root), "status", "--json"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    states = Counter(entry["state"] for entry in json.loads(said)["units"])
    assert states["accepted"] > 15
    assert states["missing"] > 100
    assert next((top / "2012B2").glob("情况报告_*.docx")).stat().st_size > 10_000
