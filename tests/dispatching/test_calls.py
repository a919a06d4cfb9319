"""What the queue connects by is what the store connects by."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from sheetflow.dispatching.calls import conninfo


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+psycopg://u:a%20b%25@h/d", {"user": "u", "password": "a b%", "host": "h"}),
        (
            "postgresql+psycopg://u@h/d?options=-c%20search_path%3Dx",
            {"options": "-c search_path=x -c synchronous_commit=off"},
        ),
        ("postgresql://u@/d?host=a:5433&host=b", {"host": "a,b", "dbname": "d"}),
        ("postgresql+psycopg://u@h/d", {"keepalives_idle": "10", "tcp_user_timeout": "25000"}),
        ("postgresql+psycopg://u@h/d?keepalives_idle=60", {"keepalives_idle": "60"}),
    ],
)
def test_whatever_the_store_accepts_the_queue_does(url: str, words: dict[str, str]) -> None:
    """A blank in a password, options, several servers: who got the store open gets the queue, too.

    What waits in the queue need not wait for the disk.
    """
    found = conninfo_to_dict(conninfo(url))
    assert {name: found.get(name) for name in words} == words
