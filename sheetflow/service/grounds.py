"""What publications stand on besides what was handed in: a fingerprint of each such thing.

This module owns the list of these things, what shows each of them, and their words. It
refuses to look whether one has changed: that is `noticing`. The list of units has its own
way, for a change there moves files (`following`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sheetflow import __version__
from sheetflow.context.context import Office
from sheetflow.context.templates import BOARD as BOARD_PAGE
from sheetflow.context.templates import report_place
from sheetflow.schemas.digests import (
    board_digest,
    report_digest,
    roll_up_digest,
    workbook_digest,
)
from sheetflow.schemas.forms import Form
from sheetflow.service.template_trials import report_trials
from sheetflow.store.records import PublicationKind

_EVERYTHING = (
    PublicationKind.WORKBOOK,
    PublicationKind.CONSOLIDATED,
    PublicationKind.REPORT,
    PublicationKind.BOARD,
)
_DIGESTS = {
    PublicationKind.WORKBOOK: workbook_digest,
    PublicationKind.CONSOLIDATED: roll_up_digest,
    PublicationKind.REPORT: report_digest,
    PublicationKind.BOARD: board_digest,
}


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that publications stand on, as it is now.

    `shown_in` are the kinds of publications that show it, those of one `form` or one `level`
    where it is about one only. `words` say that it has changed.
    """

    name: str
    digest: str
    words: str
    shown_in: tuple[PublicationKind, ...]
    form: str = ""
    level: str | None = None


def declared(office: Office, form: Form, kind: PublicationKind) -> str:
    """Give the digest of all in the form's whole declaration that one kind of publication shows."""
    spot = (form.key, kind)
    if spot not in office.declared:
        office.declared[spot] = _DIGESTS[kind](office.campaign, office.form(form.key))
    return office.declared[spot]


def grounds(office: Office) -> Iterator[Ground]:
    """Give all that publications stand on; what is in trouble is left as it was last used."""
    yield Ground("writers", __version__, "程序换了版本", _EVERYTHING)
    for form in office.campaign.forms:
        for what in _EVERYTHING:
            words = f"《{form.title}》的栏目、指标或说明有变化"
            digest = declared(office, form, what)
            yield Ground(f"form:{form.key}:{what}", digest, words, (what,), form.key)
    for level in sorted({unit.level for unit in office.tree}):
        digest = _digest(office.policy(level).digest)
        words = f"{level}一级能看到的个人信息有变化"
        yield Ground(
            f"masks:{level}",
            digest,
            words,
            (PublicationKind.CONSOLIDATED, PublicationKind.REPORT),
            level=level,
        )
    settings = office.settings
    yield Ground(
        "form", _digest(settings.form), "印在报表上的表号等有变化", (PublicationKind.WORKBOOK,)
    )
    yield Ground(
        "report", _digest(settings.report), "情况报告的发文设置有变化", (PublicationKind.REPORT,)
    )
    days = sorted(office.working_days.items()), sorted(office.day_overrides.items())
    yield Ground("deadlines", _digest(days), "报送截止日期有变化", (PublicationKind.BOARD,))
    yield from template_grounds(office)


def template_grounds(office: Office) -> Iterator[Ground]:
    """Give the templates that somebody may have edited since, those that can be used."""
    templates = office.templates
    if not templates.board_faults():
        yield Ground(
            template_name(PublicationKind.BOARD),
            templates.digest(*BOARD_PAGE),
            "上报情况模板有变化",
            (PublicationKind.BOARD,),
        )
    titles = {form.title: form.key for form in office.campaign.forms[1:]}
    for title, trial in report_trials(office).items():
        if not templates.report_faults(trial, title):
            words = f"{f'《{title}》的' if title else ''}情况报告模板有变化"
            yield Ground(
                template_name(PublicationKind.REPORT, titles.get(title, "")),
                templates.digest(*report_place(title)),
                words,
                (PublicationKind.REPORT,),
                titles.get(title, office.campaign.main_form.key),
            )


def template_name(what: str, other_form: str = "") -> str:
    """Name the fingerprint of the template by which one kind of publication is made.

    `other_form` is the key of another form than the main one that has one of its own.
    """
    return ":".join(part for part in ("template", what, other_form) if part)


def served_instead(digest: str) -> str:
    """Give the fingerprint of a template that could not be used, so that a default one served.

    Whatever can be used after that is another one, though it were the one before.
    """
    return f"default for {digest}"


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()
