"""Which lines under a table's header are no rows of data, as far as their words tell.

Totals, signatures, remarks under the table, the header again. Whether a total's figures
agree with the rows above it is asked in `totals`; this module refuses to look at figures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache

from sheetflow.lookalikes import fold, plain, without_spaces
from sheetflow.schemas.cells import (
    NameKey,
    PeriodName,
    Reference,
    References,
    Text,
)
from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.matching import bare_label
from sheetflow.workbook import CellValue

_SIGNED = re.compile(
    r"(填表人|填报人|制表人?|审核人?|复核人?|单位负责人|负责人|单位（公章）|报出日期|填表日期"
    r"|制表日期|联系电话|备注|说明|注)[：:]"
)
_MOST_SIGNED = 4
_IN_FRONT = 2
"""A total stands in front, at most behind a key printed beforehand."""

_WORD = re.compile("合计|总计|小计|汇总|共计|累计|total")
_HOLDS = re.compile("合计|总计|小计|汇总|共计|total")
_BEHIND = r"(?:数|行|栏)?(?:[（:=].*|\d.*)?"
_NAMES_A_TOTAL = re.compile(rf".{{0,6}}(?:{_WORD.pattern}){_BEHIND}")
"""A name that is nothing but a total's: 全区合计, 合计（2个街道）; 汇总镇 may be a place."""
_SCOPE = r"(?:全[国省市县区旗镇乡村]?|本[页期表月季年级省市县区镇乡村]|各[^，。；]{0,6}|以上(?:各项)?|上述|总)?"
_IS_A_TOTAL = re.compile(rf"{_SCOPE}(?:{_WORD.pattern}){_BEHIND}")
"""The same among words of any kind, where titles such as 工作情况汇总 stand as well."""

_MARKED = re.compile(
    r"[(【\[]?(?:[*※★▲◆]|注(?=[\d①-⑳一二三四五:、.)\s])|(?:附注|说明|备注)(?=[:\d(]|$)"
    r"|以上\S{0,8}(?:数据|数字|各|均|为|系|含|情况|内容)|以下(?:空白|为空|无)|空白$"
    r"|截[至止]|[本此][表页]|[表页]中|数据(?:来源|截)|资料来源|统计口径|无\W*$|没有\W*$|暂无)"
)
"""What a remark begins with (in plain characters) where any words could be a name."""
_SPOKEN = re.compile("[:;。,?!]|数据|数字|填报|截至|空白|口径|不含|包含|详见")
"""What no name of a place holds, in plain characters."""
_VALUE_LIKE = re.compile(
    r"[年月日号时分秒上中下旬初末底同前后星期周约近多余几左右千百万亿元人次名个件条份户家位岁"
    r"零〇一二三四五六七八九十两]"
)
_CHARACTER, _LATIN = re.compile("[㐀-鿿]"), re.compile("[A-Za-z]{4}")
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line that its words make no row of data, or perhaps none.

    `what` says so in a clerk's words; `column` is where those words stand. A `total` counts
    as one only with figures (`totals`): `own` bears the unit's own or a superior's name,
    `named` says that the words may be a row's name all the same, `plainly` that they are
    nothing but a total's.
    """

    what: str
    column: str
    total: bool = False
    own: bool = False
    named: bool = False
    plainly: bool = True


def kind_of_line(
    sheet: Sheet,
    cells: Mapping[str, CellValue],
    faulty: AbstractSet[str] = frozenset(),
    own_names: AbstractSet[str] = frozenset(),
) -> Line | None:
    """Say what a line under the header is where it may be no row of data.

    A total taken for a row would count everything twice. `faulty` are the columns whose
    cells are no values of theirs.
    """
    standing = {key: cell for key, cell in cells.items() if cell is not None}
    words = [(key, cell) for key, cell in standing.items() if isinstance(cell, str)]
    if not words:
        return None
    for key, cell in list(standing.items())[:_IN_FRONT]:
        if isinstance(cell, str) and (found := _as_total(sheet, key, cell, own_names)):
            return found
    first_key, first = words[0]
    if len(standing) <= _MOST_SIGNED and _is_signature(first):
        return Line("表末的签署或备注", first_key)
    if found := _as_remark(sheet, standing, faulty):
        return found
    if not _is_header(first, _bare_of(sheet.labels[first_key])):
        return None
    again = 1 + sum(bare_label(cell) == _bare_of(sheet.labels[key]) for key, cell in words[1:])
    return Line("重复的表头", first_key) if again > 1 and again * 2 > len(standing) else None


def _as_total(sheet: Sheet, key: str, cell: str, own_names: AbstractSet[str]) -> Line | None:
    """Take a cell for a total's name where it is one, or may be one."""
    column, text = sheet.by_key[key], _plain(cell)
    found = _WORD.search(text)
    if sheet.naming_column is column and text in own_names:
        return Line("本单位或上级单位的名称", key, total=True, own=True, named=True)
    if not found:
        return None
    what = f"“{found[0].capitalize()}”行"
    if isinstance(column.type, NameKey):
        plainly = _NAMES_A_TOTAL.fullmatch(text) is not None
        holds = plainly or _HOLDS.search(text) is not None
        return Line(what, key, total=True, named=True, plainly=plainly) if holds else None
    if isinstance(column.type, Text):
        ours = max((name for name in own_names if text.startswith(name)), key=len, default="")
        bare = text.removeprefix(ours)
        total = _IS_A_TOTAL.fullmatch(bare) is not None
        return Line(what, key, total=True, named=True) if total else None
    return Line(what, key, total=True)


