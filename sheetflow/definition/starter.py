"""What `campaign new` begins with: a small campaign that can be used as it stands, as the rows of a workbook.

It stands in `starter.txt` beside this module, a block a sheet. This module owns how that is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files

from sheetflow.definition.layout import (
    ACTIVITY,
    LEVELS,
    PARTS,
    Content,
    Field,
    Part,
    Row,
    Rows,
    Typed,
)

_LEVELS = ("省", "市", "县")
_SIGN, _LINE_END = "｜", "\\n"
_NUMBERS = {Content.WHOLE, Content.NUMBER, Content.DEADLINE}


def starter_tables(*, blank: bool = False) -> Rows:
    """Give the rows of a new campaign workbook; with `blank` only what every campaign has: items and levels."""
    text = files(__package__).joinpath("starter.txt").read_text(encoding="utf-8")
    blocks = dict(block.split("\n", 1) for block in text.strip().split("\n\n"))
    rows = {part.title: tuple(_rows(part, blocks.get(part.title, ""))) for part in PARTS}
    if blank:
        items = tuple(
            {"item": row["item"], "remark": row["remark"]} for row in rows[ACTIVITY.title]
        )
        return {ACTIVITY.title: items, LEVELS.title: rows[LEVELS.title]}
    return rows


def _rows(part: Part, block: str) -> Iterator[Row]:
    lines = block.splitlines()
    if part.items:
        said = dict(line.split(_SIGN) for line in lines)
        for item in part.items:
            value = {"value": said[item.header]} if item.header in said else {}
            yield {"item": item.header, **value, "remark": item.help}
        return
    if lines:
        by_header = {field.header: field for field in part.for_levels(_LEVELS)}
        fields = [by_header[header] for header in lines[0].split(_SIGN)]
        yield from (dict(_cells(fields, line)) for line in lines[1:])


def _cells(fields: Sequence[Field], line: str) -> Iterator[tuple[str, Typed]]:
    for field, cell in zip(fields, line.split(_SIGN), strict=False):
        if cell:
            number = field.content in _NUMBERS
            yield field.key, int(cell) if number else cell.replace(_LINE_END, "\n")
