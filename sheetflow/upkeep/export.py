"""The consolidated rows for people with analysis tools: ``sheetflow export``.

One CSV a table, and one SQLite file with all of them. A CSV opens in Excel as it is: UTF-8 with its
mark at the start, and text that a spreadsheet would take for a formula is kept text.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import BinaryIO

from sheetflow.consolidation.consolidate import consolidate
from sheetflow.consolidation.contents import Consolidated, DetailRow, DetailSheet
from sheetflow.consolidation.states import CARRIED, LATE, State, names_of
from sheetflow.context import Context
from sheetflow.durable import EVERYBODYS, write_whole
from sheetflow.errors import RequestError, WorkspaceError
from sheetflow.periods import Period
from sheetflow.publishing.places import safe_name
from sheetflow.schemas.cells import Whole
from sheetflow.schemas.columns import Column
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Number
from sheetflow.schemas.parsing import Value
from sheetflow.service.books import books_of
from sheetflow.writing.consolidated.words_sheet import (
    ALIKE_COLUMN,
    ANSWERS_SHEET,
    alike_words,
)


def level_named(context: Context, word: str) -> str:
    """Give the level that a word means, the top one for none; raise RequestError for another.

    The lowest level sees its own rows only: nobody reads those of all with its eyes.
    """
    levels = context.campaign.levels
    found = levels.find(word) if word else levels.top
    if found is None or found == levels.lowest:
        known = "、".join(f"{spec.name}（{spec.key}）" for spec in levels.rungs[:-1])
        raise RequestError(f"不能按“{word}”这一级导出。--level 可以填：{known}。")
    return found.name


def export_rows(
    context: Context, period: Period, folder: Path, level: str, form: Form | None = None
) -> list[Path]:
    """Write everything accepted for `period` into `folder`, as readers of `level` may see it.

    Of `form`, or of all that are filled for the period. One set of files a form and top unit: each
    other form than the main one, and each of several top units, has a folder of its own.
    """
    forms = (form,) if form else context.campaign.forms
    filled = [each for each in forms if each.takes(period)]
    return [path for each in filled for path in _export(context, each, period, folder, level)]


def _export(
    context: Context, form: Form, period: Period, folder: Path, level: str
) -> Iterator[Path]:
    books = books_of(context, form, form.period(period.period_id))
    other = context.campaign.other_form(form.key)
    place = folder / safe_name(other.title) if other else folder
    for root in context.tree.roots:
        seen = books.read_by(root)  # what waits for 验收 is no figure of the root's yet
        tables = tables_of(consolidate(context.campaign, seen, root, context.policy(level)))
        target = place if len(context.tree.roots) == 1 else place / root.folder
        yield from write_export(target, f"{form.key}_{period.period_id}", tables)


_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_TEXT, _INTEGER, _REAL = "TEXT", "INTEGER", "REAL"
_MARKS = {State.NIL.label, LATE, CARRIED}
_FIGURES = {"本期", "累计"}

Plain = str | int | float | None
"""What a cell of an export holds; None is a blank, which is not 0."""


@dataclass(frozen=True, slots=True)
class ExportTable:
    """One table: its columns by name, each with its type in SQL, and its rows."""

    name: str
    columns: Mapping[str, str]
    rows: Iterable[tuple[Plain, ...]]


def write_export(folder: Path, name: str, tables: Sequence[ExportTable]) -> list[Path]:
    """Write `tables` into `folder`: ``走访记录.csv`` … and ``<name>.sqlite``; give the files.

    Rows are streamed, each table read once. Raise WorkspaceError where the folder refuses.
    """
    database = folder / f"{name}.sqlite"
    draft = folder / f".{database.name}.tmp"
    written = [folder / f"{table.name}.csv" for table in tables]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with closing(sqlite3.connect(draft)) as connection, connection:
            for path, table in zip(written, tables, strict=True):
                write_whole(path, partial(_write_table, connection, table), mode=EVERYBODYS)
        draft.replace(database)
    except OSError as error:
        raise WorkspaceError(
            f"无法写入 {error.filename or folder}。如果文件正打开着，请先关闭；"
            "否则请检查文件夹权限和磁盘空间。"
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return [*written, database]


def _write_table(connection: sqlite3.Connection, table: ExportTable, file: BinaryIO) -> None:
    """Write the table as CSV into `file`, and the same rows into the database."""
    columns = ", ".join(f"{_quoted(name)} {kind}" for name, kind in table.columns.items())
    places = ", ".join("?" for _ in table.columns)
    connection.execute(f"CREATE TABLE {_quoted(table.name)} ({columns})")
    insert = f"INSERT INTO {_quoted(table.name)} VALUES ({places})"  # noqa: S608 - our own names
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)

    def through_csv() -> Iterator[tuple[Plain, ...]]:
        for row in table.rows:
            writer.writerow(map(_harmless, row))
            yield row

    writer.writerow(map(_harmless, table.columns))
    connection.executemany(insert, through_csv())
    text.detach()  # flushed, and left open


def _harmless(value: Plain) -> Plain:
    """Keep text from being taken for a formula; numbers stay numbers, blanks stay blanks."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def tables_of(consolidated: Consolidated) -> tuple[ExportTable, ...]:
    """Give the tables of a consolidation, in the order of its workbook."""
    return (
        _table(
            "单位",
            "单位代码 单位 层级 上级单位代码 上报情况 迟报 沿用 回执号",
            _units(consolidated),
        ),
        _table("统计", "代码 指标 计量单位 单位代码 单位 本期 累计", _statistics(consolidated)),
        _table(
            "报送来源",
            "来源 单位代码 单位 文件名 文件校验码 接收时间 零报告 迟报",
            _sources(consolidated),
        ),
        *(_details(consolidated, detail) for detail in consolidated.details),
        *([_words(consolidated, consolidated.words)] if consolidated.words else []),
        *(_details(consolidated, card) for card in consolidated.cards),
        *([_answers(consolidated)] if consolidated.answers else []),
    )


