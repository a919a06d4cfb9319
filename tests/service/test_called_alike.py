"""A city that stands on a superior's list for itself alone is called 本级 on every sheet of that superior's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.consolidation.review_sheet import BELOW_SHEET, PAPER
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.review import PAPERS
from tests.tiny.desk import (
    CITY,
    EAST,
    OTHER_CITY,
    PROVINCE,
    WEST,
    Desk,
    body,
    patrols,
    sound,
    table,
    words,
)
from tests.tiny.officer import Officer

BEGUN = dt.datetime(2012, 2, 20, 9, tzinfo=OFFICE_ZONE)
OPENS = dt.datetime(2012, 3, 1, 9, tzinfo=OFFICE_ZONE)
LAST_DAY = dt.datetime(2012, 4, 5, 10, tzinfo=OFFICE_ZONE)
DAY_AFTER = dt.datetime(2012, 4, 6, 9, tzinfo=OFFICE_ZONE)
CITIES_LATE = dt.datetime(2012, 4, 10, 9, tzinfo=OFFICE_ZONE)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a workspace whose service has run since February."""
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "work")
    desk.run(BEGUN)
    desk.run(OPENS)
    return desk


def test_who_is_rung_and_what_became_of_a_row_are_called_as_the_sheet_calls_them(
    desk: Desk,
) -> None:
    """电话催报单 and 办理结果 of the province say 下游市本级, as its 审核单 does."""
    desk.run(CITIES_LATE)
    rung = table(desk.answer(PROVINCE, "电话催报单"), "电话催报单", "单位")
    assert "下游市本级" in [row["单位"] for row in rung]
    province = Officer(desk, PROVINCE)
    province.types(BELOW_SHEET, OTHER_CITY, **{PAPER: PAPERS[0]}).drops()
    desk.run(CITIES_LATE.replace(hour=10))
    (row,) = table(province.results[-1], "办理结果", "序号")
    assert row["单位"] == "下游市本级"
    assert "共1行：1行已经办理" in words(province.results[-1])


def test_the_digest_counts_those_who_have_something_to_mend(desk: Desk) -> None:
    """应报2个，已报0个 left out that both were returned."""
    for unit_id in (EAST, WEST):
        rows = {**sound(), "patrols": patrols(40_000, means="步行")}
        desk.drop(unit_id, desk.fill(unit_id, rows))
    desk.run(LAST_DAY)
    desk.run(DAY_AFTER.replace(hour=8, minute=30))
    said = body(desk.mails(CITY)[-1])
    assert "应报2个，已报0个，退回待改2个" in said
