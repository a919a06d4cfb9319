"""The consolidated workbook of a city or the province.

This module owns which sheets there are and in which order. The detail sheets stand last,
since nobody knows beforehand how many 续 sheets they need; all that speaks of their rows
is written after them. It refuses to compute a figure that the workbook cannot show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetflow.consolidation.contents import Consolidated
from sheetflow.workbook import MAX_ROWS
from sheetflow.writing.board import write_board_list
from sheetflow.writing.book import Book, build_workbook
from sheetflow.writing.consolidated.charts import write_charts
from sheetflow.writing.consolidated.checks import add_checks, write_checks
from sheetflow.writing.consolidated.corrections import write_corrections
from sheetflow.writing.consolidated.details import Details, footer, write_details
from sheetflow.writing.consolidated.joined import Bulk
from sheetflow.writing.consolidated.lists import (
    add_sources,
    write_explanations,
    write_same_person,
    write_sources,
)
from sheetflow.writing.consolidated.matrix import write_current, write_total


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A workbook whose bulk sheets wait for their rows: `parts` maps the part's name to the sheet."""

    content: bytes
    parts: Mapping[str, str]


def write_consolidated(consolidated: Consolidated, *, most_rows: int = MAX_ROWS) -> bytes:
    """Write 汇总表 as .xlsx: the same content gives the same bytes.

    A detail sheet ends at row `most_rows` and continues in a 续 sheet. Rows are streamed.
    """
    return _write(consolidated, most_rows, {}).content


def write_skeleton(consolidated: Consolidated, bulk: Mapping[str, Bulk]) -> Skeleton:
    """Write 汇总表 without the rows of `bulk` (by sheet key), to be joined in by `joined.join`."""
    return _write(consolidated, MAX_ROWS, bulk)


def _write(consolidated: Consolidated, most_rows: int, bulk: Mapping[str, Bulk]) -> Skeleton:
    heading = f"{consolidated.unit.name} {consolidated.period.label}"
    parts: dict[str, str] = {}

    def fill(book: Book) -> None:
        write_board_list(
            book, consolidated.board, heading, footer(consolidated), consolidated.levels
        )
        write_rest = _write_with_statistics if consolidated.statistics.indicators else _write_lists
        parts.update(write_rest(book, consolidated, most_rows, bulk).bulk_parts)

    title = f"{consolidated.campaign_title}汇总表（{heading}）"
    return Skeleton(build_workbook(title, consolidated.stamp, fill), parts)


def _write_with_statistics(
    book: Book, consolidated: Consolidated, most_rows: int, bulk: Mapping[str, Bulk]
) -> Details:
    matrices = write_current(book, consolidated), write_total(book, consolidated)
    checks = add_checks(book, consolidated)
    write_charts(book, consolidated, *matrices)
    if consolidated.corrections:
        write_corrections(book, consolidated, *matrices)
    details = _write_lists(book, consolidated, most_rows, bulk)
    write_checks(checks, consolidated, matrices, details)
    return details


def _write_lists(
    book: Book, consolidated: Consolidated, most_rows: int, bulk: Mapping[str, Bulk]
) -> Details:
    sources = add_sources(book, consolidated)
    write_explanations(book, consolidated)
    if consolidated.same_person is not None:
        write_same_person(book, consolidated, consolidated.same_person)
    details = write_details(book, consolidated, most_rows, bulk)
    write_sources(sources, consolidated, details)
    return details
