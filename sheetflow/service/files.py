"""Files beside workbooks (附件): which arrivals are some, what they are, and what is judged again for them.

They are received as every delivery is. This module owns what is asked of the store about them; which one a
cell means is told by `schemas.evidence`, what is wrong with one by `reading.evidence_type` in a child.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Protocol

from sheetflow.children import ChildLostError
from sheetflow.children.file_tasks import look_into_file
from sheetflow.consolidation.review_typed import TypedReview
from sheetflow.consolidation.reviews import OWN
from sheetflow.consolidation.signed_reports import signed_kind
from sheetflow.context import LOG, Context
from sheetflow.findings import RETURNED_RULE
from sheetflow.intake.archive import blob_path
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.schemas.cells import Attachment
from sheetflow.schemas.evidence import (
    DAMAGED,
    MEGABYTE,
    NONE_AT_ALL,
    TOO_LARGE,
    EvidenceFile,
    NamedFile,
    ending_of,
    find,
    suits,
)
from sheetflow.service.consequences import pages_of_files
from sheetflow.service.turns import MOST_DEATHS, first_of_each, putting_off
from sheetflow.store.records import Arrival, Submission

MOST_LOOKED_AT = 256 * MEGABYTE
"""A larger file is kept as it is, and nobody looks into it: no column takes one of that size."""
ENDINGS = frozenset(
    [
        ".docx",
        ".docm",
        ".doc",
        ".dotx",
        ".rtf",
        ".txt",
        ".wps",
        ".wpt",
        ".ofd",
        ".pdf",
        ".ppt",
        ".pptx",
        ".dps",
        ".jpg",
        ".jpeg",
        ".png",
        ".tif",
        ".tiff",
        ".bmp",
        ".gif",
        ".webp",
        ".heic",
        ".zip",
        ".rar",
        ".7z",
        ".mp3",
        ".mp4",
        ".avi",
        ".mov",
        ".wmv",
    ]
)
"""What is no workbook by its name; of anything else the contents tell."""

_AT_ONCE = 3
"""So many for each child are looked at between two commits."""

Look = tuple[str, str, str]
"""Kind, fault and remark, see `schemas.evidence: EvidenceFile`."""


class Named(Protocol):
    """What lies in the inbox, or came from there."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def attached(self) -> bool:
        """Whether it lies in the folder for such files."""


def is_beside(context: Context, file: Named) -> bool:
    """Whether a file comes beside workbooks: by where it lies, else by its name."""
    if not context.campaign.takes_files:
        return False
    by_name = ending_of(file.name) in ENDINGS and signed_kind(file.name) is None
    return file.attached or by_name


def begin_look(context: Context, arrival: Arrival) -> Future[Look]:
    """Have a child look at a file."""
    if arrival.size > MOST_LOOKED_AT:
        known: Future[Look] = Future()
        known.set_result(("", TOO_LARGE, ""))
        return known
    path = str(blob_path(context.workspace.archive, arrival.sha256))
    return context.pool.submit(look_into_file, path, arrival.name)


def end_look(context: Context, arrival: Arrival, future: Future[Look]) -> Look | None:
    """Give what the child says; None where it died of the file and is to try again."""
    try:
        return future.result()
    except ChildLostError as error:
        deaths = context.store.arrivals.record_death(arrival.arrival_id)
        LOG.warning("arrival %d: its reader died, the %d. time", arrival.arrival_id, deaths)
        known = ("", TOO_LARGE if "memory" in error.reason else DAMAGED, "")
        return known if deaths >= MOST_DEATHS else None


def keep_file(context: Context, arrival: Arrival, look: Look) -> bool:
    """Record a file with what was told of it; workbooks that ask for it are judged again."""
    kind, fault, remark = look
    file = replace(as_named(arrival), kind=kind, fault=fault, remark=remark)
    again = list(_asking(context, arrival, file))
    now = context.clock.now()
    kept = context.store.files.record_file(arrival, look, now, again=again)
    if kept:
        marks = pages_of_files(context, arrival.unit_id)
        context.store.publications.record_stale(marks, now)
        LOG.info(
            "unit %s: arrival %d kept beside workbooks: %s %s, %d judged again",
            *(arrival.unit_id, arrival.arrival_id, kind or "-", fault or "-", len(again)),
        )
    return kept


