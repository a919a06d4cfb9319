"""What units are called where several stand side by side.

This module owns telling units of one name apart, and what else people call one. It refuses
to order or choose them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sheetflow.units.tree import UnitTree
from sheetflow.units.unit import Unit

_KINDS = ("省", "市", "区", "县", "旗")
_OFFICES = ("", "妇联", "妇女联合会")
_SHORTEST = 2


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


def names_of(unit: Unit, tree: UnitTree) -> frozenset[str]:
    """Give what people call `unit` and each of its superiors, in full and in short.

    济南市历下区, 历下, 历下区妇联, 济南市, 山东省妇女联合会; none of them has a space.
    """
    known: set[str] = set()
    for one in (unit, *tree.chain(unit.unit_id)) if unit.unit_id in tree else (unit,):
        above = tree.chain(one.unit_id)[1:] if one.unit_id in tree else ()
        fronts = {""}
        for superior in above:
            fronts |= {name + front for name in _called(superior) for front in fronts}
        known |= {
            front + name + office
            for front in fronts
            for name in _called(one)
            for office in _OFFICES
        }
    return frozenset(known)


def _called(unit: Unit) -> tuple[str, ...]:
    name = "".join(unit.name.split())
    short = name[:-1] if name.endswith(_KINDS) else name
    return (name, short) if len(short) >= _SHORTEST else (name,)
