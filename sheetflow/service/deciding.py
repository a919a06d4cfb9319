"""How decisions are numbered and recorded, whether by a row of a 审核单 or by a command.

This is the one way into the store's decisions, and the one that gathers submissions and decisions for
`consolidation.reviews`. What each row offers, and what a unit is told, is said elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from sheetflow.consolidation.matters import next_number as first_free
from sheetflow.consolidation.reviews import OWN, Handed, Review, passed_in, root_of
from sheetflow.context import LOG, Context
from sheetflow.schemas.documents import (
    load_explanations,
    load_figures,
    load_finding,
    load_number,
    load_pleas,
)
from sheetflow.schemas.review import (
    FIGURE,
    FORWARDED,
    HEARD,
    Decision,
    Matter,
    NewDecision,
    Policy,
    Verdict,
)
from sheetflow.service.consequences import stale_decided
from sheetflow.service.merged_units import who_decides
from sheetflow.service.repeated import repeats_among
from sheetflow.store.judgements import Said
from sheetflow.store.records import Submission
from sheetflow.units import Unit
from sheetflow.validators.superiors import shown

_SAID = (Verdict.RETURN, Verdict.QUERY)


def decided_by(context: Context, unit: Unit) -> list[Unit]:
    """Give the units about which `unit` decides today."""
    tree, today = context.tree, context.clock.now().date()
    over = (unit, *tree.predecessors_on(unit.unit_id, today))
    listed = [child for one in over for child in tree.children(one.unit_id)]
    known = {each.unit_id: each for each in (*listed, *tree.succeeded)}
    found = {
        unit_id: each
        for unit_id, each in known.items()
        if (above := who_decides(context, unit_id)) and above.unit_id == unit.unit_id
    }
    if all(each.parent == unit.unit_id for each in found.values()):
        return [*found.values()]  # as they stand on the list
    return [each for each in tree if each.unit_id in found]


def reviews_in(
    context: Context, form: str, period: str, units: Collection[str] | None = None
) -> dict[str, Review]:
    """Give what each unit (of `units`) handed in for a form and period, and what was decided, by unit.

    Only of units that handed something in, or of which something was noted.
    """
    handed = defaultdict[str, list[Submission]](list)
    decided = defaultdict[str, list[Decision]](list)
    for entry in context.store.submissions.find_submissions(form=form, period=period, among=units):
        handed[entry.unit_id].append(entry)
    only = next(iter(units)) if units is not None and len(units) == 1 else None
    for decision in context.store.decisions.find_all(form=form, period=period, unit_id=only):
        if units is None or decision.unit_id in units:
            decided[decision.unit_id].append(decision)
    purged = context.store.purges.find_purged()
    return {
        unit_id: _review(context, unit_id, handed[unit_id], decided[unit_id], purged)
        for unit_id in sorted({*handed, *decided})
    }


def undated_reviews(context: Context) -> dict[str, Review]:
    """Give what is held and has no period, by unit: nobody can tell yet what it is."""
    handed = defaultdict[str, list[Submission]](list)
    for entry in context.store.submissions.find_held():
        if not entry.period:
            handed[entry.unit_id].append(entry)
    purged = context.store.purges.find_purged()
    about = context.store.decisions.find_about(
        [entry.receipt for held in handed.values() for entry in held]
    )
    return {
        unit_id: _review(
            context,
            unit_id,
            held,
            [each for entry in held for each in about.get(entry.receipt, ())],
            purged,
        )
        for unit_id, held in handed.items()
    }


def _review(
    context: Context,
    unit_id: str,
    submissions: Sequence[Submission],
    decisions: Collection[Decision],
    purged: Collection[int],
) -> Review:
    superior = who_decides(context, unit_id)
    return Review(
        unit_id=unit_id,
        superior=superior.unit_id if superior else "",
        handed=tuple(
            replace(each, is_purged=entry.arrival_id in purged)
            for entry, each in _handed(context, submissions, decisions)
        ),
        decisions=decisions,
        is_asked=Policy(context.settings.review.policy) is not Policy.NONE,
    )


def _handed(
    context: Context, submissions: Sequence[Submission], decisions: Collection[Decision]
) -> Iterator[tuple[Submission, Handed]]:
    """Read of each submission what decisions are about, and no document that has nothing of it."""
    said = [each for each in decisions if each.verdict in _SAID]
    moved = _moved(context, submissions, decisions)
    repeats = repeats_among(context, submissions, passed_in(decisions))
    last = max((each.arrival_id for each in submissions if each.outcome in OWN), default=0)
    telling = [
        each
        for each in submissions
        if each.outcome == "held"
        or (each.outcome == "returned" and each.arrival_id == last)
        or (said and each.outcome in OWN)
    ]
    documents = context.store.contents.find_said(telling) if telling else {}
    for entry in submissions:
        handed = Handed(
            receipt=entry.receipt,
            number=entry.number,
            arrival_id=entry.arrival_id,
            outcome=entry.outcome,
            at=entry.arrived_at,
            repeats=repeats.get(entry.receipt, ""),
        )
        if words := documents.get(entry.judgement_id):
            handed = _with_words(handed, words, moved.get(entry.receipt, {}))
        yield entry, handed


def _with_words(handed: Handed, words: Said, moved: Mapping[str, str]) -> Handed:
    """Add what a submission says to decisions, and why hard findings should pass."""
    found, documents = words
    findings = list(map(load_finding, found))
    said, pleas = load_explanations(documents), load_pleas(documents)
    answered = {
        str(each.arguments[HEARD]): said[each.identity].text
        for each in findings
        if HEARD in each.arguments and each.identity in said
    }
    asked = {each.number: each.arguments[HEARD] for each in findings if HEARD in each.arguments}
    agreed = {
        str(asked[each.place.key]): str(each.arguments["current"])
        for each in findings
        if each.rule == "superior-agreed" and each.place.key in asked
    }
    return replace(
        handed,
        agreed=agreed,
        answers={**moved, **answered},
        explained={each.rule: pleas[each.identity] for each in findings if each.identity in pleas},
        is_ours=bool(findings) and all(each.rule == "our-fault" for each in findings),
    )


def _moved(
    context: Context, submissions: Sequence[Submission], decisions: Collection[Decision]
) -> dict[str, dict[str, str]]:
    """Say by receipt and question that the figure asked about is another one since: an answer without words."""
    came = {each.receipt: each.arrival_id for each in submissions}
    asked = [
        (each.number, root.about, load_number(figure), came.get(each.receipt, 0))
        for each in decisions
        if each.verdict is Verdict.QUERY
        and (figure := each.details.get(FIGURE)) is not None
        and (root := root_of(decisions, each)).about
    ]
    if not asked:
        return {}
    first = min(since for *_, since in asked)
    later = [each for each in submissions if each.outcome == "accepted" and each.arrival_id > first]
    measured = context.store.measurements.find_indicators(later)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for receipt, document in measured.items():
        figures = load_figures(document)
        for number, code, figure, since in asked:
            now = figures.get(code)
            if came[receipt] > since and now is not None and now != figure:
                found[receipt][number] = f"数字已由{shown(figure)}改为{shown(now)}。"
    return found


def unit_subject(context: Context, unit_id: str, form: str, period: str) -> str:
    """Give what numbers a decision about where a unit stands, as receipts begin."""
    other = context.campaign.other_form(form)
    return "-".join((unit_id, period, *((other.key,) if other else ())))


def next_number(context: Context, receipt: str, matter: Matter, about: str = "") -> str:
    """Give the 编号 under which `matter` of a submission is decided next."""
    decided = context.store.decisions.find_all(receipt=receipt)
    return first_free(decided, receipt, matter, about)


def record_decision(context: Context, decision: NewDecision) -> bool:
    """Record a decision, mark what shows it, and have its submission judged anew where judging hears it.

    Give False where its number was decided already. Raise StoreError where there is no such receipt, or
    where a doubt is decided that there is not.
    """
    superior = who_decides(context, decision.unit_id)
    above = superior.unit_id if superior else ""
    if decision.verdict is Verdict.QUERY and decision.by_unit not in {"", above}:
        # What the unit above is on this day: it may be another one when the question is looked at.
        decision = replace(decision, details={**decision.details, FORWARDED: True})
    now, marks = context.clock.now(), stale_decided(context, decision)
    others = tuple(_mending(context, decision)) if _returns(context, decision) else ()
    with context.store.together():
        recorded = context.store.decisions.record(
            decision, now, reopen=_is_heard(context, decision), others=others
        )
        if recorded:
            context.store.publications.record_stale(marks, now)
    if recorded:
        context.forget_moved()
        LOG.info("decision %s: %s", decision.number, decision.verdict)
    return recorded


def _is_heard(context: Context, decision: NewDecision) -> bool:
    """Whether judging the submission anew comes out otherwise, or tells its unit something."""
    if decision.verdict is Verdict.UNDO:
        undone = context.store.decisions.find(decision.about)
        return undone is not None and _is_heard(context, undone)
    if decision.matter is Matter.ANSWERED:
        asked = context.store.decisions.find(decision.about)
        return not (asked and asked.details.get(FORWARDED))
    if decision.matter in {Matter.HELD, Matter.WAIVER}:
        return True
    return decision.verdict in _SAID and not decision.details.get(FORWARDED)


def _returns(context: Context, decision: NewDecision) -> bool:
    """Whether a decision returns something, or takes a return back."""
    undone = (
        context.store.decisions.find(decision.about) if decision.verdict is Verdict.UNDO else None
    )
    return (undone or decision).verdict is Verdict.RETURN


def _mending(context: Context, decision: NewDecision) -> Iterator[int]:
    """Give the arrival that the unit has to mend, where it came after what is returned: it hears of that too."""
    own = [
        each
        for each in context.store.submissions.find_submissions(
            decision.unit_id, decision.form, decision.period
        )
        if each.outcome in OWN
    ]
    if own and own[-1].outcome == "returned" and own[-1].receipt != decision.receipt:
        yield own[-1].arrival_id
