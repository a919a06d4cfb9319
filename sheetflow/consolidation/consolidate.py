"""A unit's consolidated workbook and its board 上报情况, put together from what is accepted.

Of the same person registered by two units below, only the nearest common superior is told which
rows they are (unit, key, matter, as far as it sees them): shown, never returned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from sheetflow.consolidation.answers import count_answers, count_filings, count_worded, groups_below
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.contents import (
    BoardData,
    BoardFile,
    Consolidated,
    DeclaredTotal,
    DetailFile,
    PeriodTotals,
    Statistics,
    StatisticsColumn,
    Waiting,
)
from sheetflow.consolidation.corrections import Correction, correction_rows
from sheetflow.consolidation.detail_rows import (
    as_shown,
    card_sheets,
    detail_sheets,
    sources,
    words_sheet,
)
from sheetflow.consolidation.figures import add_up
from sheetflow.consolidation.group_state import GroupState
from sheetflow.consolidation.likeness import near_identical
from sheetflow.consolidation.same_person import same_person_rows
from sheetflow.masks import MaskPolicy
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.forms import Across
from sheetflow.schemas.indicators import Values
from sheetflow.units import OWN_LEVEL, Unit, names_told_apart


def consolidate(
    campaign: Campaign,
    books: Books,
    unit: Unit,
    policy: MaskPolicy,
    corrections: Sequence[Correction] = (),
    elsewhere: Sequence[DetailFile] = (),
) -> Consolidated:
    """Put together `unit`'s workbook: 本级 and everything below, nothing counted twice.

    `corrections` are those of the workbook since it was first published. Where rows stand `elsewhere`,
    the same person is looked for there alone.
    """
    books = as_shown(books, unit)
    standing = sources(replace(books, listed=None), unit)
    matrix = statistics(books, unit)
    named, groups = names_below(books, unit), groups_below(books, unit)
    return Consolidated(
        campaign_title=campaign.title + campaign.named_beside(books.form.key),
        form=books.form,
        unit=unit,
        period=books.period,
        stamp=newest(books, unit),
        board=tuple(books.board_row(member) for member in books.expected(unit)),
        statistics=matrix,
        details=detail_sheets(books, unit, policy),
        sources=tuple((books.tree[source.unit_id], source) for source in standing),
        explanations=tuple(
            row
            for accepted in standing
            if accepted.period == books.period.period_id
            for row in accepted.explanations
        ),
        corrections=correction_rows(books, unit, corrections),
        same_person=None if elsewhere else same_person_rows(books, unit, policy),
        elsewhere=tuple(elsewhere),
        declared=declared_totals(books, unit),
        history=history(books, unit, matrix),
        names=named,
        levels=books.tree.levels,
        words=words_sheet(books, unit, policy),
        cards=card_sheets(books, unit, policy),
        alike=near_identical(books, unit, policy, named),
        answers=tuple(
            asked
            for count in (count_answers, count_filings, count_worded)
            for asked in count(books, [*groups.values()])
        ),
        is_folded=bool(books.folded),
        answered_by=tuple(
            named[unit_id] if unit_id == unit.unit_id else books.tree[unit_id].name
            for unit_id in groups
        ),
    )


def rows_alone(
    campaign: Campaign, books: Books, unit: Unit, part: Unit, policy: MaskPolicy
) -> Consolidated:
    """Put together the rows of `part`, directly below `unit`, and all below it, as `unit` sees them; no figures.

    `books` hold what they handed in, and nothing of others.
    """
    books = as_shown(books, unit)
    return Consolidated(
        campaign_title=campaign.title + campaign.named_beside(books.form.key),
        form=books.form,
        unit=unit,
        part=part,
        period=books.period,
        stamp=newest(books, unit),
        board=(),
        statistics=Statistics((), {}, (), {}),
        details=detail_sheets(books, unit, policy),
        sources=tuple((books.tree[source.unit_id], source) for source in sources(books, unit)),
        names=names_below(books, unit),
        levels=books.tree.levels,
        words=words_sheet(books, unit, policy),
        cards=card_sheets(books, unit, policy),
    )


def names_below(books: Books, unit: Unit) -> dict[str, str]:
    """Name `unit` and all below it as those whose own reports are meant: 山东省本级, 济南市本级.

    A name that stands twice is told apart.
    """
    below = books.tree.subtree(unit.unit_id)
    return names_told_apart(below, {one.unit_id for one in below if books.adds_up(one)})


def declared_totals(books: Books, unit: Unit) -> tuple[DeclaredTotal, ...]:
    """Give what `unit` and those straight below it that add up others state as their totals."""
    spec = books.form.own_totals
    if spec is None:
        return ()
    handed_up = [
        DeclaredTotal(books.tree[unit_id], code, figure)
        for (unit_id, period), group in books.folded.items()
        if period == books.period.period_id
        for code, figure in group.declared
        if code in books.form.indicator
    ]
    adding = [
        entry
        for entry in (unit, *books.tree.children(unit.unit_id))
        if books.tree.children(entry.unit_id)
    ]
    standing = [found for entry in adding if (found := books.for_period(entry.unit_id))]
    read = [
        DeclaredTotal(books.tree[accepted.unit_id], str(row.get(spec.code)), figure)
        for accepted, rows in books.rows_of(spec.sheet, standing)
        for row in rows
        if row.get(spec.code) in books.form.indicator
        and isinstance(figure := row.get(spec.figure), int | Decimal)
    ]
    if not handed_up:
        return tuple(read)
    order = {one.unit_id: n for n, one in enumerate(books.tree.children(unit.unit_id), start=1)}
    return tuple(sorted((*read, *handed_up), key=lambda each: order.get(each.unit.unit_id, 0)))


def history(books: Books, unit: Unit, current: Statistics) -> tuple[PeriodTotals, ...]:
    """Give the whole's figures of each period of the year so far, where a chart draws them.

    `current` are those of the books' own period.
    """
    if not any(chart.across is Across.PERIODS for chart in books.form.charts):
        return ()
    before = books.period.year_so_far[:-1]
    return (
        *(
            PeriodTotals(entry, statistics(replace(books, period=entry), unit).total)
            for entry in before
        ),
        PeriodTotals(books.period, current.total),
    )


def newest(books: Books, unit: Unit) -> dt.datetime:
    """The time of the newest answer below `unit`; the period's first day where there is none."""
    start = dt.datetime.combine(books.period.first_day, dt.time(), OFFICE_ZONE)
    return books.newest(unit) or start


