"""A believable province and a believable city, made from the real list of units.

Rows are made from the declared column types alone, so that a changed declaration still
gives rows; every figure is measured from those rows, by the indicators' Python side.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from sheetflow.consolidation.accepted import Accepted, ExplanationRow
from sheetflow.consolidation.contents import (
    BoardData,
    BoardFile,
    Consolidated,
    DetailRow,
    DetailSheet,
    PeriodTotals,
    SamePersonRow,
    Statistics,
    StatisticsColumn,
)
from sheetflow.consolidation.corrections import CorrectionRow
from sheetflow.consolidation.group_state import GroupState
from sheetflow.consolidation.states import BoardRow, HandedIn, State
from sheetflow.masks import MaskPolicy
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas import cells
from sheetflow.schemas.columns import Column, Mask
from sheetflow.schemas.forms import Form
from sheetflow.schemas.grassroots2012.progress import PROGRESS
from sheetflow.schemas.indicators import Number, Values, measure_all, plain
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import RollUp, Sheet
from sheetflow.units import THREE_LEVELS, Unit, UnitTree

LIST = Path("sheetflow/defaults/units/units-shandong-2012.csv")
LEVELS = {"province": "省", "prefecture": "市", "county": "县"}
PERIOD = Period.parse("2012B2")
NOW = dt.datetime(2012, 5, 9, 16, 30, tzinfo=OFFICE_ZONE)
TEXTS = ("反映灵活就业难，希望参加家政培训", "老人独居，盼有人照看", "土地流转后收入减少", "=1+1")

Rows = Mapping[str, list[dict[str, Value]]]
Consolidate = Callable[..., Consolidated]


@pytest.fixture(scope="session")
def tree() -> UnitTree:
    """Shandong as it was in 2012."""
    with LIST.open(encoding="utf-8") as lines:
        return UnitTree.of(
            Unit(
                unit_id=row["code"],
                name=row["name"],
                level=LEVELS[row["level"]],
                parent=row["parent"] or None,
            )
            for row in csv.DictReader(lines)
        )


def make_value(column: Column, number: int, unit: Unit, dice: random.Random) -> Value:
    """Give a value that the column's type allows."""
    match column.type:
        case Choice(options):
            value: Value = dice.choice(options)
        case Choices(options):
            value = tuple(dice.sample(options, 2))
        case cells.Day():
            value = dt.date(2012, 3, 1) + dt.timedelta(days=dice.randrange(60))
        case cells.Whole():
            value = dice.randrange(1, 40)
        case cells.Money():
            value = Decimal(dice.randrange(100, 900_000)) / 100
        case cells.Key() as key:
            value = f"{unit.unit_id}-{key.example(number)}"
        case cells.Reference():
            value = f"{unit.unit_id}-X{number:04d}"
        case cells.References():
            value = (f"{unit.unit_id}-G001", f"{unit.unit_id}-G002")
        case cells.NameKey():
            value = f"第{number}街道"
        case _:
            value = dice.choice(TEXTS) if dice.random() < 0.8 else None
    return value


def make_rows(form: Form, unit: Unit, most: int, dice: random.Random) -> Rows:
    """Fill every table that the unit's level has."""
    rows: dict[str, list[dict[str, Value]]] = {}
    for sheet in form.sheets_for(unit.level):
        if sheet.is_table and sheet.key != "explanations":
            rows[sheet.key] = [
                {column.key: make_value(column, number, unit, dice) for column in sheet.columns}
                for number in range(1, dice.randrange(most) + 2)
            ]
    return rows


def measure(form: Form, rows: Rows | None, dice: random.Random) -> dict[str, Values]:
    """Give the unit's three figures by code; without rows its last ones stand."""
    found: dict[str, Values] = {}
    if rows is None:
        measured: dict[str, Number] = {entry.code: None for entry in form.indicators}
    else:
        measured = measure_all(form.indicators, rows.get, form.by_key)
    for indicator in form.indicators:
        kind = form.kinds[indicator.code]
        number = measured[indicator.code]
        before = None if number is None or indicator.is_ratio else dice.randrange(9)
        found[indicator.code] = indicator.values(kind, number, before)
    return found


def add_up(form: Form, parts: Sequence[Mapping[str, Values]]) -> dict[str, Values]:
    """Add figures; ratios come from the added parts."""

    def total(numbers: Iterable[Number]) -> Number:
        found = [number for number in numbers if number is not None]
        return plain(sum(found)) if found else None

    added: dict[str, Values] = {}
    for indicator in form.indicators:
        entries = [part[indicator.code] for part in parts]
        if indicator.is_ratio:
            figures = {code: values.total for code, values in added.items()}
            ratio = indicator.source.measure(lambda _key: None, form.by_key, figures)
            added[indicator.code] = Values(None, None, ratio)
        else:
            added[indicator.code] = Values(
                total(entry.previous for entry in entries),
                total(entry.current for entry in entries),
                total(entry.total for entry in entries),
            )
    return added


