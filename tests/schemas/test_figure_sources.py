"""Where a figure comes from is said in words that follow from its declaration."""

from __future__ import annotations

import pytest

from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.figure_sources import source_words
from tests.county_book import CAMPAIGN, FORM
from tests.tiny.campaign import CAMPAIGN as RIVERS

SAID = {
    ("S29", False): "《妇女需求台帐》中“办理状态”为已办结的行数（全年台帐各行）",
    ("S19", True): "《妇女需求台帐》中“办理状态”不为已撤销的行数（本期累计减上期累计）",
    ("S09", True): "《走访记录》中“走访方式”为一对一访谈的行的“走访妇女人次”之和（只计本期的行）",
    ("S07", False): "《走访记录》的行数（1月以来各期相加）",
    ("S32", False): "“已办结”÷“台帐登记需求”",
    ("S38", False): "《个案帮扶》中“对应妇女需求台帐的办理状态”不为已撤销的行数（全年台帐各行）",
    ("S50", False): "《基层组织》各行的“妇女之家数”之和",
    ("S70", False): "“人均经费”不小于1元的单位数",
}


@pytest.mark.parametrize(("code", "current"), SAID)
def test_a_source_names_sheet_condition_and_column(code: str, *, current: bool) -> None:
    """Whoever checks a figure reads which rows of which sheet are counted, and what is added up."""
    said = source_words(FORM, FORM.indicator[code], current=current)
    assert said == SAID[code, current]


@pytest.mark.parametrize("campaign", [CAMPAIGN, RIVERS], ids=["women", "rivers"])
def test_every_indicator_of_any_campaign_has_a_source(campaign: Campaign) -> None:
    """No figure of any form is without its source, and none shows a name of the program's own."""
    for form in campaign.forms:
        for indicator in form.indicators:
            for current in (True, False):
                said = source_words(form, indicator, current=current)
                assert said
                assert not {character for character in said if character.isascii()} - set(
                    "0123456789÷ "
                )
