"""What a published consolidated workbook stood on, and which of its figures are others by now.

This module owns the way from what the store keeps of a publication to its corrections: a
unit's (another workbook) and ours (the same workbook, measured by another declaration).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sheetflow.consolidation.accepted import Accepted, Books
from sheetflow.consolidation.corrections import Correction, find_corrections
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.documents import load_figures
from sheetflow.service.measures import former_codes, made_otherwise
from sheetflow.service.office import Office
from sheetflow.store.measurements import Measurement
from sheetflow.store.records import PublishedSource
from sheetflow.units import Unit


def sources_of(books: Books, unit: Unit) -> list[PublishedSource]:
    """Give what `unit`'s workbook stands on, as the store keeps it."""
    return [
        PublishedSource(
            member.unit_id,
            period.period_id,
            accepted.receipt,
            accepted.judgement,
            accepted.measurement,
        )
        for member in books.members(unit)
        for period in books.period.year_so_far
        if (accepted := books.accepted.get((member.unit_id, period.period_id)))
    ]


def corrected_since(office: Office, books: Books, unit: Unit) -> tuple[Correction, ...]:
    """Give what of `unit`'s workbook has changed since it was last published."""
    store = office.store.measurements
    sources = office.store.publications.find_standing(
        unit.unit_id, books.form.key, books.period.period_id
    )
    newest = store.find_newest(source.judgement_id for source in sources)
    first = store.find_first(source.judgement_id for source in sources if not source.measurement_id)
    then = {
        source: source.measurement_id or first[source.judgement_id].measurement_id
        for source in sources
    }
    counted = {found.measurement_id: found for found in newest.values()}
    measured = counted | store.find_these(one for one in then.values() if one not in counted)
    published = {
        (source.unit_id, source.period): _published(office, source, measured[number], books)
        for source, number in then.items()
    }
    again = {
        entry.judgement: _measured_again(entry, newest[entry.judgement])
        for entry in published.values()
        if entry.measurement != newest[entry.judgement].measurement_id
    }
    return find_corrections(published, books, unit, again)


def _published(
    office: Office, source: PublishedSource, measured: Measurement, books: Books
) -> Accepted:
    """Give what counted then; what still does is taken from `books`, which are at hand."""
    now = books.accepted.get((source.unit_id, source.period))
    if now and now.measurement == measured.measurement_id:
        return now
    never = dt.datetime.combine(books.period.first_day, dt.time(), OFFICE_ZONE)
    figures = load_figures(measured.figures)
    return Accepted(
        unit_id=source.unit_id,
        period=source.period,
        receipt=source.receipt,
        figures=figures,
        former=former_codes(office, books.form, measured.digest, figures),
        file_name="",
        sha256="",
        accepted_at=never,
        judgement=source.judgement_id,
        measurement=measured.measurement_id,
        made=made_otherwise(office, books.form, measured.digest),
    )


def _measured_again(entry: Accepted, newest: Measurement) -> Accepted:
    return replace(
        entry,
        figures=load_figures(newest.figures),
        measurement=newest.measurement_id,
        measured_at=newest.measured_at,
    )
