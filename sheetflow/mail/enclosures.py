"""What a mail encloses, as it lies in the outbox when the mail goes out.

A mail is written when a file is judged, before its answer is published. Where the answer came
to lie beside a file that a person changed or holds open, the mail names and encloses that one.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from markupsafe import escape

from sheetflow.context.context import Office
from sheetflow.publishing.lying import is_reachable
from sheetflow.store.records import Attachment, Mail


def current_files(office: Office, mail: Mail) -> Mail:
    """Give `mail` with the names and places of the files that have what was published last."""
    attached = {entry.path for entry in mail.attachments}
    for known in office.store.publications.find_beside():
        if known.path not in attached and known.unit_id != mail.unit_id:
            continue
        plain, beside = Path(known.path).name, Path(known.beside).name
        mail = replace(
            mail,
            text=mail.text.replace(plain, beside),
            html=mail.html.replace(str(escape(plain)), str(escape(beside))),
            attachments=tuple(
                Attachment(beside, known.beside) if entry.path == known.path else entry
                for entry in mail.attachments
            ),
        )
    return mail


def read_file(office: Office, place: str) -> bytes:
    """Read a published file; raise OSError where it is not there yet, or only by a link."""
    path = office.workspace.outbox / place
    if path.is_symlink() or not is_reachable(office.workspace.outbox, path.parent):
        raise FileNotFoundError(path)
    return path.read_bytes()
