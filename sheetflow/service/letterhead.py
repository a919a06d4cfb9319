"""What the office says of its own report: who issues it, to whom, under which number."""

from __future__ import annotations

from sheetflow.consolidation.report import Letter
from sheetflow.consolidation.report_data import Letterhead
from sheetflow.context.context import Office
from sheetflow.periods import Period
from sheetflow.schemas.forms import Form
from sheetflow.units import Unit


def letter_of(office: Office, unit: Unit, period: Period, form: Form) -> Letter:
    """Give the letter's parts as the settings have them for `unit`'s report of `form`."""
    report = office.settings.report
    superior = office.tree[unit.parent].name if unit.parent else None
    issuer = report.issuer_of(unit.name)
    other = office.campaign.other_form(form.key)
    number = report.document_number(unit.unit_id, period.period_id, other.key if other else "")
    return Letter(
        issuer=issuer,
        addressee=report.addressee_of(superior),
        letterhead=Letterhead(mark=f"{issuer}文件", number=number) if report.red_head else None,
        copies="，".join(report.copies_to),
        printer=report.printed_by_of(unit.name) if report.imprint else "",
    )