def state_of(number: int) -> State:
    """Spread the states over the units."""
    return {3: State.MISSING, 7: State.NIL, 11: State.RETURNED, 16: State.HELD}.get(
        number % 29, State.ACCEPTED
    )


def board_row(unit: Unit, number: int, period: Period = PERIOD) -> BoardRow:
    """Give a unit's line on the board."""
    state = state_of(number)
    answered = state is not State.MISSING
    return BoardRow(
        unit=unit,
        state=state,
        late=state.is_in and number % 13 == 5,
        receipt=f"{unit.unit_id}-{period}-{number % 3 + 1}" if state.is_in else "",
        answered_at=NOW - dt.timedelta(minutes=number) if answered else None,
        deadline=NOW,
        must=3 if state is State.RETURNED else 0,
        verify=number % 3 if answered else 0,
        note=number % 2 if answered else 0,
        explained=number % 3 if answered else 0,
        carried=not state.is_in and number % 2 == 1,
        own=unit.level != "县",
        overdue=not state.is_in and number % 4 < 3,
        first=HandedIn(1, NOW - dt.timedelta(days=2, minutes=number)) if answered else None,
        latest=HandedIn(number % 3 + 1, NOW - dt.timedelta(minutes=number)) if answered else None,
        preparer=f"王小{number % 9}" if state.is_in else "",
        phone=f"0531-8{number:07d}" if state.is_in else "",
    )


def seen(sheet: Sheet, level: str) -> tuple[Column, ...]:
    """The columns that a level sees."""
    return tuple(
        column
        for column in sheet.columns
        if MaskPolicy(THREE_LEVELS, level).mask_of(sheet, column) is not Mask.LEFT_OUT
    )


def detail_row(tree: UnitTree, board: BoardRow, row: Mapping[str, Value]) -> DetailRow:
    """Say whose the row is."""
    unit = board.unit
    city = tree.ancestor(unit.unit_id, "市")
    county = unit.name if unit.level == "县" else ""
    return DetailRow((city.name if city else "", county), board.receipt, row)


@pytest.fixture(scope="session")
def consolidate(tree: UnitTree) -> Consolidate:
    """Make the consolidated tables of a unit: `most` rows a sheet and unit, `seed` of the dice."""

    def make(top: str, most: int = 4, seed: int = 1) -> Consolidated:
        form, dice, unit = PROGRESS, random.Random(seed), tree[top]  # noqa: S311 - sample data
        board = [board_row(entry, number) for number, entry in enumerate(tree.subtree(top))]
        filled: dict[str, Rows] = {}
        figures: dict[str, Mapping[str, Values]] = {}
        for row in board:
            has_rows = row.state is State.ACCEPTED
            rows = make_rows(form, row.unit, most, dice) if has_rows else None
            filled[row.unit.unit_id] = rows or {}
            figures[row.unit.unit_id] = measure(form, rows, dice)
        groups = [(f"{unit.name}本级", (unit,))] + [
            (child.name, tree.subtree(child.unit_id)) for child in tree.children(top)
        ]
        stand = {row.unit.unit_id: row for row in board}
        columns = tuple(
            StatisticsColumn(
                name,
                units[0],
                add_up(form, [figures[entry.unit_id] for entry in units]),
                GroupState.of([stand[entry.unit_id] for entry in units], alone=len(units) == 1),
            )
            for name, units in groups
        )
        kinds = {entry.code: form.kinds[entry.code] for entry in form.indicators}
        total = add_up(form, [column.values for column in columns])
        return Consolidated(
            campaign_title="“下基层、访妇情、办实事”活动",
            form=form,
            unit=unit,
            period=PERIOD,
            stamp=NOW,
            board=tuple(board),
            statistics=Statistics(form.indicators, kinds, columns, total),
            details=_details(tree, unit.level, board, filled),
            sources=_sources(board),
            explanations=_explanations(board),
            corrections=_corrections(columns, total),
            same_person=_same_person(tree, board),
            history=(PeriodTotals(Period.parse("2012B1"), total), PeriodTotals(PERIOD, total)),
        )

    return make


def _corrections(
    columns: Sequence[StatisticsColumn], total: Mapping[str, Values]
) -> tuple[CorrectionRow, ...]:
    return tuple(
        CorrectionRow(
            unit=columns[-1].unit,
            column=columns[-1].unit,
            unit_id=columns[-1].unit.unit_id,
            period=PERIOD.period_id,
            period_label=PERIOD.label,
            code=code,
            current=current,
            old=old,
            new=values.current if current else values.total,
            replaced="370102-2012B2-1",
            receipt="370102-2012B2-2",
            reason="=漏登一次座谈",
            at=NOW,
        )
        for code, values in list(total.items())[:9]
        for current, old in ((True, None), (False, 41))
    )


