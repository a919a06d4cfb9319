"""The list of units as a file: ``units.xlsx``, which people edit in Excel, or a CSV in any encoding that is sure.

This module owns the columns, what people may call them, and reading them; and the last list that
was good, kept beside the database, in force while the file cannot be used. It refuses to judge units
(`sheetflow.units` does) and to write the workbook (`units_workbook` does).
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import datetime as dt
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

from sheetflow.durable import write_whole
from sheetflow.errors import SheetflowError, UnitsError, WorkspaceError
from sheetflow.lookalikes import plain
from sheetflow.units import HEADERS, THREE_LEVELS, Levels, Unit, UnitTree, parse_units

_FURTHEST_HEADER = 20
"""Rows in which the header is looked for; people like titles above it."""

_MOST_COLUMNS = 100
_MOST_BYTES = 64 * 1024 * 1024

NO_WORKBOOK = (
    "{name} 不是能读取的工作簿，或设有打开密码。请用 Excel 打开，去掉密码，另存为 .xlsx 后再用。"
)
"""What is said of a file that holds no workbook."""


@dataclass(frozen=True, slots=True)
class UnitColumn:
    """One column: its key for `parse_units`, how to fill it, and what else than its header people call it."""

    key: str
    hint: str
    also: tuple[str, ...] = ()
    required: bool = False
    width: int = 14

    @property
    def header(self) -> str:
        """What stands above the column."""
        return HEADERS[self.key]

    def told(self, levels: Levels) -> str:
        """What to fill in, for somebody whose units have `levels`."""
        notes = "；".join(spec.note for spec in levels if spec.note)
        return self.hint.format(levels=f"{levels.listed}（{notes}）" if notes else levels.listed)


COLUMNS = (
    UnitColumn(
        "unit_id",
        "字母和数字，每个单位一个，定了就不要再改：报送、答复文件夹用它命名。一般用行政区划代码。",
        also=("代码", "编码", "单位编码"),
        required=True,
    ),
    UnitColumn(
        "name",
        "单位所在地的名称，可以重名，如各市的市中区。",
        also=("单位名称", "单位"),
        required=True,
        width=18,
    ),
    UnitColumn("level", "{levels}。", also=("层级", "单位级别"), required=True, width=8),
    UnitColumn(
        "parent",
        "报给谁，就填谁的单位代码；最上级的单位留空。",
        also=("上级代码", "上级单位", "上级"),
        required=True,
    ),
    UnitColumn(
        "division_code",
        "6位数字，乡级9位、村级12位；开发区、兵团等没有的留空。",
        also=("区划代码",),
    ),
    UnitColumn("kind", "可不填；开发区、兵团等可在此注明。", also=("类型", "单位类别"), width=12),
    UnitColumn(
        "mails",
        "回执和退回通知发到这里；多个地址用分号隔开。不填就只放进答复文件夹。",
        also=("电子邮箱", "邮箱地址", "邮件地址", "电子邮件"),
        width=36,
    ),
    UnitColumn(
        "valid_from", "单位存在的第一天，如 2012-12-01；一直就有的留空。", also=("成立日期",)
    ),
    UnitColumn("valid_to", "单位存在的最后一天，如 2012-11-30；仍在的留空。", also=("撤销日期",)),
    UnitColumn(
        "successor",
        "单位撤销或合并后由谁接手，填接手单位的代码。",
        also=("撤并后归入单位", "撤并后归入单位代码", "归入单位代码", "归入"),
    ),
    UnitColumn(
        "stand_in_mails",
        "经办人请假、外出时由谁代办，填代办人的邮箱；代办期间，发给本单位的邮件也发到这里。",
        also=("代办邮箱",),
        width=24,
    ),
    UnitColumn("stand_in_from", "代办的第一天，如 2012-03-01；留空就是已经开始。"),
    UnitColumn("stand_in_to", "代办的最后一天，如 2012-03-15；留空就是一直代办。"),
    UnitColumn(
        "office_phone",
        "有下级单位的填办公室的电话，可以带科室、经办人，如“0531-86000000 办公室”；退回、请核实的邮件里写给下级。个人手机号不写进邮件。",
        width=24,
    ),
)


def _plain(header: object) -> str:
    """Reduce a header to what counts: no spaces, stars, or remarks in brackets."""
    text = plain(str(header if header is not None else ""))
    return re.sub(r"\(.*?\)|\[.*?\]|[\s*:]", "", text).casefold()


_KEYS = {
    # The NBS list has one code, which is the unit's and the division's.
    "code": "code",
    "mail": "mails",
    **{column.key: column.key for column in COLUMNS},
    **{_plain(name): column.key for column in COLUMNS for name in (column.header, *column.also)},
}


def read_units(path: Path, levels: Levels = THREE_LEVELS) -> UnitTree:
    """Read ``units.xlsx`` (any Excel format or .ods), or a CSV, into a tree, in this process.

    What somebody else gave is read in a child (`context.opening`): this is for lists of our own.
    Raise WorkspaceError when the file cannot be opened, and UnitsError, with the file, the
    row as Excel shows it and the column, when the list contradicts itself.
    """
    return parse_list(path.name, read_bytes(path), levels)


def read_bytes(path: Path) -> bytes:
    """Read the file; raise WorkspaceError where it is not there, or larger than any list."""
    if not path.is_file():
        raise WorkspaceError(f"找不到单位名单：{path}。请放好名单，或先运行 sheetflow init。")
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise WorkspaceError(
            f"单位名单 {path} 打不开。如果正在 Excel 中编辑，请保存并关闭后再试；否则请检查文件夹权限。"
        ) from error
    if len(content) > _MOST_BYTES:
        raise WorkspaceError(f"{path.name} 太大，不像单位名单。请只留名单，另存后再用。")
    return content


def parse_list(
    name: str, content: bytes, levels: Levels, far: Mapping[int, str] = MappingProxyType({})
) -> UnitTree:
    """Read what the file called `name` holds into a tree; raise as `read_units` does.

    `far` names a cell that was found far from the list, by the index of its sheet.
    """
    tables = _tables_of(name, content)
    table, header_row, keys = _find_list(name, tables)
    faults = _header_faults(keys, header_row)
    if table in far:
        faults = [f"单元格 {far[table]} 有内容，离名单太远。请清除后保存。"]
    if not faults:
        # Columns that are not ours (联系人, 备注) are the office's own business.
        rows = [
            {key: cell for key, cell in zip(keys, cells, strict=False) if key}
            for cells in tables[table][header_row:]
        ]
        try:
            return parse_units(rows, first_row=header_row + 1, levels=levels)
        except UnitsError as error:
            faults = error.faults
    raise UnitsError([f"{name} {fault}" for fault in faults])


def _tables_of(name: str, content: bytes) -> list[list[list[object]]]:
    """Give the rows of every sheet of a workbook, or of a CSV."""
    if name.casefold().endswith((".csv", ".txt")):
        # Excel saves CSV in the code page of the machine, which in our offices is GB18030, and
        # “Unicode text” as UTF-16 with tabs.
        text = decode_text(content)
        if text is None:
            raise UnitsError([f"{name} 的文字编码无法识别。请用 Excel 打开，另存为 .xlsx 后再用。"])
        return [list(_csv_lines(text, name))]
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(title) for title in book.sheet_names]
        return [[list(row) for row in sheet.to_python(skip_empty_area=False)] for sheet in sheets]
    except CalamineError as error:
        raise WorkspaceError(NO_WORKBOOK.format(name=name)) from error


def _csv_lines(text: str, name: str) -> Iterator[list[object]]:
    """Give each row without the blanks at its end, none of them wider than a list is."""
    number = 0
    first = text.partition("\n")[0]
    dialect = "excel-tab" if "\t" in first and "," not in first else "excel"
    lines = csv.reader(io.StringIO(text, newline=""), dialect)
    try:
        for number, cells in enumerate(lines, start=1):
            row: list[object] = [*cells[:_MOST_COLUMNS]]
            for column, cell in enumerate(cells[_MOST_COLUMNS:], start=_MOST_COLUMNS + 1):
                if cell.strip():
                    raise UnitsError(
                        [f"{name} 第{number}行第{column}栏有内容，离名单太远。请清除后保存。"]
                    )
            while row and not row[-1]:
                row.pop()
            yield row
    except csv.Error as error:
        raise UnitsError(
            [f"{name} 第{number + 1}行读不出（引号不成对，或一格太长）。请改正后保存。"]
        ) from error


def _find_list(
    name: str, tables: Sequence[Sequence[Sequence[object]]]
) -> tuple[int, int, tuple[str, ...]]:
    """Find the list by its header: in which table, in which row, and what its columns are."""
    for table, rows in enumerate(tables):
        for number, cells in enumerate(rows[:_FURTHEST_HEADER], start=1):
            keys = tuple(_KEYS.get(_plain(cell), "") for cell in cells)
            if "name" in keys and ("unit_id" in keys or "code" in keys):
                return table, number, keys
    raise UnitsError(
        [f"{name} 里找不到表头。表头应有“单位代码”“名称”“级别”“上级单位代码”几栏，请补上。"]
    )


def _header_faults(keys: Sequence[str], header_row: int) -> list[str]:
    headers = {column.key: column.header for column in COLUMNS}
    known = {"unit_id" if key == "code" else key for key in keys}
    faults = [
        f"第{header_row}行：表头缺少“{column.header}”一栏。请补上。"
        for column in COLUMNS
        if column.required and column.key not in known
    ]
    faults += [
        f"第{header_row}行：表头“{headers.get(key, key)}”出现了{keys.count(key)}次。请只留一栏。"
        for key in dict.fromkeys(keys)
        if key and keys.count(key) > 1
    ]
    return faults


_VERSION = 1
_DAYS = ("valid_from", "valid_to", "stand_in_from", "stand_in_to")
_MAILS = ("mails", "stand_in_mails")


@dataclass(frozen=True, slots=True)
class KeptUnits:
    """A list that was good, and the sha256 of the file that held it."""

    sha256: str
    tree: UnitTree


def keep_units(path: Path, kept: KeptUnits) -> None:
    """Put the list in place, whole; where the disk refuses, the older one stays."""
    document = {
        "version": _VERSION,
        "sha256": kept.sha256,
        "units": [asdict(unit) for unit in kept.tree],
    }
    text = json.dumps(document, ensure_ascii=False, default=str)
    with contextlib.suppress(OSError):
        write_whole(path, text.encode())


def kept_units(path: Path, levels: Levels) -> KeptUnits | None:
    """Give the list that was kept; None where there is none, or none that can be read.

    What it calls a level is read by any of that level's words among `levels`.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["version"] != _VERSION:
            return None
        units = [_unit(values, levels) for values in document["units"]]
        return KeptUnits(document["sha256"], UnitTree.of(units, levels=levels))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SheetflowError):
        return None


