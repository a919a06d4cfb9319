"""Digests of declarations: equal where all that shows or counts is declared alike.

This module owns how a declaration is written out, the same in every process and under every
Python, and which of a form's parts each kind of publication shows. It refuses to tell what
follows from a difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cached_property

from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import RowModel
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Source

_NOT_IN_WORKBOOK = frozenset({"charts", "report", "same_person", "own_totals"})
_NOT_IN_ROLL_UP = frozenset({"guidance", "own_work", "report"})
_NOT_IN_REPORT = frozenset({"guidance", "own_work", "same_person", "own_totals"})
_ON_BOARD = ("title", "cadence", "opens", "closes", "levels", "working_days")
_OF_NO_FILE = frozenset({"forms", "rules", "samples"})
_WORDS_OF_RULES = frozenset({"catalogue"})


def workbook_digest(campaign: Campaign, form: Form) -> str:
    """Digest all that shows in a 填报 workbook."""
    return _digest(_but(campaign, _OF_NO_FILE), _but(form, _NOT_IN_WORKBOOK))


def roll_up_digest(campaign: Campaign, form: Form) -> str:
    """Digest all that shows or counts in a consolidated workbook."""
    return _digest(_but(campaign, _OF_NO_FILE), _but(form, _NOT_IN_ROLL_UP))


def report_digest(campaign: Campaign, form: Form) -> str:
    """Digest all that shows or counts in a Word report."""
    return _digest(_but(campaign, _OF_NO_FILE | _WORDS_OF_RULES), _but(form, _NOT_IN_REPORT))


def board_digest(campaign: Campaign, form: Form) -> str:
    """Digest all that shows on a board."""
    return _digest(
        _but(campaign, _OF_NO_FILE | _WORDS_OF_RULES), [getattr(form, name) for name in _ON_BOARD]
    )


def rows_digest(form: Form, *more: object) -> str:
    """Digest all of a form that shows in its rendered rows, and `more`."""
    return _digest(form.sheets, form.indicators, form.same_person, more)


def measure_digests(form: Form) -> dict[str, str]:
    """Digest, by code, all that the figure of each indicator is measured by.

    What is only said of it, how it is shown and where it stands count for nothing.
    """
    found: dict[str, str] = {}
    for indicator in form.indicators:
        source = indicator.source
        parts = [found[code] for code in source.made_from if code in found]
        found[indicator.code] = _digest(source, _counted(form, source), parts)
    return found


def measure_digest(form: Form) -> str:
    """Digest all that the figures of a form are measured by, and how they add up over periods."""
    return _digest(measure_digests(form), form.kinds)


def _counted(form: Form, source: Source) -> list[object]:
    """The sheet that an indicator draws on: which of its rows count, what their cells are."""
    sheet = form.by_key.get(source.draws_on)
    if sheet is None:
        return []
    if not sheet.is_table:
        return [sheet.key, sheet.levels]
    wanted = source.looked_at(form.by_key)
    types = {column.key: column.type for column in sheet.columns if column.key in wanted}
    return [sheet.key, sheet.levels, sheet.in_use, sheet.lookups, types]


def _but(declared: Form | Campaign, left_out: frozenset[str]) -> dict[str, object]:
    """Give all fields but some: one that is new shows everywhere until somebody says otherwise."""
    kept = (entry.name for entry in fields(declared) if entry.name not in left_out)
    return {name: getattr(declared, name) for name in kept}


def _digest(*values: object) -> str:
    return hashlib.sha256(written(values).encode()).hexdigest()


def written(value: object) -> str:
    """Write a declaration out; nothing of it is an address, or in an order of chance."""
    kind = value if isinstance(value, type) else type(value)
    if isinstance(value, type):
        text = written(value.columns() if issubclass(value, RowModel) else ())
    elif isinstance(value, Enum):
        text = f".{value.name}"
    elif isinstance(value, Mapping):
        pairs = sorted((written(key), written(part)) for key, part in value.items())
        return f"{{{','.join(f'{key}:{part}' for key, part in pairs)}}}"
    elif isinstance(value, tuple | list):
        return f"({','.join(map(written, value))})"
    elif isinstance(value, set | frozenset):
        return f"({','.join(sorted(map(written, value)))})"
    elif callable(value) and (name := getattr(value, "__qualname__", "")):
        return f"{value.__module__}.{name}"  # its code is our version's business
    elif value is None or isinstance(value, str | int | float | bytes):
        return repr(value)
    elif type(value).__repr__ is object.__repr__ or is_dataclass(value) or callable(value):
        text = written(_parts(value))
    else:
        text = f"({value!r})"  # a date, a Decimal, a Period
    return f"{kind.__qualname__}{text}"


def _parts(value: object) -> dict[str, object]:
    """Give what an object consists of; what it has only worked out for itself is no part."""
    if is_dataclass(value):
        names = [entry.name for entry in fields(value) if entry.compare]
    else:
        names = [
            name
            for name in getattr(value, "__dict__", {})
            if not isinstance(getattr(type(value), name, None), cached_property)
        ]
    return {name: getattr(value, name) for name in names}
