"""Rows, figures and findings as JSON documents, and digests of declarations.

What an older declaration wrote is read by name: a column that is gone is left aside, a new one
is blank. A digest is the same in every process, and equal where all that shows or counts is
declared alike; what follows from a difference is not told here.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any

from isal import isal_zlib

from sheetflow.findings import Explanation, Finding, Identity, Place, Severity
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.conditions import Condition, Is, Table, Through, column_of
from sheetflow.schemas.filings import asking_sheets, worded_columns
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Figures, Number, Source
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.schemas.versioned import is_unsaid

Document = dict[str, Any]
Indicators = Mapping[str, Mapping[str, int | float | None]]
"""Figures as they are kept: ``{"S08": {"measured": 41}}``; None stands for blank."""


def dump_rows(sheet: Sheet, rows: Iterable[Mapping[str, Value]], filing: str = "") -> str:
    """Give the rows of one sheet as a JSON document, with what the sheet says of itself (填报声明)."""
    listed = rows if isinstance(rows, Table) else list(rows)
    cells = [_each(column.type.to_json, column_of(listed, column.key)) for column in sheet.columns]
    keys = [column.key for column in sheet.columns]
    return _document(keys, list(zip(*cells, strict=True)), len(listed), filing)


def _document(
    keys: Sequence[str], rows: Sequence[Sequence[Any]], count: int, filing: str = ""
) -> str:
    said = {"filing": filing} if filing else {}
    document = {"columns": keys, "count": count, **said, "rows": rows}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _each(way: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Take values one way or the other; words, whole numbers and blanks stay as they are."""
    return [
        value if value is None or value.__class__ is str or value.__class__ is int else way(value)
        for value in values
    ]


_LEVEL = 1
"""A fifth of the time that zlib takes, for 5 % more bytes (measured on rows of case ledgers)."""
_HEAD = 4096
"""So many bytes tell the columns of a document and the number of its rows."""
_COUNT = re.compile(r'\{"columns":\[[^]]*\],"count":(\d+)(?:,"filing":"([^"]*)")?')


def pack(document: str) -> bytes:
    """Compress a document in zlib's format, as it lies in the store."""
    return isal_zlib.compress(document.encode(), _LEVEL)


def unpack(packed: bytes) -> str:
    """Give back the document that `pack` compressed."""
    return zlib.decompress(packed).decode()


def count_rows(packed: bytes) -> int:
    """Tell how many rows a packed document holds, without reading them where it says so."""
    head = zlib.decompressobj().decompress(packed, _HEAD).decode(errors="ignore")
    said = _COUNT.match(head)
    return int(said[1]) if said else len(json.loads(unpack(packed))["rows"])


def find_filing(packed: bytes) -> str:
    """Tell what the sheet of a packed document says of itself (填报声明), empty where nobody asked."""
    head = zlib.decompressobj().decompress(packed, _HEAD).decode(errors="ignore")
    said = _COUNT.match(head)
    return (said[2] or "") if said else ""


def load_rows(sheet: Sheet, text: str) -> list[dict[str, Value]]:
    """Give back the rows of one sheet."""
    document = json.loads(text)
    columns: dict[str, list[Value]] = {}
    for position, key in enumerate(document["columns"]):
        if key in sheet.by_key:
            kind = sheet.by_key[key].type
            values = [row[position] for row in document["rows"]]
            every = map if kind.changes_words else _each
            columns[key] = list(every(kind.from_json, values))
    if not columns:
        return [{} for _ in document["rows"]]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def load_filing(text: str) -> str:
    """Give what the sheet of a document says of itself, empty where nobody asked."""
    return str(json.loads(text).get("filing", ""))


def as_kept(sheet: Sheet, rows: Sequence[Mapping[str, Value]]) -> Sequence[Mapping[str, Value]]:
    """Give rows as they will come back from their document: only fractions differ, 12.50 is 12.5."""
    fractions = [
        (column.key, column.type)
        for column in sheet.columns
        if column.type.numeric and Decimal in set(map(type, column_of(rows, column.key)))
    ]
    if not fractions:
        return rows
    return [
        {**row, **{key: kind.from_json(kind.to_json(row.get(key))) for key, kind in fractions}}
        for row in rows
    ]


