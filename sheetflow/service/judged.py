"""What comes of judging: drafts for judges, the ranked list, the volume, made from what is accepted.

Who is judged is what the unit's own accepted workbook says, what is said of each what its own unit handed
in. The list is called a proposal until every grade was decided; the other name then gives way. This module
refuses to rank, and to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path

from sheetflow.children import OutgrownError, TaskFailedError
from sheetflow.children.judged_tasks import (
    read_paper_text,
    render_award_list,
    render_judging_drafts,
    render_ranked_list,
    render_volume,
)
from sheetflow.consolidation.gathered_rows import excused_of, unit_of
from sheetflow.consolidation.judged_papers import JudgedPapers, PaperText, unread
from sheetflow.consolidation.ranked_papers import names_of_originals, papers_of
from sheetflow.consolidation.ranking import (
    Judge,
    RankedList,
    RankedRow,
    key_of,
    quotas_of,
    ranked_rows,
    rest_of,
)
from sheetflow.context import Context
from sheetflow.context.paths import judged_paths
from sheetflow.errors import UnreadableError
from sheetflow.intake.archive import blob_path
from sheetflow.periods import Period
from sheetflow.publishing.outbox import Writer
from sheetflow.reporting.paper_volume import write_originals
from sheetflow.schemas.evidence import NamedFile
from sheetflow.schemas.forms import Form
from sheetflow.schemas.gathered import Gathered, GatheredRow
from sheetflow.schemas.judging import Judging
from sheetflow.service.declarations import declared
from sheetflow.service.files_up import is_purged, withdraw
from sheetflow.service.gathering import Rows, accepted_rows, gathered_sheets
from sheetflow.service.publish import Made, Making, Order, basis_of, is_fresh
from sheetflow.store.records import Publication, PublicationKind, Stale
from sheetflow.units import Unit

_OURS = "file-outgrew-memory"


def begin_judged(context: Context, mark: Stale) -> Making | None:
    """Begin what a mark asks for; None where nothing is judged yet, or just this lies there."""
    form, unit = context.form(mark.form), context.tree[mark.unit_id]
    period = form.period(mark.period)
    spec, rows = form.judging, accepted_rows(context, form, unit.unit_id, period)
    gathered = form.by_key[spec.entries].gathered if spec else None
    if spec is None or gathered is None:
        return None
    if not rows.get(spec.entries):
        return _taken_back(context, mark, ())
    handed = {row.entry: row for row in gathered_sheets(context, form, unit, period)[spec.entries]}
    ranked = ranked_list(context, form, unit, period, rows, handed)
    files = _files(context, spec, gathered, ranked, handed, period)
    paths = judged_paths(context, unit, period, form)
    wanted = _wanted(paths, ranked)
    judged = _unread(context, form, unit, period, ranked)
    names = {row.unit_id: tuple(_names(context, unit, row)) for row in ranked.rows}
    shown = declared(context, form, PublicationKind.JUDGED)
    basis = basis_of(shown, ranked, judged, names, sorted(files.items()))
    if all(is_fresh(context, path, basis) for path in wanted.values()):
        return None
    if is_purged(context, files.values()):
        return None  # what was made of them stays as it is
    pool = context.pool
    read = {
        number: pool.submit(read_paper_text, str(_blob(context, file)))
        for number, file in files.items()
    }

    def finish() -> Made:
        found = {number: (files[number].name, _text(read[number])) for number in read}
        whole = replace(judged, papers=papers_of(ranked, names, found))
        drafts = pool.call(render_judging_drafts, whole)
        contents: dict[str, bytes | Writer] = {"drafts": drafts.drafts, "check": drafts.check}
        if ranked.is_scored:
            contents |= {
                "list": pool.call(render_ranked_list, ranked, whole, spec.trimmed_from),
                "list-paper": pool.call(render_award_list, whole),
                "volume": pool.call(render_volume, whole),
                "originals": partial(write_originals, originals=_originals(context, whole, files)),
            }
        _give_way(context, paths, ranked)
        if not ranked.is_scored:
            withdraw(context, _others(context, mark, wanted.values()))
        return Made(
            tuple(
                Order(path, contents[what], mark, basis, whole.stamp)
                for what, path in wanted.items()
            )
        )

    return Making(None, finish)


def _taken_back(context: Context, mark: Stale, kept: Iterable[Path]) -> Making | None:
    """Have withdrawn what was made of entries or scores that were taken back; None where nothing was."""
    gone = _others(context, mark, kept)

    def finish() -> Made:
        withdraw(context, gone)
        return Made(())

    return Making(None, finish) if gone else None


def _others(context: Context, mark: Stale, kept: Iterable[Path]) -> list[Publication]:
    """Give what lies there of that judging and is not among what is `kept`."""
    paths = {context.relative(path) for path in kept}
    return [
        entry
        for entry in context.store.publications.find_publications(mark.unit_id, mark.period)
        if (entry.kind, entry.form) == (PublicationKind.JUDGED, mark.form)
        and entry.path not in paths
    ]


def _originals(
    context: Context, judged: JudgedPapers, files: Mapping[str, NamedFile]
) -> list[tuple[str, Path]]:
    """Give the name of each original in the zip, and where it lies."""
    named = names_of_originals(judged)
    return [(name, _blob(context, files[paper.number])) for name, paper in named]


_PROPOSED = {"list": "list-proposed", "list-paper": "list-paper-proposed"}


def _wanted(paths: Mapping[str, Path], ranked: RankedList) -> dict[str, Path]:
    """Give where each file is to lie, by what it is."""
    if not ranked.is_scored:
        return {what: paths[what] for what in ("drafts", "check")}
    return {
        what: paths[what if ranked.is_decided else _PROPOSED.get(what, what)]
        for what in ("drafts", "check", "list", "list-paper", "volume", "originals")
    }


def _give_way(context: Context, paths: Mapping[str, Path], ranked: RankedList) -> None:
    """Have the list under its other name removed as soon as the new one lies there."""
    store = context.store.publications
    successors = {}
    for decided, proposed in _PROPOSED.items():
        pair = (proposed, decided) if ranked.is_decided else (decided, proposed)
        old, new = (context.relative(paths[each]) for each in pair)
        if ranked.is_scored and store.find_publication(old):
            successors[old] = new
    if successors:
        store.record_followed(successors=successors, at=context.clock.now())


def ranked_list(
    context: Context,
    form: Form,
    unit: Unit,
    period: Period,
    rows: Rows,
    handed: Mapping[str, GatheredRow],
) -> RankedList:
    """Rank what was accepted; what is said of each entry is what its own unit handed in."""
    spec = form.judging
    if spec is None:
        raise ValueError(f"nothing is judged in {form.key}")
    ranked = ranked_rows(form, rows, excused_of(form, rows, context.tree))
    judge = form.by_key[spec.judges]
    named = judge.named_by or judge.marker.key
    return RankedList(
        title=form.title,
        unit=unit.name,
        period=period.label,
        judges=tuple(
            Judge(
                key=str(row.get(key_of(form, spec.judges))),
                name=str(row.get(named) or ""),
                unit=str(row.get(spec.judge_unit) or ""),
            )
            for row in rows.get(spec.judges, ())
        ),
        grades=quotas_of(form, rows),
        rest=rest_of(form),
        rows=tuple(_known(context, form, spec, row, handed.get(row.entry)) for row in ranked),
    )


def _known(
    context: Context, form: Form, spec: Judging, row: RankedRow, handed: GatheredRow | None
) -> RankedRow:
    owner = handed.unit_id if handed else unit_of(row.entry)
    name = context.tree[owner].name if owner in context.tree else owner
    known = replace(row, unit_id=owner, unit=name, is_handed_up=handed is not None)
    gathered = form.by_key[spec.entries].gathered
    if handed is None or gathered is None:
        return known
    printed = handed.printed(gathered, context.tree)
    said = (handed.cells.get(column) for column in spec.authors)
    cell = handed.cells.get(spec.file)
    return replace(
        known,
        title=str(printed.get(spec.title) or row.title),
        authors=tuple(str(each) for each in said if each),
        file_names=cell if isinstance(cell, tuple) else (str(cell),) if cell else (),
    )


def _files(
    context: Context,
    spec: Judging,
    gathered: Gathered,
    ranked: RankedList,
    handed: Mapping[str, GatheredRow],
    period: Period,
) -> dict[str, NamedFile]:
    """Give the file of each entry, by the number of it: of several the first document."""
    source = context.form(gathered.form)
    listed = source.by_key[gathered.listed]
    key = listed.key_column.key if listed.key_column else gathered.named
    found: dict[str, NamedFile] = {}
    for row in ranked.rows:
        entry = handed.get(row.entry)
        if entry is None:
            continue
        submission = context.store.submissions.find_accepted(
            entry.unit_id, source.key, period.period_id
        )
        number = submission.judgement_id if submission else 0
        named = context.store.files.find_named([number]).get(number, ())
        mine = [
            file
            for file in named
            if (file.sheet, file.column, file.key) == (listed.key, spec.file, entry.cells.get(key))
            and file.sha256
        ]
        if mine:
            found[row.number] = min(mine, key=lambda file: not file.name.lower().endswith("x"))
    return found


def _unread(
    context: Context, form: Form, unit: Unit, period: Period, ranked: RankedList
) -> JudgedPapers:
    """Give all that is printed but the papers, which nobody has read yet."""
    spec, settings = form.judging, context.settings.report
    other = context.campaign.other_form(form.key)
    submission = context.store.submissions.find_accepted(unit.unit_id, form.key, period.period_id)
    called = spec.called if spec else ""
    return JudgedPapers(
        title=f"“{context.campaign.title}”活动{called or form.title}",
        papers=(),
        stamp=submission.judged_at if submission else context.clock.now(),
        grades=tuple(grade for grade, _ in ranked.grades),
        quotas=tuple(quota for _, quota in ranked.grades),
        judges=len(ranked.judges),
        is_proposal=not ranked.is_decided,
        issuer=context.office_of(unit),
        day=settings.date_of(unit.unit_id, period.period_id, other.key if other else ""),
        fonts=settings.fonts.replaced,
    )


def _names(context: Context, judging: Unit, row: RankedRow) -> Iterator[str]:
    """Give what a reader would know a unit by: its name, and of those above it up to the judging one."""
    if row.unit_id not in context.tree:
        yield row.unit
        return
    above = context.tree.chain(judging.unit_id)
    chain = [each for each in context.tree.chain(row.unit_id) if each not in above]
    yield from (each.name for each in chain or [context.tree[row.unit_id]])


def _blob(context: Context, file: NamedFile) -> Path:
    return blob_path(context.workspace.archive, file.sha256)


def _text(read: Future[PaperText]) -> PaperText:
    """Give what a paper says, or why it says nothing."""
    try:
        return read.result()
    except UnreadableError as error:
        return unread(error.reason)
    except (OutgrownError, TaskFailedError):
        return unread(_OURS)
