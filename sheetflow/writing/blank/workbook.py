"""The workbook to fill: blank, or returned with findings, or the master without a unit.

This module owns the order of the sheets. Everything that stands in them comes from the
declarations and the `Filling`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sheetflow.periods import Period
from sheetflow.prefill import Filling, prefill_blank
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.forms import Form
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import Unit
from sheetflow.writing.answers.issues import write_issues
from sheetflow.writing.blank.cards import write_card
from sheetflow.writing.blank.context import Dress, Work
from sheetflow.writing.blank.guide import write_guide
from sheetflow.writing.blank.highlights import define_nil
from sheetflow.writing.blank.inputs import define_keys
from sheetflow.writing.blank.statistics import write_statistics
from sheetflow.writing.blank.tables import write_table
from sheetflow.writing.stamps import place_lists, write_stamp
from sheetflow.writing.styles import Book


def write_workbook(
    filling: Filling,
    dress: Dress,
    stamp: dt.datetime,
    round_line: str = "",
    receipt: str = "",
) -> bytes:
    """Write the blank workbook of `filling`, or its returned copy where it has findings.

    `stamp` is the only time inside: the same arguments give the same bytes. `round_line`
    says in a returned copy what became of the last round's findings, `receipt` which
    submission it answers. Raise WritingError for text that no cell can hold.
    """
    book = Book(f"{dress.campaign} {filling.form.title}", stamp)
    work = Work(book, filling, dress)
    place_lists(work)
    if work.returned:
        write_issues(work, round_line, receipt)
    write_guide(work)
    for sheet in work.sheets:
        _write_sheet(work, sheet)
    define_keys(work)
    define_nil(work)
    write_stamp(work)
    return book.close()


def _write_sheet(work: Work, sheet: Sheet) -> None:
    target = work.book.sheet(sheet.title)
    if sheet.kind is Kind.CARD:
        write_card(work, target, sheet)
    elif sheet.kind is Kind.INDICATORS:
        write_statistics(work, target, sheet)
    else:
        write_table(work, target, sheet)


def write_master(campaign: Campaign, form: Form, dress: Dress, stamp: dt.datetime) -> bytes:
    """Write the master workbook of `form`: every sheet, no unit, no period."""
    nobody = Unit(unit_id="", name="", level=campaign.levels.lowest.name)
    never = Period(dt.date(stamp.year, 1, 1), dt.date(stamp.year, 12, 31), "", form.cadence)
    filling = prefill_blank(campaign, form, nobody, never)
    return write_workbook(replace(filling, previous={}), dress, stamp)
