"""活动统计 as a matrix: indicators × units, with live totals, for 本期 and for 累计.

A total is a SUM over 本级 and the units below; a ratio is made from its parts in every column, with
“—” where the denominator is 0. A blank is no figure, which is not 0. It refuses to add up anything
that Excel cannot show to be so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sheetflow.consolidation.contents import Consolidated, StatisticsColumn
from sheetflow.consolidation.states import CARRIED_COLOUR
from sheetflow.periods import Cadence
from sheetflow.schemas.figure_sources import decimals_of
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Indicator, Number, Ratio, Values, plain
from sheetflow.schemas.layout import FIRST_ROW, HEADER_ROW
from sheetflow.schemas.sheets import Kind
from sheetflow.workbook import cell_name
from sheetflow.writing.consolidated.detail_sheets import footer
from sheetflow.writing.looks import BOLD, BY_PLACES, DECIMAL, HEADER, MONEY, PERCENT, WRAPPED, Look
from sheetflow.writing.page import Cached, TablePage
from sheetflow.writing.xlsx_book import Book

TOTAL_COLUMN = 4
FIRST_UNIT_COLUMN = 5
_LINE_HEIGHT = 18
NO_DENOMINATOR = "—"
CARRIED: Look = {"bg_color": CARRIED_COLOUR}
"""The look of a column of which nobody is in."""

_YUAN = "元"
_MOST_FORMER, _MOST_COLUMNS = 12, 3
"""So many indicators, and so many columns of each, are named as 按原口径."""

Shown = Cached | None
Pick = Callable[[Values], Number]


@dataclass(frozen=True)
class Matrix:
    """A written matrix: where its lines stand, and what it shows.

    `rows` gives an indicator's row, `totals` its total and `figures` its figures by unit
    column; None is a blank.
    """

    page: TablePage
    rows: Mapping[str, int]
    totals: Mapping[str, Shown]
    figures: Sequence[Mapping[str, Shown]]
    headings: Sequence[str]
    form: Form

    def total_cell(self, code: str) -> str:
        """Name the cell of an indicator's total for a formula on another sheet."""
        return self.page.reference(self.rows[code], TOTAL_COLUMN)


_UNPASSED = "注明“未验收”的，数已计入，直接上级还没有验收；“待验收”的验收后才计入，其中变动待验收的，仍按验收过的数。"
"""What is said where a column holds figures that were not let pass, or waits for some."""


@dataclass(frozen=True)
class _Plan:
    suffix: str
    note: str
    current: bool
    legend: str
    pick: Pick
    indicators: tuple[Indicator, ...]
    former: Mapping[str, Sequence[str]]


def write_current(book: Book, consolidated: Consolidated) -> Matrix:
    """Write 本期: what happened in the period. States at period end have no 本期."""
    statistics = consolidated.statistics
    return _write(
        book,
        consolidated,
        _Plan(
            suffix="本期",
            note="期末数和比率见累计表。",
            current=True,
            legend="浅黄色的列：该单位本期没有已接收的报表，没有本期数。",
            pick=lambda values: values.current,
            indicators=tuple(
                indicator
                for indicator in statistics.indicators
                if not indicator.is_ratio and statistics.kinds[indicator.code] is not Kind.STOCK
            ),
            former=statistics.former_current,
        ),
    )


def write_total(book: Book, consolidated: Consolidated) -> Matrix:
    """Write 累计/期末: what adds up since January, and the state at period end."""
    once = consolidated.period.cadence is Cadence.ONCE
    since = "填报以来" if once else "1月至本期末"
    return _write(
        book,
        consolidated,
        _Plan(
            suffix="累计",
            note=f"{since}累计数；现有数、在办数等为期末数；比率由分子、分母算出，不相加。",
            current=False,
            legend="浅黄色的列：该单位本期没有已接收的报表；标“沿用”的，累计数和期末数用今年上一次接收的，其余没有数。",
            pick=lambda values: values.total,
            indicators=consolidated.statistics.indicators,
            former=consolidated.statistics.former,
        ),
    )


def _write(book: Book, consolidated: Consolidated, plan: _Plan) -> Matrix:
    statistics = consolidated.statistics
    columns = statistics.columns
    headings = [column.heading + column.state.mark(current=plan.current) for column in columns]
    sheet = consolidated.form.statistics
    title = sheet.title if sheet else "统计"
    widths = [max(11.5, min(20.0, 2.1 * len(heading))) for heading in headings]
    page = TablePage(
        book, f"{title}（{plan.suffix}）", [7, 30, 9, 14, *widths], footer(consolidated)
    )
    period = f"{consolidated.unit.name} {consolidated.period.label}"
    absent = any(not column.state.is_current for column in columns)
    partly = any(not (column.state.is_plain or column.state.is_alone) for column in columns)
    own = "".join(f"{one.heading}＋" for one in columns if one.unit == consolidated.unit)
    page.open(
        f"{title}（{period} {plan.suffix}）",
        f"合计＝{own}下级各单位，公式可核对；空白表示没有这项数，不是0；“—”表示分母为0。"
        + plan.note
        + plan.legend * absent
        + _UNPASSED * any(column.state.unpassed for column in columns)
        + "“已报5/6”：应报6个单位，已报5个。" * partly
        + _former_note(plan),
        ["代码", "指标", "计量单位", "合计", *headings],
        lines=2,
    )
    pairs = zip(columns, headings, strict=True)
    for number, (column, heading) in enumerate(pairs, start=FIRST_UNIT_COLUMN):
        if not column.state.is_current:
            page.put(HEADER_ROW, number, heading, HEADER | CARRIED | {"font_size": 10})
    rows = {entry.code: FIRST_ROW + number for number, entry in enumerate(plan.indicators)}
    figures = [_shown(column.values, plan) for column in columns]
    matrix = Matrix(
        page, rows, _totals(figures, plan.indicators), figures, headings, consolidated.form
    )
    for indicator in plan.indicators:
        _write_line(matrix, indicator, columns)
    page.close(FIRST_ROW + len(rows) - 1, TOTAL_COLUMN, filtered=False)
    page.worksheet.repeat_columns(0, TOTAL_COLUMN - 1)
    return matrix


