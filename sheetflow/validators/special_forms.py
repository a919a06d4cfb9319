"""不重复 and 有对应行: what must hold of several rows together, and when nothing is said of it.

A fault in one row makes others look as if they stood twice or alone: a value that is blank or unknown is
like no other, and rows that may be the ones missed (loose ones) keep it quiet while as many are missed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from operator import and_

from sheetflow.schemas.cells import References
from sheetflow.schemas.expressions import Call, Cell, Expression, Joined, Name
from sheetflow.schemas.parsing import Value
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
    ways = [
        part.joined if isinstance(part, Joined) and part.word == OR else (part,) for part in parts
    ]
    columns = [[_compound(frame, conjuncts(way)) for way in part] for part in ways]
    found: dict[int, int] = {}
    for chosen in product(*(range(len(part)) for part in ways)):
        before = [column[:n] for column, n in zip(columns, chosen, strict=True)]
        picked = [column[n] for column, n in zip(columns, chosen, strict=True)]
        # Where both rows have an alternative that comes before, that one decides.
        had = [column for part in before for column in part]
        first: dict[object, dict[tuple[bool, ...], int]] = {}
        rows = zip(frame.places, zip(*picked, strict=True), _filled(frame, had), strict=True)
        for place, values, has in rows:
            if None in values or _UNKNOWN in values or has is None:
                continue
            known = first.setdefault(values, {})
            for others, other in known.items():
                if not any(map(and_, has, others)):
                    found[place] = min(other, found.get(place, other))
            known.setdefault(has, place)
    return found


def _filled(frame: Frame, columns: Sequence[Sequence[object]]) -> Sequence[tuple[bool, ...] | None]:
    """Tell of each row which of some columns it has; None where nobody knows."""
    if not columns:
        return frame.constant(())
    return [
        None if _UNKNOWN in row else tuple(value is not None for value in row)
        for row in zip(*columns, strict=True)
    ]


_UNKNOWN = object()


def _compound(frame: Frame, parts: Sequence[Expression]) -> Sequence[object]:
    """Give what several cells make together: None where one is blank, or nobody knows."""
    values = [[folded(v) if v.__class__ is str else v for v in term(part)(frame)] for part in parts]
    blanks = [
        blank(part)(frame) if isinstance(part, Cell) else frame.constant(None) for part in parts
    ]
    if len(parts) == 1:
        rows = zip(values[0], blanks[0], strict=True)
        return [_UNKNOWN if v is None and b is not True else v for v, b in rows]
    made: list[object] = []
    for row, bare in zip(zip(*values, strict=True), zip(*blanks, strict=True), strict=True):
        if None in row:
            unread = (v is None and b is not True for v, b in zip(row, bare, strict=True))
            made.append(_UNKNOWN if any(unread) else None)
        else:
            made.append(row)
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
        return named[0] if named else self.records.sheet.reference_to(self.here.sheet.key)

    def lacking(self, frame: Frame, told: Spots) -> Mapping[int, int | None]:
        """Give the rows that no row answers, or none while as many loose rows may be theirs."""
        records, by = self.records, self.by
        if not records.is_known or (records.found and not records.found.reads(by)):
            return {}
        held = self._held(records.whole)
        pointing = _by_key(records.values(by))
        together = [test(part) for part in self._asked if speaks_of_looked_at(part)]
        missed = []
        for index, (place, key) in enumerate(
            zip(frame.places, frame.cut(self.here.keys), strict=True)
        ):
            places = pointing.get(key, ())
            truths: Sequence[Truth] = [held[each] for each in places]
            if together and places:
                pair = Frame(frame.scene, records, places, frame.at(index))
                truths = both([truths, *(one(pair) for one in together)])
            if key is not None and True not in truths and None not in truths:
                missed.append(place)
        loose = records.lines_aside + self._count_loose(held, told) if missed else 0
        if loose and isinstance(records.sheet.by_key[by].type, References):
            return {}  # one row may be that of any number of them
        return dict.fromkeys(missed) if len(missed) > loose else {}

    @property
    def _asked(self) -> list[Expression]:
        return conjuncts(self.more[1] if len(self.more) > 1 else None)

    def _held(self, frame: Frame) -> Sequence[Truth]:
        """Tell which rows count and meet what is asked of them alone."""
        alone = [test(part)(frame) for part in self._asked if not speaks_of_looked_at(part)]
        return both([negated(set_aside(self.records)), *alone])

    def _count_loose(self, held: Sequence[Truth], told: Spots) -> int:
        """Count the rows that may point elsewhere than they should, and would be an answer."""
        found, by = self.records.found, self.by
        cells = {cell for title, cell in told if found and title == found.title}
        known = self._known_keys()
        rows = zip(self.records.rows, self.records.values(by), held, strict=True)
        return sum(
            truth is not False
            and (
                not (known.issuperset(value) if isinstance(value, tuple) else value in known)
                or bool(cells and found and found.cell(row.number, by) in cells)
            )
            for row, value, truth in rows
        )

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


def _by_key(references: Sequence[Value]) -> Mapping[Value, Sequence[int]]:
    """Give where each key is pointed to."""
    found: dict[Value, list[int]] = {}
    for place, value in enumerate(references):
        for key in value if isinstance(value, tuple) else (value,):
            found.setdefault(key, []).append(place)
    return found
