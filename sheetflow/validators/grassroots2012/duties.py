"""What each cadre and each paper must come to.

二 “每位干部都要记录一本‘妇情日记’、建立一册妇女需求台帐、撰写一份调查手记”.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.schemas.book import Book, BookRow, Context
from sheetflow.validators.grassroots2012.catalogue import OWN

_DUTIES = {
    "diaries": "没有妇情日记",
    "ledgers": "没有需求台帐",
    "women_linked": "没有固定联系的妇女",
}
_KINDS = ("调查手记", "调研报告")
_PARTS = ("has_situation", "has_analysis", "has_advice")


def check_report_parts(book: Book, context: Context) -> Iterator[Finding]:
    """A 调研报告 has situation, analysis and advice."""
    del context
    found = book.sheets.get("papers")
    for row in book.rows("papers"):
        if found and row["kind"] == "调研报告":
            for part in _PARTS:
                if row[part] == "否":
                    label = found.sheet.labels[part]
                    yield OWN["report-parts"].at(found.place(row, part), part=label)


def check_cadre_duties(book: Book, context: Context) -> Iterator[Finding]:
    """From the second period on, a cadre on duty has a diary, a ledger and women linked."""
    del context
    found = book.sheets.get("cadres")
    if book.period.opens_year or found is None:
        return
    for row in _on_duty(book):
        lacking = [words for column, words in _DUTIES.items() if row[column] == 0]
        if lacking:
            first = next(column for column in _DUTIES if row[column] == 0)
            yield OWN["cadre-duties"].at(
                found.place(row, first), key=row.key, lacking="、".join(lacking)
            )


def check_cadre_papers(book: Book, context: Context) -> Iterator[Finding]:
    """In the last period, a cadre on duty has written a 调查手记 and a 调研报告."""
    del context
    found = book.sheets.get("cadres")
    if not book.period.closes_year or found is None:
        return
    papers = book.sheets.get("papers")
    if papers and not papers.reads("kind", "authors"):
        return
    written: set[tuple[object, str]] = set()
    unclear = 0
    for row in book.rows("papers"):
        authors = row["authors"]
        unclear += authors is None
        # A kind that cannot be read may be either; it is a finding of its own.
        kinds = _KINDS if row["kind"] is None else (str(row["kind"]),)
        for author in authors if isinstance(authors, tuple) else ():
            written |= {(author, kind) for kind in kinds}
    short = [
        (row, lacking)
        for row in _on_duty(book)
        if (lacking := [kind for kind in _KINDS if (row["cadre_id"], kind) not in written])
    ]
    if len(short) > unclear:
        for row, lacking in short:
            yield OWN["cadre-papers"].at(
                found.place(row, "cadre_id"), key=row.key, lacking="和".join(lacking)
            )


def _on_duty(book: Book) -> Iterator[BookRow]:
    for row in book.rows("cadres"):
        if row["status"] == "在岗" and row["cadre_id"] is not None:
            yield row
