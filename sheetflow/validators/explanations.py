"""Answers: what a filler wrote in 问题清单 or 情况说明, to which finding, and what it settles.

A line of 问题清单 is known by its 编号, else by sheet, cell and what it says. Words count
wherever in the line she typed them: what we put there ourselves is known by the catalogue.
An answer belongs to rule, row key and column, and holds for as long as the value it explains
does not change. A superior's waiver of a hard finding stands beside the answers.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from string import Formatter

from sheetflow.findings import (
    LET_PASS,
    QUESTION,
    RETURNED_RULE,
    TOLD,
    WAIVED,
    Catalogue,
    Explanation,
    Finding,
    Identity,
    Place,
    Severity,
    number_of,
)
from sheetflow.schemas.book import Book, JudgingContext
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.cells import Text
from sheetflow.schemas.layout import ISSUE_COLUMNS, ISSUES_SHEET, OLDER_ANSWER_COLUMN
from sheetflow.schemas.parsing import holds_personal_number, read_code, read_text
from sheetflow.schemas.sheets import EXPLANATIONS
from sheetflow.validators.general_rules import LEFT_OUT
from sheetflow.validators.matching import bare_label, find_issues
from sheetflow.validators.row_findings import listed_marks
from sheetflow.validators.superiors import (
    agrees,
    check_agreement,
    has_agreed_figure,
    is_over,
    proposal,
)
from sheetflow.workbook import (
    Address,
    Mark,
    RawSheet,
    RawWorkbook,
    cell_name,
    column_letters,
    parse_cell_name,
)

_ORDER, _NUMBER, _KIND, _SHEET, _CELL, _LABEL, _WRONG, _REMEDY, _ANSWER = ISSUE_COLUMNS
_HEADER_WITHIN = 10
_LEAST_LABELS = 3
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer as it stands in the workbook: to which number, where, and its words.

    `number` is the one that its finding bears now, else what is typed; `beside` names the
    column in which the words stand, where that is another than 情况说明.
    """

    number: str
    text: str
    place: Place
    beside: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of 问题清单: what stands under our headers, and elsewhere, by column number."""

    row: int
    ours: Mapping[str, str]
    columns: Mapping[str, int]
    others: Mapping[int, str]

    @property
    def number(self) -> str:
        return read_code(self.ours.get(_NUMBER, ""))


def read_answers(
    raw: RawWorkbook, book: Book, findings: Sequence[Finding], checks: Catalogue
) -> list[Answered]:
    """Read every answer; those in the sheet 情况说明 come last and so go first."""
    issues = find_issues(raw)
    lines = list(_lines(issues)) if issues else []
    asked = _Asked(book, findings, checks, lines)
    found = [answer for line in lines if (answer := asked.answer(line))]
    written = book.sheets.get(EXPLANATIONS.key)
    for row in written.rows if written else ():
        number, text = row["finding"], row["explanation"]
        if written and isinstance(number, str) and isinstance(text, str):
            found.append(Answered(read_code(number), text, written.place(row, "finding")))
    return found


def _lines(sheet: RawSheet) -> Iterator[_Line]:
    """Give the lines under the header that bears most of our labels, in whatever order."""
    for header, cells in sheet.numbered_rows():
        if header > _HEADER_WITHIN:
            return
        labels = [bare_label(cell) for cell in cells]
        if _ANSWER not in labels:
            labels = [_ANSWER if label == OLDER_ANSWER_COLUMN else label for label in labels]
        columns = {label: labels.index(label) + 1 for label in ISSUE_COLUMNS if label in labels}
        if len(columns) >= _LEAST_LABELS:
            break
    else:
        return
    for row, cells in sheet.numbered_rows(header + 1):
        texts = {number: read_text(cell) for number, cell in enumerate(cells, start=1)}
        others = {n: text for n, text in texts.items() if text and n not in columns.values()}
        yield _Line(row, {label: texts.get(n, "") for label, n in columns.items()}, columns, others)


class _Asked:
    """What is asked now, and which line of the list speaks of it."""

    def __init__(
        self, book: Book, findings: Sequence[Finding], checks: Catalogue, lines: Iterable[_Line]
    ) -> None:
        self._book, self._checks = book, checks
        self._by_number = {finding.number: finding for finding in findings}
        named = {line.number for line in lines}
        self._free = [
            finding
            for number, finding in self._by_number.items()
            if finding.severity is Severity.VERIFY
            and number not in named
            # What a superior says is known by its number alone: it may say the same twice.
            and finding.rule != RETURNED_RULE
        ]

    def answer(self, line: _Line) -> Answered | None:
        """Give what is said in a line; None where nobody typed anything."""
        finding = self._by_number.get(line.number) or self._meant(line)
        said = list(self._typed(line, finding))
        if not said:
            return None
        if finding in self._free:
            self._free.remove(finding)
        number, text = next((entry for entry in said if explains(entry[1])), said[0])
        beside = "" if number == line.columns.get(_ANSWER) else f"{column_letters(number)}列"
        known = finding.number if finding else line.number
        return Answered(known, text, _answer_place((line.row, number), known), beside)

    def _meant(self, line: _Line) -> Finding | None:
        """Find the finding of a line whose 编号 is gone, or another since its row was mended."""
        wrong = line.ours.get(_WRONG, "")
        cell = line.ours.get(_CELL, "").partition("，")[0]  # behind it stands the row's code
        titles = {sheet.key: sheet.title for sheet in self._book.form.sheets}
        near = [
            finding
            for finding in self._free
            for place in (finding.place,)
            if line.ours.get(_SHEET, "") in {"", titles.get(place.sheet, place.title)}
            and line.ours.get(_LABEL, "") in {"", place.label}
        ]
        here = [finding for finding in near if finding.place.cell == cell and cell]
        same = [finding for finding in near if wrong and self._checks.wrong(finding) == wrong]
        unnamed = [] if wrong or line.number else here
        for group in ([entry for entry in here if entry in same], same, unnamed):
            if len(group) == 1:
                return group[0]
        return None

    def _typed(self, line: _Line, finding: Finding | None) -> Iterator[tuple[int, str]]:
        """Give what the filler typed, by column: 情况说明, columns of hers, then those of ours."""
        if answer := line.ours.get(_ANSWER):
            yield line.columns[_ANSWER], answer
        yield from line.others.items()
        for label in (_REMEDY, _WRONG, _LABEL, _CELL, _SHEET, _KIND, _NUMBER, _ORDER):
            if text := self._typed_over(label, line.ours.get(label, ""), finding):
                yield line.columns[label], text

    def _typed_over(self, label: str, text: str, finding: Finding | None) -> str:
        """Give what stands under a header of ours and does not come from us."""
        if not text or _SHAPES[label].fullmatch(text) or text in {LET_PASS, TOLD}:
            return ""
        if label in {_WRONG, _REMEDY}:
            return self._added(label, text, finding)
        if label in {_SHEET, _LABEL}:
            form = self._book.form
            labels = {name for sheet in form.sheets for name in sheet.labels.values()}
            titles = {sheet.title for sheet in form.sheets}
            titles |= {sheet.title for sheet in self._book.sheets.values()}
            ours = {finding.place.label, finding.place.title} if finding else {text}
            return "" if text in labels | titles | ours else text
        return text

    def _added(self, label: str, text: str, finding: Finding | None) -> str:
        """Give what was typed over, or behind, a sentence of ours."""
        if finding is None:
            patterns = (
                p for check in self._checks.checks.values() for p in (check.wrong, check.remedy)
            )
            return "" if any(_made_of(text, pattern) for pattern in patterns) else text
        check = self._checks[finding.rule]
        is_wrong = label == _WRONG
        ours = self._checks.wrong(finding) if is_wrong else self._checks.remedy(finding)
        if ours in text:
            return text.replace(ours, "", 1).strip("。；， \n")
        pattern = check.wrong if is_wrong else check.remedy
        # A copy of an older version says the same in other words.
        likeness = SequenceMatcher(None, text, ours, autojunk=False)
        if text in ours or _made_of(text, pattern) or likeness.ratio() > _ALIKE:
            return ""
        return text


_SHAPES = {
    label: re.compile(pattern)
    for label, pattern in {
        _ORDER: r"\d+",
        _NUMBER: r"(?i:[0-9A-F]{6,8})",
        _KIND: "|".join([QUESTION, *(severity.label for severity in Severity)]),
        _SHEET: "整个工作簿",
        _CELL: r"([A-Z]{1,3}\d+(:[A-Z]{1,3}\d+)?|第\d+行)(，.*)?|全表|—",
        _LABEL: "",
        _WRONG: "",
        _REMEDY: "",
    }.items()
}


def _made_of(text: str, template: str) -> bool:
    """Whether `text` is what the catalogue's template says with some arguments or other."""
    pieces = [piece for piece, *_ in Formatter().parse(template)]
    if not text.startswith(pieces[0]):
        return False
    at = 0
    for piece in pieces:
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return template.endswith("}") or at == len(text) or text.startswith("（共", at)


