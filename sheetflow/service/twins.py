"""Publications that lie beside their real names: each gets its own name once nothing of a person's lies there.

It refuses to touch what a person changed, and to make anything anew: that is for the pass that calls it.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache, partial

from sheetflow.context import LOG, Context
from sheetflow.errors import TemporaryError
from sheetflow.publishing.outbox import Beside, Patience
from sheetflow.publishing.places import look_at, stamp_of
from sheetflow.service.consequences import answers_by_path, mark_of
from sheetflow.service.page_marks import linking_to
from sheetflow.service.publish import Order, announced, draft, ours_at, place
from sheetflow.store.records import Publication, PublicationKind, Stale


def settle_twins(context: Context) -> int:
    """Give each publication that lies beside its real name that name, unless it is still taken.

    Give how many have it now; the others that may have it are marked, and made in this pass.
    What trouble there is leaves the twin, and `status` shows it.
    """
    settled = 0
    answers = cache(partial(answers_by_path, context))
    for entry in context.store.publications.find_beside():
        if entry.unit_id not in context.tree or entry.successor:
            continue
        try:
            hers = _is_hers(context, entry)
        except (OSError, TemporaryError):
            continue
        if hers == (entry.beside_for == Beside.HERS):
            settled += not hers and _settle(context, entry)
            continue
        mark = answers().get(entry.path) if entry.kind == PublicationKind.ANSWER else mark_of(entry)
        if mark is None:  # what it was made from was purged
            settled += not hers and _settle(context, entry)
            continue
        known = context.store.publications.find_stale(mark.kind)
        same = (mark.unit_id, mark.form, mark.period)
        if same not in ((each.unit_id, each.form, each.period) for each in known):
            context.store.publications.record_stale([mark], context.clock.now())
    return settled


def _is_hers(context: Context, entry: Publication) -> bool:
    """Whether a person's file lies at the real name; what was found to be so is not read twice."""
    path = context.workspace.outbox / entry.path
    stamp = stamp_of(path)
    if stamp and context.hers.get(path) == stamp:
        return True
    existing = look_at(path)
    hers = existing.is_hers(ours_at(context, entry.path, entry.unit_id))
    if hers:
        context.hers[path] = existing.stamp
    return hers


def _settle(context: Context, entry: Publication) -> bool:
    """Give the very bytes of the twin its real name."""
    outbox = context.workspace.outbox
    twin, path = outbox / entry.beside, outbox / entry.path
    mark = Stale(unit_id=entry.unit_id, form=entry.form, period=entry.period, kind=entry.kind)
    try:
        if look_at(twin).sha256 != entry.sha256:
            return False  # somebody worked in it: it is theirs now
        with twin.open("rb") as content:
            order = Order(path, partial(shutil.copyfileobj, content), mark, entry.basis)
            drafted = draft(context, [order])
        with announced(context, drafted):
            (published,) = place(context, drafted, Patience(seconds=0))
    except (OSError, TemporaryError) as trouble:
        LOG.warning("unit %s: still beside: %s", entry.unit_id, type(trouble).__name__)
        return False
    if published.beside:
        return False
    kept = replace(entry, beside="", beside_for="")
    context.store.publications.record_rebuilt([], [kept])
    context.store.publications.record_stale(linking_to(mark), context.clock.now())
    return True
