"""重点核对 from a whole service: what is offered stays decidable, what was decided is not asked again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from sheetflow.consolidation.review_sheet import LookRow, SampledUnit
from sheetflow.context import Context
from sheetflow.schemas.review import Matter, NewDecision, Verdict
from sheetflow.service.attention import looks_of
from sheetflow.service.books import books_of
from sheetflow.service.deciding import record_decision
from sheetflow.service.review_sheets import review_sheet_of
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    IN_TIME_AGAIN,
    NEXT_DAY,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    SECOND,
    SECOND_MONTH,
    SIGNED_AGAIN,
    SOUTH,
    WEST,
    Desk,
    Rows,
    head,
    patrols,
    sound,
)

pytestmark = pytest.mark.slow

Looks = tuple[tuple[LookRow, ...], tuple[SampledUnit, ...], str]


def looks(desk: Desk, unit_id: str = CITY, period: str = FIRST, at: dt.datetime = IN_TIME) -> Looks:
    """What a unit is to look at."""

    def ask(context: Context) -> Looks:
        form, unit = context.form(""), context.tree[unit_id]
        return looks_of(
            context, unit, books_of(context, form, form.period(period), unit).read_by(unit)
        )

    return desk.ask(ask, at)


def offered(desk: Desk, period: str) -> dict[str, float | int | None]:
    """What the city was ever offered, by number."""

    def ask(context: Context) -> Sequence[LookRow]:
        form, unit = context.form(""), context.tree[CITY]
        books = books_of(context, form, form.period(period), unit)
        return review_sheet_of(context, unit, books).offered

    return {row.number: row.current for row in desk.ask(ask)}


def decide(
    desk: Desk, number: str, verdict: Verdict, *, period: str = FIRST, about: str = ""
) -> None:
    """Record what the city decided of its eastern county's newest workbook."""
    matters = {Verdict.FINE: Matter.LOOK, Verdict.UNDO: Matter.UNDOING}
    decision = NewDecision(
        number=number,
        unit_id=EAST,
        by_unit=CITY,
        form="patrol",
        period=period,
        receipt=desk.submissions(EAST)[-1].receipt,
        matter=matters.get(verdict, Matter.PASSING),
        verdict=verdict,
        about=about,
    )
    assert desk.ask(lambda context: record_decision(context, decision), IN_TIME)


def later(*metres: int) -> Rows:
    """A workbook for the second period."""
    return {"head": head(day=SIGNED_AGAIN), "patrols": patrols(*metres, month=SECOND_MONTH)}


def jumped(desk: Desk) -> None:
    """The eastern county walked ten times as far as in the first period, the western one as far as then."""
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id, sound(500)))
    desk.run()
    desk.issue(SECOND, NEXT_DAY)
    for unit_id, metres in ((EAST, 5000), (WEST, 500)):
        desk.drop(unit_id, desk.fill(unit_id, later(metres), period=SECOND))
    desk.run(IN_TIME_AGAIN)


def test_what_moved_is_offered_to_everybody_above(desk: Desk) -> None:
    """The county's figure stands with the one before and the reason; the province may not return it."""
    jumped(desk)
    (row,), _, _ = looks(desk, period=SECOND)
    assert (row.unit_id, row.code, row.current, row.before) == (EAST, "H6", 5000, 500)
    assert row.why == ("本期5000，上期500，变动超过三倍",)
    assert Verdict.RETURN in row.verdicts
    (same,), sampled, _ = looks(desk, PROVINCE, SECOND)
    assert (same.unit_id, same.code, same.why) == (row.unit_id, row.code, row.why)
    assert same.verdicts == (Verdict.FINE, Verdict.QUERY)
    assert sampled == ()


def test_what_was_decided_is_not_asked_again(desk: Desk) -> None:
    """无异议 settles a figure, in a workbook that comes later too; taken back, it is asked under the next number."""
    jumped(desk)
    ((row,), _, _) = looks(desk, period=SECOND)
    decide(desk, row.number, Verdict.FINE, period=SECOND, about="H6")
    assert looks(desk, period=SECOND)[0] == ()
    assert offered(desk, SECOND) == {}
    decide(desk, f"{row.number}-撤1", Verdict.UNDO, period=SECOND, about=row.number)
    (again,), _, _ = looks(desk, period=SECOND)
    assert (row.number[-2:], again.number[-2:]) == ("-1", "-2")
    decide(desk, again.number, Verdict.FINE, period=SECOND, about="H6")
    rows = later(5000)
    rows = {**rows, "patrols": [{**walk, "means": "步行"} for walk in rows["patrols"]]}
    desk.drop(EAST, desk.fill(EAST, rows, period=SECOND, name="更正.xlsx"))
    desk.run(IN_TIME_AGAIN)
    assert desk.submissions(EAST)[-1].outcome == "accepted"
    assert looks(desk, period=SECOND)[0] == ()


