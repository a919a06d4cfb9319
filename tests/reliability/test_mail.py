"""Promise 8: mail goes out at least once; a bad mail server delays mail and nothing else."""

from __future__ import annotations

import datetime as dt
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope

from tests.reliability.broken import (
    MAIL_GIVEN_UP,
    MAIL_IN_THE_PASS,
    MAIL_IN_THE_TRANSACTION,
    SENT_BEFORE_SENDING,
    Broken,
)
from tests.reliability.command_line import command, wait_until, watching
from tests.reliability.conftest import Measured
from tests.reliability.postbox import Manner, Postbox, refusing
from tests.reliability.scene import NOW, copy_of, essence_of, take_picture
from tests.reliability.service_process import REPOSITORY, Service
from tests.tiny.desk import EAST, IN_TIME, SOUTH, WEST, Desk

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.timeout(600),
]

_SILENT_SECONDS = 20
_ANSWERS = ("回执", "退回")
LATER = NOW + dt.timedelta(hours=3)


def _some_refused(box: Postbox, _envelope: Envelope) -> str | None:
    return "451 try later" if box.attempts % 2 else None


_MANNERS: dict[str, Callable[[Postbox], None]] = {
    "answers 4xx": lambda box: setattr(box, "manner", refusing("451 not now")),
    "answers 4xx to every other mail": lambda box: setattr(box, "manner", _some_refused),
    "drops the line": lambda box: setattr(box, "manner", refusing("drop")),
    "answers nonsense": lambda box: setattr(box, "manner", refusing("hello there")),
    "never greets": lambda box: setattr(box, "greeting_seconds", 30.0),
}


def _published(root: Path) -> set[str]:
    return {path.name for path in (root / "outbox").rglob("*") if path.is_file()}


@dataclass(frozen=True)
class Undisturbed:
    """What comes of the scene with a good mail server: files published, and how many mails."""

    published: set[str]
    mails: int

    @property
    def answers(self) -> int:
        """How many receipts and returned copies lie in the outbox."""
        return sum(name.startswith(_ANSWERS) for name in self.published)


@pytest.fixture(scope="module")
def undisturbed(scene: Path, quick_disk: Path) -> Undisturbed:
    """The run with a good mail server."""
    root = copy_of(scene, quick_disk / "with-good-mail" / "workspace")
    with Postbox() as box, Service(environ=box.settings()) as service:
        assert service.run(root, NOW).code == 0
        return Undisturbed(_published(root), len(box.mails))


@pytest.mark.parametrize("manner", _MANNERS)
def test_a_bad_mail_server_delays_mail_and_nothing_else(
    manner: str, scene: Path, undisturbed: Undisturbed, quick_disk: Path, measured: Measured
) -> None:
    """Everything is judged and published; the mail waits, and goes out once the server is well."""
    root = copy_of(scene, quick_disk / manner.replace(" ", "-") / "workspace")
    with Postbox() as box:
        _MANNERS[manner](box)
        started = time.monotonic()
        with Service(environ=box.settings()) as service:
            ended = service.run(root, NOW)
        seconds = time.monotonic() - started
        measured("seconds of the pass", round(seconds, 1))
        assert seconds < undisturbed.mails, "one time-out of a second at most, not one a mail"
        assert ended.code == 0, ended.log
        assert _published(root) == undisturbed.published
        picture = take_picture(root)
        assert not picture.inbox
        waiting = [row for row in picture.tables["mails"] if row[7] == "queued"]
        assert len(waiting) + len(box.mails) == undisturbed.mails
        assert waiting
        assert all(row[8] for row in waiting), "each says why it waits"
        box.manner, box.greeting_seconds = None, 0.0
        with Service(environ=box.settings()) as service:
            service.run(root, LATER)
        found = box.by_id()
        measured("mails that came more than once", sum(len(each) - 1 for each in found.values()))
        assert len(found) == undisturbed.mails
        assert all(len(set(each)) == 1 for each in found.values())
        states = {row[7] for row in take_picture(root).tables["mails"]}
        assert states == {"sent"}


def test_a_mail_that_is_refused_for_good_is_held_and_shown(
    scene: Path, undisturbed: Undisturbed, quick_disk: Path
) -> None:
    """After 5xx no mail is tried again by itself; `status` names each, and why."""
    root = copy_of(scene, quick_disk / "refused" / "workspace")
    with Postbox(manner=refusing("554 no")) as box, Service(environ=box.settings()) as service:
        assert service.run(root, NOW).code == 0
        assert box.attempts == undisturbed.mails
        service.run(root, LATER)
        assert box.attempts == undisturbed.mails
    assert _published(root) == undisturbed.published
    said = command(root, LATER, "status").stdout
    assert said.count("有邮件发不出去") == undisturbed.mails
    assert "邮件服务器没有接受邮件内容" in said


def test_a_server_that_is_not_there_delays_mail_and_nothing_else(
    scene: Path, undisturbed: Undisturbed, quick_disk: Path
) -> None:
    """With nobody at the address, all is published; the mail goes out when somebody is."""
    root = copy_of(scene, quick_disk / "nobody" / "workspace")
    with Postbox() as box:
        environ = box.settings()
    with Service(environ=environ) as service:
        assert service.run(root, NOW).code == 0
        assert _published(root) == undisturbed.published
        with Postbox(port=box.port) as again:
            assert service.run(root, LATER).code == 0
            assert len(again.by_id()) == undisturbed.mails


