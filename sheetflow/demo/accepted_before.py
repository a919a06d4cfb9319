"""What stands accepted of a period, as a clerk would type it: what the next one goes on from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from sheetflow.context import Context
from sheetflow.periods import Period
from sheetflow.schemas.campaign import Samples, Typed
from sheetflow.schemas.documents import load_rows
from sheetflow.schemas.forms import Form
from sheetflow.schemas.parsing import Value


def accepted_samples(context: Context, form: Form, period: Period) -> dict[str, Samples]:
    """Give what is accepted of a form for a period, as it would be typed, by unit."""
    store = context.store
    return {
        unit_id: {
            key: [_typed(row) for row in load_rows(form.by_key[key], text)]
            for key, text in store.contents.find_rows(submission).items()
            if key in form.by_key
        }
        for unit_id, submission in store.submissions.find_all_accepted(
            form.key, period.period_id
        ).items()
        if not submission.nil
    }


def newest_samples(context: Context, form: Form, periods: Iterable[Period]) -> dict[str, Samples]:
    """Give the newest of what is accepted of a form in some periods, in order, by unit."""
    found: dict[str, Samples] = {}
    for period in periods:
        found |= accepted_samples(context, form, period)
    return found


def _typed(row: Mapping[str, Value]) -> dict[str, Typed]:
    typed: dict[str, Typed] = {}
    for key, value in row.items():
        if isinstance(value, tuple):
            typed[key] = "、".join(value)
        elif isinstance(value, Decimal):
            typed[key] = int(value) if value == int(value) else float(value)
        elif value is not None:
            typed[key] = value
    return typed
