"""One odd cell damages no workbook, and no reference is read as another text."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Mapping
from pathlib import Path

import pytest
import xlsxwriter

from sheetflow.demo.draft import find_soffice, resave
from sheetflow.errors import UnreadableError
from sheetflow.reading import read_workbook
from sheetflow.reading.binary import number_of_rk
from sheetflow.workbook import RawSheet
from tests.programs import needs_office
from tests.reading.packages import STYLES, TEXTS, parts_of, with_part, xlsb_of, zipped

_TABLE = "<sst>{}</sst>".format("".join(f"<si><t>第{n}条</t></si>" for n in "零一二三四"))
_FORMATS = (
    '<numFmt numFmtId="170" formatCode="[h]:mm"/><numFmt numFmtId="171" formatCode="yyyy-mm-dd"/>'
)
_STYLES = (
    f"<styleSheet><numFmts>{_FORMATS}</numFmts><fonts><font/></fonts><cellXfs><xf/>"
    '<xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>'
)


def read(odd: str, table: str = _TABLE) -> RawSheet:
    """Read three rows, the second of which holds the cell `odd`."""
    rows = (
        '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1"><v>42</v></c></row>'
        f'<row r="2">{odd}<c r="B2" s="2"><v>40940</v></c></row>'
        '<row r="3"><c r="A3" t="s"><v>3</v></c><c r="B3"><v>42</v></c></row>'
    )
    parts = with_part(with_part(parts_of(rows), TEXTS, table), STYLES, _STYLES)
    (sheet,) = read_workbook(zipped(parts)).sheets
    return sheet


def check_neighbours(sheet: RawSheet) -> None:
    """Expect the sound cells around."""
    assert sheet.rows[0] == ("第一条", 42)
    assert sheet.rows[2] == ("第三条", 42)
    assert sheet.cell(2, 2) == dt.date(2012, 2, 1)


@pytest.mark.parametrize("style", [1, 2])
@pytest.mark.parametrize(
    "number", ["13800138000", "-1e+308", "1e308", "-1e15", "2958466", "-5", "-0.5", "3e9"]
)
def test_a_number_that_no_date_can_be_made_of(number: str, style: int) -> None:
    """In a format for dates or durations it is the number it is, and nothing else is lost."""
    sheet = read(f'<c r="A2" s="{style}"><v>{number}</v></c>')
    value = sheet.cell(2, 1)
    if isinstance(value, dt.timedelta):  # a duration can be made of it
        assert style == 1
        assert value.total_seconds() == float(number) * 86400
    else:
        assert value == float(number)
    check_neighbours(sheet)


_ODD = (13800138000, -1e308, 1e308, -1e15, 2958466, -5, -0.5)


@pytest.mark.parametrize("number_format", [14, 22, 46])
def test_the_same_in_a_binary_workbook(number_format: int) -> None:
    """Numbers that no date can be made of are read in an .xlsb, and the dates beside them."""
    cells: Mapping[tuple[int, int], str | float] = {
        (1, 1): "第一条",
        **{(row, 1): number for row, number in enumerate(_ODD, start=2)},
        (2, 2): 40940,
    }
    (sheet,) = read_workbook(xlsb_of(cells, number_format)).sheets
    assert sheet.cell(1, 1) == "第一条"
    assert [sheet.cell(row, 1) for row in range(2, 2 + len(_ODD))] == list(_ODD)
    assert isinstance(sheet.cell(2, 2), dt.date | dt.timedelta)


@needs_office
@pytest.mark.office
def test_the_same_in_older_formats(tmp_path: Path) -> None:
    """An .xls tells these numbers, also as results; an .ods has other words in their place."""
    file = tmp_path / "怪.xlsx"
    for ending in ("xls", "ods"):
        write_odd(file)
        (saved,) = resave([file], ending, find_soffice(), tmp_path)
        (sheet,) = read_workbook(saved.read_bytes()).sheets
        assert [row[0] for row in sheet.rows] == ["正常文字"] * (len(_ODD) + 1)
        assert sheet.cell(len(_ODD) + 1, 4) == dt.date(2012, 2, 1)
        assert sheet.cell(len(_ODD) + 1, 5) == dt.date(2012, 2, 1)
        if ending == "xls":
            assert [row[1:] for row in sheet.rows[:-1]] == [(number,) * 4 for number in _ODD]


def write_odd(file: Path) -> None:
    """Write each odd number in two formats, as it is and as a result, and a sound date."""
    with xlsxwriter.Workbook(file) as book:
        target = book.add_worksheet()
        looks = [book.add_format({"num_format": code}) for code in ("[h]:mm", "yyyy-mm-dd")]
        for row, number in enumerate((*_ODD, 40940)):
            target.write(row, 0, "正常文字")
            for column, look in enumerate(looks):
                target.write_number(row, 2 * column + 1, number, look)
                target.write_formula(row, 2 * column + 2, f"={number!r}", look, number)


@pytest.mark.parametrize(
    ("packed", "number"), [(42 << 2 | 2, 42), (-5 << 2 | 2, -5), (1250 << 2 | 3, 12.5)]
)
def test_numbers_of_four_bytes(packed: int, number: float) -> None:
    """Whole numbers and hundredths are unpacked, below 0 too; so is half of a double."""
    assert number_of_rk(struct.pack("<i", packed)) == number
    assert number_of_rk(struct.pack("<d", -0.5)[4:]) == -0.5


@pytest.mark.parametrize("cell", ['t="e"><v>#SPILL!</v>', 't="e"><v>#甲</v>', 's="2"><v>甲乙</v>'])
def test_a_value_that_no_office_program_writes(cell: str) -> None:
    """An error value or text of nobody's making costs at most its own cell."""
    check_neighbours(read(f'<c r="A2" {cell}</c>'))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('t="s"><v> 2 </v>', "第二条"),
        ('t="s"><v>\n  2\n</v>', "第二条"),
        ('t="s"><v>02</v>', "第二条"),
        ("><v>\n  42\n </v>", 42),
        ("><v>42 </v>", 42),
        ('s="2">\n<v>\n40940\n</v>\n', dt.date(2012, 2, 1)),
        ('t="b"><v> 1 </v>', True),
        ('t="n"><v>&#52;2</v>', 42),
        ('t="str"><v> 甲 </v>', " 甲 "),
    ],
)
def test_blanks_around_a_value(cell: str, value: object) -> None:
    """Line ends and blanks around a number or a reference are no part of it; in a text they are."""
    sheet = read(f'<c r="A2" {cell.lstrip()}</c>'.replace('"A2" >', '"A2">'))
    assert sheet.cell(2, 1) == value
    check_neighbours(sheet)


