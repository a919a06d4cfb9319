"""填报样例: filled in, plainly a sample on every sheet, and never taken for a report."""

from __future__ import annotations

import io

import openpyxl
import pytest

from sheetflow.campaigns import load_campaign
from sheetflow.children.sample_task import render_sample
from sheetflow.pipeline import judge
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import Outcome
from sheetflow.schemas.layout import FIRST_ROW, STAMP_SHEET, STEPS_SHEET, TITLE_ROW
from sheetflow.writing import Dress
from tests.county_book import context
from tests.tiny.campaign import CAMPAIGN_NAME

CAMPAIGNS = ("grassroots2012", CAMPAIGN_NAME)
FORMS = [(name, form.key) for name in CAMPAIGNS for form in load_campaign(name).forms]


def made(name: str, form: str) -> bytes:
    """Make the sample of one form."""
    campaign = load_campaign(name)
    dress = Dress(campaign=campaign.title, catalogue=campaign.catalogue, sample=True)
    first = campaign.by_key[form].periods_of(2012)[0]
    return render_sample(name, form, first, dress)


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_each_sheet_says_that_it_is_a_sample(name: str, form: str) -> None:
    """Whichever sheet is open or printed, nobody takes what is in it for a report."""
    book = openpyxl.load_workbook(io.BytesIO(made(name, form)))
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    assert STAMP_SHEET not in {sheet.title for sheet in shown}
    assert STEPS_SHEET in {sheet.title for sheet in shown}
    for sheet in shown:
        assert "样例，不能报送" in str(sheet.cell(TITLE_ROW, 1).value), sheet.title


def test_a_sample_is_filled_in() -> None:
    """Each sheet that is always shown has a row to go by, its references with their names."""
    campaign = load_campaign("grassroots2012")
    book = openpyxl.load_workbook(io.BytesIO(made("grassroots2012", "progress")), data_only=True)
    for sheet in campaign.main_form.sheets:
        if sheet.always_shown and sheet.is_table:
            assert book[sheet.title].cell(FIRST_ROW, 2).value, sheet.title
    header = [cell.value for cell in book["妇女需求台帐"][FIRST_ROW - 1]]
    row = dict(zip(header, (cell.value for cell in book["妇女需求台帐"][FIRST_ROW]), strict=True))
    assert row["责任干部姓名"]
    assert row["联系点名称"]


def test_a_sample_that_is_dropped_is_refused() -> None:
    """What nobody reported never counts: the clerk hears that it is the sample, and what to open."""
    raw = read_workbook(made("grassroots2012", "progress"))
    campaign = load_campaign("grassroots2012")
    judgement = judge(raw, campaign, context("2012B1"))
    assert judgement.outcome is Outcome.REFUSED
    assert [finding.rule for finding in judgement.findings] == ["workbook-sample"]
