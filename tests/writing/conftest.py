"""A filled sample of the first campaign, made by arithmetic from the declarations."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sheetflow.campaigns import load_campaign
from sheetflow.findings import Finding, Place
from sheetflow.periods import Period
from sheetflow.prefill import Cells, Filling, prefill_blank, stamp_of
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.cells import (
    CellType,
    Day,
    IdNumber,
    Key,
    Money,
    NameKey,
    Phone,
    Reference,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import FIRST_ROW, cell_in
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import Unit
from sheetflow.writing import Dress

ROWS = 12


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """The first campaign."""
    return load_campaign("grassroots2012")


@pytest.fixture(scope="session")
def dress(campaign: Campaign) -> Dress:
    """Printed fields: some filled, some blank."""
    return Dress(
        campaign=campaign.title,
        catalogue=campaign.catalogue,
        authority="山东省妇女联合会",
        document="鲁妇发〔2012〕10号",
    )


@pytest.fixture(scope="session")
def county() -> Unit:
    """A county."""
    return Unit(unit_id="370102", name="历下区", level="县", parent="370100")


@pytest.fixture(scope="session")
def city() -> Unit:
    """A city."""
    return Unit(unit_id="370100", name="济南市", level="市", parent="370000")


@pytest.fixture(scope="session")
def period() -> Period:
    """The second period, so that there are figures before it."""
    return Period.parse("2012B2")


@pytest.fixture(scope="session")
def form(campaign: Campaign, period: Period) -> Form:
    """The form of every two months, as it is in force for the period."""
    return campaign.in_force(campaign.main_form, period)


Blank = Callable[[Unit], Filling]


@pytest.fixture(scope="session")
def blank(campaign: Campaign, form: Form, period: Period) -> Blank:
    """Make the blank workbook's filling for a unit; cities have counties below them."""
    return lambda unit: replace(
        prefill_blank(campaign, form, unit, period), alone=unit.level == "县"
    )


@pytest.fixture(scope="session")
def filled(campaign: Campaign, form: Form, county: Unit, period: Period) -> Filling:
    """Every sheet of a county filled with a dozen sound rows."""
    return fill(campaign, form, county, period)


@pytest.fixture(scope="session")
def city_filled(campaign: Campaign, form: Form, city: Unit, period: Period) -> Filling:
    """Every sheet of a city filled with a dozen sound rows."""
    return fill(campaign, form, city, period)


@pytest.fixture(scope="session")
def campaign_blank(blank: Blank, county: Unit) -> Filling:
    """A county's blank workbook."""
    return blank(county)


def fill(campaign: Campaign, form: Form, unit: Unit, period: Period) -> Filling:
    """Fill every sheet that `unit` fills, as the form is in force."""
    form = campaign.in_force(form, period)
    rows: dict[str, list[Cells]] = {}
    for sheet in form.sheets_for(unit.level):
        count = 1 if sheet.kind is Kind.CARD else 0 if sheet.kind is Kind.ANSWER else ROWS
        rows[sheet.key] = [_row(form, sheet, number) for number in range(count)]
    blank = prefill_blank(campaign, form, unit, period)
    cover = form.cover
    rows[cover.sheet] = [{**rows[cover.sheet][0], **blank.rows[cover.sheet][0]}]
    rows[cover.sheet][0] = {**rows[cover.sheet][0], "nil_return": "否"}
    return Filling(
        form=form,
        stamp=stamp_of(campaign, form, unit, period),
        unit=unit,
        period=period,
        rows=rows,
        previous={entry.code: 3 for entry in form.indicators if not entry.is_ratio},
    )


def _row(form: Form, sheet: Sheet, number: int) -> dict[str, Value]:
    row: dict[str, Value] = {}
    late: list[Column] = []
    for column in sheet.columns:
        if isinstance(column.required, Condition):
            late.append(column)
        else:
            row[column.key] = _value(form, column.type, number)
    for column in late:
        wanted = column.required
        if isinstance(wanted, Condition) and wanted.holds(row):
            row[column.key] = _value(form, column.type, number)
    return row


