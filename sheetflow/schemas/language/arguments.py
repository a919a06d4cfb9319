"""What the functions take and give: which kind of thing stands in which of their places.

This module owns the sentences about their arguments; how many there may be and where a function may
stand is told by `places`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from sheetflow.schemas.expressions import (
    Call,
    Cell,
    Expression,
    Joined,
    Literal,
    Name,
    Operation,
    OwnCell,
    Scope,
)
from sheetflow.schemas.language.kinds import Kinds, Sort
from sheetflow.schemas.language.names import Seen
from sheetflow.schemas.language.printer import named
from sheetflow.schemas.sheets import Sheet


def given_by(call: Call, kinds: Kinds, seen: Seen) -> Sort:
    """Give what a call gives; what is wrong with it is refused by `kinds`."""
    return _FUNCTIONS[call.function](call, kinds, seen)


def added(summed: Expression) -> list[Expression]:
    """Give what is added up, from left to right."""
    match summed:
        case Operation("+", left, right):
            return [*added(left), *added(right)]
    return [summed]


def _counted(call: Call, kinds: Kinds, seen: Seen) -> Sort:
    sheet = _table(call, kinds)
    _conditions(call.arguments[1:], call, kinds, seen.counting(sheet.key))
    return Sort.NUMBER


def _added_up(call: Call, kinds: Kinds, seen: Seen) -> Sort:
    counted = seen.counting(_table(call, kinds).key)
    for part in added(call.arguments[1]):
        if not _is_plain(part):
            kinds.refuse(part, "合计 里只写表中的栏目，用“+”连起来，如 合计(表, [甲]+[乙])。")
        if (given := kinds.sort(part, counted)) is not Sort.NUMBER:
            kinds.refuse(part, f"{kinds.said(part, counted)} 是{given}，不能求和。")
    _conditions(call.arguments[2:], call, kinds, counted)
    return Sort.NUMBER


def _table(call: Call, kinds: Kinds) -> Sheet:
    first = call.arguments[0]
    sheet = kinds.vocabulary.sheets[first.name] if isinstance(first, Name) else None
    if sheet is None or not sheet.is_table:
        title = f"《{sheet.title}》" if sheet else "它"
        kinds.refuse(first, f"{title}不是一行一件的表，没有行可数。")
    return sheet


def _conditions(parts: tuple[Expression, ...], call: Call, kinds: Kinds, counted: Seen) -> None:
    for condition in parts:
        if (given := kinds.sort(condition, counted)) is not Sort.TRUTH:
            said = kinds.said(condition, counted)
            kinds.refuse(condition, f"{call.function} 的条件要能判断成立不成立，{said} 是{given}。")


def _pointed_at(call: Call, kinds: Kinds, seen: Seen) -> Sort:
    """Ask that rows of the other sheet point here, by the column that is named, else by their only one."""
    sheet, here = _table(call, kinds), kinds.vocabulary.sheets.get(seen.row)
    if here is None:
        kinds.refuse(call, "有对应行 只能用在对每一行查的规则里。")
    pointing = [each for each in sheet.columns if each.refers_to == here.key]
    shown = "、".join(f"[{each.label}]" for each in pointing)
    if not pointing:
        told = f"《{sheet.title}》没有指向《{here.title}》的引用栏，不能用 有对应行。"
        kinds.refuse(call, told)
    if len(call.arguments) == 1 and len(pointing) > 1:
        told = f"《{sheet.title}》有几个指向《{here.title}》的引用栏：{shown}。"
        form = f"有对应行({named(sheet.title)}, [{pointing[0].label}])"
        kinds.refuse(call, f"{told}请写明用哪一个，如 {form}。")
    keys = {each.key for each in pointing}
    for by in call.arguments[1:2]:
        if not isinstance(by, Cell) or not _is_plain(by) or by.column not in keys:
            told = (
                f"有对应行 的第二项要写《{sheet.title}》里指向《{here.title}》的引用栏：{shown}。"
            )
            kinds.refuse(by, told, f"[{pointing[0].label}]")
    _conditions(call.arguments[2:], call, kinds, seen.counting(sheet.key))
    return Sort.TRUTH


def _contains(call: Call, kinds: Kinds, seen: Seen) -> Sort:
    many, word = call.arguments
    if kinds.sort(many, seen) is not Sort.SET:
        said = kinds.said(many, seen)
        kinds.refuse(many, f"{said} 只填一项，不能用 含：请写成 {said}=…。")
    if kinds.sort(word, seen) is not Sort.TEXT:
        kinds.refuse(word, "含 的第二项要写一个选项或编号，如 “资金”。")
    return Sort.TRUTH


def _length(call: Call, kinds: Kinds, seen: Seen) -> Sort:
    (cell,) = call.arguments
    if not isinstance(cell, Cell | OwnCell) or kinds.sort(cell, seen) is not Sort.TEXT:
        kinds.refuse(cell, "字数 里要写一个文字栏，如 字数([主要情况])。")
    return Sort.NUMBER


def _once(call: Call, kinds: Kinds, seen: Seen) -> Sort:
    if not seen.row:
        kinds.refuse(call, "不重复 只能用在对每一行查的规则里。")
    for part in call.arguments:
        if not all(map(_is_plain, _compared_in_turn(part))):
            kinds.refuse(
                part,
                "不重复 里只写本行的栏目，如 不重复([身份证号], [需求类别])；一栏可能空着的，"
                "可用“或”写出另用哪些栏目，如 [身份证号] 或 [姓名] 且 [联系电话]。",
            )
    return Sort.TRUTH


def _compared_in_turn(part: Expression) -> list[Expression]:
    """Give the cells of which one, or several joined by 且, serve where those before are blank."""
    ways = part.joined if isinstance(part, Joined) and part.word == "或" else (part,)
    return [
        cell
        for way in ways
        for cell in (way.joined if isinstance(way, Joined) and way.word == "且" else (way,))
    ]


def _new(call: Call, kinds: Kinds, seen: Seen) -> Sort:
    sheet = kinds.vocabulary.sheets.get(seen.row)
    if sheet is None:
        kinds.refuse(call, "新增() 只能用在对每一行查的规则里。")
    if not sheet.naming_column:
        kinds.refuse(call, f"《{sheet.title}》没有编号，看不出哪一行是新增的，不能用 新增()。")
    return Sort.TRUTH


def _before(call: Call, kinds: Kinds, seen: Seen) -> Sort:
    if seen.row:
        kinds.refuse(call, "上期(指标) 不能用在对每一行查的规则里：本行的上期请写 上期[栏目]。")
    if not isinstance(call.arguments[0], Name):
        kinds.refuse(call, "上期() 里要写一个指标的代码，如 上期(S19)。")
    return Sort.NUMBER


def _day(call: Call, kinds: Kinds, _seen: Seen) -> Sort:
    for back in call.arguments:
        value = back.value if isinstance(back, Literal) else None
        if not isinstance(value, int) or isinstance(value, bool):
            kinds.refuse(back, f"{call.function} 里只写几期以前，是整数，如 {call.function}(2)。")
    return Sort.DATE


def _reaches(call: Call, kinds: Kinds, _seen: Seen) -> Sort:
    figure, least = call.arguments
    if not isinstance(figure, Name):
        kinds.refuse(figure, "达到 的第一项要写一个指标的代码，如 达到(S54, 1)。")
    if not isinstance(least, Literal) or isinstance(least.value, str | bool):
        kinds.refuse(least, "达到 的第二项要写一个数，如 达到(S54, 1)。")
    return Sort.NUMBER


def _units(_call: Call, _kinds: Kinds, _seen: Seen) -> Sort:
    return Sort.NUMBER


def _is_plain(part: Expression) -> bool:
    return isinstance(part, Cell) and part.scope is Scope.ROW and not part.of and not part.card


_FUNCTIONS: MappingProxyType[str, Callable[[Call, Kinds, Seen], Sort]] = MappingProxyType(
    {
        "计数": _counted,
        "合计": _added_up,
        "有对应行": _pointed_at,
        "含": _contains,
        "字数": _length,
        "不重复": _once,
        "新增": _new,
        "上期": _before,
        "期初": _day,
        "期末": _day,
        "达到": _reaches,
        "已报单位": _units,
        "应报单位": _units,
    }
)
