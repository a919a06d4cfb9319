"""Retention: what closed periods held of persons is taken out for good, and recorded.

Receipts, figures, findings and explanations stay; roll-ups that showed masked values are made anew.
First comes the commit, then the files: a second call finishes both. While the year runs, a unit's
newest accepted workbook stays whole: its next one is filled from it.
"""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from sheetflow.context import LOG, Context
from sheetflow.context.opening import place_of
from sheetflow.context.paths import (
    SAMPLE_NAME,
    answer_path,
    judged_paths,
    precheck_path,
    question_path,
    workbook_path,
)
from sheetflow.context.running import alone_in
from sheetflow.dispatching import forget_all
from sheetflow.durable import sync_folder
from sheetflow.errors import WorkspaceError
from sheetflow.intake.archive import blob_path
from sheetflow.mail.carriers import MaildirCarrier
from sheetflow.periods import Period, date_in_words
from sheetflow.publishing.outbox import Beside, lies_there, remove_publication
from sheetflow.schemas.documents import without_personal
from sheetflow.service.consequences import mark_of
from sheetflow.service.consolidated import sweep_pieces
from sheetflow.service.filed_answer import filed_places
from sheetflow.service.one_pass import Rebuilding
from sheetflow.service.publish import is_published, ours_at
from sheetflow.service.receive import rewrite_journal
from sheetflow.service.review_result import REVIEW, has_result, result_path_of
from sheetflow.store.files import FILE
from sheetflow.store.records import Arrival, PublicationKind, Purge, Stale, Submission
from sheetflow.store.signed import SIGNED, SignedReport
from sheetflow.upkeep.purged_publications import may_show, shown_of


@dataclass
class PurgePlan:
    """What a purge of everything before a day would take."""

    before: dt.date
    periods: list[Period] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    fresh: list[Arrival] = field(default_factory=list)
    """Those of `arrivals` that no earlier purge took."""
    carried: list[Submission] = field(default_factory=list)
    """Workbooks that stay whole, because the next ones are filled from them."""
    paths: dict[str, str] = field(default_factory=dict)
    """Files of the outbox that go, each with its unit."""
    sources: dict[int, list[Submission]] = field(default_factory=dict)
    """The submissions of each arrival."""
    naming: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """The arrivals of workbooks that name a file beside them, by the file's hash."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge took, and what it could not reach."""

    originals: int
    documents: int
    republished: int
    leftovers: tuple[str, ...]
    """Older copies beside the database, which hold personal data still."""
    changed_by_people: tuple[str, ...] = ()
    """Files of the outbox that a person changed: they may hold personal data, and stay."""


def plan_purge(context: Context, before: dt.date) -> PurgePlan:
    """Tell what lies in periods that ended before `before`, or arrived before it for none.

    Raise WorkspaceError where one of the periods is open, or something of it is in hand.
    """
    plan = PurgePlan(before)
    for submission in context.store.submissions.find_submissions():
        plan.sources.setdefault(submission.arrival_id, []).append(submission)
    arrivals = context.store.arrivals.find_all()
    beside = {arrival.sha256 for arrival in arrivals if arrival.answer == FILE}
    plan.naming = context.store.files.find_arrivals_naming(beside)
    old = [
        (arrival, periods)
        for arrival in arrivals
        if _is_old(before, arrival, periods := list(_periods(context, plan, arrival)))
    ]
    plan.periods = sorted({period for _, periods in old for period in periods})
    _check_at_rest(context, plan, [arrival for arrival, _ in old])
    carried = {entry.arrival_id: entry for entry in _carried(context)}
    plan.arrivals = [
        arrival
        for arrival, _ in old
        if carried.keys().isdisjoint({arrival.arrival_id, *_naming(plan, arrival)})
    ]
    plan.carried = [carried[one.arrival_id] for one, _ in old if one.arrival_id in carried]
    gone = context.store.purges.find_purged()
    plan.fresh = [arrival for arrival in plan.arrivals if arrival.arrival_id not in gone]
    queued = context.store.mails.find_mails("queued")  # the next purge takes what they attach
    kept = {entry.path for mail in queued for entry in mail.attachments}
    outbox = context.workspace.outbox
    plan.paths = {
        path: arrival.unit_id
        for arrival in plan.arrivals
        if arrival.unit_id in context.tree
        for path in _copies(context, plan, arrival)
        if path not in kept
        if is_published(context, outbox / path) or lies_there(outbox, outbox / path)
    }
    return plan


