"""What publications stand on besides data is compared with what it was: declarations, masks, templates.

Where a fingerprint differs, what shows it is marked, in the commit that keeps the new one; what
no fingerprint is kept of is taken over. Figures that are measured otherwise now are measured
again; those of closed periods and purged workbooks stay (原口径). Answers are history.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial

from sheetflow import __version__
from sheetflow.children.judge_task import measure_rows
from sheetflow.children.report_task import render_word_report
from sheetflow.context import LOG, Context
from sheetflow.context.templates import ANNEX, BOARD, NOTHING, OTHER_REPORTS, PROGRESS
from sheetflow.errors import SheetflowError, describe
from sheetflow.mail.letter import template_faults
from sheetflow.schemas.documents import Indicators
from sheetflow.schemas.forms import Form
from sheetflow.schemas.review import Policy
from sheetflow.service.consequences import mark_of, stale_after
from sheetflow.service.declarations import (
    declared,
    made_otherwise,
    measured_by,
    measures_of,
    what_is_kept,
)
from sheetflow.service.follow_units import is_open
from sheetflow.service.gists import gist_by, made_gists
from sheetflow.service.nodes import Nodes
from sheetflow.service.page_marks import LINKED
from sheetflow.service.passing import policy_of
from sheetflow.service.publish import ABOVE, GOING_UP
from sheetflow.service.roll_up_requests import books_request, report_order
from sheetflow.store.records import Measurement, PublicationKind, Stale, Submission

_EVERYTHING = (PublicationKind.WORKBOOK, *ABOVE, PublicationKind.PROGRESS)
_MOVED = "报送截止日期有变化"
_MASKED = (*ABOVE, PublicationKind.CALLS)  # which has numbers to ring
_DATED = tuple(kind for kind in _EVERYTHING if kind not in LINKED)  # it says until when
_PAGES = {PublicationKind.BOARD: BOARD, PublicationKind.PROGRESS: PROGRESS}


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


def grounds(context: Context) -> Iterator[Ground]:
    """Give all that publications stand on; what is in trouble is left as it was last used."""
    yield from declared_grounds(context)
    yield from template_grounds(context)


def declared_grounds(context: Context) -> Iterator[Ground]:
    """Give what they stand on but for templates."""
    whole = (*_EVERYTHING, PublicationKind.JUDGED)
    yield Ground("writers", __version__, "程序换了版本", whole)
    for form in context.campaign.forms:
        for what in whole if form.judging else _EVERYTHING:
            words = f"《{form.title}》的栏目、指标或说明有变化"
            digest = declared(context, form, what)
            yield Ground(f"form:{form.key}:{what}", digest, words, (what,), form.key)
    for level in sorted({unit.level for unit in context.tree}):
        words = f"{level}一级能看到的个人信息有变化"
        digest = _digest(context.policy(level).digest)
        yield Ground(f"masks:{level}", digest, words, _MASKED, level=level)
    settings = context.settings
    workbooks = (PublicationKind.WORKBOOK,)
    yield Ground("form", _digest(settings.form), "印在报表上的表号等有变化", workbooks)
    yield Ground(
        "report",
        _digest(settings.report),
        "情况报告的发文设置有变化",
        (PublicationKind.REPORT, PublicationKind.JUDGED),
    )
    asked = *workbooks, PublicationKind.PROGRESS
    contact = settings.contact.office, settings.contact.person, settings.contact.phone
    yield Ground("contact", _digest(contact), "联系方式有变化", asked)
    yield Ground("review", _digest(settings.review.policy), "上级验收的办法有变化", ABOVE)
    yield deadlines_ground(context)


def deadlines_ground(context: Context) -> Ground:
    """Give what says by when units report, and so by when figures go up where they wait for it."""
    days = sorted(context.working_days.items()), sorted(context.day_overrides.items())
    going_up = GOING_UP if policy_of(context) is Policy.BY_DEADLINE else ()
    digest = _digest((*days, *context.moved.grounds))
    return Ground("deadlines", digest, _MOVED, (*_DATED, *going_up))


def template_grounds(context: Context) -> Iterator[Ground]:
    """Give the templates that somebody may have edited since, those that can be used."""
    templates = context.templates
    for kind, place in _PAGES.items():
        if not templates.page_faults(place):
            name, words = template_name(kind), f"{kind.label}模板有变化"
            yield Ground(name, templates.digest(*place), words, (kind,))
    titles = {form.title: form.key for form in context.campaign.forms[1:]}
    of_all = (NOTHING, ANNEX)
    for title, trial in report_trials(context).items():
        if not templates.report_faults(trial, title):
            words = f"{f'《{title}》的' if title else ''}情况报告模板有变化"
            yield Ground(
                template_name(PublicationKind.REPORT, titles.get(title, title)),
                templates.report_digest(title),
                words,
                (PublicationKind.REPORT,),
                "" if title in of_all else titles.get(title, context.campaign.main_form.key),
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
    templates = context.templates
    reports = (
        fault
        for title, trial in report_trials(context).items()
        for fault in templates.report_faults(trial, title)
    )
    pages = (fault for place in _PAGES.values() for fault in templates.page_faults(place))
    return (*templates.mail_faults(template_faults), *pages, *reports)


def report_trials(context: Context) -> dict[str, Callable[[bytes], str]]:
    """Give what tries the Word template of each form, by the form's title, empty for the main one."""
    others = (form for form in context.campaign.forms[1:] if form.report)
    main = context.campaign.main_form
    tried = dict.fromkeys(("", *OTHER_REPORTS), main) | {form.title: form for form in others}
    return {title: partial(try_report, context, form) for title, form in tried.items()}


