"""Two cities review in the demo, and what they say is answered and settled."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from sheetflow.context import open_context
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.review import Matter, Verdict
from tests.demo.province.conftest import Played

AFTERWARDS = dt.datetime(2012, 4, 2, 9, tzinfo=OFFICE_ZONE)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_two_cities_review(played: Played) -> None:
    """One returns and asks, the other lets all pass; counties answer, and nothing else is found than was planted."""
    with open_context(played.root, AFTERWARDS) as context:
        decided = context.store.decisions.find_all()
        tree, submissions = context.tree, context.store.submissions
        outcomes = {
            each.receipt: each.outcome for each in submissions.find_submissions(form="progress")
        }
    first, second, *_ = (unit.unit_id for unit in tree if unit.level == "市")
    given = Counter((each.by_unit, each.matter, each.verdict) for each in decided)
    assert given[first, Matter.PASSING, Verdict.RETURN] == 1
    assert given[first, Matter.PASSING, Verdict.QUERY] == 1
    assert given[first, Matter.ANSWERED, Verdict.SETTLE] == 1
    assert given[second, Matter.PASSING, Verdict.AGREE] == sum(
        each.by_unit == second for each in decided
    )
    (returned,) = (each for each in decided if each.verdict is Verdict.RETURN)
    assert outcomes[returned.receipt] == "returned"
    agreed = {each.unit_id for each in decided if each.verdict is Verdict.AGREE}
    assert returned.unit_id in agreed
