"""The figures, names and pictures of one Word report, taken from what is accepted.

Its pictures are the declared charts that bear a name; one with nothing to compare (one period,
no units below, no figure at all) is left out. Whose words it quotes is for `quotes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from sheetflow.consolidation.accepted import Accepted, Books
from sheetflow.consolidation.consolidate import history, names_below, newest, statistics
from sheetflow.consolidation.contents import PeriodTotals, State, Statistics, StatisticsColumn
from sheetflow.consolidation.report_data import (
    BoardRow,
    Figure,
    FigureKind,
    Imprint,
    Letterhead,
    Narrative,
    Number,
    Picture,
    Quote,
    ReportData,
    RowState,
    Series,
    Story,
    UnitRow,
)
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import Mask
from sheetflow.schemas.forms import Across, ChartSpec, Form, ReportSpec
from sheetflow.schemas.indicators import Indicator, Ratio, Values
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind
from sheetflow.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the office itself says of its report: who issues it, to whom, under which number."""

    issuer: str
    addressee: str
    letterhead: Letterhead | None = None
    copies: str = ""
    printer: str = ""


def report_data(
    campaign: Campaign,
    books: Books,
    unit: Unit,
    letter: Letter,
    policy: MaskPolicy | None = None,
) -> ReportData:
    """Give everything that `unit`'s report for the period says.

    It quotes what `policy` shows, by default what the campaign declares for the unit's level.
    """
    seen = policy or MaskPolicy(campaign.levels, unit.level)
    period = books.period
    before, earlier = period.previous, books.earlier_period()
    matrix = statistics(books, unit)
    board = [(member, books.board_row(member)) for member in books.expected(unit)]
    named = names_below(books.tree, unit)
    stamp = newest(books, unit)
    spec = books.form.report
    return ReportData(
        unit_name=unit.name,
        level=unit.level,
        area=books.tree.levels[unit.level].whole,
        below=_below(books, unit),
        campaign_title=campaign.title,
        period_label=period.label,
        year_so_far_label=period.months_so_far,
        previous_label=before.label if before else None,
        dated=stamp.date(),
        issuer=letter.issuer,
        addressee=letter.addressee,
        figures=_figures(books, unit, matrix),
        by_unit=tuple(_unit_row(books, unit, column, named) for column in matrix.columns),
        narratives=narratives(books, unit, spec, named, seen) if spec else (),
        stories=stories(books, unit, spec, named, seen) if spec else (),
        former=tuple(matrix.former),
        missing=tuple(named[member.unit_id] for member, row in board if not row.state.is_in),
        nil=tuple(named[member.unit_id] for member, row in board if row.state is State.NIL),
        late=tuple(named[member.unit_id] for member, row in board if row.state.is_in and row.late),
        reported_before=sum(
            earlier.board_row(member).state.is_in for member in earlier.expected(unit)
        )
        if earlier
        else 0,
        board=tuple(
            BoardRow(
                unit=named[member.unit_id],
                # Both annexes of the report say 已报 where the board says 已接收.
                state=RowState.ACCEPTED.value if row.state is State.ACCEPTED else row.state.label,
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
        pictures=pictures_of(books.form, matrix, history(books, unit, matrix), named[unit.unit_id]),
    )


def _below(books: Books, unit: Unit) -> str:
    """Say what the units right below are together: 各市, after the highest of their levels."""
    tree = books.tree
    ranks = [tree.rank(child) for child in tree.children(unit.unit_id)]
    return tree.levels.rungs[min(ranks)].every if ranks else "本单位"


def _figures(books: Books, unit: Unit, matrix: Statistics) -> dict[str, Figure]:
    before = books.earlier_period()
    last = statistics(before, unit).total if before else {}
    figures: dict[str, Figure] = {}
    whole = ""
    for indicator in matrix.indicators:
        label = _plain(indicator)
        if not indicator.indent:
            whole = label
        figure = _figure(indicator, matrix.kinds[indicator.code], matrix.total, last)
        named = f"{whole}：{label}" if indicator.indent else label
        figures[indicator.code] = replace(figure, label=named)
    return figures


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
        label=indicator.label,
        unit=indicator.unit,
        kind=behaviour,
        current=values.current,
        total=values.total,
        previous_current=previous.current if previous else None,
        previous_total=previous.total if previous else None,
        parts=_parts(indicator, total),
    )


def _parts(
    indicator: Indicator, total: Mapping[str, Values]
) -> tuple[Number | None, Number | None] | None:
    source = indicator.source
    if not isinstance(source, Ratio):
        return None
    return total[source.numerator].total, total[source.denominator].total


def _unit_row(
    books: Books, unit: Unit, column: StatisticsColumn, named: Mapping[str, str]
) -> UnitRow:
    own = column.unit.unit_id == unit.unit_id
    alone = own or not books.tree.children(column.unit.unit_id)
    state = _row_state(books, column) if alone else _joint_state(books, column.unit)
    total = {code: values.total for code, values in column.values.items()}
    if state is RowState.NIL and not _ever_filled(books, column.unit, alone=alone):
        # A nil return tells nothing of what there is: without an earlier report that is no 0.
        stocks = {code for code in total if books.form.kinds[code] is Kind.STOCK}
        total |= dict.fromkeys(stocks)
    return UnitRow(
        unit=named[column.unit.unit_id],
        state=state,
        current={code: values.current for code, values in column.values.items()},
        total=total,
        own=own,
    )


def _ever_filled(books: Books, unit: Unit, *, alone: bool) -> bool:
    """Whether anything but nil returns was accepted this year, of units merged into it too."""
    members = (unit, *books.merged_into(unit)) if alone else books.members(unit)
    so_far = {period.period_id for period in books.period.year_so_far}
    return any(
        (found := books.accepted.get((member.unit_id, period))) and not found.nil
        for member in members
        for period in so_far
    )


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


def pictures_of(
    form: Form, matrix: Statistics, history: Sequence[PeriodTotals], own: str
) -> tuple[Picture, ...]:
    """Give the report's pictures in the order of the declaration.

    `own` is what 本级 is called among the units.
    """
    drawn = (_picture(form, spec, matrix, history, own) for spec in form.charts if spec.name)
    return tuple(picture for picture in drawn if _compares(picture))


def _picture(
    form: Form,
    spec: ChartSpec,
    matrix: Statistics,
    history: Sequence[PeriodTotals],
    own: str,
) -> Picture:
    indicators = [form.indicator[code] for code in spec.codes]
    if spec.across is Across.INDICATORS:
        categories = [_plain(indicator) for indicator in indicators]
        parts = tuple(_drawn(spec, matrix.total[code]) for code in spec.codes)
        series = [Series(spec.title, parts)]
    else:
        if spec.across is Across.UNITS:
            headings = (column.heading for column in matrix.columns)
            categories = [own if heading == "本级" else heading for heading in headings]
            values = [column.values for column in matrix.columns]
        else:
            categories = [entry.period.label.partition("年")[2] for entry in history]
            values = [entry.total for entry in history]
        series = [
            Series(_plain(one), tuple(_drawn(spec, each[one.code]) for each in values))
            for one in indicators
        ]
    return Picture(
        name=spec.name,
        title=spec.title,
        across=spec.across,
        unit=indicators[0].unit,
        categories=tuple(categories),
        series=tuple(series),
        is_percent=indicators[0].percent,
    )


def _drawn(spec: ChartSpec, values: Values) -> Number | None:
    return values.current if spec.current else values.total


def _plain(indicator: Indicator) -> str:
    return indicator.label.strip("　").removeprefix("其中：")


def _compares(picture: Picture) -> bool:
    """Whether there are at least two things to compare, and any figure among them."""
    several = len(picture.categories) > 1
    return several and any(value for series in picture.series for value in series.values)


Words = TypeVar("Words", str, tuple[str, str])
"""A text, or a story's title and text."""

Entry = TypeVar("Entry")

_SENTENCE_ENDS = re.compile(r"[。！？；][”’）]?")
_CUT = "……"


def narratives(
    books: Books, unit: Unit, spec: ReportSpec, named: Mapping[str, str], policy: MaskPolicy
) -> tuple[Narrative, ...]:
    """Give the quotes under each heading of the narrative card, of words the reader may see."""
    rows = [(accepted, seen) for accepted, _, seen in _rows(books, unit, spec.narrative, policy)]
    found = []
    for number, column in enumerate(books.form.by_key[spec.narrative].columns):
        texts = [
            (accepted.unit_id, shortened(text, spec.longest))
            for accepted, row in rows
            if isinstance(text := row.get(column.key), str) and len(text) >= spec.shortest
        ]
        chosen = _spread(books, unit, _distinct(texts), spec.quotes, number)
        quotes = tuple(Quote(named[unit_id], text) for unit_id, text in chosen)
        found.append(Narrative(key=column.key, label=column.label, quotes=quotes))
    return tuple(found)


def stories(
    books: Books, unit: Unit, spec: ReportSpec, named: Mapping[str, str], policy: MaskPolicy
) -> tuple[Story, ...]:
    """Give the stories to tell, of those that the reader may see whole."""
    if not spec.story_sheet:
        return ()
    texts = [
        (accepted.unit_id, (str(seen[spec.story_title]), str(seen[spec.story_text])))
        for accepted, row, seen in _rows(books, unit, spec.story_sheet, policy)
        if (spec.story_where is None or spec.story_where.holds(row))
        and {spec.story_title, spec.story_text} <= seen.keys()
    ]
    chosen = _spread(books, unit, _distinct(texts), spec.stories, 0)
    return tuple(
        Story(unit=named[unit_id], title=title, text=text) for unit_id, (title, text) in chosen
    )


def shortened(text: str, longest: int) -> str:
    """Cut `text` after the last whole sentence within `longest` characters, and say so."""
    if len(text) <= longest:
        return text
    head = text[:longest]
    ends = [match.end() for match in _SENTENCE_ENDS.finditer(head)]
    return (head[: ends[-1]] if ends else head) + _CUT


_Seen = tuple[Accepted, Mapping[str, Value], Mapping[str, Value]]
"""Whose row, the row, and what the reader may see whole of it."""


def _rows(books: Books, unit: Unit, sheet: str, policy: MaskPolicy) -> Iterator[_Seen]:
    plan = [look for look in policy.plan(books.form.by_key[sheet]) if look[1] is Mask.WHOLE]
    standing = [
        found for member in books.counted(unit) if (found := books.for_period(member.unit_id))
    ]
    for accepted, rows in books.rows_of(sheet, standing):
        for row in rows:
            whole = (key for key, _, withheld in plan if not (withheld and withheld.holds(row)))
            yield accepted, row, {key: row.get(key) for key in whole}


def _distinct(texts: Sequence[tuple[str, Words]]) -> list[tuple[str, Words]]:
    """Leave out words that an earlier unit has used."""
    first: dict[Words, str] = {}
    for unit_id, text in texts:
        first.setdefault(text, unit_id)
    return [(unit_id, text) for text, unit_id in first.items()]


def _spread(
    books: Books, unit: Unit, texts: Sequence[tuple[str, Words]], most: int, turn: int
) -> list[tuple[str, Words]]:
    """Choose at most `most`, one from each branch below before a second from any."""
    branches: dict[str, list[tuple[str, Words]]] = {}
    for unit_id, text in texts:
        chain = [entry.unit_id for entry in books.tree.chain(unit_id)]
        branch = chain[max(chain.index(unit.unit_id) - 1, 0)]
        branches.setdefault(branch, []).append((unit_id, text))
    if not branches:
        return []
    start = len(books.period.year_so_far) * most + turn
    queues = [_units_in_turn(texts, start) for texts in _turned(list(branches.values()), start)]
    return sorted(islice(_laps(queues), most), key=texts.index)


def _units_in_turn(texts: Sequence[tuple[str, Words]], start: int) -> list[tuple[str, Words]]:
    """Put one text of each unit before a second of any; who begins turns with `start`."""
    by_unit: dict[str, list[tuple[str, Words]]] = {}
    for entry in texts:
        by_unit.setdefault(entry[0], []).append(entry)
    return list(_laps(_turned(list(by_unit.values()), start)))


def _turned(listed: list[Entry], start: int) -> list[Entry]:
    place = start % len(listed)
    return listed[place:] + listed[:place]


def _laps(queues: Sequence[Sequence[Entry]]) -> Iterator[Entry]:
    """Give the first of each queue, then the second of each, and so on."""
    for lap in range(max(map(len, queues), default=0)):
        yield from (queue[lap] for queue in queues if lap < len(queue))
