"""Forms of two versions compared: their sheets, their indicators and charts, when and by whom they are filled.

Columns are compared by `columns`, rules by `trials`.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.definition.comparing.columns import Compared, compare_columns
from sheetflow.definition.comparing.verdicts import (
    Change,
    allowed,
    compare_spans,
    hint,
    lost,
    refused,
    reworded,
    span_of,
)
from sheetflow.schemas.conditions import Row
from sheetflow.schemas.documents import measure_digests
from sheetflow.schemas.forms import Form
from sheetflow.schemas.sheets import Sheet

_FORM_WORDS = {
    "guidance": "填报说明",
    "own_work": "本级说明",
    "working_days": "截止",
    "due_on": "截止",
    "closes": "截止",
    "opens": "起止日期",
    "first_period": "开始",
    "last_period": "结束",
    "attachments": "附件",
    "template": "报告模板",
    "report": "报告引用",
    "same_person": "跨单位核对",
    "own_totals": "自报合计",
    "charts": "图表",
    "cover": "封面的用途",
}
_SHEET_WORDS = {
    "note": "填表说明",
    "source": "依据",
    "always_shown": "总是显示",
    "closed": "已办完条件",
    "matter": "辨认栏",
    "preprinted": "预印编号行数",
    "named_by": "编号的名称栏",
    "roll_up": "汇总方式",
    "filing_declared": "填报声明",
    "filing_since": "声明起用版本",
    "lookups": "带出的栏目",
}
_INDICATOR_WORDS = {
    "label": "名称",
    "unit": "计量单位",
    "percent": "显示",
    "indent": "缩进",
    "definition": "指标解释",
    "swing": "比上期三倍以上",
}


def compare_forms(asked: Compared, then: Form, now: Form) -> Iterator[Change]:
    """Compare one form with what it was."""
    place = f"《{then.title}》"
    if then.title != now.title:
        yield hint(place, f"改名为《{now.title}》，以后的文件用新的名称，已发出的照旧认得")
    if then.cadence is not now.cadence:
        yield refused(place, "改了频次", "请给这张报表填“结束”，另加一张新频次的报表")
    if then.levels != now.levels:
        yield hint(place, "改了由哪几级填报，以前接收的照旧计入")
    yield from reworded(place, then, now, _FORM_WORDS)
    before, after = then.by_key, now.by_key
    for key, sheet in before.items():
        if key in after:
            yield from _compare_sheets(asked, sheet, after[key])
        else:
            yield lost(
                f"《{sheet.title}》", sheet.title, asked.count(sheet, lambda _row: True), "旧表名"
            )
    for key, sheet in after.items():
        if key not in before:
            yield allowed(f"《{sheet.title}》", "新增工作表")
    yield from _compare_indicators(asked, then, now)


def _compare_sheets(asked: Compared, then: Sheet, now: Sheet) -> Iterator[Change]:
    place = f"《{then.title}》"
    if then.title != now.title:
        if then.title in now.older_titles:
            yield allowed(place, f"改名为《{now.title}》，数据接着用")
        else:
            yield lost(place, then.title, asked.count(then, lambda _row: True), "旧表名")
    if then.kind is not now.kind:
        yield refused(place, "改了种类", "请停用旧表，另加一张")
    yield from compare_spans(place, span_of(then), span_of(now), asked.version)
    if then.levels != now.levels:
        yield hint(place, "改了只限哪几级填报，以前接收的照旧计入")
    if then.void != now.void:
        moved = asked.count(then, lambda row: _is_set_aside(then, row) != _is_set_aside(now, row))
        yield hint(place, f"改了不计入条件，已接收的有{moved.words()}计不计入随着改变")
    yield from reworded(place, then, now, _SHEET_WORDS)
    yield from compare_columns(asked, then, now)


def _is_set_aside(sheet: Sheet, row: Row) -> bool:
    return sheet.void is not None and sheet.void.holds(row)


def _compare_indicators(asked: Compared, then: Form, now: Form) -> Iterator[Change]:
    """Compare what is measured, by code; a changed measure is taken, and what it does is told."""
    before, after = measure_digests(then), measure_digests(now)
    for code, indicator in then.indicator.items():
        place = f"指标{code}“{indicator.label.strip('　')}”"
        if code not in now.indicator:
            what = "没有了：汇总表和报告里不再列出，以前发布的照旧"
            yield hint(place, what, "改名请填旧名称，不用了请填停用版本")
            continue
        new = now.indicator[code]
        if before[code] != after[code] or then.kinds[code] is not now.kinds[code]:
            what = "改了口径（公式、累计方式或所依据的栏目），没有截止的各期按存下的各行重新计算"
            yield hint(place, what, "变动的数列在更正表里；已截止的报告期仍按原口径，汇总表里注明")
        yield from compare_spans(place, span_of(indicator), span_of(new), asked.version)
        yield from reworded(place, indicator, new, _INDICATOR_WORDS)
    for code, indicator in now.indicator.items():
        if code not in then.indicator:
            place = f"指标{code}“{indicator.label.strip('　')}”"
            yield allowed(place, "新增指标，已接收的各行也按它计算")
