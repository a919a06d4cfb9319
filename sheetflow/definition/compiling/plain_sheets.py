"""The sheets of a form with their columns and lookups, before any of them has a condition.

From them follows what expressions may name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sheetflow.definition.compiling.columns import plain_column
from sheetflow.definition.compiling.desk import ColumnDraft, Desk, FormDraft, SheetDraft
from sheetflow.definition.compiling.types import LOOKUP
from sheetflow.definition.lines import Line
from sheetflow.schemas.cells import Reference
from sheetflow.schemas.columns import Column
from sheetflow.schemas.likely import find, is_it, likely, same
from sheetflow.schemas.sheets import Kind, Lookup, Sheet

_LOOKUP = re.compile(r"=?\s*[\[［]([^\[\]［］]+)[\]］]\s*[.．。]\s*[\[［]([^\[\]［］]+)[\]］]")


@dataclass(frozen=True)
class Plain:
    """A sheet as far as it goes without conditions, with the rows that it was made from."""

    draft: SheetDraft
    sheet: Sheet
    rows: tuple[tuple[ColumnDraft, Column], ...]


def plain_sheets(desk: Desk, form: FormDraft) -> list[Plain]:
    """Make the sheets of a form, in their order."""
    made = [_plain(desk, form, draft) for draft in form.sheets]
    by_key = {plain.sheet.key: plain.sheet for plain in made}
    for plain in made:
        _tell_empty(desk, plain)
    return [
        replace(plain, sheet=replace(plain.sheet, lookups=_lookups(desk, plain, by_key)))
        for plain in made
    ]


def _plain(desk: Desk, form: FormDraft, draft: SheetDraft) -> Plain:
    rows = []
    for each in draft.columns:
        column = plain_column(desk, each, form)
        if column is not None:
            rows.append((each, column))
    sheet = Sheet(
        key=draft.key,
        title=draft.title,
        kind=draft.kind,
        declared=tuple(column for _, column in rows),
        older_titles=draft.older,
        since=draft.span.since,
        until=draft.span.until,
    )
    return Plain(draft, sheet, tuple(rows))


def _tell_empty(desk: Desk, plain: Plain) -> None:
    """Tell of a sheet without columns, or whose rows nobody could tell are in use."""
    draft = plain.draft
    if draft.kind is Kind.INDICATORS or not draft.title:
        return
    if not draft.columns:
        if not desk.mentions_broken(draft.title):
            told = f"《{draft.title}》没有栏目，请在《栏目》里一栏一行写上。"
            desk.faults.add(draft.spot, told)
    elif draft.kind is not Kind.CARD and _is_whole(draft, plain.rows) and not _has_marker(plain):
        told = f"《{draft.title}》要有一栏编号以外、必填写“是”的栏目，不然看不出哪一行填了。"
        desk.faults.add(draft.spot, told)
    keys = [each for each, column in plain.rows if column.is_key]
    for each in keys[1:]:
        if each.line and keys[0].span.overlaps(each.span):
            told = f"《{draft.title}》已有编号栏“{keys[0].label}”，一张表只能有一栏。"
            each.line.fault("type", told)


def _is_whole(draft: SheetDraft, rows: Sequence[object]) -> bool:
    return len(rows) == sum(1 for each in draft.columns if each.word != LOOKUP)


def _has_marker(plain: Plain) -> bool:
    return any(
        not column.is_key
        and (each.line is None or not each.line.filled("required") or _says_yes(each.line))
        for each, column in plain.rows
    )


def _says_yes(line: Line) -> bool:
    return same(line.text("required", 4000)) == "是" or not line.is_sound("required")


def _lookups(desk: Desk, plain: Plain, sheets: dict[str, Sheet]) -> tuple[Lookup, ...]:
    """Read the columns by formula; they stand to the right of the sheet's own."""
    found: list[Lookup] = []
    for each in plain.draft.columns:
        if each.word == LOOKUP and each.line:
            lookup = _lookup(desk, each.line, plain, sheets)
            if lookup in found:
                each.line.fault("extra", "这一栏已经带出了，请删掉一行。")
            elif lookup:
                found.append(lookup)
    return tuple(found)


def _lookup(desk: Desk, line: Line, plain: Plain, sheets: dict[str, Sheet]) -> Lookup | None:
    text = line.text("extra", 200)
    match = _LOOKUP.fullmatch(text)
    if match is None:
        if line.is_sound("extra"):
            told = "要写 [引用栏].[对方的栏]，如 [台帐编号].[办理状态]。"
            line.fault("extra", f"“{text[:20]}”看不懂：{told}" if text else told)
        return None
    by = _named(desk, line, plain.sheet, match[1])
    if by is None:
        return None
    if not isinstance(by.type, Reference) or not by.refers_to:
        line.fault("extra", f"[{by.label}] 不是引用本报表工作表的“引用”栏，不能从它带出。")
        return None
    target = sheets.get(by.refers_to)
    column = _named(desk, line, target, match[2]) if target else None
    if target is None or column is None:
        return None
    if find(line.name("label"), (column.label,)) is None and line.is_sound("label"):
        told = f"带出栏的名称要与《{target.title}》的一致，请写“{column.label}”。"
        line.fault("label", told, column.label)
    return Lookup(by.key, target.key, column.key)


def _named(desk: Desk, line: Line, sheet: Sheet, label: str) -> Column | None:
    labels = {column.label: column for column in sheet.columns}
    found = find(label.strip(), labels)
    if found is None and not desk.mentions_broken(label):
        meant = likely(label, labels)
        told = f"《{sheet.title}》没有“{label[:40]}”这个栏目{is_it(meant)}"
        line.fault("extra", told, meant)
    return labels[found] if found is not None else None
