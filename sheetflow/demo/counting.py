"""Whether everything planted was found, where it stands, and nothing else.

Two witnesses: the findings in the store, cell by cell, and 问题清单 of each returned
copy, opened again. A planted mistake counts as found when both name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sheetflow.demo.staging import Planted
from sheetflow.findings import Finding
from sheetflow.reading import read_workbook
from sheetflow.schemas.layout import FIRST_ROW, ISSUES_SHEET

Spot = tuple[str, str, str]
"""Sheet title, cell, rule."""

File = tuple[str, str]
"""The inbox folder and the file name under which a workbook was dropped."""

_WHOLE_WORKBOOK, _WHOLE_SHEET, _NOWHERE = "整个工作簿", "全表", "—"


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
    found: int
    missed: tuple[str, ...]
    false_alarms: tuple[str, ...]

    @property
    def is_perfect(self) -> bool:
        """Whether all was found and nothing else."""
        return self.planted == self.found and not self.false_alarms

    @property
    def line(self) -> str:
        """The demo's last line."""
        return (
            f"planted {self.planted} · found {self.found} · false alarms {len(self.false_alarms)}"
        )


def count(planted: Iterable[Planted], answered: Iterable[Answered]) -> Count:
    """Compare what was planted with what was answered."""
    by_file: dict[File, dict[Spot, Planted]] = {}
    for entry in planted:
        spot = (entry.title, entry.cell, entry.rule)
        by_file.setdefault((entry.folder, entry.file), {})[spot] = entry
    total = sum(map(len, by_file.values()))
    found, false_alarms = 0, []
    missed = {file: dict(spots) for file, spots in by_file.items()}
    for answer in answered:
        wanted = missed.get(answer.file, {})
        said = _said(answer.findings)
        named = _named(answer.returned_copy) if answer.returned_copy else None
        for spot, finding in said.items():
            line = _line(wanted[spot], finding) if spot in wanted else None
            if line is None:
                false_alarms.append(_words(answer.file, spot))
            elif named is None or line in named:
                found += 1
                del wanted[spot]
                named = named and named - {line}
        false_alarms += [_words(answer.file, line) for line in named or ()]
    left = [_words(file, spot) for file, spots in missed.items() for spot in spots]
    return Count(total, found, tuple(left), tuple(false_alarms))


def _said(findings: Iterable[Finding]) -> Mapping[Spot, Finding]:
    return {
        (finding.place.title, cell, finding.rule): finding
        for finding in findings
        for cell in (finding.place.cell, *finding.others)
    }


def _line(planted: Planted, finding: Finding) -> Spot:
    """What 问题清单 must say of it: sheet, cell, the finding's number."""
    if not planted.title:
        return (_WHOLE_WORKBOOK, _NOWHERE, finding.number)
    return (planted.title, planted.returned_cell or _WHOLE_SHEET, finding.number)


def _named(path: Path) -> set[Spot]:
    """Read the lines of 问题清单: sheet, cell, number."""
    raw = read_workbook(path.read_bytes())
    sheet = next(entry for entry in raw.sheets if entry.title == ISSUES_SHEET)
    return {
        (str(cells[3]), str(cells[4]), str(cells[1]))
        for _, cells in sheet.numbered_rows(FIRST_ROW)
        if len(cells) > 4  # noqa: PLR2004 - down to the cell's name
    }


def _words(file: File, spot: Spot) -> str:
    title, cell, rule = spot
    return f"{'/'.join(file)} 《{title}》{cell} {rule}"
