"""Decided, overtaken, too early, out of the list: what becomes of odd files in the end."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial

import pytest
from openpyxl.workbook import Workbook

from sheetflow.config.units_workbook import write_units
from sheetflow.context.paths import ANSWERS, answer_path
from sheetflow.errors import StoreBusyError, StoreError
from sheetflow.units import Unit
from sheetflow.upkeep.decide import decide, waive
from tests.tiny.desk import (
    EAST,
    FIRST,
    IN_TIME,
    IN_TIME_AGAIN,
    NEXT_DAY,
    SECOND,
    TOO_LATE,
    TREE,
    WEST,
    Desk,
    body,
    sound,
    tree_of,
    words,
)

pytestmark = pytest.mark.slow


def relist(desk: Desk, *units: Unit) -> None:
    """Write the list of units anew."""
    desk.workspace.units_file.unlink()
    write_units(desk.workspace.units_file, tree_of(units))


def stranger(desk: Desk) -> str:
    """Drop WEST's workbook into EAST's folder and give the receipt it is held under."""
    desk.drop(EAST, desk.fill(WEST, sound(70)), name="西岸.xlsx")
    desk.run()
    (held,) = desk.submissions(EAST)
    assert held.outcome == "held"
    return held.receipt


def test_a_rejected_workbook_is_answered_with_the_reason(desk: Desk) -> None:
    """Whose workbook is rejected finds a notice with the superior's reason, a mail says where, and no trouble stays."""
    receipt = stranger(desk)
    desk.ask(lambda context: decide(context, receipt, "reject", "放错了文件夹"))
    report = desk.run(NEXT_DAY)
    assert report.troubles == ()
    assert desk.submissions(EAST)[0].outcome == "returned"
    (notice,) = desk.out(EAST, FIRST).glob("退回_*")
    assert "放错了文件夹" in words(notice)
    assert "上级决定不予接收：原话见退回的通知" in body(desk.mails(EAST)[-1])
    assert "放错了文件夹" not in body(desk.mails(EAST)[-1])


def test_a_rejected_workbook_never_counts_later(desk: Desk) -> None:
    """A rejection stands even where the doubt that held the workbook is gone."""
    receipt = stranger(desk)
    desk.ask(lambda context: decide(context, receipt, "reject", "不予接收"))
    desk.run(NEXT_DAY)
    desk.ask(lambda context: context.store.outcomes.record_reopened(receipt))
    desk.run(TOO_LATE)
    assert [entry.outcome for entry in desk.submissions(EAST)] == ["returned"]


def test_what_was_not_read_cannot_be_waived(desk: Desk) -> None:
    """A sheet whose header is gone cannot be let pass: its rows would be dropped in silence."""

    def wipe(book: Workbook) -> None:
        for cell in book["排口台账"][3]:
            cell.value = None

    desk.drop(EAST, desk.fill(EAST, sound(10), wipe))
    desk.run()
    (returned,) = desk.submissions(EAST)
    assert returned.outcome == "returned"
    with pytest.raises(StoreError, match="不能放行"):
        desk.ask(lambda context: waive(context, returned.receipt, "header-missing", "试试"))


def test_a_stranger_neither_hides_nor_counts(desk: Desk) -> None:
    """A held stranger does not hide where the unit stands, nor does it count as her round of mending."""
    bad = {**sound(10), "patrols": [{**sound(10)["patrols"][0], "metres": "约20"}]}
    desk.drop(EAST, desk.fill(EAST, bad))
    desk.run()
    desk.drop(EAST, desk.fill(WEST, sound(70)), name="西岸.xlsx")
    desk.run(NEXT_DAY)
    assert desk.states()[EAST] == "returned"
    assert "上次" not in body(desk.mails(EAST)[-1])
    desk.drop(EAST, desk.fill(EAST, sound(10)))
    desk.run(NEXT_DAY)
    assert desk.states()[EAST] == "accepted"
    assert "已改1处" in body(desk.mails(EAST)[-1])


def test_a_correction_of_what_came_in_time_is_not_late(desk: Desk) -> None:
    """Who reported in time and corrects later is not marked late for her honesty."""
    desk.drop(EAST, desk.fill(EAST, sound(10)))
    desk.run(IN_TIME)
    desk.drop(EAST, desk.fill(EAST, sound(12)))
    desk.run(TOO_LATE)
    assert [entry.late for entry in desk.submissions(EAST)] == [False, False]


