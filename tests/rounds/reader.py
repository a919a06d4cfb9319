"""A clerk who reads nothing but the returned copy: 问题清单, the marked cells, the prompts.

She has no other papers: each line tells her the cell, what is wrong and what to do, and
the cell's own drop-down or prompt what may stand there. She never looks at a rule.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEADER_ROW, FIRST_ROW = 3, 4
COLUMNS = ("编号", "类别", "工作表", "单元格", "栏目", "问题", "怎么改")
A_DAY = dt.date(2012, 4, 20)

Typed = str | int | float | dt.date | None


@dataclass(frozen=True)
class Line:
    """One line of 问题清单."""

    row: int
    number: str
    kind: str
    sheet: str
    cell: str
    label: str
    wrong: str
    remedy: str


@dataclass
class Reader:
    """The clerk at her copy; `puzzled` are the lines that told her too little.

    `wanted` are the keys that a sheet's lines say others point to.
    """

    book: Workbook
    puzzled: list[Line] = field(default_factory=list)
    wanted: dict[str, list[str]] = field(default_factory=dict)

    def lines(self) -> Iterator[Line]:
        """Read 问题清单 from top to bottom."""
        page = self.book["问题清单"]
        columns = [_column_of(page, label) for label in COLUMNS]
        for row in range(FIRST_ROW, page.max_row + 1):
            line = Line(row, *(str(page.cell(row, column).value or "") for column in columns))
            yield replace(line, cell=line.cell.partition("，")[0])

    def work(self) -> None:
        """Go through the list once."""
        page = self.book["问题清单"]
        answer = _column_of(page, "情况说明")
        for line in self.lines():
            if hint := re.search(r"请把编号改成(.+?)；", line.remedy):
                self.wanted[line.sheet] = re.findall(r"“(.+?)”", hint[1])
        for line in self.lines():
            if line.kind == "核实性":
                page.cell(line.row, answer).value = "已核对，情况属实"
            elif line.kind == "强制性":
                self.mend(line)

    def mend(self, line: Line) -> None:
        """Do what the line says, in every cell that bears its number."""
        for pattern, act in WAYS:
            match = re.search(pattern, f"{line.wrong}。{line.remedy}。")
            if match:
                for cell in self.cells(line):
                    act(self, cell, match)
                return
        self.puzzled.append(line)

    def cells(self, line: Line) -> list[Cell]:
        """The cell that the line links to, and those whose notes bear the same number."""
        if line.sheet not in self.book.sheetnames:
            return []
        page = self.book[line.sheet]
        named = re.fullmatch(r"[A-Z]+\d+", line.cell)
        found = [page[line.cell]] if named else []
        for row in page.iter_rows():
            for cell in row:
                note = getattr(cell, "comment", None)
                marked = note is not None and f"编号 {line.number}" in note.text
                if marked and cell.coordinate != line.cell:
                    found.append(cell)
        return found

    def page_of(self, cell: Cell) -> Worksheet:
        """The sheet of a cell."""
        page = cell.parent
        assert isinstance(page, Worksheet)
        return page

    def offered(self, cell: Cell) -> Typed:
        """What the cell's own drop-down or prompt offers."""
        page = self.page_of(cell)
        for rule in page.data_validations.dataValidation:
            if cell.coordinate in rule.sqref:
                return self._chosen(rule.type, str(rule.formula1 or ""), str(rule.prompt or ""))
        return "已补填"

    def _chosen(self, kind: str | None, source: str, prompt: str) -> Typed:
        if named := re.search(r"填《(.+?)》中的编号", prompt):
            return self.keys(named[1])[0]
        if kind == "list":
            return self._first_option(source)
        if kind in {"whole", "decimal"}:
            return int(float(source or 0))
        if chosen := re.search(r"分开：([^、\n]+)", prompt):
            return chosen[1]
        return A_DAY if kind == "date" else "已补填"

    def _first_option(self, source: str) -> str:
        if source.startswith('"'):
            return source.strip('"').split(",")[0]
        title, _, first = source.lstrip("=").partition("!")
        return str(self.book[title.strip("'")][first.split(":")[0].replace("$", "")].value)

    def keys(self, title: str) -> list[str]:
        """The keys of a sheet's rows in use."""
        page = self.book[title]
        return [
            str(page.cell(row, 1).value)
            for row in range(FIRST_ROW, page.max_row + 1)
            if page.cell(row, 1).value and page.cell(row, 2).value
        ]


Act = Callable[[Reader, Cell, "re.Match[str]"], None]


def _set(cell: Cell, value: Typed) -> None:
    cell.value = value


