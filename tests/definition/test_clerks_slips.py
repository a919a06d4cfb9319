"""What an office really does to a campaign workbook: each slip has a sentence, and the rest is read all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from sheetflow.definition.compiling.campaign import Compiled, compile_campaign
from sheetflow.reading.reader import read_workbook
from tests.definition.rich_campaign import RICH

Slip = Callable[[Workbook], None]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The campaign workbook that uses every column, as a file."""
    path = tmp_path_factory.mktemp("campaign") / "活动.xlsx"
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in RICH.raw().sheets:
        made = book.create_sheet(sheet.title)
        for row in sheet.rows:
            made.append(list(row))
    book.save(path)
    return path


def compiled(path: Path) -> Compiled:
    """Compile a file."""
    return compile_campaign(read_workbook(path.read_bytes()))


def below(sheet: Worksheet, *cells: str) -> None:
    """Write one more row under a table."""
    sheet.append(list(cells))


def pasted(book: Workbook) -> None:
    """Paste names from a Word table, with line breaks, half-width brackets and full-width digits."""
    sheet = book["栏目"]
    for row in sheet.iter_rows(min_row=3):
        if row[1].value == "月收入":
            row[1].value = "月\n收入"
        if row[1].value == "家庭人口":
            row[6].value = "１"
            row[7].value = "３０人"
    book["栏目"]["D2"].value = "选项、引用\n或编号样子"


def accounted(book: Workbook) -> None:
    """Write 台账 for 台帐, spaces within words, and other marks between several."""
    book["工作表"]["C8"].value = "台 账"
    book["工作表"]["G5"].value = "姓名，出生日期"
    book["指标"]["D3"].value = "＝计数（名册）"


def moved(book: Workbook) -> None:
    """Put a column elsewhere, hide it, and put sheets in another order."""
    sheet = book["选项"]
    for row in sheet.iter_rows(min_row=2):
        row[0].value, row[2].value = row[2].value, row[0].value
    sheet.column_dimensions["B"].hidden = True
    book.move_sheet("审核", -8)


@pytest.mark.parametrize("slip", [pasted, accounted, moved])
def test_what_nobody_sees_as_a_difference_is_none(sound: Path, tmp_path: Path, slip: Slip) -> None:
    """Line breaks from Word, width of marks, 台账, the order of columns and sheets keep nobody from anything."""
    book = load_workbook(sound)
    slip(book)
    book.save(tmp_path / "活动.xlsx")
    made = compiled(tmp_path / "活动.xlsx")
    assert made.faults == ()
    assert made.campaign == compiled(sound).campaign


def _rename(book: Workbook) -> None:
    book["栏目"].title = "栏目(2)"


def _copy(book: Workbook) -> None:
    book.copy_worksheet(book["栏目"]).title = "栏目 (2)"


def _title_gone(book: Workbook) -> None:
    book["级次"].delete_rows(1)


def _two_headers(book: Workbook) -> None:
    for column, cell in enumerate(list(book["图表"][2]), start=1):
        book["图表"].cell(5, column).value = cell.value


def _note(book: Workbook) -> None:
    below(book["选项"], "注：选项由办公室汇总，如有增减请来电。")


def _merged(book: Workbook) -> None:
    book["栏目"].merge_cells("A12:A15")


def _formula(book: Workbook) -> None:
    book["指标"]["D5"].value = "=S02/S01"


def _inserted(book: Workbook) -> None:
    book["选项"].insert_cols(2)
    book["选项"]["B4"].value = "小王改"


def _struck(book: Workbook) -> None:
    for cell in book["图表"][4]:
        cell.font = Font(strike=True)


def _header_typo(book: Workbook) -> None:
    book["栏目"]["E2"].value = "必填否"


def _level_gone(book: Workbook) -> None:
    book["报表"]["D2"].value = "户级截止"


def _sheet_gone(book: Workbook) -> None:
    del book["级次"]


def _error(book: Workbook) -> None:
    book["级次"]["C4"].value = "#REF!"
    book["级次"]["C4"].data_type = "e"


