"""Every received file gets its answer: judged in a child, recorded in one commit with what follows.

This module owns the order: a unit's files one after the other (and its heir's), units side by side. A file is to
blame for a child's death only when that died of its task again and again: our own death, a
stopped child or a machine without memory blame no file. It refuses to write any file.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace

from sheetflow.children import ChildLostError, TaskFailedError
from sheetflow.children.judge_task import JudgeReply, JudgeRequest, judge_file
from sheetflow.consolidation.signed_reports import signed_kind
from sheetflow.context import LOG, Context
from sheetflow.errors import UnreadableError
from sheetflow.findings import REJECTED_RULE, Identity, Place, Severity, count_places
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.documents import dump_explanations, dump_figures, dump_finding
from sheetflow.schemas.review import Verdict
from sheetflow.service.approvals import keep_approvals
from sheetflow.service.attempts import last_decision, was_in_time
from sheetflow.service.consequences import entail, entail_duplicate, entail_precheck, look_before
from sheetflow.service.consolidated import wish_pieces
from sheetflow.service.declarations import measured_by
from sheetflow.service.files import (
    Coming,
    has_to_hear,
    is_beside,
    is_missed,
    keep_files,
    kept_at_once,
    may_be_one,
    undoes,
)
from sheetflow.service.gists import gist_by
from sheetflow.service.merged_units import last_heir
from sheetflow.service.passing import was_excused
from sheetflow.service.returned_mails import record_told
from sheetflow.service.reviewed import answer_reviews
from sheetflow.service.turns import MOST_DEATHS, first_of_each, putting_off
from sheetflow.service.unit_history import request_for, resolve_keys
from sheetflow.store.records import Arrival, Judged, KeptGist, Submission

_OUR_LIMITS = frozenset({"file-timeout", "file-outgrew-memory", "file-killed-reader"})
"""Refusals that another time, another setting or another machine may do without."""
_IN_HAND = 3
"""Files in hand for each child: the next ones wait beside it while we wait for the disk."""
_MOST_LOGGED = 100  # a workbook with thousands of findings may not push all others out of the log


def judge_arrivals(
    context: Context, came: Callable[[int], object] = bool
) -> Generator[list[Submission]]:
    """Judge everything that has arrived; give the submissions answered, some at a time.

    The children go on while the caller is busy. Files beside workbooks come first: cells name them. 审核单 (`came` hears
    how many) come last: what they decide is about what stands by then, and has some of it judged again.
    """
    keep_approvals(context)
    keep_files(context)
    found = context.store.arrivals.find_unjudged(context.clock.now())
    due = [
        arrival
        for arrival in found
        if signed_kind(arrival.name) is None and not is_beside(context, arrival)
    ]
    arrivals = first_of_each(due, lambda arrival: arrival.unit_id, context.turn)
    waiting = deque(
        sorted(
            # One whose unit left the list waits, and `status` shows it.
            (arrival for arrival in arrivals if arrival.unit_id in context.tree),
            key=lambda arrival: (
                -context.tree.rank(context.tree[arrival.unit_id]),
                arrival.arrival_id,
            ),
        )
    )
    total = len(waiting)
    busy: dict[Future[JudgeReply], Arrival] = {}
    coming = Coming(waiting)
    unknown: dict[int, JudgeReply] = {}
    try:
        while busy or (waiting and not context.is_stopping()):
            _start(context, waiting, busy)
            done, _ = wait(busy, return_when=FIRST_COMPLETED)
            answered, again = _conclude(context, busy, done, coming, unknown)
            for arrival in again:
                _put_last(waiting, arrival)
            yield answered
            context.say("审核", total - len(waiting) - len(busy), total)
    finally:
        for future in busy:
            future.cancel()
    came(len(coming.reviews))
    is_more = answer_reviews(context, coming.reviews)
    if coming.aside:
        answered, kept = _settle(context, coming.aside, unknown)
        yield answered
        is_more |= kept  # a workbook missed what is a file after all
    if is_more:
        yield from judge_arrivals(context, came)


def _settle(
    context: Context, aside: Iterable[Arrival], replies: Mapping[int, JudgeReply]
) -> tuple[list[Submission], bool]:
    """Answer what is no workbook of ours: a file where a cell of the unit's newest workbook misses it.

    Give the submissions, and whether any was kept as a file. One whose reader died is tried again by the
    next pass.
    """
    answered: list[Submission] = []
    kept = False
    for arrival in aside:
        with putting_off(context, arrival):
            if is_missed(context, arrival):
                kept |= kept_at_once(context, arrival)
                continue
            reply = _decided(context, arrival, replies[arrival.arrival_id])
            if submission := record_reply(context, arrival, reply):
                log_reply(context, submission, reply)
                answered.append(submission)
    return answered, kept


def _put_last(waiting: deque[Arrival], arrival: Arrival) -> None:
    """Try a file once more when all others have been; what its unit sent later stays behind it."""
    later = [entry for entry in waiting if entry.unit_id == arrival.unit_id]
    for entry in later:
        waiting.remove(entry)
    waiting.extend((arrival, *later))


def _start(
    context: Context, waiting: deque[Arrival], busy: dict[Future[JudgeReply], Arrival]
) -> None:
    """Keep the children busy, with one file at a time of a unit and of those merged into it."""
    chosen: list[Arrival] = []
    held_back: list[Arrival] = []
    units = {last_heir(context, arrival.unit_id) for arrival in busy.values()}
    most = _IN_HAND * context.pool_size - len(busy)
    while waiting and len(chosen) < most and not context.is_stopping():
        arrival = waiting.popleft()
        heir = last_heir(context, arrival.unit_id)
        (held_back if heir in units else chosen).append(arrival)
        units.add(heir)
    waiting.extendleft(reversed(held_back))
    if not chosen:
        return
    ready: list[tuple[Arrival, JudgeRequest]] = []
    with context.store.together():
        for arrival in chosen:
            with putting_off(context, arrival):
                if not _answer_duplicate(context, arrival):
                    ready.append((arrival, _request(context, arrival)))
    for arrival, request in ready:
        busy[context.pool.submit(judge_file, request)] = arrival


def _request(context: Context, arrival: Arrival) -> JudgeRequest:
    return replace(request_for(context, arrival), pieces=wish_pieces(context, arrival))


def _answer_duplicate(context: Context, arrival: Arrival) -> bool:
    """Answer a file that is the unit's latest submission once more: already received."""
    if arrival.turn or arrival.purpose != "submission":
        return False
    repeated = context.store.submissions.find_repeated(arrival)
    if repeated is None or _may_end_otherwise(context, arrival, repeated):
        return False
    store, now = context.store, context.clock.now()
    with store.together():
        if store.arrivals.record_answer(arrival, "duplicate", now, receipt=repeated.receipt):
            entailed = entail_duplicate(context, arrival, repeated)
            store.outcomes.record_follow_up(entailed, now)
    LOG.info("unit %s: the same bytes again, receipt %s", arrival.unit_id, repeated.receipt)
    return True