def _same_person(tree: UnitTree, board: Sequence[BoardRow]) -> tuple[SamePersonRow, ...]:
    counties = [row for row in board if row.state is State.ACCEPTED]
    return tuple(
        SamePersonRow(
            group=1,
            unit=row.unit,
            above=(tree.chain(row.unit.unit_id)[1].name if row.unit.parent else "",),
            receipt=row.receipt,
            key=f"{row.unit.unit_id}-X0001",
            matter="就业创业",
        )
        for row in counties[:2]
    )


def _details(
    tree: UnitTree, level: str, board: Sequence[BoardRow], filled: Mapping[str, Rows]
) -> tuple[DetailSheet, ...]:
    def sheet_of(sheet: Sheet) -> DetailSheet:
        columns = seen(sheet, level)

        def rows() -> Iterable[DetailRow]:
            for entry in board:
                for row in filled[entry.unit.unit_id].get(sheet.key, ()):
                    shown = {column.key: row[column.key] for column in columns}
                    yield detail_row(tree, entry, shown)

        return DetailSheet(sheet, columns, rows, ("市", "县（区）"))

    wanted = {RollUp.ROWS} | ({RollUp.LISTED} if level == "市" else set())
    return tuple(
        sheet_of(sheet)
        for sheet in PROGRESS.sheets
        if sheet.is_table and sheet.key != "explanations" and sheet.roll_up in wanted
    )


def _sources(board: Sequence[BoardRow]) -> tuple[tuple[Unit, Accepted], ...]:
    return tuple(
        (
            row.unit,
            Accepted(
                unit_id=row.unit.unit_id,
                period=PERIOD.period_id,
                receipt=row.receipt,
                figures={},
                file_name=f"填报_{row.unit.folder}_{PERIOD}.xlsx",
                sha256=f"{int(row.unit.unit_id):064x}",
                accepted_at=row.answered_at or NOW,
                nil=row.state is State.NIL,
                late=row.late,
            ),
        )
        for row in board
        if row.state.is_in
    )


def _explanations(board: Sequence[BoardRow]) -> tuple[ExplanationRow, ...]:
    return tuple(
        ExplanationRow(
            row.unit, row.receipt, "A1B2C3", "《走访记录》C7", "日期早于本期", "=上期漏报，本期补报"
        )
        for row in board
        if row.explained and row.state.is_in
    )


@pytest.fixture(scope="session")
def board_data(tree: UnitTree) -> Callable[..., BoardData]:
    """Make the board of a unit over the periods of 2012; what is not yet due has no cell."""

    def make(top: str, open_periods: int = 6) -> BoardData:
        periods = tuple(Period.parse(f"2012B{number}") for number in range(1, 7))
        units = tree.subtree(top)
        cells_of = {
            (unit.unit_id, period.period_id): board_row(unit, number * 5 + 3 * step, period)
            for step, period in enumerate(periods[:open_periods])
            for number, unit in enumerate(units)
        }
        current = periods[open_periods - 1]
        files = (BoardFile("汇总表", f"{current}/汇总表_{tree[top].name}_{current.label}.xlsx"),)
        return BoardData(
            campaign_title="“下基层、访妇情、办实事”活动",
            form_title="活动情况报表",
            unit=tree[top],
            units=units,
            periods=periods,
            current=current,
            cells=cells_of,
            stamp=NOW,
            files={current.period_id: files},
        )

    return make


@pytest.fixture
def hostile(consolidate: Consolidate) -> Consolidated:
    """A city whose people typed what looks like formulas, links and markup everywhere."""
    made = consolidate("370100", 2)
    typed = '=HYPERLINK("http://e.example/","x")'
    board = tuple(replace(row, receipt="=1+1") for row in made.board)
    sources = tuple(
        (unit, replace(source, file_name="http://e.example/a.xlsx"))
        for unit, source in made.sources
    )
    explained = tuple(replace(row, explanation="<r><t>x</t></r>") for row in made.explanations)

    def spoilt(detail: DetailSheet) -> DetailSheet:
        def rows() -> Iterable[DetailRow]:
            for row in detail.rows():
                texts = {
                    key: typed if isinstance(value, str) else value
                    for key, value in row.values.items()
                }
                yield replace(row, places=("+1", "@SUM(A1)"), values=texts)

        return replace(detail, rows=rows)

    details = tuple(spoilt(detail) for detail in made.details)
    return replace(made, board=board, sources=sources, explanations=explained, details=details)
