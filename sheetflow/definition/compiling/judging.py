"""预列来源 and the 用途 around it: sheets that are printed with what was handed in, forms in which that is judged.

What a word needs beside it is told at the cell that it stands in; this module refuses to look into rows.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheetflow.definition import meanings as words
from sheetflow.definition.compiling.desk import ColumnDraft, Desk, FormDraft, SheetDraft
from sheetflow.definition.compiling.sheets import draft_named, form_called, tell_no_form
from sheetflow.definition.lines import Line
from sheetflow.schemas.gathered import Gathered
from sheetflow.schemas.judging import Judging
from sheetflow.schemas.likely import find, is_it, likely
from sheetflow.schemas.options import Choice
from sheetflow.schemas.sheets import Kind, Sheet

_OF_GATHERED = (words.ENTRY, words.ENTRY_UNIT)
_USUAL_TRIM = 5


def read_gathered(desk: Desk, draft: SheetDraft) -> Gathered | None:
    """Tell what a sheet is printed with; None where nothing is, or where that cannot be told."""
    line = draft.line
    text = line.name("gathered") if line else ""
    if line is None or not text:
        _tell_idle(draft)
        return None
    title, _, listed_title = text.replace("／", "/").partition("/")
    form = form_called(desk, title)
    if form is None:
        tell_no_form(desk, line, "gathered", title)
        return None
    listed = draft_named(desk, line, "gathered", listed_title, form)
    ranked_title = line.name("ranked")
    ranked = draft_named(desk, line, "ranked", ranked_title, form) if ranked_title else None
    entry = _one(draft, words.ENTRY)
    if entry is None and not desk.held_back:
        line.fault("gathered", f"《{draft.title}》还要有一栏的用途是{words.ENTRY}。")
    if listed is None or entry is None:
        return None
    printed = _printed(desk, draft, listed)
    if entry.key not in printed and entry.line and entry.line.is_sound("printed_from"):
        entry.line.fault("printed_from", f"写《{listed.title}》里的编号是哪一栏。")
    unit, order = _one(draft, words.ENTRY_UNIT), _one(ranked, words.ENTRY_ORDER) if ranked else None
    if ranked and order is None and ranked.line and not desk.held_back:
        line.fault("ranked", f"《{ranked.title}》还要有一栏的用途是{words.ENTRY_ORDER}。")
    return Gathered(
        form=form.key,
        listed=listed.key,
        named=printed.get(entry.key, ""),
        entry=entry.key,
        shown=tuple((key, there) for key, there in printed.items() if key != entry.key),
        ranked=ranked.key if ranked else "",
        order=order.key if order else "",
        unit=unit.key if unit else "",
    )


def _tell_idle(draft: SheetDraft) -> None:
    """Tell of what only says something where a sheet is printed with entries."""
    line, told = draft.line, "只用于有预列来源的工作表，请清空这一格。"
    if line and line.filled("ranked") and line.is_sound("ranked", "gathered"):
        line.fault("ranked", f"预列排序表{told}")
    if line and not line.is_sound("gathered"):
        return
    for column in draft.columns:
        if column.line is None:
            continue
        if column.line.filled("printed_from") and column.line.is_sound("printed_from"):
            column.line.fault("printed_from", f"预列取自{told}")
        for word in (each for each in column.purposes if each in _OF_GATHERED):
            column.line.fault("purpose", f"用途{word}{told}")


def _printed(desk: Desk, draft: SheetDraft, listed: SheetDraft) -> dict[str, str]:
    """Give the columns of the listed sheet that stand in those of this one."""
    labels = {label: each for each in listed.columns for label in (*each.older, each.label)}
    found: dict[str, str] = {}
    for column in draft.columns:
        typed = column.line.name("printed_from") if column.line else ""
        if not typed or column.line is None:
            continue
        match = find(typed.strip("[]［］"), labels)
        if match is not None:
            found[column.key] = labels[match].key
        elif not desk.mentions_broken(typed):
            meant = likely(typed, labels)
            told = f"《{listed.title}》没有“{typed}”这个栏目{is_it(meant)}"
            column.line.fault("printed_from", told, meant)
    return found


def _one(draft: SheetDraft, word: str) -> ColumnDraft | None:
    """Find the column of a purpose; tell of a second one."""
    found = [column for column in draft.columns if word in column.purposes]
    for column in found[1:]:
        if column.line:
            column.line.fault("purpose", f"已有一栏的用途是{word}，一张表只能有一栏。")
    return found[0] if found else None


def read_judging(
    desk: Desk, form: FormDraft, sheets: Mapping[str, Sheet], called: str
) -> Judging | None:
    """Tell how a form judges entries; None where no column has to do with that."""
    entries = _sheet_of(form, (*words.OF_ENTRIES,))
    scores = _sheet_of(form, (*words.OF_SCORES, words.CRITERION))
    judges = _sheet_of(form, (*words.OF_JUDGES,))
    quotas = _sheet_of(form, (words.QUOTA,))
    trimmed = form.line.whole("trimmed_from")
    if not (entries and scores and judges and quotas):
        _tell_lacking(form, (entries, scores, judges, quotas), called, trimmed)
        return None
    roles = {
        **_roles(form.line, entries, words.OF_ENTRIES),
        **_roles(form.line, scores, words.OF_SCORES),
        **_roles(form.line, judges, words.OF_JUDGES),
    }
    quota_columns = _all(quotas, words.QUOTA)
    if quotas.kind is not Kind.CARD and quota_columns[0].line:
        told = f"等次名额应在卡片里，《{quotas.title}》是{quotas.word}。"
        quota_columns[0].line.fault("purpose", told)
    gathered = sheets[entries.key].gathered if entries.key in sheets else None
    if gathered is None and entries.line and entries.line.is_sound("gathered"):
        entries.line.fault("gathered", "评选的对象要从下级报来的预列：请写 报表/表名。")
    criteria = _all(scores, words.CRITERION)
    if not criteria:
        form.line.fault("title", f"评选还缺用途是{words.CRITERION}的栏目。")
    options = _grades(entries, sheets, roles.get("award", ""), len(quota_columns))
    if gathered is None or not criteria or len(roles) < _MOST_ROLES or not options:
        return None
    listed = _listed(desk, gathered)
    files = _all(listed, words.AUTHORED_FILE) if listed else []
    return Judging(
        **roles,
        entries=entries.key,
        judges=judges.key,
        scores=scores.key,
        criteria=tuple(column.key for column in criteria),
        quotas=quotas.key,
        grades=tuple(
            (grade, column.key) for grade, column in zip(options[:-1], quota_columns, strict=True)
        ),
        authors=tuple(column.key for column in _all(listed, words.AUTHOR)) if listed else (),
        file=files[0].key if files else "",
        trimmed_from=trimmed or _USUAL_TRIM,
        called=called,
    )


_MOST_ROLES = len(words.OF_ENTRIES) + len(words.OF_SCORES) + len(words.OF_JUDGES)


def _sheet_of(form: FormDraft, told: tuple[str, ...]) -> SheetDraft | None:
    """Find the sheet whose columns have these purposes; tell of those that stand in another."""
    found: SheetDraft | None = None
    for draft in form.sheets:
        for column in draft.columns:
            for word in (each for each in column.purposes if each in told):
                if found is None:
                    found = draft
                elif found is not draft and column.line:
                    told_ = f"用途{word}应和《{found.title}》里的在同一张表。"
                    column.line.fault("purpose", told_)
    return found


def _tell_lacking(
    form: FormDraft, found: tuple[SheetDraft | None, ...], called: str, trimmed: int | None
) -> None:
    """Tell what a judging lacks, or that there is none to be called or trimmed."""
    needed = ("最终等次", words.CRITERION, "评委单位", words.QUOTA)
    if any(found):
        lacking = [word for word, sheet in zip(needed, found, strict=True) if sheet is None]
        form.line.fault("title", f"评选还缺用途是{'、'.join(lacking)}的栏目。")
        return
    for name, said in (("called", bool(called)), ("trimmed_from", trimmed is not None)):
        if said:
            form.line.fault(name, "只用于有评选的报表，请清空这一格。")


def _roles(line: Line, draft: SheetDraft, told: Mapping[str, str]) -> dict[str, str]:
    """Give the columns of a sheet by what they are to the judging; tell which is not there."""
    found: dict[str, str] = {}
    for word, name in told.items():
        if column := _one(draft, word):
            found[name] = column.key
        else:
            line.fault("title", f"评选还缺用途是{word}的栏目，应在《{draft.title}》里。")
    return found


def _all(draft: SheetDraft, word: str) -> list[ColumnDraft]:
    return [column for column in draft.columns if word in column.purposes]


def _grades(
    entries: SheetDraft, sheets: Mapping[str, Sheet], award: str, quotas: int
) -> tuple[str, ...]:
    """Give the options of the grade, one more than there are quotas; none where that cannot be."""
    column = next((each for each in entries.columns if each.key == award), None)
    made = sheets[entries.key].by_key.get(award) if entries.key in sheets else None
    kind = made.type if made else None
    options = kind.options if isinstance(kind, Choice) else ()
    if column and column.line and made and len(options) != quotas + 1:
        told = f"最终等次应是单选，选项比名额多一项（最后一项是没有获奖的），现有{quotas}项名额。"
        column.line.fault("purpose", told)
        return ()
    return options


def _listed(desk: Desk, gathered: Gathered) -> SheetDraft | None:
    for form in desk.forms:
        if form.key == gathered.form:
            return next((each for each in form.sheets if each.key == gathered.listed), None)
    return None
