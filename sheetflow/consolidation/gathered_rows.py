"""How a workbook goes on from the one that was accepted for the same period: with entries from below, and scores.

A unit gathers entries, ranks or judges them, and hands the same workbook in again. What it typed stays, what
was handed up since is added, what the service works out is printed anew. This module owns these rows, and who
must not judge what. It refuses to write a workbook, and to judge one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from sheetflow.consolidation.ranking import (
    Excused,
    RankedRow,
    entry_column,
    key_of,
    ranked_rows,
    shown_score,
)
from sheetflow.schemas.cells import Key
from sheetflow.schemas.conditions import Row
from sheetflow.schemas.forms import Form
from sheetflow.schemas.gathered import GatheredRow
from sheetflow.schemas.judging import Judging
from sheetflow.schemas.merged_keys import merged
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.units import Unit, UnitTree, units_meant

Typed = TypeVar("Typed")
Rows = Mapping[str, Sequence[Row]]
"""Rows by sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ongoing:
    """What a unit's workbook goes on from: its own accepted rows of the period, and what was handed up."""

    rows: Rows = field(default_factory=lambda: MappingProxyType({}))
    gathered: Mapping[str, tuple[GatheredRow, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )


def rows_going_on(form: Form, unit: Unit, ongoing: Ongoing, tree: UnitTree) -> dict[str, list[Row]]:
    """Give the rows of each sheet that has any, before anybody types."""
    made: dict[str, list[Row]] = {}
    for sheet in form.sheets_for(unit.level):
        known = [row_of(sheet, row) for row in ongoing.rows.get(sheet.key, ())]
        if sheet.gathered:
            gathered = ongoing.gathered.get(sheet.key, ())
            known = gathered_rows(sheet, known, gathered, unit.unit_id, tree)
        elif sheet.key == form.cover.sheet:
            known = [_lasting_cover(form, row) for row in known]
        made[sheet.key] = known
    if spec := form.judging:
        excused = excused_of(form, made, tree)
        made[spec.scores] += _pairs(form, made, excused)
        made[spec.entries] = with_results(form, made, excused)
    return {key: rows for key, rows in made.items() if rows}


def row_of(sheet: Sheet, row: Row) -> Row:
    """Give a row without columns that the sheet has no more."""
    return {key: row[key] for key in row if key in sheet.by_key}


def _lasting_cover(form: Form, row: Row) -> Row:
    """Keep of the cover who answers for it; what each round says anew is left blank."""
    cover = form.cover
    anew = {
        cover.filled_on,
        cover.reason,
        *(cover.correction.columns() if cover.correction else ()),
    }
    return {key: value for key, value in row.items() if key not in anew}


def gathered_rows(
    sheet: Sheet,
    known: Sequence[Mapping[str, Typed]],
    gathered: Sequence[GatheredRow],
    unit_id: str,
    tree: UnitTree,
) -> list[Mapping[str, Typed | Value]]:
    """Give the rows of a unit's gathered sheet: those that stood there with what was typed, then new entries.

    A number that was given stands; new entries get the next ones. An entry that is handed up no longer keeps
    its row: somebody has to see that it is gone.
    """
    spec, column = sheet.gathered, sheet.key_column
    if spec is None:
        return list[Mapping[str, Typed | Value]](known)
    printed = {row.entry: row.printed(spec, tree) for row in gathered}
    codes = [str(merged(unit_id, str(row.get(spec.entry)))) for row in known]
    stood: list[Mapping[str, Typed | Value]] = [
        {**row, **printed.get(code, {})} for code, row in zip(codes, known, strict=True)
    ]
    fresh: list[dict[str, Value]] = [
        {**cells} for entry, cells in printed.items() if entry not in codes
    ]
    if column and column.key != spec.entry and isinstance(kind := column.type, Key):
        last = max((kind.number(row.get(column.key)) for row in known), default=0)
        for number, row in enumerate(fresh, start=last + 1):
            row[column.key] = kind.example(number)
    return [*stood, *fresh]


def excused_of(form: Form, rows: Rows, tree: UnitTree) -> Excused:
    """Give the judges who work in the unit whose entry it is, by the entry's number (回避)."""
    spec = form.judging
    if spec is None:
        return {}
    number, judge = key_of(form, spec.entries), key_of(form, spec.judges)
    entry = entry_column(form)
    at_home = {
        str(row.get(judge)): {
            unit.unit_id for unit in units_meant(str(row.get(spec.judge_unit) or ""), tree)
        }
        for row in rows.get(spec.judges, ())
    }
    return {
        str(row.get(number)): {
            key for key, units in at_home.items() if unit_of(str(row.get(entry))) in units
        }
        for row in rows.get(spec.entries, ())
    }


def unit_of(entry: str) -> str:
    """Give the unit whose entry it is: 370102 of 370102-B001."""
    return entry.rpartition("-")[0]


def _pairs(form: Form, rows: Rows, excused: Excused) -> Iterable[Row]:
    """Give a row for each judge and entry that has none yet, judge by judge."""
    spec = form.judging
    if spec is None:
        return []
    there = {(row.get(spec.judge), row.get(spec.entry)) for row in rows.get(spec.scores, ())}
    numbers = [str(row.get(key_of(form, spec.entries))) for row in rows.get(spec.entries, ())]
    return [
        {spec.judge: judge, spec.entry: number}
        for judge in (str(row.get(key_of(form, spec.judges))) for row in rows.get(spec.judges, ()))
        for number in numbers
        if judge not in excused.get(number, ()) and (judge, number) not in there
    ]


def with_results(form: Form, rows: Rows, excused: Excused) -> list[Row]:
    """Give the judged entries with score, place and proposal as the service works them out."""
    spec = form.judging
    if spec is None:
        return []
    ranked = {row.number: row for row in ranked_rows(form, rows, excused)}
    number = key_of(form, spec.entries)
    return [
        {**row, **printed_results(spec, ranked[str(row.get(number))])}
        for row in rows.get(spec.entries, ())
    ]


def printed_results(spec: Judging, row: RankedRow) -> dict[str, Value]:
    """Give what is printed of a result, by column."""
    return {
        spec.score: shown_score(row.score),
        spec.rank: row.place or None,
        spec.proposed: row.proposed or None,
    }
