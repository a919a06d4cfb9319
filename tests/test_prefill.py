"""What stands in a workbook before somebody types: nothing is lost, nothing moves unseen."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.findings import Finding, Severity, worst
from sheetflow.periods import Period
from sheetflow.pipeline import judge
from sheetflow.prefill import (
    Filling,
    marked_cells,
    prefill_blank,
    prefill_returned,
)
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import Judgement
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.layout import FIRST_ROW, ISSUE_COLUMNS, TOTAL_COLUMN
from sheetflow.workbook import RawWorkbook, cell_name
from sheetflow.writing import Dress, write_workbook
from tests.county_book import (
    CAMPAIGN,
    FORM,
    TREE,
    cell,
    context,
    drawn,
    judged,
    judged_raw,
    left_by,
    named,
)
from tests.validators.test_single_mistakes import MISTAKES, Mistake

COUNTY, CITY = TREE["370102"], TREE["370100"]
B2, B3 = Period.parse("2012B2"), Period.parse("2012B3")
DRESS = Dress(campaign=CAMPAIGN.title, catalogue=CAMPAIGN.catalogue)
STAMP = dt.datetime(2012, 5, 3, tzinfo=dt.UTC)


def returned(judgement: Judgement) -> Filling:
    """Give the returned copy's filling."""
    return prefill_returned(CAMPAIGN, COUNTY, judgement)


def handed_back(filling: Filling) -> RawWorkbook:
    """Write the copy as a real workbook and read it as it comes back unchanged."""
    return read_workbook(write_workbook(filling, DRESS, STAMP))


def test_a_blank_workbook_knows_who_and_when() -> None:
    """Unit, code and period stand on the cover, and numbers wait for the first rows."""
    filling = prefill_blank(CAMPAIGN, FORM, COUNTY, B2)
    (cover,) = filling.rows["cover"]
    assert cover == {"unit_id": "370102", "unit_name": "历下区", "period": "2012B2"}
    assert [row["need_id"] for row in filling.rows["needs"]][:2] == ["X0001", "X0002"]
    assert len(filling.rows["needs"]) == 100
    assert filling.rows["visits"] == ()
    assert filling.stamp.unit == "370102"


def test_always_shown_sheets_come_first() -> None:
    """What everybody fills in stands before what may be left out; a city has no 基层组织."""
    county = [sheet.key for sheet in prefill_blank(CAMPAIGN, FORM, COUNTY, B2).sheets]
    shown = [sheet.key for sheet in FORM.current.sheets if sheet.always_shown]
    assert county[: len(shown)] == shown
    assert {"cover", "statistics", "needs"} <= set(shown)
    assert "grassroots" in county
    city = prefill_blank(CAMPAIGN, FORM, CITY, B2)
    assert city.unit.level == "市"
    assert "grassroots" not in {sheet.key for sheet in city.sheets}
    assert "grassroots" not in city.rows


@pytest.mark.parametrize(
    ("rule", "typed", "printed"),
    [
        ("superior-return", "首次报送", "退回修改"),
        ("superior-return", "更正", "更正"),
        ("superior-question", "首次报送", "首次报送"),
    ],
)
def test_what_a_superior_returned_goes_back_as_such(rule: str, typed: str, printed: str) -> None:
    """报送性质 is 退回修改 in the copy that a superior returned, unless the clerk said 更正; a question changes nothing."""
    judgement = judged(f"@ 封面 报送性质 = {typed}")
    assert judgement.book is not None
    heard = GENERAL[rule].at(
        judgement.book.cover.place(), decision="1", by="济南市", said="请核对", answer="请核对"
    )
    (cover,) = returned(replace(judgement, findings=(*judgement.findings, heard))).rows["cover"]
    assert cover["kind"] == printed


