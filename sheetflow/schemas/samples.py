"""Believable data: what a clerk would type into a form, declared with the campaign.

A campaign may say how its data look (`SampleSource`); the demo and the tests type that
into real workbooks. This module owns the shape alone: no sheet, no file, no chance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from random import Random
from typing import Protocol

from sheetflow.periods import Period
from sheetflow.units import Unit, UnitTree

Typed = str | int | float | dt.date
"""What is typed into one cell; several choices or keys are one text, joined by 、."""

SampleRow = Mapping[str, Typed]
"""One row by column key; a column that is not there stays blank."""

Samples = Mapping[str, Sequence[SampleRow]]
"""The rows of a workbook by sheet key; a card has one."""


class SampleSource(Protocol):
    """Gives one unit's workbook for one period, free of any finding."""

    def __call__(
        self,
        unit: Unit,
        tree: UnitTree,
        period: Period,
        random: Random,
        rows: int,
        earlier: Samples | None,
    ) -> Samples:
        """Make up the rows of `unit` for `period`, cover included.

        `rows` is about how many rows the longest book of a county gets anew. With
        `earlier`, the same unit's samples of the period before, the books go on: their
        rows come first, in their order, with what has happened since.
        """
        ...
