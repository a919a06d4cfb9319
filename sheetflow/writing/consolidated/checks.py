"""节点检查: every total reached in more than one way.

This module owns the comparison of what the matrix adds up, what the program consolidated, what
the detail rows here give when they are counted again, and what a unit states as its own total.
All comparisons are live formulas. It refuses to smooth over a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sheetflow.consolidation.contents import Consolidated
from sheetflow.findings import Severity
from sheetflow.schemas.indicators import Indicator, Number, Ratio, Reporting, Values, plain
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.schemas.sheets import Kind
from sheetflow.workbook import cell_name
from sheetflow.writing.consolidated.detail_sheets import Details, footer
from sheetflow.writing.consolidated.matrix import FIRST_UNIT_COLUMN, Matrix, Shown, figure_look
from sheetflow.writing.looks import CENTRED, SEVERITY_FILL, Look
from sheetflow.writing.page import TablePage
from sheetflow.writing.xlsx_book import Book

_COLUMNS = {
    "代码": 7,
    "指标": 30,
    "口径": 8,
    "各单位相加": 16,
    "程序汇总": 16,
    "明细或上期重算": 16,
    "差额": 12,
    "结论": 9,
    "说明": 40,
}
_ADDED, _PROGRAM, _COUNTED, _DIFFERENCE, _VERDICT = 4, 5, 6, 7, 8
_BASES = ("本期", "累计")
NOTHING = "无数据"
_FORMER = "含按原口径的数，不按明细表重算"
RIGHT_WORD, WRONG_WORD = "正确", "不符"
_PLACES = 4
"""Decimals to which figures must agree: below any fen, above any dust of floating point."""


@dataclass(frozen=True)
class _Line:
    """One comparison: an indicator in 本期 or in 累计.

    `cell` is the matrix's and `added` what it shows. `counted` is what `formula` gives or,
    without one, a figure that somebody stated.
    """

    indicator: Indicator
    basis: str
    cell: str
    added: Shown
    program: Shown
    counted: Number
    formula: str
    remark: str

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


def add_checks(book: Book, consolidated: Consolidated) -> TablePage:
    """Add the sheet, to be written once the details stand."""
    return TablePage(book, "节点检查", list(_COLUMNS.values()), footer(consolidated))


def write_checks(
    page: TablePage,
    matrices: tuple[Matrix, Matrix],
    consolidated: Consolidated,
    details: Details,
) -> None:
    """Write 节点检查 over the matrices 本期 and 累计."""
    lines = [*_lines(consolidated, matrices, details), *_stated(consolidated, matrices[1])]
    last_row = FIRST_ROW + len(lines) - 1
    verdicts = f"{cell_name(FIRST_ROW, _VERDICT)}:{cell_name(max(last_row, FIRST_ROW), _VERDICT)}"
    wrong = sum(line.verdict == WRONG_WORD for line in lines)
    page.open(
        f"节点检查（{consolidated.unit.name} {consolidated.period.label}）",
        f"共检查{len(lines)}项，不符{wrong}项。",
        list(_COLUMNS),
        formula=f'"共检查"&COUNTA({verdicts})&"项，不符"&COUNTIF({verdicts},"{WRONG_WORD}")&"项。"',
    )
    for row, line in enumerate(lines, start=FIRST_ROW):
        _write_line(page, row, line, figure_look(consolidated.form, line.indicator))
    page.close(last_row, 2)
    rule = {
        "type": "cell",
        "criteria": "==",
        "value": f'"{WRONG_WORD}"',
        "format": page.book.look({"bg_color": SEVERITY_FILL[Severity.MUST], "bold": True}),
    }
    page.worksheet.conditional_format(verdicts, rule)


def _lines(
    consolidated: Consolidated, matrices: tuple[Matrix, Matrix], details: Details
) -> list[_Line]:
    statistics = consolidated.statistics
    found = []
    for indicator in statistics.indicators:
        kind = statistics.kinds[indicator.code]
        for basis, matrix in zip(_BASES, matrices, strict=True):
            if indicator.code not in matrix.rows:
                continue
            found.append(
                _Line(
                    indicator,
                    "期末" if kind is Kind.STOCK else basis,
                    matrix.total_cell(indicator.code),
                    matrix.totals[indicator.code],
                    _program(indicator, statistics.total.get(indicator.code), basis, matrix),
                    *_again(consolidated, indicator, basis, matrices, details),
                )
            )
    return found


def _again(
    consolidated: Consolidated,
    indicator: Indicator,
    basis: str,
    matrices: tuple[Matrix, Matrix],
    details: Details,
) -> tuple[Number, str, str]:
    """Count from the rows here where they tell, else go on from the last period's 累计.

    Give the figure, its formula, and how it was reached or why it was not.
    """
    statistics = consolidated.statistics
    kind = statistics.kinds[indicator.code]
    # A flow's rows are those of the period; a book's rows are all since January.
    by_rows = (basis == _BASES[0]) == (kind is Kind.FLOW)
    former = statistics.former_current if basis == _BASES[0] else statistics.former
    if by_rows and indicator.code in former:
        return None, "", _FORMER
    if by_rows and indicator.code in details.measured:
        formula = details.formula(indicator, consolidated.form)
        return details.measured[indicator.code], formula, "按本工作簿明细表逐行重算"
    if by_rows or kind is Kind.STOCK:
        return None, "", _why_not(indicator)
    previous = statistics.total[indicator.code].previous or 0
    current, total = (_counted(matrix.totals[indicator.code]) for matrix in matrices)
    if kind is Kind.FLOW:
        formula = f"{previous:f}+N({matrices[0].total_cell(indicator.code)})"
        return plain(previous + current), formula, "上期累计＋本期"
    formula = f"N({matrices[1].total_cell(indicator.code)})-{previous:f}"
    return plain(total - previous), formula, "累计－上期累计"


def _counted(shown: Shown) -> int | Decimal:
    return shown if isinstance(shown, int | Decimal) else 0


def _stated(consolidated: Consolidated, total: Matrix) -> list[_Line]:
    """Compare what units state as their own totals with the matrix and with our figures."""
    columns = {column.unit.unit_id: column for column in consolidated.statistics.columns}
    order = [*columns]
    found = []
    for entry in consolidated.declared:
        unit_id, code = entry.unit.unit_id, entry.code
        kind = consolidated.statistics.kinds[code]
        if unit_id == consolidated.unit.unit_id:
            cell, added = total.total_cell(code), total.totals[code]
            program: Shown = consolidated.statistics.total[code].total
        elif unit_id in columns:
            place = order.index(unit_id)
            cell = total.page.reference(total.rows[code], FIRST_UNIT_COLUMN + place)
            added, program = total.figures[place][code], columns[unit_id].values[code].total
        else:
            continue
        found.append(
            _Line(
                consolidated.form.indicator[code],
                "期末" if kind is Kind.STOCK else "累计",
                cell,
                added,
                program,
                entry.figure,
                "",
                f"“明细或上期重算”栏为{entry.unit.name}自报的合计",
            )
        )
    return found


def _why_not(indicator: Indicator) -> str:
    """Say why a figure cannot be counted again from the rows here."""
    if indicator.is_ratio:
        return "由分子、分母算出"
    if not indicator.source.draws_on or isinstance(indicator.source, Reporting):
        return "按单位计数"
    return "明细在下级单位，或含本级不可见的栏目"


def _program(indicator: Indicator, total: Values | None, basis: str, matrix: Matrix) -> Shown:
    value = None if total is None else total.current if basis == _BASES[0] else total.total
    if value is None and isinstance(indicator.source, Ratio):
        # The consolidation has no word for a denominator of 0, the matrix has.
        shown = matrix.totals[indicator.code]
        return shown if isinstance(shown, str) else None
    return value


def _write_line(page: TablePage, row: int, line: _Line, look: Look) -> None:
    page.put(row, 1, line.indicator.code)
    page.put(row, 2, line.indicator.label.strip("　"))
    page.put(row, 3, line.basis, CENTRED)
    cell = line.cell
    shown = f'IF({cell}="","{NOTHING}",{cell})'
    page.formula(row, _ADDED, shown, NOTHING if line.added is None else line.added, look)
    page.put(row, _PROGRAM, NOTHING if line.program in {None, ""} else line.program, look)
    if line.formula:
        page.formula(row, _COUNTED, line.formula, line.counted or 0, look)
    else:
        page.put(row, _COUNTED, line.counted, look)
    added, program = cell_name(row, _ADDED), cell_name(row, _PROGRAM)
    counted, difference = cell_name(row, _COUNTED), cell_name(row, _DIFFERENCE)
    spread = f"IF(COUNT({added}:{counted})=0,0,MAX({added}:{counted})-MIN({added}:{counted}))"
    page.formula(row, _DIFFERENCE, spread, line.difference, look)
    both = f"COUNT({added}:{program})"
    same = f"OR({both}=2,AND({both}=0,{added}={program}))"
    verdict = f'IF(AND({same},ROUND({difference},{_PLACES})=0),"{RIGHT_WORD}","{WRONG_WORD}")'
    page.formula(row, _VERDICT, verdict, line.verdict, CENTRED)
    page.put(row, 9, line.remark)