def as_named(arrival: Arrival) -> EvidenceFile:
    """Give a file as far as it is known before anybody looked."""
    return EvidenceFile(
        name=arrival.name,
        sha256=arrival.sha256,
        size=arrival.size,
        arrival_id=arrival.arrival_id,
        batch=arrival.batch,
    )


def _asking(context: Context, arrival: Arrival, file: EvidenceFile) -> Iterator[Submission]:
    """Give what the unit handed in before and judging it again may hear of a file.

    That is the newest of a form and period that was returned, and what counts until its unit's deadline, but
    for a file that would undo it: later another file is a correction. Where no cell names any file, one that
    comes after the deadline is none of that workbook.
    """
    if arrival.purpose != "submission":
        return
    gone, listed = context.store.purges.find_purged(), list(_last_ones(context, arrival.unit_id))
    named = context.store.files.find_named(each.judgement_id for each in listed)
    for each in listed:
        if each.arrival_id in gone:
            continue
        meant = [
            one
            for one in named.get(each.judgement_id, ())
            if one.sha256 != file.sha256 and find(one.name, [file])
        ]
        if each.outcome == Outcome.RETURNED:
            asks = bool(meant) or (_lacks_all(context, each) and not _is_over(context, each))
        else:
            asks = bool(meant) and not _is_over(context, each)
            asks = asks and all(_would_do(context, each, one, file) for one in meant)
        if asks:
            yield each


def _is_over(context: Context, submission: Submission) -> bool:
    """Whether the unit's own deadline of that form and period has passed."""
    form, unit = context.form(submission.form), context.tree[submission.unit_id]
    until = context.deadline(unit, form, form.period(submission.period))
    return context.clock.now() > until


def _last_ones(context: Context, unit_id: str) -> Iterator[Submission]:
    """Give a unit's newest workbook of each form and period, and the one that counts."""
    newest: dict[tuple[str, str, bool], Submission] = {}
    for each in context.store.submissions.find_submissions(unit_id):
        if each.period and each.outcome in OWN and each.form in context.campaign.by_key:
            newest[each.form, each.period, False] = each
            if each.outcome == Outcome.ACCEPTED:
                newest[each.form, each.period, True] = each
    yield from {each.submission_id: each for each in newest.values()}.values()


def _lacks_all(context: Context, submission: Submission) -> bool:
    findings = context.store.contents.find_findings(submission)
    return any(document["rule"] == NONE_AT_ALL for document in findings)


def _would_do(
    context: Context, submission: Submission, named: NamedFile, file: EvidenceFile
) -> bool:
    """Whether a column takes a file: else what counts goes on counting without it."""
    sheet = context.form(submission.form).by_key.get(named.sheet)
    column = sheet.by_key.get(named.column) if sheet else None
    if column is None or not isinstance(column.type, Attachment) or file.fault:
        return False
    return suits(file.kind, column.type) and file.size <= column.type.megabytes * MEGABYTE


def undoes(context: Context, arrival: Arrival, judgement: Judgement) -> bool:
    """Whether judging a workbook again for its files would take back that it was accepted, whatever comes of it.

    A superior may: what it returned counts no longer.
    """
    if not arrival.turn or judgement.outcome is Outcome.ACCEPTED:
        return False
    if any(finding.rule == RETURNED_RULE for finding in judgement.findings):
        return False
    same = context.store.submissions.find_submissions(arrival.unit_id)
    return any(
        each.arrival_id == arrival.arrival_id and each.outcome == Outcome.ACCEPTED for each in same
    )


