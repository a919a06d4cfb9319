"""Rows of ``units.xlsx`` or of the NBS list, read into units.

This module owns how cells become a `Unit` and what is said where they cannot. It
refuses to open files: rows arrive as a workbook or CSV gave them.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from sheetflow.errors import UnitsError
from sheetflow.lookalikes import plain
from sheetflow.units.levels import THREE_LEVELS, Levels
from sheetflow.units.tree import Unit, UnitTree, find_faults

HEADERS = {
    "unit_id": "单位代码",
    "name": "名称",
    "level": "级别",
    "parent": "上级单位代码",
    "division_code": "行政区划代码",
    "kind": "类别",
    "mails": "邮箱",
    "valid_from": "生效日期",
    "valid_to": "失效日期",
    "successor": "撤并后归入",
    "stand_in_mails": "代办人邮箱",
    "stand_in_from": "代办开始日期",
    "stand_in_to": "代办结束日期",
    "office_phone": "办公电话",
}
"""What people call the columns."""

_T = TypeVar("_T")

_UNIT_ID = re.compile(r"[0-9A-Za-z]{1,20}")
_DIVISION = re.compile(r"[0-9]{6}(?:[0-9]{3}|[0-9]{6})?")
_NO_FILE_NAME = re.compile(r'[\\/:*?"<>|]|[.\s]$')
_LONGEST_NAME = 40
"""Characters; a folder name of more than 255 bytes cannot be made."""

_LONGEST_PHONE = 60

_DAY = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})"
)
_MAIL = re.compile(r"[!#$%&'*+/=?^`{|}~.\w-]+@[\w-]+(?:\.[\w-]+)*", re.ASCII)


def parse_units(
    rows: Iterable[Mapping[str, object]], *, first_row: int = 2, levels: Levels = THREE_LEVELS
) -> UnitTree:
    """Read rows with the columns of ``units.xlsx`` (or of the NBS list) into a tree.

    The columns are those of `HEADERS`, or code for unit_id. `levels` are those that a unit may have.
    `first_row` is the number under which people see the first row; blank rows are passed over but
    counted. Raise UnitsError with one sentence for each fault of a cell, and for each tie that
    contradicts another; a row that cannot be read is left out of the ties, but who names it is not
    at fault.
    """
    units: list[Unit] = []
    numbers: list[int] = []
    unread: list[tuple[int, str]] = []
    faults: list[str] = []
    for number, row in enumerate(rows, start=first_row):
        cells = {key: _text(value) for key, value in row.items()}
        if not any(cells.values()):
            continue
        try:
            units.append(_unit(cells, levels))
            numbers.append(number)
        except _RowError as error:
            faults += [f"第{number}行：{fault}" for fault in error.faults]
            unread += [(number, error.unit_id)] if error.unit_id else []
    if not units and not faults:
        faults.append("单位名单是空的。请至少填一个单位。")
    if faults:
        ties = find_faults(list(zip(numbers, units, strict=True)), levels, unread)
        raise UnitsError([*faults, *ties])
    return UnitTree.of(units, numbers, levels)


class _RowError(Exception):
    """A row that cannot be read: every fault of it, and its unit's id where that is sound."""

    def __init__(self, faults: list[str], unit_id: str = "") -> None:
        super().__init__()
        self.faults, self.unit_id = faults, unit_id


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value).strip()


