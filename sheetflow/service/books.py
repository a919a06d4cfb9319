"""What counts: accepted submissions as `Books`, and by which declaration they were measured.

The store keeps for ever by what each declaration measured and made every figure: so it is known
of an old one whether it would give the same today. This module refuses to judge or consolidate.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sheetflow.consolidation.accepted import (
    Accepted,
    Attempt,
    Books,
    ExplanationRow,
    Making,
    UnitAndPeriod,
    made_by,
    made_then,
    with_making,
)
from sheetflow.consolidation.gists import Gist, gist_of, load_gist, sheets_looked_at
from sheetflow.consolidation.states import HandedIn, Said
from sheetflow.context import Context
from sheetflow.periods import Period, end_of
from sheetflow.schemas.documents import (
    gist_digest,
    load_explanations,
    load_figures,
    load_filing,
    load_finding,
    load_rows,
    measure_digest,
    measure_digests,
    shown_digest,
)
from sheetflow.schemas.evidence import counted
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Figures
from sheetflow.schemas.parsing import Value, holds_personal_number
from sheetflow.schemas.review import Passing
from sheetflow.service.passing import going_up, passing_by_unit, reviews_of, said_of
from sheetflow.service.unit_history import OWN_OUTCOMES
from sheetflow.store.records import KeptGist, Measurement, PublicationKind, Submission
from sheetflow.units import Unit

PASSED = "deadlines passed"
"""The name of the fingerprint that holds the last deadline which has passed."""


def passed_until(context: Context) -> dt.datetime | None:
    """Give the last deadline that is known to have passed; None where nobody has looked yet."""
    kept = context.store.fingerprints.find(PASSED)
    return dt.datetime.fromisoformat(kept) if kept else None


def books_of(context: Context, form: Form, period: Period, top: Unit | None = None) -> Books:
    """Gather everything accepted and tried in `form` up to `period`, of all or below `top`."""
    store = context.store
    among = _answered_for_below(context, top, period) if top else None
    accepted: dict[UnitAndPeriod, Accepted] = {}
    attempts: dict[UnitAndPeriod, Attempt] = {}
    submissions: dict[str, Submission] = {}
    beyond: dict[UnitAndPeriod, Accepted | None] = {}
    said: dict[UnitAndPeriod, Said] = {}
    deadlines, passed = _deadlines(context, form, period), passed_until(context)
    for entry in period.year_so_far:
        tried = store.submissions.find_submissions(
            form=form.key, period=entry.period_id, among=among
        )
        standing = {one.unit_id: one for one in tried if one.outcome == "accepted"}
        reviews = reviews_of(context, form, entry, tried)
        until = {unit_id: day for (unit_id, name), day in deadlines.items() if name == str(entry)}
        up = going_up(context, reviews, until, passed) if reviews else {}
        wanted = set(up.values())
        counting = [*standing.values(), *(one for one in tried if one.receipt in wanted)]
        counts = _counting(context, form, counting, is_current=entry == period)
        passings = passing_by_unit(reviews)
        for unit_id, submission in standing.items():
            if unit_id not in context.tree:
                continue  # it left the list: `missing_units` says so
            key = (unit_id, entry.period_id)
            passing = passings.get(unit_id, Passing.NONE)
            accepted[key] = replace(counts[submission.receipt], passing=passing)
            if up.get(unit_id, submission.receipt) != submission.receipt:
                beyond[key] = counts.get(up[unit_id])
        submissions |= {one.receipt: one for one in counting}
        for unit_id, attempt in _last_words(tried).items():
            attempts[unit_id, entry.period_id] = attempt
        for unit_id, words in said_of(context, reviews).items():
            said[unit_id, entry.period_id] = words
            if words.excused_until:
                key = (unit_id, entry.period_id)
                deadlines[key] = max(deadlines[key], end_of(words.excused_until))

    def rows_of(
        sheet: str, wanted: Sequence[Accepted]
    ) -> Iterator[tuple[Accepted, Sequence[Mapping[str, Value]]]]:
        by_receipt = {entry.receipt: entry for entry in wanted}
        listed = [submissions[entry.receipt] for entry in wanted]
        for submission, text in store.contents.iterate_rows(listed, sheet):
            yield by_receipt[submission.receipt], load_rows(form.by_key[sheet], text)

    return Books(
        form=with_making(form, made_then(period, accepted)),
        tree=context.tree,
        period=period,
        accepted=accepted,
        attempts=attempts,
        rows_of=rows_of,
        deadlines=deadlines,
        passed=passed,
        in_force=context.campaign.in_force(form, period).version,
        said=said,
        beyond=beyond,
    )


def _counting(
    context: Context, form: Form, submissions: Sequence[Submission], *, is_current: bool
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
        if submission.unit_id in context.tree:
            said = number in explained
            counts = _accepted(context, form, submission, measured[number], is_explained=said)
            gist, files = gists.get(number, counts.gist), counted(named.get(number, ()))
            found[submission.receipt] = replace(counts, gist=gist, files=files)
    return found


def gist_by(context: Context, form: Form) -> str:
    """Give the digest of all that gists of a form's submissions are made by now."""
    asked = (form.key, "gists")
    if asked not in context.declared:
        context.declared[asked] = gist_digest(context.form(form.key))
    return context.declared[asked]


