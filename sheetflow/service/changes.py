"""What has changed since it was last published is noticed: declarations, masks, templates, us.

Of everything that publications stand on besides data (`grounds`), the store keeps a
fingerprint. Where one differs, what shows it is marked, and only that, in the commit that
keeps the new one: a mark is never lost, and nothing is marked twice. Receipts and returned
copies are history and are never made again for it. A workspace that has no fingerprint of
something yet takes over the one of now: nobody knows that anything is different. The list of
units has its own way, for a change there moves files (`follow_units`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from sheetflow import __version__
from sheetflow.children.roll_up_tasks import ReportOrder, render_word_report
from sheetflow.config.workspace import picture_font
from sheetflow.context import LOG, Context
from sheetflow.context.templates import BOARD as BOARD_PAGE
from sheetflow.context.templates import report_place
from sheetflow.errors import SheetflowError
from sheetflow.mail.letter import template_faults
from sheetflow.schemas.digests import (
    board_digest,
    report_digest,
    roll_up_digest,
    workbook_digest,
)
from sheetflow.schemas.forms import Form
from sheetflow.service.books import books_of
from sheetflow.service.follow_units import is_open
from sheetflow.service.marks import mark_of
from sheetflow.service.remeasure import Measured, measure_again
from sheetflow.service.requests import books_request, letter_of
from sheetflow.store.records import Publication, PublicationKind, Stale

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


def declared(context: Context, form: Form, kind: PublicationKind) -> str:
    """Give the digest of all in the form's whole declaration that one kind of publication shows."""
    spot = (form.key, kind)
    if spot not in context.declared:
        context.declared[spot] = _DIGESTS[kind](context.campaign, context.form(form.key))
    return context.declared[spot]


def grounds(context: Context) -> Iterator[Ground]:
    """Give all that publications stand on; what is in trouble is left as it was last used."""
    yield Ground("writers", __version__, "程序换了版本", _EVERYTHING)
    for form in context.campaign.forms:
        for what in _EVERYTHING:
            words = f"《{form.title}》的栏目、指标或说明有变化"
            digest = declared(context, form, what)
            yield Ground(f"form:{form.key}:{what}", digest, words, (what,), form.key)
    for level in sorted({unit.level for unit in context.tree}):
        digest = _digest(context.policy(level).digest)
        words = f"{level}一级能看到的个人信息有变化"
        yield Ground(
            f"masks:{level}",
            digest,
            words,
            (PublicationKind.CONSOLIDATED, PublicationKind.REPORT),
            level=level,
        )
    settings = context.settings
    yield Ground(
        "form", _digest(settings.form), "印在报表上的表号等有变化", (PublicationKind.WORKBOOK,)
    )
    yield Ground(
        "report", _digest(settings.report), "情况报告的发文设置有变化", (PublicationKind.REPORT,)
    )
    days = sorted(context.working_days.items()), sorted(context.day_overrides.items())
    yield Ground("deadlines", _digest(days), "报送截止日期有变化", (PublicationKind.BOARD,))
    yield from template_grounds(context)


