"""All that a database holds, put into another one: from a file to a server, and back for a backup.

Both are of this version; what is packed is copied as it is. This module refuses to merge: the other one is empty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, MetaData, Table, delete, func, insert, select
from sqlalchemy.types import TypeDecorator

from sheetflow.errors import StoreError
from sheetflow.store.schema import metadata, schema_version, workspace

if TYPE_CHECKING:
    from sheetflow.store.database import Database

_ROWS_AT_ONCE = 200
_FRESH = frozenset({schema_version.name, workspace.name})
"""What a database has from the beginning: its version, and an id that the copy overwrites."""


def copy_database(source: Database, target: Database) -> dict[str, int]:
    """Copy every row of every table; give how many there were, by table, once both sides were compared.

    All of it is one moment of `source`, and one commit. Raise StoreError where `target` holds anything, or where what
    arrived is not what was sent.
    """
    tables = _plain_tables()
    counts: dict[str, int] = {}
    with source.reading() as there, target.writing() as here:
        for table in tables:
            known = here.execute(select(func.count()).select_from(table)).scalar_one()
            if known and table.name not in _FRESH:
                raise StoreError(
                    f"数据库 {target.place} 里已经有内容，没有复制。请换一个空的数据库。"
                )
            here.execute(delete(table))
        for table in tables:
            sent, counts[table.name] = hashlib.sha256(), 0
            for rows in _read(there, table):
                here.execute(insert(table), rows)
                counts[table.name] += len(rows)
                _add(sent, rows)
            if _digest(here, table) != sent.hexdigest():
                raise StoreError(
                    f"复制到 {target.place} 的内容与原来不一致（{table.name}），已全部撤销。"
                )
            for key in _numbers(table):
                target.program.begin_after(here, table, key.name)
    return counts


def _plain_tables() -> list[Table]:
    """Give the tables with what they keep, and not what that means."""
    plain = MetaData()
    for table in metadata.sorted_tables:
        for column in table.to_metadata(plain).columns:
            if isinstance(column.type, TypeDecorator):
                column.type = column.type.impl_instance
    return plain.sorted_tables


def _read(connection: Any, table: Table) -> Iterator[list[dict[str, Any]]]:  # noqa: ANN401 - a connection of either
    ordered = select(table).order_by(*table.primary_key.columns)
    # Said before it is executed: the driver of a server takes all rows otherwise.
    streamed = ordered.execution_options(yield_per=_ROWS_AT_ONCE)
    for rows in connection.execute(streamed).mappings().partitions():
        yield [dict(row) for row in rows]


def _digest(connection: Any, table: Table) -> str:  # noqa: ANN401 - a connection of either
    found = hashlib.sha256()
    for rows in _read(connection, table):
        _add(found, rows)
    return found.hexdigest()


def _add(digest: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401 - hashlib names no type
    for row in rows:
        digest.update(repr([_as_bytes(value) for value in row.values()]).encode())


def _as_bytes(value: object) -> object:
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else value


def _numbers(table: Table) -> list[Column[Any]]:
    """Give the column that numbers a table's rows, if it has one."""
    known = metadata.tables[table.name]
    auto = known.autoincrement_column
    return [table.columns[auto.name]] if auto is not None and not auto.foreign_keys else []
