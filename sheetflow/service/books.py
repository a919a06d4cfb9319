"""What counts: accepted submissions as `Books`, gathered from the store.

By which declaration they were measured is told by `service.declarations`. This module refuses to judge or consolidate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sheetflow.consolidation.accepted import (
    Accepted,
    Attempt,
    ExplanationRow,
    UnitAndPeriod,
    made_then,
    with_making,
)
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.reviews import OWN
from sheetflow.consolidation.states import HandedIn, Said
from sheetflow.context import Context
from sheetflow.periods import Period, end_of
from sheetflow.schemas.documents import (
    load_explanations,
    load_figures,
    load_finding,
    load_rows,
)
from sheetflow.schemas.evidence import counted
from sheetflow.schemas.forms import Form
from sheetflow.schemas.parsing import Value, holds_personal_number
from sheetflow.schemas.review import Passing
from sheetflow.service.declarations import former_codes, made_otherwise
from sheetflow.service.gists import gists_of
from sheetflow.service.merged_units import tree_for
from sheetflow.service.passing import going_up, passing_by_unit, reviews_of, said_of
from sheetflow.store.records import Measurement, Submission
from sheetflow.units import Unit, UnitTree

PASSED = "deadlines passed"
"""The name of the fingerprint that holds the last deadline which has passed."""


def passed_until(context: Context) -> dt.datetime | None:
    """Give the last deadline that is known to have passed; None where nobody has looked yet."""
    kept = context.store.fingerprints.find(PASSED)
    return dt.datetime.fromisoformat(kept) if kept else None


@dataclass(frozen=True, slots=True)
class _Period:
    """What was accepted and tried in one period, by unit id, and by receipt the submissions that count."""

    accepted: dict[str, Accepted]
    beyond: dict[str, Accepted | None]
    attempts: dict[str, Attempt]
    said: dict[str, Said]
    submissions: dict[str, Submission]


def books_of(
    context: Context,
    form: Form,
    period: Period,
    top: Unit | None = None,
    *,
    only: Collection[Unit] | None = None,
    is_listing: bool = False,
) -> Books:
    """Gather everything accepted and tried in `form` up to `period`, of all, below `top`, or of some units `only`.

    Of `only` some, the tree has those directly below `top` as well. Where it `is_listing`, no figures: it is about rows alone.
    """
    store, tree = context.store, tree_for(context, form)
    among = None
    if only is not None:
        among = frozenset(unit.unit_id for unit in only)
        tree = tree.only(
            [*among, *(unit.unit_id for unit in tree.children(top.unit_id if top else ""))]
        )
    elif top:
        among = _answered_for_below(tree, top, period)
        if is_listing:  # who went over to somebody beside is listed there, and there alone
            among = _answered_for_there(tree, among, top, period)
        tree = tree.only(unit.unit_id for unit in tree.subtree(top.unit_id))
    accepted: dict[UnitAndPeriod, Accepted] = {}
    beyond: dict[UnitAndPeriod, Accepted | None] = {}
    attempts: dict[UnitAndPeriod, Attempt] = {}
    said: dict[UnitAndPeriod, Said] = {}
    submissions: dict[str, Submission] = {}
    deadlines, passed = _deadlines(context, form, period, tree), passed_until(context)
    for entry in period.year_so_far:
        until = {unit_id: day for (unit_id, name), day in deadlines.items() if name == str(entry)}
        current = None if is_listing else entry == period
        found = _gather(context, form, entry, among, until, is_current=current)
        accepted |= {(unit_id, str(entry)): each for unit_id, each in found.accepted.items()}
        beyond |= {(unit_id, str(entry)): each for unit_id, each in found.beyond.items()}
        attempts |= {(unit_id, str(entry)): each for unit_id, each in found.attempts.items()}
        said |= {(unit_id, str(entry)): each for unit_id, each in found.said.items()}
        deadlines |= {(unit_id, str(entry)): day for unit_id, day in until.items()}
        submissions |= found.submissions

    def rows_of(
        sheet: str, wanted: Sequence[Accepted]
    ) -> Iterator[tuple[Accepted, Sequence[Mapping[str, Value]]]]:
        by_receipt = {entry.receipt: entry for entry in wanted}
        listed = [submissions[entry.receipt] for entry in wanted]
        for submission, text in store.contents.iterate_rows(listed, sheet):
            yield by_receipt[submission.receipt], load_rows(form.by_key[sheet], text)

    def covers_of(wanted: Sequence[Attempt]) -> Mapping[str, Mapping[str, Value]]:
        found = (store.submissions.find_submission(entry.receipt) for entry in wanted)
        documents = store.contents.iterate_rows([*filter(None, found)], form.cover.sheet)
        return {
            submission.receipt: row
            for submission, text in documents
            for row in load_rows(form.cover_sheet, text)[:1]
        }

    return Books(
        form=with_making(form, made_then(period, accepted)),
        tree=tree,
        period=period,
        accepted=accepted,
        attempts=attempts,
        rows_of=rows_of,
        covers_of=covers_of,
        deadlines=deadlines,
        passed=passed,
        in_force=context.campaign.in_force(form, period).version,
        said=said,
        beyond=beyond,
    )


def _gather(
    context: Context,
    form: Form,
    period: Period,
    among: frozenset[str] | None,
    until: dict[str, dt.datetime],
    *,
    is_current: bool | None,
) -> _Period:
    """Gather one period, without figures where it is not told whether it `is_current`; `until` are everybody's deadlines, later ones of who may be late (缓报)."""
    tried = context.store.submissions.find_submissions(
        form=form.key, period=period.period_id, among=among
    )
    # One that left the list counts nowhere: `missing_units` says so.
    standing = {
        one.unit_id: one
        for one in tried
        if one.outcome == "accepted" and one.unit_id in context.tree
    }
    reviews = reviews_of(context, form, period, tried)
    up = going_up(context, reviews, until, passed_until(context)) if reviews else {}
    wanted = set(up.values())
    counting = {one.receipt: one for one in standing.values()}
    counting |= {one.receipt: one for one in tried if one.receipt in wanted}
    if is_current is None:
        counts = {receipt: _listed(submission) for receipt, submission in counting.items()}
    else:
        counts = _counting(context, form, counting.values(), is_current=is_current)
    passings, said = passing_by_unit(reviews), said_of(context, reviews, tried)
    for unit_id, words in said.items():
        if words.excused_until and unit_id in until:
            until[unit_id] = max(until[unit_id], end_of(words.excused_until))
    accepted = {}
    for unit_id, submission in standing.items():
        passing = passings.get(unit_id, Passing.NONE)
        is_excused = unit_id in said and bool(said[unit_id].excused_until)
        late = submission.late and not (is_excused and submission.handed_in <= until[unit_id])
        accepted[unit_id] = replace(counts[submission.receipt], passing=passing, late=late)
    return _Period(
        accepted=accepted,
        beyond={
            unit_id: counts.get(up[unit_id])
            for unit_id, submission in standing.items()
            if up.get(unit_id, submission.receipt) != submission.receipt
        },
        attempts=_last_words(tried),
        said=said,
        submissions=counting,
    )


