"""The consolidated rows for people with analysis tools: ``sheetflow export``."""

from __future__ import annotations

from pathlib import Path

from sheetflow.consolidation.workbook import consolidate
from sheetflow.errors import RequestError
from sheetflow.exporting import tables_of, write_export
from sheetflow.periods import Period
from sheetflow.service.history import books_of
from sheetflow.service.office import Office


def level_named(office: Office, word: str) -> str:
    """Give the level that a word means, the top one for none; raise RequestError for another.

    The lowest level sees its own rows only: nobody reads those of all with its eyes.
    """
    levels = office.campaign.levels
    found = levels.find(word) if word else levels.top
    if found is None or found == levels.lowest:
        known = "、".join(f"{spec.name}（{spec.key}）" for spec in levels.rungs[:-1])
        raise RequestError(f"不能按“{word}”这一级导出。--level 可以填：{known}。")
    return found.name


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
