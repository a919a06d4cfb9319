"""What `doctor` finds: each thing that can be wrong is a line with what to do."""

from __future__ import annotations

import dataclasses
import os
import shutil
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sheetflow.config.units_workbook import write_units
from sheetflow.context import Clock, Context
from sheetflow.upkeep import machine
from sheetflow.upkeep.doctor import examine
from sheetflow.upkeep.machine import Grade, Line
from tests.tiny.desk import (
    ALL,
    EAST,
    FIRST_NAMED,
    IN_TIME,
    TREE,
    WEST,
    Desk,
    settings_text,
    tree_of,
)

posix_only = pytest.mark.skipif(os.name != "posix", reason="mode bits are told on POSIX only")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A small office with one accepted workbook."""
    desk = Desk.make(tmp_path_factory.mktemp("rivers") / "work")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    return desk


@pytest.fixture
def desk(fresh: Desk, tmp_path: Path) -> Desk:
    """The same office, to be spoilt."""
    shutil.copytree(fresh.root, tmp_path / "work", copy_function=shutil.copy)
    (tmp_path / "work" / "state").chmod(0o700)
    return Desk(tmp_path / "work")


NOBODY = Line(
    Grade.WARNING,
    "服务",
    f"{FIRST_NAMED}《河道巡查表》已经发放，还有{len(ALL) - 1}个单位尚未完成报送，却没有值守的服务，报来的没有人收。",
    "请启动 watch。",
)
"""One county of all units has reported, and nobody takes what the others send."""


def find(desk: Desk, *, topic: str = "") -> list[Line]:
    """What is not well (of one topic)."""
    return [
        line
        for line in examine(desk.root, IN_TIME)
        if line.grade is not Grade.OK and (line.topic == topic if topic else line != NOBODY)
    ]


def settle(desk: Desk, **values: str) -> None:
    """Write other settings."""
    (desk.root / "sheetflow.toml").write_text(settings_text(**values), encoding="utf-8")


def test_a_sound_office_has_nothing_to_mend(desk: Desk) -> None:
    """Only that nobody is on duty is a warning, while units are missing; everything was looked at."""
    lines = examine(desk.root, IN_TIME)
    assert [line for line in lines if line.grade is not Grade.OK] == [NOBODY]
    topics = {line.topic for line in lines}
    assert topics >= {
        *("Python", "SQLite", "操作系统", "办公软件", "字体", "报送文件夹", "答复文件夹"),
        *("state 文件夹", "单位文件夹", "身份（文件夹权限）", "时钟", "个人信息", "单位名单"),
        *("发信", "邮件模板", "网页模板", "数据库", "原件存档", "处理进程", "服务", "等待处理"),
    }


def test_looking_leaves_nothing_behind(desk: Desk) -> None:
    """The files that doctor makes to try things out are gone afterwards."""
    before = sorted(path for path in desk.root.rglob("*") if path.name != "sheetflow.log")
    examine(desk.root, IN_TIME)
    assert sorted(path for path in desk.root.rglob("*") if path.name != "sheetflow.log") == before


def _stray(desk: Desk) -> None:
    (desk.workspace.inbox / "990199-无此县").mkdir()


def _link(desk: Desk) -> None:
    (desk.workspace.inbox_of(TREE[EAST]) / "a.xlsx").symlink_to(desk.root / "units.xlsx")


def _loose(desk: Desk) -> None:
    (desk.workspace.inbox / "上报.xlsx").write_bytes(b"x")


def _lingering(desk: Desk) -> None:
    path = desk.workspace.inbox_of(TREE[EAST]) / "~$上报.xlsx"
    path.write_bytes(b"x")
    two_days_ago = time.time() - 2 * 86_400
    os.utime(path, (two_days_ago, two_days_ago))


def _missing_folder(desk: Desk) -> None:
    shutil.rmtree(desk.workspace.inbox_of(TREE[EAST]))


def _blob_gone(desk: Desk) -> None:
    (blob,) = [path for path in desk.workspace.archive.rglob("*") if path.is_file()]
    blob.unlink()


def _bad_mail_template(desk: Desk) -> None:
    (desk.workspace.templates / "mail" / "letter.txt").write_text("{{ 单位", encoding="utf-8")


def _no_board_template(desk: Desk) -> None:
    (desk.workspace.templates / "board" / "上报情况.html").unlink()


def _waiting(desk: Desk) -> None:
    desk.drop(WEST, desk.fill(WEST))
    desk.run()
    with closing(sqlite3.connect(desk.workspace.database)) as connection:
        connection.execute("UPDATE arrivals SET judged_at = NULL, trouble = '磁盘空间已满'")
        connection.commit()


@pytest.mark.parametrize(
    ("spoil", "topic", "grade", "words"),
    [
        (_stray, "报送文件夹", Grade.WARNING, "990199-无此县"),
        (_link, "报送文件夹", Grade.WARNING, "990101-东岸县/a.xlsx"),
        (_loose, "报送文件夹", Grade.WARNING, "上报.xlsx"),
        (_lingering, "报送文件夹", Grade.WARNING, "~$上报.xlsx"),
        (_missing_folder, "单位文件夹", Grade.WARNING, "990101-东岸县"),
        (_blob_gone, "原件存档", Grade.FAULT, "1份原件"),
        (_bad_mail_template, "邮件模板", Grade.WARNING, "letter.txt"),
        (_no_board_template, "网页模板", Grade.WARNING, "不在"),
        (_waiting, "服务", Grade.WARNING, "没有值守的服务"),
    ],
)
def test_what_is_wrong_is_named(
    desk: Desk, spoil: Callable[[Desk], None], topic: str, grade: Grade, words: str
) -> None:
    """The line names the thing, says how bad it is, and what to do."""
    spoil(desk)
    found = [line for line in find(desk, topic=topic) if words in line.found]
    assert [line.grade for line in found][:1] == [grade]
    assert all(line.remedy for line in find(desk))


@posix_only
def test_folders_that_others_may_write_prove_no_identity(desk: Desk) -> None:
    """A unit's folder open to all, or several open to one group, is warned of."""
    east, west = (desk.workspace.inbox_of(TREE[unit]) for unit in (EAST, WEST))
    east.chmod(0o777)
    (line,) = find(desk, topic="身份（文件夹权限）")
    assert "任何帐号" in line.found
    east.chmod(0o770)
    assert find(desk, topic="身份（文件夹权限）") == []
    west.chmod(0o770)
    (line,) = find(desk, topic="身份（文件夹权限）")
    assert "同一个用户组" in line.found