def _counting(
    context: Context, form: Form, submissions: Collection[Submission], *, is_current: bool
) -> dict[str, Accepted]:
    """Give what counts of these submissions by receipt, with what their cards say if they are current."""
    store = context.store
    numbers = [one.judgement_id for one in submissions]
    measured = store.measurements.find_newest(numbers)
    explained = store.contents.find_explained(submissions)
    gists = gists_of(context, form, submissions) if is_current else {}
    named = store.files.find_named(numbers)
    found: dict[str, Accepted] = {}
    for submission in submissions:
        number = submission.judgement_id
        said = number in explained
        counts = _accepted(context, form, submission, measured[number], is_explained=said)
        gist, files = gists.get(number, counts.gist), counted(named.get(number, ()))
        found[submission.receipt] = replace(counts, gist=gist, files=files)
    return found


def _listed(submission: Submission) -> Accepted:
    """Give what counts of a submission, without its figures."""
    return Accepted(
        unit_id=submission.unit_id,
        period=submission.period,
        receipt=submission.receipt,
        figures={},
        file_name=shown_name(submission.file_name),
        sha256=submission.sha256,
        accepted_at=submission.judged_at,
        handed_in=submission.handed_in,
        nil=submission.nil,
        late=submission.late,
        judgement=submission.judgement_id,
        version=int(submission.form_version or 0),
    )


def _accepted(
    context: Context, form: Form, submission: Submission, found: Measurement, *, is_explained: bool
) -> Accepted:
    """Give what counts of a submission, with what its rows gave when they were last measured."""
    figures = load_figures(found.figures)
    return Accepted(
        unit_id=submission.unit_id,
        period=submission.period,
        receipt=submission.receipt,
        figures=figures,
        file_name=shown_name(submission.file_name),
        sha256=submission.sha256,
        accepted_at=submission.judged_at,
        handed_in=submission.handed_in,
        nil=submission.nil,
        late=submission.late,
        explanations=_explanations(context, submission) if is_explained else (),
        judgement=submission.judgement_id,
        measurement=found.measurement_id,
        measured_at=found.measured_at,
        former=former_codes(context, form, found.digest, figures),
        made=made_otherwise(context, form, found.digest),
        must=submission.must,
        verify=submission.verify,
        note=submission.note,
        version=int(submission.form_version or 0),
    )


