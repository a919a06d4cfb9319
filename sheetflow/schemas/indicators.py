"""Indicators: one expression each, compiled to an Excel formula and to a Python evaluation.

`measure` is what one workbook's own rows give; `Values` are the three figures that
people see (上期累计, 本期, 累计/期末), made by the kind of sheet the expression draws on.
Both compilations must agree on every sample. Ratios are made from parts at every
level and never added.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from sheetflow.schemas.conditions import Condition, Every
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.schemas.tables import Row, Table, column_of

Number = int | Decimal | None
"""A figure; None where there is nothing to count (not the same as 0)."""

Rows = Callable[[str], Iterable[Row] | None]
"""Gives the rows of a sheet by key; None where the unit's form has no such sheet."""
RangeOf = Callable[[str, str], str]
"""Gives the Excel range of (sheet key, column key)."""
Figures = Mapping[str, Number]
CellOf = Callable[[str], str]
"""Gives the Excel cell of an indicator's 累计/期末 by code."""


class Source(ABC):
    """Where an indicator's figure comes from."""

    when_absent: ClassVar[Number] = None
    """What a unit with nothing accepted in a period counts; None: its last figure stands."""

    @property
    def draws_on(self) -> str:
        """The sheet whose rows are counted or asked, empty for none."""
        return getattr(self, "sheet", "")

    def in_use(self, sheets: Mapping[str, Sheet]) -> Condition:
        """The condition that a row counts at all: in use, and not set aside."""
        return sheets[self.draws_on].in_use

    def fits(self, sheets: Mapping[str, Sheet]) -> bool:
        """Whether these sheets have what is counted: else there is no figure, which is not 0."""
        del sheets
        return True

    @abstractmethod
    def measure(self, rows: Rows, sheets: Mapping[str, Sheet], figures: Figures) -> Number:
        """Evaluate over one workbook; `figures` are the indicators before this one."""

    @abstractmethod
    def excel(self, range_of: RangeOf, sheets: Mapping[str, Sheet], cell_of: CellOf) -> str:
        """Give the Excel formula, without the equals sign."""


@dataclass(frozen=True)
class Count(Source):
    """How many rows of `sheet` meet `where`."""

    sheet: str
    where: Condition | None = None

    def fits(self, sheets: Mapping[str, Sheet]) -> bool:
        """Whether the sheet is there with all that the condition asks."""
        return self.sheet in sheets and _has(sheets[self.sheet], self.where)

    def measure(self, rows: Rows, sheets: Mapping[str, Sheet], figures: Figures) -> Number:
        """Count the rows."""
        del figures
        used = rows_in_use(self.sheet, rows, sheets) if self.fits(sheets) else None
        return None if used is None else self.measure_used(used)

    def measure_used(self, used: Sequence[Row]) -> Number:
        """Count those rows in use that meet the condition."""
        return self.where.each(used).count(True) if self.where else len(used)

    def excel(self, range_of: RangeOf, sheets: Mapping[str, Sheet], cell_of: CellOf) -> str:
        """COUNTIFS where the condition is plain, else SUMPRODUCT."""
        del cell_of
        condition = _both(self.in_use(sheets), self.where)

        def refer(column: str) -> str:
            return range_of(self.sheet, column)

        pairs = condition.criteria(refer)
        if pairs is not None:
            return f"COUNTIFS({','.join(part for pair in pairs for part in pair)})"
        return f"SUMPRODUCT(--{condition.excel(refer)})"


