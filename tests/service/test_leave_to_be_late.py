"""缓报: leave to be late is on the unit's own page, and in what those above read, as soon as it is given."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.consolidation.review_sheet import DECIDED_SHEET, TAKEN_BACK
from sheetflow.context import Context
from sheetflow.schemas.review import REASON, REASONS, UNTIL, Decision, Matter, NewDecision, Verdict
from sheetflow.service.deciding import record_decision
from tests.tiny.desk import (
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    NEXT_DAY,
    PROVINCE,
    WEST,
    Desk,
    sound,
    words,
)
from tests.tiny.forms import PATROL_FORM
from tests.tiny.officer import Officer
from tests.tiny.superior import decide, undo

pytestmark = pytest.mark.slow

_NOTED = NEXT_DAY + dt.timedelta(hours=1)
_AFTER = CITIES_DAY + dt.timedelta(days=1)


def _excuse(desk: Desk, unit_id: str, at: dt.datetime = _NOTED) -> Decision:
    """Have the city give a county leave until its own deadline."""
    number = f"{unit_id}-{FIRST}-况1"

    def note(context: Context) -> Decision:
        decision = NewDecision(
            number=number,
            unit_id=unit_id,
            matter=Matter.UNIT,
            verdict=Verdict.NOTED,
            by_unit=CITY,
            form=PATROL_FORM.key,
            period=FIRST,
            details={REASON: REASONS[0], UNTIL: CITIES_DAY.date().isoformat()},
        )
        assert record_decision(context, decision)
        found = context.store.decisions.find(number)
        assert found
        return found

    given = desk.ask(note, at)
    desk.run(at)
    return given


def _page(desk: Desk, unit_id: str) -> str:
    return desk.answer(unit_id, "报送进度_").read_text(encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The day after the counties' deadline: one is late, one has not reported."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "flag")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.run(NEXT_DAY)
    desk.drop(WEST, desk.fill(WEST, sound(30)))
    desk.run(NEXT_DAY)
    return desk


def test_a_county_reads_on_its_own_page_that_it_may_be_late(desk: Desk) -> None:
    """Its page says 逾期 no longer but until when it may be late, and 逾期 again when that day is over."""
    assert "逾期" in _page(desk, EAST)
    _excuse(desk, EAST)
    assert "逾期" not in _page(desk, EAST)
    assert "缓报至4月9日" in _page(desk, EAST)
    assert "2012年4月9日" in _page(desk, EAST)
    desk.run(_AFTER)
    assert "逾期" in _page(desk, EAST)


def test_what_came_late_with_leave_is_late_nowhere(desk: Desk) -> None:
    """Leave that is given afterwards takes 迟报 out of the county's page and of both workbooks above; taken back, it stands again."""
    shown = [desk.answer(unit_id, "汇总表") for unit_id in (CITY, PROVINCE)]
    assert "迟报" in _page(desk, WEST)
    assert all("迟报1个" in words(path) for path in shown)
    given = _excuse(desk, WEST)
    assert "迟报" not in _page(desk, WEST)
    assert not any("迟报1个" in words(path) for path in shown)
    undo(desk, given, _NOTED)
    desk.run(_NOTED)
    assert "迟报" in _page(desk, WEST)
    assert all("迟报1个" in words(path) for path in shown)


def test_leave_is_not_taken_back_once_the_county_has_used_it(desk: Desk) -> None:
    """What came in under leave is late nowhere, and 撤销 of the leave is answered with why nothing is done."""
    given = _excuse(desk, EAST)
    desk.drop(EAST, desk.fill(EAST))
    desk.run(CITIES_DAY)
    city = Officer(desk, CITY)
    city.types(DECIDED_SHEET, given.number, **{TAKEN_BACK: "是"}).drops()
    desk.run(CITIES_DAY)
    assert "不能撤销" in words(city.results[-1])
    assert "迟报" not in _page(desk, EAST)
    assert "迟报1个" in words(desk.answer(CITY, "汇总表"))  # the other county's


def test_leave_given_afterwards_and_taken_back_leaves_nothing(desk: Desk) -> None:
    """Also where the county's workbook was judged anew meanwhile, it is 迟报 again once the leave is taken back."""
    given = _excuse(desk, WEST)
    decide(desk, f"{WEST}-{FIRST}-1", Verdict.QUERY, "为什么？", at=_NOTED)
    desk.run(_NOTED)
    assert "迟报" not in _page(desk, WEST)
    undo(desk, given, _NOTED)
    desk.run(_NOTED)
    assert "迟报" in _page(desk, WEST)
    assert "迟报1个" in words(desk.answer(CITY, "汇总表"))
