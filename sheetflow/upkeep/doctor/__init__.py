"""What `doctor` looks at: every check a line or more, good or bad, with what to do.

This room owns the order of the checks, and that none of them, whatever it meets, keeps
the others from being made: a workspace that cannot be opened is itself a line. It mends
nothing; opening the database brings an older one up to date, as every command does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sheetflow.context import LOG, Context, open_context
from sheetflow.errors import SheetflowError, StoreError, describe
from sheetflow.upkeep.doctor import disk, machine, operation
from sheetflow.upkeep.doctor.finding import Examination, Grade, Line, fault

__all__ = ["Grade", "Line", "examine"]

_EXAMINATIONS: tuple[tuple[str, Examination], ...] = (
    ("文件夹", disk.check_access),
    ("单位文件夹", disk.check_unit_folders),
    ("state 文件夹", disk.check_privacy_of_state),
    ("身份（文件夹权限）", disk.check_identity),
    ("报送文件夹", disk.check_inbox),
    ("磁盘空间", disk.check_space),
    ("时钟", disk.check_clock),
    ("设置", operation.check_settings),
    ("个人信息", operation.check_privacy),
    ("单位名单", operation.check_units),
    ("填报表标识", operation.check_stamp_key),
    ("发信", operation.check_mail),
    ("模板", operation.check_templates),
    ("字体", machine.check_fonts),
    ("数据库", machine.check_database),
    ("原件存档", machine.check_archive),
    ("处理进程", machine.check_children),
    ("服务", operation.check_service),
    ("等待处理", operation.check_waiting),
)


def examine(root: Path, at: dt.datetime | None = None) -> tuple[Line, ...]:
    """Examine the machine and the workspace at `root`; nothing is raised for what is found."""
    lines = [*machine.check_machine()]
    try:
        with open_context(root, at) as context:
            for topic, examination in _EXAMINATIONS:
                found = _guarded(context, examination)
                lines += [replace(line, topic=line.topic or topic) for line in found]
    except StoreError as error:
        lines.append(fault(str(error), "请照这句话处理，再运行一次 doctor。", "数据库"))
    except SheetflowError as error:
        lines.append(fault(str(error), "请先改正这一条，再运行一次 doctor。", "工作文件夹"))
    except OSError as error:
        words = f"打不开（{error.strerror or type(error).__name__}）：{error.filename or root}。"
        lines.append(fault(words, "请检查文件夹权限和磁盘空间。", "工作文件夹"))
    return tuple(lines)


def _guarded(context: Context, examination: Examination) -> Iterable[Line]:
    """Make one check; what stops it is a line, and stops no other."""
    try:
        yield from examination(context)
    except SheetflowError as error:
        yield fault(str(error), "请照这句话处理，再运行一次 doctor。")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        yield fault(f"没有查成（{reason}）。", "请检查文件夹权限和共享的连接。")
    except Exception as error:  # noqa: BLE001 - a fault of ours in one check hides no other
        LOG.error("doctor: %s", describe(error))
        yield fault("没有查成：程序出错。", "请把日志交给系统维护人员。")
