"""附件_….zip: what was handed in beside accepted workbooks goes up, byte for byte, to every unit above.

One zip for each unit below that has any, in the reader's own folder of the period, under the sender's names.
What a correction no longer names is withdrawn. Where originals were purged, none is made.
This module refuses to open any file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from sheetflow.context import Context
from sheetflow.context.paths import files_path
from sheetflow.intake.archive import blob_path
from sheetflow.periods import Period
from sheetflow.publishing.outbox import Beside, remove_publication
from sheetflow.publishing.places import safe_name
from sheetflow.reporting.paper_volume import write_originals
from sheetflow.schemas.evidence import NamedFile, takes_files
from sheetflow.schemas.forms import Form
from sheetflow.service.books import passed_until
from sheetflow.service.passing import counting_for
from sheetflow.service.publish import Made, Making, Order, basis_of, is_made_from, ours_at
from sheetflow.store.records import Publication, PublicationKind, Stale
from sheetflow.units import Unit


def begin_files(context: Context, mark: Stale) -> Making | None:
    """Begin the zips of one reader, form and period; None where just these lie there."""
    form, reader = context.form(mark.form), context.tree[mark.unit_id]
    if not takes_files(form):
        return None
    period = form.period(mark.period)
    known = {entry.path: entry for entry in _published(context, mark)}
    orders: list[Order] = []
    for unit, named in _handed_up(context, form, reader, period).items():
        path = files_path(context, reader, unit, period, form)
        before = known.pop(context.relative(path), None)
        if is_purged(context, named):
            continue
        members = named_apart(named)
        basis = basis_of([(name, file.sha256) for name, file in members])
        if not is_made_from(context, path, basis, before):
            listed = [
                (name, blob_path(context.workspace.archive, file.sha256)) for name, file in members
            ]
            orders.append(Order(path, partial(write_originals, originals=listed), mark, basis))

    def finish() -> Made:
        withdraw(context, known.values())
        return Made(tuple(orders))

    return Making(None, finish) if orders or known else None


def _published(context: Context, mark: Stale) -> Iterator[Publication]:
    for entry in context.store.publications.find_publications(mark.unit_id, mark.period):
        if entry.kind is PublicationKind.FILES and entry.form == mark.form and not entry.successor:
            yield entry


def _handed_up(
    context: Context, form: Form, reader: Unit, period: Period
) -> Mapping[Unit, Sequence[NamedFile]]:
    """Give the files of everyone below that counts, each content once, by who answers for them."""
    accepted = counting_for(context, form, period, reader, passed_until(context))
    named = context.store.files.find_named(one.judgement_id for one in accepted.values())
    found: dict[Unit, list[NamedFile]] = {}
    for unit_id, submission in sorted(accepted.items()):
        files = [file for file in named.get(submission.judgement_id, ()) if file.sha256]
        if files:
            found[context.tree[unit_id]] = files
    return found


def is_purged(context: Context, named: Iterable[NamedFile]) -> bool:
    """Whether any of the originals is not to be had any more."""
    archive = context.workspace.archive
    return not all(blob_path(archive, file.sha256).is_file() for file in named)


def named_apart(files: Iterable[NamedFile]) -> list[tuple[str, NamedFile]]:
    """Give each content once under a name that every system can hold, no two alike."""
    listed: list[tuple[str, NamedFile]] = []
    taken: set[str] = set()
    contents: dict[str, NamedFile] = {}
    for file in files:
        contents.setdefault(file.sha256, file)
    for file in contents.values():
        whole = PurePosixPath(safe_name(file.name))
        name, number = whole.name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{whole.stem}_{number}{whole.suffix}"
        taken.add(name.casefold())
        listed.append((name, file))
    return listed


def withdraw(context: Context, gone: Iterable[Publication], instead: str = "") -> None:
    """Remove what no longer holds; a person's file stays, and is known no longer.

    Where something is there `instead`, a person's stays known: a purge names it.
    """
    outbox, store = context.workspace.outbox, context.store.publications
    for entry in gone:
        ours = ours_at(context, entry.path, entry.unit_id)
        _, left = remove_publication(outbox, outbox / entry.path, ours)
        if left and instead:
            kept = replace(entry, beside=instead, beside_for=Beside.HERS.value)
            store.record_rebuilt([], [kept])
        else:
            store.record_forgotten([entry.path])
