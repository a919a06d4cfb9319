"""What an indicator asks of the rows that a reference points to stands beside the sheet, hidden, by formula."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from sheetflow.periods import Period
from sheetflow.pipeline import judge
from sheetflow.prefill import Filling
from sheetflow.reading.reader import read_workbook
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Indicator, Source
from sheetflow.schemas.language.conditions import lookups_of
from sheetflow.schemas.language.sources import read_source
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.layout import HEADER_ROW, lookups_beside
from sheetflow.units import Unit
from sheetflow.writing import Dress, write_workbook
from tests.county_book import context
from tests.programs import needs_office
from tests.writing.conftest import fill
from tests.writing.test_statistics import STAMP, assert_shows, recalculated

ASKED = (
    "计数(个案帮扶, [台帐编号].[年龄]>=31 且 [责任人].[职务]<>“主席”)",
    '合计(个案帮扶, [投入资金（元）], [台帐编号].[办结日期]>=[台帐编号].[登记日期] 或 [台帐编号].[问题性质]="个案性")',
    '计数(个案帮扶, 非 [台帐编号].[群体类别]={"其他","高龄空巢老人"} 且 [投入资金（元）]>[台帐编号].[年龄])',
    '计数(走访记录, [联系点].[类型]="村" 且 [走访妇女人次]>3)',
)


@pytest.fixture(scope="module")
def asking(form: Form) -> Form:
    """The form with indicators that ask what rows point to."""
    form = form.declared or form
    words = Vocabulary.of(form.sheets)
    sheets, indicators = dict(form.by_key), list(form.indicators)
    for number, text in enumerate(ASKED):
        source = read_source(text, words)
        assert isinstance(source, Source), source
        sheet = sheets[source.draws_on]
        needed = lookups_of(source.condition, words, sheet.key)
        names = {lookup.name for lookup in sheet.lookups}
        more = tuple(lookup for lookup in needed if lookup.name not in names)
        sheets[sheet.key] = replace(sheet, lookups=(*sheet.lookups, *more))
        indicators.append(Indicator(f"T{number}", text, "件", source))
    return replace(form, sheets=tuple(sheets.values()), indicators=tuple(indicators))


@pytest.fixture(scope="module")
def filling(campaign: Campaign, asking: Form, county: Unit, period: Period) -> Filling:
    """A county's workbook of that form, filled."""
    return fill(campaign, asking, county, period)


def test_the_file_shows_what_python_counts(filling: Filling, dress: Dress) -> None:
    """A program that does not compute shows the figures, and each asks something of the rows."""
    data = write_workbook(filling, dress, STAMP)
    assert_shows(data, filling)
    figures = filling.form.indicators[-len(ASKED) :]
    assert all(figure.source.condition for figure in figures)


@pytest.mark.office
@needs_office
def test_an_office_program_counts_the_same(filling: Filling, dress: Dress, tmp_path: Path) -> None:
    """Recalculated, every figure is the same."""
    assert_shows(recalculated(write_workbook(filling, dress, STAMP), tmp_path), filling)


def test_what_nobody_wanted_to_see_is_hidden(filling: Filling, dress: Dress) -> None:
    """Its column is hidden and bears a label that no other column has; the declared ones are shown."""
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(filling, dress, STAMP)))
    sheet = filling.form.by_key["case_help"]
    page = book[sheet.title]
    beside = lookups_beside(sheet, filling.form.by_key)
    heads = {
        str(cell.value).replace("\n", ""): cell.column for cell in page[HEADER_ROW] if cell.value
    }
    spans = (each for each in page.column_dimensions.values() if each.hidden)
    hidden = {number for each in spans for number in range(each.min or 0, (each.max or 0) + 1)}
    assert len(set(beside.values())) == len(beside)
    assert hidden == {heads[label] for lookup, label in beside.items() if not lookup.shown}
    assert len(hidden) >= 4


def test_it_is_no_column_too_many(filling: Filling, dress: Dress, campaign: Campaign) -> None:
    """Whoever hands the workbook in hears nothing of it, and its figures are what Python counts."""
    raw = read_workbook(write_workbook(filling, dress, STAMP))
    judgement = judge(raw, replace(campaign, forms=(filling.form,)), context())
    told = {finding.rule for finding in judgement.findings}
    assert not told & {"column-extra", "column-twice", "statistic-constant"}
    assert judgement.book
    figures = judgement.book.figures
    assert all(figures[f"T{number}"] for number in range(len(ASKED)))
