"""Files beside workbooks are kept with what names them, in the commit of the judgement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sheetflow.schemas.evidence import EvidenceFile, NamedFile
from sheetflow.store.records import Judged, Purge

if TYPE_CHECKING:
    from sheetflow.store.records import Arrival
    from tests.store.conftest import Desk

PDF = (".pdf", "", "attachment-locked")


def drop_file(
    desk: Desk, name: str, content: str, batch: int, purpose: str = "submission"
) -> Arrival:
    """Drop a file that lay in the folder for files beside workbooks."""
    new = replace(desk.new(content, purpose=purpose), name=name, attached=True, batch=batch)
    return desk.store.arrivals.record_arrival(new)


def named(name: str, file: Arrival | None = None) -> NamedFile:
    """A cell that names a file, found or not."""
    missing = NamedFile(sheet="papers", key="B001", column="file", cell="F8", name=name)
    if file is None:
        return missing
    return replace(missing, sha256=file.sha256, size=file.size, arrival_id=file.arrival_id)


def test_a_file_is_kept_as_it_came_and_answered_once(desk: Desk) -> None:
    """What is told of a file is there after a restart, and nobody tells it twice."""
    file = drop_file(desk, "论文.pdf", "P", 7)
    assert desk.store.files.record_file(file, PDF, desk.now)
    assert not desk.store.files.record_file(file, PDF, desk.now)
    desk.restart()
    (found,) = desk.store.files.find_files("370102")
    assert found == EvidenceFile(
        name="论文.pdf",
        sha256=file.sha256,
        size=1,
        arrival_id=file.arrival_id,
        batch=7,
        kind=".pdf",
        remark="attachment-locked",
    )
    assert desk.store.arrivals.find_arrival(file.arrival_id).answer == "file"
    assert not desk.store.arrivals.find_unjudged()
    assert not desk.store.files.find_files("370103")


def test_a_file_in_the_precheck_folder_is_no_submitted_one(desk: Desk) -> None:
    """Files laid into 预审 are found by prechecks alone."""
    handed_in, tried = (
        drop_file(desk, "a.pdf", "A", 1),
        drop_file(desk, "b.pdf", "B", 1, "precheck"),
    )
    for file in (handed_in, tried):
        desk.store.files.record_file(file, PDF, desk.now)
    assert [each.name for each in desk.store.files.find_files("370102")] == ["a.pdf"]
    found = desk.store.files.find_files("370102", precheck=True)
    assert [each.name for each in found] == ["a.pdf", "b.pdf"]


def test_what_cells_name_stands_with_the_judgement(desk: Desk) -> None:
    """A late file has the same submission judged again: its number stays, what it names is found."""
    workbook = desk.drop()
    returned = Judged(outcome="returned", judged_at=desk.now, files=[named("论文.pdf")])
    submission = desk.answer(workbook, returned)
    file = drop_file(desk, "论文.pdf", "P", 2)
    desk.store.files.record_file(file, PDF, desk.now, again=[submission])
    (again,) = desk.store.arrivals.find_unjudged()
    assert (again.arrival_id, again.turn) == (workbook.arrival_id, 1)
    accepted = Judged(outcome="accepted", judged_at=desk.now, files=[named("论文.pdf", file)])
    mended = desk.answer(again, accepted)
    assert mended.receipt == submission.receipt
    kept = desk.store.files.find_named([submission.judgement_id, mended.judgement_id])
    assert [each[0].sha256 for each in kept.values()] == ["", file.sha256]
    assert kept[mended.judgement_id] == (named("论文.pdf", file),)
    assert not desk.store.files.find_unnamed()
    other = drop_file(desk, "别的.pdf", "O", 3)
    desk.store.files.record_file(other, PDF, desk.now)
    (left,) = desk.store.files.find_unnamed("370102")
    assert (left.file.name, left.arrived_at) == ("别的.pdf", other.arrived_at)
    assert desk.store.arrivals.next_batch() > 3
    naming = desk.store.files.find_arrivals_naming([file.sha256, "0" * 64])
    assert naming == {file.sha256: {workbook.arrival_id}}


def test_a_purged_file_is_found_no_more(desk: Desk) -> None:
    """Whose original is gone answers no cell."""
    file = drop_file(desk, "论文.pdf", "P", 1)
    desk.store.files.record_file(file, PDF, desk.now)
    order = Purge(before=desk.now.date(), by="管理员", at=desk.now)
    desk.store.purges.record_purge(order, [file.arrival_id], lambda _form, _sheet, text: text)
    assert not desk.store.files.find_files("370102")
