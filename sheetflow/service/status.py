"""Who stands where, and what is to be published again: what `status` shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sheetflow.config.kept_campaigns import open_campaign
from sheetflow.config.workspace import open_workspace
from sheetflow.consolidation.contents import Waiting, Waits, tell, told_besides
from sheetflow.consolidation.states import BoardRow
from sheetflow.context import Clock, Context
from sheetflow.context.opening import read_units_in_force
from sheetflow.context.running import is_held, read_health
from sheetflow.intake.scanning import scan
from sheetflow.periods import Period
from sheetflow.schemas.forms import Form
from sheetflow.service.books import books_of
from sheetflow.service.changes import template_troubles
from sheetflow.service.filed_answer import signed_words
from sheetflow.service.take import look, open_intake
from sheetflow.service.waiting import untaken, what_waits
from sheetflow.store.records import PublicationKind, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class FormStanding:
    """Who stands where in one form's period."""

    form: Form
    period: Period
    rows: tuple[BoardRow, ...]
    signed: tuple[tuple[str, str], ...] = ()
    """The unit's name, and what is filed of its report, in a sentence."""

    def as_json(self) -> list[dict[str, object]]:
        """Give a row for each unit."""
        return [
            {
                "unit_id": row.unit.unit_id,
                "name": row.unit.name,
                "level": row.unit.level,
                "parent": row.unit.parent,
                "form": self.form.key,
                "period": self.period.period_id,
                "state": row.state.value,
                "late": row.late,
                "carried": row.carried,
                "passing": row.passing.value,
                "returned_by": row.returned_by or None,
                "questions": row.questions,
                "excused_until": row.excused_until.isoformat() if row.excused_until else None,
                "receipt": row.receipt or None,
                "findings": {"must": row.must, "verify": row.verify, "note": row.note},
            }
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that somebody should know of the forms' periods and of the service."""

    forms: tuple[FormStanding, ...]
    """One at least, the main form first."""
    apart: tuple[Submission, ...]
    """The last word of a unit, refused, of which nobody can tell the period."""
    waiting: tuple[Waiting, ...]
    queued: int
    """How many mails are yet to be sent."""
    untaken: tuple[str, ...]
    """The unit of each file that lies in the inbox and was not taken yet."""
    troubles: tuple[str, ...]
    """What the running service, or a look at the inbox, met and tries again."""

    @property
    def notices(self) -> tuple[str, ...]:
        """Everything that somebody should know of, each sentence once."""
        return (*told_besides(self.troubles, self.waiting), *tell(self.waiting))

    @property
    def period(self) -> Period:
        """The first form's period."""
        return self.forms[0].period

    @property
    def rows(self) -> tuple[BoardRow, ...]:
        """The units of all forms, form by form."""
        return tuple(row for part in self.forms for row in part.rows)

    def as_json(self) -> dict[str, object]:
        """Give the object that ``status --json`` prints."""
        return {
            "period": self.period.period_id,
            "units": [row for part in self.forms for row in part.as_json()],
            "waiting": [entry.as_json() for entry in self.waiting],
            "signed": [
                {"name": name, "form": part.form.key, "period": part.period.period_id, "said": said}
                for part in self.forms
                for name, said in part.signed
            ],
        }


def standing(context: Context, period: Period | None = None, form: Form | None = None) -> Standing:
    """Gather who stands where in `period`; by default the newest issued or reported of a form.

    Of `form`, or of all that are filled for the period; where none is asked for, of the main one
    and of those that were handed out or reported.
    """
    seen = look(context, open_intake(context))
    health = read_health(context.workspace.health)
    told = health.troubles if health and is_held(context.workspace.lock) else ()
    latest = {entry.unit_id: entry for entry in context.store.submissions.find_submissions()}
    last = [latest[unit.unit_id] for unit in context.tree if unit.unit_id in latest]
    return Standing(
        forms=tuple(_standing_of(context, *asked) for asked in _asked(context, period, form)),
        apart=tuple(entry for entry in last if not entry.period and entry.outcome != "held"),
        waiting=(*what_waits(context, seen), *untaken(context, seen)),
        queued=context.store.mails.count_queued(),
        untaken=tuple(sighting.unit_id for sighting in seen.files),
        troubles=tuple(
            dict.fromkeys((*told, *map(str, seen.troubles), *template_troubles(context)))
        ),
    )


def _standing_of(context: Context, form: Form, period: Period) -> FormStanding:
    books = books_of(context, form, period)
    units = [unit for root in context.tree.roots for unit in books.expected(root)]
    signed = tuple(
        (unit.name, words)
        for unit in context.tree
        if (words := signed_words(context, unit.unit_id, form.key, period.period_id))
    )
    rows = tuple(map(books.board_row, units))
    return FormStanding(form=form, period=period, rows=rows, signed=signed)


def _asked(context: Context, period: Period | None, form: Form | None) -> list[tuple[Form, Period]]:
    main = context.campaign.main_form
    if period:
        forms = (form,) if form else context.campaign.forms
        filled = [each for each in forms if each.takes(period)] or [form or main]
        return [(each, each.period(period.period_id)) for each in filled]
    # Of the others those that were handed out, or of which anything came.
    used = {entry.form for entry in context.store.publications.find_publications()}
    used |= {entry.form for entry in context.store.submissions.find_submissions()}
    others = [each for each in context.campaign.forms[1:] if each.key in used]
    shown = [form] if form else [main, *others]
    return [(each, _newest_period(context, each)) for each in shown]


def waiting_in_inbox(root: Path, trouble: str) -> tuple[Waiting, ...]:
    """Say what waits where the database cannot be read: that first, then what nobody took."""
    workspace, settings = open_workspace(root)
    campaign = open_campaign(settings.campaign)
    tree = read_units_in_force(workspace, campaign.levels).tree
    folders = {unit.folder: unit.unit_id for unit in tree}
    attachments = campaign.takes_files
    seen = scan(workspace.inbox, folders, now=Clock.on_disk(), attachments=attachments)
    counts = Counter(file.unit_id for file in seen.files)
    return (
        Waiting(kind=Waits.DECISION, reason=trouble, is_ours=True),
        *(
            Waiting(
                kind=Waits.INBOX,
                unit_id=unit_id,
                reason=f"{unit_id} {tree[unit_id].name} 报送文件夹里有{count}份没有收取，数据库恢复后会收。",
            )
            for unit_id, count in counts.items()
        ),
    )


def _newest_period(context: Context, form: Form) -> Period:
    """The newest period that has begun of those issued or reported, else the one that is due.

    What is handed out ahead of its time is shown from its first day on.
    """
    today = context.clock.now().date()
    known = [
        (form.period(entry.period), entry.arrived_at.date())
        for entry in context.store.submissions.find_submissions(form=form.key)
        if entry.period
    ]
    known += [
        (form.period(entry.period), today)
        for entry in context.store.publications.find_publications()
        if (entry.kind, entry.form) == (PublicationKind.WORKBOOK, form.key)
    ]
    begun = [period for period, day in known if period.first_day <= day]
    return max(begun, default=None) or form.due_at(today)
