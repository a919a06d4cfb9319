"""Indicators: one expression each, compiled to an Excel formula and to a Python evaluation.

`measure` is what one workbook's own rows give; `Values` are the three figures that
people see (上期累计, 本期, 累计/期末), made by the kind of sheet the expression draws on.
Both compilations must agree on every sample. Ratios are made from parts at every
level and never added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, partial
from itertools import chain
from typing import ClassVar

from sheetflow.findings import Severity
from sheetflow.schemas.conditions import Condition, Every, Refer, Row, Table, column_of
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.schemas.versioned import Versioned

Number = int | Decimal | None
"""A figure; None where there is nothing to count (not the same as 0)."""

Rows = Callable[[str], Iterable[Row] | None]
"""Gives the rows of a sheet by key; None where the unit's form has no such sheet."""
RangeOf = Callable[[str, str], str]
"""Gives the Excel range of (sheet key, column key)."""
Figures = Mapping[str, Number]
CellOf = Callable[[str], str]
"""Gives the Excel cell of an indicator's 累计/期末 by code."""


class Source:
    """Where an indicator's figure comes from: one of the kinds below, read in two ways here."""

    when_absent: ClassVar[Number] = None
    """What a unit with nothing accepted in a period counts; None: its last figure stands."""

    @property
    def draws_on(self) -> str:
        """The sheet whose rows are counted or asked, empty for none."""
        return getattr(self, "sheet", "")

    @property
    def made_from(self) -> tuple[str, ...]:
        """The codes of the indicators that the figure is made from."""
        match self:
            case Ratio(numerator, denominator):
                return (numerator, denominator)
            case Reaches(code):
                return (code,)
        return ()

    @property
    def condition(self) -> Condition | None:
        """What the rows of its sheet are asked."""
        match self:
            case Count(where=asked) | Sum(where=asked) | Reporting(nil=asked):
                return asked
        return None

    def looked_at(self, sheets: Mapping[str, Sheet]) -> set[str]:
        """The columns of its sheet, lookups among them, that tell which rows count and what."""
        asked = self.condition.columns() if self.condition else ()
        return {*sheets[self.draws_on].in_use.columns(), *getattr(self, "columns", ()), *asked}

    def fits(self, sheets: Mapping[str, Sheet]) -> bool:
        """Whether these sheets have what is counted: else there is no figure, which is not 0."""
        if not isinstance(self, Count | Sum):
            return True
        if self.sheet not in sheets:
            return False
        sheet = sheets[self.sheet]
        known = {*sheet.by_key, *(lookup.name for lookup in sheet.lookups)}
        asked = self.where.columns() if self.where else ()
        summed = isinstance(self, Count) or not known.isdisjoint(self.columns)
        return summed and known.issuperset(asked)

    def measure(
        self,
        rows: Rows,
        sheets: Mapping[str, Sheet],
        figures: Figures,
        counted: Callable[[str], Table | None] | None = None,
    ) -> Number:
        """Evaluate over one workbook; `figures` are the indicators before this one.

        `counted` gives the rows in use of a sheet where they are found once for many indicators.
        """
        match self:
            case Count() | Sum() if self.fits(sheets):
                used = (
                    counted(self.sheet)
                    if counted
                    else rows_in_use(self.sheet, rows, sheets, [self])
                )
                return None if used is None else self._measure_used(used)
            case Ratio(numerator, denominator):
                return self.quotient(figures.get(numerator), figures.get(denominator))
            case Reaches(code, least):
                figure = figures.get(code)
                return int(figure is not None and figure >= least)
            case Reporting(nil, sheet):
                return int(not (nil and nil.among(rows(sheet) or ())))
            case Expected():
                return 1
        return None

    def _measure_used(self, used: Sequence[Row]) -> Number:
        """Count, or add up with blanks as nothing, those of the rows in use that are meant."""
        meant = self.condition.among(used) if self.condition else used
        if not isinstance(self, Sum):
            return len(meant)
        cells = chain.from_iterable(column_of(meant, column) for column in self.columns)
        return plain(sum(cell for cell in cells if isinstance(cell, int | Decimal)))

    def excel(self, range_of: RangeOf, sheets: Mapping[str, Sheet], cell_of: CellOf) -> str:
        """Give the Excel formula, without the equals sign: a dash where there is no figure."""
        match self:
            case Ratio(numerator, denominator):
                above, below = cell_of(numerator), cell_of(denominator)
                return f'IF(AND(ISNUMBER({above}),N({below})>0),{above}/{below},"—")'
            case Reaches(code, least):
                cell = cell_of(code)
                return f"IF(ISNUMBER({cell}),IF({cell}>={least},1,0),0)"
            case Reporting(nil, sheet) if nil and set(nil.columns()) <= sheets[sheet].by_key.keys():
                return f"IF({nil.excel(partial(range_of, sheet))},0,1)"
            case Count() | Sum():
                return self._over_rows(partial(range_of, self.sheet), sheets[self.sheet])
        return "1"  # the unit itself; a version that knows no nil return has only others

    def _over_rows(self, refer: Refer, sheet: Sheet) -> str:
        """Count or add up by criteria where the condition is plain, else by SUMPRODUCT."""
        used = sheet.in_use
        condition = Every((used, self.condition)) if self.condition else used
        pairs = condition.criteria(refer)
        criteria = ",".join(chain.from_iterable(pairs or ()))
        test = f"SUMPRODUCT(--{condition.excel(refer)}"
        if not isinstance(self, Sum):
            return f"COUNTIFS({criteria})" if pairs else f"{test})"
        columns = [refer(column) for column in self.columns if column in sheet.by_key]
        return "+".join(
            f"SUMIFS({column},{criteria})" if pairs else f"{test},{column})" for column in columns
        )

    @staticmethod
    def quotient(above: Number, below: Number) -> Number:
        """Divide two figures; None where there is nothing to divide by."""
        return plain(Decimal(above) / Decimal(below)) if above is not None and below else None


