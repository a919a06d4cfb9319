"""Text into an expression: what it says, or where it cannot be understood and why.

This module owns the limits of one text and the sentences about its marks. It refuses to know what is
named in it (`names`) and what may stand where (`places`, `kinds`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from sheetflow.schemas.expressions import Call, Expression, Literal, Minus, Not
from sheetflow.schemas.language.marks import half_width
from sheetflow.schemas.language.misreadings import Fault, Faults, spot

if TYPE_CHECKING:
    from lark.exceptions import UnexpectedInput

LONGEST = 4_000
DEEPEST = 40
_LONGEST_CHAIN = 100
_MOST_DIGITS = 15
_LONGEST_TEXT = 255
"""Excel takes no longer text in a formula."""

_PAIRED = {"[": "方括号“]”", "［": "方括号“]”", "《": "书名号“》”"}
_QUOTES = frozenset("\"＂“”‘’'")
_BEGINNINGS = {"NUMBER", "STRING", "TRUTH", "OWN", "WORD", "TITLE", "LABEL", "_LBRACE", "NOT"}
_BETWEEN = {"SIGN", "PLUS", "TIMES", "_AND", "_OR", "_COMMA", "_DOT"}


def parse(text: str) -> Expression | Faults:
    """Read a text; Faults where it does not follow the grammar, or is longer or deeper than is allowed."""
    if not text.strip():
        return Faults([Fault(1, "这里要写一个式子，现在是空的。")])
    if len(text) > LONGEST:
        return Faults([Fault(1, f"式子有{len(text)}个字符，最多{LONGEST}个：请分成几条来写。")])
    from lark.exceptions import UnexpectedInput

    from sheetflow.schemas.language.grammar import READER

    read = half_width(text)
    try:
        expression = cast("Expression", READER.parse(read))
    except UnexpectedInput as error:
        return Faults([_fault(text, read, error)])
    beyond = _beyond_limits(expression, text)
    return expression if beyond is None else beyond


def _fault(text: str, read: str, error: UnexpectedInput) -> Fault:
    """Say what is wrong where the grammar cannot go on."""
    token = getattr(error, "token", None)
    kind = token.type if token is not None else ""
    at = min(getattr(error, "pos_in_stream", None) or 0, len(text)) + 1
    if kind == "$END":
        at = len(text) + 1
    expected = set(getattr(error, "accepts", None) or getattr(error, "expected", ()) or ())
    return Fault(at, f"{spot(text, at)}看不懂：{_reason(read, at, kind, expected)}")


def _reason(read: str, at: int, kind: str, expected: set[str]) -> str:
    """Say why: the first of these that is so."""
    here, before = read[at - 1 : at], read[: at - 1]
    in_braces = _open(before, "{", "}")
    begins = kind in _BEGINNINGS or kind == "_LPAR"
    ends = kind == "$END"
    compares_again = kind == "SIGN" and "SIGN" not in expected and bool(expected & _BETWEEN)
    reasons = {
        f"还缺一个右{_PAIRED.get(here)}。": not kind and here in _PAIRED,
        '引号要成对：开头和结尾用同一种，“ ”或 " "。': not kind and here in _QUOTES,
        _NO_SIGN: not kind,
        "还缺一个右括号。": ends and "_RPAR" in expected and _open(before, "(", ")"),
        "还缺一个右花括号“}”。": ends and in_braces,
        "多了一个右括号。": kind == "_RPAR" and not _open(before, "(", ")"),
        "一次只能比较两边：请用“且”分成两句，如 [甲]>=1 且 [甲]<=9。": compares_again,
        '花括号里只写带引号的文字，用逗号分开，如 {"甲","乙"}。': begins and in_braces,
        "它前面少了连接的符号，如 且、或、=、+。": begins,
    }
    missing = "它前面还缺一项，如 [栏目名称]、数、带引号的文字。"
    return next((reason for reason, holds in reasons.items() if holds), missing)


_NO_SIGN = "没有这个符号。栏目写在[ ]里，文字写在“ ”里，表名里有符号的写在《》里。"


def _open(read: str, left: str, right: str) -> bool:
    """Whether a bracket is still open at the end, those in labels, titles and texts aside."""
    bare = re.sub(r"[\[［][^\]］]*[\]］]|《[^》]*》|[\"＂][^\"＂]*[\"＂]|[“”][^“”]*[“”]", "", read)
    return bare.count(left) > bare.count(right)


def _beyond_limits(expression: Expression, text: str) -> Faults | None:
    """Find what is too deep, or a number or text that no formula can hold; without recursion."""
    faults = []
    waiting = [(expression, 1, 1)]
    while waiting:
        part, depth, chain = waiting.pop()
        at = int(getattr(part, "at", 0))
        if depth > DEEPEST:
            deep = f"{spot(text, at)}套得太深，最多{DEEPEST}层：请分成几条来写。"
            return Faults([Fault(at, deep)])
        if chain > _LONGEST_CHAIN + DEEPEST:
            long = f"式子里连起来的项太多，最多{_LONGEST_CHAIN}项：请分成几条来写。"
            return Faults([Fault(at, long)])
        if isinstance(part, Literal) and (wrong := _too_long(part)):
            faults.append(Fault(at, f"{spot(text, at)}{wrong}"))
        nests = isinstance(part, Call | Not | Minus)
        for number, each in enumerate(part.parts):
            goes_on = not nests and number == 0
            waiting.append((each, depth if goes_on else depth + 1, chain + 1))
    return Faults(sorted(faults, key=lambda fault: fault.at)) if faults else None


def _too_long(part: Literal) -> str:
    value = part.value
    if isinstance(value, str):
        long = f"有{len(value)}个字，引号里最多{_LONGEST_TEXT}个字。"
        return long if len(value) > _LONGEST_TEXT else ""
    digits = sum(map(str.isdigit, str(value)))
    return f"位数太多，最多{_MOST_DIGITS}位。" if digits > _MOST_DIGITS else ""
