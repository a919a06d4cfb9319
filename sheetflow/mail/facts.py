"""The mail about one event, in words: from what was judged to what is queued.

It gives no value of any cell that is not quotable. A flood of answers to one unit becomes one mail
that names every receipt (promise 18); what was gathered stays on record with that mail's number.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from sheetflow.consolidation.reviews import Review, excused_until
from sheetflow.context import LOG, Context
from sheetflow.errors import MailTemplateError
from sheetflow.findings import (
    ASKED_RULE,
    QUESTION,
    REFUSED_RULE,
    REJECTED_RULE,
    RETURNED_RULE,
    Finding,
    count_places,
    group_of,
    in_order,
    settled_words,
)
from sheetflow.mail.letter import render_mail
from sheetflow.mail.letter_data import Event, MailData, MailFinding, clean_quote
from sheetflow.periods import Period, date_in_words, end_of, moment_in_words
from sheetflow.schemas.book import Judgement
from sheetflow.schemas.evidence import FILE_NAMES, OF_FILES
from sheetflow.schemas.forms import Form
from sheetflow.schemas.review import Matter
from sheetflow.store.records import Attachment, Mail, NewMail
from sheetflow.units import Unit

FormPeriod = tuple[Form, Period]

_FIRST = 10
_LONG_NUMBER = re.compile(r"\d[\s_]*(?:\d[\s_]*){6}")
_LONGEST_NAME = 40
_ELSEWHERE = "原话见“问题清单”"
_TYPED = {
    RETURNED_RULE: ("said", _ELSEWHERE),
    ASKED_RULE: ("said", _ELSEWHERE),
    REFUSED_RULE: ("said", f"，{_ELSEWHERE}"),
    REJECTED_RULE: ("why", "原话见退回的通知"),
}
"""Which argument of a finding an officer typed, and what a mail says in its place: anybody may be named there."""


def mail_facts(context: Context, unit: Unit, form: str, period: str) -> MailData:
    """Give what every mail to `unit` says: campaign, form, period, deadline, whom to ask."""
    data = mail_heading(context, unit.name)
    known = context.period(form, period) if period else None
    until = own_deadline(context, unit, context.form(form), known) if known else None
    other = context.campaign.other_form(form)
    return replace(
        data,
        form=context.form(form).title if form else "",
        other_form=other.title if other else "",
        period=known.label if known else "",
        deadline=moment_in_words(until, "") if until else "",
        drop_folder=context.workspace.inbox_of(unit).name,
        office=context.office_of(unit),
        superior=context.superior_of(unit),
        superior_phone=_office_phone(context, unit),
    )


def _office_phone(context: Context, unit: Unit) -> str:
    """Give the telephone of the office above; none where it looks like somebody's own."""
    phone = context.tree[unit.parent].office_phone if unit.parent else ""
    return phone if clean_quote(phone) == phone else ""


def facts_of_several(
    context: Context, unit: Unit, asked: Sequence[FormPeriod], lines: Sequence[str]
) -> MailData:
    """Give what a mail to `unit` says that asks for several forms' periods at once, a line for each.

    It names a deadline where all have the same.
    """
    facts = [mail_facts(context, unit, form.key, period.period_id) for form, period in asked]
    deadlines = {each.deadline for each in facts}
    return replace(
        facts[0],
        several=len(asked),
        form="、".join(dict.fromkeys(each.form for each in facts)),
        other_form="",
        period="",
        deadline=deadlines.pop() if len(deadlines) == 1 else "",
        remarks=tuple(lines),
    )


def own_deadline(context: Context, unit: Unit, form: Form, period: Period) -> dt.datetime:
    """Give the last moment at which `unit` is in time; a later one where its superior let it be late (缓报)."""
    noted = context.store.decisions.find_all(
        unit_id=unit.unit_id, form=form.key, period=period.period_id, matter=Matter.UNIT
    )
    until = context.deadline(unit, form, period)
    day = excused_until(Review(unit_id=unit.unit_id, decisions=noted)) if noted else None
    return max(until, end_of(day)) if day else until


def mail_heading(context: Context, reader: str) -> MailData:
    """Give what every mail says, whoever reads it: campaign, whom to ask, who writes, today."""
    return MailData(
        campaign=context.campaign.title,
        unit=reader,
        contact=context.contact_words,
        signature=context.settings.contact.office or context.campaign.organiser,
        date=date_in_words(context.clock.now()),
    )


def with_findings(context: Context, data: MailData, judgement: Judgement) -> MailData:
    """Tell of what was found: the first findings in words, in the order of 问题清单."""
    catalogue, said = context.campaign.catalogue, judgement.explanations
    findings = in_order(judgement.findings, said)

    def worded(finding: Finding) -> MailFinding:
        settled = said.get(finding.identity)
        return MailFinding(
            number=finding.number,
            group=group_of(finding, said),
            place=finding.place.words,
            wrong=catalogue.wrong(fit_for_mail(finding)),
            remedy=settled_words(settled) if settled else catalogue.remedy(finding),
            severity=finding.label,
        )

    explained = count_places(entry for entry in findings if entry.identity in said)
    counted = count_places(entry for entry in findings if not entry.is_question)
    counts = [(severity.label, number) for severity, number in counted.items()]
    asked = len([entry for entry in findings if entry.is_question])
    return replace(
        data,
        findings=tuple(map(worded, findings[:_FIRST])),
        counts=(*counts, (QUESTION, asked)),
        explained=sum(explained.values()),
    )


