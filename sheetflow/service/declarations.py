"""By which declaration figures were measured, and what of it is shown: digests, kept for ever by what they stand for.

So it is known of an old figure whether the declaration in force would give the same. This module refuses to measure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from sheetflow.consolidation.accepted import (
    Making,
    made_by,
)
from sheetflow.context import Context
from sheetflow.schemas.documents import (
    measure_digest,
    measure_digests,
    shown_digest,
)
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Figures
from sheetflow.store.records import PublicationKind


def declared(context: Context, form: Form, kind: PublicationKind) -> str:
    """Give the digest of all in the form's whole declaration that one kind of publication shows."""
    asked = (form.key, kind)
    if asked not in context.declared:
        context.declared[asked] = shown_digest(kind, context.campaign, context.form(form.key))
    return context.declared[asked]


def measured_by(context: Context, form: Form) -> str:
    """Give the digest of all that a form's figures are measured by now."""
    asked = (form.key, "figures")
    if asked not in context.declared:
        whole = context.form(form.key)
        context.declared[asked] = measure_digest(whole)
        context.measures[context.declared[asked]] = measure_digests(whole)
    return context.declared[asked]


def what_is_kept(context: Context, form: Form) -> dict[str, str]:
    """Give what is kept for ever of the declaration in force, by the name of each fingerprint."""
    digest = measured_by(context, form)
    return {
        f"measures:{digest}": json.dumps(context.measures[digest], sort_keys=True),
        f"made:{digest}": json.dumps(made_by(context.form(form.key)), sort_keys=True),
    }


def made_otherwise(context: Context, form: Form, digest: str) -> Mapping[str, Making]:
    """Give how the declaration with this digest made those figures that are made otherwise now."""
    if digest == measured_by(context, form):
        return {}
    if digest not in context.made:
        kept = context.store.fingerprints.find(f"made:{digest}") if digest else None
        then: Mapping[str, list[str]] = json.loads(kept or "{}")
        now = made_by(context.form(form.key))
        context.made[digest] = {
            code: tuple(making)
            for code, making in then.items()
            if code in now and now[code] != tuple(making)
        }
    return context.made[digest]


def measures_of(context: Context, digest: str) -> Mapping[str, str]:
    """Give what each figure was measured by, by code; nothing where nobody knows."""
    if digest not in context.measures:
        kept = context.store.fingerprints.find(f"measures:{digest}") if digest else None
        context.measures[digest] = json.loads(kept or "{}")
    return context.measures[digest]


def former_codes(context: Context, form: Form, digest: str, figures: Figures) -> tuple[str, ...]:
    """Give the codes of figures that the declaration in force would measure otherwise (原口径).

    So is what it asks for and nobody measured.
    """
    current = measured_by(context, form)
    if digest == current:
        return ()
    then, now = measures_of(context, digest), measures_of(context, current)
    return tuple(
        code
        for code in sorted(now)
        if code not in figures or (digest and then.get(code) != now[code])
    )