def gists_of(context: Context, form: Form, standing: Iterable[Submission]) -> dict[int, Gist]:
    """Give what these submissions' cards say in short, by judgement; of which none is kept, made."""
    listed = {submission.judgement_id: submission for submission in standing}
    kept = context.store.gists.find(listed, gist_by(context, form))
    lacking = [submission for number, submission in listed.items() if number not in kept]
    made = {number: gist.document for number, gist in made_gists(context, form, lacking).items()}
    return {number: load_gist(document) for number, document in (kept | made).items()}


def made_gists(context: Context, form: Form, lacking: Sequence[Submission]) -> dict[int, KeptGist]:
    """Make the gists of submissions that were judged by an older version or declaration."""
    whole = context.form(form.key)
    rows: dict[int, dict[str, list[dict[str, Value]]]] = {
        submission.judgement_id: {} for submission in lacking
    }
    filings: dict[int, dict[str, str]] = {number: {} for number in rows}
    for sheet in sorted(sheets_looked_at(whole)) if lacking else ():
        for submission, text in context.store.contents.iterate_rows(lacking, sheet):
            rows[submission.judgement_id][sheet] = load_rows(whole.by_key[sheet], text)
            if said := load_filing(text):
                filings[submission.judgement_id][sheet] = said
    made: dict[int, KeptGist] = {}
    for submission in lacking:
        known = submission.unit_id in context.tree
        chain = context.tree.chain(submission.unit_id) if known else ()
        names = [unit.name for unit in chain]
        number = submission.judgement_id
        document = gist_of(whole, names, rows[number], filings[number])
        made[number] = KeptGist(gist_by(context, form), document)
    return made


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


def _answered_for_below(context: Context, top: Unit, period: Period) -> frozenset[str]:
    """Name all units below `top`, and those that ended and are answered for by one of them."""
    tree = context.tree
    below = tree.subtree(top.unit_id)
    ended = (old for unit in below for old in tree.predecessors_on(unit.unit_id, period.last_day))
    return frozenset(unit.unit_id for unit in (*below, *ended))


def _deadlines(context: Context, form: Form, period: Period) -> dict[UnitAndPeriod, dt.datetime]:
    """Give every unit's deadlines in the year so far; they differ by level alone."""
    pairs = [(unit, entry) for unit in context.tree for entry in period.year_so_far]
    of_level = {(unit.level, entry.period_id): (unit, form, entry) for unit, entry in pairs}
    until = {key: context.deadline(*asked) for key, asked in of_level.items()}
    return {
        (unit.unit_id, entry.period_id): until[unit.level, entry.period_id] for unit, entry in pairs
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
        if finding.identity in said
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
        if known is None or entry.outcome in OWN_OUTCOMES or known.outcome not in OWN_OUTCOMES:
            found[entry.unit_id] = entry
            is_first_own = (
                entry.outcome in OWN_OUTCOMES and known and known.outcome not in OWN_OUTCOMES
            )
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


def declared(context: Context, form: Form, kind: PublicationKind) -> str:
    """Give the digest of all in the form's whole declaration that one kind of publication shows."""
    asked = (form.key, kind)
    if asked not in context.declared:
        context.declared[asked] = shown_digest(kind, context.campaign, context.form(form.key))
    return context.declared[asked]


def measured_by(context: Context, form: Form) -> str:
    """Give the digest of all that a form's figures are measured by now."""
    asked = (form.key, "figures")
    if asked not in context.declared:
        whole = context.form(form.key)
        context.declared[asked] = measure_digest(whole)
        context.measures[context.declared[asked]] = measure_digests(whole)
    return context.declared[asked]


def what_is_kept(context: Context, form: Form) -> dict[str, str]:
    """Give what is kept for ever of the declaration in force, by the name of each fingerprint."""
    digest = measured_by(context, form)
    return {
        f"measures:{digest}": json.dumps(context.measures[digest], sort_keys=True),
        f"made:{digest}": json.dumps(made_by(context.form(form.key)), sort_keys=True),
    }


def made_otherwise(context: Context, form: Form, digest: str) -> Mapping[str, Making]:
    """Give how the declaration with this digest made those figures that are made otherwise now."""
    if digest == measured_by(context, form):
        return {}
    if digest not in context.made:
        kept = context.store.fingerprints.find(f"made:{digest}") if digest else None
        then: Mapping[str, list[str]] = json.loads(kept or "{}")
        now = made_by(context.form(form.key))
        context.made[digest] = {
            code: tuple(making)
            for code, making in then.items()
            if code in now and now[code] != tuple(making)
        }
    return context.made[digest]


def measures_of(context: Context, digest: str) -> Mapping[str, str]:
    """Give what each figure was measured by, by code; nothing where nobody knows."""
    if digest not in context.measures:
        kept = context.store.fingerprints.find(f"measures:{digest}") if digest else None
        context.measures[digest] = json.loads(kept or "{}")
    return context.measures[digest]


def former_codes(context: Context, form: Form, digest: str, figures: Figures) -> tuple[str, ...]:
    """Give the codes of figures that the declaration in force would measure otherwise (原口径).

    So is what it asks for and nobody measured.
    """
    current = measured_by(context, form)
    if digest == current:
        return ()
    then, now = measures_of(context, digest), measures_of(context, current)
    return tuple(
        code
        for code in sorted(now)
        if code not in figures or (digest and then.get(code) != now[code])
    )
