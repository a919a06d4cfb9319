"""The machine: Python, SQLite, what this platform lacks, fonts and the office program."""

from __future__ import annotations

import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sheetflow.context.context import Office
from sheetflow.intake.folders import BY_DESCRIPTOR
from sheetflow.upkeep.doctor.finding import Line, ok, warning

_SECONDS = 20
_WAL_MENDED = (3, 51, 3)
_WINDOWS_FONTS = ("simsun.ttc", "simfang.ttf", "msyh.ttc", "simhei.ttf")


def check_machine() -> Iterator[Line]:
    """Look at what holds for every workspace on this machine."""
    yield ok("Python", f"Python {platform.python_version()}（{platform.system()}）。")
    yield _sqlite()
    yield from _platform()
    yield _office_program()


def _sqlite() -> Line:
    version = f"SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info < _WAL_MENDED:
        return ok("SQLite", f"{version}，有 WAL 方式的缺陷；本程序用 DELETE 方式记日志，不受影响。")
    return ok("SQLite", f"{version}，用 DELETE 方式记日志。")


def _platform() -> Iterator[Line]:
    topic = "操作系统"
    if sys.platform == "linux":
        yield ok(topic, "Linux：链接防护、内存上限、处理器时限都有。")
        return
    if not BY_DESCRIPTOR:
        yield warning(
            topic,
            "这个系统不能在打开文件的同时拒收链接（没有 O_NOFOLLOW），收取时先看后开，中间有一瞬空隙。",
            "请只让各单位能写自己的报送文件夹，不要让他们能建链接；要求严的请改用 Linux。",
        )
    limits = "内存和处理器时间" if sys.platform == "win32" else "内存"
    yield warning(
        topic,
        f"这个系统不能给处理报表的子进程设{limits}上限，只有时间到了强行结束这一道。",
        "请给电脑留足内存；要求严的请改用 Linux。",
    )


def _office_program() -> Line:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return ok("办公软件", "装有 LibreOffice，可以预览产出的文件（可有可无）。")
    return ok("办公软件", "没有装 LibreOffice：不影响收发和汇总，只是不能在本机转成 PDF 预览。")


def check_fonts(office: Office) -> Iterator[Line]:
    """Look for Chinese fonts, and for those that the Word report names."""
    families = _families()
    if families is None:
        yield ok("字体", "本机查不出字体（没有 fc-list）；不影响产出，只影响在本机看图和预览。")
        return
    if not families:
        yield warning(
            "字体",
            "本机没有中文字体：图片和预览里的汉字会变成方框，Excel 和 Word 文件本身不受影响。",
            "请安装中文字体，如 Debian 上运行 apt install fonts-noto-cjk。",
        )
        return
    wanted = dict.fromkeys(office.settings.report.fonts.model_dump().values())
    lacking = [name for name in wanted if name not in families]
    if lacking and sys.platform != "win32":
        yield ok(
            "字体",
            f"有中文字体。情况报告用的{'、'.join(lacking)}本机没有，"
            "打开报告的电脑上有就行；没有的可在 [report.fonts] 改用别的。",
        )
        return
    yield ok("字体", "有中文字体。")


def _families() -> set[str] | None:
    """Name the installed Chinese fonts; None where the system does not tell."""
    if sys.platform == "win32":
        folder = Path(r"C:\Windows\Fonts")
        return {name for name in _WINDOWS_FONTS if (folder / name).is_file()}
    program = shutil.which("fc-list")
    if program is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - found by name, fixed arguments
            [program, ":lang=zh", "family"],
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = told.stdout.decode("utf-8", "replace").splitlines()
    return {name.strip() for line in lines for name in line.split(",") if name.strip()}