_SAYS_NOTHING = re.compile(
    "没有|暂无|无说明|无情况|无情况说明|没有说明|没有情况|同意|好的|可以|知道|知道了|明白|收到|已阅|已知"
    "|ok|okay|yes|no|none|null|na"
)


def explains(text: str) -> bool:
    """Whether words say anything: a mark, a figure, 无 or 同意 does not."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(char for char in plain if unicodedata.category(char)[0] in "LN")
    return len(set(bare)) > 1 and not bare.isdecimal() and not _SAYS_NOTHING.fullmatch(bare)


def says(text: str) -> bool:
    """Whether words may be an answer: 同意 is one where a figure was agreed by telephone."""
    return explains(text) or agrees(text)


def check_answers(
    raw: RawWorkbook,
    answers: Iterable[Answered],
    findings: Iterable[Finding],
    book: Book,
    context: JudgingContext,
    checks: Catalogue,
) -> Iterator[Finding]:
    """Find answers that carry a private number, are too long, say nothing or answer nothing.

    What the cells of answers bear besides their words is told as it is of other texts.
    """
    asked = {finding.number: finding for finding in findings}
    answers = _without_printed(answers, asked, context.explained(book.form.key, book.period))
    for answer in answers:
        finding = asked.get(answer.number)
        agreed = proposal(finding, book, context) if finding and agrees(answer.text) else None
        if agreed:
            yield from check_agreement(answer.place, agreed, book, context)
        is_enough = agreed is not None or bool(finding and is_over(finding))
        yield from _judge_answer(answer, finding, checks, is_enough=is_enough)
    issues = find_issues(raw)
    if issues is None:
        return
    for place in (answer.place for answer in answers if answer.place.title == ISSUES_SHEET):
        address = parse_cell_name(place.cell)
        marks = {mark for run in issues.runs.get(address, ()) for mark in run.marks}
        if address in issues.struck:
            marks.add(Mark.STRUCK)
        if marks:
            yield GENERAL["run-marked-text"].at(place, marks=listed_marks(marks))
        elif address in issues.formulas:
            yield GENERAL["cell-formula"].at(place, typed=LEFT_OUT)
    for line in _lines(issues):
        address = (line.row, line.columns.get(_ANSWER, 0))
        if address in issues.unsaved or address in issues.errors:
            yield GENERAL["explanation-not-read"].at(_answer_place(address, line.number))


def _without_printed(
    answers: Iterable[Answered], asked: Container[str], before: Mapping[Identity, Explanation]
) -> list[Answered]:
    """Leave out what our copy printed again, of something that was explained and has been mended since."""
    printed = {(number_of(identity), said.text) for identity, said in before.items()}
    return [
        each for each in answers if each.number in asked or (each.number, each.text) not in printed
    ]


_WAITS = "确有特殊情况的，这条说明转给上级，由上级决定是否放行"
_LOST = "这一条不能申请放行，只能改正：这一格的内容没有采用，放行就会丢失"
"""What comes of words beside a hard finding that a superior may let pass, and beside one that none may."""


def _judge_answer(
    answer: Answered, asked: Finding | None, checks: Catalogue, *, is_enough: bool
) -> Iterator[Finding]:
    kind = EXPLANATIONS.by_key["explanation"].type
    limit = kind.limit if isinstance(kind, Text) else 0
    # In the sheet 情况说明 the cell itself is judged, as any other text.
    if answer.place.sheet != EXPLANATIONS.key and holds_personal_number(answer.text):
        yield GENERAL["personal-in-text"].at(answer.place)
    if len(answer.text) > limit:
        yield GENERAL["text-too-long"].at(answer.place, count=len(answer.text), limit=limit)
    if asked is None:
        yield GENERAL["explanation-unused"].at(answer.place, number=answer.number[:10] or "无")
    elif asked.severity is Severity.MUST:
        plea = _WAITS if checks.may_be_waived(asked) else _LOST
        yield GENERAL["explanation-no-mending"].at(answer.place, plea=plea)
    elif asked.is_answerable and not (is_enough or explains(answer.text)):
        yield GENERAL["explanation-says-nothing"].at(answer.place)
    elif asked.is_answerable and answer.beside:
        yield GENERAL["explanation-beside"].at(answer.place, column=answer.beside)


def _answer_place(address: Address, number: str) -> Place:
    cell = cell_name(*address)
    return Place(title=ISSUES_SHEET, label=_ANSWER, row=address[0], cell=cell, key=number)


def explain(
    findings: Iterable[Finding], answers: Iterable[Answered], book: Book, context: JudgingContext
) -> dict[Identity, Explanation]:
    """Pair the findings with what is said of them: now, in an earlier submission, or by a waiver."""
    now = {answer.number: answer.text for answer in answers if says(answer.text)}
    before = context.explained(book.form.key, book.period)
    waived = context.waived(book.form.key, book.period)
    said: dict[Identity, Explanation] = {}
    for finding in findings:
        value = explained_value(finding, book)
        earlier = before.get(finding.identity)
        text = now.get(finding.number, "")
        if finding.is_answerable and _is_said(finding, text, book, context):
            said[finding.identity] = Explanation(text, value)
        elif finding.is_answerable and earlier and earlier.value == value:
            said[finding.identity] = earlier
        elif finding.rule in waived:
            said[finding.identity] = Explanation(f"{WAIVED}{waived[finding.rule]}", value)
    return said


def _is_said(finding: Finding, text: str, book: Book, context: JudgingContext) -> bool:
    """Whether words answer a finding; 同意 does once the figure agreed on is there."""
    if is_over(finding):
        return says(text)
    if agrees(text) and (heard := proposal(finding, book, context)):
        return has_agreed_figure(heard, book, context)
    return explains(text)


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