def _may_end_otherwise(context: Context, arrival: Arrival, repeated: Submission) -> bool:
    """Whether the same bytes may be judged otherwise now.

    They were refused for a limit of ours, or returned for a period that has begun only since.
    """
    if repeated.outcome not in {"returned", "refused"}:
        return False
    if not repeated.form and is_missed(context, arrival):
        return True
    rules = {document["rule"] for document in context.store.contents.find_findings(repeated)}
    if repeated.outcome == "refused":
        return not rules.isdisjoint(_OUR_LIMITS)
    if not repeated.period or "period-not-begun" not in rules:
        return False
    return arrival.arrived_at.date() >= context.period(repeated.form, repeated.period).first_day


def _conclude(
    context: Context,
    busy: dict[Future[JudgeReply], Arrival],
    done: Iterable[Future[JudgeReply]],
    coming: Coming,
    unknown: dict[int, JudgeReply],
) -> tuple[list[Submission], list[Arrival]]:
    """Record what came of files that are `done`, in one commit.

    Give the submissions, and the files whose child died of them, to be tried once more. What is no workbook of
    ours, and so may be a file beside one, is put aside (in `coming`) with its reply in `unknown`.
    """
    in_order = sorted(done, key=lambda future: busy[future].arrival_id)
    replies: list[tuple[Arrival, JudgeReply]] = []
    again: list[Arrival] = []
    for future in in_order:
        arrival = busy[future]
        with putting_off(context, arrival):
            reply = _reply(context, arrival, future)
            if reply is None:
                again.append(arrival)
            elif reply.review:
                coming.reviews.append((arrival, reply.review))
            elif has_to_hear(context, arrival, reply.judgement.files, coming):
                coming.rest.append(arrival)  # behind what it has to hear of
            elif may_be_one(context, arrival, reply.judgement):
                coming.aside.append(arrival)
                unknown[arrival.arrival_id] = reply
            else:
                replies.append((arrival, reply))
    recorded: list[tuple[Submission, JudgeReply]] = []
    with context.store.together():
        for arrival, reply in replies:
            with putting_off(context, arrival):
                decided = _decided(context, arrival, reply)
                submission = record_reply(context, arrival, decided)
                recorded += [(submission, decided)] if submission else []
    for future in in_order:
        del busy[future]
    for submission, reply in recorded:
        log_reply(context, submission, reply)
    return [submission for submission, _ in recorded], again