@pytest.mark.parametrize(
    "reference", ["-2", "2e0", "2.0", "+2", "0x2", "", "77", "99999999999", "²"]
)
def test_a_reference_that_is_none(reference: str) -> None:
    """What is no number of a text of the table is never read as another text."""
    with pytest.raises(UnreadableError) as caught:
        read(f'<c r="A2" t="s"><v>{reference}</v></c>')
    assert caught.value.reason == "file-damaged"


@pytest.mark.parametrize(
    "table",
    [
        _TABLE.replace("</si>", "", 1),
        _TABLE.replace("<si>", "", 1),
        _TABLE.replace("</t></si>", "</t><si></si></si>", 1),
        _TABLE.replace("<t>", "", 1),
        _TABLE.replace("<t>", "<t><t>", 1).replace("</t>", "</t></t>", 1),
        _TABLE.replace("<si>", "<si/><x>", 1).replace("</si>", "</x>", 1),
        _TABLE.replace("零", "&nbsp;", 1),
    ],
)
def test_a_broken_table_of_texts(table: str) -> None:
    """A table that is not well-formed, or holds no plain list of texts, is refused."""
    with pytest.raises(UnreadableError) as caught:
        read('<c r="A2" t="s"><v>2</v></c>', table)
    assert caught.value.reason == "file-damaged"


def test_an_empty_table_or_text_is_no_fault() -> None:
    """Blank texts, and texts with how they are pronounced, keep their numbers."""
    table = (
        "<sst><si/><si><t>第一条</t><rPh sb='0' eb='1'><t>di</t></rPh></si><si><t/></si>"
        '<si><r><t>第三</t></r><r><rPr><b/></rPr><t xml:space="preserve">条</t></r></si></sst>'
    )
    sheet = read('<c r="A2" t="s"><v>2</v></c>', table)
    assert sheet.cell(2, 1) is None
    check_neighbours(sheet)
