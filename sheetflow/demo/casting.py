"""Who plays which part: clean, mistaken, nil, late, missing, and the accidents.

This module owns the shares. Parts fall by chance, from the seed; a small demo gets as
many accidents as half of its counties can play.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from random import Random

from sheetflow.units import Levels, Unit


class Part(StrEnum):
    """What becomes of one unit's workbook."""

    CLEAN = "clean"
    MISTAKES = "with mistakes"
    HABITS = "with odd ways of writing"
    NIL = "nil return"
    LATE = "late"
    MISSING = "missing"
    TWICE = "two workbooks in one pass"
    ASTRAY = "dropped in another unit's folder"
    BROKEN = "cut off while copying"
    EMPTY = "an empty workbook"
    XLS = "saved as .xls"
    ODS = "saved as .ods"


_ACCIDENTS = (
    Part.MISTAKES,
    Part.NIL,
    Part.TWICE,
    Part.ASTRAY,
    Part.MISSING,
    Part.LATE,
    Part.BROKEN,
    Part.XLS,
    Part.EMPTY,
    Part.ODS,
    Part.MISSING,
    Part.HABITS,
    Part.LATE,
    Part.XLS,
    Part.LATE,
)
_MISTAKEN, _HABITUAL = 0.3, 0.1


def cast_parts(units: Sequence[Unit], levels: Levels, random: Random) -> dict[str, Part]:
    """Give every unit its part; the accidents fall on the lowest level."""
    counties = [unit for unit in units if unit.level == levels.lowest.name]
    others = [unit for unit in units if unit.level != levels.lowest.name]
    random.shuffle(counties)
    accidents = _ACCIDENTS[: (len(counties) + 1) // 2]
    parts = dict(zip((unit.unit_id for unit in counties), accidents, strict=False))
    for unit in (*counties[len(accidents) :], *others):
        parts[unit.unit_id] = Part.CLEAN if unit.parent is None else _by_chance(random)
    cities = [unit for unit in others if unit.level == levels.nearest.name]
    if len(cities) > 1:
        parts[random.choice(cities).unit_id] = Part.LATE
    return parts


def _by_chance(random: Random) -> Part:
    drawn = random.random()
    if drawn < _MISTAKEN:
        return Part.MISTAKES
    return Part.HABITS if drawn < _MISTAKEN + _HABITUAL else Part.CLEAN
