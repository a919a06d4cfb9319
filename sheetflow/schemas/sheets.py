"""Sheets: their kind, their columns, and how their rows go up the chain.

This module owns what the engine may ask of a sheet. It refuses to know where a
sheet's cells stand (`layout`) and which sheets there are (the campaign's package).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from sheetflow.schemas.cells import Day, Key, Reference, References
from sheetflow.schemas.columns import Column, RowModel
from sheetflow.schemas.conditions import Condition, Every, Filled, Not
from sheetflow.schemas.tables import Row


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
class Sheet:
    """One sheet of a form.

    `void` says which rows stay in the book but leave the figures (已撤销), by a column of
    their own or, with `Through`, by a lookup. `closed`
    says which rows are done with: shown grey and filtered away when they come back
    pre-filled. `matter` are the columns that tell what a row is about: where all of them have
    changed, its key was used again. `preprinted` rows bear their key in the blank workbook. `source` cites
    the notice. `levels` names those whose units fill the sheet; empty: all. `lookups` are columns shown beside the sheet's own, by formula only.
    """

    key: str
    title: str
    kind: Kind
    model: type[RowModel]
    note: str = ""
    source: str = ""
    always_shown: bool = True
    levels: frozenset[str] = frozenset()
    void: Condition | None = None
    closed: Condition | None = None
    matter: tuple[str, ...] = ()
    preprinted: int = 0
    roll_up: RollUp = RollUp.ROWS
    older_titles: tuple[str, ...] = ()
    lookups: tuple[Lookup, ...] = field(default=())

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns from left to right."""
        return self.model.columns()

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
        if self.key_column:
            return self.key_column
        first = next(iter(self.columns), None)
        names = first is not None and first.refers_to and self.kind is not Kind.FLOW
        return first if names else None

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
    def marker(self) -> Column:
        """The column that tells a row is in use: the first required one that is no key."""
        return next(
            column for column in self.columns if column.required is True and not column.is_key
        )

    @cached_property
    def void_not(self) -> Condition | None:
        """The condition that a row is not set aside, None where the sheet knows no such rows."""
        return Not(self.void) if self.void else None

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
        used = Filled(self.marker.key)
        return Every((used, self.void_not)) if self.void_not else used


@dataclass(frozen=True, slots=True)
class Lookup:
    """A column shown by formula: `column` of the row in sheet `of` that `by` points to."""

    by: str
    of: str
    column: str

    @property
    def name(self) -> str:
        """What conditions call the column: ``need.status``."""
        return f"{self.by}.{self.column}"
