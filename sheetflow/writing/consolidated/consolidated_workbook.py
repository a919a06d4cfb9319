"""The consolidated workbook of a city or the province: which sheets, in which order, and its lists.

The detail sheets stand last, since nobody knows beforehand how many 续 sheets they need; all that
speaks of their rows is written after them. It refuses to compute a figure that it cannot show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheetflow.consolidation.contents import Consolidated, SamePersonRow
from sheetflow.consolidation.corrections import CorrectionRow
from sheetflow.schemas.indicators import Expected, Indicator
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.schemas.sheets import Kind
from sheetflow.workbook import MAX_ROWS, cell_name
from sheetflow.writing.board import write_board_list
from sheetflow.writing.consolidated.checks import add_checks, write_checks
from sheetflow.writing.consolidated.detail_sheets import Details, footer, write_details
from sheetflow.writing.consolidated.joined import Bulk
from sheetflow.writing.consolidated.matrix import (
    FIRST_UNIT_COLUMN,
    Matrix,
    figure_look,
    write_current,
    write_total,
)
from sheetflow.writing.consolidated.matrix_charts import write_charts
from sheetflow.writing.consolidated.words_sheet import write_answers, write_cards, write_words
from sheetflow.writing.looks import CENTRED, TEXT, WRAPPED
from sheetflow.writing.page import TablePage
from sheetflow.writing.receipt import in_groups
from sheetflow.writing.xlsx_book import Book, streamed_book

_SOURCES = {
    "单位": 26,
    "回执号": 24,
    "文件名": 40,
    "文件校验码": 82,
    "接收时间": 17,
    "零报告": 8,
    "迟报": 8,
    "明细位置": 18,
}
_SOURCES_SHEET = "来源一览"
_ELSEWHERE = {"单位": 26, "明细所在的工作簿": 70}
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
_CORRECTIONS = {
    "序号": 6,
    "更正单位": 16,
    "更正的报告期": 15,
    "代码": 7,
    "指标": 24,
    "口径": 7,
    "所在单元格": 20,
    "原数": 12,
    "现数": 12,
    "差额": 11,
    "更正原因": 24,
    "原报送": 18,
    "现报送": 18,
    "更正时间": 15,
}
_OLD, _NEW, _DIFFERENCE = 8, 9, 10
_NO_DIFFERENCE = "—"


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A workbook whose bulk sheets wait for their rows: `parts` maps the part's name to the sheet."""

    content: bytes
    parts: Mapping[str, str]


def write_consolidated(consolidated: Consolidated, *, most_rows: int = MAX_ROWS) -> bytes:
    """Write 汇总表 as .xlsx: the same content gives the same bytes.

    A detail sheet ends at row `most_rows` and continues in a 续 sheet. Rows are streamed.
    """
    return write_skeleton(consolidated, {}, most_rows).content


def write_skeleton(
    consolidated: Consolidated, bulk: Mapping[str, Bulk], most_rows: int = MAX_ROWS
) -> Skeleton:
    """Write 汇总表 without the rows of `bulk` (by sheet key), to be joined in by `joined.join`."""
    heading = f"{consolidated.whose} {consolidated.period.label}"
    foot, levels = footer(consolidated), consolidated.levels
    title = f"{consolidated.campaign_title}汇总表（{heading}）"
    with streamed_book(title, consolidated.stamp) as book:
        write_board_list(book, consolidated.board, heading, foot, levels)
        has_figures = bool(consolidated.statistics.indicators)
        figures = _write_figures(book, consolidated) if has_figures else None
        if consolidated.elsewhere:
            _write_elsewhere(book, consolidated)
        sources = TablePage(book, _SOURCES_SHEET, list(_SOURCES.values()), foot)
        _write_explanations(book, consolidated)
        write_words(book, consolidated)
        listed = write_cards(book, consolidated)
        write_answers(book, consolidated)
        if consolidated.same_person is not None:
            _write_same_person(book, consolidated, consolidated.same_person)
        details = write_details(book, consolidated, most_rows, bulk)
        for receipt, row in listed.items():
            details.first_rows.setdefault(receipt, row)
        _write_sources(sources, consolidated, details)
        if figures:
            write_checks(*figures, consolidated, details)
        return Skeleton(book.close(), details.bulk_parts)


