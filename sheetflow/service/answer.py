"""The files for a unit itself, made from store and archive alone: its answers, its next workbook.

Whatever stopped us after the commit, the mark is still there and the same file is made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path

from sheetflow.children import OutgrownError, TaskFailedError
from sheetflow.children.sample_task import render_sample
from sheetflow.children.workbook_tasks import (
    BlankRequest,
    ReturnedLook,
    render_blank,
    render_receipt,
    render_returned,
)
from sheetflow.consolidation.figures import unit_figures
from sheetflow.context import LOG, Context
from sheetflow.context.paths import (
    ANSWERS,
    SAMPLE_NAME,
    answer_path,
    precheck_path,
    question_path,
    sample_path,
    workbook_path,
)
from sheetflow.errors import SheetflowError, UnreadableError, describe
from sheetflow.findings import (
    Explanation,
    Finding,
    Identity,
    Severity,
    open_questions,
)
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.documents import load_explanations, load_figures, load_finding
from sheetflow.schemas.forms import Form
from sheetflow.service.attempts import last_round
from sheetflow.service.declarations import declared
from sheetflow.service.files_up import withdraw
from sheetflow.service.gathering import rows_before
from sheetflow.service.notices import notice_of, with_receipt_overtaken
from sheetflow.service.publish import Made, Making, Order, basis_of, is_fresh
from sheetflow.service.review_result import begin_result, result_head
from sheetflow.service.unit_history import merged_figures, merged_since, past_books, request_for
from sheetflow.store.records import Arrival, Publication, PublicationKind, Stale, Submission
from sheetflow.units import Unit
from sheetflow.writing import ReceiptData, ReceiptFigure

_MOST_IN_WORDS = 50
_HAPPENED = {
    "returned": "报送的文件没有接收，请按下面的办法处理后重新报送。",
    "held": "报送文件夹里的这个文件已经收走存档，但需要上级核实后才能处理，列为待确认。",
    "refused": "报送的文件无法接收，没有读取其中的内容。",
}


def begin_answer(context: Context, mark: Stale) -> Making | None:
    """Begin the answer that `mark` asks for; heavy ones are made in a child."""
    if mark.precheck:
        return _precheck(context, mark)
    submission = context.store.submissions.find_submission(mark.receipt)
    if submission is None:
        return None
    path = answer_path(context, submission)
    findings = tuple(map(load_finding, context.store.contents.find_findings(submission)))
    arrival = context.store.arrivals.find_arrival(submission.arrival_id)
    if arrival.turn:
        withdraw(context, _answers_before(context, submission))
    if submission.outcome == "accepted":
        receipt = context.pool.submit(render_receipt, _receipt(context, submission, findings))
        making = _making(mark, path, receipt)
        return _with_questions(context, submission, arrival, findings, mark, making)
    form = [("报表", context.form(submission.form).title)] if submission.form else []
    notice = partial(
        notice_of,
        context,
        arrival,
        heading=f"{ANSWERS[submission.outcome]}通知",
        happened=_HAPPENED[submission.outcome],
        facts=(("回执号", submission.receipt), *form),
    )
    rejected = any(finding.rule == "rejected" for finding in findings)
    if submission.outcome == "returned" and submission.period and not rejected:
        said = load_explanations(context.store.contents.find_explanations(submission))
        form_and_period = (submission.form, submission.period)
        work = _returned(context, arrival, form_and_period, findings, said, submission.receipt)
        making = _making(mark, path, work, partial(notice, findings[:_MOST_IN_WORDS]))
    else:
        making = _making(mark, path, notice(findings))
    return with_receipt_overtaken(context, submission, arrival, findings, mark, making)


def _answers_before(context: Context, submission: Submission) -> list[Publication]:
    """Give the answers that no longer hold since the submission was judged anew; its receipt only says so."""
    others = ANSWERS.keys() - {"accepted", submission.outcome}
    paths = {answer_path(context, replace(submission, outcome=each)) for each in others}
    known = [context.store.publications.find_publication(context.relative(each)) for each in paths]
    return [each for each in known if each]


def _with_questions(
    context: Context,
    submission: Submission,
    arrival: Arrival,
    findings: tuple[Finding, ...],
    mark: Stale,
    making: Making,
) -> Making:
    """Add the copy in which the unit answers what its superior asks; what is no longer asked is withdrawn.

    The receipt goes out whatever becomes of the copy: of an original that was purged there is none.
    """
    if not (arrival.turn or any(finding.is_question for finding in findings)):
        return making
    path = question_path(context, submission)
    said = load_explanations(context.store.contents.find_explanations(submission))
    if not open_questions(findings, said):
        known = context.store.publications.find_publication(context.relative(path))
        withdraw(context, [known] if known else [])
        return making
    which = (submission.form, submission.period)
    copy = _returned(context, arrival, which, findings, said, submission.receipt)

    def finish() -> Made:
        made = making.finish()
        try:
            content = copy.result()
        except SheetflowError as error:
            LOG.error("%s: no copy for its questions: %s", submission.receipt, describe(error))
            return made
        return Made((*made.orders, Order(path, content, mark, basis_of(content))))

    return Making(making.work, finish)


def _making(
    mark: Stale,
    path: Path,
    content: bytes | Future[bytes],
    otherwise: Callable[[], bytes] | None = None,
) -> Making:
    """Say what is being made for `mark`.

    `otherwise` makes a plainer answer where the child cannot make the wanted one: a text that
    no cell holds stands in the workbook, or it is too much for the limits. Nobody waits for
    ever for an answer that cannot be written.
    """

    def finish() -> Made:
        try:
            made = content if isinstance(content, bytes) else content.result()
        except (UnreadableError, OutgrownError, TaskFailedError) as error:
            if otherwise is None:
                raise
            LOG.error("%s: a plain notice in its place: %s", mark.receipt or mark.precheck, error)
            made = otherwise()
        return Made((Order(path, made, mark, basis_of(made)),))

    return Making(None if isinstance(content, bytes) else content, finish)


def _returned(
    context: Context,
    arrival: Arrival,
    form_and_period: tuple[str, str],
    findings: tuple[Finding, ...],
    said: dict[Identity, Explanation],
    receipt: str = "",
) -> Future[bytes]:
    form, period = form_and_period
    request = request_for(context, arrival)
    compared = last_round(context, arrival, form_and_period, (findings, said))
    unit, declared_form = context.tree[arrival.unit_id], context.form(form)
    look = ReturnedLook(
        context.dress_for(unit, declared_form, declared_form.period(period)),
        arrival.arrived_at,
        compared.words if compared else "",
        receipt,
        context.token_for(form, arrival.unit_id, period),
    )
    return context.pool.submit(render_returned, request, findings, said, look)


def _precheck(context: Context, mark: Stale) -> Making:
    arrival_id = mark.precheck
    arrival = context.store.arrivals.find_arrival(arrival_id)
    unit = context.tree[arrival.unit_id]
    kept = context.store.arrivals.find_answer_document(arrival_id)
    if result_head(kept):
        return begin_result(context, mark, kept)
    head, *documents = kept
    findings = tuple(map(load_finding, documents))
    path = precheck_path(context, unit, str(head["form"]), str(head["period"]), arrival_id)
    told = findings[:_MOST_IN_WORDS]
    heard = context.campaign.catalogue.wrong(told[0]) if told else ""
    happened = f"{heard}。这次预审没有报送。"
    notice = partial(notice_of, context, arrival, told, heading="预审结果", happened=happened)
    if head["period"] and head["outcome"] in {"accepted", "returned"}:
        form_and_period = (str(head["form"]), str(head["period"]))
        return _making(
            mark, path, _returned(context, arrival, form_and_period, findings, {}), notice
        )
    return _making(mark, path, notice())


def _receipt(
    context: Context, submission: Submission, findings: tuple[Finding, ...]
) -> ReceiptData:
    form = context.form(submission.form)
    period = form.period(submission.period)
    store = context.store
    history = store.submissions.find_history(submission.unit_id, form.key)
    # A receipt made again says what it said, whatever is measured by another declaration since.
    counted = [*history, submission]
    then = store.measurements.find_then(
        [entry.judgement_id for entry in history], submission.judgement_id
    )
    measured = {entry.period: load_figures(then[entry.judgement_id].figures) for entry in counted}
    merged = merged_figures(context, form, context.tree[submission.unit_id], period)
    values = unit_figures(form, period, measured, merged)
    catalogue = context.campaign.catalogue
    said = load_explanations(store.contents.find_explanations(submission))
    return ReceiptData(
        campaign=context.campaign.title,
        form=form.title,
        unit=context.tree[submission.unit_id],
        period=period,
        number=submission.number,
        receipt=submission.receipt,
        received=submission.arrived_at,
        put_at=submission.put_at,
        file_name=submission.file_name,
        sha256=submission.sha256,
        late=submission.late,
        nil=submission.nil,
        sheet_rows=[
            (form.by_key[key].title, count)
            for key, count in store.contents.count_rows(submission).items()
            if count and key in form.by_key and form.by_key[key].is_table
        ],
        filings=[
            (form.by_key[key].title, word)
            for key, word in store.contents.find_filings(submission).items()
            if key in form.by_key
        ],
        files=[
            (file.name, file.size, file.sha256)
            for file in store.files.find_named([submission.judgement_id]).get(
                submission.judgement_id, ()
            )
        ],
        figures=[
            ReceiptFigure(indicator=entry, values=values[entry.code])
            for entry in form.spanning({int(submission.form_version or 0)} - {0}).indicators
        ],
        notes=[
            catalogue.sentence(finding)
            for finding in findings
            if finding.severity is not Severity.MUST and finding.identity not in said
        ],
        explanations=[
            f"{finding.place.words}：{catalogue.wrong(finding)}。说明：{said[finding.identity].text}"
            for finding in findings
            if finding.identity in said
        ],
    )


def begin_workbook(context: Context, mark: Stale) -> Making | None:
    """Begin the workbook that `mark` names; None where what it stands on has not changed."""
    unit, period = context.tree[mark.unit_id], context.period(mark.form, mark.period)
    form = context.form(mark.form)
    request, basis = _request(context, form, unit, period)
    path = workbook_path(context, form, unit, period)
    sample = _sample(context, form, unit, period)
    work = None
    if not is_fresh(context, path, basis):
        work = context.pool.submit(render_blank, request, context.dress_for(unit, form, period))
    if not (work or sample):
        return None

    def finish() -> Made:
        own = [Order(path, work.result(), mark, basis)] if work else []
        return Made((*own, *(sample(mark) if sample else ())))

    return Making(work, finish)


def _sample(
    context: Context, form: Form, unit: Unit, period: Period
) -> Callable[[Stale], Sequence[Order]] | None:
    """Give what orders the form's 填报样例 for the unit, None where it lies there already.

    The same one serves for all units and all periods of the year that have the same version. Without
    one a workbook is still handed out: that it cannot be made is noted in the log.
    """
    in_force = partial(context.campaign.in_force, form)
    year = form.periods_of(period.first_day.year)
    first = next((one for one in year if in_force(one) is in_force(period)), period)
    shown = declared(context, form, PublicationKind.WORKBOOK)
    basis = basis_of(shown, SAMPLE_NAME, first, context.dress.printed)
    path = sample_path(context, form, unit)
    if is_fresh(context, path, basis):
        return None
    dress = replace(context.dress, sample=True)
    work = context.samples.get((form.key, basis))
    if work is None:
        campaign = context.settings.campaign
        work = context.pool.submit(render_sample, campaign, form.key, first, dress)
        context.samples[form.key, basis] = work

    def order(mark: Stale) -> Sequence[Order]:
        try:
            return (Order(path, work.result(), mark, basis),)
        except SheetflowError as error:
            LOG.error("the sample of form %s could not be made: %s", form.key, describe(error))
            return ()

    return order


def _request(context: Context, form: Form, unit: Unit, period: Period) -> tuple[BlankRequest, str]:
    """Say what a child must know to make the workbook, and what it stands on."""
    before = {entry.period_id for entry in period.year_so_far} - {period.period_id}
    past = tuple(book for book in past_books(context, form, unit) if book.period in before)
    start = dt.datetime.combine(period.first_day, dt.time(), OFFICE_ZONE)
    times = [
        submission.judged_at
        for member in (unit, *(ended for ended, _ in merged_since(context, form, unit)))
        for submission in context.store.submissions.find_history(member.unit_id, form.key)
        if submission.period in before
    ]
    request = BlankRequest(
        campaign=context.settings.campaign,
        form=form.key,
        unit=unit,
        period=period,
        past=past,
        stamp=max([start, *times]),
        alone=not context.tree.children(unit.unit_id),
        token=context.token_for(form.key, unit.unit_id, period.period_id),
        going_on=rows_before(context, form, unit, period) if form.goes_on(unit.level) else {},
    )
    going_on = [request.going_on] if request.going_on else []
    # Said only where the level does not say it: who adds up others is above the lowest level.
    odd = ["alone"] if request.alone and unit.level != context.campaign.levels.lowest.name else []
    dress = context.dress_for(unit, form, period)
    shown = (dress.printed, dress.asked, *odd, *going_on)
    basis = basis_of(declared(context, form, PublicationKind.WORKBOOK), request, *shown)
    return request, basis
