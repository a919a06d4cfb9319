"""What every sheet's writer is handed, and the parts that all sheets share.

This module owns the head of a sheet (title, note) and its print set-up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sheetflow.findings import Catalogue, Finding
from sheetflow.prefill import Cells, Filling, marked_cells
from sheetflow.schemas.columns import Column
from sheetflow.schemas.evidence import names_files, takes_files
from sheetflow.schemas.guide_words import files_words
from sheetflow.schemas.layout import (
    HEADER_ROW,
    NOTE_ROW,
    STAMP_SHEET,
    TITLE_ROW,
    column_number,
    columns_in,
    quoted,
)
from sheetflow.schemas.options import Choice
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.workbook import column_letters
from sheetflow.writing.looks import BODY, BOLD, NOTE, RED, SONG, TITLE, Look, height_of
from sheetflow.writing.page import A4, Page
from sheetflow.writing.xlsx_book import Book

PRIVATE_WORDS = "内部资料，含个人信息"
SAMPLE_MARK = "（样例，不能报送）"
_WIDEST_PORTRAIT = 110.0
_WIDEST_PAGE = 250.0
_FIRST_SCREEN = 150.0
_WIDTH_OF_A_PAGE = 98.0
"""Columns (in Excel's units) that fit on A4 landscape at full size, whichever font stands in for ours."""
_MOST_LIST = 255
TABS: Final = {
    Kind.CARD: ("#C00000", "红色", "一项填一格"),
    Kind.FLOW: ("#2E75B6", "蓝色", "只填本期发生的"),
    Kind.LEDGER: ("#548235", "绿色", "台帐，逐期续填"),
    Kind.STOCK: ("#BF8F00", "黄色", "填现有的情况，有变化就改"),
    Kind.ANSWER: ("#C55A11", "橙色", "对审核意见的说明"),
    Kind.INDICATORS: ("#7F7F7F", "灰色", "自动计算，不用填"),
}
"""By kind of sheet: the colour of its tab, what that is called, and what the sheet wants."""
HELP_TAB = "#7030A0"
_RUN: Look = {"font_name": SONG, "font_size": 11}
_NOTE_INK: Look = {"font_color": "#404040"}
_RED_INK: Look = {"font_color": RED}
FIRST_LIST = 4
"""The column of the hidden sheet in which the first long list stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """What is printed on a form besides its declaration; blank fields are left out.

    `form_number` is 表号, `authority` 制定机关, `document` 批准文号, `valid_until` 有效期至,
    `measure_unit` 计量单位. `due` says until when and to whom the unit reports, `contact`
    whom it may ask; `folder` is what its folders are called, `readers` the offices above it. `sample`: it
    is a 填报样例.
    """

    campaign: str
    catalogue: Catalogue
    form_number: str = ""
    authority: str = ""
    document: str = ""
    valid_until: str = ""
    measure_unit: str = ""
    due: str = ""
    contact: str = ""
    folder: str = ""
    readers: tuple[str, ...] = ()
    sample: bool = False

    @property
    def asked(self) -> tuple[str, ...]:
        """Until when, to whom, and whom to ask, as far as they are known."""
        if self.sample:
            return ("这是样例：内容是编出来的，只供对照着填，不能报送。",)
        fields = (("截止时间", self.due), ("咨询", self.contact))
        return tuple(f"{label}：{value}" for label, value in fields if value)

    @property
    def origin(self) -> str:
        """What is said of a form that no authority has numbered: that it is of our own making."""
        return "" if self.form_number else "本表式为本系统设计。"

    @property
    def printed(self) -> tuple[str, ...]:
        """The printed fields that are not blank, each with its label."""
        fields = (
            ("表号", self.form_number),
            ("制定机关", self.authority),
            ("批准文号", self.document),
            ("有效期至", self.valid_until),
            ("计量单位", self.measure_unit),
        )
        return tuple(f"{label}：{value}" for label, value in fields if value)


@dataclass(frozen=True)
class WorkbookContext:
    """One workbook while it is written."""

    book: Book
    filling: Filling
    dress: Dress

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets that this workbook shows: those for answers only where there are any."""
        return tuple(
            sheet
            for sheet in self.filling.sheets
            if sheet.kind is not Kind.ANSWER or self.returned or self.filling.rows.get(sheet.key)
        )

    @cached_property
    def lists(self) -> Mapping[tuple[str, ...], str]:
        """Where drop-down words stand on the hidden sheet that are too many for a cell's own list."""
        kinds = [column.type for sheet in self.sheets for column in sheet.columns]
        long = dict.fromkeys(
            kind.options
            for kind in kinds
            if isinstance(kind, Choice)
            and (
                len(",".join(kind.options)) > _MOST_LIST or any("," in one for one in kind.options)
            )
        )
        places: dict[tuple[str, ...], str] = {}
        for number, options in enumerate(long, start=FIRST_LIST):
            letters = column_letters(number)
            area = f"${letters}$1:${letters}${len(options)}"
            places[options] = f"={quoted(STAMP_SHEET)}!{area}"
        return places

    @property
    def version(self) -> int:
        """The form's version."""
        return self.filling.form.version

    @property
    def returned(self) -> bool:
        """Whether this is a returned copy."""
        return bool(self.filling.findings)

    @cached_property
    def marks(self) -> Mapping[tuple[str, str], list[Finding]]:
        """The findings of each cell, by (sheet key, cell name)."""
        return marked_cells(self.filling)

    @property
    def whose(self) -> str:
        """Say who reports for when; empty in the master workbook."""
        unit, period = self.filling.unit, self.filling.period
        name = f"填报单位：{unit.name}" if unit.name else ""
        name += SAMPLE_MARK * self.dress.sample
        when = f"报告期：{period.label}" if period.period_id else ""
        return "　".join(part for part in (name, when) if part)

    def titled(self, title: str) -> str:
        """Give what stands above a sheet; each of a sample says that it is one."""
        return title + SAMPLE_MARK * self.dress.sample

    @property
    def private(self) -> bool:
        """Whether the form asks for personal data."""
        return any(column.personal for sheet in self.sheets for column in sheet.columns)


class SheetPage(Page):
    """The page of a declared sheet of the workbook that is written."""

    def __init__(self, context: WorkbookContext, sheet: Sheet, widths: Sequence[float]) -> None:
        super().__init__(context.book, sheet.title, widths)
        self.context, self.sheet = context, sheet
        self.worksheet.set_tab_color(TABS[sheet.kind][0])

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that the form's version has."""
        return columns_in(self.sheet, self.context.version)

    @property
    def rows(self) -> Sequence[Cells]:
        """What is filled in."""
        return self.context.filling.rows.get(self.sheet.key, ())

    @property
    def findings(self) -> Mapping[str, list[Finding]]:
        """The findings of each cell that has some, by its name."""
        marks = self.context.marks.items()
        return {cell: findings for (key, cell), findings in marks if key == self.sheet.key}

    def letters(self, column: str) -> str:
        """Give the letters of a column, by its key."""
        return column_letters(column_number(self.sheet, column, self.context.version))


def own_work(context: WorkbookContext) -> str:
    """Say whose work a unit with others below it fills in; nothing to those who are alone."""
    return "" if context.filling.alone else context.filling.form.own_work


def files_read_by(context: WorkbookContext, sheet: Sheet) -> str:
    """Say beside a sheet that names files who will read them; nothing beside others.

    Where no sheet names any, the first one says it.
    """
    form = context.filling.form
    naming = [each for each in context.sheets if names_files(each)]
    is_here = sheet in naming or (not naming and sheet is form.cover_sheet)
    return files_words(context.dress.readers) if is_here and takes_files(form) else ""


def write_head(page: Page, title: str, note: str, asked: str = "", until: int = 0) -> None:
    """Write title and note over the columns that the first screen shows.

    What is `asked` stands in red under the note, in the same cell: no label of a card is
    taken for it, nor it for one. The title ends in column `until` where something stands beside it.
    """
    shown, span = 0.0, 0
    for width in page.widths:
        if span > 1 and shown + width > _FIRST_SCREEN:
            break
        shown, span = shown + width, span + 1
    page.span(TITLE_ROW, 1, until or span, title, TITLE)
    page.span(NOTE_ROW, 1, span, note, NOTE)
    if asked:
        plain, red = (page.book.look(_RUN | ink) for ink in (_NOTE_INK, BOLD | _RED_INK))
        runs = (plain, f"{note}\n", red, asked) if note else (plain, " ", red, asked)
        page.worksheet.write_rich_string(NOTE_ROW - 1, 0, *runs, page.book.look(NOTE))
        note = f"{note}\n{asked}"
    # rows win over columns: without this the columns' lines would run up beside the title
    plain = page.book.look(BODY)
    page.worksheet.set_row(TITLE_ROW - 1, 32, plain)
    page.worksheet.set_row(NOTE_ROW - 1, max(20.0, height_of(note, shown)), plain)


def set_print(
    page: Page, width: float, *, whose: str = "", private: bool = False, header: bool = False
) -> None:
    """Set A4, page numbers, and the header row repeated where there is one.

    A sheet is printed one page wide, unless it is so wide that nobody could read it, see
    `set_across`.
    """
    sheet = page.worksheet
    sheet.set_paper(A4)
    if width > _WIDEST_PORTRAIT:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    if header:
        sheet.repeat_rows(TITLE_ROW - 1, HEADER_ROW - 1)
    left, right = PRIVATE_WORDS if private else "", whose.replace("&", "&&")
    sheet.set_header(f'&L&"宋体,Regular"&9 {left}&R&"宋体,Regular"&9 {right}')
    sheet.set_footer('&C&"宋体,Regular"&9 第 &P 页 共 &N 页')


def set_across(page: Page, widths: Sequence[float], keys: int) -> None:
    """Print a sheet that is too wide for one page on several, cut between columns.

    The first `keys` columns are repeated on each, which is why the office program cannot be
    left to fit the pages by itself: it would forget them, and print blank pages at the end.
    """
    pages = math.ceil(sum(widths) / _WIDEST_PAGE)
    page.worksheet.repeat_columns(0, max(keys, 1) - 1)
    if pages < 2:  # noqa: PLR2004 - all of it on one
        return
    repeated = sum(widths[: max(keys, 1)])
    room = (sum(widths) - repeated) / pages
    breaks: list[int] = []
    filled = widest = 0.0
    for number, width in enumerate(widths[max(keys, 1) :], start=max(keys, 1)):
        if filled and filled + width / 2 > room and len(breaks) < pages - 1:
            breaks.append(number)
            filled = 0.0
        filled += width
        widest = max(widest, filled)
    page.worksheet.set_v_pagebreaks(breaks)
    page.worksheet.fit_page = False
    page.worksheet.set_print_scale(int(_WIDTH_OF_A_PAGE * 100 / (repeated + widest)))
