"""What has changed since it was last published is noticed: declarations, masks, templates, us.

Of everything that publications stand on besides data, the store keeps a fingerprint
(`grounds`). Where one differs, what shows it is marked, and only that, in the commit that
keeps the new one: a mark is never lost, and nothing is marked twice. Receipts and returned
copies are history and are never made again for it. A workspace that has no fingerprint of
something yet takes over the one of now: nobody knows that anything is different.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from sheetflow.service.entailing import WORKBOOK
from sheetflow.service.following import is_open
from sheetflow.service.grounds import Ground, grounds, served_instead, template_grounds
from sheetflow.service.office import LOG, Office
from sheetflow.service.remaking import mark_of
from sheetflow.service.remeasuring import Measured, measure_again
from sheetflow.service.staleness import WORDS
from sheetflow.store.records import Publication, Stale


def notice_changes(office: Office) -> tuple[str, ...]:
    """Mark what shows anything that has changed; say what that is, in a sentence each."""
    measured = measure_again(office, office.store.fingerprints.find_all())
    return _notice(office, list(grounds(office)), measured)


def notice_templates(office: Office) -> tuple[str, ...]:
    """Mark what was made by a template that somebody has edited since; say so."""
    return _notice(office, list(template_grounds(office)), Measured())


def _notice(office: Office, current: list[Ground], measured: Measured) -> tuple[str, ...]:
    known = office.store.fingerprints.find_all()
    new = [ground for ground in current if ground.name not in known]
    changed = [ground for ground in current if _is_changed(ground, known.get(ground.name))]
    if not (new or changed or measured.is_any):
        return ()
    stale = list(_marks(office, changed))
    with office.store.together():
        office.store.fingerprints.record({each.name: each.digest for each in (*new, *changed)})
        office.store.publications.record_stale([*stale, *measured.stale], office.clock.now())
        measured.record(office)
    sentences = (*measured.sentences, *_sentences(changed, stale))
    for sentence in sentences:
        LOG.info("%s", sentence)
    return sentences


def _is_changed(ground: Ground, known: str | None) -> bool:
    """Whether it is another one; that a default still serves in its place is no change."""
    return known not in {None, ground.digest, served_instead(ground.digest)}


def _marks(office: Office, changed: Iterable[Ground]) -> Iterator[Stale]:
    """Name what shows these; a 填报 workbook only while its period is open."""
    listed = list(changed)
    published = office.store.publications.find_publications() if listed else ()
    for entry in published:
        why = next((ground.words for ground in listed if _shows(office, entry, ground)), "")
        stale = mark_of(entry, why) if why else None
        if stale and (entry.kind != WORKBOOK or is_open(office, entry)):
            yield stale


def _shows(office: Office, entry: Publication, ground: Ground) -> bool:
    if entry.kind not in ground.shown_in or entry.unit_id not in office.tree or entry.successor:
        return False
    level = office.tree[entry.unit_id].level
    return ground.form in {"", entry.form} and ground.level in {None, level}


def _sentences(changed: Iterable[Ground], stale: Iterable[Stale]) -> Iterator[str]:
    """Say what has changed and what is made again for it, each change once."""
    marked = list(dict.fromkeys(stale))
    for words in dict.fromkeys(ground.words for ground in changed):
        kinds = Counter(mark.what for mark in marked if mark.why == words)
        if kinds:
            files = "、".join(f"{WORDS[what]}{count}份" for what, count in kinds.items())
            yield f"{words}，会重新生成：{files}。"
