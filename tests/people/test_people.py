"""Workbooks as people make them: read correctly, or answered with what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sheetflow.findings import Severity
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.schemas.parsing import Value
from tests.county_book import CAMPAIGN, FORM, cell, context, drawn, judged, named

Spoil = Callable[[Workbook], None]
Answer = Callable[[Spoil], Judgement]

VALUES = judged()


def rows_of(judgement: Judgement) -> Mapping[str, list[dict[str, Value]]]:
    """What was read, sheet by sheet."""
    assert judgement.book is not None
    return {
        key: [dict(row.values) for row in found.rows]
        for key, found in judgement.book.sheets.items()
        if found.rows
    }


def told(judgement: Judgement) -> list[tuple[str, str, str]]:
    """The findings as rule, sheet's title, cell."""
    return [(entry.rule, entry.place.title, named(entry.place)) for entry in judgement.findings]


def page(book: Workbook, title: str) -> Worksheet:
    """One sheet."""
    found = book[title]
    assert isinstance(found, Worksheet)
    return found


def move_column(book: Workbook) -> None:
    """Move 走访方式 to the front of its sheet."""
    sheet = page(book, "走访记录")
    mode = sheet[cell("visits", "mode", 3)].column
    cells = [sheet.cell(row, mode).value for row in range(3, 7)]
    sheet.delete_cols(mode)
    sheet.insert_cols(1)
    for row, value in enumerate(cells, start=3):
        sheet.cell(row, 1).value = value


def insert_column(book: Workbook) -> None:
    """Put a column of one's own between ours."""
    sheet = page(book, "妇女需求台帐")
    age = sheet[cell("needs", "age", 3)].column
    sheet.insert_cols(age)
    sheet.cell(3, age).value, sheet.cell(5, age).value = "我的备忘", "周三去"


def insert_rows(book: Workbook) -> None:
    """Leave blank rows between the rows, and one above everything."""
    sheet = page(book, "走访记录")
    sheet.insert_rows(5, 2)
    sheet.insert_rows(1)


def delete_head(book: Workbook) -> None:
    """Delete the title and the note above the header."""
    page(book, "走访记录").delete_rows(1, 2)


def rename_sheets(book: Workbook) -> None:
    """Rename sheets slightly."""
    page(book, "妇女需求台帐").title = "妇女需求台账"
    page(book, "干部名册").title = "3.干部名册 "
    page(book, "走访记录").title = "走访记录（历下区3-4月）"
    page(book, "联系点").title = "联系点(2)"


def reorder_sheets(book: Workbook) -> None:
    """Turn the order of the sheets about."""
    book.move_sheet("走访记录", -3)
    book.move_sheet("封面", 9)


def edit_headers(book: Workbook) -> None:
    """Edit headers a little, break their lines, mark them."""
    sheet = page(book, "走访记录")
    sheet[cell("visits", "women_met", 3)] = "走访人次"
    sheet[cell("visits", "questionnaires", 3)] = "收回问卷"
    sheet[cell("visits", "mode", 3)] = "走访\n方式（必填）"
    cover = page(book, "封面")
    cover[cell("cover", "filled_on")].offset(column=-1).value = "填表日期"


def hide_and_filter(book: Workbook) -> None:
    """Filter a sheet, so that rows are hidden."""
    sheet = page(book, "走访记录")
    sheet.auto_filter.ref = f"A3:{cell('visits', 'summary', 6)}"
    sheet.auto_filter.add_filter_column(sheet[cell("visits", "mode", 3)].column - 1, ["座谈交流"])
    sheet.row_dimensions[5].hidden = sheet.row_dimensions[6].hidden = True


def format_below(book: Workbook) -> None:
    """Colour hundreds of empty rows, and leave a blank character in one."""
    sheet = page(book, "走访记录")
    for row in range(7, 300):
        for column in range(1, sheet.max_column + 1):
            sheet.cell(row, column).fill = PatternFill("solid", fgColor="FFFF00")
    sheet[cell("visits", "summary", 250)] = "\u3000"


