"""What the store asks of a database program: to open it, to say what its errors mean, to look after itself.

All that only one program would understand stands behind this: `sqlite` is a file beside the workspace,
`postgresql` a server for many machines. Nothing above the store knows which one it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine, Table

from sheetflow.errors import RESTORE, StoreBusyError, StoreDamagedError, StoreError

_BUSY = "暂时不能读写（被占用、没有权限或磁盘已满）。值守的服务会自动重试，其他命令请稍后再试。"


class Program(Protocol):
    """A database program, open on one database."""

    @property
    def place(self) -> str:
        """What sentences call the database."""

    @property
    def reader(self) -> Engine:
        """Where transactions begin that see one moment."""

    @property
    def writer(self) -> Engine:
        """Where transactions begin that write."""

    @property
    def quotes_values(self) -> bool:
        """Whether the driver's errors quote what was to be written."""

    def check_place(self) -> None:
        """Raise StoreDamagedError where nobody would ever see again what is written."""

    def lock(self, connection: Connection, name: str) -> None:
        """Have whoever else locks `name` wait until this transaction ends."""

    def meaning(self, error: BaseException | None) -> StoreError | None:
        """Say what an error of the driver means; None where only that the call was refused."""

    def rebuilding(self) -> AbstractContextManager[Connection]:
        """Open a writing transaction in which tables may be rebuilt; its ties are checked last."""

    def keep_copy(self, connection: Connection, version: int) -> None:
        """Copy the database as it is before a structure of `version` is changed."""

    def kept_copies(self) -> Iterator[str]:
        """Give what sentences call the copies that lie within the database itself."""

    def begin_after(self, connection: Connection, table: Table, key: str) -> None:
        """Number further rows of a numbered table after those that were copied into it."""

    def compact(self) -> None:
        """Leave no trace of what was deleted."""

    def broken_pages(self) -> Iterator[str]:
        """Give what the program's own checks complain about."""

    def doubts(self) -> Iterator[tuple[str, str]]:
        """Give what of the program's own settings puts data at risk, each with its remedy."""

    def close(self) -> None:
        """Close all connections."""


def busy(place: str) -> StoreBusyError:
    """Say that the same call may succeed later."""
    return StoreBusyError(f"数据库 {place} {_BUSY}")


def refused(place: str) -> StoreError:
    """Say that the database did not do what it was asked."""
    return StoreError(f"数据库 {place} 拒绝了这次操作。请运行 doctor 检查。")


def damaged(place: object) -> StoreDamagedError:
    """Say that the database cannot be gone on with."""
    return StoreDamagedError(f"数据库 {place} 已损坏，或不是数据库文件。{RESTORE}")
