"""An export on the disk: one CSV a table, and one SQLite file with all of them.

This module owns the two formats. A CSV opens in Excel as it is: UTF-8 with its mark at
the start, and text that a spreadsheet would take for a formula is kept text. Files are
replaced whole. It refuses to know what stands in the tables.
"""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from itertools import islice
from pathlib import Path

from sheetflow.errors import WorkspaceError
from sheetflow.upkeep.export_tables import ExportTable, Plain

_BATCH = 1000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_export(folder: Path, name: str, tables: Sequence[ExportTable]) -> list[Path]:
    """Write `tables` into `folder`: ``走访记录.csv`` … and ``<name>.sqlite``; give the files.

    Rows are streamed, each table read once. Raise WorkspaceError where the folder refuses.
    """
    database = folder / f"{name}.sqlite"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = _write_all(folder, _beside(database), tables)
        _beside(database).replace(database)
    except OSError as error:
        raise WorkspaceError(
            f"无法写入 {error.filename or folder}。如果文件正打开着，请先关闭；"
            "否则请检查文件夹权限和磁盘空间。"
        ) from error
    finally:
        with suppress(OSError):
            _beside(database).unlink(missing_ok=True)
    return [*written, database]


def _write_all(folder: Path, database: Path, tables: Sequence[ExportTable]) -> list[Path]:
    written: list[Path] = []
    database.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as connection, connection:
        for table in tables:
            path = folder / f"{table.name}.csv"
            rows = _through_csv(path, table)
            _fill(connection, table, rows)
            _beside(path).replace(path)
            written.append(path)
    return written


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.tmp")


def _through_csv(path: Path, table: ExportTable) -> Iterator[tuple[Plain, ...]]:
    """Write the table as CSV while passing its rows on."""
    with ExitStack() as stack:
        file = stack.enter_context(_beside(path).open("w", encoding="utf-8-sig", newline=""))
        writer = csv.writer(file)
        writer.writerow([harmless(column.name) for column in table.columns])
        for row in table.rows():
            writer.writerow([harmless(value) for value in row])
            yield row
        file.flush()
        os.fsync(file.fileno())


def harmless(value: Plain) -> Plain:
    """Keep text from being taken for a formula; numbers stay numbers, blanks stay blanks."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def _fill(
    connection: sqlite3.Connection, table: ExportTable, rows: Iterable[tuple[Plain, ...]]
) -> None:
    columns = ", ".join(f"{_quoted(column.name)} {column.sql_type}" for column in table.columns)
    connection.execute(f"CREATE TABLE {_quoted(table.name)} ({columns})")
    places = ", ".join("?" for _ in table.columns)
    insert = f"INSERT INTO {_quoted(table.name)} VALUES ({places})"  # noqa: S608 - our own names
    iterator = iter(rows)
    while batch := list(islice(iterator, _BATCH)):
        connection.executemany(insert, batch)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
