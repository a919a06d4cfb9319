"""What was purged is past: no superior is offered anything of it, and nothing has it judged again."""

from __future__ import annotations

import datetime as dt

import pytest

from sheetflow.consolidation.matters import undoing_of
from sheetflow.consolidation.review_sheet import ReviewSheet
from sheetflow.context import Context
from sheetflow.schemas.review import FIGURE, Matter, Verdict
from sheetflow.service.books import books_of
from sheetflow.service.review_sheets import review_sheet_of
from sheetflow.upkeep.purge import purge
from tests.tiny.desk import (
    CITY,
    EAST,
    IN_TIME,
    IN_TIME_AGAIN,
    NEXT_DAY,
    SECOND,
    SECOND_MONTH,
    SIGNED_AGAIN,
    Desk,
    head,
    patrols,
    sound,
)
from tests.tiny.superior import decide, undo

pytestmark = pytest.mark.slow

YEAR_AFTER = dt.datetime(2013, 3, 1, 9)  # noqa: DTZ001 - the office's own time
ASKED = f"{EAST}-{SECOND}-1"


def sheet(desk: Desk, at: dt.datetime) -> ReviewSheet:
    """The city's 审核单 of the second period, as it stands."""

    def gather(context: Context) -> ReviewSheet:
        form, unit = context.form(""), context.tree[CITY]
        return review_sheet_of(context, unit, books_of(context, form, form.period(SECOND), unit))

    return desk.ask(gather, at)


@pytest.fixture
def asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A county walked ten times as far as before, and the city asks about something else."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk.drop(EAST, desk.fill(EAST, sound(500)))
    desk.run(IN_TIME)
    desk.issue(SECOND, NEXT_DAY)
    again = {"head": head(day=SIGNED_AGAIN), "patrols": patrols(5000, month=SECOND_MONTH)}
    desk.drop(EAST, desk.fill(EAST, again, period=SECOND))
    desk.run(IN_TIME_AGAIN)
    details = {FIGURE: 0}
    decide(desk, ASKED, Verdict.QUERY, "请核对", matter=Matter.LOOK, about="H1", details=details)
    desk.run(IN_TIME_AGAIN)
    return desk


def purged(desk: Desk) -> None:
    """The year is over, and purged."""
    desk.ask(lambda context: purge(context, dt.date(2012, 12, 31)), YEAR_AFTER)


def test_nothing_is_offered_of_what_was_purged(asked: Desk) -> None:
    """What deserved a look before is neither listed nor kept on offer, and no decision can be taken back."""
    before = sheet(asked, IN_TIME_AGAIN)
    assert before.looks
    assert before.offered
    assert any(row.may_be_undone for row in before.decided)
    asked.run(YEAR_AFTER)
    purged(asked)
    after = sheet(asked, YEAR_AFTER)
    assert (after.waiting, after.looks, after.offered) == ((), (), ())
    assert not any(row.may_be_undone for row in after.decided)


def test_no_decision_has_a_purged_workbook_judged_again(asked: Desk) -> None:
    """There is nothing to judge: whatever is recorded about it, the next pass and the next purge go through."""
    asked.run(YEAR_AFTER)
    purged(asked)
    (question,) = asked.ask(lambda context: context.store.decisions.find_all())
    undo(asked, question, YEAR_AFTER)
    assert asked.ask(lambda context: context.store.arrivals.find_unjudged()) == ()
    assert asked.ask(lambda context: context.store.decisions.find(undoing_of(question.number)))
    purged(asked)
