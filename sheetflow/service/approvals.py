"""签批件: scans of what was signed, put into a folder beside a 审核单 and kept with what they are of.

Told by name (签批_编号.pdf), from units that decide about others alone. This module refuses to look into
one: it is kept in the archive as it came.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from sheetflow.context import LOG, Context
from sheetflow.lookalikes import plain, without_spaces
from sheetflow.mail.facts import mail_facts, make_mail
from sheetflow.mail.letter_data import Event
from sheetflow.service.deciding import decided_by
from sheetflow.service.review_result import REVIEW
from sheetflow.service.turns import putting_off
from sheetflow.store.records import Arrival, FollowUp, NewMail

_APPROVAL = "approval"
"""What the head of its answer says."""
_NAMED = re.compile(
    r"签批[_＿ -]*(.*)[.](?:pdf|ofd|jpe?g|png|tiff?|bmp)", re.IGNORECASE | re.DOTALL
)
_UNKNOWN = (
    "这份签批件的文件名里没有下级单位的编号，看不出是哪一项的，已经存档。"
    "请照审核单第一列的编号取名，如“签批_编号.pdf”，再放一次。"
)


def is_approval(context: Context, arrival: Arrival) -> bool:
    """Whether a file is a scan of what was signed, by its name and by who sends it."""
    above_others = bool(context.tree.children(arrival.unit_id))
    return above_others and _NAMED.fullmatch(arrival.name) is not None


def keep_approvals(context: Context) -> None:
    """Keep every scan that has arrived with the number in its name; tell where there is none."""
    for arrival in context.store.arrivals.find_unjudged(context.clock.now()):
        if arrival.unit_id in context.tree and is_approval(context, arrival):
            with putting_off(context, arrival), context.store.together():
                _keep(context, arrival)


def _keep(context: Context, arrival: Arrival) -> None:
    named, now = _NAMED.fullmatch(arrival.name), context.clock.now()
    number = without_spaces(plain(named[1])) if named else ""
    document = {"kind": _APPROVAL, "number": number}
    if not context.store.arrivals.record_answer(arrival, REVIEW, now, document=[document]):
        return
    below = decided_by(context, context.tree[arrival.unit_id])
    if not any(number.startswith(f"{each.unit_id}-") for each in below):
        mails = _tell(context, arrival)
        context.store.outcomes.record_follow_up(FollowUp(mails=mails), now)
    LOG.info("unit %s: arrival %d kept: 签批件", arrival.unit_id, arrival.arrival_id)


def _tell(context: Context, arrival: Arrival) -> tuple[NewMail, ...]:
    unit = context.tree[arrival.unit_id]
    data = replace(
        mail_facts(context, unit, "", ""),
        paper="签批件",
        received=f"{arrival.arrived_at:%Y-%m-%d %H:%M}",
        reason=_UNKNOWN,
    )
    return make_mail(context, unit, Event.REVIEWED, data, f"approval-{arrival.arrival_id}")


def approved_numbers(context: Context, unit_id: str, numbers: Collection[str]) -> frozenset[str]:
    """Give those of the numbers of which a unit put a scan beside its 审核单."""
    store = context.store.arrivals
    kept = (
        document
        for arrival in store.find_answered(unit_id, REVIEW)
        for document in store.find_answer_document(arrival.arrival_id)[:1]
    )
    named = {str(each["number"]) for each in kept if each.get("kind") == _APPROVAL}
    # People write more beside a number: which page it is, or who signed.
    return frozenset(
        number
        for number in numbers
        if any(name == number or re.match(re.escape(number) + r"\D", name) for name in named)
    )