def purge(context: Context, before: dt.date) -> Purged:
    """Purge everything before `before` and record it; nothing where all of it is gone already.

    Raise WorkspaceError where a service runs, or as `plan_purge` does.
    """
    space = context.workspace
    with alone_in(space, context.settings):
        plan = plan_purge(context, before)
        done = _record(context, plan)
        changed = _remove_copies(context, plan)
        _remove_originals(context, plan)
        sweep_pieces(context, 0)
        rewrite_journal(context.store, space.journal)
        forget_all(place_of(space, context.settings))
        context.store.compact()
        rebuilt = Rebuilding(context).finish()
    LOG.info("purged before %s: %d originals, %d documents", before, done.originals, done.documents)
    # Roll-ups that show purged rows still, because a person changed them.
    changed += [
        entry.path
        for entry in context.store.publications.find_beside()
        if entry.kind == PublicationKind.CONSOLIDATED and entry.beside_for == Beside.HERS
        if may_show(context, plan.periods, entry)
    ]
    # Made before a migration, or set aside by a restore.
    older = (*sorted(space.state.glob("*.bak")), *sorted(space.root.glob("恢复前_*")))
    return Purged(
        originals=done.originals,
        documents=done.documents,
        republished=rebuilt.published,
        leftovers=(
            *(path.relative_to(space.root).as_posix() for path in older),
            *context.store.kept_copies(),
        ),
        changed_by_people=tuple(changed),
    )


def _periods(context: Context, plan: PurgePlan, arrival: Arrival) -> Iterator[Period]:
    """Give the periods that a file was for, as far as anybody knew."""
    named = [
        (submission.form, submission.period)
        for submission in plan.sources.get(arrival.arrival_id, ())
    ]
    if arrival.answer == "duplicate":
        repeated = context.store.submissions.find_submission(arrival.answered_receipt)
        named += [(repeated.form, repeated.period)] if repeated else []
    for number in _naming(plan, arrival):
        named += [(each.form, each.period) for each in plan.sources[number]]
    if signed := _signed(context, arrival):
        named.append((signed.form, signed.period))
    if arrival.answer in {"precheck", REVIEW}:
        head = context.store.arrivals.find_answer_document(arrival.arrival_id)[0]
        named += [(str(head["form"]), str(head["period"]))] if "form" in head else []
    yield from (context.period(form, period) for form, period in dict.fromkeys(named) if period)


def _naming(plan: PurgePlan, arrival: Arrival) -> list[int]:
    """Give the arrivals of the unit's workbooks that name a file: it goes when the last of them goes."""
    if arrival.answer != FILE:
        return []
    return [
        number
        for number in sorted(plan.naming.get(arrival.sha256, ()))
        if plan.sources[number][0].unit_id == arrival.unit_id
    ]


def _signed(context: Context, arrival: Arrival) -> SignedReport | None:
    """Give the 定稿 or 正本 that a file was."""
    is_one = arrival.answer == SIGNED
    return context.store.signed.find_by_receipt(arrival.answered_receipt) if is_one else None


def _is_old(before: dt.date, arrival: Arrival, periods: list[Period]) -> bool:
    days = [period.last_day for period in periods] or [arrival.arrived_at.date()]
    is_released = arrival.acknowledged_at is not None  # else its source still has it
    return is_released and max(days) < before


