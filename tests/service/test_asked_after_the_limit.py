"""What is asked from further up has its days, whenever it is asked; what passes read of it does not grow with the years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sheetflow.config.units_workbook import write_units
from sheetflow.context import Context
from sheetflow.periods import Period
from sheetflow.schemas.review import Decision, Matter, Verdict
from sheetflow.service.books import books_of
from sheetflow.service.form_calendar import form_tasks
from sheetflow.service.passing import reviews_of
from sheetflow.store.decisions import Decisions
from sheetflow.store.judgements import Contents
from tests.tiny.desk import (
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NORTH,
    PROVINCE,
    REEDS,
    TREE,
    WEST,
    Desk,
    table,
    tree_of,
)
from tests.tiny.forms import PATROL_FORM
from tests.tiny.superior import decide

pytestmark = pytest.mark.slow

_QUARTER = Period.parse(FIRST)
_WEEK_AFTER = CITIES_DAY + dt.timedelta(days=7)
"""A Monday: the city's three working days are long over."""


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """Two counties of one city have reported."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.run()
    return desk


def _waiting(desk: Desk, unit_id: str) -> list[str]:
    (sheet,) = desk.out(unit_id, FIRST).glob("审核单_*.xlsx")
    found = [str(row["事项"] or "") for row in table(sheet, "待办", "编号")]
    return [word for word in found if word.startswith("省级核实事项")]


def _ask(desk: Desk, by_unit: str, at: dt.datetime, unit_id: str = EAST) -> str:
    receipt = f"{unit_id}-{FIRST}-1"
    what = {"matter": Matter.LOOK, "about": "H6", "by_unit": by_unit, "at": at}
    return decide(desk, receipt, Verdict.QUERY, "请核", **what)  # type: ignore[arg-type]


def test_a_question_asked_after_the_citys_limit_has_its_three_days(office: Desk) -> None:
    """The city has three working days from the question on, and only then the province reads that it is late."""
    _ask(office, PROVINCE, _WEEK_AFTER)
    for day in (0, 1, 3):
        office.run(_WEEK_AFTER + dt.timedelta(days=day))
        assert _waiting(office, PROVINCE) == []
        assert _waiting(office, CITY) == ["省级核实事项"]
    office.run(_WEEK_AFTER + dt.timedelta(days=4))
    assert _waiting(office, PROVINCE) == ["省级核实事项（已过时限）"]


def test_of_four_levels_whoever_asked_reads_that_the_unit_between_is_late(office: Desk) -> None:
    """The province asks about a township: it is told that the county is late, though a city stands between."""
    office.drop(REEDS, office.fill(REEDS))
    office.run()
    _ask(office, PROVINCE, _WEEK_AFTER, REEDS)
    office.run(_WEEK_AFTER + dt.timedelta(days=3))
    assert _waiting(office, PROVINCE) == []
    office.run(_WEEK_AFTER + dt.timedelta(days=4))
    assert _waiting(office, PROVINCE) == ["省级核实事项（已过时限）"]


def test_a_pass_reads_no_decision_of_years_ago(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two years later neither a pass with nothing to do nor the calendar looks at a question or 缓报 of this period."""
    _ask(office, CITY, IN_TIME)
    decide(office, f"{EAST}-{FIRST}-1", Verdict.NOTED, matter=Matter.UNIT)
    office.run(IN_TIME)
    later = IN_TIME.replace(year=2014)
    office.run(later)
    read: list[Decision] = []
    find = Decisions._find  # noqa: SLF001 - whatever is asked, all goes through it

    def noted(self: Decisions, *args: Any, **wanted: Any) -> tuple[Decision, ...]:
        found = find(self, *args, **wanted)
        read.extend(found)
        return found

    monkeypatch.setattr(Decisions, "_find", noted)
    office.run(later)
    assert office.ask(lambda context: [*form_tasks(context, later)], later)
    assert read == []


def test_books_read_no_words_where_every_question_is_settled(office: Desk) -> None:
    """A question that was asked once costs nothing once it is settled, and one go where it is not."""
    number = _ask(office, CITY, IN_TIME)
    read: list[str] = []

    def counted(name: str) -> Callable[..., Any]:
        found = getattr(Contents, name)

        def call(*args: Any) -> Any:
            read.append(name)
            return found(*args)

        return call

    def gather(context: Context) -> Sequence[str]:
        read.clear()
        with pytest.MonkeyPatch.context() as patch:
            for name in ("find_findings", "find_explanations", "find_said"):
                patch.setattr(Contents, name, counted(name))
            books_of(context, PATROL_FORM, _QUARTER)
        return [*read]

    assert len(office.ask(gather)) == 1  # of both counties at once
    decide(office, f"{EAST}-{FIRST}-1", Verdict.SETTLE, matter=Matter.ANSWERED, about=number)
    assert office.ask(gather) == []


def test_one_superior_is_named_of_all_whatever_was_asked(office: Desk) -> None:
    """Books tell of the period: units that were merged after it stand under the same city, asked or not."""
    _ask(office, CITY, IN_TIME)
    units = (
        replace(unit, valid_to=IN_TIME.date(), successor=NORTH)
        if unit.unit_id in {EAST, WEST}
        else unit
        for unit in TREE
    )
    write_units(office.workspace.units_file, tree_of(units))

    def superiors(context: Context) -> dict[str, str]:
        tried = context.store.submissions.find_submissions(form=PATROL_FORM.key, period=FIRST)
        found = reviews_of(context, PATROL_FORM, _QUARTER, tried)
        return {unit_id: review.superior for unit_id, review in found.items()}

    assert office.ask(superiors, CITIES_DAY) == {EAST: CITY, WEST: CITY}
