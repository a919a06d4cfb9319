"""The sheets of a form with all that their rows of 工作表 and 栏目 say, conditions and masks among it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sheetflow.definition.compiling.columns import columns_named, required_word
from sheetflow.definition.compiling.desk import ColumnDraft, Desk
from sheetflow.definition.compiling.judging import read_gathered
from sheetflow.definition.compiling.levels import levels_named
from sheetflow.definition.compiling.masks import disclosure
from sheetflow.definition.compiling.plain_sheets import Plain
from sheetflow.definition.compiling.texts import condition
from sheetflow.definition.lines import Line
from sheetflow.definition.meanings import COVER_KIND, NAMING, ROLL_UPS
from sheetflow.schemas.cells import Day
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.language.conditions import lookups_of
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.likely import same
from sheetflow.schemas.sheets import Kind, Lookup, RollUp, Sheet


def finished_sheet(desk: Desk, plain: Plain, vocabulary: Vocabulary) -> Sheet:
    """Give the sheet as its form has it."""
    columns = tuple(_column(desk, plain, draft, column, vocabulary) for draft, column in plain.rows)
    sheet = replace(plain.sheet, declared=columns, roll_up=_usual_roll_up(plain))
    if plain.draft.line:
        sheet = _as_said(desk, sheet, plain, plain.draft.line, vocabulary)
    beside = lookups_beside(sheet, (sheet.void,), vocabulary)
    return replace(sheet, lookups=beside, named_by=_named_by(plain))


def _usual_roll_up(plain: Plain) -> RollUp:
    if plain.draft.kind is Kind.INDICATORS:
        return RollUp.SUMMED
    return RollUp.NONE if plain.draft.word == COVER_KIND else RollUp.ROWS


def _as_said(desk: Desk, sheet: Sheet, plain: Plain, line: Line, vocabulary: Vocabulary) -> Sheet:
    _tell_idle(plain, line)
    return replace(
        sheet,
        note=line.text("note"),
        source=line.text("source"),
        always_shown=line.yes("always_shown", default=True),
        levels=levels_named(desk, line, "levels"),
        void=condition(desk, line, "void", vocabulary, sheet.key, through=True),
        closed=condition(desk, line, "closed", vocabulary, sheet.key),
        matter=columns_named(desk, line, "matter", sheet.declared, sheet.title),
        preprinted=_preprinted(plain, line),
        roll_up=line.one_of("roll_up", ROLL_UPS, sheet.roll_up, what="汇总方式"),
        filing_declared=line.yes("filing_declared", default=False),
        filing_since=desk.version_in(line, "filing_since") or 1,
        gathered=read_gathered(desk, plain.draft),
    )


_OF_TABLES = (
    "void",
    "closed",
    "matter",
    "preprinted",
    "filing_declared",
    "filing_since",
    "quoted_where",
)


def _tell_idle(plain: Plain, line: Line) -> None:
    """Tell of cells that say nothing for a sheet of that kind."""
    kind, word = plain.draft.kind, plain.draft.word
    if not word:
        return
    if kind in {Kind.CARD, Kind.INDICATORS}:
        for name in _OF_TABLES:
            if line.filled(name) and line.is_sound(name):
                told = f"{word}不用填“{line.spot(name).header}”，请清空这一格。"
                line.fault(name, told)
    elif line.filled("exempt_when_nil") and line.yes("exempt_when_nil", default=False):
        line.fault("exempt_when_nil", f"零报告可空只用于卡片，《{plain.draft.title}》是{word}。")
    keyless = kind is Kind.FLOW and not any(column.is_key for _, column in plain.rows)
    if keyless and line.filled("matter") and line.is_sound("matter"):
        line.fault("matter", "辨认栏只用于有编号、逐期续填的表，请清空这一格。")


def _preprinted(plain: Plain, line: Line) -> int:
    count = line.whole("preprinted") or 0
    if count and not any(column.is_key for _, column in plain.rows):
        complete = all(draft.word for draft in plain.draft.columns)
        if complete:
            line.fault("preprinted", f"《{plain.draft.title}》没有编号栏，不能预印编号。")
    return count


def _named_by(plain: Plain) -> str:
    naming = [draft for draft, _ in plain.rows if NAMING in draft.purposes]
    for draft in naming[1:]:
        if draft.line:
            draft.line.fault("purpose", f"已有一栏的用途是{NAMING}，一张表只能有一栏。")
    return naming[0].key if naming else ""


def lookups_beside(
    sheet: Sheet, asked: Iterable[Condition | None], vocabulary: Vocabulary
) -> tuple[Lookup, ...]:
    """Give the lookups of a sheet, and those, hidden, that conditions on its rows ask besides."""
    needed = [lookup for each in asked for lookup in lookups_of(each, vocabulary, sheet.key)]
    by_name = {lookup.name: lookup for lookup in (*needed, *sheet.lookups)}
    return (*sheet.lookups, *(each for each in by_name.values() if each not in sheet.lookups))


def _column(
    desk: Desk, plain: Plain, draft: ColumnDraft, column: Column, vocabulary: Vocabulary
) -> Column:
    """Give a column with its conditions."""
    line = draft.line
    if line is None:
        return column
    key = plain.sheet.key
    required = required_word(line)
    asked: Condition | bool
    if required is None:
        found = condition(desk, line, "required", vocabulary, key)
        _tell_own(desk, line, "required", found, column)
        asked = found or False
    else:
        asked = required
    only = line.yes("only", default=False)
    if only and required is not None and line.is_sound("required"):
        told = "“必填”是条件的才能填。请在“必填”写上条件，或清空这一格。"
        line.fault("only", told)
    withheld = condition(desk, line, "withheld_when", vocabulary, key)
    return replace(
        column,
        required=asked,
        only=only,
        disclosure=disclosure(desk, line, column, withheld),
        not_before=_not_before(desk, plain, line, column),
    )


def _tell_own(desk: Desk, line: Line, name: str, found: Condition | None, column: Column) -> None:
    """Tell where a cell is required by what stands in itself."""
    if found and column.key in found.columns() and not desk.faults.at(line.spot(name)):
        line.fault(name, f"“{column.label}”填不填不能由它自己来定，请换一个条件。")


def _not_before(desk: Desk, plain: Plain, line: Line, column: Column) -> str:
    if not line.filled("not_before") or not line.is_sound("not_before"):
        return ""
    days = [each for _, each in plain.rows if isinstance(each.type, Day)]
    typed = line.name("not_before").strip("[]［］")
    every = {same(each.label): each for _, each in plain.rows}
    other = every.get(same(typed))
    if other is None or not isinstance(other.type, Day):
        if other is not None and not desk.mentions_broken(typed):
            line.fault("not_before", f"“{other.label}”不是日期栏。")
            return ""
        named = columns_named(desk, line, "not_before", days, plain.sheet.title)
        return named[0] if named else ""
    if other.key == column.key:
        line.fault("not_before", "不能写这一栏自己，请换一个日期栏。")
        return ""
    return other.key


def doubled_conditions(sheet: Sheet) -> Iterator[Condition]:
    """Give every condition on the rows of a sheet."""
    yield from filter(None, (sheet.void, sheet.closed))
    for column in sheet.declared:
        if isinstance(column.required, Condition):
            yield column.required
        if column.disclosure.withheld_when:
            yield column.disclosure.withheld_when