def _reply(context: Context, arrival: Arrival, future: Future[JudgeReply]) -> JudgeReply | None:
    """Turn the child's end, good or bad, into what is to be recorded; None: try once more."""
    try:
        reply = future.result()
        form = context.form(reply.judgement.form)
        known = resolve_keys(context, form, reply.asked_keys)
        if known == reply.asked_keys:
            return reply
        # It refers to keys of other units that do not exist.
        request = replace(_request(context, arrival), known_keys=known)
        return context.pool.call(judge_file, request)
    except ChildLostError as error:
        deaths = context.store.arrivals.record_death(arrival.arrival_id)
        LOG.warning(
            "unit %s: arrival %d: its reader died, the %d. time: %s",
            arrival.unit_id,
            arrival.arrival_id,
            deaths,
            error.reason,
        )
        if deaths < MOST_DEATHS:
            return None
        return JudgeReply(judgement=_unreadable(error.reason))
    except UnreadableError as error:
        return JudgeReply(judgement=_unreadable(error.reason, **error.details))
    except TaskFailedError:
        LOG.exception(
            "unit %s: arrival %d met a fault of ours", arrival.unit_id, arrival.arrival_id
        )
        judgement = Judgement(outcome=Outcome.HELD, findings=(GENERAL["our-fault"].at(Place()),))
        return JudgeReply(judgement=judgement)


def _unreadable(reason: str, **details: str | int) -> Judgement:
    finding = GENERAL[reason].at(Place(), **details)
    return Judgement(outcome=Outcome.REFUSED, findings=(finding,))


def _decided(context: Context, arrival: Arrival, reply: JudgeReply) -> JudgeReply:
    """Hear what was decided about a file that was held: a rejected one never counts."""
    decision = last_decision(context, arrival)
    if decision is None or decision.verdict is not Verdict.DISAGREE:
        return reply
    judged = reply.judgement
    told = GENERAL[REJECTED_RULE].at(Place(), why=decision.opinion)
    rest = [finding for finding in judged.findings if finding.rule != REJECTED_RULE]
    return JudgeReply(
        judgement=Judgement(
            outcome=Outcome.RETURNED,
            findings=(told, *rest),
            form=judged.form,
            version=judged.version,
            period=judged.period,
        )
    )


