"""What a format other than .xlsx tells of its cells besides their values."""

from __future__ import annotations

from dataclasses import dataclass, field

from sheetflow.errors import UnreadableError
from sheetflow.workbook import Address

MOST_FORMULAS = 1_000_000


@dataclass(slots=True)
class ToldCells:
    """The formulas and error values of one sheet.

    The text of a formula is not told, only ``=``; `unsaved` are those without a result.
    """

    formulas: dict[Address, str] = field(default_factory=dict)
    unsaved: set[Address] = field(default_factory=set)
    errors: dict[Address, str] = field(default_factory=dict)

    def add_formula(self, address: Address) -> None:
        """Note a formula; raise UnreadableError where there are more than any form has."""
        if len(self.formulas) >= MOST_FORMULAS:
            raise UnreadableError("file-too-large")
        self.formulas[address] = "="
