"""发放、催报: 填报 workbooks for every unit, and mail to whoever is missing and to their superiors.

Each is reminded once a unit, period and day, however often it is called, and not before a period is
about to end. Mail is queued, not sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sheetflow.consolidation.books import Books
from sheetflow.consolidation.states import BoardRow, Tally
from sheetflow.context import LOG, Context
from sheetflow.context.templates import report_place
from sheetflow.durable import replace_file
from sheetflow.errors import WorkspaceError
from sheetflow.mail.facts import full_message_id, mail_facts, make_mail
from sheetflow.mail.letter_data import Event
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.forms import Form
from sheetflow.service.issuing import REMINDED, issue_lacking, issue_to
from sheetflow.service.merged_units import tree_for
from sheetflow.service.reminding import (
    lines_of,
    missing_of,
    reminded,
    reminder_facts,
    to_enclose,
    waiting_words,
)
from sheetflow.store.decisions import CalendarEntry
from sheetflow.store.records import NewMail
from sheetflow.units import OWN_LEVEL, Unit
from sheetflow.upkeep.guide import lay_guide
from sheetflow.upkeep.renewal import lay_template_guide, renew_templates
from sheetflow.writing import write_master

_START = dt.datetime(2012, 1, 1, tzinfo=OFFICE_ZONE)
_NEAR = dt.timedelta(days=7)
"""From so long before a period's end on, a reminder is no nuisance."""


def issue_workbooks(
    context: Context, form: Form, period: Period, units: Iterable[Unit] | None = None
) -> int:
    """Publish the 填报 workbook of every unit (or of `units`) and the master; give how many are new.

    Units of a level that does not fill the form get none.

    Raise the first SheetflowError that one of them met, when all others are published.
    """
    publish_master(context, form)
    lay_guide(context.workspace)
    renew_templates(context.workspace)
    if not context.templates.brings_report:
        lay_report_template(context, form)
    wanted = tree_for(context, form).living_on(period.last_day) if units is None else units
    return issue_to(context, form, period, wanted)


def publish_master(context: Context, form: Form) -> None:
    """Put the blank master workbook into the workspace's templates."""
    path = context.workspace.templates / f"{context.campaign.title}_{form.title}.xlsx"
    content = write_master(context.campaign, form, context.dress, _START)
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def lay_report_template(context: Context, form: Form) -> None:
    """Put a plain Word template of another form than the main one where offices edit them.

    One that is there stays as it is; the main form's came with the workspace. A campaign workbook brings its
    own: for it those of another campaign, as the program brings them along, are taken away, and 模板说明.md
    lists its own names.
    """
    if not context.templates.brings_report:
        for path in context.templates.lie_of_another():
            path.unlink()
        lay_template_guide(context)
        return
    other = context.campaign.other_form(form.key)
    if other is None or other.report is None:
        return
    from sheetflow.reporting.report import plain_template

    path = context.workspace.templates.joinpath(*report_place(other.title))
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        content = context.templates.default_report(other.title) or plain_template(form)
        replace_file(path, content)


@dataclass
class Reminders:
    """What one call did about one form: who is missing, and to whom mail was queued."""

    label: str
    """The period and the form, as people call them."""
    missing: list[BoardRow] = field(default_factory=list)
    queued: set[str] = field(default_factory=set)
    """The units to which a mail of today's was queued now."""
    repeated: set[str] = field(default_factory=set)
    """The units that had theirs earlier today."""
    superiors: list[Unit] = field(default_factory=list)
    """The superiors to whom a list was queued now."""


def remind(
    context: Context, period: Period | None = None, form: Form | None = None
) -> list[Reminders]:
    """Queue the reminders of `period`, by default the last one that has ended, of `form` or of all.

    Every missing unit gets one, with its own 填报 workbook, and every unit above the list
    of those missing below it. Raise WorkspaceError where the period is still far from its
    end, or where no form is filled for it.
    """
    today = context.clock.now().date()
    forms = (form,) if form else context.campaign.forms
    wanted = _asked(forms, period) if period else _ended_last(forms, today)
    if all(today + _NEAR < when.last_day for _, when in wanted):
        labels = "、".join(dict.fromkeys(when.label for _, when in wanted))
        raise WorkspaceError(f"{labels}还没有结束，现在不用催报。")
    return [_remind_of(context, each, when) for each, when in wanted]


