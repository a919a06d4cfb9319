"""节点检查: every total, reached in more than one way.

This module owns the comparison of what the matrix adds up, what the program consolidated,
and what the detail rows here give when they are counted again. All comparisons are live
formulas. It refuses to smooth over a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sheetflow.consolidation.tables import Consolidated
from sheetflow.findings import Severity
from sheetflow.schemas.indicators import Indicator, Number, Ratio, Reporting, Values
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.schemas.sheets import Kind
from sheetflow.workbook import cell_name
from sheetflow.writing.consolidated_details import Details, footer
from sheetflow.writing.consolidated_matrix import Matrix, Shown, figure_look
from sheetflow.writing.consolidated_pages import CENTRED, Page
from sheetflow.writing.styles import SEVERITY_FILL, Book

_HEADERS = ("代码", "指标", "口径", "各单位相加", "程序汇总", "明细重算", "差额", "结论", "说明")
_WIDTHS = (7, 30, 8, 16, 16, 16, 12, 9, 40)
_ADDED, _PROGRAM, _COUNTED, _DIFFERENCE, _VERDICT = 4, 5, 6, 7, 8
NOTHING = "无数据"
RIGHT_WORD, WRONG_WORD = "正确", "不符"
_PLACES = 4
"""Decimals to which figures must agree: below any fen, above any dust of floating point."""


@dataclass(frozen=True)
class _Line:
    """One comparison: an indicator in 本期 or in 累计."""

    indicator: Indicator
    basis: str
    matrix: Matrix
    program: Shown
    counted: Number
    formula: str
    remark: str

    @property
    def added(self) -> Shown:
        """What the matrix shows."""
        return self.matrix.totals[self.indicator.code]

    @property
    def difference(self) -> float:
        """The largest figure less the smallest."""
        shown = (self.added, self.program, self.counted)
        figures = [float(value) for value in shown if isinstance(value, int | float | Decimal)]
        return max(figures) - min(figures) if figures else 0.0

    @property
    def verdict(self) -> str:
        """Whether all ways agree, as the formula finds."""
        texts = {isinstance(value, str | None) for value in (self.added, self.program)}
        same = len(texts) == 1 and (
            texts == {False} or (self.added or NOTHING) == (self.program or NOTHING)
        )
        return RIGHT_WORD if same and round(self.difference, _PLACES) == 0 else WRONG_WORD


def add_checks(book: Book, consolidated: Consolidated) -> Page:
    """Add the sheet, to be written once the details stand."""
    return Page.add(book, "节点检查", _WIDTHS, footer(consolidated))


def write_checks(
    page: Page,
    consolidated: Consolidated,
    matrices: tuple[Matrix, Matrix],
    details: Details,
) -> None:
    """Write 节点检查 over the matrices 本期 and 累计."""
    lines = _lines(consolidated, matrices, details)
    last_row = FIRST_ROW + len(lines) - 1
    verdicts = f"{cell_name(FIRST_ROW, _VERDICT)}:{cell_name(max(last_row, FIRST_ROW), _VERDICT)}"
    wrong = sum(line.verdict == WRONG_WORD for line in lines)
    page.open(
        f"节点检查（{consolidated.unit.name} {consolidated.period.label}）",
        f"共检查{len(lines)}项，不符{wrong}项。",
        _HEADERS,
        formula=f'"共检查"&COUNTA({verdicts})&"项，不符"&COUNTIF({verdicts},"{WRONG_WORD}")&"项。"',
    )
    for row, line in enumerate(lines, start=FIRST_ROW):
        _write_line(page, row, line)
    page.close(last_row, 2)
    rule = {
        "type": "cell",
        "criteria": "==",
        "value": f'"{WRONG_WORD}"',
        "format": page.book.look({"bg_color": SEVERITY_FILL[Severity.MUST], "bold": True}),
    }
    page.sheet.conditional_format(verdicts, rule)


def _lines(
    consolidated: Consolidated, matrices: tuple[Matrix, Matrix], details: Details
) -> list[_Line]:
    statistics = consolidated.statistics
    found = []
    for indicator in statistics.indicators:
        kind = statistics.kinds[indicator.code]
        for basis, matrix in zip(("本期", "累计"), matrices, strict=True):
            if indicator.code not in matrix.rows:
                continue
            listed = indicator.code in details.measured
            # A flow's rows are those of the period; a book's rows are all since January.
            here = listed and (basis == "本期") == (kind is Kind.FLOW)
            found.append(
                _Line(
                    indicator,
                    "期末" if kind is Kind.STOCK else basis,
                    matrix,
                    _program(indicator, statistics.total.get(indicator.code), basis, matrix),
                    details.measured[indicator.code] if here else None,
                    details.formula(indicator, consolidated.form) if here else "",
                    _remark(indicator, kind, here=here, listed=listed),
                )
            )
    return found


def _remark(indicator: Indicator, kind: Kind, *, here: bool, listed: bool) -> str:
    """Say how the figure was counted again, or why it was not."""
    if here:
        return "按本工作簿明细表逐行重算"
    if indicator.is_ratio:
        return "由分子、分母算出"
    if not indicator.source.draws_on or isinstance(indicator.source, Reporting):
        return "按单位计数"
    if not listed:
        return "明细在下级单位，或含本级不可见的栏目"
    return "上期累计＋本期" if kind is Kind.FLOW else "累计－上期累计"


def _program(indicator: Indicator, total: Values | None, basis: str, matrix: Matrix) -> Shown:
    value = None if total is None else total.current if basis == "本期" else total.total
    if value is None and isinstance(indicator.source, Ratio):
        # The consolidation has no word for a denominator of 0, the matrix has.
        shown = matrix.totals[indicator.code]
        return shown if isinstance(shown, str) else None
    return value


def _write_line(page: Page, row: int, line: _Line) -> None:
    look = figure_look(line.indicator)
    page.text(row, 1, line.indicator.code)
    page.text(row, 2, line.indicator.label.strip("　"))
    page.text(row, 3, line.basis, CENTRED)
    cell = line.matrix.total_cell(line.indicator.code)
    shown = f'IF({cell}="","{NOTHING}",{cell})'
    page.formula(row, _ADDED, shown, NOTHING if line.added is None else line.added, look)
    if line.program is None or isinstance(line.program, str):
        page.text(row, _PROGRAM, line.program or NOTHING, look)
    else:
        page.number(row, _PROGRAM, line.program, look)
    if line.formula:
        page.formula(row, _COUNTED, line.formula, line.counted or 0, look)
    else:
        page.text(row, _COUNTED, "", look)
    added, program = cell_name(row, _ADDED), cell_name(row, _PROGRAM)
    counted, difference = cell_name(row, _COUNTED), cell_name(row, _DIFFERENCE)
    spread = f"IF(COUNT({added}:{counted})=0,0,MAX({added}:{counted})-MIN({added}:{counted}))"
    page.formula(row, _DIFFERENCE, spread, line.difference, look)
    both = f"COUNT({added}:{program})"
    same = f"OR({both}=2,AND({both}=0,{added}={program}))"
    verdict = f'IF(AND({same},ROUND({difference},{_PLACES})=0),"{RIGHT_WORD}","{WRONG_WORD}")'
    page.formula(row, _VERDICT, verdict, line.verdict, CENTRED)
    page.text(row, 9, line.remark)
