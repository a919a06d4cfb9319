"""重点核对 follows what peers in other cities hand in, though nothing of the city's own has changed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.tiny.desk import CITY, EAST, FIRST, IN_TIME, NORTH, SOUTH, WEST, Desk, sound, words

_ENOUGH = 4
_HOUR = dt.timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A workspace in which four counties are enough to be compared."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "flag")
    for module in ("consolidation.attention", "service.review_marks"):
        monkeypatch.setattr(f"sheetflow.{module}.FEWEST_PEERS", _ENOUGH, raising=False)
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    return desk


def _sheet(desk: Desk) -> str:
    (sheet,) = desk.out(CITY, FIRST).glob("审核单_*.xlsx")
    return words(sheet)


def test_the_first_city_to_be_complete_sees_what_others_make_odd(desk: Desk) -> None:
    """Its county's figure is far from its peers only once those of the other city are in: it reads so then."""
    for unit_id, metres in ((EAST, 10000), (WEST, 500), (SOUTH, 500)):
        desk.drop(unit_id, desk.fill(unit_id, sound(metres)))
    desk.run()
    assert "明显高于" not in _sheet(desk)
    desk.drop(NORTH, desk.fill(NORTH, sound(510)))
    desk.run(IN_TIME + _HOUR)
    assert f"明显高于同级{_ENOUGH}个单位的中位数505" in _sheet(desk)


def test_sheets_stay_where_peers_tell_nothing_new(desk: Desk) -> None:
    """A workbook that is handed in once more in another city makes no sheet anew here."""
    for unit_id in (EAST, WEST, SOUTH, NORTH):
        desk.drop(unit_id, desk.fill(unit_id, sound(500)))
    desk.run()
    desk.drop(NORTH, desk.fill(NORTH, sound(520)))
    (sheet,) = desk.out(CITY, FIRST).glob("审核单_*.xlsx")
    made = sheet.stat().st_mtime_ns
    desk.run(IN_TIME + _HOUR)
    assert sheet.stat().st_mtime_ns == made
