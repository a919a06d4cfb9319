"""What a sheet says of itself in its title rows (填报声明), held against its rows and the cover.

Only sheets that ask are looked at, in versions that ask. A nil return says 无此项 of every sheet, so that
blank ones are fine there; rows that a ledger or stock sheet carries over are content like any other.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding, Place
from sheetflow.schemas.book import Book, BookSheet, JudgingContext
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.filings import FILING_LABEL, Filing, FilingCell, asking_sheets
from sheetflow.schemas.sheets import Sheet
from sheetflow.workbook import parse_cell_name

_CHOOSE = "有内容的补填后选“已填”，本期没有的选“无此项”，本单位不涉及的选“不适用”"


def check_filings(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """Find sheets that do not say whether there is anything to report, and those that say it wrongly."""
    for sheet in asking_sheets(book.form, book.level):
        found = book.sheets.get(sheet.key)
        if found is None and sheet.always_shown:
            continue  # a sheet that must be there and is missing is its own finding
        filing = (found.filing if found else None) or FilingCell("")
        rule, arguments = _judge(book, sheet, found, filing)
        if rule:
            row = parse_cell_name(filing.cell)[0] if filing.cell else 0
            title = found.title if found else sheet.title
            place = Place(
                sheet=sheet.key, title=title, row=row, label=FILING_LABEL, cell=filing.cell
            )
            yield GENERAL[rule].at(place, **arguments)


def _judge(
    book: Book, sheet: Sheet, found: BookSheet | None, filing: FilingCell
) -> tuple[str, dict[str, str]]:
    """Give the rule that the sheet breaks, empty for none, and the arguments of its sentence."""
    has_rows = bool(found and found.shown)
    if filing.typed and not filing.word:
        return "filing-unknown", {}
    if not filing.word and not book.nil:
        return "filing-blank", {"advice": "表里有内容，选“已填”" if has_rows else _CHOOSE}
    if filing.word == Filing.FILLED and not has_rows and found and found.addresses:
        if not book.nil:
            return "filing-without-rows", {}
        asked = book.form.cover.nil.columns()[0] if book.form.cover.nil else ""
        labels = book.cover.sheet.labels
        return "filing-nil", {"cover": book.cover.title, "label": labels.get(asked, "")}
    # What is new in a nil return is found there.
    if filing.word not in {"", Filing.FILLED} and has_rows and found and not book.nil:
        older = "，以前登记的行也算" if sheet.is_book else ""
        misplaced = "以前登记的行不要删" if sheet.is_book else "误填在这里的内容，请移到该填的地方"
        told = {"word": filing.word, "count": str(len(found.shown)), "older": older}
        return "filing-with-rows", {**told, "misplaced": misplaced}
    return "", {}
