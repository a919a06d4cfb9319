"""Forms: which sheets are filled, what they add up to, how often, what they give to reports.

This module owns a form's shape; it refuses to know any campaign. What of it stands in which version
is told by `form_versions`, that a declaration does not contradict itself is held by `contradictions`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from sheetflow.periods import Cadence, Period, deadline, end_of
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition, Is
from sheetflow.schemas.contradictions import refuse_contradictions
from sheetflow.schemas.form_versions import spanning_form
from sheetflow.schemas.indicators import Indicator
from sheetflow.schemas.judging import Judging
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.schemas.versioned import LATER


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Which card says who reports, for when, and whether there is anything to report.

    All but the conditions are column keys of `sheet`; `correction` holds where an accepted workbook
    is corrected, `reason` says why; `mending` holds where it mends what a superior returned, and is put into the
    copy that it returned. `taking_over` holds where the unit reports as part of its own what is of
    units that were merged into it within the period (已并入本单位填报); without it they report by themselves,
    and where no form asks, their successor always reports for them. `exempt_when_nil` are cards that a nil return may leave empty.
    """

    sheet: str
    unit_id: str
    unit_name: str
    period: str
    filled_on: str
    preparer: str = ""
    phone: str = ""
    reason: str = ""
    correction: Is | None = None
    mending: Is | None = None
    taking_over: Is | None = None
    nil: Condition | None = None
    exempt_when_nil: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SamePerson:
    """When rows of two units are about the same person: the same identity number.

    In `sheet`, rows that meet `where` are compared by the column `person`; the columns of `matter`
    say in words what each row is about.
    """

    sheet: str
    person: str
    matter: tuple[str, ...]
    where: Condition | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns asked."""
        return (self.person, *self.matter, *(self.where.columns() if self.where else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTotals:
    """Where a unit with others below it may state its whole area's 累计 or 期末数: compared, not taken over.

    Each row of `sheet` names an indicator in the column `code` and what it adds up to in `figure`.
    """

    sheet: str
    code: str
    figure: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns asked."""
        return (self.code, self.figure)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpec:
    """Where the report finds its quotes and its stories.

    The columns of the card `narrative` are quoted under their labels, at most `quotes` units under
    each, from `shortest` characters on; of more than `longest` they are cut after a sentence. Under
    `plans` nobody is quoted but the reporting unit itself. Rows of `story_sheet` that meet
    `story_where` are told with `story_title` and `story_text`. `tables` are sheets whose rows the template
    may list, unit by unit (a card is one row).
    """

    narrative: str = ""
    plans: tuple[str, ...] = ()
    story_sheet: str = ""
    story_where: Condition | None = None
    story_title: str = ""
    story_text: str = ""
    quotes: int = 5
    stories: int = 6
    shortest: int = 30
    longest: int = 400
    tables: tuple[str, ...] = field(default=(), metadata=LATER)


