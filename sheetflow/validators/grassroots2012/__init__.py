"""The campaign with its own rules: 下基层、访妇情、办实事 (2012)."""

from __future__ import annotations

from types import MappingProxyType

from sheetflow.findings import Catalogue
from sheetflow.schemas.book import Rule
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.grassroots2012.progress import PROGRESS
from sheetflow.schemas.grassroots2012.samples import give_samples
from sheetflow.validators.catalogue import GENERAL_CHECKS
from sheetflow.validators.grassroots2012.cases import (
    check_case_has_help,
    check_case_nature,
    check_case_open_long,
    check_hard_nature,
    check_hard_solved,
    check_need_once,
)
from sheetflow.validators.grassroots2012.catalogue import CHECKS
from sheetflow.validators.grassroots2012.duties import (
    check_cadre_duties,
    check_cadre_papers,
    check_report_parts,
)
from sheetflow.validators.grassroots2012.history import check_swings
from sheetflow.validators.grassroots2012.support import (
    check_homes,
    check_money_scale,
    check_pairings,
    check_townships,
)

PROGRESS_RULES: tuple[Rule, ...] = (
    check_report_parts,
    check_cadre_duties,
    check_cadre_papers,
    check_case_nature,
    check_hard_nature,
    check_hard_solved,
    check_case_has_help,
    check_case_open_long,
    check_need_once,
    check_pairings,
    check_homes,
    check_townships,
    check_money_scale,
    check_swings,
)

GRASSROOTS_2012 = Campaign(
    key="grassroots2012",
    title="下基层、访妇情、办实事",
    forms=(PROGRESS,),
    catalogue=Catalogue.of((*GENERAL_CHECKS, *CHECKS)),
    rules=MappingProxyType({PROGRESS.key: PROGRESS_RULES}),
    source="妇字〔2012〕2号，鲁妇发〔2012〕10号转发",
    samples=give_samples,
)
