"""The real campaign gets a further version: every sheet has a new required column, some lose one."""

from __future__ import annotations

import dataclasses
import datetime as dt

from sheetflow.periods import Period
from sheetflow.pipeline import judge
from sheetflow.prefill import prefill_blank, prefill_returned
from sheetflow.schemas.campaign import Campaign, CampaignVersion
from sheetflow.schemas.cells import Money, Text, Whole
from sheetflow.schemas.columns import Column, text
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import Unit
from sheetflow.writing import Dress, write_workbook
from tests.county_book import CAMPAIGN, FORM, TREE, context, drawn, judged, left_by, named

NOW = dt.datetime(2012, 3, 1, tzinfo=dt.UTC)
NEW, NEXT = "新增栏目", FORM.version + 1


def changed(sheet: Sheet) -> Sheet:
    """Give a table with a new required column and without its last free optional one."""
    if sheet.kind in {Kind.ANSWER, Kind.INDICATORS, Kind.CARD}:
        return sheet
    free = [column.key for column in sheet.columns if _is_free(column)]
    kept = tuple(
        dataclasses.replace(column, until=FORM.version) if column.key in free[-1:] else column
        for column in sheet.declared
    )
    added = dataclasses.replace(text(NEW, since=NEXT), key="added")
    return dataclasses.replace(sheet, declared=(*kept, added))


def _is_free(column: Column) -> bool:
    words = isinstance(column.type, Text) and not column.personal
    today = column.in_version(FORM.version) and column.required is False
    return today and words and not isinstance(column.type, Whole | Money)


def next_version() -> Campaign:
    """Give the real campaign with the next version of its form, in force from 2012B2 on."""
    form = dataclasses.replace(FORM, version=NEXT, sheets=tuple(map(changed, FORM.sheets)))
    newest = CampaignVersion(number=NEXT, first_period="2012B2", older_until="2012B2")
    versions = (*CAMPAIGN.versions, newest)
    return dataclasses.replace(CAMPAIGN, forms=(form, *CAMPAIGN.forms[1:]), versions=versions)


def county() -> Unit:
    """The county of the drawn workbook."""
    return TREE["370102"]


def test_a_county_that_sends_the_version_before_hears_of_it_once() -> None:
    """Its workbook is accepted with all its figures, and one remark."""
    whole = next_version()
    judgement = judge(drawn(), whole, context())
    assert [finding.rule for finding in judgement.findings] == ["version-older"]
    assert (judgement.outcome.value, judgement.version) == ("accepted", FORM.version)
    assert judgement.figures == judged().figures


def test_its_next_workbook_and_its_returned_copy_can_be_written() -> None:
    """The next one and the copy of the old one are of the new version and ask for what is new."""
    whole = next_version()
    dress = Dress(campaign=whole.title, catalogue=whole.catalogue)
    first = judge(drawn(), whole, context())
    blank = prefill_blank(whole, whole.forms[0], county(), Period.parse("2012B3"), left_by(first))
    assert (blank.stamp.version, len(write_workbook(blank, dress, NOW)) > 0) == (str(NEXT), True)
    assert NEW in {column.label for sheet in blank.sheets for column in sheet.columns}
    faulty = judge(drawn("@ 走访记录 走访妇女人次 4 = 约20\n"), whole, context())
    copy = prefill_returned(whole, county(), faulty)
    assert (copy.stamp.version, len(write_workbook(copy, dress, NOW)) > 0) == (
        str(NEXT),
        True,
    )
    assert [named(finding.place) for finding in copy.findings if finding.place.cell] == [
        "走访妇女人次 4"
    ]


def test_the_new_version_asks_for_what_is_new() -> None:
    """A workbook stamped with the new version that lacks the columns is told so, sheet by sheet."""
    judgement = judge(drawn(stamp={"version": str(NEXT)}), next_version(), context())
    missing = {each.place.sheet for each in judgement.findings if each.rule == "column-missing"}
    assert "visits" in missing
    assert "needs" in missing