def without_personal(sheet: Sheet | None, text: str) -> str:
    """Give the document `text` of `sheet` without its personal columns, but for keys.

    What the declaration does not know (of a sheet that is gone: None) goes too.
    """
    document = json.loads(text)
    known = sheet.by_key if sheet else {}
    kept = [
        position
        for position, key in enumerate(document["columns"])
        if key in known and (known[key].is_key or not known[key].personal)
    ]
    if len(kept) == len(document["columns"]):
        return text
    rows = [[row[position] for position in kept] for row in document["rows"]]
    keys = [document["columns"][position] for position in kept]
    return _document(keys, rows, len(rows), document.get("filing", ""))


def dump_figures(figures: Figures) -> Indicators:
    """Give measured figures as the store keeps them: by code, under ``measured``."""
    return {
        code: {"measured": float(figure) if isinstance(figure, Decimal) else figure}
        for code, figure in figures.items()
    }


def load_figures(document: Indicators) -> dict[str, Number]:
    """Give back measured figures; decimals come back exactly as they were written."""
    return {code: load_number(entry.get("measured")) for code, entry in document.items()}


def load_number(figure: float | None) -> Number:
    """Give back one figure as it was before it became JSON."""
    return Decimal(repr(figure)) if isinstance(figure, float) else figure


def dump_finding(finding: Finding) -> Document:
    """Give a finding as JSON keeps it."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        **asdict(finding.place),
        "arguments": dict(finding.arguments),
        "others": list(finding.others),
        "other_keys": list(finding.other_keys),
    }


def load_finding(document: Mapping[str, Any]) -> Finding:
    """Give back a finding."""
    return Finding(
        document["rule"],
        Severity(document["severity"]),
        Place(
            **{part.name: document[part.name] for part in fields(Place) if part.name in document}
        ),
        document["arguments"],
        tuple(document["others"]),
        tuple(document["other_keys"]),
    )


def dump_explanations(
    explanations: Mapping[Identity, Explanation], pleas: Mapping[Identity, str]
) -> list[Document]:
    """Give explanations as JSON keeps them: the finding's identity, the words, what they explain.

    `pleas` are what the unit says of hard findings that only its superior can let pass: they settle nothing.
    """
    return [
        {"identity": list(identity), "text": said.text, "value": said.value}
        for identity, said in explanations.items()
    ] + [
        {"identity": list(identity), "text": text, "plea": True} for identity, text in pleas.items()
    ]


def load_explanations(documents: Sequence[Mapping[str, Any]]) -> dict[Identity, Explanation]:
    """Give back explanations by their finding's identity."""
    return {
        tuple(document["identity"]): Explanation(document["text"], document["value"])
        for document in documents
        if not document.get("plea")
    }


def load_pleas(documents: Sequence[Mapping[str, Any]]) -> dict[Identity, str]:
    """Give back what a unit says of hard findings, by their identity."""
    return {
        tuple(document["identity"]): document["text"]
        for document in documents
        if document.get("plea")
    }


_OF_NO_FILE = frozenset({"forms", "rules", "checks", "samples"})
_WORDLESS = _OF_NO_FILE | {"catalogue"}
_ON_BOARD = frozenset(
    {"title", "cadence", "opens", "closes", "levels", "working_days"}
    | {"due_on", "first_period", "last_period"}
)
_NOT_IN = {
    "workbook": (_OF_NO_FILE, frozenset({"charts", "same_person", "own_totals", "template"})),
    "consolidated": (_OF_NO_FILE, frozenset({"guidance", "own_work", "rules", "template"})),
    "report": (
        _WORDLESS,
        frozenset({"guidance", "own_work", "rules", "same_person", "own_totals"}),
    ),
    "review": (_OF_NO_FILE, frozenset({"guidance", "own_work", "rules", "template"})),
    "judged": (_WORDLESS, frozenset({"guidance", "own_work", "rules", "template"})),
    "board": (_WORDLESS, frozenset(entry.name for entry in fields(Form)) - _ON_BOARD),
    "progress": (_WORDLESS, frozenset(entry.name for entry in fields(Form)) - _ON_BOARD),
}
"""By kind of publication: what it shows nothing of, in the campaign and in the form."""


def shown_digest(kind: str, campaign: Campaign, form: Form) -> str:
    """Digest all that shows or counts in one kind of publication.

    But on the board, a field that is new shows everywhere until somebody says otherwise.
    """
    not_of_campaign, not_of_form = _NOT_IN[kind]
    said = None if "catalogue" in not_of_campaign else campaign.catalogue
    return _digest(_but(campaign, not_of_campaign), _but(form, not_of_form), said)


