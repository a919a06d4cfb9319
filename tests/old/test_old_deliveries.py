"""What an old workspace received keeps one key, wherever it is read: database, journal, archive."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

from sheetflow.context import open_context
from sheetflow.intake.archive import blob_path
from sheetflow.intake.journal import read_journal
from sheetflow.intake.sighting import identity, key_of
from sheetflow.store import Store
from sheetflow.upkeep.recover import recover
from tests.old.conftest import NEXT_DAY


def keys_of(root: Path) -> dict[int, str]:
    """Give the keys of all deliveries."""
    with Store(root / "state" / "sheetflow.db") as store:
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
    assert (sum(found.outcomes.values()), found.damaged_lines, found.guessed) == (5, 0, [])
    assert [*keys_of(root).values()] == [before[arrival_id] for arrival_id in range(7, 12)]
    with open_context(root, NEXT_DAY) as context:
        assert [entry.source_key for entry in read_journal(context.workspace.journal).entries] == [
            *keys_of(root).values()
        ]


def old_backup(root: Path) -> Path:
    """Back the workspace up as the version before did."""
    target = root.parent / "备份.zip"
    names = [*("state/sheetflow.db", "state/journal", "sheetflow.toml", "units.xlsx")]
    for folder in ("templates", "state/archive"):
        found = (path for path in (root / folder).rglob("*") if path.is_file())
        names += [path.relative_to(root).as_posix() for path in found]
    held = {name: (root / name).read_bytes() for name in names}
    manifest = {
        "kind": "sheetflow-backup",
        "version": 2,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in held.items()},
        "missing": [],
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in held.items():
            package.writestr(name, content)
        package.writestr("manifest.json", json.dumps(manifest))
    return target


def note_as_before(root: Path) -> None:
    """Let the version before have received the clerk's workbook, and lost its database then."""
    (file,) = (root.parent / "desk").glob("填好*.xlsx")
    content = file.read_bytes()
    blob = blob_path(root / "state" / "archive", hashlib.sha256(content).hexdigest())
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(content)
    entry = {
        "unit": "370104",
        "purpose": "submission",
        "name": file.name,
        "raw": file.name.encode().hex(),
        "sha256": blob.name,
        "size": len(content),
        "mtime_ns": 5,
        "inode": 2**64 - 1,
        "device": 3,
        "at": "2012-03-02T11:00:00+08:00",
        "put": "",
    }
    journal = root / "state" / "journal"
    (*_, last) = read_journal(journal).batches
    line = json.dumps({"workspace": last.workspace, "after": 11, "files": [entry]}).encode()
    with journal.open("ab") as lines:
        lines.write(b"%08x %s\n" % (zlib.crc32(line), line))


def test_an_old_backup_and_an_old_journal_together_take_nothing_twice(root: Path) -> None:
    """What an old backup knows is not judged again; what only the old journal knows is, once."""
    before = keys_of_copy(root)
    backup = old_backup(root)
    note_as_before(root)
    (root / "state" / "sheetflow.db").unlink()
    found = recover(root, backup=backup, at=NEXT_DAY)
    assert (found.known, dict(found.outcomes), found.guessed) == (11, {"accepted": 1}, [])
    after = keys_of(root)
    assert {number: after[number] for number in before} == before
    assert after.keys() - before.keys() == {12}


def keys_of_copy(root: Path) -> dict[int, str]:
    """Give the keys that the old database will have, leaving it as it is."""
    copy = root.parent / "copy.db"
    copy.write_bytes((root / "state" / "sheetflow.db").read_bytes())
    with Store(copy) as store:
        return {each.arrival_id: each.source_key for each in store.arrivals.find_all()}
