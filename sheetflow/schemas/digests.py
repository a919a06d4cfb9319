"""Digests of declarations: equal where all that shows or counts is declared alike.

This module owns how a declaration is written out, the same in every process and under every
Python, and which of a form's parts each kind of publication shows. It refuses to tell what
follows from a difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import RowModel
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Indicator

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
        found[indicator.code] = _digest(
            indicator.source, _counted(form, indicator), _parts(indicator, found)
        )
    return found


def measure_digest(form: Form) -> str:
    """Digest all that the figures of a form are measured by, and how they add up over periods."""
    return _digest(measure_digests(form), form.kinds)


def _counted(form: Form, indicator: Indicator) -> list[object]:
    """The sheet that an indicator draws on: which of its rows count, what their cells are."""
    sheet = form.by_key.get(indicator.source.draws_on)
    if sheet is None:
        return []
    if not sheet.is_table:
        return [sheet.key, sheet.levels]
    wanted = {*sheet.in_use.columns(), *getattr(indicator.source, "columns", ())}
    where = getattr(indicator.source, "where", None)
    wanted |= {*where.columns()} if where else set()
    types = {column.key: column.type for column in sheet.columns if column.key in wanted}
    return [sheet.key, sheet.levels, sheet.in_use, sheet.lookups, types]


def _parts(indicator: Indicator, known: Mapping[str, str]) -> list[str]:
    """The digests of the indicators that this one is made from."""
    names = (getattr(indicator.source, name, "") for name in ("numerator", "denominator", "code"))
    return [known[name] for name in names if name in known]


def _but(declared: Form | Campaign, left_out: frozenset[str]) -> dict[str, object]:
    """Give all fields but some: one that is new shows everywhere until somebody says otherwise."""
    kept = (entry.name for entry in fields(declared) if entry.name not in left_out)
    return {name: getattr(declared, name) for name in kept}


def _digest(*values: object) -> str:
    return hashlib.sha256(written(values).encode()).hexdigest()


def written(value: object) -> str:
    """Write a declaration out; nothing of it is an address, or in an order of chance."""
    if isinstance(value, type):
        return _written_type(value)
    if isinstance(value, Enum):
        return f"{type(value).__qualname__}.{value.name}"
    if isinstance(value, Mapping):
        pairs = sorted((written(key), written(part)) for key, part in value.items())
        return f"{{{','.join(f'{key}:{part}' for key, part in pairs)}}}"
    if isinstance(value, set | frozenset | tuple | list):
        parts = [written(part) for part in value]
        return f"({','.join(parts if isinstance(value, tuple | list) else sorted(parts))})"
    if callable(value):
        return _written_callable(value)
    return _written_object(value)


def _written_type(value: type) -> str:
    columns = value.columns() if issubclass(value, RowModel) else ()
    return f"{value.__qualname__}{written(columns)}"


def _written_callable(value: Callable[..., Any]) -> str:
    """Name a function, by what it is called: its code is our version's business."""
    name = getattr(value, "__qualname__", "")
    return f"{getattr(value, '__module__', '')}.{name}" if name else _written_parts(value)


def _written_object(value: object) -> str:
    if value is None or isinstance(value, str | int | float | bytes):
        return repr(value)
    if type(value).__repr__ is not object.__repr__ and not is_dataclass(value):
        return f"{type(value).__qualname__}({value!r})"  # a date, a Decimal, a Period
    return _written_parts(value)


def _written_parts(value: object) -> str:
    """Write an object by its parts; what it has only worked out for itself is none of them."""
    names: Iterable[str]
    if is_dataclass(value):
        names = [entry.name for entry in fields(value) if entry.compare]
    else:
        own = getattr(value, "__dict__", {})
        names = [
            name
            for name in sorted(own)
            if not isinstance(getattr(type(value), name, None), cached_property)
        ]
    parts = {name: getattr(value, name) for name in names}
    return f"{type(value).__qualname__}{written(parts)}"
