"""What is retired in a campaign workbook and still named elsewhere is told where it is named."""

from __future__ import annotations

import pytest

from tests.definition.rich_campaign import RICH


@pytest.mark.parametrize(
    ("title", "row", "field", "value", "cell", "said"),
    [
        (
            "栏目",
            {"label": "报送性质"},
            "until",
            2,
            "《栏目》E7“必填”",
            "“报送性质”，第2版里没有它",
        ),
        ("栏目", {"label": "出生日期"}, "since", 2, "《工作表》G5“辨认栏”", ""),
        (
            "栏目",
            {"label": "状态", "sheet": "名册"},
            "until",
            2,
            "《工作表》E5“不计入条件”",
            "“状态”",
        ),
        (
            "指标",
            {"code": "S02"},
            "since",
            2,
            "《指标》D5“公式”",
            "指标“S02”，第1版里没有它：它从第2版起才有",
        ),
        ("工作表", {"title": "名册"}, "since", 2, "《栏目》D26“选项、引用或编号样子”", "《名册》"),
        ("工作表", {"title": "封面"}, "until", 2, "《工作表》V3“停用版本”", "封面要每一版都有"),
        (
            "栏目",
            {"label": "填报日期"},
            "since",
            2,
            "《栏目》X10“起用版本”",
            "用途是填报日期的栏目要每一版都有",
        ),
        (
            "栏目",
            {"label": "正文"},
            "until",
            2,
            "《栏目》M33“用途”",
            "这一栏停用了，用途案例正文要交给另一栏",
        ),
    ],
)
def test_what_is_gone_is_told_where_it_is_named(
    title: str, row: dict[str, str], field: str, value: int, cell: str, said: str
) -> None:
    """Whoever retires a column is told every cell that still asks for it, before anybody fills the form."""
    book = RICH.copy()
    book.rows[title][book.find(title, **row)][field] = value
    told = [fault.sentence for fault in book.compiled().faults]
    if not said:
        assert told == [], "older versions leave the question out"
        return
    assert any(sentence.startswith(cell) and said in sentence for sentence in told), told


def test_a_rule_is_told_that_its_column_is_gone() -> None:
    """A rule about a retired column is told, for it would be silent for ever."""
    book = RICH.copy()
    book.rows["栏目"][book.find("栏目", label="月收入")]["until"] = 2
    (fault,) = book.compiled().faults
    assert fault.sentence == (
        "《审核》E4“指向栏目”：这里用到“月收入”，第2版里没有它：它从第2版起停用。"
        "请改用别的，或把两处的版本写成一致。"
    )
