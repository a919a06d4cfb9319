"""Expressions of rules made into functions over columns: once a form, asked once a book.

A `Term` gives one value for each row of a frame. Names are keys by now; what the language refuses is not
looked for again. Counts of other rows are made in `declared_counts`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

from sheetflow.errors import DeclarationError
from sheetflow.periods import Period
from sheetflow.schemas.conditions import (
    Any,
    AtLeast,
    Compared,
    Condition,
    Every,
    Filled,
    Is,
    Not,
    Through,
)
from sheetflow.schemas.conditions import Row as PastRow
from sheetflow.schemas.expressions import (
    Call,
    Cell,
    Expression,
    Joined,
    Literal,
    Minus,
    Name,
    Operation,
    Options,
    OwnCell,
    Scope,
)
from sheetflow.schemas.expressions import Not as Negated
from sheetflow.schemas.parsing import Value
from sheetflow.validators.declared_rows import Frame, Records
from sheetflow.validators.three_values import (
    Known,
    Truth,
    both,
    compared,
    either,
    negated,
    reckoned,
    same,
)

Term = Callable[[Frame], Sequence[Known]]
"""What an expression comes to in each row of a frame."""
Test = Callable[[Frame], Sequence[Truth]]
"""Whether it is true of each."""

AND, OR = "且", "或"
COUNT, SUM, HOLDS, LENGTH = "计数", "合计", "含", "字数"
NEW, LAST, FIRST_DAY, LAST_DAY = "新增", "上期", "期初", "期末"
UNIQUE, ANSWERED = "不重复", "有对应行"
_OF_OTHER_ROWS = frozenset({COUNT, SUM, ANSWERED})


def term(expression: Expression) -> Term:  # noqa: PLR0911 - one for each kind
    """Make the function of an expression."""
    match expression:
        case Literal(value):
            return lambda frame: frame.constant(cast("Known", value))
        case Options(words):
            return lambda frame: frame.constant(cast("Known", words))
        case Cell():
            return lambda frame: _look(frame, expression, blank=False)
        case Name(code):
            return lambda frame: frame.constant(frame.scene.figure(code))
        case Minus(part):
            return _reckoning("-", Literal(0), part)
        case Operation(sign, left, right) if sign in "+-*/":
            return _reckoning(sign, left, right)
        case Call():
            return _called(expression)
        case Negated() | Joined() | Operation():
            return test(expression)
    raise DeclarationError(f"规则里不能用{expression!r}。")


def test(expression: Expression) -> Test:
    """Make the function of an expression that is true or false."""
    match expression:
        case Negated(part):
            inner = test(part)
            return lambda frame: negated(inner(frame))
        case Joined(word, parts):
            tests = [test(part) for part in parts]
            join = both if word == AND else either
            return lambda frame: join([one(frame) for one in tests])
        case Operation("<>", left, right):
            return test(Negated(Operation("=", left, right)))
        case Operation("=", left, right):
            return _equal(left, right)
        case Operation(sign, left, right):
            first, second = term(left), term(right)
            return lambda frame: compared(sign, first(frame), second(frame))
    truth = term(expression)
    return lambda frame: [v if isinstance(v, bool) else None for v in truth(frame)]


def _reckoning(sign: str, left: Expression, right: Expression) -> Term:
    first, second = term(left), term(right)
    return lambda frame: [
        reckoned(sign, a, b) for a, b in zip(first(frame), second(frame), strict=True)
    ]


def _equal(left: Expression, right: Expression) -> Test:
    """Compare, with words where words are given: they are one of an option, and ``""`` is blank."""
    if isinstance(left, Literal | Options) and not isinstance(right, Literal | Options):
        left, right = right, left
    words: tuple[str, ...] = ()
    if isinstance(right, Options):
        words = right.words
    elif isinstance(right, Literal) and isinstance(right.value, str):
        words = (right.value,)
    if not words:
        first, second = term(left), term(right)
        return lambda frame: [same(a, b) for a, b in zip(first(frame), second(frame), strict=True)]
    asked = []
    if "" in words and isinstance(left, Cell):
        asked.append(blank(left))
    if filled := frozenset(words) - {""}:
        value = term(left)
        asked.append(lambda frame: _among(value(frame), filled))
    return asked[0] if len(asked) == 1 else lambda frame: either([one(frame) for one in asked])


def blank(cell: Cell) -> Test:
    """Make the function that tells whether a cell is blank."""
    return lambda frame: cast("Sequence[Truth]", _look(frame, cell, blank=True))


def _among(column: Sequence[Known], words: frozenset[str]) -> list[Truth]:
    """Tell of each value whether it is one of some words, of several options whether they are these."""
    return [
        None if v is None else v in words if v.__class__ is not tuple else set(v) == words
        for v in column
    ]


def _look(frame: Frame, cell: Cell, *, blank: bool) -> Sequence[Known]:
    """Give the cells that are meant, or with `blank` whether each is blank."""
    if cell.card:
        return frame.constant(frame.scene.card(cell.card, cell.column, blank=blank))
    if cell.scope is Scope.LOOKED_AT and frame.outer:
        (looked_at,) = _look(frame.outer, replace(cell, scope=Scope.ROW), blank=blank)
        return frame.constant(looked_at)
    records = frame.records
    if records is None:
        return frame.constant(None)
    if cell.scope is Scope.BEFORE:
        past = [_past(row, cell.column, blank=blank) for row in records.past]
        return frame.cut(
            past if blank else records.numbers(cell.column, cast("Sequence[Value]", past))
        )
    if not cell.of:
        return frame.cut(_column(records, cell.column, blank=blank))
    target, places = records.pointed_to(cell.column)
    column = _column(target, cell.of, blank=blank)
    return [None if place is None else column[place] for place in frame.cut(places)]


def _column(records: Records, column: str, *, blank: bool) -> Sequence[Known]:
    return records.blanks(column) if blank else records.values(column)


def _past(row: PastRow | None, column: str, *, blank: bool) -> Known:
    """Give what stood in the last period; unknown where its version had no such column."""
    if row is None or column not in row:
        return None
    return row[column] is None if blank else row[column]


def _called(call: Call) -> Term:
    match call:
        case Call("含", (held, wanted)):
            return _holding(held, wanted)
        case Call("字数", (part,)):
            words = term(part)
            return lambda frame: [len(v) if isinstance(v, str) else None for v in words(frame)]
        case Call("新增"):
            return lambda frame: frame.cut(frame.records.are_new) if frame.records else ()
        case Call("上期", (Name(code),)):
            return lambda frame: frame.constant(frame.scene.last_figure(code))
        case Call("期初" | "期末" as name, counted):
            return _day(name, counted)
        case Call("计数" | "合计"):
            # Counting asks terms of other rows, and terms may count.
            from sheetflow.validators.declared_counts import counting

            return counting(call)
    raise DeclarationError(f"规则里不能用函数“{call.function}”。")


def _holding(held: Expression, wanted: Expression) -> Term:
    options, option = term(held), term(wanted)

    def holds(listed: Known, one: Known) -> Truth:
        if not isinstance(listed, tuple) or one is None:
            return None
        return set(one) <= set(listed) if isinstance(one, tuple) else one in listed

    return lambda frame: [holds(a, b) for a, b in zip(options(frame), option(frame), strict=True)]


def _day(name: str, counted: Sequence[Expression]) -> Term:
    """Give the first or last day of a period so many back; unknown before the year begins."""
    back = term(counted[0]) if counted else lambda frame: frame.constant(0)

    def day(frame: Frame, number: Known) -> Known:
        period: Period | None = frame.scene.book.period
        for _ in range(number if isinstance(number, int) else 0):
            period = period.previous if period else None
        if period is None or not isinstance(number, int):
            return None
        return period.first_day if name == FIRST_DAY else period.last_day

    return lambda frame: [day(frame, number) for number in back(frame)]


def conjuncts(expression: Expression | None) -> list[Expression]:
    """Take apart what is joined by 且."""
    match expression:
        case None:
            return []
        case Joined("且", parts):
            return [one for part in parts for one in conjuncts(part)]
    return [expression]


def speaks_of_looked_at(expression: Expression) -> bool:
    """Whether it asks the row that the rule looks at."""
    return any(isinstance(one, Cell) and one.scope is Scope.LOOKED_AT for one in expression.each())


def pointed(expression: Expression, point: Expression, *, within: bool = False) -> Expression:
    """Put the cell that a rule points to in the place of 本栏; where other rows are counted, as 本行."""
    match expression:
        case OwnCell():
            is_own = within and isinstance(point, Cell) and not point.card
            return replace(cast("Cell", point), scope=Scope.LOOKED_AT) if is_own else point
        case Call(name, parts):
            inside = within or name in _OF_OTHER_ROWS
            return replace(
                expression,
                arguments=tuple(pointed(part, point, within=inside) for part in parts),
            )
        case Joined(_, parts):
            return replace(
                expression, joined=tuple(pointed(part, point, within=within) for part in parts)
            )
        case Operation(_, left, right):
            return replace(
                expression,
                left=pointed(left, point, within=within),
                right=pointed(right, point, within=within),
            )
        case Negated(part) | Minus(part):
            return replace(expression, part=pointed(part, point, within=within))
    return expression


def held_in(  # noqa: PLR0911 - one for each kind
    condition: Condition, records: Records
) -> Sequence[Truth]:
    """Tell of each row whether it meets a declared condition, unknown where its cells are."""
    match condition:
        case Is(column, options):
            return _among(records.values(column), frozenset(options))
        case Filled(column):
            return negated(records.blanks(column))
        case AtLeast(column, other) | Compared(column, _, other):
            beside = (
                records.values(other) if isinstance(other, str) else [other] * len(records.rows)
            )
            if condition.sign == "=":
                return list(map(same, records.values(column), beside))
            return compared(condition.sign, records.values(column), beside)
        case Not(part):
            return negated(held_in(part, records))
        case Every(parts):
            return both([held_in(part, records) for part in parts])
        case Any(parts):
            return either([held_in(part, records) for part in parts])
        case Through(by, part):
            target, places = records.pointed_to(by)
            held = held_in(part, target)
            return [None if place is None else held[place] for place in places]
    raise DeclarationError(f"规则里不能用条件{condition!r}。")


def set_aside(records: Records) -> Sequence[Truth]:
    """Tell of each row whether it is set aside."""
    void = records.sheet.void
    if void is None:
        return records.whole.constant(value=False)
    return records.scene.once((records.sheet.key, "aside"), lambda: held_in(void, records))


def in_use(records: Records) -> Sequence[Truth]:
    """Tell of each row whether it counts; unknown where what marks it is blank or unreadable."""

    def find() -> Sequence[Truth]:
        marked = zip(*(records.blanks(marker.key) for marker in records.sheet.markers), strict=True)
        filled: list[Truth] = [any(blank is False for blank in row) or None for row in marked]
        return both([filled, negated(set_aside(records))])

    return records.scene.once((records.sheet.key, "in use"), find)
