"""A 审核单 is told by its stamp, and what we printed into it is nothing that somebody typed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl

from sheetflow.children.review_task import typed_review
from sheetflow.consolidation.review_sheet import SampledUnit
from sheetflow.reading.reader import read_workbook
from sheetflow.schemas.book import REVIEW, Stamp
from sheetflow.schemas.layout import STAMP_SHEET
from sheetflow.writing.review_sheet import write_review_sheet
from tests.consolidation.test_review_rows import EAST_PASSING, NOON, SHEET, answers_to
from tests.drawing import draw
from tests.tiny.desk import CITY, FIRST, WEST

_STAMP = Stamp("rivers", "patrol", "1", CITY, FIRST, "ABCD-TOKEN", REVIEW)


def _printed() -> bytes:
    drawn = SampledUnit(unit_id=WEST, unit="西岸县", receipt=f"{WEST}-{FIRST}-1")
    return write_review_sheet(replace(SHEET, sampled=(drawn,), seed="3F9A"), _STAMP, NOON)


def test_a_sheet_as_we_print_it_says_nothing() -> None:
    """Dropped back as it is, no row of it is a decision: what was noted before is printed, not typed."""
    typed = typed_review(read_workbook(_printed()))
    assert typed is not None
    assert (typed.form, typed.period, typed.unit_id) == ("patrol", FIRST, CITY)
    assert typed.token == _STAMP.token
    assert not typed.passes_rest
    assert EAST_PASSING in {row.number for row in typed.rows}
    assert answers_to(typed) == []


def test_it_is_read_in_whatever_order_its_rows_stand(tmp_path: Path) -> None:
    """Rows that were sorted or deleted, and columns moved, are found by number and header."""
    path = tmp_path / "审核单.xlsx"
    path.write_bytes(_printed())
    book = openpyxl.load_workbook(path)
    page = book["待办"]
    head = next(row for row in page.iter_rows() if row[0].value == "编号")
    columns = {cell.value: int(cell.column or 0) for cell in head}
    top = int(head[0].row or 0)
    first, second = top + 1, top + 2
    for column in range(1, page.max_column + 1):
        page.cell(first, column).value = page.cell(second, column).value
        page.cell(second, column).value = None
    page.cell(first, columns["处理"]).value = "同意"
    page.cell(top - 1, columns["决定人"]).value = "王某"
    page.insert_cols(2)
    book.save(path)
    typed = typed_review(read_workbook(path.read_bytes()))
    assert typed is not None
    (answer,) = answers_to(typed)
    assert answer.decision is not None
    assert (answer.decision.unit_id, answer.decision.decider) == (WEST, "王某")


def test_it_is_told_by_the_second_copy_of_its_stamp(tmp_path: Path) -> None:
    """Whoever deletes the hidden sheet has a 审核单 all the same."""
    path = tmp_path / "审核单.xlsx"
    path.write_bytes(_printed())
    book = openpyxl.load_workbook(path)
    del book[STAMP_SHEET]
    book.save(path)
    assert typed_review(read_workbook(path.read_bytes())) is not None


def test_another_workbook_is_none() -> None:
    """What is stamped as a form, or not at all, goes the way of workbooks."""
    page = f"# 待办\n| 编号 | 处理 |\n|---|---|\n| {EAST_PASSING} | 同意 |"
    assert typed_review(draw(page)) is None
    assert typed_review(draw(page, stamp={"edition": "full"})) is None
    assert typed_review(draw(page, stamp={"edition": REVIEW})) is not None
