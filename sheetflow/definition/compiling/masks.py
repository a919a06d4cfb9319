"""<上级>级看 into what each level sees of a column; none may see more than the one below it."""

from __future__ import annotations

from sheetflow.definition.compiling.desk import Desk
from sheetflow.definition.compiling.levels import of_levels
from sheetflow.definition.lines import Cell, Line, shown
from sheetflow.definition.meanings import MASKS, word_for
from sheetflow.schemas.cells import Phone, Text
from sheetflow.schemas.columns import OPEN, Column, Disclosure, Mask
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.likely import find, is_it, likely, may_be

_TIGHT = {Mask.WHOLE: 0, Mask.NAME: 1, Mask.PHONE: 1, Mask.ADDRESS: 1, Mask.LEFT_OUT: 2}
_FITS: dict[Mask, tuple[type, ...]] = {
    Mask.NAME: (Text,),
    Mask.PHONE: (Text, Phone),
    Mask.ADDRESS: (Text,),
}


def disclosure(desk: Desk, line: Line, column: Column, withheld: Condition | None) -> Disclosure:
    """Give what each level above the unit sees; a blank cell is as the level below."""
    cells = dict(of_levels(line, desk.levels, "mask"))
    filled = {name: cell for name, cell in cells.items() if cell.spoiled or shown(cell.value)}
    if not filled and withheld is None:
        return OPEN
    below = Mask.LEFT_OUT if column.personal else Mask.WHOLE
    is_known = False  # what the lowest of them sees is free
    masks: list[tuple[str, Mask]] = []
    lower = ""
    for level in desk.levels.names[-2::-1]:
        mask = _mask(desk, filled[level], column) if level in filled else None
        if mask is not None and is_known and _is_looser(mask, below):
            told = f"{level}级看“{word_for(MASKS, mask)}”，比{lower}级的“{word_for(MASKS, below)}”看得多。"
            desk.faults.add(filled[level].spot, f"{told}上一级不能比下一级看得多。")
        below = mask or below
        is_known, lower = mask is not None or level not in filled, level
        masks.append((level, below))
    return Disclosure(masks=tuple(masks), withheld_when=withheld)


def _is_looser(mask: Mask, below: Mask) -> bool:
    """Whether a level sees what the one below it does not; each part of a value is another one."""
    return _TIGHT[mask] < _TIGHT[below] or (mask != below and _TIGHT[mask] == _TIGHT[below])


def _mask(desk: Desk, cell: Cell, column: Column) -> Mask | None:
    if cell.spoiled:
        return None
    typed = shown(cell.value)
    found = find(typed, MASKS)
    if found is None:
        meant = likely(typed, MASKS)
        told = f"没有“{typed[:20]}”这个看法{is_it(meant)}{may_be(MASKS)}"
        desk.faults.add(cell.spot, told, meant)
        return None
    mask = MASKS[found]
    if mask in _FITS and not isinstance(column.type, _FITS[mask]):
        desk.faults.add(cell.spot, f"{found}只能用于文字栏。请改为原样或不上送。")
        return None
    return mask