def is_overtaken(context: Context, unit_id: str, file: EvidenceFile) -> bool:
    """Whether a workbook that counts names such a file, and goes on with the one that it has."""
    counting = [
        each.judgement_id
        for each in _last_ones(context, unit_id)
        if each.outcome == Outcome.ACCEPTED
    ]
    named = context.store.files.find_named(counting)
    return any(one.sha256 and find(one.name, [file]) for some in named.values() for one in some)


def keep_files(context: Context) -> None:
    """Keep what came beside workbooks, a few at a time; of each unit its turn."""
    found = context.store.arrivals.find_unjudged(context.clock.now())
    beside = [each for each in found if each.unit_id in context.tree and is_beside(context, each)]
    due = first_of_each(beside, lambda arrival: arrival.unit_id, context.turn)
    most = _AT_ONCE * context.pool_size
    for start in range(0, len(due), most):
        some = due[start : start + most]
        looks: list[tuple[Arrival, Look | None]] = []
        for arrival, look in [(each, begin_look(context, each)) for each in some]:
            with putting_off(context, arrival):
                looks.append((arrival, end_look(context, arrival, look)))
        with context.store.together():
            for arrival, told in looks:
                if told:
                    with putting_off(context, arrival):
                        keep_file(context, arrival, told)
        context.say("收存附件", start + len(some), len(due))
        if context.is_stopping():
            return


@dataclass
class Coming:
    """What is to be judged yet, and what was put aside because it may be a file beside a workbook.

    `behind` are the arrivals that were put behind others once already: they wait no second time. `reviews`
    are 审核单 that came back, read.
    """

    rest: deque[Arrival]
    aside: list[Arrival] = field(default_factory=list)
    behind: set[int] = field(default_factory=set)
    reviews: list[tuple[Arrival, TypedReview]] = field(default_factory=list)


def may_be_one(context: Context, arrival: Arrival, judgement: Judgement) -> bool:
    """Whether a file might come beside a workbook, for all that its name says and its contents do not."""
    if arrival.turn or judgement.form or not context.campaign.takes_files:
        return False
    return ending_of(arrival.name) == ".xlsx"


def is_missed(context: Context, arrival: Arrival) -> bool:
    """Whether a cell of the unit's newest workbook of some form misses such a file; then it is kept as one.

    What lies in 预审 belongs to nothing that was handed in.
    """
    if arrival.purpose != "submission":
        return False
    newest: dict[str, Submission] = {}
    for each in context.store.submissions.find_submissions(arrival.unit_id):
        if each.outcome in OWN:
            newest[each.form] = each
    named = context.store.files.find_named(each.judgement_id for each in newest.values())
    return any(_misses(some, arrival) for some in named.values())


def kept_at_once(context: Context, arrival: Arrival) -> bool:
    """Keep what turned out to be a file beside a workbook; False where its reader died and is to try again."""
    look = end_look(context, arrival, begin_look(context, arrival))
    return look is not None and keep_file(context, arrival, look)


def has_to_hear(
    context: Context, arrival: Arrival, named: Collection[NamedFile], coming: Coming
) -> bool:
    """Whether a workbook misses what came with it under a workbook's name: then it is judged again, once.

    What was put aside is kept as a file; of what was not read yet nobody knows.
    """
    if arrival.arrival_id in coming.behind:
        return False
    same = (arrival.unit_id, arrival.purpose)
    met = False
    for other in list(coming.aside):
        is_missed_here = (other.unit_id, other.purpose) == same and _misses(named, other)
        if is_missed_here and kept_at_once(context, other):
            coming.aside.remove(other)
            met = True
    if not met and not any(
        (other.unit_id, other.purpose) == same and _misses(named, other) for other in coming.rest
    ):
        return False
    coming.behind.add(arrival.arrival_id)
    return True


def _misses(named: Iterable[NamedFile], arrival: Arrival) -> bool:
    """Whether a cell misses a file of the name that this arrival has."""
    return any(find(one.name, [as_named(arrival)]) for one in named if not one.sha256)
