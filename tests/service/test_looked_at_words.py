"""重点核对 of texts and explanations: what an officer had nothing against is not asked again of the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow.consolidation.attention import WHOLE
from sheetflow.consolidation.review_sheet import LOOKS_SHEET, UNIT, VERDICT
from tests.tiny.desk import CITY, EAST, IN_TIME, TREE, WEST, table
from tests.tiny.officer import Officer
from tests.tiny.reported import ReportedDesk, telling

TEXT = "本季度沿清水河逐段巡查，发现排口两处，已经督促有关单位整治到位，水质总体稳定，群众满意。"
OTHER = "汛前组织各乡镇清理河道垃圾，落实河长巡查责任，建立台账，按月通报进展情况，成效明显。"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReportedDesk:
    """Give a service that asks superiors, and two counties that told the same."""
    monkeypatch.delenv("SHEETFLOW_REVIEW__POLICY")
    desk = ReportedDesk.begun(tmp_path / "work")
    told(desk, EAST, TEXT)
    told(desk, WEST, TEXT, 70)
    desk.run()
    return desk


def told(desk: ReportedDesk, unit_id: str, text: str, *metres: int) -> None:
    """Hand in a unit's workbook with these words."""
    desk.drop(unit_id, desk.fill(unit_id, telling(text, *metres)))


def listed(desk: ReportedDesk) -> set[str]:
    """The units of which the city is to look at more than a figure."""
    rows = table(Officer(desk, CITY).sheet, LOOKS_SHEET, UNIT)
    return {str(row[UNIT]) for row in rows if WHOLE in row.values()}


def test_words_that_were_looked_at_are_not_listed_again(desk: ReportedDesk) -> None:
    """Who reports the same text again, with other figures, is not listed; who tells the same in other words is."""
    east, west = TREE[EAST].name, TREE[WEST].name
    assert listed(desk) == {east, west}
    officer = Officer(desk, CITY).signs()
    for unit_id in (EAST, WEST):
        officer.types(LOOKS_SHEET, unit_id, **{VERDICT: "无异议"})
    officer.drops()
    desk.run()
    assert listed(desk) == set()
    told(desk, EAST, TEXT, 600)
    desk.run()
    assert desk.submissions(EAST)[-1].number == 2
    assert listed(desk) == set()
    told(desk, EAST, TEXT.replace("群众满意", "群众比较满意"), 600)
    desk.run(IN_TIME)
    assert listed(desk) == {east}
    told(desk, EAST, OTHER, 600)
    desk.run(IN_TIME)
    assert listed(desk) == set()