def _unit(cells: Mapping[str, str], levels: Levels) -> Unit:
    unit_id = _code(cells.get("unit_id") or cells.get("code", ""))
    if not _UNIT_ID.fullmatch(unit_id):
        fault = f"“单位代码”{unit_id} 不对" if unit_id else "“单位代码”是空的"
        raise _RowError([f"{fault}。它由字母和数字组成，最多20个，请改正。"])
    faults: list[str] = []

    def read(column: str, kind: Callable[[str], _T]) -> _T | None:
        try:
            return kind(cells.get(column, ""))
        except ValueError as error:
            faults.append(f"单位 {unit_id} 的“{HEADERS[column]}”{error}")
            return None

    name, level = read("name", _name), read("level", partial(_level, levels))
    # The NBS list has one code for both; a list with a column of its own may leave it blank,
    # as 开发区 and 兵团 do.
    cells = {"division_code": cells.get("code", ""), **cells}
    division, mails = read("division_code", _division), read("mails", _mails)
    valid_from, valid_to = read("valid_from", _day), read("valid_to", _day)
    stand_ins = read("stand_in_mails", _mails)
    from_day, to_day = read("stand_in_from", _day), read("stand_in_to", _day)
    faults += _stand_in_faults(unit_id, cells, from_day, to_day)
    if faults or name is None or level is None:
        raise _RowError(faults, unit_id)
    return Unit(
        unit_id=unit_id,
        name=name,
        level=level,
        parent=_code(cells.get("parent", "")) or None,
        division_code=division or None,
        kind=cells.get("kind", ""),
        mails=mails or (),
        valid_from=valid_from,
        valid_to=valid_to,
        successor=_code(cells.get("successor", "")) or None,
        stand_in_mails=stand_ins or (),
        stand_in_from=from_day,
        stand_in_to=to_day,
        office_phone=" ".join(cells.get("office_phone", "").split())[:_LONGEST_PHONE],
    )


def _stand_in_faults(
    unit_id: str, cells: Mapping[str, str], from_day: dt.date | None, to_day: dt.date | None
) -> Iterator[str]:
    """Say what is wrong with when somebody stands in for a unit, and where mail goes then."""
    if (from_day or to_day) and not cells.get("stand_in_mails"):
        yield f"单位 {unit_id} 填了代办日期，却没有填“代办人邮箱”。请补上，或清空代办日期。"
    if from_day and to_day and from_day > to_day:
        yield f"单位 {unit_id} 的“代办结束日期”早于“代办开始日期”。请改正其中一个。"


def _level(levels: Levels, text: str) -> str:
    level = levels.find(text)
    if level is None:
        wanted = levels.listed
        raise ValueError(f"{text}应为{wanted}，请改正。" if text else f"是空的。请填{wanted}。")
    return level.name


def _division(text: str) -> str:
    division = _code(text)
    if division and not _DIVISION.fullmatch(division):
        raise ValueError(f"{division}应为6位数字（乡级9位、村级12位）；没有的请留空。")
    return division


def _code(text: str) -> str:
    return plain(text).strip()


def _name(name: str) -> str:
    if not name:
        raise ValueError("是空的。请填写名称，例如县、市、区的名称。")
    # Names become folder names, here and on a Windows share. Invisible characters
    # (controls, directions) would make two folders look alike.
    invisible = any(unicodedata.category(character).startswith("C") for character in name)
    if len(name) > _LONGEST_NAME or invisible or _NO_FILE_NAME.search(name):
        raise ValueError(
            f"不能用作文件夹名。名称最多{_LONGEST_NAME}个字，"
            r'不能有换行、不可见字符或 \ / : * ? " < > |，也不能以句点结尾，请改正。'
        )
    return unicodedata.normalize("NFC", name)


def _mails(text: str) -> tuple[str, ...]:
    # ＠ ， ； are @ , ; as they are meant.
    parts = re.split(r"[\s,;、]+", plain(text))
    mails = tuple(dict.fromkeys(part for part in parts if part))
    if not all(_MAIL.fullmatch(mail) for mail in mails):
        raise ValueError("里的地址写法不对。多个地址用分号隔开，请改正。")
    return mails


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    match = _DAY.fullmatch(_code(text))
    # Month 13 fits the pattern and is no day; what fits no pattern gets the same sentence.
    parts = [int(part) for part in match.groups() if part] if match else [0, 0, 0]
    try:
        return dt.date(*parts)
    except ValueError:
        raise ValueError(f"{text}应写成 2012-12-01 的样子，请改正。") from None
