"""A backup's entries, taken for untrusted until they are unpacked and hold what they promise.

This module owns which names a backup may hold, how large each may be, and that the disk has
room for all of it before the first byte is written. It refuses to put anything in place.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from sheetflow.config.private import make_private_folder
from sheetflow.errors import WorkspaceError
from sheetflow.intake.scanning import MAX_BYTES
from sheetflow.upkeep.backup import (
    ARCHIVE,
    DATABASE,
    JOURNAL,
    KIND,
    MANIFEST,
    STAMP_KEY,
    VERSION,
)

SETTINGS, UNITS, TEMPLATES, STATE = "sheetflow.toml", "units.xlsx", "templates", "state"
_BLOB = re.compile(rf"{ARCHIVE}/([0-9a-f]{{2}})/\1[0-9a-f]{{62}}")
_TEMPLATE = re.compile(rf"{TEMPLATES}(/[^/\\:\x00-\x1f]+)+")
_NEEDED = {SETTINGS, UNITS, DATABASE}
_SMALL_BYTES = 64 * 1024 * 1024
"""More than any list, template or manifest; below it nobody asks how well a file was packed."""
_MOST_PACKED = 50
"""So many times its packed size is what our databases unpack to at most: their rows are packed."""
_SPARE_BYTES = 64 * 1024 * 1024
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

Manifest = Mapping[str, dict[str, str]]


@contextlib.contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Open the backup and its manifest, and hold names and sizes against what we write.

    Raise WorkspaceError for one that is damaged, strange or too large, within as well.
    """
    try:
        with zipfile.ZipFile(file) as package:
            _check_sizes(package)
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
            "恢复时读写出错。请检查权限和磁盘空间；原有的文件没有删除。"
        ) from error


def _check_sizes(package: zipfile.ZipFile) -> None:
    """Refuse an entry that would unpack to more than any file of ours has."""
    for entry in package.infolist():
        if entry.filename == DATABASE:
            most = max(_SMALL_BYTES, entry.compress_size * _MOST_PACKED)
        elif entry.filename.startswith(f"{ARCHIVE}/"):
            most = MAX_BYTES
        elif entry.filename == JOURNAL:
            most = max(_SMALL_BYTES, entry.compress_size * _MOST_PACKED)
        else:
            most = _SMALL_BYTES
        if entry.file_size > most:
            raise WorkspaceError(
                f"备份里的一个文件解开有{entry.file_size // 1024**2}兆，不像是本程序的备份，没有恢复。"
                "请换一份备份。"
            )


def _is_ours(name: str) -> bool:
    parts = name.split("/")
    tame = ".." not in parts and "." not in parts
    known = name in {*_NEEDED, JOURNAL, STAMP_KEY}
    return known or bool(tame and (_BLOB.fullmatch(name) or _TEMPLATE.fullmatch(name)))


def unpack(package: zipfile.ZipFile, files: Mapping[str, str], draft: Path) -> None:
    """Unpack every file into `draft`; raise WorkspaceError for one whose hash is another.

    Nothing is written where the disk has no room for all.
    """
    wanted = sum(entry.file_size for entry in package.infolist())
    free = shutil.disk_usage(draft.parent).free
    if wanted + _SPARE_BYTES > free:
        raise WorkspaceError(
            f"备份解开要{wanted // 1024**2}兆，磁盘只剩{free // 1024**2}兆，没有恢复。"
            "请腾出空间，或者恢复到别的磁盘。"
        )
    make_private_folder(draft)
    make_private_folder(draft / STATE)
    make_private_folder(draft / ARCHIVE)
    (draft / TEMPLATES).mkdir()
    for name, expected in files.items():
        target = draft / name
        if name.startswith(STATE):
            make_private_folder(target.parent)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with package.open(name) as source, target.open("wb") as sink:
            while chunk := source.read(1 << 20):
                digest.update(chunk)
                sink.write(chunk)
        if digest.hexdigest() != expected:
            raise WorkspaceError("备份里有文件与清单不符，已经损坏，没有恢复。请换一份备份。")
        if name.startswith(STATE):
            target.chmod(0o400 if name.startswith(f"{ARCHIVE}/") else 0o600)
