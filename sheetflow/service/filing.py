"""定稿 and 正本 that were dropped: told from workbooks by name, looked into, and filed.

They are received as every delivery is. This module owns to which report one belongs, what it is
compared with, and what is recorded, in one commit with what is stale for it. What is not told is
held, never guessed; what was filed is changed by nothing that comes later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sheetflow.children import ChildLostError
from sheetflow.children.signed_tasks import (
    FinalReply,
    compare_final,
    is_whole_scan,
    look_into_final,
)
from sheetflow.consolidation.signed_reports import (
    DraftMark,
    Signed,
    named_form,
    named_periods,
    signed_kind,
)
from sheetflow.context import LOG, Context
from sheetflow.errors import UnreadableError
from sheetflow.intake.archive import blob_path
from sheetflow.schemas.forms import Form
from sheetflow.service.filed_answer import filed_mail
from sheetflow.service.files import is_beside
from sheetflow.service.kept_drafts import (
    BY_MARK,
    LATER,
    THEN,
    draft_text,
    dump_check,
    standing_signed,
)
from sheetflow.service.turns import MOST_DEATHS, putting_off
from sheetflow.store.records import Arrival, FollowUp, PublicationKind, Stale
from sheetflow.store.signed import Draft, NewSigned
from sheetflow.units import Unit

AGAIN = "again"
"""What came of the bytes of one that stands: nothing."""


@dataclass(frozen=True, slots=True)
class _Found:
    """To which report a file belongs, or why that is not known; and what it says of itself."""

    outcome: str
    why: str = ""
    form: str = ""
    period: str = ""
    reply: FinalReply = field(default_factory=FinalReply)


def file_signed(context: Context) -> Counter[str]:
    """File every 定稿 and 正本 that has arrived, in order; give how often each outcome came of it.

    One that meets trouble is put off.
    """
    outcomes: Counter[str] = Counter()
    for arrival in context.store.arrivals.find_unjudged(context.clock.now()):
        kind = signed_kind(arrival.name)
        if kind is None or is_beside(context, arrival) or arrival.unit_id not in context.tree:
            continue
        if context.is_stopping():
            break
        with putting_off(context, arrival):
            outcomes.update(_file(context, arrival, kind))
    return outcomes


def _file(context: Context, arrival: Arrival, kind: Signed) -> list[str]:
    """File one; give its outcome, alone in a list, or none where it is to try again."""
    found = _look(context, arrival, kind)
    if found is None:
        return []
    signed, now = context.store.signed, context.clock.now()
    which = (arrival.unit_id, found.form, found.period)
    marks = [_mark(which, PublicationKind.SIGNED)]
    if found.outcome == "filed":
        marks.append(_mark(which, PublicationKind.BOARD))
        known = standing_signed(context, *which).get(kind)
        if known and known.document.get("sha256") == arrival.sha256:
            with context.store.together():
                if signed.record_again(arrival, known, marks[:1], now):
                    mails = filed_mail(context, known, f".again.{arrival.arrival_id}")
                    context.store.outcomes.record_follow_up(FollowUp(mails=mails), now)
            LOG.info("unit %s: %s once more, %s", arrival.unit_id, kind.value, known.receipt)
            return [AGAIN]
    draft_id, document = 0, _document(arrival, found)
    if found.outcome == "filed" and kind is Signed.FINAL:
        draft_id, compared = _compared(context, arrival, found)
        document |= compared
    new = NewSigned(
        arrival_id=arrival.arrival_id,
        unit_id=arrival.unit_id,
        form=found.form,
        period=found.period,
        kind=kind.value,
        outcome=found.outcome,
        draft_id=draft_id,
        document=document,
    )
    other = context.campaign.other_form(found.form)
    named = other.key if other else ""
    with context.store.together():
        recorded = signed.record_signed(arrival, new, marks, now, named=named)
        mails = filed_mail(context, recorded) if recorded else ()
        context.store.outcomes.record_follow_up(FollowUp(mails=mails), now)
    if recorded:
        LOG.info("unit %s: %s %s", arrival.unit_id, recorded.receipt, recorded.outcome)
    return [found.outcome]


def _document(arrival: Arrival, found: _Found) -> dict[str, object]:
    return {"sha256": arrival.sha256, "why": found.why, "revised": found.reply.is_revised}


def _compared(context: Context, arrival: Arrival, found: _Found) -> tuple[int, dict[str, object]]:
    """Compare a 定稿 with its draft; give that one's number, 0 for none, and what is kept of it."""
    how, draft = _draft_of(context, arrival, found)
    if draft is None:
        return 0, {}
    path = str(blob_path(context.workspace.archive, arrival.sha256))
    try:
        check = context.pool.call(compare_final, path, draft_text(draft).blocks)
    except UnreadableError as error:  # it was read before: no text that can be compared
        LOG.warning("unit %s: not compared: %s", arrival.unit_id, error.reason)
        return draft.draft_id, {"against": how}
    return draft.draft_id, {"against": how, "check": dump_check(check)}


