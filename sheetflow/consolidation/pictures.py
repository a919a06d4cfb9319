"""What the pictures of a report show: the declared charts that bear a name.

This module owns the choice of figures. A picture with nothing to compare (one period, no
units below, no figure at all) is left out. It refuses to draw.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetflow.consolidation.report_data import Number, Picture, PictureKind, Series
from sheetflow.consolidation.tables import PeriodTotals, Statistics
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Indicator, Values
from sheetflow.schemas.reports import Across, ChartSpec

_KINDS = {
    Across.UNITS: PictureKind.BARS,
    Across.INDICATORS: PictureKind.PARTS,
    Across.PERIODS: PictureKind.LINES,
}


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
        categories = tuple(_plain(indicator) for indicator in indicators)
        parts = tuple(_pick(spec, matrix.total[indicator.code]) for indicator in indicators)
        series: tuple[Series, ...] = (Series(spec.title, parts),)
    elif spec.across is Across.UNITS:
        headings = (column.heading for column in matrix.columns)
        categories = tuple(own if heading == "本级" else heading for heading in headings)
        columns = [column.values for column in matrix.columns]
        series = tuple(
            Series(
                _plain(indicator), tuple(_pick(spec, values[indicator.code]) for values in columns)
            )
            for indicator in indicators
        )
    else:
        categories = tuple(entry.period.label.partition("年")[2] for entry in history)
        series = tuple(
            Series(
                _plain(indicator),
                tuple(_pick(spec, entry.total[indicator.code]) for entry in history),
            )
            for indicator in indicators
        )
    return Picture(
        name=spec.name,
        title=spec.title,
        kind=_KINDS[spec.across],
        unit=indicators[0].unit,
        categories=categories,
        series=series,
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