def _unit(values: dict[str, object], levels: Levels) -> Unit:
    days = {name: dt.date.fromisoformat(str(values[name])) for name in _DAYS if values.get(name)}
    more = {
        "level": levels.read(str(values["level"])),
        **{name: tuple(found) for name in _MAILS if isinstance(found := values.get(name), list)},
        **days,
    }
    return Unit(**{**values, **more})  # type: ignore[arg-type]  # as `asdict` gave them


_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LAYOUT = frozenset("\t\n\r\f")


def decode_text(raw: bytes) -> str | None:
    """Give the text of `raw`: UTF-8, UTF-16 with its mark, or GBK/GB18030; None where it is none.

    Where a mark stands, it decides. Bytes that are UTF-8 are never taken for GBK. Control
    characters mean another encoding (UTF-16 without its mark is full of them), and so do, in
    what is to be GBK, characters that nobody assigned.
    """
    names = next(([name] for mark, name in _MARKED if raw.startswith(mark)), ["utf-8", "gb18030"])
    for name in names:
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        wrong = {"Cc", "Cn", "Co"} if name == "gb18030" else {"Cc"}
        is_plain = all(unicodedata.category(char) not in wrong for char in set(text) - _LAYOUT)
        return text.removeprefix("\ufeff") if is_plain else None
    return None
