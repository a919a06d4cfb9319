"""The scene of the proofs: a small province with one drop of every kind in its inbox.

This module owns the workspace before the run and the picture of one after it. Whatever
happened in between, the picture must be the one of an undisturbed run.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sheetflow.intake.journal import read_journal
from tests.tiny.desk import (
    CITY,
    EAST,
    IN_TIME,
    NEXT_DAY,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    SOUTH,
    TREE,
    WEST,
    Desk,
    patrols,
    sound,
)

NOW = NEXT_DAY
"""When the service runs in the scene."""

_FILE_TIME = 1_330_000_000
_COUNTED = re.compile(r"(?<=precheck-)\d+|第\d+号|-\d+(?=[.@])")
_ESSENCE = ("outcomes", "counting", "sheets", "stale")
_NUMBERED = re.compile(r"\.\d+(?=[.@])")


def set_scene(root: Path, **settings: str) -> Desk:
    """Make the workspace: some units have reported already, and nine files lie in the inbox.

    Accepted: a first one, a correction, a nil report in a new way; returned; held (it names
    another unit); refused (no workbook); a duplicate; a preliminary check; two of one unit.
    """
    desk = Desk.make(root, size="1", sender='"sheetflow@mail.example"', **settings)
    desk.issue()
    first = desk.fill(CITY, name="市本级.xlsx")
    again = desk.fill(OTHER_CITY, name="下游.xlsx")
    desk.drop(CITY, first)
    desk.drop(OTHER_CITY, again)
    desk.run(IN_TIME)
    drops = [
        desk.drop(CITY, desk.fill(CITY, sound(500, 700), name="市本级 改.xlsx")),
        desk.drop(OTHER_CITY, again, "又一次.xlsx"),
        desk.drop(EAST, desk.fill(EAST, sound(900))),
        desk.drop(EAST, desk.fill(EAST, sound(900, 1000), name="又改.xlsx")),
        desk.drop(WEST, desk.fill(WEST, {**sound(), "patrols": patrols(40_000, means="步行")})),
        desk.drop(SOUTH, desk.fill(NORTH, name="错放.xlsx")),
        desk.drop(NORTH, b"not a workbook, but somebody's notes", "笔记.xlsx"),
        desk.drop(NORTH, desk.fill(NORTH), folder="预审"),
        desk.drop(PROVINCE, desk.fill(PROVINCE, sound(100))),
    ]
    for number, path in enumerate(drops):
        os.utime(path, (_FILE_TIME + number, _FILE_TIME + number))
    return desk


def copy_of(scene: Path, root: Path) -> Path:
    """Give a copy of the workspace `scene` at `root`, times included, instead of what is there."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(scene, root, symlinks=True)
    return root


@dataclass(frozen=True)
class Picture:
    """What there is after the run: files by their digests, and what the database knows."""

    outbox: Mapping[str, str]
    inbox: tuple[str, ...]
    archive: Mapping[str, str]
    tables: Mapping[str, list[tuple[object, ...]]]

    def differences(self, other: Picture) -> list[str]:
        """Say in what `other` differs, for the assertion's message."""
        found = []
        for name in ("outbox", "archive"):
            mine, theirs = getattr(self, name), getattr(other, name)
            found += [
                f"{name}: {path}: {mine.get(path)} / {theirs.get(path)}"
                for path in sorted(mine.keys() | theirs.keys())
                if mine.get(path) != theirs.get(path)
            ]
        if self.inbox != other.inbox:
            found.append(f"inbox: {self.inbox} / {other.inbox}")
        for name, rows in self.tables.items():
            mine, theirs = rows, other.tables[name]
            found += [f"{name}: missing {row}"[:300] for row in mine if row not in theirs]
            found += [f"{name}: unexpected {row}"[:300] for row in theirs if row not in mine]
            if len(mine) != len(theirs):
                found.append(f"{name}: {len(mine)} / {len(theirs)} rows")
        return found


