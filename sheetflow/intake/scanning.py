"""The full scan of the inbox, by looking and not by events, and which of its files stand still.

This module owns which entries are candidates, ignored or strange, and the memory between scans: a
file stands still when inode, size and time of change stayed the same *and* two hashes of all its
bytes, the quiet period apart, are equal. It refuses to raise for a bad folder and to take anything.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sheetflow.errors import TemporaryError, Trouble
from sheetflow.intake.sighting import (
    ATTACHMENTS_FOLDER,
    PRECHECK_FOLDER,
    READING,
    ChangedError,
    Folder,
    Oddity,
    Purpose,
    Reason,
    Scan,
    Sighting,
    opened_folder,
    read_sha256,
)

DAY_SECONDS = 86_400
MAX_BYTES = 512 * 1024 * 1024
"""Larger files are shown, not hashed over and over: no workbook passes the gate at this size."""

_IGNORED = re.compile(
    rb"\..*|~\$.*|.*\.tmp|thumbs\.db|desktop\.ini|@eadir", re.IGNORECASE | re.DOTALL
)
_PRECHECK = os.fsencode(PRECHECK_FOLDER)
_ATTACHMENTS = os.fsencode(ATTACHMENTS_FOLDER)
_STEP = "查看报送文件夹"
_INSTEAD = (
    "报送文件夹的位置上是别的东西（文件、链接等），不是文件夹，这个单位报不上来。"
    "请把它移走，程序会重新建立文件夹。"
)
_MISSING = (
    "报送文件夹不在。程序会重新建立；一直建不起来的，请检查磁盘空间和报送文件夹上一级的权限。"
)
_NO_PRECHECK = (
    f"报送文件夹里的“{PRECHECK_FOLDER}”不是文件夹，预审不能用。请删除它，程序会重新建立。"
)


def is_ignored(name: bytes) -> bool:
    """Tell whether `name` is a lock, temporary, hidden or system file that nobody submits."""
    return _IGNORED.fullmatch(name) is not None


def scan(
    inbox_root: Path,
    folders: Mapping[str, str],
    *,
    now: float,
    max_bytes: int = MAX_BYTES,
    attachments: bool = False,
) -> Scan:
    """Look at the whole inbox.

    `folders` maps the name of a unit's folder to its unit_id; a unit is known by its
    folder only. With `attachments` a folder 附件 within is looked into as well. `now` is the time in seconds of the clock that stamps files (not
    ``--at``), for telling what has lain about for a day. Nothing is raised: what could not
    be read is in `Scan.troubles`.
    """
    look = _Look(Scan(), now, max_bytes, attachments)
    try:
        with opened_folder(inbox_root, follow=True) as root:
            names = root.names()
            for folder_name, unit_id in folders.items():
                look.at_unit(root, folder_name, unit_id)
            known = {os.fsencode(name) for name in folders}
            for name in names:
                if name not in known and not is_ignored(name):
                    look.at_stranger(root, name)
    except OSError as error:
        look.scan.troubles.append(TemporaryError.of(error, _STEP, inbox_root))
    return look.scan


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at the inbox, and what it has found so far."""

    scan: Scan
    now: float
    max_bytes: int
    attachments: bool

    def at_unit(self, root: Folder, folder_name: str, unit_id: str) -> None:
        """Look into a unit's folder and its 预审."""
        name = os.fsencode(folder_name)
        try:
            # A link here would make another folder's files this unit's own.
            if self._is_folder(root, name, unit_id, Purpose.SUBMISSION, _INSTEAD):
                with opened_folder(root.path / folder_name, inside=root) as folder:
                    self._at_files(folder, unit_id, Purpose.SUBMISSION)
                    self._at_attachments(folder, unit_id, Purpose.SUBMISSION)
                    self._at_precheck(folder, unit_id)
        except FileNotFoundError:
            self.scan.missing.append(folder_name)
            self._hinder(unit_id, Purpose.SUBMISSION, _MISSING, is_ours=True)
        except OSError as error:
            self._hinder(unit_id, Purpose.SUBMISSION, _refused("报送文件夹", error))

    def _at_precheck(self, folder: Folder, unit_id: str) -> None:
        try:
            if self._is_folder(folder, _PRECHECK, unit_id, Purpose.PRECHECK, _NO_PRECHECK):
                with opened_folder(folder.path / PRECHECK_FOLDER, inside=folder) as inner:
                    self._at_files(inner, unit_id, Purpose.PRECHECK)
                    self._at_attachments(inner, unit_id, Purpose.PRECHECK)
        except FileNotFoundError:
            self.scan.unseen.add(
                (unit_id, Purpose.PRECHECK)
            )  # nobody asked for a preliminary check
        except OSError as error:
            what = f"报送文件夹里的“{PRECHECK_FOLDER}”"
            self._hinder(unit_id, Purpose.PRECHECK, _refused(what, error))

    def _at_attachments(self, folder: Folder, unit_id: str, purpose: Purpose) -> None:
        """Look into the folder for files beside workbooks, where there is one: nobody needs it."""
        try:
            if self._is_attachments(_ATTACHMENTS, folder.status(_ATTACHMENTS)):
                with opened_folder(folder.path / ATTACHMENTS_FOLDER, inside=folder) as inner:
                    self._at_files(inner, unit_id, purpose, attached=True)
        except FileNotFoundError:
            return
        except OSError as error:
            what = f"报送文件夹里的“{ATTACHMENTS_FOLDER}”"
            self._hinder(unit_id, purpose, _refused(what, error))

    def _is_attachments(self, name: bytes, status: os.stat_result) -> bool:
        return self.attachments and name == _ATTACHMENTS and stat.S_ISDIR(status.st_mode)

    def _is_folder(
        self, parent: Folder, name: bytes, unit_id: str, purpose: Purpose, sentence: str
    ) -> bool:
        """Whether a folder is there; what is there instead is shown, and the unit told of it."""
        status = parent.status(name)
        if stat.S_ISDIR(status.st_mode):
            return True
        reason = self._strangeness(status) or Reason.UNKNOWN_FOLDER
        self.scan.strange.append(_oddity(reason, parent, name, unit_id))
        self._hinder(unit_id, purpose, sentence)
        return False

    def _hinder(
        self, unit_id: str, purpose: Purpose, sentence: str, *, is_ours: bool = False
    ) -> None:
        """Note that a unit's folder cannot be seen whole, and why; others are none of its concern."""
        self.scan.unseen.add((unit_id, purpose))
        if purpose is Purpose.SUBMISSION:
            self.scan.unseen.add((unit_id, Purpose.PRECHECK))
        trouble = Trouble(what="inbox", unit_id=unit_id, sentence=sentence, is_ours=is_ours)
        if trouble not in self.scan.hindered:
            self.scan.hindered.append(trouble)

    def _at_files(
        self, folder: Folder, unit_id: str, purpose: Purpose, *, attached: bool = False
    ) -> None:
        found: list[Sighting] = []
        for name, status in self._entries(folder, unit_id, purpose):
            if name == _PRECHECK and purpose is Purpose.SUBMISSION:
                continue  # whatever it is, it is nothing that somebody reports
            if not attached and self._is_attachments(name, status):
                continue
            if is_ignored(name):
                if self.now - status.st_mtime > DAY_SECONDS:
                    self.scan.lingering.append(_oddity(Reason.LINGERING, folder, name, unit_id))
            elif reason := self._strangeness(status):
                self.scan.strange.append(_oddity(reason, folder, name, unit_id))
            else:
                found.append(
                    Sighting(
                        unit_id=unit_id,
                        purpose=purpose,
                        folder=folder.path,
                        name_bytes=name,
                        size=status.st_size,
                        mtime_ns=status.st_mtime_ns,
                        inode=status.st_ino,
                        device=status.st_dev,
                        attached=attached,
                    )
                )
        self.scan.files += sorted(
            found, key=lambda sighting: (sighting.mtime_ns, sighting.name_bytes)
        )

    def at_stranger(self, root: Folder, name: bytes) -> None:
        """Show what lies straight in the inbox, or in a folder that no unit has."""
        path = root.path / os.fsdecode(name)
        try:
            if not stat.S_ISDIR(root.status(name).st_mode):
                self.scan.strange.append(_oddity(Reason.UNKNOWN_FOLDER, root, name, None))
                return
            with opened_folder(path, inside=root) as folder:
                self.scan.strange += [
                    _oddity(Reason.UNKNOWN_FOLDER, folder, inner, None)
                    for inner in folder.names()
                    if not is_ignored(inner)
                ]
        except FileNotFoundError:
            return  # moved away while we looked
        except OSError as error:
            # Not `path`: a stranger's folder may be named after a person.
            self.scan.troubles.append(TemporaryError.of(error, _STEP, root.path))

    def _entries(
        self, folder: Folder, unit_id: str, purpose: Purpose
    ) -> Iterator[tuple[bytes, os.stat_result]]:
        """Give each entry with its status; one that vanishes meanwhile is passed over.

        Excel saves by temporary file, delete and rename: a moment without it is normal.
        """
        for name in folder.names():
            try:
                yield name, folder.status(name)
            except FileNotFoundError:
                continue
            except OSError as error:
                self._hinder(unit_id, purpose, _refused("报送文件夹里的一个文件", error))

    def _strangeness(self, status: os.stat_result) -> Reason | None:
        """Say why an entry must not be taken, None for a plain file of our size."""
        if stat.S_ISLNK(status.st_mode):
            return Reason.SYMLINK
        if stat.S_ISDIR(status.st_mode):
            return Reason.FOLDER
        if not stat.S_ISREG(status.st_mode):
            return Reason.SPECIAL
        if status.st_nlink > 1:
            # The same bytes have a name elsewhere: perhaps another unit's file.
            return Reason.HARD_LINK
        return Reason.TOO_LARGE if status.st_size > self.max_bytes else None


