"""The consolidated rows for people with analysis tools: ``sheetflow export``.

One CSV a table, and one SQLite file with all of them. A CSV opens in Excel as it is: UTF-8
with its mark at the start, and text that a spreadsheet would take for a formula is kept
text. Files are replaced whole.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path

from sheetflow.consolidation.tables import Consolidated, DetailRow, DetailSheet
from sheetflow.consolidation.workbook import consolidate
from sheetflow.context.context import Office
from sheetflow.errors import RequestError, WorkspaceError
from sheetflow.periods import Period
from sheetflow.publishing.names import safe_name
from sheetflow.schemas.cells import Whole
from sheetflow.schemas.columns import Column
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Number
from sheetflow.schemas.parsing import Value
from sheetflow.service.books import books_of


def level_named(office: Office, word: str) -> str:
    """Give the level that a word means, the top one for none; raise RequestError for another.

    The lowest level sees its own rows only: nobody reads those of all with its eyes.
    """
    levels = office.campaign.levels
    found = levels.find(word) if word else levels.top
    if found is None or found == levels.lowest:
        known = "、".join(f"{spec.name}（{spec.key}）" for spec in levels.rungs[:-1])
        raise RequestError(f"不能按“{word}”这一级导出。--level 可以填：{known}。")
    return found.name


def export_rows(
    office: Office, period: Period, folder: Path, level: str, form: Form | None = None
) -> list[Path]:
    """Write everything accepted for `period` into `folder`, as readers of `level` may see it.

    Of `form`, or of all that are filled for the period. One set of files a form and top unit: each
    other form than the main one, and each of several top units, has a folder of its own.
    """
    forms = (form,) if form else office.campaign.forms
    filled = [each for each in forms if each.takes(period)]
    return [path for each in filled for path in _export(office, each, period, folder, level)]


def _export(office: Office, form: Form, period: Period, folder: Path, level: str) -> Iterator[Path]:
    books = books_of(office, form, form.period(period.period_id))
    other = office.campaign.other_form(form.key)
    place = folder / safe_name(other.title) if other else folder
    for root in office.tree.roots:
        tables = tables_of(consolidate(office.campaign, books, root, office.policy(level)))
        target = place if len(office.tree.roots) == 1 else place / root.folder
        yield from write_export(target, f"{form.key}_{period.period_id}", tables)


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


Plain = str | int | float | None
"""What a cell of an export holds; None is a blank, which is not 0."""

_TEXT, _INTEGER, _REAL = "TEXT", "INTEGER", "REAL"


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column: its name as people know it, its type in SQL."""

    name: str
    sql_type: str = _TEXT


@dataclass(frozen=True, slots=True)
class ExportTable:
    """One table; `rows` gives a fresh iterator each call."""

    name: str
    columns: tuple[ExportColumn, ...]
    rows: Callable[[], Iterable[tuple[Plain, ...]]]


def tables_of(consolidated: Consolidated) -> tuple[ExportTable, ...]:
    """Give the tables of a consolidation, in the order of its workbook."""
    return (
        _units(consolidated),
        _statistics(consolidated),
        _sources(consolidated),
        *(_details(consolidated, detail) for detail in consolidated.details),
    )


def _units(consolidated: Consolidated) -> ExportTable:
    names = ("单位代码", "单位", "层级", "上级单位代码", "上报情况", "迟报", "沿用", "回执号")

    def rows() -> Iterator[tuple[Plain, ...]]:
        for row in consolidated.board:
            unit = row.unit
            yield (
                unit.unit_id,
                unit.name,
                unit.level,
                unit.parent,
                row.state.label,
                int(row.late),
                int(row.carried),
                row.receipt or None,
            )

    return ExportTable("单位", tuple(map(_named, names)), rows)


def _statistics(consolidated: Consolidated) -> ExportTable:
    names = ("代码", "指标", "计量单位", "单位代码", "单位", "本期", "累计")

    def rows() -> Iterator[tuple[Plain, ...]]:
        found = consolidated.statistics
        whole = (consolidated.unit.unit_id, "合计", found.total)
        columns = [(entry.unit.unit_id, entry.heading, entry.values) for entry in found.columns]
        for indicator in found.indicators:
            label = indicator.label.strip("　").removeprefix("其中：")
            for unit_id, heading, values in (whole, *columns):
                figure = values[indicator.code]
                yield (
                    indicator.code,
                    label,
                    indicator.unit,
                    unit_id,
                    heading,
                    _number(figure.current),
                    _number(figure.total),
                )

    return ExportTable("统计", tuple(map(_named, names)), rows)


def _sources(consolidated: Consolidated) -> ExportTable:
    names = ("来源", "单位代码", "单位", "文件名", "sha256", "接收时间", "零报告", "迟报")

    def rows() -> Iterator[tuple[Plain, ...]]:
        for source in consolidated.sources:
            yield (
                source.receipt,
                source.unit.unit_id,
                source.unit.name,
                source.file_name,
                source.sha256,
                source.accepted_at.isoformat(timespec="seconds"),
                int(source.nil),
                int(source.late),
            )

    return ExportTable("报送来源", tuple(map(_named, names)), rows)


def _details(consolidated: Consolidated, detail: DetailSheet) -> ExportTable:
    units = {source.receipt: source.unit.unit_id for source in consolidated.sources}
    columns = tuple(ExportColumn(column.label, _sql_type(column)) for column in detail.columns)

    def row_of(row: DetailRow) -> tuple[Plain, ...]:
        origin = (units.get(row.receipt), *(place or None for place in row.places), row.receipt)
        return (*origin, *(_plain(column, row.values.get(column.key)) for column in detail.columns))

    def rows() -> Iterator[tuple[Plain, ...]]:
        return map(row_of, detail.rows())

    origin = map(_named, ("单位代码", *detail.origin, "来源"))
    return ExportTable(detail.sheet.title, (*origin, *columns), rows)


_MARKS = {"零报告", "迟报", "沿用"}
_FIGURES = {"本期", "累计"}


def _named(name: str) -> ExportColumn:
    return ExportColumn(name, _INTEGER if name in _MARKS else _REAL if name in _FIGURES else _TEXT)


def _sql_type(column: Column) -> str:
    if not column.type.numeric:
        return _TEXT
    return _INTEGER if isinstance(column.type, Whole) else _REAL


def _plain(column: Column, value: Value) -> Plain:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if isinstance(value, str) else column.type.show(value)


def _number(figure: Number) -> int | float | None:
    return float(figure) if isinstance(figure, Decimal) else figure
