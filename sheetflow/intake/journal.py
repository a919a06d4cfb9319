"""The journal beside the archive: every file that was received, in the order of receiving.

This module owns ``state/journal``: a line a commit, durable before the database says
"received". With the archive it is enough to make a lost database again. A line that was
torn or damaged is told by its checksum and left aside. It refuses to change a line.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sheetflow.durable import sync_folder, write_whole
from sheetflow.errors import retried_later
from sheetflow.intake.sighting import FOLDER, identity, key_of

_STEP = "登记来件"
_TAIL_BYTES = 1 << 16
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One delivery: which way it came, its key there, whose it is and for what."""

    source: str
    source_key: str
    unit_id: str
    purpose: str
    name: str
    sha256: str
    size: int
    arrived_at: dt.datetime
    put_at: dt.datetime | None = None
    attached: bool = False
    """Whether it lay in the folder for files beside workbooks."""
    batch: int = 0
    """The same for all that was taken together; 0 in lines of older versions."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one commit receives.

    `workspace` is the id that the database bears as well; `after` is the number of the newest
    arrival that the database knew before.
    """

    workspace: str
    after: int
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Journal:
    """What the journal says, and how many of its lines say nothing."""

    batches: tuple[Batch, ...] = ()
    damaged: int = 0

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All files, in the order of receiving."""
        return tuple(entry for batch in self.batches for entry in batch.entries)


def append_batch(path: Path, batch: Batch) -> None:
    """Add `batch` to the journal at `path`; when this returns, it survives a power failure.

    What a torn write left before it stays a line of its own. Raise TemporaryError for
    everything that the system refuses.
    """
    with retried_later(_STEP, path):
        descriptor = os.open(path, _FLAGS, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            line = _line(batch)
            if size:
                os.lseek(descriptor, size - 1, os.SEEK_SET)
                line = line if os.read(descriptor, 1) == b"\n" else b"\n" + line
            while line:
                line = line[os.write(descriptor, line) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if not size:
            sync_folder(path.parent)


def write_journal(path: Path, batches: Iterable[Batch]) -> None:
    """Put a new journal in the place of the one at `path`, whole and durable, or not at all."""
    with retried_later(_STEP, path):
        write_whole(path, lambda file: file.writelines(map(_line, batches)))


def read_journal(path: Path) -> Journal:
    """Read the whole journal; one that is not there says nothing."""
    with retried_later(_STEP, path):
        try:
            lines = path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return Journal()
    before: Counter[str] = Counter()
    read = [_batch(line, before) for line in lines if line]
    batches = tuple(batch for batch in read if batch is not None)
    return Journal(batches, len(read) - len(batches))


def last_batch(path: Path) -> Batch | None:
    """Read the last line that says something; None where there is none."""
    with retried_later(_STEP, path):
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                file.seek(max(0, size - _TAIL_BYTES))
                lines = file.read().split(b"\n")
        except FileNotFoundError:
            return None
    for line in reversed(lines):
        if (batch := _batch(line, Counter())) is not None:
            return batch
    batches = read_journal(path).batches
    return batches[-1] if batches else None


def batches_of(
    workspace: str, numbered: Sequence[tuple[int, Entry]], at_once: int = 16
) -> Iterator[Batch]:
    """Give the batches of a new journal for files with their numbers; at least one, if empty."""
    if not numbered:
        yield Batch(workspace, 0)
    for start in range(0, len(numbered), at_once):
        some = numbered[start : start + at_once]
        yield Batch(workspace, some[0][0] - 1, tuple(entry for _, entry in some))


def _line(batch: Batch) -> bytes:
    text = json.dumps(
        {
            "workspace": batch.workspace,
            "after": batch.after,
            "files": [_document(entry) for entry in batch.entries],
        },
        separators=(",", ":"),
    ).encode("ascii")
    return b"%s %s\n" % (_checksum(text), text)


def _checksum(text: bytes) -> bytes:
    return b"%08x" % zlib.crc32(text)


def _batch(line: bytes, before: Counter[str]) -> Batch | None:
    """Read one line; None where its checksum is another's or it is of a kind not known.

    `before` counts the files of the lines before that bear no key yet.
    """
    check, _, text = line.partition(b" ")
    try:
        if check != _checksum(text):
            return None
        document = json.loads(text)
        entries = tuple(_entry(entry, before) for entry in document["files"])
        return Batch(document["workspace"], int(document["after"]), entries)
    except (ValueError, KeyError, TypeError):
        return None


def _document(entry: Entry) -> dict[str, object]:
    return {
        "source": entry.source,
        "key": entry.source_key,
        "unit": entry.unit_id,
        "purpose": entry.purpose,
        "name": entry.name,
        "sha256": entry.sha256,
        "size": entry.size,
        "at": entry.arrived_at.isoformat(),
        "put": entry.put_at.isoformat() if entry.put_at else "",
        "attached": entry.attached,
        "batch": entry.batch,
    }


def _entry(document: dict[str, object], before: Counter[str]) -> Entry:
    put = str(document.get("put", ""))
    return Entry(
        source=str(document["source"]) if "source" in document else FOLDER,
        source_key=str(document["key"]) if "key" in document else _key(document, before),
        unit_id=str(document["unit"]),
        purpose=str(document["purpose"]),
        name=str(document["name"]),
        sha256=str(document["sha256"]),
        size=int(str(document["size"])),
        arrived_at=dt.datetime.fromisoformat(str(document["at"])),
        put_at=dt.datetime.fromisoformat(put) if put else None,
        attached=document.get("attached") is True,
        batch=int(str(document.get("batch", 0))),
    )


def _key(document: dict[str, object], before: Counter[str]) -> str:
    """Make the key of a line from before there were keys, as the database was given it."""
    inode, size, mtime_ns = (int(str(document[name])) for name in ("inode", "size", "mtime_ns"))
    name = bytes.fromhex(str(document["raw"]))
    same = identity(str(document["unit"]), str(document["purpose"]), name, inode, size, mtime_ns)
    sha256 = str(document["sha256"])
    before[key_of(same, sha256)] += 1
    return key_of(same, sha256, before[key_of(same, sha256)] - 1)
