"""Judge a workbook without submitting it: the same judgement, nothing recorded.

The marked copy of it is the one that the unit would get back.
"""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

from sheetflow.children.judge_task import JudgeRequest, judge_request, read_file
from sheetflow.children.review_task import typed_review
from sheetflow.children.workbook_tasks import ReturnedLook, render_marked
from sheetflow.config.workspace import ATTACHMENTS
from sheetflow.consolidation.review_typed import TypedReview
from sheetflow.context import Context
from sheetflow.durable import replace_file
from sheetflow.errors import UnreadableError, WorkspaceError
from sheetflow.findings import Place
from sheetflow.reading.evidence_type import look_at
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.evidence import TOO_LARGE, EvidenceFile, ending_of
from sheetflow.schemas.parsing import read_code
from sheetflow.service.files import ENDINGS, MOST_LOOKED_AT
from sheetflow.service.unit_history import request_for_unit, resolve_keys
from sheetflow.validators.matching import find_card_values, find_sheets
from sheetflow.validators.recognition import parse_stamp
from sheetflow.workbook import RawWorkbook


@dataclasses.dataclass(frozen=True, slots=True)
class Checked:
    """A workbook that was judged, and what judging it was given; None where it is none."""

    judgement: Judgement
    request: JudgeRequest | None = None
    review: str = ""
    """Of a 审核单, which is no workbook to be judged: whose it is and what is done with it, in a sentence."""


def check_file(context: Context, file: Path, unit_id: str = "") -> Checked:
    """Judge `file` as if `unit_id` had dropped it; without it, the unit that it names.

    Raise WorkspaceError where the file is not there or the unit cannot be told.
    """
    try:
        raw = read_file(str(file))
    except FileNotFoundError:
        raise WorkspaceError(f"找不到文件 {file}。请检查路径。") from None
    except UnreadableError as error:
        finding = GENERAL[error.reason].at(Place(), **error.details)
        return Checked(Judgement(outcome=Outcome.REFUSED, findings=(finding,)))
    if review := typed_review(raw):
        return Checked(Judgement(outcome=Outcome.REFUSED), review=_about(context, review))
    named = unit_id or named_unit(context, raw)
    if named not in context.tree:
        raise WorkspaceError(
            f"名单里没有单位 {named}。请用 --unit 写明单位代码。"
            if named
            else "这个文件没有写明单位。请用 --unit 写明单位代码。"
        )
    unit = context.tree[named]
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    request = request_for_unit(context, unit, str(file), context.clock.now(), digest)
    if context.campaign.takes_files:
        request = _with_files(context, request, raw, file)
    judgement, asked = judge_request(request, raw)
    if asked:
        form = context.form(judgement.form)
        known = resolve_keys(context, form, asked)
        judgement, _ = judge_request(dataclasses.replace(request, known_keys=known), raw)
    return Checked(judgement, request)


def _about(context: Context, review: TypedReview) -> str:
    """Say what a 审核单 is, and where its own unit drops it."""
    unit, form = context.tree.units.get(review.unit_id), context.campaign.by_key.get(review.form)
    whose = unit.name if unit else "别的名单上的单位"
    title = f"《{form.title}》" if form else ""
    told = f"这是{whose}的{title}审核单，不是填报的报表。"
    if unit is None:
        return told
    folder = context.workspace.inbox_of(unit).name
    return (
        f"{told}填好后放进{unit.name}自己的报送文件夹“{folder}”才办理；"
        "想先看哪些行会办理，放进其中的“预审”。"
    )


def _with_files(
    context: Context, request: JudgeRequest, raw: RawWorkbook, file: Path
) -> JudgeRequest:
    """Add the files that lie beside `file`, in 附件 beside it, and those that the unit handed in before.

    Only what a cell names is looked into: a person's folder may hold thousands.
    """
    known = context.store.files.find_files(request.unit.unit_id)
    lying = [
        (path, batch)
        for batch, folder in ((1, file.parent), (2, file.parent / ATTACHMENTS))
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.samefile(file) and not path.name.startswith((".", "~$"))
        if folder != file.parent or ending_of(path.name) in (*ENDINGS, ".xlsx")
    ]
    found = {
        number: EvidenceFile(
            name=path.name,
            sha256=f"{number:064x}",
            size=path.stat().st_size,
            arrival_id=number,
            batch=batch,
            kind=ending_of(path.name),
        )
        for number, (path, batch) in enumerate(lying, start=1)
    }
    files = (*(dataclasses.replace(each, batch=0, arrival_id=0) for each in known), *found.values())
    request = dataclasses.replace(request, files=files, batch=2)
    judgement, _ = judge_request(request, raw)
    for named in {each.arrival_id for each in judgement.files} & found.keys():
        path, _ = lying[named - 1]
        found[named] = _looked_at(path, found[named])
    return dataclasses.replace(request, files=(*files[: len(known)], *found.values()))


def _looked_at(path: Path, file: EvidenceFile) -> EvidenceFile:
    if file.size > MOST_LOOKED_AT:
        return dataclasses.replace(file, fault=TOO_LARGE)
    data = path.read_bytes()
    kind, fault, remark = look_at(data, file.name)
    sha256 = hashlib.sha256(data).hexdigest()
    return dataclasses.replace(file, sha256=sha256, kind=kind, fault=fault, remark=remark)


def write_annotated(context: Context, checked: Checked, target: Path) -> bool:
    """Write the marked copy to `target`, replacing what is there; give whether there is one.

    There is none of a workbook in which form and period are not known. Raise
    WorkspaceError where `target` is the workbook itself, is called otherwise than .xlsx,
    or cannot be written.
    """
    request, judgement = checked.request, checked.judgement
    if target.suffix.casefold() != ".xlsx":
        raise WorkspaceError(f"批注件的名称应以 .xlsx 结尾，不是 {target.name}。")
    if request is None or judgement.book is None:
        return False
    if target.exists() and target.samefile(request.path):
        raise WorkspaceError("批注件不能写在原文件上。请换一个名称。")
    token = context.token_for(judgement.form, request.unit.unit_id, judgement.period)
    book, form = judgement.book, context.form(judgement.form)
    dress = context.dress_for(request.unit, form, book.period)
    look = ReturnedLook(dress, request.now, token=token)
    replace_file(target, render_marked(request, judgement, look))
    return True


def named_unit(context: Context, raw: RawWorkbook) -> str:
    """Give the code of the unit that a workbook names: by its stamp, else on its cover."""
    if stamped := parse_stamp(raw).unit:
        return stamped
    for form in context.campaign.forms:
        values = find_card_values(form.cover_sheet, find_sheets(raw, form))
        if code := read_code(values.get(form.cover.unit_id)):
            return code
    return ""
