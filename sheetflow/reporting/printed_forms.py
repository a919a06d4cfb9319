"""The forms of a campaign as they are printed: empty tables, to be read before anyone opens Excel.

This module owns how a sheet becomes tables on paper: columns numbered 甲 乙 for words and 1 2 for figures,
wide sheets in parts that can be read, head and foot. It refuses to know paper and fonts (`annex_page`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from math import ceil

from sheetflow.periods import Cadence
from sheetflow.reporting.annex_page import (
    CENTRED,
    GAP,
    HEADED,
    LYING_WIDTH,
    PLAIN,
    UPRIGHT_WIDTH,
    WORDS,
    AnnexPage,
    Cell,
    Row,
)
from sheetflow.schemas.campaign import FormHead
from sheetflow.schemas.cells import (
    Attachment,
    CellType,
    Day,
    Fraction,
    IdNumber,
    Money,
    NameKey,
    Phone,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.columns import Column
from sheetflow.schemas.forms import Form
from sheetflow.schemas.guide_words import mark_of
from sheetflow.schemas.layout import STATISTICS_COLUMNS, lookups_beside
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.sheets import Kind, Sheet

_STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_CHARACTER, _MARGINS = 210, 134
"""Twips of a character in a table, and of what stands free beside it in a cell."""
_LINES_OF_LABEL = 4
_WIDE = 10.0
_CHARACTERS: dict[type[CellType], float] = {
    Whole: 3.5,
    Money: 5,
    Fraction: 4.5,
    Day: 5,
    Choices: 6,
    References: 5,
    IdNumber: 9.5,
    Phone: 6.5,
    NameKey: 5,
    Attachment: 7,
}
"""How many characters a cell of the type must have room for; the others 3.5."""
_LEAST = 3.5
_ROW_HEIGHT, _CARD_ROOM, _TALLEST = 440, 8600, 2400
_FEWEST_ROWS, _MOST_ROWS, _HEADS_ROOM, _LINE = 4, 16, 3000, 360
"""How many empty rows are printed, and what title, head and foot take of a page."""
_SPACES = {
    Cadence.MONTH: "20　　年　　月",
    Cadence.TWO_MONTHS: "20　　年　　—　　月",
    Cadence.QUARTER: "20　　年第　　季度",
    Cadence.HALF_YEAR: "20　　年　　半年",
    Cadence.YEAR: "20　　年",
    Cadence.ONCE: "20　　年　　月　　日",
}
_FOOT = "单位负责人：　　　　　审核人：　　　　　填报人：　　　　　联系电话：　　　　　　填报日期：20　　年　　月　　日"
_FOOT_UPRIGHT = "单位负责人：　　　　审核人：　　　　填报人：　　　　填报日期：20　　年　　月　　日"


def printed_sheets(form: Form) -> tuple[Sheet, ...]:
    """Give the sheets that are printed: all but the one on which findings are answered."""
    return tuple(sheet for sheet in form.current.sheets if sheet.kind is not Kind.ANSWER)


def write_sheet(page: AnnexPage, form: Form, sheet: Sheet, head: FormHead, *, first: bool) -> None:
    """Write one sheet on pages of its own; the `first` one stands under the heading."""
    parts = parts_of(sheet, LYING_WIDTH) if sheet.is_table else []
    lies = len(parts) > 1 or (bool(parts) and _total(parts[0]) > UPRIGHT_WIDTH)
    turned = page.turn(lies=lies)
    page.write(sheet.title, "表题", new_page=not (turned or first))
    _write_head(page, form, sheet, head)
    notes = tuple(_notes(form, sheet))
    if sheet.kind is Kind.INDICATORS:
        _write_notes(page, notes)  # above: the table ends where it ends
        _write_statistics(page, form)
        return
    if sheet.is_table:
        for number, part in enumerate(parts):
            if number:
                page.write(
                    f"{sheet.title}（续表{_nth(number, len(parts))}）", "表题", new_page=True
                )
            _write_table(page, sheet, part, notes if number + 1 == len(parts) else ())
    else:
        _write_card(page, sheet)
    if sheet.key != form.cover.sheet:
        page.write(_FOOT if page.lies else _FOOT_UPRIGHT, PLAIN)
    _write_notes(page, notes)


def _write_notes(page: AnnexPage, notes: Sequence[str]) -> None:
    for note in notes:
        page.write(note, PLAIN)


def _nth(number: int, parts: int) -> str:
    return str(number) if parts > 2 else ""  # noqa: PLR2004 - a single one needs no number


def printed_label(column: Column) -> str:
    """Give what stands over a printed column: its label, its unit where that is not said, its mark."""
    unit = getattr(column.type, "unit", "")
    said = not unit or "（" in column.label or unit in column.label
    return column.label + ("" if said else f"（{unit}）") + mark_of(column)


def column_numbers(columns: Sequence[Column]) -> dict[str, str]:
    """Number columns by key as statisticians do: 甲 乙 for words, 1 2 for figures."""
    words: Iterator[str] = chain(_STEMS, (f"续{number}" for number in count(1)))
    figures = map(str, count(1))
    return {column.key: next(figures if column.type.numeric else words) for column in columns}


def parts_of(sheet: Sheet, room: int) -> list[tuple[Column, ...]]:
    """Cut the columns of a table where the page ends, about as many on each; the first comes on all."""
    columns = sheet.columns
    leading, fewest = columns[0], len(_cut(columns, room))
    share = (_total(columns) + (fewest - 1) * _width(leading)) / fewest
    for limit in range(int(share), room, _CHARACTER):
        parts = _cut(columns, limit)
        if len(parts) == fewest:
            return parts
    return _cut(columns, room)


def _cut(columns: Sequence[Column], room: int) -> list[tuple[Column, ...]]:
    parts: list[list[Column]] = [[]]
    for column in columns:
        if parts[-1] and _total([*parts[-1], column]) > room:
            parts.append([columns[0]])
        parts[-1].append(column)
    return [tuple(part) for part in parts]


def _total(columns: Sequence[Column]) -> int:
    return sum(map(_width, columns))


def _width(column: Column) -> int:
    kind, label = column.type, printed_label(column)
    wanted = _CHARACTERS.get(type(kind), _LEAST)
    if isinstance(kind, Choice):
        wanted = min(6.0, max(_LEAST, *map(len, kind.options)))
    elif isinstance(kind, Text):
        wanted = _WIDE if kind.free else min(8.0, max(4.0, kind.limit * 0.2))
    return round(max(wanted, len(label) / _LINES_OF_LABEL + 0.5) * _CHARACTER) + _MARGINS


@dataclass(frozen=True, slots=True)
class _Head:
    left: str
    middle: str
    right: tuple[str, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The three parts, their last lines at one height."""
        above = "\n" * (max(len(self.right), 1) - 1)
        return (
            Cell(above + self.left, PLAIN),
            Cell(above + self.middle, CENTRED),
            Cell("\n".join(self.right), PLAIN),
        )


