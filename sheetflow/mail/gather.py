"""A flood of answers to one unit becomes one mail that names every receipt (promise 18).

This module owns when mails are gathered and what the one says. It refuses to drop any: what
was gathered stays on record with the number of the mail that tells of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from sheetflow.context import LOG, Context
from sheetflow.mail.facts import mail_facts, make_mail
from sheetflow.store.records import Mail
from sheetflow.units import Unit
from sheetflow.wording import Event

_SINGLY = 8
"""So many mails about answers go to a unit one by one within `_SPELL`."""
_SPELL = dt.timedelta(minutes=10)
_QUIET = dt.timedelta(seconds=20)
"""Nothing new for so long, and a flood is over."""


def gather_floods(context: Context, *, is_served: bool) -> None:
    """Put one mail in the place of many to the same unit, leaving the first of them.

    While somebody serves, it waits until nothing more comes, but no longer than a spell.
    """
    now = context.clock.now()
    crowded = context.store.mails.find_crowded(now, now - _SPELL, _SINGLY)
    for unit_id, (untold, sent) in crowded.items():
        waited = [mail for mail in untold if mail.next_try_at > mail.created_at]
        fresh = [mail for mail in untold if mail.next_try_at <= mail.created_at]
        rest = [*waited, *fresh[max(0, _SINGLY - sent) :]]
        if not rest or unit_id not in context.tree:
            continue
        if is_served and _is_still_coming(rest, now):
            until = now + _QUIET
            context.store.mails.record_waiting([mail.mail_id for mail in rest], until)
        elif len(rest) > 1:
            _gather(context, context.tree[unit_id], rest)


def _is_still_coming(mails: Sequence[Mail], now: dt.datetime) -> bool:
    """Whether more may come to be told with these; not where the clock was set back since."""
    first, last = mails[0].created_at, mails[-1].created_at
    return first <= last <= now and now - last < _QUIET and now - first < _SPELL


def _gather(context: Context, unit: Unit, mails: Sequence[Mail]) -> None:
    data = replace(
        mail_facts(context, unit, "", ""),
        counts=(("", len(mails)),),
        remarks=tuple(_line(mail) for mail in mails),
    )
    name = f"gathered.{unit.unit_id}.{mails[0].mail_id}-{mails[-1].mail_id}"
    for mail in make_mail(context, unit, Event.GATHERED, data, name):
        # It belongs to no one receipt: it is never gathered itself.
        context.store.mails.record_gathered(
            [each.mail_id for each in mails], replace(mail, receipt=""), context.clock.now()
        )
    LOG.info("unit %s: %d mails gathered into one", unit.unit_id, len(mails))


def _line(mail: Mail) -> str:
    """Name the receipt, what became of it, and where the answer lies."""
    receipt = mail.receipt.partition(".")[0]
    places = "、".join(
        PurePosixPath(*PurePosixPath(each.path).parts[1:]).as_posix() for each in mail.attachments
    )
    subject = mail.subject.partition("】")[2] or mail.subject
    return f"{receipt}　{subject}" + (f"　答复：{places}" if places else "")
