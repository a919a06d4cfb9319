"""Publications that were lost from the outbox are marked, so that the next pass makes them again.

Everything published stands on the database and the archive; after a restore, the same
bytes come out. What stood on a purged original cannot be made again and is left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sheetflow.context.context import Office
from sheetflow.context.paths import answer_path, precheck_path
from sheetflow.periods import Period
from sheetflow.publishing.lying import look_at
from sheetflow.service.publish import is_there, ours_at
from sheetflow.store.records import Publication, PublicationKind, Stale


def mark_missing(office: Office) -> int:
    """Mark every publication whose file is not in the outbox; give how many there are."""
    lost = [
        entry
        for entry in office.store.publications.find_publications()
        if entry.unit_id in office.tree and not entry.successor and not _is_there(office, entry)
    ]
    answers = (
        answers_by_path(office)
        if any(entry.kind == PublicationKind.ANSWER for entry in lost)
        else {}
    )
    marks = [
        mark
        for entry in lost
        if (
            mark := answers.get(entry.path)
            if entry.kind == PublicationKind.ANSWER
            else mark_of(entry)
        )
    ]
    office.store.publications.record_stale(marks, office.clock.now())
    return len(marks)


def strange_files(office: Office) -> Iterator[str]:
    """Name the files in the outbox whose bytes are none of ours, as far as the store knows.

    After a restore those are what was published since the backup, and what people changed.
    """
    outbox = office.workspace.outbox
    plain = {entry.current: entry.path for entry in office.store.publications.find_publications()}
    for unit in office.tree:
        for folder, _, names in os.walk(outbox / unit.folder):
            for name in sorted(names):
                if name.startswith((".", "~$")):
                    continue  # an office program's own, for as long as it has a file open
                path = Path(folder, name)
                place = office.relative(path)
                with suppress(OSError):
                    ours = ours_at(office, plain.get(place, place), unit.unit_id)
                    if look_at(path).is_hers(ours):
                        yield place


def _is_there(office: Office, entry: Publication) -> bool:
    """Whether what was published lies there, be it beside a file that a person changed."""
    return is_there(office, office.workspace.outbox / entry.current)


def answers_by_path(office: Office) -> dict[str, Stale]:
    """Give, by its path in the outbox, the mark under which each answer can be made again."""
    purged = office.store.purges.find_purged()
    found: dict[str, Stale] = {}
    for submission in office.store.submissions.find_submissions():
        if submission.unit_id not in office.tree:
            continue
        if submission.outcome == "returned" and submission.arrival_id in purged:
            continue
        found[office.relative(answer_path(office, submission))] = Stale(
            unit_id=submission.unit_id,
            form=submission.form,
            period=submission.period,
            kind=PublicationKind.ANSWER,
            receipt=submission.receipt,
            why=submission.receipt,
        )
    for arrival in office.store.arrivals.find_all():
        gone = arrival.unit_id not in office.tree or arrival.arrival_id in purged
        if arrival.answer != "precheck" or gone:
            continue
        head = office.store.arrivals.find_answer_document(arrival.arrival_id)[0]
        unit, period = office.tree[arrival.unit_id], str(head["period"])
        form = str(head["form"])
        path = office.relative(precheck_path(office, unit, form, period, arrival.arrival_id))
        found[path] = Stale(
            unit_id=unit.unit_id,
            form=form,
            period=period,
            kind=PublicationKind.ANSWER,
            precheck=arrival.arrival_id,
        )
    return found


def mark_of(entry: Publication, why: str = "") -> Stale | None:
    """Give the mark under which a roll-up or a 填报 workbook can be made again."""
    try:
        Period.parse(entry.period)
    except ValueError:
        return None
    return Stale(
        unit_id=entry.unit_id, form=entry.form, period=entry.period, kind=entry.kind, why=why
    )
