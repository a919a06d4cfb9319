"""What the pictures of a report show: the declared charts that bear a name.

This module owns the choice of figures. A picture with nothing to compare (one period, no
units below, no figure at all) is left out. It refuses to draw.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetflow.consolidation.report_data import Number, Picture, Series
from sheetflow.consolidation.tables import PeriodTotals, Statistics
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Indicator, Values
from sheetflow.schemas.reports import Across, ChartSpec


def pictures_of(
    form: Form, matrix: Statistics, history: Sequence[PeriodTotals], own: str
) -> tuple[Picture, ...]:
    """Give the report's pictures in the order of the declaration.

    `own` is what 本级 is called among the units.
    """
    drawn = (_picture(form, spec, matrix, history, own) for spec in form.charts if spec.name)
    return tuple(picture for picture in drawn if _says_something(picture))


def _picture(
    form: Form,
    spec: ChartSpec,
    matrix: Statistics,
    history: Sequence[PeriodTotals],
    own: str,
) -> Picture:
    indicators = [form.indicator[code] for code in spec.codes]
    if spec.across is Across.INDICATORS:
        categories = [_plain(indicator) for indicator in indicators]
        parts = tuple(_pick(spec, matrix.total[code]) for code in spec.codes)
        series = [Series(spec.title, parts)]
    else:
        if spec.across is Across.UNITS:
            headings = (column.heading for column in matrix.columns)
            categories = [own if heading == "本级" else heading for heading in headings]
            values = [column.values for column in matrix.columns]
        else:
            categories = [entry.period.label.partition("年")[2] for entry in history]
            values = [entry.total for entry in history]
        series = [
            Series(_plain(one), tuple(_pick(spec, each[one.code]) for each in values))
            for one in indicators
        ]
    return Picture(
        name=spec.name,
        title=spec.title,
        across=spec.across,
        unit=indicators[0].unit,
        categories=tuple(categories),
        series=tuple(series),
        is_percent=indicators[0].percent,
    )


def _pick(spec: ChartSpec, values: Values) -> Number | None:
    return values.current if spec.current else values.total


def _plain(indicator: Indicator) -> str:
    return indicator.label.strip("　").removeprefix("其中：")


def _says_something(picture: Picture) -> bool:
    """Whether there are at least two things to compare, and any figure among them."""
    several = len(picture.categories) > 1
    return several and any(value for series in picture.series for value in series.values)
