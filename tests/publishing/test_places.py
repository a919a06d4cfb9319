"""Names that every office computer can hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.publishing.places import MAX_NAME_BYTES, artefact_name, safe_name


def test_names_say_kind_unit_period_and_number() -> None:
    """A clerk tells from the name alone what a file is, whose, and for when."""
    assert artefact_name("回执", "370102-历下区", "2012B1", 3) == (
        "回执_370102-历下区_2012B1_第3号.xlsx"
    )
    assert artefact_name("填报", "370102-历下区", "2012B1") == "填报_370102-历下区_2012B1.xlsx"
    assert artefact_name("拒收", "370102-历下区", number=2) == "拒收_370102-历下区_第2号.xlsx"
    assert (
        artefact_name("情况报告", "山东省", "2012年1—2月", extension="docx")
        == "情况报告_山东省_2012年1—2月.docx"
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a/b\\c:d*e?f", "a_b_c_d_e_f"),
        ("CON", "CON_"),
        ("nul.xlsx", "nul_.xlsx"),
        ("com1.tar.gz", "com1_.tar.gz"),
        ("console.xlsx", "console.xlsx"),
        ("报表. . ", "报表"),
        ("a\u202eb\nc\0d", "abcd"),
        ("e\u0301", "\u00e9"),
        (" ...", "_"),
        ("", "_"),
    ],
)
def test_what_windows_cannot_hold_is_replaced(text: str, name: str) -> None:
    """No name that a person chose makes a file that Windows cannot open or delete."""
    assert safe_name(text) == name


@given(st.text(), st.text(max_size=300), st.integers(min_value=1))
def test_any_name_is_short_enough_and_keeps_its_number(kind: str, folder: str, number: int) -> None:
    """However long a unit is called, the number and the ending stand in the name."""
    name = artefact_name(kind[:20], folder, "2012B1", number % 1_000_000)
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert name.endswith(f"_2012B1_第{number % 1_000_000}号.xlsx")
    assert not set(name) & set('\\/:*?"<>|\n\0')


def test_only_the_end_of_the_units_name_is_cut() -> None:
    """Two units with the same long name stay apart by their ids."""
    first, second = (artefact_name("回执", f"{code}-{'长' * 99}", "2012B1", 1) for code in (1, 2))
    assert first.startswith("回执_1-长长")
    assert first != second
    assert first.endswith("长_2012B1_第1号.xlsx")