def statistics(books: Books, unit: Unit) -> Statistics:
    """Give the matrix: 本级, then each unit straight below with all that is below it.

    The total is added up straight from every single unit, not from the columns: the
    workbook adds the columns, and both must agree. Whose level does not fill the form has no 本级.
    """
    counted = {member.unit_id for member in books.counted(unit)}
    columns: list[StatisticsColumn] = []
    everyone = []
    if unit.unit_id in counted or not counted:
        own = books.own_figures(unit)
        heading = unit.name + OWN_LEVEL * books.adds_up(unit)
        columns.append(_column(books, heading, unit, own, [unit]))
        everyone.append(own)
    for child in books.tree.children(unit.unit_id):
        members = books.counted(child)
        if not members or not child.exists_on(books.period.last_day):
            continue
        figures = [books.own_figures(member) for member in members]
        columns.append(_column(books, child.name, child, add_up(books.form, figures), members))
        everyone += figures
    return Statistics(
        indicators=books.form.indicators,
        kinds=books.form.kinds,
        columns=tuple(columns),
        total=add_up(books.form, everyone),
        former=_former(books, unit, columns),
        former_current=_former(books, unit, columns, current=True),
    )


def _column(
    books: Books,
    heading: str,
    unit: Unit,
    values: Mapping[str, Values],
    members: Sequence[Unit],
) -> StatisticsColumn:
    """Give a unit's column, and how those whose figures stand in it stand."""
    rows = [books.board_row(one) for one in members if books.is_expected(one)]
    if rows:
        reader = books.tree[books.reader].level if books.reader in books.tree else ""
        group = books.group(unit)
        is_alone = [*members] == [unit] and (group is None or group.counted == 1)
        state = GroupState.of(rows, alone=is_alone, reader=reader)
    else:  # they once had to report: what was accepted of them counts
        is_in = any(books.is_in(one) for one in members)
        state = GroupState(is_plain=is_in, is_current=is_in, is_carried=not is_in)
    return StatisticsColumn(heading, unit, values, state)


def _former(
    books: Books, unit: Unit, columns: Sequence[StatisticsColumn], *, current: bool = False
) -> dict[str, tuple[str, ...]]:
    """Name the columns in which figures are 按原口径, by code; that of `unit` itself is 本级."""
    found: dict[str, tuple[str, ...]] = {}
    is_any = any(entry.former or entry.made for entry in books.accepted.values()) or books.folded
    for column in columns if is_any else ():
        members = (unit,) if column.unit == unit else books.counted(column.unit)
        codes = frozenset[str]().union(*(books.former(one, current=current) for one in members))
        for code in codes:
            found[code] = (*found.get(code, ()), column.heading)
    return {code: found[code] for code in books.form.indicator if code in found}


def board_data(
    campaign: Campaign,
    books: Books,
    unit: Unit,
    files: Mapping[str, tuple[BoardFile, ...]] = MappingProxyType({}),
    waiting: tuple[Waiting, ...] = (),
) -> BoardData:
    """Give the board that `unit` reads, up to the books' period; `files` are its own, by period.

    `waiting` are the workbooks of these units that are held.
    """
    periods = books.period.year_so_far
    expected = {period.period_id: books.expected(unit, period) for period in periods}
    shown = {
        above.unit_id  # also whoever stands between, though its level does not fill the form
        for member in dict.fromkeys(member for members in expected.values() for member in members)
        for above in books.tree.chain(member.unit_id)
        if above == member or above != unit
    }
    return BoardData(
        campaign_title=campaign.title,
        form_title=books.form.title,
        unit=unit,
        units=tuple(
            member for member in books.tree.subtree(unit.unit_id) if member.unit_id in shown
        ),
        periods=periods,
        current=books.period,
        cells={
            (member.unit_id, period.period_id): books.board_row(member, period)
            for period in periods
            for member in expected[period.period_id]
        },
        stamp=newest(books, unit),
        files=files,
        waiting=waiting,
        levels=books.tree.levels,
        beside=campaign.named_beside(books.form.key),
    )
