"""One sheet of a campaign workbook: headers with remarks, rows, drop-downs, rare columns folded away.

The columns stand as `layout` declares them; before each group of rare ones stands a narrow blank column, so
that each is opened and closed by a button of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Final

from sheetflow.definition.layout import (
    ACTIVITY,
    FIRST_ROW,
    HEADER_ROW,
    OPTIONS,
    Content,
    Field,
    Listed,
    Part,
    Rare,
    Row,
)
from sheetflow.definition.meanings import NO, YES
from sheetflow.workbook import column_letters
from sheetflow.writing.looks import CENTRE, WRAP, Look, lines_of
from sheetflow.writing.xlsx_book import Book, plain_text

FONT = "微软雅黑"
_BODY: Final[Look] = {"font_name": FONT, "font_size": 9, "valign": "vcenter"}
_RULE = "#D0D0D0"
_CELL: Final[Look] = _BODY | WRAP | {"border": 1, "border_color": _RULE}
_FIRST: Final[Look] = {"top": 1, "top_color": "#7F7F7F"}
_HEADER: Final[Look] = (
    _BODY
    | WRAP
    | CENTRE
    | {"font_size": 10, "bold": True, "font_color": "#FFFFFF", "border": 1}
    | {"border_color": "#FFFFFF"}
)
_NOTE: Final[Look] = _BODY | {"font_color": "#595959"}
_NAMED: Final[Look] = {"bg_color": "#FFF9D6", "bold": True}
_HEADER_HEIGHT, _NOTE_HEIGHT = 32, 20
_LINE, _AROUND, _LEAST = 13.5, 4, 18
_GAP = 1.6
_PALER = 0.4
_TALLEST = 400
_WIDTH_OF_9PT = 0.9
"""A column's width is counted in digits of 11 pt."""


