"""A word that is none is told with the word that was meant; a key is made of a name by itself."""

from __future__ import annotations

import pytest

from sheetflow.definition.faults import Faults, Spot
from sheetflow.definition.keys import derived_key, is_code, is_key
from sheetflow.schemas.likely import find, is_it, likely


@pytest.mark.parametrize(
    ("word", "words", "meant"),
    [
        ("走访方试", ("走访方式", "服务内容"), "走访方式"),
        ("S91", ("S31", "S19"), "S19"),
        ("台帐本", ("卡片", "台帐", "流水"), "台帐"),
        ("联系店", ("联系点", "基层组织"), "联系点"),
        ("苹果", ("联系点", "基层组织"), ""),
    ],
)
def test_the_likely_word(word: str, words: tuple[str, ...], meant: str) -> None:
    """A word with a slip finds the one that was meant, and one like none finds none."""
    assert likely(word, words) == meant
    assert is_it(meant) == (f"，是不是“{meant}”？" if meant else "。")


def test_what_looks_alike_is_the_same_word() -> None:
    """Width of brackets, spaces, line breaks and 台账 for 台帐 make no other word of one."""
    words = ("收回问卷（份）", "妇女需求台帐")
    assert find("收回 问卷(份)", words) == "收回问卷（份）"
    assert find("妇女需求\n台账", words) == "妇女需求台帐"
    assert find("收回问卷", words) is None


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("妇女人数（户籍，上年末）", "妇女人数户籍上年末"),
        ("1月至本期末活动（次）", "_1月至本期末活动次"),
        ("ＡＢ１２", "AB12"),
        ("需求台账", "需求台帐"),
        ("（）", ""),
    ],
)
def test_a_key_is_made_of_a_name(name: str, key: str) -> None:
    """Letters, digits and Chinese stay, and what comes out is a Python identifier as it is."""
    assert derived_key(name) == key
    assert not key or (key.isidentifier() and is_key(key))


def test_what_may_be_typed_as_a_key() -> None:
    """A key has no hyphens and no leading digit; a rule's code may have hyphens."""
    assert is_key("need_id")
    assert not is_key("need-id")
    assert not is_key("1a")
    assert is_code("report-parts")
    assert not is_code("a b")


def test_faults_come_sheet_by_sheet_and_row_by_row() -> None:
    """Faults are listed in the order of the workbook, each once, however they were found."""
    faults = Faults()
    for sheet, cell in (("指标", "D10"), ("栏目", "AA3"), ("指标", "D9"), ("栏目", "B3")):
        faults.add(Spot(sheet=sheet, cell=cell, header="公式"), "不对。")
        faults.add(Spot(sheet=sheet, cell=cell, header="公式"), "不对。")
    listed = faults.listed(("栏目", "指标"))
    assert [fault.cell for fault in listed] == ["B3", "AA3", "D9", "D10"]
    assert listed[0].sentence == "《栏目》B3“公式”：不对。"
