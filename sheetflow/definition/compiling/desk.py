"""What is known while a campaign workbook is compiled: its tables, its levels and versions, what is broken.

A fault that follows from another one is kept back here: what names something broken is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sheetflow.definition.faults import Faults, Spot
from sheetflow.definition.keys import derived_key, is_key
from sheetflow.definition.lines import Line
from sheetflow.definition.tables import Tables
from sheetflow.periods import Cadence
from sheetflow.schemas.columns import Column
from sheetflow.schemas.likely import same
from sheetflow.schemas.options import Choice
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.schemas.sheets import Kind
from sheetflow.units import Levels


@dataclass(frozen=True)
class Span:
    """Since which version something stands, and up to which one."""

    since: int = 1
    until: int | None = None

    def overlaps(self, other: Span) -> bool:
        """Whether both stand in one version."""
        return (other.until is None or self.since <= other.until) and (
            self.until is None or other.since <= self.until
        )


@dataclass(eq=False)
class ColumnDraft:
    """One row of 栏目: what it says by itself. `word` is its type, empty where that is broken."""

    line: Line | None
    label: str
    word: str
    key: str
    span: Span
    older: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    made: Column | None = None
    """The column itself, where it does not come from a row."""

    @property
    def called(self) -> tuple[str, ...]:
        """Its names and its key, as they are compared."""
        return (*map(same, (self.label, *self.older)), f"={self.key}")


@dataclass(eq=False)
class SheetDraft:
    """One row of 工作表, with its rows of 栏目; `line` is None where it comes from no row."""

    title: str
    key: str
    word: str
    kind: Kind
    forms: tuple[FormDraft, ...]
    span: Span
    line: Line | None = None
    older: tuple[str, ...] = ()
    columns: list[ColumnDraft] = field(default_factory=list)
    _called: dict[str, list[ColumnDraft]] = field(default_factory=dict)

    def add(self, column: ColumnDraft) -> None:
        """Put a column behind the others."""
        self.columns.append(column)
        for word in column.called:
            self._called.setdefault(word, []).append(column)

    def alike(self, column: ColumnDraft) -> list[ColumnDraft]:
        """Give the columns that share a name, an earlier one or the key with `column`."""
        found = [each for word in column.called for each in self._called.get(word, ())]
        return list({id(each): each for each in found}.values())

    @property
    def spot(self) -> Spot:
        """Where the sheet is named."""
        return self.line.spot("title") if self.line else self.forms[0].line.spot("title")


@dataclass(eq=False)
class FormDraft:
    """One row of 报表 with its sheets; `form` has all but those, and what stands in them."""

    line: Line
    title: str
    key: str
    cadence: Cadence
    sheets: list[SheetDraft] = field(default_factory=list)

    @property
    def has_cadence(self) -> bool:
        """Whether it is told how often it is filled; else its periods cannot be judged."""
        return self.line.filled("cadence") and self.line.is_sound("cadence")

    def sheet(self, title: str) -> SheetDraft | None:
        """Give the sheet that is, or was, called so."""
        wanted = same(title)
        now = (draft for draft in self.sheets if same(draft.title) == wanted)
        older = (draft for draft in self.sheets if wanted in map(same, draft.older))
        return next(now, None) or next(older, None)


@dataclass
class Desk:
    """All that is known so far."""

    tables: Tables
    faults: Faults
    levels: Levels
    has_levels: bool = True
    """Whether the levels are those that the office means; else nothing is held against them."""
    version: int = 1
    forms: list[FormDraft] = field(default_factory=list)
    lists: dict[str, Choice] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    rules: list[tuple[Line, str, DeclaredRule]] = field(default_factory=list)
    """Each rule with its row and the key of the form that it judges."""
    indicators: list[tuple[Line, str, str]] = field(default_factory=list)
    """Each indicator's row, the key of its form, its code."""
    held_back: bool = False
    """Whether something was not judged because it names what is broken."""

    def mentions_broken(self, text: str) -> bool:
        """Whether a text names something of which a fault is told already."""
        folded = same(text)
        return any(name and name in folded for name in self.broken)

    def breaks(self, *names: str) -> None:
        """Note that what is called so is broken."""
        self.broken.update(map(same, filter(None, names)))

    def version_in(self, line: Line, name: str) -> int | None:
        """Read a version that stands in 《版本》."""
        number = line.whole(name)
        if number is not None and number > self.version:
            last = f"《版本》只到第{self.version}版"
            line.fault(name, f"填的是第{number}版，{last}。请先在《版本》加一行。")
        return number

    def span(self, line: Line) -> Span:
        """Read since when something stands and until when."""
        since, gone = self.version_in(line, "since"), self.version_in(line, "until")
        if not (line.is_sound("since") and line.is_sound("until")):
            return Span()
        if gone is not None and gone <= (since or 1):
            line.fault("until", f"第{gone}版停用，却从第{since or 1}版才起用，请核对。")
            return Span()
        return Span(since or 1, gone - 1 if gone else None)

    def key(self, line: Line, first_name: str, field_name: str = "code") -> str:
        """Read the key, or make it of the first name that a thing had."""
        typed = line.name(field_name)
        if not typed:
            made = derived_key(first_name)
            if first_name and not made:
                line.fault(field_name, "名称里没有汉字、字母或数字，编不出代码，请填一个代码。")
            return made
        if not is_key(typed):
            line.fault(
                field_name, f"代码“{typed[:20]}”只能用字母、汉字、数字和下划线，不以数字开头。"
            )
        return typed

    def older(self, line: Line) -> tuple[str, ...]:
        """Read earlier names, the latest one first."""
        return line.several("older")

    def sheets(self) -> Iterator[SheetDraft]:
        """Give each sheet once."""
        seen: set[int] = set()
        for form in self.forms:
            for draft in form.sheets:
                if id(draft) not in seen:
                    seen.add(id(draft))
                    yield draft
