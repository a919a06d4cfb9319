"""What each indicator counts, in words, for 指标解释."""

from __future__ import annotations

from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Indicator, Sum
from sheetflow.schemas.sheets import Kind

_BY_KIND = {
    Kind.FLOW: "本期数按本期各行计算，累计数为上期累计加本期",
    Kind.LEDGER: "累计数按全年台帐计算，本期数为累计减上期累计",
    Kind.STOCK: "期末数",
}


def explain(form: Form, indicator: Indicator) -> str:
    """Say what `indicator` counts: its definition, else the sheet, columns and condition."""
    kind = "" if indicator.is_ratio else _BY_KIND.get(form.kind_of(indicator.code), "")
    body = indicator.definition or _source(form, indicator)
    here = "" if indicator.source.fits(form.by_key) else "这一版的表不填，沿用以前的数"
    return "；".join(part for part in (body, kind, here) if part)


def _source(form: Form, indicator: Indicator) -> str:
    sheet = (form.declared or form).by_key.get(indicator.source.draws_on)
    if sheet is None:
        return ""
    condition: Condition | None = getattr(indicator.source, "where", None)
    when = f"中{condition.words(sheet.labels)}的行" if condition else "各行"
    if isinstance(indicator.source, Sum):
        summed = "、".join(f"“{sheet.labels[column]}”" for column in indicator.source.columns)
        return f"《{sheet.title}》{when}的{summed}之和"
    return f"《{sheet.title}》{when}数" if condition else f"《{sheet.title}》的行数"
