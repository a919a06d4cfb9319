"""建议延期: a deadline that leaves less than three working days after a legal holiday is offered to be moved.

It stands in the 审核单 of whoever decides about the units that have it, until that is decided or the
deadline is over. The day that is offered stands in the matter itself, so that what was approved can be told
from the decision alone. This module refuses to move anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sheetflow.consolidation.matters import Awaiting, next_number
from sheetflow.consolidation.review_sheet import WaitingRow
from sheetflow.context import Context
from sheetflow.periods import Period, date_in_words, end_of
from sheetflow.schemas.forms import Form
from sheetflow.schemas.moved_deadlines import postponed_to, postponement
from sheetflow.schemas.review import Matter, standing
from sheetflow.schemas.schedule import better_deadline
from sheetflow.service.books import passed_until
from sheetflow.service.deciding import unit_subject
from sheetflow.service.form_calendar import opened_at
from sheetflow.service.merged_units import tree_for, who_decides
from sheetflow.service.review_marks import has_reviews
from sheetflow.units import Unit


def postponements(
    context: Context, unit: Unit, form: Form, period: Period, below: Iterable[Unit]
) -> Iterator[WaitingRow]:
    """Offer `unit` to postpone the deadlines of the levels of those `below` it, where that is not decided yet."""
    decided = context.store.decisions.find_all(
        unit_id=unit.unit_id, form=form.key, period=period.period_id
    )
    known = {each.about for each in standing(decided) if each.matter is Matter.POSTPONEMENT}
    passed = passed_until(context)
    for one in {each.level: each for each in below}.values():
        until = context.deadline(one, form, period)
        better = better_deadline(until, context.day_overrides)
        if better is None or (passed and until <= passed):
            continue
        if form.is_for(unit.level) and better > context.deadline(unit, form, period):
            continue  # it could not add up in time what comes so late
        about = postponed_to(one.level, better)
        if about in known:
            continue
        subject = unit_subject(context, unit.unit_id, form.key, period.period_id)
        day = date_in_words(better)
        yield WaitingRow(
            number=next_number(decided, subject, Matter.POSTPONEMENT, about),
            matter=Matter.POSTPONEMENT,
            label=Matter.POSTPONEMENT.label,
            unit_id=unit.unit_id,
            unit=units_of(about),
            receipt="",
            content=f"截止时间是{date_in_words(until)}，离法定节假日不足3个工作日。建议延到{day}。",
            agreed=f"同意：{unit.name}所属{one.level}级单位的截止时间改为{day}，填报表、提醒、逾期都照新的时间；"
            "不同意：照原来的时间。",
            since=min(opened_at(context, form, period), end_of(period.last_day)),
            verdicts=Matter.POSTPONEMENT.verdicts,
            about=about,
        )


def units_of(about: str) -> str:
    """Name whose deadline a postponement is about: 所属县级单位; empty where that is none."""
    found = postponement(about)
    return f"所属{found[0]}级单位" if found else ""


def awaited_postponements(context: Context, form: Form, period: Period) -> Iterator[Awaiting]:
    """Give every offer that waits in a 审核单 of a form and period, by whose decision it waits for."""
    if not (has_reviews(context) and form.takes(period)):
        return
    below: dict[str, list[Unit]] = {}
    for one in tree_for(context, form).living_on(period.last_day):
        superior = who_decides(context, one.unit_id) if form.is_for(one.level) else None
        if superior:
            below.setdefault(superior.unit_id, []).append(one)
    for unit_id, units in below.items():
        for row in postponements(context, context.tree[unit_id], form, period, units):
            yield Awaiting(
                number=row.number,
                matter=row.matter,
                by_unit=unit_id,
                receipt="",
                since=row.since,
                about=row.about,
            )
