"""What is checked before a workspace is worked in: its store, its list of units, its privacy rules.

The store is sound, of this workspace and not younger than the archive: nothing begins from zero
over originals. A list of units that cannot be used is not taken: the last good one stays. An
override that means no column would go unnoticed: it is refused. Nothing is mended here.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sheetflow.config.setting_values import Sight
from sheetflow.config.settings import LEAST_MEMORY_MB, Privacy, Settings
from sheetflow.config.units_file import KeptUnits, keep_units, kept_units, read_bytes
from sheetflow.config.workspace import Workspace
from sheetflow.errors import (
    RESTORE,
    SettingsError,
    SheetflowError,
    StoreDamagedError,
    TemporaryError,
    UnreadableError,
    WorkspaceError,
)
from sheetflow.intake.archive import blob_path, stored_blobs
from sheetflow.intake.journal import last_batch, read_journal
from sheetflow.masks import way_to_mask
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import Column
from sheetflow.store import Store, with_password
from sheetflow.units import Levels, UnitTree

_MOST_BYTES = 64 * 1024 * 1024
_MASKED, _MOST_LISTED = "masked", 12


def place_of(workspace: Workspace, settings: Settings) -> Path | str:
    """Tell where the workspace's database is: its own file, or what the settings' URL names."""
    url, password = settings.store.url, settings.store_password.get_secret_value()
    return with_password(url, password) if url else workspace.database


def open_store(workspace: Workspace, settings: Settings, *, busy_timeout: float = 30.0) -> Store:
    """Open the workspace's database, made where nothing was ever received.

    Raise StoreDamagedError where it is damaged, or does not know what lies in the archive;
    otherwise as `Store`.
    """
    store = Store(
        place_of(workspace, settings),
        busy_timeout=busy_timeout,
        sealed=True,
        begin=lambda: refuse_over_originals(workspace),
    )
    try:
        check_ground(workspace, store)
    except BaseException:
        store.close()
        raise
    return store


def refuse_over_originals(workspace: Workspace) -> None:
    """Refuse to make a new database beside an archive that holds originals."""
    count = sum(1 for _ in stored_blobs(workspace.archive))
    if count:
        raise _unknown(count)
    received = read_journal(workspace.journal).entries
    if received:
        raise StoreDamagedError(
            f"登记簿 state/journal 里有{len(received)}份来件，存档和数据库却都不在了，没有继续。"
            "请用 restore 恢复最近的备份。"
        )


def check_ground(workspace: Workspace, store: Store) -> None:
    """Refuse a database that is damaged, another workspace's, or older than the archive."""
    if store.find_faults():
        raise StoreDamagedError(f"数据库 {store.place} 已损坏，没有继续。{RESTORE}")
    newest = store.arrivals.newest_id()
    last = last_batch(workspace.journal)
    if last is None:
        _check_without_journal(workspace, store, newest)
        return
    if last.workspace != store.workspace_id:
        if last.entries or any(stored_blobs(workspace.archive)):
            raise StoreDamagedError(
                f"数据库 {store.place} 是另一个工作文件夹的，不认识这里存档里的原件，没有继续。"
                f"请放回原来的数据库。没有了的，{RESTORE}"
            )
    elif last.after > newest:
        raise StoreDamagedError(
            f"数据库 {store.place} 比存档旧：已经收到第{last.after}号来件，"
            f"数据库只到第{newest}号，没有继续。{RESTORE}"
        )


def _check_without_journal(workspace: Workspace, store: Store, newest: int) -> None:
    """Where no journal was kept yet (an older version's workspace), the archive itself must do."""
    originals = sum(1 for _ in stored_blobs(workspace.archive))
    if originals and not newest:
        raise _unknown(originals)
    if not originals:
        return
    purged = store.purges.find_purged()
    known = [one for one in store.arrivals.find_all() if one.arrival_id not in purged]
    if known and not any(blob_path(workspace.archive, one.sha256).exists() for one in known):
        raise _unknown(originals)


def _unknown(count: int) -> StoreDamagedError:
    return StoreDamagedError(
        f"存档里有{count}份原件，数据库不认识。为免从头编号、丢掉以前的接收，没有继续。{RESTORE}"
    )


@dataclass(frozen=True, slots=True)
class UnitsInForce:
    """The list in force; `trouble` says why it is not what the file holds now, else it is empty.

    `is_passing`: that was the machine's trouble, and the very same file may be read yet.
    """

    tree: UnitTree
    trouble: str = ""
    is_passing: bool = False


