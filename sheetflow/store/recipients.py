"""To whom a mail goes, and who of them has it: one row for each.

This module owns the states of a recipient. Who has a mail never gets it again, who refused it
for good is not asked again, who put it off is asked again alone. It refuses to know when.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from sheetflow.store.records import Delivered
from sheetflow.store.schema import mail_recipients as table

_AT_ONCE = 500
"""How many mails one query names; every database program takes that many."""

OPEN, SENT, REFUSED = "queued", "sent", "refused"


def add(connection: Connection, mail_id: int, recipients: Iterable[str]) -> None:
    """Add whom a new mail goes to; an address that stands twice is one recipient."""
    rows = [
        {"mail_id": mail_id, "recipient": recipient, "state": OPEN}
        for recipient in dict.fromkeys(recipients)
    ]
    if rows:
        connection.execute(insert(table), rows)


def settle(
    connection: Connection, mail_id: int, delivered: Delivered, at: dt.datetime
) -> tuple[str, str]:
    """Record what became of each one in an attempt; give the mail's state and its trouble.

    It is ``queued`` while somebody is left to try, ``held`` where nobody got it, else ``sent``.
    """
    _change(connection, mail_id, SENT, dict.fromkeys(delivered.accepted, ""), at)
    _change(connection, mail_id, REFUSED, delivered.refused, at)
    _change(connection, mail_id, OPEN, delivered.again, at)
    rows = connection.execute(
        select(table.c.state, table.c.trouble).where(table.c.mail_id == mail_id)
    ).all()
    states = {row.state for row in rows}
    state = OPEN if OPEN in states else SENT if SENT in states else "held"
    wanted = OPEN if state == OPEN else REFUSED
    return state, next((row.trouble for row in rows if row.state == wanted and row.trouble), "")


def _change(
    connection: Connection,
    mail_id: int,
    state: str,
    troubles: Mapping[str, str],
    at: dt.datetime,
) -> None:
    if not troubles:
        return
    change = (
        update(table)
        .where(
            table.c.mail_id == mail_id,
            table.c.recipient == bindparam("whom"),
            table.c.state == OPEN,
        )
        .values(state=state, trouble=bindparam("why"), settled_at=at)
    )
    connection.execute(
        change, [{"whom": recipient, "why": why} for recipient, why in troubles.items()]
    )


def reopen(connection: Connection, mail_id: int, recipients: Sequence[str]) -> bool:
    """Ask those of `recipients` who do not have it again; others than these are struck.

    Tell whether there is anybody to ask.
    """
    mine = table.c.mail_id == mail_id
    known = set(connection.execute(select(table.c.recipient).where(mine)).scalars())
    unserved = mine & (table.c.state != SENT)
    connection.execute(table.delete().where(unserved, table.c.recipient.not_in(recipients)))
    connection.execute(update(table).where(unserved).values(state=OPEN, trouble=""))
    add(connection, mail_id, [each for each in recipients if each not in known])
    left = select(table.c.recipient).where(mine, table.c.state == OPEN)
    return connection.execute(left).first() is not None


def find(
    connection: Connection, mail_ids: Collection[int]
) -> dict[int, list[tuple[str, str, str]]]:
    """Give recipient, state and trouble of each one, by mail."""
    found: dict[int, list[tuple[str, str, str]]] = {mail_id: [] for mail_id in mail_ids}
    listed = sorted(mail_ids)
    for start in range(0, len(listed), _AT_ONCE):
        here = table.c.mail_id.in_(listed[start : start + _AT_ONCE])
        query = select(table.c.mail_id, table.c.recipient, table.c.state, table.c.trouble)
        for row in connection.execute(query.where(here)):
            found[row.mail_id].append((row.recipient, row.state, row.trouble))
    return found
