"""The quick worksheet: what it writes itself is what XlsxWriter would write."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from sheetflow.writing.xlsx_book import QuickWorksheet

TEXTS = (
    *(
        "走访",
        "a<b & c>d",
        '"quoted"',
        " 前有空格",
        "后有空格　",
        "行\n行",
        "\t",
        "_x000D_",
        "\x07",
    ),
    *("<r>x</r>", "\ufffe", "=1+1", "0123", "　", "😀"),
)
NUMBERS = (0, -1, 12, 10**14, 0.1, 1 / 3, Decimal("123456.78"), 1e-7)
FORMULAS = (
    ("=SUM(A1:B2)", 3),
    ('=IF(A1="","无数据",A1)', "无数据"),
    ('=IF(A1<2,A1&"<",B1)', "a<b"),
    ("=COUNTIFS('一 览'!$A$3:$A$9,\"是\")/N(B1)", 0.5),
    ("=UNIQUE(A1:A3)", 1),
    ("=IFS(A1>1,2)", 2),
    ("=CONCAT(A1,B1)", "#N/A"),
    ("{=SUM(A1:A3*B1:B3)}", 7),
    ("=ROUND(A1,2)", ""),
)


def sheet_of(folder: Path, kind: type[Worksheet]) -> bytes:
    """One row of each text, number and formula, with a look and without."""
    saved = io.BytesIO()
    options = {"constant_memory": True, "tmpdir": str(folder), "strings_to_formulas": False}
    with xlsxwriter.Workbook(saved, options) as book:
        sheet, looks = book.add_worksheet("表", kind), (None, book.add_format({"bold": True}))
        row = 0
        for look in looks:
            for text in TEXTS:
                sheet.write_string(row, 0, text, look)
                sheet.write_blank(row, 1, None, look)
                row += 1
            for number in NUMBERS:
                sheet.write_number(row, 0, number, look)
                sheet.write_datetime(row, 1, dt.datetime(2012, 3, 2, 10), look)  # noqa: DTZ001
                sheet.write_boolean(row, 2, True, look)  # noqa: FBT003 - XlsxWriter's own
                row += 1
            for formula, value in FORMULAS:
                sheet.write_formula(row, 0, formula, look, value)
                row += 1
    with zipfile.ZipFile(saved) as package:
        return package.read("xl/worksheets/sheet1.xml")


def test_every_cell_is_as_xlsxwriter_writes_it(tmp_path: Path) -> None:
    """Whatever stands in a cell, our quicker way to write it gives the same bytes."""
    assert sheet_of(tmp_path, QuickWorksheet) == sheet_of(tmp_path, Worksheet)


def test_plain_cells_take_the_quick_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain texts, numbers and formulas are not gone through by XlsxWriter's slow checks."""
    asked: list[object] = []
    for name in ("_prepare_formula", "_write_cell"):
        slow = getattr(Worksheet, name)

        def counted(*given: object, slow: object = slow) -> object:
            asked.append(given[-1])
            return slow(*given)  # type: ignore[operator]

        monkeypatch.setattr(Worksheet, name, counted)
    with xlsxwriter.Workbook(
        io.BytesIO(), {"constant_memory": True, "tmpdir": str(tmp_path)}
    ) as book:
        sheet, look = book.add_worksheet("表", QuickWorksheet), book.add_format()
        sheet.write_string(0, 0, "走访", look)
        sheet.write_number(0, 1, 7, look)
        sheet.write_blank(0, 2, None, look)
        sheet.write_formula(1, 0, "=SUM(B1:B1)", look, 7)
    assert [type(cell).__name__ for cell in asked] == ["Formula"]  # whose value needs looking at
