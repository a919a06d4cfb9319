"""The list of units in force: what units.xlsx says, or the last one that was good.

A list that is new is read in a limited child: it is a foreign file like any other. Where it
cannot be used, whatever the reason, the one in force stays, and a sentence says why; the next
look takes a mended one by itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sheetflow.config.settings import LEAST_MEMORY_MB
from sheetflow.config.units_file import KeptUnits, keep_units, kept_units
from sheetflow.config.workspace import Workspace
from sheetflow.errors import SheetflowError, TemporaryError, UnreadableError, WorkspaceError
from sheetflow.units import Levels, UnitTree

_MOST_BYTES = 64 * 1024 * 1024


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


def read_bytes(path: Path) -> bytes:
    """Read the file; raise WorkspaceError where it is not there, or larger than any list."""
    if not path.is_file():
        raise WorkspaceError(f"找不到单位名单：{path}。请放好名单，或先运行 sheetflow init。")
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise WorkspaceError(
            f"单位名单 {path} 打不开。如果正在 Excel 中编辑，请保存并关闭后再试；否则请检查文件夹权限。"
        ) from error
    if len(content) > _MOST_BYTES:
        raise WorkspaceError(f"{path.name} 太大，不像单位名单。请只留名单，另存后再用。")
    return content


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
