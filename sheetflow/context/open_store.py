"""The store opened on its own ground: sound, of this workspace, and not younger than the archive.

This module owns the refusal to begin from zero, or to go on with another database, where
the archive holds originals: what was accepted before would silently be gone. It refuses to
mend anything: `restore` does, with a backup or from the archive.
"""

from __future__ import annotations

from sheetflow.config.workspace import Workspace
from sheetflow.errors import RESTORE, StoreDamagedError
from sheetflow.intake.archive import blob_path, stored_blobs
from sheetflow.intake.journal import last_batch, read_journal
from sheetflow.store import Store


def open_store(workspace: Workspace, *, busy_timeout: float = 30.0) -> Store:
    """Open the workspace's database, made where nothing was ever received.

    Raise StoreDamagedError where it is damaged, or does not know what lies in the archive;
    otherwise as `Store.open`.
    """
    store = Store.open(
        workspace.database,
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
        raise StoreDamagedError(f"数据库 {workspace.database} 已损坏，没有继续。{RESTORE}")
    newest = store.arrivals.newest_id()
    last = last_batch(workspace.journal)
    if last is None:
        _check_without_journal(workspace, store, newest)
        return
    if last.workspace != store.workspace_id:
        if last.entries or any(stored_blobs(workspace.archive)):
            raise StoreDamagedError(
                f"数据库 {workspace.database} 是另一个工作文件夹的，不认识这里存档里的原件，没有继续。"
                f"请放回原来的数据库。没有了的，{RESTORE}"
            )
    elif last.after > newest:
        raise StoreDamagedError(
            f"数据库 {workspace.database} 比存档旧：已经收到第{last.after}号来件，"
            f"数据库只到第{newest}号，没有继续。{RESTORE}"
        )


def _check_without_journal(workspace: Workspace, store: Store, newest: int) -> None:
    """Where no journal was kept yet (an older version's workspace), the archive itself must do."""
    originals = any(stored_blobs(workspace.archive))
    if not originals:
        return
    if not newest:
        raise _unknown(sum(1 for _ in stored_blobs(workspace.archive)))
    purged = store.purges.find_purged()
    known = [one for one in store.arrivals.find_all() if one.arrival_id not in purged]
    if known and not any(blob_path(workspace.archive, one.sha256).exists() for one in known):
        raise _unknown(sum(1 for _ in stored_blobs(workspace.archive)))


def _unknown(count: int) -> StoreDamagedError:
    return StoreDamagedError(
        f"存档里有{count}份原件，数据库不认识。为免从头编号、丢掉以前的接收，没有继续。{RESTORE}"
    )
