"""What follows from an answer: the mails to queue, and the marks of what is stale now.

Everything here only computes; whoever records the answer records this in the same commit.
Changed declarations and a changed list of units set marks too (`changes`, `follow_units`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sheetflow.context import Context
from sheetflow.context.paths import answer_path, filed_path, precheck_path, question_path
from sheetflow.findings import ASKED_RULE, REFUSED_RULE, RETURNED_RULE, open_questions
from sheetflow.mail.facts import fit_for_mail, mail_facts, make_mail, quotable_name, with_findings
from sheetflow.mail.letter_data import Event
from sheetflow.periods import Period
from sheetflow.rounds import Round
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.schemas.evidence import takes_files
from sheetflow.schemas.review import Decision, Matter, NewDecision, Verdict
from sheetflow.service.attempts import last_decision, last_round, mended
from sheetflow.service.gathering import gathering_units
from sheetflow.service.held_mails import tell_named, tell_superior
from sheetflow.service.merged_units import ended_within, tree_for
from sheetflow.service.new_contact import ask_to_confirm
from sheetflow.service.page_marks import answer_mark, precheck_mark
from sheetflow.service.publish import GOING_UP, ROLL_UPS
from sheetflow.service.questions import asked_before, mail_of_questions, named_above
from sheetflow.service.repeated import is_repeated
from sheetflow.service.review_marks import all_review_marks, peer_marks, review_marks
from sheetflow.service.review_result import REVIEW, has_result, result_mark, result_path_of
from sheetflow.service.taken_back import mail_of_taken_back, taken_back
from sheetflow.store.records import (
    Arrival,
    FollowUp,
    NewMail,
    Publication,
    PublicationKind,
    Stale,
    Submission,
)
from sheetflow.units import Unit


@dataclass(frozen=True, slots=True)
class Before:
    """What stood before a judgement: what counts for its unit and period, and a decision.

    `compared` tells what became of the last attempt's findings. `asked` are the numbers of what a superior
    asked of this very submission, where it was accepted before; None where it was not.
    """

    compared: Round | None
    standing: Submission | None
    released: bool
    asked: frozenset[str] | None = None
    gone: tuple[Decision, ...] = ()
    """What a superior said of it, and took back since."""


def look_before(context: Context, arrival: Arrival, judgement: Judgement) -> Before:
    """Look up what stood before the judgement is recorded."""
    form, period, compared = judgement.form, judgement.period, None
    if judgement.outcome in {Outcome.ACCEPTED, Outcome.RETURNED}:
        found = (judgement.findings, judgement.explanations)
        compared = last_round(context, arrival, (form, period), found)
    store = context.store.submissions
    standing = store.find_accepted(arrival.unit_id, form, period) if period else None
    decision = last_decision(context, arrival)
    released = bool(decision and decision.verdict is Verdict.AGREE)
    gone = taken_back(context, arrival, form, period)
    before = Before(compared, standing, released, gone=gone)
    if arrival.turn and judgement.outcome is Outcome.ACCEPTED:
        before = replace(before, asked=asked_before(context, arrival, form, period))
    return before


def entail(
    context: Context, submission: Submission, judgement: Judgement, before: Before
) -> FollowUp:
    """Give the mails and the stale marks that an outcome entails."""
    mails = mail_of_taken_back(context, submission, judgement, before.gone)
    if (
        not mails or before.asked is not None
    ):  # what was returned counts again: no other letter says so
        mails += _mail(context, submission, judgement, before)
    mails += ask_to_confirm(context, submission)
    if judgement.outcome is Outcome.HELD:
        mails += tell_named(context, submission, judgement)
        mails += tell_superior(context, submission, judgement, _reason(context, judgement))
    stale = stale_after(context, submission, before.standing.receipt if before.standing else "")
    if submission.period and before.standing is None:
        stale += peer_marks(context, submission, context.period(submission.form, submission.period))
    return FollowUp(mails=mails, stale=stale)


def _mail(
    context: Context, submission: Submission, judgement: Judgement, before: Before
) -> tuple[NewMail, ...]:
    questions = open_questions(judgement.findings, judgement.explanations)
    if before.asked is not None and (before.asked or questions):
        fresh = any(each.number not in before.asked for each in questions)
        return mail_of_questions(context, submission, judgement) if fresh else ()
    unit = context.tree[submission.unit_id]
    facts = mail_facts(context, unit, submission.form, submission.period)
    standing = before.standing if submission.outcome == "accepted" else None
    other = f"第{standing.number}号" if standing else ""
    before_it = other if standing and standing.arrival_id < submission.arrival_id else ""
    mends = mended(context, submission)
    is_same = bool(before_it and standing and is_repeated(context, standing, submission))
    said_by = ASKED_RULE if judgement.outcome is Outcome.ACCEPTED else RETURNED_RULE
    is_refused = judgement.outcome is Outcome.REFUSED
    data = replace(
        # Why it is held is said in a sentence: there is nothing to mend.
        facts if judgement.outcome is Outcome.HELD else with_findings(context, facts, judgement),
        number=submission.number,
        receipt=submission.receipt,
        received=_time(submission.arrived_at),
        progress=before.compared,
        reason=_reason(context, judgement),
        late=submission.late,
        nil=submission.nil,
        file_name=quotable_name(submission.file_name) if is_refused else "",
        # It takes the place of that one, or that one stands in spite of it.
        mends=f"第{mends.number}号" if mends else "",
        corrects="" if is_same or mends else before_it,
        repeats=before_it if is_same and not mends else "",
        overtaken=other if standing and standing.arrival_id > submission.arrival_id else "",
        released=before.released,
        by=named_above(judgement, said_by),
        asked=len(questions),
    )
    message_id = f"{submission.receipt}.{submission.judgement_id}"
    path, to_answer = answer_path(context, submission), question_path(context, submission)
    paths = [path, to_answer] if said_by == ASKED_RULE and questions else [path]
    return make_mail(context, unit, Event(submission.outcome), data, message_id, *paths)


def _time(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


def _reason(context: Context, judgement: Judgement) -> str:
    """Why something is held or refused, or not let pass by a superior, in one sentence."""
    for finding in judgement.findings:
        if finding.rule == REFUSED_RULE:
            return context.campaign.catalogue.wrong(fit_for_mail(finding))
    if judgement.outcome in {Outcome.HELD, Outcome.REFUSED} and judgement.findings:
        return context.campaign.catalogue.wrong(judgement.findings[0])
    return ""


def entail_duplicate(context: Context, arrival: Arrival, repeated: Submission) -> FollowUp:
    """Give the mail that says: already received."""
    unit = context.tree[arrival.unit_id]
    path = answer_path(context, repeated)
    data = replace(
        mail_facts(context, unit, repeated.form, repeated.period),
        number=repeated.number,
        receipt=repeated.receipt,
        received=_time(repeated.arrived_at),
        reason=Outcome(repeated.outcome).label,
        file_place=f"{path.parent.name}/{path.name}",
    )
    message_id = f"{repeated.receipt}.again.{arrival.arrival_id}"
    return FollowUp(mails=make_mail(context, unit, Event.DUPLICATE, data, message_id))


def entail_precheck(context: Context, arrival: Arrival, judgement: Judgement) -> FollowUp:
    """Give the mail and the mark for the marked copy of a precheck."""
    unit = context.tree[arrival.unit_id]
    path = precheck_path(context, unit, judgement.form, judgement.period, arrival.arrival_id)
    facts = mail_facts(context, unit, judgement.form, judgement.period)
    data = replace(
        with_findings(context, facts, judgement),
        received=_time(arrival.arrived_at),
        passed=judgement.outcome is Outcome.ACCEPTED,
    )
    name = f"precheck-{arrival.arrival_id}"
    mails = make_mail(context, unit, Event.PRECHECK, data, name, path)
    # Without a receipt it would not be known as an answer.
    return FollowUp(
        mails=[replace(mail, receipt=name) for mail in mails],
        stale=(precheck_mark(arrival, judgement.form, judgement.period),),
    )


def stale_after(context: Context, submission: Submission, counted: str = "") -> list[Stale]:
    """Name what stands on a submission, or did while it `counted`: its answer, and what everyone above publishes."""
    marks = [answer_mark(submission)]
    if not submission.period:
        return marks + _boards_that_list(context, submission)
    begun = context.period(submission.form, submission.period)
    if begun.first_day > submission.arrived_at.date():
        return marks  # a period that is not begun has nothing above it yet
    moves = submission.outcome == "accepted" or submission.receipt == counted
    periods = [begun, *begun.rest_of_year] if moves else [begun]  # cumulative figures stand on it
    marks += [
        _stale(submission, unit, later, kind)
        for later in periods
        for unit in above(context, _answering(context, submission.form, submission.unit_id, later))
        for kind in ROLL_UPS
    ]
    marks += all_review_marks(
        context, submission.unit_id, submission.form, periods, submission.receipt
    )
    if takes_files(context.form(submission.form)):
        chain = context.tree.chain(
            _answering(context, submission.form, submission.unit_id, begun).unit_id
        )
        marks += [_stale(submission, unit, begun, PublicationKind.FILES) for unit in chain[1:]]
        marks += pages_of_files(context, submission.unit_id)
    for later in periods[1:]:
        unit = _answering(context, submission.form, submission.unit_id, later)
        marks.append(_stale(submission, unit, later, PublicationKind.WORKBOOK))
    if moves:
        marks += _gathering(context, submission, begun)
        marks += _merged_within(context, submission, begun)
    return marks


def stale_decided(context: Context, decision: NewDecision) -> list[Stale]:
    """Name what shows a decision, whether or not it has a submission judged anew.

    What is let pass goes further up than before, into the figures of later periods too. Leave to be late
    (缓报) is on the unit's own page, and what it handed in is 迟报 no longer; a postponement on those below.
    """
    form = context.campaign.by_key.get(decision.form)
    if form is None or not decision.period or decision.unit_id not in context.tree:
        return []
    begun = form.period(decision.period)

    def stale(unit: Unit, period: Period, kind: PublicationKind) -> Stale:
        return Stale(
            unit_id=unit.unit_id,
            form=form.key,
            period=period.period_id,
            kind=kind,
            why=decision.number,
        )

    lets_pass = decision.matter in {Matter.PASSING, Matter.UNDOING}
    is_noted = decision.matter in {Matter.UNIT, Matter.UNDOING}
    kinds = GOING_UP if lets_pass else ROLL_UPS if is_noted else (PublicationKind.BOARD,)
    periods = [begun, *begun.rest_of_year] if lets_pass or is_noted else [begun]
    rolled_up = [
        stale(unit, period, kind)
        for period in periods
        for unit in above(context, _answering(context, decision.form, decision.unit_id, period))
        for kind in kinds
        if kind is not PublicationKind.FILES or takes_files(form)
    ]
    own = [stale(context.tree[decision.unit_id], begun, PublicationKind.PROGRESS)] * is_noted
    reviews = all_review_marks(context, decision.unit_id, form.key, [begun], decision.number)
    moves = decision.matter in {Matter.POSTPONEMENT, Matter.UNDOING} and not decision.receipt
    dated = _dated_below(context, decision) if moves else ()
    return [*rolled_up, *own, *dated, *reviews]


def _dated_below(context: Context, decision: NewDecision) -> Iterator[Stale]:
    """Mark the pages and workbooks of those right below: they say until when."""
    below = {unit.unit_id for unit in context.tree.children(decision.unit_id)}
    for entry in context.store.publications.find_publications(period=decision.period):
        is_dated = entry.kind in {PublicationKind.PROGRESS, PublicationKind.WORKBOOK}
        mark = mark_of(entry, decision.number) if is_dated and entry.unit_id in below else None
        if mark and entry.form == decision.form:
            yield mark


def pages_of_files(context: Context, unit_id: str) -> Iterator[Stale]:
    """Mark the unit's pages that tell of files which no cell names: those of forms that take some."""
    for entry in context.store.publications.find_publications(unit_id):
        form = context.campaign.by_key.get(entry.form)
        if entry.kind is PublicationKind.PROGRESS and form and takes_files(form):
            yield from filter(None, [mark_of(entry)])


