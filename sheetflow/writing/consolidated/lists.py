"""The lists of a consolidated workbook: 来源一览, 情况说明, 跨县核实.

This module owns what the figures stand on, what was explained, and what two units have both
registered. It refuses figures of the statistics.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetflow.consolidation.contents import Consolidated, SamePersonRow
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.writing.book import Book
from sheetflow.writing.consolidated.details import Details, footer
from sheetflow.writing.styles import CENTRED, TEXT, WRAPPED
from sheetflow.writing.table_page import TablePage

_SOURCES = {
    "单位": 26,
    "回执号": 24,
    "文件名": 40,
    "sha256": 68,
    "接收时间": 17,
    "零报告": 8,
    "迟报": 8,
    "明细位置": 18,
}
_EXPLANATIONS = {
    "单位": 20,
    "回执号": 24,
    "审核意见编号": 13,
    "位置": 32,
    "审核意见": 40,
    "情况说明": 50,
}
_GROUP, _ABOVE_WIDTH = {"组号": 7}, 14
_SAME_PERSON = {"单位": 20, "编号": 20, "事项": 22, "来源": 24}
_YES = "是"


def add_sources(book: Book, consolidated: Consolidated) -> TablePage:
    """Add the sheet 来源一览, to be written once the details stand."""
    return TablePage(book, "来源一览", list(_SOURCES.values()), footer(consolidated))


def write_sources(page: TablePage, consolidated: Consolidated, details: Details) -> None:
    """Write what the workbook stands on, with a link to each source's first detail row."""
    page.open(
        f"来源一览（{consolidated.unit.name} {consolidated.period.label}）",
        "本汇总表由以下报表生成；原件按 sha256 存档，可逐一核对。",
        list(_SOURCES),
    )
    for row, source in enumerate(consolidated.sources, start=FIRST_ROW):
        page.put(row, 1, consolidated.name_of(source.unit))
        page.put(row, 2, source.receipt)
        page.put(row, 3, source.file_name)
        page.put(row, 4, source.sha256)
        page.moment(row, 5, source.accepted_at)
        page.put(row, 6, _YES if source.nil else "", CENTRED)
        page.put(row, 7, _YES if source.late else "", CENTRED)
        spot = details.first_rows.get(source.receipt)
        if spot:
            title, first = spot
            page.link((row, 8), title, f"A{first}", f"{title}第{first}行", TEXT)
        else:
            page.put(row, 8, "")
    page.close(FIRST_ROW + len(consolidated.sources) - 1, 2)


def write_explanations(book: Book, consolidated: Consolidated) -> None:
    """Write the answers to 核实性 findings, gone up with the data."""
    page = TablePage(book, "情况说明", list(_EXPLANATIONS.values()), footer(consolidated))
    page.open(
        f"情况说明（{consolidated.unit.name} {consolidated.period.label}）",
        f"各单位对核实性审核意见的说明，共{len(consolidated.explanations)}条。",
        list(_EXPLANATIONS),
    )
    for row, entry in enumerate(consolidated.explanations, start=FIRST_ROW):
        texts = (entry.place, entry.wrong, entry.explanation)
        page.fit(row, zip(texts, list(_EXPLANATIONS.values())[3:], strict=True))
        page.put(row, 1, consolidated.name_of(entry.unit))
        page.put(row, 2, entry.receipt)
        page.put(row, 3, entry.number, CENTRED)
        page.put(row, 4, entry.place, WRAPPED)
        page.put(row, 5, entry.wrong, WRAPPED)
        page.put(row, 6, entry.explanation, WRAPPED)
    page.close(FIRST_ROW + len(consolidated.explanations) - 1, 2)


def write_same_person(
    book: Book, consolidated: Consolidated, rows: Sequence[SamePersonRow]
) -> None:
    """Write which rows of different units are about the same person."""
    levels = consolidated.levels
    below = (levels.below(consolidated.unit.level) or levels.lowest).name
    above = [level.column for level in levels.origin(consolidated.unit.level)[:-1]]
    columns = {**_GROUP, **dict.fromkeys(above, _ABOVE_WIDTH), **_SAME_PERSON}
    page = TablePage(book, f"跨{below}核实", list(columns.values()), footer(consolidated))
    found = len({row.group for row in rows})
    said = f"有{found}组" if found else "没有发现"
    page.open(
        f"跨{below}核实（{consolidated.unit.name} {consolidated.period.label}）",
        f"身份证号相同、由不同单位登记的事项，{said}；已撤销的不列。"
        "请与有关单位核实是否重复登记；本表不列身份证号，各单位的报送不因此退回。",
        list(columns),
        lines=2,
    )
    for number, row in enumerate(rows, start=FIRST_ROW):
        page.put(number, 1, row.group, CENTRED)
        told = (*row.above, row.unit.name, row.key, row.matter, row.receipt)
        for column, text in enumerate(told, start=2):
            page.put(number, column, text)
    page.close(FIRST_ROW + len(rows) - 1, 1)