class DefinitionSheet:
    """Writes one sheet. `lists` are what drop-downs draw on, which reach down to row `last`."""

    def __init__(
        self,
        book: Book,
        part: Part,
        fields: Sequence[Field],
        lists: Mapping[Listed, str | list[str]],
        last: int,
    ) -> None:
        self.book, self.part, self.fields, self.lists, self.last = book, part, fields, lists, last
        self.sheet = book.file.add_worksheet(part.title)
        self.columns = dict(self._places())

    def _places(self) -> Iterator[tuple[str, int]]:
        """Place each field; a blank column goes before each group of rare ones."""
        place = 0
        for rare, group in groupby(self.fields, key=lambda field: field.rare):
            place += 1 if rare else 0
            for field in group:
                yield field.key, place
                place += 1

    def write(self, rows: Sequence[Row]) -> None:
        """Write note, headers and rows, and dress the sheet."""
        self._set_up()
        self._write_note(rows)
        for field in self.fields:
            self._write_header(field)
        firsts = _first_of_each(self.part, rows)
        for number, row in enumerate(rows):
            self._write_row(FIRST_ROW - 1 + number, row, is_first=number in firsts)
        if self.part.items:
            self._offer_items(rows)
            return
        self._rule_new_rows(len(rows))
        for field in self.fields:
            self._offer(field, FIRST_ROW - 1, self.last - 1, self.columns[field.key])

    def _set_up(self) -> None:
        sheet, part = self.sheet, self.part
        sheet.set_tab_color(f"#{part.tab}")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW - 1)
        sheet.set_footer("&C&9&A 第&P页")
        sheet.freeze_panes(HEADER_ROW, part.fixed)
        sheet.outline_settings(visible=True, symbols_below=False, symbols_right=False)
        sheet.set_row(0, _NOTE_HEIGHT)
        sheet.set_row(HEADER_ROW - 1, _HEADER_HEIGHT)
        usual = sum(1 for field in self.fields if not field.rare)
        sheet.autofilter(HEADER_ROW - 1, 0, self.last - 1, usual - 1)
        for field in self.fields:
            place = self.columns[field.key]
            folded = {"level": 1, "hidden": True} if field.rare else {}
            look = self.book.look(_BODY | WRAP | (CENTRE if field.is_narrow else {}))
            sheet.set_column(place, place, field.width, look, folded)
        for place in self._gaps():
            sheet.set_column(place, place, _GAP, None, {"collapsed": True})

    def _gaps(self) -> list[int]:
        """Give the blank columns before groups: each bears its group's button."""
        taken = set(self.columns.values())
        return [place for place in range(max(taken)) if place not in taken]

    def _write_note(self, rows: Sequence[Row]) -> None:
        """Write what the sheet is for, and how many cells stand in each group that is folded."""
        counts = {rare: 0 for rare in Rare if any(field.rare is rare for field in self.fields)}
        for row in rows:
            for field in self.fields:
                if field.rare and field.key in row:
                    counts[field.rare] += 1
        folded = "".join(f"（＋{rare}：填了{count}格）" for rare, count in counts.items())
        lead = (
            f"{self.part.note}少用的栏目收在上方的＋号里，点开就能填。"
            if counts
            else self.part.note
        )
        self.sheet.write_string(0, 0, lead + folded, self.book.look(_NOTE))

    def _write_header(self, field: Field) -> None:
        place = self.columns[field.key]
        colour = paler(self.part.tab, _PALER) if field.rare else self.part.tab
        look = self.book.look(_HEADER | {"bg_color": f"#{colour}"})
        self.sheet.write_string(HEADER_ROW - 1, place, field.header, look)
        self._remark(HEADER_ROW - 1, place, field.help)

    def _remark(self, row: int, place: int, text: str) -> None:
        width = 220
        size = {"width": width, "height": 14 + 17 * lines_of(text, width / 6.2)}
        dress = {"font_name": FONT, "font_size": 9, "color": "#FFFFE1", "visible": False}
        self.sheet.write_comment(row, place, text, {**size, **dress, "author": ""})

    def _write_row(self, number: int, row: Row, *, is_first: bool) -> None:
        """Write one row as high as its words need."""
        tallest = 1
        for field in self.fields:
            look = _CELL | (CENTRE if field.is_narrow else {}) | (_FIRST if is_first else {})
            if self.part is ACTIVITY and field.name == "item":
                look |= _NAMED
            tallest = max(tallest, self._put(number, field, row, look))
        if row:
            self.sheet.set_row(number, max(_LEAST, min(_TALLEST, tallest * _LINE + _AROUND)))

    def _rule_new_rows(self, count: int) -> None:
        """Give rows that are added a border, and print none of those that are blank."""
        letters = column_letters(self.columns[self.fields[-1].key] + 1)
        first, last = FIRST_ROW - 1 + count, self.last - 1
        border = self.book.file.add_format({"border": 1, "border_color": _RULE})
        rule = {"type": "formula", "criteria": f"=COUNTA($A{first + 1}:${letters}{first + 1})>0"}
        for field in self.fields:
            place = self.columns[field.key]
            self.sheet.conditional_format(first, place, last, place, {**rule, "format": border})

    def _put(self, number: int, field: Field, row: Row, look: Look) -> int:
        """Write one cell and count its lines."""
        place, value = self.columns[field.key], row.get(field.key)
        match value:
            case None | "":
                self.sheet.write_blank(number, place, None, self.book.look(look))
                return 1
            case dt.date():
                dated = self.book.look(look | {"num_format": "yyyy-mm-dd"})
                self.sheet.write_datetime(number, place, value, dated)
                return 1
            case str():
                self.sheet.write_string(number, place, plain_text(value), self.book.look(look))
                return lines_of(value, field.width / _WIDTH_OF_9PT) if not field.rare else 1
        beside_words: Look = {} if field.is_narrow else {"align": "left"}
        self.sheet.write_number(number, place, value, self.book.look(look | beside_words))
        return 1

    def _offer_items(self, rows: Sequence[Row]) -> None:
        """Give each item of 活动 its own drop-down."""
        items = {item.header: item for item in self.part.items}
        place = self.columns["value"]
        for number, row in enumerate(rows, start=FIRST_ROW - 1):
            if item := items.get(str(row.get("item", ""))):
                self._offer(item, number, number, place)

    def _offer(self, field: Field, first: int, last: int, place: int) -> None:
        """Give cells a drop-down, where there is anything to choose from."""
        offered = self._offered(field)
        if not offered:
            return
        told = {"error_title": "不在下拉列表里", "error_message": "请从下拉列表里选一个。"}
        strict = field.content in {Content.WORD, Content.YES_NO}
        how = {"error_type": "stop", **told} if strict else {"show_error": False}
        rule = {"validate": "list", "source": offered, "ignore_blank": True, **how}
        self.sheet.data_validation(first, place, last, place, rule)

    def _offered(self, field: Field) -> str | list[str]:
        if field.content in {Content.YES_NO, Content.REQUIRED}:
            return [YES, NO]
        if field.words:
            return list(field.words)
        return self.lists.get(field.drawn_from, "") if field.drawn_from else ""


def paler(colour: str, share: float) -> str:
    """Mix a colour (``548235``) with that share of white."""
    parts = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return "".join(f"{round(part + (255 - part) * share):02X}" for part in parts)


def _first_of_each(part: Part, rows: Sequence[Row]) -> set[int]:
    """Number the rows with which another sheet, or another list of options, begins."""
    name = next((each for each in ("sheet", "list") if each in part.by_name), "")
    if not name or (part is not OPTIONS and "label" not in part.by_name):
        return set()
    pairs = pairwise(rows)
    return {number for number, (one, two) in enumerate(pairs, 1) if one.get(name) != two.get(name)}