def test_books_go_on_and_flows_begin_anew() -> None:
    """Accepted ledger and stock rows come back; visits do not; new numbers follow the last."""
    before = left_by(judged())
    filling = prefill_blank(CAMPAIGN, FORM, COUNTY, B3, before)
    needs = filling.rows["needs"]
    assert [row["need_id"] for row in needs[:6]] == [f"X000{n}" for n in range(1, 7)]
    assert needs[0]["name"] == "张秀英"
    assert "name" not in needs[5]
    assert filling.rows["visits"] == ()
    assert filling.previous["S19"] == 4
    assert [row["cadre_id"] for row in filling.rows["cadres"][:4]] == [
        "G001",
        "G002",
        "G003",
        "G004",
    ]


def test_numbers_of_a_merged_unit_are_not_counted_on() -> None:
    """Keys taken over from another unit do not push the unit's own numbers up."""
    before = left_by(judged())
    rows = {**before.rows, "cadres": [*before.rows["cadres"], {"cadre_id": "370103-G077"}]}
    filling = prefill_blank(
        CAMPAIGN, FORM, COUNTY, B3, type(before)(before.period, "R", rows, before.totals)
    )
    assert filling.rows["cadres"][4]["cadre_id"] == "G004"


def test_no_key_is_printed_twice_in_a_year() -> None:
    """The key of a row that was used earlier in the year and is gone is not given to another."""
    before = replace(left_by(judged()), reached={"cadres": 7})
    blank = prefill_blank(CAMPAIGN, FORM, COUNTY, B3, before)
    assert blank.rows["cadres"][3]["cadre_id"] == "G008"
    copy = prefill_returned(CAMPAIGN, COUNTY, judged(), before)
    assert copy.rows["cadres"][3]["cadre_id"] == "G008"
    assert copy.rows["contact_points"][2]["contact_point_id"] == "L003"


def test_a_returned_copy_holds_what_was_typed() -> None:
    """Values that could be read stand as read, faulty ones as the clerk typed them."""
    filling = returned(
        judged(
            "@ 走访记录 走访妇女人次 4 = 约20\n@ 走访记录 日期 5 = 2012.4.10\n@ 封面 填报日期 = 上旬"
        )
    )
    first, second, _ = filling.rows["visits"]
    assert first["women_met"] == "约20"
    assert second["visited_on"] == dt.date(2012, 4, 10)
    assert filling.rows["cover"][0]["filled_on"] == "上旬"


def test_findings_move_with_their_rows_and_columns() -> None:
    """Columns moved and blank rows between: the returned copy marks the right cell all the same."""
    judgement = judged(
        "# 宣传报道\n"
        "| 题目 | 备忘 | 日期 | 媒体名称 | 媒体级别 | 形式 |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| | | | | | |\n"
        "| 下基层 | | 2012-03-09 | 大众日报 | 省级 | 口头 |\n"
        "| | | | | | |\n"
        "| 访妇情 | | 2012年3月 | 大众日报 | 省级 | 新闻报道 |\n"
    )
    assert judgement.book is not None
    there = judgement.book.sheets["publicity"].cell
    submitted = {(entry.rule, entry.place.cell) for entry in judgement.findings}
    assert submitted >= {
        ("choice-unknown", there(5, "form")),
        ("date-incomplete", there(7, "published_on")),
    }
    moved = {(entry.rule, entry.place.cell) for entry in returned(judgement).findings}
    assert moved >= {
        ("choice-unknown", cell("publicity", "form", 4)),
        ("date-incomplete", cell("publicity", "published_on", 5)),
    }


def test_grouped_findings_move_with_all_their_cells() -> None:
    """Every cell of a grouped finding is marked in the returned copy."""
    empty = "\n".join(f"@ 妇女需求台帐 需求类别 {row} = " for row in range(4, 9))
    filling = returned(judged(empty))
    marks = marked_cells(filling)
    cells = [cell("needs", "category", row) for row in range(4, 9)]
    assert {name for sheet, name in marks if sheet == "needs"} == set(cells)
    assert worst(marks["needs", cells[0]]) is Severity.MUST


