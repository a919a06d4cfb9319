"""The consolidated rows for people with analysis tools: ``sheetflow export``."""

from __future__ import annotations

from pathlib import Path

from sheetflow.consolidation.workbook import consolidate
from sheetflow.exporting import tables_of, write_export
from sheetflow.periods import Period
from sheetflow.service.history import books_of
from sheetflow.service.office import Office


def export_rows(office: Office, period: Period, folder: Path, level: str) -> list[Path]:
    """Write everything accepted for `period` into `folder`, as readers of `level` may see it.

    One set of files a top unit; with several, each has a folder of its own.
    """
    books = books_of(office, office.campaign.main_form, period)
    written: list[Path] = []
    for root in office.tree.roots:
        tables = tables_of(consolidate(office.campaign, books, root, office.policy(level)))
        target = folder if len(office.tree.roots) == 1 else folder / root.folder
        written += write_export(target, f"{books.form.key}_{period.period_id}", tables)
    return written
