"""The order of findings, one finding where one cause repeats, and no idle note beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sheetflow.findings import Finding, Severity
from sheetflow.schemas.forms import Form
from sheetflow.validators.catalogue.cells import READINGS
from sheetflow.workbook import parse_cell_name

REPEATS = 5
"""From so many on, the same fault down one column is one finding."""


def arrange(findings: Iterable[Finding], form: Form) -> tuple[Finding, ...]:
    """Group what repeats, then order by sheet, row and column as the form has them."""
    order = {sheet.key: number for number, sheet in enumerate(form.sheets)}

    def position(finding: Finding) -> tuple[int, int, int]:
        place = finding.place
        sheet = order.get(place.sheet, -1 if not place.title else len(order))
        # A card is one row for rules, and many lines for whoever reads.
        row, column = parse_cell_name(place.cell) if place.cell else (place.row, 0)
        return (sheet, row if place.row else 0, column)

    told = sorted(_without_idle_notes(list(findings)), key=position)
    return tuple(sorted(group(told), key=position))


def _without_idle_notes(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Leave out how a cell was read where it must be mended or explained all the same."""
    open_cells = {
        (entry.place.title, entry.place.cell)
        for entry in findings
        if entry.severity is not Severity.NOTE and entry.place.cell
    }
    for entry in findings:
        idle = entry.rule in READINGS and (entry.place.title, entry.place.cell) in open_cells
        if not idle:
            yield entry


def group(findings: Sequence[Finding]) -> list[Finding]:
    """Join the findings of one rule and column that say the same, in their order."""
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        alike.setdefault(_cause(finding), []).append(finding)
    grouped: list[Finding] = []
    for same in alike.values():
        if len(same) < REPEATS or not same[0].place.row or not same[0].place.cell:
            grouped += same
        else:
            others = tuple(finding.place.cell for finding in same[1:])
            keys = tuple(finding.place.key for finding in same[1:])
            grouped.append(replace(same[0], others=others, other_keys=keys))
    return grouped


def _cause(finding: Finding) -> tuple[object, ...]:
    """What repeats: the same sentence down a column; for 提示性 the rule alone."""
    place = finding.place
    if finding.severity is Severity.NOTE:
        return (finding.rule, place.sheet, place.column)
    said = tuple(sorted(finding.arguments.items()))
    # A 核实性 finding is answered one by one: each keeps its own number.
    alone = place.row if finding.severity is Severity.VERIFY else 0
    return (finding.rule, place.sheet, place.column, said, alone)
