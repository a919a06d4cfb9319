"""Tasks as no task should be, for the tests of the pool."""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import signal
import sys
import time
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sheetflow.children.limits import makes_ours
from sheetflow.errors import (
    DeclarationError,
    MailTemplateError,
    ReportTemplateError,
    SheetflowError,
    StoreBusyError,
    TemporaryError,
    UnitsError,
    UnreadableError,
    WorkspaceError,
    WritingError,
)
from sheetflow.findings import Finding, Place, Severity


def pid() -> int:
    """Return the child's own process id."""
    return os.getpid()


def echo(value: object) -> object:
    """Return the argument."""
    return value


def environment() -> dict[str, str]:
    """Return the child's environment."""
    return dict(os.environ)


def limits() -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the child's limits on address space and core dumps."""
    import resource

    return resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CORE)


def session() -> int:
    """Return the child's session."""
    return os.getsid(0)


def chatter() -> str:
    """Print on every way to standard output and error."""
    print("\x00" * 5000, flush=True)  # noqa: T201 - as a library would
    os.write(1, b"\xff" * 5000)
    print("noise", file=sys.stderr)  # noqa: T201
    return "clean"


def parse_far_cell(path: str) -> int:
    """Give a hostile workbook to the parser without the gate."""
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return len(sheet.to_python(skip_empty_area=False))


def crash() -> None:
    """Read memory that is not there."""
    ctypes.string_at(1)


def kill_self() -> None:
    """Die as by the system's hand, out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_self_once(trace: str) -> str:
    """Die the first time, leaving a trace, and answer the second time."""
    path = Path(trace)
    if path.exists():
        return "alive"
    path.touch()
    kill_self()
    return "never"


def sleep(seconds: float) -> str:
    """Wait without using the processor."""
    time.sleep(seconds)
    return "awake"


def spin() -> None:
    """Use the processor for ever."""
    while True:
        pass


def work(seconds: float) -> int:
    """Use the processor for `seconds`."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return os.getpid()


@makes_ours
def render_slowly(seconds: float) -> str:
    """Make something of ours that takes long."""
    work(seconds)
    return "made"


@makes_ours
def render_hugely(size: int) -> int:
    """Make something of ours that takes much room."""
    return hoard(size)


def wait_and_answer(seconds: float, size: int) -> bytes:
    """Answer after a while with more than a pipe holds."""
    time.sleep(seconds)
    return bytes(size)


def errors_of_ours() -> list[SheetflowError]:
    """Give an error of each kind that may come out of a child."""
    return [
        SheetflowError("一句话。"),
        WorkspaceError("文件夹不在。"),
        DeclarationError("表式不对。"),
        UnitsError(["第2行：甲。", "第3行：乙。"]),
        ReportTemplateError(["没有“不存在”这个名称。", "标签不成对。"]),
        MailTemplateError("邮件模板不对。"),
        WritingError("文字太长。"),
        TemporaryError("存档", "某处", "ENOSPC"),
    ]


def raise_ours(kind: str) -> None:
    """Raise an error of ours."""
    others = [StoreBusyError("数据库正被占用。")]
    raise next(error for error in errors_of_ours() + others if type(error).__name__ == kind)


def hoard(size: int) -> int:
    """Take `size` bytes for a moment."""
    return len(bytearray(size))


_KEPT: list[bytearray] = []


def keep(size: int) -> int:
    """Take `size` bytes and never give them back."""
    _KEPT.append(bytearray(b"\x01") * size)
    return os.getpid()


def large(size: int) -> bytes:
    """Return `size` bytes."""
    return b"x" * size


def refuse() -> None:
    """Refuse a file, with details."""
    raise UnreadableError("file-far-cell", sheet="需求", cell="XFD1")


def panic() -> None:
    """Give up as calamine does."""
    raise type("PanicException", (BaseException,), {})("secret")


def full_disk() -> None:
    """Meet trouble that passes."""
    raise OSError(28, "No space left on device")


def stumble() -> None:
    """Have a fault of ours, with a personal value in its sentence."""
    raise ValueError("13800138000")


def finding() -> Finding:
    """Return a finding, which holds a read-only mapping."""
    place = Place(sheet="needs", row=7, cell="C7")
    return Finding("r", Severity.MUST, place, MappingProxyType({"n": 1}))


def values() -> list[Any]:
    """Return plain values of many kinds."""
    day = dt.datetime(2012, 3, 5, tzinfo=dt.UTC)
    return [day, dt.timedelta(1), {1}, frozenset({2}), Path("a"), None, 2.5, b"x"]


class Trap:
    """An object that would run a function of the system on arrival."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.getenv, ("HOME",)


def trap() -> Trap:
    """Return what must not be unpickled."""
    return Trap()
