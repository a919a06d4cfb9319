"""What waits for a decision and what was decided, in lists for whoever looks after the service.

All of it comes from the same place as the 审核单 (`service.deciding`), so that nobody is shown another
list. This module refuses to decide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields

from sheetflow.consolidation.matters import Awaiting, waiting_of
from sheetflow.consolidation.review_content import noted_words
from sheetflow.consolidation.reviews import Review
from sheetflow.context import Context
from sheetflow.periods import Period
from sheetflow.schemas.forms import Form
from sheetflow.schemas.review import Decision, Matter, NewDecision, standing
from sheetflow.service.deciding import reviews_in, undated_reviews
from sheetflow.service.postponing import awaited_postponements
from sheetflow.service.waiting import unit_words
from sheetflow.store.records import PublicationKind

ADMINISTRATOR = "管理员"
"""Who decides where no unit does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """One thing that waits: under which number, about whom, whose decision it is, since when."""

    number: str
    unit_id: str
    unit: str
    matter: Matter
    label: str
    receipt: str
    about: str
    by_unit: str
    by: str
    said: str
    since: dt.datetime

    def as_json(self) -> dict[str, object]:
        """Give the object that ``decisions --json`` lists."""
        return {
            **{each.name: getattr(self, each.name) for each in fields(self)},
            "since": self.since.isoformat(timespec="seconds"),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedLine:
    """One decision as it was recorded, what it was about in words, and whether it was taken back."""

    decision: Decision
    unit: str
    label: str
    by: str
    is_undone: bool
    said: str

    def as_json(self) -> dict[str, object]:
        """Give the object that ``decisions --json`` lists."""
        decision = self.decision
        plain = {each.name: getattr(decision, each.name) for each in fields(NewDecision)}
        return {
            **plain,
            "decided_at": decision.decided_at.isoformat(timespec="seconds"),
            "details": dict(decision.details),
            "undone": self.is_undone,
        }


@dataclass(frozen=True, slots=True)
class Listed:
    """What waits, the oldest first, and what was decided, in its order."""

    waiting: tuple[WaitingLine, ...]
    decided: tuple[DecidedLine, ...]

    def as_json(self) -> dict[str, object]:
        """Give the object that ``decisions --json`` prints."""
        return {
            "waiting": [each.as_json() for each in self.waiting],
            "decided": [each.as_json() for each in self.decided],
        }


def list_decisions(
    context: Context, period: Period | None = None, form: Form | None = None
) -> Listed:
    """List what waits and what was decided: of a period and form, or of all."""
    waiting = sorted(_waiting(context, period, form), key=lambda each: (each.since, each.number))
    key = form.key if form else None
    decided = context.store.decisions.find_all(
        form=key, period=period.period_id if period else None
    )
    stands = {each.number for each in standing(decided)}
    by_number = {each.number: each for each in decided}
    return Listed(
        tuple(waiting),
        tuple(
            DecidedLine(
                decision=each,
                unit=unit_words(context, each.unit_id),
                label=each.matter.label.format(above=_level(context, "")),
                by=_called(context, each.by_unit),
                is_undone=each.number not in stands and each.matter is not Matter.UNDOING,
                said=_said(context, each, by_number.get(each.about)),
            )
            for each in decided
        ),
    )


def _said(context: Context, decision: Decision, undone: Decision | None) -> str:
    """Say what was decided: what was registered, which decision was taken back, else the verdict alone."""
    said = decision.verdict.label
    if decision.matter is Matter.UNIT:
        return f"{said}{noted_words(decision) or '取消'}"
    if decision.matter is Matter.UNDOING:
        label = undone.matter.label.format(above=_level(context, "")) if undone else ""
        which = f"（{label}：{_said(context, undone, None)}）" if undone else ""
        return f"{decision.about}{which}"
    return said


def _waiting(context: Context, period: Period | None, form: Form | None) -> Iterator[WaitingLine]:
    for review in _reviews(context, period, form):
        for each in waiting_of(review):
            yield _line(context, review.unit_id, each)
    handed_out = {
        (entry.form, entry.period)
        for entry in context.store.publications.find_publications()
        if entry.kind is PublicationKind.WORKBOOK
        and entry.form in context.campaign.by_key
        and (period is None or entry.period == period.period_id)
        and (form is None or entry.form == form.key)
    }
    for key, period_id in sorted(handed_out):
        asked = context.form(key), context.period(key, period_id)
        for each in awaited_postponements(context, *asked):
            yield _line(context, each.by_unit, each)


def _reviews(context: Context, period: Period | None, form: Form | None) -> Iterator[Review]:
    """Give every unit's review of what was asked for; what has no period only where none is named."""
    known = {
        (entry.form, entry.period)
        for entry in context.store.submissions.find_submissions()
        if entry.period
        and (period is None or entry.period == period.period_id)
        and (form is None or entry.form == form.key)
    }
    for asked in sorted(known):
        yield from reviews_in(context, *asked).values()
    if period is None and form is None:
        yield from undated_reviews(context).values()


def _line(context: Context, unit_id: str, awaiting: Awaiting) -> WaitingLine:
    asker = awaiting.question.decision.by_unit if awaiting.question else ""
    return WaitingLine(
        number=awaiting.number,
        unit_id=unit_id,
        unit=unit_words(context, unit_id),
        matter=awaiting.matter,
        label=awaiting.label(_level(context, asker)),
        receipt=awaiting.receipt,
        about=awaiting.about,
        by_unit=awaiting.by_unit,
        by=_called(context, awaiting.by_unit),
        said=awaiting.said,
        since=awaiting.since,
    )


def _level(context: Context, asker: str) -> str:
    """Name the level of whoever asked from further up."""
    return context.tree[asker].level if asker in context.tree else "上"


def _called(context: Context, unit_id: str) -> str:
    """Name who decides, as the list knows it."""
    return unit_words(context, unit_id) if unit_id else ADMINISTRATOR
