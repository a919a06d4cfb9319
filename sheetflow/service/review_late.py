"""What makes a 审核单 stale though nobody handed anything in: a question that waits too long, a new policy.

The moment up to which questions were looked at stands in the store, moved on in the commit that sets the
marks: what is printed asks that moment and no clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sheetflow.context import Context
from sheetflow.periods import end_of, is_working_day
from sheetflow.schemas.forms import Form
from sheetflow.schemas.review import FORWARDED, Decision, Verdict
from sheetflow.service.merged_units import who_decides
from sheetflow.service.passing import policy_of, recent_periods
from sheetflow.service.review_marks import has_reviews, review_marks
from sheetflow.store.records import PublicationKind, Stale

_PATIENCE = 3
"""So many working days after its own deadline the unit between has for what is asked from further up."""
_A_MONTH = dt.timedelta(days=30)
_LOOKED, _POLICY = "questions looked at", "reviews by policy"
"""The names of the fingerprints that hold up to when, and by which policy, marks were set."""


def mark_reviews(context: Context) -> None:
    """Mark what shows a question that the unit between is late with now, or that a policy asks for since."""
    marks = {**dict.fromkeys(_late_since(context)), **dict.fromkeys(_asked_since(context))}
    now, looked = context.clock.now(), _looked(context)
    is_long_ago = bool(looked and now - looked > _A_MONTH)  # else all since then is read for ever
    if not (marks or is_long_ago or _known(context, _POLICY) != policy_of(context)):
        return
    with context.store.together():
        kept = {_LOOKED: now.isoformat(), _POLICY: str(policy_of(context))}
        context.store.fingerprints.record(kept)
        context.store.publications.record_stale(marks, now)


def _known(context: Context, name: str) -> str:
    return context.store.fingerprints.find(name) or ""


def _looked(context: Context) -> dt.datetime | None:
    known = _known(context, _LOOKED)
    return dt.datetime.fromisoformat(known) if known else None


def is_late(context: Context, between: str, form: Form, asked: Decision) -> bool:
    """Whether the unit between was late with a question when questions were looked at last."""
    looked = _looked(context)
    return bool(looked and between in context.tree and _due(context, between, form, asked) < looked)


def _due(context: Context, between: str, form: Form, asked: Decision) -> dt.datetime:
    """Give until when the unit between is to see to what is asked from further up, its deadline over or not."""
    own = context.deadline(context.tree[between], form, form.period(asked.period))
    day = max(own, asked.decided_at).date()
    left = _PATIENCE
    while left:
        day += dt.timedelta(days=1)
        left -= is_working_day(day, context.day_overrides)
    return end_of(day)


def _late_since(context: Context) -> Iterator[Stale]:
    """Mark the sheets of who asked something that the unit between is late with since the last look."""
    looked, now = _looked(context), context.clock.now()
    periods = recent_periods(context, min(now, looked or now))
    for asked in context.store.decisions.find_in(periods, verdict=Verdict.QUERY):
        between = who_decides(context, asked.unit_id) if asked.details.get(FORWARDED) else None
        if between is None or asked.form not in context.campaign.by_key:
            continue
        form = context.form(asked.form)
        due = _due(context, between.unit_id, form, asked)
        is_new = due < now and (looked is None or due >= looked)
        if is_new and has_reviews(context) and asked.by_unit in context.tree:
            yield Stale(
                unit_id=asked.by_unit,  # of four levels it need not stand right above the one between
                form=form.key,
                period=asked.period,
                kind=PublicationKind.REVIEW,
                why=f"{asked.number}超过时限",
            )


def _asked_since(context: Context) -> Iterator[Stale]:
    """Mark sheets for all open periods that anything was made for, where superiors are asked since now."""
    if _known(context, _POLICY) == policy_of(context) or not has_reviews(context):
        return
    for entry in context.store.publications.find_publications():
        declared = context.campaign.by_key.get(entry.form)
        if entry.kind is PublicationKind.WORKBOOK and declared and entry.unit_id in context.tree:
            period = declared.period(entry.period)
            if not context.is_closed(period):
                yield from review_marks(context, entry.unit_id, entry.form, [period])
