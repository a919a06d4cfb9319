"""What a report says where superiors are asked to let pass what is handed up."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from sheetflow.consolidation.report_data import ReportData
from sheetflow.consolidation.states import Tally
from sheetflow.reading.word_text import blocks_of
from sheetflow.reporting import render_report
from sheetflow.reporting.report import RenderedReport
from tests.reporting.conftest import TEMPLATE

_TEXTS = ("情况报告", "情况报告_简版", "情况报告_内部附件")


def _text(report: RenderedReport) -> str:
    return "\n".join(text for _, text in blocks_of(report.body))


def _reviewed(province: ReportData, *, withheld: int) -> ReportData:
    tally: Tally = replace(
        province.tally,
        passed={"市": 96},
        unpassed={"市级未验收": 2},
        withheld={"待市级验收": withheld} if withheld else {},
    )
    return replace(province, tally=tally)


@pytest.mark.parametrize("name", _TEXTS)
def test_a_report_counts_what_was_let_pass(
    name: str, province: ReportData, stamp: dt.datetime
) -> None:
    """How many were let pass, how many count though they were not, and whose figures wait stand in the text, and are figures like any other."""
    template = TEMPLATE.with_name(f"{name}.docx").read_bytes()
    reviewed = render_report(template, _reviewed(province, withheld=12), stamp=stamp)
    said = "已报单位中，经市级验收96个、市级未验收2个，待市级验收12个，其情况尚未计入。"
    assert said in _text(reviewed)
    used = {entry.name: entry.value for entry in reviewed.used_figures}
    assert used["验收情况.经市级验收"] == 96
    assert used["待验收情况.待市级验收"] == 12
    without = render_report(template, _reviewed(province, withheld=0), stamp=stamp)
    assert "已报单位中，经市级验收96个、市级未验收2个。" in _text(without)
    assert "验收" not in _text(render_report(template, province, stamp=stamp))


def test_a_report_of_which_all_waits_does_not_say_that_nobody_reported(
    province: ReportData, stamp: dt.datetime
) -> None:
    """Before any city has let anything pass, a province's report says how many have reported and that they wait."""
    template = TEMPLATE.with_name("情况报告_尚无上报.docx").read_bytes()
    waiting = replace(_reviewed(province, withheld=16), has_any=False)
    text = _text(render_report(template, waiting, stamp=stamp))
    assert "已报16个，待市级验收16个，待验收后另行报告。" in text
    assert "都还没有完成报送" not in text
