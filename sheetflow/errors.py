"""Errors for us: what an operator or a developer must act on.

A fault in submitted data is never an exception: it is a `findings.Finding`.
Every error carries a sentence that says where and what to do, and is chained
to its cause with ``from``.
"""

from __future__ import annotations

import datetime as dt
import errno
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class SheetflowError(Exception):
    """The root of all our errors; its text may be shown to the operator as it is."""

    @property
    def parts(self) -> tuple[object, ...]:
        """What the error was made of: plain values, to make it again on another side of a pipe."""
        return self.args


def describe(error: BaseException) -> str:
    """Name the kind of `error` and where it rose, without its sentence: it may quote a cell."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


class WorkspaceError(SheetflowError):
    """A folder or file of the workspace is missing, or is not what it should be."""


class RequestError(SheetflowError):
    """What a command asks for is not here: no such period, form or unit."""


class SettingsError(SheetflowError):
    """``sheetflow.toml`` or an environment variable holds something we cannot use."""


class _FaultsError(SheetflowError):
    """Something has several faults; `faults` holds one Chinese sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults

    @property
    def parts(self) -> tuple[object, ...]:
        """The list of its sentences."""
        return (self.faults,)


class UnitsError(_FaultsError):
    """The list of units contradicts itself."""


class DeclarationError(SheetflowError):
    """A campaign's declaration contradicts itself: a developer's fault, found on loading."""


class CampaignLostError(DeclarationError):
    """A kept campaign is not there, or not the one that its name tells: no file may be judged by it."""


class StoreError(SheetflowError):
    """The database cannot be opened, or is of a newer version than this program."""


class StoreDamagedError(StoreError):
    """The database is damaged, or is not the one of this archive: no waiting mends it."""


RESTORE = (
    "请停止服务，用 restore 恢复最近的备份；没有备份的，"
    "可以运行 restore --from-archive 由存档里的原件重建。"
)
"""What to do about a database that cannot be gone on with."""


class StoreBusyError(StoreError):
    """The database cannot be used just now (locked, disk full, I/O error): try again later."""