def _asked(forms: Iterable[Form], period: Period) -> list[tuple[Form, Period]]:
    """Give each form that is filled for `period`, with its own days."""
    filled = [form for form in forms if form.takes(period)]
    if not filled:
        raise WorkspaceError(f"没有哪张报表按{period.label}填报。")
    return [(form, form.period(period.period_id)) for form in filled]


def _ended_last(forms: Iterable[Form], today: dt.date) -> list[tuple[Form, Period]]:
    """Give the forms whose periods have ended last of all, a month and a quarter together."""
    last = [(form, form.last_ended(today)) for form in forms]
    ended = [
        (form, period) for form, period in last if period.last_day < today and form.takes(period)
    ]
    if not ended:
        raise WorkspaceError("没有要催报的报告期：或者还没有结束，或者已经不用填报。")
    newest = max(period.last_day for _, period in ended)
    return [(form, period) for form, period in ended if period.last_day == newest]


def _remind_of(context: Context, form: Form, period: Period) -> Reminders:
    result = Reminders(f"{period.label}{context.campaign.named_beside(form.key)}")
    books, result.missing = missing_of(context, form, period)
    if errors := issue_lacking(context, form, period, [row.unit for row in result.missing]):
        raise errors[0]
    names, known = _todays(
        context, "remind", [row.unit.unit_id for row in result.missing], form, period
    )
    told = reminded(context)
    mails: list[NewMail] = []
    for row in result.missing:
        unit_id = row.unit.unit_id
        if names[unit_id] in known or (unit_id, form.key, period.period_id) in told:
            result.repeated.add(unit_id)
            continue
        data = reminder_facts(context, form, period, row)
        path = to_enclose(context, form, period, row)
        if made := make_mail(context, row.unit, Event.REMINDER, data, names[unit_id], path):
            mails += made
            result.queued.add(unit_id)
    mails += _rollcalls(context, form, books, result)
    now = context.clock.now()
    with context.store.together():
        context.store.mails.record_mails(mails, now)
        context.store.calendar.record(
            CalendarEntry(
                name=f"command.{form.key}.{period.period_id}.{now:%Y%m%dT%H%M%S}",
                what="催报（命令）",
                form=form.key,
                period=period.period_id,
                due_at=now,
                done_at=now,
                document={
                    "mailed": sorted(result.queued),
                    "superiors": [unit.unit_id for unit in result.superiors],
                    REMINDED: [[one, form.key, period.period_id] for one in sorted(result.queued)],
                },
            )
        )
    LOG.info("period %s: %d missing, %d mails queued", period, len(result.missing), len(mails))
    return result


def _rollcalls(context: Context, form: Form, books: Books, result: Reminders) -> list[NewMail]:
    """Make the lists for everyone who has missing units below."""
    mails: list[NewMail] = []
    above = [unit for unit in context.tree if context.tree.children(unit.unit_id)]
    unit_ids = [unit.unit_id for unit in above]
    names, known = _todays(context, "rollcall", unit_ids, form, books.period)
    for unit in above:
        expected = {entry.unit_id for entry in books.expected(unit)}
        lacking = [row for row in result.missing if row.unit.unit_id in expected]
        if all(row.unit == unit for row in lacking) or names[unit.unit_id] in known:
            continue
        tally = Tally.of(map(books.board_row, books.expected(unit)))
        own = f"（含{unit.name}{OWN_LEVEL}）" if unit.unit_id in expected else ""
        held = waiting_words(context, expected, form)
        data = replace(
            mail_facts(context, unit, form.key, books.period.period_id),
            deadline="",
            # Counted as on the board: whoever reads it has a workbook of its own to report.
            reason=tally.told(own),
            remarks=(*lines_of(context, unit, lacking), *held),
        )
        made = make_mail(context, unit, Event.ROLLCALL, data, names[unit.unit_id])
        mails += made
        result.superiors += [unit] if made else []
    return mails


def _todays(
    context: Context, kind: str, unit_ids: Iterable[str], form: Form, period: Period
) -> tuple[dict[str, str], set[str]]:
    """Name today's mail to each unit, and say which of these names were queued before."""
    ending = f"{form.key}.{period.period_id}.{context.clock.now():%Y%m%d}"
    names = {unit_id: f"{kind}.{unit_id}.{ending}" for unit_id in unit_ids}
    full = {full_message_id(context, name): name for name in names.values()}
    return names, {full[message_id] for message_id in context.store.mails.find_known(full)}
