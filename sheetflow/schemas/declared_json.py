"""A campaign as canonical JSON, and back: what is kept, compared by its sha256 and loaded by children.

Only what differs from its default is written, keys are sorted, and an object says by ``is`` what it is:
one of a closed list. This module owns that list. It refuses code (`Campaign.rules`, words that make
samples): what it cannot write whole it does not write.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, cast

from sheetflow.errors import DeclarationError
from sheetflow.findings import Check, Severity
from sheetflow.periods import Cadence
from sheetflow.schemas import (
    cells,
    columns,
    conditions,
    expressions,
    forms,
    indicators,
    options,
    sheets,
)
from sheetflow.schemas.campaign import Campaign, CampaignVersion, FormHead
from sheetflow.schemas.gathered import Gathered
from sheetflow.schemas.judging import Judging
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.units import Levels, LevelSpec
from sheetflow.units.levels import Review

IS = "is"
"""The key under which an object says of what kind it is; no declaration has a field of that name."""

_EXPRESSION = "Expression."
"""Before the kinds of expressions: `Not` is a condition, too."""


def _below(base: type) -> list[type]:
    """Give the kinds of `base` that its own module declares."""
    declared = vars(sys.modules[base.__module__]).values()
    found = (each for each in declared if isinstance(each, type) and issubclass(each, base))
    return [each for each in found if each is not base and not each.__name__.startswith("_")]


_VALUES: tuple[type, ...] = (
    *(Campaign, CampaignVersion, FormHead, Check, Levels, LevelSpec),
    *(forms.Form, forms.Cover, forms.SamePerson, forms.OwnTotals, forms.ReportSpec),
    *(forms.ChartSpec, sheets.Sheet, sheets.Lookup, columns.Column, columns.Disclosure),
    *(Gathered, Judging),
    *(indicators.Indicator, DeclaredRule),
    *_below(cells.CellType),
    *(options.Choice, options.Choices),
    *_below(conditions.Condition),
    *_below(indicators.Source),
)
_WORDS: tuple[type[Enum], ...] = (
    *(Severity, Cadence, Review, sheets.Kind, sheets.RollUp, columns.Mask),
    *(forms.Across, forms.Attachments, expressions.Scope),
)
_KINDS: Mapping[str, type] = MappingProxyType(
    {kind.__name__: kind for kind in (*_VALUES, *_WORDS)}
    | {_EXPRESSION + kind.__name__: kind for kind in _below(expressions.Expression)}
)
"""All that a campaign may hold, by what it is called in JSON."""
_NAMES = {kind: name for name, kind in _KINDS.items()}

_WORKED_OUT: Mapping[Hashable, tuple[str, ...]] = {
    forms.Form: ("declared", "versions"),
    sheets.Sheet: ("versions",),
    Campaign: ("rules", "samples"),
}
"""Fields that are code, or tell a form as some versions have it from the whole: they must say nothing."""
_POSITION = "at"
"""Where an expression stood in its text: no part of what it says."""


def dump_campaign(campaign: Campaign) -> bytes:
    """Give a campaign as canonical JSON: equal ones give equal bytes.

    Raise DeclarationError naming what cannot be written: Python rules, words for samples.
    """
    return _written(_plain(campaign, campaign.title)).encode()


def _written(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load_campaign_json(content: bytes) -> Campaign:
    """Give back the campaign that `dump_campaign` wrote.

    Raise DeclarationError for anything else, what a newer version wrote among it.
    """
    try:
        loaded = _value(json.loads(content))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, InvalidOperation):
        loaded = None
    if not isinstance(loaded, Campaign):
        raise DeclarationError("活动的定义文件读不懂：内容残缺，或者不是活动的定义。")
    return loaded


def dump_rules(rules: Sequence[DeclaredRule]) -> bytes:
    """Give rules as canonical JSON, each on a line of its own."""
    lines = ",\n".join(_written(_plain(rule, rule.title)) for rule in rules)
    return f"[\n{lines}\n]\n".encode()


def load_rules(content: bytes) -> tuple[DeclaredRule, ...]:
    """Give back the rules that `dump_rules` wrote."""
    return tuple(_value(document) for document in json.loads(content))


def digest_of(content: bytes) -> str:
    """Give the sha256 by which a campaign is kept and named."""
    return hashlib.sha256(content).hexdigest()


@cache
def _told(kind: Hashable) -> tuple[Field[Any], ...]:
    """The fields that are written of a kind."""
    silent = (*_WORKED_OUT.get(kind, ()), _POSITION)
    return tuple(entry for entry in fields(cast("Any", kind)) if entry.name not in silent)


def _is_default(entry: Field[Any], value: object) -> bool:
    default = entry.default
    if entry.default_factory is not MISSING:
        default = entry.default_factory()
    return default is not MISSING and type(value) is type(default) and bool(value == default)


def _plain(value: object, where: str) -> Any:  # noqa: ANN401, PLR0911 - as JSON is
    """Give a value as JSON has it; `where` is the title of what it stands in."""
    if value is None or type(value) in {bool, int, float, str}:
        return value
    if isinstance(value, tuple | list):
        return [_plain(part, where) for part in value]
    if isinstance(value, Mapping):
        return {IS: "map", "of": {str(key): _plain(part, where) for key, part in value.items()}}
    if isinstance(value, frozenset | set):
        return {IS: "set", "of": sorted(_plain(part, where) for part in value)}
    if isinstance(value, Decimal):
        return {IS: "number", "of": str(value)}
    if isinstance(value, dt.date):
        return {IS: "date", "of": value.isoformat()}
    name = _NAMES.get(type(value))
    if name is None:
        raise DeclarationError(
            f"“{where}”里有程序才懂的内容（{type(value).__name__}），不能写成定义。"
        )
    if isinstance(value, Enum):
        return {IS: name, "of": value.name}
    return {IS: name} | _object(value, where)


def _object(value: object, where: str) -> dict[str, Any]:
    title = str(getattr(value, "title", "") or getattr(value, "label", "") or where)
    for silent in _WORKED_OUT.get(cast("Hashable", type(value)), ()):
        if getattr(value, silent):
            raise DeclarationError(f"“{title}”里有写成程序的部分（{silent}），不能写成定义。")
    said = ((entry, getattr(value, entry.name)) for entry in _told(cast("Hashable", type(value))))
    return {entry.name: _plain(part, title) for entry, part in said if not _is_default(entry, part)}


def _value(document: Any) -> Any:  # noqa: ANN401 - likewise
    """Give back what `_plain` wrote; raise DeclarationError for a kind that is unknown."""
    if isinstance(document, list):
        return tuple(map(_value, document))
    if not isinstance(document, dict):
        return document
    name = document[IS]
    if name in _WAYS:
        return _WAYS[name](document["of"])
    kind: Any = _KINDS.get(name)
    if kind is None:
        raise _newer(name)
    if issubclass(kind, Enum):
        return kind[document["of"]]
    if strange := document.keys() - {entry.name for entry in _told(kind)} - {IS}:
        raise _newer(f"{name}.{min(strange)}")
    return kind(**{key: _value(part) for key, part in document.items() if key != IS})


_WAYS: Mapping[str, Callable[[Any], Any]] = {
    "map": lambda of: MappingProxyType({key: _value(part) for key, part in of.items()}),
    "set": lambda of: frozenset(map(_value, of)),
    "number": Decimal,
    "date": dt.date.fromisoformat,
}


def _newer(name: str) -> DeclarationError:
    return DeclarationError(
        f"活动的定义里有本版程序不懂的“{name}”：是更新版本的程序写的。请升级程序后再用。"
    )


def known_kinds() -> frozenset[type]:
    """Give all kinds of values that may be written."""
    return frozenset(cast("type", kind) for kind in _KINDS.values() if is_dataclass(kind)) | {
        *_WORDS
    }
