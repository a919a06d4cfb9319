"""The whole office in one file: all that cannot be made again from the rest.

A backup may be taken while the service runs: the originals that its database names lie in the
archive before it names them. This module refuses to bring one back (`upkeep.restore` does).
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, BinaryIO

from sheetflow import __version__
from sheetflow.config.kept_campaigns import files_of_campaigns
from sheetflow.context import LOG, Context
from sheetflow.durable import write_whole
from sheetflow.errors import WorkspaceError
from sheetflow.intake.archive import blob_path
from sheetflow.service.receive import rewrite_journal
from sheetflow.store import Store

MANIFEST, KIND, VERSION = "manifest.json", "sheetflow-backup", 4
DATABASE, ARCHIVE, JOURNAL = "state/sheetflow.db", "state/archive", "state/journal"
STAMP_KEY = "state/stamp.key"
_CHUNK = 1 << 20


@dataclass
class Backup:
    """What a backup holds: hashes by name, and the originals that were not in the archive."""

    files: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def back_up(context: Context, target: Path) -> Backup:
    """Write the backup to `target`, complete or not at all; an older one there is replaced.

    Raise WorkspaceError where it cannot be written, or would lie where units read.
    """
    place, space = target.absolute().parent.resolve(), context.workspace
    for folder in (space.inbox, space.outbox, space.archive):
        if place.is_relative_to(folder.resolve()):
            raise WorkspaceError(
                f"备份里有个人信息，不能放在 {folder} 里。请放到别人读不到的文件夹。"
            )
    backup = Backup()

    def write(file: BinaryIO) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            _pack(context, package, backup)

    try:
        write_whole(target, write)
    except OSError as error:
        raise WorkspaceError(
            f"备份写不到 {target}（{error.strerror or type(error).__name__}）。"
            "请检查文件夹、权限和磁盘空间。"
        ) from error
    LOG.info("backup made: %d files, %d originals missing", len(backup.files), len(backup.missing))
    return backup


def _pack(context: Context, package: zipfile.ZipFile, backup: Backup) -> None:
    """Fill `package`, and note in `backup` what it holds; the manifest comes last."""
    space = context.workspace
    originals = _add_database(context, package, backup)
    templates = [path for path in space.templates.rglob("*") if path.is_file()]
    files = [space.settings_file, space.units_file]
    files += sorted(path for path in templates if not path.name.startswith((".", "~$")))
    files += [space.stamp_key] if context.stamp_key else []
    files += [path for path in (space.guide, *space.kept_of_laid) if path.is_file()]
    files += files_of_campaigns(space.campaigns)
    for path in files:
        _add(package, backup, path.relative_to(space.root).as_posix(), path)
    for number, sha256 in enumerate(originals, start=1):
        blob = blob_path(space.archive, sha256)
        name = f"{ARCHIVE}/{sha256[:2]}/{sha256}"
        try:
            found = _add(package, backup, name, blob, zipfile.ZIP_STORED)
        except FileNotFoundError:
            found = ""
        if found != sha256:
            backup.missing.append(sha256)
        context.say("备份", number, len(originals))
    document = {
        "kind": KIND,
        "version": VERSION,
        "program": __version__,
        "made_at": context.clock.now().isoformat(),
        "files": backup.files,
        "missing": backup.missing,
    }
    package.writestr(MANIFEST, json.dumps(document, ensure_ascii=False, indent=1))


def _add_database(context: Context, package: zipfile.ZipFile, backup: Backup) -> list[str]:
    """Put in the database as of this moment and its journal; name the originals it counts on."""
    # As private as the state itself.
    with TemporaryDirectory(
        prefix=".backup-", dir=context.workspace.state, ignore_cleanup_errors=True
    ) as folder:
        copy, journal = Path(folder) / "copy.db", Path(folder) / "journal"
        context.store.backup(copy)
        with Store(copy) as store:
            purged = store.purges.find_purged()
            arrivals = store.arrivals.find_all()
            rewrite_journal(store, journal)
        _add(package, backup, DATABASE, copy)
        _add(package, backup, JOURNAL, journal)
    return sorted({entry.sha256 for entry in arrivals if entry.arrival_id not in purged})


def _add(
    package: zipfile.ZipFile,
    backup: Backup,
    name: str,
    path: Path,
    compression: int = zipfile.ZIP_DEFLATED,
) -> str:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = compression
    with path.open("rb") as source, package.open(entry, "w", force_zip64=True) as sink:
        digest = backup.files[name] = copy_hashed(source, sink)
    return digest


def copy_hashed(source: IO[bytes], sink: IO[bytes]) -> str:
    """Copy all of `source`; give its sha256."""
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        sink.write(chunk)
    return digest.hexdigest()
