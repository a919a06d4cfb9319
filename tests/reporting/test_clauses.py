"""Clauses that would say 0: what is left reads as an office writes it."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import replace

import docx
import pytest

from sheetflow.consolidation.report_data import ReportData
from sheetflow.reporting import render_report
from sheetflow.reporting.clauses import BEGIN, CLOSE, END, FIGURE, OTHERWISE, TEXT, Worth, kept

_WRITTEN = re.compile(r"(?<![\d.—])(\d+(?:\.\d+)?%?|未报|—)")


def _read(sentence: str) -> str:
    """Give what stays; every number in `sentence` is a figure, after 占, 增长 or 减少 one that compares."""
    worths: list[Worth] = []

    def marked(found: re.Match[str]) -> str:
        text = found[0]
        worth = Worth.SAID if text.strip("0.%—") else Worth.ZERO
        worth = Worth.MISSING if text == "未报" else worth
        compares = sentence[: found.start()].endswith(("占", "增长", "减少"))
        worths.append(Worth.BESIDE if compares else worth)
        return f"{FIGURE}{len(worths) - 1}{TEXT}{text}{CLOSE}"

    text = _WRITTEN.sub(marked, sentence)
    text = text.replace("【", BEGIN).replace("/", OTHERWISE).replace("】", END)
    return "".join(text[start:end] for start, end in kept(text, worths.__getitem__))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("被采纳5件，推动政策0件，跟踪督促2次。", "被采纳5件，跟踪督促2次。"),
        ("被采纳0件，推动政策3件，跟踪督促0次。", "推动政策3件。"),
        ("累计提出建议5件，其中本期0件；被采纳5件。", "累计提出建议5件；被采纳5件。"),
        ("走访5次，其中访谈0次、考察2次、座谈0次。", "走访5次，其中考察2次。"),
        ("走访5次，其中访谈1次、考察0次；问卷0份，意见2条。", "走访5次，其中访谈1次；意见2条。"),
        ("走访5次，其中访谈0次、考察0次，意见2条。", "走访5次，意见2条。"),
        ("走访0次，其中访谈0次、考察0次，意见2条。", "意见2条。"),
        ("从进度看，已办结0件，办理中3件，办结率0.0%。", "从进度看，办理中3件。"),
        ("普遍性、倾向性问题0件，占0.0%；个案5件，占100.0%。", "个案5件，占100.0%。"),
        ("乡镇（街道）0个，县（市、区）2个。", "县（市、区）2个。"),
        ("村、小区和楼栋组织3个，单位、学校组织0个。", "村、小区和楼栋组织3个。"),
        ("走访0次，考察0次。意见2条。", "意见2条。"),
        ("意见2条。走访0次，考察0次。", "意见2条。"),
        ("人均—元，乡镇1个。", "乡镇1个。"),
    ],
)
def test_a_clause_of_nothing_goes_with_its_comma(written: str, read: str) -> None:
    """No clause says 0, no comma is doubled, and 其中 falls with the whole it is of."""
    assert _read(f"【{written.removesuffix('。')}】。") == read


def test_what_stands_before_a_block_stays_or_goes_with_it() -> None:
    """A sentence of which nothing is left goes whole, unless the template says what then stands."""
    assert _read("本期，各级妇联组织【走访5次，考察0次】。") == "本期，各级妇联组织走访5次。"
    assert _read("甲。本期，各级妇联组织【走访0次，考察0次】。乙。") == "甲。乙。"
    assert _read("本期【走访0次/没有走访】。") == "本期没有走访。"
    assert _read("本期【走访2次/没有走访】。") == "本期走访2次。"
    assert _read("本期【走访未报/没有走访】。意见2条。") == "意见2条。"
    assert _read("登记3件，【办结0件】，余下的正在办理。") == "登记3件，余下的正在办理。"


def test_comparisons_go_with_their_figure() -> None:
    """增长 and 占 never stand without the figure that they speak of."""
    read = _read("【走访0次，比上期减少4次，意见2条，比上期增长5.0%】。")
    assert read == "意见2条，比上期增长5.0%。"


def test_nobody_reads_of_a_figure_that_was_not_reported() -> None:
    """未报 stands in no sentence, of an older template neither; a 0 outside a block stays."""
    assert _read("本期，走访未报次，问卷0份。") == "本期，问卷0份。"
    assert _read("累计走访未报次。共5件。") == "共5件。"
    assert _read("本期走访0次。") == "本期走访0次。"


def test_the_check_table_lists_what_stands(
    edited: Callable[[str, str], bytes], province: ReportData, stamp: dt.datetime
) -> None:
    """A figure whose clause was left out is in no list to be checked; the paragraph is gone if empty."""
    none = {code: replace(province.figures[code], total=0) for code in ("S35", "S36")}
    report = replace(province, figures={**province.figures, **none})
    tag = "{% 略零 %}甲{{ 累计.S35 }}件，乙{{ 累计.S37 }}件{% 略零完 %}。"
    made = render_report(edited("特此报告。", tag), report, stamp=stamp)
    paragraphs = [each.text for each in docx.Document(io.BytesIO(made.docx)).paragraphs]
    assert f"乙{report.figures['S37'].total}件。" in paragraphs
    empty = render_report(
        edited("特此报告。", "{% 略零 %}甲{{ 累计.S36 }}件{% 略零完 %}。"), report, stamp=stamp
    )
    words = "\n".join(each.text for each in docx.Document(io.BytesIO(empty.docx)).paragraphs)
    assert "甲" not in words
    assert "。\n。" not in words
