"""The list of units read and written: real workbooks, real CSV files."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.config.first_units import default_units
from sheetflow.config.units_file import COLUMNS, read_units
from sheetflow.config.units_workbook import write_units
from sheetflow.errors import UnitsError, WorkspaceError
from sheetflow.units import Unit, UnitTree

HEADER = [column.header for column in COLUMNS]


@pytest.fixture
def tree() -> UnitTree:
    """Shandong with mails, a merged county and a development zone."""
    units = list(read_units(default_units()))
    index = next(index for index, unit in enumerate(units) if unit.unit_id == "370205")
    units[index] = dataclasses.replace(
        units[index],
        mails=("a@x.cn", "b@x.cn"),
        valid_to=dt.date(2012, 11, 30),
        successor="370203",
    )
    zone = Unit(unit_id="KFQ01", name="高新区", level="县", parent="370100", kind="开发区")
    return UnitTree.of([*units, zone])


def workbook(path: Path, *rows: Sequence[object]) -> Path:
    """Write a workbook as a person would: what is a number stays a number."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    return path


def test_what_is_written_is_read_back(tmp_path: Path, tree: UnitTree) -> None:
    """The written list means the same units, in the same order, with all they have."""
    path = tmp_path / "units.xlsx"
    write_units(path, tree)
    assert list(read_units(path)) == list(tree)


def test_same_list_same_bytes(tmp_path: Path, tree: UnitTree) -> None:
    """The same list is the same file, so that a backup sees no change."""
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_units(first, tree)
    write_units(second, tree)
    assert first.read_bytes() == second.read_bytes()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["1.xlsx", "2.xlsx"]


def test_written_list_helps_while_typing(tmp_path: Path, tree: UnitTree) -> None:
    """Codes are text, levels a drop-down, the header stays in sight and filters."""
    path = tmp_path / "units.xlsx"
    write_units(path, tree)
    book = openpyxl.load_workbook(path)
    sheet = book["单位名单"]
    assert [cell.value for cell in sheet[1]] == HEADER
    assert sheet["A2"].number_format == "@"
    assert isinstance(sheet["A2"].value, str)
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:N160"
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules["C2"].formula1 == '"省,市,县"'
    assert rules["H2"].type == "date"
    assert "填写说明" in book.sheetnames


def test_rows_below_the_last_take_codes_as_text(tmp_path: Path, tree: UnitTree) -> None:
    """A code typed into a new row keeps its leading zero."""
    path = tmp_path / "units.xlsx"
    write_units(path, tree)
    sheet = openpyxl.load_workbook(path)["单位名单"]
    assert sheet.column_dimensions["A"].number_format == "@"


def test_edited_by_people(tmp_path: Path) -> None:
    """A title above, moved and renamed columns, numbers for codes, an own column: all read."""
    path = workbook(
        tmp_path / "units.xlsx",
        ["山东省单位名单"],
        [],
        [
            "联系人",
            "级 别",
            "单位名称",
            "单位代码*",
            "上级单位代码（必填）",
            "电子邮箱\n（多个用；分开）",
        ],
        ["王某", "省", "山东省", 370000, "", ""],
        [],
        ["李某", "县", "历下区", 370102, 370000, "lixia@x.cn；b@x.cn"],
    )
    tree = read_units(path)
    assert [unit.unit_id for unit in tree] == ["370000", "370102"]
    assert tree["370102"].parent == "370000"
    assert tree["370102"].mails == ("lixia@x.cn", "b@x.cn")
    assert tree["370102"].division_code is None


def test_list_on_another_sheet(tmp_path: Path) -> None:
    """A sheet of remarks before the list does no harm."""
    path = tmp_path / "units.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("说明").write(0, 0, "请看下一页")
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ["370000", "山东省", "省"])
    assert len(read_units(path)) == 1