@posix_only
def test_state_is_for_us_alone(desk: Desk) -> None:
    """Where others may enter the folder of originals, doctor says how to close it."""
    desk.workspace.state.chmod(0o755)
    (line,) = find(desk)
    assert "chmod 700" in line.remedy


def test_a_share_cannot_be_checked_here(desk: Desk) -> None:
    """On a mounted share rights are said to be unknown; a database there is a fault."""
    table = (
        f"1 0 0:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:2 / {desk.workspace.inbox} rw - cifs //s/i rw\n"
    )
    mounts = desk.root.parent / "mountinfo"
    mounts.write_text(table, encoding="utf-8")
    (line,) = desk.ask(lambda context: [*machine.check_identity(context, mounts)])
    assert (line.grade, "本机查不出" in line.found) == (Grade.WARNING, True)
    mounts.write_text(table.replace(str(desk.workspace.inbox), str(desk.root)), encoding="utf-8")
    (line,) = desk.ask(lambda context: [*machine.check_privacy_of_state(context, mounts)])
    assert line.grade is Grade.FAULT


def test_a_damaged_database_is_a_fault(desk: Desk) -> None:
    """Bytes lost in the database are found, and the other checks are made all the same."""
    content = bytearray(desk.workspace.database.read_bytes())
    for start in range(8192, len(content) - 64, 4096):
        content[start : start + 64] = bytes(64)
    desk.workspace.database.write_bytes(content)
    lines = find(desk)
    assert any(line.grade is Grade.FAULT for line in lines)
    assert any("Python" in line.topic for line in examine(desk.root, IN_TIME))


def test_settings_that_cannot_be_read_are_a_line(desk: Desk) -> None:
    """A mistake in sheetflow.toml is told as doctor tells everything, without a traceback."""
    (desk.root / "sheetflow.toml").write_text("scan_secondz = 3", encoding="utf-8")
    (line,) = find(desk)
    assert (line.topic, line.grade) == ("工作文件夹", Grade.FAULT)
    assert "scan_secondz" in line.found


def test_privacy_keys_are_held_against_the_campaign(desk: Desk) -> None:
    """A misspelt column under [privacy] protects nobody: that is a fault."""
    table = '[privacy.city]\n"outlets.keper" = "left_out"'
    text = settings_text().replace("[privacy.city]", table, 1)
    (desk.root / "sheetflow.toml").write_text(text, encoding="utf-8")
    (line,) = find(desk)
    assert (line.grade, "outlets.keper" in line.found) == (Grade.FAULT, True)


def test_units_without_mail_are_counted(desk: Desk) -> None:
    """Whom no mail reaches is named."""
    silent = [
        dataclasses.replace(unit, mails=()) if unit.unit_id == EAST else unit for unit in TREE
    ]
    write_units(desk.workspace.units_file, tree_of(silent))
    (line,) = find(desk, topic="单位名单")
    assert "有1个没有邮箱：东岸县" in line.found


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def mail_settings(port: int) -> dict[str, str]:
    """Settings for a mail server on this machine."""
    return {
        "host": '"127.0.0.1"',
        "port": str(port),
        "security": '"none"',
        "sender": '"office@mail.example"',
        "timeout_seconds": "2",
    }


class _Choosy:
    """A mail server that takes no sender of ours."""

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse."""
        del server, session, envelope, address
        return "550 no"


def test_the_mail_server_is_talked_to(desk: Desk) -> None:
    """A server that answers is well, one that refuses our sender or is away is a fault."""
    port = _free_port()
    settle(desk, **mail_settings(port))
    (line,) = find(desk, topic="发信")
    assert (line.grade, "连不上" in line.found) == (Grade.FAULT, True)
    server = Controller(_Choosy(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        (line,) = find(desk, topic="发信")
        assert "没有接受发件地址" in line.found
    finally:
        server.stop()
    kind = Controller(object(), hostname="127.0.0.1", port=port)
    kind.start()
    try:
        assert find(desk, topic="发信") == []
    finally:
        kind.stop()


class _Off(Clock):
    """A clock whose machine is some seconds ahead of the share's."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._ahead = seconds

    def on_disk(self) -> float:  # type: ignore[override] # the real one needs no self
        """Give the machine's time."""
        return time.time() + self._ahead


def test_a_clock_that_is_off_is_told(desk: Desk) -> None:
    """Where the inbox's host is minutes away from us, lateness would be judged wrongly."""

    def check(seconds: float) -> list[Line]:
        def ask(context: Context) -> list[Line]:
            context.clock = _Off(seconds)
            return list(machine.check_clock(context))

        return desk.ask(ask)

    assert [line.grade for line in check(0)] == [Grade.OK]
    assert [line.grade for line in check(30)] == [Grade.OK]
    assert [line.grade for line in check(-300)] == [Grade.WARNING]
    (line,) = check(300)
    assert "相差" in line.found
