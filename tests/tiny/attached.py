"""河道巡查 with a form that files come beside: 整治备案表, each work with its photographs and its paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from sheetflow.periods import OFFICE_ZONE
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Judgement, JudgingContext
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import RowModel, attachment, day, key, period_name, text
from sheetflow.schemas.evidence import EvidenceFile
from sheetflow.schemas.forms import Attachments, Cover, Form
from sheetflow.schemas.sheets import EXPLANATIONS, Kind, RollUp, Sheet
from tests.drawing import draw
from tests.tiny.campaign import LEVELS
from tests.tiny.desk import EAST, FIRST, SIGNED, TREE
from tests.tiny.forms import PATROL_FORM

ATTACHED_NAME = "tests.tiny.attached:ATTACHED"
"""What ``sheetflow.toml`` says."""


class Slip(RowModel):
    """Who files the works, and for which quarter."""

    station = text("整治单位", 30, prefilled=True)
    station_code = text("整治单位代码", 20, prefilled=True)
    quarter = period_name("整治季度")
    written_on = day("备案日期", not_after="")


class Work(RowModel):
    """A stretch of river that was put in order."""

    work_id = key("整治编号", "Z", 3)
    place = text("整治河段", 30)
    plan = attachment("整治方案", ".docx", ".pdf")
    photos = attachment("照片", ".jpg", ".png", required=False)


WORKS_FORM = Form(
    key="works",
    title="整治备案表",
    version=1,
    sheets=(
        Sheet(
            key="slip",
            title="备案表头",
            kind=Kind.CARD,
            declared=Slip.columns(),
            roll_up=RollUp.NONE,
        ),
        Sheet(key="works", title="整治河段", kind=Kind.FLOW, declared=Work.columns()),
        EXPLANATIONS,
    ),
    cover=Cover(
        sheet="slip",
        unit_id="station_code",
        unit_name="station",
        period="quarter",
        filled_on="written_on",
    ),
    cadence=PATROL_FORM.cadence,
    attachments=Attachments.REQUIRED,
)
ATTACHED = Campaign(
    key="attached", title="河道巡查", forms=(PATROL_FORM, WORKS_FORM), levels=LEVELS
)

WORKS = f"""
# 备案表头
| 整治单位 | 东岸县 |
| 整治单位代码 | '990101 |
| 整治季度 | {FIRST} |
| 备案日期 | {SIGNED} |

# 整治河段
| 整治编号 | 整治河段 | 整治方案 | 照片 |
| --- | --- | --- | --- |
| Z001 | 三号桥 | 三号桥方案.docx | 桥前.jpg、桥后 |
| Z002 | 五里坡 | 五里坡方案 | |
"""


def came(
    name: str, *, kind: str = "", content: str = "", batch: int = 1, size: int = 5_000, **more: str
) -> EvidenceFile:
    """A file that came beside the workbook; by its ending it is what it is, by its name its content."""
    kind = kind or name[name.rfind(".") :]
    return EvidenceFile(
        name=name,
        sha256=(content or name).encode().hex().ljust(64, "0")[:64],
        size=size,
        arrival_id=100 + len(name),
        batch=batch,
        kind=kind,
        **more,
    )


ALL_THERE = (
    came("三号桥方案.docx"),
    came("桥前.jpg"),
    came("桥后.JPG", kind=".jpg"),
    came("五里坡方案.pdf"),
)


def judged_works(
    changes: str = "",
    files: Sequence[EvidenceFile] | None = ALL_THERE,
    batch: int = 1,
    form: Form = WORKS_FORM,
) -> Judgement:
    """Judge the sound workbook with `changes` upon it, beside which `files` came."""
    day = form.periods_of(2012)[0].last_day + dt.timedelta(days=2)
    context = JudgingContext(
        unit=TREE[EAST],
        tree=TREE,
        now=dt.datetime.combine(day, dt.time(9), OFFICE_ZONE),
        working_days={"县": 2, "市": 4, "省": 6},
        files=None if files is None else tuple(files),
        batch=batch,
    )
    stamp = {
        "campaign": ATTACHED.key,
        "form": form.key,
        "version": "1",
        "unit": EAST,
        "period": FIRST,
    }
    campaign = replace(ATTACHED, forms=(PATROL_FORM, form))
    return judge(draw(WORKS + changes, stamp=stamp), campaign, context)


def beside(*files: EvidenceFile, without: str = "") -> Callable[[str], Judgement]:
    """Give what judges with these files instead of those of the same name, or `without` one."""
    others = [file for file in ALL_THERE if file.name not in {without, *(f.name for f in files)}]
    return lambda changes: judged_works(changes, (*others, *files))