def test_the_same_bytes_are_judged_again_once_the_period_has_begun(desk: Desk) -> None:
    """What was returned for coming too early is judged, not called a duplicate, when its time has come."""
    desk.issue(SECOND)
    file = desk.fill(EAST, {**sound(10), "patrols": []}, period=SECOND)
    desk.drop(EAST, file)
    desk.run(IN_TIME.replace(month=2, day=25))
    assert [entry.outcome for entry in desk.submissions(EAST)] == ["returned"]
    desk.drop(EAST, file)
    desk.run(IN_TIME_AGAIN)
    assert len(desk.submissions(EAST)) == 2


def test_a_unit_that_left_the_list_is_named(desk: Desk) -> None:
    """A deleted row of units.xlsx stops nobody else, and is named until it is mended."""
    desk.drop(EAST, desk.fill(EAST, sound(10)))
    desk.drop(WEST, desk.fill(WEST, sound(5)))
    desk.run()
    relist(desk, *(unit for unit in TREE if unit.unit_id != EAST))
    report = desk.run(NEXT_DAY)
    assert any(EAST in trouble for trouble in report.troubles)
    assert desk.states()[WEST] == "accepted"


def test_a_unit_that_has_ended_is_told_who_reports(desk: Desk) -> None:
    """A workbook of a unit that ended within the period is returned with its heir's name: it would count nowhere."""
    ended = replace(TREE[EAST], valid_to=dt.date(2012, 2, 15), successor=WEST)
    relist(desk, *(ended if unit.unit_id == EAST else unit for unit in TREE))
    desk.drop(EAST, desk.fill(EAST, sound(10)))
    desk.run()
    (returned,) = desk.submissions(EAST)
    assert returned.outcome == "returned"
    assert "西岸县" in body(desk.mails(EAST)[-1])


def test_mail_finds_its_attachment_after_a_unit_was_renamed(desk: Desk) -> None:
    """A new name in units.xlsx moves the unit's folder, and what is recorded of it follows."""
    desk.drop(EAST, desk.fill(EAST, sound(10)))
    desk.run()
    relist(desk, *(replace(unit, name="东岸区") if unit.unit_id == EAST else unit for unit in TREE))
    desk.run(NEXT_DAY)
    paths = desk.ask(
        lambda context: [
            entry.path for entry in context.store.publications.find_publications(EAST, FIRST)
        ]
    )
    assert paths
    assert all(path.startswith(f"{EAST}-东岸区/") for path in paths)
    assert all((desk.workspace.outbox / path).is_file() for path in paths)


def test_a_busy_database_is_not_the_files_fault(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often the database refuses, a good workbook is accepted once it answers again."""
    desk.drop(EAST, desk.fill(EAST, sound(10)))

    def busy(*_: object, **__: object) -> None:
        raise StoreBusyError("数据库正忙。")

    for _ in range(5):
        with monkeypatch.context() as patched:
            patched.setattr("sheetflow.store.submissions.Outcomes.record_outcome", busy)
            with pytest.raises(StoreBusyError):
                desk.run()
    desk.run(NEXT_DAY)
    assert [entry.outcome for entry in desk.submissions(EAST)] == ["accepted"]


def test_a_wrong_code_is_answered_with_what_can_be_waived(desk: Desk) -> None:
    """Who names a wrong code reads the codes that may pass, and none that would lose what was not read."""
    first, second = {**sound(10)["patrols"][0], "metres": "约20"}, {**sound(10)["patrols"][0]}
    desk.drop(EAST, desk.fill(EAST, {**sound(10), "patrols": [first, second | {"means": None}]}))
    desk.run()
    (returned,) = desk.submissions(EAST)
    for typed in ("no-such-rule", "number-about"):
        with pytest.raises(StoreError) as told:
            desk.ask(partial(waive, receipt=returned.receipt, rule=typed, why="试试"))
        _, _, listed = str(told.value).partition("可以放行的有")
        assert "required" in listed
        assert "number-about" not in listed


def test_what_was_published_under_the_old_word_keeps_its_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A held workbook's answer of an older version is still ours by its name, and follows its unit's new one."""
    with monkeypatch.context() as before:
        before.setitem(ANSWERS, "held", "挂起")
        receipt = stranger(desk)
    (held,) = desk.submissions(EAST)
    assert any(name.startswith("挂起_") for name in desk.names(EAST))
    assert desk.ask(lambda context: answer_path(context, held)).name.startswith("挂起_")
    east = replace(TREE[EAST], name="东河县")
    relist(desk, *(east if unit.unit_id == EAST else unit for unit in TREE))
    desk.run(NEXT_DAY)
    names = {path.name for path in desk.workspace.outbox.rglob("*第1号.xlsx")}
    assert {name for name in names if EAST in name} == {f"待确认_{EAST}-东河县_{FIRST}_第1号.xlsx"}
    assert receipt == held.receipt
