"""The board 上报情况 of one unit: everyone below it, over all periods of the year so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

from sheetflow.consolidation.accepted import Books
from sheetflow.consolidation.tables import BoardData, BoardFile
from sheetflow.consolidation.waiting import Waiting
from sheetflow.consolidation.workbook import newest
from sheetflow.schemas.campaign import Campaign
from sheetflow.units import Unit


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
    stamp: dt.datetime = newest(books, unit)
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
        stamp=stamp,
        files=files,
        waiting=waiting,
        levels=books.tree.levels,
        beside=campaign.named_beside(books.form.key),
    )
