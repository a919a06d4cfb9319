"""Findings: faults in submitted data, as values.

This module owns what a finding is, where it points and how its sentence is
made from the catalogue. It refuses to know any sheet, file or library: rules
collect findings, nobody raises them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

Argument = str | int
Identity = tuple[str, str, str, str]
"""Rule, sheet, column and row key: what makes a finding the same one in the next attempt."""

UNNAMED = "~"
"""Begins the key of a row that has none: a digest of its values."""


RETURNED_RULE, ASKED_RULE = "superior-return", "superior-question"
REFUSED_RULE, REJECTED_RULE = "superior-refused", "rejected"
"""The checks that tell a unit what a superior returned, what it asks, and what it did not let pass or in."""


class Severity(StrEnum):
    """How heavy a finding weighs, in the words of statistical reporting."""

    MUST = "must"
    VERIFY = "verify"
    NOTE = "note"

    @property
    def label(self) -> str:
        """The office's word: 强制性, 核实性 or 提示性."""
        return {"must": "强制性", "verify": "核实性", "note": "提示性"}[self.value]

    @property
    def group(self) -> str:
        """What it asks of the filler, in a word: 必改, 核实 or 提示."""
        return {"must": "必改", "verify": "核实", "note": "提示"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a finding points: the logical place, and the cell in the submitted file.

    `sheet` and `column` are declared keys; `title` and `label` are what people
    read. `row` is 1-based as Excel shows it, 0 for a whole sheet or workbook.
    `key` is the row's own key (or its other values where it has none), so that
    the same finding is known again in the next attempt. `cell` is like ``C7``. `code` is
    the row's own code as people may read it (X0025): never a personal value, else empty.
    """

    sheet: str = ""
    title: str = ""
    row: int = 0
    column: str = ""
    label: str = ""
    cell: str = ""
    key: str = ""
    code: str = ""

    @property
    def spot(self) -> str:
        """Name the cell, or the row, with the row's own code: B28，X0025."""
        cell = self.cell or (f"第{self.row}行" if self.row else "")
        return "，".join(filter(None, (cell, self.code)))

    @property
    def words(self) -> str:
        """Name the place as a person would: 《妇女需求台帐》C7，X0004“姓名”."""
        sheet = f"《{self.title}》" if self.title else ""
        label = f"“{self.label}”" if self.label else ""
        return f"{sheet}{self.spot}{label}" or "整个工作簿"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: which rule, how heavy, where, and the arguments of its sentence.

    `arguments` never hold a personal value: a rule that fires on a personal
    column or on free text gives none of the cell's content. `others` lists the
    further cells when one cause repeats (an empty column is one finding).
    """

    rule: str
    severity: Severity
    place: Place
    arguments: Mapping[str, Argument] = field(default_factory=lambda: MappingProxyType({}))
    others: tuple[str, ...] = ()
    other_keys: tuple[str, ...] = ()
    """The keys of the rows of `others`, in their order."""

    @property
    def identity(self) -> Identity:
        """What makes this the same finding in the next attempt."""
        return (self.rule, self.place.sheet, self.place.column, self.place.key)

    @property
    def identities(self) -> frozenset[Identity]:
        """The identity of each place that a grouped finding stands for."""
        keys = (self.place.key, *self.other_keys)
        return frozenset((self.rule, self.place.sheet, self.place.column, key) for key in keys)

    @property
    def is_question(self) -> bool:
        """Whether a superior asks it: that keeps nothing from being accepted, and wants an answer."""
        return self.rule == ASKED_RULE

    @property
    def is_answerable(self) -> bool:
        """Whether words beside it are an answer."""
        return self.severity is Severity.VERIFY or self.is_question

    @property
    def label(self) -> str:
        """The office's word for how heavy it weighs; of what a superior asks, 请核实."""
        return QUESTION if self.is_question else self.severity.label

    @property
    def group(self) -> str:
        """What it asks of the filler, in a word: 必改, 核实, 请核实 or 提示."""
        return QUESTION if self.is_question else self.severity.group

    @property
    def number(self) -> str:
        """A short number that stays the same across attempts, for 情况说明."""
        return number_of(self.identity)


def number_of(identity: Identity) -> str:
    """Give the short number of what makes a finding the same again."""
    return hashlib.sha256("\x1f".join(identity).encode()).hexdigest()[:8].upper()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The filler's answer to a 核实性 finding, and a digest of the value that it explains.

    It holds for as long as that value does not change.
    """

    text: str
    value: str = ""

    @property
    def is_waiver(self) -> bool:
        """Whether not the filler but a superior said it."""
        return self.text.startswith(WAIVED)


WAIVED = "上级准予放行："
"""Begins what a superior says of a finding that is let pass."""

Said = Mapping[Identity, Explanation]
"""What is said of findings, by their identity."""


QUESTION = "请核实"
"""The group of what a superior asks."""


def open_questions(findings: Iterable[Finding], said: Said) -> tuple[Finding, ...]:
    """Give what a superior asks and nobody has answered yet."""
    return tuple(each for each in findings if each.is_question and each.identity not in said)


SETTLED = "已处理"
"""The group of what is explained or let pass."""


def group_of(finding: Finding, said: Said) -> str:
    """Give the group in which mail and 问题清单 show a finding: 必改, 核实, 提示 or 已处理."""
    return SETTLED if finding.identity in said else finding.group


LET_PASS, TOLD = "上级已准予放行，不用再改", "已说明，不用再改"


def settled_words(answer: Explanation) -> str:
    """Say that a finding that is answered asks nothing more."""
    return LET_PASS if answer.is_waiver else TOLD


def in_order(findings: Iterable[Finding], said: Said) -> tuple[Finding, ...]:
    """Put first what a superior returned, then what must be mended, is to be explained or answered, is for information.

    What is settled comes last. This is the order of 问题清单, of the mail and of `check`.
    """
    order = list(Severity)

    def weight(finding: Finding) -> tuple[bool, bool, int, bool]:
        is_settled, severity = finding.identity in said, order.index(finding.severity)
        return is_settled, finding.rule != RETURNED_RULE, severity, not finding.is_question

    return tuple(sorted(findings, key=weight))


def count_places(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Count the places that findings of each severity name, grouped ones cell by cell.

    This is what a `Round` counts, so that the next answer goes on from this one's figures.
    """
    places = {(finding.severity, place) for finding in findings for place in finding.identities}
    counts = Counter(severity for severity, _ in places)
    return {severity: counts[severity] for severity in Severity}


def worst(findings: Iterable[Finding]) -> Severity:
    """Give the heaviest severity among `findings`."""
    return min((finding.severity for finding in findings), key=list(Severity).index)


@dataclass(frozen=True, slots=True)
class Check:
    """The catalogue's entry for one rule code.

    `wrong` and `remedy` are `str.format` templates over the finding's arguments:
    what is wrong (both figures where two disagree), and what to do. `summary` is
    its line in 填报说明. `source` cites the sentence of the notice or the form
    that the rule enforces. What is `unread` would be dropped, were it let pass.
    """

    code: str
    severity: Severity
    title: str
    wrong: str
    remedy: str
    summary: str
    source: str
    unread: bool = False

    def at(self, place: Place, /, **arguments: Argument) -> Finding:
        """Make the finding that this check reports at `place`."""
        return Finding(self.code, self.severity, place, MappingProxyType(arguments))


_SOURCE = "依据："
_LINES = 4
_UNREAD = "不可放行"


def read_checks(text: str) -> tuple[Check, ...]:
    """Read checks as people write them down, a blank line between two.

    Each has four lines: its code, its severity in the office's word, its title and perhaps
    不可放行; what is wrong; the remedy; the summary. A line 依据： names the source of all that follow.
    """
    labels = {severity.label: severity for severity in Severity}
    checks: list[Check] = []
    source = ""
    for entry in text.strip().split("\n\n"):
        if entry.startswith(_SOURCE):
            source = entry.removeprefix(_SOURCE)
            continue
        lines = entry.split("\n")
        if len(lines) != _LINES or not source:
            raise ValueError(f"a check has a source and four lines: {entry}")
        head, wrong, remedy, summary = lines
        code, severity, title, *unread = head.split()
        severity = labels[severity]
        checks.append(
            Check(code, severity, title, wrong, remedy, summary, source, unread == [_UNREAD])
        )
    return tuple(checks)


_LATER: Mapping[str, Argument] = MappingProxyType(
    {
        "blank": "",
        "mend": "给这一行另编一个没有用过的编号",
        "plea": "确有特殊情况的，这条说明转给上级，由上级决定是否放行",
        "since": "报送截止以后",
    }
)
"""Arguments that findings lack which an older version has kept."""


class _Kept(dict[str, Argument]):
    """Arguments of a finding that was made while its sentence was another: what it lacks is left open."""

    def __missing__(self, name: str) -> Argument:
        return "……"


_GONE = Check(
    code="",
    severity=Severity.NOTE,
    title="已停用的审核",
    wrong="提出这条意见的审核已经停用",
    remedy="不用再改",
    summary="",
    source="",
)
"""What is said of a finding whose check there is no more."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All checks of a campaign by code; the only source of sentences for findings.

    `declared` are the codes of those that one form or another has for itself.
    """

    checks: Mapping[str, Check]
    declared: frozenset[str] = frozenset()

    @classmethod
    def of(cls, checks: Iterable[Check], declared: Iterable[str] = ()) -> Catalogue:
        """Collect `checks`, refusing a code that is given twice."""
        by_code: dict[str, Check] = {}
        for check in checks:
            if check.code in by_code:
                raise ValueError(f"two checks bear the code {check.code}")
            by_code[check.code] = check
        return cls(MappingProxyType(by_code), frozenset(declared))

    def __getitem__(self, code: str) -> Check:
        return self.checks[code]

    def may_be_waived(self, finding: Finding) -> bool:
        """Whether a superior may let a hard finding pass: nothing is lost by it, as what was not read would be."""
        check = self.checks.get(finding.rule)
        is_hard = finding.severity is Severity.MUST
        return is_hard and bool(finding.place.sheet) and not (check and check.unread)

    def wrong(self, finding: Finding) -> str:
        """Say what is wrong, without the place."""
        given = _Kept({**_LATER, **finding.arguments})
        text = self.checks.get(finding.rule, _GONE).wrong.format_map(given)
        if finding.others:
            text += f"（共{len(finding.others) + 1}处：{listed(finding)}）"
        return text

    def remedy(self, finding: Finding) -> str:
        """Say what to do."""
        given = _Kept({**_LATER, **finding.arguments})
        return self.checks.get(finding.rule, _GONE).remedy.format_map(given)

    def sentence(self, finding: Finding) -> str:
        """Say it in one sentence: where, what is wrong, what to do."""
        return f"{finding.place.words}：{self.wrong(finding)}。{self.remedy(finding)}。"


def listed(finding: Finding, most: int = 5) -> str:
    """List the first cells of a grouped finding: C7、C8、C9等."""
    cells = [finding.place.cell, *finding.others]
    return "、".join(cells[:most]) + ("等" if len(cells) > most else "")
