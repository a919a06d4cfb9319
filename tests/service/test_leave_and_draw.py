"""缓报 for whom it is of no use, and the draw of 本期抽查单位 where one has leave for long."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from sheetflow.consolidation.review_sheet import BELOW_SHEET, LOOKS_SHEET, REASON, UNTIL, VERDICT
from sheetflow.schemas.review import REASONS
from tests.tiny.desk import CITIES_DAY, CITY, EAST, IN_TIME, NEXT_DAY, WEST, Desk, table, words
from tests.tiny.officer import Officer

LONG = {REASON: REASONS[0], UNTIL: dt.date(2012, 4, 20)}
"""Leave until well after the city's own deadline."""
AFTER = CITIES_DAY + dt.timedelta(days=1)


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Officer:
    """One of the city's two counties has reported."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    return Officer(desk, CITY)


def _told(city: Officer, unit: str) -> tuple[object, object]:
    """What the last 办理结果 says about a unit, after one about nobody else."""
    (row,) = table(city.results[-1], "办理结果", "序号")
    assert unit in {row["单位"], ""} | {None}
    return row["结果"], row["说明"]


def test_who_has_reported_needs_no_leave(city: Officer) -> None:
    """缓报 typed beside a county that is in is answered with a sentence, and nothing is noted."""
    city.types(BELOW_SHEET, EAST, **LONG).drops()
    city.desk.run(IN_TIME)
    done, why = _told(city, "东岸县")
    assert (done, str(why).partition("；")[0]) == ("没有办理", "已经报送，不用缓报")
    assert not city.desk.ask(lambda context: context.store.decisions.find_all())


def test_who_was_late_may_be_excused_afterwards(city: Officer) -> None:
    """A county that came late is not late any longer where leave is noted afterwards."""
    city.desk.drop(WEST, city.desk.fill(WEST))
    city.desk.run(NEXT_DAY)
    city.types(BELOW_SHEET, WEST, **LONG).drops()
    city.desk.run(NEXT_DAY)
    assert _told(city, "西岸县")[0] == "已办理"


def test_the_draw_waits_for_nobodys_leave(city: Officer) -> None:
    """Who has leave holds up the draw until the city's own deadline, and no longer; what is typed there says where to decide."""
    city.types(BELOW_SHEET, WEST, **LONG).drops()
    city.desk.run(IN_TIME)
    city.desk.run(NEXT_DAY)
    assert "本期抽查单位" not in words(city.sheet)
    city.desk.run(AFTER)
    assert "本期抽查单位" in words(city.sheet)
    city.typed.append(_type_beside_the_drawn)
    city.drops()
    city.desk.run(AFTER)
    assert _told(city, "") == ("没有办理", "抽查单位不在这里办理，请到《待办》里它的那一行办理")


def _type_beside_the_drawn(book: Workbook) -> None:
    page = book[LOOKS_SHEET]
    cells = [cell for row in page.iter_rows() for cell in row]
    (verdict,) = (cell.column for cell in cells if cell.value == VERDICT)
    (drawn,) = (cell.row for cell in cells if cell.value == "本期抽查单位")
    page.cell(drawn + 1, verdict).value = "无异议"
