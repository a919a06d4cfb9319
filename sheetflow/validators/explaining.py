"""情况说明: what the filler answers, which finding it answers, and how long it holds.

She answers in 问题清单 of the returned copy or in the sheet 情况说明. An answer belongs
to rule, row key and column, and holds for as long as the value it explains does not
change. A superior's waiver of a hard finding stands beside the answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sheetflow.findings import Catalogue, Explanation, Finding, Identity, Place, Severity
from sheetflow.schemas.explanations import EXPLANATIONS
from sheetflow.schemas.forms import Form
from sheetflow.schemas.habits import holds_personal_number, read_code, read_text
from sheetflow.schemas.judging import Book, Context
from sheetflow.schemas.layout import ISSUE_COLUMNS, ISSUES_SHEET, OLDER_ANSWER_COLUMN
from sheetflow.validators.bearing import tell_answers
from sheetflow.validators.catalogue import GENERAL
from sheetflow.validators.sheets import bare_label, find_issues
from sheetflow.workbook import CellValue, RawSheet, RawWorkbook, cell_name

_, _NUMBER, _, _SHEET, _CELL, _LABEL, _WRONG, _, _ANSWER = ISSUE_COLUMNS
_HEADER_WITHIN = 10


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer as it stands in the workbook: to which number, where, and its words.

    `line` is what stands beside it in 问题清单, by header.
    """

    number: str
    text: str
    place: Place
    line: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def read_answers(raw: RawWorkbook, book: Book) -> list[Answered]:
    """Read every answer; those in the sheet 情况说明 come last and so go first."""
    issues = find_issues(raw)
    found = list(_from_issues(issues)) if issues else []
    written = book.sheets.get(EXPLANATIONS.key)
    for row in written.rows if written else ():
        number, text = row["finding"], row["explanation"]
        if written and isinstance(number, str) and isinstance(text, str):
            found.append(Answered(read_code(number), text, written.place(row, "finding")))
    return found


def _from_issues(sheet: RawSheet) -> Iterator[Answered]:
    for header, cells in sheet.numbered_rows():
        if header > _HEADER_WITHIN:
            return
        labels = [bare_label(cell) for cell in cells]
        if _ANSWER not in labels:
            labels = [_ANSWER if label == OLDER_ANSWER_COLUMN else label for label in labels]
        if _NUMBER in labels and _ANSWER in labels:
            break
    else:
        return
    number_at = labels.index(_NUMBER) + 1
    for row, cells in sheet.numbered_rows(header + 1):
        number = read_code(sheet.cell(row, number_at))
        answer_at = _answered_at(labels, cells)
        if answer_at and number:
            line = {label: read_text(cell) for label, cell in zip(labels, cells, strict=False)}
            cell = cell_name(row, answer_at)
            place = Place(title=ISSUES_SHEET, label=_ANSWER, row=row, cell=cell, key=number)
            yield Answered(number, read_text(sheet.cell(row, answer_at)), place, line)


def _answered_at(labels: Sequence[str], cells: Sequence[CellValue]) -> int:
    """Find the answer's column: 情况说明, else the first cell behind it that bears no header."""
    first = labels.index(_ANSWER) + 1
    for column in range(first, len(cells) + 1):
        headed = column > first and column <= len(labels) and labels[column - 1]
        if not headed and read_text(cells[column - 1]):
            return column
    return 0


def find_again(
    answers: Iterable[Answered], findings: Iterable[Finding], form: Form, checks: Catalogue
) -> list[Answered]:
    """Give the answers with the numbers that their findings bear now.

    A row without a key is known by its values: mending one of them gives the row's other
    findings new numbers. Such an answer still belongs to what is said at its cell in the
    very same words, else to the only finding in its column that says so.
    """
    listed = list(answers)
    asked = {entry.number: entry for entry in findings if entry.severity is Severity.VERIFY}
    free = [entry for number, entry in asked.items() if number not in {a.number for a in listed}]
    known = {finding.number for finding in findings}
    said = [_told(entry, form, checks) for entry in free]
    for place, answer in enumerate(listed):
        if answer.number in known or not answer.line:
            continue
        told = tuple(answer.line.get(label, "") for label in (_SHEET, _LABEL, _WRONG))
        alike = [entry for entry, words in zip(free, said, strict=True) if words == told]
        here = [entry for entry in alike if entry.place.cell == answer.line.get(_CELL)]
        if len(found := here or alike) == 1:
            listed[place] = replace(answer, number=found[0].number)
    return listed


def _told(finding: Finding, form: Form, checks: Catalogue) -> tuple[str, str, str]:
    """What 问题清单 says of a finding: sheet, column, what is wrong."""
    sheet = form.by_key.get(finding.place.sheet)
    title = sheet.title if sheet else finding.place.title
    return (title, finding.place.label, checks.wrong(finding))


def check_answers(answers: Iterable[Answered], findings: Iterable[Finding]) -> Iterator[Finding]:
    """Find answers that carry a private number, are too long, or answer nothing."""
    limit = EXPLANATIONS.by_key["explanation"].type
    asked = {finding.number: finding.severity for finding in findings}
    for answer in answers:
        # In the sheet 情况说明 the cell itself is judged, as any other text.
        if answer.place.sheet != EXPLANATIONS.key and holds_personal_number(answer.text):
            yield GENERAL["personal-in-text"].at(answer.place)
        if len(answer.text) > getattr(limit, "limit", 0):
            yield GENERAL["text-too-long"].at(
                answer.place, count=len(answer.text), limit=getattr(limit, "limit", 0)
            )
        if answer.number not in asked:
            yield GENERAL["explanation-unused"].at(answer.place, number=answer.number[:10])
        elif asked[answer.number] is Severity.MUST:
            yield GENERAL["explanation-no-mending"].at(answer.place)


def check_answer_cells(raw: RawWorkbook, answers: Iterable[Answered]) -> Iterator[Finding]:
    """Tell what the cells of answers in 问题清单 bear besides their words."""
    issues = find_issues(raw)
    places = [answer.place for answer in answers if answer.place.title == ISSUES_SHEET]
    return tell_answers(issues, places) if issues else iter(())


def explain(
    findings: Iterable[Finding], answers: Iterable[Answered], book: Book, context: Context
) -> dict[Identity, Explanation]:
    """Pair the findings with what is said of them: now, in an earlier submission, or by a waiver."""
    now = {answer.number: answer.text for answer in answers}
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
