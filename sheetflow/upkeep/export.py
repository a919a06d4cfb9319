"""The consolidated rows for people with analysis tools: ``sheetflow export``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sheetflow.consolidation.workbook import consolidate
from sheetflow.context.context import Office
from sheetflow.errors import RequestError
from sheetflow.periods import Period
from sheetflow.publishing.names import safe_name
from sheetflow.schemas.forms import Form
from sheetflow.service.books import books_of
from sheetflow.upkeep import tables_of, write_export


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


def export_rows(
    office: Office, period: Period, folder: Path, level: str, form: Form | None = None
) -> list[Path]:
    """Write everything accepted for `period` into `folder`, as readers of `level` may see it.

    Of `form`, or of all that are filled for the period. One set of files a form and top unit: each
    other form than the main one, and each of several top units, has a folder of its own.
    """
    forms = (form,) if form else office.campaign.forms
    filled = [each for each in forms if each.takes(period)]
    return [path for each in filled for path in _export(office, each, period, folder, level)]


def _export(office: Office, form: Form, period: Period, folder: Path, level: str) -> Iterator[Path]:
    books = books_of(office, form, form.period(period.period_id))
    other = office.campaign.other_form(form.key)
    place = folder / safe_name(other.title) if other else folder
    for root in office.tree.roots:
        tables = tables_of(consolidate(office.campaign, books, root, office.policy(level)))
        target = place if len(office.tree.roots) == 1 else place / root.folder
        yield from write_export(target, f"{form.key}_{period.period_id}", tables)
