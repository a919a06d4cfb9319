"""Gathers a sheet's facts quickly from its XML, as bytes.

This module owns the fast way, which takes the form that office programs write:
``<c r="A1" …>`` with the address first and double quotes. Rows of nothing but plain
values, nearly all of a filled sheet, are recognised whole by one strict pattern, so
nothing can hide in them; what remains between them is searched by a pattern a fact.
Anything else that is legal XML (prefixes, no addresses, single quotes) goes to
`sheet_walk`, which is complete and about six times as slow; both give the same facts,
and a property test holds them to it. It takes parts that went through `plain_xml`, so
that ``<`` begins a tag wherever it stands.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from xml.parsers import expat

from sheetflow.errors import UnreadableError
from sheetflow.reading.marks import NO_MARKS, Marks
from sheetflow.reading.sheet_facts import MAX_AREA, SheetFacts, check_grid
from sheetflow.reading.sheet_marks import add_marked
from sheetflow.reading.sheet_walk import walk_sheet
from sheetflow.workbook import Address

# No ``&`` in a value: an attribute may spell its letters as character references.
_VALUE = rb'="[^"<>&\x00-\x08\x0b\x0c\x0e-\x1f]*+"'
_ATTRIBUTES = rb"(?: [A-Za-z][\w:.]*+" + _VALUE + rb")*+"
_NUMBER = rb"[1-9][0-9]{0,6}+"

# A row of at least one cell, none of them a formula or an error (t="e"), the row not
# hidden, each value in the form of its kind. Its cells repeat its number, so one number
# tells the place of them all. The repeats are possessive: no hostile row makes the pattern
# try twice.
_FIGURE = rb"(?:/>|>(?:<v>[0-9eETZ.:+-]*+</v>|<v/>)?+</c>)"
_INLINE = rb'(?:/>|>(?:<is><t(?: xml:space="preserve")?+>[^<]*+</t></is>)?+</c>)'
_RESULT_TEXT = rb"(?:/>|>(?:<v>[^<]*+</v>|<v/>)?+</c>)"


@lru_cache(maxsize=64)
def _plain_row(marks: Marks) -> re.Pattern[bytes]:
    """The pattern of a plain row; a row with a marked cell is none."""
    style = rb'(?: s="' + _none_of(marks.styles, b'"') + rb'(?:0|[1-9][0-9]*+)")?+'
    number = rb"<v>" + _none_of(marks.texts, b"<") + rb"(?:0|[1-9][0-9]*+)</v>"
    shared = rb"(?:/>|>(?:" + number + rb")?+</c>)"
    words = rb'inlineStr"' + _INLINE + rb'|str"' + _RESULT_TEXT
    kinds = rb's"' + shared + rb"|" + words + rb'|[nbd]"' + _FIGURE
    cell = rb'<c r="[A-Z]{1,3}+\1"' + style + rb'(?: t="(?:' + kinds + rb")|" + _FIGURE + rb")"
    return re.compile(
        rb'<row r="(' + _NUMBER + rb')"(?: (?!hidden="[1t])[A-Za-z][\w:.]*+' + _VALUE + rb")*+>"
        rb"(?:" + cell + rb")++</row>"
    )


def _none_of(numbers: Iterable[int], end: bytes) -> bytes:
    listed = b"|".join(b"%d" % number for number in sorted(numbers))
    return rb"(?!(?:" + listed + rb")" + end + rb")" if listed else b""


_COLUMN = re.compile(rb'<c r="([A-Z]++)')

_CELL = rb'<c r="([A-Z]{1,3}+)(' + _NUMBER + rb')"'
_EVERY_CELL = re.compile(
    rb'<c(?=[\s/>])(?: r="[A-Z]{1,3}+(' + _NUMBER + rb')"' + _ATTRIBUTES + rb"/?>)?"
)
_EVERY_ROW = re.compile(rb'<row(?=[\s/>])(?: r="(' + _NUMBER + rb')"(' + _ATTRIBUTES + rb")/?>)?")
_FORMULA = re.compile(
    _CELL + _ATTRIBUTES + rb"><f" + _ATTRIBUTES + rb"(?:/>|>([^<]*+)</f>)(<v>[^<])?+"
)
_EVERY_FORMULA = re.compile(rb"<f[\s/>]")
_ERROR = re.compile(
    _CELL + rb'(?=[^<>]* t="e")(' + _ATTRIBUTES + rb")>"
    rb"(?:<f" + _ATTRIBUTES + rb"(?:/>|>[^<]*+</f>))?(?:<v>([^<]*+)</v>|<v/>)?</c>"
)
_MERGE = re.compile(rb'<mergeCell ref="([A-Z0-9:]+)"')
_EVERY_MERGE = re.compile(rb"[<:]mergeCell[\s/>]")
_PREFIXED = re.compile(rb":(?:c|row|f|v|is|r|t|rPr|rPh)[\s/>]")
_SAID = rb"(?:<f" + _ATTRIBUTES + rb"(?:/>|>[^<]*+</f>))?+"
_SOUND_SHARED = re.compile(
    rb'<c [^<>]*t="s"[^<>]*(?:/>|(?<!/)>' + _SAID + rb"(?:<v>[0-9]++</v>)?+</c>)"
)
_ODD_NUMBER = re.compile(
    rb'<c (?![^<>]* t="(?:str|e)")[^<>]*>\s*+'
    + _SAID
    + rb"\s*+<v(?:\s[^<>]*+)?>(?:[^<0-9.+-]|[^<]*?(?:&|\s<))"
)
_NESTED = re.compile(
    rb"<c(?: [^<>]*+)?(?<!/)>\s*+<c[\s>]|</(?:v|f|is)>\s*+<c[\s>]|<[vf](?: [^<>]*+)?/>\s*+<c[\s>]"
    rb"|<[vf](?: [^<>]*+)?(?<!/)><(?!/)"
    rb"|(?:<row[^<>]*+(?<!/)>|</c>|<c [^<>]*+(?<=/)>)\s*+(?:<>|<row[\s>])"
)
_TWO_TEXTS = re.compile(rb't="inlineStr"[^<>]*>\s*+' + _SAID + rb"\s*+<v")
_RESULT = re.compile(rb"(?:<v>([^<]*+)</v>|<v/>)?+</c>")
_REFERENCES = re.compile(r"(?:&[#\w]*+;?+)++")

_OPENING, _CLOSING = b"<sheetData>", b"</sheetData>"
_GAP = b"<>"
"""Stands where something was taken out, so that no tag grows together over it."""


def scan_sheet(part: bytes, *, takes_pictures: bool = False, marks: Marks = NO_MARKS) -> SheetFacts:
    """Gather the facts of a worksheet part that `plain_xml` has passed.

    Raise UnreadableError (file-damaged) for cells outside the grid and for broken XML.
    """
    facts = quick_scan(part, takes_pictures=takes_pictures, marks=marks)
    if facts is None or facts.last_row * facts.last_column > MAX_AREA:
        # The walk counts filled cells only: formats alone, down to the last row, are harmless.
        return walk_sheet(part, takes_pictures=takes_pictures, marks=marks)
    return facts


def quick_scan(
    part: bytes, *, takes_pictures: bool = False, marks: Marks = NO_MARKS
) -> SheetFacts | None:
    """Gather the facts where the part keeps to the usual form; None where it does not."""
    opening, closing = part.find(_OPENING), part.rfind(_CLOSING)
    if not 0 <= opening < closing or marks.are_many:
        return None
    span = (opening + len(_OPENING), closing)
    pieces = _plain_row(marks).split(
        part[slice(*span)]
    )  # what remains, a row's number, what remains, …
    rest = _GAP.join(filter(None, pieces[::2]))
    frame = _GAP.join((part[:opening], part[closing + len(_CLOSING) :]))
    if _is_strange(frame, rest) or _has_odd_values(rest):
        return None
    _check_form(part[: span[0]], *pieces[::2], part[closing:])
    facts = SheetFacts(takes_pictures)
    complete = (
        _add_cells(rest, pieces[1::2], _COLUMN.findall(part, *span), facts)
        and _add_hidden_rows(rest, facts)
        and _add_formulas(rest, facts)
        and _add_errors(rest, facts)
        and _add_merges(frame, facts)
        and add_marked(rest, marks, facts)
    )
    return facts if complete else None


def _check_form(*pieces: bytes) -> None:
    """Refuse a part that is not well-formed; the plain rows, left out here, are so each."""
    parser = expat.ParserCreate()
    try:
        for piece in pieces:
            parser.Parse(piece)
        parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        raise UnreadableError("file-damaged") from error


def _is_strange(frame: bytes, rest: bytes) -> bool:
    """Whether something stands where the patterns would not look for it.

    `frame` is what surrounds the rows; `rest` are the rows that are not plain.
    """
    return (
        b"sheetData" in frame  # calamine would read the first of two, whatever its prefix
        or b"sheetData" in rest
        or b"mergeCell" in rest
        or b"='" in rest
        or _PREFIXED.search(rest) is not None
        or _NESTED.search(rest) is not None
    )


def _has_odd_values(rest: bytes) -> bool:
    """Whether a value is not written in the form of its kind, so that it must be mended."""
    shared = rest.count(b't="s"')
    if shared and shared != len(_SOUND_SHARED.findall(rest)):
        return True
    return bool(_ODD_NUMBER.search(rest) or _TWO_TEXTS.search(rest))


def _add_cells(
    rest: bytes, plain: Iterable[bytes], columns: Sequence[bytes], facts: SheetFacts
) -> bool:
    """Add the extent; `plain` are the numbers of plain rows, `columns` the letters of all cells."""
    numbers = {*plain, *_EVERY_CELL.findall(rest)}
    if not numbers or b"" in numbers:
        return not numbers
    facts.cells = len(columns)
    facts.last_column = max(_column(letters) for letters in set(columns))
    facts.last_row = max(map(int, numbers))
    check_grid(facts.last_row, facts.last_column)
    return True


def _add_hidden_rows(rest: bytes, facts: SheetFacts) -> bool:
    for number, attributes in _EVERY_ROW.findall(rest):
        if not number:
            return False
        if b' hidden="1"' in attributes or b' hidden="true"' in attributes:
            check_grid(int(number), 1)
            facts.hidden_rows.add(int(number))
    return True


def _add_formulas(rest: bytes, facts: SheetFacts) -> bool:
    expected = len(_EVERY_FORMULA.findall(rest))
    if not expected:
        return True
    count = 0
    for match in _FORMULA.finditer(rest):
        # Nearly every formula has a result; only of the others is more to be learnt.
        saved = match[4] is not None or _has_empty_result(match, rest)
        if saved is None:
            return False
        facts.add_formula(_address(match), _text(match[3]), is_saved=saved)
        count += 1
    return count == expected


def _has_empty_result(formula: re.Match[bytes], rest: bytes) -> bool | None:
    """Whether what was saved of a formula is the empty text; None where that is not plain."""
    result = _RESULT.match(rest, formula.end())
    if result is None or result[1]:
        return None
    return result[0] != b"</c>" and b' t="str"' in formula[0]


def _add_errors(rest: bytes, facts: SheetFacts) -> bool:
    expected = rest.count(b't="e"')
    if not expected:
        return True
    count = 0
    for match in _ERROR.finditer(rest):
        facts.add_error(_address(match), _text(match[4]), is_rich=b" vm=" in match[3])
        count += 1
    return count == expected


def _add_merges(frame: bytes, facts: SheetFacts) -> bool:
    references = _MERGE.findall(frame)
    for reference in references:
        facts.add_merge(reference.decode("ascii"))
    return len(references) == len(_EVERY_MERGE.findall(frame))


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return column


def _address(match: re.Match[bytes]) -> Address:
    return int(match[2]), _column(match[1])


def _text(raw: bytes | None) -> str:
    text = (raw or b"").decode("utf-8", errors="replace")
    return _REFERENCES.sub(_unescaped, text) if "&" in text else text


def _unescaped(references: re.Match[str]) -> str:
    return _characters(references[0])


@lru_cache(maxsize=1024)
def _characters(references: str) -> str:
    """Give what a run of references stands for; a column of formulas repeats few runs."""
    return html.unescape(references)
