"""The workbook to fill: blank, or returned with findings, or the master without a unit.

This module owns the order of the sheets, and the hidden one that says what the workbook is.
Everything that stands in them comes from the declarations and the `Filling`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sheetflow.periods import Period
from sheetflow.prefill import Filling, prefill_blank
from sheetflow.schemas.book import Stamp
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import STAMP_KEYS, STAMP_NAME, STAMP_SHEET
from sheetflow.schemas.sheets import Kind
from sheetflow.units import Unit
from sheetflow.writing.blank.form_sheets import write_card, write_table
from sheetflow.writing.blank.guide import write_guide
from sheetflow.writing.blank.highlights import define_nil
from sheetflow.writing.blank.inputs import define_keys
from sheetflow.writing.blank.issues import write_issues
from sheetflow.writing.blank.sheet_page import FIRST_LIST, Dress, WorkbookContext
from sheetflow.writing.blank.statistics_sheet import write_statistics
from sheetflow.writing.blank.steps import write_steps
from sheetflow.writing.looks import BODY, TEXT_NUMBER
from sheetflow.writing.page import Page
from sheetflow.writing.xlsx_book import Book


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
    context = WorkbookContext(book, filling, dress)
    if context.returned:
        write_issues(context, round_line, receipt)
    front = filling.form.cover_sheet
    write_card(context, front)
    write_steps(context)
    write_guide(context)
    for sheet in context.sheets:
        if sheet.key == front.key:
            continue
        if sheet.kind is Kind.CARD:
            write_card(context, sheet)
        elif sheet.kind is Kind.INDICATORS:
            write_statistics(context, sheet)
        else:
            write_table(context, sheet)
    define_keys(context)
    define_nil(context)
    _write_lists(context, write_stamp(book, filling.stamp))
    return book.close()


def write_master(campaign: Campaign, form: Form, dress: Dress, stamp: dt.datetime) -> bytes:
    """Write the master workbook of `form`: every sheet, no unit, no period."""
    nobody = Unit(unit_id="", name="", level=campaign.levels.lowest.name)
    never = Period(dt.date(stamp.year, 1, 1), dt.date(stamp.year, 12, 31), "", form.cadence)
    filling = prefill_blank(campaign, form, nobody, never)
    return write_workbook(replace(filling, previous={}), dress, stamp)


def write_stamp(book: Book, stamp: Stamp) -> Page:
    """Write what a workbook is into cells of a hidden sheet, and into defined names.

    The sheet is plainly hidden, not more: other office programs drop what is hidden deeper.
    """
    page, look = Page(book, STAMP_SHEET, ()), BODY | TEXT_NUMBER
    for row, key in enumerate(STAMP_KEYS, start=1):
        value = getattr(stamp, key)
        page.text(row, 1, key, look)
        page.text(row, 2, value, look)
        book.file.define_name(STAMP_NAME.format(key=key), f'="{value}"')
    page.worksheet.hide()
    return page


def _write_lists(context: WorkbookContext, page: Page) -> None:
    """Write long lists to the right of the stamp."""
    for column, options in enumerate(context.lists, start=FIRST_LIST):
        for row, option in enumerate(options, start=1):
            page.text(row, column, option, BODY | TEXT_NUMBER)
