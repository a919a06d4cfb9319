"""Cells that hold an expression: what the language makes of them, or its faults at that cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sheetflow.definition.desk import Desk
from sheetflow.definition.lines import Line
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.language.conditions import read_condition
from sheetflow.schemas.language.misreadings import Faults
from sheetflow.schemas.language.vocabulary import Vocabulary

T = TypeVar("T")
_LONGEST = 4000


def read(desk: Desk, line: Line, name: str, reader: Callable[[str], T | Faults]) -> T | None:
    """Read an expression in a cell; None where it is blank or faulty, which is told."""
    text = line.text(name, _LONGEST)
    if not text:
        return None
    made = reader(text)
    if not isinstance(made, Faults):
        return made
    if not desk.mentions_broken(text):
        for fault in made:
            line.fault(name, fault.message, fault.likely)
    else:
        desk.held_back = True
    return None


def condition(
    desk: Desk,
    line: Line,
    name: str,
    vocabulary: Vocabulary,
    sheet: str,
    *,
    through: bool = False,
) -> Condition | None:
    """Read a condition on the rows of the sheet of that key, `through`: or on rows they point to."""

    def reader(text: str) -> Condition | Faults:
        return read_condition(text, vocabulary, sheet, through=through)

    return read(desk, line, name, reader)
