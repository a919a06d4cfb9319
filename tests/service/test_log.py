"""The log tells where each rule fired, and nothing of what stood there."""

from __future__ import annotations

import logging
import logging.handlers
import re
from pathlib import Path

from openpyxl.workbook import Workbook

from sheetflow.cli.screen import logging_to
from sheetflow.context import LOG
from sheetflow.upkeep.decide import waive
from sheetflow.upkeep.purge import purge
from sheetflow.upkeep.remind import remind
from tests.tiny.desk import EAST, FIRST, NORTH, WEST, Desk, cell, patrols, sound
from tests.tiny.desk import TOO_LATE as LATER

CANARIES = ("卡娜莉", "37010219900307123X", "13912345678", "金丝雀河", "机密标题", "秘密文件")


def spoil(book: Workbook) -> None:
    """Type canaries wherever people type: P columns, free text, dates, sheets of their own."""
    outlets, walks = book["排口台账"], book["巡河日志"]
    outlets[cell("outlets", "keeper")] = CANARIES[0]
    outlets[cell("outlets", "river")] = f"{CANARIES[3]}{CANARIES[2]}"
    outlets[cell("outlets", "found_on")] = CANARIES[1]
    outlets[cell("outlets", "state")] = CANARIES[0]
    walks[cell("patrols", "means")], walks[cell("patrols", "metres")] = CANARIES[:2]
    walks[cell("patrols", "walked_on")] = CANARIES[2]
    book.create_sheet(CANARIES[4])["A1"] = CANARIES[0]
    book["巡查表头"][cell("head", "frozen")] = CANARIES[0]


def log_of(desk: Desk) -> str:
    """Serve a day of good, bad, hostile and strange drops; give the log."""
    desk.issue()
    desk.drop(EAST, desk.fill(EAST, spoil=spoil), f"{CANARIES[5]}.xlsx")
    desk.drop(EAST, desk.fill(EAST, spoil=spoil), f"{CANARIES[5]}.xlsx", folder="预审")
    march = {**sound(), "patrols": patrols(40_000, means="步行")}
    desk.drop(WEST, desk.fill(WEST, march))
    desk.drop(NORTH, b"PK\x03\x04" + CANARIES[0].encode(), f"{CANARIES[5]}.xlsx")
    with logging_to(desk.workspace.log):
        desk.run()
        desk.ask(lambda context: waive(context, f"990102-{FIRST}-1", "walk-too-long", CANARIES[0]))
        desk.run()
        desk.ask(remind, LATER)
        desk.run(LATER)
        desk.ask(lambda context: purge(context, LATER.date().replace(year=2011)), LATER)
    return desk.workspace.log.read_text(encoding="utf-8")


def test_every_finding_has_a_line_and_no_line_a_value(tmp_path: Path) -> None:
    """Unit, receipt, sheet, cell and rule stand there; names, numbers and titles never do."""
    told = log_of(Desk.make(tmp_path / "work"))
    assert (
        f"unit 990102: receipt 990102-{FIRST}-1: sheet patrols cell D4: must walk-too-long" in told
    )
    shape = re.compile(
        r"[\d:, -]+ INFO unit \w+: receipt [\w-]+: sheet [\w-]+ cell [A-Z0-9-]+: "
        r"(must|verify|note) [a-z-]+( and \d+ more cells)?"
    )
    assert len([line for line in told.splitlines() if shape.fullmatch(line)]) >= 6
    assert [canary for canary in CANARIES if canary in told] == []


def test_a_fault_of_ours_is_logged_by_kind_and_place(tmp_path: Path) -> None:
    """An exception that quotes a cell leaves its kind and line in the log, not its sentence."""
    with logging_to(tmp_path / "log"):
        try:
            try:
                int(CANARIES[0])
            except ValueError as error:
                raise RuntimeError(CANARIES[1]) from error
        except RuntimeError:
            LOG.exception("unit %s met a fault of ours", EAST)
    told = (tmp_path / "log").read_text(encoding="utf-8")
    assert "ValueError" in told
    assert "RuntimeError" in told
    assert "test_log.py:" in told
    assert [canary for canary in CANARIES if canary in told] == []


def test_the_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    """Old lines go: the log never takes more than a bounded number of files."""
    with logging_to(tmp_path / "log"):
        handler = logging.getLogger("sheetflow").handlers[-1]
        assert isinstance(handler, logging.handlers.RotatingFileHandler)
        handler.maxBytes = 1000
        for number in range(1000):
            LOG.info("receipt %d", number)
    assert len(list(tmp_path.iterdir())) == 6
