"""Indicators' formulas as text: 计数, 合计, S29/S19, 达到, 已报单位, 应报单位.

This module owns which expressions are a `Source`. A declared source comes back equal from its text.
"""

from __future__ import annotations

from sheetflow.errors import DeclarationError
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.expressions import (
    Call,
    Cell,
    Expression,
    Joined,
    Literal,
    Name,
    Not,
    Operation,
)
from sheetflow.schemas.indicators import Count, Expected, Ratio, Reaches, Reporting, Source, Sum
from sheetflow.schemas.language.arguments import added
from sheetflow.schemas.language.conditions import made_condition, said, too_long
from sheetflow.schemas.language.kinds import mixed_up, place_of
from sheetflow.schemas.language.misreadings import Fault, Faults
from sheetflow.schemas.language.names import Seen, labelled, resolve
from sheetflow.schemas.language.parser import parse
from sheetflow.schemas.language.places import Place, misplaced
from sheetflow.schemas.language.printer import show
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.layout import quoted

_LONGEST_RANGE = "$AA$4:$AA$20003"
_FORMS = "指标的公式要写成 计数(表, 条件)、合计(表, [栏目], 条件)、S29/S19、达到(S54, 1)、已报单位() 或 应报单位()。"


def read_source(text: str, vocabulary: Vocabulary) -> Source | Faults:
    """Read an indicator's formula; `vocabulary` has the indicators of the rows above."""
    expression = parse(text)
    if isinstance(expression, Faults):
        return expression
    if wrong := misplaced(expression, Place.INDICATOR):
        return Faults(wrong)
    if isinstance(expression, Joined | Not) or _compares(expression):
        return Faults([Fault(place_of(expression), f"这是条件，不是公式。{_FORMS}")])
    resolved = resolve(expression, vocabulary, Seen(), above=True)
    if isinstance(resolved, Faults):
        return resolved
    made = mixed_up(resolved, vocabulary, Seen(), None) or _made(resolved, vocabulary)
    if isinstance(made, Count | Sum):
        title = quoted(vocabulary.sheets[made.sheet].title)
        longest = f"{title}!{_LONGEST_RANGE}"
        return too_long(made.excel(lambda *_: longest, vocabulary.sheets, str)) or made
    return made


def source_text(source: Source, vocabulary: Vocabulary) -> str:
    """Write an indicator's formula; raise DeclarationError for what cannot be said."""
    return show(labelled(_said(source), vocabulary, Seen()))


def _compares(expression: Expression) -> bool:
    return isinstance(expression, Operation) and expression.sign not in "+-*/"


def _made(  # noqa: PLR0911 - one for each kind
    expression: Expression, vocabulary: Vocabulary
) -> Source | Faults:
    match expression:
        case Call("计数", (Name(sheet), *asked)):
            where = _condition(asked, vocabulary, sheet)
            return where if isinstance(where, Faults) else Count(sheet, where)
        case Call("合计", (Name(sheet), summed, *asked)):
            where = _condition(asked, vocabulary, sheet)
            columns = tuple(part.column for part in added(summed) if isinstance(part, Cell))
            return where if isinstance(where, Faults) else Sum(sheet, columns, where)
        case Operation("/", Name(above), Name(below)):
            return Ratio(above, below)
        case Call("达到", (Name(code), Literal(least))) if not isinstance(least, str | bool):
            return Reaches(code, least)
        case Call("已报单位"):
            return Reporting(vocabulary.nil, vocabulary.cover)
        case Call("应报单位"):
            return Expected()
        case Operation():
            told = (
                f"指标之间只能相除，如 S29/S19。要把几栏加起来，请写 合计(表, [甲]+[乙])。{_FORMS}"
            )
            return Faults([Fault(place_of(expression), told)])
    return Faults([Fault(place_of(expression), _FORMS)])


def _condition(
    asked: list[Expression], vocabulary: Vocabulary, sheet: str
) -> Condition | Faults | None:
    return made_condition(asked[0], vocabulary, Seen(sheet)) if asked else None


def _said(source: Source) -> Expression:
    match source:
        case Count(sheet, where):
            return Call("计数", (Name(sheet), *_asked(where)))
        case Sum(sheet, columns, where):
            summed: Expression = Cell(columns[0])
            for column in columns[1:]:
                summed = Operation("+", summed, Cell(column))
            return Call("合计", (Name(sheet), summed, *_asked(where)))
        case Ratio(above, below):
            return Operation("/", Name(above), Name(below))
        case Reaches(code, least):
            return Call("达到", (Name(code), Literal(least)))
        case Reporting():
            return Call("已报单位")
        case Expected():
            return Call("应报单位")
    raise DeclarationError(f"公式{source!r}写不成式子。")


def _asked(where: Condition | None) -> tuple[Expression, ...]:
    return (said(where),) if where else ()
