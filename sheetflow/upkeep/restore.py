"""A backup brought back, or a workspace made whole beside what is there.

What a backup holds is untrusted when it comes back (names, sizes, what stands in the database), and
nothing of the workspace is touched before all of it is proved.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sheetflow.config.kept_campaigns import CAMPAIGNS, NAME_OF_CAMPAIGNS
from sheetflow.config.units_file import decode_text
from sheetflow.config.workspace import open_workspace
from sheetflow.context import Clock, Context, open_context
from sheetflow.context.running import held_lock
from sheetflow.durable import close_to_others, make_private_folder
from sheetflow.errors import SheetflowError, StoreError, WorkspaceError
from sheetflow.intake.scanning import MAX_BYTES
from sheetflow.publishing.places import look_at
from sheetflow.service.back_up import (
    ARCHIVE,
    DATABASE,
    JOURNAL,
    KIND,
    MANIFEST,
    STAMP_KEY,
    VERSION,
    copy_hashed,
)
from sheetflow.service.consequences import answers_by_path, mark_of
from sheetflow.service.publish import is_there, ours_at
from sheetflow.store import Store, find_strangers
from sheetflow.store.records import PublicationKind

SETTINGS, UNITS, TEMPLATES, STATE = "sheetflow.toml", "units.xlsx", "templates", "state"
GUIDE = "使用手册.docx"
KEPT_OF_LAID = ("state/guide.sha256", "state/templates.sha256")
_OURS = re.compile(
    "|".join(map(re.escape, (SETTINGS, UNITS, DATABASE, JOURNAL, STAMP_KEY, GUIDE, *KEPT_OF_LAID)))
    + rf"|{ARCHIVE}/([0-9a-f]{{2}})/\1[0-9a-f]{{62}}"
    + rf"|{CAMPAIGNS}/{NAME_OF_CAMPAIGNS}"
    + rf"|{TEMPLATES}(/(?![.]{{1,2}}(/|$))[^/\\:\x00-\x1f]+)+"
)
"""The names that a backup of ours may hold."""
_NEEDED = {SETTINGS, UNITS, DATABASE}
_SMALL_BYTES = 64 * 1024 * 1024
"""More than any list, template or manifest; below it nobody asks how well a file was packed."""
_MOST_PACKED = 50
"""So many times its packed size is what our databases unpack to at most: their rows are packed."""
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

ON_SERVER = (
    "数据库在服务器上（sheetflow.toml 的 [store] url，或者环境变量 SHEETFLOW_STORE__URL），没有恢复。"
    "请先清空 url，恢复成 state/sheetflow.db，再用 sheetflow store copy 复制到一个空的数据库，改用它。"
)
_URL = re.compile(r"""(?m)^([^#\n]*\burl["']?[ \t]*=[ \t]*)("[^"\n]+"|'[^'\n]+')""")
_URL_VARIABLE = "SHEETFLOW_STORE__URL"
Manifest = Mapping[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: how many files, what must be published again, what was set aside.

    `unknown_files` are those of the outbox that the backup does not know, newer ones mostly: they
    belong to whoever has them. `was_on_server`: its settings named a server's database, and do no longer.
    """

    files: int
    made_at: str
    to_publish: int
    aside: Path | None
    unknown_files: tuple[str, ...] = ()
    was_on_server: bool = False


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
    if _is_on_server(root):
        raise WorkspaceError(ON_SERVER)
    with opened(file) as (package, manifest), held_lock(root / STATE / "lock"):
        close_to_others(root / STATE)
        with TemporaryDirectory(prefix=".restore-", dir=root, ignore_cleanup_errors=True) as folder:
            draft = Path(folder)
            unpack(package, manifest["files"], draft)
            check_database(draft / DATABASE)
            # What is brought back is a file: the server has what came since, or is what was lost.
            was_on_server = _taken_off_server(draft / SETTINGS)
            # The settings last: they make it a workspace.
            brought = [
                name for name in (GUIDE, TEMPLATES, UNITS, SETTINGS) if (draft / name).exists()
            ]
            here = [root / name for name in brought]
            here += [path for path in (root / STATE).iterdir() if path.name != "lock"]
            aside = set_aside(root, here, Clock(at).now())
            if aside and not (draft / STAMP_KEY).exists() and (aside / STAMP_KEY).is_file():
                shutil.copy2(aside / STAMP_KEY, draft / STAMP_KEY)  # one from before there were any
            for path in (draft / STATE).iterdir():
                path.rename(root / STATE / path.name)
            for name in brought:
                (draft / name).rename(root / name)
    with open_context(root, at, open_store=lambda *_: Store(root / DATABASE)) as context:
        to_publish = mark_missing(context)
        unknown = tuple(strange_files(context))
    made_at = str(manifest.get("made_at", ""))
    return Restored(len(manifest["files"]), made_at, to_publish, aside, unknown, was_on_server)


def _taken_off_server(settings: Path) -> bool:
    """Have the settings name no server's database any longer; give whether they did."""
    text = decode_text(settings.read_bytes())
    if text is None or not _URL.search(text):
        return False
    settings.write_bytes(_URL.sub(r'\1""', text).encode())
    return True


def _is_on_server(root: Path) -> bool:
    if any(name.upper() == _URL_VARIABLE and value for name, value in os.environ.items()):
        return True
    with suppress(SheetflowError):  # what is no workspace yet has no settings
        return bool(open_workspace(root)[1].store.url)
    return False


def _check_free(root: Path, *, force: bool) -> None:
    """Refuse a folder of other things, and a workspace with a state unless forced."""
    is_workspace = (root / SETTINGS).is_file() or (root / DATABASE).is_file()
    if root.is_file() or (root.is_dir() and any(root.iterdir()) and not is_workspace):
        raise WorkspaceError(f"{root} 里已有别的文件，又不是工作文件夹。请换一个空文件夹。")
    if force or not (root / DATABASE).is_file():
        return
    with suppress(StoreError), Store(root / DATABASE) as store:  # one that is damaged is a state
        if not store.arrivals.newest_id() and not store.mails.newest_id():
            return
    raise WorkspaceError(
        f"{root} 里已经有收到的报表，没有恢复。确要用备份换掉，请加 --force："
        "现有的会移到旁边的文件夹，不会删除。"
    )


def check_database(database: Path) -> None:
    """Refuse a backup's database that is damaged, newer, or holds what could act by itself."""
    if find_strangers(database):  # before anything of it can act
        raise WorkspaceError(
            "备份的数据库里有不是本程序的东西（触发器、视图等），没有恢复。请换一份备份。"
        )
    with Store(database) as store:  # a newer one is refused here
        if store.find_faults():
            raise WorkspaceError("备份里的数据库已经损坏，没有恢复。请换一份备份。")


def set_aside(root: Path, paths: Iterable[Path], now: dt.datetime) -> Path | None:
    """Move what is there of `paths` into a folder of its own in `root`; None where nothing is."""
    here = [path for path in paths if path.exists()]
    if not here:
        return None
    aside = root / f"恢复前_{now:%Y%m%d-%H%M%S}_{secrets.token_hex(2)}"
    make_private_folder(aside)
    make_private_folder(aside / STATE)
    for path in here:
        path.rename(aside / path.relative_to(root))
    return aside


def mark_missing(context: Context) -> int:
    """Mark every publication whose file is not in the outbox; give how many there are."""
    answers = answers_by_path(context)
    marks = [
        mark
        for entry in context.store.publications.find_publications()
        if entry.unit_id in context.tree
        and not entry.successor
        # It may lie beside a file that a person changed.
        and not is_there(context, context.workspace.outbox / entry.current)
        and (
            mark := answers.get(entry.path)
            or (None if entry.kind == PublicationKind.ANSWER else mark_of(entry))
        )
    ]
    context.store.publications.record_stale(marks, context.clock.now())
    return len(marks)


def strange_files(context: Context) -> Iterator[str]:
    """Name the files in the outbox whose bytes are none of ours, as far as the store knows.

    After a restore those are what was published since the backup, and what people changed.
    """
    outbox = context.workspace.outbox
    plain = {entry.current: entry.path for entry in context.store.publications.find_publications()}
    for unit in context.tree:
        for folder, _, names in os.walk(outbox / unit.folder):
            for name in sorted(names):
                if name.startswith((".", "~$")):
                    continue  # an office program's own, for as long as it has a file open
                path = Path(folder, name)
                place = context.relative(path)
                with suppress(OSError):
                    ours = ours_at(context, plain.get(place, place), unit.unit_id)
                    if look_at(path).is_hers(ours):
                        yield place


@contextmanager
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
            if strange := [name for name in files if not _OURS.fullmatch(name)]:
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
        most = _SMALL_BYTES
        if entry.filename in (DATABASE, JOURNAL):
            most = max(_SMALL_BYTES, entry.compress_size * _MOST_PACKED)
        elif entry.filename.startswith(f"{ARCHIVE}/"):
            most = MAX_BYTES
        if entry.file_size > most:
            raise WorkspaceError(
                f"备份里的一个文件解开有{entry.file_size // 1024**2}兆，不像是本程序的备份，没有恢复。"
                "请换一份备份。"
            )


def unpack(package: zipfile.ZipFile, files: Mapping[str, str], draft: Path) -> None:
    """Unpack every file into `draft`; raise WorkspaceError for one whose hash is another.

    Nothing is written where the disk has no room for all.
    """
    wanted = sum(entry.file_size for entry in package.infolist())
    free = shutil.disk_usage(draft.parent).free
    if wanted + _SMALL_BYTES > free:
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
        with package.open(name) as source, target.open("wb") as sink:
            digest = copy_hashed(source, sink)
        if digest != expected:
            raise WorkspaceError("备份里有文件与清单不符，已经损坏，没有恢复。请换一份备份。")
        if name.startswith(STATE):
            target.chmod(0o400 if name.startswith(f"{ARCHIVE}/") else 0o600)
