"""数字核对表: the list by which somebody checks a report before signing it."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl

from sheetflow.consolidation.report_data import Way
from sheetflow.periods import OFFICE_ZONE
from sheetflow.writing.consolidated.checks import Cell, write_check_table

STAMP = dt.datetime(2012, 5, 8, 15, 30, tzinfo=OFFICE_ZONE)
HEADINGS = ("序号", "模板中的名称", "数值")


def test_every_figure_has_its_line_and_a_place_to_tick() -> None:
    """Each figure stands under its headings as it was before rounding, with a blank to tick."""
    rows: list[tuple[int, str, int | Decimal | None]] = [
        (1, "本期.S08", 41),
        (2, "累计.S32", Decimal("0.533")),
        (3, "=居前.S08", None),
    ]
    data = write_check_table("山东省 2012年1—2月", HEADINGS, rows, STAMP)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    lines = list(sheet.iter_rows(min_row=3, values_only=True))
    assert lines == [
        (*HEADINGS, "核对"),
        (1, "本期.S08", 41, None),
        (2, "累计.S32", 0.533, None),
        (3, "=居前.S08", None, None),
    ]
    assert [cell.data_type for cell in sheet["B"]][-1] == "s"
    assert write_check_table("山东省 2012年1—2月", HEADINGS, rows, STAMP) == data


def test_shares_and_comparisons_are_reckoned_again() -> None:
    """Whoever checks a percentage sees both figures it was made from, and a live formula."""
    headings = tuple("甲乙丙丁戊己庚辛壬子丑寅")
    start = ("占比", "", "", "", "")
    rows: list[tuple[Cell, ...]] = [
        (1, *start, Decimal("0.25"), "%", "25.0%", 1, 4, Way.SHARE),
        (2, *start, Decimal("-0.5"), "%", "下降50.0%", 2, 4, Way.GROWTH),
        (3, *start, 3, "件", "增加3件", 3, 0, Way.DIFFERENCE),
        (4, *start, None, "%", "—", 3, 0, Way.SHARE),
    ]
    data = write_check_table("山东省", headings, rows, STAMP)
    live = openpyxl.load_workbook(io.BytesIO(data)).active
    cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True).active
    assert live is not None
    assert cached is not None
    formulas = [cell.value for cell in live["G"]][3:]
    assert formulas == ["=J4/K4", "=(J5-K5)/K5", "=J6-K6", None]
    assert [cell.value for cell in cached["G"]][3:] == [0.25, -0.5, 3, None]
