"""Campaigns of two forms that are filled for the same periods.

河道巡查 once more, and beside it 水质抽检表: another workbook of the same counties for the same
quarters.
"""

from __future__ import annotations

import atexit
import dataclasses
import datetime as dt
import shutil
import tempfile
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import (
    Mask,
    RowModel,
    choice,
    day,
    disclosed,
    period_name,
    text,
    whole,
)
from sheetflow.schemas.conditions import where
from sheetflow.schemas.forms import Cover, Form, ReportSpec
from sheetflow.schemas.indicators import Count, Indicator, Sum
from sheetflow.schemas.sheets import EXPLANATIONS, Kind, RollUp, Sheet
from tests.tiny.campaign import LEVELS
from tests.tiny.desk import FIRST, SIGNED, Desk, Rows, write
from tests.tiny.forms import PATROL_FORM


class Probe(RowModel):
    """Who samples, and for which quarter."""

    station = text("抽检单位", 30, prefilled=True)
    station_code = text("抽检单位代码", 20, prefilled=True)
    quarter = period_name("抽检季度")
    written_on = day("填表日期", not_after="")


class Sample(RowModel):
    """One bottle of water."""

    taken_on = day("取样日期", event=True)
    place = text("取样地点", 30)
    taker = text(
        "取样人",
        20,
        personal=True,
        disclosure=disclosed(市=Mask.NAME, 省=Mask.LEFT_OUT),
    )
    grade = choice("水质类别", "三类", "劣五类")
    millilitres = whole("水样（毫升）", "毫升", least=1)


class Words(RowModel):
    """What the county has to say."""

    told = text("抽检小结", 400, required=False)


PROBE_FORM = Form(
    key="probe",
    title="水质抽检表",
    version=1,
    sheets=(
        Sheet(
            key="slip",
            title="抽检表头",
            kind=Kind.CARD,
            declared=Probe.columns(),
            roll_up=RollUp.NONE,
        ),
        Sheet(
            key="sums",
            title="抽检汇总",
            kind=Kind.INDICATORS,
            declared=(),
            roll_up=RollUp.SUMMED,
        ),
        Sheet(key="samples", title="抽检记录", kind=Kind.FLOW, declared=Sample.columns()),
        Sheet(key="words", title="抽检文字", kind=Kind.CARD, declared=Words.columns()),
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
    indicators=(
        Indicator("T1", "取样", "次", Count("samples")),
        Indicator("T2", "其中：劣五类", "次", Count("samples", where("grade", "劣五类")), indent=1),
        Indicator("T3", "水样", "毫升", Sum("samples", ("millilitres",))),
    ),
    report=ReportSpec(narrative="words", shortest=5),
)

PAIR = Campaign(
    key="pair",
    title="河道巡查",
    forms=(PATROL_FORM, PROBE_FORM),
    levels=LEVELS,
)


COUNTIES = dataclasses.replace(
    PAIR,
    forms=(
        PATROL_FORM,
        dataclasses.replace(
            PROBE_FORM,
            levels=frozenset({"县"}),
            working_days=MappingProxyType({"县": 10}),
        ),
    ),
)
"""The same, but that counties alone fill the second form, and have ten working days for it."""


def samples(*millilitres: int, grade: str = "三类") -> Rows:
    """A workbook of the second form, one bottle for each volume."""
    return {
        "slip": [{"written_on": SIGNED}],
        "samples": [
            {
                "taken_on": dt.date(2012, 2, 3),
                "place": "三号桥",
                "taker": "赵青禾",
                "grade": grade,
                "millilitres": volume,
            }
            for volume in millilitres
        ],
    }


@cache
def _begun(campaign: str, settings: tuple[tuple[str, str], ...]) -> Path:
    """Make once what every test begins with a copy of."""
    folder = tempfile.TemporaryDirectory(prefix="pair-")
    atexit.register(folder.cleanup)
    name = f'"tests.tiny.pair:{campaign}"'
    desk = Desk.make(Path(folder.name) / "work", campaign=name, **dict(settings))
    for form in PAIR.forms:
        desk.issue(form=form.key)
    return desk.root


class PairDesk(Desk):
    """A workspace of the two forms, both issued for the first period."""

    @classmethod
    def begun(cls, root: Path, campaign: str = "PAIR", **settings: str) -> PairDesk:
        """Make it and hand both forms out; `campaign` is one of this module."""
        shutil.copytree(_begun(campaign, tuple(sorted(settings.items()))), root)
        return cls(root)

    def hand_in(self, unit_id: str, form: Form, rows: Rows, name: str = "", into: str = "") -> Path:
        """Fill a unit's workbook of one form and drop it (`into` a sub-folder)."""
        other = "" if form is PATROL_FORM else f"_{form.title}"
        (issued,) = self.out(unit_id, FIRST).glob(f"填报_*{FIRST}{other}.xlsx")
        target = self.root.parent / "clerks" / unit_id / (name or f"{form.title}.xlsx")
        return self.drop(unit_id, write(issued, target, rows, forms=PAIR.forms), folder=into)
