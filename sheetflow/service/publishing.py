"""One publication: put in place, and recorded with what it stands on."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sheetflow.publishing.outbox import Writer, publish_file
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
    path.parent.mkdir(parents=True, exist_ok=True)
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
