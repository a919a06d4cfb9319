"""What units are called where several stand side by side.

This module owns telling units of one name apart. It refuses to order or choose them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sheetflow.units.unit import Unit


def names_told_apart(units: Iterable[Unit]) -> dict[str, str]:
    """Name each unit by its id; a name that stands twice gets its superior's before it.

    市中区 stands three times in a province: 济南市市中区. A superior that is not among
    `units` is not named.
    """
    known = {unit.unit_id: unit for unit in units}
    often = Counter(unit.name for unit in known.values())
    named = {}
    for unit in known.values():
        above = known.get(unit.parent or "")
        named[unit.unit_id] = (above.name if above and often[unit.name] > 1 else "") + unit.name
    return named
