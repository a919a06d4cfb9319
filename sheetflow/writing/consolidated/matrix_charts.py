"""Native charts over the matrices, as the form declares them.

This module owns how a declared chart looks in Excel and where it stands. It refuses to
choose what is drawn, and draws only cells that the workbook holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sheetflow.consolidation.contents import Consolidated
from sheetflow.schemas.forms import Across, ChartSpec
from sheetflow.schemas.indicators import Indicator
from sheetflow.schemas.layout import HEADER_ROW
from sheetflow.writing.consolidated.detail_sheets import footer
from sheetflow.writing.consolidated.matrix import FIRST_UNIT_COLUMN, Matrix, Shown, figure_look
from sheetflow.writing.looks import HEADER, HEI, NOTE, SONG, TEXT, TITLE, Look
from sheetflow.writing.page import TablePage
from sheetflow.writing.xlsx_book import Book

_COLUMNS, _COLUMN_WIDTH = 14, 9
_PIXELS_WIDE, _ROW_PIXELS = 952, 20
_CHART_ROWS = 15
_COLOURS = ("#2F75B5", "#ED7D31", "#70AD47", "#FFC000", "#7030A0", "#00B0A0", "#A5A5A5")
_FIRST_CHART_ROW = 3
_LABEL_COLUMN, _FIGURE_COLUMN, _LABEL_WIDTH = 1, 5, 4


@dataclass(frozen=True)
class _Placed:
    spec: ChartSpec
    row: int
    right: bool = False


def write_charts(book: Book, consolidated: Consolidated, current: Matrix, total: Matrix) -> None:
    """Write the sheet 图表, with the figures of pies and lines in tables below; nothing if none."""
    form = consolidated.form
    if not form.charts:
        return
    page = TablePage(book, "图表", [_COLUMN_WIDTH] * _COLUMNS, footer(consolidated))
    page.worksheet.set_portrait()
    page.worksheet.fit_to_pages(1, 1)
    page.heading(1, f"图表（{consolidated.unit.name} {consolidated.period.label}）", TITLE, 30)
    page.heading(2, "各图取自统计各表，数字改动时图随之改动。", NOTE, 18)
    several = len(consolidated.history) > 1  # one point is no line
    specs = [spec for spec in form.charts if several or spec.across is not Across.PERIODS]
    placed, table_row = _place(specs)
    for entry in placed:
        matrix = current if entry.spec.current else total
        drawn = [form.indicator[code] for code in entry.spec.codes if code in matrix.rows]
        if not drawn:
            continue
        if entry.spec.across is Across.UNITS:
            _draw(page, entry, _by_unit(book, matrix, drawn))
        elif entry.spec.across is Across.INDICATORS:
            table_row = _write_table(page, table_row, entry.spec, matrix, drawn)
            _draw(page, entry, _parts(book, page, table_row - len(drawn), matrix, drawn))
        else:
            figures = _write_periods(page, table_row, entry.spec, consolidated, matrix, drawn)
            labels = [known.period.label for known in consolidated.history]
            look = figure_look(matrix.form, drawn[0])
            _draw(page, entry, _over_periods(page, table_row, labels, figures, drawn, look))
            table_row += 1 + len(labels)


def _place(specs: Sequence[ChartSpec]) -> tuple[list[_Placed], int]:
    """Give bars the whole width, set the others side by side; then the first row below all."""
    placed: list[_Placed] = []
    row = _FIRST_CHART_ROW
    for spec in (spec for spec in specs if spec.across is Across.UNITS):
        placed.append(_Placed(spec, row))
        row += _CHART_ROWS
    halves = [spec for spec in specs if spec.across is not Across.UNITS]
    for number, spec in enumerate(halves):
        placed.append(_Placed(spec, row + number // 2 * _CHART_ROWS, bool(number % 2)))
    return placed, row + (len(halves) + 1) // 2 * _CHART_ROWS + 1


def _draw(page: TablePage, placed: _Placed, chart: Any) -> None:  # noqa: ANN401 - XlsxWriter has no types
    half = placed.spec.across is not Across.UNITS
    width = _PIXELS_WIDE // 2 if half else _PIXELS_WIDE
    font = {"name": HEI, "size": 12, "bold": False}
    chart.set_title({"name": placed.spec.title, "name_font": font})
    chart.set_size({"width": width - 8, "height": _CHART_ROWS * _ROW_PIXELS - 10})
    column = _COLUMNS // 2 if placed.right else 0
    page.worksheet.insert_chart(placed.row - 1, column, chart, {"object_position": 2})


def _by_unit(book: Book, matrix: Matrix, drawn: Sequence[Indicator]) -> Any:  # noqa: ANN401
    chart = book.file.add_chart({"type": "column"})
    first, last = FIRST_UNIT_COLUMN - 1, FIRST_UNIT_COLUMN + len(matrix.headings) - 2
    for number, indicator in enumerate(drawn):
        row = matrix.rows[indicator.code] - 1
        chart.add_series(
            {
                "name": plain_label(indicator),
                "categories": [matrix.page.title, HEADER_ROW - 1, first, HEADER_ROW - 1, last],
                "categories_data": list(matrix.headings),
                "values": [matrix.page.title, row, first, row, last],
                "values_data": [_cached(shown[indicator.code]) for shown in matrix.figures],
                "fill": {"color": _COLOURS[number % len(_COLOURS)]},
                "gap": 60,
                "data_labels": {"value": True, "font": {"name": SONG, "size": 8}},
            }
        )
    _set_axes(chart, drawn, figure_look(matrix.form, drawn[0]))
    return chart


def _set_axes(chart: Any, drawn: Sequence[Indicator], look: Look) -> None:  # noqa: ANN401 - XlsxWriter has no types
    """Set a scale from 0 in the first indicator's format, and name several ones below."""
    font = {"name": SONG, "size": 9}
    chart.set_x_axis({"num_font": font})
    chart.set_y_axis(
        {
            "num_font": font,
            "num_format": str(look.get("num_format", "General")),
            "min": 0,
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}},
        }
    )
    chart.set_legend({"position": "bottom", "font": font} if len(drawn) > 1 else {"none": True})


