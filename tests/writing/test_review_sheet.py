"""The 审核单 as its officer opens it: what can be typed where, and what it says of itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from sheetflow.consolidation.review_sheet import (
    DECIDER,
    GROUND,
    INDICATOR,
    NUMBER,
    PASS_THE_REST,
    PROPOSED,
    REASON,
    TAKEN_BACK,
    VERDICT,
    BelowRow,
    DecidedRow,
    LookRow,
    ReviewSheet,
    SampledUnit,
    WaitingRow,
)
from sheetflow.consolidation.states import BoardRow, State
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.reading.reader import read_workbook
from sheetflow.schemas.book import REVIEW, Stamp
from sheetflow.schemas.layout import STAMP_SHEET
from sheetflow.schemas.review import GROUNDS, REASONS, Matter, Verdict
from sheetflow.units import Unit
from sheetflow.validators.recognition import parse_stamp
from sheetflow.writing.review_sheet import write_review_sheet

_NOON = dt.datetime(2012, 3, 5, 12, tzinfo=OFFICE_ZONE)
_RECEIPT = "990101-2012Q1-1"
_STAMP = Stamp("rivers", "patrol", "1", "9901", "2012Q1", "ABCD-TOKEN", REVIEW)


def _waiting(matter: Matter, *, is_clean: bool = False) -> WaitingRow:
    return WaitingRow(
        number=f"{_RECEIPT}-{matter.letter}1",
        matter=matter,
        label=matter.label,
        unit_id="990101",
        unit="东岸县",
        receipt=_RECEIPT,
        content="第1号，没有要看的。",
        agreed="同意：验收。",
        since=_NOON,
        link="990101-东岸县/2012Q1/回执_990101-东岸县_2012Q1_第1号.xlsx",
        verdicts=matter.verdicts,
        is_clean=is_clean,
    )


def _sheet() -> ReviewSheet:
    east = Unit(unit_id="990101", name="东岸县", level="县", parent="9901")
    decided = DecidedRow(
        number=f"{_RECEIPT}-放depth-1",
        unit_id="990101",
        unit="东岸县",
        label="申请放行",
        verdict=Verdict.AGREE,
        opinion="=1+1",
        decider="王主任",
        handler="",
        ground="签批件",
        decided_at=_NOON,
        outcome="已放行",
    )
    look = LookRow(
        number=f"{_RECEIPT}-核R1-1",
        unit_id="990101",
        unit="东岸县",
        receipt=_RECEIPT,
        code="R1",
        label="巡查里程",
        current=1234.5,
        before=None,
        median=300,
        why=("比上期增加3倍", "与同级相差远"),
        weight=3.0,
    )
    return ReviewSheet(
        unit_id="9901",
        unit="上游市",
        form="patrol",
        title="巡查表",
        period=Period.parse("2012Q1"),
        indicators={"R1": "R1 巡查里程", "R2": "R2 排口数"},
        waiting=(_waiting(Matter.PASSING, is_clean=True), _waiting(Matter.HELD)),
        looks=(look,),
        sampled=(SampledUnit(unit_id="990102", unit="西岸县", receipt=""),),
        seed="3F9A",
        below=(BelowRow(number="990101-2012Q1-况1", row=BoardRow(unit=east, state=State.MISSING)),),
        decided=(decided,),
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give where a sheet lies with one row of each kind."""
    found = tmp_path_factory.mktemp("review") / "审核单.xlsx"
    found.write_bytes(write_review_sheet(_sheet(), _STAMP, _NOON))
    return found


def _page(path: Path, title: str) -> tuple[Worksheet, int, dict[str, int]]:
    """Give a sheet, the row of its headers, and the columns of those."""
    page = openpyxl.load_workbook(path)[title]
    row = next(each[0].row for each in page.iter_rows() if each[0].value == NUMBER)
    return page, row, {str(cell.value): at for at, cell in enumerate(page[row], start=1)}


def _offered(path: Path, title: str, header: str, line: int = 1) -> list[str]:
    """Give what the drop-down offers below a header, in the given line below the headers."""
    page, row, columns = _page(path, title)
    cell = page.cell(row + line, columns[header]).coordinate
    (found,) = (each for each in page.data_validations.dataValidation if cell in each.sqref)
    return str(found.formula1).strip('"').split(",")


def test_each_row_offers_what_may_be_decided_about_it_and_no_more(path: Path) -> None:
    """A drop-down has the words of its own row: nobody can 放行 what is to be 验收."""
    assert _offered(path, "待办", VERDICT, 1) == ["同意", "退回", "请核实"]
    assert _offered(path, "待办", VERDICT, 2) == ["同意", "不同意"]
    assert _offered(path, "重点核对", VERDICT) == ["无异议", "请核实", "退回"]
    assert _offered(path, "待办", GROUND) == list(GROUNDS)
    assert _offered(path, "下级情况", REASON) == list(REASONS)


