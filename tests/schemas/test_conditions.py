"""One condition has three readings: over a row, as an Excel formula, and in Chinese."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sheetflow.schemas.conditions import (
    AtLeast,
    Condition,
    Every,
    Filled,
    Is,
    Not,
    Table,
    Through,
    where,
)
from sheetflow.schemas.parsing import Value

LABELS = {"a": "甲", "b": "乙", "a.a": "甲的甲"}
ONE, TWO = where("a", "是"), where("a", "是", "否")


def refer(column: str) -> str:
    """Name a column's cell."""
    return f"${column.upper()}4"


@pytest.mark.parametrize(
    ("condition", "row", "holds"),
    [
        (ONE, {"a": "是"}, True),
        (ONE, {"a": "否"}, False),
        (ONE, {}, False),
        (TWO, {"a": "否"}, True),
        (Not(ONE), {"a": "否"}, True),
        (Not(ONE), {}, True),
        (Not(ONE), {"a": "是"}, False),
        (Through("a", ONE), {"a": "X1", "a.a": "是"}, True),
        (Through("a", ONE), {"a": "是"}, False),
        (Not(Through("a", ONE)), {"a": "X1"}, True),
        (Filled("a"), {"a": 0}, True),
        (Filled("a"), {"a": ""}, False),
        (Filled("a"), {}, False),
        (AtLeast("a", 3), {"a": 3}, True),
        (AtLeast("a", 3), {"a": 2}, False),
        (AtLeast("a", 3), {"a": "3"}, False),
        (AtLeast("a", "b"), {"a": Decimal("1.5"), "b": 1}, True),
        (AtLeast("a", "b"), {"a": 1}, False),
        (ONE & Filled("b"), {"a": "是", "b": 1}, True),
        (ONE & Filled("b"), {"a": "是"}, False),
    ],
)
def test_conditions_hold_for_rows(
    condition: Condition, row: dict[str, Value], *, holds: bool
) -> None:
    """A blank cell meets no condition but that it is not something."""
    assert condition.holds(row) is holds
    assert condition.each([row, row]) == condition.each(Table([row, row])) == [holds, holds]
    for rows in (iter([row, row]), Table([row, row])):
        assert condition.among(rows) == [row, row] * holds


@pytest.mark.parametrize(
    ("condition", "formula", "criteria"),
    [
        (ONE, '($A4="是")', (("$A4", '"是"'),)),
        (TWO, '((($A4="是")+($A4="否"))>0)', None),
        (Not(ONE), '(($A4="是")=FALSE)', (("$A4", '"<>是"'),)),
        (Not(TWO), '(((($A4="是")+($A4="否"))>0)=FALSE)', (("$A4", '"<>是"'), ("$A4", '"<>否"'))),
        (Not(Filled("a")), '(($A4<>"")=FALSE)', None),
        (Filled("a"), '($A4<>"")', (("$A4", '"<>"'),)),
        (Through("a", ONE), '($A.A4="是")', (("$A.A4", '"是"'),)),
        (Not(Through("a", ONE)), '(($A.A4="是")=FALSE)', (("$A.A4", '"<>是"'),)),
        (AtLeast("a", 3), "(ISNUMBER($A4)*($A4>=3)>0)", None),
        (AtLeast("a", "b"), "(ISNUMBER($A4)*ISNUMBER($B4)*($A4>=$B4)>0)", None),
        (
            ONE & Filled("b"),
            '(($A4="是")*($B4<>"")>0)',
            (("$A4", '"是"'), ("$B4", '"<>"')),
        ),
        (ONE & AtLeast("b", 1), '(($A4="是")*(ISNUMBER($B4)*($B4>=1)>0)>0)', None),
    ],
)
def test_conditions_as_formulas(
    condition: Condition, formula: str, criteria: tuple[tuple[str, str], ...] | None
) -> None:
    """The formula asks what the row is asked; COUNTIFS is used where it can say it."""
    assert condition.excel(refer) == formula
    assert condition.criteria(refer) == criteria


@pytest.mark.parametrize(
    ("condition", "words", "columns"),
    [
        (ONE, "“甲”为是", ("a",)),
        (Through("a", ONE), "“甲的甲”为是", ("a.a",)),
        (TWO, "“甲”为是或否", ("a",)),
        (Not(ONE), "“甲”不为是", ("a",)),
        (Not(Filled("a")), "不满足“甲”已填写", ("a",)),
        (Filled("a"), "“甲”已填写", ("a",)),
        (AtLeast("a", 3), "“甲”不小于3", ("a",)),
        (AtLeast("a", "b"), "“甲”不小于“乙”", ("a", "b")),
        (Every((ONE, Filled("b"))), "“甲”为是且“乙”已填写", ("a", "b")),
    ],
)
def test_conditions_in_words(condition: Condition, words: str, columns: tuple[str, ...]) -> None:
    """A clerk reads the condition as a sentence, with the labels of her form."""
    assert condition.words(LABELS) == words
    assert condition.columns() == columns


def test_where_is_short_for_is() -> None:
    """Declarations say where(...)."""
    assert where("a", "是") == Is("a", ("是",))
