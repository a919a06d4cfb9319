"""The campaign: 下基层、访妇情、办实事 (2012), with its forms: what the notice asks for."""

from __future__ import annotations

from types import MappingProxyType

from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.grassroots2012.contest import CONTEST
from sheetflow.schemas.grassroots2012.plan import PLAN
from sheetflow.schemas.grassroots2012.progress import PROGRESS
from sheetflow.schemas.grassroots2012.sample_plans import CONTEST_SAMPLES, PLAN_SAMPLES
from sheetflow.schemas.grassroots2012.sample_words import SAMPLES
from sheetflow.schemas.grassroots2012.scores import SCORES

GRASSROOTS_2012 = Campaign(
    key="grassroots2012",
    title="下基层、访妇情、办实事",
    forms=(PROGRESS, PLAN, CONTEST, SCORES),
    source="妇字〔2012〕2号，鲁妇发〔2012〕10号转发",
    samples=MappingProxyType(
        {PROGRESS.key: SAMPLES, PLAN.key: PLAN_SAMPLES, CONTEST.key: CONTEST_SAMPLES}
    ),
)
