"""A city's or the province's consolidated workbook, put together from what is accepted."""

from __future__ import annotations

import datetime as dt

from sheetflow.consolidation.accepted import Accepted, Books
from sheetflow.consolidation.details import detail_sheets, sources
from sheetflow.consolidation.figures import Merged, UnitFigures, add_up, unit_figures
from sheetflow.consolidation.tables import (
    Consolidated,
    SourceRow,
    Statistics,
    StatisticsColumn,
)
from sheetflow.masks import MaskPolicy
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.campaign import Campaign
from sheetflow.units import Unit


def consolidate(campaign: Campaign, books: Books, unit: Unit, policy: MaskPolicy) -> Consolidated:
    """Put together `unit`'s workbook: 本级 and everything below, nothing counted twice."""
    standing = sources(books, unit)
    return Consolidated(
        campaign_title=campaign.title,
        form=books.form,
        unit=unit,
        period=books.period,
        stamp=newest(books, unit),
        board=tuple(books.board_row(member) for member in books.expected(unit)),
        statistics=statistics(books, unit),
        details=detail_sheets(books, unit, policy),
        sources=tuple(_source(books, accepted) for accepted in standing),
        explanations=tuple(
            row
            for accepted in standing
            if accepted.period == books.period.period_id
            for row in accepted.explanations
        ),
    )


def newest(books: Books, unit: Unit) -> dt.datetime:
    """The time of the newest answer below `unit`; the period's first day where there is none."""
    members = {member.unit_id for member in books.tree.subtree(unit.unit_id)}
    times = [
        attempt.answered_at for (member, _), attempt in books.attempts.items() if member in members
    ]
    start = dt.datetime.combine(books.period.first_day, dt.time(), OFFICE_ZONE)
    return max(times, default=start)


def own_figures(books: Books, unit: Unit) -> UnitFigures:
    """One unit's own figures, those of units merged into it counted."""
    merged = [
        Merged(books.measured(old.unit_id), books.merged_since(old, unit))
        for old in books.merged_into(unit)
    ]
    return unit_figures(books.form, books.period, books.measured(unit.unit_id), merged)


def statistics(books: Books, unit: Unit) -> Statistics:
    """Give the matrix: 本级, then each unit straight below with all that is below it."""
    expected = {member.unit_id for member in books.expected(unit)}
    own = own_figures(books, unit)
    columns = [StatisticsColumn("本级", unit, own.values, own.carried)]
    for child in books.tree.children(unit.unit_id):
        if child.unit_id not in expected:
            continue
        members = [own_figures(books, member) for member in books.expected(child)]
        alone = len(members) == 1
        values = add_up(books.form, [member.values for member in members])
        columns.append(StatisticsColumn(child.name, child, values, alone and members[0].carried))
    return Statistics(
        indicators=books.form.indicators,
        kinds={entry.code: books.form.kind_of(entry.code) for entry in books.form.indicators},
        columns=tuple(columns),
        total=add_up(books.form, [column.values for column in columns]),
    )


def _source(books: Books, accepted: Accepted) -> SourceRow:
    return SourceRow(
        unit=books.tree[accepted.unit_id],
        receipt=accepted.receipt,
        file_name=accepted.file_name,
        sha256=accepted.sha256,
        accepted_at=accepted.accepted_at,
        nil=accepted.nil,
        late=accepted.late,
    )
