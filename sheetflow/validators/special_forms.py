"""不重复 and 有对应行: what must hold of several rows together, and when nothing is said of it.

A fault in one row makes others look as if they stood twice or alone: a value that is blank or unknown is
like no other, and rows that may be the ones missed (loose ones) keep it quiet while as many are missed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from sheetflow.schemas.expressions import Call, Cell, Expression, Joined, Name
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.declared_rows import Frame, Records
from sheetflow.validators.declared_terms import (
    ANSWERED,
    OR,
    UNIQUE,
    blank,
    conjuncts,
    set_aside,
    speaks_of_looked_at,
    term,
    test,
)
from sheetflow.validators.general_rules import accepted_rows, unclear_rows
from sheetflow.validators.three_values import Truth, both, folded, negated

Spots = Collection[tuple[str, str]]
"""Cells by sheet title and name."""


def is_special(expression: Expression) -> bool:
    """Whether it is one of the two forms."""
    return isinstance(expression, Call) and expression.function in {UNIQUE, ANSWERED}


def failing(form: Expression, frame: Frame, told: Spots) -> Mapping[int, int | None]:
    """Give the places of rows that fail, each with the other row; `told` are cells with a finding."""
    match form:
        case Call("不重复", parts):
            return _doubled(frame, parts)
        case Call("有对应行", (Name(sheet), *more)) if frame.records:
            return _Answers(frame.scene.records(sheet), frame.records, more).lacking(frame, told)
    return {}


def _doubled(frame: Frame, parts: Sequence[Expression]) -> Mapping[int, int | None]:
    """Give the rows whose values stood above already.

    A part may have alternatives, joined by 或: the first that both rows have decides.
    """
    columns = [_alternatives(frame, part) for part in parts]
    first: dict[tuple[object, ...], dict[tuple[int, ...], int]] = {}
    found: dict[int, int] = {}
    for index, place in enumerate(frame.places):
        ways = [column[index] for column in columns]
        if None in ways:
            continue
        for way in product(*(enumerate(part or ()) for part in ways)):
            values = tuple(value for _, value in way)
            if None in values:
                continue
            name = tuple(number for number, _ in way)
            # What each row has that comes before: where both have it, that decides.
            had = tuple(
                sum(1 << n for n in range(number) if (part or ())[n] is not None)
                for number, part in zip(name, ways, strict=True)
            )
            known = first.setdefault((name, values), {})
            for others, other in known.items():
                if not any(a & b for a, b in zip(had, others, strict=True)):
                    found[place] = min(other, found.get(place, other))
            known.setdefault(had, place)
    return found


def _alternatives(frame: Frame, part: Expression) -> list[tuple[object, ...] | None]:
    """Give of each row what it has of each alternative, None where blank; no tuple of what is unknown."""
    ways = part.joined if isinstance(part, Joined) and part.word == OR else (part,)
    columns = [_compound(frame, conjuncts(way)) for way in ways]
    return [None if _UNKNOWN in row else row for row in zip(*columns, strict=True)]


_UNKNOWN = object()


def _compound(frame: Frame, parts: Sequence[Expression]) -> list[object]:
    """Give what several cells make together: None where one is blank, or nobody knows."""
    values = [term(part)(frame) for part in parts]
    blanks = [
        blank(part)(frame) if isinstance(part, Cell) else frame.constant(None) for part in parts
    ]
    made: list[object] = []
    for row, bare in zip(zip(*values, strict=True), zip(*blanks, strict=True), strict=True):
        if None not in row:
            made.append(tuple(folded(v) if isinstance(v, str) else v for v in row))
        else:
            unread = (v is None and b is not True for v, b in zip(row, bare, strict=True))
            made.append(_UNKNOWN if any(unread) else None)
    return made


@dataclass(frozen=True)
class _Answers:
    """The rows of another sheet that point to rows here: 有对应行(表, 引用栏, 条件)."""

    records: Records
    here: Records
    more: Sequence[Expression]

    @property
    def by(self) -> str:
        """The reference: the one that is named, else the only one to this sheet."""
        named = [part.column for part in self.more[:1] if isinstance(part, Cell)]
        return named[0] if named else reference_to(self.records.sheet, self.here.sheet.key)

    def lacking(self, frame: Frame, told: Spots) -> Mapping[int, int | None]:
        """Give the rows that no row answers, or none while as many loose rows may be theirs."""
        records, by = self.records, self.by
        if not records.is_known or (records.found and not records.found.reads(by)):
            return {}
        held = self._held(records.whole)
        pointing: dict[Value, list[int]] = {}
        for place, value in enumerate(records.values(by)):
            for key in value if isinstance(value, tuple) else (value,):
                pointing.setdefault(key, []).append(place)
        keys = frame.cut(self.here.keys)
        missed = [
            place
            for index, (place, key) in enumerate(zip(frame.places, keys, strict=True))
            if key is not None
            if self._answered(frame, index, pointing.get(key, ()), held) is False
        ]
        loose = sum(truth is not False for truth in self._loose(held, told)) + records.lines_aside
        return dict.fromkeys(missed) if len(missed) > loose else {}

    @property
    def _asked(self) -> list[Expression]:
        return conjuncts(self.more[1] if len(self.more) > 1 else None)

    def _held(self, frame: Frame) -> Sequence[Truth]:
        """Tell which rows count and meet what is asked of them alone."""
        alone = [test(part)(frame) for part in self._asked if not speaks_of_looked_at(part)]
        return both([negated(set_aside(self.records)), *alone])

    def _answered(
        self, frame: Frame, index: int, places: Sequence[int], held: Sequence[Truth]
    ) -> Truth:
        truths: Sequence[Truth] = [held[place] for place in places]
        together = [test(part) for part in self._asked if speaks_of_looked_at(part)]
        if together and places:
            pair = Frame(frame.scene, self.records, places, frame.at(index))
            truths = both([truths, *(one(pair) for one in together)])
        return True if True in truths else None if None in truths else False

    def _loose(self, held: Sequence[Truth], told: Spots) -> Iterator[Truth]:
        """Give, of each row that may point elsewhere than it should, whether it would be an answer."""
        found, by = self.records.found, self.by
        known = self._known_keys()
        for row, value, truth in zip(self.records.rows, self.records.values(by), held, strict=True):
            keys = value if isinstance(value, tuple) else (value,)
            is_told = found is not None and (found.title, found.cell(row.number, by)) in told
            if is_told or not known.issuperset(keys):
                yield truth

    def _known_keys(self) -> set[Value]:
        """The keys of the rows here, and of those accepted before: a row about one that is gone is no loose one.

        Where a key here is unclear, that may be the one.
        """
        here, column = self.here, self.here.sheet.key_column
        known: set[Value] = set(here.by_key)
        if column and here.found and not unclear_rows(here.found, column.key):
            before = accepted_rows(here.scene.book, here.scene.context, here.sheet)
            known |= {row.get(column.key) for row in before}
        return known - {None}


def reference_to(sheet: Sheet, target: str) -> str:
    """Give the reference of a sheet to another, the first of several; empty where it has none."""
    return next((column.key for column in sheet.columns if column.refers_to == target), "")