def record_reply(context: Context, arrival: Arrival, reply: JudgeReply) -> Submission | None:
    """Record what came of a file, with all that it entails, in one commit.

    Give its submission; none for a precheck, or where the file was answered already.
    """
    judgement = reply.judgement
    asked = (context, arrival, judgement.form, judgement.period)
    if judgement.late and (was_in_time(*asked) or was_excused(*asked)):
        judgement = replace(judgement, late=False)
    # Mail names the cells of the copy that goes back with it, where one does.
    told = replace(judgement, findings=reply.marked) if reply.marked else judgement
    store, now = context.store, context.clock.now()
    if arrival.purpose == "precheck":
        named = {"form": judgement.form, "period": judgement.period}
        head = {"outcome": judgement.outcome.value, **named}
        document = [head, *map(dump_finding, judgement.findings)]
        with store.together():
            if store.arrivals.record_answer(arrival, "precheck", now, document=document):
                entailed = entail_precheck(context, arrival, told)
                store.outcomes.record_follow_up(entailed, now)
        return None
    if undoes(context, arrival, judgement):
        store.arrivals.record_answer(arrival, "submission", now)
        return None
    before = look_before(context, arrival, judgement)
    heard = told if judgement.outcome is Outcome.RETURNED else judgement
    which, judged = (judgement.form, judgement.period), _judged(context, judgement, reply)
    other = context.campaign.other_form(judgement.form)
    with store.together():
        submission = store.outcomes.record_outcome(
            arrival, *which, judged, named=other.key if other else ""
        )
        if submission:
            record_told(context, submission, entail(context, submission, heard, before), now)
    return submission


def log_reply(context: Context, submission: Submission, reply: JudgeReply) -> None:
    """Log what came of a file, and where each rule fired; never what stood there.

    The sheet goes by its declared name: what the file calls it was typed by somebody.
    """
    findings = reply.judgement.findings
    LOG.info(
        "unit %s: receipt %s %s, %d findings, token %s",
        submission.unit_id,
        submission.receipt,
        submission.outcome,
        len(findings),
        context.judge_token(submission.unit_id, reply.judgement).value,
    )
    for finding in findings[:_MOST_LOGGED]:
        LOG.info(
            "unit %s: receipt %s: sheet %s cell %s: %s %s%s",
            submission.unit_id,
            submission.receipt,
            finding.place.sheet or "-",
            finding.place.cell or "-",
            finding.severity.value,
            finding.rule,
            f" and {len(finding.others)} more cells" if finding.others else "",
        )
    if len(findings) > _MOST_LOGGED:
        LOG.info("receipt %s: %d more findings", submission.receipt, len(findings) - _MOST_LOGGED)


def _judged(context: Context, judgement: Judgement, reply: JudgeReply) -> Judged:
    places = count_places(judgement.findings)
    return Judged(
        outcome=judgement.outcome.value,
        judged_at=context.clock.now(),
        form_version=str(judgement.version or ""),
        nil=judgement.nil,
        late=judgement.late,
        must=places[Severity.MUST],
        verify=places[Severity.VERIFY],
        note=places[Severity.NOTE],
        findings=[dump_finding(finding) for finding in judgement.findings],
        explanations=dump_explanations(judgement.explanations, _pleas(context, judgement)),
        indicators=dump_figures(judgement.figures),
        measured_by=measured_by(context, context.form(judgement.form)),
        rows=reply.rows,
        files=judgement.files,
        gist=KeptGist(gist_by(context, context.form(judgement.form)), reply.gist)
        if reply.gist
        else None,
    )


def _pleas(context: Context, judgement: Judgement) -> dict[Identity, str]:
    """Give what was written beside hard findings that its superior may let pass (申请放行)."""
    return {
        finding.identity: judgement.typed[finding.number]
        for finding in judgement.findings
        if finding.number in judgement.typed
        and finding.identity not in judgement.explanations
        and context.campaign.catalogue.may_be_waived(finding)
    }
