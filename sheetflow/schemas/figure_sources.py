"""Where an indicator's figure comes from, said in Chinese from its declaration.

The sheet, what its rows must meet and what is counted or added up; of a figure made from others, which.
It refuses to know any indicator: a campaign declares, and the sentence follows.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import (
    Count,
    Expected,
    Indicator,
    Ratio,
    Reaches,
    Reporting,
    Sum,
)
from sheetflow.schemas.sheets import Kind, Sheet

_OF_A_PERIOD = {
    (Kind.FLOW, True): "只计本期的行",
    (Kind.FLOW, False): "1月以来各期相加",
    (Kind.LEDGER, True): "本期累计减上期累计",
    (Kind.LEDGER, False): "全年台帐各行",
}
"""How a figure of one period, or of all since January, is made from the rows of its kind of sheet."""


def source_words(form: Form, indicator: Indicator, *, current: bool) -> str:
    """Say where an indicator's figure comes from, of this period or of all since January."""
    said = made_words(form, indicator) or rows_words(form, indicator)
    if not isinstance(indicator.source, Count | Sum):
        return said
    of_period = _OF_A_PERIOD.get((form.kinds.get(indicator.code, Kind.STOCK), current), "")
    return f"{said}（{of_period}）" if of_period else said


def decimals_of(form: Form, indicator: Indicator) -> int:
    """How many decimals an indicator's figure can have: as many as what is added up."""
    source = indicator.source
    if not isinstance(source, Sum):
        return 0
    summed = (form.declared or form).by_key[source.sheet].by_key
    return max((summed[column].type.places for column in source.columns), default=0)


def made_words(form: Form, indicator: Indicator) -> str:
    """Say what a figure is made from that counts no rows; empty for others."""
    match indicator.source:
        case Ratio(numerator, denominator):
            return f"“{_label(form, numerator)}”÷“{_label(form, denominator)}”"
        case Reaches(code, least):
            unit = form.indicator[code].unit.partition("/")[0]
            return f"“{_label(form, code)}”不小于{least}{unit}的单位数"
        case Reporting(nil, sheet):
            labels = form.by_key[sheet].labels if sheet in form.by_key else None
            nothing = f"（{nil.words(labels)}的不计）" if nil and labels else ""
            return f"本期已接收报表、不是零报告的单位数{nothing}"
        case Expected():
            return "本期应报的单位数"
    return ""


def rows_words(form: Form, indicator: Indicator) -> str:
    """Say which rows of which sheet are counted, or of which the columns are added up."""
    sheet = (form.declared or form).by_key.get(indicator.source.draws_on)
    if sheet is None:
        return ""
    asked = _asked(form, sheet, getattr(indicator.source, "where", None))
    when = f"中{asked}的" if asked else "的"
    if isinstance(indicator.source, Sum):
        summed = "".join(f"“{sheet.labels[column]}”" for column in indicator.source.columns)
        return f"《{sheet.title}》{f'中{asked}的行' if asked else '各行'}的{summed}之和"
    return f"《{sheet.title}》{when}行数"


def _asked(form: Form, sheet: Sheet, condition: Condition | None) -> str:
    """Say what rows must meet; that they are not set aside, unless the condition says more."""
    labels = _labels(form, sheet)
    aside = sheet.void_not
    looked_at = set(condition.columns()) if condition else set()
    parts = [
        part.words(labels)
        for part in (condition, aside if aside and looked_at.isdisjoint(aside.columns()) else None)
        if part
    ]
    return "且".join(parts)


def _labels(form: Form, sheet: Sheet) -> Mapping[str, str]:
    """Name the columns of a sheet, and those of other sheets' rows that it points to."""
    sheets = (form.declared or form).by_key
    pointed = {
        lookup.name: f"对应{sheets[lookup.of].title}的{sheets[lookup.of].labels[lookup.column]}"
        for lookup in sheet.lookups
    }
    return {**sheet.labels, **pointed}


def _label(form: Form, code: str) -> str:
    return form.indicator[code].label.strip("　").removeprefix("其中：")
