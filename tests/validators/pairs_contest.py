"""Pairs of what is held against another form's accepted book: papers that a unit recommends."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sheetflow.periods import OFFICE_ZONE
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Earlier, Judgement
from tests.county_book import CAMPAIGN, FORM, context
from tests.drawing import draw
from tests.validators.pairs import Pair

CONTEST = CAMPAIGN.by_key["contest"]
TITLES = {"B001": "走进姚家", "B002": "失地妇女就业"}
"""The papers of the accepted book."""
DRAWN = """
# 封面
| 填报单位 | 历下区 |
| 单位代码 | '370102 |
| 报告期 | '2012 |
| 报送性质 | 首次报送 |
| 更正原因 | |
| 单位负责人 | 王芳 |
| 审核人 | |
| 填报人 | 李静 |
| 联系电话 | 0531-86012345 |
| 填报日期 | 2012-10-12 |
| 零报告 | 否 |
| 零报告说明 | |

# 推荐论文
| 推荐顺序 | 编号 | 题目 | 作者姓名 | 作者职务 | 字数 | 内容摘要 | 推荐理由 | 附件文件名 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| 1 | B002 | 失地妇女就业 | 李静 | 干事 | 4200 | 走访十个村 | 调查扎实 | 失地妇女就业.docx |
| 2 | B001 | 走进姚家 | 王芳 | 主席 | 1800 | 走访一个街道 | 建议可行 | 走进姚家.docx |
"""


def accepted_book() -> Earlier:
    """Give the county's book of papers, accepted in September."""
    rows = [{"paper_id": key, "title": title} for key, title in TITLES.items()]
    return Earlier(FORM.period("2012B4"), "370102-2012B4-1", {"papers": rows}, {})


def judged_contest(changes: str, *, has_book: bool = True) -> Judgement:
    """Judge the sound workbook of a recommendation with `changes` upon it."""
    stamp = {
        "campaign": CAMPAIGN.key,
        "form": CONTEST.key,
        "version": "1",
        "unit": "370102",
        "period": "2012",
    }
    known = replace(
        context("2012B5"),
        now=dt.datetime(2012, 10, 13, 9, tzinfo=OFFICE_ZONE),
        newest=lambda _form: accepted_book() if has_book else None,
    )
    return judge(draw(DRAWN + changes, stamp=stamp), CAMPAIGN, known)


def _bookless(changes: str) -> Judgement:
    return judged_contest(changes, has_book=bool(changes))


CONTESTS = (
    Pair(
        rule="reference-not-in-book",
        at="推荐论文 B4",
        by=judged_contest,
        broken="@ 推荐论文 编号 4 = B009",
        nearly="@ 推荐论文 编号 4 = 370102-b002",
    ),
    Pair(
        rule="reference-no-book",
        at="推荐论文 B4",
        by=_bookless,
        nearly="@ 推荐论文 编号 4 = B002",
    ),
    Pair(
        rule="reference-other-words",
        at="推荐论文 C4",
        by=judged_contest,
        broken="@ 推荐论文 题目 4 = 失地妇女的就业",
        nearly="@ 推荐论文 题目 4 = 《失地 妇女就业》",
    ),
    Pair(
        rule="paper-twice",
        at="推荐论文 B5",
        by=judged_contest,
        broken="@ 推荐论文 编号 5 = B002\n@ 推荐论文 题目 5 = 失地妇女就业",
        nearly="@ 推荐论文 推荐顺序 5 = 9",
    ),
)
