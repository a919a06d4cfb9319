"""Files in the outbox: readers see the old or the new one, never half of one (promise 12).

A publication is drafted first, so that its hash can be announced in a commit, and then placed. A file
is ours by its bytes alone: those that were ever announced for its path, and those that its unit
handed in. Whatever else lies there is a person's, and neither replaced nor removed.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from io import BufferedRandom
from pathlib import Path
from typing import BinaryIO

from sheetflow.durable import sync_folder
from sheetflow.errors import ObstructedError, TemporaryError, retried_later
from sheetflow.publishing.places import (
    Existing,
    Kind,
    Ours,
    is_held_open,
    is_reachable,
    look_at,
    make_folders,
    stamp_of,
)

Writer = Callable[[BinaryIO], object]
"""Writes a publication into an open binary file."""

FirstLine = Callable[[Path, Path], object]
"""Copies a finished document (first to second path), with a first line that says what it is."""

_STEP = "发布文件"
_TEMPORARY_START = ".sheetflow-"
_TEMPORARY_END = ".tmp"
_MOST_TWINS = 9


class Beside(StrEnum):
    """Why a publication lies beside its real name, if it does."""

    NO = ""
    HELD = "held"
    """Somebody holds the real file open."""
    HERS = "hers"
    """Somebody changed the real file, or put it there: it is theirs."""


@dataclass(frozen=True, slots=True)
class Published:
    """A publication that lies safely in the outbox, at its name or `beside` it.

    `changed` tells whether its content did; where it did not, nothing was written.
    """

    path: Path
    sha256: str
    changed: bool
    beside: Beside = Beside.NO


@dataclass(frozen=True, slots=True)
class Patience:
    """How a target that is open elsewhere is waited for, and the system calls to do it with."""

    seconds: float = 3.0
    pause_seconds: float = 0.25
    replace: Callable[[Path, Path], object] = os.replace
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Draft:
    """A publication on its way: whole and durable under a temporary name, not yet seen by anybody.

    Without `temporary`, its very bytes lie at `path`. `seen` is what lay there; where that is
    a person's, the draft goes `beside` it, and says so in its first line; or it `is_left`,
    where it says nothing new.
    """

    path: Path
    sha256: str
    temporary: Path | None
    seen: Existing
    is_beside: bool = False
    is_left: bool = False

    def discard(self) -> None:
        """Leave no trace of it."""
        if self.temporary:
            with suppress(OSError):
                self.temporary.unlink(missing_ok=True)


def draft_file(
    top: Path,
    path: Path,
    content: bytes | Writer,
    ours: Ours,
    first_line: FirstLine | None = None,
    last: Callable[[], str] = str,
) -> Draft:
    """Write `content` near `path` in the outbox `top`, making its folder where it is missing.

    `last` gives the hash of what was put there last, and is asked where a person's file lies:
    whoever has changed that since is not told the same once more.
    Raise ObstructedError where something stands in the way in the unit's own folder,
    TemporaryError for anything else that the system refuses; the outbox is then as it was.
    """
    with retried_later(_STEP, path):
        make_folders(top, path.parent)
        existing = look_at(path)
        if isinstance(content, bytes):
            sha256 = hashlib.sha256(content).hexdigest()
            if existing.sha256 == sha256:
                return Draft(path, sha256, None, existing)
        temporary = _temporary(path)
        try:
            return _written(Draft(path, "", temporary, existing), content, ours, first_line, last)
        except PermissionError as error:
            place = path.parent.relative_to(top).as_posix()
            raise ObstructedError(place, "EACCES") from error
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise


def place_file(draft: Draft, ours: Ours, patience: Patience | None = None) -> Published:
    """Put a draft in place, once its hash is announced; nothing of it is left elsewhere.

    A target that is open elsewhere is tried for as long as `patience` lasts, then the draft is put
    beside it as ``name_新.xlsx``; publishing by the real name again removes the twin. Raise
    TemporaryError where the system refuses, or somebody changed the target since the draft was made.
    """
    patience = patience or Patience()
    try:
        with retried_later(_STEP, draft.path):
            if draft.is_left:
                return Published(draft.path, draft.sha256, changed=False)
            if draft.is_beside:
                return _place_beside(draft, ours, patience, Beside.HERS)
            if draft.temporary is None:
                _is_locked(draft, ours)
                return _settled(draft, ours, changed=False)
            if _replaced(draft, ours, patience):
                return _settled(draft, ours, changed=True)
            return _place_beside(draft, ours, patience, Beside.HELD)
    finally:
        draft.discard()


def remove_publication(top: Path, path: Path, ours: Ours) -> tuple[int, tuple[Path, ...]]:
    """Remove a publication and its twins where they are ours.

    Give how many went, and what stays because it is a person's. Raise TemporaryError where
    the system refuses; repeating it does no harm.
    """
    removed, left = 0, []
    with retried_later("撤下文件", path):
        if not is_reachable(top, path.parent):
            return 0, ()
        for place in (path, *_twins(path)):
            existing = look_at(place)
            if existing.kind is Kind.NOTHING and place != path:
                break
            if existing.kind in {Kind.STRANGE, Kind.LOCKED} or existing.is_hers(ours):
                left.append(place)
            elif existing.kind is Kind.FILE:
                place.unlink(missing_ok=True)
                removed += 1
        if removed:
            sync_folder(path.parent)
    return removed, tuple(left)


def place_for(path: Path, ours: Ours) -> Path:
    """Tell where a publication would lie now: at its name, or beside it where that is a person's."""
    if not look_at(path).is_hers(ours):
        return path
    return next((twin for twin in _twins(path) if not look_at(twin).is_hers(ours)), path)


