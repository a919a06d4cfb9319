"""A template as it was meant: what people type and Word keeps around tags, read as the tags they are.

Chinese marks in tags (｛｛本期。S08｜万元｝｝, ｛％ if …％｝, “ ” as quotes), blanks between braces, tags
torn by spelling marks, and changes tracked under 修订, which count as accepted: what was deleted is
gone, and a tag in it too. Only what can mean one thing is changed; the rest is for `tag_faults`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from functools import lru_cache

from docx.opc.oxml import serialize_part_xml
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement

_PARTS = re.compile(r"word/(?:document|header|footer|footnotes|endnotes)\w*\.xml")
_REMEMBERED = 8
_LOOSE_TAG = re.compile(
    r"[{｛]\s*[{｛]([^{}｛｝]*)[}｝]\s*[}｝]|[{｛]\s*[%％]((?:(?![%％]\s*[}｝])[^{}｛｝])*)[%％]\s*[}｝]"
)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟＂", '"') | dict.fromkeys("‘’‚‛＇", "'"))
_LITERAL = re.compile(r"(\"[^\"]*\"|'[^']*')")
_HALF_WIDTH = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {"。": ".", "．": ".", "·": ".", "≥": ">=", "≤": "<=", "≠": "!="}
    | dict.fromkeys("\u3000\u00a0\u2002\u2003\u2009", " ")
)
_WORDS = "if|elif|else|endif|for|endfor|set|略零|全零|略零完"
_KIND = re.compile(rf"^\s*(p|tr|tc)\s+(?=(?:{_WORDS})(?:\W|$))", re.IGNORECASE)
_KEYWORD = re.compile(rf"^((?:p|tr|tc)\s+|\s*)({_WORDS})(?=\W|$)", re.IGNORECASE)
_ONE_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")

_TEXT, _PARAGRAPH, _ROW, _RUN_LOOK = qn("w:t"), qn("w:p"), qn("w:tr"), qn("w:rPr")
_PARAGRAPH_LOOK, _ROW_LOOK = qn("w:pPr"), qn("w:trPr")
_GONE, _COME = (qn("w:del"), qn("w:moveFrom")), (qn("w:ins"), qn("w:moveTo"))
_NOTES_OF_CHANGES = tuple(
    qn(f"w:{name}")
    for name in (
        *("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "trPrChange"),
        *("tcPrChange", "tblGridChange", "numberingChange", "cellIns", "cellDel", "cellMerge"),
        *("moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd"),
        "proofErr",
    )
)


@lru_cache(maxsize=_REMEMBERED)
def as_meant(template: bytes) -> bytes:
    """Give a .docx as it was meant; one without anything to mend as it is.

    Raise what `zipfile` and the XML parser raise for what is no document.
    """
    with zipfile.ZipFile(io.BytesIO(template)) as package:
        mended = {
            name: content
            for name in package.namelist()
            if _PARTS.fullmatch(name) and (content := _part_as_meant(package.read(name)))
        }
        if not mended:
            return template
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
            for name in package.namelist():
                target.writestr(name, mended.get(name) or package.read(name))
    return written.getvalue()


def _part_as_meant(content: bytes) -> bytes:
    """Give one part as it was meant, nothing where there is nothing to mend."""
    root = parse_xml(content)
    before = serialize_part_xml(root)
    _accept_changes(root)
    for paragraph in root.iter(_PARAGRAPH):
        _mend_tags(paragraph)
    after = serialize_part_xml(root)
    return after if after != before else b""


def tag_as_meant(tag: str) -> str:
    """Give one tag in half-width marks; what stands in quotes keeps its own."""
    found = _LOOSE_TAG.fullmatch(tag)
    if found is None:
        return tag
    inner = found[1] if found[1] is not None else found[2]
    pieces = _LITERAL.split(inner.translate(_QUOTES))
    words = "".join(
        piece if place % 2 else piece.translate(_HALF_WIDTH) for place, piece in enumerate(pieces)
    )
    if found[1] is not None:
        return f"{{{{{words}}}}}"
    words = _KIND.sub(lambda kind: f"{kind[1].lower()} ", words)
    words = _KEYWORD.sub(lambda word: word[1] + word[2].lower(), words)
    if re.match(r"\s*(?:(?:p|tr|tc)\s+)?(?:if|elif)\s", words):
        pieces = _LITERAL.split(words)
        words = "".join(
            piece if place % 2 else _ONE_EQUALS.sub("==", piece)
            for place, piece in enumerate(pieces)
        )
    return f"{{%{words}%}}"


def _mend_tags(paragraph: BaseOxmlElement) -> None:
    """Write each tag of a paragraph as it was meant, whole into the run that it begins in."""
    texts = [each for each in paragraph.iter(_TEXT) if _paragraph_of(each) is paragraph]
    words = "".join(text.text or "" for text in texts)
    for found in reversed(list(_LOOSE_TAG.finditer(words))):
        meant = tag_as_meant(found[0])
        if meant != found[0]:
            _put(texts, found.span(), meant)


def _paragraph_of(text: BaseOxmlElement) -> BaseOxmlElement | None:
    return next(text.iterancestors(_PARAGRAPH), None)


def _put(texts: Iterable[BaseOxmlElement], span: tuple[int, int], words: str) -> None:
    """Put `words` in the place of a stretch of the runs' text."""
    begins, (start, end) = 0, span
    for text in texts:
        old = text.text or ""
        head, tail = old[: max(start - begins, 0)], old[max(end - begins, 0) :]
        if begins < end and begins + len(old) > start:
            text.text = head + words + tail
            words = ""
        begins += len(old)


def _accept_changes(root: BaseOxmlElement) -> None:
    """Accept what was changed under 修订, and drop the spelling marks."""
    for element in list(root.iter(*_NOTES_OF_CHANGES)):
        _remove(element)
    for row in [each for each in root.iter(_ROW) if _is_gone(each.find(_ROW_LOOK))]:
        _remove(row)
    for element in list(root.iter(*_GONE)):
        if element.getparent() is not None and element.getparent().tag != _RUN_LOOK:
            _remove(element)
    for element in list(root.iter(*_COME)):
        _unwrap(element)
    for paragraph in list(root.iter(_PARAGRAPH)):
        look = paragraph.find(f"{_PARAGRAPH_LOOK}/{_RUN_LOOK}")
        if _is_gone(look):
            _join_with_next(paragraph)
    for element in list(root.iter(*_GONE)):
        _remove(element)


def _is_gone(look: BaseOxmlElement | None) -> bool:
    return look is not None and any(look.find(tag) is not None for tag in _GONE)


def _remove(element: BaseOxmlElement) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: BaseOxmlElement) -> None:
    """Leave what an element holds in its place."""
    parent = element.getparent()
    place = parent.index(element)
    for child in reversed(list(element)):
        parent.insert(place, child)
    parent.remove(element)


def _join_with_next(paragraph: BaseOxmlElement) -> None:
    """Put what is left of a paragraph whose mark was deleted before what follows."""
    following = paragraph.getnext()
    left = [child for child in paragraph if child.tag != _PARAGRAPH_LOOK]
    if following is None or following.tag != _PARAGRAPH:
        if not left and following is not None:
            _remove(paragraph)
        return
    place = 0 if following.find(_PARAGRAPH_LOOK) is None else 1
    for child in reversed(left):
        following.insert(place, child)
    _remove(paragraph)


def tags_in(text: str) -> Iterator[str]:
    """Give the whole tags in a text, as they stand."""
    return (found[0] for found in _LOOSE_TAG.finditer(text))
