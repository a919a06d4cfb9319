"""The count: what was planted against what was answered, in the store and in the returned copies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sheetflow.context import Context
from sheetflow.context.paths import answer_path
from sheetflow.demo.staging import Planted
from sheetflow.findings import Finding
from sheetflow.reading import read_workbook
from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.layout import FIRST_ROW, ISSUES_SHEET

Where = tuple[str, str, str]
"""Sheet title, cell, rule."""

File = tuple[str, str]
"""The inbox folder and the file name under which a workbook was dropped."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered file: its findings, and the returned copy where there is one."""

    file: File
    findings: tuple[Finding, ...]
    returned_copy: Path | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """The result: how many were planted and found, and every difference in words."""

    planted: int
    missed: tuple[str, ...]
    false_alarms: tuple[str, ...]

    @property
    def found(self) -> int:
        """How many were found."""
        return self.planted - len(self.missed)

    @property
    def is_perfect(self) -> bool:
        """Whether all was found and nothing else."""
        return not self.missed and not self.false_alarms

    line: ClassVar[str] = "planted {planted} · found {found} · false alarms {false_alarms}"
    """The demo's last line."""

    @property
    def numbers(self) -> dict[str, int]:
        """What is put into it."""
        return {
            "planted": self.planted,
            "found": self.found,
            "false_alarms": len(self.false_alarms),
        }


def answers(context: Context) -> Iterable[Answered]:
    """Give every answered file of a workspace."""
    store = context.store
    for submission in store.submissions.find_submissions():
        folder = context.tree[submission.unit_id].folder
        returned = submission.outcome == "returned"
        yield Answered(
            (folder, submission.file_name),
            tuple(map(load_finding, store.contents.find_findings(submission))),
            answer_path(context, submission) if returned else None,
        )


def count(planted: Iterable[Planted], answered: Iterable[Answered]) -> Count:
    """Compare what was planted with what was answered."""
    missed: dict[File, dict[Where, Planted]] = {}
    for entry in planted:
        where = (entry.title, entry.cell, entry.rule)
        missed.setdefault((entry.folder, entry.file), {})[where] = entry
    total = sum(map(len, missed.values()))
    false_alarms = []
    for answer in answered:
        wanted = missed.get(answer.file, {})
        said = {
            (finding.place.title, cell, finding.rule): finding
            for finding in answer.findings
            for cell in (finding.place.cell, *finding.others)
        }
        named = _named(answer.returned_copy) if answer.returned_copy else None
        for where, finding in said.items():
            line = _line(wanted[where], finding) if where in wanted else None
            if line is None:
                false_alarms.append(_words(answer.file, where))
            elif named is None or line in named:
                del wanted[where]
                named = named and named - {line}
        false_alarms += [_words(answer.file, line) for line in named or ()]
    left = [_words(file, where) for file, wanted in missed.items() for where in wanted]
    return Count(total, tuple(left), tuple(false_alarms))


def _line(planted: Planted, finding: Finding) -> Where:
    """What 问题清单 must say of it: sheet, cell, the finding's number."""
    if not planted.title:
        return ("整个工作簿", "—", finding.number)
    return (planted.title, planted.returned_cell or "全表", finding.number)


def _named(path: Path) -> set[Where]:
    """Read the lines of 问题清单: sheet, cell (behind it stands the row's own key), number."""
    raw = read_workbook(path.read_bytes())
    sheet = next(entry for entry in raw.sheets if entry.title == ISSUES_SHEET)
    return {
        (str(cells[3]), str(cells[4]).partition("，")[0], str(cells[1]))
        for _, cells in sheet.numbered_rows(FIRST_ROW)
        if len(cells) > 4  # noqa: PLR2004 - down to the cell's name
    }


def _words(file: File, where: Where) -> str:
    title, cell, rule = where
    return f"{'/'.join(file)} 《{title}》{cell} {rule}"
