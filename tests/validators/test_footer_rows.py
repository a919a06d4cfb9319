"""A total, a signature or a second header is found wherever it stands."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sheetflow.schemas.column_reading import read_column
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.validators.footer_rows import doubtful_lines, kind_of_line
from sheetflow.workbook import CellValue
from tests.county_book import FORM, judged

TABLES = [sheet for sheet in FORM.sheets if sheet.is_table]
CELLS: tuple[CellValue, ...] = (
    *(None, None, 1, 0, True, "X0001", "某女士", "情况：已说明", "统计局", "备注"),
    *("（以下空白）", "*含退居二线", "以上数据截至2月29日", "注1：含重复", "本页合计（2人）"),
    *("合计", " 小 计：", "填表人：王某", " 备注:见附件", "审核 人：", "注：略", "合计金额不详"),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Sheet, dict[str, list[CellValue]]]:
    """A sheet's columns in some order, filled with what may tell of a line and what does not."""
    sheet = draw(st.sampled_from(TABLES))
    labels = [column.label for column in sheet.columns]
    cell = st.sampled_from([*CELLS, *labels, f" {labels[0]} ", f"（必填）{labels[1]}"])
    lines = draw(st.integers(1, 5))
    some = draw(st.lists(st.sampled_from(list(sheet.by_key)), min_size=1, unique=True))
    column = st.lists(cell, min_size=lines, max_size=lines)
    return sheet, {key: draw(column) for key in some}


@given(tables())
@example((FORM.by_key["needs"], {"age": [None], "name": [None], "content": ["合计"]}))
@example((FORM.by_key["needs"], {"need_id": ["X0001"], "age": [None], "name": ["合计"]}))
@example((FORM.by_key["grassroots"], {"villages": [None], "township": ["合计：2"]}))
@example((FORM.by_key["case_help"], {"need": ["以上数据截至2月29日"]}))
@example((FORM.by_key["visits"], {"visited_on": [1], "women_met": [2], "summary": ["备注：无"]}))
def test_no_such_line_is_overlooked(drawn: tuple[Sheet, dict[str, list[CellValue]]]) -> None:
    """A line that is no row of data is always among those that are looked at closely."""
    sheet, table = drawn
    read = {key: read_column(sheet.by_key[key], cells) for key, cells in table.items()}
    doubtful = doubtful_lines(sheet, table)
    for line, cells in enumerate(zip(*table.values(), strict=True)):
        faulty = {key for key, column in read.items() if column.names[line] in column.faults}
        if kind_of_line(sheet, dict(zip(table, cells, strict=True)), faulty):
            assert line in doubtful or faulty


def test_plain_rows_are_not_asked_about() -> None:
    """Of a book's usual rows none costs a second look."""
    table: dict[str, list[CellValue]] = {
        "need_id": ["X0001", "X0002", "X0003"],
        "registered_on": ["2012-1-5", "2012-1-6", None],
        "name": ["某女士", None, None],
        "content": ["咨询：低保", "小计", None],
    }
    assert doubtful_lines(FORM.by_key["needs"], table) == set()


REMARKS = (
    "以上数据截至2月29日",
    "注1：走访人次含重复",
    "注：走访人次含重复",
    "（注：走访人次含重复）",
    "说明：含补报",
    "备注：含补报",
    "*含退居二线",
    "※含退居二线",
    "（以下空白）",
    "以下无正文",
    "合计：52人次",
    "截至2月29日",
    "本表数据由各街道妇联提供",
)
VALUES = {
    "走访记录": ("2012-03-08", "2012年3月", "2012-2-30", "3月8号", "三月上旬", "约20人", "12"),
    "妇女需求台帐": ("X0009", "X009", "x9", "370102-X0009", "370103-X0009"),
    "基层组织": (
        "龙洞街道",
        "合流镇",
        "总工会街道",
        "注溪镇",
        "注滋口镇",
        "说法镇",
        "备战村",
        "三合",
    ),
    "个案帮扶": ("X0001", "X001", "X00O1"),
}


@pytest.mark.parametrize("words", REMARKS)
@pytest.mark.parametrize(
    "title", [sheet.title for sheet in TABLES if sheet.kind is not Kind.ANSWER]
)
def test_a_remark_under_a_table_is_one_note(title: str, words: str) -> None:
    """Words that stand alone in a line and are no value are told once, in every table."""
    for changes in (
        f"@ {title} A12 = {words}",
        f"@ {title} A12 = {words}\n@ {title} merge A12:C13",
    ):
        findings = [(f.rule, f.place.row) for f in judged(changes).findings]
        assert findings == [("row-skipped", 12)]


@pytest.mark.parametrize(("title", "value"), [(t, v) for t, vs in VALUES.items() for v in vs])
def test_a_value_alone_stays_an_unfinished_row(title: str, value: str) -> None:
    """A date, a key or a name alone is a row that somebody has begun, however badly written."""
    rules = {f.rule for f in judged(f"@ {title} A12 = {value}").findings}
    assert "row-skipped" not in rules
    begun = rules - {"reference-unknown", "case-nature"}
    assert begun or title == "妇女需求台帐"  # there keys are printed beforehand
