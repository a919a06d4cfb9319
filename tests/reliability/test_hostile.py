"""Promise 7: no file stops the service; the next one is still served."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import stat
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sheetflow.service.take import look, open_intake
from tests.reliability.broken import FOLLOWS_LINKS, PARSES_ITSELF, Broken
from tests.reliability.command_line import command, wait_until, watching
from tests.reliability.conftest import Measured
from tests.reliability.hostile import hostile_files
from tests.reliability.service_process import REPOSITORY
from tests.tiny.desk import EAST, IN_TIME, NORTH, SOUTH, TREE, WEST, Desk, sound

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.alone,
    pytest.mark.timeout(1800),
]

_SECONDS, _MOST_MB = 60.0, 300
"""A file's final state, and the service's own memory."""


@pytest.fixture
def desk(quick_disk: Path, tmp_path: Path) -> Iterator[Desk]:
    """A workspace with its workbooks handed out, on the quick disk."""
    desk = Desk.make(quick_disk / tmp_path.name / "workspace")
    desk.issue()
    yield desk
    # What lies about in the inbox may be large.
    subprocess.run(["rm", "-rf", str(quick_disk / tmp_path.name)], check=True)


@dataclass
class Guard:
    """A running service, fed with bad and good files in turn, and watched."""

    desk: Desk
    service: subprocess.Popen[bytes]
    served: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def feed(self, label: str, content: bytes, name: bytes) -> None:
        """Drop one hostile file, a good one behind it, and wait for both to be answered."""
        with suppress(OSError):
            Path(f"/proc/{self.service.pid}/clear_refs").write_text("5", encoding="ascii")
        bad = os.fsencode(self.desk.workspace.inbox_of(TREE[WEST])) + b"/" + name
        started = time.monotonic()
        Path(os.fsdecode(bad)).write_bytes(content)
        good = self.serve_a_good_one(label)
        while (outcome := self._outcome(WEST, name)) is None:
            if time.monotonic() > started + _SECONDS or self.service.poll() is not None:
                self.wrong.append(f"{label}: no answer; the service: {self.service.poll()}")
                return
            time.sleep(0.05)
        self.seconds[label] = max(good, time.monotonic() - started)
        self.outcomes[label] = outcome
        self.memory[label] = self.peak_mb()
        if self.memory[label] > _MOST_MB:
            self.wrong.append(f"{label}: the service took {self.memory[label]} MB")

    def serve_a_good_one(self, label: str) -> float:
        """Drop a sound workbook and wait until it is accepted; give the seconds."""
        self.served += 1
        name = f"好{self.served}.xlsx"
        self.desk.drop(EAST, self.desk.fill(EAST, sound(self.served)), name)
        started = time.monotonic()
        while self._outcome(EAST, name.encode()) != "accepted":
            if time.monotonic() > started + _SECONDS or self.service.poll() is not None:
                self.wrong.append(f"{label}: a good one was not accepted behind it")
                break
            time.sleep(0.05)
        return time.monotonic() - started

    def peak_mb(self) -> int:
        """The most memory that the service itself has held since it was last asked."""
        status = Path(f"/proc/{self.service.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) // 1024 if found else 0

    def owed(self) -> list[object]:
        """What is still to be published or sent."""
        query = "select what from stale union all select receipt from mails where state = 'queued'"
        with closing(self._database()) as connection:
            return connection.execute(query).fetchall()

    def _database(self) -> sqlite3.Connection:
        uri = f"file:{self.desk.workspace.database}?mode=ro"
        return sqlite3.connect(uri, uri=True, timeout=30)

    def _outcome(self, unit_id: str, name: bytes) -> str | None:
        query = (
            "select coalesce(j.outcome, a.answer) from arrivals a"
            " left join submissions s using (arrival_id) left join judgements j using (submission_id)"
            " where a.unit_id = ? and instr(a.source_key, ?) and a.judged_at is not null"
            " order by a.arrival_id desc"
        )
        with closing(self._database()) as connection:
            row = connection.execute(query, (unit_id, f"/{name.hex()}/")).fetchone()
        return None if row is None else str(row[0])


@contextmanager
def guarding(desk: Desk, package: Path = REPOSITORY) -> Iterator[Guard]:
    """Have the service run and see it do one good workbook first."""
    with watching(desk.root, IN_TIME, package=package, SHEETFLOW_WORKERS__SIZE="2") as service:
        wait_until(desk.workspace.health.exists, "the service runs")
        guard = Guard(desk, service)
        guard.serve_a_good_one("at first")
        yield guard


def test_every_hostile_workbook_ends_and_the_next_one_is_served(
    desk: Desk, measured: Measured
) -> None:
    """Within a minute each bomb, trap and lie has its answer, and the good one behind it its receipt."""
    files = hostile_files(desk.fill(WEST).read_bytes())
    with guarding(desk) as guard:
        for number, (label, content) in enumerate(files.items()):
            guard.feed(label, content, f"{number:02}.xlsx".encode())
        wait_until(lambda: not guard.owed(), "every answer lies in the outbox, every mail is sent")
    slowest = max(guard.seconds, key=guard.seconds.__getitem__)
    largest = max(guard.memory, key=guard.memory.__getitem__)
    measured("files", len(files))
    measured("slowest", f"{guard.seconds[slowest]:.1f} s ({slowest})")
    measured("most memory of the service", f"{guard.memory[largest]} MB ({largest})")
    measured("outcomes", dict(Counter(guard.outcomes.values())))
    measured("accepted", [key for key, value in guard.outcomes.items() if value == "accepted"])
    measured("held", [key for key, value in guard.outcomes.items() if value == "held"])
    assert not guard.wrong, guard.wrong
    assert len(files) >= 40
    assert guard.outcomes.keys() == files.keys()


def test_a_service_that_parses_in_its_own_process_is_noticed(
    desk: Desk, tmp_path: Path, measured: Measured
) -> None:
    """The hostile files above are able to turn the test red: without children, memory grows or it dies."""
    files = hostile_files(desk.fill(WEST).read_bytes())
    with guarding(desk, PARSES_ITSELF.package(tmp_path)) as guard:
        for label in ("a shared string of 200 MB", "used area of just 20 million"):
            guard.feed(label, files[label], b"bad.xlsx")
    measured(PARSES_ITSELF.wrong, guard.wrong)
    assert guard.wrong


_NAMES = {
    "from right to left": "报表\u202exslx.exe".encode(),
    "a line break": "报表\n第二行.xlsx".encode(),
    "a formula": b"=cmd|' _C calc'!A0.xlsx",
    "a template": b"{{ 7*7 }}{% raw %}.xlsx",
    "markup": b"<b>&[bold]<img src=x>.xlsx",
    "a device of Windows": b"CON.xlsx",
    "no text at all": b"\xff\xfe\x80.xlsx",
    "composed": "e\u0301e.xlsx".encode(),
    "precomposed": "ée.xlsx".encode(),
    "an option": b"--help.xlsx",
    "blanks at its ends": b"  a .xlsx  ",
    "255 bytes": b"a" * 250 + b".xlsx",
    "a bell and an escape": b"\x07\x1b[31m.xlsx",
    "no ending": "报表".encode(),
    "another ending": b"report.exe",
    "quotes": b"\"';--.xlsx",
    "a percent": b"%s%d%n.xlsx",
    "a mail header": b"a\r\nBcc: x@example.com.xlsx",
}


def test_a_file_may_be_called_anything(desk: Desk, measured: Measured) -> None:
    """Whatever a workbook is called, it is accepted, and no output bears or quotes its name raw."""
    with guarding(desk) as guard:
        for number, (label, name) in enumerate(_NAMES.items(), start=1):
            guard.feed(label, desk.fill(WEST, sound(number, number)).read_bytes(), name)
    measured("names", len(_NAMES))
    assert not guard.wrong, guard.wrong
    assert set(guard.outcomes.values()) == {"accepted"}
    made = [path.name for path in desk.workspace.outbox.rglob("*")]
    assert not [name for name in made if re.search(r"[\x00-\x1f\u202a-\u202e<>|%={}]", name)]
    headers = [value for mail in desk.mails() for value in mail.values()]
    assert not [value for value in headers if "\n" in value or "Bcc" in value]
    log = desk.workspace.log.read_text(encoding="utf-8")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", log)


def _lay_traps(desk: Desk) -> tuple[Path, list[Path]]:
    """Put everything into the inbox that is no plain file; give another unit's file, and the traps."""
    folder = desk.workspace.inbox_of(TREE[WEST])
    secret = desk.root / "secret.xlsx"
    secret.write_bytes(desk.fill(WEST, sound(77)).read_bytes())
    theirs = desk.root / "theirs"
    theirs.mkdir()
    (theirs / "报表.xlsx").write_bytes(desk.fill(WEST, sound(78)).read_bytes())
    traps = [folder / f"{name}.xlsx" for name in ("link", "dangling", "linked", "pipe", "folder")]
    link, dangling, linked, pipe, inner = traps
    link.symlink_to(secret)
    dangling.symlink_to(desk.root / "nothing")
    linked.symlink_to(theirs)
    os.mkfifo(pipe)
    inner.mkdir()
    (inner / "inside.xlsx").write_bytes(b"inside")
    hard = folder / "hard.xlsx"
    hard.hardlink_to(secret)
    huge = folder / "huge.xlsx"
    with huge.open("wb") as file:
        file.truncate(600 * 1024**2)
    empty = folder / "empty.xlsx"
    empty.touch()
    traps += [hard, huge, empty, folder / "socket.xlsx"]
    here = Path.cwd()
    os.chdir(folder)  # a socket's name may be no longer than 108 bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("socket.xlsx")
    finally:
        os.chdir(here)
    if os.geteuid() == 0:
        device = folder / "device.xlsx"
        os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # endless zeros
        traps.append(device)
    # The folder of a whole unit, pointed at another place.
    other = desk.workspace.inbox_of(TREE[SOUTH])
    (other / "预审").rmdir()
    other.rmdir()
    other.symlink_to(theirs)
    return secret, [*traps, other]


@pytest.mark.parametrize("broken", [None, FOLLOWS_LINKS], ids=["real", "broken"])
def test_what_is_no_plain_file_is_never_taken_and_never_in_the_way(
    broken: Broken | None, desk: Desk, tmp_path: Path, measured: Measured
) -> None:
    """Links, pipes, sockets, devices, folders, a sparse giant: shown, left alone, nobody waits for them."""
    _, traps = _lay_traps(desk)
    desk.drop(NORTH, desk.fill(NORTH))
    package = broken.package(tmp_path) if broken else REPOSITORY
    started = time.monotonic()
    command(desk.root, IN_TIME, "run", package=package)
    measured("seconds", round(time.monotonic() - started, 1))
    taken = {(entry.unit_id, entry.outcome) for entry in desk.submissions()}
    measured("taken", taken)
    assert (taken != {(NORTH, "accepted")}) is bool(broken)
    if not broken:
        assert all(os.path.lexists(trap) for trap in traps)
        oddities = desk.ask(lambda context: look(context, open_intake(context)).strange)
        shown = {oddity.folder / oddity.name for oddity in oddities}
        assert shown >= {trap for trap in traps if trap.name != "empty.xlsx"}
