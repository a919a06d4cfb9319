"""Which submissions hand in the very same as the one before them: they answer or explain, and change nothing.

Compared is all that is kept of the sheets but the cover's own words on the delivery: when it was filled in,
by whom, and what kind of delivery it is. This module refuses to say what follows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Any

from sheetflow.context import Context
from sheetflow.schemas.documents import without_personal
from sheetflow.schemas.forms import Form
from sheetflow.schemas.sheets import EXPLANATIONS
from sheetflow.store.records import Submission


def is_repeated(context: Context, before: Submission, after: Submission) -> bool:
    """Whether two submissions of a unit for one form and period hand in the same.

    Once either was purged, what is left of both is compared.
    """
    gone = context.store.purges.find_purged()
    is_thinned = bool(gone & {before.arrival_id, after.arrival_id})
    form = context.campaign.by_key.get(before.form)
    return form is not None and _kept(context, form, before, is_thinned=is_thinned) == _kept(
        context, form, after, is_thinned=is_thinned
    )


def repeats_among(
    context: Context, submissions: Iterable[Submission], passed: Collection[str]
) -> dict[str, str]:
    """Give by receipt the accepted submission before it that it repeats, from one of `passed` on."""
    found: dict[str, str] = {}
    accepted = (each for each in submissions if each.outcome == "accepted")
    for before, after in pairwise(sorted(accepted, key=lambda each: each.arrival_id)):
        known = before.receipt in passed or before.receipt in found
        if known and is_repeated(context, before, after):
            found[after.receipt] = before.receipt
    return found


def _kept(context: Context, form: Form, entry: Submission, *, is_thinned: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, text in context.store.contents.find_rows(entry).items():
        if key == EXPLANATIONS.key:
            continue
        document = json.loads(without_personal(form.by_key.get(key), text) if is_thinned else text)
        found[key] = _of_cover(form, document) if key == form.cover.sheet else document
    return found


def _of_cover(form: Form, document: dict[str, Any]) -> list[dict[str, Any]]:
    roles = form.cover
    aside = {roles.filled_on, roles.preparer, roles.phone, roles.reason}
    if roles.correction:
        aside.add(roles.correction.column)
    return [
        {key: cell for key, cell in zip(document["columns"], row, strict=True) if key not in aside}
        for row in document["rows"]
    ]