def test_faults_name_the_row_that_excel_shows(tmp_path: Path) -> None:
    """Blank rows count, before the header too: the row named is the row seen."""
    path = workbook(
        tmp_path / "units.xlsx",
        [],
        HEADER,
        ["370000", "山东省", "省"],
        [],
        ["370102", "历下区", "县", "379999"],
    )
    with pytest.raises(UnitsError) as caught:
        read_units(path)
    assert [fault.split("：")[0] for fault in caught.value.faults] == ["units.xlsx 第5行"]


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (["单位代码", "名称", "级别"], "units.xlsx 第1行：表头缺少“上级单位代码”一栏。"),
        ([*HEADER, "电子邮箱"], "units.xlsx 第1行：表头“邮箱”出现了2次。"),
        (["甲", "乙", "丙"], "units.xlsx 里找不到表头。"),
    ],
)
def test_header_faults(tmp_path: Path, header: list[object], sentence: str) -> None:
    """A header that cannot be understood is told so."""
    path = workbook(tmp_path / "units.xlsx", header, ["370000", "山东省", "省"])
    with pytest.raises(UnitsError) as caught:
        read_units(path)
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].startswith(sentence)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_with_chinese_headers(tmp_path: Path, encoding: str) -> None:
    """A CSV saved by Excel on a Chinese machine is read like the workbook."""
    path = tmp_path / "units.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(
            [HEADER, ["370000", "山东省", "省"], ["370102", "历下区", "县", "370000"]]
        )
    assert [unit.folder for unit in read_units(path)] == ["370000-山东省", "370102-历下区"]


def test_what_excel_calls_unicode_text(tmp_path: Path) -> None:
    """Excel's “Unicode text” is UTF-16 with tabs, and is read as well."""
    path = tmp_path / "units.txt"
    with path.open("w", encoding="utf-16", newline="") as file:
        csv.writer(file, "excel-tab").writerows([HEADER, ["370000", "山东省", "省"]])
    assert [unit.folder for unit in read_units(path)] == ["370000-山东省"]


def test_nbs_list_has_division_codes() -> None:
    """In the public list the code is the unit's and the division's."""
    assert read_units(default_units())["370102"].division_code == "370102"


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 half a workbook"])
def test_no_workbook(tmp_path: Path, content: bytes) -> None:
    """A damaged file is told so, in words that are not a library's."""
    path = tmp_path / "units.xlsx"
    path.write_bytes(content)
    with pytest.raises(WorkspaceError, match="不是能读取的工作簿"):
        read_units(path)


def test_csv_that_is_no_text(tmp_path: Path) -> None:
    """A CSV of unknown encoding is told so."""
    path = tmp_path / "units.csv"
    path.write_bytes(b"\xff\xff\xff")
    with pytest.raises(UnitsError, match="文字编码无法识别"):
        read_units(path)


def test_missing_list(tmp_path: Path) -> None:
    """Without a list the operator is told where it should be."""
    with pytest.raises(WorkspaceError, match="找不到单位名单"):
        read_units(tmp_path / "units.xlsx")


def test_list_that_cannot_be_written(tmp_path: Path, tree: UnitTree) -> None:
    """Where the place is taken, the operator is told, and nothing is left behind."""
    path = tmp_path / "units.xlsx"
    path.mkdir()
    with pytest.raises(WorkspaceError, match="无法写入"):
        write_units(path, tree)
    assert [entry.name for entry in tmp_path.iterdir()] == ["units.xlsx"]


NAMES = st.text(st.sampled_from("甲乙丙丁=+-@'（）·A1"), min_size=1, max_size=10)
COUNTIES = st.lists(
    st.builds(
        Unit,
        unit_id=st.from_regex(r"[0-9a-z]{1,8}", fullmatch=True),
        name=NAMES,
        level=st.just("县"),
        kind=st.sampled_from(["", "开发区", "=1+1"]),
        mails=st.lists(st.emails(), max_size=2, unique=True).map(tuple),
        valid_from=st.none() | st.dates(dt.date(1950, 1, 1), dt.date(2011, 1, 1)),
        valid_to=st.none() | st.dates(dt.date(2012, 1, 1), dt.date(2099, 1, 1)),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda unit: unit.unit_id,
)


@settings(max_examples=30, deadline=None)
@given(COUNTIES)
def test_any_list_survives_the_workbook(
    tmp_path_factory: pytest.TempPathFactory, units: list[Unit]
) -> None:
    """Whatever a list holds, formula-like names included, comes back as it went in."""
    path = tmp_path_factory.mktemp("units") / "units.xlsx"
    write_units(path, UnitTree.of(units))
    assert list(read_units(path)) == units


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_saved_by_an_office_program(tmp_path: Path, tree: UnitTree) -> None:
    """The list opened and saved in an office program still means the same."""
    path = tmp_path / "units.xlsx"
    write_units(path, tree)
    for kind in ("xlsx", "ods"):
        out = tmp_path / kind
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", out, path],
            check=True,
            capture_output=True,
        )
        assert list(read_units(out / f"units.{kind}")) == list(tree)
