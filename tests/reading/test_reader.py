"""What a filler wrote arrives with its value and its address, whatever the program."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import msoffcrypto.format.ooxml
import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from sheetflow.errors import UnreadableError
from sheetflow.reading import clean_text, read_workbook
from sheetflow.workbook import CellValue, RawSheet
from tests.reading.packages import (
    STRICT,
    converted,
    needs_office,
    ods_of,
    parts_of,
    simple,
    written,
    xlsb_of,
    xlsx_of,
    zipped,
)


def only_sheet(data: bytes) -> RawSheet:
    """Read a workbook of one sheet."""
    (sheet,) = read_workbook(data).sheets
    return sheet


def clerks_book(book: xlsxwriter.Workbook) -> None:
    """Fill a sheet that starts at C4, with one value of each kind."""
    sheet = book.add_worksheet("走访记录")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_string("C4", "张三")
    sheet.write_number("D4", 42)
    sheet.write_number("C6", 2.5)
    sheet.write_datetime("E6", dt.datetime(2012, 3, 5), day)  # noqa: DTZ001 - Excel knows no zone
    sheet.write_string("C9", "末行")


def check_clerks_book(sheet: RawSheet) -> None:
    """Expect what `clerks_book` wrote, at its addresses."""
    assert sheet.title == "走访记录"
    assert [(sheet.cell(4, 3), sheet.cell(4, 4)), (sheet.cell(6, 3), sheet.cell(6, 5))] == [
        ("张三", 42),
        (2.5, dt.date(2012, 3, 5)),
    ]
    assert type(sheet.cell(4, 4)) is int
    assert sheet.cell(9, 3) == "末行"
    assert len(sheet.rows) == 9
    assert sheet.rows[0] == () == sheet.rows[4]


def test_leading_blanks_keep_addresses() -> None:
    """A cell is named by its address in the file though rows and columns before it are blank."""
    check_clerks_book(only_sheet(written(clerks_book)))


@pytest.mark.office
@needs_office
@pytest.mark.parametrize("ending", ["xls", "ods", "xlsx"])
def test_office_program_formats(ending: str, tmp_path: Path) -> None:
    """A workbook saved by the office program in another format reads the same."""
    workbook = read_workbook(converted(written(clerks_book), ending, tmp_path))
    check_clerks_book(workbook.sheets[0])
    assert workbook.kind == ending
    assert workbook.tells_formulas is (ending == "xlsx")
    assert ("remark-format-tells-less" in workbook.remarks) is (ending != "xlsx")


def test_xlsb() -> None:
    """An .xlsb workbook is read, and said to tell less."""
    workbook = read_workbook(xlsb_of({(3, 2): "张三", (3, 4): 7.0}))
    assert workbook.kind == "xlsb"
    assert workbook.sheets[0].rows == ((), (), (None, "张三", None, 7))
    assert workbook.remarks == ("remark-format-tells-less",)


def test_strict_ooxml() -> None:
    """A workbook saved as Strict Open XML is read, not taken for an empty one."""
    rows = '<row r="2"><c r="B2"><v>7</v></c></row>'
    assert only_sheet(zipped(parts_of(rows, namespace=STRICT))).cell(2, 2) == 7


def test_backslash_names() -> None:
    """A workbook whose parts are named with backslashes is read."""
    parts = {name.replace("/", "\\"): part for name, part in parts_of(_ONE).items()}
    assert only_sheet(zipped(parts)).cell(1, 1) == 1


def test_formulas_and_errors_are_told() -> None:
    """Formulas, also without a cached value, and error cells are named, never just blank."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_formula("B2", "=1+1", None, 2)
        sheet.write_formula("B3", '=A1&"甲<乙"', None, "")
        sheet.write_formula("B4", "=1/0", None, "#DIV/0!")
        sheet.write_string("B5", "#REF!")

    sheet = only_sheet(written(fill))
    assert sheet.formulas == {(2, 2): "=1+1", (3, 2): '=A1&"甲<乙"', (4, 2): "=1/0"}
    assert sheet.errors == {(4, 2): "#DIV/0!"}
    assert [sheet.cell(row, 2) for row in range(2, 6)] == [2, None, None, "#REF!"]


