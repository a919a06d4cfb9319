"""One city, two counties and their province, which judges what they hand up; the real service between them."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import docx
import openpyxl

from sheetflow.config.settings_file import default_settings_text
from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.context import Context
from sheetflow.findings import Finding
from sheetflow.periods import Period
from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import FIRST_ROW, cell_in
from sheetflow.service.one_pass import PassReport, run_pass
from sheetflow.store.records import Submission
from sheetflow.upkeep.remind import issue_workbooks
from tests.county_book import CAMPAIGN, TREE
from tests.service.filed_once import progress_rows
from tests.tiny.desk import write
from tests.warm import keep_list, open_warm

PROVINCE, CITY, LIXIA, SHIZHONG = (unit.unit_id for unit in TREE)
PROGRESS = CAMPAIGN.main_form
CONTEST, SCORES = CAMPAIGN.by_key["contest"], CAMPAIGN.by_key["scores"]
BOOKS = Period.parse("2012B4")
YEAR = "2012"
OCTOBER = dt.datetime(2012, 10, 9, 10)  # noqa: DTZ001 - the office's own time, as --at gives it
REPORTED = dt.datetime(2012, 9, 3, 9)  # noqa: DTZ001 - likewise
NOVEMBER = dt.datetime(2012, 11, 20, 10)  # noqa: DTZ001 - likewise

Typed = str | int | dt.date | None
Row = Mapping[str, Typed]
T = TypeVar("T")


@dataclass(frozen=True)
class JudgingDesk:
    """The workspace at `root` with everything that a test does there."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> JudgingDesk:
        """Make a workspace and hand out both forms."""
        text = default_settings_text()
        for name, value in {"quiet_seconds": "0", "size": "1"}.items():
            text, count = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", text, count=1)
            assert count, name
        create_workspace(root, TREE, text)
        keep_list(Workspace(root), TREE)
        desk = cls(root)
        desk.ask(lambda context: issue_workbooks(context, PROGRESS, BOOKS), REPORTED)
        return desk

    def open_contest(self) -> None:
        """Hand out both forms, once all papers are in accepted books."""
        self.run(REPORTED)
        for form in (CONTEST, SCORES):
            with open_warm(self.root, OCTOBER) as context:
                issue_workbooks(context, form, form.period(YEAR))

    def register(self, unit_id: str, *titles: str) -> None:
        """Have a unit report papers of these titles in its book, before the contest."""
        (issued,) = self.workspace.outbox_of(TREE[unit_id], BOOKS.period_id).glob("填报_*")
        papers = [
            {"paper_id": f"B{number:03}", "title": title}
            for number, title in enumerate(titles, start=1)
        ]
        rows = progress_rows(unit_id, BOOKS.period_id, papers)
        target = self.workspace.inbox_of(TREE[unit_id]) / issued.name
        write(issued, target, rows, forms=(PROGRESS.in_version(PROGRESS.version),))

    @property
    def workspace(self) -> Workspace:
        """Its places."""
        return Workspace(self.root)

    def run(self, at: dt.datetime = OCTOBER) -> PassReport:
        """One pass of the service."""
        with open_warm(self.root, at) as context:
            return run_pass(context)

    def ask(self, question: Callable[[Context], T], at: dt.datetime = OCTOBER) -> T:
        """Ask the open office something."""
        with open_warm(self.root, at) as context:
            return question(context)

    def out(self, unit_id: str) -> Path:
        """The unit's outbox folder of the year."""
        return self.workspace.outbox_of(TREE[unit_id], YEAR)

    def find(self, unit_id: str, start: str) -> Path:
        """The one file of the unit that starts so."""
        (found,) = self.out(unit_id).glob(f"{start}*")
        return found

    def issued(self, unit_id: str, form: Form) -> Path:
        """The unit's own workbook of a form, as it lies there now."""
        (found,) = self.out(unit_id).glob(f"填报_*{form.title}.xlsx")
        return found

    def printed(self, unit_id: str, form: Form, key: str) -> list[dict[str, Typed]]:
        """What is printed in a table of the unit's own workbook, by column; blank rows are left out."""
        sheet = form.by_key[key]
        book = openpyxl.load_workbook(self.issued(unit_id, form), data_only=True)
        page = book[sheet.title]
        rows = [
            {
                column.key: page[cell_in(sheet, column.key, number, form.version)].value
                for column in sheet.columns
            }
            for number in range(FIRST_ROW, page.max_row + 1)
        ]
        book.close()
        return [row for row in rows if any(value is not None for value in row.values())]

    def hand_in(
        self,
        unit_id: str,
        form: Form,
        typed: Mapping[str, Sequence[Row]],
        at: dt.datetime = OCTOBER,
        **cover: Typed,
    ) -> str:
        """Fill in the unit's own workbook, from the first row of each sheet on, drop it; give what came of it."""
        return self._fill(self.issued(unit_id, form), unit_id, form, typed, at, cover)

    def answer(
        self,
        unit_id: str,
        form: Form,
        typed: Mapping[str, Sequence[Row]],
        at: dt.datetime = OCTOBER,
        **cover: Typed,
    ) -> str:
        """Mend the unit's returned copy, drop it; give what came of it."""
        returned = max(self.out(unit_id).glob(f"退回_*{form.title}*"))
        return self._fill(returned, unit_id, form, typed, at, cover)

    def _fill(
        self,
        source: Path,
        unit_id: str,
        form: Form,
        typed: Mapping[str, Sequence[Row]],
        at: dt.datetime,
        cover: Row,
    ) -> str:
        head = {"kind": "首次报送", "leader": "王芳", "preparer": "李静", "phone": "0531-86012345"}
        day = {"filled_on": at.date()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(source)
        for key, rows in {"cover": [{**head, **day, **cover}], **typed}.items():
            sheet = form.by_key[key]
            for number, row in enumerate(rows, start=FIRST_ROW):
                for column, value in row.items():
                    book[sheet.title][cell_in(sheet, column, number, form.version)] = value
        book.save(self.workspace.inbox_of(TREE[unit_id]) / "上报.xlsx")
        book.close()
        self.run(at)
        return self.submissions(unit_id, form)[-1].outcome

    def recommend(
        self, unit_id: str, *titles: str, at: dt.datetime = OCTOBER, **cover: Typed
    ) -> str:
        """Have a unit recommend papers of these titles, the first best."""
        rows: list[Row] = [
            {
                "order": str(order),
                "paper": f"B{order:03}",
                "title": title,
                "authors": "王芳、李静",
                "author_title": "主席、干事",
                "words": 4200,
                "summary": f"{title}的摘要",
                "reason": "有情况有分析有建议",
                "file_name": f"{title}.docx",
            }
            for order, title in enumerate(titles, start=1)
        ]
        for row in rows:
            paper = docx.Document()
            paper.add_paragraph(str(row["title"]))
            paper.add_paragraph(f"{row['title']}的第一句话，由王芳和李静写在{TREE[unit_id].name}。")
            folder = self.workspace.inbox_of(TREE[unit_id]) / "附件"
            folder.mkdir(exist_ok=True)
            paper.save(str(folder / str(row["file_name"])))
        return self.hand_in(unit_id, CONTEST, {"recommended": rows}, at, nil_return="否", **cover)

    def submissions(self, unit_id: str, form: Form) -> tuple[Submission, ...]:
        """What the store has of a unit's form, in order of arrival."""
        return self.ask(
            lambda context: context.store.submissions.find_submissions(unit_id, form=form.key)
        )

    def findings(self, unit_id: str, form: Form) -> list[Finding]:
        """What was found in the newest submission of a unit's form."""
        newest = self.submissions(unit_id, form)[-1]
        documents = self.ask(lambda context: context.store.contents.find_findings(newest))
        return [load_finding(document) for document in documents]
