"""What the type of a column makes of 选项、引用或编号样子, 最小, 最大或字数 and 计量单位.

Each type asks for its own cells; whatever else is filled in would say nothing, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from sheetflow.definition.compiling.desk import Desk, FormDraft, SheetDraft
from sheetflow.definition.compiling.sheets import form_called, no_sheet, tell_no_form
from sheetflow.definition.lines import Line
from sheetflow.definition.meanings import OTHER_TYPES, TYPES
from sheetflow.lookalikes import plain, without_spaces
from sheetflow.schemas.cells import (
    Attachment,
    CellType,
    Day,
    Fraction,
    IdNumber,
    Key,
    Money,
    NameKey,
    PeriodName,
    Phone,
    Reference,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.likely import is_it, likely, same
from sheetflow.schemas.options import Choice, Choices

LOOKUP = "带出"
_LONGEST_TEXT, _LONGEST_NAME, _MOST_MEGABYTES = 4000, 100, 50
_MOST_DECIMALS = 6
_KEY_SHAPE = re.compile(r"([A-Z]?)(\d{1,9})")
_SHORT_NUMBER = re.compile(r"\d{3,6}")
_EXTRA = "extra"

_ASKS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "文字": frozenset({"most"}),
        "整数": frozenset({"least", "most", "unit", "accepts"}),
        "小数": frozenset({_EXTRA, "least", "most", "unit", "accepts"}),
        "金额": frozenset({"unit", "accepts"}),
        "日期": frozenset({"not_after", "not_before"}),
        "单选": frozenset({_EXTRA}),
        "多选": frozenset({_EXTRA}),
        "编号": frozenset({_EXTRA}),
        "名称作编号": frozenset({"most"}),
        "引用": frozenset({_EXTRA}),
        "引用多个": frozenset({_EXTRA}),
        "身份证号": frozenset(),
        "电话": frozenset({_EXTRA}),
        "报告期": frozenset(),
        LOOKUP: frozenset({_EXTRA}),
        "附件": frozenset({_EXTRA, "most"}),
    }
)
_FAR = 10**12
_OF_SOME = (_EXTRA, "least", "most", "unit", "accepts", "not_after", "not_before")
_NOT_OF_LOOKUPS = (
    *("required", "hint", "only", "purpose", "prefilled", "personal", "withheld_when", "width"),
    *("since", "until", "older", "code"),
)


def type_word(line: Line) -> str:
    """Read the type; empty where there is none."""
    if not line.filled("type"):
        line.fault("type", f"不能空着。可填：{'、'.join(TYPES)}。")
        return ""
    return line.one_of("type", {word: word for word in TYPES}, "", called=OTHER_TYPES)


def tell_idle(line: Line, word: str) -> None:
    """Tell of cells that say nothing for a column of that type."""
    idle = [name for name in _OF_SOME if name not in _ASKS[word]]
    idle += _NOT_OF_LOOKUPS if word == LOOKUP else ()
    for name in idle:
        if line.filled(name) and line.is_sound(name):
            line.fault(name, f"{word}栏不用填“{line.spot(name).header}”，请清空这一格。")


def cell_type(desk: Desk, line: Line, word: str, form: FormDraft) -> CellType | None:
    """Make the type of a column of `form`; None where what it needs is faulty."""
    return _MAKERS[word](desk, line, form)


def _text(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
    del desk, form
    return Text(_most(line, _LONGEST_TEXT) or Text().limit)


def _name_key(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
    del desk, form
    return NameKey(_most(line, _LONGEST_NAME) or NameKey().limit)


def _most(line: Line, highest: int | None) -> int | None:
    return line.whole_in(line.cells["most"], 1, highest)


def _range(line: Line) -> tuple[int, int | None]:
    least = line.whole_in(line.cells["least"], -_FAR, _FAR) or 0
    most = line.whole_in(line.cells["most"], -_FAR, _FAR)
    if most is not None and most < least:
        line.fault("most", f"最大是{most}，小于最小的{least}，请核对。")
    return least, most


def _whole(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
    del desk, form
    least, most = _range(line)
    return Whole(least, most, line.name("unit"))


def _fraction(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
    del desk, form
    decimals = line.whole_in(line.cells[_EXTRA], 0, _MOST_DECIMALS)
    least = line.decimal_in(line.cells["least"], -_FAR, _FAR) or 0
    most = line.decimal_in(line.cells["most"], -_FAR, _FAR)
    if most is not None and most < least:
        line.fault("most", f"最大是{most}，小于最小的{least}，请核对。")
    return Fraction(
        Fraction().decimals if decimals is None else decimals, least, most, line.name("unit")
    )


def _money(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
    del desk, form
    return Money(line.name("unit") or Money().unit)


def _listed(desk: Desk, line: Line, form: FormDraft) -> Choice | None:
    del form
    name = line.name(_EXTRA, 60)
    if not name:
        if line.is_sound(_EXTRA):
            line.fault(_EXTRA, "要写《选项》里选项单的名称。")
        return None
    found = desk.lists.get(same(name))
    if found is None and not desk.mentions_broken(name):
        names = [choice.listed_as for choice in desk.lists.values()]
        meant = likely(name, names)
        line.fault(_EXTRA, f"《选项》里没有“{name}”{is_it(meant)}", meant)
    elif found is not None and not found.spanning((desk.version,)).options:
        line.fault(_EXTRA, f"选项单“{name}”的各项都停用了，没有可选的。")
    return found


def _choice(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
    return _listed(desk, line, form)


def _choices(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
    found = _listed(desk, line, form)
    if found is None:
        return None
    return Choices(found.options, found.retired, found.older, found.spans, found.listed_as)


def _key(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
    del desk, form
    shape = without_spaces(plain(line.name(_EXTRA, 20))).upper()
    found = _KEY_SHAPE.fullmatch(shape)
    if found:
        return Key(found[1], len(found[2]))
    if line.is_sound(_EXTRA):
        told = f"“{shape}”不是编号的样子。" if shape else "要写编号的样子。"
        line.fault(_EXTRA, f"{told}请写一个字母和最少几位数字，如 X0001；只用数字的写 1。")
    return None


def _reference(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
    target = _target(desk, line, form)
    return Reference(target) if target else None


def _references(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
    target = _target(desk, line, form)
    return References(target) if target else None


def _target(desk: Desk, line: Line, form: FormDraft) -> str:
    """Give the key of the sheet that a column points to, with its form's where that is another one."""
    typed = line.name(_EXTRA, 100).replace("《", "").replace("》", "")
    if not typed:
        if line.is_sound(_EXTRA):
            line.fault(_EXTRA, "要写引用哪张工作表，如 联系点。")
        return ""
    own = form.sheet(typed)
    first, slash, rest = plain(typed).partition("/")
    other = form
    if own is None and slash:
        found = form_called(desk, first)
        if found is None:
            tell_no_form(desk, line, _EXTRA, first)
            return ""
        other, own = found, found.sheet(rest)
    if own is None:
        if not desk.mentions_broken(typed):
            told, meant = no_sheet(desk, other, rest if slash else typed)
            line.fault(_EXTRA, told, meant)
        return ""
    _tell_keyless(desk, line, own)
    return own.key if other is form else f"{other.key}/{own.key}"


