"""What a finding leaves on a cell: its colour and a note that says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from sheetflow.findings import Finding, worst
from sheetflow.writing.blank.context import Work
from sheetflow.writing.measures import lines_of
from sheetflow.writing.styles import SEVERITY_FILL, SONG, Look

AUTHOR = "审核意见"
MOST_NOTES = 1_000
"""Notes on one sheet: beyond, cells are coloured only (office programs grow slow)."""

_NOTE_WIDTH = 300
_NOTE_CHARACTERS = 44.0
_LINE_PIXELS = 17


def marked_look(work: Work, sheet: str, cell: str, look: Look) -> Look:
    """Give `look` with the colour of the heaviest finding on the cell, if there is one."""
    findings = work.marks.get((sheet, cell))
    if not findings:
        return look
    return look | {"bg_color": SEVERITY_FILL[worst(findings)]}


def write_notes(work: Work, target: Worksheet, sheet: str) -> None:
    """Put a note on each cell of `sheet` that a finding points to."""
    written = 0
    for (key, cell), findings in work.marks.items():
        if key != sheet or written >= MOST_NOTES:
            continue
        text = _note_text(work, findings)
        target.write_comment(
            cell,
            text,
            {
                "author": AUTHOR,
                "width": _NOTE_WIDTH,
                "height": (lines_of(text, _NOTE_CHARACTERS) + 1) * _LINE_PIXELS,
                "font_name": SONG,
                "font_size": 10,
                "color": "#FFFFE1",
            },
        )
        written += 1


def _note_text(work: Work, findings: Sequence[Finding]) -> str:
    checks = work.dress.catalogue
    return "\n".join(
        f"【{finding.severity.label}】{checks.wrong(finding)}。\n"
        f"怎么改：{checks.remedy(finding)}。（编号 {finding.number}）"
        for finding in findings
    )