def _but(declared: Form | Campaign, left_out: frozenset[str]) -> dict[str, object]:
    kept = (
        entry.name
        for entry in fields(declared)
        if entry.name not in left_out and not is_unsaid(declared, entry)
    )
    return {name: getattr(declared, name) for name in kept}


def rows_digest(form: Form, *more: object) -> str:
    """Digest all of a form that shows in its rendered rows, and `more`."""
    return _digest(form.sheets, form.indicators, form.same_person, more)


def measure_digests(form: Form) -> dict[str, str]:
    """Digest, by code, all that the figure of each indicator is measured by, not how it is shown."""
    found: dict[str, str] = {}
    for indicator in form.indicators:
        source = indicator.source
        parts = [found[code] for code in source.made_from if code in found]
        found[indicator.code] = _digest(*_counted(form, source), parts)
    return found


def measure_digest(form: Form) -> str:
    """Digest all that the figures of a form are measured by, and how they add up over periods."""
    return _digest(measure_digests(form), form.kinds)


def gist_digest(form: Form) -> str:
    """Digest all of a form that the gist of a submission is made by."""
    told = [column.key for column in form.narrative.columns] if form.narrative else []
    counted = [(column.key, column.type) for column in form.counted_answers]
    shortest = form.report.shortest if form.report else 0
    narrative = form.report.narrative if form.report else ""
    asking = [sheet.key for sheet in asking_sheets(form)]
    worded = [(sheet.key, sheet.in_use, column.key) for sheet, column in worded_columns(form)]
    more = [asking, worded] if asking or worded else []
    return _digest("gist", narrative, shortest, told, form.cover.sheet, counted, *more)


def _counted(form: Form, source: Source) -> tuple[object, list[object]]:
    """Give what an indicator asks, and its sheet: which of its rows count, what their cells are.

    An option that came, went or is called otherwise makes no other figure: all is told as it was first.
    """
    sheet = form.by_key.get(source.draws_on)
    if sheet is None:
        return source, []
    asked = _first_words(source, sheet)
    if not sheet.is_table:
        return asked, [sheet.key, sheet.levels]
    wanted = source.looked_at(form.by_key)
    types = {
        column.key: column.type.at_first
        if isinstance(column.type, Choice | Choices)
        else column.type
        for column in sheet.columns
        if column.key in wanted
    }
    in_use = _first_words(sheet.in_use, sheet)
    return asked, [sheet.key, sheet.levels, in_use, sheet.lookups, types]


def _first_words(asked: object, sheet: Sheet) -> object:
    """Give a source or a condition on a sheet's rows with every option as it was called first."""
    lists = {
        column.key: column.type
        for column in sheet.columns
        if isinstance(column.type, Choice | Choices) and column.type.older
    }
    return _put_first(asked, lists) if lists else asked


def _put_first(asked: object, lists: Mapping[str, Choice | Choices]) -> object:
    if isinstance(asked, Is) and asked.column in lists:
        kind = lists[asked.column]
        return replace(asked, options=tuple(map(kind.first_word, asked.options)))
    if isinstance(asked, tuple):
        return tuple(_put_first(part, lists) for part in asked)
    # What a lookup asks is of another sheet.
    if isinstance(asked, Source | Condition) and not isinstance(asked, Through):
        if not is_dataclass(asked):
            return asked
        parts = ((entry.name, getattr(asked, entry.name)) for entry in fields(asked))
        return replace(asked, **{name: _put_first(part, lists) for name, part in parts})
    return asked


def _digest(*values: object) -> str:
    return hashlib.sha256(written(values).encode()).hexdigest()


def written(value: object) -> str:
    """Write a declaration out; nothing of it is an address, or in an order of chance."""
    kind = value if isinstance(value, type) else type(value)
    if isinstance(value, type):
        text = ""
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
    """Give what an object consists of; what it has only worked out for itself is no part.

    Nor is a field that came later and says nothing: digests of what says nothing new stay.
    """
    if is_dataclass(value):
        names = [
            entry.name for entry in fields(value) if entry.compare and not is_unsaid(value, entry)
        ]
    else:
        names = [
            name
            for name in getattr(value, "__dict__", {})
            if not isinstance(getattr(type(value), name, None), cached_property)
        ]
    return {name: getattr(value, name) for name in names}
