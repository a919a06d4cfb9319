"""计数 and 合计 over the rows of a sheet: bounds where some are unknown, an index where rows are compared.

What is asked of the counted row alone is asked once a book. ``[栏]=本行[…]`` and ``含([栏], 本行[…])`` group
the rows by that column, so that each row looked at finds its own group; what compares otherwise is asked
within the group.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from sheetflow.schemas.cells import Fraction, Money, Whole
from sheetflow.schemas.expressions import (
    Call,
    Cell,
    Expression,
    Name,
    Operation,
    Scope,
)
from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.declared_rows import Frame, Records
from sheetflow.validators.declared_terms import (
    COUNT,
    HOLDS,
    Term,
    Test,
    blank,
    conjuncts,
    in_use,
    speaks_of_looked_at,
    term,
    test,
)
from sheetflow.validators.general_rules import must_be_filled
from sheetflow.validators.three_values import (
    ENDLESS,
    Known,
    Span,
    Truth,
    both,
    folded,
    span_of,
)

_ANYTHING = Span(-ENDLESS, ENDLESS)
_SOME = Span(0, ENDLESS)
_ONE = Span(1, 1)
_NONE = Span(0, 0)


@dataclass(frozen=True)
class Links:
    """How the counted rows are tied to the row looked at, and what is asked besides."""

    inner: tuple[Expression, ...]
    outer: tuple[Expression, ...]
    alone: tuple[Expression, ...]
    together: tuple[Expression, ...]


def counting(call: Call) -> Term:
    """Make the function of 计数 or 合计."""
    (name, *more) = call.arguments
    sheet = name.name if isinstance(name, Name) else ""
    amount = more.pop(0) if call.function != COUNT else None
    links = tied(more[0] if more else None)
    outer = [term(part) for part in links.outer]
    together = [test(part) for part in links.together]

    def find(frame: Frame) -> Sequence[Known]:
        records = frame.scene.records(sheet)
        if not records.is_known:
            return frame.constant(_SOME if amount is None else _ANYTHING)
        counted = frame.scene.once(call, lambda: _counted(records, links, amount))
        keys = _keys([[part] for part in one(frame)] for one in outer) if outer else None
        looked_at = keys or frame.constant([()])
        if not together:
            return [counted.bounds(key).exact for key in looked_at]
        return [
            counted.sifted(key, records, frame.at(index), together).exact
            for index, key in enumerate(looked_at)
        ]

    return find


def tied(condition: Expression | None) -> Links:
    """Take apart what is asked of the counted rows."""
    inner: list[Expression] = []
    outer: list[Expression] = []
    alone: list[Expression] = []
    together: list[Expression] = []
    for part in conjuncts(condition):
        if not speaks_of_looked_at(part):
            alone.append(part)
        elif tie := _tie(part):
            inner.append(tie[0])
            outer.append(tie[1])
        else:
            together.append(part)
    return Links(tuple(inner), tuple(outer), tuple(alone), tuple(together))


def _tie(part: Expression) -> tuple[Expression, Expression] | None:
    """Give what of the counted row must be what of the row looked at; None where it is no such thing."""
    match part:
        case Operation("=", left, right):
            sides = (left, right)
        case Call("含", (left, right)) if isinstance(left, Cell) and isinstance(right, Cell):
            if left.scope is Scope.LOOKED_AT:
                return None
            sides = (left, right)
        case _:
            return None
    for own, other in (sides, sides[::-1]):
        own_cells = {cell.scope for cell in own.each() if isinstance(cell, Cell)}
        if isinstance(other, Cell) and other.scope is Scope.LOOKED_AT and own_cells == {Scope.ROW}:
            marked = Call(HOLDS, (own,)) if isinstance(part, Call) else own
            return marked, replace(other, scope=Scope.ROW)
    return None


Key = tuple[Known, ...]
"""What ties a counted row to a row looked at."""


@dataclass(frozen=True)
class Counted:
    """What each row of a sheet adds, by what ties it to a row looked at.

    `strays` are rows of which that is unknown; `aside` is what lines add of which nobody knows yet
    whether they are rows.
    """

    shares: Sequence[Span]
    groups: dict[Key, list[int]]
    strays: Sequence[int]
    aside: Span

    @cached_property
    def _totals(self) -> dict[Key, Span]:
        return {
            key: _sum([self._stray, *(self.shares[place] for place in places)])
            for key, places in self.groups.items()
        }

    @cached_property
    def _stray(self) -> Span:
        return _sum([self.aside, *(_doubted(self.shares[place]) for place in self.strays)])

    @cached_property
    def _any(self) -> Span:
        return _sum([self.aside, *map(_doubted, self.shares)])

    def bounds(self, keys: Sequence[Key] | None) -> Span:
        """Give what a row looked at counts; one of which that is unknown may count any."""
        if keys is None:
            return self._any
        (key,) = keys
        return self._totals.get(key, self._stray)

    def sifted(
        self, keys: Sequence[Key] | None, records: Records, outer: Frame, tests: Sequence[Test]
    ) -> Span:
        """Give that where more is asked of each row together with the row looked at."""
        own = [] if keys is None else self.groups.get(keys[0], [])
        strays = range(len(self.shares)) if keys is None else self.strays
        low, high = self.aside.low, self.aside.high
        for places, is_tied in ((own, True), (strays, False)):
            frame = Frame(outer.scene, records, places, outer)
            held = both([one(frame) for one in tests]) if places else ()
            for place, truth in zip(places, held, strict=True):
                share = self.shares[place]
                if is_tied and truth:
                    low, high = low + share.low, high + share.high
                elif truth is not False:
                    low, high = low + min(0, share.low), high + max(0, share.high)
        return Span(low, high)


def _counted(records: Records, links: Links, amount: Expression | None) -> Counted:
    frame = records.whole
    held = both([in_use(records), *(test(part)(frame) for part in links.alone)])
    amounts = frame.constant(_ONE) if amount is None else _amounts(records, amount)
    keys = _keys(_each(part, frame) for part in links.inner)
    groups: dict[Key, list[int]] = {}
    strays: list[int] = []
    for place, tied_by in enumerate(keys or frame.constant([()])):
        if held[place] is False:
            continue
        if tied_by is None:
            strays.append(place)
        for key in tied_by or ():
            groups.setdefault(key, []).append(place)
    line = _doubted(_ONE if amount is None else _ANYTHING)
    return Counted(
        shares=[_share(share, truth) for share, truth in zip(amounts, held, strict=True)],
        groups=groups,
        strays=strays,
        aside=_sum([line] * records.lines_aside),
    )


def _each(part: Expression, frame: Frame) -> list[list[Known]]:
    """Give of each row what it is tied by: all options of 含, else the one value."""
    if isinstance(part, Call) and part.function == HOLDS:
        listed = term(part.arguments[0])(frame)
        return [list(v) if isinstance(v, tuple) else [None] for v in listed]
    return [[value] for value in term(part)(frame)]


def _keys(columns: Iterable[Sequence[Sequence[Known]]]) -> list[list[Key] | None]:
    """Give of each row the keys that its values make; None where one is unknown."""
    return [
        None
        if any(None in values for values in row)
        else [tuple(_plain(part) for part in key) for key in product(*row)]
        for row in zip(*columns, strict=True)
    ]


def _plain(value: Known) -> Known:
    return folded(value) if isinstance(value, str) else value


def _amounts(records: Records, amount: Expression) -> list[Span]:
    """Give what each row adds: a word or an optional blank nothing, an unknown cell within its bounds."""
    frame, columns = records.whole, []
    for cell in amount.each():
        if isinstance(cell, Cell):
            declared = records.sheet.by_key.get(cell.column)
            optional = declared is not None and not cell.of and declared.required is not True
            bounds = _bounds(records.sheet, cell)
            worded = frame.constant(value=False) if cell.of else records.worded(cell.column)
            columns.append(
                [
                    span_of(value)
                    or (
                        _NONE
                        if is_word or (optional and is_blank and not _wanted(records, cell, place))
                        else bounds
                    )
                    for place, (value, is_blank, is_word) in enumerate(
                        zip(term(cell)(frame), blank(cell)(frame), worded, strict=True)
                    )
                ]
            )
    return [_sum(row) for row in zip(*columns, strict=True)]


def _wanted(records: Records, cell: Cell, place: int) -> bool:
    return must_be_filled(records.sheet.by_key[cell.column], records.rows[place].values)


def _bounds(sheet: Sheet, cell: Cell) -> Span:
    """Give between what the figures of a column lie."""
    kind = sheet.by_key[cell.column].type if cell.column in sheet.by_key and not cell.of else None
    if isinstance(kind, Whole | Fraction):
        most = kind.maximum
        return Span(kind.minimum, ENDLESS if most is None else most)
    return _SOME if isinstance(kind, Money) else _ANYTHING


def _share(share: Span, truth: Truth) -> Span:
    """Give what a row adds that counts, does not, or may."""
    if truth is None:
        return _doubted(share)
    return share if truth else _NONE


def _doubted(share: Span) -> Span:
    return Span(min(0, share.low), max(0, share.high))


def _sum(shares: Sequence[Span]) -> Span:
    return Span(sum(share.low for share in shares), sum(share.high for share in shares))
