"""Figures measured again from the rows that the store has, where their declaration is another.

What counts is measured by children, one workbook's rows at a time; nothing is recorded here.
The figures of closed periods and of purged workbooks stay what they were: 原口径. What cannot
be measured now keeps its figure too, and is tried again at the next start. The store keeps by
what every declaration that was ever in force measured each figure, so that it is known of an
old one whether it would be the same today.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from sheetflow.children.judge_task import measure_rows
from sheetflow.consolidation.accepted import Making, made_by
from sheetflow.context import LOG, Context
from sheetflow.errors import SheetflowError, describe
from sheetflow.schemas.digests import measure_digest, measure_digests
from sheetflow.schemas.documents import Indicators
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Figures
from sheetflow.service.marks import stale_after
from sheetflow.store.records import Measurement, PublicationKind, Stale, Submission


@dataclass
class Measured:
    """What came of measuring again, to be recorded in one commit."""

    new: list[Measurement] = field(default_factory=list)
    stale: list[Stale] = field(default_factory=list)
    """What stands on figures that are others now."""
    fingerprints: dict[str, str] = field(default_factory=dict)
    taken_over: dict[str, set[int]] = field(default_factory=dict)
    """Judgements that an older version measured, by the declaration that gives the same."""
    sentences: list[str] = field(default_factory=list)

    @property
    def is_any(self) -> bool:
        """Whether there is anything to record."""
        return bool(self.new or self.fingerprints or any(self.taken_over.values()))

    def record(self, context: Context) -> None:
        """Record all of it; the caller makes one commit of it and of what else was noticed."""
        store = context.store.measurements
        for digest, judgement_ids in self.taken_over.items():
            store.record_taken_over(digest, judgement_ids)
        store.record(self.new)
        context.store.fingerprints.record(self.fingerprints)


def measure_again(context: Context, known: Mapping[str, str]) -> Measured:
    """Measure what counts and is not by the declaration in force; `known` are the fingerprints."""
    measured = Measured()
    for form in context.campaign.forms:
        _measure_form(context, form, known, measured)
    return measured


def _measure_form(
    context: Context, form: Form, known: Mapping[str, str], measured: Measured
) -> None:
    digest, last = measured_by(context, form), known.get(in_force(form))
    if last != digest:
        measured.fingerprints[in_force(form)] = digest
        measured.fingerprints |= what_is_kept(context, form)
    outdated = context.store.measurements.find_outdated(form.key, digest)
    if not outdated and last in {None, digest}:
        return
    due = _due(context, form, outdated)
    before = context.store.measurements.find_newest(entry.judgement_id for entry in due)
    # What is over is taken for what it was measured by; the rest where that is seen.
    unseen = {entry.judgement_id for entry in (due if last is None else outdated)}
    moved = done = 0
    for submission, figures in _each(context, form, due):
        old, done = before[submission.judgement_id], done + 1
        is_moved = old.figures != figures
        if old.digest or is_moved:
            now = context.clock.now()
            measured.new.append(Measurement(submission.judgement_id, digest, figures, now))
        if not is_moved:
            unseen.discard(submission.judgement_id)
        else:
            moved += 1
            measured.stale += [
                mark
                for mark in stale_after(context, submission)
                if mark.kind is not PublicationKind.ANSWER
            ]
        context.say("重新计算", done, len(due))
    taken_over = {entry.judgement_id for entry in outdated} - unseen
    if moved:  # it was another declaration: of what was not counted anew nobody can say by which
        taken_over &= before.keys()
    measured.taken_over[digest] = taken_over
    if moved or last not in {None, digest}:
        kept = len({entry.receipt for entry in outdated} - {entry.receipt for entry in due})
        measured.sentences.append(_sentence(context, form, last, done, kept))


def _due(context: Context, form: Form, outdated: tuple[Submission, ...]) -> list[Submission]:
    """Give those that count, are not closed and whose rows are whole."""
    purged = context.store.purges.find_purged() if outdated else frozenset()
    due: list[Submission] = []
    for period in sorted({entry.period for entry in outdated}):
        if context.is_closed(form.period(period)):
            continue
        standing = context.store.submissions.find_all_accepted(form.key, period)
        numbers = {entry.judgement_id for entry in standing.values()}
        due += [
            entry
            for entry in outdated
            if entry.period == period
            and entry.judgement_id in numbers
            and entry.unit_id in context.tree
            and entry.arrival_id not in purged
        ]
    return due


def _each(
    context: Context, form: Form, due: list[Submission]
) -> Iterator[tuple[Submission, Indicators]]:
    """Give each with its figures; few workbooks' rows are in hand at a time."""
    waiting: deque[tuple[Submission, Future[Indicators]]] = deque()
    for submission in due:
        if context.is_stopping():
            break
        level = context.tree[submission.unit_id].level
        rows = context.store.contents.find_rows(submission)
        version = int(submission.form_version or 0)
        work = (context.settings.campaign, form.key, version, level, rows)
        waiting.append((submission, context.pool.submit(measure_rows, *work)))
        if len(waiting) > 2 * context.pool_size:
            yield from _taken(waiting)
    while waiting:
        yield from _taken(waiting)


