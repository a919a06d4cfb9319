"""``units.xlsx`` written: a list that an office worker can go on editing in Excel.

This module owns how the workbook looks and how it helps while typing. It refuses to
overwrite half: readers see the old file or the new one.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import TYPE_CHECKING

from sheetflow.config.units_file import COLUMNS
from sheetflow.durable import replace_file
from sheetflow.units import Levels, UnitTree
from sheetflow.workbook import column_letters

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_LIST = "单位名单"
_HELP = "填写说明"
_ROOM = 1_000
"""Rows below the last unit that are formatted for more."""

_A4 = 9
_FONT = {"font_name": "宋体", "font_size": 11}
_DAYS = ("valid_from", "valid_to", "stand_in_from", "stand_in_to")
_SHADES = ("", "#DEEBF7", "#BDD7EE", "#9DC3E6", "#8FB8DE", "#7FACD6")
"""What tells the levels apart, by how far they are above the lowest."""
_KINDS = ["开发区", "兵团", "省直管"]
_MADE = dt.datetime(2012, 1, 1)  # noqa: DTZ001 - the same list gives the same bytes
_REMARKS = (
    "一行一个单位，行的先后就是汇总表、通报里的先后。",
    "可以加行、改行、加自己的栏目（如联系人）；表头几栏的名称请不要改。",
    "新加的单位，程序下次运行时自动建好报送、答复文件夹。",
    "单位撤并时不要删行：填上失效日期，再填由谁接手。删了行，以前的数据就没有归属了。",
    "红色的格子要改：单位代码重复，或上级单位、归入单位不在名单里。",
    "改完保存并关闭即可，不必重新启动程序。",
)


def write_units(path: Path, tree: UnitTree) -> None:
    """Write `tree` as a workbook that `read_units` reads back to the same tree."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": _LIST, "created": _MADE})
        _write_list(book, tree)
        _write_help(book, tree.levels)
    replace_file(path, buffer.getvalue())


def _write_list(book: Workbook, tree: UnitTree) -> None:
    sheet = book.add_worksheet(_LIST)
    text = book.add_format({**_FONT, "num_format": "@", "valign": "vcenter"})
    day = book.add_format(
        {**_FONT, "num_format": "yyyy-mm-dd", "align": "center", "valign": "vcenter"}
    )
    for index, column in enumerate(COLUMNS):
        sheet.set_column(index, index, column.width, day if column.key in _DAYS else text)
        sheet.write_string(0, index, column.header, _header(book, required=column.required))
    sheet.set_default_row(18)
    sheet.set_row(0, 30)
    for row, unit in enumerate(tree, start=1):
        for index, column in enumerate(COLUMNS):
            value = getattr(unit, column.key)
            if isinstance(value, dt.date):
                sheet.write_datetime(row, index, dt.datetime.combine(value, dt.time()), day)
            elif value:
                word = "；".join(value) if isinstance(value, tuple) else value
                sheet.write_string(row, index, word, text)
    last = len(tree) + _ROOM
    _help_typing(sheet, last, tree.levels)
    _colour(book, sheet, last, tree.levels)
    _set_up(sheet, last, len(tree))


def _header(book: Workbook, *, required: bool) -> Format:
    return book.add_format(
        {
            "font_name": "黑体",
            "font_size": 11,
            "font_color": "#FFFFFF",
            "bg_color": "#1F4E79" if required else "#5B7F9E",
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
            "border": 1,
            "border_color": "#FFFFFF",
        }
    )


def _letter(key: str) -> str:
    return column_letters([column.key for column in COLUMNS].index(key) + 1)


def _help_typing(sheet: Worksheet, last: int, levels: Levels) -> None:
    """Offer the choices and say what a column takes while its cell is selected."""
    for index, column in enumerate(COLUMNS):
        rule: dict[str, object] = {"validate": "any"}
        if column.key == "level":
            rule = {
                "validate": "list",
                "source": list(levels.names),
                "error_title": "级别",
                "error_message": f"请从下拉列表中选择：{levels.listed}。",
            }
        elif column.key == "kind":
            rule = {"validate": "list", "source": _KINDS, "show_error": False}
        elif column.key in _DAYS:
            rule = {
                "validate": "date",
                "criteria": ">=",
                "value": dt.date(1949, 10, 1),
                "error_title": column.header,
                "error_message": "请填日期，如 2012-12-01。",
            }
        hint = {"input_title": column.header, "input_message": column.told(levels)}
        sheet.data_validation(1, index, last, index, {**rule, **hint})


def _colour(book: Workbook, sheet: Worksheet, last: int, levels: Levels) -> None:
    """Mark what cannot stand, then tell the levels apart; live, so new rows follow."""
    unit_id, level = _letter("unit_id"), _letter("level")
    bad = book.add_format({"bg_color": "#F4B6B6"})
    for key in ("parent", "successor"):
        place = _letter(key)
        missing = f'=AND({place}2<>"",COUNTIF(${unit_id}$2:${unit_id}${last + 1},{place}2)=0)'
        rule = {"type": "formula", "criteria": missing, "format": bad}
        sheet.conditional_format(f"{place}2:{place}{last + 1}", rule)
    sheet.conditional_format(1, 0, last, 0, {"type": "duplicate", "format": bad})
    line = {"border": 1, "border_color": "#BFBFBF"}
    for rank, name in enumerate(levels.names):
        shade = {"bg_color": _SHADES[len(levels) - 1 - rank]} if rank < len(levels) - 1 else {}
        look = book.add_format({**line, **shade, **({} if rank else {"bold": True})})
        rule = {"type": "formula", "criteria": f'=${level}2="{name}"', "format": look}
        sheet.conditional_format(1, 0, last, len(COLUMNS) - 1, rule)


def _set_up(sheet: Worksheet, last: int, units: int) -> None:
    end = column_letters(len(COLUMNS))
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, units, len(COLUMNS) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{end}{last + 1}"})
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.set_selection(1, 0, 1, 0)


def _write_help(book: Workbook, levels: Levels) -> None:
    sheet = book.add_worksheet(_HELP)
    title = book.add_format({"font_name": "黑体", "font_size": 16, "valign": "vcenter"})
    wrapped = book.add_format(
        {**_FONT, "text_wrap": True, "valign": "vcenter", "border": 1, "border_color": "#BFBFBF"}
    )
    plain = book.add_format({**_FONT, "text_wrap": True, "valign": "vcenter"})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 8)
    sheet.set_column(2, 2, 78)
    sheet.set_row(0, 32)
    sheet.write_string(0, 0, "单位名单怎么填", title)
    for index, text in enumerate(("栏目", "必填", "怎么填")):
        sheet.write_string(1, index, text, _header(book, required=True))
    sheet.set_row(1, 22)
    for row, column in enumerate(COLUMNS, start=2):
        sheet.set_row(row, 34)
        required = "是" if column.required else ""
        for index, text in enumerate((column.header, required, column.told(levels))):
            sheet.write_string(row, index, text, wrapped)
    first = len(COLUMNS) + 3
    for number, remark in enumerate(_REMARKS, start=1):
        row = first + number - 1
        sheet.set_row(row, 24)
        sheet.merge_range(row, 0, row, 2, "", plain)
        sheet.write_string(row, 0, f"{number}. {remark}", plain)
    sheet.hide_gridlines(2)
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
