"""Forms: which sheets are filled, what they add up to, how often.

This module owns a form's shape and the checks that a declaration does not
contradict itself; it refuses to know any campaign.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from sheetflow.errors import DeclarationError
from sheetflow.periods import Cadence, Period
from sheetflow.schemas.cells import IdNumber
from sheetflow.schemas.charts import ChartSpec
from sheetflow.schemas.conditions import Condition, Is
from sheetflow.schemas.indicators import Indicator
from sheetflow.schemas.reports import ReportSpec
from sheetflow.schemas.sheets import Kind, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Which card says who reports, for when, and whether there is anything to report.

    All but the conditions are column keys of the sheet `sheet`; `correction` holds where an
    accepted workbook is corrected, and `reason` says why. `exempt_when_nil` are cards that a
    nil return may leave empty.
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
    nil: Condition | None = None
    exempt_when_nil: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SamePerson:
    """When rows of two units are about the same person: the same identity number.

    In `sheet`, rows that meet `where` are compared by the column `person`. The columns of
    `matter` say in words what each row is about, and are not compared.
    """

    sheet: str
    person: str
    matter: tuple[str, ...]
    where: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTotals:
    """Where a unit with others below it may state what its whole area adds up to.

    Each row of `sheet` names an indicator in the column `code` and its 累计 or 期末数 in
    `figure`: it is compared with ours and never taken over.
    """

    sheet: str
    code: str
    figure: str


@dataclass(frozen=True)
class Form:
    """A workbook to fill: its sheets, its indicators, its version.

    `cadence` is how often it is filled; what is filled once has a day on which it `opens` and one
    on which it `closes`, from which deadlines count. `statistics` is the sheet that shows the indicators. `guidance` are paragraphs for
    填报说明; `own_work` is the sentence for units that have others below them. `charts` are
    drawn in the consolidated workbook and, where they bear a name, in the report.
    `same_person` asks whether two units have registered the same matter, `own_totals` lets
    those above state totals of their own.
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

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself."""
        faults = list(_contradictions(self))
        if faults:
            raise DeclarationError(f"form {self.key}: " + "; ".join(faults))

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
    def cover_sheet(self) -> Sheet:
        """The card that says who reports."""
        return self.by_key[self.cover.sheet]

    def sheets_for(self, level: str) -> tuple[Sheet, ...]:
        """The sheets that a unit of that level fills."""
        return tuple(sheet for sheet in self.sheets if sheet.is_for(level))

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """How each indicator adds up over periods, by code."""
        return {entry.code: entry.kind(self.by_key) for entry in self.indicators}

    def kind_of(self, code: str) -> Kind:
        """How that indicator adds up over periods."""
        return self.kinds[code]

    @cached_property
    def _once(self) -> Period | None:
        """The only period of what is filled once."""
        return Period.once(self.opens, self.closes) if self.opens and self.closes else None

    def period(self, period_id: str) -> Period:
        """Give the form's period of that id; raise ValueError for what is none.

        An id of another cadence is that period still: it may be stored from former days.
        """
        once = self._once
        return once if once and once.period_id == period_id else Period.parse(period_id)

    def period_named(self, text: str, near: int = 0) -> Period:
        """Read what people call a period, of any cadence; raise ValueError for what is none.

        A name without a year is of the year `near`.
        """
        return self.period(Period.named(text, near, self.cadence).period_id)

    def period_of(self, day: dt.date) -> Period:
        """Give the period in which `day` lies; of what is filled once, the only one."""
        return self._once or self.cadence.period_of(day)

    def periods_of(self, year: int) -> tuple[Period, ...]:
        """Give the periods of a year, in order; of what is filled once, the only one."""
        return (self._once,) if self._once else self.cadence.periods_of(year)

    def last_ended(self, day: dt.date) -> Period:
        """Give the period before the one in which `day` lies, whichever year it is of."""
        return self.period_of(self.period_of(day).first_day - dt.timedelta(days=1))

    def due_at(self, day: dt.date) -> Period:
        """Give the period before that of `day` in its year, or that of `day` where there is none."""
        current = self.period_of(day)
        return current.previous or current

    def nearest(self, other: Period, day: dt.date) -> Period:
        """Give the form's period that `other`, of another cadence, lies in or begins to cover.

        Of several it is the one that is due on `day`, else the nearest to that.
        """
        due = self.last_ended(day).last_day
        return self.period_of(max(other.first_day, min(other.last_day, due)))

    def takes(self, period: Period) -> bool:
        """Whether the form is filled for that period."""
        if self._once:
            return period.period_id == self._once.period_id
        return period.cadence is self.cadence

    def period_ids(self, year: int) -> str:
        """Say how the form's periods are written: 2012B1到2012B6."""
        return self._once.period_id if self._once else self.cadence.ids(year)


