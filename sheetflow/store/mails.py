"""The mail queue: what is to be sent, what was sent, what is held, and who of the recipients has it.

Who has a mail never gets it again, who refused it for good is not asked again, who put it off is
asked again alone. A mail is queued in the commit of what it tells, so it goes out at least once; its
Message-ID never changes. This module talks to no server: the caller sends and reports.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select, update

from sheetflow.errors import StoreError, wait_after
from sheetflow.store.database import Database, chunks
from sheetflow.store.publications import moved_path
from sheetflow.store.records import Attachment, Delivered, Mail, NewMail
from sheetflow.store.schema import mail_recipients as recipients
from sheetflow.store.schema import mails as table

FIRST_WAIT = dt.timedelta(minutes=1)
LONGEST_WAIT = dt.timedelta(hours=1)
_BEFORE = dt.timedelta(seconds=1)

_OPEN, _SENT, _REFUSED = "queued", "sent", "refused"
"""The states of a recipient."""


class Mails:
    """The queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_mails(self, mails: Sequence[NewMail], at: dt.datetime) -> None:
        """Queue mails that belong to no answer; known Message-IDs are left out."""
        with self._database.writing() as connection:
            queue(connection, mails, at)

    def newest_id(self) -> int:
        """The number of the mail that was queued last, 0 where there is none."""
        return self._database.scalar(select(func.max(table.c.mail_id))) or 0

    def find_due(
        self, now: dt.datetime, limit: int = 100, newest: int | None = None
    ) -> tuple[Mail, ...]:
        """Return queued mails whose time has come, in the order in which it came, at most `limit`.

        With `newest`, none that was queued after the mail of that number. One that would wait
        longer than ever need be is due as well: the clock was set back.
        """
        # Twice the longest wait: one round of sending looks with one `now`, and may last.
        far = table.c.next_try_at > now + 2 * LONGEST_WAIT
        untried = (table.c.attempts == 0) & (table.c.created_at > now)
        is_due = (table.c.next_try_at <= now) | far | untried
        query = select(table).where(table.c.state == "queued", is_due)
        if newest is not None:
            query = query.where(table.c.mail_id <= newest)
        return self._read(query.order_by(table.c.next_try_at, table.c.mail_id).limit(limit))

    def find_mails(self, state: str | None = None) -> tuple[Mail, ...]:
        """Return all mails (of one state), oldest first."""
        return self._find(*([table.c.state == state] if state else []))

    def find_untold(self, unit_id: str, receipt: str) -> tuple[int, ...]:
        """Return the numbers of the mails to a unit about a receipt that were never tried."""
        is_untried = (table.c.state == "queued") & (table.c.attempts == 0)
        about = table.c.unit_id == unit_id, table.c.receipt == receipt
        return tuple(self._database.scalars(select(table.c.mail_id).where(is_untried, *about)))

    def count_queued(self) -> int:
        """Count the mails that are yet to be sent."""
        query = select(func.count()).select_from(table).where(table.c.state == "queued")
        return int(self._database.scalar(query))

    def find_known(self, message_ids: Iterable[str]) -> frozenset[str]:
        """Return those of `message_ids` that were queued before, whatever became of them."""
        known = table.c.message_id
        return frozenset(
            found
            for some in chunks(message_ids)
            for found in self._database.scalars(select(known).where(known.in_(some)))
        )

    def record_attempt(
        self, mail_id: int, delivered: Delivered, at: dt.datetime
    ) -> dt.datetime | None:
        """Record what became of each recipient; return when to ask the others again, None if none.

        The wait doubles with each attempt that left somebody, from a minute to an hour; there is
        no last try.
        """
        with self._database.writing() as connection:
            attempts = _kept(connection, mail_id)[0] + 1
            state, trouble = _settle(connection, mail_id, delivered, at)
            wait = wait_after(attempts, FIRST_WAIT, LONGEST_WAIT)
            retry_at = at + wait if state == "queued" else None
            changes: dict[str, object] = {"next_try_at": retry_at} if retry_at else {}
            if state == "sent":
                changes["sent_at"] = at
            _update(connection, mail_id, state=state, attempts=attempts, trouble=trouble, **changes)
        return retry_at

    def record_mail_sent(self, mail_id: int, at: dt.datetime) -> None:
        """Record that a server took the mail for everybody who was left."""
        self.record_attempt(mail_id, Delivered(accepted=self._unserved(mail_id)), at)

    def record_mail_failed(
        self, mail_id: int, trouble: str, at: dt.datetime, *, permanent: bool = False
    ) -> dt.datetime | None:
        """Record that nobody who was left got it: tried again later, unless it is `permanent`."""
        reasons = dict.fromkeys(self._unserved(mail_id), trouble)
        delivered = Delivered(refused=reasons) if permanent else Delivered(again=reasons)
        return self.record_attempt(mail_id, delivered, at)

    def _unserved(self, mail_id: int) -> tuple[str, ...]:
        of_mail = recipients.c.mail_id == mail_id, recipients.c.state == _OPEN
        return tuple(self._database.scalars(select(recipients.c.recipient).where(*of_mail)))

    def record_mails_put_off(self, mail_ids: Iterable[int], trouble: str, at: dt.datetime) -> None:
        """Record that mails were not tried, since another met a trouble that they would meet too.

        `at` is when that one was tried. They wait as if they had been tried then, but come
        before it: were the fault its own, it would keep them waiting for ever.
        """
        with self._database.writing() as connection:
            for mail_id in mail_ids:
                attempts = _kept(connection, mail_id)[0] + 1
                retry_at = at + wait_after(attempts, FIRST_WAIT, LONGEST_WAIT) - _BEFORE
                _update(
                    connection, mail_id, attempts=attempts, next_try_at=retry_at, trouble=trouble
                )

    def record_mail_requeued(
        self, mail_id: int, at: dt.datetime, whom: Sequence[str] | None = None
    ) -> None:
        """Send a mail after all, as from `at`, to those of its recipients (or of `whom`) without it.

        Who has it does not get it again. The Message-ID stays.
        """
        with self._database.writing() as connection:
            _, named = _kept(connection, mail_id)
            wanted = list(named if whom is None else whom)
            is_open = _reopen(connection, mail_id, wanted)
            _update(
                connection,
                mail_id,
                state="queued" if is_open else "sent",
                next_try_at=at,
                attempts=0,
                trouble="",
                recipients=wanted,
            )

    def find_crowded(
        self, now: dt.datetime, since: dt.datetime, most: int
    ) -> dict[str, tuple[tuple[Mail, ...], int]]:
        """Return the mails of answers to each unit that gets more than `most` of them.

        Those that wait to be told together come all at once, due or not. Counted are those that
        were sent `since` then, too; how many these are comes with them.
        Mails that were tried before, and those that belong to no receipt, are left out.
        """
        answers = table.c.receipt != ""
        fresh = (table.c.state == "queued") & (table.c.attempts == 0)
        recent = (table.c.state == "sent") & (table.c.sent_at > since) & (table.c.sent_at <= now)
        counted = (
            select(table.c.unit_id, table.c.state, func.count().label("number"))
            .where(answers, fresh | recent)
            .group_by(table.c.unit_id, table.c.state)
        )
        counts: dict[str, dict[str, int]] = {}
        for row in self._database.rows(counted):
            counts.setdefault(row.unit_id, {})[row.state] = row.number
        found: dict[str, tuple[tuple[Mail, ...], int]] = {}
        for unit_id, by_state in counts.items():
            if by_state.get("queued") and sum(by_state.values()) > most:
                untold = self._find(answers, fresh, table.c.unit_id == unit_id)
                found[unit_id] = (untold, by_state.get("sent", 0))
        return found

    def record_gathered(self, mail_ids: Collection[int], mail: NewMail, at: dt.datetime) -> None:
        """Queue `mail`, which tells what the mails of these numbers were to tell, in their place."""
        with self._database.writing() as connection:
            queue(connection, [mail], at)
            into = connection.execute(
                select(table.c.mail_id).where(table.c.message_id == mail.message_id)
            ).scalar_one()
            for mail_id in mail_ids:
                _update(connection, mail_id, state="gathered", gathered_into=into)

    def record_waiting(self, mail_ids: Collection[int], until: dt.datetime) -> None:
        """Have mails wait for others that are to be told together with them."""
        with self._database.writing() as connection:
            for mail_id in mail_ids:
                _update(connection, mail_id, next_try_at=until)

    def find_unreached(self) -> tuple[Mail, ...]:
        """Return the mails that somebody never got, though others have them."""
        refused = select(recipients.c.mail_id).where(recipients.c.state == _REFUSED)
        return self._find(table.c.state == "sent", table.c.mail_id.in_(refused))

    def record_moved(self, folders: Mapping[str, str], paths: Mapping[str, str]) -> None:
        """Let queued mail find its attachments in `folders` and at `paths` that changed their names."""
        with self._database.writing() as connection:
            unsent = select(table).where(table.c.state != "sent")
            for row in connection.execute(unsent).mappings().all():
                there = ((name, moved_path(path, folders)) for name, path in row["attachments"])
                moved = [[name, paths.get(path, path)] for name, path in there]
                if moved != row["attachments"]:
                    _update(connection, row["mail_id"], attachments=moved)

    def _find(self, *conditions: ColumnElement[bool]) -> tuple[Mail, ...]:
        return self._read(select(table).where(*conditions).order_by(table.c.mail_id))

    def _read(self, query: Select[Any]) -> tuple[Mail, ...]:
        whom = select(recipients.c.mail_id, recipients.c.recipient, recipients.c.state)
        states: dict[tuple[int, str], list[str]] = {}
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            for some in chunks(row.mail_id for row in rows):
                for each in connection.execute(whom.where(recipients.c.mail_id.in_(some))):
                    states.setdefault((each.mail_id, each.state), []).append(each.recipient)
        return tuple(
            Mail(
                **row._asdict()
                | {
                    "recipients": tuple(row.recipients),
                    "attachments": tuple(Attachment(*each) for each in row.attachments),
                    "unserved": tuple(states.get((row.mail_id, _OPEN), ())),
                    "refused": tuple(states.get((row.mail_id, _REFUSED), ())),
                }
            )
            for row in rows
        )


