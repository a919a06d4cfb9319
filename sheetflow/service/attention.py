"""What deserves a look of what lies below a unit, taken from the store; and the draw of 本期抽查单位.

A median moves whenever a peer reports, and with it what deserves a look. So whatever was ever offered is
kept with its number for as long as its submission counts: a decision on a row that is not listed any longer
means that row still. What was drawn is kept for ever. Of units further down than directly below stands what the
books let their reader see, under numbers of its own: what the unit between has looked at is not shown again, and
what it is still to look at is left to it. This module refuses to decide, and keeps no words.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from hashlib import sha256

from sheetflow.consolidation.accepted import Accepted
from sheetflow.consolidation.attention import (
    CHANGED_LATE,
    CHANGED_PASSED,
    Around,
    Stood,
    find_looks,
    label_of,
)
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.likeness import near_identical
from sheetflow.consolidation.review_sheet import LookRow, SampledUnit
from sheetflow.consolidation.sampling import draw, had_a_turn
from sheetflow.context import Context
from sheetflow.schemas.documents import load_figures
from sheetflow.schemas.indicators import Figures, Number
from sheetflow.schemas.review import WHY, Decision, Matter, Passing, Verdict, standing
from sheetflow.service.attempts import mended_by, returned_receipts
from sheetflow.service.books import passed_until
from sheetflow.service.merged_units import who_decides
from sheetflow.service.repeated import is_repeated
from sheetflow.service.scopes import read_together
from sheetflow.store.records import Submission
from sheetflow.units import Unit, names_told_apart

_SEED_LETTERS = 8


def looks_of(
    context: Context, unit: Unit, books: Books
) -> tuple[tuple[LookRow, ...], tuple[SampledUnit, ...], str]:
    """Give the rows of `unit`'s 重点核对, whom it is to look at as a whole, and the seed of that draw.

    `books` are those that `unit` reads. What is offered and drawn here for the first time is recorded. Of what
    was purged nothing is offered.
    """
    whose = _whose(context, unit, books)
    below = tuple(whose)
    further = frozenset(one.unit_id for one, is_beyond in whose.items() if is_beyond)
    decisions = context.store.decisions.find_all(form=books.form.key, period=books.period.period_id)
    passed = {each.receipt for each in standing(decisions) if each.is_passing}
    gone = _purged(context, books)
    asked = [
        member
        for member in below
        if (entry := books.for_period(member.unit_id))
        and (
            entry.receipt not in gone
            if member.unit_id in further
            else entry.receipt not in gone | passed and entry.passing is not Passing.PASSED
        )
    ]
    around = _around(context, unit, books, asked, decisions)
    rows = find_looks(books, asked, replace(around, beyond=further))
    _keep_offered(context, unit, books, below, rows)
    direct = [member for member in below if member.unit_id not in further]
    sampled, seed = _sampled(context, unit, books, direct)
    return rows, sampled, seed


def _whose(context: Context, unit: Unit, books: Books) -> dict[Unit, bool]:
    """Give the units below that have something in, as decisions go today, and of each whether somebody between decides about it."""
    found = dict[Unit, bool]()
    for member in books.tree:
        if not books.for_period(member.unit_id):
            continue
        chain = [who_decides(context, member.unit_id)]
        while (last := chain[-1]) and last != unit and last not in chain[:-1]:
            chain.append(who_decides(context, last.unit_id))
        if chain[-1] == unit:
            found[context.tree[member.unit_id]] = len(chain) > 1
    return found


def _purged(context: Context, books: Books) -> set[str]:
    """Give the receipts of the period whose originals are gone for good: nothing of them is decided."""
    gone = context.store.purges.find_purged()
    form, period = books.form.key, books.period.period_id
    listed = context.store.submissions.find_submissions(form=form, period=period) if gone else ()
    return {each.receipt for each in listed if each.arrival_id in gone}


def _around(
    context: Context,
    unit: Unit,
    books: Books,
    below: Sequence[Unit],
    decisions: Sequence[Decision],
) -> Around:
    decided = defaultdict[str, list[Decision]](list)
    for each in decisions:
        decided[each.receipt].append(each)
    last = _looked_at(context, unit, decisions)
    named = names_told_apart(context.tree)
    entries = (books.for_period(member.unit_id) for member in below)
    receipts = {entry.receipt for entry in entries if entry}
    return Around(
        peers=_peers(context, books, unit, {member.level for member in below}),
        stood=_stood(context, books, below, decisions),
        alike=near_identical(books, unit, context.policy(unit.level), named, receipts),
        decided=decided,
        seen=_seen(context, last),
        grounds={
            whose: each.details.get(WHY, ()) for (whose, code), each in last.items() if not code
        },
        reader=unit.unit_id,
    )


def _peers(
    context: Context, books: Books, reader: Unit, levels: set[str]
) -> dict[str, list[Figures]]:
    """Give the figures of everybody of these levels, read together, who reported something for the period."""
    tree, (form, period) = context.tree, (books.form.key, books.period.period_id)
    among = {unit.unit_id for unit in read_together(tree, reader) if unit.level in levels}
    accepted = context.store.submissions.find_all_accepted(form, period, among=among)
    listed = [each for each in accepted.values() if not each.nil]
    figures = _figures(context, listed)
    found: dict[str, list[Figures]] = {level: [] for level in sorted(levels)}
    for each in listed:
        found[tree[each.unit_id].level].append(figures[each.receipt])
    return found


def _figures(context: Context, submissions: Sequence[Submission]) -> dict[str, Figures]:
    found = context.store.measurements.find_indicators(submissions)
    return {receipt: load_figures(figures) for receipt, figures in found.items()}


def _stood(
    context: Context, books: Books, below: Sequence[Unit], decisions: Sequence[Decision]
) -> dict[str, Stood]:
    """Give what stood of units that changed it: what was passed last, else what was in by the deadline.

    Who handed in the same again, to answer a question perhaps, changed nothing; who mends a return corrects nothing.
    """
    passed = {each.receipt for each in standing(decisions) if each.is_passing}
    returned = returned_receipts(decisions)
    before: dict[str, tuple[Submission, str]] = {}
    changed = {unit.unit_id: books.for_period(unit.unit_id) for unit in below}
    listed = context.store.submissions.find_submissions(
        form=books.form.key, period=books.period.period_id, among=changed.keys()
    )
    mending = mended_by(listed, returned)
    for each in listed:
        entry = changed[each.unit_id]
        if entry is None or each.outcome != "accepted" or each.judgement_id == entry.judgement:
            continue
        if each.receipt in passed:
            before[each.unit_id] = each, CHANGED_PASSED
        elif entry.receipt not in mending and _is_late(books, entry) and not _is_late(books, each):
            known = before.get(each.unit_id)
            if not known or known[1] == CHANGED_LATE:
                before[each.unit_id] = each, CHANGED_LATE
    for unit_id, (each, _) in list(before.items()):
        entry = changed[unit_id]
        now = context.store.submissions.find_submission(entry.receipt) if entry else None
        if now and is_repeated(context, each, now):
            del before[unit_id]
    figures = _figures(context, [each for each, _ in before.values()])
    return {unit_id: Stood(figures[each.receipt], word) for unit_id, (each, word) in before.items()}


def _is_late(books: Books, entry: Accepted | Submission) -> bool:
    """Whether it came in after the unit's own deadline, as a correction may."""
    due = books.deadlines.get((entry.unit_id, entry.period))
    return bool(due and entry.handed_in and entry.handed_in > due)