def type_dates_as_text(book: Workbook) -> None:
    """Type dates in every way that is understood."""
    sheet = page(book, "走访记录")
    days: tuple[str | int, ...] = ("2012年3月5号", "２０１２．４．１０", 20120420)
    for row, typed in enumerate(days, start=4):
        sheet[cell("visits", "visited_on", row)] = typed


def add_totals(book: Workbook) -> None:
    """Add a total, a signature line, and the header once more for the second page."""
    sheet = page(book, "基层组织")
    totals: dict[str, str | int] = {
        "township": "合 计",
        "villages": 6,
        "communities": 17,
        "women": 37000,
    }
    for column, total in totals.items():
        sheet[cell("grassroots", column, 6)] = total
    visits = page(book, "走访记录")
    for number in range(1, visits.max_column + 1):
        visits.cell(7, number).value = visits.cell(3, number).value
    visits.cell(9, 1).value = "填表人：李静"


def lose_stamp(book: Workbook) -> None:
    """Copy the sheets into a workbook of one's own: the hidden sheet stays behind."""
    del book["_表标识"]


def count_from_1904(book: Workbook) -> None:
    """Save with the calendar of 1904."""
    book.epoch = CALENDAR_MAC_1904


def drop_explanations(book: Workbook) -> None:
    """Delete the sheets that the service put in."""
    for title in ("问题清单", "情况说明", "填报说明"):
        if title in book:
            del book[title]


READ_ALL_THE_SAME: dict[str, tuple[Spoil, set[str]]] = {
    "columns moved": (move_column, {"column-order"}),
    "a column inserted": (insert_column, {"column-extra"}),
    "blank rows between": (insert_rows, set()),
    "title rows deleted": (delete_head, set()),
    "sheets renamed slightly": (rename_sheets, set()),
    "sheets in another order": (reorder_sheets, set()),
    "headers edited": (edit_headers, {"column-renamed"}),
    "hidden rows, filters on": (hide_and_filter, {"rows-hidden"}),
    "rows with formats only": (format_below, set()),
    "dates as text": (type_dates_as_text, {"habit"}),
    "totals and signatures": (add_totals, {"row-skipped"}),
    "copied into a new workbook": (lose_stamp, set()),
    "the calendar of 1904": (count_from_1904, set()),
    "our own sheets deleted": (drop_explanations, set()),
}


@pytest.mark.parametrize("name", READ_ALL_THE_SAME)
def test_read_all_the_same(answered: Answer, name: str) -> None:
    """Whatever people do to the sheets, the same values are read, and what was odd is said."""
    spoil, notes = READ_ALL_THE_SAME[name]
    judgement = answered(spoil)
    assert judgement.outcome is Outcome.ACCEPTED
    assert rows_of(judgement) == rows_of(VALUES)
    assert {entry.rule for entry in judgement.findings} == notes


@pytest.mark.parametrize("name", READ_ALL_THE_SAME)
def test_cells_are_named_where_they_stand(answered: Answer, name: str) -> None:
    """Never a wrong cell: a mistake typed into the changed file is named where it stands."""
    spoil, _ = READ_ALL_THE_SAME[name]
    where: list[tuple[str, str]] = []

    def spoil_more(book: Workbook) -> None:
        spoil(book)
        for sheet in book.worksheets:
            for line in sheet.iter_rows():
                standing = {each.value: each for each in line}
                for known, typed in (("座谈交流", "闲聊"), (70, "约70")):
                    spot = standing.get(known)
                    if spot is not None and (known != 70 or "陈玉兰" in standing):
                        spot.value = typed
                        where.append((sheet.title, spot.coordinate))

    judgement = answered(spoil_more)
    found = {
        (entry.place.title, entry.place.cell)
        for entry in judgement.findings
        if entry.severity is Severity.MUST
    }
    assert len(where) == 2
    assert found == set(where)


def row_deleted(book: Workbook) -> None:
    """Delete a row of visits."""
    page(book, "走访记录").delete_rows(5)


def test_a_deleted_row_is_simply_gone(answered: Answer) -> None:
    """A row deleted from a sheet of events leaves the others as they are."""
    judgement = answered(row_deleted)
    assert judgement.outcome is Outcome.ACCEPTED
    left = rows_of(VALUES)["visits"]
    assert rows_of(judgement)["visits"] == [left[0], left[2]]


