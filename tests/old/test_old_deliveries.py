"""What an old workspace received keeps one key, wherever it is read: database, journal, archive."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sheetflow.intake.identity import identity, key_of
from sheetflow.intake.journal import read_journal
from sheetflow.service import open_office
from sheetflow.service.recovering import recover
from sheetflow.store import Store
from tests.old.conftest import NEXT_DAY


def keys_of(root: Path) -> dict[int, str]:
    """Give the keys of all deliveries."""
    with Store.open(root / "state" / "sheetflow.db") as store:
        return {each.arrival_id: each.source_key for each in store.arrivals.find_all()}


def test_database_and_journal_give_an_old_delivery_one_key(root: Path) -> None:
    """A file that both know is one file: neither a lost database nor a backup makes it two."""
    keys = keys_of(root)
    noted = [entry.source_key for entry in read_journal(root / "state" / "journal").entries]
    assert noted == [keys[arrival_id] for arrival_id in range(7, 12)]  # the others were purged


def test_files_that_looked_the_same_in_all_have_keys_of_their_own(root: Path) -> None:
    """A workbook that was dropped again with its old time, and got its old inode, was a delivery too."""
    same = "inode = '7', mtime_ns = 9, name = 'a', raw_name = x'ff2f', size = 5, sha256 = 'b'"
    database = root / "state" / "sheetflow.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"UPDATE arrivals SET {same} WHERE arrival_id IN (9, 10)")  # noqa: S608 - ours
    keys = keys_of(root)
    whole = identity("370102", "submission", b"\xff/", 7, 5, 9)
    assert [keys[9], keys[10]] == [key_of(whole, "b", before) for before in (0, 1)]
    assert len(set(keys.values())) == len(keys)


def test_a_lost_old_database_comes_back_from_the_archive(root: Path) -> None:
    """The lines that an older version noted are enough, and the next start takes nothing again."""
    before = keys_of(root)
    (root / "state" / "sheetflow.db").unlink()
    found = recover(root, at=NEXT_DAY)
    assert (sum(found.outcomes.values()), found.unsaid, found.guessed) == (5, 0, [])
    assert [*keys_of(root).values()] == [before[arrival_id] for arrival_id in range(7, 12)]
    with open_office(root, NEXT_DAY) as office:
        assert [entry.source_key for entry in read_journal(office.workspace.journal).entries] == [
            *keys_of(root).values()
        ]
