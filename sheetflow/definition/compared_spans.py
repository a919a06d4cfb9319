"""Whether what stands in some versions only may be changed so: the version in force stays what it is."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.definition.verdicts import Change, allowed, refused
from sheetflow.schemas.versioned import Versioned

Span = tuple[int, int | None]
"""From which version, up to which (None: still)."""


def span_of(entry: Versioned) -> Span:
    """Give the versions in which something stands."""
    return entry.since, entry.until


def compare_spans(place: str, then: Span, now: Span, version: int) -> Iterator[Change]:
    """Compare since when and up to when something stands; `version` is the one in force."""
    since, until = now
    if since > then[0]:
        what = f"起用版本从{then[0]}改成了{since}，第{then[0]}版的工作簿里已经有它"
        yield refused(place, what, f"请把起用版本改回{then[0]}")
    if until == then[1]:
        return
    if until is None:
        yield allowed(place, "不再停用，新的工作簿里又有它")
    elif until < version and (then[1] is None or until < then[1]):
        what = f"停用版本{until + 1}太早：现行的是第{version}版，它的工作簿里有它"
        remedy = f"请在《版本》加一行，停用版本填{version + 1}"
        yield refused(place, what, remedy)
    else:
        yield allowed(place, f"自第{until + 1}版起停用，以前填的照旧计入")
