"""Promise 18: no mail twice to who has it, and a flood is answered gathered, in turns by unit."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope

from sheetflow.config.units_workbook import write_units
from tests.reliability.broken import EVERYBODY_AGAIN, NO_TURNS, ONE_BY_ONE, Broken
from tests.reliability.command_line import command, wait_until, watching
from tests.reliability.conftest import Measured
from tests.reliability.postbox import Postbox
from tests.reliability.service_process import REPOSITORY
from tests.tiny.desk import EAST, IN_TIME, TREE, WEST, Desk, body, tree_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.timeout(600),
]

FIRST, SECOND, THIRD = (f"{name}@mail.example" for name in ("first", "second", "third"))
_FLOOD = 200


def _desk(root: Path, *mails: str) -> Desk:
    """An office in which EAST has these addresses, or its one."""
    desk = Desk.make(root, sender='"office@mail.example"')
    if mails:
        _list(desk, *mails)
    desk.issue()
    return desk


def _list(desk: Desk, *mails: str) -> None:
    """Write the list of units anew, with these addresses for EAST."""
    desk.workspace.units_file.unlink()
    units = [replace(unit, mails=mails) if unit.unit_id == EAST else unit for unit in TREE]
    write_units(desk.workspace.units_file, tree_of(units))


@pytest.mark.parametrize("broken", [None, EVERYBODY_AGAIN], ids=["real", "broken"])
def test_who_has_a_mail_is_not_asked_again(
    broken: Broken | None, tmp_path: Path, measured: Measured
) -> None:
    """One takes it, one puts it off for three rounds, one refuses it: once, once and never."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    desk = _desk(tmp_path / "work", FIRST, SECOND, THIRD)
    desk.drop(EAST, desk.fill(EAST))
    answers = {SECOND: "452 full", THIRD: "550 nobody"}
    at = IN_TIME
    with Postbox() as box:
        box.to_each = answers.get
        for _ in range(3):
            assert (
                command(
                    desk.root, at, "run", package=package, timeout=300, **box.settings()
                ).returncode
                == 0
            )
            at += dt.timedelta(hours=2)
        del answers[SECOND]
        for _ in range(2):
            command(desk.root, at, "run", package=package, timeout=300, **box.settings())
            at += dt.timedelta(hours=2)
        served, asked = Counter(box.served), Counter(box.asked)
        ids = box.by_id()
    measured("times that each recipient got the mail", dict(served))
    right = served == {FIRST: 1, SECOND: 1} and asked == {FIRST: 1, SECOND: 4, THIRD: 1}
    assert right is not bool(broken)
    assert len(ids) == 1, "another Message-ID"
    if not broken:
        said = command(desk.root, at, "status").stdout
        assert "有邮件没有送到1个地址" in said
        _mend_and_requeue(desk, at)


def _mend_and_requeue(desk: Desk, at: dt.datetime) -> None:
    """With the address mended, the mail goes to it alone, under its old Message-ID."""
    _list(desk, FIRST, SECOND, "right@mail.example")
    with Postbox() as box:
        assert (
            "没有发不出去的邮件"
            in command(
                desk.root, at, "mail", package=REPOSITORY, timeout=300, **box.settings()
            ).stdout
        )
        assert "有邮件没有送到" not in command(desk.root, at, "status").stdout
    _list(desk, FIRST, SECOND, THIRD)
    with Postbox() as box:
        listed = command(
            desk.root, at, "mail", package=REPOSITORY, timeout=300, **box.settings()
        ).stdout
        assert THIRD in listed
        said = command(
            desk.root, at, "mail", "1", package=REPOSITORY, timeout=300, **box.settings()
        )
        assert said.returncode == 0, said.stderr
        assert box.served == [THIRD]
        assert (
            "没有发不出去的邮件"
            in command(
                desk.root, at, "mail", package=REPOSITORY, timeout=300, **box.settings()
            ).stdout
        )


def test_killed_between_two_recipients_nobody_is_lost(tmp_path: Path, measured: Measured) -> None:
    """Killed over a mail that one took and one put off, the other gets it in the end."""
    lost = twice = 0
    for number, taken in enumerate((False, True)):
        desk = _desk(tmp_path / f"work-{number}", FIRST, SECOND)
        desk.drop(EAST, desk.fill(EAST))
        with Postbox() as box:
            box.to_each = {SECOND: "452 full"}.get
            with watching(desk.root, IN_TIME, package=REPOSITORY, **box.settings()) as service:

                def kill(_box: Postbox, _envelope: Envelope, taken: bool = taken) -> str | None:  # noqa: FBT001
                    service.kill()
                    return None if taken else "451 too late"

                box.manner = kill
                service.wait(60)
            box.manner = box.to_each = None
            for hours in (3, 6):
                later = IN_TIME + dt.timedelta(hours=hours)
                assert (
                    command(
                        desk.root, later, "run", package=REPOSITORY, timeout=300, **box.settings()
                    ).returncode
                    == 0
                )
            served = Counter(box.served)
        lost += sum(not served[each] for each in (FIRST, SECOND))
        twice += served[FIRST] - 1 + served[SECOND] - 1
        assert served[SECOND] == 1
    measured("mails lost of 4", lost)
    measured("mails that came twice, the server's yes not yet recorded", twice)
    assert not lost
    assert twice <= 1


@pytest.mark.parametrize("broken", [None, ONE_BY_ONE, NO_TURNS], ids=["real", "single", "no-turns"])
def test_a_flood_holds_up_nobody_and_is_answered_gathered(
    broken: Broken | None, tmp_path: Path, measured: Measured
) -> None:
    """While one unit's flood is served, another is answered; each receipt stands in some mail."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    desk = _desk(tmp_path / "work")
    for number in range(_FLOOD):
        desk.drop(EAST, os.urandom(60), name=f"{number:04}.xlsx")
    workbook = desk.fill(WEST)
    with Postbox() as box:
        with watching(desk.root, IN_TIME, package=package, **box.settings()):
            wait_until(lambda: any(desk.out(EAST).rglob("拒收_*")), "the flood is being served")
            desk.drop(WEST, workbook)
            wait_until(lambda: any(desk.out(WEST).rglob("回执_*")), "the other is answered", 240)
            before = len(list(desk.out(EAST).rglob("拒收_*")))
            wait_until(
                lambda: len(list(desk.out(EAST).rglob("拒收_*"))) == _FLOOD, "all are answered", 300
            )
        command(
            desk.root,
            IN_TIME + dt.timedelta(hours=1),
            "run",
            package=package,
            timeout=300,
            **box.settings(),
        )
        told = [mail for mail in box.messages() if f"river-{EAST}@" in str(mail["To"])]
    measured("answers to the flood when the other one had its own", before)
    measured("mails to the flooding unit", len(told))
    words = "".join(f"{mail['Subject']}{body(mail)}" for mail in told)
    named = sum(f"第{number}号" in words for number in range(1, _FLOOD + 1))
    assert named == _FLOOD
    in_turn, gathered = before < _FLOOD / 2, len(told) <= _FLOOD / 5
    assert (in_turn, gathered) == (broken is not NO_TURNS, broken is not ONE_BY_ONE)
