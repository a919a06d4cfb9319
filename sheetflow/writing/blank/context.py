"""What every sheet's writer is handed, and the parts that all sheets share.

This module owns the head of a sheet (title, note) and its print set-up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from xlsxwriter.worksheet import Worksheet

from sheetflow.findings import Catalogue, Finding
from sheetflow.prefill import Filling, marked_cells
from sheetflow.schemas.layout import HEADER_ROW, NOTE_ROW, TITLE_ROW
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.writing.measures import height_of
from sheetflow.writing.styles import BODY, NOTE, TITLE, Book

_A4 = 9
_WIDEST_PORTRAIT = 110.0
_WIDEST_PAGE = 250.0
_FIRST_SCREEN = 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """What is printed on a form besides its declaration; blank fields are left out.

    `form_number` is 表号, `authority` 制表机关, `document` 文号, `valid_until` 有效期至,
    `measure_unit` 计量单位.
    """

    campaign: str
    catalogue: Catalogue
    form_number: str = ""
    authority: str = ""
    document: str = ""
    valid_until: str = ""
    measure_unit: str = ""

    @property
    def printed(self) -> tuple[str, ...]:
        """The printed fields that are not blank, each with its label."""
        fields = (
            ("表号", self.form_number),
            ("制表机关", self.authority),
            ("文号", self.document),
            ("有效期至", self.valid_until),
            ("计量单位", self.measure_unit),
        )
        return tuple(f"{label}：{value}" for label, value in fields if value)


@dataclass(frozen=True)
class Work:
    """One workbook while it is written."""

    book: Book
    filling: Filling
    dress: Dress
    lists: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Where drop-down words stand that are too many for a cell's own list."""

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets that this workbook shows: those for answers only where there are any."""
        wanted = self.returned
        return tuple(
            sheet
            for sheet in self.filling.sheets
            if sheet.kind is not Kind.ANSWER or wanted or self.filling.rows.get(sheet.key)
        )

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
        when = f"报告期：{period.label}" if period.period_id else ""
        return "　".join(part for part in (name, when) if part)

    @property
    def private(self) -> bool:
        """Whether the form asks for personal data."""
        return any(column.personal for sheet in self.sheets for column in sheet.columns)


PRIVATE_WORDS = "内部资料，含个人信息"


def write_head(
    work: Work, sheet: Worksheet, title: str, note: str, widths: Sequence[float]
) -> None:
    """Write title and note over the columns that the first screen shows."""
    shown, span = 0.0, 0
    for width in widths:
        if span > 1 and shown + width > _FIRST_SCREEN:
            break
        shown, span = shown + width, span + 1
    for row, text, look in ((TITLE_ROW, title, TITLE), (NOTE_ROW, note, NOTE)):
        spot = work.book.look(look)
        if span > 1:
            sheet.merge_range(row - 1, 0, row - 1, span - 1, "", spot)
        sheet.write_string(row - 1, 0, text, spot)
    # rows win over columns: without this the columns' lines would run up beside the title
    plain = work.book.look(BODY)
    sheet.set_row(TITLE_ROW - 1, 32, plain)
    sheet.set_row(NOTE_ROW - 1, max(20.0, height_of(note, shown)), plain)


def set_print(
    sheet: Worksheet, width: float, *, whose: str = "", private: bool = False, header: bool = False
) -> None:
    """Set A4, page numbers, and the header row repeated where there is one.

    A sheet is printed one page wide, unless it is so wide that nobody could read it: then
    the first column is repeated on the second page.
    """
    sheet.set_paper(_A4)
    if width > _WIDEST_PORTRAIT:
        sheet.set_landscape()
    across = math.ceil(width / _WIDEST_PAGE)
    sheet.fit_to_pages(across, 0)
    if across > 1:
        sheet.repeat_columns(0, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    if header:
        sheet.repeat_rows(TITLE_ROW - 1, HEADER_ROW - 1)
    left = PRIVATE_WORDS if private else ""
    right = whose.replace("&", "&&")
    sheet.set_header(f'&L&"宋体,Regular"&9 {left}&R&"宋体,Regular"&9 {right}')
    sheet.set_footer('&C&"宋体,Regular"&9 第 &P 页 共 &N 页')
