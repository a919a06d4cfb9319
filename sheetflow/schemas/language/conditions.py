"""Conditions as text: 必填, 不计入, 已办完, 上级不看, 报告引用, and what indicators ask of rows.

This module owns what of the language a `Condition` can say, which Excel must be able to say, too. A
declared condition comes back equal from its text.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from sheetflow.errors import DeclarationError
from sheetflow.schemas.conditions import (
    Any,
    AtLeast,
    Compared,
    Condition,
    Every,
    Filled,
    Is,
    Not,
    Other,
    Through,
)
from sheetflow.schemas.expressions import (
    Cell,
    Expression,
    Joined,
    Literal,
    Minus,
    Operation,
    Options,
)
from sheetflow.schemas.expressions import Not as Negated
from sheetflow.schemas.language.kinds import Sort, mixed_up, place_of, sort_of
from sheetflow.schemas.language.misreadings import Fault, Faults
from sheetflow.schemas.language.names import Seen, labelled, resolve
from sheetflow.schemas.language.parser import parse
from sheetflow.schemas.language.places import Place, misplaced
from sheetflow.schemas.language.printer import show
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.sheets import Lookup

_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}
_LONGEST_FORMULA = 8_000
"""Excel takes 8,192 characters."""
_OPPOSITE = {"=": "<>", "<>": "="}
_PLAIN = "条件里只能拿一栏和文字、数或另一栏比，不能计算：请在表里加一栏，或写成《审核》里的规则。"


def read_condition(
    text: str, vocabulary: Vocabulary, sheet: str, *, through: bool = False
) -> Condition | Faults:
    """Read a condition on a row of the sheet of that key.

    `through`: it may ask what a reference of the row points to, as 不计入 and indicators may.
    """
    expression = parse(text)
    if isinstance(expression, Faults):
        return expression
    if wrong := misplaced(expression, Place.CONDITION):
        return Faults(wrong)
    seen = Seen(sheet)
    resolved = resolve(expression, vocabulary, seen)
    if isinstance(resolved, Faults):
        return resolved
    far = () if through else _far(expression)
    wrong_kinds = mixed_up(resolved, vocabulary, seen)
    made = Faults([*far, *wrong_kinds]) or made_condition(resolved, vocabulary, seen)
    if isinstance(made, Faults):
        return made
    return too_long(made.excel(lambda _: "$AAA20003")) or made


def too_long(formula: str) -> Faults:
    """Refuse what would be longer in Excel than it takes."""
    if len(formula) <= _LONGEST_FORMULA:
        return Faults()
    return Faults(
        [Fault(1, "写成 Excel 公式太长，Excel 放不下：请减少选项或条件，或分成几条来写。")]
    )


def made_condition(
    expression: Expression, vocabulary: Vocabulary, seen: Seen
) -> Condition | Faults:
    """Make a condition of an expression with keys, or say what of it no condition can say."""
    maker = _Maker(vocabulary, seen)
    made = maker.condition(expression)
    return Faults(maker.faults) if maker.faults else made


def condition_text(condition: Condition, vocabulary: Vocabulary, sheet: str) -> str:
    """Write a condition on a row of that sheet; raise DeclarationError for what cannot be said."""
    return show(labelled(said(condition), vocabulary, Seen(sheet)))


def lookups_of(
    condition: Condition | None, vocabulary: Vocabulary, sheet: str
) -> tuple[Lookup, ...]:
    """Give the lookups, hidden ones, that must stand beside a sheet where a condition on its rows is asked.

    One that the sheet shows already (`Lookup.name` is the same) serves as well.
    """
    columns = vocabulary.sheets[sheet].by_key
    asked = [name.partition(".") for name in (condition.columns() if condition else ())]
    found = [Lookup(by, columns[by].refers_to, of, shown=False) for by, dot, of in asked if dot]
    return tuple(dict.fromkeys(found))


def _far(expression: Expression) -> list[Fault]:
    """Refuse what only a column beside the sheet could tell."""
    return [
        Fault(
            part.at,
            f"这里只看本行自己的栏目，不能写 {show(part)}：请在本表加一栏，或写成《审核》里的规则。",
        )
        for part in expression.each()
        if isinstance(part, Cell) and part.of
    ]


@dataclass
class _Maker:
    vocabulary: Vocabulary
    seen: Seen
    faults: list[Fault] = field(default_factory=list)

    def condition(self, expression: Expression) -> Condition:
        match expression:
            case Joined(word, joined):
                parts = tuple(map(self.condition, joined))
                return Every(parts) if word == "且" else Any(parts)
            case Negated(part):
                return Not(self.condition(part))
            case Operation(sign, Cell() as cell, other):
                return self._asked(cell, sign, other, expression)
            case Operation(sign, other, Cell() as cell) if sign in _TURNED:
                return self._asked(cell, _TURNED[sign], other, expression)
        return self._refused(expression, _PLAIN)

    def _refused(self, expression: Expression, message: str) -> Condition:
        self.faults.append(Fault(place_of(expression), message))
        return Every(())

    def _asked(self, cell: Cell, sign: str, other: Expression, whole: Expression) -> Condition:
        column = cell.of or cell.column
        words = _words(other)
        if words == ("",):
            test: Condition = Filled(column) if sign == "<>" else Not(Filled(column))
        elif words:
            test = Is(column, words) if sign == "=" else Not(Is(column, words))
        elif isinstance(other, Cell):
            return self._beside(cell, sign, other, whole)
        elif (number := _number(other)) is not None:
            test = _related(column, sign, number)
        else:
            return self._refused(whole, _PLAIN)
        return Through(cell.column, test) if cell.of else test

    def _beside(self, cell: Cell, sign: str, other: Cell, whole: Expression) -> Condition:
        """Compare two columns: numbers, or dates."""
        columns = [self.seen.column(each, self.vocabulary) for each in (cell, other)]
        if not all(each and sort_of(each.type) in {Sort.NUMBER, Sort.DATE} for each in columns):
            return self._refused(whole, "条件里文字栏只能和带引号的文字比，不能和另一栏比。")
        if cell.of and cell.column == other.column and other.of:
            return Through(cell.column, _related(cell.of, sign, other.of))
        return _related(_name(cell), sign, _name(other))


def _words(other: Expression) -> tuple[str, ...]:
    match other:
        case Options(words):
            return words
        case Literal(str(word)):
            return (word,)
    return ()


def _number(other: Expression) -> int | Decimal | None:
    match other:
        case Minus(part):
            number = _number(part)
            return None if number is None else -number
        case Literal(int() | Decimal() as value) if not isinstance(value, bool):
            return value
    return None


def _related(column: str, sign: str, other: Other) -> Condition:
    if sign == ">=":
        return AtLeast(column, other)
    return Not(Compared(column, "=", other)) if sign == "<>" else Compared(column, sign, other)


def _name(cell: Cell) -> str:
    return f"{cell.column}.{cell.of}" if cell.of else cell.column


def said(condition: Condition, by: str = "") -> Expression:
    """Give a condition as an expression with keys; `by` is the reference through which it is asked."""
    match condition:
        case Every(parts) if parts:
            return Joined("且", tuple(said(part, by) for part in parts))
        case Any(parts) if parts:
            return Joined("或", tuple(said(part, by) for part in parts))
        case Not(Is() | Filled() | Compared(sign="=") as part):
            asked = _said_of_cell(part, by)
            return replace(asked, sign=_OPPOSITE[asked.sign])
        case Is() | Filled() | AtLeast() | Compared():
            return _said_of_cell(condition, by)
        case Not(part):
            return Negated(said(part, by))
        case Through(reference, part) if not by:
            return said(part, reference)
    raise DeclarationError(f"条件{condition!r}写不成式子。")


def _said_of_cell(condition: Is | Filled | AtLeast | Compared, by: str) -> Operation:
    match condition:
        case Is(column, options) if options:
            words = Literal(options[0]) if len(options) == 1 else Options(options)
            return Operation("=", _cell(column, by), words)
        case Filled(column):
            return Operation("<>", _cell(column, by), Literal(""))
        case AtLeast(column, other) | Compared(column, _, other):
            return Operation(condition.sign, _cell(column, by), _written(other, by))
    raise DeclarationError(f"条件{condition!r}写不成式子。")


def _cell(column: str, by: str) -> Cell:
    reference, dot, of = column.partition(".")
    if by:
        return Cell(by, column)
    return Cell(reference, of) if dot else Cell(column)


def _written(other: Other, by: str) -> Expression:
    if isinstance(other, str):
        return _cell(other, by)
    return Minus(Literal(-other)) if other < 0 else Literal(other)
