"""A total never counts in silence, and no row is taken for one because of its name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.findings import Severity
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.validators.totals import Sums, likely_sums
from tests.county_book import judged

_TOTALS = """
合计 合□计 '合计： 总计 小计 汇总 共计 累计 本页合计 本表合计 本期合计 全区合计 全县合计 全市总计 全镇小计 各街道合计
各乡镇小计 街道合计 以上合计 以上各项合计 上述合计 合计（2个街道） 合计：2个街道 合计2个街道 合计数 合计行 总计（全区）
历下区合计 历下区妇联合计 济南市历下区合计 妇女人数合计 汇总数 Total TOTAL total Ｔｏｔａｌ To□tal GrandTotal
Total（2） 小↵计
"""
_INNOCENT = """
合流镇 合江镇 合水镇 合阳街道 合作乡 合心镇 合隆镇 合德镇 合兴镇 合川街道 合浦镇 合群街道 三合镇 六合街道 总口镇 总场镇
总铺镇 总府街道 总工会街道 市总工会家属院 全福街道 全州镇 共和镇 共青街道 计家墩乡 大计镇 小纪镇 会计路街道 设计院街道
统计局街道 计生路街道 汇川街道 汇龙镇 汇源街道 累石乡 历下街道 历城区 市中街道 龙洞街道 注溪镇
"""
TOTALS = tuple(_TOTALS.split())
"""What clerks call the row in which they add up the others."""

INNOCENT = tuple(_INNOCENT.split())
"""Names of townships and streets, real or likely, in which the characters of a total stand."""

ASKED = ("合计庄镇", "汇总镇", "小计河街道", "总计生街道", "Total街道", "共计里街道")
"""Names that hold a total's word and may be a place's all the same."""

_SUMS = "6 | 17 | 6 | 22 | 50 | 23 | 13 | 2 | 46 | 23 | 36 | 37000 | 27000.5"
_THRICE = "0 | 27 | 0 | 36 | 90 | 24 | 15 | 0 | 54 | 27 | 60 | 45000 | 45001.5"
_WOMEN, _OF_BOTH, _OF_THREE = "S52", 37000, 82000


def with_row(name: str, figures: str, more: str = "") -> Judgement:
    """Judge the county's book with one more row in 基层组织."""
    return judged(f"@ 基层组织 + | {name} | {figures} |\n{more}")


def told(judgement: Judgement) -> list[tuple[str, Severity, str, int]]:
    """Give what is found: rule, severity, sheet and row."""
    return [(f.rule, f.severity, f.place.title, f.place.row) for f in judgement.findings]


LEFT_OUT = [("row-skipped", Severity.NOTE, "基层组织", 6)]
QUESTION = [("row-total", Severity.VERIFY, "基层组织", 6)]


def test_the_corpus_is_as_large_as_it_was_to_be() -> None:
    """Forty names of totals and forty innocent ones, all of them different."""
    assert len(set(TOTALS)) == len(TOTALS) == len(set(INNOCENT)) == len(INNOCENT) == 40


@pytest.mark.parametrize("name", TOTALS)
def test_a_total_whose_figures_agree_is_left_out(name: str) -> None:
    """A row that calls itself a total, and is one, counts nowhere: one note says so."""
    judgement = with_row(name, _SUMS)
    assert told(judgement) == LEFT_OUT
    assert judgement.outcome is Outcome.ACCEPTED
    assert judgement.figures[_WOMEN] == _OF_BOTH


@pytest.mark.parametrize("name", [*TOTALS, *ASKED])
def test_a_total_whose_figures_disagree_is_asked_about(name: str) -> None:
    """A row that calls itself a total and adds up to something else is one question."""
    assert told(with_row(name, _THRICE)) == QUESTION


@pytest.mark.parametrize("name", INNOCENT)
def test_no_innocent_name_is_asked_about(name: str) -> None:
    """A township counts, whatever characters of a total its name holds."""
    judgement = with_row(name, _THRICE)
    assert told(judgement) == []
    assert judgement.figures[_WOMEN] == _OF_THREE


@pytest.mark.parametrize("name", [*INNOCENT, ""])
def test_figures_alone_make_a_question_and_never_leave_a_row_out(name: str) -> None:
    """A row whose figures all are the sums of those above is asked about, and kept."""
    judgement = with_row(name, _SUMS)
    assert told(judgement) == QUESTION
    assert judgement.book is not None
    assert len(judgement.book.sheets["grassroots"].shown) == 3


@pytest.mark.parametrize(
    "name",
    ["历下区", "历下", "历 下 区", "历下区妇联", "济南市历下区", "济南市", "山东省妇女联合会"],
)
@pytest.mark.parametrize("figures", [_SUMS, _THRICE])
def test_the_units_own_name_is_no_townships(name: str, figures: str) -> None:
    """A row under the unit's own or a superior's name is one question, whatever it adds up to."""
    assert told(with_row(name, figures)) == QUESTION


@pytest.mark.parametrize(("name", "figures"), [("汇总镇", _THRICE), ("龙洞街道", _SUMS)])
def test_an_explained_row_counts(name: str, figures: str) -> None:
    """Once the unit has said that it is a township, its figures count."""
    (question,) = with_row(name, figures).findings
    answer = (
        "# 情况说明\n| 审核意见编号 | 位置 | 说明 |\n| --- | --- | --- |\n"
        f"| '{question.number} | | 是一个镇，不是合计 |"
    )
    judgement = with_row(name, figures, answer)
    assert judgement.outcome is Outcome.ACCEPTED
    women = _OF_BOTH * 2 if figures == _SUMS else _OF_THREE
    assert judgement.figures[_WOMEN] == women


