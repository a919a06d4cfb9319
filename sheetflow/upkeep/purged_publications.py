"""Which of what was published above shows something that a purge takes out, and so is made anew.

It refuses to make or to remove anything.
"""

from __future__ import annotations

from collections.abc import Collection

from sheetflow.context import Context
from sheetflow.periods import Period
from sheetflow.store.records import Publication, PublicationKind


def shown_of(context: Context, periods: Collection[Period]) -> list[Publication]:
    """Give the roll-ups that may show cells of purged periods, and the 审核单 that quote what was typed of them."""
    return [
        entry
        for entry in context.store.publications.find_publications()
        if entry.unit_id in context.tree
        and (
            (
                entry.kind in _kinds_with_persons(context, entry.form)
                and may_show(context, periods, entry)
            )
            or (entry.kind is PublicationKind.REVIEW and entry.period in _ids(periods))
        )
    ]


def _ids(periods: Collection[Period]) -> set[str]:
    return {period.period_id for period in periods}


def _kinds_with_persons(context: Context, form: str) -> frozenset[PublicationKind]:
    """Give the roll-ups that may show cells which are thinned: a board where whom to ring is one."""
    kinds = {PublicationKind.CONSOLIDATED}
    declared = context.campaign.by_key.get(form)
    if declared:
        cover, columns = declared.cover, declared.cover_sheet.by_key
        rung = [columns[key] for key in (cover.preparer, cover.phone) if key in columns]
        shown = {PublicationKind.BOARD, PublicationKind.CALLS}
        kinds |= shown if any(column.personal for column in rung) else set()
    return frozenset(kinds)


def may_show(context: Context, periods: Collection[Period], entry: Publication) -> bool:
    """Whether a roll-up of its period may show rows of a purged one: its own or earlier."""
    so_far = context.period(entry.form, entry.period).year_so_far
    return any(period in so_far for period in periods)
