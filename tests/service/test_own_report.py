"""A quarterly report by the campaign's own Word template, for each level that has others below it."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from tests.tiny.desk import (
    EAST,
    FIRST,
    FIRST_NAMED,
    OTHER_CITY,
    PROVINCE,
    REEDS,
    SANDS,
    SOUTH,
    TOWNSHIPS_DAY,
    TREE,
    Desk,
    table,
)
from tests.tiny.reported import REPORTED, ReportedDesk, telling

WALKED = {SANDS: 40, REEDS: 3, SOUTH: 200, OTHER_CITY: 5000, EAST: 60_000, PROVINCE: 700_000}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> ReportedDesk:
    """All but two counties and a city have reported, townships too."""
    desk = ReportedDesk.begun(tmp_path_factory.mktemp("reported") / "work")
    for unit_id, metres in WALKED.items():
        rows = telling(f"{TREE[unit_id].name}本季度逐段巡查，没有新的排口。", metres)
        desk.drop(unit_id, desk.fill(unit_id, rows))
    assert desk.run(TOWNSHIPS_DAY).outcomes == {"accepted": len(WALKED)}
    return desk


def below(unit_id: str) -> list[int]:
    """What was walked by a unit and by all below it."""
    return [WALKED[unit.unit_id] for unit in TREE.subtree(unit_id) if unit.unit_id in WALKED]


@pytest.mark.parametrize("unit_id", [SOUTH, OTHER_CITY, PROVINCE])
def test_the_report_tells_the_levels_own_figures(desk: Desk, unit_id: str) -> None:
    """Title, sentences, quotes and the table are the unit's own quarter, of all below it."""
    document = Document(str(desk.answer(unit_id, "情况报告_")))
    told = [paragraph.text for paragraph in document.paragraphs]
    metres, due = below(unit_id), len(TREE.subtree(unit_id))
    assert told[0] == f"{TREE[unit_id].name}{FIRST_NAMED}河道巡查情况"
    assert f"本期应报单位{due}个，已报{len(metres)}个。" in told[1]
    assert f"本期巡河{len(metres)}次，其中步行0次，里程{sum(metres)}米。" in told[2]
    assert f"登记排口{2 * len(metres)}个，已封堵{len(metres)}个，封堵率50.0%" in told[3]
    assert any(line.startswith(f"{TREE[unit_id].name}") and "逐段巡查" in line for line in told)
    (printed,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in printed.rows]
    children = [child.name for child in TREE.children(unit_id)]
    assert [row[0] for row in rows] == ["单位", f"{TREE[unit_id].name}本级", *children, "合计"]
    assert rows[-1] == ["合计", "", str(len(metres)), str(sum(metres)), str(sum(metres))]
    assert len(document.inline_shapes) == 1


def test_the_figures_can_be_checked(desk: Desk) -> None:
    """Beside each report lies the list of its figures, with the quarter they are of."""
    for unit_id in (SOUTH, OTHER_CITY, PROVINCE):
        (checks,) = desk.out(unit_id, FIRST).glob("*核对表_*")
        label = REPORTED.main_form.indicator["H6"].label.strip("　").removeprefix("其中：")
        rows = [row for row in table(checks, "数字核对表", "指标") if label in str(row["指标"])]
        current = [row for row in rows if row["时段"] == FIRST_NAMED]
        assert current[0]["数值（未修约）"] == sum(below(unit_id))


def test_the_lowest_level_gets_no_report(desk: Desk) -> None:
    """Townships, and counties without any, are nobody's superior."""
    for unit_id in (REEDS, SANDS, EAST):
        assert list(Path(desk.out(unit_id, FIRST)).glob("*.docx")) == []
