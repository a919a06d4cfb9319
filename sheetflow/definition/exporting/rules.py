"""指标 and 审核: what a form adds up and what it checks, as rows, in the language of formulas.

This module owns what of a rule or an indicator is written and what a blank cell says already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetflow.definition import meanings as words
from sheetflow.definition.exporting.columns import Neighbours
from sheetflow.definition.exporting.sayable import Saying
from sheetflow.definition.layout import Row
from sheetflow.definition.rule_words import usual_title, worded
from sheetflow.findings import Severity
from sheetflow.schemas.expressions import Expression
from sheetflow.schemas.indicators import Indicator, Reporting
from sheetflow.schemas.language.rules import rule_text
from sheetflow.schemas.language.sources import source_text
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.schemas.sheets import Sheet

_PLACEHOLDER = re.compile(r"\{(上期:)?([^{}]+)\}")


def indicator_rows(near: Neighbours) -> Iterator[Row]:
    """Give a row for each indicator of a form."""
    for indicator in near.form.indicators:
        saying = Saying(f"指标“{indicator.label.strip()}”", near.unsaid)
        first = indicator.older[-1] if indicator.older else indicator.label
        saying.code(indicator.code, first)
        saying.put_set_in("label", indicator.label)
        saying.put("unit", indicator.unit, "")
        _say_formula(saying, indicator, near)
        if indicator.percent:
            saying.put("shown", words.PERCENT)
        saying.put("indent", indicator.indent, 0)
        saying.put("definition", indicator.definition, "")
        if indicator.by is not None:
            saying.word("by", words.ADDED_UP, indicator.by, None)
        _say_swing(saying, indicator)
        saying.several("older", indicator.older)
        saying.versions(indicator)
        near.name_form(saying)
        yield saying.row


def _say_formula(saying: Saying, indicator: Indicator, near: Neighbours) -> None:
    saying.attempt("formula", lambda: source_text(indicator.source, near.vocabulary))
    source = indicator.source
    if isinstance(source, Reporting) and (source.nil, source.sheet) != near.nil:
        saying.refuse("已报单位看的不是封面上的零报告")


def _say_swing(saying: Saying, indicator: Indicator) -> None:
    if indicator.swing is Severity.MUST:
        saying.refuse("比上期三倍以上不能是强制性")
    saying.word("swing", words.ASKED, indicator.swing, Severity.NOTE)


def rule_rows(near: Neighbours) -> Iterator[Row]:
    """Give a row for each declared rule of a form."""
    for rule in near.form.rules:
        saying = Saying(f"规则“{rule.title}”", near.unsaid)
        saying.put("severity", rule.severity.label)
        sheet = near.form.by_key[rule.sheet] if rule.sheet else None
        if sheet:
            saying.put("sheet", sheet.title)
        texts = {"when": rule.when, "must": rule.must}
        for key, text in texts.items():
            if text is not None:
                _say_expression(saying, key, text, rule, near)
        saying.several("points", (_named(point, sheet, near) for point in rule.points))
        for key in ("wrong", "remedy"):
            saying.put(key, _with_names(getattr(rule, key), sheet, near))
        saying.put("title", rule.title, usual_title(str(saying.cells["wrong"])))
        said = worded(rule.when, rule.must, near.vocabulary, rule.sheet, rule.points)
        saying.put("summary", rule.summary, said)
        saying.several("range", _ranges(rule, near))
        saying.put("source", rule.source, "")
        saying.put("trial_until", rule.trial_until, "")
        saying.versions(rule)
        saying.code(rule.code, rule.title)
        _say_form(saying, rule, near)
        yield saying.row


def _say_expression(
    saying: Saying, key: str, text: Expression, rule: DeclaredRule, near: Neighbours
) -> None:
    saying.attempt(key, lambda: rule_text(text, near.vocabulary, rule.sheet))


def _named(point: str, sheet: Sheet | None, near: Neighbours) -> str:
    """Name a column of the rule's sheet, one of another (``表名.栏目``), or an indicator by its code."""
    if sheet:
        return sheet.labels[point]
    at, dot, column = point.partition(".")
    if not dot:
        return point
    other = near.form.by_key[at]
    return f"{other.title}.{other.labels[column]}"


def _with_names(sentence: str, sheet: Sheet | None, near: Neighbours) -> str:
    """Give a sentence whose placeholders name columns as people do: ``{status}`` is ``{办理状态}``."""

    def named(found: re.Match[str]) -> str:
        before, asked = found[1] or "", found[2]
        if sheet and asked in sheet.by_key:
            return f"{{{before}{sheet.labels[asked]}}}"
        if not sheet and "." in asked:
            return f"{{{before}{_named(asked, None, near)}}}"
        return found[0]

    return _PLACEHOLDER.sub(named, sentence)


def _ranges(rule: DeclaredRule, near: Neighbours) -> Iterator[str]:
    """List what narrows a rule."""
    told = (
        (words.BY_ROW, rule.by_row),
        (words.SKIPS_FIRST, rule.skips_first),
        (words.ONLY_LAST, rule.only_last),
    )
    yield from (word for word, is_so in told if is_so)
    for level in near.campaign.levels.names:
        if level in rule.only_levels:
            yield f"{words.ONLY_LEVEL}{level}"


def _say_form(saying: Saying, rule: DeclaredRule, near: Neighbours) -> None:
    """Name the form of a rule where its sheet does not tell, or stands in several."""
    forms = near.campaign.forms
    title = near.form.by_key[rule.sheet].title if rule.sheet else ""
    having = [form for form in forms if title and any(each.title == title for each in form.sheets)]
    if len(having) > 1 or (not having and near.form is not forms[0]):
        saying.put("form", near.form.title)
