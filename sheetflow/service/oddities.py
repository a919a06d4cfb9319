"""What lies in the inbox that is not taken, in sentences.

This module owns the words for each reason. It refuses to look: a scan is handed in.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sheetflow.consolidation.waiting import Waiting, Waits
from sheetflow.context.context import Office
from sheetflow.intake.sighting import PRECHECK_FOLDER, Oddity, Reason, display_name

_MOST_NAMED = 5

_ODD = {
    Reason.SYMLINK: ("有链接，不收", "请换成真正的文件；不是自己人放的，请查是谁放的。"),
    Reason.HARD_LINK: ("有与别处共用内容的文件（硬链接），不收", "请复制成独立的文件再放。"),
    Reason.FOLDER: ("单位文件夹里又有文件夹，里面的东西不收", "请把工作簿直接放在单位文件夹里。"),
    Reason.SPECIAL: ("有不是文件的东西（管道、设备等），不收", "请移走，并查是谁放的。"),
    Reason.TOO_LARGE: ("有大得不像工作簿的文件，不收", "请让单位检查后重放。"),
    Reason.EMPTY: ("有一个字节也没有的文件，还在等它写完", "写完以后会自动收取。"),
    Reason.UNKNOWN_FOLDER: ("有没放进单位文件夹的东西，没有人收", "请移到该单位的文件夹里。"),
    Reason.LINGERING: (
        "有放了一天以上的锁文件、临时文件或隐藏文件",
        "多半是 Excel 没有正常关闭留下的；确认没有人在编辑后删去。",
    ),
}


def strange_things(office: Office, oddities: Iterable[Oddity]) -> Iterator[Waiting]:
    """Give one line for each unit and reason, naming the first entries."""
    found: dict[tuple[str, Reason], list[Oddity]] = defaultdict(list)
    inbox = office.workspace.inbox
    for oddity in oddities:
        if oddity.unit_id and (oddity.folder == inbox or oddity.name == PRECHECK_FOLDER):
            continue  # what stands in the place of a folder is told as what it hinders
        found[oddity.unit_id or "", oddity.reason].append(oddity)
    for (unit_id, reason), entries in found.items():
        said, remedy = _ODD.get(reason, ("有不能收取的东西", "请看一看是什么，移走它。"))
        whose = f"{unit_words(office, unit_id)} " if unit_id else ""
        names = listed([f"{entry.folder.name}/{entry.name}" for entry in entries])
        yield Waiting(
            kind=Waits.INBOX,
            unit_id=unit_id,
            reason=f"{whose}报送文件夹里{said}：{names}。",
            remedy=remedy,
        )


def stray_folders(office: Office) -> Iterator[Waiting]:
    """Give a line where the inbox has folders of no unit."""
    try:
        strays = [
            display_name(os.fsencode(path.name))
            for path in office.workspace.stray_folders(office.tree)
        ]
    except OSError:
        return  # the look at the inbox says so
    if strays:
        yield Waiting(
            kind=Waits.INBOX,
            reason=f"报送文件夹里有不属于任何单位的文件夹，里面的东西没有人收：{listed(strays)}。",
            remedy="请核对名称（单位代码-名称，与 units.xlsx 一致），把里面的文件移到该放的文件夹。",
        )


def unit_words(office: Office, unit_id: str) -> str:
    """Name a unit by code and name, as far as the list knows it."""
    return f"{unit_id} {office.tree[unit_id].name}" if unit_id in office.tree else unit_id


def listed(names: list[str]) -> str:
    """List the first names: 历下区、市中区等7个."""
    shown = "、".join(names[:_MOST_NAMED])
    return shown + (f"等{len(names)}个" if len(names) > _MOST_NAMED else "")
