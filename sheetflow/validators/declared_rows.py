"""The rows of a book as declared rules look at them: columns, keys, the last period, each found once.

`Scene` is the book with its indexes, shared by all rules; `Records` are the rows of one sheet; a `Frame` is
those of them that a rule still asks about. What the file lacks or nobody could read is unknown here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

from sheetflow.schemas.book import Book, BookRow, BookSheet, Earlier, JudgingContext
from sheetflow.schemas.cells import NameKey
from sheetflow.schemas.conditions import Row
from sheetflow.schemas.parsing import Value, read_code
from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.general_rules import accepted_by_key, each_key, stray_keys
from sheetflow.validators.live_statistics import is_measurable
from sheetflow.validators.three_values import Known, Truth

T = TypeVar("T")


@dataclass(frozen=True)
class Scene:
    """A book that is being judged, with all that its rules look up more than once."""

    book: Book
    context: JudgingContext

    @cached_property
    def _found(self) -> dict[object, object]:
        return {}

    def once(self, name: object, find: Callable[[], T]) -> T:
        """Find something once for all rules; `name` is what it is."""
        if name not in self._found:
            self._found[name] = find()
        return cast("T", self._found[name])

    def records(self, sheet: str) -> Records:
        """Give the rows of a sheet of the form."""
        return self.once(sheet, lambda: Records(self, self.book.form.by_key[sheet]))

    def strays(self, sheet: str) -> set[str]:
        """Give the keys that point to a sheet of the form and stand nowhere."""
        found = self.book.sheets.get(sheet)
        if found is None:
            return set()
        return self.once((sheet, "strays"), lambda: stray_keys(self.book, self.context, found))

    def card(self, sheet: str, column: str, *, blank: bool) -> Known:
        """Give a cell of a card, or with `blank` whether it is blank."""
        records = self.records(sheet)
        cells = records.blanks(column) if blank else records.values(column)
        return cells[0] if cells else None

    @cached_property
    def earlier(self) -> Earlier | None:
        """What the last accepted period left."""
        return self.context.earlier(self.book.form.key, self.book.period)

    def figure(self, code: str) -> Known:
        """Give an indicator's 累计 or 期末数 by this book; unknown where not all of it can be read."""
        indicator = self.book.form.indicator[code]
        if not is_measurable(self.book, indicator):
            return None
        last = self.earlier.totals.get(code) if self.earlier else None
        return indicator.values(self.book.form.kinds[code], self.book.figures[code], last).total

    def last_figure(self, code: str) -> Known:
        """Give what it was in the last accepted period."""
        return self.earlier.totals.get(code) if self.earlier else None


