"""建议延期: a deadline close after a holiday is offered to be moved, in the 审核单 of whoever decides."""

from __future__ import annotations

import datetime as dt

import pytest

from sheetflow.consolidation.review_sheet import WaitingRow
from sheetflow.context import Context
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.review import Matter, NewDecision, Verdict
from sheetflow.service.books import books_of
from sheetflow.service.deciding import record_decision
from sheetflow.service.review_sheets import review_sheet_of
from tests.tiny.desk import CITY, EAST, FIRST, TREE, Desk

# The counties' last day for the first quarter is the first working day after 清明.
IN_MARCH = dt.datetime(2012, 3, 20, 10, tzinfo=OFFICE_ZONE)


@pytest.fixture(autouse=True)
def _asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHEETFLOW_REVIEW__POLICY")


def offered(desk: Desk, unit_id: str) -> list[WaitingRow]:
    """Read which postponements wait in a unit's 审核单."""

    def ask(context: Context) -> list[WaitingRow]:
        form = context.campaign.main_form
        books = books_of(context, form, form.period(FIRST), TREE[unit_id])
        sheet = review_sheet_of(context, TREE[unit_id], books)
        return [row for row in sheet.waiting if row.matter is Matter.POSTPONEMENT]

    return desk.ask(ask, IN_MARCH)


def decide(desk: Desk, row: WaitingRow, verdict: Verdict) -> None:
    """Have the row decided, as a dropped 审核单 does."""

    def record(context: Context) -> bool:
        decision = NewDecision(
            number=row.number,
            unit_id=row.unit_id,
            by_unit=row.unit_id,
            matter=row.matter,
            verdict=verdict,
            form=context.campaign.main_form.key,
            period=FIRST,
            about=row.about,
        )
        return record_decision(context, decision)

    assert desk.ask(record, IN_MARCH)


def last_day(desk: Desk, unit_id: str) -> str:
    """Ask for a unit's last day."""

    def ask(context: Context) -> str:
        form = context.campaign.main_form
        return f"{context.deadline(TREE[unit_id], form, form.period(FIRST)):%m-%d}"

    return desk.ask(ask, IN_MARCH)


def test_a_city_is_offered_more_time_for_its_counties(desk: Desk) -> None:
    """The row says which day, and what agreeing does."""
    (row,) = offered(desk, CITY)
    assert row.unit == "所属县级单位"
    assert "截止时间是2012年4月5日" in row.content
    assert "改为2012年4月9日" in row.agreed
    assert row.verdicts == (Verdict.AGREE, Verdict.DISAGREE)


def test_agreeing_moves_the_day_and_ends_the_offer(desk: Desk) -> None:
    """The counties below have until the new day; nothing is offered on top of it."""
    (row,) = offered(desk, CITY)
    decide(desk, row, Verdict.AGREE)
    assert last_day(desk, EAST) == "04-09"
    assert offered(desk, CITY) == []


def test_refusing_leaves_the_day(desk: Desk) -> None:
    """Who wants it as it was is not asked again."""
    (row,) = offered(desk, CITY)
    decide(desk, row, Verdict.DISAGREE)
    assert last_day(desk, EAST) == "04-05"
    assert offered(desk, CITY) == []
