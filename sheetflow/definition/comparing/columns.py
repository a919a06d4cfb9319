"""Columns of two versions compared: what is typed stays what it was, or is refused with the remedy.

This module owns labels, types, options, ranges and who sees what. It refuses to ask how a column's
figure is measured: that is told where indicators are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sheetflow.definition.comparing.verdicts import (
    AcceptedBooks,
    Change,
    Tally,
    allowed,
    compare_spans,
    filled,
    hint,
    lost,
    refused,
    reworded,
    says,
    span_of,
)
from sheetflow.schemas.cells import (
    CellType,
    Fraction,
    Key,
    Money,
    NameKey,
    Reference,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.columns import Column, Mask
from sheetflow.schemas.conditions import Condition, Row
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.parsing import CellFault, Value
from sheetflow.schemas.sheets import Sheet

STOP_AND_ADD = "请停用旧栏，另加一栏"
_WORDS = {
    "hint": "填写提示",
    "width": "列宽",
    "not_before": "日期不早于栏",
    "not_after": "日期不晚于",
    "event": "用途",
    "lasting": "用途",
    "counted": "用途",
    "prefilled": "预先填好",
    "zero_asked": "对0的提问",
}
_OPENNESS = {Mask.WHOLE: 2, Mask.LEFT_OUT: 0}
_MASKS = {
    Mask.WHOLE: "原样",
    Mask.NAME: "遮姓名",
    Mask.PHONE: "遮电话",
    Mask.ADDRESS: "遮住址",
    Mask.LEFT_OUT: "不上送",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """Two forms of the same key: which one, in which versions, and what is accepted of it.

    `version` is the one in force, `levels` are the names of both, the lowest last.
    """

    form: str
    version: int
    next_version: int
    levels: tuple[str, ...]
    books: AcceptedBooks

    def count(self, sheet: Sheet, holds: Callable[[Row], bool]) -> Tally:
        """Count accepted rows of a sheet that meet a test."""
        return self.books.count(self.form, sheet.key, holds)


def compare_columns(asked: Compared, then: Sheet, now: Sheet) -> Iterator[Change]:
    """Compare the columns of one sheet, those of all versions, by key."""
    before = {column.key: column for column in then.declared}
    after = {column.key: column for column in now.declared}
    for key, column in before.items():
        place = f"《{then.title}》的“{column.label}”"
        if key not in after:
            yield lost(place, column.label, asked.count(then, filled(key)))
        else:
            yield from _compare(asked, then, (column, after[key]), place)
    for key, column in after.items():
        if key not in before:
            yield _new(asked, now, column)
    common = [key for key in before if key in after]
    if common != [key for key in after if key in before]:
        yield allowed(f"《{then.title}》", "改了栏目的先后")


def _new(asked: Compared, sheet: Sheet, column: Column) -> Change:
    place = f"《{sheet.title}》的“{column.label}”"
    if column.required is False:
        return allowed(place, "新增选填栏目")
    if column.since <= asked.version and sheet.since <= asked.version:
        what = (
            f"新增必填栏目，没有填起用版本：第{asked.version}版的工作簿里没有它，报上来会被退回补填"
        )
        return hint(place, what, f"只要新版填的，起用版本请填{asked.next_version}")
    return allowed(place, "新增必填栏目，只在新版的工作簿里有；已接收的各行照旧")


def _compare(
    asked: Compared, sheet: Sheet, pair: tuple[Column, Column], place: str
) -> Iterator[Change]:
    then, now = pair
    if then.label != now.label:
        if then.label in now.older:
            yield allowed(place, f"改名为“{now.label}”，数据接着用")
        else:
            yield lost(place, then.label, asked.count(sheet, filled(then.key)))
    yield from compare_spans(place, span_of(then), span_of(now), asked.version)
    yield from _compare_types(asked, sheet, pair, place)
    yield from _compare_required(asked, sheet, pair, place)
    yield from _compare_accepts(asked, sheet, pair, place)
    yield from _compare_masks(asked, pair, place)
    yield from reworded(place, then, now, _WORDS)


def _compare_types(
    asked: Compared, sheet: Sheet, pair: tuple[Column, Column], place: str
) -> Iterator[Change]:
    then, now = pair[0].type, pair[1].type
    if type(then) is not type(now):
        yield refused(place, "改了类型", STOP_AND_ADD)
    elif isinstance(then, Choice | Choices) and isinstance(now, Choice | Choices):
        yield from _compare_options(asked, sheet, (pair[0].key, then, now), place)
    elif isinstance(then, Reference | References) and then != now:
        yield refused(place, "改了引用的工作表", STOP_AND_ADD)
    elif isinstance(then, Key) and then != now:
        yield refused(place, "改了编号样子", STOP_AND_ADD)
    elif then != now:
        yield from _compare_ranges(asked, sheet, pair, place)


def _compare_options(
    asked: Compared, sheet: Sheet, lists: tuple[str, Choice | Choices, Choice | Choices], place: str
) -> Iterator[Change]:
    column, then, now = lists
    older = dict(now.older)
    spans = {option: (since, until) for option, since, until in then.spans}
    later = {option: (since, until) for option, since, until in now.spans}
    for option in then.known:
        named = f"{place}的选项“{option}”"
        kept = older.get(option, option if option in now.known else "")
        if not kept:
            yield lost(named, option, asked.count(sheet, says(column, option)), "旧写法")
            continue
        if kept != option:
            yield allowed(named, f"改称“{kept}”，数据接着用")
        before, after = spans.get(option, (1, None)), later.get(kept, (1, None))
        yield from compare_spans(named, before, after, asked.version)
    came = [one for one in now.known if one not in then.known and one not in older.values()]
    if came:
        yield allowed(place, f"新增选项{''.join(f'“{one}”' for one in came)}")


def _compare_ranges(
    asked: Compared, sheet: Sheet, pair: tuple[Column, Column], place: str
) -> Iterator[Change]:
    """Compare types of one kind that differ in their limits alone."""
    then, now = pair[0].type, pair[1].type
    unit, measure = getattr(then, "unit", ""), getattr(now, "unit", "")
    if unit != measure:
        what = f"计量单位从“{unit}”改成“{measure}”，已接收的数不换算"
        yield hint(place, what, "意思变了的，请停用旧栏，另加一栏")
    if not _is_narrower(then, now):
        if unit == measure:
            yield allowed(place, "放宽了长度或范围")
        return
    outside = asked.count(sheet, lambda row: not _fits(now, row.get(pair[0].key)))
    counted = f"已接收的有{outside.words('格')}在外面，照旧算数" if outside else "已接收的都在里面"
    yield hint(place, f"收紧了长度或范围（{now.words}），{counted}")


def _is_narrower(then: CellType, now: CellType) -> bool:
    """Whether something that could be typed is refused now."""
    match then, now:
        case (Text(before), Text(after)) | (NameKey(before), NameKey(after)):
            return after < before
        case Whole(least, most), Whole(lower, upper):
            return lower > least or _below(upper, most)
        case Fraction(places, least, most), Fraction(fewer, lower, upper):
            return fewer < places or lower > least or _below(upper, most)
        case Money(), Money():
            return False
    return True


def _below(most: int | Decimal | None, before: int | Decimal | None) -> bool:
    return most is not None and (before is None or most < before)


def _fits(kind: CellType, value: Value) -> bool:
    """Whether an accepted value could be typed under the type as it is now."""
    if value is None:
        return True
    try:
        match kind, value:
            case ((Whole() | Fraction()), (int() | Decimal())):
                kind.within(value)
            case ((Text(limit) | NameKey(limit)), str()):
                return len(value) <= limit
            case _:
                kind.parse(kind.show(value))
    except CellFault:
        return False
    return True


def _compare_required(
    asked: Compared, sheet: Sheet, pair: tuple[Column, Column], place: str
) -> Iterator[Change]:
    then, now = pair
    if then.required == now.required and then.only == now.only:
        return
    if now.required is False:
        yield allowed(place, "不再必填")
        return
    held = now.required.holds if isinstance(now.required, Condition) else lambda _row: True
    blank = asked.count(sheet, lambda row: row.get(now.key) is None and held(row))
    counted = f"，已接收的有{blank.words()}空着，照旧算数，接着用的台帐要补填" if blank else ""
    yield hint(place, f"改了必填的条件{counted}")


def _compare_accepts(
    asked: Compared, sheet: Sheet, pair: tuple[Column, Column], place: str
) -> Iterator[Change]:
    then, now = pair
    for word in (word for word in then.accepts if word not in now.accepts):
        tally = asked.count(sheet, says(then.key, word))
        what = f"会丢掉{tally.words()}的“{word}”" if tally else f"可填文字里没有“{word}”了"
        yield refused(place, what, "已发出的工作簿里可以填它，请把它留在“可填文字”里")
    if set(now.accepts) - set(then.accepts):
        yield allowed(place, f"可以填{'、'.join(now.accepts)}")


def _compare_masks(asked: Compared, pair: tuple[Column, Column], place: str) -> Iterator[Change]:
    """Compare what each level sees: more is told by name, less is taken."""
    then, now = pair
    stays = "以前发布过的照旧，从下一次汇总起改变"
    seen = {level: (then.mask_at(level), now.mask_at(level)) for level in asked.levels[:-1]}
    moved = {level: pair for level, pair in seen.items() if pair[0] is not pair[1]}
    for level, (before, after) in moved.items():
        said = f"{level}级看到的从“{_MASKS[before]}”改成“{_MASKS[after]}”"
        if _OPENNESS.get(after, 1) >= _OPENNESS.get(before, 1):
            yield hint(place, f"{said}，比以前看到的多", stays)
        else:
            yield allowed(place, f"{said}，{stays}")
    if then.disclosure.withheld_when != now.disclosure.withheld_when:
        levels = "、".join(f"{level}级" for level in asked.levels[:-1])
        yield hint(place, f"改了“上级不看的条件”，{levels}看到的会不同", stays)
    if then.personal != now.personal and not moved:
        word = "是" if now.personal else "不再是"
        yield hint(place, f"{word}个人信息", "审核意见和邮件里引不引用它，随着改变")