@pytest.mark.parametrize(
    ("slip", "first"),
    [
        (
            _rename,
            "《栏目(2)》：没有《栏目(2)》这张工作表，是不是《栏目》？请把工作表名改成“栏目”。",
        ),
        (
            _copy,
            "《栏目 (2)》：程序只读《栏目》，这张像是它的副本。不用的请删掉，要留着的把名称改成“_栏目 (2)”。",
        ),
        (
            _title_gone,
            "《级次》A1：表头应在第2行，现在在第1行。请在表头上面补一行说明，从第3行起一行填一项。",
        ),
        (_two_headers, "《图表》A5“标题”：这一行又是表头，请删掉这一行。"),
        (
            _note,
            (
                "《选项》A19“选项单”：这一行只有这一格有字，像是表下面的说明。"
                "请移到第1行或《说明》里，不然请把这一行填全。"
            ),
        ),
        (
            _merged,
            "《栏目》A12“工作表”：合并了单元格（A12:A15）。请取消合并，每一行都把内容填上。",
        ),
        (
            _formula,
            (
                "《指标》D5“公式”：这一格成了 Excel 的公式。"
                "请改成文字：去掉前面的等号，或在最前面加一个单引号（'）。"
            ),
        ),
        (
            _inserted,
            "《选项》B4：这一列没有表头，程序不会读它。请在第2行写上表头，或把这一列的内容删掉。",
        ),
        (
            _struck,
            (
                "《图表》A4“标题”：这一行加了删除线，看不出要不要。"
                "不要的请删掉整行，已经用过的请填停用版本，要的请去掉删除线。"
            ),
        ),
        (
            _header_typo,
            "《栏目》E2“必填否”：没有“必填否”这一栏，是不是“必填”？不用的栏目请删掉整列。",
        ),
        (
            _level_gone,
            "《报表》D2“户级截止”：《级次》里没有“户”这一级。不用的栏目请删掉整列。",
        ),
        (_sheet_gone, "《级次》：没有《级次》这张工作表，请补上。"),
        (_error, "《级次》C4“截止”：这一格是 #REF!，请重新填写。"),
    ],
)
def test_a_slip_is_told_in_a_sentence(sound: Path, tmp_path: Path, slip: Slip, first: str) -> None:
    """Whoever makes one of the usual slips reads one sentence that says where, what and what to do."""
    book = load_workbook(sound)
    slip(book)
    book.save(tmp_path / "活动.xlsx")
    made = compiled(tmp_path / "活动.xlsx")
    assert [fault.sentence for fault in made.faults] == [first]
    assert made.campaign is None


@pytest.mark.parametrize(
    ("typed", "meant"), [("数字", "整数"), ("文本", "文字"), ("下拉", "单选"), ("元", "金额")]
)
def test_what_people_call_a_type_is_led_to_its_name(
    sound: Path, tmp_path: Path, typed: str, meant: str
) -> None:
    """Whoever writes 数字 is led to 整数, and not to 文字, which only looks alike; all types are listed."""
    book = load_workbook(sound)
    sheet = book["栏目"]
    column = next(cell.column for cell in sheet[2] if cell.value == "类型")
    row = next(
        number
        for number, each in enumerate(sheet.iter_rows(min_row=3), 3)
        if each[column - 1].value == "整数"
    )
    sheet.cell(row, column, typed)
    book.save(tmp_path / "活动.xlsx")
    first = compiled(tmp_path / "活动.xlsx").faults[0].sentence
    assert f"没有“{typed}”这个类型，是不是“{meant}”？" in first
    assert "、附件。" in first


@pytest.mark.parametrize("titles", [("Sheet",), ("封面", "活动统计", "工作情况", "选项")])
def test_another_workbook_is_told_to_be_none(tmp_path: Path, titles: tuple[str, ...]) -> None:
    """Whoever takes the list of units, or a form that was issued, for a campaign workbook reads one sentence."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title in titles:
        book.create_sheet(title).append(["单位名称", "级别"])
    book.save(tmp_path / "单位.xlsx")
    made = compiled(tmp_path / "单位.xlsx")
    assert [fault.sentence for fault in made.faults] == [
        (
            "整个工作簿：这不是活动工作簿：没有《活动》、《级次》、《报表》、《工作表》、《栏目》这些工作表。"
            "新的可用 campaign new 建立。"
        )
    ]
    assert made.hints == ()


def test_a_hidden_row_is_read_and_said_to_be(sound: Path, tmp_path: Path) -> None:
    """A row that somebody hid is part of the campaign, and whoever checks it is told so."""
    book = load_workbook(sound)
    book["审核"].row_dimensions[4].hidden = True
    book.save(tmp_path / "活动.xlsx")
    made = compiled(tmp_path / "活动.xlsx")
    assert made.campaign == compiled(sound).campaign
    assert "《审核》A4“性质”：这一行隐藏着，也算数。不要的请删掉。" in [
        hint.sentence for hint in made.hints
    ]


def test_what_a_clerk_notes_in_rows_of_her_own_sheets_is_nobodys_business(
    sound: Path, tmp_path: Path
) -> None:
    """说明 and sheets whose name begins with _ are not read, whatever stands in them."""
    book = load_workbook(sound)
    book.create_sheet("说明").append(["随便写"])
    book.create_sheet("_旧稿").append(["=1/0", "随便写"])
    book.save(tmp_path / "活动.xlsx")
    assert compiled(tmp_path / "活动.xlsx").faults == ()
