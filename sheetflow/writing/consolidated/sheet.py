"""A worksheet that writes the cells of our tables in a third of XlsxWriter's time.

XlsxWriter goes through each formula thirty times for functions that came after Excel 2007, and
through each text four times. Where a cell has nothing of the kind, it is written here at once,
byte for byte as XlsxWriter would; every other cell is XlsxWriter's.
"""

from __future__ import annotations

import re
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import Worksheet

_NEEDS_CARE = re.compile(r'[\x00-\x1f"&<>\ufffe\uffff]|_x[0-9a-fA-F]{4}_|^\s|\s\Z')
_CALLED = re.compile(r"([\w.]+)\(")
_OLD_FUNCTIONS = frozenset(
    {
        *("AND", "IF", "IFERROR", "ISNUMBER", "N", "NOT", "OR"),
        *("COUNT", "COUNTA", "COUNTIF", "COUNTIFS", "SUM", "SUMIF", "SUMIFS", "SUMPRODUCT"),
        *("ABS", "INT", "MAX", "MIN", "MOD", "ROUND"),
    }
)
"""Functions of Excel 2007 and before, which stand in a file under their own names."""


class OurWorksheet(Worksheet):  # type: ignore[misc]  # XlsxWriter tells no types
    """A worksheet of a workbook that keeps no finished rows in memory."""

    def _prepare_formula(self, formula: str, *options: Any, **more: Any) -> str:  # noqa: ANN401
        plain = formula.startswith("=") and not formula.endswith("}")
        if plain and _OLD_FUNCTIONS.issuperset(_CALLED.findall(formula)):
            return formula[1:]
        return str(super()._prepare_formula(formula, *options, **more))

    def _write_cell(self, row: int, col: int, cell: Any) -> None:  # noqa: ANN401 - XlsxWriter's own
        written = _written(cell) if self.constant_memory and cell.format else None
        if written is None:
            super()._write_cell(row, col, cell)
            return
        place, style = xl_rowcol_to_cell_fast(row, col), cell.format._get_xf_index()  # noqa: SLF001
        self.fh.write(f'<c r="{place}" s="{style}"{written}')


def _written(cell: Any) -> str | None:  # noqa: ANN401 - one of XlsxWriter's named tuples
    """Give what follows the style in the cell's tag; None for a cell that needs more care."""
    match type(cell).__name__:
        case "String" if not _NEEDS_CARE.search(cell.string):
            return f' t="inlineStr"><is><t>{cell.string}</t></is></c>'
        case "Number" | "Datetime":
            return f"><v>{cell.number:.16G}</v></c>"
        case "Blank":
            return "/>"
    return None
