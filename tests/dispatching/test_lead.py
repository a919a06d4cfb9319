"""Who may lead does; who may not reads why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sheetflow.dispatching import alone, calls, forget_all, leading
from sheetflow.dispatching.engine import SCHEMA
from sheetflow.errors import StoreBusyError, WorkspaceError

NOBODY = "postgresql+psycopg://x:geheim@127.0.0.1:1/nothing"


def looking(times: int) -> Callable[[], bool]:
    """Give what says to stop after so many looks."""
    looks = iter([False] * times)
    return lambda: next(looks, True)


def test_a_second_one_stands_by_and_says_so_once(url: str) -> None:
    """Whoever starts a second `watch` reads that another one leads; the lead goes to it with the first one's end."""
    told: list[str] = []
    with leading(url, lambda: False, told.append) as is_over:
        assert not is_over()
        with leading(url, looking(3), told.append) as stopped:
            assert stopped()
    with leading(url, lambda: False, told.append) as is_over:
        assert not is_over()
    assert told == ["另一台电脑正在值守，这里待命：它停下以后，这里接着值守。"]


def test_a_database_that_does_not_answer_is_no_other_machine() -> None:
    """Where nobody can be asked who leads, the sentence says what to look at, without the password."""
    told: list[str] = []
    with leading(NOBODY, looking(2), told.append) as is_over:
        assert is_over()
    (sentence,) = told
    assert "连不上。请检查地址、用户名、密码、库名" in sentence
    assert "geheim" not in sentence


def test_a_command_works_alone_or_not_at_all(url: str) -> None:
    """On a volume that tells no lock to another machine, the database keeps two from working at once."""
    with (
        leading(url, lambda: False, lambda _: None),
        pytest.raises(WorkspaceError, match="正在这个数据库上值守或处理"),
        alone(url),
    ):
        pytest.fail("two at once")
    with alone(url):
        pass
    with pytest.raises(StoreBusyError, match="连不上"), alone(NOBODY):
        pytest.fail("nobody was asked")


def test_nothing_of_a_call_is_left(url: str) -> None:
    """What a `watch` that was killed had asked holds personal values: it goes, whoever asked it."""
    forget_all(url)  # nobody ever coordinated here
    with calls.connected(url) as connection:
        calls.make_tables(connection, SCHEMA)
        number = calls.add_call(connection, "gone", b"370102199001011234")
        forget_all(url)
        assert calls.find_request(connection, number) is None
        size = "SELECT pg_relation_size('dispatched_calls')"
        assert connection.execute(size).fetchone() == (0,)
