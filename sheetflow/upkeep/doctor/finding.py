"""One line of what `doctor` found: how bad, about what, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sheetflow.context import Context

_MOST_NAMED = 5


class Grade(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"

    @property
    def label(self) -> str:
        """The office's word."""
        return {"ok": "正常", "warning": "警告", "fault": "故障"}[self.value]


@dataclass(frozen=True, slots=True)
class Line:
    """What was found about `topic`, and what to do; `remedy` is empty where all is well."""

    grade: Grade
    topic: str
    found: str
    remedy: str = ""


Examination = Callable[[Context], Iterable[Line]]
"""One check of an open office; it may raise our errors and OSError, which become faults."""


def ok(found: str, topic: str = "") -> Line:
    """Say that all is well; a line without a topic bears that of its check."""
    return Line(Grade.OK, topic, found)


def warning(found: str, remedy: str, topic: str = "") -> Line:
    """Say what works, but not as it should, or cannot be checked here."""
    return Line(Grade.WARNING, topic, found, remedy)


def fault(found: str, remedy: str, topic: str = "") -> Line:
    """Say what does not work."""
    return Line(Grade.FAULT, topic, found, remedy)


def listed(names: Sequence[str]) -> str:
    """List the first names: 历下区、市中区等7个."""
    shown = "、".join(names[:_MOST_NAMED])
    return shown + (f"等{len(names)}个" if len(names) > _MOST_NAMED else "")
