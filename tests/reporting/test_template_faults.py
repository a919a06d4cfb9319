"""A template edited wrongly: the office is told which tag, in its own language."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable

import pytest

from sheetflow.consolidation.report_data import ReportData
from sheetflow.errors import ReportTemplateError
from sheetflow.reporting import render_report

Edit = Callable[[str, str], bytes]


@pytest.mark.parametrize(
    ("tag", "named"),
    [
        ("{{ 累计.S99 }}", "“累计.S99”：没有“S99”这个名称"),
        ("{{ 报告其 }}", "“{{ 报告其 }}”：没有“报告其”这个名称。是否想写“报告期”？"),
        ("{% for 行 in 各单位 %}{{ 行.名字 }}{% endfor %}", "“各单位.名字”：没有“名字”这个名称"),
        ("{% for 行 in 各单位 %}{{ 行.累计.S91 }}{% endfor %}", "“各单位.累计.S91”"),
        ("{{ 累计.S45|万圆 }}", "“|万圆”：没有这种写法"),
        ("{{ 单位名称.长度 }}", "没有“长度”这个名称"),
        ("{% if 有上期 %}甲", "标签写得不完整"),
        ("{{ 累计.S45 累计 }}", "标签写得不完整"),
        ("{{ 累计.S45 + 1 }}", "算不出来"),
        ("{{ 图.__class__.__mro__ }}", "算不出来|没有"),
    ],
)
def test_the_wrong_tag_is_named(
    tag: str, named: str, edited: Edit, province: ReportData, stamp: dt.datetime
) -> None:
    """Whoever edits the template reads which tag is wrong and where to look it up."""
    with pytest.raises(ReportTemplateError) as caught:
        render_report(edited("特此报告。", tag), province, stamp=stamp)
    sentence = str(caught.value)
    assert re.search(named if "|没有" in named else re.escape(named), sentence)
    assert "《模板说明》" in sentence
    assert not re.search(r"[a-z]{6,} [a-z]+", sentence)


def test_all_unknown_names_are_told_at_once(
    edited: Edit, province: ReportData, stamp: dt.datetime
) -> None:
    """Two wrong names take one round to mend, not two."""
    with pytest.raises(ReportTemplateError) as caught:
        render_report(edited("特此报告。", "{{ 甲 }}{{ 本期.乙 }}"), province, stamp=stamp)
    assert len(caught.value.faults) == 2


def test_tags_on_different_levels_are_refused(
    edited: Edit, city: ReportData, stamp: dt.datetime
) -> None:
    """A condition opened inside a paragraph and closed around one is refused, not guessed at."""
    wrong = edited("{%p if 意见建议 %}", "{% if 意见建议 %}")
    with pytest.raises(ReportTemplateError, match="没有放在同一层"):
        render_report(wrong, city, stamp=stamp)


@pytest.mark.parametrize("content", [b"", b"not a document", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_document_is_named_so(
    content: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """A template that Word could not open either is called damaged, in one sentence."""
    with pytest.raises(ReportTemplateError, match=r"不是 \.docx 文件"):
        render_report(content, province, stamp=stamp)


def test_a_fault_is_told_each_time_until_it_is_mended(
    template: bytes, edited: Edit, province: ReportData, city: ReportData, stamp: dt.datetime
) -> None:
    """What was remembered of a template neither hides its fault nor outlives its mending."""
    first = render_report(template, province, stamp=stamp).docx
    wrong = edited("特此报告。", "{{ 甲 }}")
    for report in (province, city, province):
        with pytest.raises(ReportTemplateError, match="没有“甲”这个名称"):
            render_report(wrong, report, stamp=stamp)
    mended = edited("特此报告。", "{{ 单位名称 }}特此报告。")
    for report in (province, city):
        text = render_report(mended, report, stamp=stamp).docx
        with zipfile.ZipFile(io.BytesIO(text)) as parts:
            assert f"{report.unit_name}特此报告。" in re.sub(
                "<[^>]*>", "", parts.read("word/document.xml").decode()
            )
    assert render_report(template, province, stamp=stamp).docx == first
