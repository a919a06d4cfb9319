"""Blank, 0, 零报告 and 未报 are four things, wherever somebody looks."""

from __future__ import annotations

from collections.abc import Iterator

import docx
import openpyxl
import pytest

from sheetflow.periods import Period
from sheetflow.reading import read_workbook
from sheetflow.service.status import standing
from sheetflow.workbook import parse_cell_name
from tests.county_book import cell, named
from tests.rounds.desk import (
    CITY,
    HUAIYIN,
    LIXIA,
    PERIOD,
    SHIZHONG,
    TIANQIAO,
    TREE,
    CountyDesk,
)

_OPTIONAL = (
    "调研成果",
    "对策建议",
    "个案帮扶",
    "难题化解",
    "结对帮扶",
    "基层组织",
    "惠民项目",
    "宣传报道",
    "督查考核",
    "案例机制",
)
_BOOKS = ("干部名册", "联系点", "走访记录", "妇女需求台帐")
NIL = "\n".join(
    [
        "@ 封面 零报告 = 是",
        "@ 封面 零报告说明 = 本期集中学习，没有开展活动",
        *(f"@ {title} gone" for title in _OPTIONAL),
        *(f"@ {title} blank 4 5 6 7 8" for title in _BOOKS),
    ]
)
ZEROS = "\n".join(f"@ 走访记录 I{row} = 0" for row in (4, 5, 6))
BLANK = "@ 走访记录 征求意见建议（条） 4 ="


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> CountyDesk:
    """One county fills in 0, one reports nil, one leaves a cell blank, one sends nothing."""
    desk = CountyDesk.make(tmp_path_factory.mktemp("kinds") / "work")
    for unit_id, changes in ((LIXIA, ZEROS), (SHIZHONG, NIL), (TIANQIAO, BLANK)):
        desk.drop(unit_id, desk.write(unit_id, changes))
    desk.run()
    return desk


def test_in_findings(desk: CountyDesk) -> None:
    """0 and a nil return are accepted without a word; a blank is asked for at its cell."""
    told = {}
    for unit_id in (LIXIA, SHIZHONG, TIANQIAO):
        (submission,) = desk.submissions(unit_id)
        required = [
            (entry.rule, named(entry.place))
            for entry in desk.findings(submission)
            if entry.rule == "required"
        ]
        told[unit_id] = (submission.outcome, submission.nil, required)
    assert told == {
        LIXIA: ("accepted", False, []),
        SHIZHONG: ("accepted", True, []),
        TIANQIAO: ("returned", False, [("required", "征求意见建议（条） 4")]),
    }


def test_in_the_returned_copy(desk: CountyDesk) -> None:
    """The blank cell comes back blank, not as 0."""
    raw = read_workbook(desk.answer(TIANQIAO, "退回").read_bytes())
    visits = next(sheet for sheet in raw.sheets if sheet.title == "走访记录")
    opinions = (parse_cell_name(cell("visits", "opinions", row)) for row in (4, 5, 6))
    assert [visits.cell(*spot) for spot in opinions] == [None, 0, 1]


def column(desk: CountyDesk, suffix: str, code: str) -> dict[str, object]:
    """One indicator's line in the city's workbook, by heading."""
    book = openpyxl.load_workbook(desk.answer(CITY, "汇总表"), data_only=True)
    rows = [list(row) for row in book[f"活动统计（{suffix}）"].iter_rows(values_only=True)]
    start = next(number for number, row in enumerate(rows) if "代码" in row)
    line = next(row for row in rows[start:] if code in row)
    return {str(name): value for name, value in zip(rows[start], line, strict=True) if name}


def test_in_consolidation(desk: CountyDesk) -> None:
    """A filled-in 0 is 0; nil is 0 and marked; what was not reported is blank and marked."""
    line = column(desk, "本期", "S14")
    assert {name: line[name] for name in list(line)[4:]} == {
        "济南市本级（未报）": None,
        "历下区": 0,
        "市中区（零报告）": 0,
        "槐荫区（未报）": None,
        "天桥区（退回待改）": None,
    }
    assert line["合计"] == 0


def test_on_the_board(desk: CountyDesk) -> None:
    """The board names each by its own word, in Excel, on the page and for programs."""
    found = desk.ask(lambda context: standing(context, Period.parse(PERIOD)))
    states = {row.unit.unit_id: (row.state.value, row.state.label) for row in found.rows}
    assert {unit_id: states[unit_id] for unit_id in (LIXIA, SHIZHONG, HUAIYIN, TIANQIAO)} == {
        LIXIA: ("accepted", "已接收"),
        SHIZHONG: ("nil", "零报告"),
        HUAIYIN: ("missing", "未报"),
        TIANQIAO: ("returned", "退回待改"),
    }
    folder = desk.workspace.outbox_of(TREE[CITY])
    book = openpyxl.load_workbook(folder / "上报情况_济南市.xlsx")
    cells = {str(cell.value) for page in book for row in page.iter_rows() for cell in row}
    page = (folder / "上报情况_济南市.html").read_text("utf-8")
    for word in ("零报告", "未报", "退回待改"):
        assert any(word in cell for cell in cells), word
        assert word in page


def tables(desk: CountyDesk) -> Iterator[list[str]]:
    """The rows of every table in the city's report."""
    document = docx.Document(str(desk.answer(CITY, "情况报告")))
    for table in document.tables:
        for row in table.rows:
            yield [cell.text.replace("\n", "") for cell in row.cells]


def test_in_the_report(desk: CountyDesk) -> None:
    """The report counts nil returns as reported, names who is missing, and tells 0 from no figure."""
    document = docx.Document(str(desk.answer(CITY, "情况报告")))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "其中作零报告的1个" in text
    rows = list(tables(desk))
    for name, state, figure in (
        ("历下区", "已接收", "0"),
        ("市中区", "零报告", "0"),
        ("槐荫区", "未报", ""),
        ("天桥区", "退回待改", ""),
    ):
        line = next(row for row in rows if row[0] == name and len(row) > 7)
        assert (line[1], line[6]) == (state, figure), name


def test_the_receipt_of_a_nil_return_says_so(desk: CountyDesk) -> None:
    """Whoever reports nil gets a receipt on which that stands; who fills in 0 does not."""
    for unit_id, expected in ((SHIZHONG, True), (LIXIA, False)):
        book = openpyxl.load_workbook(desk.answer(unit_id, "回执"))
        words = " ".join(
            str(cell.value) for page in book for row in page.iter_rows() for cell in row
        )
        assert ("零报告" in words) == expected
        assert TREE[unit_id].name in words