def _check_at_rest(context: Context, plan: PurgePlan, arrivals: Iterable[Arrival]) -> None:
    """Refuse while answers are still to be made, a period is open, or a held workbook waits."""
    waiting = len(context.store.arrivals.find_unjudged())
    answers = (PublicationKind.ANSWER, PublicationKind.SIGNED)
    waiting += len(context.store.publications.find_stale(*answers))
    if waiting:
        raise WorkspaceError(f"还有{waiting}份来件没有处理完，先不清理。请先运行 run。")
    for period in plan.periods:
        if not context.is_closed(period):
            last = context.last_deadline(period)
            raise WorkspaceError(
                f"{period.label}还没有截止（最晚{date_in_words(last)}），没有清理。"
                f"请用更早的日期，不晚于{period.last_day.isoformat()}。"
            )
    held = [
        submission.receipt
        for arrival in arrivals
        for submission in plan.sources.get(arrival.arrival_id, ())[-1:]
        if submission.outcome == "held"
    ]
    if held:
        raise WorkspaceError(
            f"有{len(held)}份待确认的报送还没有决定（{'、'.join(held[:5])}），没有清理。"
            "请先用 release 放行或用 reject 驳回，再运行 run。"
        )


def _carried(context: Context) -> Iterator[Submission]:
    """Give each unit's newest accepted workbook of a year whose last deadline is still to come."""
    for form in context.campaign.forms:
        if not any(sheet.is_book for sheet in form.sheets):
            continue
        accepted = context.store.submissions.find_submissions(form=form.key)
        for unit_id in dict.fromkeys(entry.unit_id for entry in accepted):
            history = context.store.submissions.find_history(unit_id, form.key)
            later = form.period(history[-1].period).rest_of_year if history else ()
            if later and not context.is_closed(later[-1]):
                yield history[-1]


def _copies(context: Context, plan: PurgePlan, arrival: Arrival) -> Iterator[str]:
    """Name the files of the outbox that may hold what a received file held."""
    if signed := _signed(context, arrival):
        yield from map(context.relative, filed_places(context, signed))
    unit = context.tree[arrival.unit_id]
    if arrival.answer == REVIEW:
        head = context.store.arrivals.find_answer_document(arrival.arrival_id)[0]
        if has_result(head):
            yield context.relative(result_path_of(context, arrival, head))
    if arrival.answer == "precheck":
        head = context.store.arrivals.find_answer_document(arrival.arrival_id)[0]
        form_and_period = str(head["form"]), str(head["period"])
        yield context.relative(precheck_path(context, unit, *form_and_period, arrival.arrival_id))
    for number in _naming(plan, arrival):
        for submission in plan.sources[number]:
            yield from _handed_up(context, submission)
    for submission in plan.sources.get(arrival.arrival_id, ()):
        # It may have been returned first and accepted later, by the same number.
        yield from _published_of(context, submission)
        returned = replace(submission, outcome="returned")
        yield context.relative(answer_path(context, returned))
        yield context.relative(question_path(context, submission))
        if submission.outcome == "accepted" and submission.period:
            form = context.form(submission.form)
            period = form.period(submission.period)
            yield context.relative(workbook_path(context, form, unit, period))


def _handed_up(context: Context, submission: Submission) -> Iterator[str]:
    """Name what holds the files of a workbook above: the zips, and what judges got of them.

    What an office made of them for itself (the volume, the list) is its own paper.
    """
    ending = f"_{context.tree[submission.unit_id].folder}_"
    for entry in context.store.publications.find_publications(None, submission.period):
        name = entry.path.rpartition("/")[2]
        if entry.kind is PublicationKind.FILES and entry.form == submission.form and ending in name:
            yield entry.path
        form = context.campaign.by_key.get(entry.form)
        if entry.kind is PublicationKind.JUDGED and form and form.judging:
            gathered = form.by_key[form.judging.entries].gathered
            paths = judged_paths(
                context, context.tree[entry.unit_id], form.period(entry.period), form
            )
            of_papers = {context.relative(paths[what]) for what in ("drafts", "originals")}
            if gathered and gathered.form == submission.form and entry.path in of_papers:
                yield entry.path


