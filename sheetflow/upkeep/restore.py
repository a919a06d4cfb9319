"""A backup brought back: checked as a whole first, then put in place of what is there.

Nothing of the workspace is touched before every file of the backup is unpacked beside it,
has the hash of the manifest, and the database is sound. What stood there is set aside, not
deleted. What a backup holds is untrusted: `unpacking` refuses strange names and sizes, and a
database that holds more than our tables is refused here.
"""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from sheetflow.config.private import close_state
from sheetflow.context.clock import Clock
from sheetflow.context.context import open_office
from sheetflow.context.lock import held_lock
from sheetflow.errors import StoreError, WorkspaceError
from sheetflow.service.lost_publications import mark_missing, strange_files
from sheetflow.store import Store, find_strangers
from sheetflow.upkeep.backup import DATABASE, STAMP_KEY
from sheetflow.upkeep.unpack import SETTINGS, STATE, TEMPLATES, UNITS, opened, unpack

_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: how many files, what must be published again, what was set aside.

    `hers` are the files of the outbox that the backup does not know, newer ones mostly: they
    belong to whoever has them.
    """

    files: int
    made_at: str
    to_publish: int
    aside: Path | None
    hers: tuple[str, ...] = ()


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
    with opened(file) as (package, manifest), held_lock(root / STATE / _LOCK):
        close_state(root / STATE)
        draft = root / f".restore-{secrets.token_hex(4)}"
        try:
            unpack(package, manifest["files"], draft)
            check_database(draft / DATABASE)
            aside = _set_aside(root, Clock(at).now())
            if aside and not (draft / STAMP_KEY).exists() and (aside / STAMP_KEY).is_file():
                shutil.copy2(aside / STAMP_KEY, draft / STAMP_KEY)  # one from before there were any
            _put_in_place(draft, root)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    with open_office(root, at) as office:
        to_publish = mark_missing(office)
        hers = tuple(strange_files(office))
    made_at = str(manifest.get("made_at", ""))
    return Restored(len(manifest["files"]), made_at, to_publish, aside, hers)


def _check_free(root: Path, *, force: bool) -> None:
    """Refuse a folder of other things, and a workspace with a state unless forced."""
    if root.is_file() or (
        root.is_dir()
        and any(root.iterdir())
        and not (root / SETTINGS).is_file()
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


def check_database(database: Path) -> None:
    """Refuse a backup's database that is damaged, newer, or holds what could act by itself."""
    if find_strangers(database):  # before anything of it can act
        raise WorkspaceError(
            "备份的数据库里有不是本程序的东西（触发器、视图等），没有恢复。请换一份备份。"
        )
    with Store.open(database) as store:  # a newer one is refused here
        if store.find_faults():
            raise WorkspaceError("备份里的数据库已经损坏，没有恢复。请换一份备份。")


def _set_aside(root: Path, now: dt.datetime) -> Path | None:
    """Move what is there into a folder of its own; None where there is nothing."""
    here = [root / name for name in (SETTINGS, UNITS, TEMPLATES) if (root / name).exists()]
    state = [path for path in (root / STATE).iterdir() if path.name != _LOCK]
    if not here and not state:
        return None
    aside = root / f"恢复前_{now:%Y%m%d-%H%M%S}_{secrets.token_hex(2)}"
    (aside / STATE).mkdir(parents=True, mode=0o700)
    aside.chmod(0o700)
    for path in here:
        path.rename(aside / path.name)
    for path in state:
        path.rename(aside / STATE / path.name)
    return aside


def _put_in_place(draft: Path, root: Path) -> None:
    for path in (draft / STATE).iterdir():
        path.rename(root / STATE / path.name)
    for name in (TEMPLATES, UNITS, SETTINGS):  # the settings last: they make it a workspace
        (draft / name).rename(root / name)
