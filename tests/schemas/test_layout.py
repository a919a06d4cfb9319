"""A token says that a workbook is ours and whose it is; the key behind it says nothing."""

from __future__ import annotations

import hashlib
import hmac
import pickle
import re
from base64 import b32decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.schemas.layout import StampKey, Token

SECRET = bytes(range(32))
KEY = StampKey(SECRET)
WORKBOOK = ("grassroots2012", "progress", "370102", "2012B1")

texts = st.text(max_size=4)
workbooks = st.tuples(texts, texts, texts, texts)


def test_a_token_is_eighty_bits_behind_its_keys_name() -> None:
    """The digest of the four, each with its length, cut to eighty bits; the same for ever."""
    token = KEY.token(*WORKBOOK)
    message = b"".join(len(part).to_bytes(4) + part.encode() for part in WORKBOOK)
    digest = hmac.new(SECRET, message, hashlib.sha256).digest()
    assert b32decode(token.partition("-")[2]) == digest[:10]
    assert [token] == ["2OFU-6QSMIXS44IILVBIO"]
    assert re.fullmatch("[A-Z2-7]{4}-[A-Z2-7]{16}", token)


@given(workbooks, workbooks)
def test_no_two_workbooks_have_one_token(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Wherever its parts end and begin, another workbook has another token."""
    tokens = KEY.token(*one), KEY.token(*other)
    assert (tokens[0] == tokens[1]) is (one == other)


@pytest.mark.parametrize(
    "parts",
    [("a", "bc", "d", "e"), ("ab", "c", "d", "e"), ("abc", "", "d", "e"), ("", "abcde", "", "")],
)
def test_moved_borders_make_another_token(parts: tuple[str, str, str, str]) -> None:
    """What runs together when it is only joined stays apart."""
    assert KEY.judge(KEY.token("a", "b", "cd", "e"), *parts) is Token.WRONG


@pytest.mark.parametrize("part", range(4))
def test_another_units_or_periods_token_is_wrong(part: int) -> None:
    """A token counts for its own campaign, form, unit and period alone."""
    other = [*WORKBOOK]
    other[part] = "370103"
    assert KEY.judge(KEY.token(*WORKBOOK), *WORKBOOK) is Token.RIGHT
    assert KEY.judge(KEY.token(*WORKBOOK), *other) is Token.WRONG
    assert KEY.judge(KEY.token(*WORKBOOK)[:-1], *WORKBOOK) is Token.WRONG


def test_a_token_of_a_lost_key_counts_as_none() -> None:
    """What was handed out before the key was lost is neither right nor under suspicion."""
    lost = StampKey(bytes(32))
    for token in ("", "-", "文字", lost.token(*WORKBOOK), lost.token("", "", "", "")):
        assert KEY.judge(token, *WORKBOOK) is Token.NONE


def test_the_key_shows_nothing_and_stays_where_it_is() -> None:
    """Neither a log line, nor an exception, nor a child ever gets the key."""
    for shown in (repr(KEY), str(KEY), f"{KEY}", f"{[KEY]}"):
        assert SECRET.hex() not in shown
        assert repr(SECRET) not in shown
    with pytest.raises(TypeError, match="stays in its process"):
        pickle.dumps(KEY)