def _published_of(context: Context, submission: Submission) -> Iterator[str]:
    """Name what was published of a submission under a name that its unit no longer bears."""
    ending = f"_第{submission.number}号.xlsx"
    for entry in context.store.publications.find_publications(
        submission.unit_id, submission.period
    ):
        name = entry.path.rpartition("/")[2]
        if entry.form != submission.form:
            continue
        of_this = name.startswith("退回_") and name.endswith(ending)
        is_hers = entry.kind == PublicationKind.WORKBOOK and not name.startswith(SAMPLE_NAME)
        if of_this or (is_hers and submission.outcome == "accepted"):
            yield entry.path


def _record(context: Context, plan: PurgePlan) -> Purge:
    order = Purge(before=plan.before, by=getpass.getuser(), at=context.clock.now())
    if not plan.fresh:
        return order
    forms = context.campaign.by_key

    def thin(form: str, sheet: str, text: str) -> str:
        declared = forms[form].by_key.get(sheet) if form in forms else None
        return without_personal(declared, text)

    shown = shown_of(context, plan.periods)
    stale = [
        Stale(
            unit_id=entry.unit_id,
            form=entry.form,
            period=entry.period,
            kind=entry.kind,
        )
        for entry in shown
    ] + list(_pages(context, plan))
    with context.store.together():
        signed = [each.answered_receipt for each in plan.fresh if each.answer == SIGNED]
        periods = {each.period_id for each in plan.periods}
        context.store.signed.record_purged(signed, periods)
        context.store.decisions.record_purged(_receipts(plan), periods)
        context.store.nodes.forget(periods)
        return context.store.purges.record_purge(
            order,
            [arrival.arrival_id for arrival in plan.fresh],
            thin,
            outdated=[entry.path for entry in shown],
            stale=stale,
            withdrawn=plan.paths,
        )


def _pages(context: Context, plan: PurgePlan) -> Iterator[Stale]:
    """Mark the pages 报送进度 that link to what goes."""
    whose = {
        (submission.unit_id, submission.form, submission.period)
        for arrival in plan.arrivals
        for submission in plan.sources.get(arrival.arrival_id, ())
    }
    for entry in context.store.publications.find_publications():
        asked = (entry.unit_id, entry.form, entry.period)
        if (
            entry.kind == PublicationKind.PROGRESS
            and asked in whose
            and entry.unit_id in context.tree
        ):
            yield from filter(None, [mark_of(entry)])


def _receipts(plan: PurgePlan) -> set[str]:
    submissions = (plan.sources.get(arrival.arrival_id, ()) for arrival in plan.arrivals)
    return {entry.receipt for listed in submissions for entry in listed}


def _remove_copies(context: Context, plan: PurgePlan) -> list[str]:
    """Remove what is ours; name what a person changed, which stays."""
    outbox, changed = context.workspace.outbox, list[str]()
    for path, unit_id in sorted(plan.paths.items()):
        _, left = remove_publication(outbox, outbox / path, ours_at(context, path, unit_id))
        changed += [context.relative(place) for place in left]
    maildir = MaildirCarrier(context.workspace.maildir)
    for mail in context.store.mails.find_mails("sent"):
        if any(entry.path in plan.paths for entry in mail.attachments):
            maildir.remove(mail.message_id)
    return changed


def _remove_originals(context: Context, plan: PurgePlan) -> None:
    """Remove the blobs that nobody counts on any longer."""
    gone = context.store.purges.find_purged()
    needed = {
        arrival.sha256
        for arrival in context.store.arrivals.find_all()
        if arrival.arrival_id not in gone
    }
    for sha256 in {arrival.sha256 for arrival in plan.arrivals} - needed:
        blob = blob_path(context.workspace.archive, sha256)
        with suppress(FileNotFoundError):
            blob.chmod(0o600)  # Windows does not remove what is read-only
            blob.unlink()
            sync_folder(blob.parent)