def test_unknown_error_value_costs_no_sheet() -> None:
    """One #SPILL! does not hide the rest of its sheet."""
    rows = (
        '<row r="2"><c r="B2" t="inlineStr"><is><t>张三</t></is></c><c r="C2"><v>4</v></c></row>'
        '<row r="3"><c r="B3" t="e"><v>#SPILL!</v></c><c r="D3" t="str"><v>末</v></c></row>'
    )
    sheet = only_sheet(xlsx_of(rows))
    assert sheet.rows == ((), (None, "张三", 4), (None, None, None, "末"))
    assert sheet.errors == {(3, 2): "#SPILL!"}


def test_an_error_cell_cannot_smuggle_text() -> None:
    """What a finding will quote as an error value is one, not a text somebody put there."""
    rows = '<row r="1"><c r="A1" t="e"><v>13800138000</v></c><c r="B1"><v>1</v></c></row>'
    sheet = only_sheet(xlsx_of(rows))
    assert sheet.errors == {(1, 1): "#VALUE!"}
    assert sheet.cell(1, 1) is None


def test_odd_sheet_names_keep_their_facts() -> None:
    """A sheet whose name needs escaping keeps its formulas and hidden rows."""

    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_chartsheet("图")
        book.add_worksheet("A&B <1> 'x' =").write_formula("A1", "=1", None, 1)

    (sheet,) = read_workbook(written(fill)).sheets
    assert (sheet.title, sheet.formulas) == ("A&B <1> 'x' =", {(1, 1): "=1"})


