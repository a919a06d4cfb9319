"""Promises 14 and 16: a template in trouble delays only itself, and what waits is shown where people look."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from tests.reliability.broken import HIDES_THE_HELD, ONE_CODE_PAGE, Broken
from tests.reliability.command_line import command
from tests.reliability.conftest import Measured
from tests.reliability.service_process import REPOSITORY
from tests.tiny.desk import CITY, EAST, FIRST, IN_TIME, WEST, Desk, body

pytestmark = [pytest.mark.slow, pytest.mark.reliability, pytest.mark.timeout(600)]

OURS = "本办公室自己的话"
LATER = IN_TIME + dt.timedelta(days=1)


@pytest.mark.parametrize("broken", [None, ONE_CODE_PAGE], ids=["real", "broken"])
@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_templates_as_an_office_saves_them(
    broken: Broken | None, encoding: str, tmp_path: Path, measured: Measured
) -> None:
    """Mail and board are in the edited words, whatever lay at hand to edit them."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    for name, after in (("mail/accepted.txt", "== 正文 ==\n"), ("board/上报情况.html", "</h1>")):
        path = desk.workspace.templates / name
        text = path.read_text(encoding="utf-8").replace(after, f"{after}{OURS}\n", 1)
        path.write_bytes(text.encode(encoding))
    desk.drop(EAST, desk.fill(EAST))
    ended = command(desk.root, IN_TIME, "run", package=package)
    board = desk.out(CITY) / "上报情况_上游市.html"
    served = [mail for mail in desk.mails(EAST) if OURS in body(mail)]
    shown = board.is_file() and OURS in board.read_text(encoding="utf-8")
    measured("exit, mails and boards in the office's words", (ended.returncode, len(served), shown))
    assert ((ended.returncode, len(served), shown) == (0, 1, True)) is not bool(broken)


@pytest.mark.parametrize("broken", [None, HIDES_THE_HELD], ids=["real", "broken"])
def test_a_held_workbook_is_seen_in_each_place_until_it_is_decided(
    broken: Broken | None, tmp_path: Path, measured: Measured
) -> None:
    """Beside an accepted one, it stands in `run`, `status`, its JSON and `doctor`; then in none."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.drop(EAST, desk.fill(WEST), name="西岸.xlsx")
    command(desk.root, IN_TIME, "run", package=package)
    desk.drop(EAST, desk.fill(EAST))
    receipt = f"{EAST}-{FIRST}-1"

    def seen(at: dt.datetime) -> list[bool]:
        said = [
            command(desk.root, at, word, package=package) for word in ("run", "status", "doctor")
        ]
        listed = json.loads(command(desk.root, at, "status", "--json", package=package).stdout)
        return [
            *(receipt in each.stdout for each in said),
            receipt in [entry["receipt"] for entry in listed["waiting"]],
        ]

    found = seen(LATER)
    measured("seen in run, status, doctor, status --json", found)
    assert all(found) is not bool(broken)
    if broken:
        return
    decided = command(desk.root, LATER, "reject", receipt, "--why", "放错了")
    assert decided.returncode == 0, decided.stderr
    command(desk.root, LATER + dt.timedelta(hours=1), "run")
    assert not any(seen(LATER + dt.timedelta(hours=2)))
