"""情况说明: which finding an answer settles, and how long it holds.

An answer belongs to rule, row key and column, and holds for as long as the value it
explains does not change. A superior's waiver of a hard finding stands beside the answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from sheetflow.findings import Explanation, Finding, Identity, Severity
from sheetflow.schemas.book import Book, Context
from sheetflow.validators.explanations import Answered, explains


def explain(
    findings: Iterable[Finding], answers: Iterable[Answered], book: Book, context: Context
) -> dict[Identity, Explanation]:
    """Pair the findings with what is said of them: now, in an earlier submission, or by a waiver."""
    now = {answer.number: answer.text for answer in answers if explains(answer.text)}
    before = context.explained(book.form.key, book.period)
    waived = context.waived(book.form.key, book.period)
    said: dict[Identity, Explanation] = {}
    for finding in findings:
        value = explained_value(finding, book)
        earlier = before.get(finding.identity)
        if finding.severity is Severity.VERIFY and finding.number in now:
            said[finding.identity] = Explanation(now[finding.number], value)
        elif finding.severity is Severity.VERIFY and earlier and earlier.value == value:
            said[finding.identity] = earlier
        elif finding.rule in waived:
            said[finding.identity] = Explanation(f"上级准予放行：{waived[finding.rule]}", value)
    return said


def explained_value(finding: Finding, book: Book) -> str:
    """Digest the value that a finding speaks of: its cell, and the figures in its sentence."""
    place = finding.place
    found = book.sheets.get(place.sheet)
    rows = found.shown if found else ()
    row = next((row for row in rows if row.number == place.row), None)
    cell = row.raw.get(place.column) if row else None
    spoken = [f"{name}={value}" for name, value in sorted(finding.arguments.items())]
    return hashlib.sha256("\x1f".join([str(cell), *spoken]).encode()).hexdigest()[:16]


def is_open(finding: Finding, said: Mapping[Identity, Explanation]) -> bool:
    """Whether a finding still keeps the workbook from being accepted."""
    return finding.severity is not Severity.NOTE and finding.identity not in said
