"""What may stand in which place: functions, cells of other rows, figures; and why not elsewhere.

This module owns the list of functions with their shapes and the sentences that refuse. It looks at an
expression as it was read, before anybody asks what its names mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from sheetflow.schemas.expressions import Call, Cell, Expression, Joined, OwnCell, Scope
from sheetflow.schemas.language.marks import FAR
from sheetflow.schemas.language.misreadings import Fault
from sheetflow.schemas.likely import is_it, likely


class Place(StrEnum):
    """Where an expression stands, as a sentence calls it."""

    WHEN = "什么时候查"
    MUST = "应当满足"
    COUNTED = "计数 的条件"
    CONDITION = "条件"
    INDICATOR = "指标"
    LOOKUP = "带出栏"

    @property
    def in_rule(self) -> bool:
        """Whether it is a part of a rule."""
        return self in {Place.WHEN, Place.MUST, Place.COUNTED}

    @property
    def words(self) -> str:
        """Name it in front of 里不能用."""
        return "规则" if self in {Place.WHEN, Place.MUST} else self.value


RULE = frozenset({Place.WHEN, Place.MUST})
ASKED = frozenset({Place.WHEN, Place.MUST, Place.COUNTED})
_MUST = frozenset({Place.MUST})
_FIGURE = frozenset({Place.INDICATOR})


@dataclass(frozen=True, slots=True)
class Function:
    """A function: where it may stand, how many arguments it takes, and how it is written."""

    places: frozenset[Place]
    least: int
    most: int
    shape: str
    of_sheet: bool = False


_ANY = 20

FUNCTIONS = MappingProxyType(
    {
        "计数": Function(RULE | _FIGURE, 1, 2, "计数(表) 或 计数(表, 条件)", of_sheet=True),
        "合计": Function(
            RULE | _FIGURE, 2, 3, "合计(表, [栏目]) 或 合计(表, [甲]+[乙], 条件)", of_sheet=True
        ),
        "达到": Function(_FIGURE, 2, 2, "达到(指标, 数)"),
        "已报单位": Function(_FIGURE, 0, 0, "已报单位()"),
        "应报单位": Function(_FIGURE, 0, 0, "应报单位()"),
        "含": Function(ASKED, 2, 2, '含([可填多项的栏目], "选项")'),
        "字数": Function(ASKED, 1, 1, "字数([栏目])"),
        "新增": Function(RULE, 0, 0, "新增()"),
        "上期": Function(RULE, 1, 1, "上期(指标)"),
        "期初": Function(ASKED, 0, 1, "期初() 或 期初(几期以前)"),
        "期末": Function(ASKED, 0, 1, "期末() 或 期末(几期以前)"),
        "不重复": Function(_MUST, 1, _ANY, "不重复([栏目], [栏目])"),
        "有对应行": Function(
            _MUST,
            1,
            3,
            "有对应行(表)、有对应行(表, [引用栏]) 或 有对应行(表, [引用栏], 条件)",
            of_sheet=True,
        ),
    }
)
"""The functions by name. One is added when two campaigns need it, with its Excel side or a refusal."""

SPECIAL = frozenset({"不重复", "有对应行"})

_ONLY_ROW = "条件只看本行的栏目。请写成《审核》里的规则。"
_WHY_NOT = MappingProxyType(
    {
        Place.CONDITION: _ONLY_ROW,
        Place.INDICATOR: "它只能用在《审核》的规则里。",
        Place.COUNTED: "那里只写表中的栏目、本行[…]、带引号的文字和数。",
        Place.WHEN: "它只能用在《指标》的公式里，规则里请写那个指标的代码。",
        Place.MUST: "它只能用在《指标》的公式里，规则里请写那个指标的代码。",
        Place.LOOKUP: "带出栏要写成 [引用栏].[对方的栏]。",
    }
)


def misplaced(expression: Expression, place: Place) -> list[Fault]:
    """Find what may not stand in that place."""
    return list(_misplaced(expression, place, alone=place is Place.MUST))


def _misplaced(expression: Expression, place: Place, *, alone: bool) -> Iterator[Fault]:
    match expression:
        case Call():
            yield from _of_call(expression, place, alone=alone)
            return
        case Joined(word, parts):
            special = [isinstance(part, Call) and part.function in SPECIAL for part in parts]
            alone = alone and word == "且" and all(special)
        case Cell():
            yield from _of_cell(expression, place)
            alone = False
        case OwnCell() if place not in RULE:
            yield Fault(expression.at, f"{place.words}里不能用 本栏：请写出是哪个[栏目]。")
        case _:
            alone = False
    for part in expression.parts:
        yield from _misplaced(part, place, alone=alone)


def _of_call(call: Call, place: Place, *, alone: bool) -> Iterator[Fault]:
    name = call.function
    function = FUNCTIONS.get(name)
    if function is None:
        known = [each for each, told in FUNCTIONS.items() if place in told.places]
        word = likely(name, known) or likely(name, FUNCTIONS)
        able = f"可用：{'、'.join(known)}。" if known else ""
        yield Fault(call.at, f"没有“{name}”这个函数{is_it(word)}{able}", word)
        return
    if name in SPECIAL and not alone:
        yield Fault(call.at, f"{name} 只能单独写在“应当满足”里，几个之间只能用“且”连起来。")
        return
    if place not in function.places:
        yield _refused(call.at, name, place)
        return
    if not function.least <= len(call.arguments) <= function.most:
        yield Fault(call.at, f"{name} 要写成 {function.shape}。")
        return
    inside = Place.COUNTED if place.in_rule and function.of_sheet else place
    if function.of_sheet and place is Place.INDICATOR:
        inside = Place.CONDITION
    for part in call.arguments[1:] if function.of_sheet else call.arguments:
        yield from _misplaced(part, inside, alone=False)


def _refused(at: int, name: str, place: Place) -> Fault:
    if name.startswith("上期") and place is Place.INDICATOR:
        return Fault(at, "指标里不能用 上期[…]：上期数由程序自己比较。")
    return Fault(at, f"{place.words}里不能用 {name}：{_WHY_NOT[place]}")


def _of_cell(cell: Cell, place: Place) -> Iterator[Fault]:
    """Find a cell of a row that the place does not see, or one too far away."""
    if FAR in cell.of:
        path = ".".join(f"[{label}]" for label in (cell.column, *cell.of.split(FAR)))
        yield Fault(cell.at, f"只能经过一次引用：{path} 请分成两条规则。")
    elif cell.scope is Scope.BEFORE and place not in RULE:
        yield _refused(cell.at, "上期[…]", place)
    elif cell.scope is Scope.LOOKED_AT and not place.in_rule:
        yield Fault(cell.at, f"{place.words}里不能用 本行[…]：请直接写[{cell.column}]。")
    elif cell.card and not place.in_rule:
        yield _refused(cell.at, f"{cell.card}[…]", place)
    elif cell.of and (cell.card or cell.scope is not Scope.ROW):
        front = cell.card or ("上期" if cell.scope is Scope.BEFORE else "本行")
        whole = f"{front}[{cell.column}].[{cell.of}]"
        yield Fault(cell.at, f"不能写 {whole}：前面写了“{front}”的，不能再经过引用。")