def _looked_at(
    context: Context, unit: Unit, decisions: Iterable[Decision]
) -> dict[tuple[str, str], Decision]:
    """Give what was decided last of what was looked at, by unit and code.

    What somebody further up has nothing against is still this unit's to look at.
    """
    above = {superior.unit_id for superior in context.tree.chain(unit.unit_id)[1:]}
    return {
        (each.unit_id, each.about): each
        for each in standing(decisions)
        if each.matter is Matter.LOOK
        and not (each.verdict is Verdict.FINE and each.by_unit in above)
    }


def _seen(
    context: Context, last: Mapping[tuple[str, str], Decision]
) -> dict[tuple[str, str], tuple[str, Number]]:
    """Give which submission and which figure were looked at last, by unit and code."""
    receipts = {each.receipt for each in last.values()}
    found = map(context.store.submissions.find_submission, receipts)
    figures = _figures(context, [each for each in found if each])
    return {
        asked: (each.receipt, figures.get(each.receipt, {}).get(asked[1]))
        for asked, each in last.items()
    }


def _where(unit: Unit, books: Books) -> tuple[str, str, str]:
    return unit.unit_id, books.form.key, books.period.period_id


def _keep_offered(
    context: Context,
    unit: Unit,
    books: Books,
    below: Sequence[Unit],
    rows: Sequence[LookRow],
) -> None:
    """Keep what is offered now beside what was, but for submissions that do not count any longer."""
    store, where = context.store.attention, _where(unit, books)
    entries = [books.for_period(member.unit_id) for member in below]
    counting = {entry.receipt for entry in entries if entry}
    known = store.find_offered(*where)
    kept = {number: row for number, row in known.items() if row["receipt"] in counting}
    kept |= {row.number: asdict(replace(row, why=(), label="", link="")) for row in rows}
    # As it comes back from the store: a tuple is a list there.
    if (now := json.loads(json.dumps(kept))) != known:
        store.record_offered(*where, now)


