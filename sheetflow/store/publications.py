"""Stale marks and publications: what must be rebuilt, what stands in the outbox, what it stood on.

Marks are only ever added, each with a number of its own, so that nobody who sets one waits for another;
read, those of one thing are one. Clearing takes the numbers seen; so a mark that is set while
its publication is being rebuilt stays. Of what a consolidated workbook stood on only the last is
kept, its corrections for ever. This module writes no files and compares nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, astuple
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from sheetflow.store.database import Database, chunks
from sheetflow.store.records import (
    Document,
    Issued,
    Publication,
    PublicationKind,
    PublishedSource,
    Stale,
    StaleMark,
)
from sheetflow.store.schema import announcements, corrections, fingerprints, published_standings
from sheetflow.store.schema import publications as table
from sheetflow.store.schema import stale as marks

_SHA256 = re.compile("[0-9a-f]{64}")


class Publications:
    """What is stale, and what was published."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_stale(self, stale: Iterable[Stale], at: dt.datetime) -> None:
        """Mark things as stale, new or again."""
        with self._database.writing() as connection:
            mark(connection, stale, at)

    def find_stale(self, *kinds: PublicationKind) -> tuple[StaleMark, ...]:
        """Return the stale marks, of `kinds` or all, the oldest first."""
        query = select(marks).order_by(marks.c.mark_id)
        if kinds:
            answers = (marks.c.what.startswith(f"{kind}:") for kind in kinds)
            query = query.where(or_(marks.c.what.in_(kinds), *answers))
        found: dict[tuple[str, ...], list[Row[Any]]] = {}
        for row in self._database.rows(query):
            key = tuple(getattr(row, name) for name in _MARK_KEY)
            found.setdefault(key, []).append(row)
        folded = sorted(found.values(), key=lambda same: int(same[-1].mark_id))
        return tuple(map(_mark, folded))

    def find_marked(self, unit_id: str, form: str) -> set[tuple[str, str]]:
        """Return the periods and kinds of a unit's and form's stale marks."""
        query = select(marks.c.period, marks.c.what).filter_by(unit_id=unit_id, form=form)
        return {(row.period, row.what) for row in self._database.rows(query)}

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
            if by_path := {new.path: asdict(new) for new in published}:
                places = [{"place": path} for path in by_path]
                connection.execute(delete(table).where(table.c.path == bindparam("place")), places)
                connection.execute(insert(table), [*by_path.values()])
            for one in issued:
                which = {"unit_id": one.unit_id, "form": one.form, "period": one.period}
                sources = [astuple(source) for source in one.sources]
                connection.execute(delete(published_standings).filter_by(**which))
                connection.execute(insert(published_standings).values(**which, document=sources))
                if corrected := [which | {"document": document} for document in one.corrected]:
                    connection.execute(insert(corrections), corrected)
            _clear(connection, cleared)

    def record_troubles(self, troubles: Mapping[int, str]) -> None:
        """Record in a sentence why what a mark (by number) asks for could not be published."""
        with self._database.writing() as connection:
            for mark_id, trouble in troubles.items():
                here = marks.c.mark_id == mark_id
                connection.execute(update(marks).where(here).values(trouble=trouble))

    def find_publication(self, path: str) -> Publication | None:
        """Return what stands at `path` in the outbox as far as we know."""
        return next(iter(self._find(table.c.path == path)), None)

    def find_known(self, paths: Collection[str]) -> frozenset[str]:
        """Return those of `paths` at which something was ever published, or is to be from now on."""
        return frozenset(
            found
            for some in chunks(paths)
            for place in (table.c.path, table.c.successor)
            for found in self._database.scalars(select(place).where(place.in_(some)))
        )

    def find_publications(
        self, unit_id: str | None = None, period: str | None = None
    ) -> tuple[Publication, ...]:
        """Return all publications (of a unit, of a period), ordered by path."""
        of_unit = [] if unit_id is None else [table.c.unit_id == unit_id]
        of_period = [] if period is None else [table.c.period == period]
        return self._find(*of_unit, *of_period)

    def find_beside(self) -> tuple[Publication, ...]:
        """Return the publications that lie beside their real names, ordered by path."""
        return self._find(table.c.beside != "")

    def find_standing(self, unit_id: str, form: str, period: str) -> tuple[PublishedSource, ...]:
        """Return what the last published consolidated workbook of a unit stood on."""
        standing = select(published_standings.c.document)
        query = standing.filter_by(unit_id=unit_id, form=form, period=period)
        found = self._database.scalar(query)
        return tuple(PublishedSource(*entry) for entry in found or ())

    def find_corrections(self, unit_id: str, form: str, period: str) -> tuple[Document, ...]:
        """Return what of a unit's consolidated workbook was corrected, the oldest first."""
        query = (
            select(corrections.c.document)
            .filter_by(unit_id=unit_id, form=form, period=period)
            .order_by(corrections.c.correction_id)
        )
        return tuple(self._database.scalars(query))

    def record_announced(self, announced: Collection[tuple[str, str]]) -> None:
        """Record that these bytes (path and sha256) are about to lie in the outbox, in one commit.

        Once this returns they may: whatever lies there with another hash is a person's. Nothing
        is ever forgotten, for a person may put an old file back; it is some 150 bytes for each
        version of a file, a few megabytes in a province's year.
        """
        with self._database.writing() as connection:
            _announce(connection, announced)

    def find_announced(self, path: str) -> frozenset[str]:
        """Return every sha256 that we ever announced for `path`."""
        known = select(announcements.c.sha256).where(announcements.c.path == path)
        return frozenset(self._database.scalars(known))

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
        return self._find(table.c.successor != "")

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
            _clear(connection, dropped)

    def _find(self, *conditions: ColumnElement[bool]) -> tuple[Publication, ...]:
        query = select(table).where(*conditions).order_by(table.c.path)
        rows = (row._asdict() for row in self._database.rows(query))
        return tuple(Publication(**row | {"kind": PublicationKind(row["kind"])}) for row in rows)


