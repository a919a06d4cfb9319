"""河道巡查 with what the other campaigns have not: measured fractions, files named in a cell.

It declares, too, 未开展 in place of a number, 填报声明, files beside.
"""

from __future__ import annotations

from dataclasses import replace

from sheetflow.pipeline import judge
from sheetflow.schemas.book import Judgement
from sheetflow.schemas.columns import RowModel, attachment, day, fraction, text
from sheetflow.schemas.forms import Attachments
from sheetflow.schemas.indicators import Indicator, Sum
from sheetflow.schemas.sheets import Kind, Sheet
from tests.drawing import draw
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.drawn import PATROLS, seen, stamped
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM

GAUGED_NAME = "tests.tiny.gauged:GAUGED"
"""What ``sheetflow.toml`` says."""


class Reading(RowModel):
    """What a gauge showed on a day."""

    read_on = day("观测日期", event=True)
    place = text("断面", 30)
    depth = fraction("水位（米）", "米", most=90)
    rain = fraction("降雨量（毫米）", "毫米", decimals=1, required=False, accepts=("未开展",))
    photos = attachment("现场照片", required=False)


READINGS = Sheet(
    key="readings",
    title="水位观测",
    kind=Kind.FLOW,
    declared=Reading.columns(),
    filing_declared=True,
)
GAUGED_FORM = replace(
    PATROL_FORM,
    sheets=(*PATROL_FORM.sheets[:-1], READINGS, PATROL_FORM.sheets[-1]),
    indicators=(
        *PATROL_FORM.indicators,
        Indicator("H8", "降雨量", "毫米", Sum("readings", ("rain",))),
    ),
    attachments=Attachments.OPTIONAL,
)
GAUGED = replace(CAMPAIGN, forms=(GAUGED_FORM, REGISTER_FORM))

DRAWN = f"""{PATROLS}
# 水位观测
| 观测日期 | 断面 | 水位（米） | 降雨量（毫米） | 现场照片 |
| --- | --- | --- | --- | --- |
| 2012-02-15 | 三号桥 | 12.35 | 0.1 | 桥下.jpg |
| 2012-02-16 | 五号闸 | 8 | 0.2 | |

@ 水位观测 D1 = 填报声明
@ 水位观测 E1 = 已填
"""


def judged_gauged(changes: str = "") -> Judgement:
    """Judge the sound workbook of the form, with `changes` upon it."""
    return judge(draw(DRAWN + changes, stamp=stamped(GAUGED_FORM)), GAUGED, seen(GAUGED_FORM))