def test_hidden_rows_sheets_and_merges() -> None:
    """Hidden rows, hidden sheets and merged ranges are told with their places."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("甲")
        sheet.write_string("A1", "x")
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.merge_range("B5:C7", "合并")
        book.add_worksheet("乙").hide()
        book.add_worksheet("丙").very_hidden()
        book.add_chartsheet("图")

    first, second, third = read_workbook(written(fill)).sheets
    assert first.hidden_rows == {4}
    assert first.merges == ((5, 2, 7, 3),)
    assert [first.hidden, second.hidden, third.hidden] == [False, True, True]


def test_defined_names() -> None:
    """The second copy of the stamp, in defined names, is handed on."""

    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("甲").write_string("A1", "x")
        book.define_name("STAMP_UNIT", '="370102"')
        book.define_name("甲!LOCAL", "=甲!$A$1")

    assert read_workbook(written(fill)).names == {"STAMP_UNIT": '"370102"'}


def test_1904_dates() -> None:
    """A workbook that counts days from 1904 gives the same dates."""
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet["B2"] = dt.date(2012, 3, 5)
    target = io.BytesIO()
    book.save(target)
    assert only_sheet(target.getvalue()).cell(2, 2) == dt.date(2012, 3, 5)


def test_id_stored_as_number_is_not_made_up() -> None:
    """An 18-digit id stored as a number stays the rounded number that the file holds."""
    sheet = only_sheet(xlsx_of('<row r="1"><c r="A1"><v>1.10101199003071E+17</v></c></row>'))
    assert sheet.cell(1, 1) == 1.10101199003071e17
    assert type(sheet.cell(1, 1)) is float


def test_numbers_that_are_none() -> None:
    """An infinite number is handed on as text, so that nothing computes with it."""
    rows = '<row r="1"><c r="A1"><v>INF</v></c><c r="B1"><v>NaN</v></c></row>'
    assert only_sheet(xlsx_of(rows)).rows == (("inf", "nan"),)


def test_yes_and_no_stay_apart_from_one_and_zero() -> None:
    """TRUE stays TRUE and 1 stays 1, however often and in whatever order both occur."""
    row = (
        '<c r="A{0}"><v>1</v></c><c r="B{0}" t="b"><v>1</v></c><c r="C{0}"><v>0</v></c>'
        '<c r="D{0}" t="b"><v>0</v></c><c r="E{0}"><v>2</v></c>'
    )
    rows = "".join(f'<row r="{number}">{row.format(number)}</row>' for number in (1, 2))
    for each in only_sheet(xlsx_of(rows)).rows:
        assert [repr(value) for value in each] == ["1", "True", "0", "False", "2"]


def test_text_is_cleaned() -> None:
    """Controls and line ends that break documents are gone; what only nobody sees stays in its cell.

    Whoever reads the cell leaves such marks aside, and tells of them.
    """
    assert clean_text("\u202e历下\u200f区\x01\r\n二\u200b行\ufffe") == "历下区\n二行"
    assert clean_text("e\u0301\tx") == "é\tx"
    assert clean_text("a\ud800b") == "ab"
    assert only_sheet(simple("王\u202e小\x07丽")).cell(2, 2) == "王\u202e小丽"
    with pytest.raises(UnreadableError, match="file-blank"):
        only_sheet(simple("\u200b\ufeff"))


_ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("extra", "remark"),
    [
        ("xl/vbaProject.bin", "remark-macros"),
        ("xl/externalLinks/externalLink1.xml", "remark-external-links"),
        ("xl/embeddings/oleObject1.bin", "remark-ole-objects"),
    ],
)
def test_remarks_on_what_is_not_used(extra: str, remark: str) -> None:
    """Macros, links to other files and embedded objects are told, and the values taken."""
    workbook = read_workbook(zipped(parts_of(_ONE) | {extra: b"anything"}))
    assert workbook.remarks == (remark,)
    assert workbook.sheets[0].cell(1, 1) == 1


def test_pictures_in_cells() -> None:
    """A picture in a cell, of WPS or of Excel, is told and is neither text, formula nor error."""
    wps = (
        '<row r="1"><c r="A1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f>'
        '<v>=DISPIMG("ID_1",1)</v></c><c r="B1"><v>1</v></c></row>'
    )
    excel = '<row r="1"><c r="A1" t="e" vm="1"><v>#VALUE!</v></c><c r="B1"><v>1</v></c></row>'
    rich = {"xl/richData/richValueRel.xml": "<richValueRels/>"}
    for data in (xlsx_of(wps), zipped(parts_of(excel) | rich)):
        workbook = read_workbook(data)
        sheet = workbook.sheets[0]
        assert workbook.remarks == ("remark-cell-pictures",)
        assert (sheet.rows, sheet.formulas, sheet.errors) == (((None, 1),), {}, {})
    assert only_sheet(xlsx_of(excel)).errors == {(1, 1): "#VALUE!"}


def test_a_picture_whose_formula_the_file_does_not_tell() -> None:
    """A picture that only its text gives away is told and is no text, however often it stands."""
    cell = '<c r="{}" t="str"><v>=DISPIMG("ID_1",1)</v></c>'
    rows = f'<row r="1">{cell.format("A1")}{cell.format("B1")}<c r="C1"><v>1</v></c></row>'
    workbook = read_workbook(xlsx_of(rows))
    assert workbook.remarks == ("remark-cell-pictures",)
    assert workbook.sheets[0].rows == ((None, None, 1),)


def test_unusual_xml_loses_nothing() -> None:
    """UTF-16, comments, CDATA, prefixes and left-out addresses are legal and read in full."""
    for aside in ("<!-- x -->", "<?x y?>"):
        parts = parts_of(f'<row r="1"><c r="A1"><v>1{aside}2</v></c></row>')
        assert only_sheet(zipped(parts)).cell(1, 1) == 12
    parts = parts_of('<row r="1"><c r="A1" t="str"><v><![CDATA[甲&<乙]]></v></c></row>')
    assert only_sheet(zipped(parts)).cell(1, 1) == "甲&<乙"
    sheet = str(parts_of(_ONE)["xl/worksheets/sheet1.xml"])
    for text in (f'<?xml version="1.0" encoding="UTF-16"?>{sheet}', sheet):
        parts["xl/worksheets/sheet1.xml"] = text.encode("utf-16")
        assert only_sheet(zipped(parts)).cell(1, 1) == 1
    bare = '<row><c><v>1</v></c></row><row r="4"><c r="B4"><v>2</v></c><c><f>1+2</f></c></row>'
    found = only_sheet(xlsx_of(bare))
    assert found.rows == ((1,), (), (), (None, 2))
    assert found.formulas == {(4, 3): "=1+2"}
    prefixed = sheet.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    parts["xl/worksheets/sheet1.xml"] = prefixed.replace("<x:v>", "<x:f>1</x:f><x:v>")
    assert only_sheet(zipped(parts)).formulas == {(1, 1): "=1"}


def test_formats_down_to_the_last_row_are_harmless() -> None:
    """A sheet whose blank cells are formatted to the end of the grid is read."""
    assert only_sheet(xlsx_of(_ONE + '<row r="1048576"><c r="XFD1048576" s="0"/></row>')).rows == (
        (1,),
    )


def test_ods_repeats() -> None:
    """Repeated rows and cells of an .ods are counted out."""
    cell = '<table:table-cell table:number-columns-repeated="2" office:value-type="float" '
    rows = (
        f'<table:table-row table:number-rows-repeated="2">{cell}office:value="4"/>'
        "</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert only_sheet(ods_of(rows)).rows == ((4, 4), (4, 4))


def locked(password: str) -> bytes:
    """Encrypt a workbook as office programs do."""
    target = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(simple())).encrypt(password, target)
    return target.getvalue()


def test_protected_against_changes_only() -> None:
    """A workbook encrypted with the programs' own password opens as it does in Excel."""
    assert only_sheet(locked("VelvetSweatshop")).cell(2, 2) == "走访"