def _refused(what: str, error: OSError) -> str:
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"{what}没有权限查看，里面的文件收不了。请给运行服务的帐号读写权限，程序会自动收取。"
    return f"{what}看不了：{TemporaryError.of(error, _STEP, '').reason}。稍后自动再试。"


def _oddity(reason: Reason, folder: Folder, name: bytes, unit_id: str | None) -> Oddity:
    return Oddity(reason=reason, folder=folder.path, name_bytes=name, unit_id=unit_id)


Clock = Callable[[], float]
"""A monotonic clock in seconds."""


@dataclass(frozen=True, slots=True)
class StillFile:
    """A file that stood still, and the hash that both looks agreed on."""

    sighting: Sighting
    sha256: str


@dataclass(slots=True)
class Observation:
    """What one look saw.

    `empty` stood still without a single byte: nothing to take, but to be shown.
    `next_look` is in how many seconds the first of `waiting` may be ready, None when
    nothing waits. `troubles` pairs a file with what kept it from being read this time.
    """

    still: list[StillFile] = field(default_factory=list)
    waiting: list[Sighting] = field(default_factory=list)
    empty: list[Sighting] = field(default_factory=list)
    troubles: list[tuple[Sighting, TemporaryError]] = field(default_factory=list)
    next_look: float | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    sighting: Sighting
    sha256: str
    since: float


