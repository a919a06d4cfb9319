"""The task that writes a form's 填报样例: a workbook filled in by nobody, to be looked at.

Its rows are made up from the declaration, its unit is none of the chain, and its stamp says
what it is: dropped into an inbox it is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from sheetflow.children.limits import makes_ours
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.book import SAMPLE
from sheetflow.schemas.campaign import Campaign, Samples, Scene
from sheetflow.schemas.column_reading import reading_in
from sheetflow.schemas.filings import filings_by_rows
from sheetflow.schemas.forms import Form
from sheetflow.schemas.parsing import Value
from sheetflow.units import Levels, Unit, UnitTree

if TYPE_CHECKING:  # a child that writes loads the writers
    from sheetflow.writing import Dress

_ROWS = 10
"""About so many rows has its longest book: enough to see how one is filled in."""
_SEED = 2012


@makes_ours
def render_sample(campaign: str, form: str, period: Period, dress: Dress) -> bytes:
    """Write the sample of a form, filled in for `period` by a unit of the lowest level that fills it."""
    from sheetflow.config.kept_campaigns import open_campaign
    from sheetflow.prefill import prefill_blank
    from sheetflow.sample_maker import make_samples
    from sheetflow.writing import write_workbook

    declared = open_campaign(campaign)
    filled = declared.in_force(declared.by_key[form], period)
    unit, tree = nobody(declared, filled)
    random = Random(_SEED)  # noqa: S311 - made-up data, the same in every workspace
    samples = make_samples(declared, filled, Scene(unit, tree, period, random, _ROWS))
    filling = prefill_blank(declared, filled, unit, period)
    rows = {**filling.rows, **_read(filled, samples)}
    stamp = replace(filling.stamp, edition=SAMPLE)
    said = filings_by_rows(filled, unit.level, samples)
    start = dt.datetime.combine(period.first_day, dt.time(), OFFICE_ZONE)
    return write_workbook(replace(filling, rows=rows, stamp=stamp, filings=said), dress, start)


def nobody(campaign: Campaign, form: Form) -> tuple[Unit, UnitTree]:
    """Make up a unit of the lowest level that fills the form, and those above it."""
    levels: Levels = campaign.levels
    units: list[Unit] = []
    for number, level in enumerate(levels.names, start=1):
        above = units[-1].unit_id if units else None
        units.append(Unit(unit_id=f"YL{number}", name=f"样例{level}", level=level, parent=above))
    tree = UnitTree.of(units, levels=levels)
    return next(unit for unit in reversed(units) if form.is_for(unit.level)), tree


def _read(form: Form, samples: Samples) -> dict[str, Sequence[Mapping[str, Value]]]:
    """Read what was typed, as it would be read of a file."""
    return {
        key: [
            {name: reading_in(form.by_key[key].by_key[name])(cell) for name, cell in row.items()}
            for row in rows
        ]
        for key, rows in samples.items()
    }
