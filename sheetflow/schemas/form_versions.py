"""A form as some of its versions have it: their sheets, columns, options, indicators and rules.

What points to anything that these versions lack is left out, or asks nothing; the whole declaration
stays at hand (`Form.declared`). This module refuses to know which version is in force when.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sheetflow.schemas.sheets import Sheet

if TYPE_CHECKING:
    from sheetflow.schemas.forms import ChartSpec, Cover, Form


def spanning_form(form: Form, versions: frozenset[int]) -> Form:
    """Give what a form has in any of `versions`, and nothing that points to anything else."""
    standing = [sheet for sheet in form.sheets if any(map(sheet.in_version, versions))]
    by_key = {sheet.key: sheet.spanning(versions) for sheet in standing}
    sheets = tuple(_without_lost_lookups(sheet, by_key) for sheet in by_key.values())
    indicators = tuple(one for one in form.indicators if any(map(one.in_version, versions)))
    rules = tuple(rule for rule in form.rules if any(map(rule.in_version, versions)))
    lasting = (*sheets, *form.indicators, *form.rules)
    if sheets == form.sheets and all(entry.is_lasting for entry in lasting):
        return form
    person, totals = form.same_person, form.own_totals
    return replace(
        form,
        version=max(versions),
        sheets=sheets,
        cover=_cover_in(form.cover, by_key),
        indicators=indicators,
        charts=_charts_of(form.charts, {one.code for one in indicators}),
        rules=rules,
        same_person=person if person and _has(by_key, person.sheet, person.columns) else None,
        own_totals=totals if totals and _has(by_key, totals.sheet, totals.columns) else None,
        declared=form,
        versions=versions,
    )


def _charts_of(charts: tuple[ChartSpec, ...], codes: Collection[str]) -> tuple[ChartSpec, ...]:
    """Give the charts with the indicators that are there; one of which none is there is no chart."""
    drawn = ((chart, tuple(code for code in chart.codes if code in codes)) for chart in charts)
    return tuple(replace(chart, codes=kept) for chart, kept in drawn if kept)


def _has(sheets: Mapping[str, Sheet], sheet: str, columns: Iterable[str]) -> bool:
    return sheet in sheets and sheets[sheet].by_key.keys() >= set(columns)


def _without_lost_lookups(sheet: Sheet, sheets: Mapping[str, Sheet]) -> Sheet:
    there = tuple(
        lookup
        for lookup in sheet.lookups
        if lookup.by in sheet.by_key and _has(sheets, lookup.of, (lookup.column,))
    )
    return sheet if there == sheet.lookups else replace(sheet, lookups=there)


def _cover_in(cover: Cover, sheets: Mapping[str, Sheet]) -> Cover:
    """Give the cover without the roles that none of its columns plays."""
    known = sheets[cover.sheet].by_key
    correction, nil, taking = cover.correction, cover.nil, cover.taking_over
    mending = cover.mending
    return replace(
        cover,
        preparer=cover.preparer if cover.preparer in known else "",
        phone=cover.phone if cover.phone in known else "",
        reason=cover.reason if cover.reason in known else "",
        correction=correction if correction and known.keys() >= {correction.column} else None,
        mending=mending if mending and known.keys() >= {mending.column} else None,
        taking_over=taking if taking and known.keys() >= {taking.column} else None,
        nil=nil if nil and known.keys() >= set(nil.columns()) else None,
        exempt_when_nil=cover.exempt_when_nil & sheets.keys(),
    )
