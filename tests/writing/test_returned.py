"""The returned copy: marked cells, notes, 问题清单."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from sheetflow.findings import Severity, worst
from sheetflow.periods import OFFICE_ZONE
from sheetflow.prefill import Filling, marked_cells
from sheetflow.schemas.layout import (
    FIRST_ROW,
    GUIDE_SHEET,
    HEADER_ROW,
    ISSUE_COLUMNS,
    ISSUES_SHEET,
    NOTE_ROW,
    STEPS_SHEET,
)
from sheetflow.schemas.sheets import EXPLANATIONS
from sheetflow.writing import Dress, write_workbook
from sheetflow.writing.looks import SEVERITY_FILL

STAMP = dt.datetime(2012, 3, 1, 9, 0, tzinfo=OFFICE_ZONE)
ROUND = "上次11处，已改8处，未改3处，新增1处。"


@pytest.fixture(scope="module")
def book(returned: Filling, dress: Dress) -> Workbook:
    """The returned copy, opened again."""
    data = write_workbook(returned, dress, STAMP, ROUND)
    return openpyxl.load_workbook(io.BytesIO(data))


def test_exactly_the_bad_cells_are_coloured(book: Workbook, returned: Filling) -> None:
    """Each cell of a finding bears the colour of its severity, and no other cell does."""
    colours = {f"FF{fill[1:]}": severity for severity, fill in SEVERITY_FILL.items()}
    titles = {sheet.title: sheet.key for sheet in returned.sheets}
    coloured = {
        (titles[sheet.title], cell.coordinate): colours[cell.fill.fgColor.rgb]
        for sheet in book.worksheets
        if sheet.title in titles
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb in colours
    }
    wanted = {place: worst(found) for place, found in marked_cells(returned).items()}
    assert coloured == wanted


def test_empty_bad_cells_keep_the_colour(book: Workbook, returned: Filling) -> None:
    """A cell that is bad because it is empty shows the finding's colour, not the pale one."""
    titles = {sheet.key: sheet.title for sheet in returned.sheets}
    seen = 0
    for (key, name), findings in marked_cells(returned).items():
        sheet = book[titles[key]]
        if sheet[name].value is not None or sheet[name].row < FIRST_ROW:
            continue
        rules = [
            rule for area in sheet.conditional_formatting if name in area for rule in area.rules
        ]
        first = min(rules, key=lambda rule: rule.priority)
        assert first.stopIfTrue
        assert first.dxf.fill.bgColor.rgb == f"FF{SEVERITY_FILL[worst(findings)][1:]}"
        seen += 1
    assert seen > 5


def test_each_bad_cell_has_a_note(book: Workbook, returned: Filling, dress: Dress) -> None:
    """A note on each bad cell, and on no other, says what is wrong and what to do."""
    titles = {sheet.title: sheet.key for sheet in returned.sheets}
    notes = {
        (titles.get(sheet.title, ""), cell.coordinate): cell.comment
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    marks = marked_cells(returned)
    assert notes.keys() == marks.keys()
    for place, findings in marks.items():
        assert notes[place].author == "审核意见"
        for finding in findings:
            assert dress.catalogue.wrong(finding) in notes[place].text
            assert dress.catalogue.remedy(finding) in notes[place].text


def test_issues_come_first_and_are_complete(book: Workbook, returned: Filling) -> None:
    """问题清单 stands first, is shown first, can be filtered, and lists every finding."""
    assert book.sheetnames[:4] == [ISSUES_SHEET, "封面", STEPS_SHEET, GUIDE_SHEET]
    assert book.active is not None
    assert book.active.title == ISSUES_SHEET
    sheet = book[ISSUES_SHEET]
    header = [cell.value for cell in sheet[HEADER_ROW]]
    assert tuple(header[: len(ISSUE_COLUMNS)]) == ISSUE_COLUMNS
    last = FIRST_ROW + len(returned.findings) - 1
    assert sheet.auto_filter.ref == f"A{HEADER_ROW}:I{last}"
    numbers = [sheet.cell(row, 2).value for row in range(FIRST_ROW, last + 1)]
    assert numbers == [finding.number for finding in returned.findings]


def test_how_to_report_speaks_of_this_copy(book: Workbook) -> None:
    """怎么报 of a returned copy sends nobody to the blank workbook: this one is mended, by 问题清单."""
    words = "\n".join(
        str(cell.value) for row in book[STEPS_SHEET].iter_rows() for cell in row if cell.value
    )
    assert "就用这一份" in words
    assert f"《{ISSUES_SHEET}》一条一条改" in words
    assert "名字以“填报”开头" not in words


def test_issues_lead_to_the_cell(book: Workbook, returned: Filling) -> None:
    """A click on the cell's name in 问题清单 goes to that cell."""
    sheet = book[ISSUES_SHEET]
    for row, finding in enumerate(returned.findings, start=FIRST_ROW):
        cell = sheet.cell(row, 5)
        if not finding.place.title:
            assert cell.hyperlink is None
            continue
        assert cell.value == finding.place.spot
        assert cell.hyperlink is not None
        assert cell.hyperlink.location == f"'{finding.place.title}'!{finding.place.cell}"


def test_head_says_what_to_do(book: Workbook, returned: Filling) -> None:
    """The head counts what must be mended and says how the last round went."""
    words = str(book[ISSUES_SHEET].cell(NOTE_ROW, 1).value)
    must = sum(finding.severity is Severity.MUST for finding in returned.findings)
    assert f"{must}处必须修改" in words
    assert ROUND in words
    assert "重新放入原来的报送文件夹" in words


def test_answers_are_kept(book: Workbook, returned: Filling) -> None:
    """What the filler has already explained stands in 说明 of its finding, and only there."""
    sheet = book[ISSUES_SHEET]
    for row, finding in enumerate(returned.findings, start=FIRST_ROW):
        assert (sheet.cell(row, 9).value or "") == returned.explanations.get(finding.number, "")


def test_answer_sheet_only_when_returned(book: Workbook, filled: Filling, dress: Dress) -> None:
    """情况说明 comes with a returned copy, not with a blank workbook."""
    assert EXPLANATIONS.title in book.sheetnames
    sound = openpyxl.load_workbook(io.BytesIO(write_workbook(filled, dress, STAMP)))
    assert EXPLANATIONS.title not in sound.sheetnames
    assert ISSUES_SHEET not in sound.sheetnames


def test_nothing_is_hidden_in_a_returned_copy(book: Workbook, returned: Filling) -> None:
    """What somebody has to mend is never filtered away."""
    for sheet in returned.sheets:
        rows = book[sheet.title].row_dimensions.items()
        assert not [number for number, shape in rows if shape.hidden]