def _offer(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del match
    if cell.row != HEADER_ROW:
        _set(cell, reader.offered(cell))
        return
    page = reader.page_of(cell)
    for row in range(FIRST_ROW, page.max_row + 1):
        below = page.cell(row, cell.column)
        others = [entry.value for entry in page[row] if entry.column != 1 or entry.value]
        if below.value is None and sum(value is not None for value in others) > 1:
            assert isinstance(below, Cell)
            _set(below, reader.offered(below))


def _option(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader
    offered = match[1].split("、")
    kept = [part for part in str(cell.value).split("、") if part in offered]
    _set(cell, "、".join(kept) or offered[0])


def _in_digits(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader
    _set(cell, {"二十": 20, "若干": 1}.get(match[1], 1))


def _amount(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    digits = re.search(r"\d+", match[1])
    _set(cell, int(digits[0]) if digits else reader.offered(cell))


def _whole(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader
    _set(cell, int(float(match[1])))


def _least(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader
    _set(cell, int(match[1]))


def _day(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader, match
    _set(cell, A_DAY)


def _that_day(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader
    year, month, day = (int(part) for part in re.findall(r"\d+", match[1]))
    _set(cell, dt.date(year, month, day))


def _blank(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader, match
    _set(cell, None)


def _that_word(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader
    _set(cell, int(match[1]) if match[1].isdigit() and len(match[1]) < 4 else match[1])


def _free_key(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del match
    page = reader.page_of(cell)
    if wanted := reader.wanted.get(page.title):
        _set(cell, wanted.pop(0))
        return
    used = {str(page.cell(row, 1).value) for row in range(FIRST_ROW, page.max_row + 1)}
    letter, digits = str(page.cell(FIRST_ROW, 1).value)[0], str(page.cell(FIRST_ROW, 1).value)[1:]
    number = next(
        number for number in range(1, 1000) if f"{letter}{number:0{len(digits)}d}" not in used
    )
    _set(cell, f"{letter}{number:0{len(digits)}d}")


def _shaped_key(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader
    digits = re.sub(r"\D", "", str(cell.value))
    _set(cell, f"{match[1][0]}{int(digits):0{len(match[1]) - 1}d}")


def _known_key(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    keys = reader.keys(match[2])
    parts = [part for part in str(cell.value).split("、") if part in keys]
    _set(cell, "、".join(parts) or keys[0])


def _shorten(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader
    _set(cell, str(cell.value)[: int(match[1])])


def _without_numbers(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader, match
    _set(cell, re.sub(r"\d{11,18}", "", str(cell.value)))


def _unmerge(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    page = reader.page_of(cell)
    first, last = (coordinate_to_tuple(name) for name in match[1].split(":"))
    for row in range(first[0], last[0] + 1):
        for column in range(first[1], last[1] + 1):
            if page.cell(row, column).value is None:
                page.cell(row, column).value = cell.value


def _add_money(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader
    _set(cell, f"{cell.value}、{match[1]}")


def _cents(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader
    _set(cell, float(match[1]))


def _yes(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader, match
    _set(cell, "是")


def _offer_other(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del match
    page = reader.page_of(cell)
    for rule in page.data_validations.dataValidation:
        if cell.coordinate in rule.sqref:
            options = str(rule.formula1).strip('"').split(",")
            _set(cell, next(option for option in options[1:] if option != cell.value))


def _column_of(page: Worksheet, label: str) -> int:
    """Find a column by its header."""
    labels = [str(entry.value).replace("\n", "").rstrip("＊") for entry in page[HEADER_ROW]]
    return labels.index(label) + 1


def _fitting_need(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    """Take the first need of that nature that has no row here yet."""
    page, needs = reader.page_of(cell), reader.book["妇女需求台帐"]
    here = {str(entry.value) for entry in page["A"]}
    natures = _column_of(needs, "问题性质")
    for row in range(FIRST_ROW, needs.max_row + 1):
        key = str(needs.cell(row, 1).value)
        if needs.cell(row, natures).value == match[1] and key not in here:
            _set(cell, key)
            return


def _as_it_was(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    page = reader.page_of(cell)
    page.cell(cell.row, _column_of(page, match[1])).value = match[2]


def _nothing(reader: Reader, cell: Cell, match: re.Match[str]) -> None:
    del reader, cell, match


WAYS: tuple[tuple[str, Act], ...] = (
    (r"不用再填", _nothing),
    (r"请改回(\w+)", _that_word),
    (r"请从下拉列表中选：([^。]+)", _option),
    (r"请清空这一格", _blank),
    (r"没有的可以空着", _blank),
    (r"如(0531-\d+)", _that_word),
    (r"“(.+?)”是约数", _amount),
    (r"“(.+?)”带有“万”", _amount),
    (r"“(.+?)”不是一个单纯的数字", _amount),
    (r"应填整数，现在是([\d.]+)", _whole),
    (r"填的是-?\d+，应不小于(\d+)", _least),
    (r"填的是-?\d+，应在\d+到(\d+)之间", _least),
    (r"应填数字，现在填的是“(.+?)”", _in_digits),
    (r"变成日期|现在是一个日期|已无法保存准确数值", _offer),
    (r"不是完整的日期|这个日期不存在|应填日期|看不出是哪一天", _day),
    (r"在本报告期（到(\S+?)为止）之后", _that_day),
    (r"晚于填报日期(\S+?日)", _that_day),
    (r"早于“.+?”的(\S+?日)", _that_day),
    (r"上期登记的是另一件事（“(.+?)”是“(.+?)”）", _as_it_was),
    (r"已把这些行补在表末", _nothing),
    (r"另编", _free_key),
    (r"请按(\w+)的样子编号", _shaped_key),
    (r"“(.+?)”在《(.+?)》中找不到", _known_key),
    (r"请精简到(\d+)字", _shorten),
    (r"身份证号或手机号", _without_numbers),
    (r"([A-Z]+\d+:[A-Z]+\d+)是合并单元格", _unmerge),
    (r"不用公式", _offer),
    (r"请补填|已补上“.+?”一栏", _offer),
    (r"金额(\d+\.\d\d)\d*的小数超过两位", _cents),
    (r"却填了“(否)”", _yes),
    (r"应为(\d+)", _that_word),
    (r"没有“(资金)”", _add_money),
    (r"不是(个案性|暂时难以解决)", _fitting_need),
    (r"两处应同时为已解决和已办结", _offer_other),
    (r"设为文本格式重新录入", _blank),
)


def put_right(data: bytes) -> tuple[bytes, list[Line]]:
    """Mend and explain what the returned copy lists; give the saved copy and the unclear lines."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data))
        reader = Reader(book)
        reader.work()
        target = io.BytesIO()
        book.save(target)
    return target.getvalue(), reader.puzzled
