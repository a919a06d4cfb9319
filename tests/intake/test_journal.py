"""The journal says in order what was received, whatever tore or spoilt a line of it."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from sheetflow.errors import TemporaryError
from sheetflow.intake.journal import (
    Batch,
    Entry,
    append_batch,
    batches_of,
    last_batch,
    read_journal,
    write_journal,
)
from sheetflow.intake.sighting import identity, key_of
from sheetflow.periods import OFFICE_ZONE

AT = dt.datetime(2012, 3, 5, 9, 30, tzinfo=OFFICE_ZONE)


def entry(number: int) -> Entry:
    """A file with a name that is no text."""
    return Entry(
        source="folder",
        source_key=key_of(
            identity("370102", "submission", b"\xff\n%d" % number, 2**64 - number, number, 2**63),
            f"{number:064x}",
        ),
        unit_id="370102",
        purpose="submission",
        name=f"活动进展 {number}\ud800",
        sha256=f"{number:064x}",
        size=number,
        arrived_at=AT + dt.timedelta(seconds=number),
    )


def batch(number: int) -> Batch:
    """Two files that came with one commit."""
    return Batch("w", 2 * number, (entry(2 * number), entry(2 * number + 1)))


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal of five commits."""
    for number in range(5):
        append_batch(tmp_path / "journal", batch(number))
    return tmp_path / "journal"


def test_what_was_noted_is_read_in_its_order(journal: Path) -> None:
    """Every file comes back as it went in, names of any bytes included; the last line is at hand."""
    read = read_journal(journal)
    assert read.batches == tuple(map(batch, range(5)))
    assert read.entries == tuple(map(entry, range(10)))
    assert last_batch(journal) == batch(4)


def test_a_torn_last_line_costs_itself_alone(journal: Path) -> None:
    """Cut anywhere, all lines before are read, and what is noted afterwards as well."""
    whole = journal.read_bytes()
    start = whole[:-1].rindex(b"\n") + 1
    for cut in range(start, len(whole) - 1, 37):
        journal.write_bytes(whole[:cut])
        assert read_journal(journal).batches == tuple(map(batch, range(4)))
        assert last_batch(journal) == batch(3)
        append_batch(journal, batch(9))
        assert read_journal(journal).batches == (*map(batch, range(4)), batch(9))


def test_a_flipped_bit_never_changes_what_is_read(journal: Path) -> None:
    """A damaged line is left aside and counted; no other file comes of it."""
    whole = journal.read_bytes()
    chance = random.Random(17)  # noqa: S311 - not for secrets
    for _ in range(200):
        spoilt = bytearray(whole)
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        journal.write_bytes(spoilt)
        read = read_journal(journal)
        assert set(read.batches) <= set(map(batch, range(5)))
        assert len(read.batches) >= 3
        assert read.damaged


def test_one_made_anew_takes_the_place_of_the_old(journal: Path) -> None:
    """A new journal is there whole; an empty one still says whose it is."""
    numbered = [(number, entry(number)) for number in range(3, 40)]
    write_journal(journal, batches_of("v", numbered))
    assert read_journal(journal).entries == tuple(map(entry, range(3, 40)))
    assert last_batch(journal) == Batch("v", 34, tuple(map(entry, range(35, 40))))
    write_journal(journal, batches_of("v", []))
    assert last_batch(journal) == Batch("v", 0)
    assert [path.name for path in journal.parent.iterdir()] == ["journal"]


def test_a_journal_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    """Before anything was received there is none."""
    assert read_journal(tmp_path / "journal").entries == ()
    assert last_batch(tmp_path / "journal") is None


@pytest.mark.skipif(os.name != "posix", reason="rights are told by mode bits")
def test_the_journal_is_private(journal: Path) -> None:
    """Names of files may name persons."""
    assert journal.stat().st_mode & 0o077 == 0


def test_what_the_system_refuses_is_tried_again(tmp_path: Path) -> None:
    """A journal that cannot be written is trouble that passes."""
    (tmp_path / "journal").mkdir()
    with pytest.raises(TemporaryError):
        append_batch(tmp_path / "journal", batch(1))


def test_a_line_from_before_files_beside_workbooks_is_read(tmp_path: Path) -> None:
    """An older journal knows no such files: what it noted are workbooks of no known delivery."""
    append_batch(tmp_path / "journal", batch(0))
    _, _, text = (tmp_path / "journal").read_bytes().partition(b" ")
    document = json.loads(text)
    for file in document["files"]:
        del file["attached"], file["batch"]
    older = json.dumps(document, separators=(",", ":")).encode()
    (tmp_path / "journal").write_bytes(b"%08x %s\n" % (zlib.crc32(older), older))
    assert read_journal(tmp_path / "journal").batches == (batch(0),)


def test_where_a_file_lay_and_what_it_came_with_is_noted(tmp_path: Path) -> None:
    """The journal alone says which files lay in 附件, and which were taken together."""
    noted = Batch("w", 0, (replace(entry(1), attached=True, batch=1), replace(entry(2), batch=1)))
    append_batch(tmp_path / "journal", noted)
    assert read_journal(tmp_path / "journal").batches == (noted,)
