"""What the office says of its own report: who issues it, to whom, under which number."""

from __future__ import annotations

from sheetflow.consolidation.report import Letter
from sheetflow.consolidation.report_data import Letterhead
from sheetflow.periods import Period
from sheetflow.service.office import Office
from sheetflow.units import Unit


def letter_of(office: Office, unit: Unit, period: Period) -> Letter:
    """Give the letter's parts as the settings have them for `unit`."""
    report = office.settings.report
    superior = office.tree[unit.parent].name if unit.parent else None
    issuer = report.issuer_of(unit.name)
    number = report.document_number(unit.unit_id, period.period_id)
    return Letter(
        issuer=issuer,
        addressee=report.addressee_of(superior),
        letterhead=Letterhead(mark=f"{issuer}文件", number=number) if report.red_head else None,
        copies="，".join(report.copies_to),
        printer=report.printed_by_of(unit.name) if report.imprint else "",
    )