def _as_remark(
    sheet: Sheet, standing: Mapping[str, CellValue], faulty: AbstractSet[str]
) -> Line | None:
    """Take a line for a remark whose words stand in one cell and are no value of its column."""
    printed = sheet.printed_key
    alone = [key for key in standing if key != printed or key in faulty] or list(standing)
    cell = standing[alone[0]]
    if len(alone) > 1 or not isinstance(cell, str):
        return None
    column = sheet.by_key[alone[0]]
    text = plain(cell).strip()
    marked = _MARKED.match(text) is not None
    if isinstance(column.type, NameKey):
        marked = marked or _SPOKEN.search(text) is not None
    elif column.key in faulty or isinstance(column.type, Reference | References):
        marked = marked or _is_wordy(text)
    return Line("表下的说明文字", column.key) if marked else None


def _is_wordy(text: str) -> bool:
    """Whether `text` says something, and is not only a value written badly: 三月上旬, 约20人."""
    bare = _VALUE_LIKE.sub("", text)
    return len(_CHARACTER.findall(bare)) >= _FEWEST or _LATIN.search(text) is not None


def doubtful_lines(
    sheet: Sheet,
    table: Mapping[str, Sequence[CellValue]],
    own_names: AbstractSet[str] = frozenset(),
) -> set[int]:
    """Tell which lines of `table` (its columns by key) one must ask `kind_of_line` about.

    Quicker than asking about each: the words that make a line no row of data stand among
    its first, and few words are such. Where none of them can be a value, the cell is faulty:
    such lines one must ask about besides.
    """
    doubtful: set[int] = set()
    front = list(zip(*list(table.values())[:_IN_FRONT], strict=True))
    lines: Sequence[int] = range(len(front))
    for number, (key, cells) in enumerate(table.items()):
        if number == _IN_FRONT:  # leave those whose first words are among what was seen
            lines = [
                n for n, seen in enumerate(front) if None in seen or str not in map(type, seen)
            ]
        if found := _telling(sheet, key, [cells[line] for line in lines], own_names):
            doubtful.update(line for line in lines if cells[line] in found)
    return doubtful


_FREE = Text | NameKey | Reference | References | PeriodName
"""Types that read any words without a fault."""


def _telling(
    sheet: Sheet, key: str, cells: Sequence[CellValue], own_names: AbstractSet[str]
) -> set[CellValue]:
    """Give the words among `cells` that may make their line no row of data."""
    column, label = sheet.by_key[key], _bare_of(sheet.labels[key])
    if not isinstance(column.type, _FREE):
        return set()
    words = {cell for cell in set(cells) if isinstance(cell, str)}
    if isinstance(column.type, Reference | References):
        return {cell for cell in words if _IS_WORDS(cell)}
    names = own_names if sheet.naming_column is column else frozenset[str]()
    found: set[CellValue] = {
        cell for cell in words if _is_header(cell, label) or (names and _plain(cell) in names)
    }
    for cell in filter(_GLANCE, words):
        text = plain(cell).strip()
        spoken = isinstance(column.type, NameKey) and _SPOKEN.search(text)
        if spoken or _WORD.search(_plain(cell)) or _MARKED.match(text) or _is_signature(cell):
            found.add(cell)
    return found


# Of nearly every cell a glance at its characters tells, without folding it.
_GLANCE = re.compile(
    r"[计汇：:；;。，,？?！!ｔＴtT*＊※★▲◆注说备附截无没空]|以上|以下|[表页]|数[据字]|资料|统计|填报|口径|[不包]含|详见"
).search
_IS_WORDS = re.compile("[㐀-鿿].*[㐀-鿿]").search


def _is_signature(cell: str) -> bool:
    return ("：" in cell or ":" in cell) and bool(_SIGNED.match(fold(cell)))


def _is_header(cell: str, label: str) -> bool:
    likely = label[:1] in cell or label[:1] in _WRITTEN_OTHERWISE
    return likely and bare_label(cell) == label


_WRITTEN_OTHERWISE = "（）/"
"""What `fold` makes of other characters, so that it need not stand in the cell itself."""


_bare_of = cache(bare_label)


def _plain(cell: str) -> str:
    """Fold a name: no spaces of any kind, half-width, small letters, brackets of one kind."""
    text = without_spaces(plain(cell)).replace("*", "").casefold()
    return text.replace("(", "（").replace(")", "）")
