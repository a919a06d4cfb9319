"""Rules as text: 什么时候查 and 应当满足, each an expression that is true, false or unknown.

This module owns which steps a text goes through before a rule holds it; the rule itself is judged in
`validators`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetflow.schemas.cells import Fraction
from sheetflow.schemas.columns import Column
from sheetflow.schemas.expressions import Expression
from sheetflow.schemas.language.kinds import mixed_up
from sheetflow.schemas.language.misreadings import Faults
from sheetflow.schemas.language.names import Seen, labelled, resolve
from sheetflow.schemas.language.parser import parse
from sheetflow.schemas.language.places import Place, misplaced
from sheetflow.schemas.language.printer import show
from sheetflow.schemas.language.vocabulary import Vocabulary


def read_rule(
    text: str,
    vocabulary: Vocabulary,
    sheet: str = "",
    *,
    place: Place = Place.MUST,
    points: Sequence[str] = (),
) -> Expression | Faults:
    """Read what stands under 应当满足 (`place`: or 什么时候查) of a rule, with keys in place of names.

    `sheet` is the key of the one whose rows are looked at, empty for the workbook once; `points` are
    the cells that 本栏 stands for, as in a `DeclaredRule`: keys of columns, else ``sheet.column`` or an
    indicator's code.
    """
    expression = parse(text)
    if isinstance(expression, Faults):
        return expression
    if wrong := misplaced(expression, place):
        return Faults(wrong)
    seen = Seen(sheet, points=_columns(vocabulary, sheet, points))
    resolved = resolve(expression, vocabulary, seen)
    if isinstance(resolved, Faults):
        return resolved
    return mixed_up(resolved, vocabulary, seen) or resolved


def rule_text(expression: Expression, vocabulary: Vocabulary, sheet: str = "") -> str:
    """Write a rule's condition or requirement; raise DeclarationError for what has no name."""
    return show(labelled(expression, vocabulary, Seen(sheet)))


def _columns(vocabulary: Vocabulary, sheet: str, points: Sequence[str]) -> tuple[Column, ...]:
    """Give the columns that a rule points to, an indicator as one of numbers."""
    found = []
    for point in points:
        at, _, key = point.rpartition(".")
        owner = vocabulary.sheets.get(at or sheet)
        column = owner.by_key.get(key) if owner else None
        if column is None and point in vocabulary.indicators:
            column = Column(label=vocabulary.indicators[point].label.strip(), type=Fraction())
        if column:
            found.append(column)
    return tuple(found)