def _answered_for_below(tree: UnitTree, top: Unit, period: Period) -> frozenset[str]:
    """Name all units below `top`, and those that ended and are answered for by one of them."""
    below = tree.subtree(top.unit_id)
    ended = (old for unit in below for old in tree.predecessors_on(unit.unit_id, period.last_day))
    return frozenset(unit.unit_id for unit in (*below, *ended))


def _answered_for_there(
    tree: UnitTree, among: Iterable[str], top: Unit, period: Period
) -> frozenset[str]:
    """Name those for which `top` or one below it answers itself."""
    below = {unit.unit_id for unit in tree.subtree(top.unit_id)}
    heirs = ((each, tree.successor_on(each, period.last_day)) for each in among)
    return frozenset(each for each, heir in heirs if heir is None or heir.unit_id in below)


def _deadlines(
    context: Context, form: Form, period: Period, tree: UnitTree
) -> dict[UnitAndPeriod, dt.datetime]:
    """Give the deadlines of all in `tree` in the year so far; they differ by level and superior alone."""
    pairs = [(unit, entry) for unit in tree for entry in period.year_so_far]
    alike = {
        (unit.level, unit.parent, entry.period_id): (unit, form, entry) for unit, entry in pairs
    }
    until = {key: context.deadline(*asked) for key, asked in alike.items()}
    return {
        (unit.unit_id, entry.period_id): until[unit.level, unit.parent, entry.period_id]
        for unit, entry in pairs
    }


def _attempt(submission: Submission, last: Submission | None) -> Attempt:
    return Attempt(
        outcome=submission.outcome,
        receipt=submission.receipt,
        answered_at=submission.judged_at,
        late=submission.late,
        must=submission.must,
        verify=submission.verify,
        note=submission.note,
        last=last.outcome if last else "",
    )


def _explanations(context: Context, submission: Submission) -> tuple[ExplanationRow, ...]:
    """Give what a unit explained; what it answered a superior's question is between those two."""
    said = load_explanations(context.store.contents.find_explanations(submission))
    catalogue = context.campaign.catalogue
    findings = map(load_finding, context.store.contents.find_findings(submission))
    return tuple(
        ExplanationRow(
            unit=context.tree[submission.unit_id],
            receipt=submission.receipt,
            number=finding.number,
            place=finding.place.words,
            wrong=catalogue.wrong(finding),
            explanation=said[finding.identity].text,
            about=(finding.place.sheet, finding.place.column),
        )
        for finding in findings
        if finding.identity in said and not finding.is_question
    )


def _last_words(tried: Iterable[Submission]) -> dict[str, Attempt]:
    """Give each unit's newest submission; one held or refused only where there is none of its own.

    A stranger's workbook in a unit's folder does not hide where the unit itself stands: it is said
    beside that while somebody must decide. What was refused is no workbook, and nothing waits.
    """
    found: dict[str, Submission] = {}
    last: dict[str, Submission] = {}
    first: dict[str, Submission] = {}
    for entry in sorted(tried, key=lambda entry: entry.arrival_id):
        known = found.get(entry.unit_id)
        if known is None or entry.outcome in OWN or known.outcome not in OWN:
            found[entry.unit_id] = entry
            is_first_own = entry.outcome in OWN and known and known.outcome not in OWN
            if known is None or is_first_own:
                first[entry.unit_id] = entry
        if entry.outcome != "refused":
            last[entry.unit_id] = entry
    return {
        unit_id: replace(
            _attempt(entry, last.get(unit_id)),
            first_in=HandedIn(first[unit_id].number, first[unit_id].handed_in),
            latest_in=HandedIn(entry.number, entry.handed_in),
        )
        for unit_id, entry in found.items()
    }


def shown_name(file_name: str) -> str:
    """Give a file's name as superiors see it: private numbers in it are starred."""
    if not holds_personal_number(file_name):
        return file_name
    return "".join("*" if char.isdigit() else char for char in file_name)


def missing_units(context: Context) -> tuple[str, ...]:
    """Say which units left the list though they have reported: their figures count nowhere."""
    gone = {
        unit_id for unit_id in context.store.submissions.find_units() if unit_id not in context.tree
    }
    return tuple(
        f"单位 {unit_id} 有已收的报送，却不在 units.xlsx 里，没有计入汇总。"
        "请补回这一行；撤并的请填失效日期和归入的单位，不要删行。"
        for unit_id in sorted(gone)
    )