@dataclass(frozen=True)
class Count(Source):
    """How many rows of `sheet` meet `where`."""

    sheet: str
    where: Condition | None = None


@dataclass(frozen=True)
class Sum(Source):
    """The sum of `columns` over the rows of `sheet` that meet `where`; blanks add nothing."""

    sheet: str
    columns: tuple[str, ...]
    where: Condition | None = None


@dataclass(frozen=True)
class Ratio(Source):
    """One indicator's 累计/期末 over another's; nothing where the denominator is 0."""

    numerator: str
    denominator: str


@dataclass(frozen=True)
class Reaches(Source):
    """1 where the unit's own indicator reaches `least`, else 0: above, how many units reach it."""

    code: str
    least: int | Decimal


@dataclass(frozen=True)
class Reporting(Source):
    """1 where the unit reported and not nil (None: nobody says so): above, how many units did."""

    nil: Condition | None
    sheet: str
    when_absent: ClassVar[Number] = 0


@dataclass(frozen=True)
class Expected(Source):
    """1 for every unit that must report: above, how many must."""

    when_absent: ClassVar[Number] = 1


def rows_in_use(
    key: str, rows: Rows, sheets: Mapping[str, Sheet], sources: Iterable[Source] = ()
) -> Table | None:
    """Give the rows of a sheet that count; None where the unit's form has no such sheet.

    Where a lookup tells which are set aside, or which of them `sources` mean, the rows that they point
    to are asked.
    """
    sheet, found = sheets[key], rows(key)
    if found is None:
        return None
    conditions = [sheet.in_use, *(source.condition for source in sources if source.draws_on == key)]
    asked = {name for condition in conditions if condition for name in condition.columns()}
    for lookup in sheet.lookups:
        naming = sheets[lookup.of].key_column if lookup.of in sheets else None
        if lookup.name in asked and naming:
            known: dict[Value, Value] = {None: None}
            for row in rows(lookup.of) or ():  # as the formula does: the first of a doubled key
                known.setdefault(row.get(naming.key), row.get(lookup.column))
            found = [{**row, lookup.name: known.get(row.get(lookup.by))} for row in found]
    return Table(sheet.in_use.among(found))


_FACTOR, _FROM = 3, 10
"""A figure jumps when it moves by more than three times, and there are ten or more of it."""


def has_jumped(before: Number, now: Number) -> bool:
    """Whether a figure moved too far since it was `before`; one that is blank never does."""
    if before is None or now is None:
        return False
    low, high = sorted((before, now))
    return high >= _FROM and high > _FACTOR * low


def plain(number: int | Decimal) -> int | Decimal:
    """Give a whole Decimal as int, so that equal figures look alike."""
    if isinstance(number, Decimal) and number == number.to_integral_value():
        return int(number)
    return number


@dataclass(frozen=True)
class Values:
    """The three figures of one indicator for one unit and period."""

    previous: Number
    current: Number
    total: Number


@dataclass(frozen=True)
class Indicator(Versioned):
    """One line of the statistics.

    `by` overrides how it adds up over periods where its sheet's kind would say otherwise. `indent` is
    the depth of 其中, `definition` its line in 指标解释. `swing` is how heavy it weighs that it moved by
    more than three times since the last period, None where nobody asks. `older` are earlier labels,
    `since` and `until` form versions.
    """

    code: str
    label: str
    unit: str
    source: Source
    by: Kind | None = None
    percent: bool = False
    indent: int = 0
    definition: str = ""
    swing: Severity | None = Severity.NOTE
    older: tuple[str, ...] = ()
    since: int = 1
    until: int | None = None

    @cached_property
    def is_ratio(self) -> bool:
        """Whether the figure is made from parts and never added."""
        return isinstance(self.source, Ratio)

    def kind(self, sheets: Mapping[str, Sheet]) -> Kind:
        """How the figure adds up over periods: flow, ledger or stock."""
        if self.by:
            return self.by
        sheet = sheets.get(self.source.draws_on)
        return sheet.kind if isinstance(self.source, Count | Sum) and sheet else Kind.STOCK

    def values(self, kind: Kind, measured: Number, previous: Number) -> Values:
        """Make the three figures from what the rows give and the last 累计."""
        if kind is Kind.FLOW:
            parts = [part for part in (previous, measured) if part is not None]
            return Values(previous, measured, plain(sum(parts)) if parts else None)
        if kind is Kind.LEDGER and measured is not None:
            return Values(previous, plain(measured - (previous or 0)), measured)
        return Values(previous, None, measured)


def measure_all(
    indicators: Iterable[Indicator], rows: Rows, sheets: Mapping[str, Sheet]
) -> dict[str, Number]:
    """Evaluate every indicator over one workbook's rows, by code; ratios use those before them."""
    figures: dict[str, Number] = {}
    listed = tuple(indicators)
    sources = [indicator.source for indicator in listed]
    counted = cache(lambda key: rows_in_use(key, rows, sheets, sources))
    for indicator in listed:
        figures[indicator.code] = indicator.source.measure(rows, sheets, figures, counted)
    return figures
