"""The 2012 campaign's own checks: what is loaded is what stands in the text."""

from __future__ import annotations

from dataclasses import replace

from sheetflow.campaigns import load_campaign
from sheetflow.findings import Catalogue, Finding, Place, Severity
from sheetflow.schemas.catalogue import MONEY_SCALE
from sheetflow.schemas.grassroots2012.checks import read_text
from sheetflow.schemas.language.printer import show

CAMPAIGN = load_campaign("grassroots2012")
FORM = CAMPAIGN.main_form


def test_what_is_loaded_is_what_officers_read() -> None:
    """Whoever changes a check's text builds what is loaded again."""
    told = "checks.txt or its sheets have changed: run `python tools/build_checks.py`"
    assert read_text(FORM) == FORM.rules, told


def test_the_campaign_has_no_python_rule() -> None:
    """All that the campaign checks is said in the language of declarations."""
    assert not CAMPAIGN.rules
    assert not CAMPAIGN.checks
    assert all(show(rule.must) for rule in FORM.rules)


def test_a_campaign_weighs_amounts_like_wan_as_it_declares() -> None:
    """How heavy it weighs that amounts look like 万元 reaches the sentence and the guide."""
    verify = replace(CAMPAIGN, money_scale=Severity.VERIFY).catalogue[MONEY_SCALE]
    assert verify.severity is Severity.VERIFY
    assert "写明" in verify.remedy
    assert MONEY_SCALE not in replace(CAMPAIGN, money_scale=None).catalogue.checks


def test_a_kept_finding_is_worded_after_its_check_changed() -> None:
    """A finding of an older declaration is read still: with its check reworded, or gone."""
    rule = FORM.rules[0]
    kept = Finding(rule.code, rule.severity, Place(), {"was": "否"})
    catalogue = Catalogue.of([replace(rule.check, wrong="“{栏目}”不对", remedy="请改正{other}")])
    assert catalogue.sentence(kept) == "整个工作簿：“……”不对。请改正……。"
    assert Catalogue.of(()).sentence(kept).startswith("整个工作簿：提出这条意见的审核已经停用")
