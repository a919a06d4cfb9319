"""What an officer does to a draft's figures is found: kept, rounded, changed, moved, left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetflow.campaigns import load_campaign
from sheetflow.consolidation.final_check import Check, FinalCheck, check_final
from sheetflow.consolidation.signed_reports import (
    PARAGRAPH,
    ROW,
    DraftMark,
    Signed,
    named_periods,
    signed_kind,
)
from sheetflow.periods import Cadence


def compared(draft: str, final: str, kind: str = PARAGRAPH) -> FinalCheck:
    """Compare two texts, a paragraph or a row a line."""
    one, two = ([(kind, line) for line in text.splitlines()] for text in (draft, final))
    return check_final(one, two)


def told(check: FinalCheck) -> list[tuple[Check, str, str]]:
    """Give the result, and both figures."""
    return [(each.check, each.draft_figure, each.final_figure) for each in check.checked]


@pytest.mark.parametrize(
    ("draft", "final", "expected"),
    [
        ("走访妇女1234人。", "走访妇女1234人。", Check.SAME),
        ("走访妇女1234人。", "走访妇女1,234人。", Check.SAME),
        ("走访妇女12345人。", "走访妇女1.2万人。", Check.ROUNDED),
        ("办结率81.04%。", "办结率81%。", Check.ROUNDED),
        ("走访妇女12345人。", "走访妇女1.3万人。", Check.DIFFERENT),
        ("走访妇女1234人。", "走访妇女1243人。", Check.DIFFERENT),
        ("走访妇女1234人。", "走访妇女1200余人。", Check.ABOUT),
        ("走访妇女1234人。", "走访妇女约1千人。", Check.ABOUT),
        ("帮扶资金2000000元。", "帮扶资金2百万元。", Check.ROUNDED),
        ("走访妇女1234人。", "走访妇女一千多人。", Check.GONE),
    ],
)
def test_each_way_of_writing_is_told_apart(draft: str, final: str, expected: Check) -> None:
    """A figure that is written otherwise is no difference; another figure is one."""
    assert [each.check for each in compared(draft, final).checked] == [expected]


def test_sentences_that_moved_or_were_merged_are_found() -> None:
    """Sentences in another order, and two made into one, keep their figures."""
    draft = "收集需求100件，办结80件。帮扶资金30.5万元。\n举办讲座7场。"
    final = "举办讲座7场，帮扶资金30.5万元。\n收集需求100件，办结80件。"
    check = compared(draft, final)
    assert {each.check for each in check.checked} == {Check.SAME}
    assert check.own == ()


def test_what_is_left_out_and_what_is_the_offices_own_stand_apart() -> None:
    """A deleted figure is gone, one that no draft has is the office's own."""
    check = compared("走访5人。化解矛盾6件。", "走访5人。拨付专款8万元。")
    assert told(check) == [(Check.SAME, "5人", "5人"), (Check.GONE, "6件", "")]
    assert [figure for _, figure in check.own] == ["8万元"]


def test_rows_are_compared_cell_by_cell_unless_columns_changed() -> None:
    """A table's row is compared in order; where columns came or went, that is said."""
    draft = "历下区 | 12 | 3\n市中区 | 14 | 5"
    check = compared(draft, "历下区 | 12 | 4\n市中区 | 14 | 5 | 9", ROW)
    assert [each.check for each in check.checked] == [
        Check.SAME,
        Check.DIFFERENT,
        Check.UNCOMPARED,
        Check.UNCOMPARED,
    ]


def test_a_text_that_nobody_wrote_is_compared_in_bounds() -> None:
    """Thousands of equal rows, and sentences without an end, hold nobody up."""
    rows = [(ROW, f"{number} | {number}") for number in range(3_000)]
    endless = "".join(f"走访{number}人、" for number in range(3_000))
    draft = [(PARAGRAPH, "走访妇女1234人。"), (PARAGRAPH, endless), *rows]
    final = [(PARAGRAPH, "走访妇女1234人。"), (PARAGRAPH, f"又{endless}"), *rows[::-1]]
    assert check_final(draft, final).checked[0].check is Check.SAME


@pytest.mark.parametrize(
    ("name", "kind", "period"),
    [
        ("定稿_情况报告_山东省_2012年1—2月.docx", Signed.FINAL, "2012B1"),
        ("定稿＿2012年1－2月.DOCX", Signed.FINAL, "2012B1"),
        ("正本 2012B1.pdf", Signed.SEALED, "2012B1"),
        ("正本2012.1-2.pdf", Signed.SEALED, "2012B1"),
        ("情况报告_2012年1至2月（定稿）.docx", Signed.FINAL, "2012B1"),
        ("20120305定稿_2012.1-2（2）.docx", Signed.FINAL, "2012B1"),
        ("情况报告_未定稿.docx", None, ""),
        ("定稿_历下区.xlsx", None, ""),
        ("定稿_2012年3月.docx", Signed.FINAL, ""),
    ],
)
def test_a_name_tells_kind_and_period_or_nothing(
    name: str, kind: Signed | None, period: str
) -> None:
    """A file's name is read as people write it; a workbook is a workbook, and nothing is guessed."""
    form = load_campaign("grassroots2012").main_form
    assert signed_kind(name) is kind
    assert [each.period_id for each in named_periods(name, form)] == ([period] if period else [])


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("定稿_2012年3月.docx", {"2012M03"}),
        ("定稿_2012年2月_2012年3月12日签发.docx", {"2012M02"}),
        ("定稿_2012年3月12日.docx", set()),
        ("定稿_2012.3.12.docx", set()),
        ("定稿_2012年1月1日至1月31日.docx", {"2012M01"}),
    ],
)
def test_a_day_in_a_name_is_no_month(name: str, period: set[str]) -> None:
    """The day on which a report was signed is not the month that it is of."""
    form = replace(load_campaign("grassroots2012").main_form, cadence=Cadence.MONTH)
    assert {each.period_id for each in named_periods(name, form)} == period


def test_a_mark_is_read_back() -> None:
    """A mark says the same when it is read; anything else is none."""
    mark = DraftMark("370000", "progress", "2012B1", "ab12")
    assert DraftMark.parse(str(mark)) == mark
    assert DraftMark.parse("370000/progress") is None
