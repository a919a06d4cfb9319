"""The figures, quotes and names of one Word report, taken from what is accepted.

Quotes are chosen by rule: long enough to say something, spread over the units below,
and turning with the period, so that it is not always the same ones who speak.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sheetflow.consolidation.accepted import Accepted, Books
from sheetflow.consolidation.report_data import (
    BoardRow,
    Figure,
    FigureKind,
    Imprint,
    Letterhead,
    Narrative,
    Number,
    Quote,
    ReportData,
    RowState,
    Story,
    UnitRow,
)
from sheetflow.consolidation.tables import State, Statistics, StatisticsColumn
from sheetflow.consolidation.workbook import newest, statistics
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.habits import Value
from sheetflow.schemas.indicators import Indicator, Values
from sheetflow.schemas.indicators import Number as Measured
from sheetflow.schemas.reports import ReportSpec
from sheetflow.schemas.sheets import Kind
from sheetflow.units import Unit

_ENOUGH_TO_QUOTE = 30

Told = TypeVar("Told", str, tuple[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the office itself says of its report: who issues it, to whom, under which number."""

    issuer: str
    addressee: str
    letterhead: Letterhead | None = None
    copies: str = ""
    printer: str = ""


def report_data(campaign: Campaign, books: Books, unit: Unit, letter: Letter) -> ReportData:
    """Give everything that `unit`'s report for the period says."""
    period = books.period
    before = period.previous
    matrix = statistics(books, unit)
    board = [(member, books.board_row(member)) for member in books.expected(unit)]
    named = _names(books, unit)
    stamp = newest(books, unit)
    spec = books.form.report
    return ReportData(
        unit_name=unit.name,
        level=unit.level,
        campaign_title=campaign.title,
        period_label=period.label,
        year_so_far_label=_year_so_far(period.first_day.year, period.last_day.month),
        previous_label=before.label if before else None,
        dated=stamp.date(),
        issuer=letter.issuer,
        addressee=letter.addressee,
        figures=_figures(books, unit, matrix),
        by_unit=tuple(_unit_row(books, column) for column in matrix.columns),
        narratives=_narratives(books, unit, spec, named) if spec else (),
        stories=_stories(books, unit, spec, named) if spec else (),
        missing=tuple(named[member.unit_id] for member, row in board if not row.state.is_in),
        nil=tuple(named[member.unit_id] for member, row in board if row.state is State.NIL),
        late=tuple(named[member.unit_id] for member, row in board if row.state.is_in and row.late),
        board=tuple(
            BoardRow(
                unit=named[member.unit_id],
                state=row.state.label,
                received_at=row.answered_at,
                receipt=row.receipt,
                late=row.late,
                remarks="沿用上期累计" if row.carried else "",
            )
            for member, row in board
        ),
        letterhead=letter.letterhead,
        imprint=Imprint(copies=letter.copies, printer=letter.printer, printed_on=stamp.date())
        if letter.printer
        else None,
    )


def _year_so_far(year: int, month: int) -> str:
    return f"{year}年1—{month}月"


def _names(books: Books, unit: Unit) -> dict[str, str]:
    """Name each unit, with its superior's name before it where a name stands twice."""
    members = books.tree.subtree(unit.unit_id)
    names = [member.name for member in members]
    named: dict[str, str] = {}
    for member in members:
        twice = names.count(member.name) > 1 and member.parent
        superior = books.tree[member.parent].name if twice and member.parent else ""
        named[member.unit_id] = superior + member.name
    named[unit.unit_id] = f"{unit.name}本级"
    return named


def _figures(books: Books, unit: Unit, matrix: Statistics) -> dict[str, Figure]:
    before = books.earlier_period()
    last = statistics(before, unit).total if before else {}
    return {
        indicator.code: _figure(indicator, matrix.kinds[indicator.code], matrix.total, last)
        for indicator in matrix.indicators
    }


def _figure(
    indicator: Indicator,
    kind: Kind,
    total: Mapping[str, Values],
    last: Mapping[str, Values],
) -> Figure:
    values, previous = total[indicator.code], last.get(indicator.code)
    if indicator.is_ratio:
        behaviour = FigureKind.RATIO
    else:
        behaviour = FigureKind.STOCK if kind is Kind.STOCK else FigureKind.SUM
    return Figure(
        code=indicator.code,
        label=indicator.label.replace("其中：", "").strip("　"),
        unit=indicator.unit,
        kind=behaviour,
        current=values.current,
        total=values.total,
        previous_current=previous.current if previous else None,
        previous_total=previous.total if previous else None,
    )


