"""Whom the list for the telephone says to ring, and how old it is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.periods import OFFICE_ZONE
from tests.tiny.desk import CITY, EAST, Desk, Rows, head, patrols, sound, table, words, write
from tests.tiny.signing import SIGNING, SIGNING_NAME

pytestmark = pytest.mark.slow

OPENS = dt.datetime(2012, 3, 1, 9, tzinfo=OFFICE_ZONE)
BEGUN = OPENS - dt.timedelta(days=10)
TRIED = dt.datetime(2012, 4, 3, 10, tzinfo=OFFICE_ZONE)
DAY_AFTER = dt.datetime(2012, 4, 6, 9, tzinfo=OFFICE_ZONE)
RETURNED: Rows = {"patrols": patrols(40_000, means="步行")}
"""Nobody walks that far: it is to be explained."""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a workspace by the calendar whose form names who filled it in; workbooks are handed out."""
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")
    desk = Desk.make(tmp_path / "work", campaign=f'"{SIGNING_NAME}"')
    desk.run(BEGUN)
    desk.run(OPENS)
    return desk


def hand_in(desk: Desk, at: dt.datetime, who: str, phone: str, more: Rows | None = None) -> None:
    """Hand in the county's workbook with this on its cover."""
    rows: Rows = {**sound(), "head": [{**head()[0], "preparer": who, "phone": phone}]}
    file = desk.root.parent / f"{who}.xlsx"
    write(desk.issued(EAST), file, {**rows, **(more or {})}, forms=SIGNING.forms)
    desk.drop(EAST, file)
    desk.run(at)


def rung(desk: Desk) -> dict[object, tuple[object, object]]:
    """Give whom the city is to ring, by unit."""
    listed = table(desk.answer(CITY, "电话催报单"), "电话催报单", "单位")
    return {row["单位"]: (row["填报人"], row["联系电话"]) for row in listed if row["单位"]}


def test_who_filled_in_a_returned_workbook_is_rung(desk: Desk) -> None:
    """A county that has nothing accepted yet has said on its returned workbook whom to ring."""
    hand_in(desk, TRIED, "王安澜", "13800000001", RETURNED)
    assert desk.submissions(EAST)[-1].outcome == "returned"
    desk.run(DAY_AFTER)
    assert rung(desk)["东岸县"] == ("王安澜", "13800000001")


def test_of_a_returned_workbook_nothing_else_is_kept(desk: Desk) -> None:
    """Its rows are those of the cover alone."""
    hand_in(desk, TRIED, "王安澜", "13800000001", RETURNED)
    (submission,) = desk.submissions(EAST)
    kept = desk.ask(lambda context: context.store.contents.find_rows(submission))
    assert [*kept] == [SIGNING.main_form.cover.sheet]


def test_the_list_follows_who_hands_in_since(desk: Desk) -> None:
    """A county that is accepted in the afternoon stands on the list no more, which says of when it is."""
    desk.run(DAY_AFTER)
    assert "截至2012年4月6日09:00" in words(desk.answer(CITY, "电话催报单"))
    assert set(rung(desk)) == {"东岸县", "西岸县"}
    hand_in(desk, DAY_AFTER.replace(hour=14), "王安澜", "13800000001")
    assert set(rung(desk)) == {"西岸县"}
    assert "截至2012年4月6日14:00" in words(desk.answer(CITY, "电话催报单"))


def test_a_list_of_which_nothing_changed_stays_as_it_was_drawn_up(desk: Desk) -> None:
    """An hour later the same units are late: nothing is made anew."""
    desk.run(DAY_AFTER)
    before = desk.publications()
    desk.run(DAY_AFTER + dt.timedelta(hours=1))
    assert desk.publications() == before
