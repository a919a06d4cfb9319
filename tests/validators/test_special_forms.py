"""不重复 and 有对应行: what stands twice or alone, and when a fault elsewhere keeps them quiet."""

from __future__ import annotations

import pytest

from tests.validators.ruled import found, rows_found, ruled

ANSWERED = ruled("有对应行(回复表, [工单])")
_JOB = "@ 工单表 + | W{:03} | 北岭 | {} | 2012-05-01 | {} | | 1 | {} | 在办 | |\n"


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ("", []),
        ("@ 回复表 blank 5", ["W002"]),
        ("@ 回复表 blank 4 5 6", ["W001", "W002", "W003"]),
        ("@ 回复表 gone", ["W001", "W002", "W003"]),
        # A loose row may be the one that is missed.
        ("@ 回复表 工单 H002 = ", []),
        ("@ 回复表 工单 H002 = W009", []),
        ("@ 回复表 工单 H002 = 9号", []),
        ("@ 回复表 工单 H002 = W009\n@ 回复表 blank 4", ["W001", "W002"]),
        # The column is not in the file, or its header is not.
        ("@ 回复表 工单 3 = 那个号码", []),
        ("@ 回复表 blank 3", []),
        # Whose key is not known, or who is set aside, is not missed.
        ("@ 回复表 blank 5\n@ 工单表 工单号 W002 = 二号", []),
        ("@ 回复表 blank 5\n@ 工单表 状态 W002 = 撤销", []),
        ("@ 回复表 blank 5\n@ 工单表 状态 W002 = 看不清", []),
    ],
)
def test_a_row_is_missed_unless_a_loose_one_may_be_it(changes: str, rows: list[str]) -> None:
    """A clerk is told which rows nothing answers, and not where the cause is told elsewhere."""
    assert rows_found(ANSWERED, changes=changes) == rows


def test_a_row_about_one_that_is_gone_is_not_loose() -> None:
    """A row that points to a key accepted before is about that one, and excuses no other."""
    changes = "@ 工单表 blank 4\n@ 回复表 blank 5"
    assert rows_found(ANSWERED, changes=changes, before="") == ["W002"]
    assert rows_found(ANSWERED, changes=changes) == []


def test_a_row_that_another_rule_rejects_is_loose() -> None:
    """A reference with a finding of its own may be the one that is missed."""
    wrong = ruled("[通话（分）]<9", sheet="回复表", points=("工单",), code="other")
    changes = "@ 回复表 blank 5\n@ 回复表 通话（分） H003 = 10"
    assert rows_found(ANSWERED, changes=changes) == ["W002"]
    told = found(ANSWERED, wrong, changes=changes)
    assert [entry.rule for entry in told] == ["other"]


def test_a_condition_that_cannot_be_read_answers_nobody_and_accuses_nobody() -> None:
    """A row whose condition is unknown may answer the row it points to."""
    good = ruled('有对应行(回复表, [工单], [评价]="好")')
    assert rows_found(good) == ["W002"]
    assert rows_found(good, changes="@ 回复表 评价 H002 = 一般般") == []
    # A row that surely is no such answer excuses none that lacks one.
    assert rows_found(good, changes="@ 回复表 工单 H002 = ") == ["W002"]


def test_a_condition_may_compare_both_rows() -> None:
    """An answer may have to fit the row it is about."""
    long = ruled("有对应行(回复表, [工单], [通话（分）]>=本行[工时])")
    assert rows_found(long) == []
    assert rows_found(long, changes="@ 回复表 通话（分） H003 = 0") == ["W003"]


def test_several_forms_are_each_asked() -> None:
    """Two answers that are both wanted are one finding where either is missing."""
    two = ruled(
        '有对应行(回复表, [工单], [评价]="好") 且 有对应行(回复表, [工单], [评价]="差")',
        points=("工单号",),
    )
    assert rows_found(two) == ["W001", "W002", "W003"]


ALIKE = ruled("不重复([来电人], [类别])", points=("类别",), when='[状态]="在办"')


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        (_JOB.format(5, "周 芳", "井盖", ""), ["W005"]),
        (_JOB.format(5, "周芳", "井盖", "") + _JOB.format(6, "周芳", "井盖", ""), ["W005", "W006"]),
        (_JOB.format(5, "周芳", "路灯", ""), []),
        (_JOB.format(5, "", "井盖", ""), []),
        (_JOB.format(5, "周芳", "看不清", ""), []),
        (_JOB.format(5, "周芳", "井盖", "") + "@ 工单表 状态 W002 = 办结", []),
        (_JOB.format(5, "周芳", "井盖", "") + "@ 工单表 状态 W002 = 看不清", []),
        (_JOB.format(5, "周芳", "井盖", "") + "@ 工单表 来电人 W002 = ", []),
    ],
)
def test_what_stands_twice_is_told_at_the_later_row(changes: str, rows: list[str]) -> None:
    """The same values, spaces and width aside, are told once; a blank or unknown one is like no other."""
    assert rows_found(ALIKE, changes=changes) == rows


EITHER = ruled("不重复([费用（元）] 或 [来电人] 且 [地点], [类别])", points=("类别",))


@pytest.mark.parametrize(
    ("first", "second", "doubled"),
    [
        (("甲", "7"), ("乙", "7"), True),
        (("甲", "7"), ("甲", "8"), False),
        (("甲", "7"), ("甲", ""), True),
        (("甲", ""), ("甲", "7"), True),
        (("甲", ""), ("甲", ""), True),
        (("甲", ""), ("乙", ""), False),
        (("甲", "看不清"), ("甲", ""), False),
        (("甲", "7"), ("", ""), False),
    ],
)
def test_where_one_is_blank_the_next_decides(
    first: tuple[str, str], second: tuple[str, str], *, doubled: bool
) -> None:
    """Who has no number is known by name and place; two numbers that differ are two people."""
    changes = _JOB.format(5, first[0], "路灯", first[1]) + _JOB.format(
        6, second[0], "路灯", second[1]
    )
    assert rows_found(EITHER, changes=changes) == (["W006"] if doubled else [])
