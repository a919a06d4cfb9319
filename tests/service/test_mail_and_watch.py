"""Mail that cannot leave delays nothing else; a watch takes what is dropped and ends in peace."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sheetflow.context import open_context
from sheetflow.context.running import Health, check_health, read_health
from sheetflow.service.watch import watch
from sheetflow.store import Store
from tests.tiny.desk import AT, EAST, FIRST, IN_TIME, SOUTH, WEST, Desk

_REPOSITORY = Path(__file__).parents[2]
NOBODY = Health(pid=0, started=0, at=0, every=0)


class _Postbox:
    """Keeps what a mail server is handed."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd looks for
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Accept it."""
        self.envelopes.append(envelope)
        return "250 OK"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_an_unreachable_server_delays_mail_alone(tmp_path: Path) -> None:
    """Everything is published though no mail can leave; later it leaves, each mail once."""
    port = _free_port()
    mail = {"host": '"127.0.0.1"', "port": str(port), "security": '"none"'}
    desk = Desk.make(tmp_path / "work", **mail, sender='"office@river.example"')
    desk.issue()
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id))
    report = desk.run()
    assert (report.mail.sent, report.mail.delayed, report.troubles) == (0, 2, ())
    assert desk.answer(EAST, "回执").is_file()
    postbox = _Postbox()
    server = Controller(postbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        later = IN_TIME + dt.timedelta(days=1)
        assert [desk.run(later).mail.sent for _ in range(2)] == [2, 0]
    finally:
        server.stop()
    recipients = sorted(to for envelope in postbox.envelopes for to in envelope.rcpt_tos)
    assert recipients == [f"river-{EAST}@mail.example", f"river-{WEST}@mail.example"]


def test_a_silent_server_costs_one_time_out(tmp_path: Path) -> None:
    """A server that takes the call and says nothing is called once, not once for each mail."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        desk = _desk_with_mail(tmp_path, listener.getsockname()[1])
        for unit_id in (EAST, WEST, SOUTH):
            desk.drop(unit_id, desk.fill(unit_id))
        report = desk.run()
        listener.setblocking(False)  # noqa: FBT003 - as the library declares it
        listener.accept()
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert (report.mail.sent, report.mail.delayed, report.mail.held) == (0, 3, 0)
    waiting = desk.ask(lambda context: context.store.mails.find_mails("queued"))
    assert [mail.trouble for mail in waiting] == ["邮件服务器很久没有回答。"] * 3