def queue(connection: Connection, mails: Sequence[NewMail], at: dt.datetime) -> None:
    """Add `mails` to the queue, to be sent at once; known Message-IDs are left out."""
    for mail in mails:
        known = select(table.c.mail_id).where(table.c.message_id == mail.message_id)
        if connection.execute(known).first() is not None:
            continue
        values = asdict(mail) | {
            "attachments": [[file.name, file.path] for file in mail.attachments],
            "created_at": at,
            "state": "queued",
            "next_try_at": at,
        }
        added = insert(table).values(values).returning(table.c.mail_id)
        _add_recipients(connection, connection.execute(added).scalar_one(), mail.recipients)


def _kept(connection: Connection, mail_id: int) -> tuple[int, list[str]]:
    """Give how often a mail was tried, and to whom it is addressed."""
    query = select(table.c.attempts, table.c.recipients).where(table.c.mail_id == mail_id)
    found = connection.execute(query).first()
    if found is None:
        raise StoreError(f"数据库里没有第{mail_id}号邮件。")
    return found.attempts, found.recipients


def _update(connection: Connection, mail_id: int, **values: object) -> None:
    connection.execute(update(table).where(table.c.mail_id == mail_id).values(**values))


def _add_recipients(connection: Connection, mail_id: int, whom: Iterable[str]) -> None:
    """Add whom a mail goes to; an address that stands twice is one recipient."""
    rows = [
        {"mail_id": mail_id, "recipient": recipient, "state": _OPEN}
        for recipient in dict.fromkeys(whom)
    ]
    if rows:
        connection.execute(insert(recipients), rows)


