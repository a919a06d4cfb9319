"""Sheets: their kind, their columns, and how their rows go up the chain.

This module owns what the engine may ask of a sheet. It refuses to know where a
sheet's cells stand (`layout`) and which sheets there are (the campaign's package).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from sheetflow.schemas.cells import Day, Key, Reference, References
from sheetflow.schemas.columns import Column, RowModel, text
from sheetflow.schemas.conditions import Condition, Every, Filled, Not, Row
from sheetflow.schemas.gathered import Gathered
from sheetflow.schemas.versioned import LATER, Versioned


class Kind(StrEnum):
    """What a sheet holds, and so how it adds up over periods.

    card: one value per label; flow: what happened in this period; ledger: the whole
    book since January; stock: the state at period end; answer: explanations;
    indicators: the live statistics.
    """

    CARD = "card"
    FLOW = "flow"
    LEDGER = "ledger"
    STOCK = "stock"
    ANSWER = "answer"
    INDICATORS = "indicators"


class RollUp(StrEnum):
    """How rows go up: whole; listed at the first level and summed above; cells summed; not at all."""

    ROWS = "rows"
    LISTED = "listed"
    SUMMED = "summed"
    NONE = "none"


@dataclass(frozen=True)
class Sheet(Versioned):
    """One sheet of a form.

    `declared` are its columns from left to right, those of all versions.
    `void` says which rows stay in the book but leave the figures (已撤销), by a column of their own or,
    with `Through`, by a lookup; `closed` which are done with: shown grey and filtered away when they
    come back pre-filled. `matter` are the columns that tell what a row is about: where all of them
    have changed, its key was used again. `preprinted` rows bear their key in the blank workbook.
    `named_by` is the column that says in words what a row's key stands for: it is shown beside
    references to the row, and may be typed beside the key.
    `source` cites the notice. `levels` names those whose units fill the sheet; empty: all. `lookups`
    are columns shown beside its own, by formula only. `since` and `until` are form versions;
    `versions` are those whose columns are meant, None for all. `filing_declared`: the title rows ask
    whether there is anything to report here (已填, 无此项, 不适用), from version `filing_since` on.
    `gathered`: the rows that it is printed with are what the unit and those below handed in elsewhere.
    """

    key: str
    title: str
    kind: Kind
    declared: tuple[Column, ...]
    note: str = ""
    source: str = ""
    always_shown: bool = True
    levels: frozenset[str] = frozenset()
    void: Condition | None = None
    closed: Condition | None = None
    matter: tuple[str, ...] = ()
    preprinted: int = 0
    named_by: str = ""
    roll_up: RollUp = RollUp.ROWS
    older_titles: tuple[str, ...] = ()
    lookups: tuple[Lookup, ...] = field(default=())
    since: int = 1
    until: int | None = None
    versions: frozenset[int] | None = None
    filing_declared: bool = field(default=False, metadata=LATER)
    filing_since: int = field(default=1, metadata=LATER)
    gathered: Gathered | None = field(default=None, metadata=LATER)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns from left to right, those of all versions that are meant."""
        columns, wanted = self.declared, self.versions
        if wanted is not None:
            standing = [
                column.spanning(wanted) for column in columns if any(map(column.in_version, wanted))
            ]
            columns = _by_themselves(standing)
        return _told_apart(columns)

    def spanning(self, versions: frozenset[int]) -> Sheet:
        """Give the sheet with what those versions can say; itself where it never changed."""
        asks = self.filing_declared and max(versions) >= self.filing_since
        if asks is not self.filing_declared:
            return replace(self, filing_declared=asks).spanning(versions)
        if all(column.is_lasting for column in self.declared):
            return self
        sheet = replace(self, versions=versions)
        return replace(
            sheet,
            void=self.void if _knows(sheet, self.void) else None,
            closed=self.closed if _knows(sheet, self.closed) else None,
            matter=self.matter if sheet.by_key.keys() >= set(self.matter) else (),
            named_by=self.named_by if self.named_by in sheet.by_key else "",
        )

    def always_has(self, columns: Iterable[str]) -> bool:
        """Whether every version that is meant has all of these columns."""
        return set(columns) <= {column.key for column in self.columns if self._in_all(column)}

    def _in_all(self, column: Column) -> bool:
        return all(map(column.in_version, self._turns))

    @cached_property
    def _turns(self) -> tuple[int, ...]:
        """The versions meant in which the sheet stands; of all, those with which a column changes."""
        columns = self.declared
        changes = {self.since, *(column.since for column in columns)}
        changes |= {column.until + 1 for column in columns if column.until}
        wanted = changes if self.versions is None else self.versions
        return tuple(sorted(filter(self.in_version, wanted)))

    @cached_property
    def by_key(self) -> dict[str, Column]:
        """The columns by key."""
        return {column.key: column for column in self.columns}

    @cached_property
    def labels(self) -> dict[str, str]:
        """The columns' labels by key."""
        return {column.key: column.label for column in self.columns}

    @cached_property
    def key_column(self) -> Column | None:
        """The column that names the row: a key, or the only reference of a row about another."""
        return next((column for column in self.columns if column.is_key), None)

    @cached_property
    def keyed_columns(self) -> tuple[str, ...]:
        """The columns whose cells are keys, of this sheet's rows or of others."""
        kinds = Key | Reference | References
        return tuple(column.key for column in self.columns if isinstance(column.type, kinds))

    @cached_property
    def naming_column(self) -> Column | None:
        """The key column, else the first reference where it stands first (a row about that row)."""
        leading = self.columns[:1] if self.kind is not Kind.FLOW else ()
        return self.key_column or next((each for each in leading if each.refers_to), None)

    @cached_property
    def printed_key(self) -> str:
        """The column whose keys stand in the blank workbook, empty for none."""
        return self.key_column.key if self.key_column and self.preprinted else ""

    @cached_property
    def lasting(self) -> tuple[str, ...]:
        """The columns that do not change in a row about a person: who she is, and since when."""
        persons = tuple(column.key for column in self.columns if column.names_person)
        days = tuple(
            column.key
            for column in self.columns
            if isinstance(column.type, Day) and column.required is True and not column.event
        )
        return persons + days if persons and self.is_book else ()

    @cached_property
    def markers(self) -> tuple[Column, ...]:
        """The columns that tell a row is in use: the first required one that is no key.

        One that all versions have serves for all, else each version has its own.
        """
        required = [
            column for column in self.columns if column.required is True and not column.is_key
        ]
        if lasting := next(filter(self._in_all, required), None):
            return (lasting,)
        firsts = (
            next((column for column in required if column.in_version(version)), None)
            for version in self._turns
        )
        return tuple(dict.fromkeys(filter(None, firsts)))

    @property
    def marker(self) -> Column:
        """The column that tells a row is in use, that of the newest version."""
        return self.markers[-1]

    @cached_property
    def void_not(self) -> Condition | None:
        """The condition that a row is not set aside, None where the sheet knows no such rows."""
        return Not(self.void) if self.void else None

    def reference_to(self, target: str) -> str:
        """Give the column that points to the sheet `target`, the first of several; empty for none."""
        return next((column.key for column in self.columns if column.refers_to == target), "")

    def is_for(self, level: str) -> bool:
        """Whether units of `level` fill the sheet."""
        return not self.levels or level in self.levels

    @property
    def is_table(self) -> bool:
        """Whether the sheet has rows under a header."""
        return self.kind in {Kind.FLOW, Kind.LEDGER, Kind.STOCK, Kind.ANSWER}

    @property
    def is_book(self) -> bool:
        """Whether rows come back pre-filled in the next period."""
        return self.kind in {Kind.LEDGER, Kind.STOCK}

    def counts(self, row: Row) -> bool:
        """Whether `row` counts in figures: in use and not set aside."""
        return self.in_use.holds(row)

    @cached_property
    def in_use(self) -> Condition:
        """The condition that a row counts at all: in use, and not set aside."""
        filled = [Filled(column.key) for column in self.markers]
        used = filled[0] if len(filled) == 1 else Not(Every(tuple(map(Not, filled))))
        return Every((used, self.void_not)) if self.void_not else used


