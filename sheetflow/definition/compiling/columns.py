"""选项 into the lists that columns offer, 栏目 into the columns of each sheet, before any has a condition.

A list holds what was retired too, and how options were written before.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetflow.definition.compiling.desk import ColumnDraft, Desk, FormDraft, SheetDraft, Span
from sheetflow.definition.compiling.sheets import draft_named, form_called, tell_no_form
from sheetflow.definition.compiling.types import LOOKUP, cell_type, tell_idle, type_word
from sheetflow.definition.lines import Line
from sheetflow.definition.meanings import (
    IN_PLACE_OF_NUMBERS,
    NOT_AFTER,
    OF_COLUMN,
    PURPOSES,
    YES_NO,
)
from sheetflow.schemas.cells import CellType, Day, IdNumber, PeriodName
from sheetflow.schemas.columns import Column, NotAfter, usual_width
from sheetflow.schemas.likely import find, is_it, likely, may_be, same
from sheetflow.schemas.options import Choice
from sheetflow.schemas.sheets import Kind

_OPTIONS = "选项"
_NOT_IN_OPTIONS = "、,，;；"


class _List:
    """The rows of one list, in their order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.spans: dict[str, Span] = {}
        self.older: dict[str, str] = {}
        self.cells: dict[str, str] = {}

    def choice(self) -> Choice:
        """Give what a column of the list offers: those that came or went say in which versions."""
        return Choice(
            options=tuple(self.spans),
            older=tuple(self.older.items()),
            spans=tuple(
                (word, span.since, span.until)
                for word, span in self.spans.items()
                if span != Span()
            ),
            listed_as=self.name,
        )


def read_options(desk: Desk) -> None:
    """Read every list; one may stand in several blocks."""
    lists: dict[str, _List] = {}
    for line in desk.tables.of(_OPTIONS):
        name, option = line.required("list"), line.required("option")
        if not (name and option):
            desk.breaks(name, option)
        if not (name and option):
            continue
        found = lists.setdefault(same(name), _List(name))
        if wrong := next((char for char in _NOT_IN_OPTIONS if char in option), ""):
            line.fault("option", f"选项里不能有“{wrong}”：多选的各项就用它分开。")
        for word in (option, *line.several("older")):
            field_name = "option" if word == option else "older"
            if cell := found.cells.get(same(word)):
                line.fault(field_name, f"“{name}”已有“{word}”（{cell}）。同一选项单里不能重复。")
            found.cells.setdefault(same(word), line.spot("option").cell)
        found.spans.setdefault(option, desk.span(line))
        found.older.update(dict.fromkeys(line.several("older"), option))
    for key, found in lists.items():
        desk.lists[key] = found.choice()


_TABLE = "栏目"
MOST_COLUMNS = 2000


def read_columns(desk: Desk) -> None:
    """Read the columns into their sheets."""
    lines = desk.tables.of(_TABLE)
    if len(lines) > MOST_COLUMNS:
        told = f"有{len(lines)}个栏目，最多{MOST_COLUMNS}个。请分成几个活动。"
        desk.faults.add(lines[MOST_COLUMNS].spot("label"), told)
        lines = lines[:MOST_COLUMNS]
    for line in lines:
        _read(desk, line)


def _read(desk: Desk, line: Line) -> None:
    label, word = line.required("label"), type_word(line)
    older = desk.older(line)
    draft = ColumnDraft(
        line=line,
        label=label,
        word=word,
        key=desk.key(line, older[-1] if older else label) if word != LOOKUP else "",
        span=desk.span(line),
        older=older,
        purposes=line.some_of("purpose", {name: name for name in PURPOSES}),
    )
    if not word:
        desk.breaks(label, *older)
    else:
        tell_idle(line, word)
    sheet = _sheet_of(desk, line)
    if sheet is None:
        desk.breaks(label, *older)
        return
    if sheet.kind is Kind.INDICATORS:
        line.fault("sheet", f"《{sheet.title}》是统计表，栏目由《指标》定，不用在这里写。")
        return
    _tell_same(sheet, draft)
    sheet.add(draft)


def _sheet_of(desk: Desk, line: Line) -> SheetDraft | None:
    """Find the sheet of a row: in the form that it names, else in the main one, else in the only one."""
    title = line.required("sheet", 60)
    if not title or not desk.forms:
        return None
    if typed := line.name("form", 60):
        form = form_called(desk, typed)
        if form is None:
            tell_no_form(desk, line, "form", typed)
            return None
        return draft_named(desk, line, "sheet", title, form)
    found = {id(draft): draft for form in desk.forms if (draft := form.sheet(title))}
    main = desk.forms[0].sheet(title)
    if main or len(found) == 1:
        return main or next(iter(found.values()))
    if found:
        names = "、".join(form.title for form in desk.forms if form.sheet(title))
        line.fault("form", f"{names}都有《{title}》，请写明是哪一种报表的。")
        return None
    return draft_named(desk, line, "sheet", title, desk.forms[0])


