"""Rows for analysis tools: a CSV that opens in Excel without harm, a SQLite file beside."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sheetflow.consolidation.consolidate import consolidate
from sheetflow.errors import WorkspaceError
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.book import Outcome
from sheetflow.units import THREE_LEVELS
from sheetflow.upkeep.export import ExportTable, tables_of, write_export
from tests.consolidation.desk import TREE, Desk
from tests.county_book import CAMPAIGN

FEW = ExportTable(
    "走访",
    {"单位": "TEXT", "人次": "INTEGER", "元": "REAL"},
    [("历下区", 3, -1.5), ("=1+1", 0, None), ("＋补报", None, 2.0), ("-a\n@b", -4, 0.0)],
)


def lines(file: Path) -> list[list[str]]:
    """Read a CSV as Excel does, by its mark."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))


def test_nothing_in_a_csv_is_taken_for_a_formula(tmp_path: Path) -> None:
    """Text that starts with = + - @ is kept text; negative figures stay figures, blanks blank."""
    files = write_export(tmp_path / "出", "rows", [FEW])
    assert [file.name for file in files] == ["走访.csv", "rows.sqlite"]
    assert files[0].read_bytes().startswith(b"\xef\xbb\xbf")
    assert lines(files[0]) == [
        ["单位", "人次", "元"],
        ["历下区", "3", "-1.5"],
        ["'=1+1", "0", ""],
        ["'＋补报", "", "2.0"],
        ["'-a\n@b", "-4", "0.0"],
    ]
    assert sorted(file.name for file in (tmp_path / "出").iterdir()) == ["rows.sqlite", "走访.csv"]


def test_the_sqlite_file_holds_the_rows_as_they_are(tmp_path: Path) -> None:
    """One table a sheet, typed, text untouched; exporting again replaces the file."""
    write_export(tmp_path, "rows", [FEW])
    write_export(tmp_path, "rows", [FEW])
    with closing(sqlite3.connect(tmp_path / "rows.sqlite")) as database:
        assert database.execute("SELECT * FROM 走访").fetchall() == FEW.rows
        kinds = database.execute("SELECT name, type FROM pragma_table_info('走访')").fetchall()
    assert kinds == [("单位", "TEXT"), ("人次", "INTEGER"), ("元", "REAL")]


def test_a_folder_that_refuses_is_named(tmp_path: Path) -> None:
    """Where nothing can be written, the operator reads which file and what to do."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"无法写入 .*file"):
        write_export(tmp_path / "file", "rows", [FEW])


@pytest.fixture(scope="module")
def desk() -> Desk:
    """A small province with two counties of one city in."""
    made = Desk()
    for unit_id in ("370102", "370103", "370202"):
        assert made.submit(unit_id, "2012B1").outcome is Outcome.ACCEPTED
    return made


@pytest.mark.parametrize("level", ["省", "市"])
def test_exported_rows_are_those_of_the_level(desk: Desk, level: str, tmp_path: Path) -> None:
    """Masks apply, every row names its unit and its source, and the figures can be summed again."""
    tables = consolidate(
        CAMPAIGN, desk.books("2012B1"), TREE["370000"], MaskPolicy(THREE_LEVELS, level)
    )
    write_export(tmp_path, "rows", tables_of(tables))
    needs = lines(tmp_path / "妇女需求台帐.csv")
    assert needs[0][:5] == ["单位代码", "市", "县（区）", "来源", "台帐编号"]
    assert ("姓名" in needs[0]) == (level == "市")
    assert "身份证号" not in needs[0]
    assert {row[0] for row in needs[1:]} == {"370102", "370103", "370202"}
    townships = lines(tmp_path / "基层组织.csv")
    assert ("行合计" in townships[1][4]) == (level == "省")
    with closing(sqlite3.connect(tmp_path / "rows.sqlite")) as database:
        counted = database.execute("SELECT sum(走访妇女人次) FROM 走访记录").fetchone()
        told = database.execute(
            "SELECT 本期 FROM 统计 WHERE 代码 = 'S08' AND 单位 = '合计'"
        ).fetchone()
        states = database.execute("SELECT 单位代码, 上报情况 FROM 单位").fetchall()
    assert counted == told == (153,)
    assert dict(states)["370000"] == "未报"
