"""A service that watches, and a clock that goes on by itself: a season or a year in seconds, without a command."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import default

from sheetflow.config.workspace import Workspace
from sheetflow.context import Clock, Context
from sheetflow.mail.send import send_due
from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.calendar import coming
from sheetflow.service.calendar_kinds import KINDS
from sheetflow.service.watch import watch

Deed = tuple[dt.datetime, Callable[[], object]]
"""What somebody does with a workbook, and when."""


@dataclass
class Fixed(Clock):
    """Stands still where it was set; `is_asked` says whether anybody has looked at it since."""

    at: dt.datetime
    is_asked: bool = True

    def now(self) -> dt.datetime:
        """The moment it was set to."""
        self.is_asked = True
        return self.at

    def move(self, at: dt.datetime) -> None:
        """Go on to a later moment."""
        self.at, self.is_asked = at, False


@dataclass
class Serving:
    """A service that watches, in whose inbox people put their workbooks when their time has come."""

    context: Context
    begun: dt.datetime
    end: dt.datetime
    deeds: Iterable[Deed]
    _clock: Fixed = field(init=False)
    _left: list[Deed] = field(init=False)
    _has_ended: bool = False

    def serve(self) -> None:
        """Watch until the end: whenever nothing is left to do, it is the time of what comes next."""
        self.context.clock = self._clock = Fixed(self.begun)
        self._left = sorted(self.deeds, key=lambda deed: deed[0])
        watch(self.context, self._is_over)
        self.context.is_stopping = lambda: False
        send_due(self.context)
        assert not self._left, "somebody was never given the time"

    def _is_over(self) -> bool:
        # Mail goes out by a thread of its own, which asks as well: it moves no clock.
        if threading.current_thread() is not threading.main_thread():
            return False
        self.context.is_stopping = lambda: False  # nothing is asked within a pass
        if self._has_ended:
            return True
        if not self._clock.is_asked or self._is_busy():
            return False
        due = [task.due_at for task in coming(self.context, self.end, KINDS)]
        due = [at.astimezone(OFFICE_ZONE) for at in due if at > self.begun]
        if due and min(due) <= self._clock.at:
            return False
        following = min([*due, *(at for at, _ in self._left)], default=self.end)
        self._clock.move(following)
        while self._left and self._left[0][0] <= following:
            self._left.pop(0)[1]()
        self._has_ended = following == self.end
        return self._has_ended

    def _is_busy(self) -> bool:
        store, inbox = self.context.store, self.context.workspace.inbox
        return bool(
            store.publications.find_stale()
            or store.arrivals.find_unjudged()
            or any(path.is_file() for path in inbox.rglob("*.xlsx"))
        )


def headers(workspace: Workspace) -> Iterator[Message]:
    """Read the heads of all mails in the Maildir."""
    parser = BytesHeaderParser(policy=default)
    for path in sorted((workspace.maildir / "new").iterdir()):
        with path.open("rb") as file:
            yield parser.parse(file)


def kind_of(mail: Message) -> str:
    """What a mail is about: its subject without period and names."""
    return str(mail["Subject"]).rpartition("】")[2].partition("：")[0].partition("，")[0]


def unit_of(mail: Message) -> str:
    """To which unit a mail goes: addresses end in its number."""
    return str(mail["To"]).partition("@")[0].rpartition("-")[2]


def counted(workspace: Workspace) -> Mapping[str, Counter[str]]:
    """Count the mails in the Maildir by unit and by what they are about."""
    found: dict[str, Counter[str]] = {}
    for mail in headers(workspace):
        found.setdefault(unit_of(mail), Counter())[kind_of(mail)] += 1
    return found