def _settle(
    connection: Connection, mail_id: int, delivered: Delivered, at: dt.datetime
) -> tuple[str, str]:
    """Record what became of each one in an attempt; give the mail's state and its trouble.

    It is ``queued`` while somebody is left to try, ``held`` where nobody got it, else ``sent``.
    """
    mine = recipients.c.mail_id == mail_id
    settled = [(recipient, _SENT, "") for recipient in delivered.accepted]
    settled += [(recipient, _REFUSED, why) for recipient, why in delivered.refused.items()]
    settled += [(recipient, _OPEN, why) for recipient, why in delivered.again.items()]
    for recipient, state, why in settled:
        here = mine & (recipients.c.recipient == recipient) & (recipients.c.state == _OPEN)
        values = {"state": state, "trouble": why, "settled_at": at}
        connection.execute(update(recipients).where(here).values(values))
    rows = connection.execute(select(recipients.c.state, recipients.c.trouble).where(mine)).all()
    states = {row.state for row in rows}
    state = _OPEN if _OPEN in states else _SENT if _SENT in states else "held"
    wanted = _OPEN if state == _OPEN else _REFUSED
    return state, next((row.trouble for row in rows if row.state == wanted and row.trouble), "")


def _reopen(connection: Connection, mail_id: int, wanted: Sequence[str]) -> bool:
    """Ask those `wanted` who do not have it again; others than these are struck.

    Tell whether there is anybody to ask.
    """
    mine = recipients.c.mail_id == mail_id
    known = set(connection.execute(select(recipients.c.recipient).where(mine)).scalars())
    unserved = mine & (recipients.c.state != _SENT)
    connection.execute(delete(recipients).where(unserved, recipients.c.recipient.not_in(wanted)))
    connection.execute(update(recipients).where(unserved).values(state=_OPEN, trouble=""))
    _add_recipients(connection, mail_id, [each for each in wanted if each not in known])
    left = select(recipients.c.recipient).where(mine, recipients.c.state == _OPEN)
    return connection.execute(left).first() is not None
