"""What units are called: where several stand side by side, and where people type a name.

This module owns telling units of one name apart, what else people call one, and whom a
typed name may mean. It refuses to order or choose them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from sheetflow.lookalikes import plain
from sheetflow.units.tree import UnitTree
from sheetflow.units.unit import Unit

_KIND = re.compile(r"(?<=..)(自治区|自治县|自治州|自治旗|特区|地区|省|市|区|县|旗|盟|州)$")
_OFFICES = ("", "妇联", "妇女联合会")
_BEHIND = re.compile(r"(妇女联合会|妇联|\([^()]*\))+$")


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
    return tuple(dict.fromkeys((name, _KIND.sub("", name))))


def units_called(typed: str, tree: UnitTree) -> tuple[Unit, ...]:
    """Give the units that a typed name may mean: 历下区, 济南市历下区妇联, 历下妇女联合会.

    Superiors may stand before the name, full or short; blanks do not count.
    """
    name = _plain(typed)
    return tuple(unit for unit in tree if _means(name, tree.chain(unit.unit_id)))


def _plain(typed: str) -> str:
    """Drop blanks, and what a women's federation puts behind the name of its place."""
    text = plain(typed)
    return _BEHIND.sub(
        "", "".join(char for char in text if unicodedata.category(char)[0] not in "ZC")
    )


def _means(name: str, chain: Sequence[Unit]) -> bool:
    """Whether `name` is that of the chain's first unit, alone or behind those above it."""
    for own in map(_plain, _called(chain[0])):
        before = name.removesuffix(own)
        if name.endswith(own) and (
            not before or any(_means(before, chain[up:]) for up in range(1, len(chain)))
        ):
            return True
    return False
