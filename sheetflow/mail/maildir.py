"""The Maildir carrier: mail as files, where no server is set.

Nobody else reads the folder, and no half-written mail is ever seen in it. A mail is known by its Message-ID: delivered twice, it lies there once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from pathlib import Path

from sheetflow.durable import sync_folder
from sheetflow.mail.delivery import Delivery, Outcome, Reason, Refusal


class MaildirCarrier:
    """Puts mail into the Maildir at `path`, making it when it is missing."""

    knows_repeats = True

    def __init__(self, path: Path) -> None:
        self.path = path

    def deliver(self, message: bytes, sender: str, recipients: Sequence[str]) -> Delivery:
        """Write `message` to ``tmp``, make it durable and move it to ``new``.

        `sender` is not needed: it stands in the message. A full or read-only disk is a
        TEMPORARY trouble.
        """
        del sender
        try:
            self._write(message)
        except OSError:
            disk = Reason("disk")
            return Delivery(
                refusals=tuple(Refusal(each, Outcome.TEMPORARY, disk) for each in recipients)
            )
        return Delivery(tuple(recipients))

    def remove(self, message_id: str) -> int:
        """Remove the mail with this Message-ID; give how many files that were."""
        mark = f".{_digest(message_id)}.sheetflow"
        found = [
            path
            for folder in ("new", "cur")
            if (self.path / folder).is_dir()
            for path in (self.path / folder).iterdir()
            if mark in path.name
        ]
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def _write(self, message: bytes) -> None:
        for folder in (self.path, *(self.path / name for name in ("tmp", "new", "cur"))):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = _name(message)
        if (self.path / "new" / name).exists() or any((self.path / "cur").glob(f"{name}*")):
            return
        draft = self.path / "tmp" / name
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
            # Maildir holds the system's own line ends; all bodies are base64, so none is harmed.
            file.write(message.replace(b"\r\n", b"\n"))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / "new" / name)
        sync_folder(self.path / "new")


def _name(message: bytes) -> str:
    """Name the file by the mail's date, so that a listing is in order, and its Message-ID."""
    headers = BytesHeaderParser(policy=compat32).parsebytes(message)
    seconds = int(parsedate_to_datetime(headers["Date"]).timestamp())
    return f"{seconds}.{_digest(str(headers['Message-ID']))}.sheetflow"


def _digest(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:24]
