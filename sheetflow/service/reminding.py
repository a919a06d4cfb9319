"""报送提醒、催报: who is not in yet, what each is told, and which list its superior gets.

What is asked of one unit at one time is told in one mail, whatever the number of forms, but that nothing which
is not due yet stands under 催报; who was reminded
of a form today, by the calendar or by command, is not reminded of it again. Mail is queued, not sent. This
module refuses to know when anybody is reminded.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sheetflow.consolidation.books import Books
from sheetflow.consolidation.digest import NO_MAIL, late_key
from sheetflow.consolidation.states import BoardRow, State, Tally
from sheetflow.context import LOG, Context
from sheetflow.context.paths import answer_path, rollup_paths, workbook_path
from sheetflow.mail.facts import (
    facts_of_several,
    mail_facts,
    make_mail,
    own_deadline,
    place_in_outbox,
)
from sheetflow.mail.letter_data import Event, MailData
from sheetflow.periods import Period
from sheetflow.schemas.forms import Form
from sheetflow.schemas.schedule import is_urgent
from sheetflow.service.books import books_of
from sheetflow.service.issuing import REMINDED, asked_words, is_urgent_for, issue_lacking
from sheetflow.service.publish import is_published
from sheetflow.service.waiting import held_submissions
from sheetflow.store.records import Document, NewMail, PublicationKind, Stale
from sheetflow.units import OWN_LEVEL, Unit

_NAMES_IN_A_LINE = 20
_HOUR = dt.timedelta(hours=1)
DIGEST = "digest"
"""The fingerprint that keeps when superiors were told of what, and what they know by now."""

_REASONS = {
    State.RETURNED: "你单位上次报送（回执号{receipt}）已经退回，还没有收到改正后的。"
    "请在退回的工作簿里改正或者写明情况，再放回来。",
    State.HELD: "你单位上次报送（回执号{receipt}）待确认，正在等人核实。"
    "如果是放错了文件，请重新报送自己的工作簿。",
    State.REFUSED: "你单位上次报送（回执号{receipt}）没有能读出来，请用自己的填报工作簿重新报送。",
}
"""Why somebody who did send something is reminded all the same."""
_NOT_LATE = "原来报送的没有超过截止时间，改好报来的不算迟报。"
"""Said of what a superior returned (退回修改)."""


@dataclass(frozen=True, slots=True)
class Due:
    """One deadline of a form's period: whoever has it and is not in is reminded; its superior as well, once it is over."""

    form: Form
    period: Period
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """A unit that is not in, for one form and period."""

    form: Form
    period: Period
    row: BoardRow


def missing_of(context: Context, form: Form, period: Period) -> tuple[Books, list[BoardRow]]:
    """Give the books of a form and period, and the units that must report and are not in."""
    books = books_of(context, form, period, is_listing=True)
    expected = [unit for root in context.tree.roots for unit in books.expected(root)]
    return books, [row for row in map(books.board_row, expected) if not row.state.is_in]


def hand_out_lacking(context: Context, due: Due) -> list[str]:
    """Issue the workbooks of those who will be reminded and never got one: there is something to enclose.

    Give what was met, in sentences.
    """
    _, rows = missing_of(context, due.form, due.period)
    units = [row.unit for row in rows if row.deadline == due.until]
    errors = issue_lacking(context, due.form, due.period, units)
    return [str(error) for error in errors]


def remind_due(context: Context, all_due: Sequence[Due]) -> Document:
    """Queue a mail to everyone who is not in by one of these deadlines; give who gets one.

    Where a deadline is over, the superiors are told who is late, and get a list for the telephone. Whoever
    has handed in something that is not judged yet, or was answered just now, is left alone.
    """
    now = context.clock.now()
    in_hand = {arrival.unit_id for arrival in context.store.arrivals.find_unjudged(now)}
    missing: list[Missing] = []
    late: list[tuple[Books, list[BoardRow]]] = []
    # Two reminders of one deadline are one.
    different = {(due.form.key, due.period.period_id, due.until): due for due in all_due}
    for due in different.values():
        books, rows = missing_of(context, due.form, due.period)
        concerned = [row for row in rows if row.deadline == due.until]
        since = now - _HOUR if is_urgent(due.until) else _midnight(context)
        told = reminded(context, since)
        missing += [
            Missing(due.form, due.period, row)
            for row in concerned
            if row.unit.unit_id not in in_hand
            and not (row.state is State.RETURNED and row.answered_at and row.answered_at >= since)
            and (row.unit.unit_id, due.form.key, due.period.period_id) not in told
        ]
        to_be_called = [row for row in concerned if not row.mending]
        if to_be_called and now > due.until:
            late.append((books, to_be_called))
    by_unit: dict[str, list[Missing]] = {}
    for each in missing:
        by_unit.setdefault(each.row.unit.unit_id, []).append(each)
    mails = [
        mail
        for asked in by_unit.values()
        for together in _late_and_coming(context, asked)
        for mail in _reminder_of_all(context, together)
    ]
    lists = list(_lists_of_late(context, late))
    context.store.mails.record_mails([*mails, *lists], now)
    LOG.info("%d units are missing, %d mails queued", len(by_unit), len(mails) + len(lists))
    return {
        "mailed": [mail.unit_id for mail in mails],
        "superiors": [mail.unit_id for mail in lists],
        REMINDED: [
            [each.row.unit.unit_id, each.form.key, each.period.period_id] for each in missing
        ],
    }


