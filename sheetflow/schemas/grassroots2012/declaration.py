"""The campaign: 下基层、访妇情、办实事 (2012), with its forms: what the notice asks for."""

from __future__ import annotations

from types import MappingProxyType

from sheetflow.schemas.campaign import Campaign, CampaignVersion
from sheetflow.schemas.grassroots2012.contest import CONTEST
from sheetflow.schemas.grassroots2012.plan import PLAN
from sheetflow.schemas.grassroots2012.progress import PROGRESS
from sheetflow.schemas.grassroots2012.sample_plans import (
    CONTEST_SAMPLES,
    PLAN_SAMPLES,
    SCORES_SAMPLES,
)
from sheetflow.schemas.grassroots2012.sample_words import SAMPLES
from sheetflow.schemas.grassroots2012.scores import SCORES

_SECOND = (
    "《封面》加“已并入本单位填报”，《结对帮扶》加“领导干部带头”，《宣传报道》加“是否妇联所属报刊网站”，《对策建议》加“文号”“级别”“最近督促日期”；"
    "群体加“儿童”；《调研成果》的“附件文件名”改为“附件”；有则填的各表要作填报声明；加指标S71至S76"
)

GRASSROOTS_2012 = Campaign(
    key="grassroots2012",
    title="下基层、访妇情、办实事",
    forms=(PROGRESS, PLAN, CONTEST, SCORES),
    source="妇字〔2012〕2号，鲁妇发〔2012〕10号转发",
    versions=(
        CampaignVersion(number=1, first_period="2012B1"),
        CampaignVersion(number=2, first_period="2012B2", older_until="2012B2", changes=_SECOND),
    ),
    samples=MappingProxyType(
        {
            PROGRESS.key: SAMPLES,
            PLAN.key: PLAN_SAMPLES,
            CONTEST.key: CONTEST_SAMPLES,
            SCORES.key: SCORES_SAMPLES,
        }
    ),
)