def fit_for_mail(finding: Finding) -> Finding:
    """Give a finding without what somebody typed: the words of a superior, the names of files.

    Those stand in the workbook that is handed back; no mail can know whom they name.
    """
    arguments = dict(finding.arguments)
    if finding.rule.startswith(OF_FILES):
        arguments[FILE_NAMES] = ""
    if finding.rule in _TYPED:
        name, instead = _TYPED[finding.rule]
        arguments[name] = instead if arguments.get(name) else ""
    return replace(finding, arguments=arguments)


def quotable_name(name: str) -> str:
    """Give a file's name as a mail may show it: people name files after women and numbers."""
    if len(name) <= _LONGEST_NAME and not _LONG_NUMBER.search(name):
        return name
    ending = Path(name).suffix
    return f"（名称不在邮件中显示）{ending if re.fullmatch(r'[.][A-Za-z]{1,5}', ending) else ''}"


def full_message_id(context: Context, name: str) -> str:
    """Make the Message-ID of the mail called `name`: the same name, the same mail."""
    return f"<{name}@{context.settings.mail.sender.rpartition('@')[2] or 'sheetflow.invalid'}>"


def make_mail(
    context: Context, unit: Unit, event: Event, data: MailData, name: str, *files: Path
) -> tuple[NewMail, ...]:
    """Make the mail to queue, its Message-ID from `name`; none where the unit has no address.

    It encloses the `files` of the outbox, or says where they lie, as the settings will.
    """
    recipients = unit.mails_on(context.clock.now().date())
    if not recipients:
        return ()
    enclosed: tuple[Attachment, ...] = ()
    if files and context.settings.mail.attach:
        data = replace(data, attachment="、".join(file.name for file in files))
        enclosed = tuple(Attachment(file.name, context.relative(file)) for file in files)
    elif files:
        data = replace(data, file_place="、".join(map(place_in_outbox, files)))
    mail = compose_mail(context, recipients, event, data, name)
    return (replace(mail, attachments=enclosed, unit_id=unit.unit_id, receipt=data.receipt),)


def place_in_outbox(file: Path) -> str:
    """Say where a file lies in its unit's outbox folder."""
    return f"{file.parent.name}/{file.name}"


def compose_mail(
    context: Context, recipients: tuple[str, ...], event: Event, data: MailData, name: str
) -> NewMail:
    """Word a mail by the office's templates, by the default ones where those cannot be used."""
    try:
        text = render_mail(context.templates.mail(), event, data)
    except MailTemplateError as error:
        LOG.warning("mail template not usable, the default one is taken: %s", error)
        text = render_mail(context.templates.default_mail(), event, data)
    return NewMail(
        message_id=full_message_id(context, name),
        recipients=recipients,
        subject=text.subject,
        text=text.text,
        html=text.html,
    )


_SINGLY = 8
"""So many mails about answers go to a unit one by one within `_SPELL`."""
_SPELL = dt.timedelta(minutes=10)
_QUIET = dt.timedelta(seconds=20)
"""Nothing new for so long, and a flood is over."""


def gather_floods(context: Context, *, is_served: bool) -> None:
    """Put one mail in the place of many to the same unit, leaving the first of them.

    While somebody serves, it waits until nothing more comes, but no longer than a spell.
    """
    now = context.clock.now()
    crowded = context.store.mails.find_crowded(now, now - _SPELL, _SINGLY)
    for unit_id, (untold, sent) in crowded.items():
        waited = [mail for mail in untold if mail.next_try_at > mail.created_at]
        fresh = [mail for mail in untold if mail.next_try_at <= mail.created_at]
        rest = [*waited, *fresh[max(0, _SINGLY - sent) :]]
        if not rest or unit_id not in context.tree:
            continue
        if is_served and _is_still_coming(rest, now):
            until = now + _QUIET
            context.store.mails.record_waiting([mail.mail_id for mail in rest], until)
        elif len(rest) > 1:
            _gather(context, context.tree[unit_id], rest)


def _is_still_coming(mails: Sequence[Mail], now: dt.datetime) -> bool:
    """Whether more may come to be told with these; not where the clock was set back since."""
    first, last = mails[0].created_at, mails[-1].created_at
    return first <= last <= now and now - last < _QUIET and now - first < _SPELL


def _gather(context: Context, unit: Unit, mails: Sequence[Mail]) -> None:
    data = replace(
        mail_facts(context, unit, "", ""),
        counts=(("", len(mails)),),
        remarks=tuple(_line(mail) for mail in mails),
    )
    name = f"gathered.{unit.unit_id}.{mails[0].mail_id}-{mails[-1].mail_id}"
    for mail in make_mail(context, unit, Event.GATHERED, data, name):
        # It belongs to no one receipt: it is never gathered itself.
        context.store.mails.record_gathered(
            [each.mail_id for each in mails], replace(mail, receipt=""), context.clock.now()
        )
    LOG.info("unit %s: %d mails gathered into one", unit.unit_id, len(mails))


def _line(mail: Mail) -> str:
    """Name the receipt, what became of it, and where the answer lies."""
    receipt = mail.receipt.partition(".")[0]
    places = "、".join(
        PurePosixPath(*PurePosixPath(each.path).parts[1:]).as_posix() for each in mail.attachments
    )
    subject = mail.subject.partition("】")[2] or mail.subject
    return f"{receipt}　{subject}" + (f"　答复：{places}" if places else "")