def reminded(context: Context, since: dt.datetime | None = None) -> set[tuple[str, str, str]]:
    """Give who was told of which form and period, by the calendar or by command, today or since a moment."""
    entries = context.store.calendar.find_all(since=since or _midnight(context))
    return {tuple(each) for entry in entries for each in entry.document.get(REMINDED, ())}


def _midnight(context: Context) -> dt.datetime:
    return context.clock.now().replace(hour=0, minute=0, second=0)


def _late_and_coming(context: Context, asked: Sequence[Missing]) -> Iterable[Sequence[Missing]]:
    """Part what is late from what is not; leave out what there is none of."""
    parts: dict[bool, list[Missing]] = {True: [], False: []}
    for each in asked:
        parts[_is_past(context, each) and not each.row.mending].append(each)
    return filter(None, parts.values())


def _is_past(context: Context, asked: Missing) -> bool:
    """Whether the unit's own deadline is over."""
    until = own_deadline(context, asked.row.unit, asked.form, asked.period)
    return context.clock.now() > until


def _reminder_of_all(context: Context, asked: Sequence[Missing]) -> tuple[NewMail, ...]:
    """Make one mail of all that is asked of a unit now; what has to be mended comes as its marked copy."""
    first, unit = asked[0], asked[0].row.unit
    wanted = [(each.form, each.period) for each in asked]
    name = f"remind.{unit.unit_id}.{first.form.key}.{first.period.period_id}"
    data = reminder_facts(context, first.form, first.period, first.row)
    if len(asked) > 1:
        lines = [
            "。".join(filter(None, (_words_of(context, each), _reason_of(each.row))))
            for each in asked
        ]
        several = facts_of_several(context, unit, wanted, lines)
        is_over = any(each.row.mending and _is_past(context, each) for each in asked)
        data = replace(several, late=data.late, deadline="" if is_over else several.deadline)
    data = replace(data, urgent=is_urgent_for(context, unit, wanted))
    enclosed = [to_enclose(context, each.form, each.period, each.row) for each in asked]
    paths = [path for path in enclosed if is_published(context, path)]
    # A unit may be reminded twice in a day of what is due by the clock.
    at = f"{context.clock.now():%Y%m%dT%H%M}" if data.urgent else f"{context.clock.now():%Y%m%d}"
    return make_mail(context, unit, Event.REMINDER, data, f"{name}.{at}", *paths)


def reminder_facts(context: Context, form: Form, period: Period, row: BoardRow) -> MailData:
    """Say what a unit that is not in is told of one form's period."""
    data = mail_facts(context, row.unit, form.key, period.period_id)
    is_past = _is_past(context, Missing(form, period, row))
    return replace(
        data,
        late=is_past and not row.mending,
        deadline="" if is_past and row.mending else data.deadline,
        reason=_reason_of(row),
    )


def _words_of(context: Context, asked: Missing) -> str:
    """Name one of several things that are asked of a unit, and by when, unless it mends one after its deadline."""
    if asked.row.mending and _is_past(context, asked):
        return f"{asked.period.label}《{asked.form.title}》"
    return asked_words(context, asked.row.unit, (asked.form, asked.period))


def _reason_of(row: BoardRow) -> str:
    said = _REASONS.get(row.state, "").format(receipt=row.receipt)
    return said + _NOT_LATE if row.mending and row.state is State.RETURNED else said


def to_enclose(context: Context, form: Form, period: Period, row: BoardRow) -> Path:
    """Give the unit's own workbook, or the copy in which it is to mend what was returned."""
    if row.state is State.RETURNED:
        submission = context.store.submissions.find_submission(row.receipt)
        path = answer_path(context, submission) if submission else None
        if path and is_published(context, path):
            return path
    return workbook_path(context, form, row.unit, period)


