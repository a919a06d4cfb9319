"""One publication: put in place, and recorded with what it stands on."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

from sheetflow.errors import TemporaryError
from sheetflow.publishing.outbox import Patience, Writer, publish_file
from sheetflow.service.office import LOG, Office
from sheetflow.store.records import Publication, Stale


def basis_of(*parts: object) -> str:
    """Digest everything that went into a publication: equal parts, equal bytes."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else repr(part).encode())
        digest.update(b"\x1e")
    return digest.hexdigest()


def is_fresh(office: Office, path: Path, basis: str) -> bool:
    """Whether the file that lies there was made from just this."""
    known = office.store.publications.find_publication(office.relative(path))
    return bool(known and known.basis == basis and not known.beside and path.is_file())


def is_published(office: Office, path: Path) -> bool:
    """Whether the file was ever published."""
    return office.store.publications.find_publication(office.relative(path)) is not None


def publish(
    office: Office, path: Path, content: bytes | Writer, mark: Stale, basis: str
) -> Publication:
    """Put `content` in place; give what the store is to keep of it.

    Raise TemporaryError where the disk refuses.
    """
    published = publish_file(path, content)
    beside = office.relative(published.path) if published.beside else ""
    if beside:
        LOG.warning("held open, published beside: %s", beside)
    return Publication(
        path=office.relative(path),
        kind=mark.what.partition(":")[0],
        unit_id=mark.unit_id,
        form=mark.form,
        period=mark.period,
        sha256=published.sha256,
        basis=basis,
        published_at=office.clock.now(),
        beside=beside,
    )


def settle_twins(office: Office) -> int:
    """Give each publication that lies beside its real name that name, unless it is still held.

    Give how many have it now. What trouble there is leaves the twin, and `status` shows it.
    """
    settled = 0
    for entry in office.store.publications.find_beside():
        if _settle(office, entry):
            kept = replace(entry, beside="")
            office.store.publications.record_rebuilt([], [kept])
            settled += 1
    return settled


def _settle(office: Office, entry: Publication) -> bool:
    twin, path = office.workspace.outbox / entry.beside, office.workspace.outbox / entry.path
    try:
        with twin.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != entry.sha256:
                return False  # somebody worked in it: it is theirs now
            content.seek(0)
            published = publish_file(
                path, lambda file: shutil.copyfileobj(content, file), Patience(seconds=0)
            )
    except (OSError, TemporaryError):
        return False
    return not published.beside
