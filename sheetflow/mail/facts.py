"""The mail about one event, in words: from what was judged to what is queued.

This module owns which facts a mail is given. It refuses to send, and gives no value of
any cell that is not quotable (the catalogue's sentences hold none).
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from sheetflow.context import LOG, Context
from sheetflow.errors import MailTemplateError
from sheetflow.findings import Finding, Severity, count_places
from sheetflow.schemas.book import Judgement
from sheetflow.store.records import Attachment, NewMail
from sheetflow.units import Unit
from sheetflow.wording import Event, MailData, MailFinding, render_mail

_FIRST = 10
_SETTLED = {Severity.MUST: "上级已准予放行，不用再改", Severity.VERIFY: "已说明，不用再改"}
_LONG_NUMBER = re.compile(r"\d[\s_]*(?:\d[\s_]*){6}")
_LONGEST_NAME = 40


def mail_facts(context: Context, unit: Unit, form: str, period: str) -> MailData:
    """Give what every mail to `unit` says: campaign, form, period, deadline, whom to ask."""
    contact = context.settings.contact
    asked = [contact.office, contact.person, contact.phone]
    known = context.period(form, period) if period else None
    until = context.deadline(unit, context.form(form), known) if known else None
    today = context.clock.now()
    other = context.campaign.other_form(form)
    return MailData(
        campaign=context.campaign.title,
        unit=unit.name,
        form=context.form(form).title if form else "",
        other_form=other.title if other else "",
        period=known.label if known else "",
        deadline=f"{until.year}年{until.month}月{until.day}日" if until else "",
        drop_folder=context.workspace.inbox_of(unit).name,
        contact="，".join(part for part in asked if part),
        signature=contact.office,
        date=f"{today.year}年{today.month}月{today.day}日",
    )


def with_findings(context: Context, data: MailData, judgement: Judgement) -> MailData:
    """Tell of what was found: the first findings in words, the heaviest first, settled ones last."""
    catalogue, order = context.campaign.catalogue, list(Severity)
    findings, settled = judgement.findings, judgement.explanations.keys()

    def weight(finding: Finding) -> tuple[bool, int]:
        return finding.identity in settled, order.index(finding.severity)

    def worded(finding: Finding) -> MailFinding:
        return MailFinding(
            place=finding.place.words,
            wrong=catalogue.wrong(finding),
            remedy=_SETTLED[finding.severity]
            if finding.identity in settled
            else catalogue.remedy(finding),
            severity=finding.severity.label,
        )

    explained = count_places(entry for entry in findings if entry.identity in settled)
    return replace(
        data,
        findings=tuple(map(worded, sorted(findings, key=weight)[:_FIRST])),
        counts=tuple((each.label, number) for each, number in count_places(findings).items()),
        explained=sum(explained.values()),
    )


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
    context: Context, unit: Unit, event: Event, data: MailData, name: str, file: Path | None = None
) -> tuple[NewMail, ...]:
    """Make the mail to queue, its Message-ID from `name`; none where the unit has no address.

    It encloses the `file` of the outbox, or says where that lies, as the settings will.
    """
    if not unit.mails:
        return ()
    enclosed: tuple[Attachment, ...] = ()
    if file and context.settings.mail.attach:
        data = replace(data, attachment=file.name)
        enclosed = (Attachment(file.name, context.relative(file)),)
    elif file:
        data = replace(data, file_place=f"{file.parent.name}/{file.name}")
    try:
        text = render_mail(context.templates.mail(), event, data)
    except MailTemplateError as error:
        LOG.warning("mail template not usable, the default one is taken: %s", error)
        text = render_mail(context.templates.default_mail(), event, data)
    return (
        NewMail(
            message_id=full_message_id(context, name),
            recipients=unit.mails,
            subject=text.subject,
            text=text.text,
            html=text.html,
            attachments=enclosed,
            unit_id=unit.unit_id,
            receipt=data.receipt,
        ),
    )