def _tell_same(sheet: SheetDraft, draft: ColumnDraft) -> None:
    line = draft.line
    if line is None or not draft.label:
        return
    for other in sheet.alike(draft):
        if other.line is None:
            continue
        cell = other.line.spot("label").cell
        if draft.span.overlaps(other.span) and same(other.label) == same(draft.label):
            told = f"《{sheet.title}》已有“{other.label}”（{cell}）。同一张表里栏目不能同名。"
            line.fault("label", told)
        elif draft.key and other.key == draft.key:
            told = f"代码“{draft.key}”与“{other.label}”（{cell}）的相同，请换一个栏目名称或代码。"
            line.fault("code" if line.filled("code") else "label", told)
        elif draft.span.overlaps(other.span) and _older_clash(draft, other):
            told = f"与“{other.label}”（{cell}）的名称、旧名称相同，读旧表时分不清，请核对。"
            line.fault("older" if draft.older else "label", told)


def _older_clash(one: ColumnDraft, other: ColumnDraft) -> bool:
    mine = {same(one.label), *map(same, one.older)}
    return bool(mine & {same(other.label), *map(same, other.older)})


def plain_column(desk: Desk, draft: ColumnDraft, form: FormDraft) -> Column | None:
    """Make the column without its conditions; None where it cannot be made."""
    line = draft.line
    if line is None or draft.made:
        return draft.made
    if not draft.word or draft.word == LOOKUP:
        return None
    kind = cell_type(desk, line, draft.word, form)
    if kind is None:
        desk.breaks(draft.label, *draft.older)
        return None
    flags = _flags(line, draft, kind)
    return Column(
        key=draft.key,
        label=draft.label,
        type=kind,
        personal=_personal(line, kind),
        not_after=_not_after(line, kind),
        prefilled=line.yes("prefilled", default=isinstance(kind, PeriodName)),
        hint=line.text("hint"),
        width=_width(line, kind),
        older=draft.older,
        since=draft.span.since,
        until=draft.span.until,
        accepts=line.some_of("accepts", {word: word for word in IN_PLACE_OF_NUMBERS}, "可填文字"),
        event=flags["event"],
        counted=flags["counted"],
        lasting=flags["lasting"],
        zero_asked=flags["zero_asked"],
    )


def _flags(line: Line, draft: ColumnDraft, kind: CellType) -> dict[str, bool]:
    """Read what 用途 says of the column itself."""
    flags = {field: name in draft.purposes for name, field in OF_COLUMN.items()}
    wrong = {
        "event": (not isinstance(kind, Day), "发生日期只能是日期栏"),
        "counted": (not isinstance(kind, Choice), "逐项计数只能是单选栏"),
        "zero_asked": (not kind.numeric, "填0要核对只能是数字栏"),
        "lasting": (draft.word != "文字", "姓名不变只能是文字栏"),
    }
    for name, said in flags.items():
        is_wrong, told = wrong[name]
        if said and is_wrong:
            line.fault("purpose", f"{told}，这一栏是{draft.word}。")
    return flags


def _personal(line: Line, kind: CellType) -> bool:
    typed = line.yes("personal", default=isinstance(kind, IdNumber))
    if isinstance(kind, IdNumber) and not typed:
        line.fault("personal", "身份证号总是个人信息，请填是，或空着。")
    return typed or isinstance(kind, IdNumber)


def _not_after(line: Line, kind: CellType) -> NotAfter:
    usual: NotAfter = "filled_on" if isinstance(kind, Day) else ""
    if not isinstance(kind, Day):
        return usual
    return line.one_of("not_after", NOT_AFTER, usual, what="说法")


def _width(line: Line, kind: CellType) -> float:
    typed = line.number("width")
    return usual_width(kind) if typed is None else typed


def required_word(line: Line) -> bool | None:
    """Read 必填 as 是 or 否, blank being 是; None where it is a condition, or nothing."""
    text = line.text("required", 4000)
    if not text:
        return True
    found = find(text, YES_NO)
    if found is not None:
        return YES_NO[found]
    if not any(mark in text for mark in "[［"):
        told = f"“{text[:20]}”看不懂。可填 是、否，或一个条件，如 [整改状态]=“已整改”。"
        line.fault("required", told)
        return True
    return None


def columns_named(
    desk: Desk, line: Line, name: str, columns: Sequence[Column], title: str
) -> tuple[str, ...]:
    """Give the keys of the columns that a cell lists, brackets around them or not."""
    labels = {column.label: column.key for column in columns}
    older = {label: column.key for column in columns for label in column.older}
    found = []
    for typed in line.several(name):
        word = typed.strip("[]［］")
        match = find(word, labels)
        if match is None and (old := find(word, older)) is not None:
            found.append(older[old])
        elif match is not None:
            found.append(labels[match])
        elif not desk.mentions_broken(word):
            meant = likely(word, labels)
            told = f"《{title}》没有“{word[:40]}”这个栏目{is_it(meant)}{may_be(labels, '有：')}"
            line.fault(name, told, meant)
    return tuple(dict.fromkeys(found))
