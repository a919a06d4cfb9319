"""Stale marks and publications: what must be rebuilt, and what stands in the outbox.

This module owns both lists; what a consolidated workbook stood on is in `standings`. It
refuses to write files. A mark set again gets a
new number, and clearing takes the number seen; so a mark that is set while its
publication is being rebuilt stays.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from sheetflow.store import standings
from sheetflow.store.engine import Database
from sheetflow.store.records import (
    Document,
    Issued,
    Publication,
    PublicationKind,
    PublishedSource,
    Stale,
    StaleMark,
)
from sheetflow.store.renaming import moved_path
from sheetflow.store.schema import announcements
from sheetflow.store.schema import publications as table
from sheetflow.store.schema import stale as marks

_SHA256 = re.compile("[0-9a-f]{64}")
_AT_ONCE = 500
"""How many paths one query names; every database program takes that many."""


class Publications:
    """What is stale, and what was published."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_stale(self, stale: Iterable[Stale], at: dt.datetime) -> None:
        """Mark things as stale, new or again."""
        with self._database.writing() as connection:
            mark(connection, stale, at)

    @property
    def stale_marks(self) -> tuple[StaleMark, ...]:
        """All stale marks, the oldest first."""
        query = select(marks).order_by(marks.c.mark_id)
        with self._database.reading() as connection:
            return tuple(map(_mark, connection.execute(query).mappings()))

    def find_stale(self, *kinds: PublicationKind) -> tuple[StaleMark, ...]:
        """Return the stale marks of `kinds`, the oldest first."""
        wanted = [marks.c.what.in_(kinds), *(marks.c.what.startswith(f"{kind}:") for kind in kinds)]
        query = select(marks).where(or_(*wanted)).order_by(marks.c.mark_id)
        with self._database.reading() as connection:
            return tuple(map(_mark, connection.execute(query).mappings()))

    def record_rebuilt(
        self,
        cleared: Sequence[StaleMark],
        published: Sequence[Publication] = (),
        issued: Sequence[Issued] = (),
    ) -> None:
        """Record what was published and clear the marks that led to it, in one commit.

        A mark that was set again since it was read stays. `issued` says what the
        consolidated workbooks among the published files stand on.
        """
        with self._database.writing() as connection:
            for publication in published:
                _replace(connection, publication)
            for one in issued:
                standings.record(connection, one)
            if cleared:
                gone = [{"number": stale.mark_id} for stale in cleared]
                connection.execute(
                    delete(marks).where(marks.c.mark_id == bindparam("number")), gone
                )

    def record_troubles(self, troubles: Mapping[int, str]) -> None:
        """Record in a sentence why what a mark (by number) asks for could not be published."""
        with self._database.writing() as connection:
            for mark_id, trouble in troubles.items():
                here = marks.c.mark_id == mark_id
                connection.execute(update(marks).where(here).values(trouble=trouble))

    def find_publication(self, path: str) -> Publication | None:
        """Return what stands at `path` in the outbox as far as we know."""
        with self._database.reading() as connection:
            rows = connection.execute(select(table).where(table.c.path == path)).mappings()
            return next(map(_publication, rows), None)

    def find_known(self, paths: Collection[str]) -> frozenset[str]:
        """Return those of `paths` at which something was ever published, or is to be from now on."""
        listed, found = sorted(paths), set[str]()
        for start in range(0, len(listed), _AT_ONCE):
            some = listed[start : start + _AT_ONCE]
            with self._database.reading() as connection:
                for place in (table.c.path, table.c.successor):
                    found.update(connection.execute(select(place).where(place.in_(some))).scalars())
        return frozenset(found)

    def find_publications(
        self, unit_id: str | None = None, period: str | None = None
    ) -> tuple[Publication, ...]:
        """Return all publications (of a unit, of a period), ordered by path."""
        query = select(table).order_by(table.c.path)
        if unit_id is not None:
            query = query.where(table.c.unit_id == unit_id)
        if period is not None:
            query = query.where(table.c.period == period)
        with self._database.reading() as connection:
            return tuple(map(_publication, connection.execute(query).mappings()))

    def find_beside(self) -> tuple[Publication, ...]:
        """Return the publications that lie beside their real names, ordered by path."""
        query = select(table).where(table.c.beside != "").order_by(table.c.path)
        with self._database.reading() as connection:
            return tuple(map(_publication, connection.execute(query).mappings()))

    def find_standing(self, unit_id: str, form: str, period: str) -> tuple[PublishedSource, ...]:
        """Return what the last published consolidated workbook of a unit stood on."""
        with self._database.reading() as connection:
            return standings.read_sources(connection, unit_id, form, period)

    def find_corrections(self, unit_id: str, form: str, period: str) -> tuple[Document, ...]:
        """Return what of a unit's consolidated workbook was corrected, the oldest first."""
        with self._database.reading() as connection:
            return standings.read_corrections(connection, unit_id, form, period)

    def record_announced(self, announced: Collection[tuple[str, str]]) -> None:
        """Record that these bytes (path and sha256) are about to lie in the outbox, in one commit.

        Once this returns they may: whatever lies there with another hash is a person's. Nothing
        is ever forgotten, for a person may put an old file back; it is some 150 bytes for each
        version of a file, a few megabytes in a province's year.
        """
        wanted = dict.fromkeys(announced)
        with self._database.writing() as connection:
            known = _announced(connection, {path for path, _ in wanted})
            fresh = [
                {"path": path, "sha256": sha256}
                for path, sha256 in wanted
                if sha256 not in known.get(path, ())
            ]
            if fresh:
                connection.execute(insert(announcements), fresh)

    def find_announced(self, path: str) -> frozenset[str]:
        """Return every sha256 that we ever announced for `path`."""
        with self._database.reading() as connection:
            return frozenset(_announced(connection, {path}).get(path, ()))

    def find_all_announced(self) -> tuple[tuple[str, str], ...]:
        """Return all that we ever announced (path and sha256), as far as a damaged file gives it."""
        found: list[tuple[str, str]] = []
        with self._database.reading() as connection, suppress(SQLAlchemyError):
            for path, sha256 in connection.execute(select(announcements)):
                if isinstance(path, str) and _SHA256.fullmatch(str(sha256)):
                    found.append((path, sha256))
        return tuple(found)

    def record_forgotten(self, paths: Iterable[str]) -> None:
        """Record that nothing is published at `paths` any longer; what was announced stays known."""
        with self._database.writing() as connection:
            for path in paths:
                connection.execute(delete(table).where(table.c.path == path))

    def find_succeeded(self) -> tuple[Publication, ...]:
        """Return the publications whose unit gets them under another path from now on."""
        query = select(table).where(table.c.successor != "").order_by(table.c.path)
        with self._database.reading() as connection:
            return tuple(map(_publication, connection.execute(query).mappings()))

    def record_followed(
        self,
        *,
        folders: Mapping[str, str] = MappingProxyType({}),
        successors: Mapping[str, str] = MappingProxyType({}),
        stale: Iterable[Stale] = (),
        dropped: Iterable[StaleMark] = (),
        at: dt.datetime,
    ) -> None:
        """Record what follows from another list of units, in one commit.

        `folders` bear other names now (old name: new name), files get new paths (`successors`),
        marks are set and others `dropped`.
        """
        with self._database.writing() as connection:
            if folders:
                _rename_folders(connection, folders)
            for path, successor in successors.items():
                here = table.c.path == path
                connection.execute(update(table).where(here).values(successor=successor))
            mark(connection, stale, at)
            for gone in dropped:
                connection.execute(delete(marks).where(marks.c.mark_id == gone.mark_id))


