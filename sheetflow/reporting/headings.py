"""Headings under which nothing is left: they go, and those after them are numbered anew.

Only where filling left nothing: a heading that an office put over another one stays.
"""

from __future__ import annotations

import re

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

_STYLE = f"{qn('w:pPr')}/{qn('w:pStyle')}"
_VALUE, _TEXT, _PARAGRAPH = qn("w:val"), qn("w:t"), qn("w:p")
_HEADING = re.compile(r"(?:heading\s*|标题\s*)?([1-9])", re.IGNORECASE)
_NUMBER = re.compile(r"[一二三四五六七八九十]{1,3}")
_DIGITS = "零一二三四五六七八九"


def remove_with_heading(paragraph: BaseOxmlElement) -> None:
    """Remove a paragraph of which nothing is left, and the headings that then stand over nothing."""
    before = paragraph.getprevious()
    paragraph.getparent().remove(paragraph)
    while before is not None and (level := _level(before)):
        following = before.getnext()
        if following is None or not 0 < _level(following) <= level:
            return
        empty, before = before, before.getprevious()
        _count_down(empty, level)
        empty.getparent().remove(empty)


def _level(element: BaseOxmlElement) -> int:
    """Give the level of a heading, 0 for anything else."""
    style = element.find(_STYLE) if element.tag == _PARAGRAPH else None
    found = _HEADING.fullmatch(style.get(_VALUE) or "") if style is not None else None
    return int(found[1]) if found else 0


def _count_down(heading: BaseOxmlElement, level: int) -> None:
    """Number the headings that follow on the same level as if this one were not there."""
    for other in heading.itersiblings():
        its = _level(other)
        if 0 < its < level:
            return
        if its == level:
            _lower(other)


def _lower(heading: BaseOxmlElement) -> None:
    for text in heading.iter(_TEXT):
        words = text.text or ""
        found = _NUMBER.search(words)
        if found and not words[: found.start()].strip("（( "):
            lower = _in_chinese(_number(found[0]) - 1)
            text.text = words[: found.start()] + lower + words[found.end() :]
            return
        if words.strip("（( "):
            return


def _number(words: str) -> int:
    tens, is_ten, ones = words.rpartition("十")
    value = _DIGITS.index(ones[-1]) if ones else 0
    return value + (10 * (_DIGITS.index(tens[-1]) if tens else 1) if is_ten else 0)


def _in_chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    words = (_DIGITS[tens] if tens > 1 else "") + "十" if tens else ""
    return words + (_DIGITS[ones] if ones or not tens else "")