def _gathering(context: Context, submission: Submission, period: Period) -> Iterator[Stale]:
    """Mark the workbooks that are printed with what was handed in, and what comes of judging it."""
    form, unit = context.form(submission.form), context.tree[submission.unit_id]
    own = [(form, unit)] if form.goes_on(unit.level) else []
    asked = [*own, *gathering_units(context, form.key, unit.unit_id)]
    known = {(each.key, reader.unit_id): (each, reader) for each, reader in asked}
    for each, reader in known.values():
        kinds = (PublicationKind.WORKBOOK, *([PublicationKind.JUDGED] if each.judging else []))
        if each.takes(period):
            for kind in kinds:
                yield replace(_stale(submission, reader, period, kind), form=each.key)


def _boards_that_list(context: Context, submission: Submission) -> list[Stale]:
    """Mark the boards above a workbook of no known period that is held, or no longer is.

    Those are the boards that people look at then: of the period that is due, and of the current
    one. A board that shows nothing yet is not made for it.
    """
    if submission.outcome == "refused":
        return []
    form, day = context.form(submission.form), submission.arrived_at.date()
    periods = [*filter(form.takes, dict.fromkeys((form.last_ended(day), form.period_of(day))))]
    return [
        *(
            replace(_stale(submission, unit, period, PublicationKind.BOARD), form=form.key)
            for period in periods
            for unit in above(context, context.tree[submission.unit_id])
        ),
        *review_marks(context, submission.unit_id, form.key, periods, submission.receipt),
    ]