def write_detail_file(tables: Consolidated, bulk: Mapping[str, Bulk]) -> Skeleton:
    """Write the rows of one directly below alone, in a workbook beside the reader's own 汇总表."""
    title = f"{tables.campaign_title}明细（{tables.whose} {tables.period.label}）"
    with streamed_book(title, tables.stamp) as book:
        sources = TablePage(book, _SOURCES_SHEET, list(_SOURCES.values()), footer(tables))
        write_words(book, tables)
        listed = write_cards(book, tables)
        details = write_details(book, tables, MAX_ROWS, bulk)
        for receipt, row in listed.items():
            details.first_rows.setdefault(receipt, row)
        _write_sources(sources, tables, details)
        return Skeleton(book.close(), details.bulk_parts)


def _write_elsewhere(book: Book, consolidated: Consolidated) -> None:
    """Write in which workbook the rows of each one directly below stand."""
    page = TablePage(book, "明细目录", list(_ELSEWHERE.values()), footer(consolidated))
    page.open(
        f"明细目录（{consolidated.whose} {consolidated.period.label}）",
        "明细行数太多，一本工作簿放不下：下一级各单位及其所属单位的明细和文字各列一本，放在本表旁边；"
        "本表只列本级的。身份证号相同的事项由下一级各自核实，本表不再核对。",
        list(_ELSEWHERE),
    )
    for row, entry in enumerate(consolidated.elsewhere, start=FIRST_ROW):
        page.put(row, 1, consolidated.name_of(entry.unit))
        if entry.name:
            page.link_file((row, 2), entry.name)
        else:
            page.put(row, 2, "（尚无明细）")
    page.close(FIRST_ROW + len(consolidated.elsewhere) - 1, 1)


def _write_figures(
    book: Book, consolidated: Consolidated
) -> tuple[TablePage, tuple[Matrix, Matrix]]:
    """Write all about the statistics but 节点检查, whose page waits for the details."""
    matrices = write_current(book, consolidated), write_total(book, consolidated)
    checks = add_checks(book, consolidated)
    write_charts(book, consolidated, *matrices)
    if consolidated.corrections:
        _write_corrections(book, consolidated, matrices)
    return checks, matrices


def _write_sources(page: TablePage, consolidated: Consolidated, details: Details) -> None:
    """Write what the workbook stands on, with a link to each source's first detail row."""
    made_of = (
        "本汇总表由以下报表和下一级单位的汇总数生成；所属单位的报表、情况说明和更正，见下一级单位的汇总表。"
        if consolidated.is_folded
        else "本汇总表由以下报表生成；"
    )
    page.open(
        f"来源一览（{consolidated.whose} {consolidated.period.label}）",
        f"{made_of}原件按文件校验码存档，与回执上的一致，可逐一核对。",
        list(_SOURCES),
    )
    for row, (unit, source) in enumerate(consolidated.sources, start=FIRST_ROW):
        page.put(row, 1, consolidated.name_of(unit))
        page.put(row, 2, source.receipt)
        page.put(row, 3, source.file_name)
        page.put(row, 4, in_groups(source.sha256))
        page.moment(row, 5, source.accepted_at)
        page.put(row, 6, "是" if source.nil else "", CENTRED)
        page.put(row, 7, "是" if source.late else "", CENTRED)
        if first_row := details.first_rows.get(source.receipt):
            title, first = first_row
            page.link((row, 8), title, f"A{first}", f"{title}第{first}行", TEXT)
        else:
            page.put(row, 8, "")
    page.close(FIRST_ROW + len(consolidated.sources) - 1, 2)


