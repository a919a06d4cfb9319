"""What a mail may hold: events and their data, as plain frozen values, every text cleaned.

It refuses rows, cells and personal values: there is no field for them. All texts are cleaned
alike, wherever they come from, because a unit's name is typed by people too.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from sheetflow.rounds import Round


class Event(StrEnum):
    """What happened; each has a template of the same name."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    HELD = "held"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    PRECHECK = "precheck"
    REMINDER = "reminder"
    ROLLCALL = "rollcall"
    ISSUED = "issued"
    IDENTITY = "identity"
    DECISION = "decision"
    QUERY = "query"
    SUPERIOR = "superior"
    GATHERED = "gathered"
    FILED = "filed"
    ADMINISTRATOR = "administrator"
    DIGEST = "digest"
    CONTACT = "contact"
    REVIEWED = "reviewed"
    LEAVE = "leave"
    DEADLINE = "deadline"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFinding:
    """One finding in words: where, what is wrong, what to do, and its severity's label.

    `number` is its 编号 in 问题清单, `group` what it asks in a word (必改, 核实, 提示, 已处理).
    """

    place: str
    wrong: str
    remedy: str
    severity: str
    number: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailData:
    """Everything that a mail can say. Texts are ready to be read; empty ones are left out.

    `findings` may hold all of them or the first, in the order of 问题清单; `counts` gives every severity's label
    with its number, heaviest first (counted from `findings` when empty). `passed` means:
    for a precheck, it would be accepted; for a decision, it was released; for leave (缓报), it was granted; for a signed report (`paper`
    says which: 定稿 or 正本), it was filed; for a 审核单, all of its rows took effect. `reason` is a
    sentence of a person who decided, or of us on why something is held. `other_unit` is
    the unit in whose folder a workbook lay that named this one, or that waits for a decision;
    `waits` says that something waits for the reader's decision, of a 审核单 that some row is to be mended. `ours` says that only a fault of ours keeps it waiting. `file_name` is fit to be shown.
    `by` names the superior that returned the workbook or asks about it, `asked` counts its questions that want
    an answer. `office` is the unit's name in full as an office and `superior` that of the one above it, empty at
    the top: 你单位 is said to those below only. `explained` counts the places that need nothing more since something was said of them;
    `corrects` is the number of the accepted submission that this one takes the place of; `mends` of the one that a superior returned;
    `repeats` is it where nothing was changed (of a 审核单: that all was decided before); `overtaken` the one that stands although this one was accepted. `other_form` is the form's
    title where it is not the campaign's main one: the subject names it then. `attachment` is empty
    when attaching is switched off; `file_place` then tells where the file lies.
    """

    campaign: str
    unit: str
    form: str = ""
    other_form: str = ""
    period: str = ""
    number: int | None = None
    receipt: str = ""
    received: str = ""
    findings: tuple[MailFinding, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    progress: Round | None = None
    remarks: tuple[str, ...] = ()
    reason: str = ""
    passed: bool = False
    late: bool = False
    nil: bool = False
    explained: int = 0
    several: int = 0
    """So many forms' periods are asked for in one mail, 0 for the one that it names: `remarks` has a line for each."""
    prefilled: bool = False
    """The workbook holds what was reported of earlier periods of the year, where anything was."""
    urgent: bool = False
    """It is due by the clock: the subject says 加急."""
    corrects: str = ""
    mends: str = ""
    repeats: str = ""
    overtaken: str = ""
    released: bool = False
    by: str = ""
    asked: int = 0
    ours: bool = False
    waits: bool = False
    file_name: str = ""
    deadline: str = ""
    drop_folder: str = ""
    attachment: str = ""
    file_place: str = ""
    other_unit: str = ""
    paper: str = ""
    office: str = ""
    superior: str = ""
    superior_phone: str = ""
    """The telephone of the office above, as the list of units has it."""
    contact: str = ""
    signature: str = ""
    date: str = ""

    @property
    def tallies(self) -> tuple[tuple[str, int], ...]:
        """The severities that occur, with their numbers."""
        if self.counts:
            return tuple((label, count) for label, count in self.counts if count)
        labels = [finding.severity for finding in self.findings]
        return tuple((label, labels.count(label)) for label in dict.fromkeys(labels))


_IN_SUBJECT = {"campaign": 50, "unit": 40, "period": 30, "other_form": 20}
"""Bounds of what stands in the subject, so that the number at its end is never cut off."""

_QUOTING = {"reason", "file_name"}


def clean_data(data: MailData) -> MailData:
    """Give `data` with every text cleaned; those that may quote somebody also masked."""
    texts: dict[str, str] = {}
    for field in dataclasses.fields(data):
        value = getattr(data, field.name)
        if not isinstance(value, str):
            continue
        if field.name in _IN_SUBJECT:
            texts[field.name] = clean_header(value, _IN_SUBJECT[field.name])
        else:
            clean = clean_quote if field.name in _QUOTING else clean_line
            texts[field.name] = clean(value)
    findings = tuple(
        MailFinding(
            place=clean_quote(finding.place, 120),
            wrong=clean_quote(finding.wrong),
            remedy=clean_quote(finding.remedy),
            severity=clean_line(finding.severity, 10),
            number=clean_line(finding.number, 10),
            group=clean_line(finding.group, 10),
        )
        for finding in data.findings
    )
    return dataclasses.replace(
        data,
        findings=findings,
        counts=tuple((clean_line(label, 10), count) for label, count in data.counts),
        remarks=tuple(clean_quote(remark) for remark in data.remarks),
        **texts,  # type: ignore[arg-type] # the names of str fields, collected above
    )


def without_content(data: MailData) -> MailData:
    """Take out whatever was made from the file, for the unit that it only named.

    Promise 10 tells that unit that something arrived and for when, and nothing of what it
    holds.
    """
    return MailData(
        campaign=data.campaign,
        unit=data.unit,
        period=data.period,
        number=data.number,
        receipt=data.receipt,
        received=data.received,
        other_unit=data.other_unit,
        office=data.office,
        superior=data.superior,
        superior_phone=data.superior_phone,
        contact=data.contact,
        signature=data.signature,
        date=data.date,
    )


HEADER_LENGTH = 160
"""Characters a header may have; a subject line is cut by mail programs long before."""

LINE_LENGTH = 400

_NONCHARACTER = 0xFFFE
_FIRST_NONCHARACTER_BLOCK = range(0xFDD0, 0xFDF0)

_NUMBERS = re.compile(
    r"(?<![0-9０-９A-Za-z])"
    r"(?:\d{17}[\dXxＸｘ]|\d{15}|[1１][3-9３-９]\d[-－ ]?\d{4}[-－ ]?\d{4})"
    r"(?![0-9０-９A-Za-z])"
)
"""Identity numbers (18 or 15 digits) and mobile numbers, half or full width."""

HIDDEN_NUMBER = "（号码已隐去）"


def clean_header(text: str, most: int = HEADER_LENGTH) -> str:
    r"""Make `text` safe as the value of a mail header, at most `most` characters.

    Line breaks and other white space become one space; control, bidirectional and other
    invisible characters and lone surrogates are left out; ``=?`` gets a full-width
    question mark, because Python 3.11 decodes an encoded word that it is given and so
    turns ``=?utf-8?q?R=0D=0ABcc:_v@e.com?=`` into a second header line.
    """
    return clean_line(text.replace("=?", "=？"), most)


def clean_line(text: str, most: int = LINE_LENGTH) -> str:
    """Make `text` one line of visible characters in NFC, cut with “…” after `most`."""
    visible = "".join(_kept(character) for character in unicodedata.normalize("NFC", text))
    # Leaving characters out may bring "=" and "?" together only now.
    line = " ".join(visible.split()).replace("=?", "=？")
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def clean_quote(text: str, most: int = LINE_LENGTH) -> str:
    """Clean a sentence that may quote a cell: also no phone or identity number, no link.

    Rules never quote a personal cell; this is the second lock on the same door. Mail
    programs make a link of anything that looks like an address, so it must not.
    """
    line = _NUMBERS.sub(HIDDEN_NUMBER, clean_line(text, 4 * most))
    line = re.sub(r"(?i)\bwww\.", "www．", line.replace("://", "：//"))
    return clean_line(line, most)


def _kept(character: str) -> str:
    if character.isspace():
        return " "
    code = ord(character)
    noncharacter = code & _NONCHARACTER == _NONCHARACTER or code in _FIRST_NONCHARACTER_BLOCK
    # Cc controls, Cf bidi marks and other invisible ones, Cs lone surrogates.
    if noncharacter or unicodedata.category(character) in {"Cc", "Cf", "Cs"}:
        return ""
    return " " if unicodedata.category(character) in {"Zl", "Zp"} else character
