"""Charts: which indicators a consolidated workbook and a report draw, declared with the form.

This module owns what a chart shows and refuses to know how one is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Across(StrEnum):
    """What a chart compares: the units below, several indicators, or the periods."""

    UNITS = "units"
    """One bar for 本级 and for each unit below, one colour for each indicator."""

    INDICATORS = "indicators"
    """One slice for each indicator, of the total: the indicators are parts of a whole."""

    PERIODS = "periods"
    """One line for each indicator, over the periods of the year so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """One chart: its title, the indicators it draws, and what it compares.

    `current` draws 本期, else 累计/期末. Indicators that share a chart share a unit of measure.
    A chart with a `name` is also a picture of the Word report, which calls it so.
    """

    title: str
    codes: tuple[str, ...]
    across: Across = Across.UNITS
    current: bool = False
    name: str = ""