def _write_explanations(book: Book, consolidated: Consolidated) -> None:
    """Write the answers to 核实性 findings, gone up with the data."""
    page = TablePage(book, "情况说明", list(_EXPLANATIONS.values()), footer(consolidated))
    page.open(
        f"情况说明（{consolidated.whose} {consolidated.period.label}）",
        f"各单位对核实性审核意见的说明，共{len(consolidated.explanations)}条。"
        + "有所属单位的下一级单位，其说明见该单位的汇总表，本表不列。" * consolidated.is_folded,
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


def _write_same_person(
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
        f"跨{below}核实（{consolidated.whose} {consolidated.period.label}）",
        f"身份证号相同、由不同单位登记的事项，{said}；已撤销的不列。"
        "请与有关单位核实是否重复登记；本表不列身份证号，各单位的报送不因此退回。",
        list(columns),
        lines=2,
    )
    for number, row in enumerate(rows, start=FIRST_ROW):
        page.put(number, 1, row.group, CENTRED)
        told = (*row.above, consolidated.name_of(row.unit), row.key, row.matter, row.receipt)
        for column, text in enumerate(told, start=2):
            page.put(number, column, text)
    page.close(FIRST_ROW + len(rows) - 1, 1)


def _write_corrections(
    book: Book, consolidated: Consolidated, matrices: tuple[Matrix, Matrix]
) -> None:
    """Write one line for each corrected figure, with a link to the cell it stands in."""
    rows = consolidated.corrections
    page = TablePage(book, "更正表", list(_CORRECTIONS.values()), footer(consolidated))
    corrected = [row for row in rows if not row.adjusted]
    units = len({row.unit.unit_id for row in corrected})
    told = [f"有{units}个单位更正了已接收的报表，涉及{len(corrected)}个数"] if corrected else []
    if adjusted := len(rows) - len(corrected):
        told.append(f"有{adjusted}个数因指标的口径有变化而调整，报表没有更正")
    page.open(
        f"更正表（{consolidated.whose} {consolidated.period.label}）",
        f"本表发布后，{'；'.join(told)}。原数、现数是更正单位自己的数；所在单元格和该行合计随之增减同一差额"
        "（比率由更正后的数重新算出）。"
        + "有所属单位的下一级单位，其更正见该单位的汇总表，不再列入本表。"
        * consolidated.is_folded,
        list(_CORRECTIONS),
        lines=2,
    )
    for number, row in enumerate(rows, start=FIRST_ROW):
        _write_correction(page, number, row, consolidated, matrices[0 if row.current else 1])
    page.close(FIRST_ROW + len(rows) - 1, 2)


def _write_correction(
    page: TablePage, number: int, row: CorrectionRow, consolidated: Consolidated, matrix: Matrix
) -> None:
    gone = Indicator(row.code, "（已取消的指标）", "", Expected())
    indicator = consolidated.form.indicator.get(row.code, gone)
    stock = consolidated.statistics.kinds.get(row.code) is Kind.STOCK
    page.fit(number, [(row.reason, _CORRECTIONS["更正原因"])])
    page.put(number, 1, number - FIRST_ROW + 1, CENTRED)
    page.put(number, 2, consolidated.name_of(row.unit))
    page.put(number, 3, row.period_label)
    page.put(number, 4, row.code)
    page.put(number, 5, indicator.label.strip("　"))
    page.put(number, 6, "本期" if row.current else "期末" if stock else "累计", CENTRED)
    columns = [column.unit.unit_id for column in consolidated.statistics.columns]
    if row.code in matrix.rows and row.column.unit_id in columns:
        column = FIRST_UNIT_COLUMN + columns.index(row.column.unit_id)
        title, cell = matrix.page.title, cell_name(matrix.rows[row.code], column)
        page.link((number, 7), title, cell, f"{title} {cell}", TEXT)
    else:  # a figure that the matrix does not show
        page.put(number, 7, "", TEXT)
    look = figure_look(consolidated.form, indicator)
    page.put(number, _OLD, row.old, look)
    page.put(number, _NEW, row.new, look)
    old, new = cell_name(number, _OLD), cell_name(number, _NEW)
    known = row.old is not None and row.new is not None
    difference = float(row.new or 0) - float(row.old or 0) if known else _NO_DIFFERENCE
    formula = f'IF(COUNT({old}:{new})=2,{new}-{old},"{_NO_DIFFERENCE}")'
    page.formula(number, _DIFFERENCE, formula, difference, look)
    page.put(number, 11, row.reason, WRAPPED)
    page.put(number, 12, row.replaced)
    page.put(number, 13, row.receipt)
    page.moment(number, 14, row.at)
