"""A city's ranking and the province's scores, drawn; what was handed up to each is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sheetflow.periods import OFFICE_ZONE
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Judgement, JudgingContext
from sheetflow.schemas.forms import Form
from sheetflow.schemas.gathered import GatheredRow
from sheetflow.schemas.parsing import Value
from tests.county_book import CAMPAIGN, TREE, WORKING_DAYS
from tests.drawing import draw

CONTEST, SCORES = CAMPAIGN.by_key["contest"], CAMPAIGN.by_key["scores"]
_COVER = """
# 封面
| 填报单位 | {name} |
| 单位代码 | '{unit} |
| 报告期 | '2012 |
| 报送性质 | 首次报送 |
| 更正原因 | |
| 单位负责人 | 王芳 |
| 审核人 | |
| 填报人 | 李静 |
| 联系电话 | 0531-86012345 |
| 填报日期 | 2012-10-20 |
"""
RANKING = f"""{_COVER.format(name="济南市", unit="370100")}| 零报告 | 否 |
| 零报告说明 | |

# 推荐论文
| 推荐顺序 | 编号 | 题目 | 作者姓名 | 作者职务 | 字数 | 内容摘要 | 推荐理由 | 附件文件名 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |

# 推荐排序
| 推荐顺序 | 论文编号 | 推荐单位 | 题目 | 作者姓名 | 内容摘要 |
| --- | --- | --- | --- | --- | --- |
| 2 | 370102-B001 | 历下区 | 失地妇女就业 | 王芳 | 摘要 |
| 1 | 370102-B002 | 历下区 | 留守儿童 | 王芳 | 摘要 |
| | 370103-B001 | 市中区 | 社区养老 | 王芳 | 摘要 |
"""
SCORED = f"""{_COVER.format(name="山东省", unit="370000")}
# 评选设置
| 一等奖名额 | 1 |
| 二等奖名额 | 1 |
| 三等奖名额 | 1 |

# 评委名单
| 评委编号 | 姓名 | 单位 | 职务 |
| --- | --- | --- | --- |
| P001 | 张三 | 济南市 | |
| P002 | 李四 | 历下区妇联 | |

# 参评论文
| 评审编号 | 论文编号 | 题目 | 推荐单位 | 得分 | 名次 | 建议等次 | 最终等次 | 调整理由 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| N001 | 370102-B001 | 失地妇女就业 | 历下区 | | | | 一等奖 | |
| N002 | 370103-B001 | 社区养老 | 市中区 | | | | 二等奖 | |

# 评分
| 评委 | 评审编号 | 情况（25分） | 分析（25分） | 建议（25分） | 转化（25分） | 评语 |
| --- | --- | --- | --- | --- | --- | --- |
| P001 | N001 | 25 | 25 | 25 | 25 | |
| P001 | N002 | 20 | 20 | 20 | 20 | |
| P002 | N002 | 20 | 20 | 20 | 21 | |
"""

_TITLES = {
    "370102-B001": "失地妇女就业",
    "370102-B002": "留守儿童",
    "370103-B001": "社区养老",
}


def _handed(*entries: str) -> tuple[GatheredRow, ...]:
    """Give entries as their units handed them up."""
    return tuple(
        GatheredRow(
            entry=entry,
            unit_id=entry.partition("-")[0],
            above=entry.partition("-")[0],
            order=order,
            cells={"title": _TITLES[entry], "authors": "王芳", "summary": "摘要"},
        )
        for order, entry in enumerate(entries, start=1)
    )


def _judged(
    text: str,
    form: Form,
    unit: str,
    handed: Sequence[str],
    accepted: Mapping[str, Sequence[Mapping[str, Value]]],
) -> Judgement:
    stamp = {"campaign": CAMPAIGN.key, "form": form.key, "version": "1", "unit": unit}
    context = JudgingContext(
        unit=TREE[unit],
        tree=TREE,
        now=dt.datetime(2012, 10, 20, 9, tzinfo=OFFICE_ZONE),
        working_days=WORKING_DAYS,
        gathered=lambda _form, _sheet, _period: _handed(*handed),
        accepted=lambda _form, _period: accepted,
    )
    return judge(draw(text, stamp={**stamp, "period": "2012"}), CAMPAIGN, context)


def judged_ranking(changes: str = "") -> Judgement:
    """Judge the city's workbook; what it ranks was all handed up."""
    before = {"ranking": [{"entry": "370102-B009"}]}
    return _judged(RANKING + changes, CONTEST, "370100", [*_TITLES], before)


def judged_scores(changes: str = "") -> Judgement:
    """Judge the province's workbook: two entries, two judges, one of whom works where the first is from."""
    before = {"entries": [{"number": "N001", "entry": "370102-B001"}]}
    handed = ("370102-B001", "370103-B001")
    return _judged(SCORED + changes, SCORES, "370000", handed, before)
