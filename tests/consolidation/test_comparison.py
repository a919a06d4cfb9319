"""比上期: a report compares what the same units reported in both periods, mergers followed."""

from __future__ import annotations

from sheetflow.consolidation.report_builder import report_data
from sheetflow.consolidation.report_data import ReportData
from sheetflow.schemas.book import Outcome
from tests.consolidation.desk import TREE, Desk
from tests.consolidation.test_books import NIL
from tests.consolidation.test_report_builder import LETTER
from tests.county_book import CAMPAIGN

ALL = ("370000", "370100", "370102", "370103", "370200", "370202", "370203")
ONES = [unit_id for unit_id in ALL if unit_id != "370203"]
"""Who is left when 370203 has gone to 370103."""


def handed_in(first: dict[str, str], second: dict[str, str]) -> Desk:
    """Let units hand in, each with its changes, in the first and the second period."""
    desk = Desk()
    for period, changes in (("2012B1", first), ("2012B2", second)):
        for unit_id, change in changes.items():
            assert desk.submit(unit_id, period, change).outcome is Outcome.ACCEPTED
    return desk


def report(desk: Desk, unit_id: str) -> ReportData:
    """Give a unit's report of the second period."""
    return report_data(CAMPAIGN, desk.books("2012B2"), TREE[unit_id], LETTER)


def test_a_unit_that_reported_once_is_not_compared() -> None:
    """Who reported in one of the periods alone moves no comparison, though it stands in the sums."""
    data = report(handed_in({"370102": "", "370202": ""}, {"370102": "", "370100": ""}), "370000")
    visits = data.figures["S08"]
    assert visits.current == visits.previous_current == 102
    assert (visits.pair, data.compared) == ((51, 51), 1)


def test_nil_is_a_report_and_carried_is_none() -> None:
    """A nil return is compared as 0; a unit whose book is 沿用 is not compared at all."""
    desk = handed_in({"370102": "", "370202": "", "370100": ""}, {"370102": NIL, "370100": ""})
    data = report(desk, "370000")
    assert (data.figures["S08"].pair, data.compared) == ((51, 102), 2)
    cadres = data.figures["S01"]
    assert (cadres.total, cadres.previous_total) == (4, 6)
    assert cadres.pair == (2, 4)


def test_a_merger_is_compared_with_those_that_were_merged() -> None:
    """The heir stands against the sum of those it answers for, also of another city, and that is said.

    Where all of them are below, and all are in, nothing need be said.
    """
    desk = handed_in(dict.fromkeys(ALL, ""), dict.fromkeys(ONES, ""))
    heir = report(desk, "370100")
    assert (heir.figures["S08"].pair, heir.compared) == ((153, 204), 3)
    whole = report(desk, "370000")
    assert (whole.figures["S08"].pair, whole.compared) == ((306, 357), None)
    one = handed_in({"370103": ""}, {"370103": ""})
    assert report(one, "370100").figures["S08"].pair == (None, None)


def test_what_counts_units_is_compared_as_a_whole() -> None:
    """应报 went from seven to six by the merger, and 已报 from two to one, whoever they are."""
    data = report(handed_in({"370102": "", "370202": ""}, {"370102": ""}), "370000")
    assert data.figures["S69"].pair == (6, 7)
    assert data.figures["S68"].pair == (1, 2)


def test_without_a_unit_in_both_nothing_is_compared() -> None:
    """Where nobody reported twice, there is nothing to say of the last period."""
    data = report(handed_in({"370202": ""}, {"370102": ""}), "370000")
    assert (data.figures["S08"].pair, data.figures["S32"].pair) == ((None, None), (None, None))
    assert data.compared == 0
