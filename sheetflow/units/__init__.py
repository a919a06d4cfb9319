"""Units and their tree.

Names are no keys (市中区 stands three times in Shandong); `unit_id` is. A unit's
folder, its chain and its successor all follow from here. So do the levels of a chain.
"""

from sheetflow.units.levels import THREE_LEVELS, Levels, LevelSpec
from sheetflow.units.names import OWN_LEVEL, names_told_apart, units_called, units_meant
from sheetflow.units.rows import HEADERS, parse_units
from sheetflow.units.tree import Unit, UnitTree

__all__ = [
    "HEADERS",
    "OWN_LEVEL",
    "THREE_LEVELS",
    "LevelSpec",
    "Levels",
    "Unit",
    "UnitTree",
    "names_told_apart",
    "parse_units",
    "units_called",
    "units_meant",
]
