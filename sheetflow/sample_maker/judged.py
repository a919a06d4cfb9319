"""Made-up rows held against the declared rules of their form: which of them a rule finds fault with.

They are laid out as our workbooks are, and judged as every workbook is. This module refuses to change
a row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sheetflow.findings import Finding
from sheetflow.periods import OFFICE_ZONE
from sheetflow.pipeline import judge
from sheetflow.prefill import stamp_of
from sheetflow.schemas.book import Earlier, JudgingContext
from sheetflow.schemas.campaign import Campaign, Samples, Scene
from sheetflow.schemas.column_reading import reading_in
from sheetflow.schemas.filings import FILING_LABEL, filings_by_rows
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import measure_all
from sheetflow.schemas.layout import FIRST_ROW, HEADER_ROW, STAMP_KEYS, STAMP_SHEET, columns_in
from sheetflow.schemas.parsing import Value, read_list
from sheetflow.schemas.rule_needs import needs_of
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.schemas.sheets import Kind
from sheetflow.workbook import CellValue, RawSheet, RawWorkbook, parse_cell_name

Spot = tuple[str, int, str]
"""A sheet's key, which of its rows, from 0, and the column that is meant, empty for the whole row."""

_HANDED_IN = dt.timedelta(days=2, hours=9)
"""So long after a period's last midnight they are judged: in time at every level."""


def spots_at_fault(
    campaign: Campaign, form: Form, scene: Scene, samples: Samples, *, wide: bool
) -> frozenset[Spot]:
    """Give the cells with which the form's own rules find fault.

    With `wide` also the rows that those point to, and, of a rule that speaks of no row, all that it
    looks at.
    """
    rules = {rule.code: rule for rule in form.rules}
    moment = dt.datetime.combine(scene.period.last_day, dt.time(), OFFICE_ZONE) + _HANDED_IN
    context = JudgingContext(
        unit=scene.unit,
        tree=scene.tree,
        now=moment,
        working_days={spec.name: spec.working_days for spec in campaign.levels},
        earlier=lambda _form, _period: _earlier(form, scene),
    )
    judgement = judge(laid_out(campaign, form, scene, samples), campaign, context)
    spots: set[Spot] = set()
    for finding in judgement.findings:
        if finding.rule in rules:
            told = set(_rows_of(finding, form))
            spots |= told
            if wide:
                beside = _pointed_at(told, form, samples)
                spots |= set(beside if told else _looked_at(rules[finding.rule], form, samples))
    return frozenset(spots)


def laid_out(campaign: Campaign, form: Form, scene: Scene, samples: Samples) -> RawWorkbook:
    """Lay made-up rows out as our workbooks do, one below the other."""
    stamp = stamp_of(campaign, form, scene.unit, scene.period)
    filings = filings_by_rows(form, scene.unit.level, samples)
    sheets = [RawSheet(STAMP_SHEET, [(key, getattr(stamp, key)) for key in STAMP_KEYS])]
    for sheet in form.sheets_for(scene.unit.level):
        if sheet.kind is Kind.INDICATORS:
            continue
        columns = columns_in(sheet, form.version)
        listed = samples.get(sheet.key, ())
        rows: list[tuple[CellValue, ...]] = [()] * (HEADER_ROW - 1)
        if said := filings.get(sheet.key):
            rows[0] = (sheet.title, FILING_LABEL, said)
        if sheet.is_table:
            rows.append(tuple(column.label for column in columns))
            rows += [tuple(row.get(column.key) for column in columns) for row in listed]
        else:
            card = listed[0] if listed else {}
            rows.append(())
            rows += [(column.label, card.get(column.key)) for column in columns]
        sheets.append(RawSheet(sheet.title, rows))
    return RawWorkbook(tuple(sheets))


def _earlier(form: Form, scene: Scene) -> Earlier | None:
    """Give what the last period left, as judging is given it."""
    last = scene.period.previous
    if last is None or not scene.before:
        return None
    rows = {key: _read(form, key, listed) for key, listed in scene.before.items()}
    totals = measure_all(form.indicators, lambda key: rows.get(key, ()), form.by_key)
    return Earlier(last, "", rows, totals)


def _read(form: Form, key: str, listed: Sequence[Mapping[str, object]]) -> list[dict[str, Value]]:
    columns = form.by_key[key].by_key
    return [
        {name: reading_in(columns[name])(cell) for name, cell in row.items()}  # type: ignore[arg-type]
        for row in listed
    ]


def _rows_of(finding: Finding, form: Form) -> Iterator[Spot]:
    place = finding.place
    sheet = form.by_key.get(place.sheet)
    if sheet is None or sheet.kind is Kind.INDICATORS:
        return
    if not sheet.is_table:
        yield sheet.key, 0, place.column
        return
    for cell in filter(None, (place.cell, *finding.others)):
        row = parse_cell_name(cell)[0]
        if row >= FIRST_ROW:
            yield sheet.key, row - FIRST_ROW, place.column


def _pointed_at(spots: Iterable[Spot], form: Form, samples: Samples) -> Iterator[Spot]:
    """Give the rows that cells of these rows point to."""
    for key, line, _ in spots:
        listed = samples.get(key, ())
        for column in form.by_key[key].columns if line < len(listed) else ():
            target = form.by_key.get(column.refers_to)
            naming = target.key_column if target else None
            if target and naming:
                wanted = read_list(str(listed[line].get(column.key, "")))
                for other, row in enumerate(samples.get(target.key, ())):
                    if str(row.get(naming.key)) in wanted:
                        yield target.key, other, ""


def _looked_at(rule: DeclaredRule, form: Form, samples: Samples) -> Iterator[Spot]:
    for key, column in needs_of(rule, form):
        named = key or form.indicator[column].source.draws_on
        if named in form.by_key and form.by_key[named].is_table:
            yield from ((named, line, "") for line in range(len(samples.get(named, ()))))
