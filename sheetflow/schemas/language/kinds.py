"""The kinds of things an expression is about, and what of different kinds cannot be put together.

Nothing is ever converted: a number is no text, a date no number. This module owns the sentences that say
so of what stands between signs; what functions take is told by `arguments`. It looks at expressions whose
names were found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

from sheetflow.schemas.cells import Attachment, CellType, Day, References
from sheetflow.schemas.columns import Column
from sheetflow.schemas.expressions import (
    Call,
    Cell,
    Expression,
    Joined,
    Literal,
    Minus,
    Not,
    Operation,
    Options,
    OwnCell,
)
from sheetflow.schemas.language.misreadings import Fault, Faults
from sheetflow.schemas.language.names import Seen, labelled
from sheetflow.schemas.language.printer import show
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.options import Choices


class Sort(StrEnum):
    """What an expression gives, in the word for it."""

    NUMBER = "数"
    TEXT = "文字"
    DATE = "日期"
    TRUTH = "判断"
    SET = "多项"


_EQUAL = frozenset({"=", "<>"})
_COMPARISONS = _EQUAL | {"<", ">", "<=", ">="}
_ORDERED = frozenset({Sort.NUMBER, Sort.DATE})
_MOST_SAID = 24


def sort_of(kind: CellType) -> Sort:
    """Give what the cells of a column hold."""
    if kind.numeric:
        return Sort.NUMBER
    if isinstance(kind, Day):
        return Sort.DATE
    return Sort.SET if isinstance(kind, Choices | References | Attachment) else Sort.TEXT


def mixed_up(
    expression: Expression, vocabulary: Vocabulary, seen: Seen, wanted: Sort | None = Sort.TRUTH
) -> Faults:
    """Find what cannot be put together, and an expression that gives something else than is wanted.

    Of the columns that 本栏 stands for each is tried.
    """
    tried: dict[Fault, None] = {}
    for point in seen.points or (None,):
        kinds = Kinds(vocabulary, point)
        given = kinds.tried(expression, seen)
        if given and wanted and given is not wanted:
            told = f"这里要写能判断成立不成立的式子，如 [甲]>=[乙]，现在是{given}。"
            kinds.faults.append(Fault(place_of(expression), told))
        tried |= dict.fromkeys(kinds.faults)
    return Faults(tried)


def place_of(expression: Expression) -> int:
    """Give where an expression begins in its text."""
    return int(getattr(expression, "at", 0))


def is_blank_text(expression: Expression) -> bool:
    """Whether it is ``""``, which stands for a blank cell."""
    return isinstance(expression, Literal) and expression.value == ""


class _Mixed(Exception):  # noqa: N818 - on its way to the list of faults
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@dataclass
class Kinds:
    """Tells what parts of one expression give; `own` is the column that 本栏 stands for."""

    vocabulary: Vocabulary
    own: Column | None
    faults: list[Fault] = field(default_factory=list)

    def tried(self, expression: Expression, seen: Seen) -> Sort | None:
        """Give what an expression gives; None where that is noted as a fault."""
        try:
            return self.sort(expression, seen)
        except _Mixed as mixed:
            self.faults.append(mixed.fault)
            return None

    def refuse(self, part: Expression, message: str, word: str = "") -> NoReturn:
        """Give up a part with a sentence; what stands beside it is looked at all the same."""
        raise _Mixed(Fault(place_of(part), message, word))

    def said(self, expression: Expression, seen: Seen) -> str:
        """Quote a part of the expression as people write it."""
        written = show(labelled(expression, self.vocabulary, seen))
        return written if len(written) <= _MOST_SAID else f"{written[:_MOST_SAID]}…"

    def sort(self, expression: Expression, seen: Seen) -> Sort:
        """Give what an expression gives."""
        match expression:
            case Joined() | Not():
                for part in expression.parts:
                    self._truth(part, seen)
                return Sort.TRUTH
            case Operation(sign) if sign in _COMPARISONS:
                self._compared(expression, seen)
                return Sort.TRUTH
            case Operation():
                return self._reckoned(expression, seen)
            case Call():
                from sheetflow.schemas.language.arguments import given_by

                return given_by(expression, self, seen)
        return self._single(expression, seen)

    def _single(self, expression: Expression, seen: Seen) -> Sort:
        match expression:
            case Literal(bool()):
                return Sort.TRUTH
            case Literal(str()):
                return Sort.TEXT
            case Options():
                self.refuse(expression, '花括号只能写在“=”或“<>”的右边，如 [状态]={"甲","乙"}。')
            case Cell():
                column = seen.column(expression, self.vocabulary)
                return sort_of(column.type) if column else Sort.TEXT
            case OwnCell():
                if self.own is None:
                    self.refuse(expression, "本栏 是“指向栏目”里的栏目：请先填写“指向栏目”。")
                return sort_of(self.own.type)
            case Minus(part):
                self.number(part, seen)
        return Sort.NUMBER

    def number(self, part: Expression, seen: Seen) -> None:
        """Ask for a number."""
        if (given := self.sort(part, seen)) is not Sort.NUMBER:
            self.refuse(part, f"{self.said(part, seen)} 是{given}，不能计算。")

    def _truth(self, part: Expression, seen: Seen) -> None:
        given = self.tried(part, seen)
        if given and given is not Sort.TRUTH:
            said = self.said(part, seen)
            told = f"{said} 是{given}，不是判断，不能用 且、或、非 连起来：请写成 {said}=…。"
            self.faults.append(Fault(place_of(part), told))

    def _reckoned(self, whole: Operation, seen: Seen) -> Sort:
        left, right = self.sort(whole.left, seen), self.sort(whole.right, seen)
        if left is Sort.DATE and right is Sort.DATE and whole.sign == "-":
            return Sort.NUMBER
        if left is Sort.DATE and right is Sort.NUMBER and whole.sign in "+-":
            return Sort.DATE
        if not left is right is Sort.NUMBER:
            self._no_numbers(whole, left, right, seen)
        return Sort.NUMBER

    def _no_numbers(self, whole: Operation, left: Sort, right: Sort, seen: Seen) -> NoReturn:
        if {left, right} <= _ORDERED:
            self.refuse(whole, "日期只能减日期（得天数），或加减天数，天数写在右边。")
        odd, given = (whole.left, left) if left is not Sort.NUMBER else (whole.right, right)
        joins = "，文字也不能拼接" if given is Sort.TEXT and whole.sign == "+" else ""
        self.refuse(odd, f"{self.said(odd, seen)} 是{given}，不能计算{joins}。")

    def _compared(self, whole: Operation, seen: Seen) -> None:
        left, right = whole.left, whole.right
        if is_blank_text(left):
            left, right = right, left
        if is_blank_text(right):
            self._blank(whole, left, seen)
            return
        given = self.sort(left, seen)
        if isinstance(right, Options):
            self._one_of(whole, given, seen)
            return
        other = self.sort(right, seen)
        if given is not other or given is Sort.SET:
            self._unlike(whole, given, other, seen)
        if whole.sign not in _EQUAL and given not in _ORDERED:
            self.refuse(left, f"{self.said(left, seen)} 是{given}，不能比大小。")

    def _blank(self, whole: Operation, cell: Expression, seen: Seen) -> None:
        if not isinstance(cell, Cell | OwnCell):
            self.refuse(whole, '""表示空着，只能和[栏目]比较。')
        self.sort(cell, seen)
        if whole.sign not in _EQUAL:
            said = self.said(cell, seen)
            self.refuse(whole, f'{said} 和""只能用“=”（空着）或“<>”（填了）比较。')

    def _one_of(self, whole: Operation, given: Sort, seen: Seen) -> None:
        said = self.said(whole.left, seen)
        if given is Sort.SET:
            self.refuse(
                whole.left, f"{said} 可填多项，不能用花括号：请写成 含({said}, …)，用“或”连起来。"
            )
        if given is not Sort.TEXT:
            self.refuse(whole.left, f"花括号里是文字，{said} 是{given}，两样不能比。")
        if whole.sign not in _EQUAL:
            self.refuse(whole, "花括号只能用“=”（是其中一项）或“<>”（都不是）比较。")

    def _unlike(self, whole: Operation, given: Sort, other: Sort, seen: Seen) -> NoReturn:
        left, right = self.said(whole.left, seen), self.said(whole.right, seen)
        if Sort.SET in {given, other}:
            many = left if given is Sort.SET else right
            said = f"{many} 可填多项，不能用“{whole.sign}”比较：请写成 含({many}, …)。"
            self.refuse(whole, said)
        texts = [
            each.value
            for each in (whole.left, whole.right)
            if isinstance(each, Literal) and isinstance(each.value, str)
        ]
        hint = ""
        if texts and Sort.DATE in {given, other}:
            hint = "：日期不写在引号里，请和另一个日期栏或 期初()、期末() 比"
        elif texts and Sort.NUMBER in {given, other} and texts[0].strip().isdecimal():
            hint = "：数不加引号"
        self.refuse(whole, f"{left} 是{given}，{right} 是{other}，两样不能比{hint}。")
