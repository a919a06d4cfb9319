"""Trying the templates that somebody edited.

This module owns the sample that a Word template is tried on: a report of the top unit in
which nothing stands yet. It refuses to try what is the default.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sheetflow.children.tasks.roll_up import ReportOrder, render_word_report
from sheetflow.config.defaults import picture_font
from sheetflow.context.context import LOG, Office
from sheetflow.errors import SheetflowError
from sheetflow.schemas.forms import Form
from sheetflow.service.books import books_of
from sheetflow.service.letterhead import letter_of
from sheetflow.service.roll_up_workbook import books_request


def template_troubles(office: Office) -> tuple[str, ...]:
    """Give a sentence for each template that cannot be used now; the default one serves."""
    return office.templates.faults(report_trials(office))


def report_trials(office: Office) -> dict[str, Callable[[bytes], str]]:
    """Give what tries the Word template of each form, by the form's title, empty for the main one."""
    others = (form for form in office.campaign.forms[1:] if form.report)
    tried = {"": office.campaign.main_form} | {form.title: form for form in others}
    return {title: partial(try_report, office, form) for title, form in tried.items()}


def try_report(office: Office, form: Form, content: bytes) -> str:
    """Fill a form's Word template in a child; give what is wrong with it, else nothing."""
    if form.report is None:
        return ""
    period = form.period_of(office.clock.now().date())
    unit = office.tree.roots[0]
    books = books_of(office, form, period, unit)
    sheets = (form.report.narrative, form.report.story_sheet)
    order = ReportOrder(
        policy=office.policy(unit.level),
        template=content,
        instead=b"",
        letter=letter_of(office, unit, period, form),
        fonts=office.settings.report.fonts.replaced,
        picture_font=picture_font(),
    )
    try:
        reply = office.pool.call(
            render_word_report, books_request(office, books, unit, sheets), order
        )
    except SheetflowError as error:
        LOG.warning("the report's template could not be tried: %s", error)
        return "情况报告模板填不出来（时间、内存不够，或模板太大）。请对照默认模板改正。"
    return reply.fault
