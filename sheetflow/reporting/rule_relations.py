"""Declared rules as the 审核关系 tables of a notice have them: 妇女之家数≤行政村数+社区数.

It prints what the language prints, with the signs and words of offices in place of brackets and quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetflow.schemas.forms import Form
from sheetflow.schemas.language.rules import rule_text
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.rules import DeclaredRule

_PIECE = re.compile(
    r'(?P<options>(?P<sign><>|=)\{(?P<words>[^{}]*)\})|(?P<compared><>|=)(?P<text>"[^"]*"|“[^”]*”)'
    r'|(?P<quoted>"[^"]*"|“[^”]*”)'
    r"|(?P<scope>《[^》]*》|\w+)?\[(?P<label>[^\]]*)\](?:\.\[(?P<of>[^\]]*)\])?"
    r"|(?P<operator><=|>=|<>|[*/])"
)
_OPERATORS = {"<=": "≤", ">=": "≥", "<>": "≠", "*": "×", "/": "÷"}
_LOOKS_LIKE_MORE = re.compile(r"[-+*/<>=≤≥≠×÷ ]|且|或")
_IS = {"=": "为", "<>": "不为"}
_WORD = re.compile(r'"([^"]*)"|“([^”]*)”')


def relation(form: Form, rule: DeclaredRule) -> str:
    """Give a rule as officers know it, with its condition before it."""
    words = Vocabulary.of(form.sheets, form.indicators)
    must = as_officers_write(rule_text(rule.must, words, rule.sheet))
    if rule.when is None:
        return must
    return f"{as_officers_write(rule_text(rule.when, words, rule.sheet))}时，{must}"


def as_officers_write(text: str) -> str:
    """Put what officers write in place of brackets, quotes and signs of the language."""
    return _PIECE.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    if found["options"]:
        listed = [one or other for one, other in _WORD.findall(found["words"])]
        return _IS[found["sign"]] + "或".join(f"“{word}”" for word in listed)
    if found["compared"]:
        word = found["text"][1:-1]
        return _IS[found["compared"]] + (f"“{word}”" if word else "空")
    if found["quoted"]:
        return f"“{found['quoted'][1:-1]}”"
    if found["operator"]:
        return _OPERATORS[found["operator"]]
    names = filter(None, (found["scope"], found["label"], found["of"]))
    return "的".join(f"[{name}]" if _LOOKS_LIKE_MORE.search(name) else name for name in names)


def limits_of(form: Form, rule: DeclaredRule) -> Iterator[str]:
    """Say where and when a rule is not asked."""
    if rule.skips_first:
        yield "每年第一期不查"
    if rule.only_last:
        yield "只在每年末期查"
    if rule.only_levels:
        yield f"只查{'、'.join(sorted(rule.only_levels))}级"
    if rule.trial_until:
        yield f"{form.period(rule.trial_until).label}以前试审，只作提示"