def test_a_mail_that_the_server_chokes_on_keeps_no_other_waiting(tmp_path: Path) -> None:
    """One mail meets silence at every try; from the second round on the others are out before it."""

    class Choking(_Postbox):
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the name that aiosmtpd looks for
            """Fall silent over one unit's mail."""
            if envelope.rcpt_tos == [f"river-{EAST}@mail.example"]:
                await asyncio.sleep(5)
            return await super().handle_DATA(server, session, envelope)

    port = _free_port()
    desk = _desk_with_mail(tmp_path, port)
    postbox = Choking()
    server = Controller(postbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        for unit_id in (EAST, WEST, SOUTH):
            desk.drop(unit_id, desk.fill(unit_id))
        assert (desk.run().mail.sent, postbox.envelopes) == (0, [])
        assert desk.run(IN_TIME + dt.timedelta(minutes=2)).mail.sent == 2
    finally:
        server.stop()
    recipients = sorted(to for envelope in postbox.envelopes for to in envelope.rcpt_tos)
    assert recipients == [f"river-{WEST}@mail.example", f"river-{SOUTH}@mail.example"]


def _desk_with_mail(folder: Path, port: int) -> Desk:
    """A workspace whose workbooks are out, with a mail server that gets a second for each answer."""
    mail = {"host": '"127.0.0.1"', "port": str(port), "security": '"none"', "timeout_seconds": "1"}
    desk = Desk.make(folder / "work", **mail, sender='"office@river.example"')
    desk.issue()
    return desk


@contextmanager
def _watching(desk: Desk) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run ``sheetflow watch`` on the workspace; give the process and its lines."""
    environment = {**os.environ, "PYTHONPATH": str(_REPOSITORY), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "sheetflow", "-C", str(desk.root), *AT]
    with subprocess.Popen(
        [*command, "watch"],
        env=environment,
        cwd=desk.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.extend(process.stdout or ()))
        reader.start()
        try:
            yield process, lines
        finally:
            process.kill()
            reader.join()


def _until(holds: Callable[[], object], seconds: float = 60) -> bool:
    """Wait until `holds`, at most so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def _answered(desk: Desk, unit_id: str) -> Callable[[], object]:
    return lambda: list(desk.out(unit_id, FIRST).glob("回执_*"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")
def test_watch_serves_and_ends(desk: Desk) -> None:
    """A running watch answers what is dropped, one drop after the other, and SIGTERM ends it."""
    files = {unit_id: desk.fill(unit_id) for unit_id in (EAST, SOUTH)}
    with _watching(desk) as (process, lines):
        for unit_id, file in files.items():
            desk.drop(unit_id, file)
            assert _until(_answered(desk, unit_id)), lines
        assert _until(lambda: len(desk.mails()) == 2)
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        assert process.wait(30) == 0, lines
        assert time.monotonic() - started < 10
    assert [line.strip() for line in lines][-1] == "已停止。"
    assert not any("Traceback" in line for line in lines)
    assert len(desk.submissions()) == 2


def test_a_database_held_as_the_service_starts_is_waited_out(desk: Desk) -> None:
    """A database that somebody holds from the first step on puts the service off, and is shown."""
    desk.drop(EAST, desk.fill(EAST))
    shown: list[tuple[str, ...]] = []
    with open_context(desk.root, IN_TIME) as context:
        context.store.close()
        context.store = Store(context.workspace.database, busy_timeout=0.1)
        holder = sqlite3.connect(context.workspace.database, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")

        def is_stopping() -> bool:
            health = read_health(context.workspace.health)
            if health and health.troubles and not shown:
                shown.append(health.troubles)
                holder.close()
            return bool(shown) and bool(_answered(desk, EAST)())

        watch(context, is_stopping)
    assert "被占用" in shown[0][0]
    assert len(desk.submissions()) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")
def test_a_start_that_waits_says_why_and_can_be_stopped(desk: Desk) -> None:
    """Started while the database is held, a watch is well and says why it waits; SIGTERM ends it."""
    holder = sqlite3.connect(desk.workspace.database, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with _watching(desk) as (process, lines):
        assert _until(lambda: (read_health(desk.workspace.health) or NOBODY).troubles), lines
        verdict = check_health(desk.workspace, time.time())
        assert verdict.is_well
        assert "正在等待" in verdict.sentence
        assert "被占用" in verdict.sentence
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        assert process.wait(30) == 0, lines
        assert time.monotonic() - started < 10
    holder.close()
    told, end = (line.strip() for line in lines)
    assert "被占用" in told
    assert end == "已停止。"
    assert "被占用" in desk.workspace.log.read_text(encoding="utf-8")
    assert not desk.workspace.health.exists()


def test_a_list_of_units_that_cannot_be_taken_is_told_once_until_it_is_mended(
    tmp_path: Path,
) -> None:
    """Spoiled while `watch` runs, units.xlsx is told of in one line, not in one for every pass."""
    desk = Desk.make(tmp_path / "work", scan_seconds="0.1")
    desk.issue()
    sound = desk.workspace.units_file.read_bytes()
    told: list[tuple[str, ...]] = []
    shown: list[bool] = []

    def is_stopping() -> bool:
        if threading.current_thread().name == "postman":
            return False
        health = read_health(desk.workspace.health)
        if health and health.ready:
            shown.append(any("units.xlsx" in trouble for trouble in health.troubles))
        if len(shown) == 1:
            desk.workspace.units_file.write_bytes(b"spoiled")
        if shown.count(True) == 20:
            desk.workspace.units_file.write_bytes(sound)
        return shown.count(True) >= 20 and not shown[-1]

    with open_context(desk.root, IN_TIME) as context:
        watch(context, is_stopping, lambda report: told.append(report.troubles))
    lines = [troubles for troubles in told if troubles]
    assert len(lines) == 1
    assert "units.xlsx 没有采用" in lines[0][0]