def _lists_of_late(
    context: Context, late: Iterable[tuple[Books, list[BoardRow]]]
) -> Iterable[NewMail]:
    """Have a list for the telephone made for each unit right above those that are late, and make one mail to it.

    None to whoever knows all of them to be late: the digest of the same morning said so.
    """
    by_superior: dict[str, list[tuple[Books, list[BoardRow]]]] = {}
    for books, rows in late:
        parents = dict.fromkeys(row.unit.parent for row in rows if row.unit.parent)
        for parent in parents:
            own = [row for row in rows if row.unit.parent == parent]
            by_superior.setdefault(parent, []).append((books, own))
    known = context.store.fingerprints.find(DIGEST)
    told = frozenset(json.loads(known)["told"]) if known else frozenset()
    for unit_id, found in by_superior.items():
        unit, day = context.tree[unit_id], f"{context.clock.now():%Y%m%d}"
        mark_calls(context, unit, [books for books, _ in found])
        if told.issuperset(late_key(books, row) for books, rows in found for row in rows):
            continue
        first = found[0][0]
        data = list_facts(context, unit, found)
        name = f"late.{unit_id}.{first.form.key}.{first.period.period_id}.{day}"
        yield from make_mail(context, unit, Event.ROLLCALL, data, name)


def mark_calls(context: Context, unit: Unit, found: Iterable[Books]) -> None:
    """Have a superior's lists for the telephone made."""
    marks = [
        Stale(
            unit_id=unit.unit_id,
            form=books.form.key,
            period=books.period.period_id,
            kind=PublicationKind.CALLS,
        )
        for books in found
    ]
    context.store.publications.record_stale(marks, context.clock.now())


def list_facts(
    context: Context, unit: Unit, found: Sequence[tuple[Books, list[BoardRow]]]
) -> MailData:
    """Say what a superior is told of who is late, form by form; numbers to ring stand in its list alone."""
    remarks: list[str] = []
    tallies: list[str] = []
    for books, rows in found:
        named = f"{books.period.label}《{books.form.title}》：" if len(found) > 1 else ""
        tally = Tally.of(map(books.board_row, books.expected(unit)))
        own = f"（含{unit.name}{OWN_LEVEL}）" if unit in books.expected(unit) else ""
        tallies.append(named + tally.told(own))
        remarks += [named + line for line in lines_of(context, unit, rows)]
    first = found[0][0]
    asked = [(books.form, books.period) for books, _ in found]
    data = mail_facts(context, unit, first.form.key, first.period.period_id)
    if len(asked) > 1:
        data = facts_of_several(context, unit, asked, ())
    return replace(
        data,
        deadline="",
        urgent=any(row.deadline and is_urgent(row.deadline) for _, rows in found for row in rows),
        reason="".join(tallies),
        remarks=tuple(remarks),
        file_place=calls_places(context, unit, [books for books, _ in found]),
    )


def calls_places(context: Context, unit: Unit, found: Iterable[Books]) -> str:
    """Say where a superior's lists for the telephone lie."""
    paths = (calls_path(context, unit, books.form, books.period) for books in found)
    return "、".join(map(place_in_outbox, paths))


def calls_path(context: Context, unit: Unit, form: Form, period: Period) -> Path:
    """Where a superior's list for the telephone lies."""
    (path,) = rollup_paths(context, PublicationKind.CALLS, unit, period, form)
    return path


def waiting_words(context: Context, unit_ids: Collection[str], form: Form) -> list[str]:
    """Say what waits for somebody to decide, among these units."""
    return [f"等待核实：{each.reason}" for each in held_submissions(context, unit_ids, form)]


def lines_of(context: Context, unit: Unit, lacking: Sequence[BoardRow]) -> Iterable[str]:
    """List names, under a line for each unit right below the reader that others report to."""
    groups: dict[str, list[str]] = {}
    for row in lacking:
        branch, above = _branch(context, unit, row.unit)
        head = branch.name if branch else ""
        said = [] if row.state is State.MISSING else [row.state.label]
        said += [] if row.unit.mails_on(context.clock.now().date()) else [NO_MAIL]
        name = above + row.unit.name + OWN_LEVEL * row.own
        groups.setdefault(head, []).append(name + (f"（{'，'.join(said)}）" if said else ""))
    for head, names in groups.items():
        for start in range(0, len(names), _NAMES_IN_A_LINE):
            listed = "、".join(names[start : start + _NAMES_IN_A_LINE])
            yield f"{head}：{listed}" if head else listed


def _branch(context: Context, reader: Unit, unit: Unit) -> tuple[Unit | None, str]:
    """Give the unit right below `reader` that `unit` is or belongs to, None where it adds up nobody.

    And what stands before the name of a unit that is farther below: its superior's.
    """
    chain = context.tree.chain(unit.unit_id)
    place = chain.index(reader)
    branch = chain[place - 1] if place else None
    if branch is None or not context.tree.children(branch.unit_id):
        return None, ""
    return branch, "" if chain[1] in (branch, reader) else chain[1].name
