"""A purge thins rows and is on record, in one commit."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from sheetflow.schemas.documents import pack
from sheetflow.store.records import Judged, Publication, PublicationKind, Purge, Stale

if TYPE_CHECKING:
    from tests.store.conftest import Desk

SECRET = "王安澜" * 200


def accepted(desk: Desk) -> Judged:
    """Make an acceptance with a row that names somebody."""
    return Judged(outcome="accepted", judged_at=desk.now, rows={"outlets": SECRET})


def thin(_form: str, _sheet: str, _text: str) -> str:
    """Take everything out."""
    return "{}"


def purge(desk: Desk) -> Purge:
    """The order for a purge."""
    return Purge(before=dt.date(2012, 5, 1), by="office", at=desk.now)


def test_rows_of_every_judgement_are_thinned_and_it_is_on_record(desk: Desk) -> None:
    """A file judged twice loses both judgements' rows; who purged what and when can be read."""
    arrival = desk.drop()
    desk.answer(arrival, "held")
    other = desk.drop("B")
    first = desk.answer(other, accepted(desk))
    taken = [arrival.arrival_id, other.arrival_id]
    done = desk.store.purges.record_purge(purge(desk), taken, thin)
    assert (done.originals, done.documents) == (2, 1)
    assert desk.store.contents.find_rows(first) == {"outlets": "{}"}
    assert desk.store.purges.find_purges() == (done,)
    assert desk.store.purges.find_purged() == {arrival.arrival_id, other.arrival_id}


def test_others_keep_their_rows(desk: Desk) -> None:
    """What was not to be purged stays as it was."""
    kept = desk.answer(desk.drop(), accepted(desk))
    gone = desk.drop("B")
    desk.answer(gone, accepted(desk))
    desk.store.purges.record_purge(purge(desk), [gone.arrival_id], thin)
    assert desk.store.contents.find_rows(kept) == {"outlets": SECRET}


def test_a_purge_that_breaks_off_takes_nothing(desk: Desk) -> None:
    """Where one document cannot be thinned, all stay whole and nothing is on record."""
    entry = desk.answer(desk.drop(), accepted(desk))

    def fail(_form: str, _sheet: str, _text: str) -> str:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        desk.store.purges.record_purge(purge(desk), [entry.arrival_id], fail)
    assert desk.store.contents.find_rows(entry) == {"outlets": SECRET}
    assert desk.store.purges.find_purges() == ()


def test_no_trace_is_left_in_the_file(file_desk: Desk) -> None:
    """After compacting, the bytes of the thinned document are nowhere in the database file."""
    desk = file_desk
    entry = desk.answer(desk.drop(), accepted(desk))
    trace = pack(SECRET)[10:40]
    assert trace in desk.file.read_bytes()
    desk.store.purges.record_purge(purge(desk), [entry.arrival_id], thin)
    desk.store.compact()
    assert trace not in desk.file.read_bytes()


def test_what_showed_the_rows_is_stale_and_withdrawn(desk: Desk) -> None:
    """A roll-up is marked and no longer fresh; a withdrawn copy is forgotten."""
    for path in ("sum.xlsx", "copy.xlsx"):
        desk.store.publications.record_rebuilt(
            [],
            [
                Publication(
                    path=path,
                    kind=PublicationKind.CONSOLIDATED,
                    unit_id="370100",
                    form="progress",
                    period="2012B1",
                    sha256="0",
                    basis="1",
                    published_at=desk.now,
                )
            ],
        )
    mark = Stale(
        unit_id="370100", form="progress", period="2012B1", kind=PublicationKind.CONSOLIDATED
    )
    entry = desk.answer(desk.drop(), accepted(desk))
    desk.store.purges.record_purge(
        purge(desk),
        [entry.arrival_id],
        thin,
        outdated=["sum.xlsx"],
        stale=[mark],
        withdrawn=["copy.xlsx"],
    )
    shown = desk.store.publications.find_publication("sum.xlsx")
    assert shown is not None
    assert shown.basis == ""
    assert desk.store.publications.find_publication("copy.xlsx") is None
    assert [one.kind for one in desk.store.publications.find_stale()] == ["consolidated"]