def test_findings_on_whole_sheets_and_headers_keep_their_place() -> None:
    """A missing column is marked at its header, a missing sheet at the sheet put in anew."""
    filling = returned(judged("@ 走访记录 走访方式 3 = 方法\n@ 联系点 gone\n# 草稿\n| 备忘 |"))
    places = {
        entry.rule: (entry.place.sheet, entry.place.title, named(entry.place))
        for entry in filling.findings
    }
    assert places["column-missing"] == ("visits", "走访记录", "走访方式 3")
    assert places["sheet-missing"] == ("contact_points", "联系点", "")
    assert places["sheet-extra"] == ("", "草稿", "")
    assert places["column-extra"] == ("visits", "走访记录", "")


def test_a_finding_on_a_figure_stays_with_the_statistics() -> None:
    """A replaced formula is named under the sheet's own title in the returned copy."""
    filling = returned(judged("@ 活动统计 累计/期末 6 = 9\n@ 活动统计 named 活动统计表"))
    (finding,) = [entry for entry in filling.findings if entry.rule == "statistic-constant"]
    assert finding.place.title == "活动统计"


def test_figures_and_dates_in_the_wrong_place_stay_as_people_saw_them() -> None:
    """A date among figures and a serial number among dates come back as text, not changed."""
    filling = returned(judged("@ 走访记录 走访妇女人次 4 = 2012-03-05\n@ 走访记录 日期 5 = 40973"))
    first, second, _ = filling.rows["visits"]
    assert first["women_met"] == "2012-03-05"
    assert second["visited_on"] == "40973"


def test_cells_named_in_a_sentence_move_too() -> None:
    """Where a sentence names a cell, the returned copy names it where it stands there."""
    judgement = judged(
        "# 宣传报道\n"
        "| 备忘 | 日期 | 媒体名称 | 媒体级别 | 形式 | 题目 |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| | | | | | |\n"
        "| | 2012-03-09 | 大众日报 | 省级 | 新闻报道 | 甲 |\n"
        "| | 2012-03-10 | 大众日报 | 省级 | 新闻报道 | 乙 |\n"
        "@ 宣传报道 merge 媒体级别 5:6\n"
        "# 惠民项目\n"
        "| 编号 | 项目名称 | 资金（元） | 受益妇女人数 | 启动日期 | 状态 |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| | | | | | |\n"
        "| P001 | 健康检查 | 30000 | 600 | 2012-03-08 | 实施中 |\n"
        "| P001 | 家政培训 | 20000 | 60 | 2012-03-08 | 实施中 |\n"
    )
    assert judgement.book is not None
    there = judgement.book.sheets["publicity"].cell
    merged = f"{there(5, 'level')}:{there(6, 'level')}"
    assert merged in {entry.arguments.get("range") for entry in judgement.findings}
    found = {entry.rule: entry for entry in returned(judgement).findings}
    assert found["cells-merged"].arguments["range"] == ":".join(
        cell("publicity", "level", row) for row in (4, 5)
    )
    assert found["key-twice"].arguments["first_cell"] == cell("projects", "project_id", 4)
    assert found["key-twice"].place.cell == cell("projects", "project_id", 5)


def test_a_swing_is_shown_beside_its_figure() -> None:
    """A figure that jumped is marked where 活动统计 shows its total."""
    moved = returned(judged("@ 基层组织 妇女人数（户籍，上年末） 4 = 150000", before="")).findings
    (swing,) = [entry for entry in moved if entry.rule == "swing"]
    row = FIRST_ROW + [entry.code for entry in FORM.indicators].index("S52")
    assert swing.place.cell == cell_name(row, TOTAL_COLUMN)


def test_without_a_cover_the_copy_brings_one() -> None:
    """Where the cover was torn out, the returned copy brings it back, filled in beforehand."""
    filling = returned(judged("@ 封面 gone"))
    assert filling.rows["cover"] == [
        {"unit_id": "370102", "unit_name": "历下区", "period": "2012B2"}
    ]