class StillWatch:
    """Remembers files from scan to scan until they stood still for `quiet_seconds`.

    Each file is hashed when first seen and again when the quiet period is over. One
    that stays (because it could not be taken) is hashed again at every look, so that a
    change behind an unchanged time is noticed then, too.
    """

    def __init__(self, quiet_seconds: float, clock: Clock) -> None:
        self._quiet = quiet_seconds
        self._clock = clock
        self._seen: dict[tuple[str, bytes], _Seen] = {}

    def observe(self, sightings: Iterable[Sighting]) -> Observation:
        """Look at the files of one scan; files that are not in it are forgotten."""
        before, self._seen = self._seen, {}
        observation = Observation()
        for sighting in sightings:
            key = (str(sighting.folder), sighting.name_bytes)
            try:
                seen, is_still = self._look(sighting, before.get(key))
            except (FileNotFoundError, ChangedError):
                continue  # the next scan tells
            except OSError as error:
                trouble = TemporaryError.of(error, READING, sighting.folder)
                observation.troubles.append((sighting, trouble))
                continue
            self._seen[key] = seen
            if not is_still:
                observation.waiting.append(sighting)
            elif sighting.size:
                observation.still.append(StillFile(sighting, seen.sha256))
            else:
                observation.empty.append(sighting)
        if waiting := observation.waiting:
            since = min(self._seen[str(each.folder), each.name_bytes].since for each in waiting)
            observation.next_look = max(0.0, since + self._quiet - self._clock())
        return observation

    def _look(self, sighting: Sighting, seen: _Seen | None) -> tuple[_Seen, bool]:
        if seen is None or seen.sighting != sighting:
            return self._first_look(sighting), False
        if self._clock() - seen.since < self._quiet:
            return seen, False
        sha256 = read_sha256(sighting)
        if sha256 != seen.sha256:
            return _Seen(sighting, sha256, self._clock()), False
        return seen, True

    def _first_look(self, sighting: Sighting) -> _Seen:
        sha256 = read_sha256(sighting)
        # Only now: the period counts from the end of the first hash to the start of the second.
        return _Seen(sighting, sha256, self._clock())
