"""The count is honest: what is missed or invented shows."""

from __future__ import annotations

from types import MappingProxyType

from sheetflow.demo.staging import Planted
from sheetflow.demo.tally import Answered, count
from sheetflow.findings import Finding, Place, Severity

FILE = ("370102-历下区", "填报.xlsx")


def planted(cell: str, rule: str) -> Planted:
    """Plant one mistake."""
    return Planted(*FILE, "走访记录", cell, rule, cell)


def found(cell: str, rule: str) -> Finding:
    """Find one."""
    place = Place(sheet="visits", title="走访记录", row=4, cell=cell)
    return Finding(rule, Severity.MUST, place, MappingProxyType({}))


def test_all_found_is_said_so() -> None:
    """The last line counts what was planted and found."""
    result = count([planted("C4", "required")], [Answered(FILE, (found("C4", "required"),))])
    assert result.line.format(**result.numbers) == "planted 1 · found 1 · false alarms 0"
    assert result.is_perfect


def test_another_cell_or_rule_is_a_miss_and_a_false_alarm() -> None:
    """Naming the neighbouring cell, or another reason, is not finding the mistake."""
    for wrong in (found("C5", "required"), found("C4", "choice-unknown")):
        result = count([planted("C4", "required")], [Answered(FILE, (wrong,))])
        assert result.line.format(**result.numbers) == "planted 1 · found 0 · false alarms 1"
        assert not result.is_perfect
        assert "C4 required" in result.missed[0]


def test_a_finding_in_another_file_does_not_count() -> None:
    """A mistake must be named in the answer to its own workbook."""
    other = (FILE[0], "填报（初稿）.xlsx")
    result = count([planted("C4", "required")], [Answered(other, (found("C4", "required"),))])
    assert (result.found, len(result.false_alarms)) == (0, 1)