def try_report(context: Context, form: Form, content: bytes) -> str:
    """Fill a form's Word template in a child; give what is wrong with it, else nothing."""
    if form.report is None:
        return ""
    period = form.period_of(context.clock.now().date())
    unit = context.tree.roots[0]
    nodes = Nodes(context)
    books = nodes.quoting(nodes.books(unit, form.key, period.period_id, unit), unit)
    spec = form.report
    request = books_request(context, books, unit, (spec.narrative, spec.story_sheet, *spec.tables))
    order = report_order(context, books, unit, content, b"")
    try:
        reply = context.pool.call(render_word_report, request, order)
    except SheetflowError as error:
        LOG.warning("the report's template could not be tried: %s", error)
        return "情况报告模板填不出来（时间、内存不够，或模板太大）。请对照默认模板改正。"
    return reply.fault


def notice_changes(context: Context) -> tuple[str, ...]:
    """Mark what shows anything that has changed; say what that is, in a sentence each."""
    for form in context.campaign.forms:
        lacking = context.store.gists.find_lacking(form.key, gist_by(context, form))
        context.store.gists.record(made_gists(context, form, lacking))
    known, measured = context.store.fingerprints.find_all(), Measured()
    for form in context.campaign.forms:
        _measure_again(context, form, known, measured)
    return _notice(context, list(grounds(context)), measured)


def measure_again(context: Context) -> tuple[str, ...]:
    """Measure again what counts and is not by the declaration in force; say so."""
    known, measured = context.store.fingerprints.find_all(), Measured()
    for form in context.campaign.forms:
        _measure_again(context, form, known, measured)
    return _notice(context, [], measured)


def notice_templates(context: Context) -> tuple[str, ...]:
    """Mark what was made by a template edited since, or shows a deadline moved since; say so."""
    return _notice(context, [*template_grounds(context), deadlines_ground(context)], Measured())


def _notice(context: Context, current: list[Ground], measured: Measured) -> tuple[str, ...]:
    known = context.store.fingerprints.find_all()
    new = [ground for ground in current if ground.name not in known]
    changed = [
        ground
        for ground in current
        # That a default still serves in its place is no change.
        if known.get(ground.name) not in {None, ground.digest, served_instead(ground.digest)}
    ]
    if not (new or changed or measured.is_any):
        return ()
    stale = list(_marks(context, changed))
    with context.store.together():
        context.store.fingerprints.record({each.name: each.digest for each in (*new, *changed)})
        context.store.publications.record_stale([*stale, *measured.stale], context.clock.now())
        measured.record(context)
        context.store.nodes.forget()
    sentences = (*measured.sentences, *_sentences(changed, stale))
    for sentence in sentences:
        LOG.info("%s", sentence)
    return sentences


def _marks(context: Context, changed: list[Ground]) -> Iterator[Stale]:
    """Name what shows these; a 填报 workbook only while its period is open."""
    for entry in context.store.publications.find_publications() if changed else ():
        if entry.unit_id not in context.tree or entry.successor:
            continue
        level = context.tree[entry.unit_id].level
        words = (
            ground.words
            for ground in changed
            if entry.kind in ground.shown_in
            and ground.form in {"", entry.form}
            and ground.level in {None, level}
        )
        why = next(words, "")
        stale = mark_of(entry, why) if why else None
        if stale and (entry.kind != PublicationKind.WORKBOOK or is_open(context, entry)):
            yield stale


def _sentences(changed: Iterable[Ground], stale: Iterable[Stale]) -> Iterator[str]:
    """Say what has changed and what is made again for it, each change once."""
    marked = list(dict.fromkeys(stale))
    for words in dict.fromkeys(ground.words for ground in changed):
        kinds = Counter(mark.kind for mark in marked if mark.why == words)
        if kinds:
            files = "、".join(f"{kind.label}{count}份" for kind, count in kinds.items())
            yield f"{words}，会重新生成：{files}。"


