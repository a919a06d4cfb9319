"""No module of the engine names a sheet, column or indicator of the first campaign."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import sheetflow
from sheetflow.campaigns import load_campaign
from sheetflow.schemas.sheets import EXPLANATIONS

_ROOT = Path(sheetflow.__file__).parent
_ITS_OWN = ("schemas/grassroots2012/",)
_CAMPAIGN = load_campaign("grassroots2012")
_SHEETS = [sheet for form in _CAMPAIGN.forms for sheet in form.sheets if sheet is not EXPLANATIONS]

_GENERIC = {
    "单位代码": "the id of a unit, in units.xlsx and on every list",
    "名称": "a header of units.xlsx",
    "类型": "what people call the header 类别 of units.xlsx",
    "状态": "a column of the status table",
    "文号": "the printed field 批准文号",
    "零报告": "a nil return, a word of the design",
    "报告期": "a report period, a word of the design",
    "填报单位": "the unit that reports, on every sheet",
    "编号": "the number of a finding",
    "日期": "a date, or Excel's number format",
    "更正原因": "a header of 更正表, which the engine makes of what was corrected",
    "填报人": "who filled in a workbook, a word of the cover's declaration (`Cover.preparer`)",
    "联系电话": "the number to call, likewise (`Cover.phone`)",
    "已并入本单位填报": "who reports for merged units, a purpose in a campaign workbook (`Cover.taking_over`)",
    "姓名": "how the label of a column of people ends, in any office's form",
    "备注": "remarks in a table of the report",
    "封面": "a kind of sheet in a campaign workbook; `cover` is a field of `Form`",
    "cover": "likewise",
    "身份证号": "a type of column in a campaign workbook",
    "字数": "a function of the language",
    "填报日期": "what 日期不晚于 names in a campaign workbook (`Cover.filled_on`)",
    "报送性质": "a label of the standard cover",
    "单位负责人": "likewise",
    "审核人": "likewise",
    "零报告说明": "likewise",
    "得分": "what 用途 calls a column of a judging, in any campaign's workbook",
    **dict.fromkeys(("名次", "建议等次", "最终等次", "调整理由", "评分"), "likewise"),
    "题目": "what a judged paper is called, on every list of papers",
    "作者": "who wrote it, likewise",
    "单位": "where, likewise",
    "评审编号": "the number under which judges know it",
    "职务": "a word that stands in bylines",
    "附件": "files that come beside a workbook, a word of the design",
    "办理结果": "the answer to a 审核单 that came back, likewise",
    "级别": "the level of a unit, a header of units.xlsx",
    "印发日期": "a date of the report template's imprint",
}
"""Words of the campaign that the engine uses in a sense of its own, with that sense."""

_TEACHES = ("definition/", "schemas/language/", "writing/definition")
_EXAMPLES = {"走访记录", "个案帮扶", "联系点", "S01", "S19", "S29", "S54"}
"""What sentences about campaign workbooks show by example, as that layout's description does."""


def _literals(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield node.lineno, node.value if isinstance(node.value, str) else ""


def _named(text: str) -> set[str]:
    found = {sheet.title for sheet in _SHEETS if sheet.title in text}
    found |= {sheet.key for sheet in _SHEETS if sheet.key == text}
    found |= {
        label
        for sheet in _SHEETS
        for label in sheet.labels.values()
        if text == label or f"“{label}”" in text
    }
    codes = {entry.code for form in _CAMPAIGN.forms for entry in form.indicators}
    found |= codes & set(re.findall(r"[A-Z]\d+", text))
    return found - _GENERIC.keys()


def _shown(name: str) -> set[str]:
    return _EXAMPLES if name.startswith(_TEACHES) else set()


def _modules() -> list[str]:
    names = (path.relative_to(_ROOT).as_posix() for path in _ROOT.rglob("*.py"))
    return sorted(name for name in names if not name.startswith(_ITS_OWN))


@pytest.mark.parametrize("name", _modules())
def test_the_engine_names_nothing_of_the_campaign(name: str) -> None:
    """A second campaign's people never read of the first one's sheets."""
    named = [
        f"line {line}: {sorted(found)} in {text!r}"
        for line, text in _literals(_ROOT / name)
        if (found := _named(text) - _shown(name))
    ]
    assert not named, "\n".join(named)
