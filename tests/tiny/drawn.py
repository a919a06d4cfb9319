"""The sound workbooks of the second campaign, drawn, and how they are judged."""

from __future__ import annotations

import datetime as dt

from sheetflow.periods import OFFICE_ZONE, Cadence
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Judgement, JudgingContext
from sheetflow.schemas.forms import Form
from tests.drawing import draw
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.desk import EAST, FIRST, SIGNED, TREE

PATROLS = f"""
# 巡查表头
| 巡查单位 | 东岸县 |
| 巡查单位代码 | '990101 |
| 巡查季度 | {FIRST} |
| 制表日期 | {SIGNED} |
| 全线封冻未巡 | 否 |

# 排口台账
| 排口编号 | 河道 | 河长姓名 | 发现日期 | 处置情况 | 封堵日期 |
| --- | --- | --- | --- | --- | --- |
| P0001 | 清水河 | 王安澜 | 2012-01-10 | 已封堵 | 2012-02-10 |
| P0002 | 清水河 | 王安澜 | 2012-01-12 | 整治中 | |

# 巡河日志
| 巡河日期 | 巡河方式 | 所查排口 | 巡河里程（米） | 清理费用（元） |
| --- | --- | --- | --- | --- |
| 2012-02-15 | 步行 | P0001 | 800 | 20.5 |
| 2012-02-16 | 乘船 | | 900 | |
"""
REGISTER = """
# 名录表头
| 单位名称 | 东岸县 |
| 单位编码 | '990101 |
| 年度 | '2012 |
| 登记日期 | 2013-01-02 |

# 河道一览
| 河道名称 | 河长（米） |
| --- | --- |
| 清水河 | 12000 |
| 白沙河 | 0 |
"""


def stamped(form: Form) -> dict[str, str]:
    """Give the stamp of a form's first workbook."""
    return {
        "campaign": CAMPAIGN.key,
        "form": form.key,
        "version": str(form.version),
        "unit": EAST,
        "period": form.periods_of(2012)[0].period_id,
    }


def seen(form: Form) -> JudgingContext:
    """Give the context of a form's first workbook, which comes two days after its period."""
    day = form.periods_of(2012)[0].last_day + dt.timedelta(days=2)
    return JudgingContext(
        unit=TREE[EAST],
        tree=TREE,
        now=dt.datetime.combine(day, dt.time(9), OFFICE_ZONE),
        working_days={"县": 2, "市": 4, "省": 6},
    )


def judged_tiny(form: Form, changes: str = "") -> Judgement:
    """Judge the sound workbook of a form of the second campaign, with `changes` upon it."""
    base = REGISTER if form.cadence is Cadence.YEAR else PATROLS
    return judge(draw(base + changes, stamp=stamped(form)), CAMPAIGN, seen(form))
