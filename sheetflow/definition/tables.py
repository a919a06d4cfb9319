"""The tables of a campaign workbook, found by their titles and headers, row by row.

This module owns what an office does to a workbook without meaning it: a sheet renamed, a title row
deleted, a header copied down, cells merged, rows struck out instead of deleted, a note under the
table. Each is told at its cell, and the rest is read all the same. It refuses to know what rows mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from sheetflow.definition.faults import Faults, Spot
from sheetflow.definition.layout import HEADER_ROW, PARTS, UNREAD, Field, Listed, Part
from sheetflow.definition.lines import Cell, Line, shown
from sheetflow.schemas.likely import is_it, likely, same
from sheetflow.workbook import Address, Mark, RawSheet, RawWorkbook, cell_name, column_letters

_SEARCHED = 12
_FEWEST_HEADERS = 2
_LIST = "list"
_NOTE = re.compile(
    r"(注|备注|说明|填表说明|※|\*|制表|填表|审核人|负责人)(人|\d*)\s*[：:、.．]|[（(]注|※"
)
_LONGEST_NAME = 40
_MOST_ROWS = 5000
_COPY = re.compile(r"(（\d+）|\d+|副本|_\d+|-副本)+$")


@dataclass(frozen=True)
class Tables:
    """All rows by the title of their table; `levels` are the headers that name a level, by table."""

    lines: Mapping[str, tuple[Line, ...]]
    levels: Mapping[str, Mapping[tuple[str, str], Spot]]
    spots: Mapping[str, Spot]
    """Each table as a whole, as it is called in the file."""

    def has(self, title: str) -> bool:
        """Whether the file has that table."""
        return title in self.spots

    def of(self, title: str) -> tuple[Line, ...]:
        """The rows of a table, none where the file lacks it."""
        return self.lines.get(title, ())


def read_tables(raw: RawWorkbook, faults: Faults) -> Tables:
    """Find every table of a campaign workbook and read its rows."""
    lines: dict[str, tuple[Line, ...]] = {}
    levels: dict[str, Mapping[tuple[str, str], Spot]] = {}
    spots: dict[str, Spot] = {}
    for table, sheet in _sheets(raw, faults):
        reading = _Reading(table, sheet, faults)
        lines[table.title] = tuple(reading.lines())
        levels[table.title] = reading.levels
        spots[table.title] = Spot(sheet=sheet.title)
    return Tables(lines, levels, spots)


def _sheets(raw: RawWorkbook, faults: Faults) -> Iterator[tuple[Part, RawSheet]]:
    """Find the sheet of each table; tell which are missing, and which are none."""
    by_title = {same(table.title): table for table in PARTS}
    found: dict[str, RawSheet] = {}
    others: list[RawSheet] = []
    for sheet in raw.sheets:
        title = same(sheet.title)
        if title in by_title:
            found.setdefault(by_title[title].title, sheet)
        elif not (title.startswith("_") or title == same(UNREAD)):
            others.append(sheet)
    needed = [table.title for table in PARTS if table.needed]
    if found.keys().isdisjoint(needed) and not any(_bare(sheet) in needed for sheet in others):
        titles = "、".join(f"《{title}》" for title in needed)
        told = f"这不是活动工作簿：没有{titles}这些工作表。新的可用 campaign new 建立。"
        faults.add(Spot(), told)
        return
    for sheet in others:
        table = _meant(sheet, [table for table in PARTS if table.title not in found])
        if table:
            found[table.title] = sheet
            told = f"没有《{sheet.title}》这张工作表，是不是《{table.title}》？请把工作表名改成“{table.title}”。"
            faults.add(Spot(sheet=sheet.title), told, table.title)
        else:
            faults.add(Spot(sheet=sheet.title), _is_none(sheet))
    for table in PARTS:
        if table.title in found:
            yield table, found[table.title]
        elif table.needed:
            faults.add(Spot(sheet=table.title), f"没有《{table.title}》这张工作表，请补上。")


def _meant(sheet: RawSheet, missing: Sequence[Part]) -> Part | None:
    """Give the table that a sheet of another title is meant to be."""
    by_title = {table.title: table for table in missing}
    return by_title.get(_bare(sheet)) or by_title.get(likely(sheet.title, by_title))


def _bare(sheet: RawSheet) -> str:
    """Give a sheet's title without what Excel puts behind that of a copy."""
    return _COPY.sub("", same(sheet.title))


def _is_none(sheet: RawSheet) -> str:
    titles = [table.title for table in PARTS]
    bare = _bare(sheet)
    if bare in titles:
        return f"程序只读《{bare}》，这张像是它的副本。不用的请删掉，要留着的把名称改成“_{sheet.title}”。"
    known = "、".join(titles)
    rest = f"只读{known}；别的工作表请删掉，或把名称改成“说明”、“_”开头的。"
    return f"没有《{sheet.title}》这张工作表{is_it(likely(sheet.title, titles), '《》')}{rest}"


