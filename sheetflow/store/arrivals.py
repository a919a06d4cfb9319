"""Arrivals: every file that was taken, from "received" to "answered", and looks at the inbox.

This module owns the order in which files are judged, what their source has yet to let go of, and
when a scan last left nothing lying in a unit's folder. It opens no file, and reads in no key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from sheetflow.errors import StoreError, wait_after
from sheetflow.store.database import Database
from sheetflow.store.records import Arrival, Document, NewArrival
from sheetflow.store.schema import arrivals as table
from sheetflow.store.schema import looks

FIRST_WAIT = dt.timedelta(seconds=5)
LONGEST_WAIT = dt.timedelta(minutes=10)

_ARRIVALS = select(*(column for column in table.c if column is not table.c.answer_document))


class Arrivals:
    """The files that were taken."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_arrival(self, new: NewArrival) -> Arrival:
        """Record a delivery that lies in the archive; one that is known comes back as it stands.

        Once this is durable, its source may let go of it.
        """
        values = asdict(new) | {"name": new.name.encode(errors="replace").decode()}
        with self._database.writing() as connection:
            same = _ARRIVALS.filter_by(source=new.source, source_key=new.source_key)
            known = connection.execute(same).first()
            if known:
                return Arrival(**known._asdict())
            added = insert(table).values(values).returning(table.c.arrival_id)
            return _read(connection, connection.execute(added).scalar_one())

    def record_acknowledged(self, arrival_id: int, at: dt.datetime) -> None:
        """Record that its source has let go of it, or that somebody took it away there."""
        with self._database.writing() as connection:
            _read(connection, arrival_id)
            _update(connection, arrival_id, acknowledged_at=at)

    def find_pending(self, source: str) -> tuple[Arrival, ...]:
        """Return what was received from `source` and is not acknowledged there yet."""
        return self._find(table.c.acknowledged_at.is_(None), table.c.source == source)

    def is_acknowledged(self, source: str, key: str) -> bool:
        """Whether `source` has let go of what it had under `key`."""
        same = table.c.source == source, table.c.source_key == key
        return bool(self._find(*same, table.c.acknowledged_at.is_not(None)))

    def find_unjudged(self, now: dt.datetime | None = None) -> tuple[Arrival, ...]:
        """Return what still wants an answer, in the order of arrival.

        With `now`, files whose next try lies later are left out; not those that wait longer than
        ever need be, for then the clock was set back.
        """
        retry, is_open = table.c.retry_at, table.c.judged_at.is_(None)
        if now is None:
            return self._find(is_open)
        return self._find(is_open, or_(retry.is_(None), retry <= now, retry > now + LONGEST_WAIT))

    def find_arrival(self, arrival_id: int) -> Arrival:
        """Return one arrival; raise StoreError when there is none of this number."""
        with self._database.reading() as connection:
            return _read(connection, arrival_id)

    def has_handed_in(self, unit_id: str, sha256: str) -> bool:
        """Whether a file with these bytes was ever received from the unit."""
        return bool(self._find(table.c.unit_id == unit_id, table.c.sha256 == sha256))

    def find_all(self) -> tuple[Arrival, ...]:
        """Return every arrival: with the archive, enough to make all else again."""
        return self._find()

    def newest_id(self) -> int:
        """The number of the newest arrival, 0 where there is none."""
        return self._database.scalar(select(func.max(table.c.arrival_id))) or 0

    def next_batch(self) -> int:
        """The number of the next delivery: higher than that of any before, wherever its arrivals came from."""
        last = self._database.scalar(select(func.max(table.c.batch))) or 0
        return max(last, self.newest_id()) + 1

    def find_next_batch(self, unit_id: str, after: int) -> int:
        """The number of the delivery with which the unit's next workbook after one came; 0 for none."""
        here = [table.c.unit_id == unit_id, table.c.answer == "submission", table.c.batch > after]
        return self._database.scalar(select(func.min(table.c.batch)).where(*here)) or 0

    def find_last_batch(self, unit_id: str, before: int | None = None) -> int:
        """The number of the delivery (`before` another) with which the unit's last workbook came; 0 for none."""
        here = [table.c.unit_id == unit_id, table.c.answer == "submission"]
        if before is not None:
            here.append(table.c.batch < before)
        return self._database.scalar(select(func.max(table.c.batch)).where(*here)) or 0

    def record_death(self, arrival_id: int) -> int:
        """Count that a child died of the file before our eyes; return how often one has.

        Only whoever saw it counts it: what was in hand when we ended ourselves says nothing.
        """
        with self._database.writing() as connection:
            deaths = _read(connection, arrival_id).deaths + 1
            _update(connection, arrival_id, deaths=deaths)
        return deaths

    def record_trouble(self, arrival_id: int, trouble: str, at: dt.datetime) -> dt.datetime:
        """Record temporary trouble and return when to try again; the file is not to blame.

        The wait doubles with each trouble in a row, from 5 seconds to 10 minutes.
        """
        with self._database.writing() as connection:
            troubles = _read(connection, arrival_id).troubles + 1
            retry_at = at + wait_after(troubles, FIRST_WAIT, LONGEST_WAIT)
            _update(connection, arrival_id, troubles=troubles, trouble=trouble, retry_at=retry_at)
        return retry_at

    def record_answer(
        self,
        arrival: Arrival,
        answer: str,
        at: dt.datetime,
        *,
        receipt: str = "",
        document: Sequence[Document] = (),
    ) -> bool:
        """Record the answer to a file that becomes no submission; False where it has one already.

        `answer` is ``duplicate`` (of what was received under `receipt`), ``precheck`` (with its
        findings as `document`, so that its copy can be written after a crash) or ``review`` (with what
        came of each row).
        """
        with self._database.writing() as connection:
            is_first = close(connection, arrival, answer, at)
            if is_first:
                values = {"answered_receipt": receipt, "answer_document": list(document)}
                _update(connection, arrival.arrival_id, **values)
        return is_first

    def find_answered(self, unit_id: str, answer: str) -> tuple[Arrival, ...]:
        """Return what came from a unit and had this answer, in the order of arrival."""
        return self._find(table.c.unit_id == unit_id, table.c.answer == answer)

    def find_answer_document(self, arrival_id: int) -> tuple[Document, ...]:
        """Return the findings that `record_answer` kept."""
        query = select(table.c.answer_document).where(table.c.arrival_id == arrival_id)
        return tuple(self._database.scalar(query) or ())

    def _find(self, *conditions: ColumnElement[bool]) -> tuple[Arrival, ...]:
        query = _ARRIVALS.where(*conditions).order_by(table.c.arrival_id)
        return tuple(Arrival(**row._asdict()) for row in self._database.rows(query))


