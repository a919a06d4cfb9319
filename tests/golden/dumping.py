"""Workbooks and Word files as plain text, so that a change can be read as a diff."""

from __future__ import annotations

import datetime as dt
import io
import warnings
from collections.abc import Iterator

import docx
import openpyxl
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from openpyxl.worksheet.worksheet import Worksheet

_LONGEST = 70


_PAPERS = {"8": 3, "9": 4}


def workbook_text(data: bytes) -> str:
    """Give every sheet with its set-up and every cell that holds something, formulas with values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about charts and the like, which the dump names itself
        live = openpyxl.load_workbook(io.BytesIO(data))
        cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    lines: list[str] = []
    for sheet in live.worksheets:
        lines += [*_set_up(sheet), *_cells(sheet, cached[sheet.title]), ""]
    return "\n".join(lines)


def _set_up(sheet: Worksheet) -> Iterator[str]:
    page = sheet.page_setup
    yield f"== {sheet.title} =="
    yield (
        f"   freeze {sheet.freeze_panes or '-'}, filter {sheet.auto_filter.ref or '-'}, "
        f"{page.orientation} A{_PAPERS.get(str(page.paperSize), '?')}, "
        f"titles {sheet.print_title_rows or '-'}, charts {len(getattr(sheet, '_charts'))}"  # noqa: B009
    )


def _cells(sheet: Worksheet, values: Worksheet) -> Iterator[str]:
    for row in sheet.iter_rows():
        shown = [
            f"{cell.coordinate} {_cell(cell.value, values[cell.coordinate].value)}"
            + (f" → {cell.hyperlink.location}" if cell.hyperlink else "")
            for cell in row
            if cell.value is not None
        ]
        if shown:
            yield " | ".join(shown)


def _cell(written: object, value: object) -> str:
    if isinstance(written, str) and written.startswith("=") and written != value:
        return f"{_short(value)} [{_short(written)}]"
    return _short(written)


def _short(value: object) -> str:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d}" if value.time() == dt.time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:.10g}"
    text = str(value).replace("\n", "↵")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…({len(text)})"


def document_text(data: bytes) -> str:
    """Give every paragraph with its style, every table row, and where pictures stand."""
    document = docx.Document(io.BytesIO(data))
    lines: list[str] = []
    for block in document.element.body:
        if block.tag == qn("w:p"):
            lines.append(_paragraph(Paragraph(block, document)))
        elif block.tag == qn("w:tbl"):
            lines += _table(Table(block, document))
    return "\n".join(lines) + "\n"


def _paragraph(paragraph: Paragraph) -> str:
    pictures = len(paragraph._p.findall(f".//{qn('w:drawing')}"))  # noqa: SLF001 - no public way
    style = paragraph.style.name if paragraph.style else ""
    return f"[{style}] {paragraph.text}" + "〈图〉" * pictures


def _table(table: Table) -> Iterator[str]:
    for row in table.rows:
        yield "| " + " | ".join(cell.text.replace("\n", "↵") for cell in row.cells) + " |"