class UnreadableError(SheetflowError):
    """A file that cannot be read as a workbook.

    `reason` is the rule code of the finding that the sender gets; `details` are
    its arguments. It never quotes what a library said.
    """

    def __init__(self, reason: str, **details: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


class ReportTemplateError(_FaultsError):
    """The Word template of a report, as edited, cannot be filled; each sentence names the tag."""


_TROUBLES = {
    "ENOSPC": "磁盘空间已满",
    "EDQUOT": "磁盘配额已用完",
    "EFBIG": "文件超出系统允许的大小",
    "EROFS": "磁盘是只读的",
    "EIO": "磁盘或网络读写出错",
    "EACCES": "没有权限，或文件正被别的程序打开",
    "EPERM": "系统不允许这样操作，或文件正被别的程序打开",
    "EBUSY": "文件正被别的程序占用",
    "ETXTBSY": "文件正被别的程序占用",
    "SHARING": "文件正被别的程序打开",
    "ESTALE": "与共享文件夹的连接已失效",
    "ENOTCONN": "与共享文件夹的连接已断开",
    "EHOSTDOWN": "共享文件夹所在的机器没有应答",
    "EHOSTUNREACH": "共享文件夹所在的机器没有应答",
    "ETIMEDOUT": "共享文件夹没有及时应答",
    "EEXIST": "已有同名的东西",
    "ENOENT": "文件夹不存在",
    "ENOTDIR": "同名的东西不是文件夹",
    "EISDIR": "同名的东西是文件夹",
    "ELOOP": "同名的东西是链接",
    "CHANGED": "文件刚被人改过",
    "EMFILE": "打开的文件太多",
    "ENFILE": "打开的文件太多",
    "ENOMEM": "内存不足",
}


class TemporaryError(SheetflowError):
    """Trouble of the machine, not of the work: retry for ever with back-off, and show it.

    `code` is the system's name for it (``ENOSPC``; ``SHARING`` for a sharing violation of
    Windows), `reason` says it in words, `step` what we were doing and `place` where: a folder
    or a name of our own, never a name that a user gave.
    """

    def __init__(self, step: str, place: str, code: str) -> None:
        reason = _TROUBLES.get(code, "系统报告出错")
        super().__init__(f"{step}“{place}”时{reason}（{code}），稍后自动重试。")
        self.reason = reason
        self.step = step
        self.place = place
        self.code = code

    @property
    def parts(self) -> tuple[object, ...]:
        """Step, place and the system's name."""
        return self.step, self.place, self.code

    @classmethod
    def of(cls, error: OSError, step: str, place: object) -> TemporaryError:
        """Name the trouble behind `error`; raise it ``from error``."""
        if getattr(error, "winerror", None) in (32, 33):  # sharing and lock violation
            return cls(step, str(place), "SHARING")
        return cls(step, str(place), errno.errorcode.get(error.errno or 0, "EUNKNOWN"))


_MOST_DOUBLINGS = 20


def wait_after(
    failures: int,
    first: dt.timedelta = dt.timedelta(seconds=2),
    most: dt.timedelta = dt.timedelta(minutes=5),
) -> dt.timedelta:
    """Give how long to wait after `failures` (1, 2, …) in a row: soon at first, never given up.

    The wait is `first`, doubled with each failure, and never longer than `most`.
    """
    doubled = int(2 ** min(failures - 1, _MOST_DOUBLINGS))
    return min(first * doubled, most)


class ObstructedError(TemporaryError):
    """Something stands in the way in one unit's outbox folder: that unit's trouble, nobody else's.

    `place` is the folder as the outbox has it (``370104-槐荫区/2012B1``).
    """

    def __init__(self, place: str, code: str) -> None:
        super().__init__("发布文件", place, code)
        wrong, remedy = _OBSTACLES.get(code, _OBSTACLES["ENOTDIR"])
        self.args = (f"答复文件夹“{place}”{wrong}，答复暂时放不进去。{remedy}，答复会自动补上。",)


_OBSTACLES = {
    "ENOTDIR": ("不是文件夹", "请把占着这个名称的东西移走"),
    "ELOOP": ("是指向别处的链接，程序不跟着走", "请删除这个链接"),
    "EACCES": ("没有权限写入", "请恢复程序对它的权限"),
}


class TroubleError(SheetflowError):
    """The system refused what a command needs; somebody must look, nothing is retried."""

    @classmethod
    def of(cls, error: OSError) -> TroubleError:
        """Name the trouble behind `error`."""
        code = errno.errorcode.get(error.errno or 0, "EUNKNOWN")
        reason = _TROUBLES.get(code, "系统报告出错")
        place = f"读写“{error.filename}”时" if error.filename else ""
        return cls(f"{place}{reason}（{code}）。请检查文件夹、权限和磁盘空间后再试。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What stands in somebody's way for as long as it lasts: `run`, `status` and `doctor` show it.

    `unit_id` says whose it is, empty where no one unit is concerned; `what` is what it
    touches (``inbox``, ``outbox``, ``units``); `sentence` says what is wrong and what to do,
    without naming the unit. `is_ours` tells that a pass with it has failed: a unit's own trouble
    fails no pass. `since` is when it was first met, where somebody remembers.
    """

    what: str
    sentence: str
    unit_id: str = ""
    is_ours: bool = True
    since: dt.datetime | None = None


@contextmanager
def retried_later(step: str, place: object) -> Iterator[None]:
    """Turn every OSError of the block into a TemporaryError.

    Promise 3 knows no final OSError: whatever the system refuses today it may grant
    tomorrow, so callers catch what has a meaning of its own (gone, changed) before.
    """
    try:
        yield
    except OSError as error:
        raise TemporaryError.of(error, step, place) from error


class WritingError(SheetflowError):
    """Something cannot be put into a workbook as it is; nothing is ever cut off instead."""


class MailTemplateError(SheetflowError):
    """A mail template is missing, or somebody's edit of it cannot be understood."""


class MailError(SheetflowError):
    """A mail cannot be put into bytes, or those bytes do not say what was meant."""


_CROSSING: dict[str, Callable[..., SheetflowError]] = {
    kind.__name__: kind
    for kind in (
        SheetflowError,
        WorkspaceError,
        DeclarationError,
        CampaignLostError,
        UnitsError,
        ReportTemplateError,
        MailTemplateError,
        WritingError,
        TemporaryError,
    )
}
"""What may come out of a child as what it was: kinds that ask nothing of who hears of them."""


def parts_of(error: SheetflowError) -> tuple[str, tuple[object, ...]]:
    """Take an error apart, to be sent: its kind, and what to make it of again.

    One of another kind goes as its sentence alone.
    """
    kind = type(error).__name__
    return (kind, error.parts) if kind in _CROSSING else (SheetflowError.__name__, (str(error),))


def error_of(kind: str, parts: tuple[object, ...]) -> SheetflowError:
    """Make the error again that `parts_of` took apart."""
    return _CROSSING.get(kind, SheetflowError)(*parts)
