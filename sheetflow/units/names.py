"""What units are called: apart from each other, in short, and by whoever types a name.

This module refuses to choose one of several units of a name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from sheetflow.lookalikes import plain, without_spaces
from sheetflow.units.tree import Unit, UnitTree

_KIND = re.compile(
    r"(?<=..)(自治区|自治县|自治州|自治旗|特区|地区|省|市|社区|区|县|旗|盟|州|民族乡|乡|镇|街道|村)$"
)
_OFFICES = ("", "妇联", "妇女联合会")
_BEHIND = re.compile(r"(妇女联合会|妇联|\([^()]*\))+$")


OWN_LEVEL = "本级"
"""What stands behind a unit's name where the unit itself is meant, and not all below it with it."""


def names_told_apart(units: Iterable[Unit], own: Collection[str] = frozenset()) -> dict[str, str]:
    """Name each unit by its id; a name that stands twice gets its superior's before it.

    市中区 stands three times in a province: 济南市市中区. A superior that is not among
    `units` is not named. Those of `own` stand for their own level alone: 济南市本级.
    """
    known = {unit.unit_id: unit for unit in units}
    often = Counter(unit.name for unit in known.values())
    named = {}
    for unit in known.values():
        above = known.get(unit.parent or "")
        before = above.name if above and often[unit.name] > 1 else ""
        named[unit.unit_id] = before + unit.name + OWN_LEVEL * (unit.unit_id in own)
    return named


def names_of(unit: Unit, tree: UnitTree) -> frozenset[str]:
    """Give what people call `unit` and each of its superiors, in full and in short.

    济南市历下区, 历下, 历下区妇联, 济南市, 山东省妇女联合会; none of them has a space.
    """
    chain = tree.chain(unit.unit_id) if unit.unit_id in tree else (unit,)
    return frozenset(
        name + office
        for rank in range(len(chain))
        for name in _names(chain[rank:])
        for office in _OFFICES
    )


def units_called(typed: str, tree: UnitTree) -> tuple[Unit, ...]:
    """Give the units that a typed name may mean: 历下区, 济南市历下区妇联, 历下妇女联合会.

    Superiors may stand before the name, full or short; blanks do not count.
    """
    name = _bare(typed)
    return tuple(unit for unit in tree if name in _names(tree.chain(unit.unit_id)))


def units_meant(typed: str, tree: UnitTree) -> tuple[Unit, ...]:
    """Give the units that somebody may mean who writes so: by id, by folder or by name."""
    code = typed.strip().partition("-")[0]
    return (tree[code],) if code in tree else units_called(typed, tree)


def _names(chain: Sequence[Unit]) -> set[str]:
    """Give what the first of a chain is called, alone or behind any of those above it."""
    fronts = {""}
    for above in reversed(chain[1:]):
        fronts |= {front + name for name in _called(above) for front in fronts}
    return {front + name for name in _called(chain[0]) for front in fronts}


def _called(unit: Unit) -> set[str]:
    """Give a unit's name in full and in short, and as `_bare` has both."""
    full = without_spaces(unit.name)
    named = {full, _KIND.sub("", full)}
    return named | set(map(_bare, named))


def _bare(typed: str) -> str:
    """Drop blanks, and what a women's federation puts behind the name of its place."""
    return _BEHIND.sub("", without_spaces(plain(typed)))