def _value(form: Form, kind: CellType, number: int) -> Value:
    if isinstance(kind, Reference):
        return _key_in(form, kind.to, number)
    if isinstance(kind, References):
        return (_key_in(form, kind.to, number), _key_in(form, kind.to, number + 1))
    made = _MADE.get(type(kind))
    return made(kind, number) if made else "2012B2"


def _amount(number: int) -> Value:
    return Decimal("1234.56") * number if number % 2 else number * 1000


def _words(kind: Text, number: int) -> str:
    sentence = f"第{number + 1}件事情的情况，走访中听到的意见和建议。"
    return sentence if kind.free else f"名称{number + 1}"


_MADE: dict[type[CellType], Callable[[Any, int], Value]] = {
    Key: lambda kind, number: kind.example(number + 1),
    NameKey: lambda _, number: f"第{number + 1}街道",
    Choice: lambda kind, number: kind.options[number % len(kind.options)],
    Choices: lambda kind, number: kind.options[: 1 + number % len(kind.options)],
    Whole: lambda kind, number: kind.minimum + number * 7,
    Money: lambda _, number: _amount(number),
    Day: lambda _, number: dt.date(2012, 3, 1 + number),
    IdNumber: lambda _, __: "11010519491231002X",
    Phone: lambda _, number: "0531-86012345" if number % 2 else "13812345678",
    Text: _words,
}


def _key_in(form: Form, sheet: str, number: int) -> str:
    declared = form.by_key[sheet].key_column
    assert declared is not None
    assert isinstance(declared.type, Key)
    return declared.type.example(1 + number % ROWS)


@pytest.fixture(scope="session")
def returned(filled: Filling, campaign: Campaign) -> Filling:
    """The sample as a returned copy: two score findings of all severities, blanks among them."""
    return with_findings(filled, campaign)


def with_findings(filled: Filling, campaign: Campaign) -> Filling:
    """Spread findings over the tables, one for each check that can be worded."""
    findings: list[Finding] = []
    tables = [sheet for sheet in filled.sheets if sheet.is_table and filled.rows.get(sheet.key)]
    checks = list(campaign.catalogue.checks.values())
    rows: dict[str, list[Cells]] = {key: list(found) for key, found in filled.rows.items()}
    for number, check in enumerate(checks[::2]):
        sheet = tables[number % len(tables)]
        offset, column = number % ROWS, sheet.columns[number % len(sheet.columns)]
        if number % 3 == 0:
            rows[sheet.key][offset] = {**rows[sheet.key][offset], column.key: None}
        findings.append(_finding(check.code, campaign, sheet, column, FIRST_ROW + offset))
    front, table = filled.form.cover_sheet, tables[0]
    day, first = front.by_key[filled.form.cover.filled_on], table.columns[-1]
    findings += [
        _finding("required", campaign, front, day, 0),
        _finding("column-missing", campaign, table, first, FIRST_ROW - 1),
        replace(
            _finding("required", campaign, table, table.columns[1], FIRST_ROW),
            others=("B7", "B8", "B9"),
        ),
    ]
    findings.append(
        Finding(
            "sheet-absent", campaign.catalogue["sheet-absent"].severity, Place(), {"sheet": "某表"}
        )
    )
    return Filling(
        form=filled.form,
        stamp=filled.stamp,
        unit=filled.unit,
        period=filled.period,
        rows=rows,
        previous=filled.previous,
        findings=tuple(findings),
        explanations={
            finding.number: "已核实，数据无误。"
            for finding in findings
            if finding.severity.value == "verify"
        },
    )


def _finding(code: str, campaign: Campaign, sheet: Sheet, column: Column, row: int) -> Finding:
    check = campaign.catalogue[code]
    wanted: Mapping[str, str] = _arguments(check.wrong + check.remedy)
    return Finding(
        code,
        check.severity,
        Place(
            sheet=sheet.key,
            title=sheet.title,
            row=row,
            column=column.key,
            label=column.label,
            cell=cell_in(sheet, column.key, row, campaign.main_form.version),
            key=str(row),
        ),
        wanted,
    )


def _arguments(template: str) -> dict[str, str]:
    names = [name for _, name, _, _ in string.Formatter().parse(template) if name]
    return dict.fromkeys(names, "12")
