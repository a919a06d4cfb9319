"""What looks alike is one thing; what is no digit becomes none."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.lookalikes import (
    SPACES,
    plain,
    plain_dashes,
    shows_nothing,
    trim,
    without_debris,
    without_spaces,
)

EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]


def test_no_character_becomes_a_digit_but_a_digit() -> None:
    """Of all characters only those that are decimal digits by themselves are read as digits."""
    made = {char for char in EVERY if any(part.isdecimal() for part in plain(char))}
    assert made == {char for char in EVERY if unicodedata.category(char) == "Nd"}
    assert all(plain(char) == str(unicodedata.decimal(char)) for char in made)


@pytest.mark.parametrize("char", "①⑳⒈⑴🄀²³¹½⅓₁⁰㊀㈠㋀㏠㍘➀➊⓪⓵㉑㊿")
def test_digits_that_are_none_stay_what_they_are(char: str) -> None:
    """A number in a ring, in brackets, raised, lowered or broken is no figure."""
    assert plain(char) == char
    assert plain(f"12{char}") == f"12{char}"


def test_every_space_and_every_mark_of_no_width_is_known() -> None:
    """No space of Unicode, and no format character, is taken for something one sees."""
    spaces = [char for char in EVERY if char.isspace() or unicodedata.category(char)[0] == "Z"]
    assert set(spaces) <= set(SPACES)
    assert {plain(space) for space in SPACES} == {" ", "\n"}
    assert all(trim(f"{space}区{space}") == "区" for space in spaces)
    marks = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff\u202a\u202e\u2066\u2069"
    assert plain(marks) == ""
    assert shows_nothing(f"\u3000{marks}\ufe0f\u2800")
    assert shows_nothing("")
    assert not shows_nothing("\u200b一")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("⼀对⼀", "一对一"),
        ("⽣活救助", "生活救助"),
        ("⻓清区⺠政", "长清区民政"),
        ("Ｇ００１", "G001"),
        ("ⅹ", "x"),
        ("（一）", "(一)"),
        ("豈", "豈"),
        ("葛\U000e0100飾", "葛飾"),
        ("妇联、街道。", "妇联、街道。"),
        ("a\u2028b", "a\nb"),
    ],
)
def test_characters_that_look_the_same(typed: str, meant: str) -> None:
    """A radical, a full-width form or a variant is the character that it looks like."""
    assert plain(typed) == meant


@pytest.mark.parametrize("dash", [*"‐‑‒–—―−－﹣﹘─ー", "--", "——", "–—", "— —"])
def test_every_dash_is_one(dash: str) -> None:
    """However a dash is typed, and twice, it parts figures like the plain one."""
    assert plain_dashes(f"2012{dash}1{dash}16") == "2012-1-16"


def test_what_is_no_dash_stays() -> None:
    """一, a tilde and an underline are no dashes."""
    assert plain_dashes("一～_·.") == "一～_·."


@given(st.text())
def test_making_plain_is_done_once(text: str) -> None:
    """What has been made plain is plain."""
    assert plain(plain(text)) == plain(text)


@given(st.text(st.sampled_from("区12 aA-、\u3000\u200b\u202e\ufe0f①")))
def test_free_text_keeps_what_is_seen(text: str) -> None:
    """Trimming takes nothing from a text that anybody sees."""
    kept = without_spaces(without_debris(text))
    assert without_spaces(trim(text)) == kept