def read_units_in_force(workspace: Workspace, levels: Levels) -> UnitsInForce:
    """Give the list in force, of units of `levels`; raise SheetflowError where none was ever good."""
    kept = kept_units(workspace.kept_units, levels)
    try:
        content = read_bytes(workspace.units_file)
        sha256 = hashlib.sha256(content).hexdigest()
        if kept is not None and kept.sha256 == sha256:
            return UnitsInForce(kept.tree)
        tree = parse_in_child(workspace.units_file.name, content, levels)
    except SheetflowError as error:
        if kept is None:
            raise
        from sheetflow.children import ChildHinderedError, ChildStartError

        passing = isinstance(error, TemporaryError | ChildHinderedError | ChildStartError)
        return UnitsInForce(kept.tree, f"units.xlsx 没有采用，仍用原来的名单：{error}", passing)
    keep_units(workspace.kept_units, KeptUnits(sha256, tree))
    return UnitsInForce(tree)


def read_given(path: Path, levels: Levels) -> UnitTree:
    """Read a list that somebody gives (``init --units``)."""
    return parse_in_child(path.name, read_bytes(path), levels)


def parse_in_child(name: str, content: bytes, levels: Levels) -> UnitTree:
    """Read a list in a child of its own, small in memory; raise SheetflowError with a sentence."""
    from sheetflow.children import Limits, Pool
    from sheetflow.children.limits import MIB
    from sheetflow.children.workbook_tasks import read_units

    limits = Limits(address_space=LEAST_MEMORY_MB * MIB)
    with Pool(1, limits) as pool:
        try:
            units = pool.call(read_units, name, content, levels)
            return UnitTree.of(units, levels=levels)
        except UnreadableError as error:
            raise WorkspaceError(
                f"{name} 读不完：内容太多，或者离名单很远的地方有内容。请只留名单，另存后再用。"
            ) from error
        except OSError as error:
            raise TemporaryError.of(error, "读取", name) from error


def keyed_privacy(privacy: Privacy, campaign: Campaign) -> Privacy:
    """Give `privacy` with keys for the names that stand on the workbook (``名册.姓名``).

    Raise SettingsError naming every override that means no column, or a mask that is none, and
    where a column is named twice.
    """
    columns: dict[str, Column] = {}
    named: dict[str, list[str]] = {}
    for sheet in (sheet for form in campaign.forms for sheet in form.sheets):
        for column in sheet.columns:
            key = f"{sheet.key}.{column.key}"
            columns[key] = column
            named.setdefault(_plain(f"{sheet.title}.{column.label}"), []).append(key)
    levels: dict[str, dict[str, Sight]] = {}
    faults: list[str] = []
    for level in campaign.levels:
        if level == campaign.levels.lowest:  # it sees no other units' rows
            continue
        place = f"sheetflow.toml 的 [privacy.{level.key}] 里的"
        keyed = levels[level.key] = {}
        for name, sight in privacy.overrides(level.name).items():
            for key in dict.fromkeys(named.get(_plain(name), [name])):
                if key in keyed:
                    raise SettingsError(f"{place} {name}：这一栏写了两次。请只留一行。")
                keyed[key] = sight
        faults += [f"{place} {fault}" for fault in _faults(keyed, columns)]
    if faults:
        raise SettingsError("\n".join(faults))
    return privacy.model_copy(update=levels)


def _plain(name: str) -> str:
    """Reduce a name to what counts: no 《》, no spaces."""
    return re.sub(r"[《》\s]", "", name)


def _faults(overrides: dict[str, Sight], columns: dict[str, Column]) -> Iterator[str]:
    for name, sight in overrides.items():
        if name not in columns:
            near = difflib.get_close_matches(name, columns, n=1)
            meant = f"是不是想写 {near[0]}？" if near else ""
            personal = [key for key, column in columns.items() if column.personal]
            listed = "、".join(personal[:_MOST_LISTED])
            known = f"含个人信息的栏目有：{listed}。" if listed else ""
            yield f"{name}：本活动没有这一栏。{meant}{known}请改正。"
        elif sight == _MASKED and way_to_mask(columns[name]) is None:
            yield (
                f"{name}：“{columns[name].label}”没有遮盖的办法，不能填“{_MASKED}”。"
                "请改填“whole”（原样）或“left_out”（不上送）。"
            )