def lies_there(top: Path, path: Path) -> bool:
    """Whether anything lies at `path` of the outbox, or at its twin."""
    if not is_reachable(top, path.parent):
        return False
    return any(stamp_of(place) for place in (path, next(_twins(path))))


def sweep_outbox(outbox_root: Path) -> int:
    """Remove the temporary files that a killed run left; give their number.

    Only for the one running service, at its start: nothing else may be publishing.
    """
    swept = 0
    for folder, _, names in os.walk(outbox_root):  # follows no link, passes over what is closed
        for name in names:
            if name.startswith(_TEMPORARY_START) and name.endswith(_TEMPORARY_END):
                with retried_later("清理答复文件夹", outbox_root):
                    Path(folder, name).unlink(missing_ok=True)
                swept += 1
    return swept


def _temporary(path: Path) -> Path:
    return path.with_name(f"{_TEMPORARY_START}{secrets.token_hex(8)}{_TEMPORARY_END}")


def _twins(path: Path) -> Iterator[Path]:
    """Name the places for a publication whose real name is taken: ``…_新.xlsx``, ``…_新2.xlsx``."""
    for number in range(1, _MOST_TWINS + 1):
        ending = "" if number == 1 else str(number)
        yield path.with_name(f"{path.stem}_新{ending}{path.suffix}")


def _written(
    draft: Draft,
    content: bytes | Writer,
    ours: Ours,
    first_line: FirstLine | None,
    last: Callable[[], str],
) -> Draft:
    temporary = draft.temporary or _temporary(draft.path)
    sha256 = _write(temporary, content)
    if draft.seen.sha256 == sha256:
        temporary.unlink()
        return replace(draft, sha256=sha256, temporary=None)
    is_beside = draft.seen.is_hers(ours)
    if is_beside and sha256 == last():
        temporary.unlink()
        return replace(draft, sha256=sha256, temporary=None, is_left=True)
    if is_beside and first_line:
        sha256 = _write_first_line(temporary, first_line)
    return replace(draft, sha256=sha256, is_beside=is_beside)


def _write_first_line(temporary: Path, first_line: FirstLine) -> str:
    said = _temporary(temporary)
    try:
        _write(said, b"")
        first_line(temporary, said)
        with said.open("r+b") as file:
            sha256 = _hashed(file)
        said.replace(temporary)
    finally:
        said.unlink(missing_ok=True)
    return sha256


def _write(temporary: Path, content: bytes | Writer) -> str:
    """Write and fsync the temporary file; give its hash."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # Not the 0600 of tempfile: people read the outbox with their own accounts.
    with os.fdopen(os.open(temporary, flags, 0o666), "w+b") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            content(file)
        return _hashed(file)


def _hashed(file: BufferedRandom) -> str:
    file.flush()
    os.fsync(file.fileno())
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _settled(draft: Draft, ours: Ours, *, changed: bool) -> Published:
    with suppress(OSError):  # a twin that is open itself goes with a later publication
        _remove_twins(_twins(draft.path), ours)
    # Also when nothing was written: a run that was killed may have come just this far.
    sync_folder(draft.path.parent)
    return Published(draft.path, draft.sha256, changed)


def _remove_twins(twins: Iterator[Path], ours: Ours) -> None:
    for twin in twins:
        existing = look_at(twin)
        if existing.kind is Kind.NOTHING:
            return
        if existing.kind is Kind.FILE and not existing.is_hers(ours):
            twin.unlink(missing_ok=True)


def _place_beside(draft: Draft, ours: Ours, patience: Patience, why: Beside) -> Published:
    """Take the first twin that is free or ours; those behind it that are ours go."""
    twins = _twins(draft.path)
    for twin in twins:
        existing = look_at(twin)
        if existing.is_hers(ours):
            continue
        changed = existing.sha256 != draft.sha256
        if changed and draft.temporary:
            patience.replace(draft.temporary, twin)
        with suppress(OSError):
            _remove_twins(twins, ours)
        sync_folder(twin.parent)
        return Published(twin, draft.sha256, changed, why)
    raise TemporaryError(_STEP, str(draft.path), "EEXIST")


def _replaced(draft: Draft, ours: Ours, patience: Patience) -> bool:
    """Rename over what is ours; give False when it is still held open after all patience."""
    left = patience.seconds
    while True:
        try:
            if not _is_locked(draft, ours):
                patience.replace(draft.temporary or draft.path, draft.path)
                return True
        except OSError as error:
            if not is_held_open(error):
                raise
        if left <= 0:
            return False
        patience.sleep(patience.pause_seconds)
        left -= patience.pause_seconds


def _is_locked(draft: Draft, ours: Ours) -> bool:
    """Look once more in the last moment: whether the target can be read, to know whose it is.

    Raise TemporaryError where it is a person's by now. What has the stamp that it had when it
    was hashed, moments ago, is what it was.
    """
    if draft.seen.kind is Kind.FILE and stamp_of(draft.path) == draft.seen.stamp:
        return False
    existing = look_at(draft.path)
    if existing.is_hers(ours):
        raise TemporaryError(_STEP, str(draft.path), "CHANGED")
    return existing.kind is Kind.LOCKED