def _former_note(plan: _Plan) -> str:
    """Say which figures are by a declaration that is not in force any longer, and where."""
    told = [
        f"{entry.code}（{_few(plan.former[entry.code], '列')}）"
        for entry in plan.indicators
        if entry.code in plan.former
    ]
    if not told:
        return ""
    return (
        f"按原口径：{_few(told, '项', _MOST_FORMER)}。这些数所在的报告期已截止或原件已清理，"
        "没有按现在的指标口径重新计算；空白的是当时还没有的指标。"
    )


def _few(words: Sequence[str], counted: str, most: int = _MOST_COLUMNS) -> str:
    rest = f"等{len(words)}{counted}" if len(words) > most else ""
    return "、".join(words[:most]) + rest


def _shown(values: Mapping[str, Values], plan: _Plan) -> dict[str, Shown]:
    shown: dict[str, Shown] = {}
    for indicator in plan.indicators:
        found = values.get(indicator.code)
        shown[indicator.code] = plan.pick(found) if found else None
        if isinstance(indicator.source, Ratio):
            shown[indicator.code] = _divide(indicator.source, shown)
    return shown


def _divide(ratio: Ratio, shown: Mapping[str, Shown]) -> Shown:
    """Divide as the formula in the cell does; a blank where neither part has a figure."""
    above, below = shown.get(ratio.numerator), shown.get(ratio.denominator)
    if above is None and below is None:
        return None
    if above is None or below is None or isinstance(above, str) or isinstance(below, str):
        return NO_DENOMINATOR
    return float(above) / float(below) if below > 0 else NO_DENOMINATOR


def _totals(
    figures: Sequence[Mapping[str, Shown]], indicators: Sequence[Indicator]
) -> dict[str, Shown]:
    totals: dict[str, Shown] = {}
    for indicator in indicators:
        if isinstance(indicator.source, Ratio):
            totals[indicator.code] = _divide(indicator.source, totals)
            continue
        found = [
            value
            for shown in figures
            if (value := shown[indicator.code]) is not None and not isinstance(value, str | float)
        ]
        totals[indicator.code] = plain(sum(found)) if found else None
    return totals


def _write_line(matrix: Matrix, indicator: Indicator, columns: Sequence[StatisticsColumn]) -> None:
    page, row = matrix.page, matrix.rows[indicator.code]
    look = figure_look(matrix.form, indicator)
    page.height(row, _LINE_HEIGHT)
    page.put(row, 1, indicator.code)
    page.put(row, 2, indicator.label, WRAPPED | {"indent": indicator.indent})
    page.put(row, 3, indicator.unit)
    last = FIRST_UNIT_COLUMN + len(columns) - 1
    total = f"SUM({cell_name(row, FIRST_UNIT_COLUMN)}:{cell_name(row, last)})"
    _write_cell(matrix, indicator, TOTAL_COLUMN, total, matrix.totals[indicator.code], look | BOLD)
    pairs = zip(matrix.figures, columns, strict=True)
    for number, (shown, column) in enumerate(pairs, start=FIRST_UNIT_COLUMN):
        filled = look | ({} if column.state.is_current else CARRIED)
        _write_cell(matrix, indicator, number, "", shown[indicator.code], filled)


def _write_cell(
    matrix: Matrix, indicator: Indicator, column: int, formula: str, value: Shown, look: Look
) -> None:
    row = matrix.rows[indicator.code]
    if value is None:
        matrix.page.put(row, column, "", look)
    elif isinstance(indicator.source, Ratio):
        divided = indicator.source.excel(
            lambda _sheet, _column: "", {}, lambda code: cell_name(matrix.rows[code], column)
        )
        matrix.page.formula(row, column, divided, value, look)
    elif formula:
        matrix.page.formula(row, column, formula, value, look)
    elif not isinstance(value, str | float):
        matrix.page.put(row, column, value, look)


def figure_look(form: Form, indicator: Indicator) -> Look:
    """How an indicator's figures are written: a percentage, a quotient, an amount, a count."""
    if indicator.percent:
        return PERCENT
    if indicator.is_ratio:
        return DECIMAL
    return MONEY if indicator.unit == _YUAN else BY_PLACES[decimals_of(form, indicator)]
