"""The mail queue: what is to be sent, what was sent, what is held.

This module owns the states of a mail and when it is tried again. It refuses to
talk to servers: the caller sends and reports. A mail is queued in the commit of
what it tells, so it goes out at least once; its Message-ID never changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, insert, select, update

from sheetflow.errors import StoreError
from sheetflow.store.backoff import next_try
from sheetflow.store.engine import Database
from sheetflow.store.records import Attachment, Mail, NewMail
from sheetflow.store.renaming import moved_path
from sheetflow.store.schema import mails as table

FIRST_WAIT = dt.timedelta(minutes=1)
LONGEST_WAIT = dt.timedelta(hours=1)
_BEFORE = dt.timedelta(seconds=1)


class Mails:
    """The queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_mails(self, mails: Sequence[NewMail], at: dt.datetime) -> None:
        """Queue mails that belong to no answer (reminders); known Message-IDs are left out."""
        with self._database.writing() as connection:
            queue(connection, mails, at)

    def newest_id(self) -> int:
        """The number of the mail that was queued last, 0 where there is none."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(table.c.mail_id))).scalar() or 0

    def find_due(
        self, now: dt.datetime, limit: int = 100, newest: int | None = None
    ) -> tuple[Mail, ...]:
        """Return queued mails whose time has come, in the order in which it came, at most `limit`.

        With `newest`, none that was queued after the mail of that number.
        """
        due = [table.c.state == "queued", table.c.next_try_at <= now]
        if newest is not None:
            due.append(table.c.mail_id <= newest)
        query = select(table).where(*due).order_by(table.c.next_try_at, table.c.mail_id)
        return self._read(query.limit(limit))

    def find_mails(self, state: str | None = None) -> tuple[Mail, ...]:
        """Return all mails (of one state), oldest first."""
        return self._find(*([table.c.state == state] if state else []))

    def count_queued(self) -> int:
        """Count the mails that are yet to be sent."""
        query = select(func.count()).select_from(table).where(table.c.state == "queued")
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def find_known(self, message_ids: Iterable[str]) -> frozenset[str]:
        """Return those of `message_ids` that were queued before, whatever became of them."""
        found: set[str] = set()
        with self._database.reading() as connection:
            for message_id in message_ids:
                query = select(table.c.message_id).where(table.c.message_id == message_id)
                found.update(connection.execute(query).scalars())
        return frozenset(found)

    def record_mail_sent(self, mail_id: int, at: dt.datetime) -> None:
        """Record that a server took the mail."""
        with self._database.writing() as connection:
            attempts = _attempts(connection, mail_id) + 1
            _update(connection, mail_id, state="sent", sent_at=at, attempts=attempts, trouble="")

    def record_mail_failed(
        self, mail_id: int, trouble: str, at: dt.datetime, *, permanent: bool = False
    ) -> dt.datetime | None:
        """Record a failure: tried again later, or held where it is `permanent`.

        Return when to try again, None when held. The wait doubles with each failure, from a
        minute to an hour; there is no last try.
        """
        with self._database.writing() as connection:
            attempts = _attempts(connection, mail_id) + 1
            retry_at = None if permanent else next_try(at, attempts, FIRST_WAIT, LONGEST_WAIT)
            _update(
                connection,
                mail_id,
                state="held" if permanent else "queued",
                attempts=attempts,
                next_try_at=retry_at or at,
                trouble=trouble,
            )
        return retry_at

    def record_mails_put_off(self, mail_ids: Iterable[int], trouble: str, at: dt.datetime) -> None:
        """Record that mails were not tried, since another met a trouble that they would meet too.

        `at` is when that one was tried. They wait as if they had been tried then, but come
        before it: were the fault its own, it would keep them waiting for ever.
        """
        with self._database.writing() as connection:
            for mail_id in mail_ids:
                attempts = _attempts(connection, mail_id) + 1
                retry_at = next_try(at, attempts, FIRST_WAIT, LONGEST_WAIT) - _BEFORE
                _update(
                    connection, mail_id, attempts=attempts, next_try_at=retry_at, trouble=trouble
                )

    def record_mail_requeued(
        self, mail_id: int, at: dt.datetime, recipients: tuple[str, ...] | None = None
    ) -> None:
        """Send a held mail after all, as from `at`, to mended `recipients` where given."""
        changes: dict[str, object] = {"state": "queued", "next_try_at": at, "attempts": 0}
        if recipients is not None:
            changes["recipients"] = list(recipients)
        with self._database.writing() as connection:
            _attempts(connection, mail_id)
            _update(connection, mail_id, **changes)

    def record_renamed_folders(self, folders: Mapping[str, str]) -> None:
        """Let queued mail find its attachments in folders that bear other names now."""
        with self._database.writing() as connection:
            unsent = select(table).where(table.c.state != "sent")
            for row in connection.execute(unsent).mappings().all():
                moved = [[name, moved_path(path, folders)] for name, path in row["attachments"]]
                if moved != row["attachments"]:
                    _update(connection, row["mail_id"], attachments=moved)

    def _find(self, *conditions: ColumnElement[bool]) -> tuple[Mail, ...]:
        return self._read(select(table).where(*conditions).order_by(table.c.mail_id))

    def _read(self, query: Select[Any]) -> tuple[Mail, ...]:
        with self._database.reading() as connection:
            return tuple(_mail(row) for row in connection.execute(query).mappings())


def queue(connection: Connection, mails: Sequence[NewMail], at: dt.datetime) -> None:
    """Add `mails` to the queue, to be sent at once; known Message-IDs are left out."""
    for mail in mails:
        known = select(table.c.mail_id).where(table.c.message_id == mail.message_id)
        if connection.execute(known).first() is not None:
            continue
        connection.execute(
            insert(table).values(
                message_id=mail.message_id,
                unit_id=mail.unit_id,
                receipt=mail.receipt,
                recipients=list(mail.recipients),
                subject=mail.subject,
                text=mail.text,
                html=mail.html,
                attachments=[[file.name, file.path] for file in mail.attachments],
                created_at=at,
                state="queued",
                next_try_at=at,
            )
        )


def _attempts(connection: Connection, mail_id: int) -> int:
    attempts = connection.execute(
        select(table.c.attempts).where(table.c.mail_id == mail_id)
    ).scalar()
    if attempts is None:
        raise StoreError(f"数据库里没有第{mail_id}号邮件。")
    return int(attempts)


def _update(connection: Connection, mail_id: int, **values: object) -> None:
    connection.execute(update(table).where(table.c.mail_id == mail_id).values(**values))


def _mail(row: RowMapping) -> Mail:
    fields = {str(name): value for name, value in row.items()}
    recipients = tuple(fields.pop("recipients"))
    attachments = tuple(Attachment(name, path) for name, path in fields.pop("attachments"))
    return Mail(recipients=recipients, attachments=attachments, **fields)
