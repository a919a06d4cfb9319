"""Gathers a sheet's facts in one quick pass over its XML, as bytes.

This module owns the fast way, which takes the form that office programs write:
``<c r="A1" …>`` with the address first and double quotes. Anything else that is
legal XML (prefixes, no addresses, single quotes) goes to `sheet_walk`, which is
complete and about four times as slow; both give the same facts, and a property
test holds them to it. It takes parts that went through `plain_xml`, so that ``<``
begins a tag wherever it stands.
"""

from __future__ import annotations

import html
import re

from sheetflow.reading.sheet_facts import MAX_AREA, SheetFacts, check_grid
from sheetflow.reading.sheet_walk import walk_sheet
from sheetflow.workbook import Address

_ATTRIBUTES = rb'(?: [A-Za-z][\w:.]*="[^"<>]*")*'
_CELL = rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"'
_EVERY_CELL = re.compile(
    rb'<c(?=[\s/>])(?: r="([A-Z]{1,3})[1-9][0-9]{0,6}"' + _ATTRIBUTES + rb"/?>)?"
)
_CELL_ROW = re.compile(rb'<c r="[A-Z]{1,3}([0-9]+)')
_EVERY_ROW = re.compile(rb'<row(?=[\s/>])(?: r="([1-9][0-9]{0,6})"(' + _ATTRIBUTES + rb")/?>)?")
_FORMULA = re.compile(_CELL + _ATTRIBUTES + rb"><f" + _ATTRIBUTES + rb"(?:/>|>([^<]*)</f>)")
_EVERY_FORMULA = re.compile(rb"<f[\s/>]")
_ERROR = re.compile(
    _CELL + rb"(" + _ATTRIBUTES + rb') t="e"(' + _ATTRIBUTES + rb")>"
    rb"(?:<f" + _ATTRIBUTES + rb"(?:/>|>[^<]*</f>))?(?:<v>([^<]*)</v>|<v/>)?</c>"
)
_MERGE = re.compile(rb'<mergeCell ref="([A-Z0-9:]+)"')
_EVERY_MERGE = re.compile(rb"<mergeCell[\s/>]")
_PREFIXED = re.compile(rb":(?:c|row|f|v|is)[\s/>]")

Span = tuple[int, int]


def scan_sheet(part: bytes, *, takes_pictures: bool = False) -> SheetFacts:
    """Gather the facts of a worksheet part that `plain_xml` has passed.

    Raise UnreadableError (file-damaged) for cells outside the grid and for broken XML.
    """
    facts = quick_scan(part, takes_pictures=takes_pictures)
    if facts is None or facts.last_row * facts.last_column > MAX_AREA:
        # The walk counts filled cells only: formats alone, down to the last row, are harmless.
        return walk_sheet(part, takes_pictures=takes_pictures)
    return facts


def quick_scan(part: bytes, *, takes_pictures: bool = False) -> SheetFacts | None:
    """Gather the facts where the part keeps to the usual form; None where it does not."""
    start, end = part.find(b"<sheetData>"), part.find(b"</sheetData>")
    once = part.count(b"<sheetData") == part.count(b"</sheetData") == 1
    if start < 0 or not once or b"='" in part or _PREFIXED.search(part, start, end):
        return None
    facts, span = SheetFacts(takes_pictures), (start, end)
    complete = (
        _add_cells(part, span, facts)
        and _add_hidden_rows(part, span, facts)
        and _add_formulas(part, span, facts)
        and _add_errors(part, span, facts)
        and _add_merges(part, facts)
    )
    return facts if complete else None


def _add_cells(part: bytes, span: Span, facts: SheetFacts) -> bool:
    found = _EVERY_CELL.findall(part, *span)
    columns = set(found)
    if not found or b"" in columns:
        return not found
    rows = set(_CELL_ROW.findall(part, *span))
    facts.cells = len(found)
    facts.last_column = max(_column(letters) for letters in columns)
    facts.last_row = max(int(digits) for digits in rows)
    check_grid(facts.last_row, facts.last_column)
    return True


def _add_hidden_rows(part: bytes, span: Span, facts: SheetFacts) -> bool:
    for number, attributes in _EVERY_ROW.findall(part, *span):
        if not number:
            return False
        if b' hidden="1"' in attributes or b' hidden="true"' in attributes:
            check_grid(int(number), 1)
            facts.hidden_rows.add(int(number))
    return True


def _add_formulas(part: bytes, span: Span, facts: SheetFacts) -> bool:
    if part.find(b"<f", *span) < 0:
        return True
    count = 0
    for match in _FORMULA.finditer(part, *span):
        facts.add_formula(_address(match), _text(match[3]))
        count += 1
    return count == len(_EVERY_FORMULA.findall(part, *span))


def _add_errors(part: bytes, span: Span, facts: SheetFacts) -> bool:
    expected = part.count(b't="e"', *span)
    if not expected:
        return True
    count = 0
    for match in _ERROR.finditer(part, *span):
        is_rich = b" vm=" in match[3] or b" vm=" in match[4]
        facts.add_error(_address(match), _text(match[5]), is_rich=is_rich)
        count += 1
    return count == expected


def _add_merges(part: bytes, facts: SheetFacts) -> bool:
    references = _MERGE.findall(part)
    for reference in references:
        facts.add_merge(reference.decode("ascii"))
    return len(references) == len(_EVERY_MERGE.findall(part))


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return column


def _address(match: re.Match[bytes]) -> Address:
    return int(match[2]), _column(match[1])


def _text(raw: bytes | None) -> str:
    text = (raw or b"").decode("utf-8", errors="replace")
    return html.unescape(text) if "&" in text else text
