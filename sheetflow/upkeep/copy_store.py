"""The workspace's database moved to a server, or from there back into a file, while no service runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sheetflow.config.workspace import open_workspace
from sheetflow.context.opening import open_store
from sheetflow.context.running import alone_in
from sheetflow.errors import WorkspaceError
from sheetflow.store import Store, with_password
from sheetflow.store.copying import copy_database
from sheetflow.store.sqlite import whole_copy


@dataclass(frozen=True, slots=True)
class Copied:
    """Where the database was and is, and how many rows went over."""

    source: str
    target: str
    rows: int
    files: int
    submissions: int


def copy_store(root: Path, to: str) -> Copied:
    """Copy the database of the workspace at `root` to a URL or into a new file; both sides are compared.

    Nothing is switched over: the settings say which one is used. Raise WorkspaceError where a service runs or the file is
    there, StoreError where either database cannot be used, or `to` holds something.
    """
    workspace, settings = open_workspace(root)
    password = settings.store_password.get_secret_value()
    place = with_password(to, password) if "://" in to else Path(to)
    if isinstance(place, Path) and place.exists():
        raise WorkspaceError(f"{place} 已经有了，没有复制。请换一个文件名。")
    with alone_in(workspace, settings), open_store(workspace, settings) as source:
        if isinstance(place, Path):
            with whole_copy(place) as draft, Store(draft) as target:
                return _copied(source, target, str(place))
        with Store(place) as target:
            if target.workspace_id == source.workspace_id:
                raise WorkspaceError(
                    f"{target.place} 就是这个工作文件夹现在用的数据库，或者已经复制过，没有复制。"
                    "要复制的是 state/sheetflow.db 的，请先清空 [store] 的 url 和环境变量 SHEETFLOW_STORE__URL。"
                )
            return _copied(source, target, target.place)


def _copied(source: Store, target: Store, place: str) -> Copied:
    counts = copy_database(source, target)
    return Copied(
        source.place,
        place,
        rows=sum(counts.values()),
        files=counts["arrivals"],
        submissions=counts["submissions"],
    )