def template_grounds(context: Context) -> Iterator[Ground]:
    """Give the templates that somebody may have edited since, those that can be used."""
    templates = context.templates
    if not templates.board_faults():
        yield Ground(
            template_name(PublicationKind.BOARD),
            templates.digest(*BOARD_PAGE),
            "上报情况模板有变化",
            (PublicationKind.BOARD,),
        )
    titles = {form.title: form.key for form in context.campaign.forms[1:]}
    for title, trial in report_trials(context).items():
        if not templates.report_faults(trial, title):
            words = f"{f'《{title}》的' if title else ''}情况报告模板有变化"
            yield Ground(
                template_name(PublicationKind.REPORT, titles.get(title, "")),
                templates.digest(*report_place(title)),
                words,
                (PublicationKind.REPORT,),
                titles.get(title, context.campaign.main_form.key),
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


def template_troubles(context: Context) -> tuple[str, ...]:
    """Give a sentence for each template that cannot be used now; the default one serves."""
    return context.templates.faults(template_faults, report_trials(context))


def report_trials(context: Context) -> dict[str, Callable[[bytes], str]]:
    """Give what tries the Word template of each form, by the form's title, empty for the main one."""
    others = (form for form in context.campaign.forms[1:] if form.report)
    tried = {"": context.campaign.main_form} | {form.title: form for form in others}
    return {title: partial(try_report, context, form) for title, form in tried.items()}


def try_report(context: Context, form: Form, content: bytes) -> str:
    """Fill a form's Word template in a child; give what is wrong with it, else nothing."""
    if form.report is None:
        return ""
    period = form.period_of(context.clock.now().date())
    unit = context.tree.roots[0]
    books = books_of(context, form, period, unit)
    sheets = (form.report.narrative, form.report.story_sheet)
    order = ReportOrder(
        policy=context.policy(unit.level),
        template=content,
        instead=b"",
        letter=letter_of(context, unit, period, form),
        fonts=context.settings.report.fonts.replaced,
        picture_font=picture_font(),
    )
    try:
        reply = context.pool.call(
            render_word_report, books_request(context, books, unit, sheets), order
        )
    except SheetflowError as error:
        LOG.warning("the report's template could not be tried: %s", error)
        return "情况报告模板填不出来（时间、内存不够，或模板太大）。请对照默认模板改正。"
    return reply.fault


def notice_changes(context: Context) -> tuple[str, ...]:
    """Mark what shows anything that has changed; say what that is, in a sentence each."""
    measured = measure_again(context, context.store.fingerprints.find_all())
    return _notice(context, list(grounds(context)), measured)


def notice_templates(context: Context) -> tuple[str, ...]:
    """Mark what was made by a template that somebody has edited since; say so."""
    return _notice(context, list(template_grounds(context)), Measured())


def _notice(context: Context, current: list[Ground], measured: Measured) -> tuple[str, ...]:
    known = context.store.fingerprints.find_all()
    new = [ground for ground in current if ground.name not in known]
    changed = [ground for ground in current if _is_changed(ground, known.get(ground.name))]
    if not (new or changed or measured.is_any):
        return ()
    stale = list(_marks(context, changed))
    with context.store.together():
        context.store.fingerprints.record({each.name: each.digest for each in (*new, *changed)})
        context.store.publications.record_stale([*stale, *measured.stale], context.clock.now())
        measured.record(context)
    sentences = (*measured.sentences, *_sentences(changed, stale))
    for sentence in sentences:
        LOG.info("%s", sentence)
    return sentences


def _is_changed(ground: Ground, known: str | None) -> bool:
    """Whether it is another one; that a default still serves in its place is no change."""
    return known not in {None, ground.digest, served_instead(ground.digest)}


def _marks(context: Context, changed: Iterable[Ground]) -> Iterator[Stale]:
    """Name what shows these; a 填报 workbook only while its period is open."""
    listed = list(changed)
    published = context.store.publications.find_publications() if listed else ()
    for entry in published:
        why = next((ground.words for ground in listed if _shows(context, entry, ground)), "")
        stale = mark_of(entry, why) if why else None
        if stale and (entry.kind != PublicationKind.WORKBOOK or is_open(context, entry)):
            yield stale


def _shows(context: Context, entry: Publication, ground: Ground) -> bool:
    if entry.kind not in ground.shown_in or entry.unit_id not in context.tree or entry.successor:
        return False
    level = context.tree[entry.unit_id].level
    return ground.form in {"", entry.form} and ground.level in {None, level}


def _sentences(changed: Iterable[Ground], stale: Iterable[Stale]) -> Iterator[str]:
    """Say what has changed and what is made again for it, each change once."""
    marked = list(dict.fromkeys(stale))
    for words in dict.fromkeys(ground.words for ground in changed):
        kinds = Counter(mark.kind for mark in marked if mark.why == words)
        if kinds:
            files = "、".join(f"{kind.label}{count}份" for kind, count in kinds.items())
            yield f"{words}，会重新生成：{files}。"