class Attachments(StrEnum):
    """Whether files may, or must, come beside the workbook that no column names."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"

    @property
    def is_any(self) -> bool:
        """Whether there may be any."""
        return self is not Attachments.NONE


class Across(StrEnum):
    """What a chart compares.

    units: a bar for 本级 and for each unit below, a colour for each indicator; indicators: slices of
    the total; periods: a line for each indicator over the year so far.
    """

    UNITS = "units"
    INDICATORS = "indicators"
    PERIODS = "periods"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """One chart: its title, the indicators it draws (all of one unit of measure), and what it compares.

    `current` draws 本期, else 累计/期末. One with a `name` is also a picture of the Word report.
    """

    title: str
    codes: tuple[str, ...]
    across: Across = Across.UNITS
    current: bool = False
    name: str = ""


@dataclass(frozen=True)
class Form:
    """A workbook to fill: its sheets, its indicators, its version.

    `cadence` is how often it is filled; what is filled once has a day on which it `opens` and one on
    which it `closes`, from which deadlines count. `guidance` are paragraphs for 填报说明; `own_work`
    is the sentence for units that have others below them. `charts` are drawn in the consolidated
    workbook and, where they bear a name, in the report. `same_person` asks whether two units have
    registered the same matter, `own_totals` lets those above state totals of their own. `levels`
    names those whose units fill the form; empty: all. `working_days` are its deadlines, by level,
    where they are not the office's; `due_on` are the days by level of what is filled once. `rules` are
    its own checks. It is filled from `first_period` to `last_period` (ids; empty: without limit).
    `template` is the sha256 of its report's template, empty for the general one. `judging`: in it entries
    of others are judged.
    """

    key: str
    title: str
    version: int
    sheets: tuple[Sheet, ...]
    cover: Cover
    indicators: tuple[Indicator, ...] = ()
    cadence: Cadence = Cadence.TWO_MONTHS
    opens: dt.date | None = None
    closes: dt.date | None = None
    guidance: tuple[str, ...] = ()
    own_work: str = ""
    report: ReportSpec | None = None
    charts: tuple[ChartSpec, ...] = ()
    same_person: SamePerson | None = None
    own_totals: OwnTotals | None = None
    levels: frozenset[str] = frozenset()
    working_days: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    rules: tuple[DeclaredRule, ...] = field(default=(), metadata=LATER)
    due_on: Mapping[str, dt.date] = field(
        default_factory=lambda: MappingProxyType({}), metadata=LATER
    )
    first_period: str = field(default="", metadata=LATER)
    last_period: str = field(default="", metadata=LATER)
    attachments: Attachments = field(default=Attachments.NONE, metadata=LATER)
    template: str = field(default="", metadata=LATER)
    judging: Judging | None = field(default=None, metadata=LATER)
    declared: Form | None = field(default=None, repr=False, compare=False)
    """The whole declaration, where this is the form as some of its versions have it."""
    versions: frozenset[int] = field(default=frozenset(), repr=False)
    """Those versions; of the whole declaration none."""

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself."""
        if self.declared is None:
            refuse_contradictions(self)

    @cached_property
    def current(self) -> Form:
        """The form as it is handed out today: without what was retired."""
        return self.in_version(self.version)

    def in_version(self, version: int) -> Form:
        """Give the form as that version of it is filled in."""
        return self.spanning((version,))

    def spanning(self, versions: Collection[int]) -> Form:
        """Give the form with what any of `versions` has: itself where nothing ever came or went."""
        if self.declared is not None:
            return self.declared.spanning(versions)
        wanted = frozenset(versions)
        if wanted and wanted not in self._spans:
            self._spans[wanted] = spanning_form(self, wanted)
        return self._spans.get(wanted, self)

    @cached_property
    def _spans(self) -> dict[frozenset[int], Form]:
        return {}

    @cached_property
    def by_key(self) -> Mapping[str, Sheet]:
        """The sheets by key."""
        return MappingProxyType({sheet.key: sheet for sheet in self.sheets})

    @cached_property
    def indicator(self) -> Mapping[str, Indicator]:
        """The indicators by code."""
        return MappingProxyType({entry.code: entry for entry in self.indicators})

    @cached_property
    def statistics(self) -> Sheet | None:
        """The sheet that shows the indicators."""
        return next((sheet for sheet in self.sheets if sheet.kind is Kind.INDICATORS), None)

    @cached_property
    def counted_answers(self) -> tuple[Column, ...]:
        """The columns of the cover whose answers are counted above."""
        return tuple(column for column in self.cover_sheet.columns if column.counted)

    @cached_property
    def narrative(self) -> Sheet | None:
        """The card of words that goes up whole, and is quoted."""
        return self.by_key.get(self.report.narrative) if self.report else None

    @cached_property
    def cover_sheet(self) -> Sheet:
        """The card that says who reports."""
        return self.by_key[self.cover.sheet]

    def is_for(self, level: str) -> bool:
        """Whether units of that level fill the form."""
        return not self.levels or level in self.levels

    def days_for(self, level: str, usual: Mapping[str, int]) -> int:
        """Give the working days that `level` has for it; `usual` are the office's, by level."""
        return self.working_days.get(level, usual[level])

    def deadline(
        self,
        level: str,
        period: Period,
        usual: Mapping[str, int],
        day_overrides: Mapping[dt.date, bool] = MappingProxyType({}),
    ) -> dt.datetime:
        """Give the last moment at which units of `level` report the form for `period` in time."""
        if day := self.due_on.get(level):
            return end_of(day)
        return deadline(period, self.days_for(level, usual), day_overrides)

    def goes_on(self, level: str) -> bool:
        """Whether a unit of `level` fills it in several steps, each from what was accepted before it."""
        gathers = any(sheet.gathered for sheet in self.sheets_for(level))
        return self.is_for(level) and (self.judging is not None or gathers)

    def sheets_for(self, level: str) -> tuple[Sheet, ...]:
        """The sheets that a unit of that level fills."""
        return tuple(sheet for sheet in self.sheets if sheet.is_for(level))

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """How each indicator adds up over periods, by code: as declared, in every version."""
        if self.declared is not None:
            return self.declared.kinds
        return {entry.code: entry.kind(self.by_key) for entry in self.indicators}

    @cached_property
    def _once(self) -> Period | None:
        """The only period of what is filled once."""
        return Period.once(self.opens, self.closes) if self.opens and self.closes else None

    def period(self, period_id: str) -> Period:
        """Give the period of that id, of another cadence too; raise ValueError for what is none."""
        once = self._once
        return once if once and once.period_id == period_id else Period.parse(period_id)

    def period_named(self, text: str, near: int = 0) -> Period:
        """Read what people call a period, without a year one of `near`; raise ValueError for what is none."""
        return self.period(Period.named(text, near, self.cadence).period_id)

    def period_of(self, day: dt.date) -> Period:
        """Give the period in which `day` lies; of what is filled once, the only one."""
        return self._once or self.cadence.period_of(day)

    def periods_of(self, year: int) -> tuple[Period, ...]:
        """Give the periods of a year for which it is filled, in order; of what is filled once, the only one."""
        if self._once:
            return (self._once,)
        return tuple(filter(self._is_open, self.cadence.periods_of(year)))

    def _is_open(self, period: Period) -> bool:
        first, last = self.first_period, self.last_period
        begun = not first or self.period(first) <= period
        return begun and (not last or period <= self.period(last))

    @property
    def span_words(self) -> str:
        """Say from which period to which it is filled: 从2012年第2季度起填报; empty without limit."""
        first, last = (
            self.period(each).label if each else ""
            for each in (self.first_period, self.last_period)
        )
        if first and last:
            return f"只填{first}到{last}" if first != last else f"只填{first}"
        return f"从{first}起填报" if first else f"填到{last}为止" if last else ""

    def last_ended(self, day: dt.date) -> Period:
        """Give the period before the one in which `day` lies, whichever year it is of."""
        return self.period_of(self.period_of(day).first_day - dt.timedelta(days=1))

    def due_at(self, day: dt.date) -> Period:
        """Give the period before that of `day` in its year, or that of `day` where there is none.

        Before the first one it is filled for it is that, after the last one the last.
        """
        current = self.period_of(day)
        due = current.previous or current
        if self.takes(due):
            return due
        ends = [self.period(each) for each in (self.first_period, self.last_period) if each]
        return min(ends, key=lambda each: abs(each.last_day - due.last_day))

    def nearest(self, other: Period, day: dt.date) -> Period:
        """Give the form's period that `other`, of another cadence, lies in or begins to cover.

        Of several it is the one that is due on `day`, else the nearest to that.
        """
        due = self.last_ended(day).last_day
        return self.period_of(max(other.first_day, min(other.last_day, due)))

    def fits(self, period: Period) -> bool:
        """Whether the form is filled by such periods, or (a year, and once) for its own of that id."""
        if self._once:
            return period.period_id == self._once.period_id
        return period.cadence.letter == self.cadence.letter

    def takes(self, period: Period) -> bool:
        """Whether the form is filled for that period, or (a year, and once) for its own of that id."""
        return self.fits(period) and (self._once is not None or self._is_open(period))

    def period_ids(self, year: int) -> str:
        """Say how the form's periods are written: 2012B1到2012B6."""
        if self._once or not (self.first_period or self.last_period):
            return self._once.period_id if self._once else self.cadence.ids(year)
        listed = self.periods_of(year) or (self.period(self.first_period or self.last_period),)
        ids = dict.fromkeys((listed[0].period_id, listed[-1].period_id))
        return "到".join(ids)
