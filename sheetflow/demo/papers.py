"""Papers beside made-up workbooks: real .docx files that say what their rows say.

What a row's long texts tell becomes the paper's text. This module refuses to know when or where they are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sheetflow.demo.draft import Draft
from sheetflow.schemas.campaign import Campaign, Typed
from sheetflow.schemas.cells import Attachment, Text
from sheetflow.schemas.layout import columns_in
from sheetflow.schemas.sheets import Sheet

_FIRST = "《{title}》是{unit}在走访群众、查看台帐的基础上写成的。"
_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that a cell names: in which sheet and row (from 0) and column, and what it is to say."""

    sheet: Sheet
    row: int
    column: str
    name: str
    title: str
    byline: str
    first: str
    sections: tuple[tuple[str, str], ...]

    def save(self, folder: Path) -> Path:
        """Write it as an author does."""
        import docx

        document = docx.Document()
        document.add_paragraph(self.title, "Title")
        document.add_paragraph(self.byline)
        document.add_paragraph(self.first)
        for number, (heading, text) in zip(_NUMERALS, self.sections, strict=False):
            document.add_paragraph(f"{number}、{heading}", "Heading 1")
            document.add_paragraph(text)
        folder.mkdir(parents=True, exist_ok=True)
        document.save(str(folder / self.name))
        return folder / self.name


def papers_of(campaign: Campaign, draft: Draft) -> Iterator[Paper]:
    """Give the paper of every cell of a draft that names one."""
    by_authors = _authors(campaign)
    for sheet in draft.sheets:
        columns = columns_in(sheet, draft.form.version)
        names = [column.key for column in columns if isinstance(column.type, Attachment)]
        texts = [column for column in columns if isinstance(column.type, Text)]
        called = next((each.key for each in texts if not each.prefilled), "")
        long = [each for each in texts if isinstance(each.type, Text) and each.type.free]
        if sheet.is_table:  # the others say what somebody thinks of the paper
            long = long[:1]
        for row, cells in enumerate(draft.rows[sheet.key]):
            title = str(cells.get(called, draft.form.title))
            authors = _told(cells, by_authors.get((draft.form.key, sheet.key), ())[:1])
            sections = tuple(
                (each.label, str(cells[each.key])) for each in long if each.key in cells
            )
            for column in names:
                if column in cells:
                    yield Paper(
                        sheet=sheet,
                        row=row,
                        column=column,
                        name=str(cells[column]),
                        title=title,
                        byline="　".join((draft.unit.name, *authors)),
                        first=_FIRST.format(title=title, unit=draft.unit.name),
                        sections=sections,
                    )


def _told(cells: Mapping[str, Typed], keys: tuple[str, ...]) -> list[str]:
    return [str(cells[key]) for key in keys if key in cells]


def _authors(campaign: Campaign) -> dict[tuple[str, str], tuple[str, ...]]:
    """Give the columns that say who wrote, by the form and sheet that list what is judged."""
    return {
        (entries.gathered.form, entries.gathered.listed): form.judging.authors
        for form in campaign.forms
        if form.judging
        for entries in (form.by_key[form.judging.entries],)
        if entries.gathered
    }
