"""发放、催报: 填报 workbooks for every unit, and mail to whoever is missing and to their superiors.

Each is reminded once a unit, period and day, however often it is called, and not before a period is
about to end. Mail is queued, not sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial

from sheetflow.consolidation.accepted import Books
from sheetflow.consolidation.states import BoardRow, State, Tally
from sheetflow.context import LOG, Context
from sheetflow.context.paths import SAMPLE_NAME, workbook_path
from sheetflow.context.templates import report_place
from sheetflow.durable import replace_file
from sheetflow.errors import WorkspaceError
from sheetflow.mail.facts import full_message_id, mail_facts, make_mail
from sheetflow.mail.letter_data import Event
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.forms import Form
from sheetflow.service.answer import begin_workbook
from sheetflow.service.books import books_of
from sheetflow.service.changes import declared_grounds
from sheetflow.service.follow_units import follow_units
from sheetflow.service.publish import Attempts, SideBySide, is_published, page_mark
from sheetflow.service.review_marks import review_marks
from sheetflow.service.unit_progress import make_progress_pages
from sheetflow.service.waiting import held_submissions
from sheetflow.store.records import NewMail, PublicationKind, Stale
from sheetflow.units import OWN_LEVEL, Unit
from sheetflow.upkeep.guide import lay_guide
from sheetflow.upkeep.renewal import lay_template_guide, renew_templates
from sheetflow.writing import write_master

_START = dt.datetime(2012, 1, 1, tzinfo=OFFICE_ZONE)
_AT_ONCE = 16
"""So many workbooks wait for the disk together."""

_NEAR = dt.timedelta(days=7)
"""From so long before a period's end on, a reminder is no nuisance."""

_NAMES_IN_A_LINE = 20

_NO_MAIL = "没有邮箱"
"""Said of whom no letter reaches: somebody has to ring."""


def issue_workbooks(
    context: Context, form: Form, period: Period, units: Iterable[Unit] | None = None
) -> int:
    """Publish the 填报 workbook of every unit (or of `units`) and the master; give how many are new.

    Units of a level that does not fill the form get none.

    Raise the first SheetflowError that one of them met, when all others are published.
    """
    wanted = context.tree.living_on(period.last_day) if units is None else units
    expected = [unit for unit in wanted if form.is_for(unit.level)]
    context.workspace.ensure_unit_folders(context.tree, context.is_attaching)
    follow_units(context)
    _keep_grounds(context)
    context.ensure_stamp_key()
    marks = [
        Stale(
            unit_id=unit.unit_id,
            form=form.key,
            period=period.period_id,
            kind=PublicationKind.WORKBOOK,
        )
        for unit in expected
    ]
    publish_master(context, form)
    lay_guide(context.workspace)
    renew_templates(context.workspace)
    if not context.templates.brings_report:
        lay_report_template(context, form)
    attempts = Attempts(context)
    workbooks = SideBySide(attempts, "发放填报表", _AT_ONCE, partial(begin_workbook, context))
    workbooks.begin(marks)
    workbooks.finish()
    pages = Attempts(context)
    reviews = (review_marks(context, unit.unit_id, form.key, [period]) for unit in expected)
    follows = [page_mark(mark, PublicationKind.PROGRESS) for mark in marks]
    follows += dict.fromkeys(mark for found in reviews for mark in found)
    context.store.publications.record_stale(follows, context.clock.now())
    make_progress_pages(context, pages)
    if errors := (*attempts.errors, *pages.errors):
        raise errors[0]
    return sum(not path.name.startswith(SAMPLE_NAME) for path in attempts.paths)


def _keep_grounds(context: Context) -> None:
    """Keep what is issued first stands on: what changes before the first pass is seen by it, too."""
    known = context.store.fingerprints.find_all()
    new = {each.name: each.digest for each in declared_grounds(context) if each.name not in known}
    if new:
        context.store.fingerprints.record(new)


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
    books = books_of(context, form, period)
    expected = [unit for root in context.tree.roots for unit in books.expected(root)]
    result.missing = [row for row in map(books.board_row, expected) if not row.state.is_in]
    paths = {
        row.unit.unit_id: workbook_path(context, form, row.unit, period) for row in result.missing
    }
    lacking = [
        row.unit for row in result.missing if not is_published(context, paths[row.unit.unit_id])
    ]
    if lacking:
        issue_workbooks(context, form, period, lacking)
    names, known = _todays(context, "remind", paths, form, period)
    mails: list[NewMail] = []
    for row in result.missing:
        unit_id = row.unit.unit_id
        if names[unit_id] in known:
            result.repeated.add(unit_id)
        elif made := _reminder(context, form, period, row, names[unit_id]):
            mails += made
            result.queued.add(unit_id)
    mails += _rollcalls(context, form, books, result)
    context.store.mails.record_mails(mails, context.clock.now())
    LOG.info("period %s: %d missing, %d mails queued", period, len(result.missing), len(mails))
    return result


def _reminder(
    context: Context, form: Form, period: Period, row: BoardRow, name: str
) -> tuple[NewMail, ...]:
    unit, path = row.unit, workbook_path(context, form, row.unit, period)
    data = replace(
        mail_facts(context, unit, form.key, period.period_id),
        late=context.clock.now() > context.deadline(unit, form, period),
        reason=_REASONS.get(row.state, "").format(receipt=row.receipt),
    )
    return make_mail(context, unit, Event.REMINDER, data, name, path)


_REASONS = {
    State.RETURNED: "你单位上次报送（回执号{receipt}）已经退回，还没有收到改正后的。"
    "请在退回的工作簿里改正或者写明情况，再放回来。",
    State.HELD: "你单位上次报送（回执号{receipt}）待确认，正在等人核实。"
    "如果是放错了文件，请重新报送自己的工作簿。",
    State.REFUSED: "你单位上次报送（回执号{receipt}）没有能读出来，请用自己的填报工作簿重新报送。",
}
"""Why somebody who did send something is reminded all the same."""


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
        held = [f"等待核实：{each.reason}" for each in held_submissions(context, expected, form)]
        data = replace(
            mail_facts(context, unit, form.key, books.period.period_id),
            deadline="",
            # Counted as on the board: whoever reads it has a workbook of its own to report.
            reason=tally.told(own),
            remarks=(*_lines(context, unit, lacking), *held),
        )
        made = make_mail(context, unit, Event.ROLLCALL, data, names[unit.unit_id])
        mails += made
        result.superiors += [unit] if made else []
    return mails


def _lines(context: Context, unit: Unit, lacking: list[BoardRow]) -> Iterable[str]:
    """List names, under a line for each unit right below the reader that others report to."""
    groups: dict[str, list[str]] = {}
    for row in lacking:
        branch, above = _branch(context, unit, row.unit)
        head = branch.name if branch else ""
        said = [] if row.state is State.MISSING else [row.state.label]
        said += [] if row.unit.mails_on(context.clock.now().date()) else [_NO_MAIL]
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


def _todays(
    context: Context, kind: str, unit_ids: Iterable[str], form: Form, period: Period
) -> tuple[dict[str, str], set[str]]:
    """Name today's mail to each unit, and say which of these names were queued before."""
    ending = f"{form.key}.{period.period_id}.{context.clock.now():%Y%m%d}"
    names = {unit_id: f"{kind}.{unit_id}.{ending}" for unit_id in unit_ids}
    full = {full_message_id(context, name): name for name in names.values()}
    return names, {full[message_id] for message_id in context.store.mails.find_known(full)}