def _stale(submission: Submission, unit: Unit, period: Period, kind: PublicationKind) -> Stale:
    return Stale(
        unit_id=unit.unit_id,
        form=submission.form,
        period=period.period_id,
        kind=kind,
        why=submission.receipt,
    )


def above(context: Context, unit: Unit) -> list[Unit]:
    """Give the units that publish what `unit` reports: those on its chain with others below them."""
    chain = context.tree.chain(unit.unit_id)
    return [entry for entry in chain if context.tree.children(entry.unit_id)]


def _answering(context: Context, form: str, unit_id: str, period: Period) -> Unit:
    """The unit that answers for the books of `unit_id` in `period`: itself, or its successor."""
    tree = tree_for(context, context.form(form))
    return tree.successor_on(unit_id, period.last_day) or tree[unit_id]


def _merged_within(context: Context, submission: Submission, period: Period) -> Iterator[Stale]:
    """Mark what shows units that ended within the period, and that this workbook reports now or no longer."""
    for ended, within in ended_within(context, context.form(submission.form)):
        heir = context.tree.successor_on(ended.unit_id, within.last_day)
        if within == period and heir and heir.unit_id == submission.unit_id:
            yield _stale(submission, ended, period, PublicationKind.PROGRESS)
            for unit in above(context, ended):
                yield from (_stale(submission, unit, period, kind) for kind in ROLL_UPS)


