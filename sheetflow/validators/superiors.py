"""What superiors said of a unit's submissions, heard when its workbook is judged: returns and questions.

A return asks the unit to mend or to explain, like any 核实性 finding, for as long as what was looked at
stands as it was. A question blocks nothing; it is answered in 情况说明. Each is known by its decision's
number, so that an answer to one never serves for another. Nothing here changes a figure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from sheetflow.findings import ASKED_RULE, REFUSED_RULE, RETURNED_RULE, Finding, Identity, Place
from sheetflow.schemas.book import Book, JudgingContext
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.documents import dump_figures, load_figures
from sheetflow.schemas.indicators import plain
from sheetflow.schemas.layout import measured_in
from sheetflow.schemas.review import HEARD, Heard, Number, Verdict
from sheetflow.schemas.sheets import Kind
from sheetflow.validators.figure_rules import figure_place

_CURRENT, _TO_DATE, _AT_THE_END = "本期", "累计", "期末"
_AGREED = "同意"
_ASKED = "数据有误的，改正后再报；没有答复以前，已经接收的数据照常使用"
_PROPOSED = "同意的写“同意”，并把明细改到商定数再报；不同意的，写明是什么情况"


def check_superiors(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find what a superior returned, and what it asks about.

    A return that is past, or of which the figures were changed, asks for nothing, nor does what is over: it is no
    decision to be answered, and stands only where the unit says something of it (`unless_moot`).
    """
    for heard in context.heard(book.form.key, book.period):
        if heard.verdict is Verdict.DISAGREE:
            continue  # of a finding that is not known yet: `check_refusals`
        said = heard.opinion or "没有写明原因，请与它联系"
        place = replace(_place(book, heard.about), key=heard.number)
        if heard.proposed is not None:
            said = f"{said.rstrip('。')}（电话商定数{shown(heard.proposed)}）"
        by = f"{heard.by}（{heard.over}）" if heard.over else heard.by
        told = {HEARD: heard.number, "by": by, "said": said}
        if heard.over:
            del told[HEARD]
        if heard.verdict is not Verdict.RETURN:
            answer = _ASKED if heard.proposed is None else _PROPOSED
            yield GENERAL[ASKED_RULE].at(place, **told, answer=answer)
        else:
            if heard.is_past or not _is_as_it_was(book, heard):
                told.pop(HEARD, None)
            yield GENERAL[RETURNED_RULE].at(place, **told)


def unless_moot(findings: Iterable[Finding], said: Collection[Identity]) -> tuple[Finding, ...]:
    """Leave out the returns and questions that ask for nothing any longer and of which nothing is said."""
    return tuple(
        each
        for each in findings
        if each.rule not in {RETURNED_RULE, ASKED_RULE}
        or HEARD in each.arguments
        or each.identity in said
    )


def is_over(finding: Finding) -> bool:
    """Whether it is a question that is asked no longer: whatever is said of it goes up."""
    return finding.rule == ASKED_RULE and HEARD not in finding.arguments


def check_refusals(
    faults: Iterable[Finding], book: Book, context: JudgingContext
) -> Iterator[Finding]:
    """Find what a superior did not let pass (申请放行), at the first place of the rule that it is about."""
    of_rule = {fault.rule: fault for fault in reversed(list(faults))}
    for heard in context.heard(book.form.key, book.period):
        fault = of_rule.get(heard.about)
        if heard.verdict is Verdict.DISAGREE and fault:
            said = f"：{heard.opinion.rstrip('。')}" if heard.opinion else ""
            yield GENERAL[REFUSED_RULE].at(fault.place, by=heard.by, said=said)


def _place(book: Book, code: str) -> Place:
    """Point to the indicator's figure; else to no cell: it is about the whole workbook."""
    if indicator := book.form.indicator.get(code):
        return figure_place(book, indicator, measured_in(book.form.kinds[code]))
    return Place()


def _is_as_it_was(book: Book, heard: Heard) -> bool:
    """Whether every figure that was looked at is the same; what is measured no more says nothing."""
    # As the store keeps figures: of a third nothing comes back with all its digits.
    now = load_figures(dump_figures(book.figures))
    return all(now[code] == figure for code, figure in heard.figures.items() if code in now)


def shown(figure: Number) -> str:
    """Write a figure as people do: 120, 12.5; empty for none."""
    return "" if figure is None else str(plain(Decimal(str(figure))))


def agrees(text: str) -> bool:
    """Whether an answer accepts a figure that was agreed by telephone."""
    return unicodedata.normalize("NFKC", text).strip().startswith(_AGREED)


def proposal(finding: Finding, book: Book, context: JudgingContext) -> Heard | None:
    """Give the question that a finding asks, where it proposes a figure (电话商定数)."""
    if not finding.is_question:
        return None
    heard = context.heard(book.form.key, book.period)
    proposed = (each for each in heard if each.proposed is not None)
    return next((each for each in proposed if each.number == finding.place.key), None)


def has_agreed_figure(heard: Heard, book: Book, context: JudgingContext) -> bool:
    """Whether the workbook has the figure that was agreed, where it may stand: of a flow in 本期 alone."""
    figures = _figures_now(book, context, heard.about)
    return shown(heard.proposed) in map(shown, figures.values())


def check_agreement(
    place: Place, heard: Heard, book: Book, context: JudgingContext
) -> Iterator[Finding]:
    """Find a figure that was agreed to and not changed: nobody changes it but the unit itself."""
    if not has_agreed_figure(heard, book, context):
        figures = _figures_now(book, context, heard.about)
        now = "，".join(f"{name}是{shown(figure) or '空的'}" for name, figure in figures.items())
        which = f"（商定的是{'或'.join(figures)}数）" if figures else ""
        said = {"agreed": f"{shown(heard.proposed)}{which}", "current": now or "是空的"}
        yield GENERAL["superior-agreed"].at(place, **said)


def _figures_now(book: Book, context: JudgingContext, code: str) -> dict[str, Number]:
    """Give what the workbook has for an indicator, by the words for it; nothing where it has none.

    A flow's 累计 is never what was agreed: it holds what other periods reported.
    """
    indicator, measured = book.form.indicator.get(code), book.figures.get(code)
    if indicator is None or measured is None:
        return {}
    kind = book.form.kinds[code]
    if kind is Kind.STOCK:
        return {_AT_THE_END: measured}
    if kind is Kind.FLOW:
        return {_CURRENT: measured}
    earlier = context.earlier(book.form.key, book.period)
    before = earlier.totals.get(code) if earlier else None
    values = indicator.values(kind, measured, before)
    return {_CURRENT: values.current, _TO_DATE: values.total}
