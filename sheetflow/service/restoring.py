"""A backup brought back: checked as a whole first, then put in place of what is there.

Nothing of the workspace is touched before every file of the backup is unpacked beside it,
has the hash of the manifest, and the database is sound. What stood there is set aside, not
deleted. Names in a backup are taken for untrusted: only those that we write are unpacked.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import re
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sheetflow.errors import StoreError, WorkspaceError
from sheetflow.service.backing_up import ARCHIVE, DATABASE, KIND, MANIFEST, VERSION
from sheetflow.service.clock import Clock
from sheetflow.service.lock import held_lock
from sheetflow.service.office import open_office
from sheetflow.service.remaking import mark_missing
from sheetflow.store import Store

_SETTINGS, _UNITS, _TEMPLATES, _STATE = "sheetflow.toml", "units.xlsx", "templates", "state"
_BLOB = re.compile(rf"{ARCHIVE}/([0-9a-f]{{2}})/\1[0-9a-f]{{62}}")
_TEMPLATE = re.compile(rf"{_TEMPLATES}(/[^/\\:\x00-\x1f]+)+")
_NEEDED = {_SETTINGS, _UNITS, DATABASE}
_LOCK = "lock"
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    KeyError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What reading a file that is no backup of ours, or a damaged one, may raise."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: how many files, what must be published again, what was set aside."""

    files: int
    made_at: str
    to_publish: int
    aside: Path | None


def restore(
    root: Path, file: Path, *, force: bool = False, at: dt.datetime | None = None
) -> Restored:
    """Make `root` the workspace that was backed up in `file`.

    Raise WorkspaceError where the backup is damaged, where a service runs there, where
    `root` holds other things, or where it has a state of its own and `force` is not given:
    with it, what is there is moved into a folder beside.
    """
    root = root.absolute()
    _check_free(root, force=force)
    with _opened(file) as (package, manifest), held_lock(root / _STATE / _LOCK):
        (root / _STATE).chmod(0o700)
        draft = root / f".restore-{secrets.token_hex(4)}"
        try:
            _unpack(package, manifest["files"], draft)
            _check_database(draft / DATABASE)
            aside = _set_aside(root, Clock(at).now())
            _put_in_place(draft, root)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    with open_office(root, at) as office:
        to_publish = mark_missing(office)
    return Restored(len(manifest["files"]), str(manifest.get("made_at", "")), to_publish, aside)


def _check_free(root: Path, *, force: bool) -> None:
    """Refuse a folder of other things, and a workspace with a state unless forced."""
    if root.is_file() or (
        root.is_dir()
        and any(root.iterdir())
        and not (root / _SETTINGS).is_file()
        and not (root / DATABASE).is_file()
    ):
        raise WorkspaceError(f"{root} 里已有别的文件，又不是工作文件夹。请换一个空文件夹。")
    if _has_state(root / DATABASE) and not force:
        raise WorkspaceError(
            f"{root} 里已经有收到的报表，没有恢复。确要用备份换掉，请加 --force："
            "现有的会移到旁边的文件夹，不会删除。"
        )


def _has_state(database: Path) -> bool:
    """Whether anything was ever received; a database that cannot be read counts as one."""
    if not database.is_file():
        return False
    try:
        with Store.open(database) as store:
            return bool(store.arrivals.find_all() or store.mails.find_mails())
    except StoreError:
        return True


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Mapping[str, dict[str, str]]]]:
    """Open the backup and its manifest, and hold its names against what we write."""
    try:
        with zipfile.ZipFile(file) as package:
            manifest = json.loads(package.read(MANIFEST))
            if manifest["kind"] != KIND or manifest["version"] > VERSION:
                raise WorkspaceError(f"{file} 由更新版本的程序备份。请安装新版本的程序。")
            names = package.namelist()
            files = manifest["files"]
            if sorted(names) != sorted([MANIFEST, *files]) or not files.keys() >= _NEEDED:
                raise WorkspaceError(f"备份 {file} 不完整。请换一份备份。")
            if strange := [name for name in files if not _is_ours(name)]:
                raise WorkspaceError(
                    f"备份 {file} 里有不该有的文件（{len(strange)}个），没有恢复。"
                )
            yield package, manifest
    except FileNotFoundError as error:
        raise WorkspaceError(f"找不到 {error.filename or file}。请检查路径。") from error
    except _DAMAGE as error:
        raise WorkspaceError(f"{file} 不是 sheetflow 的备份，或者已经损坏。请换一份。") from error
    except OSError as error:
        raise WorkspaceError(
            f"恢复时读写出错（{error.strerror or type(error).__name__}）。"
            "请检查权限和磁盘空间；原有的文件没有删除。"
        ) from error


def _is_ours(name: str) -> bool:
    parts = name.split("/")
    tame = ".." not in parts and "." not in parts
    return name in _NEEDED or bool(tame and (_BLOB.fullmatch(name) or _TEMPLATE.fullmatch(name)))


def _unpack(package: zipfile.ZipFile, files: Mapping[str, str], draft: Path) -> None:
    """Unpack every file into `draft`; raise WorkspaceError for one whose hash is another."""
    draft.mkdir(mode=0o700)
    (draft / ARCHIVE).mkdir(parents=True)
    (draft / _TEMPLATES).mkdir()
    for name, expected in files.items():
        target = draft / name
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with package.open(name) as source, target.open("wb") as sink:
            while chunk := source.read(1 << 20):
                digest.update(chunk)
                sink.write(chunk)
        if digest.hexdigest() != expected:
            raise WorkspaceError("备份里有文件与清单不符，已经损坏，没有恢复。请换一份备份。")
        if name.startswith(_STATE):
            target.chmod(0o600 if name == DATABASE else 0o400)


def _check_database(database: Path) -> None:
    with Store.open(database) as store:  # a newer one is refused here
        if store.find_faults():
            raise WorkspaceError("备份里的数据库已经损坏，没有恢复。请换一份备份。")


def _set_aside(root: Path, now: dt.datetime) -> Path | None:
    """Move what is there into a folder of its own; None where there is nothing."""
    here = [root / name for name in (_SETTINGS, _UNITS, _TEMPLATES) if (root / name).exists()]
    state = [path for path in (root / _STATE).iterdir() if path.name != _LOCK]
    if not here and not state:
        return None
    aside = root / f"恢复前_{now:%Y%m%d-%H%M%S}_{secrets.token_hex(2)}"
    (aside / _STATE).mkdir(parents=True, mode=0o700)
    aside.chmod(0o700)
    for path in here:
        path.rename(aside / path.name)
    for path in state:
        path.rename(aside / _STATE / path.name)
    return aside


def _put_in_place(draft: Path, root: Path) -> None:
    for path in (draft / _STATE).iterdir():
        path.rename(root / _STATE / path.name)
    for name in (_TEMPLATES, _UNITS, _SETTINGS):  # the settings last: they make it a workspace
        (draft / name).rename(root / name)