def essence_of(picture: Picture) -> dict[str, list[str]]:
    """What is left of a picture without times and numbers: what came of each file, what counts.

    For runs in which trouble put off some files: those are answered later, after files that
    arrived later. What counts is by arrival all the same.
    """
    found = {name: sorted(map(repr, picture.tables[name])) for name in _ESSENCE}
    found["arrivals"] = sorted(repr(row[:6]) for row in picture.tables["arrivals"])
    told = (f"{row[0]} {row[7]}" for row in picture.tables["mails"])
    found["mails"] = sorted(_COUNTED.sub("#", line) for line in told)
    found["outbox"] = sorted(_COUNTED.sub("#", path) for path in picture.outbox)
    found["archive"] = sorted(f"{path} {digest}" for path, digest in picture.archive.items())
    found["inbox"] = list(picture.inbox)
    return found


def take_picture(root: Path) -> Picture:
    """Look at the workspace at `root`."""
    return Picture(
        outbox=_digests(root / "outbox"),
        inbox=tuple(sorted(_digests(root / "inbox"))),
        archive=_digests(root / "state" / "archive"),
        tables={
            **_tables(root / "state" / "sheetflow.db"),
            "journal": _noted(root / "state" / "journal"),
        },
    )


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "README.md"
    }


_QUERIES = {
    "arrivals": (
        "select unit_id, purpose, name, sha256, size, answer, answered_receipt, answer_document,"
        " judged_at is not null, acknowledged_at is not null, trouble from arrivals"
    ),
    "submissions": (
        "select s.receipt, s.number, s.unit_id, s.form, s.period, a.sha256, a.name"
        " from submissions s join arrivals a using (arrival_id)"
    ),
    "judgements": (
        "select s.receipt, j.outcome, j.nil, j.late, j.must, j.verify, j.note, j.findings,"
        " j.explanations from judgements j join submissions s using (submission_id)"
    ),
    "measurements": (
        "select s.receipt, m.digest, m.document from measurements m"
        " join judgements j using (judgement_id) join submissions s using (submission_id)"
    ),
    "rows": (
        "select s.receipt, r.sheet, r.document from sheet_rows r"
        " join judgements j using (judgement_id) join submissions s using (submission_id)"
    ),
    "outcomes": (
        "select a.unit_id, a.sha256, a.name, s.form, s.period, j.outcome, j.nil, j.late, j.must,"
        " j.verify, j.note from judgements j join submissions s using (submission_id)"
        " join arrivals a using (arrival_id)"
    ),
    "counting": (
        "select s.unit_id, s.period, a.sha256, max(s.arrival_id) is not null from submissions s"
        " join judgements j using (submission_id) join arrivals a using (arrival_id)"
        " where j.outcome = 'accepted' group by s.unit_id, s.period"
    ),
    "sheets": (
        "select a.unit_id, a.sha256, r.sheet, r.document from sheet_rows r"
        " join judgements j using (judgement_id) join submissions s using (submission_id)"
        " join arrivals a using (arrival_id)"
    ),
    "decisions": (
        "select number, unit_id, matter, verdict, by_unit, form, period, receipt, about, opinion,"
        " decider, handler, ground, dated, details from decisions"
    ),
    "stale": "select unit_id, form, period, what from stale",
    "publications": "select path, kind, unit_id, form, period, sha256, beside from publications",
    "mails": (
        "select message_id, unit_id, recipients, subject, text, html, attachments, state, trouble"
        " from mails"
    ),
}


def _noted(journal: Path) -> list[tuple[object, ...]]:
    """What the journal says was received: each file once, and no other."""
    entries = read_journal(journal).entries
    return sorted((each.unit_id, each.purpose, each.name, each.sha256) for each in entries)


def _tables(database: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(database)) as connection:
        return {
            name: sorted((_unnumbered(row) for row in connection.execute(query)), key=repr)
            for name, query in _QUERIES.items()
        }


def _unnumbered(row: tuple[object, ...]) -> tuple[object, ...]:
    """Leave out a judgement's number from a Message-ID: only the order of judging tells it."""
    return tuple(
        _NUMBERED.sub("", cell) if isinstance(cell, str) and cell.startswith("<") else cell
        for cell in row
    )


def dropped_bytes(root: Path) -> set[str]:
    """The digests of everything that lies in the inbox."""
    return set(_digests(root / "inbox").values())


def units() -> tuple[str, ...]:
    """All units of the scene."""
    return tuple(unit.unit_id for unit in TREE)