OTHER_SHEETS = {
    "a flow sheet without names": (
        "@ 走访记录 + | 合计 | | | | | 51 | | | 5 | |",
        "row-skipped",
        7,
    ),
    "words in a merged cell": (
        "@ 走访记录 + | 合计 | | | | | 51 | | | 5 | |\n@ 走访记录 merge A7:E7",
        "row-skipped",
        7,
    ),
    "words behind a blank cell": (
        "@ 走访记录 + | | 3月小计 | | | | 51 | | | 5 | |",
        "row-skipped",
        7,
    ),
    "a total typed wrong": ("@ 走访记录 + | 合计 | | | | | 51 | | | 6 | |", "row-total", 7),
    "no words at all": ("@ 走访记录 + | | | | | | 51 | | | 5 | |", "row-total", 7),
    "one figure beside the word": ("@ 个案帮扶 + | 合计 | | 800 |", "row-skipped", 6),
    "one figure beside it, another": ("@ 个案帮扶 + | 合计 | | 900 |", "row-total", 6),
    "behind a printed key": ("@ 惠民项目 + | P002 | 合计 | 30000 | 600 | | |", "row-skipped", 5),
    "a figure beyond what the column allows": (
        "@ 妇女需求台帐 + | 合计 | | | 213 | | | | | | | | | | | | | |",
        "row-skipped",
        9,
    ),
}


@pytest.mark.parametrize("case", OTHER_SHEETS)
def test_it_holds_for_every_table(case: str) -> None:
    """A total is one line of the answer in whatever sheet and column it stands."""
    drawn, rule, row = OTHER_SHEETS[case]
    judgement = judged(drawn)
    assert [(f.rule, f.place.row) for f in judgement.findings] == [(rule, row)]


INNOCENT_FIGURES = {
    "one column alone": "@ 个案帮扶 + | X0001 | G001 | 800 |\n@ 妇女需求台帐 问题性质 4 = 个案性",
    "nothing but zeros": (
        "@ 干部名册 + | G004 | 周红 | 干事 | 否 | L001 | 20 | 2 | 2 | 已调离 |\n"
        "@ 干部名册 固定联系妇女人数 4 = 20\n@ 干部名册 + | G005 | 周青 | 干事 | 否 | L001 | 0 | 0 | 0 | 已调离 |"
    ),
    "one row above": ("@ 惠民项目 + | P002 | 技能培训 | 30000 | 600 | 2012-03-09 | 实施中 |"),
    "figures too small to tell": (
        "@ 结对帮扶 帮扶主体数（单位或人） 5 = 1\n@ 结对帮扶 结对方式 5 = 一帮一\n@ 结对帮扶 累计帮扶资金（元） 4 = 0\n@ 结对帮扶 + "
        "| J003 | 妇联干部 | G002 | | 多帮一 | 2 | 妇女群众 | | 陈玉兰 | 2012-03-12 | 政策 | 0 | 3 | 结对中 |"
    ),
    "one figure of many is another": f"@ 基层组织 + | 龙洞街道 | {_SUMS.replace('27000.5', '27000')} |",
    "a title that speaks of totals": "@ 惠民项目 项目名称 4 = 妇女贷款汇总管理\n@ 宣传报道 题目 4 = 全市工作汇总",
}


@pytest.mark.parametrize("case", INNOCENT_FIGURES)
def test_what_proves_nothing_is_not_asked_about(case: str) -> None:
    """Equal figures in one column, under one row or of nothing at all are chance."""
    rules = {finding.rule for finding in judged(INNOCENT_FIGURES[case]).findings}
    assert rules.isdisjoint({"row-total", "row-skipped"})


def test_page_totals_and_the_total_of_all_are_left_out() -> None:
    """Subtotals agree with the rows since the last one, the total with all rows."""
    row = "@ 基层组织 + | {} | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | {} | {} |\n"
    twice = "2 | " * 11
    drawn = (
        f"@ 基层组织 + | 本页小计 | {_SUMS} |\n"
        + row.format("龙洞街道", 900, 800)
        + row.format("甸柳街道", 100, 200)
        + f"@ 基层组织 + | 小计 | {twice}1000 | 1000 |\n"
        + "@ 基层组织 + | 总计 | 8 | 19 | 8 | 24 | 52 | 25 | 15 | 4 | 48 | 25 | 38 | 38000 | 28000.5 |"
    )
    judgement = judged(drawn)
    assert {(f.rule, f.place.row) for f in judgement.findings} == {
        ("row-skipped", 6),
        ("row-skipped", 9),
        ("row-skipped", 10),
    }
    assert judgement.figures[_WOMEN] == 38000


def test_a_total_over_a_figure_that_cannot_be_read_is_no_second_finding() -> None:
    """What a total should be is not known while a figure above it is wrong."""
    judgement = with_row("合计", _SUMS, "@ 基层组织 妇女人数（户籍，上年末） 4 = 约15000")
    assert {finding.rule for finding in judgement.findings} == {"number-about", "row-skipped"}


@given(st.lists(st.integers(0, 3) | st.none(), max_size=12))
def test_no_line_that_is_a_sum_is_overlooked(figures: list[int | None]) -> None:
    """What is looked at closely are all lines whose figure may be the sum of those above."""
    likely = likely_sums(figures)
    sums = Sums({"one": figures}, [True] * len(figures), {})
    for line, figure in enumerate(figures):
        if figure is not None and sums.agree(line, {"one": figure}):
            assert line in likely
