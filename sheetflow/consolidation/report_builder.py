"""The figures, words and pictures of one Word report, taken from what is accepted.

Its pictures are the declared charts that bear a name; one with nothing to compare is left out.
Which words it quotes is told by `report_words`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter

from sheetflow.consolidation.answers import count_answers
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.comparison import Comparison, compare_periods
from sheetflow.consolidation.consolidate import history, names_below, statistics
from sheetflow.consolidation.contents import PeriodTotals, Statistics, StatisticsColumn
from sheetflow.consolidation.group_state import GroupState
from sheetflow.consolidation.nodes import by_level
from sheetflow.consolidation.report_data import (
    BoardRow,
    BranchRow,
    Figure,
    FigureKind,
    Letter,
    LevelRow,
    Number,
    Picture,
    ReportData,
    Series,
    UnitRow,
)
from sheetflow.consolidation.report_tables import report_tables
from sheetflow.consolidation.report_words import NO_WISHES, Wishes, asked, narratives, stories
from sheetflow.consolidation.states import CARRIED, LATE, State, Tally
from sheetflow.consolidation.states import BoardRow as Standing
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.figure_sources import decimals_of, source_words
from sheetflow.schemas.forms import Across, ChartSpec, Form
from sheetflow.schemas.indicators import Indicator, Ratio, Values
from sheetflow.schemas.sheets import Kind
from sheetflow.units import OWN_LEVEL, Unit, names_told_apart


def report_data(
    campaign: Campaign,
    books: Books,
    unit: Unit,
    letter: Letter,
    policy: MaskPolicy | None = None,
    wishes: Wishes = NO_WISHES,
) -> ReportData:
    """Give everything that `unit`'s report for the period says.

    It quotes what `policy` shows, by default what the campaign declares for the unit's level; of
    the units below whom `wishes` name, else who is chosen by rule.
    """
    seen = policy or MaskPolicy(campaign.levels, unit.level)
    tree, period = books.tree, books.period
    ranks = [tree.rank(child) for child in tree.children(unit.unit_id)]
    before, earlier = period.previous, books.earlier_period()
    matrix = statistics(books, unit)
    last = statistics(earlier, unit) if earlier else None
    against = compare_periods(books, earlier, unit, matrix, last) if earlier and last else None
    board = [books.board_row(member) for member in books.expected(unit)]
    named, words = names_below(books, unit), books.listing
    everybody = names_told_apart(words.tree.subtree(unit.unit_id)) | dict(books.called)
    own_named = _names_of_words(books, unit, named)
    return ReportData(
        unit_name=unit.name,
        level=unit.level,
        area=tree.levels[unit.level].whole,
        below=tree.levels.rungs[min(ranks)].every if ranks else "本单位",
        campaign_title=campaign.title,
        period_label=period.label,
        year_so_far_label=period.months_so_far,
        previous_label=before.label if before else None,
        letter=letter,
        figures=_figures(books, matrix, last, against),
        by_unit=tuple(_unit_row(books, unit, column) for column in matrix.columns),
        narratives=narratives(books, unit, everybody, seen, wishes),
        words_title=books.form.narrative.title if books.form.narrative else "",
        stories=stories(books, unit, own_named, seen),
        answers=count_answers(books, [books.expected(unit)]),
        former=tuple(matrix.former),
        tally=Tally.of(board),
        missing=_named(board, named, attrgetter("outstanding")),
        nil=_named(board, named, attrgetter("nil")),
        late=_named(board, named, attrgetter("late")),
        reported_before=Tally.of(map(earlier.board_row, earlier.expected(unit))).reported
        if earlier
        else 0,
        compared=against.number if against and not against.is_whole else None,
        board=tuple(_board_row(row, named[row.unit.unit_id], unit.level) for row in board),
        branches=_branches(books, unit, matrix),
        levels=_levels(books, unit),
        tables=report_tables(words, unit, everybody, seen),
        asked=asked(books, unit, own_named, seen),
        has_any=books.has_any(unit),
        pictures=_pictures(books.form, matrix, history(books, unit, matrix)),
    )


def _names_of_words(books: Books, unit: Unit, named: Mapping[str, str]) -> dict[str, str]:
    """Name whose words are told: 济南市本级 where others below it report too, whatever else it stands for."""
    groups = [
        each.words for (_, period), each in books.folded.items() if period == books.period.period_id
    ]
    own = {each.unit for words in groups for each in (*words.stories, *words.asked) if each.is_own}
    called = {one: name + OWN_LEVEL * (one in own) for one, name in books.called.items()}
    return {**named, **called, unit.unit_id: named[unit.unit_id]}


def _board_row(row: Standing, name: str, reader: str) -> BoardRow:
    if row.group:
        return _group_row(row, row.group, name, reader)
    remarks = (
        row.unpassed,
        f"另有{row.besides.label}" if row.besides else "",
        f"累计数{CARRIED}" if row.carried else "",
    )
    return BoardRow(
        unit=name,
        state=row.state.label,
        received_at=row.answered_at,
        receipt=row.receipt,
        late=row.late and row.state.is_in,
        remarks="；".join(filter(None, remarks)),
    )


def _group_row(row: Standing, group: Tally, name: str, reader: str) -> BoardRow:
    """Say of a unit with all below it how many are in, and of how many there is more to be told."""
    told = [(State.NIL.label, group.nil), (LATE, group.late)]
    remarks = (
        *(f"{word}{number}个" for word, number in told if number),
        *GroupState.of([row], alone=False, reader=reader).unpassed,
        *(f"{state.label}{number}个" for state, number in group.out),
        f"部分累计数{CARRIED}" if row.carried else "",
    )
    return BoardRow(
        unit=name,
        state=group.share,
        received_at=row.answered_at,
        remarks="；".join(filter(None, remarks)),
    )


def _figures(
    books: Books, matrix: Statistics, last: Statistics | None, against: Comparison | None
) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    whole = ""
    for indicator in matrix.indicators:
        code, source, label = indicator.code, indicator.source, _plain(indicator)
        if not indicator.indent:
            whole = label
        values = matrix.total[code]
        previous = last.total[code] if last else Values(None, None, None)
        kind, parts = FigureKind.SUM, None
        if isinstance(source, Ratio):
            kind = FigureKind.RATIO
            parts = matrix.total[source.numerator].total, matrix.total[source.denominator].total
        elif matrix.kinds[code] is Kind.STOCK:
            kind = FigureKind.STOCK
        figures[code] = Figure(
            code=code,
            label=f"{whole}：{label}" if indicator.indent else label,
            unit=indicator.unit,
            kind=kind,
            current=values.current,
            total=values.total,
            previous_current=previous.current,
            previous_total=previous.total,
            pair=against.pairs[code] if against else None,
            parts=parts,
            source=source_words(books.form, indicator, current=False),
            current_source=source_words(books.form, indicator, current=True),
            decimals=max(2, decimals_of(books.form, indicator)),
        )
    return figures


def _unit_row(books: Books, unit: Unit, column: StatisticsColumn) -> UnitRow:
    own, state = column.unit.unit_id == unit.unit_id, column.state
    total = {code: values.total for code, values in column.values.items()}
    alone = own or state.is_alone
    if not books.is_filled(column.unit, alone=alone):
        # A nil return tells nothing of what there is, nor does one that is 沿用: that is no 0.
        total |= {code: None for code in total if books.form.kinds[code] is Kind.STOCK}
    return UnitRow(
        unit=column.heading,
        state=state,
        current={code: values.current for code, values in column.values.items()},
        total=total,
        own=own,
    )


def _branches(books: Books, unit: Unit, matrix: Statistics) -> tuple[BranchRow, ...]:
    """Count who stands where by unit directly below, where any of those has others below it."""
    if not books.folded and not any(
        books.tree.children(child.unit_id) for child in books.tree.children(unit.unit_id)
    ):
        return ()
    found = []
    for column in matrix.columns:
        own = column.unit.unit_id == unit.unit_id
        due = [each for each in books.expected(column.unit) if not own or each == unit]
        if due:
            tally = Tally.of(map(books.board_row, due))
            found.append(BranchRow(unit=column.heading, tally=tally))
    return tuple(found)


def _levels(books: Books, unit: Unit) -> tuple[LevelRow, ...]:
    """Count who stands where by level, from the top."""
    levels = books.tree.levels
    return tuple(
        LevelRow(
            level=f"{unit.name}{OWN_LEVEL}" if level == unit.level else levels[level].every,
            tally=tally,
        )
        for level, tally in by_level(books, unit).items()
    )


def _named(
    board: Sequence[Standing], named: Mapping[str, str], number: Callable[[Tally], int]
) -> tuple[str, ...]:
    """Name the units of which there is a number; of one that stands for all below it say how many: 河北省12个."""
    found = []
    for row in board:
        name, many = named[row.unit.unit_id], number(row.group or Tally.of([row]))
        if many:
            found.append(f"{name}{many}个" if row.group else name)
    return tuple(found)


def _pictures(
    form: Form, matrix: Statistics, history: Sequence[PeriodTotals]
) -> tuple[Picture, ...]:
    """Give the pictures that compare at least two things, in the order of the declaration."""
    drawn = [_picture(form, spec, matrix, history) for spec in form.charts if spec.name]
    return tuple(
        picture
        for picture in drawn
        if len(picture.categories) > 1 and any(any(series.values) for series in picture.series)
    )


def _picture(
    form: Form,
    spec: ChartSpec,
    matrix: Statistics,
    history: Sequence[PeriodTotals],
) -> Picture:
    indicators = [form.indicator[code] for code in spec.codes]
    remarks: list[str] = []
    if spec.across is Across.INDICATORS:
        categories = [_plain(indicator) for indicator in indicators]
        parts = tuple(_drawn(spec, matrix.total[code]) for code in spec.codes)
        series = [Series(spec.title, parts)]
    else:
        if spec.across is Across.UNITS:
            categories = [column.heading for column in matrix.columns]
            remarks = [column.state.remark(current=spec.current) for column in matrix.columns]
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
        remarks=tuple(remarks),
    )


def _drawn(spec: ChartSpec, values: Values) -> Number | None:
    return values.current if spec.current else values.total


def _plain(indicator: Indicator) -> str:
    return indicator.label.strip("　").removeprefix("其中：")
