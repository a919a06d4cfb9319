"""Accepted rows and findings as JSON documents: what the store keeps and gives back.

One document per submission and sheet, the columns named once. What `dump_rows` wrote
under an older declaration is read by name: a column that is gone is left aside, a new
one is blank.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from isal import isal_zlib

from sheetflow.findings import Explanation, Finding, Identity, Place, Severity
from sheetflow.schemas.cells import CellType
from sheetflow.schemas.indicators import Figures, Number
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.schemas.tables import Table, column_of

Document = dict[str, Any]
Indicators = Mapping[str, Mapping[str, int | float | None]]
"""Figures as they are kept: ``{"S08": {"measured": 41}}``; None stands for blank."""


def dump_rows(sheet: Sheet, rows: Iterable[Mapping[str, Value]]) -> str:
    """Give the rows of one sheet as a JSON document."""
    listed = rows if isinstance(rows, Table) else list(rows)
    cells = [_each(column.type.to_json, column_of(listed, column.key)) for column in sheet.columns]
    keys = [column.key for column in sheet.columns]
    return _document(keys, list(zip(*cells, strict=True)), len(listed))


def _document(keys: Sequence[str], rows: Sequence[Sequence[Any]], count: int) -> str:
    document = {"columns": keys, "count": count, "rows": rows}
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

_COUNT = re.compile(r'\{"columns":\[[^]]*\],"count":(\d+)')


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


def load_rows(sheet: Sheet, text: str) -> list[dict[str, Value]]:
    """Give back the rows of one sheet."""
    document = json.loads(text)
    columns: dict[str, list[Value]] = {}
    for position, key in enumerate(document["columns"]):
        if key in sheet.by_key:
            kind = sheet.by_key[key].type
            values = [row[position] for row in document["rows"]]
            plain = type(kind).from_json is CellType.from_json
            read = kind.from_json
            columns[key] = _each(read, values) if plain else list(map(read, values))
    if not columns:
        return [{} for _ in document["rows"]]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def as_kept(sheet: Sheet, rows: Sequence[Mapping[str, Value]]) -> Sequence[Mapping[str, Value]]:
    """Give rows with the values that they will have when they come back from their document.

    Only fractions differ: 12.50 comes back as 12.5.
    """
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
    """Give the document `text` of `sheet` without its personal columns.

    Keys stay: other rows point to them. So does nothing that the declaration does not
    know (of a sheet that is gone: None), since nobody can say what it was.
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
    return _document([document["columns"][position] for position in kept], rows, len(rows))


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
        Place(**{part.name: document[part.name] for part in fields(Place)}),
        document["arguments"],
        tuple(document["others"]),
        tuple(document["other_keys"]),
    )


def dump_explanations(explanations: Mapping[Identity, Explanation]) -> list[Document]:
    """Give explanations as JSON keeps them: the finding's identity, the words, what they explain."""
    return [
        {"identity": list(identity), "text": said.text, "value": said.value}
        for identity, said in explanations.items()
    ]


def load_explanations(documents: Sequence[Mapping[str, Any]]) -> dict[Identity, Explanation]:
    """Give back explanations by their finding's identity."""
    found: dict[Identity, Explanation] = {}
    for document in documents:
        rule, sheet, column, key = document["identity"]
        found[rule, sheet, column, key] = Explanation(document["text"], document["value"])
    return found
