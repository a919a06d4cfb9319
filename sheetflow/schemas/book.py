"""What judging is given and what it gives: the book, the context, the judgement.

A `Book` is a recognised workbook with its rows read, each cell with its address in
the submitted file. The `JudgingContext` is everything beyond the file that a rule may ask.
These are plain values; the work is done by `validators` and `pipeline`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from sheetflow.findings import Explanation, Finding, Identity, Place
from sheetflow.periods import Period
from sheetflow.schemas.cells import NameKey
from sheetflow.schemas.conditions import Table
from sheetflow.schemas.evidence import EvidenceFile, NamedFile
from sheetflow.schemas.filings import Filing, FilingCell, asking_sheets
from sheetflow.schemas.forms import Form
from sheetflow.schemas.gathered import GatheredRow
from sheetflow.schemas.indicators import Figures, Number, measure_all
from sheetflow.schemas.merging import Merging
from sheetflow.schemas.parsing import Value, holds_personal_number
from sheetflow.schemas.review import Heard
from sheetflow.schemas.sheets import Sheet
from sheetflow.units import Unit, UnitTree
from sheetflow.workbook import Address, CellValue, cell_name

RowsBySheet = Mapping[str, Sequence[Mapping[str, Value]]]


class Outcome(StrEnum):
    """What becomes of a submission."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    HELD = "held"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The office's word."""
        words = {"accepted": "已接收", "returned": "退回", "held": "待确认", "refused": "拒收"}
        return words[self.value]


@dataclass(frozen=True, slots=True)
class BookRow:
    """One filled row: its number in the file, its sound values, what stood in its cells.

    `values` holds every column of the sheet; a blank or faulty cell is None there. `faulty` names the
    columns whose cells could not be read: rules leave them alone.
    """

    number: int
    values: Mapping[str, Value]
    raw: Mapping[str, CellValue]
    faulty: frozenset[str] = frozenset()
    key: str = ""

    def __getitem__(self, column: str) -> Value:
        return self.values.get(column)

    def sound(self, *columns: str) -> bool:
        """Whether none of `columns` is faulty, so that a rule may speak of them."""
        return self.faulty.isdisjoint(columns)

    def stands(self, printed: str) -> bool:
        """Whether anything stands in the row but the key in column `printed`."""
        return any(cell is not None for key, cell in self.raw.items() if key != printed)

    def number_in(self, column: str) -> Number:
        """The figure in `column`, None where there is none."""
        value = self.values.get(column)
        return value if not isinstance(value, str | tuple | dt.date) else None


@dataclass(frozen=True)
class BookSheet:
    """One recognised sheet: where its columns stand in the file, and its filled rows.

    `addresses` maps a column that the file has to its cell (in tables: of the header), in the statistics
    an indicator's code and a heading (``S01 本期``). `aside` are lines that are asked about and count
    nowhere as they stand.
    """

    sheet: Sheet
    title: str
    header_row: int
    addresses: Mapping[str, Address]
    rows: tuple[BookRow, ...]
    aside: tuple[BookRow, ...] = ()
    filing: FilingCell | None = None
    """What stands beside 填报声明; None where the file has no such label, or nobody asks."""

    @property
    def shown(self) -> tuple[BookRow, ...]:
        """The rows and the lines set aside, as they stand one below the other."""
        if not self.aside:
            return self.rows
        return tuple(sorted((*self.rows, *self.aside), key=lambda row: row.number))

    def cell(self, row: int, column: str) -> str:
        """Name the cell of `column` in `row`, empty where the file lacks the column."""
        address = self.addresses.get(column)
        if address is None:
            return ""
        return cell_name(row if self.sheet.is_table else address[0], address[1])

    def place(self, row: BookRow | None = None, column: str = "") -> Place:
        """Point to a cell, to a row (no column) or to the whole sheet (no row)."""
        return Place(
            sheet=self.sheet.key,
            title=self.title,
            row=row.number if row else 0,
            column=column,
            label=self.sheet.labels.get(column, ""),
            cell=self.cell(row.number, column) if row and column else "",
            key=row.key if row else "",
            code=shown_code(self.sheet, row.values) if row else "",
        )

    @cached_property
    def values(self) -> Table:
        """The rows' values alone."""
        return Table(row.values for row in self.rows)

    def column(self, column: str) -> Sequence[Value]:
        """Give the values of one column from the first row to the last."""
        return self.values.column(column)

    def reads(self, *columns: str) -> bool:
        """Whether the file has all of `columns` here, so that a rule may draw on them."""
        return all(column in self.addresses for column in columns)

    def is_clear(self, *columns: str) -> bool:
        """Whether `columns` are all there, could be read, and are filled where they must be."""
        return self.reads(*columns) and self._unclear.isdisjoint(columns)

    @cached_property
    def _unclear(self) -> frozenset[str]:
        faulty = frozenset[str]().union(*(row.faulty for row in self.rows))
        always = [column.key for column in self.sheet.columns if column.required is True]
        return faulty.union(name for name in always if None in self.column(name))

    def header_place(self, column: str) -> Place:
        """Point to a column as a whole, at its header."""
        return replace(self.place(column=column), cell=self.cell(self.header_row, column))

    @property
    def card(self) -> BookRow:
        """The one row of a card."""
        return self.rows[0]


