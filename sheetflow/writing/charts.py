"""Native charts over the matrices, as the form declares them.

This module owns how a declared chart looks in Excel and where it stands. It refuses to
choose what is drawn, and draws only cells that the workbook holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sheetflow.consolidation.tables import Consolidated
from sheetflow.schemas.charts import Across, ChartSpec
from sheetflow.schemas.indicators import Indicator
from sheetflow.schemas.layout import HEADER_ROW
from sheetflow.writing.consolidated_details import footer
from sheetflow.writing.consolidated_matrix import FIRST_UNIT_COLUMN, Matrix, figure_look
from sheetflow.writing.consolidated_pages import TEXT, Page
from sheetflow.writing.styles import HEADER, HEI, NOTE, SONG, TITLE, Book

_COLUMNS, _COLUMN_WIDTH = 14, 9
_PIXELS_WIDE, _ROW_PIXELS = 952, 20
_CHART_ROWS = 15
_COLOURS = ("#2F75B5", "#ED7D31", "#70AD47", "#FFC000", "#7030A0", "#00B0A0", "#A5A5A5")
_FIRST_CHART_ROW = 3
_LABEL_COLUMN, _FIGURE_COLUMN, _LABEL_WIDTH = 1, 5, 4


@dataclass(frozen=True)
class _Placed:
    """A chart and the place of its upper left corner."""

    spec: ChartSpec
    row: int
    right: bool = False


def write_charts(book: Book, consolidated: Consolidated, current: Matrix, total: Matrix) -> None:
    """Write the sheet 图表, with the figures of the pies in a table below; nothing if none."""
    form = consolidated.form
    if not form.charts:
        return
    page = Page.add(book, "图表", [_COLUMN_WIDTH] * _COLUMNS, footer(consolidated))
    page.sheet.set_portrait()
    page.sheet.fit_to_pages(1, 1)
    page.heading(1, f"图表（{consolidated.unit.name} {consolidated.period.label}）", TITLE, 30)
    page.heading(2, "各图取自统计各表，数字改动时图随之改动。", NOTE, 18)
    placed, table_row = _place(form.charts)
    for entry in placed:
        matrix = current if entry.spec.current else total
        drawn = [form.indicator[code] for code in entry.spec.codes if code in matrix.rows]
        if not drawn:
            continue
        if entry.spec.across is Across.UNITS:
            _draw(page, entry, _by_unit(book, matrix, drawn))
        else:
            table_row = _write_table(page, table_row, entry.spec, matrix, drawn)
            _draw(page, entry, _parts(book, page, table_row - len(drawn), matrix, drawn))


def _place(specs: Sequence[ChartSpec]) -> tuple[list[_Placed], int]:
    """Give bars the whole width and set pies side by side; then the first row below all."""
    placed: list[_Placed] = []
    row = _FIRST_CHART_ROW
    for spec in (spec for spec in specs if spec.across is Across.UNITS):
        placed.append(_Placed(spec, row))
        row += _CHART_ROWS
    pies = [spec for spec in specs if spec.across is Across.INDICATORS]
    for number, spec in enumerate(pies):
        placed.append(_Placed(spec, row + number // 2 * _CHART_ROWS, bool(number % 2)))
    return placed, row + (len(pies) + 1) // 2 * _CHART_ROWS + 1


def _draw(page: Page, placed: _Placed, chart: Any) -> None:  # noqa: ANN401 - XlsxWriter has no types
    half = placed.spec.across is Across.INDICATORS
    width = _PIXELS_WIDE // 2 if half else _PIXELS_WIDE
    font = {"name": HEI, "size": 12, "bold": False}
    chart.set_title({"name": placed.spec.title, "name_font": font})
    chart.set_size({"width": width - 8, "height": _CHART_ROWS * _ROW_PIXELS - 10})
    column = _COLUMNS // 2 if placed.right else 0
    page.sheet.insert_chart(placed.row - 1, column, chart, {"object_position": 2})


def _by_unit(book: Book, matrix: Matrix, drawn: Sequence[Indicator]) -> Any:  # noqa: ANN401
    chart = book.file.add_chart({"type": "column"})
    first, last = FIRST_UNIT_COLUMN - 1, FIRST_UNIT_COLUMN + len(matrix.headings) - 2
    font = {"name": SONG, "size": 9}
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
    chart.set_x_axis({"num_font": font})
    number_format = str(figure_look(drawn[0]).get("num_format", "General"))
    lines = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}
    chart.set_y_axis(
        {"num_font": font, "num_format": number_format, "min": 0, "major_gridlines": lines}
    )
    if len(drawn) > 1:
        chart.set_legend({"position": "bottom", "font": font})
    else:
        chart.set_legend({"none": True})
    return chart


def _parts(
    book: Book, page: Page, first_row: int, matrix: Matrix, drawn: Sequence[Indicator]
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


def _write_table(
    page: Page, row: int, spec: ChartSpec, matrix: Matrix, drawn: Sequence[Indicator]
) -> int:
    """Put a pie's figures as formulas over the matrix; give the row after them."""
    _label(page, row, spec.title, HEADER)
    page.text(row, _FIGURE_COLUMN, "合计", HEADER)
    for number, indicator in enumerate(drawn, start=row + 1):
        _label(page, number, plain_label(indicator), TEXT)
        cell = matrix.total_cell(indicator.code)
        look = figure_look(indicator)
        shown = matrix.totals[indicator.code]
        page.formula(number, _FIGURE_COLUMN, f"N({cell})", _cached(shown), look)
    return row + 1 + len(drawn)


def _label(page: Page, row: int, text: str, look: dict[str, str | int | float | bool]) -> None:
    shown = page.book.look(look)
    page.sheet.merge_range(row - 1, 0, row - 1, _LABEL_WIDTH - 1, "", shown)
    page.text(row, _LABEL_COLUMN, text, look)


def _cached(value: Any) -> float | int:  # noqa: ANN401 - whatever a matrix shows
    if value is None or isinstance(value, str):
        return 0
    return value if isinstance(value, int) else float(value)


def plain_label(indicator: Indicator) -> str:
    """An indicator's name on its own, without 其中 and indent."""
    return indicator.label.strip("　").removeprefix("其中：")
