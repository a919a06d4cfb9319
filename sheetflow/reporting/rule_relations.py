"""Declared rules as the 审核关系 tables of a notice have them: 妇女之家数≤行政村数+社区数.

What the language writes with brackets, quotes and functions stands here in the signs and words of
offices; the names are those of the columns today.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sheetflow.schemas.expressions import (
    Call,
    Cell,
    Expression,
    Joined,
    Literal,
    Minus,
    Name,
    Not,
    Operation,
    Options,
    OwnCell,
    Scope,
)
from sheetflow.schemas.forms import Form
from sheetflow.schemas.language.names import Seen, labelled
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.rules import DeclaredRule

_SIGNS = {"<=": "≤", ">=": "≥", "<>": "≠", "*": "×", "/": "÷"}
_COMPARING = frozenset({"=", "<>", "<", ">", "<=", ">="})
_IS = {"=": "为", "<>": "不为"}
_SCOPES = {Scope.BEFORE: "上期的", Scope.LOOKED_AT: "本行的"}


def relation(form: Form, rule: DeclaredRule) -> str:
    """Give a rule as officers know it, with its condition before it."""
    words = Vocabulary.of(form.sheets, form.indicators)
    said = Officers(_points(form, rule))
    must = said.write(labelled(rule.must, words, Seen(rule.sheet)))
    if rule.when is None:
        return must
    return f"{said.write(labelled(rule.when, words, Seen(rule.sheet)))}时，{must}"


def limits_of(form: Form, rule: DeclaredRule) -> Iterator[str]:
    """Say where and when a rule is not asked."""
    if rule.skips_first:
        yield "每年第一期不查"
    if rule.only_last:
        yield "只在每年末期查"
    if rule.only_levels:
        yield f"只查{'、'.join(sorted(rule.only_levels))}级"
    if rule.trial_until:
        yield f"到{form.period(rule.trial_until).label}为止试审，只作提示"


def _points(form: Form, rule: DeclaredRule) -> tuple[str, ...]:
    """Name what a rule points to, each in turn."""
    names = []
    for point in rule.points:
        at, _, key = point.rpartition(".")
        sheet, indicator = form.by_key.get(at or rule.sheet), form.indicator.get(point)
        label = sheet.labels.get(key, "") if sheet else ""
        names.append(label or (indicator.label.strip("　 ") if indicator else point))
    return tuple(names)


@dataclass(frozen=True, slots=True)
class Officers:
    """Writes expressions in which everything has its name; `points` is what 本栏 stands for."""

    points: tuple[str, ...] = ()

    def write(self, expression: Expression) -> str:  # noqa: PLR0911 - one for each kind
        """Write one expression."""
        match expression:
            case Joined(word, parts):
                return word.join(self._inside(part, Joined) for part in parts)
            case Not(part):
                return f"不满足{self._inside(part, Joined | Operation)}"
            case Minus(part):
                return f"-{self._inside(part, Joined | Operation)}"
            case Operation():
                return self._operation(expression)
            case Call():
                return self._call(expression)
            case Cell(column, of, scope, card):
                named = f"{column}的{of}" if of else column
                return f"《{card}》的{named}" if card else _SCOPES.get(scope, "") + named
            case OwnCell():
                return "、".join(self.points) + ("各" if len(self.points) > 1 else "")
            case Options(words):
                return "或".join(f"“{word}”" for word in words)
        return _plainly(expression)

    def _inside(self, part: Expression, looser: type | object) -> str:
        text = self.write(part)
        return f"（{text}）" if isinstance(part, looser) else text  # type: ignore[arg-type]

    def _operation(self, whole: Operation) -> str:
        sign, left, right = whole.sign, whole.left, whole.right
        if sign in _IS and _is_truth(left) and _is_truth(right):
            both = f"{self.write(left)}，与{self.write(right)}"
            return f"{both}，{'同时成立或同时不成立' if sign == '=' else '只能成立一个'}"
        if sign in _IS and isinstance(right, Options):
            return f"{self._inside(left, Joined)}{_IS[sign]}{self.write(right)}"
        if sign in _IS and isinstance(right, Literal) and isinstance(right.value, str):
            word = f"“{right.value}”" if right.value else "空"
            return f"{self._inside(left, Joined)}{_IS[sign]}{word}"
        if sign in _COMPARING:
            sides = [self._inside(side, Joined) for side in (left, right)]
        else:
            sides = [self._term(side, sign, is_right=side is right) for side in (left, right)]
        return _SIGNS.get(sign, sign).join(sides)

    def _term(self, side: Expression, sign: str, *, is_right: bool) -> str:
        """Write one side of a sum or a product, in brackets where it holds together less."""
        text, own = self.write(side), side.sign if isinstance(side, Operation) else ""
        loose = own in {"+", "-"} and (sign in {"*", "/"} or (is_right and sign == "-"))
        loose |= own in _COMPARING or isinstance(side, Joined)
        loose |= is_right and sign == "/" and own in {"*", "/"}
        return f"（{text}）" if loose else text

    def _call(self, call: Call) -> str:  # noqa: PLR0911 - one for each function
        parts = [self.write(part) for part in call.arguments]
        title = call.arguments[0].name if parts and isinstance(call.arguments[0], Name) else ""
        match call.function, len(parts):
            case "计数", count:
                return f"《{title}》的行数" if count == 1 else f"《{title}》中{parts[1]}的行数"
            case "合计", count:
                rows = f"《{title}》" if count == 2 else f"《{title}》中{parts[2]}的行的"  # noqa: PLR2004
                return f"{rows}{parts[1]}合计"
            case "有对应行", count:
                asked = f"且{parts[2]}" if count == 3 else ""  # noqa: PLR2004
                return f"《{title}》中有对应{asked}的行"
            case "不重复", _:
                return f"{'、'.join(parts)}合起来不与别的行重复"
            case "含", 2:
                return f"{parts[0]}含{parts[1]}"
            case "字数", 1:
                return f"{parts[0]}的字数"
            case "新增", 0:
                return "本行是本期新增"
            case "上期", 1:
                return f"上期的{parts[0]}"
            case ("期初" | "期末") as end, count:
                back = parts[0] if count else "0"
                return f"本{end}" if back == "0" else f"{back}期前的{end}"
        return f"{call.function}（{'，'.join(parts)}）"


def _is_truth(part: Expression) -> bool:
    return isinstance(part, Joined | Not) or (
        isinstance(part, Operation) and part.sign in _COMPARING
    )


def _plainly(expression: Expression) -> str:
    match expression:
        case Literal(bool(value)):
            return "真" if value else "假"
        case Literal(str(value)):
            return f"“{value}”"
        case Literal(value):
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        case Name(name):
            return name
    raise NotImplementedError
