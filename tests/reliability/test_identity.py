"""Promise 10: a unit is known by its folder only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from sheetflow.schemas.layout import STAMP_NAME, STAMP_SHEET
from tests.reliability.broken import BELIEVES_THE_FILE, Broken
from tests.reliability.command_line import command
from tests.reliability.conftest import Measured
from tests.reliability.service_process import REPOSITORY
from tests.tiny.desk import EAST, FIRST, IN_TIME, NORTH, SOUTH, TREE, WEST, Desk, body, cell, sound

pytestmark = [pytest.mark.slow, pytest.mark.reliability, pytest.mark.timeout(300)]

_CANARY = "金丝雀的话"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with its workbooks handed out; the west has reported."""
    desk = Desk.make(tmp_path / "workspace")
    desk.issue()
    desk.drop(WEST, desk.fill(WEST, sound(100)))
    desk.run()
    return desk


def _stamped(unit_id: str | None) -> Callable[[Workbook], None]:
    """Name another unit in the stamp, both copies, and on the cover."""

    def spoil(book: Workbook) -> None:
        page = book[STAMP_SHEET]
        for row in page.iter_rows():
            if row[0].value == "unit":
                row[1].value = unit_id
        name = STAMP_NAME.format(key="unit")
        if name in book.defined_names:
            book.defined_names[name].attr_text = f'"{unit_id}"'
        book["排口台账"][cell("outlets", "river", 2)] = _CANARY

    return spoil


@pytest.mark.parametrize("broken", [None, BELIEVES_THE_FILE], ids=["real", "broken"])
def test_a_workbook_that_names_another_unit_is_held_and_both_are_told(
    broken: Broken | None, desk: Desk, tmp_path: Path, measured: Measured
) -> None:
    """In the east's folder, in the west's name: the west's figures stay, and both learn of it."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    before = {mail["Message-ID"] for mail in desk.mails(WEST)}
    desk.drop(EAST, desk.fill(WEST, sound(99_999), _stamped(WEST)), "冒名.xlsx")
    command(desk.root, IN_TIME, "run", package=package)
    outcomes = [(entry.unit_id, entry.outcome) for entry in desk.submissions()]
    measured("outcomes", outcomes)
    assert (outcomes == [(WEST, "accepted"), (EAST, "held")]) is not bool(broken)
    if broken:
        return
    assert desk.states()[WEST] == "accepted"
    (told,) = (mail for mail in desk.mails(WEST) if mail["Message-ID"] not in before)
    (sender,) = desk.mails(EAST)
    assert "东岸县" in body(told)
    assert "西岸县" in body(sender)
    for mail in (told, sender):
        assert _CANARY not in str(mail)
        assert "冒名" not in body(told)
    assert not list(told.iter_attachments())


@pytest.mark.parametrize(
    ("claimed", "outcome"),
    [("888888", "held"), ("../990102", "held"), ("=990102", "held"), ("990101 ", "accepted")],
)
def test_a_workbook_that_names_nobody_we_know_is_held(
    claimed: str, outcome: str, desk: Desk
) -> None:
    """Whatever code a workbook bears, it counts for its folder's unit or waits for somebody."""
    desk.drop(EAST, desk.fill(EAST, sound(5), _stamped(claimed)))
    desk.run()
    assert [entry.outcome for entry in desk.submissions(EAST)] == [outcome]
    assert desk.states()[WEST] == "accepted"


def test_a_workbook_without_any_name_counts_for_its_folder(desk: Desk) -> None:
    """The stamp torn out, the cover kept: the folder says whose it is."""

    def tear_out(book: Workbook) -> None:
        del book[STAMP_SHEET]
        for name in list(book.defined_names):
            del book.defined_names[name]

    desk.drop(NORTH, desk.fill(NORTH, sound(5), tear_out))
    desk.run()
    assert [(entry.unit_id, entry.outcome) for entry in desk.submissions(NORTH)] == [
        (NORTH, "accepted")
    ]


def test_a_held_workbook_counts_only_when_it_is_released(desk: Desk) -> None:
    """Nothing of it is merged before; released, it is the folder's unit's; rejected, it goes back."""
    for unit_id, named in ((EAST, WEST), (SOUTH, WEST)):
        desk.drop(unit_id, desk.fill(unit_id, sound(7), _stamped(named)))
    desk.run()
    held = {entry.unit_id: entry for entry in desk.submissions() if entry.outcome == "held"}
    assert set(held) == {EAST, SOUTH}
    assert not any(desk.out(EAST, FIRST).glob("回执_*"))
    command(desk.root, IN_TIME, "release", held[EAST].receipt, "--why", "电话核实")
    command(desk.root, IN_TIME, "reject", held[SOUTH].receipt, "--why", "放错了")
    desk.run()
    last = {entry.unit_id: entry.outcome for entry in desk.submissions()}
    assert (last[EAST], last[SOUTH], last[WEST]) == ("accepted", "returned", "accepted")


def test_a_folder_of_no_unit_is_shown_and_never_read(desk: Desk) -> None:
    """A folder that looks like a unit's is nobody's unless the list says so."""
    stranger = desk.workspace.inbox / "990199-新开县"
    stranger.mkdir()
    content = desk.fill(EAST, sound(9)).read_bytes()
    (stranger / "报表.xlsx").write_bytes(content)
    (desk.workspace.inbox / "报表.xlsx").write_bytes(content)
    inner = desk.workspace.inbox_of(TREE[EAST]) / "里面"
    inner.mkdir()
    (inner / "报表.xlsx").write_bytes(content)
    report = desk.run()
    assert report.taken == 0
    assert len(report.oddities) == 3
    assert (stranger / "报表.xlsx").exists()
