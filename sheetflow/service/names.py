"""What each file in the outbox is called and where it lies."""

from __future__ import annotations

from pathlib import Path

from sheetflow.periods import Period
from sheetflow.publishing.names import artefact_name
from sheetflow.schemas.forms import Form
from sheetflow.service.office import Office
from sheetflow.store.records import Submission
from sheetflow.units import Unit

ANSWERS = {"accepted": "回执", "returned": "退回", "held": "挂起", "refused": "拒收"}


def workbook_path(office: Office, form: Form, unit: Unit, period: Period) -> Path:
    """Where the unit's own 填报 workbook lies."""
    folder = office.workspace.outbox_of(unit, period.period_id)
    return folder / _artefact(office, form, "填报", unit.folder, period.period_id)


def answer_path(office: Office, submission: Submission, named: Unit | None = None) -> Path:
    """Where the answer to a submission lies, or lay for the unit as it was `named`."""
    unit = named or office.tree[submission.unit_id]
    name = artefact_name(
        ANSWERS[submission.outcome], unit.folder, submission.period or None, submission.number
    )
    return office.workspace.outbox_of(unit, submission.period) / name


def precheck_path(office: Office, unit: Unit, period: str, number: int) -> Path:
    """Where the answer to a precheck lies."""
    name = artefact_name("预审", unit.folder, period or None, number)
    return office.workspace.outbox_of(unit, period) / name


def consolidated_path(office: Office, unit: Unit, period: Period, form: Form | None = None) -> Path:
    """Where a unit's consolidated workbook lies."""
    folder = office.workspace.outbox_of(unit, period.period_id)
    return folder / _artefact(office, form, "汇总表", unit.name, period.label)


def report_path(office: Office, unit: Unit, period: Period, form: Form | None = None) -> Path:
    """Where a unit's Word report lies."""
    folder = office.workspace.outbox_of(unit, period.period_id)
    return folder / _artefact(office, form, "情况报告", unit.name, period.label, extension="docx")


def check_table_path(office: Office, unit: Unit, period: Period, form: Form | None = None) -> Path:
    """Where the list of every figure in the report lies."""
    folder = office.workspace.outbox_of(unit, period.period_id)
    return folder / _artefact(office, form, "数字核对表", unit.name, period.label)


def board_path(office: Office, unit: Unit, extension: str, form: Form | None = None) -> Path:
    """Where a unit's board lies."""
    folder = office.workspace.outbox_of(unit)
    return folder / _artefact(office, form, "上报情况", unit.name, extension=extension)


def _artefact(
    office: Office,
    form: Form | None,
    kind: str,
    whose: str,
    label: str = "",
    *,
    extension: str = "xlsx",
) -> str:
    """Name a file; those of another form than the main one (None) bear its title besides."""
    titled = form.title if form and form is not office.campaign.main_form else ""
    parts = [part for part in (label, titled) if part]
    return artefact_name(kind, whose, "_".join(parts) or None, extension=extension)