@pytest.mark.parametrize("broken", [None, MAIL_IN_THE_TRANSACTION], ids=["real", "broken"])
def test_a_slow_server_does_not_hold_up_the_answers(
    broken: Broken | None,
    scene: Path,
    undisturbed: Undisturbed,
    quick_disk: Path,
    tmp_path: Path,
    measured: Measured,
) -> None:
    """Long before a slow server has taken the mail, the answers lie in the outbox."""
    package = broken.package(tmp_path) if broken else REPOSITORY
    root = copy_of(scene, quick_disk / f"slow-{bool(broken)}" / "workspace")
    seen: list[int] = []

    def slowly(_box: Postbox, _envelope: Envelope) -> str | None:
        seen.append(len([name for name in _published(root) if name.startswith(_ANSWERS)]))
        return None

    with Postbox(manner=slowly) as box, Service(package, box.settings()) as service:
        box.greeting_seconds = 0.3
        service.run(root, NOW)
    measured("answers published when the first mail was taken", seen[0])
    assert (seen[0] == undisturbed.answers) is not bool(broken)


@pytest.mark.parametrize("broken", [None, MAIL_IN_THE_PASS], ids=["real", "broken"])
def test_a_silent_server_does_not_hold_up_the_next_file(
    broken: Broken | None, tmp_path: Path, measured: Measured
) -> None:
    """Dropped while a running service waits for its mail server, a file is answered at once."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    desk = Desk.make(tmp_path / "work", sender='"office@mail.example"')
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    next_file = desk.fill(WEST)
    with Postbox(greeting_seconds=60) as box:
        patient = box.settings() | {"SHEETFLOW_MAIL__TIMEOUT_SECONDS": str(_SILENT_SECONDS)}
        with watching(desk.root, IN_TIME, package=package, **patient):
            wait_until(lambda: box.calls > 0, "the server is called")
            desk.drop(WEST, next_file)
            took = wait_until(lambda: any(desk.out(WEST).rglob("回执_*")), "it is answered")
    measured("seconds until it was answered", round(took, 1))
    assert (took < _SILENT_SECONDS / 2) is not bool(broken)
    assert not box.mails
    waiting = desk.ask(lambda context: context.store.mails.find_mails("queued"))
    assert {mail.unit_id for mail in waiting} == {EAST, WEST}


@pytest.mark.parametrize("broken", [None, SENT_BEFORE_SENDING], ids=["real", "broken"])
def test_a_running_service_killed_over_a_mail_sends_it_when_it_is_up_again(
    broken: Broken | None, tmp_path: Path, measured: Measured
) -> None:
    """Killed at each mail in turn, before the server took it or just after, it loses none."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    lost, twice = 0, 0
    for number, (after, taken) in enumerate(product((1, 2, 3), (False, True))):
        desk = Desk.make(tmp_path / f"work-{number}", sender='"office@mail.example"')
        desk.issue()
        for unit in (EAST, WEST, SOUTH):
            desk.drop(unit, desk.fill(unit))
        with Postbox() as box:
            with watching(desk.root, IN_TIME, package=package, **box.settings()) as service:
                box.manner = _killing(service, after, taken=taken)
                service.wait(60)
            box.manner = None
            later = IN_TIME + dt.timedelta(hours=3)
            ended = command(desk.root, later, "run", package=package, timeout=300, **box.settings())
            assert ended.returncode == 0, ended.stderr
            found = box.by_id()
        lost += 3 - len(found)
        twice += sum(len(each) - 1 for each in found.values())
        assert all(len(set(each)) == 1 for each in found.values())
    measured("mails lost of 18", lost)
    measured("mails that came twice", twice)
    assert bool(lost) is bool(broken)


def _killing(service: subprocess.Popen[bytes], after: int, *, taken: bool) -> Manner:
    """Kill the service over its `after`-th mail, which was `taken` by then or is not."""

    def manner(box: Postbox, _envelope: Envelope) -> str | None:
        if box.attempts < after:
            return None
        service.kill()
        return None if taken else "451 too late"

    return manner


@pytest.mark.parametrize("broken", [None, MAIL_GIVEN_UP], ids=["real", "broken"])
def test_no_mail_is_lost_to_a_server_that_fails_each_in_its_own_way(
    broken: Broken | None,
    scene: Path,
    undisturbed: Undisturbed,
    quick_disk: Path,
    tmp_path: Path,
    measured: Measured,
) -> None:
    """A server that is ill for hours gets every mail in the end, by the Message-ID it always had."""
    package = broken.package(tmp_path) if broken else REPOSITORY
    root = copy_of(scene, quick_disk / f"ill-{bool(broken)}" / "workspace")
    with Postbox() as box, Service(package, box.settings()) as service:
        at = NOW
        for answer in ("451 a", "drop", "421 b", "452 c"):
            box.manner = refusing(answer)
            service.run(root, at)
            at += dt.timedelta(hours=2)
        box.manner = None
        service.run(root, at)
        count = len(box.by_id())
    measured("mails that arrived in the end", count)
    assert (count == undisturbed.mails) is not bool(broken)
    assert essence_of(take_picture(root))["inbox"] == []
