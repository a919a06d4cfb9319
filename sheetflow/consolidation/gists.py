"""What a submission's cards say to those above, in short: sketches of its texts, answers to be counted.

A gist is made of one submission alone when it is judged, and kept: texts are compared and answers
counted without any other unit's workbook being read. What comes of it follows from the accepted
submissions, not from their order. It refuses to hold any word of a text.

A sketch is a bottom-k min-hash over shingles of five characters. Case, widths, marks, spaces,
figures and the names of the unit and those above it count for nothing: a copied text with another
place and other figures in it is the same text.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from array import array
from base64 import b64decode, b64encode
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import groupby
from types import MappingProxyType
from typing import Any

from sheetflow.schemas.filings import asking_sheets, worded_columns
from sheetflow.schemas.forms import Form
from sheetflow.schemas.parsing import Value

ALIKE = 0.7
"""From this share of common shingles on, two texts are near-identical."""
_SHINGLE, _KEPT = 5, 128
_LOOKED_UP = 8
"""Two texts that are alike share one of so many smallest hashes, but once in a hundred thousand."""
_MIX, _WORD = 2654435761, 0xFFFFFFFF
_NOISE = re.compile(r"[\W_]+")
_FIGURES = re.compile(r"\d+")

Document = dict[str, dict[str, Any]]
"""A gist as the store keeps it."""
Rows = Mapping[str, Sequence[Mapping[str, Value]]]
"""The rows of a submission, by sheet."""


@dataclass(frozen=True, slots=True)
class Gist:
    """The sketches of a submission's texts that count, and its answers, by column.

    `filings` are what sheets say of themselves, by key; `worded` how many rows have a word in place of
    a number, by sheet, column and word.
    """

    texts: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    filings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    worded: Mapping[tuple[str, str, str], int] = field(default_factory=lambda: MappingProxyType({}))


def gist_of(
    form: Form,
    names: Iterable[str],
    rows: Rows,
    filings: Mapping[str, str] = MappingProxyType({}),
) -> Document:
    """Make the gist of a submission's rows, as the store keeps it; `names` say whose they are."""
    spec, cover = form.report, _card(rows, form.cover.sheet)
    texts: dict[str, str] = {}
    if spec and form.narrative:
        told = _card(rows, spec.narrative)
        texts = {
            column.key: b64encode(sketch(text, names)).decode()
            for column in form.narrative.columns
            if isinstance(text := told.get(column.key), str) and len(text) >= spec.shortest
        }
    answers = {
        column.key: answer
        for column in form.counted_answers
        if isinstance(answer := cover.get(column.key), str)
    }
    worded = dict(_worded(form, rows))
    document: Document = {"texts": texts, "answers": answers}
    if filings or worded:
        document |= {"filings": dict(filings), "worded": worded}
    return document


def sheets_looked_at(form: Form) -> frozenset[str]:
    """Name the sheets whose rows, or word of themselves, make a gist."""
    cards = {form.cover.sheet, *([form.narrative.key] if form.narrative else [])}
    asking = (sheet.key for sheet in asking_sheets(form))
    return frozenset({*cards, *asking, *(sheet.key for sheet, _ in worded_columns(form))})


def _worded(form: Form, rows: Rows) -> Iterator[tuple[str, dict[str, dict[str, int]]]]:
    """Count the rows with a word in place of a number: of each sheet by column, of each column by word."""
    for sheet, columns in groupby(worded_columns(form), lambda pair: pair[0]):
        used = [row for row in rows.get(sheet.key, ()) if sheet.counts(row)]
        found = {
            column.key: Counter(
                value for row in used if isinstance(value := row.get(column.key), str)
            )
            for _, column in columns
        }
        if any(found.values()):
            yield sheet.key, {key: dict(counts) for key, counts in found.items() if counts}


def _card(rows: Rows, sheet: str) -> Mapping[str, Value]:
    return next(iter(rows.get(sheet, ())), {})


def load_gist(document: Mapping[str, Any]) -> Gist:
    """Give back a gist from its document."""
    texts = {column: b64decode(text) for column, text in document["texts"].items()}
    worded = {
        (sheet, column, word): count
        for sheet, columns in document.get("worded", {}).items()
        for column, words in columns.items()
        for word, count in words.items()
    }
    return Gist(texts, document["answers"], document.get("filings", {}), worded)


def sketch(text: str, names: Iterable[str] = ()) -> bytes:
    """Give the smallest hashes of a text's shingles, in order; `names` count for nothing."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    plain = _FIGURES.sub("0", _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold()))
    data, width = plain.encode("utf-32-le"), 4 * _SHINGLE
    ends = range(0, max(len(data) - width, 0) + 1, 4)
    # A checksum is linear: multiplied, its smallest values are those of no certain characters.
    hashes = {zlib.crc32(data[start : start + width]) * _MIX & _WORD for start in ends}
    return array("I", nsmallest(_KEPT, hashes)).tobytes()


def are_alike(one: bytes, two: bytes) -> bool:
    """Whether two sketches are of near-identical texts."""
    return one == two or _share(_read(one), _read(two)) >= ALIKE


def _read(kept: bytes) -> tuple[array[int], frozenset[int]]:
    hashes = array("I", kept)
    return hashes, frozenset(hashes)


def _share(one: tuple[array[int], frozenset[int]], two: tuple[array[int], frozenset[int]]) -> float:
    """Give the share of shingles that two texts have in common, as far as both sketches reach."""
    # Of a text with more shingles than are kept nothing is known beyond the last one kept.
    reach = min((each[0][-1] for each in (one, two) if len(each[0]) == _KEPT), default=_WORD)
    common = sum(entry <= reach for entry in one[1] & two[1])
    union = bisect_right(one[0], reach) + bisect_right(two[0], reach) - common
    return common / union


def alike(sketches: Sequence[tuple[str, bytes]]) -> dict[str, list[str]]:
    """Give, by whose each is, whose other texts are near-identical to it, in the order given."""
    read: dict[bytes, tuple[array[int], frozenset[int]]] = {}
    like: dict[bytes, set[bytes]] = {}
    places: dict[int, list[bytes]] = {}
    for kept in dict.fromkeys(kept for _, kept in sketches):
        read[kept], like[kept] = _read(kept), {kept}
        tokens = read[kept][0][:_LOOKED_UP]
        for other in dict.fromkeys(other for token in tokens for other in places.get(token, ())):
            if _share(read[other], read[kept]) >= ALIKE:
                like[other].add(kept)
                like[kept].add(other)
        for token in tokens:
            places.setdefault(token, []).append(kept)
    found = {
        whose: [other for other, theirs in sketches if theirs in like[kept] and other != whose]
        for whose, kept in sketches
    }
    return {whose: others for whose, others in found.items() if others}


def texts_in(gists: Iterable[tuple[str, Gist]]) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Give each column with the sketches under it, each with whose it is."""
    by_column: dict[str, list[tuple[str, bytes]]] = {}
    for whose, gist in gists:
        for column, kept in gist.texts.items():
            by_column.setdefault(column, []).append((whose, kept))
    yield from by_column.items()
