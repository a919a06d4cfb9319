"""What a finding leaves on a cell: its colour and a note that says what to do."""

from __future__ import annotations

from sheetflow.findings import worst
from sheetflow.writing.blank.context import SheetPage
from sheetflow.writing.measures import lines_of
from sheetflow.writing.styles import SEVERITY_FILL, SONG, Look

AUTHOR = "审核意见"
MOST_NOTES = 1_000
"""Notes on one sheet: beyond, cells are coloured only (office programs grow slow)."""

_NOTE_WIDTH = 300
_NOTE_CHARACTERS = 44.0
_LINE_PIXELS = 17


def marked_look(page: SheetPage, cell: str, look: Look) -> Look:
    """Give `look` with the colour of the heaviest finding on the cell, if there is one."""
    findings = page.context.marks.get((page.sheet.key, cell))
    return look | {"bg_color": SEVERITY_FILL[worst(findings)]} if findings else look


def write_notes(page: SheetPage) -> None:
    """Put a note on each cell of the sheet that a finding points to."""
    checks = page.context.dress.catalogue
    for cell, findings in [*page.findings.items()][:MOST_NOTES]:
        text = "\n".join(
            f"【{finding.severity.label}】{checks.wrong(finding)}。\n"
            f"怎么改：{checks.remedy(finding)}。（编号 {finding.number}）"
            for finding in findings
        )
        page.worksheet.write_comment(
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