def test_what_was_explained_comes_back() -> None:
    """An answer given once stands in the returned copy beside its finding."""
    changes = "@ 走访记录 日期 4 = 2012-02-28\n@ 走访记录 走访妇女人次 5 = 约30\n"
    (verify,) = [e for e in judged(changes).findings if e.severity is Severity.VERIFY]
    answer = (
        "# 情况说明\n| 审核意见编号 | 位置 | 说明 |\n| --- | --- | --- |\n"
        f"| '{verify.number} | | 上期漏报 |"
    )
    filling = returned(judged(changes + answer))
    assert filling.explanations == {verify.number: "上期漏报"}


def test_rows_that_vanished_are_put_back() -> None:
    """Rows of an accepted book that are missing come back in the returned copy, marked."""
    gone = "@ 妇女需求台帐 blank 4 8"
    unlinked = "\n@ 对策建议 对应台帐编号 4 = X0002"
    judgement = judged(gone + unlinked, before="")
    filling = prefill_returned(CAMPAIGN, COUNTY, judgement, left_by(judged()))
    assert [row.get("need_id") for row in filling.rows["needs"][:6]] == [
        "X0002",
        "X0003",
        "X0004",
        "X0001",
        "X0005",
        "X0006",
    ]
    (vanished,) = [entry for entry in filling.findings if entry.rule == "row-vanished"]
    assert (vanished.place.cell, *vanished.others) == (
        cell("needs", "need_id", 7),
        cell("needs", "need_id", 8),
    )
    bare = prefill_returned(CAMPAIGN, COUNTY, judgement)
    assert len([row for row in bare.rows["needs"] if row.get("name")]) == 3


def test_a_note_on_an_answer_moves_with_its_line() -> None:
    """A remark on an answer in 问题清单 points to the line where that answer stands now."""
    few = "@ 走访记录 走访妇女人次 4 = 约20\n"
    number = judged(few).findings[0].number
    issues = (
        "# 问题清单\n| 序号 | 编号 | 类别 | 工作表 | 单元格 | 栏目 | 问题 | 怎么改 | 说明 |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n| | |\n"
        f"| 1 | '{number} | 强制性 | 走访记录 | {cell('visits', 'women_met', 4)} | 人次 | 约数 | 改 | 就是这样 |\n"
    )
    judgement = judged(few + issues)
    (note,) = [e for e in judgement.findings if e.rule == "explanation-no-mending"]
    answer = len(ISSUE_COLUMNS)
    assert note.place.cell == cell_name(5, answer)
    (moved,) = [e for e in returned(judgement).findings if e.rule == "explanation-no-mending"]
    assert moved.place.cell == cell_name(4, answer)


def test_what_was_not_recognised_has_no_copy() -> None:
    """A workbook that is none of ours is answered without a returned copy."""
    stranger = judged_raw(drawn(stamp={"campaign": "rivers2013"}))
    with pytest.raises(ValueError, match="not recognised"):
        returned(stranger)


def told(findings: tuple[Finding, ...]) -> set[tuple[str, str, str]]:
    """List what must be mended or explained, by rule, sheet and cell."""
    return {
        (entry.rule, entry.place.sheet, entry.place.cell)
        for entry in findings
        if entry.severity is not Severity.NOTE
    }


@settings(deadline=None, max_examples=8)
@given(st.lists(st.sampled_from(MISTAKES), min_size=1, max_size=8, unique_by=lambda m: m.cell))
def test_a_copy_handed_back_unchanged_is_judged_the_same(chosen: list[Mistake]) -> None:
    """Dropped back untouched, the returned copy has the same faults at the cells it marks."""
    lasting = [entry for entry in chosen if not entry.typed.startswith(("#", "="))]
    judgement = judged("\n".join(entry.drawn for entry in lasting))
    filling = returned(judgement)
    again = judge(handed_back(filling), CAMPAIGN, context())
    assert told(again.findings) == told(filling.findings)