def _mark(which: tuple[str, str, str], kind: PublicationKind) -> Stale:
    unit_id, form, period = which
    return Stale(unit_id=unit_id, form=form, period=period, kind=kind)


def _look(context: Context, arrival: Arrival, kind: Signed) -> _Found | None:
    """Look what a file is, and of which report; None where its reader died and is to try again."""
    unit = context.tree[arrival.unit_id]
    if arrival.purpose == "precheck":
        return _Found("refused", "precheck")
    forms = [form for form in context.campaign.forms if form.report]
    if not forms or not context.tree.children(unit.unit_id):
        return _Found("refused", "no-report")
    path = str(blob_path(context.workspace.archive, arrival.sha256))
    reply = FinalReply()
    try:
        if kind is Signed.FINAL:
            reply = context.pool.call(look_into_final, path)
        elif not context.pool.call(is_whole_scan, path):
            return _Found("refused", "scan-none")
    except ChildLostError as error:
        deaths = context.store.arrivals.record_death(arrival.arrival_id)
        return _Found("refused", error.reason) if deaths >= MOST_DEATHS else None
    except UnreadableError as error:
        return _Found("refused", error.reason)
    form, period, why = _belongs(context, unit, forms, arrival.name, reply.mark)
    if not why and not _has_report(context, unit, form, period):
        why = "report-none"
    return _Found("held", why, reply=reply) if why else _Found("filed", "", form, period, reply)


def _belongs(
    context: Context, unit: Unit, forms: Sequence[Form], name: str, mark: DraftMark | None
) -> tuple[str, str, str]:
    """Tell form and period by the mark, else by the name; else why that cannot be told."""
    by_key = {form.key: form for form in forms}
    if mark and mark.unit_id != unit.unit_id:
        return "", "", "unit-other"
    if mark and mark.form in by_key:
        named = {period.period_id for period in named_periods(name, by_key[mark.form])}
        if named - {mark.period}:
            return "", "", "period-contradicts"
        return mark.form, mark.period, ""
    if unit.name not in name and any(_others(context, unit, name)):
        return "", "", "unit-other"
    return _named(context, forms, name)


def _named(context: Context, forms: Sequence[Form], name: str) -> tuple[str, str, str]:
    """Tell form and period by a file's name alone; else why that cannot be told."""
    form = named_form(name, forms, context.campaign.main_form)
    if form is None:
        return "", "", "form-unknown"
    periods = named_periods(name, form)
    if len(periods) != 1:
        return "", "", "period-several" if periods else "period-unknown"
    return form.key, next(iter(periods)).period_id, ""


def _others(context: Context, unit: Unit, name: str) -> list[str]:
    """Name the other units with reports of their own that stand in a file's name."""
    tree = context.tree
    return [
        each.name
        for each in tree
        if each.unit_id != unit.unit_id and each.name in name and tree.children(each.unit_id)
    ]


def _has_report(context: Context, unit: Unit, form: str, period: str) -> bool:
    published = context.store.publications.find_publications(unit.unit_id, period)
    return any(entry.kind == PublicationKind.REPORT and entry.form == form for entry in published)


def _draft_of(context: Context, arrival: Arrival, found: _Found) -> tuple[str, Draft | None]:
    """Find the draft that a 定稿 was made of: by its mark, else the one that stood when it came."""
    signed, which = context.store.signed, (arrival.unit_id, found.form, found.period)
    mark = found.reply.mark
    marked = signed.find_draft_marked(*which, mark.draft) if mark else None
    if marked and draft_text(marked).blocks:
        return BY_MARK, marked
    then = signed.find_newest_draft(*which, until=arrival.arrived_at)
    draft = then or signed.find_newest_draft(*which)
    if draft and draft_text(draft).blocks:
        return (THEN if then else LATER), draft
    return "", None
