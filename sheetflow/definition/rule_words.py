"""A rule in plain words, for 填报说明, where the office wrote none: its expressions read aloud."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

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
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.sheets import Sheet

_SIGNS = MappingProxyType(
    {
        "=": "等于",
        "<>": "不等于",
        "<": "小于",
        ">": "大于",
        "<=": "不大于",
        ">=": "不小于",
        "+": "加",
        "-": "减",
        "*": "乘以",
        "/": "除以",
    }
)
_OF_TEXTS = MappingProxyType({"=": "为", "<>": "不为"})
_FEWEST = 2
_COMMA = re.compile("[，,]")
_QUOTED = re.compile("[{｛][^{}｛｝]*[}｝]")
_LONGEST_TITLE = 40


def usual_title(wrong: str) -> str:
    """Give the title of a rule that has none of its own: what is wrong up to the first comma, less its quotes."""
    return _COMMA.split(_QUOTED.sub("", wrong), maxsplit=1)[0].strip()[:_LONGEST_TITLE]


def worded(
    when: Expression | None,
    must: Expression,
    vocabulary: Vocabulary,
    sheet: str,
    points: Sequence[str],
) -> str:
    """Say when a rule asks and what it asks: “结对方式”为一帮一的，“主体数”应等于1."""
    speaker = _Speaker(vocabulary, vocabulary.sheets.get(sheet), points)
    asked = speaker.of(must)
    condition = f"{speaker.of(when)}的，" if when else ""
    return f"{condition}应当满足：{asked}"


@dataclass
class _Speaker:
    vocabulary: Vocabulary
    sheet: Sheet | None
    points: Sequence[str]

    def of(self, expression: Expression) -> str:  # noqa: PLR0911, C901 - one for each kind
        match expression:
            case Literal(value):
                return self._value(value)
            case Options(words):
                return "或".join(words)
            case Cell():
                return self._cell(expression)
            case OwnCell():
                return self._own()
            case Name(name):
                return self._name(name)
            case Not(part):
                return f"不是（{self.of(part)}）"
            case Minus(part):
                return f"负{self.of(part)}"
            case Joined(word, parts):
                within = (self._within(part) for part in parts)
                return f"{'，并且' if word == '且' else '，或者'}".join(within)
            case Operation(sign, left, right):
                return self._operation(sign, left, right)
            case Call(function, arguments):
                return self._call(function, arguments)
        return ""

    def _within(self, part: Expression) -> str:
        return f"（{self.of(part)}）" if isinstance(part, Joined) else self.of(part)

    @staticmethod
    def _value(value: object) -> str:
        if isinstance(value, bool):
            return "真" if value else "假"
        return str(value)

    def _cell(self, cell: Cell) -> str:
        sheet = self.vocabulary.sheets.get(cell.card) if cell.card else self.sheet
        label = sheet.labels.get(cell.column, cell.column) if sheet else cell.column
        front = "上期的" if cell.scope is Scope.BEFORE else ""
        words = f"《{sheet.title}》“{label}”" if cell.card and sheet else f"{front}“{label}”"
        target = sheet.by_key[cell.column].refers_to if sheet and cell.of else ""
        if target and target in self.vocabulary.sheets:
            other = self.vocabulary.sheets[target]
            words += f"所指的“{other.labels.get(cell.of, cell.of)}”"
        return words

    def _own(self) -> str:
        labels = self.sheet.labels if self.sheet else {}
        named = [labels.get(point, "") for point in self.points]
        return "、".join(f"“{label}”" for label in named if label) or "这一栏"

    def _name(self, name: str) -> str:
        if sheet := self.vocabulary.sheets.get(name):
            return f"《{sheet.title}》"
        indicator = self.vocabulary.indicators.get(name)
        return f"“{indicator.label.strip()}”" if indicator else name

    def _operation(self, sign: str, left: Expression, right: Expression) -> str:
        if right == Literal(""):
            return f"{self.of(left)}{'没有填' if sign == '=' else '已填写'}"
        texts = isinstance(right, Options) or (
            isinstance(right, Literal) and isinstance(right.value, str)
        )
        if texts and sign in _OF_TEXTS:
            return f"{self.of(left)}{_OF_TEXTS[sign]}{self.of(right)}"
        truths = isinstance(left, Operation | Joined | Not) and left != right
        if sign == "=" and truths and isinstance(right, Operation | Joined | Not):
            return f"{self.of(left)}与{self.of(right)}要么都成立、要么都不成立"
        return f"{self.of(left)}{_SIGNS.get(sign, sign)}{self.of(right)}"

    def _call(self, function: str, arguments: Sequence[Expression]) -> str:  # noqa: PLR0911
        first = arguments[0] if arguments else None
        match function:
            case "计数" | "合计" | "有对应行" if isinstance(first, Name):
                return self._of_sheet(function, first.name, arguments[1:])
            case "含" if len(arguments) == _FEWEST:
                return f"{self.of(arguments[0])}包括{self.of(arguments[1])}"
            case "字数" if first:
                return f"{self.of(first)}的字数"
            case "新增":
                return "新填"
            case "上期" if first:
                return f"{self.of(first)}上期数"
            case "期初" | "期末":
                back = self.of(first) if first else "0"
                edge = "第一天" if function == "期初" else "最后一天"
                return f"本期{edge}" if back == "0" else f"{back}期以前的{edge}"
            case "不重复":
                return f"{'、'.join(map(self.of, arguments))}不重复"
        return f"{function}（{'，'.join(map(self.of, arguments))}）"

    def _of_sheet(self, function: str, key: str, rest: Sequence[Expression]) -> str:
        """Say what is counted in another sheet, in the words of that sheet."""
        other = self.vocabulary.sheets.get(key)
        title = f"《{other.title}》" if other else key
        there = _Speaker(self.vocabulary, other, ())
        if function == "有对应行":
            asked = f"{there.of(rest[1])}的" if len(rest) > 1 else ""
            return f"{title}里有{asked}对应的一行"
        if function == "计数":
            asked = f"{there.of(rest[0])}的" if rest else ""
            return f"{title}里{asked}行数"
        asked = f"{there.of(rest[1])}的" if len(rest) > 1 else ""
        return f"{title}里{asked}{there.of(rest[0]) if rest else ''}合计"