@dataclass(frozen=True)
class Book:
    """A recognised workbook: the form, its version, and its sheets by key."""

    form: Form
    version: int
    period: Period
    level: str
    sheets: Mapping[str, BookSheet]
    other_period: Period | None = None
    """What the workbook is for, where the form is not filled for that: of another cadence.

    Then `period` only says where it is answered, and nothing is held against that.
    """

    @cached_property
    def filings(self) -> Mapping[str, str]:
        """What each sheet that asks says of itself (已填, 无此项, 不适用), by key; blank ones are left out."""
        said = {key: found.filing.word for key, found in self.sheets.items() if found.filing}
        return {key: word for key, word in said.items() if word}

    @cached_property
    def stated(self) -> Mapping[str, str]:
        """What each sheet that asks says; of a nil return 无此项 wherever nothing else is said."""
        if not self.nil:
            return self.filings
        asked = (sheet.key for sheet in asking_sheets(self.form, self.level))
        return {key: self.filings.get(key, Filing.NOTHING.value) for key in asked}

    @property
    def said_period(self) -> Period:
        """The period that the workbook is for by its own word."""
        return self.other_period or self.period

    def rows(self, sheet: str) -> tuple[BookRow, ...]:
        """The filled rows of a sheet; none where the workbook lacks it."""
        found = self.sheets.get(sheet)
        return found.rows if found else ()

    def each_row(self, sheet: str) -> Iterator[tuple[BookSheet, BookRow]]:
        """Give the filled rows of a sheet, each with the sheet that it stands in."""
        for row in self.rows(sheet):
            yield self.sheets[sheet], row

    def values(self, sheet: str) -> Iterable[Mapping[str, Value]] | None:
        """The rows' values for indicators; None where this level's form has no such sheet."""
        declared = self.form.by_key.get(sheet)
        if declared is None or not declared.is_for(self.level):
            return None
        found = self.sheets.get(sheet)
        return found.values if found else Table()

    @cached_property
    def figures(self) -> Figures:
        """What the rows give for every indicator, by code: measured once for all who ask."""
        return MappingProxyType(measure_all(self.form.indicators, self.values, self.form.by_key))

    @property
    def cover(self) -> BookSheet:
        """The card that says who reports."""
        return self.sheets[self.form.cover.sheet]

    def cover_place(self, column: str) -> Place:
        """Point to a cell of the cover."""
        return self.cover.place(self.cover.card, column)

    @property
    def nil(self) -> bool:
        """Whether the cover declares a nil return."""
        nil = self.form.cover.nil
        return bool(nil and nil.holds(self.cover.card.values))

    @property
    def filled_on(self) -> dt.date | None:
        """The date on the cover."""
        value = self.cover.card[self.form.cover.filled_on]
        return value if isinstance(value, dt.date) else None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a unit's last accepted period left: its rows by sheet and its 累计 by code.

    `reached` is the highest number that a sheet's keys have had in the year so far, gone ones too.
    """

    period: Period
    receipt: str
    rows: Mapping[str, Sequence[Mapping[str, Value]]]
    totals: Mapping[str, Number]
    reached: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingContext:
    """Everything beyond the file that judging may ask; `now` is the clock.

    `earlier` gives, for a form and period, what was accepted before it in the same year, `later` what after it, in
    order. `known_keys` resolves a reference into another unit's book. `waived` gives the rules that a superior lets
    pass for this submission, with why; `explained` what the unit has said of findings in accepted submissions so far.
    `working_days` are the deadlines by level. `handed_in` is when the file was handed in, where that is known to be
    before `now`. `standing` names the receipt of the accepted workbook that this one, where it is another, would take
    the place of. `newest` gives the unit's newest accepted book of another form (None: nobody knows any, so that none
    is missed), `gathered` the entries that a gathered sheet (form, sheet, period) is printed with (None: likewise). `files` are those
    that the unit handed in beside its workbooks; None: nobody looks for them here, so that none is missed. `batch`
    numbers the first delivery of which files came along with the workbook (0 where nobody knows), `until` the one with
    which the unit's next workbook came (0 for none). `passed` names the superior that let an earlier submission pass (验收);
    `mending`: a superior returned what counted last, so that what comes now is 退回修改.
    """

    unit: Unit
    tree: UnitTree
    now: dt.datetime
    working_days: Mapping[str, int]
    day_overrides: Mapping[dt.date, bool] = field(default_factory=lambda: MappingProxyType({}))
    earlier: Callable[[str, Period], Earlier | None] = lambda _form, _period: None
    later: Callable[[str, Period], tuple[Earlier, ...]] = lambda _form, _period: ()
    known_keys: Callable[[str, str], bool] = lambda _sheet, _key: False
    handed_in: dt.datetime | None = None
    standing: Callable[[str, Period], str] = lambda _form, _period: ""
    released: bool = False
    """Somebody decided that a doubt about identity or version does not count."""
    waived: Callable[[str, Period], Mapping[str, str]] = lambda _form, _period: MappingProxyType({})
    explained: Callable[[str, Period], Mapping[Identity, Explanation]] = lambda _form, _period: (
        MappingProxyType({})
    )
    newest: Callable[[str], Earlier | None] | None = None
    gathered: Callable[[str, str, Period], tuple[GatheredRow, ...] | None] = (
        lambda _form, _sheet, _period: None
    )
    accepted: Callable[[str, Period], RowsBySheet] = lambda _form, _period: MappingProxyType({})
    """The rows by sheet that were accepted for that very period, of a form that goes on within it."""
    heard: Callable[[str, Period], tuple[Heard, ...]] = lambda _form, _period: ()
    """What superiors said of the unit's submissions so far, and did not take back: returns and questions."""
    passed: Callable[[str, Period], str] = lambda _form, _period: ""
    mending: Callable[[str, Period], bool] = lambda _form, _period: False
    standing_rows: Callable[[str, Period], RowsBySheet | None] = lambda _form, _period: None
    """The rows by sheet of the accepted workbook that this one takes the place of, where a question is open."""
    files: tuple[EvidenceFile, ...] | None = None
    batch: int = 0
    until: int = 0
    merging: Merging = field(default_factory=Merging)
    moved: Callable[[Form, Period, dt.datetime], dt.datetime] = lambda _form, _period, usual: usual
    """The unit's deadline where it would usually be that: the settings or a superior may have moved it."""

    def deadline(self, form: Form, period: Period) -> dt.datetime:
        """The last moment at which the unit reports `form` for `period` in time."""
        usual = form.deadline(self.unit.level, period, self.working_days, self.day_overrides)
        return self.moved(form, period, usual)

    def is_late(self, form: Form, period: Period) -> bool:
        """Whether the file was handed in after that."""
        return (self.handed_in or self.now) > self.deadline(form, period)


