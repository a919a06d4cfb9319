"""The digest: one mail a superior and working morning, where something needs it; on a deadline's day one at three too.

It tells what came, what was corrected, who is late, that all are in, and what waits for the reader, of
all forms and periods at once, since the last time. What goes on waiting is told again once a week.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sheetflow.consolidation.books import Books
from sheetflow.consolidation.digest import DigestPart, key_of
from sheetflow.consolidation.matters import Awaiting, waiting_of
from sheetflow.consolidation.reviews import Review
from sheetflow.context import Context
from sheetflow.mail.facts import mail_facts, make_mail
from sheetflow.mail.letter_data import Event
from sheetflow.periods import OFFICE_ZONE, Period, is_working_day
from sheetflow.schemas.forms import Form
from sheetflow.service.attempts import mended_by, returned_receipts
from sheetflow.service.books import books_of
from sheetflow.service.calendar import Task
from sheetflow.service.deciding import reviews_in, undated_reviews
from sheetflow.service.postponing import awaited_postponements
from sheetflow.service.reminding import DIGEST, calls_places, mark_calls
from sheetflow.store.records import Document, NewMail
from sheetflow.units import Unit

TO = "to"
"""In a document of the calendar: which superiors got one."""
_MORNING, _AFTERNOON = dt.time(8, 30, tzinfo=OFFICE_ZONE), dt.time(15, tzinfo=OFFICE_ZONE)
_EVENING = dt.time(18, tzinfo=OFFICE_ZONE)
_DAY = dt.timedelta(days=1)
_WAITING = "waiting"
"""In what is kept between two digests: the forms and periods of which something waited for a superior."""
_FURTHEST = 14
"""So many days ahead the next one is looked for."""


def digests(context: Context, until: dt.datetime) -> Iterator[Task]:
    """Give today's digests, and the next one where it is due by then.

    A morning that nobody served is made up for until the evening, and else by the next one.
    """
    now, today = context.clock.now(), context.clock.now().date()
    if _works(context, today) and now <= _at(today, _EVENING):
        again = _at(today, _AFTERNOON)
        is_deadline = _due_on(context, today)
        if not (is_deadline and now >= again):
            yield _task(context, _at(today, _MORNING))
        if is_deadline:
            yield _task(context, again)
    coming = (today + number * _DAY for number in range(1, _FURTHEST))
    following = next((day for day in coming if _works(context, day)), None)
    if following and _at(following, _MORNING) <= until:
        yield _task(context, _at(following, _MORNING))


def _works(context: Context, day: dt.date) -> bool:
    return is_working_day(day, context.day_overrides)


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time)


def _task(context: Context, at: dt.datetime) -> Task:
    name = f"{DIGEST}.{at:%Y%m%d.%H%M}"
    return Task(
        name=name,
        what="告知上级",
        form="",
        period="",
        due_at=at,
        do=lambda: _tell(context, name, at),
        words="告知上级有什么要办理（没有要办的不发信）",
        goes_first=True,
    )


def _due_on(context: Context, day: dt.date) -> bool:
    """Whether anybody's deadline is on that day."""
    # A deadline may be postponed for those below one superior alone.
    alike = {(unit.level, unit.parent): unit for unit in context.tree}
    return any(
        context.deadline(unit, form, period).date() == day
        for form, period in _at_hand(context, day)
        for unit in alike.values()
        if form.is_for(unit.level)
    )


def _at_hand(context: Context, day: dt.date) -> list[tuple[Form, Period]]:
    """Give the forms and periods that are filled about that day, the current one and the one before."""
    return [
        (form, period)
        for form in context.campaign.forms
        for period in dict.fromkeys((form.last_ended(day), form.period_of(day)))
        if form.takes(period)
    ]


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What there is to tell of one form's period; `waiting` by whose decision it waits for."""

    books: Books
    label: str
    fresh: frozenset[str]
    corrected: frozenset[str]
    mended: frozenset[str]
    waiting: Mapping[str, Sequence[Awaiting]]


def _tell(context: Context, name: str, at: dt.datetime) -> Document:
    """Queue the mails to all whom it concerns; say to whom."""
    now = context.clock.now()
    known = context.store.fingerprints.find(DIGEST)
    told: dict[str, Any] = (
        json.loads(known) if known else {"at": (now - _DAY).isoformat(), "told": []}
    )
    since, before = dt.datetime.fromisoformat(told["at"]), frozenset(told["told"])
    kept: set[str] = set()
    gathered = list(_gather(context, since, now.date(), told.get(_WAITING, ())))
    doubts = _by_decider(undated_reviews(context).values())
    is_second = at.timetz() == _AFTERNOON
    is_weekly = not is_second and _begins_week(context, at.date())
    mails: list[NewMail] = []
    for reader in context.tree.living_on(now.date()):
        if not context.tree.children(reader.unit_id):
            continue
        looked = [(_part(context, reader, each, before), each.books) for each in gathered]
        parts = [part for part, _ in looked if part.rows or part.waiting]
        late = [books for part, books in looked if part.to_be_called]
        undated = doubts.get(reader.unit_id, [])
        waits = bool(undated) or any(part.waiting for part in parts)
        if (
            any(part.is_news or (is_second and part.pressing) for part in parts)
            or any(each.number not in before for each in undated)
            or (is_weekly and waits)
        ):
            mark_calls(context, reader, late)
            places = calls_places(context, reader, late)
            mails += _mail(context, reader, parts, len(undated), places, name)
        kept |= {each.number for each in undated}.union(*(part.to_keep for part in parts))
    context.store.mails.record_mails(mails, now)
    waiting = [
        [each.books.form.key, each.books.period.period_id]
        for each in gathered
        if any(by_unit and listed for by_unit, listed in each.waiting.items())
    ]
    keep = json.dumps({"at": now.isoformat(), "told": sorted(kept), _WAITING: waiting})
    context.store.fingerprints.record({DIGEST: keep})
    return {TO: [mail.unit_id for mail in mails]}


