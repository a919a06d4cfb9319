"""What a number format makes of a value: the figure that people see in the cell.

This package owns the reading of format codes (ECMA-376 part 1, 18.8.31, and what Chinese
office programs write) and the question whether a cell shows what it holds. It refuses to
know cells, sheets and files.
"""

from sheetflow.number_formats.showing import may_mislead, shown_otherwise

__all__ = ["may_mislead", "shown_otherwise"]