@dataclass
class _Reading:
    """One table while it is read."""

    table: Part
    sheet: RawSheet
    faults: Faults
    levels: dict[tuple[str, str], Spot] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.columns: dict[int, str] = {}
        self.by_level: dict[int, tuple[str, str]] = {}
        self.headers: dict[int, str] = {}
        self.covered = dict(self._merged())
        self.groups = {
            entry.name
            for entry in self.table.fields
            if entry.drawn_from in {Listed.FORMS, Listed.SHEETS} or entry.name == _LIST
        }

    def lines(self) -> Iterator[Line]:
        """Give the rows in which anything stands."""
        header = self._header_row()
        if not header:
            return
        self._read_headers(header)
        last = len(self.sheet.rows)
        if last > _MOST_ROWS:
            told = f"表太长：写到了第{last}行，最多到第{_MOST_ROWS}行。下面没用的行请删掉。"
            self.faults.add(self._spot(_MOST_ROWS + 1, 1), told)
            last = _MOST_ROWS
        for row in range(header + 1, last + 1):
            line = self._line(row)
            if line is not None:
                yield line
        self._tell_unnamed(header)

    def _spot(self, row: int, column: int) -> Spot:
        name = f"{_letters(column)}{row}"
        return Spot(sheet=self.sheet.title, cell=name, header=self.headers.get(column, ""))

    def _header_row(self) -> int:
        """Find the row of the headers; tell where it is not the second one. 0 where there is none."""
        matching = {row: self._matching(row) for row in range(1, _SEARCHED + 1)}
        fewest = min(_FEWEST_HEADERS, len(self.table.fields))
        if matching[HEADER_ROW] >= fewest:
            return HEADER_ROW
        row = max(matching, key=lambda number: matching[number])
        if matching[row] < fewest:
            first = "、".join(column.header for column in self.table.fields[:3])
            told = f"第2行找不到表头（{first}……）。请从 campaign new 的样表把表头抄过来。"
            self.faults.add(Spot(sheet=self.sheet.title, cell="A2"), told)
            return 0
        mend = "请在表头上面补一行说明" if row < HEADER_ROW else "请删去表头上面多出的行"
        told = f"表头应在第2行，现在在第{row}行。{mend}，从第3行起一行填一项。"
        self.faults.add(Spot(sheet=self.sheet.title, cell=f"A{row}"), told)
        return row

    def _matching(self, row: int) -> int:
        cells = self.sheet.rows[row - 1] if row <= len(self.sheet.rows) else ()
        known = {same(column.header) for column in self.table.fields}
        return len({same(shown(cell)) for cell in cells} & known)

    def _read_headers(self, row: int) -> None:
        known = {same(entry.header): entry for entry in self.table.fields if not entry.levelled}
        mistyped: list[tuple[int, str]] = []
        suffixes = {f"级{entry.header}": entry for entry in self.table.fields if entry.levelled}
        for column, cell in enumerate(self.sheet.rows[row - 1], start=1):
            header = "".join(shown(cell).split())
            if not header:
                continue
            self.headers[column] = header
            word, of_level = _level_in(header, suffixes)
            if entry := known.get(same(header)):
                self._take(row, column, entry.name)
            elif of_level:
                self._take_level(row, column, (suffixes[of_level].name, word))
            else:
                words = [*(each.header for each in known.values())]
                meant = likely(header, words)
                told = f"没有“{header}”这一栏{is_it(meant)}不用的栏目请删掉整列。"
                self.faults.add(self._spot(row, column), told, meant)
                mistyped.append((column, meant))
        for column, meant in mistyped:  # what it says is read as what was meant
            if meant and known[same(meant)].name not in self.columns.values():
                self.columns[column] = known[same(meant)].name
        lacking = [
            entry.header
            for entry in self.table.fields
            if entry.required and not entry.levelled and entry.name not in self.columns.values()
        ]
        for header in lacking:
            told = f"缺少“{header}”这一栏，请在第2行补上表头。"
            self.faults.add(Spot(sheet=self.sheet.title, header=header), told)

    def _take(self, row: int, column: int, name: str) -> None:
        if name in self.columns.values():
            told = f"有两栏都叫“{self.headers[column]}”。请删掉一栏。"
            self.faults.add(self._spot(row, column), told)
            return
        self.columns[column] = name

    def _take_level(self, row: int, column: int, name: tuple[str, str]) -> None:
        if name in self.by_level.values():
            told = f"有两栏都叫“{self.headers[column]}”。请删掉一栏。"
            self.faults.add(self._spot(row, column), told)
            return
        self.by_level[column] = name
        self.levels[name] = self._spot(row, column)

    def _line(self, row: int) -> Line | None:
        """Read one row, None where there is nothing to be read."""
        read = {column: self._cell(row, column) for column in (*self.columns, *self.by_level)}
        filled = [column for column, cell in read.items() if cell.spoiled or shown(cell.value)]
        if not filled or self._tells_odd(row, filled):
            return None
        for column in filled:
            read[column] = self._judged(row, column, read[column])
        cells = {name: read[column] for column, name in self.columns.items()}
        for entry in self.table.fields:
            spot = Spot(sheet=self.sheet.title, header=entry.header)
            cells.setdefault(entry.name, Cell(spot, spoiled=entry.required))
        more = {name: read[column] for column, name in self.by_level.items()}
        if row in self.sheet.hidden_rows:
            told = "这一行隐藏着，也算数。不要的请删掉。"
            self.faults.hint(self._spot(row, filled[0]), told)
        return Line(self.table, row, cells, self.faults, more)

    def _cell(self, row: int, column: int) -> Cell:
        """Read a cell; of a merged one the names of other things hold for all rows, nothing else does."""
        at = self.covered.get((row, column), (row, column))
        value = self.sheet.cell(*at)
        spoiled = (row, column) in self.sheet.formulas or (row, column) in self.sheet.errors
        if at != (row, column) and self.columns.get(column, "") not in self.groups:
            spoiled = spoiled or bool(shown(value))
        return Cell(self._spot(row, column), value, spoiled)

    def _judged(self, row: int, column: int, cell: Cell) -> Cell:
        """Tell what keeps a cell from being read as it stands."""
        told = self._odd(row, column)
        if told:
            self.faults.add(cell.spot, told)
            return Cell(cell.spot, cell.value, spoiled=True)
        return cell

    def _odd(self, row: int, column: int) -> str:
        at = (row, column)
        if at in self.sheet.formulas:
            return (
                "这一格成了 Excel 的公式。请改成文字：去掉前面的等号，或在最前面加一个单引号（'）。"
            )
        if at in self.sheet.errors:
            return f"这一格是 {self.sheet.errors[at]}，请重新填写。"
        if at in self.sheet.struck or any(
            Mark.STRUCK in run.marks for run in self.sheet.runs.get(at, ())
        ):
            return "这里有删除线，看不出要不要。不要的请删掉，要的请去掉删除线。"
        return ""

    def _tells_odd(self, row: int, filled: Sequence[int]) -> bool:
        """Tell of a row that is none: a header once more, a note, a row struck out."""
        texts = {column: shown(self.sheet.cell(row, column)) for column in filled}
        spot = self._spot(row, filled[0])
        if len(filled) >= _FEWEST_HEADERS and all(
            same(texts[column]) == same(self.headers[column]) for column in filled
        ):
            self.faults.add(spot, "这一行又是表头，请删掉这一行。")
        elif len(filled) > 1 and all((row, column) in self.sheet.struck for column in filled):
            told = "这一行加了删除线，看不出要不要。不要的请删掉整行，已经用过的请填停用版本，要的请去掉删除线。"
            self.faults.add(spot, told)
        elif len(filled) == 1 and (odd := self._odd(row, filled[0])):
            self.faults.add(spot, odd)
        elif len(filled) == 1 and _is_note(texts[filled[0]]):
            told = "这一行只有这一格有字，像是表下面的说明。请移到第1行或《说明》里，不然请把这一行填全。"
            self.faults.add(spot, told)
        else:
            self._tell_merges(row)
            return False
        return True

    def _merged(self) -> Iterator[tuple[Address, Address]]:
        """Give each cell of a merged range with the one that holds its value."""
        for first_row, first_column, last_row, last_column in self.sheet.merges:
            if last_row <= HEADER_ROW:
                continue
            last_row = min(last_row, len(self.sheet.rows), _MOST_ROWS)  # noqa: PLW2901
            widest = max(map(len, self.sheet.rows), default=0)
            for row in range(first_row, last_row + 1):
                for column in range(first_column, min(last_column, widest) + 1):
                    yield (row, column), (first_row, first_column)

    def _tell_merges(self, row: int) -> None:
        for first_row, first_column, last_row, last_column in self.sheet.merges:
            if max(first_row, HEADER_ROW + 1) == row and last_row > HEADER_ROW:
                area = f"{cell_name(first_row, first_column)}:{cell_name(last_row, last_column)}"
                told = f"合并了单元格（{area}）。请取消合并，每一行都把内容填上。"
                self.faults.add(self._spot(row, first_column), told)

    def _tell_unnamed(self, header: int) -> None:
        """Tell of columns with no header in which something stands."""
        told: set[int] = set()
        for row in range(header + 1, min(len(self.sheet.rows), _MOST_ROWS) + 1):
            for column, cell in enumerate(self.sheet.rows[row - 1], start=1):
                if column not in self.headers and column not in told and shown(cell):
                    told.add(column)
                    message = (
                        "这一列没有表头，程序不会读它。请在第2行写上表头，或把这一列的内容删掉。"
                    )
                    self.faults.add(self._spot(row, column), message)


_letters = cache(column_letters)


def _is_note(text: str) -> bool:
    """Whether a text is one that people put under a table."""
    return bool(_NOTE.match(text)) or len(text) > _LONGEST_NAME or "。" in text


def _level_in(header: str, suffixes: Mapping[str, Field]) -> tuple[str, str]:
    """Give the level that a header names, and what of it: 县级截止 is (县, 级截止)."""
    for suffix in suffixes:
        if header.endswith(suffix) and len(header) > len(suffix):
            return header.removesuffix(suffix), suffix
    return "", ""