def merge_dates(book: Workbook) -> None:
    """Merge the dates of three visits into one cell."""
    first, last = (cell("visits", "visited_on", row) for row in (4, 6))
    page(book, "走访记录").merge_cells(f"{first}:{last}")


def use_formulas(book: Workbook) -> None:
    """Compute cells instead of typing them; nobody has recalculated."""
    sheet = page(book, "走访记录")
    sheet[cell("visits", "women_met", 4)] = "=10+10"
    sheet[cell("visits", "visited_on", 5)] = "=TODAY()"


def type_ids_as_numbers(book: Workbook) -> None:
    """Type an identity number and a key without making the cells text."""
    sheet = page(book, "妇女需求台帐")
    sheet[cell("needs", "id_number", 4)] = 370102196701011220
    sheet[cell("needs", "phone", 4)] = 13800000001
    sheet[cell("needs", "need_id", 5)] = 2


def wipe_header(book: Workbook) -> None:
    """Delete the header row."""
    page(book, "宣传报道").delete_rows(3)


def double_sheet(book: Workbook) -> None:
    """Copy a sheet, and fill in both."""
    book.copy_worksheet(page(book, "走访记录")).title = "走访记录 (2)"


TOLD_WHAT_TO_DO: dict[str, tuple[Spoil, list[tuple[str, str, str]]]] = {
    "merged cells": (merge_dates, [("cells-merged", "走访记录", "日期 4")]),
    "formulas never computed": (
        use_formulas,
        [
            ("cell-formula-empty", "走访记录", "走访妇女人次 4"),
            ("cell-formula-empty", "走访记录", "日期 5"),
        ],
    ),
    "ids and keys as numbers": (
        type_ids_as_numbers,
        [
            ("id-digits-lost", "妇女需求台帐", "身份证号 4"),
            ("key-shape", "妇女需求台帐", "台帐编号 5"),
            ("key-wanted", "妇女需求台帐", "台帐编号 5"),
        ],
    ),
    "no header": (wipe_header, [("header-missing", "宣传报道", "")]),
    "a sheet twice": (double_sheet, [("sheet-twice", "走访记录 (2)", "")]),
}


@pytest.mark.parametrize("name", TOLD_WHAT_TO_DO)
def test_told_what_to_do(answered: Answer, name: str) -> None:
    """What cannot be read for sure is named at its cell, and nothing else is."""
    spoil, expected = TOLD_WHAT_TO_DO[name]
    judgement = answered(spoil)
    assert judgement.outcome is Outcome.RETURNED
    assert told(judgement) == expected or set(told(judgement)) == set(expected)
    for entry in judgement.findings:
        assert len(CAMPAIGN.catalogue.remedy(entry)) > 4


def test_an_older_version_of_the_template_is_read() -> None:
    """A workbook of the version before lacks what was added since, and is not blamed for it."""
    needs = FORM.by_key["needs"]
    older = replace(needs, title="群众需求台帐", older_titles=("妇女需求台帐",))
    sheets = tuple(older if sheet is needs else sheet for sheet in FORM.sheets)
    newer = replace(FORM, version=FORM.version + 1, sheets=sheets)
    campaign = replace(CAMPAIGN, forms=(newer,))
    judgement = judge(drawn(), campaign, context())
    assert judgement.outcome is Outcome.ACCEPTED
    assert judgement.version == FORM.version
    assert rows_of(judgement)["needs"] == rows_of(VALUES)["needs"]


def test_a_total_is_never_counted_as_a_township(answered: Answer) -> None:
    """A row 合计 under the townships does not double the county's figures."""
    assert answered(add_totals).figures["S52"] == VALUES.figures["S52"] == 37_000


def test_dates_of_1904_are_the_same_days(answered: Answer) -> None:
    """A workbook from an old Macintosh holds the same days."""
    first = rows_of(answered(count_from_1904))["visits"][0]
    assert first["visited_on"] == dt.date(2012, 3, 5)