def test_password() -> None:
    """A workbook with a password of the filler's is refused as such."""
    with pytest.raises(UnreadableError) as caught:
        read_workbook(locked("woman123"))
    assert caught.value.reason == "file-encrypted"


_TEXTS = st.text(max_size=12).filter(lambda text: not text.startswith("=DISPIMG("))
_VALUES = st.one_of(
    _TEXTS,
    st.integers(-(2**49), 2**49),
    # XlsxWriter writes 16 digits, Excel keeps 15.
    st.floats(-1e300, 1e300).map(lambda number: float(f"{number:.15G}")),
    st.booleans(),
    st.dates(dt.date(1900, 3, 1), dt.date(2100, 12, 31)),
)
_SHEETS = st.dictionaries(st.tuples(st.integers(1, 40), st.integers(1, 30)), _VALUES, max_size=25)


def expected(value: CellValue) -> CellValue:
    """What the reader owes for a written value: itself, cleaned where it is text."""
    return clean_text(value) or None if isinstance(value, str) else value


@given(_SHEETS)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read(cells: dict[tuple[int, int], CellValue]) -> None:
    """Any values written at any addresses are read back, the same values at the same addresses."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("表")
        sheet.write_string(49, 49, "角")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for (row, column), value in cells.items():
            if isinstance(value, str):
                sheet.write_string(row - 1, column - 1, value)
            elif isinstance(value, dt.date):
                sheet.write_datetime(row - 1, column - 1, value, day)
            else:
                sheet.write(row - 1, column - 1, value)

    sheet = only_sheet(written(fill))
    for row in range(1, 50):
        for column in range(1, 50):
            assert sheet.cell(row, column) == expected(cells.get((row, column)))
    assert sheet.cell(50, 50) == "角"
