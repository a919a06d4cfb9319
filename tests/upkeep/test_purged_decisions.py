"""A purge takes out what superiors typed about purged workbooks; that they decided stays on record."""

from __future__ import annotations

import datetime as dt

import pytest

from sheetflow.consolidation.matters import waiting_of
from sheetflow.schemas.review import Matter, NewDecision, Verdict, number_of
from sheetflow.service.deciding import record_decision, reviews_in, unit_subject
from sheetflow.store.decisions import PURGED
from sheetflow.upkeep.decide import decide
from sheetflow.upkeep.purge import purge
from tests.tiny.desk import CITY, EAST, FIRST, IN_TIME, SECOND, TOO_LATE, WEST, Desk, sound
from tests.tiny.forms import PATROL_FORM

YEAR_AFTER = dt.datetime(2013, 3, 1, 9)  # noqa: DTZ001 - the office's own time
NAMED = "电话问过王安澜，属实"


def note(desk: Desk, period: str) -> None:
    """The city notes why WEST is missing, and names a person."""
    row = NewDecision(
        number=number_of(f"{WEST}-{period}", Matter.UNIT, 1),
        unit_id=WEST,
        matter=Matter.UNIT,
        verdict=Verdict.NOTED,
        by_unit=CITY,
        form=PATROL_FORM.key,
        period=period,
        opinion=NAMED,
        details={"reason": "失联"},
    )
    assert desk.ask(lambda context: record_decision(context, row))
    subject = desk.ask(lambda context: unit_subject(context, WEST, PATROL_FORM.key, period))
    assert row.number == f"{subject}-况1"


@pytest.fixture
def purged(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A year with one workbook accepted and one rejected, purged when it is over; a note of 2013 stays."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    desk.drop(EAST, desk.fill(WEST, sound(70)), name="西岸.xlsx")
    desk.run(IN_TIME)
    (held,) = [each for each in desk.submissions(EAST) if each.outcome == "held"]
    desk.ask(lambda context: decide(context, held.receipt, "reject", NAMED), TOO_LATE)
    note(desk, FIRST)
    note(desk, SECOND)
    desk.run(TOO_LATE)
    desk.ask(lambda context: purge(context, dt.date(2012, 5, 1)), YEAR_AFTER)
    return desk


def test_opinions_go_and_decisions_stay(purged: Desk) -> None:
    """Who decided what and when can be read, what was typed cannot; of a later period nothing is touched."""
    found = purged.ask(lambda context: context.store.decisions.find_all())
    assert [(each.matter, each.period, each.opinion) for each in found] == [
        (Matter.HELD, FIRST, PURGED),
        (Matter.UNIT, FIRST, PURGED),
        (Matter.UNIT, SECOND, NAMED),
    ]
    assert all(each.number.startswith((EAST, WEST)) for each in found)


def test_of_what_was_purged_nothing_waits(purged: Desk) -> None:
    """A workbook whose original is gone asks nobody to let it pass."""
    review = purged.ask(lambda context: reviews_in(context, PATROL_FORM.key, FIRST)[EAST])
    assert [each.outcome for each in review.handed] == ["accepted", "returned"]
    assert waiting_of(review) == ()
