"""By which declaration figures are measured: its digest, and what each figure is measured by.

This module owns the names under which the store keeps that of every declaration that was
ever in force, so that it is known of an old figure whether it would be the same today.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from sheetflow.consolidation.accepted import Making, made_by
from sheetflow.schemas.digests import measure_digest, measure_digests
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Figures
from sheetflow.service.office import Office


def measured_by(office: Office, form: Form) -> str:
    """Give the digest of all that a form's figures are measured by now."""
    spot = (form.key, "figures")
    if spot not in office.declared:
        whole = office.form(form.key)
        office.declared[spot] = measure_digest(whole)
        office.measures[office.declared[spot]] = measure_digests(whole)
    return office.declared[spot]


def in_force(form: Form) -> str:
    """Name the fingerprint of what a form's figures were measured by last."""
    return f"figures:{form.key}"


def declaration(digest: str) -> str:
    """Name what is kept of one declaration for ever: what each figure is measured by."""
    return f"measures:{digest}"


def _making(digest: str) -> str:
    """Name what is kept of one declaration for ever: how figures are made from measured ones."""
    return f"made:{digest}"


def what_is_kept(office: Office, form: Form) -> dict[str, str]:
    """Give what is kept for ever of the declaration in force, by the name of each fingerprint."""
    digest = measured_by(office, form)
    return {
        declaration(digest): json.dumps(office.measures[digest], sort_keys=True),
        _making(digest): json.dumps(made_by(office.form(form.key)), sort_keys=True),
    }


def made_otherwise(office: Office, form: Form, digest: str) -> Mapping[str, Making]:
    """Give how the declaration with this digest made those figures that are made otherwise now."""
    if digest == measured_by(office, form):
        return {}
    if digest not in office.made:
        kept = office.store.fingerprints.find(_making(digest)) if digest else None
        then: Mapping[str, list[str]] = json.loads(kept or "{}")
        now = made_by(office.form(form.key))
        office.made[digest] = {
            code: tuple(making)
            for code, making in then.items()
            if code in now and now[code] != tuple(making)
        }
    return office.made[digest]


def measures_of(office: Office, digest: str) -> Mapping[str, str]:
    """Give what each figure was measured by, by code; nothing where nobody knows."""
    if digest not in office.measures:
        kept = office.store.fingerprints.find(declaration(digest)) if digest else None
        office.measures[digest] = json.loads(kept or "{}")
    return office.measures[digest]


def former_codes(office: Office, form: Form, digest: str, figures: Figures) -> tuple[str, ...]:
    """Give the codes of figures that the declaration in force would measure otherwise (原口径).

    So is what it asks for and nobody measured.
    """
    current = measured_by(office, form)
    if digest == current:
        return ()
    then, now = measures_of(office, digest), measures_of(office, current)
    return tuple(
        code
        for code in sorted(now)
        if code not in figures or (digest and then.get(code) != now[code])
    )