def _parts(
    book: Book, page: TablePage, first_row: int, matrix: Matrix, drawn: Sequence[Indicator]
) -> Any:  # noqa: ANN401
    chart = book.file.add_chart({"type": "pie"})
    first, last = first_row - 1, first_row + len(drawn) - 2
    label, figure = _LABEL_COLUMN - 1, _FIGURE_COLUMN - 1
    chart.add_series(
        {
            "categories": [page.title, first, label, last, label],
            "categories_data": [plain_label(indicator) for indicator in drawn],
            "values": [page.title, first, figure, last, figure],
            "values_data": [_cached(matrix.totals[indicator.code]) for indicator in drawn],
            "points": [
                {"fill": {"color": _COLOURS[number % len(_COLOURS)]}}
                for number in range(len(drawn))
            ],
            "data_labels": {
                "percentage": True,
                "position": "outside_end",
                "font": {"name": SONG, "size": 9},
            },
        }
    )
    chart.set_legend({"position": "right", "font": {"name": SONG, "size": 9}})
    return chart


def _write_periods(
    page: TablePage,
    row: int,
    spec: ChartSpec,
    consolidated: Consolidated,
    matrix: Matrix,
    drawn: Sequence[Indicator],
) -> list[list[Shown]]:
    """Put and give figures by period, a line each; the last one is a formula over the matrix."""
    values: list[list[Shown]] = []
    for entry in consolidated.history[:-1]:
        found = [entry.total[indicator.code] for indicator in drawn]
        values.append([one.current if spec.current else one.total for one in found])
    values.append([matrix.totals[indicator.code] for indicator in drawn])
    page.span(row, _LABEL_COLUMN, _LABEL_WIDTH, spec.title, HEADER)
    for number, indicator in enumerate(drawn):
        page.put(row, _FIGURE_COLUMN + number, plain_label(indicator), HEADER | {"font_size": 9})
    pairs = zip(consolidated.history, values, strict=True)
    for line, (entry, figures) in enumerate(pairs, start=row + 1):
        page.span(line, _LABEL_COLUMN, _LABEL_WIDTH, entry.period.label, TEXT)
        for number, (indicator, shown) in enumerate(zip(drawn, figures, strict=True)):
            column, look = _FIGURE_COLUMN + number, figure_look(matrix.form, indicator)
            if line == row + len(values):
                cell = matrix.total_cell(indicator.code)
                page.formula(line, column, f"N({cell})", _cached(shown), look)
            else:
                page.put(line, column, None if isinstance(shown, str) else shown, look)
    return values


def _over_periods(
    page: TablePage,
    row: int,
    labels: Sequence[str],
    figures: Sequence[Sequence[Shown]],
    drawn: Sequence[Indicator],
    look: Look,
) -> Any:  # noqa: ANN401 - XlsxWriter has no types
    """Draw lines over the figures by period that stand under the header in `row`."""
    chart = page.book.file.add_chart({"type": "line"})
    first, last = row, row + len(labels) - 1
    label = _LABEL_COLUMN - 1
    for number, indicator in enumerate(drawn):
        column, colour = _FIGURE_COLUMN - 1 + number, _COLOURS[number % len(_COLOURS)]
        chart.add_series(
            {
                "name": plain_label(indicator),
                "categories": [page.title, first, label, last, label],
                "categories_data": list(labels),
                "values": [page.title, first, column, last, column],
                "values_data": [_cached(line[number]) for line in figures],
                "line": {"color": colour, "width": 2},
                "marker": {"type": "circle", "size": 6, "fill": {"color": colour}},
                "data_labels": {
                    "value": True,
                    "position": "above",
                    "font": {"name": SONG, "size": 8},
                },
            }
        )
    _set_axes(chart, drawn, look)
    return chart


def _write_table(
    page: TablePage, row: int, spec: ChartSpec, matrix: Matrix, drawn: Sequence[Indicator]
) -> int:
    """Put a pie's figures as formulas over the matrix; give the row after them."""
    page.span(row, _LABEL_COLUMN, _LABEL_WIDTH, spec.title, HEADER)
    page.put(row, _FIGURE_COLUMN, "合计", HEADER)
    for number, indicator in enumerate(drawn, start=row + 1):
        page.span(number, _LABEL_COLUMN, _LABEL_WIDTH, plain_label(indicator), TEXT)
        cell = matrix.total_cell(indicator.code)
        look = figure_look(matrix.form, indicator)
        shown = matrix.totals[indicator.code]
        page.formula(number, _FIGURE_COLUMN, f"N({cell})", _cached(shown), look)
    return row + 1 + len(drawn)


def _cached(value: Any) -> float | int:  # noqa: ANN401 - whatever a matrix shows
    if value is None or isinstance(value, str):
        return 0
    return value if isinstance(value, int) else float(value)


def plain_label(indicator: Indicator) -> str:
    """An indicator's name on its own, without 其中 and indent."""
    return indicator.label.strip("　").removeprefix("其中：")