@dataclass(frozen=True)
class Records:
    """The rows of one sheet, each known by its place among them."""

    scene: Scene
    sheet: Sheet

    @cached_property
    def found(self) -> BookSheet | None:
        """The sheet in the file."""
        return self.scene.book.sheets.get(self.sheet.key)

    @cached_property
    def rows(self) -> Sequence[BookRow]:
        """Its filled rows."""
        return self.found.rows if self.found else ()

    @property
    def is_known(self) -> bool:
        """Whether the file tells which rows there are: one that may be left out has none."""
        if not self.sheet.is_for(self.scene.book.level):
            return False
        return bool(self.found.addresses) if self.found else not self.sheet.always_shown

    @property
    def lines_aside(self) -> int:
        """How many lines there are of which nobody knows yet whether they count."""
        return len(self.found.aside) if self.found else 0

    @cached_property
    def whole(self) -> Frame:
        """All rows."""
        return Frame(self.scene, self, range(len(self.rows)))

    def values(self, column: str) -> Sequence[Value]:
        """Give a column: what is blank, cannot be read or names a row that stands nowhere is None."""
        if self.found is None or column not in self.found.addresses:
            return [None] * len(self.rows)
        return self._standing(column, self.numbers(column, self.found.column(column)))

    def _standing(self, column: str, values: Sequence[Value]) -> Sequence[Value]:
        """Leave out what names a row that stands nowhere: that is a finding of its own."""
        declared = self.sheet.by_key.get(column)
        if declared is None or declared.refers_to not in self.scene.book.form.by_key:
            return values
        strays = self.scene.strays(declared.refers_to)
        if not strays:
            return values
        return [None if strays.intersection(each_key(value)) else value for value in values]

    def numbers(self, column: str, values: Sequence[Value]) -> Sequence[Value]:
        """Take the words that may stand in place of a number (未开展) for what they are: no known number."""
        declared = self.sheet.by_key.get(column)
        if declared is None or not declared.accepts:
            return values
        return [None if isinstance(value, str) else value for value in values]

    def worded(self, column: str) -> Sequence[bool]:
        """Tell of each row whether a word stands there in place of a number."""
        declared = self.sheet.by_key.get(column)
        if self.found is None or declared is None or not declared.accepts:
            return [False] * len(self.rows)
        return [isinstance(value, str) for value in self.found.column(column)]

    def blanks(self, column: str) -> Sequence[Truth]:
        """Tell of each row whether its cell is blank."""
        if self.found is None or column not in self.found.addresses:
            return [None] * len(self.rows)
        values = zip(self.rows, self.found.column(column), strict=True)
        return [None if column in row.faulty else value is None for row, value in values]

    @cached_property
    def keys(self) -> Sequence[Value]:
        """What names each row; None where that is blank or cannot be read."""
        naming = self.sheet.naming_column
        return self.values(naming.key) if naming else [None] * len(self.rows)

    @cached_property
    def by_key(self) -> dict[Value, int | None]:
        """Where the row of each key stands; None of a key that stands twice: nobody knows which is meant."""
        found: dict[Value, int | None] = {}
        column = self.sheet.key_column
        for place, key in enumerate(self.keys if column else ()):
            if key is not None:
                found[key] = None if key in found else place
        if column and isinstance(column.type, NameKey):  # a name is pointed to as a code
            found |= {read_code(key): at for key, at in found.items() if isinstance(key, str)}
        return found

    def pointed_to(self, by: str) -> tuple[Records, Sequence[int | None]]:
        """Give the rows to which the reference in `by` points, and which one in each row.

        One into a workbook of another form, or that this version has not, points to none.
        """
        column = self.sheet.by_key.get(by)
        if column is None or column.refers_to not in self.scene.book.form.by_key:
            return self, [None] * len(self.rows)
        target = self.scene.records(column.refers_to)
        return target, self.scene.once(
            (self.sheet.key, by, "points"),
            lambda: [target.by_key.get(key) for key in self.values(by)],
        )

    @cached_property
    def past(self) -> Sequence[Row | None]:
        """The same row in the last accepted period, by its key."""
        before = accepted_by_key(self.scene.book, self.scene.context, self.sheet)
        before.pop(None, None)
        return [before.get(key) for key in self.keys]

    @cached_property
    def are_new(self) -> Sequence[Truth]:
        """Whether each row's key was not there in the last accepted period."""
        return [
            None if key is None else row is None
            for key, row in zip(self.keys, self.past, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Frame:
    """Some of a sheet's rows by their places; of a rule without a sheet one row without records.

    `outer` is the one row that 本行 means where a rule counts other rows.
    """

    scene: Scene
    records: Records | None
    places: Sequence[int]
    outer: Frame | None = None

    def cut(self, column: Sequence[T]) -> Sequence[T]:
        """Give of a column of the sheet what stands in these rows."""
        if len(column) == len(self.places):
            return column
        return [column[place] for place in self.places]

    def constant(self, value: T) -> Sequence[T]:
        """Give the same value for each row."""
        return [value] * len(self.places)

    def those(self, held: Sequence[Truth]) -> Frame:
        """Give the rows of which that is true."""
        places = [place for place, truth in zip(self.places, held, strict=True) if truth is True]
        return Frame(self.scene, self.records, places, self.outer)

    def at(self, index: int) -> Frame:
        """Give one of the rows alone."""
        return Frame(self.scene, self.records, (self.places[index],), self.outer)
