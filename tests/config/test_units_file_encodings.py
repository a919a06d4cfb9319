"""Text as offices save it: what can be read without doubt is read, nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.config.units_file import decode_text

WORDS = "已接收：您单位的报表\r\n{{ unit }}，“𠮷”字\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"])
def test_each_way_of_saving_gives_the_same_words(encoding: str) -> None:
    """UTF-8 with or without mark, UTF-16 and UTF-32 with it, and GB18030 are read alike."""
    assert decode_text(WORDS.encode(encoding)) == WORDS


def test_what_notepad_calls_ansi_and_unicode() -> None:
    """GBK, and UTF-16 of either byte order behind its mark, are read."""
    assert decode_text("您好".encode("gbk")) == "您好"
    assert decode_text(b"\xfe\xff" + "您好".encode("utf-16-be")) == "您好"


@pytest.mark.parametrize(
    "raw",
    [
        "您好 ok".encode("utf-16-le"),
        "您好".encode("utf-16")[:-1],
        b"\xef\xbb\xbf\xff",
        b"\xff\xfe\x00\xd8a\x00",
        b"PK\x03\x04\x14\x00\x06\x00",
        b"\x81",
        b"text\x00",
    ],
)
def test_what_is_in_doubt_is_no_text(raw: bytes) -> None:
    """Without its mark, cut off, spoilt or not text at all: nothing is guessed."""
    assert decode_text(raw) is None


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=50))
def test_utf_8_is_never_taken_for_anything_else(text: str) -> None:
    """Whatever is UTF-8 comes back as it was written."""
    assert decode_text(text.encode()) == text.removeprefix("\ufeff").removeprefix("\ufeff")