def moved_path(path: str, folders: Mapping[str, str]) -> str:
    """Give `path` with its first folder under the new name that `folders` has for it."""
    folder, slash, rest = path.partition("/")
    return folders.get(folder, folder) + slash + rest


def _announce(connection: Connection, announced: Iterable[tuple[str, str]]) -> None:
    """Add what was not announced before."""
    wanted = dict.fromkeys(announced)
    paths = chunks({path for path, _ in wanted})
    queries = [select(announcements).where(announcements.c.path.in_(some)) for some in paths]
    known = {tuple(row) for query in queries for row in connection.execute(query)}
    fresh = [
        {"path": path, "sha256": sha256} for path, sha256 in wanted if (path, sha256) not in known
    ]
    if fresh:
        connection.execute(insert(announcements), fresh)


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
        known = connection.execute(select(announcements).where(inside)).all()
        # The old paths stay announced: the folder may get its old name back.
        _announce(connection, [(moved_path(path, {old: new}), sha256) for path, sha256 in known])


_MARK_KEY = ("unit_id", "form", "period", "what")
_PRECHECK = "precheck-"


def _what(stale: Stale) -> str:
    """Give the text that the table keeps of what is stale: its kind, and of an answer which."""
    which = stale.receipt or (f"{_PRECHECK}{stale.precheck}" if stale.precheck else "")
    return f"{stale.kind}:{which}" if which else stale.kind.value


def _mark(same: Sequence[Row[Any]]) -> StaleMark:
    """Give as one the marks of one thing, the newest last."""
    values = same[-1]._asdict()
    kind, _, which = values.pop("what").partition(":")
    of_precheck = which.startswith(_PRECHECK)
    return StaleMark(
        kind=PublicationKind(kind),
        receipt="" if of_precheck else which,
        precheck=int(which.removeprefix(_PRECHECK)) if of_precheck else 0,
        mark_ids=tuple(row.mark_id for row in same),
        **values,
    )


def _clear(connection: Connection, gone: Iterable[StaleMark]) -> None:
    numbers = [{"number": number} for mark in gone for number in mark.mark_ids]
    if numbers:
        connection.execute(delete(marks).where(marks.c.mark_id == bindparam("number")), numbers)


def mark(connection: Connection, stale: Iterable[Stale], at: dt.datetime) -> None:
    """Set each mark, with a number that no earlier mark bore."""
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
        connection.execute(insert(marks), listed)


class Fingerprints:
    """What everything published stands on besides data, as it was when that was last looked at.

    One text by name for each such thing: a digest, or the list of units itself.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_all(self) -> dict[str, str]:
        """Return every fingerprint that was ever recorded, by name."""
        return {row.name: row.document for row in self._database.rows(select(fingerprints))}

    def find(self, name: str) -> str | None:
        """Return one fingerprint; None where none was recorded."""
        query = select(fingerprints.c.document).where(fingerprints.c.name == name)
        found: str | None = self._database.scalar(query)
        return found

    def record(self, documents: Mapping[str, str]) -> None:
        """Record these fingerprints in the place of older ones.

        Whoever does so marks what shows a difference in the same commit.
        """
        with self._database.writing() as connection:
            for name, document in documents.items():
                connection.execute(delete(fingerprints).where(fingerprints.c.name == name))
                connection.execute(insert(fingerprints).values(name=name, document=document))
