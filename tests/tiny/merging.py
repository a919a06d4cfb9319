"""河道巡查 whose cover asks whether units merged within the quarter are reported in it."""

from __future__ import annotations

from dataclasses import replace

from sheetflow.pipeline import judge
from sheetflow.schemas.book import Judgement
from sheetflow.schemas.campaign import Campaign, CampaignVersion
from sheetflow.schemas.columns import choice
from sheetflow.schemas.conditions import Is
from sheetflow.schemas.merging import Merging
from tests.drawing import draw
from tests.tiny.campaign import LEVELS
from tests.tiny.drawn import PATROLS, seen, stamped
from tests.tiny.forms import HEAD, PATROL_FORM, Head

MERGING_NAME = "tests.tiny.merging:MERGING"
"""What ``sheetflow.toml`` says."""


class MergingHead(Head):
    """Who patrols, and for whom else."""

    takes_over = choice("并入撤并单位", "是", "否", required=False)


MERGING_FORM = replace(
    PATROL_FORM,
    sheets=(replace(HEAD, declared=MergingHead.columns()), *PATROL_FORM.sheets[1:]),
    cover=replace(PATROL_FORM.cover, taking_over=Is("takes_over", ("是",))),
)


def judged_merging(changes: str = "") -> Judgement:
    """Judge the sound workbook of a county into which one was merged that has reported by itself."""
    base = PATROLS.replace("| 全线封冻未巡 | 否 |", "| 全线封冻未巡 | 否 |\n| 并入撤并单位 | 否 |")
    stamp = {**stamped(MERGING_FORM), "campaign": MERGING.key}
    apart = Merging(apart=lambda _form, _period: ("西岸县",))
    return judge(
        draw(base + changes, stamp=stamp), MERGING, replace(seen(MERGING_FORM), merging=apart)
    )


MERGING = Campaign(key="merging", title="河道巡查", forms=(MERGING_FORM,), levels=LEVELS)


class LaterHead(Head):
    """Who patrols, and, from the second version on, for whom else."""

    takes_over = choice("并入撤并单位", "是", "否", required=False, since=2)


LATER_FORM = replace(
    MERGING_FORM,
    version=2,
    sheets=(replace(HEAD, declared=LaterHead.columns()), *PATROL_FORM.sheets[1:]),
)
LATER_NAME, LATEST_NAME = "tests.tiny.merging:LATER", "tests.tiny.merging:LATEST"
"""Campaigns whose cover asks only from the second or the third quarter on."""


def _asking_from(period: str) -> Campaign:
    first = CampaignVersion(number=1, first_period="2012Q1")
    second = CampaignVersion(number=2, first_period=period, older_until=period)
    return replace(MERGING, forms=(LATER_FORM,), versions=(first, second))


LATER, LATEST = _asking_from("2012Q2"), _asking_from("2012Q3")
