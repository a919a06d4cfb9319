"""Who sees what of a personal column above the unit itself.

This module owns how a value is masked and which columns a level sees; the
declarations say what each column discloses, settings may widen or narrow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sheetflow.schemas.columns import Column, Disclosure, Mask
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.units import Levels

_SHOWN_BEFORE, _SHOWN_AFTER = 3, 4
_LONG_ENOUGH = 8


Look = tuple[str, Mask, Condition | None]
"""How a level sees a column: its key, how it is masked, and what withholds it from a row."""


@dataclass(frozen=True, slots=True)
class MaskPolicy:
    """What the readers of one of `levels` see: the declarations, and what the office overrides.

    The lowest level sees its own rows only, and those whole. `overrides` maps ``sheet.column`` to
    whole, masked or left_out.
    """

    levels: Levels
    level: str
    overrides: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_own(self) -> bool:
        """Whether the readers are those who filled in the rows."""
        return self.level == self.levels.lowest.name

    def is_above(self, level: str) -> bool:
        """Whether the readers are above those of `level`."""
        return self.levels.rank(self.level) < self.levels.rank(level)

    def mask_of(self, sheet: Sheet, column: Column) -> Mask:
        """Give the mask in force for `column`."""
        declared = Mask.WHOLE if self.is_own else column.mask_at(self.level)
        chosen = self.overrides.get(f"{sheet.key}.{column.key}")
        if chosen == "masked":
            # Where nothing can be masked, less is shown than was asked for, never more.
            return way_to_mask(column) or Mask.LEFT_OUT
        return Mask(chosen) if chosen else declared

    def disclosure_of(self, sheet: Sheet, column: Column) -> Disclosure:
        """Give what is disclosed of `column` to this level's readers, as in force."""
        mask = self.mask_of(sheet, column)
        overridden = f"{sheet.key}.{column.key}" in self.overrides
        withheld = None if overridden else column.disclosure.withheld_when
        if mask is Mask.WHOLE and column.mask_at(self.level) is mask and not withheld:
            return column.disclosure  # of most columns nothing is said
        return Disclosure(masks=((self.level, mask),), withheld_when=withheld)

    def columns(self, sheet: Sheet) -> tuple[Column, ...]:
        """The columns that the level sees at all, in their order."""
        return tuple(
            column for column in sheet.columns if self.mask_of(sheet, column) is not Mask.LEFT_OUT
        )

    def plan(self, sheet: Sheet) -> list[Look]:
        """Give each column that the level sees, how it is masked, and what withholds it from a row."""
        looks: list[Look] = []
        for column in self.columns(sheet):
            whole = self.is_own or f"{sheet.key}.{column.key}" in self.overrides
            withheld = None if whole else column.disclosure.withheld_when
            looks.append((column.key, self.mask_of(sheet, column), withheld))
        return looks

    @property
    def digest(self) -> str:
        """Name the policy, so that what was made under another one is made again."""
        key = self.levels[self.level].key
        return f"{key}:" + ",".join(f"{k}={v}" for k, v in sorted(self.overrides.items()))


def way_to_mask(column: Column) -> Mask | None:
    """How the declaration would mask `column` where it does; None where it never does."""
    masks = column.disclosure.masks
    return next((mask for _, mask in masks if mask not in {Mask.WHOLE, Mask.LEFT_OUT}), None)


def name_columns(sheet: Sheet) -> tuple[str, ...]:
    """Give the columns that hold the names of the people whom the sheet's rows are about."""
    return tuple(column.key for column in sheet.columns if way_to_mask(column) is Mask.NAME)


_NAMELESS = re.compile(
    r"某(某*|女士|女|妇女|女性|同志|大妈|大姐|大娘|大嫂|阿姨|老人|奶奶|村民|居民)"
)
_VILLAGE = re.compile(r".*?(村|社区|居委会)")
_MARK = r"(?:[^\w\s]|[\s_]|家住|现住|居住|住在|住址)"
_SOME_MARK, _BEFORE = re.compile(_MARK), re.compile(f".*{_MARK}")
"""What may stand before the address itself: whose it is, up to the last mark or word."""
_NOT_SHOWN = "（略）"


def mask_value(mask: Mask, value: Value, names: Iterable[Value] = ()) -> Value:
    """Mask one value: 王小丽 to 王*, 13800138000 to 138****8000, an address to its village.

    `names` are the row's own people, who must not stand in what is left of an address. What no
    mask fits is not shown at all.
    """
    if mask is Mask.WHOLE or (not value and mask is not Mask.LEFT_OUT):
        return value
    if mask is Mask.LEFT_OUT or not isinstance(value, str):
        return None
    if mask is Mask.NAME:
        return value if _NAMELESS.fullmatch(value) else value[0] + "*"
    if mask is Mask.PHONE:
        is_long = len(value) >= _LONG_ENOUGH
        return f"{value[:_SHOWN_BEFORE]}****{value[-_SHOWN_AFTER:]}" if is_long else "****"
    match = _VILLAGE.match(value)
    village = match[0] if match else ""
    if _SOME_MARK.search(village):  # few have any, and looking for the last one takes long
        village = _BEFORE.sub("", village)
    named = any(isinstance(name, str) and name and name in village for name in names)
    return _NOT_SHOWN if named or match is None or village == match[1] else village
