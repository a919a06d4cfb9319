"""The list of units in force: a new one is read in a child, and a bad one changes nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from sheetflow.config.units_file import COLUMNS, kept_units
from sheetflow.config.units_workbook import write_units
from sheetflow.context.opening import parse_in_child, read_given, read_units_in_force
from sheetflow.errors import SheetflowError, UnitsError, WorkspaceError
from sheetflow.workbook import cell_name
from tests.tiny.desk import EAST, IN_TIME, TREE, WEST, Desk, tree_of

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The list as we write it, with its sheet of explanations."""
    path = tmp_path_factory.mktemp("sound") / "units.xlsx"
    write_units(path, TREE)
    return path.read_bytes()


def far(sound: bytes, *places: tuple[int, int], sheet: int = 1, text: str = "备注") -> bytes:
    """Put a remark into cells of one sheet, as somebody does who has scrolled too far."""
    name, target = f"xl/worksheets/sheet{sheet}.xml", io.BytesIO()
    rows: dict[int, str] = {}
    for row, column in places:
        cell = f'<c r="{cell_name(row, column)}" t="inlineStr"><is><t>{text}</t></is></c>'
        rows[row] = rows.get(row, "") + cell
    more = "".join(f'<row r="{row}">{cells}</row>' for row, cells in sorted(rows.items()))
    with zipfile.ZipFile(io.BytesIO(sound)) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == name:
                assert part.count(b"</sheetData>") == 1
                part = part.replace(b"</sheetData>", f"{more}</sheetData>".encode())
            new.writestr(entry, part)
    return target.getvalue()


@pytest.mark.parametrize(
    ("places", "named"),
    [
        ([(_LAST_ROW, _LAST_COLUMN)], "XFD1048576"),
        ([(_LAST_ROW, 8)], "H1048576"),
        ([(_LAST_ROW, column) for column in range(1, 201)], "A1048576"),
        ([(500_000, 1), (500_001, 1)], "A500000"),
        ([(20, 150)], "ET20"),
        ([(20, _LAST_COLUMN)], "XFD20"),
    ],
)
def test_a_cell_far_from_the_list_is_named(
    sound: bytes, places: list[tuple[int, int]], named: str
) -> None:
    """Wherever a cell stands that is far from the list, the sentence names one that is filled."""
    with pytest.raises(UnitsError) as caught:
        parse_in_child("units.xlsx", far(sound, *places), TREE.levels)
    assert str(caught.value) == f"units.xlsx 单元格 {named} 有内容，离名单太远。请清除后保存。"


def test_what_is_far_on_another_sheet_is_nobodys_concern(sound: bytes) -> None:
    """A remark far away on 填写说明 needs no complaint."""
    content = far(sound, (_LAST_ROW, _LAST_COLUMN), (_LAST_ROW, 3), sheet=2)
    assert list(parse_in_child("units.xlsx", content, TREE.levels)) == list(TREE)


def test_near_remarks_and_formats_are_the_offices_own_business(tmp_path: Path) -> None:
    """A column of one's own, and formats down to the last row, are read as ever."""
    path = tmp_path / "units.xlsx"
    write_units(path, TREE)
    book = openpyxl.load_workbook(path)
    sheet = book["单位名单"]
    sheet.cell(1, len(COLUMNS) + 2).value = "联系人"
    sheet.cell(3, len(COLUMNS) + 2).value = "王某"
    sheet.cell(_LAST_ROW, 4).number_format = "@"
    book.save(path)
    assert list(read_given(path, TREE.levels)) == list(TREE)


def test_a_csv_of_commas_is_read_to_its_list_or_named(tmp_path: Path) -> None:
    """A million commas are blanks; something behind them is named by line and column."""
    text = "单位代码,name,level,parent\n99,清河省,province,\n" + "," * 1_000_000
    path = tmp_path / "units.csv"
    path.write_text(text, encoding="utf-8")
    assert [unit.unit_id for unit in read_given(path, TREE.levels)] == ["99"]
    path.write_text(f"{text}备注\n", encoding="utf-8")
    with pytest.raises(UnitsError, match=r"units.csv 第3行第1000001栏有内容，离名单太远"):
        read_given(path, TREE.levels)
    path.write_text(f'code,name,level,parent\n"{"x" * 200_000}"\n', encoding="utf-8")
    with pytest.raises(UnitsError, match=r"units.csv 第2行读不出"):
        read_given(path, TREE.levels)


def test_a_list_too_much_for_its_child_is_a_sentence(tmp_path: Path) -> None:
    """Another format that would take all memory ends its child, and is told in words."""
    rows = (
        '<table:table-row table:number-rows-repeated="900000"><table:table-cell/></table:table-row>'
    )
    cells = (
        '<table:table-row><table:table-cell table:number-columns-repeated="19"/>'
        '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
        "</table:table-row>"
    )
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    body = f"<office:body><office:spreadsheet><table:table table:name='a'>{rows}{cells}"
    ends = "</table:table></office:spreadsheet></office:body></office:document-content>"
    path = tmp_path / "units.ods"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", f"<office:document-content{spaces}>{body}{ends}")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    with pytest.raises(SheetflowError, match=r"units.ods"):
        read_given(path, TREE.levels)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sound: far(sound, (_LAST_ROW, _LAST_COLUMN)),
        lambda _: b"rubbish",
        lambda _: b"",
        lambda sound: sound[: len(sound) // 2],
    ],
    ids=["far", "rubbish", "empty", "half"],
)
def test_the_last_good_list_stays_in_force(
    tmp_path: Path, sound: bytes, spoil: Callable[[bytes], bytes]
) -> None:
    """With a list that cannot be used, everything goes on with the old one; a mended one is taken."""
    desk = Desk.make(tmp_path / "workspace")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.workspace.units_file.write_bytes(spoil(sound))
    report = desk.run(IN_TIME)
    assert report.outcomes == {"accepted": 1}
    (notice,) = report.notices
    assert notice.startswith("units.xlsx 没有采用，仍用原来的名单：units.xlsx")
    assert report.is_failed
    fewer = tree_of([unit for unit in TREE if unit.unit_id != WEST])
    write_units(desk.workspace.units_file, fewer)
    assert desk.ask(lambda context: (list(context.tree), context.units_trouble)) == (
        list(fewer),
        "",
    )
    kept = kept_units(desk.workspace.kept_units, TREE.levels)
    assert kept
    assert list(kept.tree) == list(fewer)
    assert desk.workspace.kept_units.stat().st_mode & 0o077 == 0


def test_without_a_good_list_there_is_nothing_to_go_on_with(tmp_path: Path) -> None:
    """A kept list that was damaged is no list: the file's own fault is told."""
    desk = Desk.make(tmp_path / "workspace")
    desk.workspace.kept_units.write_text("{", encoding="utf-8")
    assert read_units_in_force(desk.workspace, TREE.levels).trouble == ""
    desk.workspace.kept_units.unlink()
    desk.workspace.units_file.write_bytes(b"rubbish")
    with pytest.raises(WorkspaceError, match=r"units.xlsx 不是能读取的工作簿"):
        read_units_in_force(desk.workspace, TREE.levels)