def _write_head(page: AnnexPage, form: Form, sheet: Sheet, head: FormHead) -> None:
    """Write 表号 and what belongs to it above the table, as far as it is declared."""
    fields = (
        ("表　　号", head.number),
        ("制表机关", head.issuer),
        ("文　　号", head.document_number),
        ("有效期至", head.valid_until),
        ("计量单位", _common_unit(sheet)),
    )
    said = tuple(f"{label}：{value}" for label, value in fields if value)
    is_cover = sheet.key == form.cover.sheet
    left = "" if is_cover else "填报单位（盖章）："
    middle = "" if is_cover else _SPACES[form.cadence]
    if left or said:
        page.table([_Head(left, middle, said).cells], (5, 4, 4), headers=0, lined=False)
        page.write("", GAP)  # else Word makes one table of two


def _common_unit(sheet: Sheet) -> str:
    """Give the unit of all figures of a sheet, empty where they have several."""
    units = [getattr(each.type, "unit", "") for each in sheet.columns if each.type.numeric]
    return units[0] if len(units) > 1 and len(set(units)) == 1 else ""


def _write_table(
    page: AnnexPage, sheet: Sheet, columns: Sequence[Column], notes: Sequence[str]
) -> None:
    """Write a table with as many empty rows as the page has room for above its notes."""
    numbers = column_numbers(sheet.columns)
    lines = sum(ceil(len(note) * _CHARACTER / page.width) for note in notes)
    room = (page.height - _HEADS_ROOM - lines * _LINE) // _ROW_HEIGHT
    empty = max(_FEWEST_ROWS, min(room, _MOST_ROWS))
    rows: list[Row] = [
        [Cell(printed_label(column), HEADED) for column in columns],
        [numbers[column.key] for column in columns],
        *([""] * len(columns) for _ in range(empty)),
    ]
    page.table(rows, [_width(column) for column in columns], headers=2, height=_ROW_HEIGHT)


def _write_card(page: AnnexPage, sheet: Sheet) -> None:
    tall = [isinstance(column.type, Text) and column.type.free for column in sheet.columns]
    height = min(_TALLEST, _CARD_ROOM // len(tall)) if tall and all(tall) else _ROW_HEIGHT
    rows: list[Row] = [
        ("项目", "编号", "填写内容"),
        ("甲", "乙", "1"),
        *(
            (Cell(printed_label(column), WORDS), str(number), "")
            for number, column in enumerate(sheet.columns, start=1)
        ),
    ]
    page.table(rows, (30, 8, 60), headers=2, height=height)


def _write_statistics(page: AnnexPage, form: Form) -> None:
    rows: list[Row] = [
        STATISTICS_COLUMNS,
        ("甲", "乙", "丙", "1", "2", "3"),
        *(
            (
                indicator.code,
                Cell("　" * indicator.indent + indicator.label.strip("　"), WORDS),
                indicator.unit,
                *("", "", ""),
            )
            for indicator in form.current.indicators
        ),
        (Cell(_FOOT_UPRIGHT, WORDS, len(STATISTICS_COLUMNS)),),
    ]
    page.table(rows, (10, 34, 12, 14, 14, 14), headers=2, kept=4)


def _notes(form: Form, sheet: Sheet) -> Iterator[str]:
    """Say under the table how it is filled, what is beside it, and what asks for it."""
    shown = lookups_beside(sheet, form.current.by_key)
    beside = "、".join(f"“{label}”" for lookup, label in shown.items() if lookup.shown)
    notes = (sheet.note, f"表右侧的{beside}由程序自动带出，不用填写" if beside else "")
    if said := "；".join(filter(None, notes)):
        yield f"说明：{said}。"
    if sheet.source:
        yield f"依据：{sheet.source.rstrip('。')}。"