@dataclass(frozen=True)
class Sum(Source):
    """The sum of `columns` over the rows of `sheet` that meet `where`."""

    sheet: str
    columns: tuple[str, ...]
    where: Condition | None = None

    def fits(self, sheets: Mapping[str, Sheet]) -> bool:
        """Whether the sheet is there with all that the condition asks, and any column to add."""
        if self.sheet not in sheets or not _has(sheets[self.sheet], self.where):
            return False
        return any(map(sheets[self.sheet].by_key.__contains__, self.columns))

    def measure(self, rows: Rows, sheets: Mapping[str, Sheet], figures: Figures) -> Number:
        """Add the numbers; blanks add nothing."""
        del figures
        used = rows_in_use(self.sheet, rows, sheets) if self.fits(sheets) else None
        return None if used is None else self.measure_used(used)

    def measure_used(self, used: Sequence[Row]) -> Number:
        """Add the numbers of those rows in use that meet the condition."""
        counted = self.where.among(used) if self.where else used
        return plain(
            sum(_number(value) for column in self.columns for value in column_of(counted, column))
        )

    def excel(self, range_of: RangeOf, sheets: Mapping[str, Sheet], cell_of: CellOf) -> str:
        """SUMIFS for each column where the condition is plain, else SUMPRODUCT."""
        del cell_of
        condition = _both(self.in_use(sheets), self.where)

        def refer(column: str) -> str:
            return range_of(self.sheet, column)

        pairs = condition.criteria(refer)
        columns = [column for column in self.columns if column in sheets[self.sheet].by_key]
        if pairs is None:
            test = condition.excel(refer)
            terms = [f"SUMPRODUCT(--{test},{refer(column)})" for column in columns]
        else:
            criteria = ",".join(part for pair in pairs for part in pair)
            terms = [f"SUMIFS({refer(column)},{criteria})" for column in columns]
        return "+".join(terms)


@dataclass(frozen=True)
class Ratio(Source):
    """One indicator's 累计/期末 over another's; nothing where the denominator is 0."""

    numerator: str
    denominator: str

    def measure(self, rows: Rows, sheets: Mapping[str, Sheet], figures: Figures) -> Number:
        """Divide the parts, to ten significant digits beyond what is shown."""
        del rows, sheets
        return self.quotient(figures.get(self.numerator), figures.get(self.denominator))

    @staticmethod
    def quotient(above: Number, below: Number) -> Number:
        """Divide two figures; None where there is nothing to divide by."""
        if above is None or not below:
            return None
        return plain(Decimal(above) / Decimal(below))

    def excel(self, range_of: RangeOf, sheets: Mapping[str, Sheet], cell_of: CellOf) -> str:
        """Divide the cells; a dash where the denominator is 0 or no figure."""
        del range_of, sheets
        above, below = cell_of(self.numerator), cell_of(self.denominator)
        return f'IF(AND(ISNUMBER({above}),N({below})>0),{above}/{below},"—")'


@dataclass(frozen=True)
class Reaches(Source):
    """1 where the unit's own indicator reaches `least`, else 0: above, how many units reach it."""

    code: str
    least: int

    def measure(self, rows: Rows, sheets: Mapping[str, Sheet], figures: Figures) -> Number:
        """Compare the unit's own figure."""
        del rows, sheets
        figure = figures.get(self.code)
        return int(figure is not None and figure >= self.least)

    def excel(self, range_of: RangeOf, sheets: Mapping[str, Sheet], cell_of: CellOf) -> str:
        """Compare the cell; text and dash give 0."""
        del range_of, sheets
        cell = cell_of(self.code)
        return f"IF(ISNUMBER({cell}),IF({cell}>={self.least},1,0),0)"


@dataclass(frozen=True)
class Reporting(Source):
    """1 where the unit reported and not nil: above, how many units did."""

    nil: Condition
    sheet: str
    when_absent: ClassVar[Number] = 0

    def measure(self, rows: Rows, sheets: Mapping[str, Sheet], figures: Figures) -> Number:
        """Ask the cover."""
        del sheets, figures
        return int(not any(self.nil.holds(row) for row in rows(self.sheet) or ()))

    def excel(self, range_of: RangeOf, sheets: Mapping[str, Sheet], cell_of: CellOf) -> str:
        """Ask the cover's cell; a version that knows no nil return has only others."""
        del cell_of
        if not _has(sheets[self.sheet], self.nil):
            return "1"
        test = self.nil.excel(lambda column: range_of(self.sheet, column))
        return f"IF({test},0,1)"