def _announced(connection: Connection, paths: Collection[str]) -> dict[str, set[str]]:
    listed, found = sorted(paths), dict[str, set[str]]()
    for start in range(0, len(listed), _AT_ONCE):
        here = announcements.c.path.in_(listed[start : start + _AT_ONCE])
        for path, sha256 in connection.execute(select(announcements).where(here)):
            found.setdefault(path, set()).add(sha256)
    return found


def _rename_folders(connection: Connection, folders: Mapping[str, str]) -> None:
    """Let what is known of files follow their units' folders; the files went along with them."""
    rows = list(connection.execute(select(table)).mappings())
    known_paths = {row["path"] for row in rows}
    for row in rows:
        renamed = {
            name: moved_path(str(row[name]), folders)
            for name in ("path", "beside", "successor")
            if row[name]
        }
        here = table.c.path == row["path"]
        if renamed["path"] != row["path"] and renamed["path"] in known_paths:
            connection.execute(delete(table).where(here))  # published there since
        elif any(row[name] != path for name, path in renamed.items()):
            connection.execute(update(table).where(here).values(**renamed))
    for old, new in folders.items():
        inside = announcements.c.path.startswith(f"{old}/", autoescape=True)
        moved = [
            {"path": moved_path(path, {old: new}), "sha256": sha256}
            for path, sha256 in connection.execute(select(announcements).where(inside))
        ]
        known = _announced(connection, {row["path"] for row in moved})
        fresh = [row for row in moved if row["sha256"] not in known.get(row["path"], ())]
        if fresh:  # the old paths stay announced: the folder may get its old name back
            connection.execute(insert(announcements), fresh)


_MARK_KEY = ("unit_id", "form", "period", "what")
_PRECHECK = "precheck-"


def _what(stale: Stale) -> str:
    """Give the text that the table keeps of what is stale: its kind, and of an answer which."""
    which = stale.receipt or (f"{_PRECHECK}{stale.precheck}" if stale.precheck else "")
    return f"{stale.kind}:{which}" if which else stale.kind.value


def _mark(row: Mapping[Any, Any]) -> StaleMark:
    kind, _, which = row["what"].partition(":")
    of_precheck = which.startswith(_PRECHECK)
    return StaleMark(
        kind=PublicationKind(kind),
        receipt="" if of_precheck else which,
        precheck=int(which.removeprefix(_PRECHECK)) if of_precheck else 0,
        **{str(name): value for name, value in row.items() if name != "what"},
    )


def mark(connection: Connection, stale: Iterable[Stale], at: dt.datetime) -> None:
    """Set each mark anew, with a number that no earlier mark bore."""
    listed = [
        {
            "unit_id": one.unit_id,
            "form": one.form,
            "period": one.period,
            "what": _what(one),
            "why": one.why,
            "marked_at": at,
        }
        for one in dict.fromkeys(stale)
    ]
    if listed:
        same = [marks.c[name] == bindparam(f"old_{name}") for name in _MARK_KEY]
        old = [{f"old_{name}": one[name] for name in _MARK_KEY} for one in listed]
        connection.execute(delete(marks).where(*same), old)
        connection.execute(insert(marks), listed)


def _replace(connection: Connection, new: Publication) -> None:
    connection.execute(delete(table).where(table.c.path == new.path))
    connection.execute(
        insert(table).values(
            path=new.path,
            kind=new.kind,
            unit_id=new.unit_id,
            form=new.form,
            period=new.period,
            sha256=new.sha256,
            basis=new.basis,
            published_at=new.published_at,
            beside=new.beside,
            beside_for=new.beside_for,
            successor=new.successor,
        )
    )


def _publication(row: Mapping[Any, Any]) -> Publication:
    values = {str(name): value for name, value in row.items()}
    return Publication(**{**values, "kind": PublicationKind(row["kind"])})