def close(connection: Connection, arrival: Arrival, answer: str, at: dt.datetime) -> bool:
    """Mark `arrival` as judged; return False when it was already.

    When it was reopened since it was read, it stays open: what the newer decision says has
    not been heard yet.
    """
    current = _read(connection, arrival.arrival_id)
    if current.judged_at is not None:
        return False
    _update(
        connection,
        arrival.arrival_id,
        answer=answer,
        judged_at=at if current.turn == arrival.turn else None,
        deaths=0,
        troubles=0,
        trouble="",
        retry_at=None,
    )
    return True


def reopen(connection: Connection, arrival_id: int) -> None:
    """Have a file judged anew: something was decided about it."""
    turn = _read(connection, arrival_id).turn + 1
    _update(connection, arrival_id, turn=turn, judged_at=None, retry_at=None, deaths=0)


def _read(connection: Connection, arrival_id: int) -> Arrival:
    row = connection.execute(_ARRIVALS.where(table.c.arrival_id == arrival_id)).first()
    if row is None:
        raise StoreError(f"数据库里没有第{arrival_id}号来件。")
    return Arrival(**row._asdict())


def _update(connection: Connection, arrival_id: int, **values: object) -> None:
    connection.execute(update(table).where(table.c.arrival_id == arrival_id).values(**values))


@dataclass(frozen=True, slots=True)
class Looked:
    """When each unit's folder was last seen with nothing left in it; None: never.

    One moment holds for all units but those `apart`, whose folders could not be seen or emptied.
    """

    at: dt.datetime | None = None
    apart: dict[str, dt.datetime | None] = field(default_factory=dict)

    def of(self, unit_id: str) -> dt.datetime | None:
        """When that unit's was."""
        return self.apart.get(unit_id, self.at)

    def again(self, at: dt.datetime, but: Iterable[str]) -> Looked:
        """After a further look: at all folders `but` those that were not seen, or hold something."""
        return Looked(at, {unit_id: self.of(unit_id) for unit_id in but})

    def is_news_after(self, last: Looked, pause: dt.timedelta) -> bool:
        """Whether it is `pause` later than `last`, or tells of other folders."""
        if self.at is None or last.at is None or self.apart.keys() != last.apart.keys():
            return True
        return abs(self.at - last.at) >= pause


class Looks:
    """The last look that was recorded."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_look(self, looked: Looked) -> None:
        """Record a look in place of the one before."""
        rows = [{"unit_id": "", "looked_at": looked.at}]
        rows += [{"unit_id": unit_id, "looked_at": at} for unit_id, at in looked.apart.items()]
        with self._database.writing() as connection:
            connection.execute(delete(looks))
            connection.execute(insert(looks), rows)

    def find_look(self) -> Looked:
        """Return the last look; one that was never, where nobody has looked yet."""
        query = select(looks.c.unit_id, looks.c.looked_at)
        found = {row.unit_id: row.looked_at for row in self._database.rows(query)}
        return Looked(found.pop("", None), found)
