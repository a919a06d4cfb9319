"""Whom a declared rule asks, and about what: silent where a sheet, column or figure is not, or only on trial."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sheetflow.findings import Severity
from sheetflow.periods import Period
from sheetflow.schemas.cells import Reference, References
from sheetflow.schemas.evidence import OF_FILES, takes_files
from sheetflow.schemas.expressions import Call, Cell, Expression, Name, Scope
from sheetflow.schemas.filings import FILING_RULES, asking_sheets
from sheetflow.schemas.rules import BEFORE, LABEL, LABELS, OTHER, OWN, DeclaredRule

if TYPE_CHECKING:
    from sheetflow.schemas.forms import Form

_OF_OTHER_ROWS = frozenset({"计数", "合计", "有对应行"})

Need = tuple[str, str]
"""A sheet and a column of it (or none: its rows alone); of an indicator no sheet and its code."""


def needs_of(rule: DeclaredRule, form: Form) -> frozenset[Need]:
    """Name all that must be there for the rule to mean anything, by the form as it was declared whole."""
    whole = form.declared or form
    found = {need for point in rule.points for need in _named(point, rule.sheet)}
    for placeholder in rule.placeholders:
        if placeholder not in {OWN, LABEL, LABELS, OTHER}:
            found.update(_named(placeholder.removeprefix(BEFORE), rule.sheet))
    for part in filter(None, (rule.when, rule.must)):
        found.update(_asked(part, whole, rule.sheet, rule.sheet))
    return frozenset(found)


def has(form: Form, need: Need) -> bool:
    """Whether this version of the form has what a rule asks about."""
    sheet, column = need
    if not sheet:
        return column in form.indicator
    return sheet in form.by_key and (not column or column in form.by_key[sheet].by_key)


def concerns(rule: DeclaredRule, form: Form, level: str) -> bool:
    """Whether the rule ever asks a unit of that level, by this version of the form."""
    if not rule.in_version(form.version) or (rule.only_levels and level not in rule.only_levels):
        return False
    needs = needs_of(rule, form)
    sheets = [form.by_key[sheet] for sheet, _ in needs if sheet in form.by_key]
    return all(has(form, need) for need in needs) and all(s.is_for(level) for s in sheets)


OF_OTHER_FORMS = frozenset({"reference-not-in-book", "reference-no-book", "reference-other-words"})
"""The checks of what points into another form's book."""


def hangs_on(form: Form, code: str) -> bool:
    """Whether one of our own checks, by its code, has anything to look at in a form.

    Only sheets that are gathered or ask for 填报声明, forms in which others are judged, those that files come
    beside, those that ask who reports for merged units and those that point into another form's book have some.
    """
    if code.startswith(OF_FILES):
        return takes_files(form)
    if code.startswith(FILING_RULES):
        return bool(asking_sheets(form))
    if code in OF_OTHER_FORMS:
        types = (column.type for sheet in form.sheets for column in sheet.columns)
        return any("/" in kind.to for kind in types if isinstance(kind, Reference | References))
    if code == "reported-apart":
        return form.cover.taking_over is not None
    if code.startswith("judging-"):
        return form.judging is not None
    return not code.startswith("gathered-") or any(sheet.gathered for sheet in form.sheets)


def effective_severity(rule: DeclaredRule, form: Form, period: Period) -> Severity:
    """Give how heavy a rule weighs in a period: on trial it only says what it sees."""
    if rule.severity is not Severity.MUST or not rule.trial_until:
        return rule.severity
    last = form.period(rule.trial_until)
    return Severity.NOTE if period.first_day <= last.last_day else rule.severity


def _named(name: str, sheet: str) -> Iterator[Need]:
    first, dot, column = name.partition(".")
    yield (first, column) if dot else (sheet, name)


def _asked(part: Expression, form: Form, sheet: str, looked_at: str) -> Iterator[Need]:
    """Name what an expression asks of rows of `sheet`, and of the row looked at."""
    match part:
        case Name(code):
            yield "", code
        case Cell(column, of, scope, card):
            own = card or (looked_at if scope is Scope.LOOKED_AT else sheet)
            yield own, column
            if of and own in form.by_key and column in form.by_key[own].by_key:
                yield form.by_key[own].by_key[column].refers_to, of
        case Call(function, (Name(other), *more)) if function in _OF_OTHER_ROWS:
            yield other, ""
            if function == "有对应行" and other in form.by_key:
                by = more[0].column if more and isinstance(more[0], Cell) else ""
                yield other, by or form.by_key[other].reference_to(sheet)
            for one in more:
                yield from _asked(one, form, other, sheet)
        case _:
            for one in part.parts:
                yield from _asked(one, form, sheet, looked_at)


def names_what_sets_aside(rule: DeclaredRule, form: Form) -> bool:
    """Whether the rule names the column that sets rows of its sheet aside, so that it looks at them too."""
    sheet = (form.declared or form).by_key.get(rule.sheet)
    if sheet is None or sheet.void is None:
        return True
    columns = set(sheet.void.columns())
    named = set(rule.points)
    for part in filter(None, (rule.when, rule.must)):
        named |= {f"{cell.column}.{cell.of}" if cell.of else cell.column for cell in _own(part)}
    return not columns.isdisjoint(named)


def _own(part: Expression, *, within: bool = False) -> Iterator[Cell]:
    """Give the cells of the row that the rule looks at, not those of rows that it counts."""
    if isinstance(part, Cell):
        own = Scope.LOOKED_AT if within else Scope.ROW
        if not part.card and part.scope is own:
            yield part
    within = within or (isinstance(part, Call) and part.function in _OF_OTHER_ROWS)
    for one in part.parts:
        yield from _own(one, within=within)