def mark_of(entry: Publication, why: str = "") -> Stale | None:
    """Give the mark under which a roll-up or a 填报 workbook can be made again."""
    try:
        Period.parse(entry.period)
    except ValueError:
        return None
    return Stale(
        unit_id=entry.unit_id, form=entry.form, period=entry.period, kind=entry.kind, why=why
    )


def answers_by_path(context: Context) -> dict[str, Stale]:
    """Give, by its path in the outbox, the mark under which each answer can be made again."""
    purged = context.store.purges.find_purged()
    found: dict[str, Stale] = {}
    for submission in context.store.submissions.find_submissions():
        is_gone = submission.outcome == "returned" and submission.arrival_id in purged
        if submission.unit_id in context.tree and not is_gone:
            path = context.relative(answer_path(context, submission))
            found[path] = answer_mark(submission)
    for arrival in context.store.arrivals.find_all():
        gone = arrival.unit_id not in context.tree or arrival.arrival_id in purged
        if arrival.answer not in {"precheck", REVIEW} or gone:
            continue
        head = context.store.arrivals.find_answer_document(arrival.arrival_id)[0]
        if arrival.answer == REVIEW:
            if has_result(head):
                path = context.relative(result_path_of(context, arrival, head))
                found[path] = result_mark(arrival, head)
            continue
        form, period = str(head["form"]), str(head["period"])
        unit = context.tree[arrival.unit_id]
        path = context.relative(precheck_path(context, unit, form, period, arrival.arrival_id))
        found[path] = precheck_mark(arrival, form, period)
    for one in context.store.signed.find_signed():
        # What was filed is made again with its period; what was not belongs to none.
        if one.outcome != "filed" and one.unit_id in context.tree and one.arrival_id not in purged:
            found[context.relative(filed_path(context, one))] = Stale(
                unit_id=one.unit_id,
                form=one.form,
                period=one.period,
                kind=PublicationKind.SIGNED,
                receipt=one.receipt,
            )
    return found