def _tell_keyless(desk: Desk, line: Line, target: SheetDraft) -> None:
    words = {column.word for column in target.columns}
    if not words & {"编号", "名称作编号", ""} and not desk.mentions_broken(target.title):
        told = f"《{target.title}》没有编号栏，不能引用。请给它加一个编号或名称作编号的栏目。"
        line.fault(_EXTRA, told)


def _phone(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
    del desk, form
    services = tuple(plain(word) for word in line.several(_EXTRA))
    for word in services:
        if not _SHORT_NUMBER.fullmatch(word):
            line.fault(_EXTRA, f"“{word[:20]}”不是短号，如 12338。没有的请清空。")
    return Phone(services)


def _attachment(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
    del desk, form
    usual = Attachment()
    known = {ending: ending for ending in usual.endings}
    endings = []
    for word in line.several(_EXTRA):
        ending = "." + plain(word).lower().lstrip(".").removeprefix("*.")
        if ending in known:
            endings.append(ending)
        else:
            line.unknown(_EXTRA, word, known, "后缀")
    megabytes = line.whole_in(line.cells["most"], 1, _MOST_MEGABYTES)
    return Attachment(tuple(endings) or usual.endings, megabytes or usual.megabytes)


def _plain(kind: CellType) -> Callable[[Desk, Line, FormDraft], CellType | None]:
    def make(desk: Desk, line: Line, form: FormDraft) -> CellType | None:
        del desk, line, form
        return kind

    return make


_MAKERS: Mapping[str, Callable[[Desk, Line, FormDraft], CellType | None]] = MappingProxyType(
    {
        "文字": _text,
        "整数": _whole,
        "小数": _fraction,
        "金额": _money,
        "日期": _plain(Day()),
        "单选": _choice,
        "多选": _choices,
        "编号": _key,
        "名称作编号": _name_key,
        "引用": _reference,
        "引用多个": _references,
        "身份证号": _plain(IdNumber()),
        "电话": _phone,
        "报告期": _plain(PeriodName()),
        "附件": _attachment,
    }
)
