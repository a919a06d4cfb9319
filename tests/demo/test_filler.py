"""What the demo types stands in the issued workbooks as a clerk would leave it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from sheetflow.demo.draft import Draft, TypedSheet, Typing, plan_typing, type_workbook
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.schemas.layout import FIRST_ROW, STAMP_SHEET
from sheetflow.workbook import RawWorkbook


@pytest.fixture(scope="module")
def filled(
    draft_of: Callable[[int], Draft], issued: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A clean workbook, typed into the issued one."""
    target = tmp_path_factory.mktemp("filled") / "填报.xlsx"
    type_workbook(plan_typing(draft_of(1), issued, target))
    return target


def test_a_clean_workbook_is_accepted_without_a_word(
    filled: Path, judged_raw: Callable[[RawWorkbook], Judgement], draft_of: Callable[[int], Draft]
) -> None:
    """Typed into the real file, clean samples are accepted, and every row arrives."""
    judgement = judged_raw(read_workbook(filled.read_bytes()))
    assert judgement.findings == ()
    assert judgement.outcome is Outcome.ACCEPTED
    assert judgement.book is not None
    for key, rows in draft_of(1).rows.items():
        assert len(judgement.book.rows(key)) == len(rows), key


def test_what_was_issued_stays(filled: Path, issued: Path) -> None:
    """Drop-downs, stamp, formulas and sheets of the issued workbook survive the filling."""
    before, after = openpyxl.load_workbook(issued), openpyxl.load_workbook(filled)
    assert after.sheetnames == before.sheetnames
    assert set(after.defined_names) == set(before.defined_names)
    assert after[STAMP_SHEET].sheet_state == "hidden"
    for sheet in before:
        assert len(after[sheet.title].data_validations.dataValidation) == len(
            sheet.data_validations.dataValidation
        )
    cells = [cell for row in before["活动统计"].iter_rows() for cell in row]
    formulas = {cell.coordinate: cell.value for cell in cells if cell.data_type == "f"}
    assert formulas
    assert all(after["活动统计"][name].value == formula for name, formula in formulas.items())
    before.close()
    after.close()


def test_new_rows_look_like_the_sheet(filled: Path) -> None:
    """A date typed below the printed rows is shown as a date, not as a number."""
    workbook = openpyxl.load_workbook(filled)
    page = workbook["妇女需求台帐"]
    shown = {page.cell(row, 2).number_format for row in range(FIRST_ROW, FIRST_ROW + 25)}
    assert len(shown) == 1
    assert "yy" in shown.pop()
    workbook.close()


def test_columns_of_one_look_keep_it_each(tmp_path: Path) -> None:
    """Two date columns side by side both show dates: a file holds the look of neighbours once."""
    issued, target = tmp_path / "空白.xlsx", tmp_path / "填报.xlsx"
    book = xlsxwriter.Workbook(issued)
    book.add_worksheet("台帐").set_column(1, 3, 13, book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    day = dt.date(2012, 2, 3)
    typed = TypedSheet("台帐", {(FIRST_ROW, column): day for column in (2, 3, 4)})
    type_workbook(Typing(issued, target, (typed,), ()))
    page = openpyxl.load_workbook(target)["台帐"]
    assert [page.cell(FIRST_ROW, column).number_format for column in (2, 3, 4)] == [
        "yyyy-mm-dd"
    ] * 3


def test_rows_go_to_the_lines_that_bear_their_keys(
    draft_of: Callable[[int], Draft], issued: Path, tmp_path: Path
) -> None:
    """The clerk types into the line whose key is printed, in whatever order she works."""
    draft = draft_of(1)
    for listed in (draft.rows["cadres"], draft.names["cadres"]):
        listed.reverse()
    target = tmp_path / "填报.xlsx"
    type_workbook(plan_typing(draft, issued, target))
    page = openpyxl.load_workbook(target)["干部名册"]
    keys = [page.cell(row, 1).value for row in range(FIRST_ROW, FIRST_ROW + 3)]
    assert keys == ["G001", "G002", "G003"]
    assert page.cell(FIRST_ROW, 2).value == draft.rows["cadres"][-1]["name"]


def test_neighbours_that_share_a_look_keep_it(tmp_path: Path) -> None:
    """A date typed into the second of two date columns side by side is a date, as in an office program."""
    with xlsxwriter.Workbook(tmp_path / "发.xlsx") as book:
        sheet = book.add_worksheet("台帐")
        sheet.set_column(1, 2, 12, book.add_format({"num_format": "yyyy-mm-dd"}))
    day = dt.date(2013, 5, 6)
    cells = {(4, 2): day, (4, 3): day}
    type_workbook(Typing(tmp_path / "发.xlsx", tmp_path / "报.xlsx", (TypedSheet("台帐", cells),)))
    page = openpyxl.load_workbook(tmp_path / "报.xlsx")["台帐"]
    assert [page.cell(4, column).number_format for column in (2, 3)] == ["yyyy-mm-dd"] * 2