def test_a_figure_is_named_where_a_question_or_a_return_may_be_about_one(path: Path) -> None:
    """What is to be let pass offers the indicators from the hidden list; a doubt has nothing to type there."""
    assert _offered(path, "待办", INDICATOR, 1) == [f"{STAMP_SHEET}!$D$1:$D$2"]
    listed = openpyxl.load_workbook(path)[STAMP_SHEET]["D"]
    assert [cell.value for cell in listed][:2] == ["R1 巡查里程", "R2 排口数"]
    page, row, columns = _page(path, "待办")
    typed = [page.cell(row + line, columns[PROPOSED]).fill.fgColor.rgb for line in (1, 2)]
    assert typed[0] != typed[1]


def test_the_list_of_what_waits_is_read_on_paper(path: Path) -> None:
    """As wide as an A4 page takes at three quarters of its size: who signs is left to the screen."""
    page, _, columns = _page(path, "待办")
    last = page[page.print_area.replace("$", "").rpartition(":")[2]].column
    assert last == columns[PROPOSED] < columns[DECIDER]
    letters = map(get_column_letter, range(1, last + 1))
    assert sum(page.column_dimensions[each].width for each in letters) < 185


def test_who_decided_is_written_once_above_the_headers(path: Path) -> None:
    """The cells of 决定人 and 全部通过 stand right above the headers, empty, with drop-downs."""
    page, row, columns = _page(path, "待办")
    label = next(cell for cell in page[row - 1] if cell.value == PASS_THE_REST)
    assert page.cell(row - 1, label.column + 1).value is None
    assert page.cell(row - 1, columns[DECIDER]).value is None
    assert _offered(path, "待办", GROUND, -1) == list(GROUNDS)


def test_what_all_pass_would_cover_is_marked(path: Path) -> None:
    """The row that 其余全部通过 covers says so; the other one does not."""
    page, row, columns = _page(path, "待办")
    told = [page.cell(row + line, columns["怎样办，结果怎样"]).value for line in (1, 2)]
    assert told == ["同意：验收。\n可一并通过。", "同意：验收。"]


def test_a_file_is_linked_from_where_the_sheet_lies(path: Path) -> None:
    """The link leads from the superior's folder into the unit's, with slashes that all office programs follow."""
    page, row, columns = _page(path, "待办")
    cell = page.cell(row + 1, columns["答复文件"])
    assert cell.value == "回执第1号"
    assert cell.hyperlink is not None
    assert (
        cell.hyperlink.target == "../../990101-东岸县/2012Q1/回执_990101-东岸县_2012Q1_第1号.xlsx"
    )


def test_figures_are_figures_and_words_stay_words(path: Path) -> None:
    """What is not known is blank, a fraction keeps its decimals, and an opinion never becomes a formula."""
    page, row, columns = _page(path, "重点核对")
    shown = [page.cell(row + 1, columns[label]).value for label in ("本期", "上期", "增减")]
    assert shown == [1234.5, None, None]
    page, row, columns = _page(path, "已处理")
    opinion = page.cell(row + 1, columns["意见"])
    assert (opinion.value, opinion.data_type) == ("=1+1", "s")


def test_what_cannot_be_taken_back_says_so(path: Path) -> None:
    """A decision that the unit has answered has a dash where 是 would be typed."""
    page, row, columns = _page(path, "已处理")
    assert page.cell(row + 1, columns[TAKEN_BACK]).value == "—"


def test_it_says_what_it_is_when_it_comes_back(path: Path) -> None:
    """Its hidden stamp names campaign, form, unit and period, and that it is a 审核单."""
    assert parse_stamp(read_workbook(path.read_bytes())) == _STAMP


def test_equal_content_gives_equal_bytes(path: Path) -> None:
    """What lies there need not be replaced where nothing has changed."""
    assert write_review_sheet(_sheet(), _STAMP, _NOON) == path.read_bytes()


def test_an_empty_sheet_says_that_nothing_waits(tmp_path: Path) -> None:
    """Whoever opens it early reads that there is nothing to do, on every sheet."""
    bare = ReviewSheet(
        unit_id="9901", unit="上游市", form="patrol", title="巡查表", period=Period.parse("2012Q1")
    )
    found = tmp_path / "审核单.xlsx"
    found.write_bytes(write_review_sheet(bare, _STAMP, _NOON))
    told = [_page(found, title)[0].cell(_page(found, title)[1] + 1, 1).value for title in _TITLES]
    assert told == [
        "没有要办理的事。",
        "没有要重点核对的数。",
        "没有直接下级填报这张表。",
        "还没有办理过。",
    ]


_TITLES = ("待办", "重点核对", "下级情况", "已处理")
