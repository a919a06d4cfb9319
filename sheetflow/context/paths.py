"""What each file in the outbox is called and where it lies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sheetflow.consolidation.signed_reports import Signed
from sheetflow.context import Context
from sheetflow.findings import QUESTION
from sheetflow.periods import Period
from sheetflow.publishing.places import artefact_name
from sheetflow.schemas.book import receipt_of
from sheetflow.schemas.forms import Form
from sheetflow.store.records import PublicationKind, Submission
from sheetflow.store.signed import SignedReport
from sheetflow.units import Unit

SAMPLE_NAME = "填报样例"
ANSWERS = {"accepted": "回执", "returned": "退回", "held": "待确认", "refused": "拒收"}
_HELD_BEFORE = "挂起"
"""What 待确认 was called in the names of files up to version 1.0."""

_FILED = {"filed": "归档", "held": "待确认", "refused": "未归档"}

_JUDGED = {
    "drafts": ("评审用稿", "zip"),
    "check": ("评审用稿核对", "docx"),
    "list-proposed": ("推荐名单（建议）", "xlsx"),
    "list-paper-proposed": ("推荐名单（建议）", "docx"),
    "list": ("推荐名单", "xlsx"),
    "list-paper": ("推荐名单", "docx"),
    "volume": ("论文集", "docx"),
    "originals": ("论文集原件", "zip"),
}
"""What comes of judging: how each file is called, and its ending."""


def workbook_path(context: Context, form: Form, unit: Unit, period: Period) -> Path:
    """Where the unit's own 填报 workbook lies."""
    name = artefact_name("填报", unit.folder, _label(context, form, period.period_id))
    return context.workspace.outbox_of(unit, period.period_id) / name


def sample_path(context: Context, form: Form, unit: Unit) -> Path:
    """Where the form's 填报样例 lies: above the periods, since one serves for all."""
    return context.workspace.outbox_of(unit, "") / artefact_name(SAMPLE_NAME, form.title)


def answer_path(context: Context, submission: Submission, named: Unit | None = None) -> Path:
    """Where the answer to a submission lies, or lay for the unit as it was `named`.

    It names the form where the receipt does: those of older versions did not.
    """
    unit, number = named or context.tree[submission.unit_id], submission.number
    unnamed = submission.receipt == receipt_of(submission.unit_id, submission.period, number)
    label = _label(context, None if unnamed else context.form(submission.form), submission.period)
    folder = context.workspace.outbox_of(unit, submission.period)
    name = artefact_name(ANSWERS[submission.outcome], unit.folder, label, number)
    if submission.outcome != "held":
        return folder / name
    earlier = folder / artefact_name(_HELD_BEFORE, unit.folder, label, number)
    # What was published under an earlier version's name keeps it: mails and links name it so.
    known = context.store.publications.find_known([context.relative(earlier)])
    return earlier if known else folder / name


def question_path(context: Context, submission: Submission, named: Unit | None = None) -> Path:
    """Where the copy lies in which a unit answers what its superior asks about a submission that was accepted."""
    path = answer_path(context, replace(submission, outcome="accepted"), named)
    return path.with_name(path.name.replace(ANSWERS["accepted"], QUESTION, 1))


def precheck_path(context: Context, unit: Unit, form: str, period: str, number: int) -> Path:
    """Where the answer to a precheck lies; `form` and `period` are empty where they are unknown."""
    name = artefact_name("预审", unit.folder, _label(context, context.form(form), period), number)
    return context.workspace.outbox_of(unit, period) / name


def result_path(
    context: Context, unit: Unit, form: str, period: str, number: int, *, is_precheck: bool = False
) -> Path:
    """Where the 办理结果 of a 审核单 lies; `form` and `period` are empty where they are unknown."""
    label = _label(context, context.form(form) if form else None, period)
    name = artefact_name("预审办理结果" if is_precheck else "办理结果", unit.folder, label, number)
    return context.workspace.outbox_of(unit, period) / name


def filed_path(context: Context, signed: SignedReport) -> Path:
    """Where the answer to a 定稿 or 正本 lies: filed, held or refused."""
    called = Signed(signed.kind).label + _FILED[signed.outcome]
    label = _label(context, context.form(signed.form), signed.period)
    unit = context.tree[signed.unit_id]
    name = artefact_name(called, unit.folder, label, signed.number)
    return context.workspace.outbox_of(unit, signed.period) / name


def final_check_path(context: Context, signed: SignedReport) -> Path:
    """Where the list of a 定稿's figures lies."""
    unit, form = context.tree[signed.unit_id], context.form(signed.form)
    label = _label(context, form, form.period(signed.period).label)
    return context.workspace.outbox_of(unit, signed.period) / artefact_name(
        "定稿核对", unit.name, label
    )


def progress_path(context: Context, form: Form, unit: Unit, period: Period) -> Path:
    """Where the page lies that tells a unit how it stands in a period.

    By pinyin, as Windows and Chinese desktops list files, its name comes before all others there.
    """
    label = _label(context, form, period.label)
    name = artefact_name(PublicationKind.PROGRESS.label, unit.name, label, extension="html")
    return context.workspace.outbox_of(unit, period.period_id) / name


def rollup_paths(
    context: Context,
    kind: PublicationKind,
    unit: Unit,
    period: Period | None,
    form: Form | None = None,
) -> list[Path]:
    """Where the files of one kind lie that a unit gets as the one above others.

    A report has the list of its figures beside it, and what is for the office itself; a board, as workbook and page, is of no period.
    """
    names = [(kind.label, "xlsx")]
    if kind is PublicationKind.REPORT:
        names = [(kind.label, "docx"), ("数字核对表", "xlsx"), ("内部附件", "docx")]
    elif kind is PublicationKind.JUDGED:
        names = [*_JUDGED.values()]
    elif kind is PublicationKind.BOARD:
        names, period = [(kind.label, "xlsx"), (kind.label, "html")], None
    label = _label(context, form, period.label if period else "")
    folder = context.workspace.outbox_of(unit, period.period_id if period else "")
    return [
        folder / artefact_name(called, unit.name, label, extension=extension)
        for called, extension in names
    ]


def files_path(context: Context, reader: Unit, unit: Unit, period: Period, form: Form) -> Path:
    """Where the files that `unit` handed in beside its workbook lie for a reader above it."""
    label = _label(context, form, period.period_id)
    name = artefact_name(PublicationKind.FILES.label, unit.folder, label, extension="zip")
    return context.workspace.outbox_of(reader, period.period_id) / name


_DETAILS = "明细"


def details_path(context: Context, reader: Unit, part: Unit, period: Period, form: Form) -> Path:
    """Where the rows of one directly below a reader with very many below lie, beside its 汇总表."""
    name = artefact_name(_DETAILS, part.folder, _label(context, form, period.label))
    return context.workspace.outbox_of(reader, period.period_id) / name


def is_details(path: str) -> bool:
    """Whether a publication of the outbox is such a workbook."""
    return Path(path).name.startswith(f"{_DETAILS}_")


def judged_paths(context: Context, unit: Unit, period: Period, form: Form) -> dict[str, Path]:
    """Where all that comes of judging lies, by what it is; the list under either of its names."""
    paths = rollup_paths(context, PublicationKind.JUDGED, unit, period, form)
    return dict(zip(_JUDGED, paths, strict=True))


def _label(context: Context, form: Form | None, period: str) -> str | None:
    """Say of which period a file is, and of which form where it is not the main one (None)."""
    other = context.campaign.other_form(form.key) if form else None
    return "_".join(part for part in (period, other.title if other else "") if part) or None
