"""Rows read back before anybody gets them: what comes of them must be the campaign that they were made of.

Whatever the rows cannot say that nobody thought of is found here, and named by its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass

from sheetflow.definition.compiling.campaign import compile_campaign
from sheetflow.definition.compiling.report import FoundTemplate
from sheetflow.definition.layout import LEVELS, PARTS, Field, Row, Rows
from sheetflow.schemas.campaign import Campaign
from sheetflow.workbook import CellValue, RawSheet, RawWorkbook

_MOST_SHOWN = 40


def unlike(campaign: Campaign, rows: Rows, templates: Mapping[str, str]) -> tuple[str, ...]:
    """Say what of a campaign comes back otherwise, or not at all, from its rows; nothing where all is equal.

    `templates` are the digests of the report templates by the names under which rows ask for them.
    """
    found = {name: FoundTemplate(sha256=digest) for name, digest in templates.items()}
    compiled = compile_campaign(as_read(rows), found)
    if compiled.campaign is None:
        return tuple(fault.sentence for fault in compiled.faults)
    return tuple(_differences(campaign, compiled.campaign, ()))


def as_read(rows: Rows) -> RawWorkbook:
    """Give rows as a workbook of theirs would be read."""
    levels = [str(row["name"]) for row in rows[LEVELS.title]]
    return RawWorkbook(
        sheets=tuple(
            RawSheet(part.title, tuple(_cells(part.for_levels(levels), rows.get(part.title, ()))))
            for part in PARTS
        )
    )


def _cells(columns: Sequence[Field], rows: Sequence[Row]) -> Iterator[tuple[CellValue, ...]]:
    yield ()
    yield tuple(column.header for column in columns)
    for row in rows:
        yield tuple(row.get(column.key) for column in columns)


def _differences(one: object, other: object, at: tuple[str, ...]) -> Iterator[str]:
    """Name where two declarations differ."""
    if one == other:
        return
    if type(one) is type(other) and is_dataclass(one):
        at = (*at, str(name)) if (name := getattr(one, "label", getattr(one, "title", ""))) else at
        for entry in fields(one):
            if entry.compare:
                there = (*at, entry.name)
                yield from _differences(getattr(one, entry.name), getattr(other, entry.name), there)
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for left, right in zip(one, other, strict=True):
            yield from _differences(left, right, at)
    else:
        shown = [str(each)[:_MOST_SHOWN] for each in (one, other)]
        yield f"{'·'.join(at)}是“{shown[0]}”，读回来是“{shown[1]}”"
