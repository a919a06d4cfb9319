"""A campaign's own checks as declarations: when, what must hold, where it points, what is said.

This module owns their shape. Text becomes an expression in `language`; they are judged in
`validators`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sheetflow.findings import Check, Severity
from sheetflow.schemas.expressions import Expression
from sheetflow.schemas.versioned import Versioned


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRule(Versioned):
    """One line of 审核.

    Each row of `sheet` (empty: the workbook, once) for which `when` is true must meet `must`; unknown is
    silent. `points` are the cells that it speaks of: keys of columns of the sheet; with no sheet
    ``sheet.column`` or an indicator's code. Of several each is judged by itself, as 本栏. `wrong` and
    `remedy` are sentences with placeholders as people write them (``{办理状态}`` by key: ``{status}``),
    `title` is 简称, `summary` the line in 填报说明.

    `by_row` makes one finding of all the cells of a row; `skips_first` and `only_last` name periods
    of the year, `only_levels` levels. `trial_until` is the id of the last period for which a 强制性
    rule only says what it sees, empty for none.
    """

    code: str
    severity: Severity
    must: Expression
    points: tuple[str, ...]
    wrong: str
    remedy: str
    title: str
    summary: str
    sheet: str = ""
    when: Expression | None = None
    source: str = ""
    by_row: bool = False
    skips_first: bool = False
    only_last: bool = False
    only_levels: frozenset[str] = frozenset()
    trial_until: str = ""
    since: int = 1
    until: int | None = None

    @property
    def check(self) -> Check:
        """The entry of the catalogue that its findings are worded by."""
        return Check(
            code=self.code,
            severity=self.severity,
            title=self.title,
            wrong=_template(self.wrong),
            remedy=_template(self.remedy),
            summary=self.summary,
            source=self.source,
        )

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What its sentences quote, each once: ``status``, ``本栏``, ``上期:status``."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.wrong + self.remedy)))


OWN, LABEL, LABELS, OTHER, BEFORE = "本栏", "栏目", "各栏", "另一行", "上期:"
"""Placeholders that are no column's: the cell that a rule points to, what it is called, what all are
called that fail in a row, the other row of a double, and what begins one of the last period."""
_PLACEHOLDER = re.compile("{([^{}]+)}")


def argument_name(placeholder: str) -> str:
    """Give the name of the finding's argument that stands for a placeholder."""
    return re.sub("[:.]", " ", placeholder)


def _template(sentence: str) -> str:
    """Give a sentence with its placeholders as a check has them: no mark in them means anything."""
    return _PLACEHOLDER.sub(lambda found: f"{{{argument_name(found[1])}}}", sentence)