@dataclass(frozen=True, slots=True)
class Lookup:
    """A column by formula: `column` of the row in sheet `of` that `by` points to.

    It is hidden unless `shown`: a condition asks it, and nobody wanted to see it. What is asked is the
    same either way.
    """

    by: str
    of: str
    column: str
    shown: bool = field(default=True, metadata=LATER)

    @property
    def name(self) -> str:
        """What conditions call the column: ``need.status``."""
        return f"{self.by}.{self.column}"


def _knows(sheet: Sheet, condition: Condition | None) -> bool:
    """Whether the sheet has all columns, and the references, that a condition of its own asks."""
    asked = condition.columns() if condition else ()
    return all(name.partition(".")[0] in sheet.by_key for name in asked)


def _by_themselves(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Let columns of some versions ask no others than these: what cannot be decided is optional."""
    known = {column.key for column in columns}
    left = []
    for column in columns:
        required, before = column.required, column.not_before
        if isinstance(required, Condition) and not known.issuperset(required.columns()):
            column = replace(column, required=False, only=False)  # noqa: PLW2901
        if before and before not in known:
            column = replace(column, not_before="")  # noqa: PLW2901
        left.append(column)
    return tuple(left)


def _told_apart(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Name the version behind the label of a column that gave it to a newer one."""
    labels = Counter(column.label for column in columns)
    if len(labels) == len(columns):
        return columns
    newest = {column.label: column for column in sorted(columns, key=lambda each: each.since)}
    return tuple(
        column
        if newest[column.label].key == column.key or column.until is None
        else replace(column, label=f"{column.label}（第{column.until}版）")
        for column in columns
    )


class ExplanationLine(RowModel):
    """One answer: to which finding, where, and what is to be said."""

    finding = text("审核意见编号", 10, width=14)
    place = text("位置", 100, required=False, width=36)
    explanation = text("说明", 500, width=60)


EXPLANATIONS = Sheet(
    key="explanations",
    title="情况说明",
    kind=Kind.ANSWER,
    declared=ExplanationLine.columns(),
    note="对“核实性”审核意见逐条说明；数据确有错误的，请直接修改数据",
    always_shown=False,
    roll_up=RollUp.ROWS,
)
