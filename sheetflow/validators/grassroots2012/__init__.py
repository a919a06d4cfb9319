"""The campaign with its own rules: 下基层、访妇情、办实事 (2012)."""

from __future__ import annotations

from types import MappingProxyType

from sheetflow.findings import Catalogue
from sheetflow.schemas.book import Rule
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.grassroots2012.progress import PROGRESS
from sheetflow.schemas.grassroots2012.samples import SAMPLES
from sheetflow.validators.catalogue import GENERAL_CHECKS
from sheetflow.validators.grassroots2012 import cases, duties
from sheetflow.validators.grassroots2012.catalogue import CHECKS

PROGRESS_RULES: tuple[Rule, ...] = (
    duties.check_report_parts,
    duties.check_cadre_duties,
    duties.check_cadre_papers,
    cases.check_natures,
    cases.check_hard_solved,
    cases.check_case_has_help,
    cases.check_case_open_long,
    cases.check_need_once,
    duties.check_pairings,
    duties.check_homes,
    duties.check_townships,
    duties.check_money_scale,
    duties.check_swings,
)

GRASSROOTS_2012 = Campaign(
    key="grassroots2012",
    title="下基层、访妇情、办实事",
    forms=(PROGRESS,),
    catalogue=Catalogue.of((*GENERAL_CHECKS, *CHECKS)),
    rules=MappingProxyType({PROGRESS.key: PROGRESS_RULES}),
    source="妇字〔2012〕2号，鲁妇发〔2012〕10号转发",
    samples=MappingProxyType({PROGRESS.key: SAMPLES}),
)