@dataclass
class Measured:
    """What came of measuring again, to be recorded in one commit."""

    new: list[Measurement] = field(default_factory=list)
    stale: list[Stale] = field(default_factory=list)
    """What stands on figures that are others now."""
    fingerprints: dict[str, str] = field(default_factory=dict)
    taken_over: dict[str, set[int]] = field(default_factory=dict)
    """Judgements that an older version measured, by the declaration that gives the same."""
    sentences: list[str] = field(default_factory=list)

    @property
    def is_any(self) -> bool:
        """Whether there is anything to record."""
        return bool(self.new or self.fingerprints or any(self.taken_over.values()))

    def record(self, context: Context) -> None:
        """Record all of it; the caller makes one commit of it and of what else was noticed."""
        store = context.store.measurements
        for digest, judgement_ids in self.taken_over.items():
            store.record_taken_over(digest, judgement_ids)
        store.record(self.new)
        context.store.fingerprints.record(self.fingerprints)


def _measure_again(
    context: Context, form: Form, known: Mapping[str, str], measured: Measured
) -> None:
    """Measure what counts and is not by the declaration in force; `known` are the fingerprints."""
    name = f"figures:{form.key}"
    digest, last = measured_by(context, form), known.get(name)
    if last != digest:
        measured.fingerprints[name] = digest
        measured.fingerprints |= what_is_kept(context, form)
    outdated = context.store.measurements.find_outdated(form.key, digest)
    if not outdated and last in {None, digest}:
        return
    due = _due(context, form, outdated)
    before = context.store.measurements.find_newest(entry.judgement_id for entry in due)
    # What is over is taken for what it was measured by; the rest where that is seen.
    unseen = {entry.judgement_id for entry in (due if last is None else outdated)}
    moved = done = 0
    for submission, figures in _each(context, form, due):
        old, done = before[submission.judgement_id], done + 1
        is_moved = old.figures != figures
        if old.digest or is_moved:
            now = context.clock.now()
            measured.new.append(Measurement(submission.judgement_id, digest, figures, now))
        if not is_moved:
            unseen.discard(submission.judgement_id)
        else:
            moved += 1
            measured.stale += [
                mark
                for mark in stale_after(context, submission)
                if mark.kind is not PublicationKind.ANSWER
            ]
        context.say("重新计算", done, len(due))
    taken_over = {entry.judgement_id for entry in outdated} - unseen
    if moved:  # it was another declaration: of what was not counted anew nobody can say by which
        taken_over &= before.keys()
    measured.taken_over[digest] = taken_over
    if moved or last not in {None, digest}:
        kept = len({entry.receipt for entry in outdated} - {entry.receipt for entry in due})
        measured.sentences.append(_sentence(context, form, last, done, kept))


def _due(context: Context, form: Form, outdated: tuple[Submission, ...]) -> list[Submission]:
    """Give those that count, are not closed and whose rows are whole."""
    purged = context.store.purges.find_purged() if outdated else frozenset()
    due: list[Submission] = []
    for period in sorted({entry.period for entry in outdated}):
        if context.is_closed(form.period(period)):
            continue
        standing = context.store.submissions.find_all_accepted(form.key, period)
        numbers = {entry.judgement_id for entry in standing.values()}
        due += [
            entry
            for entry in outdated
            if entry.period == period
            and entry.judgement_id in numbers
            and entry.unit_id in context.tree
            and entry.arrival_id not in purged
        ]
    return due


def _each(
    context: Context, form: Form, due: list[Submission]
) -> Iterator[tuple[Submission, Indicators]]:
    """Give each with its figures; few workbooks' rows are in hand at a time."""
    waiting: deque[tuple[Submission, Future[Indicators]]] = deque()
    for submission in due:
        if context.is_stopping():
            break
        level = context.tree[submission.unit_id].level
        rows = context.store.contents.find_rows(submission)
        version = int(submission.form_version or 0)
        work = (context.settings.campaign, form.key, version, level, rows)
        waiting.append((submission, context.pool.submit(measure_rows, *work)))
        if len(waiting) > 2 * context.pool_size:
            yield from _taken(waiting)
    while waiting:
        yield from _taken(waiting)


def _taken(
    waiting: deque[tuple[Submission, Future[Indicators]]],
) -> Iterator[tuple[Submission, Indicators]]:
    submission, future = waiting.popleft()
    try:
        yield submission, future.result()
    except SheetflowError as error:
        LOG.error("receipt %s not measured again: %s", submission.receipt, describe(error))


def _sentence(context: Context, form: Form, last: str | None, done: int, kept: int) -> str:
    then, now = measures_of(context, last or ""), measures_of(context, measured_by(context, form))
    made = made_otherwise(context, form, last or "")
    groups = (
        ("新增", [code for code in now if code not in then]),
        (
            "改变",
            [code for code in now if code in then and (then[code] != now[code] or code in made)],
        ),
        ("取消", [code for code in then if code not in now]),
    )
    told = "、".join(f"{word}{'、'.join(codes)}" for word, codes in groups if last and codes)
    words = f"《{form.title}》的指标口径有变化" + (f"（{told}）" if told else "")
    if done:
        words += f"，{done}份报表已按现在的口径重新计算，数有变动的在更正表里列为口径调整"
    if kept:
        also = "；另有" if done else "，"
        words += f"{also}{kept}份报表的报告期已截止、原件已清理或已被更正，仍按原口径"
    return f"{words}。"
