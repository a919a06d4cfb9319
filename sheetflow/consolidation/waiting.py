"""What waits for somebody: one value for every command, page and mail that shows it.

This module owns the kinds and the shape of the sentence. It refuses to look anything up:
`service.waiting` gathers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

_MOST_TOLD = 20
"""Of one kind; the others are counted."""


class Waits(StrEnum):
    """What it is that waits."""

    HELD = "held"
    """A workbook, for a decision."""
    PUT_OFF = "put_off"
    """A file that was received and has no answer yet."""
    MAIL = "mail"
    """A mail that could not be sent, or not to everybody."""
    PUBLICATION = "publication"
    """A file of the outbox that could not be put in its place."""
    INBOX = "inbox"
    """Something in the inbox that is not taken, or a folder that cannot be used."""
    DECISION = "decision"
    """Something else that somebody must decide."""

    @property
    def label(self) -> str:
        """The office's word."""
        return {
            "held": "等待核实的报送",
            "put_off": "没有处理完的来件",
            "mail": "没有送到的邮件",
            "publication": "没有放到位的文件",
            "inbox": "报送文件夹",
            "decision": "等待决定的事",
        }[self.value]


Identity = tuple[Waits, str, str, dt.datetime | None]
"""What tells one thing that waits from the next, whatever is said of it from time to time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits: what and why in a sentence, and in another what to do about it.

    `unit_id` is empty where no unit is concerned, `receipt` where there is none yet. `is_ours`:
    something was left undone by a fault of ours (database, archive, disk, program), so that
    `run` must not end as if all were well.
    """

    kind: Waits
    reason: str
    remedy: str = ""
    unit_id: str = ""
    receipt: str = ""
    since: dt.datetime | None = None
    is_ours: bool = False

    @property
    def message(self) -> str:
        """Both sentences."""
        return self.reason + self.remedy

    @property
    def identity(self) -> Identity:
        """Kind, unit, receipt, since when."""
        return self.kind, self.unit_id, self.receipt, self.since

    def as_json(self) -> dict[str, object]:
        """Give the object that ``status --json`` lists; `reason` and `message` are the same."""
        return {
            "kind": self.kind.value,
            "unit_id": self.unit_id or None,
            "receipt": self.receipt or None,
            "since": self.since.isoformat(timespec="seconds") if self.since else None,
            "reason": self.message,
            "message": self.message,
        }


def tell(waiting: Iterable[Waiting]) -> Iterator[str]:
    """Say what waits, the first ones of each kind, and of the others how many there are."""
    by_kind: dict[Waits, list[Waiting]] = {}
    for entry in waiting:
        by_kind.setdefault(entry.kind, []).append(entry)
    for kind, entries in by_kind.items():
        messages = list(dict.fromkeys(entry.message for entry in entries))
        yield from messages[:_MOST_TOLD]
        if len(messages) > _MOST_TOLD:
            yield f"……{kind.label}共{len(entries)}件，全部见 status --json。"


def told_besides(troubles: Iterable[str], waiting: Sequence[Waiting]) -> Iterator[str]:
    """Give the troubles that nothing of what waits tells of already."""
    for trouble in dict.fromkeys(troubles):
        if not any(trouble in entry.message for entry in waiting):
            yield trouble
