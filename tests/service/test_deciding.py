"""Who decides on a day, what a decision stirs, and that the way it comes in changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from sheetflow.config.units_workbook import write_units
from sheetflow.consolidation.reviews import passing_of, questions_of
from sheetflow.schemas.review import FORWARDED, Matter, NewDecision, Passing, Verdict, number_of
from sheetflow.service.deciding import record_decision, reviews_in
from sheetflow.service.merged_units import who_decides
from sheetflow.units import Unit
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NEXT_DAY,
    OTHER_CITY,
    PROVINCE,
    SOUTH,
    TREE,
    WEST,
    Desk,
    sound,
    tree_of,
)
from tests.tiny.forms import PATROL_FORM

pytestmark = pytest.mark.slow

ENDED = dt.date(2012, 3, 31)


@pytest.fixture
def desk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A workspace in which cities are asked to let pass what is accepted."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    return desk


def relist(desk: Desk, changed: Unit) -> None:
    """Write the list of units anew, one of them another."""
    units = [changed if unit.unit_id == changed.unit_id else unit for unit in TREE]
    desk.workspace.units_file.unlink()
    write_units(desk.workspace.units_file, tree_of(units))


def decider(desk: Desk, unit_id: str, at: dt.datetime = IN_TIME) -> str:
    """Who decides about a unit."""
    unit = desk.ask(lambda context: who_decides(context, unit_id), at)
    return unit.unit_id if unit else ""


def row(unit_id: str, matter: Matter, verdict: Verdict, **more: Any) -> NewDecision:
    """A decision of the city about a unit's first workbook; `more` are its other fields."""
    receipt, about = f"{unit_id}-{FIRST}-1", more.get("about", "")
    return NewDecision(
        number=more.pop("number", "") or number_of(receipt, matter, 1, about),
        unit_id=unit_id,
        matter=matter,
        verdict=verdict,
        form=PATROL_FORM.key,
        period=FIRST,
        receipt=receipt,
        **{"by_unit": CITY, "opinion": "请核实", "decider": "王某", **more},
    )


def record(desk: Desk, decision: NewDecision) -> bool:
    """Record it, as a 审核单 or a command does."""
    return desk.ask(lambda context: record_decision(context, decision), NEXT_DAY)


def test_the_unit_directly_above_decides_and_nobody_above_a_root(desk: Desk) -> None:
    """A city decides about its counties, the province about its cities, nobody about the province."""
    assert [decider(desk, each) for each in (EAST, CITY, PROVINCE, "880000")] == [
        CITY,
        PROVINCE,
        "",
        "",
    ]


def test_a_merged_unit_is_decided_about_by_whoever_is_above_its_successor(desk: Desk) -> None:
    """EAST went over to a county of another city: that city decides, from the day on."""
    relist(desk, replace(TREE[EAST], valid_to=ENDED, successor=SOUTH))
    assert decider(desk, EAST) == OTHER_CITY
    assert decider(desk, EAST, IN_TIME.replace(month=3, day=20)) == CITY


def test_a_changed_parent_decides_from_then_on(desk: Desk) -> None:
    """What the former city let pass stays passed; what waits is the new one's."""
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    record(desk, row(EAST, Matter.PASSING, Verdict.AGREE))
    relist(desk, replace(TREE[EAST], parent=OTHER_CITY))
    review = desk.ask(lambda context: reviews_in(context, PATROL_FORM.key, FIRST)[EAST], NEXT_DAY)
    assert (review.superior, passing_of(review)) == (OTHER_CITY, Passing.PASSED)


def test_passing_judges_nothing_anew_and_a_return_does(desk: Desk) -> None:
    """Whoever is let pass gets no second answer; whoever is returned is judged with it."""
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.run()
    record(desk, row(EAST, Matter.PASSING, Verdict.AGREE))
    assert desk.ask(lambda context: context.store.arrivals.find_unjudged()) == ()
    record(desk, row(WEST, Matter.PASSING, Verdict.RETURN))
    assert len(desk.ask(lambda context: context.store.arrivals.find_unjudged())) == 1


def test_what_a_unit_further_up_asks_is_marked_and_stirs_nothing_below(desk: Desk) -> None:
    """The province's question waits at the city; the county's workbook is left alone."""
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    asked = row(EAST, Matter.LOOK, Verdict.QUERY, about="W01", by_unit=PROVINCE)
    record(desk, asked)
    assert desk.ask(lambda context: context.store.arrivals.find_unjudged()) == ()
    review = desk.ask(lambda context: reviews_in(context, PATROL_FORM.key, FIRST)[EAST], NEXT_DAY)
    (question,) = questions_of(review)
    assert question.is_forwarded
    assert question.decision.details[FORWARDED]


def outcomes(desk: Desk) -> dict[str, object]:
    """Everything that stands in the end, by unit."""

    def ask(unit_id: str) -> object:
        review = desk.ask(lambda context: reviews_in(context, PATROL_FORM.key, FIRST)[unit_id])
        return (
            [(each.receipt, each.outcome) for each in review.in_order],
            passing_of(review),
            [(each.number, each.state) for each in questions_of(review)],
        )

    return {unit_id: ask(unit_id) for unit_id in (EAST, WEST)}


DECISIONS = (
    row(EAST, Matter.PASSING, Verdict.AGREE),
    row(EAST, Matter.LOOK, Verdict.QUERY, about="W01"),
    row(WEST, Matter.PASSING, Verdict.RETURN, opinion="里程偏大"),
    row(
        EAST,
        Matter.UNDOING,
        Verdict.UNDO,
        about=f"{EAST}-{FIRST}-1-核W01-1",
        number=f"{EAST}-{FIRST}-1-核W01-1-撤1",
    ),
)


def test_decisions_and_passes_in_any_order_end_the_same(desk: Desk) -> None:
    """A pass after each decision, or one pass after all of them the other way round: the same stands."""
    ends = []
    for number, order in enumerate((DECISIONS, (*reversed(DECISIONS[:3]), DECISIONS[3]))):
        one = Desk.make(desk.root.parent / f"way{number}")
        one.issue()
        for unit_id in (EAST, WEST):
            one.drop(unit_id, one.fill(unit_id, sound(500)))
        one.run()
        for decision in order:
            assert record(one, decision)
            if not number:
                one.run(NEXT_DAY)
        one.run(NEXT_DAY)
        ends.append(outcomes(one))
    assert ends[0] == ends[1]
    assert ends[0][EAST] == ([(f"{EAST}-{FIRST}-1", "accepted")], Passing.PASSED, [])
    assert ends[0][WEST] == ([(f"{WEST}-{FIRST}-1", "returned")], Passing.NONE, [])


def test_who_decides_is_told_of_a_held_workbook(desk: Desk) -> None:
    """Word of what a merged unit's folder holds goes to whoever sits above its successor, and no longer to its old superior."""
    relist(desk, replace(TREE[EAST], valid_to=ENDED, successor=SOUTH))
    desk.drop(EAST, desk.fill(WEST))
    desk.run()
    assert [each.outcome for each in desk.submissions(EAST)] == ["held"]
    told = {
        unit_id: [each for each in desk.mails(unit_id) if "待确认件要决定" in str(each["Subject"])]
        for unit_id in (CITY, OTHER_CITY)
    }
    assert (len(told[CITY]), len(told[OTHER_CITY])) == (0, 1)