def offered_before(context: Context, unit: Unit, books: Books) -> tuple[LookRow, ...]:
    """Give what `unit` was ever offered about submissions that count, but for what was decided or purged.

    They have no reasons: those are told while a row is listed.
    """
    where = _where(unit, books)
    whose = {one.unit_id: is_beyond for one, is_beyond in _whose(context, unit, books).items()}
    given = context.store.decisions.find_all(form=where[1], period=where[2], matter=Matter.LOOK)
    decided, gone = {each.number for each in given}, _purged(context, books)
    return tuple(
        replace(
            LookRow(**{**row, "why": (), "label": label_of(books.form, row["code"])}),
            is_beyond=whose[row["unit_id"]],
        )
        for number, row in sorted(context.store.attention.find_offered(*where).items())
        if number not in decided and row["receipt"] not in gone and row["unit_id"] in whose
    )


def _sampled(
    context: Context, unit: Unit, books: Books, below: Sequence[Unit]
) -> tuple[tuple[SampledUnit, ...], str]:
    """Give who was drawn for the period; draw once nobody can choose any longer to be drawn.

    That is when all are in, or the deadline has passed of all, or the unit's own has: only then a draw is made.
    """
    store, (by, form, period) = context.store.attention, _where(unit, books)
    known = store.find_drawn(by, form)
    drawn = tuple(unit_id for when, unit_id in known if when == period)
    seed = _seed(context, unit, books)
    if _is_over(context, unit, books):
        candidates = [
            member.unit_id
            for member in below
            if (entry := books.for_period(member.unit_id)) and not entry.nil
        ]
        earlier = [unit_id for when, unit_id in known if when != period]
        found = draw(seed, candidates, earlier, drawn)
        store.record_drawn(by, form, period, found[len(drawn) :])
        drawn = found
    return tuple(_sample(context, books, unit_id) for unit_id in drawn), seed if drawn else ""


def drawn_earlier(context: Context, unit: Unit, books: Books) -> tuple[str, ...]:
    """Name who had had a turn already when the draw for the period was made."""
    by, form, period = _where(unit, books)
    known = context.store.attention.find_drawn(by, form)
    periods = [when for when, _ in known]
    before = known[: periods.index(period)] if period in periods else known
    had = had_a_turn([unit_id for _, unit_id in before])
    named = names_told_apart(context.tree)
    return tuple(named.get(unit_id, unit_id) for unit_id in sorted(had))


def _sample(context: Context, books: Books, unit_id: str) -> SampledUnit:
    entry = books.for_period(unit_id) if unit_id in context.tree else None
    name = context.tree[unit_id].name if unit_id in context.tree else unit_id
    return SampledUnit(unit_id=unit_id, unit=name, receipt=entry.receipt if entry else "")


def _is_over(context: Context, unit: Unit, books: Books) -> bool:
    """Whether all directly below are in, or past their deadline (缓报 too); or the unit's own is over."""
    expected = [each for each in books.expected(unit) if each.parent == unit.unit_id]
    passed, own = passed_until(context), context.deadline(unit, books.form, books.period)
    if passed and own <= passed:
        return True
    due = [
        books.deadlines.get((each.unit_id, books.period.period_id))
        for each in expected
        if not books.for_period(each.unit_id)
    ]
    return all(passed and moment and moment <= passed for moment in due)


def _seed(context: Context, unit: Unit, books: Books) -> str:
    """Give the seed of a period's draw: the same whenever it is asked, and known to nobody before.

    It is made by the workspace's own key, under a form that there is not: no workbook bears this token.
    """
    period = books.period.period_id
    token = context.token_for(f"{books.form.key} sample", unit.unit_id, period)
    whole = f"{token}{unit.unit_id}{books.form.key}{period}"
    return sha256(whole.encode()).hexdigest()[:_SEED_LETTERS]
