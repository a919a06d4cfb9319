"""The form 评选评分表: who judges the papers that were handed up, what each gave, what was decided.

The national office judges in the end; what the province hands up is chosen so. The province hands the same
workbook in several times: with its judges, with their scores, with the grades that the meeting decided.
"""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType

from sheetflow.periods import Cadence
from sheetflow.schemas.columns import RowModel, choice, fraction, key, refers, text, whole
from sheetflow.schemas.conditions import Any, Filled, Is
from sheetflow.schemas.forms import Cover, Form
from sheetflow.schemas.gathered import Gathered
from sheetflow.schemas.grassroots2012.cover import HeadCard
from sheetflow.schemas.judging import Judging
from sheetflow.schemas.sheets import EXPLANATIONS, Kind, RollUp, Sheet

_SOURCE = "五：2012年10月，全国妇联将对活动中形成的调研报告开展评选，年底进行表彰"

SCORES_COVER = Sheet(
    key="cover",
    title="封面",
    kind=Kind.CARD,
    declared=HeadCard.columns(),
    note="请逐项填写右侧空格",
    source=_SOURCE,
    roll_up=RollUp.NONE,
)


class QuotasCard(RowModel):
    """How many papers get each grade."""

    first = whole("一等奖名额", "篇")
    second = whole("二等奖名额", "篇")
    third = whole("三等奖名额", "篇")


QUOTAS = Sheet(
    key="quotas",
    title="评选设置",
    kind=Kind.CARD,
    declared=QuotasCard.columns(),
    note="建议等次按名额从高分到低分排出，并列跨名额的列为“并列待定”，由评委会定",
    source=_SOURCE,
)


class JudgeRow(RowModel):
    """Somebody who judges."""

    judge_id = key("评委编号", "P")
    name = text("姓名", 20)
    unit = text("单位", 50, hint="写全称；不给本单位的论文打分", width=30)
    position = text("职务", 50, required=False, width=24)


JUDGES = Sheet(
    key="judges",
    title="评委名单",
    kind=Kind.FLOW,
    declared=JudgeRow.columns(),
    note="一位评委填一行；报送后，下一份填报表会按评委和论文排好《评分》",
    source=_SOURCE,
    preprinted=9,
    named_by="name",
)


class EntryRow(RowModel):
    """A paper that was handed up, under the number that judges know it by."""

    number = key("评审编号", "N", prefilled=True)
    entry = text("论文编号", 30, prefilled=True, width=16)
    title = text("题目", 60, prefilled=True, width=36)
    unit = text("推荐单位", 30, prefilled=True, width=18)
    score = fraction("得分", required=False, prefilled=True, width=10)
    place = whole("名次", required=False, prefilled=True, width=8)
    proposed = text("建议等次", 10, required=False, prefilled=True, width=12)
    award = choice(
        "最终等次",
        *("一等奖", "二等奖", "三等奖", "未获奖"),
        required=False,
        hint="评委会定下后填写",
    )
    reason = text(
        "调整理由", 200, required=False, hint="最终等次与建议等次不同的，写明理由", width=36
    )


ENTRIES = Sheet(
    key="entries",
    title="参评论文",
    kind=Kind.FLOW,
    declared=EntryRow.columns(),
    note="参评论文已自动列出，评审编号不变；得分、名次和建议等次由系统按《评分》算出。评委会定下等次后填“最终等次”",
    source=_SOURCE,
    named_by="title",
    gathered=Gathered(
        form="contest",
        listed="recommended",
        named="paper",
        entry="entry",
        unit="unit",
        shown=(("title", "title"),),
        ranked="ranking",
        order="order",
    ),
)

_CRITERIA = ("situation", "analysis", "advice", "use")


def _if_begun(own: str) -> Any:
    """A judge who has begun with a paper says all four."""
    return Any(tuple(Filled(name) for name in _CRITERIA if name != own))


class ScoreRow(RowModel):
    """What one judge gives one paper."""

    judge = refers("评委", "judges")
    entry = refers("评审编号", "entries")
    situation = whole("情况（25分）", "分", most=25, required=_if_begun("situation"))
    analysis = whole("分析（25分）", "分", most=25, required=_if_begun("analysis"))
    advice = whole("建议（25分）", "分", most=25, required=_if_begun("advice"))
    use = whole("转化（25分）", "分", most=25, required=_if_begun("use"))
    comment = text("评语", 300, required=False, width=40)


SCORES_SHEET = Sheet(
    key="scores",
    title="评分",
    kind=Kind.FLOW,
    declared=ScoreRow.columns(),
    note="一位评委一篇论文一行，已自动排好，每项0至25分；还没有打分的空着。本单位的论文不排、不打分",
    source=_SOURCE,
)

SCORES = Form(
    key="scores",
    title="评选评分表",
    version=2,
    cadence=Cadence.ONCE,
    opens=dt.date(2012, 10, 1),
    closes=dt.date(2012, 12, 31),
    due_on=MappingProxyType({"省": dt.date(2012, 12, 10)}),
    levels=frozenset({"省"}),
    sheets=(SCORES_COVER, QUOTAS, JUDGES, ENTRIES, SCORES_SHEET, EXPLANATIONS),
    cover=Cover(
        sheet="cover",
        unit_id="unit_id",
        unit_name="unit_name",
        period="period",
        filled_on="filled_on",
        preparer="preparer",
        phone="phone",
        reason="correction_reason",
        correction=Is("kind", ("更正",)),
        mending=Is("kind", ("退回修改",)),
    ),
    guidance=(
        "这张表分几次报送，每次都从系统新发的填报表接着填。",
        "先报《评选设置》和《评委名单》，再报《评分》；评委会定下等次后，填好“最终等次”再报一次。",
        "五名以上评委打分的，去掉一个最高分和一个最低分后取平均；不足五名的取平均。全部评委打完分的论文才有得分。",
        "评委不给本单位的论文打分；评审用稿只有评审编号，不含作者和单位。",
    ),
    judging=Judging(
        entries="entries",
        title="title",
        score="score",
        rank="place",
        proposed="proposed",
        award="award",
        reason="reason",
        judges="judges",
        judge_unit="unit",
        scores="scores",
        judge="judge",
        entry="entry",
        criteria=_CRITERIA,
        quotas="quotas",
        grades=(("一等奖", "first"), ("二等奖", "second"), ("三等奖", "third")),
        authors=("authors", "author_title"),
        file="file_name",
        called="优秀调研报告",
    ),
)
