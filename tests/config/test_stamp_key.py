"""The key of the stamps is made once, whole and private, and nothing of it is ever said."""

from __future__ import annotations

import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sheetflow.config.workspace import make_stamp_key, read_stamp_key
from sheetflow.errors import WorkspaceError

SPOT = ("grassroots2012", "progress", "370102", "2012B1")


def test_it_is_made_once_and_read_again(tmp_path: Path) -> None:
    """Whoever asks later finds the same key."""
    path = tmp_path / "stamp.key"
    assert read_stamp_key(path) is None
    assert make_stamp_key(path)
    before, first = path.read_bytes(), read_stamp_key(path)
    assert not make_stamp_key(path)
    again = read_stamp_key(path)
    assert path.read_bytes() == before
    assert first
    assert again
    assert first.token(*SPOT) == again.token(*SPOT)
    assert [entry.name for entry in tmp_path.iterdir()] == ["stamp.key"]


@pytest.mark.skipif(os.name != "posix", reason="rights are told by mode bits")
def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    """Whatever the umask, the key is for our own account alone."""
    before = os.umask(0)
    try:
        make_stamp_key(tmp_path / "stamp.key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "stamp.key").stat().st_mode) == 0o600


def test_two_that_make_it_at_once_get_one(tmp_path: Path) -> None:
    """Two commands that begin together never hand out tokens of two keys."""
    for number in range(20):
        path = tmp_path / str(number) / "stamp.key"
        path.parent.mkdir()
        with ThreadPoolExecutor(4) as threads:
            made = list(threads.map(make_stamp_key, [path] * 4))
        assert sum(made) == 1
        assert read_stamp_key(path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-2],
        lambda _: b"",
        lambda content: content * 2,
        lambda content: content.replace(content[:1], b"x"),
        lambda content: content + b"\xff",
    ],
)
def test_a_damaged_one_is_told_without_a_letter_of_it_and_never_replaced(
    spoil: object, tmp_path: Path
) -> None:
    """Somebody may yet bring it back; the sentence names the file, not what is in it."""
    path = tmp_path / "stamp.key"
    make_stamp_key(path)
    content = path.read_bytes()
    path.write_bytes(spoil(content))  # type: ignore[operator]
    with pytest.raises(WorkspaceError, match=r"stamp\.key 已经损坏") as caught:
        read_stamp_key(path)
    left = str(caught.value).replace(str(tmp_path), "")
    assert not re.search("[0-9a-f]{8}", left)
    assert not make_stamp_key(path)
    assert path.read_bytes() == spoil(content)  # type: ignore[operator]


def test_one_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A folder in its place, or rights that are missing, are a sentence."""
    (tmp_path / "stamp.key").mkdir()
    with pytest.raises(WorkspaceError, match="读不出"):
        read_stamp_key(tmp_path / "stamp.key")