def _unit_row(books: Books, column: StatisticsColumn) -> UnitRow:
    alone = column.heading == "本级" or not books.tree.children(column.unit.unit_id)
    state = _row_state(books, column) if alone else _joint_state(books, column.unit)
    return UnitRow(
        unit=column.heading,
        state=state,
        current={code: _told(values.current) for code, values in column.values.items()},
        total={code: _told(values.total) for code, values in column.values.items()},
    )


def _told(number: Measured) -> Number | None:
    return number


def _row_state(books: Books, column: StatisticsColumn) -> RowState:
    row = books.board_row(column.unit)
    if row.state is State.NIL:
        return RowState.NIL
    if row.state.is_in:
        return RowState.ACCEPTED
    return RowState.CARRIED if row.carried else RowState.MISSING


def _joint_state(books: Books, unit: Unit) -> RowState:
    """A unit with others below it is in as soon as one of them is."""
    rows = [books.board_row(member) for member in books.expected(unit)]
    if any(row.state.is_in for row in rows):
        only_nil = all(row.state is not State.ACCEPTED for row in rows)
        return RowState.NIL if only_nil else RowState.ACCEPTED
    return RowState.CARRIED if any(row.carried for row in rows) else RowState.MISSING


def _rows(books: Books, unit: Unit, sheet: str) -> Iterable[tuple[Accepted, Mapping[str, Value]]]:
    standing = [
        found for member in books.expected(unit) if (found := books.for_period(member.unit_id))
    ]
    for accepted, rows in books.rows_of(sheet, standing):
        for row in rows:
            yield accepted, row


def _narratives(
    books: Books, unit: Unit, spec: ReportSpec, named: Mapping[str, str]
) -> tuple[Narrative, ...]:
    rows = list(_rows(books, unit, spec.narrative))
    narratives = []
    for number, column in enumerate(books.form.by_key[spec.narrative].columns):
        told = [
            (accepted.unit_id, text)
            for accepted, row in rows
            if isinstance(text := row.get(column.key), str) and len(text) >= _ENOUGH_TO_QUOTE
        ]
        chosen = _spread(books, unit, told, spec.quotes, number)
        quotes = tuple(Quote(named[unit_id], text) for unit_id, text in chosen)
        narratives.append(Narrative(key=column.key, label=column.label, quotes=quotes))
    return tuple(narratives)


def _stories(
    books: Books, unit: Unit, spec: ReportSpec, named: Mapping[str, str]
) -> tuple[Story, ...]:
    if not spec.story_sheet:
        return ()
    told = [
        (accepted.unit_id, (str(row.get(spec.story_title)), str(row.get(spec.story_text))))
        for accepted, row in _rows(books, unit, spec.story_sheet)
        if _meets(spec.story_where, row)
    ]
    chosen = _spread(books, unit, told, spec.stories, 0)
    return tuple(
        Story(unit=named[unit_id], title=title, text=text) for unit_id, (title, text) in chosen
    )


def _meets(condition: Condition | None, row: Mapping[str, Value]) -> bool:
    return condition is None or condition.holds(row)


def _spread(
    books: Books, unit: Unit, told: Sequence[tuple[str, Told]], most: int, turn: int
) -> list[tuple[str, Told]]:
    """Choose at most `most`, one from each branch below before a second from any.

    The branch that begins turns with the period and with `turn`; the choice is shown in
    administrative order.
    """
    branches: dict[str, list[tuple[str, Told]]] = {}
    for unit_id, text in told:
        chain = [entry.unit_id for entry in books.tree.chain(unit_id)]
        place = chain.index(unit.unit_id)
        branch = chain[max(place - 1, 0)]
        branches.setdefault(branch, []).append((unit_id, text))
    if not branches:
        return []
    start = (len(books.period.year_so_far) + turn) % len(branches)
    order = [*branches][start:] + [*branches][:start]
    chosen: list[tuple[str, Told]] = []
    for lap in range(max(len(texts) for texts in branches.values())):
        for branch in order:
            texts = branches[branch]
            if lap < len(texts) and len(chosen) < most:
                chosen.append(texts[(start + lap) % len(texts)])
    return sorted(chosen, key=told.index)