def _taken(
    waiting: deque[tuple[Submission, Future[Indicators]]],
) -> Iterator[tuple[Submission, Indicators]]:
    submission, future = waiting.popleft()
    try:
        yield submission, future.result()
    except SheetflowError as error:
        LOG.error("receipt %s not measured again: %s", submission.receipt, describe(error))


def _sentence(context: Context, form: Form, last: str | None, done: int, kept: int) -> str:
    then, now = measures_of(context, last or ""), measures_of(context, measured_by(context, form))
    made = made_otherwise(context, form, last or "")
    groups = (
        ("新增", [code for code in now if code not in then]),
        (
            "改变",
            [code for code in now if code in then and (then[code] != now[code] or code in made)],
        ),
        ("取消", [code for code in then if code not in now]),
    )
    told = "、".join(f"{word}{'、'.join(codes)}" for word, codes in groups if last and codes)
    words = f"《{form.title}》的指标口径有变化" + (f"（{told}）" if told else "")
    if done:
        words += f"，{done}份报表已按现在的口径重新计算，数有变动的在更正表里列为口径调整"
    if kept:
        also = "；另有" if done else "，"
        words += f"{also}{kept}份报表的报告期已截止、原件已清理或已被更正，仍按原口径"
    return f"{words}。"


def measured_by(context: Context, form: Form) -> str:
    """Give the digest of all that a form's figures are measured by now."""
    spot = (form.key, "figures")
    if spot not in context.declared:
        whole = context.form(form.key)
        context.declared[spot] = measure_digest(whole)
        context.measures[context.declared[spot]] = measure_digests(whole)
    return context.declared[spot]


def in_force(form: Form) -> str:
    """Name the fingerprint of what a form's figures were measured by last."""
    return f"figures:{form.key}"


def declaration(digest: str) -> str:
    """Name what is kept of one declaration for ever: what each figure is measured by."""
    return f"measures:{digest}"


def _making(digest: str) -> str:
    """Name what is kept of one declaration for ever: how figures are made from measured ones."""
    return f"made:{digest}"


def what_is_kept(context: Context, form: Form) -> dict[str, str]:
    """Give what is kept for ever of the declaration in force, by the name of each fingerprint."""
    digest = measured_by(context, form)
    return {
        declaration(digest): json.dumps(context.measures[digest], sort_keys=True),
        _making(digest): json.dumps(made_by(context.form(form.key)), sort_keys=True),
    }


def made_otherwise(context: Context, form: Form, digest: str) -> Mapping[str, Making]:
    """Give how the declaration with this digest made those figures that are made otherwise now."""
    if digest == measured_by(context, form):
        return {}
    if digest not in context.made:
        kept = context.store.fingerprints.find(_making(digest)) if digest else None
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
        kept = context.store.fingerprints.find(declaration(digest)) if digest else None
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
