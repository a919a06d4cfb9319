"""What an export holds, as flat tables: units, statistics, sources, and a table a sheet.

This module owns columns and the plain values of their cells. It refuses to write.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sheetflow.consolidation.tables import Consolidated, DetailRow, DetailSheet
from sheetflow.schemas.cells import Whole
from sheetflow.schemas.columns import Column
from sheetflow.schemas.indicators import Number
from sheetflow.schemas.parsing import Value

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
