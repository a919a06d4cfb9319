"""Sheets that are printed with what units handed in elsewhere: how one is declared, and one of its entries.

This module owns their shape. Entries are found in `service.gathering`, their rows made in
`consolidation.gathered_rows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sheetflow.schemas.parsing import Value
from sheetflow.units import UnitTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What a sheet's rows are printed with: entries of `form`, one a row, the unit's own and those from below.

    A unit's own entries are the rows of the sheet `listed` of its accepted workbook, in the order of that
    sheet's key. What it hands up are those, or, where its level fills the sheet `ranked` (which is gathered
    itself), the rows of that one which have a number in the column `order`, in that order. `entry` is the
    column here (and in `ranked`) that holds an entry's key with its unit before it (370102-B001); `named` is
    the column of `listed` that holds the key without. `unit` is the column here that names whose entry it
    is. `shown` pairs columns here with columns of `listed` whose cells are printed in them.
    """

    form: str
    listed: str
    named: str
    entry: str
    shown: tuple[tuple[str, str], ...] = ()
    ranked: str = ""
    order: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheredRow:
    """An entry that the unit, or one straight below it, handed in for a gathered sheet.

    `entry` is its key with its unit before it (370102-B001), `unit_id` whose it is, `above` the unit
    straight below (or the unit itself) that hands it up, `order` the place that this one gave it.
    `cells` are by the columns of the listed sheet.
    """

    entry: str
    unit_id: str
    above: str
    order: int
    cells: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))

    def printed(self, spec: Gathered, tree: UnitTree) -> dict[str, Value]:
        """Give what a gathered sheet shows of it, by column: its code, whose it is, what that one said."""
        cells: dict[str, Value] = {spec.entry: self.entry}
        if spec.unit:
            cells[spec.unit] = tree[self.unit_id].name if self.unit_id in tree else self.unit_id
        return cells | {here: self.cells.get(there) for here, there in spec.shown}