@dataclass(frozen=True)
class Expected(Source):
    """1 for every unit that must report: above, how many must."""

    when_absent: ClassVar[Number] = 1

    def measure(self, rows: Rows, sheets: Mapping[str, Sheet], figures: Figures) -> Number:
        """Count the unit itself."""
        del rows, sheets, figures
        return 1

    def excel(self, range_of: RangeOf, sheets: Mapping[str, Sheet], cell_of: CellOf) -> str:
        """Count the unit itself."""
        del range_of, sheets, cell_of
        return "1"


def rows_in_use(key: str, rows: Rows, sheets: Mapping[str, Sheet]) -> Table | None:
    """Give the rows of a sheet that count; None where the unit's form has no such sheet.

    Where a lookup tells which are set aside, the rows that they point to are asked.
    """
    sheet, found = sheets[key], rows(key)
    if found is None:
        return None
    asked = sheet.in_use.columns()
    for lookup in sheet.lookups:
        naming = sheets[lookup.of].key_column
        if lookup.name in asked and naming:
            known: dict[Value, Value] = {None: None}
            for row in rows(lookup.of) or ():  # as the formula does: the first of a doubled key
                known.setdefault(row.get(naming.key), row.get(lookup.column))
            found = [{**row, lookup.name: known.get(row.get(lookup.by))} for row in found]
    return Table(sheet.in_use.among(found))


def _has(sheet: Sheet, condition: Condition | None) -> bool:
    """Whether the sheet has every column that a condition asks."""
    return condition is None or sheet.by_key.keys() >= set(condition.columns())


def _both(first: Condition, second: Condition | None) -> Condition:
    return Every((first, second)) if second else first


def _number(value: Value) -> int | Decimal:
    return value if isinstance(value, int | Decimal) else 0


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
class Indicator:
    """One line of the statistics.

    `by` overrides how it adds up over periods where its sheet's kind would say
    otherwise. `percent` shows a ratio as a percentage. `indent` is the depth of 其中.
    `definition` is its line in 指标解释.
    """

    code: str
    label: str
    unit: str
    source: Source
    by: Kind | None = None
    percent: bool = False
    indent: int = 0
    definition: str = ""

    @cached_property
    def is_ratio(self) -> bool:
        """Whether the figure is made from parts and never added."""
        return isinstance(self.source, Ratio)

    def kind(self, sheets: Mapping[str, Sheet]) -> Kind:
        """How the figure adds up over periods: flow, ledger or stock."""
        if self.by:
            return self.by
        sheet = sheets.get(self.source.draws_on)
        if isinstance(self.source, Count | Sum) and sheet:
            return sheet.kind
        return Kind.STOCK

    def values(self, kind: Kind, measured: Number, previous: Number) -> Values:
        """Make the three figures from what the rows give and the last 累计."""
        if kind is Kind.FLOW:
            return Values(previous, measured, _add(previous, measured))
        if kind is Kind.LEDGER:
            return Values(previous, _subtract(measured, previous), measured)
        return Values(previous, None, measured)


def _add(first: Number, second: Number) -> Number:
    if first is None or second is None:
        return second if first is None else first
    return plain(first + second)


def _subtract(first: Number, second: Number) -> Number:
    if first is None:
        return None
    return plain(first - (second or 0))


def measure_all(
    indicators: Iterable[Indicator], rows: Rows, sheets: Mapping[str, Sheet]
) -> dict[str, Number]:
    """Evaluate every indicator over one workbook's rows, by code.

    Ratios and the like use the indicators before them; for one workbook these are
    what its own rows give (the 累计 of flow parts is put in by the roll-up).
    """
    figures: dict[str, Number] = {}
    used: dict[str, Table | None] = {}
    for indicator in indicators:
        source = indicator.source
        if isinstance(source, Count | Sum):
            # Which rows of a sheet are in use is asked once, not for each indicator.
            if not source.fits(sheets):
                figures[indicator.code] = None
                continue
            if source.sheet not in used:
                used[source.sheet] = rows_in_use(source.sheet, rows, sheets)
            listed = used[source.sheet]
            figures[indicator.code] = None if listed is None else source.measure_used(listed)
        else:
            figures[indicator.code] = source.measure(rows, sheets, figures)
    return figures