def _contradictions(form: Form) -> Iterable[str]:
    keys = [sheet.key for sheet in form.sheets]
    titles = [sheet.title for sheet in form.sheets]
    codes = [indicator.code for indicator in form.indicators]
    for name, listed in (("sheet", keys), ("title", titles), ("indicator", codes)):
        yield from (f"{name} {entry} twice" for entry in set(listed) if listed.count(entry) > 1)
    by_key = {sheet.key: sheet for sheet in form.sheets}
    for sheet in form.sheets:
        yield from _sheet_contradictions(sheet, by_key)
    for number, indicator in enumerate(form.indicators):
        yield from _indicator_contradictions(indicator, by_key, codes[:number])
    for chart in form.charts:
        for code in chart.codes:
            if code not in codes:
                yield f"the chart {chart.title} draws {code}, which is no indicator"
    yield from _cadence_contradictions(form)
    yield from _cover_contradictions(form.cover, by_key)
    yield from _same_person_contradictions(form.same_person, by_key)
    yield from _own_totals_contradictions(form.own_totals, by_key)


def _indicator_contradictions(
    indicator: Indicator, sheets: Mapping[str, Sheet], before: list[str]
) -> Iterable[str]:
    source = indicator.source.draws_on
    if source and source not in sheets:
        yield f"{indicator.code} draws on {source}, which is no sheet"
        return
    condition: Condition | None = getattr(indicator.source, "where", None)
    wanted = (
        *getattr(indicator.source, "columns", ()),
        *(condition.columns() if condition else ()),
    )
    for column in wanted:
        if column not in sheets[source].by_key:
            yield f"{indicator.code} draws on {source}.{column}, which is no column"
    for part in ("numerator", "denominator", "code"):
        other = getattr(indicator.source, part, None)
        if other is not None and other not in before:
            yield f"{indicator.code} needs {other} before it"


def _cadence_contradictions(form: Form) -> Iterable[str]:
    opens, closes = form.opens, form.closes
    if form.cadence is not Cadence.ONCE:
        if opens or closes:
            yield f"what is filled every {form.cadence.key} has no days of its own"
    elif opens is None or closes is None or closes < opens:
        yield "what is filled once needs a day on which it opens, and one not before it to close"


def _cover_contradictions(cover: Cover, sheets: Mapping[str, Sheet]) -> Iterable[str]:
    sheet = sheets.get(cover.sheet)
    if sheet is None:
        yield f"the cover {cover.sheet} is no sheet"
        return
    for role in ("unit_id", "unit_name", "period", "filled_on", "preparer", "phone", "reason"):
        column = getattr(cover, role)
        if column and column not in sheet.by_key:
            yield f"the cover's {role} {column} is no column"
    if cover.correction and cover.correction.column not in sheet.by_key:
        yield f"the cover's correction asks {cover.correction.column}, which is no column"


def _same_person_contradictions(
    spec: SamePerson | None, sheets: Mapping[str, Sheet]
) -> Iterable[str]:
    if spec is None:
        return
    sheet = sheets.get(spec.sheet)
    if sheet is None or sheet.naming_column is None:
        yield f"same_person asks {spec.sheet}, which is no sheet with keys"
        return
    for name in (spec.person, *spec.matter, *(spec.where.columns() if spec.where else ())):
        if name not in sheet.by_key:
            yield f"same_person asks {spec.sheet}.{name}, which is no column"
    person = sheet.by_key.get(spec.person)
    if person and not isinstance(person.type, IdNumber):
        yield f"same_person asks {spec.sheet}.{spec.person}, which holds no identity numbers"


def _own_totals_contradictions(
    spec: OwnTotals | None, sheets: Mapping[str, Sheet]
) -> Iterable[str]:
    if spec is None:
        return
    sheet = sheets.get(spec.sheet)
    for name in (spec.code, spec.figure):
        if sheet is None or name not in sheet.by_key:
            yield f"own_totals asks {spec.sheet}.{name}, which is no column"


def _sheet_contradictions(sheet: Sheet, sheets: Mapping[str, Sheet]) -> Iterable[str]:
    labels = [column.label for column in sheet.columns]
    yield from (f"{sheet.key}: {label} twice" for label in set(labels) if labels.count(label) > 1)
    for name in sheet.matter:
        if name not in sheet.by_key:
            yield f"{sheet.key} is about {name}, which is no column"
    known = {*sheet.by_key, *(lookup.name for lookup in sheet.lookups)}
    for name in sheet.void.columns() if sheet.void else ():
        if name not in known:
            yield f"{sheet.key} is void by {name}, which is no column"
    for column in sheet.columns:
        conditions = [column.required if isinstance(column.required, Condition) else None]
        conditions.append(column.disclosure.withheld_when)
        wanted = [name for condition in conditions if condition for name in condition.columns()]
        wanted += [column.not_before] if column.not_before else []
        for name in wanted:
            if name not in sheet.by_key:
                yield f"{sheet.key}.{column.key} depends on {name}, which is no column"
        target = column.refers_to
        if target and (target not in sheets or not sheets[target].key_column):
            yield f"{sheet.key}.{column.key} refers to {target}, which has no key"
