"""What names something that comes later or is gone already: told at the cell that names it.

What a column, a sheet, an indicator or a rule names must stand for as long as it does. A column may have
asked another one that came later: older versions leave the question out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sheetflow.definition.compiling.desk import ColumnDraft, Desk, FormDraft, SheetDraft
from sheetflow.definition.compiling.finished_forms import FormParts
from sheetflow.definition.lines import Line
from sheetflow.definition.meanings import COVER_KIND, COVER_ROLES, OF_COLUMN
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.expressions import Call, Cell, Expression, Name
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.schemas.sheets import Sheet
from sheetflow.schemas.versioned import Versioned

_ALWAYS = ("单位代码", "填报单位", "报告期", "填报日期")


def tell_spans(desk: Desk, parts: Iterable[FormParts]) -> None:
    """Tell all of them, in every form."""
    if desk.version == 1:
        return
    for part in parts:
        _tell_covers(part.draft)
        for sheet in part.sheets:
            _tell_sheet(desk, part, sheet)
        _tell_indicators(desk, part)
        for line, form, rule in desk.rules:
            if form == part.draft.key:
                _tell_rule(desk, part.vocabulary, line, rule)


def _draft(form: FormDraft, key: str) -> SheetDraft:
    return next(draft for draft in form.sheets if draft.key == key)


def _versions(desk: Desk, entry: Versioned, *within: Versioned) -> list[int]:
    """The versions in which something stands, and what it stands in."""
    every = (entry, *within)
    numbers = range(1, desk.version + 1)
    return [number for number in numbers if all(each.in_version(number) for each in every)]


def _gone(named: Versioned, at: int) -> str:
    """Say that something is not there in a version, or not any more."""
    if named.since > at:
        return f"它从第{named.since}版起才有"
    return f"它从第{(named.until or 0) + 1}版起停用"


def _tell(line: Line, name: str, what: str, named: Versioned, at: int) -> None:
    told = f"这里用到{what}，第{at}版里没有它：{_gone(named, at)}。请改用别的，或把两处的版本写成一致。"
    line.fault(name, told)


def _tell_covers(form: FormDraft) -> None:
    """Tell of a cover that comes or goes, and of columns of it that every version needs."""
    for draft in form.sheets:
        if draft.word != COVER_KIND:
            continue
        if draft.line and not _lasting(draft):
            name = "until" if draft.span.until else "since"
            draft.line.fault(name, "封面要每一版都有，请清空这一格。")
        for column in draft.columns:
            needed = set(column.purposes) & set(_ALWAYS)
            if column.line and needed and not _lasting(column):
                name = "until" if column.span.until else "since"
                told = f"用途是{'、'.join(needed)}的栏目要每一版都有，请清空这一格。"
                column.line.fault(name, told)


def _lasting(draft: SheetDraft | ColumnDraft) -> bool:
    return draft.span.since == 1 and draft.span.until is None


def _tell_sheet(desk: Desk, part: FormParts, sheet: Sheet) -> None:
    draft, standing = _draft(part.draft, sheet.key), _versions(desk, sheet)
    if not standing:
        return
    if draft.line:
        for name, keys in _named_by_sheet(sheet):
            _tell_columns(draft.line, name, sheet, keys, standing[-1])
        _tell_purposeless(desk, draft, sheet)
        if draft.line.filled("quoted") and not sheet.in_version(desk.version):
            draft.line.fault("quoted", "这张表停用了，情况报告不再引用它。请清空这一格。")
    lines = {column.key: column.line for column in draft.columns}
    for column in sheet.declared:
        line = lines.get(column.key)
        if line and (within := _versions(desk, column, sheet)):
            _tell_column(line, sheet, column, part.vocabulary.sheets.get(column.refers_to), within)


def _tell_column(
    line: Line, sheet: Sheet, column: Column, target: Sheet | None, within: Sequence[int]
) -> None:
    for name, keys in _named_by_column(column):
        _tell_columns(line, name, sheet, keys, within[-1])
    without = [number for number in within if target and not target.in_version(number)]
    if target and without:
        _tell(line, "extra", f"《{target.title}》", target, without[-1])


def _named_by_sheet(sheet: Sheet) -> Iterator[tuple[str, Iterable[str]]]:
    for name, asked in (("void", sheet.void), ("closed", sheet.closed)):
        if asked:
            yield name, asked.columns()
    yield "matter", sheet.matter


def _named_by_column(column: Column) -> Iterator[tuple[str, Iterable[str]]]:
    if isinstance(column.required, Condition):
        yield "required", column.required.columns()
    if column.disclosure.withheld_when:
        yield "withheld_when", column.disclosure.withheld_when.columns()
    if column.not_before:
        yield "not_before", (column.not_before,)


def _tell_columns(line: Line, name: str, sheet: Sheet, keys: Iterable[str], at: int) -> None:
    """Tell of the first column that is not there in a version; of a lookup its reference is asked."""
    for key in keys:
        column = sheet.by_key.get(key.partition(".")[0])
        if column and not column.in_version(at):
            _tell(line, name, f"“{column.label}”", column, at)
            return


def _tell_purposeless(desk: Desk, draft: SheetDraft, sheet: Sheet) -> None:
    """Tell of columns with a purpose beyond themselves that do not stand any more."""
    own = set(OF_COLUMN)
    for column in draft.columns:
        words = [word for word in column.purposes if word not in own and word not in _ALWAYS]
        made = sheet.by_key.get(column.key)
        gone = made and not (made.in_version(desk.version) and sheet.in_version(desk.version))
        if column.line and words and gone:
            told = f"这一栏停用了，用途{'、'.join(words)}要交给另一栏，或清空。"
            if not (set(words) <= COVER_ROLES.keys() and draft.word != COVER_KIND):
                column.line.fault("purpose", told)


def _tell_indicators(desk: Desk, part: FormParts) -> None:
    known = {indicator.code: indicator for indicator in part.indicators}
    lines = {code: line for line, form, code in desk.indicators if form == part.draft.key}
    for indicator in part.indicators:
        for code in indicator.source.made_from:
            named = known.get(code)
            standing = _versions(desk, indicator)
            without = [number for number in standing if named and not named.in_version(number)]
            if named and without:
                _tell(lines[indicator.code], "formula", f"指标“{code}”", named, without[-1])


def _tell_rule(desk: Desk, vocabulary: Vocabulary, line: Line, rule: DeclaredRule) -> None:
    """Tell of what a rule names and its last version does not have."""
    standing = _versions(desk, rule)
    if not standing:
        return
    at = standing[-1]
    sheet = vocabulary.sheets.get(rule.sheet)
    if sheet and not sheet.in_version(at):
        _tell(line, "sheet", f"《{sheet.title}》", sheet, at)
        return
    for point in rule.points if sheet else ():
        if sheet:
            _tell_columns(line, "points", sheet, (point,), at)
    for name, expression in (("when", rule.when), ("must", rule.must)):
        for what, named in _named_in(expression, vocabulary, sheet):
            if not named.in_version(at):
                _tell(line, name, what, named, at)
                break


def _named_in(
    expression: Expression | None, vocabulary: Vocabulary, sheet: Sheet | None
) -> Iterator[tuple[str, Versioned]]:
    """Give all that an expression names, with what people call it."""
    match expression:
        case Cell(column, card=card):
            owner = vocabulary.sheets.get(card) if card else sheet
            if owner and column in owner.by_key:
                yield f"“{owner.labels[column]}”", owner.by_key[column]
            return
        case Name(name):
            if indicator := vocabulary.indicators.get(name):
                yield f"指标“{name}”", indicator
            return
        case Call(_, (Name(name), *rest)) if name in vocabulary.sheets:
            counted = vocabulary.sheets[name]
            yield f"《{counted.title}》", counted
            for part in rest:
                yield from _named_in(part, vocabulary, counted)
            return
    for part in expression.parts if expression else ():
        yield from _named_in(part, vocabulary, sheet)
