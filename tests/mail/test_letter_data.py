"""What may stand in a header and in a line."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.mail.letter_data import HIDDEN_NUMBER, clean_header, clean_line, clean_quote


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("退回：历下区 2012年1—2月（第2号）", "退回：历下区 2012年1—2月（第2号）"),
        ("历下区\r\nBcc: v@e.com", "历下区 Bcc: v@e.com"),
        ("历下\u2028区\u0085\t 县", "历下 区 县"),
        ("历\u202e下\u2066区\u200f\ufeff", "历下区"),
        ("历\x00下\x1b区\ud800\ufffe", "历下区"),
        ("=?utf-8?q?R?=", "=？utf-8?q?R?="),
        ("=\u200b?utf-8?q?R?=", "=？utf-8?q?R?="),
        ("=\x07\x07?x", "=？x"),
        ("㐂𠮷\U00030000", "㐂𠮷\U00030000"),
        ("e\u0301", "é"),
    ],
)
def test_header_keeps_what_people_see(text: str, clean: str) -> None:
    """Names stay as they are read, with rare characters; what nobody sees is gone."""
    assert clean_header(text) == clean


@given(st.text() | st.text(st.sampled_from("=?\r\n\x00\u200b a区")), st.integers(1, 200))
def test_header_holds_nothing_dangerous(text: str, most: int) -> None:
    """Whatever is typed, a header is one short visible line that no program decodes."""
    clean = clean_header(text, most)
    assert len(clean) <= most
    assert "=?" not in clean
    assert clean == " ".join(clean.split())
    assert not {unicodedata.category(character) for character in clean} & {"Cc", "Cf", "Cs"}
    assert clean_header(clean, most) == clean


def test_long_lines_end_with_an_ellipsis() -> None:
    """A cut text says that it was cut."""
    assert clean_line("一二三四五六", 4) == "一二三…"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("填的是370102198001011234", f"填的是{HIDDEN_NUMBER}"),
        ("号码37010219800101123X不对", f"号码{HIDDEN_NUMBER}不对"),
        ("老号370102800101123。", f"老号{HIDDEN_NUMBER}。"),
        ("电话13800138000", f"电话{HIDDEN_NUMBER}"),
        ("电话138-0013-8000", f"电话{HIDDEN_NUMBER}"),
        ("电话１３８００１３８０００", f"电话{HIDDEN_NUMBER}"),
        ("表上是1203，应为1230；单位370102；X0007", "表上是1203，应为1230；单位370102；X0007"),
        ("见 http://e.com 和 www.e.com", "见 http：//e.com 和 www．e.com"),
    ],
)
def test_quotes_hold_no_personal_number_and_no_link(text: str, clean: str) -> None:
    """Even a rule that quotes too much shows nobody's number, and nothing can be clicked."""
    assert clean_quote(text) == clean