_CODE = re.compile(r"(?:[0-9A-Z]{1,20}-)?[A-Z]{1,2}\d{1,8}")
"""What codes look like, and no person's name or number does."""


def shown_code(sheet: Sheet, values: Mapping[str, Value]) -> str:
    """Give a row's own code as mails may show it, empty where it has none or may be a person's.

    Whatever is typed where a key of another sheet belongs is read as one: only what has the
    look of a code is shown. A name serves in sheets that are about nobody.
    """
    naming = sheet.naming_column
    value = values.get(naming.key) if naming else None
    if naming is None or not isinstance(value, str) or not naming.quotable:
        return ""
    if isinstance(naming.type, NameKey):
        about_people = any(column.personal for column in sheet.columns)
        return "" if about_people or holds_personal_number(value) else value
    return value if _CODE.fullmatch(value) else ""


Rule = Callable[[Book, JudgingContext], Iterable[Finding]]
"""A check over a whole book: single-purpose, collecting, never raising."""


FULL = "full"
"""The edition that holds all columns of the form: the only one that is filled in so far."""
SAMPLE = "sample"
"""The edition that is filled in already, by nobody: 填报样例."""
REVIEW = "review"
"""What the stamp of a 审核单 says in place of an edition."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a workbook says of itself in its hidden cells (empty where it says nothing).

    `token` is made by `layout.StampKey`; `edition` says which of the form's columns it holds.
    """

    campaign: str = ""
    form: str = ""
    version: str = ""
    unit: str = ""
    period: str = ""
    token: str = ""
    edition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The answer to one workbook; `book` is there whenever form and period were recognised.

    `figures` are the measured indicators of an accepted workbook by code. `named_unit` is the unit that
    a held workbook names, `token` the one in its stamp. `explanations` answer findings by their
    identity; `typed` is what stood beside findings, by their number, whether it answers or not.
    """

    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    form: str = ""
    version: int = 0
    period: str = ""
    book: Book | None = None
    figures: Mapping[str, Number] = field(default_factory=lambda: MappingProxyType({}))
    nil: bool = False
    late: bool = False
    named_unit: str = ""
    explanations: Mapping[Identity, Explanation] = field(
        default_factory=lambda: MappingProxyType({})
    )
    typed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    token: str = ""
    files: tuple[NamedFile, ...] = ()
    """What its attachment cells name, found or missing."""
    unnamed: tuple[EvidenceFile, ...] = ()
    """Files of the same delivery that no cell names."""


def receipt_of(unit_id: str, period: str, number: int, form: str = "") -> str:
    """Name a receipt: unit, period id (0 where it is unknown), how many the unit has had of it.

    `form` is the key of another form than the campaign's main one (``370102-2012-register-1``).
    """
    parts = (unit_id, period or "0", form, str(number))
    return "-".join(part for part in parts if part)
