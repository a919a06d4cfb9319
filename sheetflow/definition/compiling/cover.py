"""The cover that a form has where nobody declares one, and the roles of the columns of any cover.

This module owns which labels the standard cover has, in which order, and what `Cover` is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sheetflow.definition.compiling.desk import ColumnDraft, Desk, FormDraft, SheetDraft, Span
from sheetflow.definition.keys import derived_key
from sheetflow.definition.lines import Line
from sheetflow.definition.meanings import COUNTED, COVER_ROLES, MENDED, TAKING_OVER, mending_of
from sheetflow.periods import Cadence
from sheetflow.schemas.columns import OPEN, Column, choice, day, period_name, phone, text
from sheetflow.schemas.conditions import Is, where
from sheetflow.schemas.forms import Cover
from sheetflow.schemas.likely import find, same
from sheetflow.schemas.options import Choice

_CORRECTED, _NIL = "更正", "是"
_NEEDED = ("单位代码", "填报单位", "报告期", "填报日期")


def _keyed(column: Column) -> Column:
    return replace(column, key=derived_key(column.label))


_KIND = _keyed(choice("报送性质", "首次报送", MENDED, _CORRECTED))
_HEAD = (
    _keyed(text("填报单位", 30, prefilled=True)),
    _keyed(text("单位代码", 20, prefilled=True)),
    _keyed(period_name("报告期")),
    _KIND,
    _keyed(text("更正原因", 200, required=where(_KIND.key, _CORRECTED))),
    _keyed(text("单位负责人", 20)),
    _keyed(text("审核人", 20, required=False)),
    _keyed(text("填报人", 20)),
    _keyed(phone("联系电话")),
    _keyed(day("填报日期", not_after="")),
)
_ZERO = _keyed(
    choice(
        "零报告",
        _NIL,
        "否",
        hint="本期没有可报的填“是”，并写明原因；有的填“否”",
    )
)
_FOOT = (
    _ZERO,
    _keyed(text("零报告说明", 200, required=where(_ZERO.key, _NIL))),
)


def add_standard_cover(form: FormDraft, draft: SheetDraft) -> None:
    """Give a cover that plays no roles the standard columns; its own stand before 零报告."""
    own_roles = COVER_ROLES.keys() - {TAKING_OVER}
    if any(set(column.purposes) & own_roles for column in draft.columns):
        return
    foot = () if form.cadence in {Cadence.YEAR, Cadence.ONCE} else _FOOT
    own = _without_doubled([*_HEAD, *foot], draft.columns)
    draft.columns[:] = [*map(_drafted, _HEAD), *own, *map(_drafted, foot)]


def _without_doubled(standard: Sequence[Column], own: Sequence[ColumnDraft]) -> list[ColumnDraft]:
    """Tell of columns that the standard cover has anyway."""
    taken = {same(column.label): column.label for column in standard}
    left = []
    for draft in own:
        if draft.line and (label := taken.get(same(draft.label))):
            told = f"标准封面里已有“{label}”。不用再写；要自己定整张封面的，请给各栏写明用途。"
            draft.line.fault("label", told)
        else:
            left.append(draft)
    return left


def _drafted(column: Column) -> ColumnDraft:
    roles = tuple(name for name in COVER_ROLES if find(name, (column.label,)))
    return ColumnDraft(
        line=None,
        label=column.label,
        word="",
        key=column.key,
        span=Span(),
        purposes=roles,
        made=column,
    )


def read_cover(
    desk: Desk,
    draft: SheetDraft,
    columns: Sequence[Column],
    exempt: frozenset[str],
) -> Cover | None:
    """Tell which column of a cover plays which role; None where one that is needed is missing."""
    roles = _roles(draft)
    by_key = {column.key: column for column in columns}
    lacking = [name for name in _NEEDED if name not in roles]
    if lacking:
        named = "、".join(lacking)
        told = f"《{draft.title}》缺少用途是{named}的栏目，请在《栏目》的“用途”里写上。"
        if not any(column.line and not column.line.is_sound("purpose") for column in draft.columns):
            desk.faults.add(draft.spot, told)
        return None
    reason, nil = by_key.get(roles.get("更正原因", "")), by_key.get(roles.get("零报告", ""))
    taking = by_key.get(roles.get(TAKING_OVER, ""))
    asked = reason.required if reason and isinstance(reason.required, Is) else None
    return Cover(
        sheet=draft.key,
        unit_id=roles["单位代码"],
        unit_name=roles["填报单位"],
        period=roles["报告期"],
        filled_on=roles["填报日期"],
        preparer=roles.get("填报人", ""),
        phone=roles.get("联系电话", ""),
        reason=reason.key if reason else "",
        correction=asked,
        mending=mending_of(asked, by_key),
        nil=where(nil.key, _NIL) if nil else None,
        taking_over=Is(taking.key, (_NIL,)) if taking else None,
        exempt_when_nil=exempt,
    )


def _roles(draft: SheetDraft) -> dict[str, str]:
    """Find the column that plays each role; tell where two do, or where its type cannot."""
    roles: dict[str, str] = {}
    for column in draft.columns:
        for name in column.purposes:
            if name not in COVER_ROLES:
                continue
            if name in roles and column.line:
                column.line.fault("purpose", f"已有一栏的用途是{name}，一张封面只能有一栏。")
            roles.setdefault(name, column.key)
    return roles


_TYPES = {
    "报告期": "报告期",
    "填报日期": "日期",
    "零报告": "单选",
    "联系电话": "电话",
    TAKING_OVER: "单选",
}


def tell_roles(desk: Desk, draft: SheetDraft, columns: Sequence[Column], *, is_cover: bool) -> None:
    """Tell of roles of a cover that stand elsewhere, or that a column of that type cannot play."""
    by_key = {column.key: column for column in columns}
    for each in draft.columns if draft.word else ():
        line = each.line
        if line is None:
            continue
        if COUNTED in each.purposes:
            _tell_counted(line, by_key.get(each.key), is_cover=is_cover)
        for name in each.purposes:
            if name not in COVER_ROLES:
                continue
            wanted = _TYPES.get(name)
            made = by_key.get(each.key)
            if not is_cover:
                line.fault("purpose", f"用途{name}只用于封面，《{draft.title}》不是封面。")
            elif wanted and each.word and each.word != wanted:
                line.fault("purpose", f"用途是{name}的应是{wanted}栏，这一栏是{each.word}。")
            elif (
                name in {"零报告", TAKING_OVER}
                and made
                and not (_asks_yes(made) or desk.mentions_broken(_NIL))
            ):
                line.fault("extra", f"{name}的选项里要有“{_NIL}”。")


def _tell_counted(line: Line, column: Column | None, *, is_cover: bool) -> None:
    """Tell of answers that those above could not count."""
    if not is_cover:
        line.fault("purpose", f"{COUNTED}只用于封面的单选栏。")
    elif column and (column.personal or column.disclosure != OPEN):
        line.fault("purpose", f"{COUNTED}的栏目要人人可见，不能是个人信息，也不能不上送。")


def _asks_yes(column: Column) -> bool:
    return isinstance(column.type, Choice) and _NIL in column.type.options