def _words(consolidated: Consolidated, words: DetailSheet) -> ExportTable:
    """Give the texts, a row a unit, each in one cell however long."""
    table = _details(consolidated, words)
    alike = (alike_words(row, words, consolidated.alike) for row in words.rows())
    rows = ((*row, said or None) for row, said in zip(table.rows, alike, strict=True))
    return ExportTable(table.name, {**table.columns, ALIKE_COLUMN: _TEXT}, rows)


def _answers(consolidated: Consolidated) -> ExportTable:
    rows = (
        (asked.sheet, asked.label, word, group, count)
        for asked in consolidated.answers
        for group, counts in zip(consolidated.answered_by, asked.counts, strict=True)
        for word, count in zip(asked.words, counts, strict=True)
    )
    columns = {"工作表": _TEXT, "项目": _TEXT, "答复": _TEXT, "单位": _TEXT, "数": _INTEGER}
    return ExportTable(ANSWERS_SHEET, columns, rows)


def _table(name: str, headings: str, rows: Iterable[tuple[Plain, ...]]) -> ExportTable:
    kinds = {
        heading: _INTEGER if heading in _MARKS else _REAL if heading in _FIGURES else _TEXT
        for heading in headings.split()
    }
    return ExportTable(name, kinds, rows)


def _units(consolidated: Consolidated) -> Iterator[tuple[Plain, ...]]:
    named = names_of(consolidated.board)
    for row in consolidated.board:
        unit = row.unit
        yield (
            unit.unit_id,
            named[unit.unit_id],
            unit.level,
            unit.parent,
            row.state.label,
            int(row.late),
            int(row.carried),
            row.receipt or None,
        )


def _statistics(consolidated: Consolidated) -> Iterator[tuple[Plain, ...]]:
    statistics = consolidated.statistics
    whole = (consolidated.unit.unit_id, "合计", statistics.total)
    columns = [(entry.unit.unit_id, entry.heading, entry.values) for entry in statistics.columns]
    for indicator in statistics.indicators:
        label = indicator.label.strip("　").removeprefix("其中：")
        for unit_id, heading, values in (whole, *columns):
            figure = values[indicator.code]
            figures = _number(figure.current), _number(figure.total)
            yield (indicator.code, label, indicator.unit, unit_id, heading, *figures)


def _sources(consolidated: Consolidated) -> Iterator[tuple[Plain, ...]]:
    for unit, source in consolidated.sources:
        yield (
            source.receipt,
            unit.unit_id,
            consolidated.name_of(unit),
            source.file_name,
            source.sha256,
            source.accepted_at.isoformat(timespec="seconds"),
            int(source.nil),
            int(source.late),
        )


def _details(consolidated: Consolidated, detail: DetailSheet) -> ExportTable:
    units = {source.receipt: source.unit_id for _, source in consolidated.sources}
    columns = dict.fromkeys(("单位代码", *detail.origin, "来源"), _TEXT)
    for column in detail.columns:
        whole = isinstance(column.type, Whole)
        columns[column.label] = _TEXT if not column.type.numeric else _INTEGER if whole else _REAL

    def row_of(row: DetailRow) -> tuple[Plain, ...]:
        origin = (units.get(row.receipt), *(place or None for place in row.places), row.receipt)
        return (*origin, *(_plain(column, row.values.get(column.key)) for column in detail.columns))

    return ExportTable(detail.sheet.title, columns, map(row_of, detail.rows()))


def _plain(column: Column, value: Value) -> Plain:
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, dt.date) else column.type.show(value)


def _number(figure: Number) -> int | float | None:
    return float(figure) if isinstance(figure, Decimal) else figure
