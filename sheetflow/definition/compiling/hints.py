"""What keeps a campaign workbook from nothing and is worth a look: 提示."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheetflow.definition.compiling.activity import Items
from sheetflow.definition.compiling.desk import Desk
from sheetflow.definition.compiling.finished_forms import FormParts
from sheetflow.definition.compiling.finished_sheets import doubled_conditions
from sheetflow.schemas.conditions import Any, Condition, Every, Is, Not, Through
from sheetflow.schemas.expressions import Cell, Expression, Literal, Operation, Options
from sheetflow.schemas.likely import same
from sheetflow.schemas.options import Choice, Choices

_UNMARKED = "几项规定允许单位拒填没有标明表号、文号的报表"
_BLANKS = "在指标和条件里，空着的也算“不是”；在这条规则里，空着的不查"

Denied = tuple[str, str, tuple[str, ...]]
"""A sheet, a column and the words that it shall not be: what `<>` asks."""


def tell_hints(
    desk: Desk,
    items: Items,
    parts: Sequence[FormParts],
) -> None:
    """Tell all hints; of a workbook with faults those that they do not touch."""
    if desk.tables.has("活动"):
        _tell_unmarked(desk, items)
    _tell_idle_lists(desk, parts)
    for part in parts:
        _tell_blanks(desk, part)


def _tell_unmarked(desk: Desk, items: Items) -> None:
    lacking = [name for name in ("number", "document_number") if not items.line.filled(name)]
    for name in lacking:
        header = items.line.spot(name).header
        told = f"{header}空着。{_UNMARKED}：已经批准、备案的请填上，没有的请先报批。"
        desk.faults.hint(items.line.spot(name), told)


def _tell_idle_lists(desk: Desk, parts: Sequence[FormParts]) -> None:
    columns = desk.tables.of("栏目")
    if not columns or not all(line.is_sound("type", "extra") for line in columns):
        return  # what is misspelt there may mean any of them
    used = {
        same(column.type.listed_as)
        for part in parts
        for sheet in part.sheets
        for column in sheet.declared
        if isinstance(column.type, Choice | Choices)
    }
    told: set[str] = set()
    for line in desk.tables.of("选项"):
        name = same(line.name("list"))
        if name in desk.lists and name not in used and name not in told:
            told.add(name)
            words = f"选项单“{desk.lists[name].listed_as}”没有栏目用到。不用的请删掉。"
            desk.faults.hint(line.spot("list"), words)


def _tell_blanks(desk: Desk, part: FormParts) -> None:
    """Tell where one text reads a blank cell otherwise in a rule than in a condition."""
    denied: set[Denied] = set()
    for sheet in part.sheets:
        for each in doubled_conditions(sheet):
            denied.update(_denied(sheet.key, each))
    for indicator in part.indicators:
        if indicator.source.condition:
            denied.update(_denied(indicator.source.draws_on, indicator.source.condition))
    for line, form, rule in desk.rules:
        if form != part.draft.key:
            continue
        for name, text in (("when", rule.when), ("must", rule.must)):
            for key, column, words in _unlike(rule.sheet, text):
                if (key, column, words) in denied:
                    label = part.vocabulary.sheets[key].labels.get(column, column)
                    told = f"“{label}”不是“{'、'.join(words)}”也用在指标或条件里：{_BLANKS}。"
                    desk.faults.hint(line.spot(name), f"{told}空着也要查的，请再写一条。")


def _denied(sheet: str, condition: Condition) -> Iterator[Denied]:
    match condition:
        case Not(Is(column, words)):
            yield sheet, column, words
        case Not(part) | Through(_, part):
            yield from _denied(sheet, part) if isinstance(condition, Not) else ()
        case Every(parts) | Any(parts):
            for part in parts:
                yield from _denied(sheet, part)


def _unlike(sheet: str, expression: Expression | None) -> Iterator[Denied]:
    for each in expression.each() if expression else ():
        match each:
            case Operation("<>", Cell(column, of="", card=""), Literal(str(word))) if word:
                yield sheet, column, (word,)
            case Operation("<>", Cell(column, of="", card=""), Options(words)):
                yield sheet, column, words
