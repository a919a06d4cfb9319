"""A small form with every kind of column, its sound workbook, and rules written for it in the language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sheetflow.findings import Finding, Severity
from sheetflow.periods import OFFICE_ZONE, Cadence, Period
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Earlier, Judgement, JudgingContext
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import (
    RowModel,
    choice,
    choices,
    day,
    key,
    money,
    name_key,
    period_name,
    refers,
    refers_many,
    text,
    whole,
)
from sheetflow.schemas.conditions import where
from sheetflow.schemas.expressions import Expression
from sheetflow.schemas.forms import Cover, Form
from sheetflow.schemas.indicators import Count, Indicator, Sum
from sheetflow.schemas.language.misreadings import Faults
from sheetflow.schemas.language.places import Place
from sheetflow.schemas.language.rules import read_rule
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.schemas.sheets import Kind, RollUp, Sheet
from tests.drawing import draw
from tests.tiny.campaign import LEVELS
from tests.tiny.desk import EAST, TREE


class _Head(RowModel):
    station = text("单位", 30, prefilled=True)
    station_code = text("代码", 20, prefilled=True)
    quarter = period_name("季度")
    written_on = day("制表日期", not_after="")
    nothing = choice("无事可报", "是", "否")
    staff = whole("人手", "人", required=False)


class _Place(RowModel):
    place = name_key("地名")
    people = whole("人口", "人")


class _Job(RowModel):
    job_id = key("工单号", "W")
    place = text("地点", 30)
    caller = text("来电人", 20, personal=True)
    opened_on = day("登记日期")
    kind = choice("类别", "路灯", "井盖", "其他")
    parts = choices("用料", "灯泡", "电线", "铁件", required=False)
    hours = whole("工时", "时")
    cost = money("费用（元）", required=False)
    status = choice("状态", "在办", "办结", "撤销")
    remark = text("备注", 200, required=False)


class _Reply(RowModel):
    reply_id = key("回复号", "H")
    job = refers("工单", "jobs")
    also = refers_many("相关工单", "jobs", required=False)
    grade = choice("评价", "好", "差")
    minutes = whole("通话（分）", "分")


SHEETS = (
    Sheet(key="head", title="表头", kind=Kind.CARD, declared=_Head.columns(), roll_up=RollUp.NONE),
    Sheet(key="sums", title="合计表", kind=Kind.INDICATORS, declared=(), roll_up=RollUp.SUMMED),
    Sheet(
        key="places", title="地名表", kind=Kind.STOCK, declared=_Place.columns(), always_shown=False
    ),
    Sheet(
        key="jobs",
        title="工单表",
        kind=Kind.LEDGER,
        declared=_Job.columns(),
        void=where("status", "撤销"),
    ),
    Sheet(
        key="replies",
        title="回复表",
        kind=Kind.LEDGER,
        declared=_Reply.columns(),
        always_shown=False,
    ),
)
FORM = Form(
    key="works",
    title="工单报表",
    version=1,
    sheets=SHEETS,
    cover=Cover(
        sheet="head",
        unit_id="station_code",
        unit_name="station",
        period="quarter",
        filled_on="written_on",
        nil=where("nothing", "是"),
    ),
    indicators=(
        Indicator("J1", "工单", "件", Count("jobs")),
        Indicator("J2", "其中：办结", "件", Count("jobs", where("status", "办结")), indent=1),
        Indicator("J3", "费用", "元", Sum("jobs", ("cost",))),
    ),
    cadence=Cadence.QUARTER,
)
WORDS = Vocabulary.of(FORM.sheets, FORM.indicators)
SECOND = FORM.periods_of(2012)[1]
SOUND = """
# 表头
| 单位 | 东岸县 |
| 代码 | '990101 |
| 季度 | {period} |
| 制表日期 | 2012-07-02 |
| 无事可报 | 否 |
| 人手 | 5 |

# 地名表
| 地名 | 人口 |
| --- | --- |
| 东岭 | 900 |
| 西岭 | 400 |

