"""The campaign with its own rules: 下基层、访妇情、办实事 (2012)."""

from __future__ import annotations

from types import MappingProxyType

from sheetflow.schemas.book import Rule
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.grassroots2012.progress import PROGRESS
from sheetflow.schemas.grassroots2012.sample_words import SAMPLES
from sheetflow.validators.grassroots2012 import rules

PROGRESS_RULES: tuple[Rule, ...] = (
    rules.check_report_parts,
    rules.check_cadre_duties,
    rules.check_cadre_papers,
    rules.check_natures,
    rules.check_hard_solved,
    rules.check_case_has_help,
    rules.check_case_open_long,
    rules.check_need_once,
    rules.check_pairings,
    rules.check_homes,
    rules.check_townships,
)

GRASSROOTS_2012 = Campaign(
    key="grassroots2012",
    title="下基层、访妇情、办实事",
    forms=(PROGRESS,),
    checks=rules.CHECKS,
    rules=MappingProxyType({PROGRESS.key: PROGRESS_RULES}),
    source="妇字〔2012〕2号，鲁妇发〔2012〕10号转发",
    samples=MappingProxyType({PROGRESS.key: SAMPLES}),
)
