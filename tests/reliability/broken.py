"""Deliberately broken variants of the package: what each promise's test must notice.

A variant is a change of a few lines to a copy of the package; the real one is never
touched. Each text that is replaced must stand exactly once in its file, so that a variant
that no longer breaks anything is noticed itself.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.reliability.service_process import REPOSITORY


@dataclass(frozen=True)
class Broken:
    """A variant: what is wrong in it, and the texts that make it so, by file."""

    name: str
    wrong: str
    changes: tuple[tuple[str, str, str], ...]

    def package(self, folder: Path) -> Path:
        """Copy the package into `folder` and break it there; give where to import it from."""
        shutil.copytree(
            REPOSITORY / "sheetflow",
            folder / "sheetflow",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        (folder / "templates").symlink_to(REPOSITORY / "templates")
        for place, old, new in self.changes:
            file = folder / "sheetflow" / place
            text = file.read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{self.name}: {place} no longer says {old!r} once"
            file.write_text(text.replace(old, new), encoding="utf-8")
        return folder


UNLINK_BEFORE_COMMIT = Broken(
    "unlink-before-commit",
    "the file leaves the inbox before the database knows of it",
    (
        (
            "service/taking.py",
            "    arrival = office.store.arrivals.record_arrival(",
            "    remove_file(sighting)\n    arrival = office.store.arrivals.record_arrival(",
        ),
    ),
)

MARK_CLEARED_FIRST = Broken(
    "mark-cleared-first",
    "a publication counts as made before it is made",
    (
        (
            "service/rebuilding.py",
            "            publications = _attempt(office, mark, answer.publish) if answer else []",
            """            office.store.publications.record_rebuilt([mark])
            publications = _attempt(office, mark, answer.publish) if answer else []""",
        ),
    ),
)

SENT_BEFORE_SENDING = Broken(
    "sent-before-sending",
    "a mail is struck off the queue before it is handed over",
    (
        (
            "service/sending.py",
            "    delivery = carrier.deliver(",
            """    office.store.mails.record_mail_sent(mail.mail_id, now)
    delivery = carrier.deliver(""",
        ),
    ),
)

NEW_ID_EACH_TIME = Broken(
    "new-id-each-time",
    "a mail sent again bears another Message-ID",
    (
        (
            "service/sending.py",
            "            message_id=mail.message_id,",
            '            message_id=mail.message_id.replace("@", f".{__import__(\'os\').getpid()}@"),',
        ),
    ),
)

FORGETS_PENDING_UNLINKS = Broken(
    "forgets-pending-unlinks",
    "a file whose removal is pending is taken for a new one",
    (
        (
            "service/taking.py",
            "known = pending.pop(_identity(sighting), None)",
            "known = None",
        ),
        (
            "store/arrivals.py",
            "if row := known.first():",
            "if (row := known.first()) and False:",
        ),
    ),
)

BLOB_UNSYNCED = Broken(
    "blob-unsynced",
    "the bytes in the archive are not made durable",
    (("intake/archive.py", "        os.fsync(blob.fileno())\n", ""),),
)

FOLDER_UNSYNCED = Broken(
    "folder-unsynced",
    "the archive's folder is not made durable",
    (("intake/archive.py", "        sync_folder(path.parent)\n", ""),),
)

DATABASE_UNSYNCED = Broken(
    "database-unsynced",
    "the database leaves writing to the system",
    (("store/sqlite.py", "PRAGMA synchronous = EXTRA", "PRAGMA synchronous = OFF"),),
)