# 工单表
| 工单号 | 地点 | 来电人 | 登记日期 | 类别 | 用料 | 工时 | 费用（元） | 状态 | 备注 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| W001 | 东岭 | 王小丽 | 2012-02-10 | 路灯 | 灯泡、电线 | 2 | 100.5 | 办结 | |
| W002 | 东 岭 | 周芳 | 2012-04-11 | 井盖 | 铁件 | 3 | | 在办 | |
| W003 | 西岭 | 李静 | 2012-05-12 | 其他 | | 1 | 20 | 在办 | 急 |
| W004 | 无名 | 陈玉兰 | 2012-05-13 | 其他 | | 9 | 999 | 撤销 | 重复 |

# 回复表
| 回复号 | 工单 | 相关工单 | 评价 | 通话（分） |
| --- | --- | --- | --- | --- |
| H001 | W001 | | 好 | 5 |
| H002 | W002 | W001、W003 | 差 | 7 |
| H003 | W003 | | 好 | 1 |
"""


def ruled(must: str, **more: Any) -> DeclaredRule:
    """Write a rule: `sheet` by title, `points` by label, `when` in the language, the rest as it is."""
    sheet = WORDS.sheet(more.pop("sheet", "工单表"))
    points = _points(sheet, more.pop("points", ("工时",)))
    when = more.pop("when", "")
    own = sheet.key if sheet else ""
    told = {
        "code": "tried",
        "severity": Severity.MUST,
        "wrong": "不对",
        "remedy": "请改正",
        "title": "试一试",
        "summary": "试一试",
        "source": "办法第一条",
        **more,
    }
    return DeclaredRule(
        must=_read(must, own, Place.MUST, points),
        when=_read(when, own, Place.WHEN, points) if when else None,
        points=points,
        sheet=own,
        **told,
    )


def _points(sheet: Sheet | None, labels: Sequence[str]) -> tuple[str, ...]:
    if sheet is None:
        return tuple(labels)
    keys = {label: name for name, label in sheet.labels.items()}
    return tuple(keys[label] for label in labels)


def _read(text: str, sheet: str, place: Place, points: Sequence[str]) -> Expression:
    read = read_rule(text, WORDS, sheet, place=place, points=points)
    assert not isinstance(read, Faults), read
    return read


def judged(
    *rules: DeclaredRule,
    changes: str = "",
    before: str | None = None,
    period: Period = SECOND,
    form: Form = FORM,
    version: int = 0,
) -> Judgement:
    """Judge the sound workbook with `changes` by these rules; `before` are those of the period before.

    It is one of the form's version, or of an older one.
    """
    earlier: Earlier | None = None
    last = period.previous
    if before is not None and last:
        was = judged(changes=before, period=last, form=form).book
        assert was is not None
        rows = {name: [row.values for row in found.rows] for name, found in was.sheets.items()}
        earlier = Earlier(last, "R-1", rows, was.figures)
    campaign = Campaign(
        key="works", title="工单", forms=(replace(form, rules=rules),), levels=LEVELS
    )
    stamp = {
        "campaign": "works",
        "form": "works",
        "version": str(version or form.version),
        "unit": EAST,
        "period": period.period_id,
    }
    context = JudgingContext(
        unit=TREE[EAST],
        tree=TREE,
        now=dt.datetime.combine(period.last_day + dt.timedelta(days=3), dt.time(9), OFFICE_ZONE),
        working_days={"县": 2, "市": 4, "省": 6},
        earlier=lambda _form, asked: earlier if earlier and earlier.period < asked else None,
    )
    drawn = SOUND.format(period=period.period_id) + "\n" + changes
    return judge(draw(drawn, stamp=stamp), campaign, context)


def found(*rules: DeclaredRule, **more: Any) -> list[Finding]:
    """Give what these rules find, and nothing else."""
    codes = {rule.code for rule in rules}
    return [entry for entry in judged(*rules, **more).findings if entry.rule in codes]


def rows_found(*rules: DeclaredRule, **more: Any) -> list[str]:
    """Give the keys of the rows that these rules find fault with, grouped ones too."""
    return [key for entry in found(*rules, **more) for key in (entry.place.key, *entry.other_keys)]
