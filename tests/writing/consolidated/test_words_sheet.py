"""文字材料 and 答复统计 of 汇总表: whole texts of all, copies marked, answers that add up."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from sheetflow.consolidation.consolidate import consolidate
from sheetflow.consolidation.contents import Consolidated
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.book import Outcome
from sheetflow.units import THREE_LEVELS
from sheetflow.upkeep.export import ExportTable, tables_of
from sheetflow.writing.consolidated.consolidated_workbook import write_consolidated
from sheetflow.writing.consolidated.words_sheet import parts_of
from sheetflow.writing.looks import TALLEST, height_of
from tests.consolidation.desk import TREE, Desk
from tests.consolidation.test_report_words import OWN_OFFICE, TEXTS
from tests.county_book import CAMPAIGN

COPIED = "{}妇联干部走访妇女群众{}人次，一对一访谈，把需求逐件登记，能办的当场办，不能办的列出清单报上来。"
LONG = "".join(f"第{number}件事，干部进村入户听取意见，当天登记当天交办。" for number in range(55))
WORDS = {
    "370100": f"@ 文字材料 主要做法 = {LONG}\n",
    "370102": f"@ 文字材料 主要做法 = {COPIED.format('历下区', 128)}\n",
    "370103": f"@ 文字材料 主要做法 = {COPIED.format('市中区', 96)}\n"
    "@ 封面 已将活动纳入领导班子和干部考核 = 否\n",
    "370202": f"@ 文字材料 主要做法 = {TEXTS['370202']}\n",
}


def desk(order: tuple[str, ...] = tuple(WORDS)) -> Desk:
    """Four of the province's units have reported, two of them in one another's words."""
    made = Desk()
    for unit_id in order:
        own = OWN_OFFICE if TREE[unit_id].level != "县" else ""
        judged = made.submit(unit_id, "2012B1", own + WORDS[unit_id])
        assert judged.outcome is Outcome.ACCEPTED, judged.findings
    return made


def tables(made: Desk, unit_id: str = "370000", **overrides: str) -> Consolidated:
    """Consolidate as the unit sees it."""
    unit, keyed = TREE[unit_id], {f"narrative.{key}": mask for key, mask in overrides.items()}
    policy = MaskPolicy(THREE_LEVELS, unit.level, keyed)
    return consolidate(CAMPAIGN, made.books("2012B1"), unit, policy)


def opened(made: Consolidated) -> Workbook:
    """Write the workbook and open it."""
    return openpyxl.load_workbook(io.BytesIO(write_consolidated(made)))


def rows(book: Workbook, title: str = "文字材料") -> list[dict[str, object]]:
    """Give the rows of a sheet by heading."""
    header, *lines = book[title].iter_rows(min_row=3, values_only=True)
    return [dict(zip(map(str, header), line, strict=True)) for line in lines]


@pytest.fixture(scope="module")
def province() -> Workbook:
    """The province's workbook."""
    return opened(tables(desk()))


def test_every_text_stands_there_whole(province: Workbook) -> None:
    """A text taller than a row goes on in the next one, in words of its own, every character of it."""
    found = rows(province)
    own = [row for row in found if str(row["县（区）"]).startswith("济南市本级")]
    assert [row["县（区）"] for row in own][:2] == ["济南市本级", "济南市本级（续）"]
    assert "".join(str(row["主要做法"]) for row in own) == LONG
    assert [row["县（区）"] for row in found if row not in own] == ["历下区", "市中区", "市南区"]


def test_copies_are_marked_on_both_sides(province: Workbook) -> None:
    """Whose text is like whose is said beside both, whatever came first; others bear no mark."""
    told = {row["县（区）"]: row["相近情况"] for row in rows(province)}
    assert told["历下区"] == "主要做法：与济南市市中区相近"
    assert told["市中区"] == "主要做法：与历下区相近"
    assert told["市南区"] is None
    sheet = province["文字材料"]
    fills = {sheet.cell(row, 2).value: sheet.cell(row, 3).fill.fill_type for row in range(4, 11)}
    assert (fills["历下区"], fills["市南区"]) == ("solid", None)
    turned = desk(tuple(reversed(WORDS)))
    assert {row["县（区）"]: row["相近情况"] for row in rows(opened(tables(turned)))} == told


def test_what_is_kept_from_a_level_is_not_there_nor_compared() -> None:
    """A heading that the level may not see has no column, and nobody is told whose text is like whose."""
    made = tables(desk(), approach="left_out")
    assert made.alike == {}
    assert "主要做法" not in rows(opened(made))[0]


def test_answers_add_up_to_all_that_had_to_report(province: Workbook) -> None:
    """Those who said 是 or 否, who said nothing and who is not in are all that had to report."""
    counted = {row["答复"]: row for row in rows(province, "答复统计")}
    totals = tables(desk()).answers[0].total
    assert totals == {"是": 3, "否": 1, "未答": 0, "未接收": 3}
    assert counted["应报"]["济南市"] == 3
    assert (counted["未接收"]["山东省本级"], counted["否"]["济南市"]) == (1, 1)


def test_an_export_has_whole_texts_and_answers() -> None:
    """Each text stands in one cell of the export, and who is like whom beside it."""
    found: dict[str, ExportTable] = {table.name: table for table in tables_of(tables(desk()))}
    words = found["文字材料"]
    listed = {row[2]: dict(zip(words.columns, row, strict=True)) for row in words.rows}
    assert listed["济南市本级"]["主要做法"] == LONG
    assert listed["历下区"]["相近情况"] == "主要做法：与济南市市中区相近"
    assert ("封面", "已将活动纳入领导班子和干部考核", "否", "济南市", 1) in set(
        found["答复统计"].rows
    )


def test_a_form_without_words_has_no_such_sheet() -> None:
    """Where nothing is declared to be told or counted, no sheet stands empty."""
    bare = replace(tables(desk()), words=None, answers=())
    assert {"文字材料", "答复统计"}.isdisjoint(opened(bare).sheetnames)


@pytest.mark.parametrize("text", [LONG, "字" * 1500, "行\n" * 700, "a" * 33_000, "无"])
def test_no_part_is_taller_than_a_row(text: str) -> None:
    """Whatever a text is made of, its parts fit their rows and leave nothing out."""
    parts = list(parts_of(text, 38.0))
    assert all(height_of(part, 38.0, 15) <= TALLEST for part in parts)
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")
