"""Made-up books of the real campaign as raw workbooks, and their judgement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import pytest

from sheetflow.campaigns import load_campaign
from sheetflow.demo.draft import Draft
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.pipeline import judge
from sheetflow.prefill import prefill_blank, stamp_of
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.book import Judgement, JudgingContext
from sheetflow.schemas.campaign import Campaign, Samples, Scene
from sheetflow.schemas.filings import FILING_LABEL, filings_by_rows
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import HEADER_ROW, STAMP_KEYS, STAMP_SHEET, columns_in
from sheetflow.schemas.sheets import Kind
from sheetflow.units import Unit, UnitTree
from sheetflow.workbook import CellValue, RawSheet, RawWorkbook
from sheetflow.writing import Dress, write_workbook

ROWS = (
    ("370000", "山东省", "省", None),
    ("370100", "济南市", "市", "370000"),
    ("370102", "历下区", "县", "370100"),
    ("370103", "市中区", "县", "370100"),
)
DAYS: Mapping[str, int] = {"县": 2, "市": 4, "省": 6}


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """The campaign of 2012."""
    return load_campaign("grassroots2012")


@pytest.fixture(scope="session")
def tree() -> UnitTree:
    """A province of four units."""
    return UnitTree.of(
        Unit(unit_id=unit_id, name=name, level=level, parent=parent)
        for unit_id, name, level, parent in ROWS
    )


def lay_out(
    campaign: Campaign, form: Form, unit: Unit, period: Period, samples: Samples
) -> RawWorkbook:
    """Lay samples out as our workbooks do."""
    stamp = stamp_of(campaign, form, unit, period)
    sheets = [RawSheet(STAMP_SHEET, [(key, getattr(stamp, key)) for key in STAMP_KEYS])]
    for sheet in form.current.sheets_for(unit.level):
        if sheet.kind is Kind.INDICATORS:
            continue
        columns = columns_in(sheet, form.version)
        rows: list[tuple[CellValue, ...]] = [()] * (HEADER_ROW - 1)
        listed = samples.get(sheet.key, ())
        if sheet.filing_declared:
            rows[0] = (
                sheet.title,
                FILING_LABEL,
                filings_by_rows(form, unit.level, samples)[sheet.key],
            )
        if sheet.is_table:
            rows.append(tuple(column.label for column in columns))
            rows += [tuple(row.get(column.key) for column in columns) for row in listed]
        else:
            card = listed[0] if listed else {}
            rows.append(())
            rows += [(column.label, card.get(column.key)) for column in columns]
        sheets.append(RawSheet(sheet.title, rows))
    return RawWorkbook(tuple(sheets))


@pytest.fixture(scope="session")
def raw_of(campaign: Campaign) -> Callable[[Draft], RawWorkbook]:
    """Lay a draft out as our workbooks do, its rows one below the other."""
    return lambda draft: lay_out(campaign, draft.form, draft.unit, draft.period, draft.rows)


@pytest.fixture(scope="session")
def draft_of(campaign: Campaign, tree: UnitTree) -> Callable[[int], Draft]:
    """Draft a county's clean workbook from a seed."""

    def draft(seed: int) -> Draft:
        period = Period.parse("2012B1")
        random = Random(seed)  # noqa: S311 - made-up data, no secret
        form = campaign.in_force(campaign.main_form, period)
        samples = make_samples(campaign, form, Scene(tree["370102"], tree, period, random))
        return Draft.of(form, tree["370102"], period, samples)

    return draft


@pytest.fixture(scope="session")
def issued(campaign: Campaign, tree: UnitTree, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real 填报 workbook of one county."""
    period = Period.parse("2012B1")
    filling = prefill_blank(campaign, campaign.main_form, tree["370102"], period)
    dress = Dress(campaign=campaign.title, catalogue=campaign.catalogue)
    path = tmp_path_factory.mktemp("issued") / "填报.xlsx"
    path.write_bytes(write_workbook(filling, dress, dt.datetime(2012, 1, 1, tzinfo=OFFICE_ZONE)))
    return path


@pytest.fixture(scope="session")
def judged_raw(campaign: Campaign, tree: UnitTree) -> Callable[[RawWorkbook], Judgement]:
    """Judge a county's raw workbook on the second day after the first period."""
    moment = dt.datetime(2012, 3, 2, 9, tzinfo=OFFICE_ZONE)
    context = JudgingContext(unit=tree["370102"], tree=tree, now=moment, working_days=DAYS)
    return lambda raw: judge(raw, campaign, context)