def _begins_week(context: Context, day: dt.date) -> bool:
    """Whether no day of that week before `day` was worked on."""
    return not any(_works(context, day - number * _DAY) for number in range(1, day.weekday() + 1))


def _gather(
    context: Context, since: dt.datetime, today: dt.date, waiting_still: Iterable[Sequence[str]]
) -> Iterator[_Gathered]:
    """Give what there is to tell of whatever is filled now, was touched since, or waited for somebody the last time.

    Not of what nobody has.
    """
    store = context.store
    touched = {
        (each.form, each.period)
        for each in store.submissions.find_submissions()
        if each.period and each.judged_at > since
    }
    touched |= {(form, period_id) for form, period_id in waiting_still}
    touched |= {
        (each.form, each.period)
        for each in store.decisions.find_all()
        if each.period and each.decided_at > since
    }
    asked = [(form.key, period.period_id) for form, period in _at_hand(context, today)]
    handed_out = {(each.form, each.period) for each in store.publications.find_publications()}
    for key, period_id in dict.fromkeys((*asked, *sorted(touched))):
        if key not in context.campaign.by_key or (key, period_id) not in handed_out:
            continue
        form, period = context.form(key), context.period(key, period_id)
        fresh, corrected, mended = _accepted_since(context, form, period, since)
        waiting = _by_decider(reviews_in(context, key, period_id).values())
        for each in awaited_postponements(context, form, period):
            waiting.setdefault(each.by_unit, []).append(each)
        yield _Gathered(
            books=books_of(context, form, period, is_listing=True),
            label=f"{period.label}{context.campaign.named_beside(key)}",
            fresh=fresh,
            corrected=corrected,
            mended=mended,
            waiting=waiting,
        )


def _accepted_since(
    context: Context, form: Form, period: Period, since: dt.datetime
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Name the units whose first workbook was accepted since, those that had one accepted before, and whose of both mends.

    What was judged anew (请核实, 办结, an 附件, 撤销) came in when it was accepted first.
    """
    which = {"form": form.key, "period": period.period_id}
    first = context.store.submissions.find_first_accepted(**which)
    found = context.store.submissions.find_submissions(**which)
    accepted = [each for each in found if each.outcome == "accepted"]
    before = {each.unit_id for each in accepted if first[each.receipt] <= since}
    later = {each.unit_id for each in accepted if first[each.receipt] > since}
    newest = {each.unit_id: each.receipt for each in accepted}
    given = context.store.decisions.find_all(form=form.key, period=period.period_id)
    mending = mended_by(found, returned_receipts(given))
    mended = {unit_id for unit_id in later if newest[unit_id] in mending}
    return frozenset(later - before), frozenset(later & before), frozenset(mended)


def _by_decider(reviews: Iterable[Review]) -> dict[str, list[Awaiting]]:
    """Give what waits by whose decision it waits for; not what the unit has not answered yet."""
    found: dict[str, list[Awaiting]] = {}
    for review in reviews:
        for each in waiting_of(review):
            if not each.is_unanswered:
                found.setdefault(each.by_unit, []).append(each)
    return found


def _part(context: Context, reader: Unit, gathered: _Gathered, told: frozenset[str]) -> DigestPart:
    books = gathered.books
    below = [unit for unit in books.expected(reader) if unit != reader]
    above = context.tree[reader.parent] if reader.parent else None
    return DigestPart(
        reader=reader,
        key=key_of(books),
        label=gathered.label,
        rows=[books.board_row(unit) for unit in below],
        told=told,
        today=context.clock.now().date(),
        fresh=gathered.fresh,
        corrected=gathered.corrected,
        mended=gathered.mended,
        waiting=gathered.waiting.get(reader.unit_id, ()),
        above_word=above.level if above else "",
    )


def _mail(
    context: Context,
    reader: Unit,
    parts: Sequence[DigestPart],
    undated: int,
    places: str,
    name: str,
) -> tuple[NewMail, ...]:
    lines = [line for part in parts for line in part.lines()]
    lines += [f"还不知道是哪一期的待确认{undated}件"] if undated else []
    data = replace(
        mail_facts(context, reader, "", ""),
        remarks=tuple(lines),
        waits=bool(undated) or any(part.waiting for part in parts),
        late=any(part.late for part in parts),
        file_place=places,
    )
    return make_mail(context, reader, Event.DIGEST, data, f"{name}.{reader.unit_id}")