def test_what_was_offered_can_still_be_named(desk: Desk) -> None:
    """A row is known by its number while its submission counts, and no longer."""
    jumped(desk)
    ((row,), _, _) = looks(desk, period=SECOND)
    assert offered(desk, SECOND) == {row.number: 5000}
    desk.drop(EAST, desk.fill(EAST, later(600), period=SECOND, name="更正.xlsx"))
    desk.run(IN_TIME_AGAIN)
    assert looks(desk, period=SECOND)[0] == ()
    assert offered(desk, SECOND) == {}


def test_what_is_changed_after_it_was_passed_is_shown(desk: Desk) -> None:
    """A passed workbook is asked nothing more; a changed one shows what stood, until it is passed as well."""
    desk.drop(EAST, desk.fill(EAST, sound(500)))
    desk.run()
    (first,) = desk.submissions(EAST)
    decide(desk, f"{first.receipt}-验1", Verdict.AGREE)
    desk.run()
    assert looks(desk)[0] == ()
    desk.drop(EAST, desk.fill(EAST, sound(700), name="更正.xlsx"))
    desk.run()
    (row,), _, _ = looks(desk)
    assert (row.code, row.current, *row.why) == ("H6", 700, "验收后有变动，原来是500")
    decide(desk, f"{row.receipt}-验1", Verdict.AGREE)
    assert looks(desk)[0] == ()


def test_what_is_changed_after_the_deadline_is_shown(desk: Desk) -> None:
    """Where nobody is asked to pass anything, a correction after the deadline shows what stood in time."""
    desk.drop(EAST, desk.fill(EAST, sound(500)))
    desk.run()
    desk.drop(EAST, desk.fill(EAST, sound(600), name="重报.xlsx"))
    desk.run()
    assert looks(desk)[0] == ()
    for number, metres in enumerate((700, 800)):
        desk.drop(EAST, desk.fill(EAST, sound(metres), name=f"更正{number}.xlsx"))
        desk.run(NEXT_DAY)
    (row,), _, _ = looks(desk)
    assert (row.current, *row.why) == (800, "截止后更正，原来是600")


def test_what_mends_a_return_is_shown_as_no_correction(desk: Desk) -> None:
    """A workbook that mends a return after the deadline is not called 截止后更正; the next one is."""
    for metres in (500, 600):
        desk.drop(EAST, desk.fill(EAST, sound(metres)))
        desk.run()
    decide(desk, f"{EAST}-{FIRST}-2-验1", Verdict.RETURN)
    desk.run(NEXT_DAY)
    desk.drop(EAST, desk.fill(EAST, sound(700)))
    desk.run(NEXT_DAY)
    assert looks(desk)[0] == ()
    desk.drop(EAST, desk.fill(EAST, sound(800), name="更正.xlsx"))
    desk.run(NEXT_DAY)
    (row,), _, _ = looks(desk)
    assert (row.current, *row.why) == (800, "截止后更正，原来是500")


def test_the_draw_waits_until_nobody_can_choose(desk: Desk) -> None:
    """While somebody may still come in time nobody is drawn; then two are, and they stay."""
    desk.drop(SOUTH, desk.fill(SOUTH, sound(500)))
    desk.run()
    assert looks(desk, OTHER_CITY)[1:] == ((), "")
    desk.run(NEXT_DAY)
    rows, sampled, seed = looks(desk, OTHER_CITY, at=NEXT_DAY)
    assert ([one.unit_id for one in sampled], rows) == ([SOUTH], ())
    assert len(seed) == 8
    desk.drop(NORTH, desk.fill(NORTH, sound(70)))
    desk.run(NEXT_DAY)
    again = looks(desk, OTHER_CITY, at=NEXT_DAY)
    assert [one.unit_id for one in again[1]] == [SOUTH, NORTH]
    assert again == looks(desk, OTHER_CITY, at=NEXT_DAY)
    assert again[1][1].receipt == desk.submissions(NORTH)[0].receipt
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id, sound(500)))
    desk.run()
    _, everybody, other = looks(desk)
    assert {one.unit_id for one in everybody} == {EAST, WEST}
    assert other != seed


@pytest.mark.parametrize("unit_id", [PROVINCE, OTHER_CITY])
def test_an_empty_period_asks_nothing(desk: Desk, unit_id: str) -> None:
    """Before anybody has reported there is nothing to look at, and nobody to be drawn."""
    desk.run()
    assert looks(desk, unit_id) == ((), (), "")
