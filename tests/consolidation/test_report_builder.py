"""What a report is made of: figures as they stand, words chosen by rule, states told apart."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import pytest

from sheetflow.consolidation.report_builder import report_data
from sheetflow.consolidation.report_data import FigureKind, Letter, ReportData
from sheetflow.consolidation.states import State
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.book import Outcome
from tests.consolidation.desk import TREE, Desk
from tests.consolidation.test_books import NIL
from tests.county_book import CAMPAIGN, FORM

LETTER = Letter(issuer="山东省妇女联合会", addressee="全国妇联")
PROVINCE, CITY = TREE["370000"], TREE["370100"]
APPROACH = "{name}妇联组织干部进村入户，一对一访谈，倾听妇女群众的心声，逐户登记需求台帐。"


def told(name: str) -> str:
    """Draw a narrative of a unit's own, and a case of its own."""
    text = APPROACH.format(name=name)
    return f"@ 文字材料 主要做法 = {text}\n@ 案例机制 标题 4 = {name}的电话\n"


@pytest.fixture
def desk() -> Desk:
    """Three counties have reported for the first period, each in its own words."""
    made = Desk()
    for unit_id in ("370102", "370103", "370202"):
        words = told(TREE[unit_id].name + unit_id[3])
        assert made.submit(unit_id, "2012B1", words).outcome is Outcome.ACCEPTED
    return made


def report(desk: Desk, period: str, letter: Letter = LETTER) -> ReportData:
    """Give the province's report."""
    return report_data(CAMPAIGN, desk.books(period), PROVINCE, letter)


def test_figures_know_how_they_behave(desk: Desk) -> None:
    """Sums, stocks and rates are told apart, so that the report never writes a rate's 本期."""
    figures = report(desk, "2012B1").figures
    assert figures["S08"].kind is FigureKind.SUM
    assert (figures["S08"].current, figures["S08"].total) == (153, 153)
    assert figures["S01"].kind is FigureKind.STOCK
    assert figures["S01"].current is None
    assert figures["S32"].kind is FigureKind.RATIO
    assert figures["S09"].label == "走访妇女群众：一对一访谈"
    assert figures["S08"].previous_total is None


def test_the_period_before_stands_beside(desk: Desk) -> None:
    """From the second period on, each figure has the one before."""
    desk.submit("370102", "2012B2")
    data = report(desk, "2012B2")
    assert (data.previous_label, data.year_so_far_label) == ("2012年1—2月", "2012年1—4月")
    assert data.figures["S08"].current == 51
    assert data.figures["S08"].previous_current == 153


def test_units_of_one_name_are_told_apart(desk: Desk) -> None:
    """市中区 of one city is not taken for that of the other."""
    names = [row.unit for row in report(desk, "2012B1").board]
    assert {"济南市市中区", "青岛市市中区", "历下区", "山东省本级"} <= set(names)


def test_states_are_those_of_the_units_below(desk: Desk) -> None:
    """A city's row says how many of its units are in; a unit's whether it is in, nil, 沿用 or 未报."""
    first = {row.unit: row.state.full for row in report(desk, "2012B1").by_unit}
    assert first == {"山东省本级": "未报", "济南市": "已报2/3", "青岛市": "已报1/3"}
    desk.submit("370102", "2012B2", NIL)
    second = {row.unit: row.state.full for row in report(desk, "2012B2").by_unit}
    assert second == {"山东省本级": "未报", "济南市": "已报1/3", "青岛市": "已报0/2（沿用）"}
    desk.submit("370103", "2012B2")
    city = report_data(CAMPAIGN, desk.books("2012B2"), CITY, LETTER)
    assert [row.state.full for row in city.by_unit] == ["未报", "零报告", "已接收"]
    empty = report(Desk(), "2012B1")
    assert [row.state.full for row in empty.by_unit] == ["未报", "已报0/3", "已报0/3"]
    assert empty.narratives[0].quotes == ()


def test_a_nil_return_alone_tells_no_state() -> None:
    """A county that only ever sent a nil return has blank 期末数, not 0; later ones stand."""
    desk = Desk()
    assert desk.submit("370102", "2012B1", NIL).outcome is Outcome.ACCEPTED
    city = report_data(CAMPAIGN, desk.books("2012B1"), CITY, LETTER)
    row = {entry.unit: entry for entry in city.by_unit}["历下区"]
    assert row.state.full == "零报告"
    assert (row.current["S08"], row.total["S01"], row.total["S50"]) == (0, None, None)
    top = {entry.unit: entry for entry in report(desk, "2012B1").by_unit}
    assert top["济南市"].total["S50"] is None
    later = report_data(CAMPAIGN, desk.books("2012B2"), CITY, LETTER)
    late = {entry.unit: entry for entry in later.by_unit}
    assert late["历下区"].state.full == "未报（沿用）"
    assert (late["历下区"].total["S08"], late["历下区"].total["S50"]) == (0, None)
    after = Desk()
    after.submit("370102", "2012B1")
    after.submit("370102", "2012B2", NIL)
    city = report_data(CAMPAIGN, after.books("2012B2"), CITY, LETTER)
    row = {entry.unit: entry for entry in city.by_unit}["历下区"]
    assert row.state.full == "零报告"
    assert row.total["S01"] is not None


def test_both_annexes_say_the_same_word(desk: Desk) -> None:
    """Who is 已接收 in the one annex is not 已报 in the other, and the last period is counted."""
    data = report(desk, "2012B1")
    assert {row.state for row in data.board} == {"已接收", "未报"}
    desk.submit("370102", "2012B2")
    assert (data.reported_before, report(desk, "2012B2").reported_before) == (0, 3)


def test_the_second_annex_adds_up(desk: Desk) -> None:
    """By unit directly below, all who must report are in or out; a city's counties need no such rows."""
    data = report(desk, "2012B1")
    tallies = [row.tally for row in data.branches]
    assert sum(tally.expected for tally in tallies) == len(data.board)
    assert sum(tally.outstanding for tally in tallies) == len(data.missing)
    for state in State:
        counted = sum(tally.states.get(state, 0) for tally in tallies)
        assert counted == data.tally.states.get(state, 0)
    assert [row.unit for row in data.branches] == [row.unit for row in data.by_unit]
    assert report_data(CAMPAIGN, desk.books("2012B1"), CITY, LETTER).branches == ()


def test_nothing_accepted_is_told_from_a_nil_return(desk: Desk) -> None:
    """A nil return is something; a period of which nothing was accepted is not, whatever came before."""
    assert report(desk, "2012B1").has_any
    assert not report(desk, "2012B2").has_any
    desk.submit("370102", "2012B2", NIL)
    assert report(desk, "2012B2").has_any


def test_what_is_asked_for_is_listed_apart(desk: Desk) -> None:
    """A sentence that asks for something is quoted nowhere, and listed with its unit."""
    asking = APPROACH.format(name="天桥区") + "恳请省妇联协调有关部门放宽贷款条件。"
    desk.submit("370102", "2012B1", f"@ 文字材料 主要做法 = {asking}\n")
    data = report(desk, "2012B1")
    assert [(entry.unit, entry.heading) for entry in data.asked] == [("历下区", "主要做法")]
    quoted = " ".join(quote.text for each in data.narratives for quote in each.quotes)
    assert "天桥区" in quoted
    assert "恳请" not in quoted


def test_a_carried_county_says_so(desk: Desk) -> None:
    """A county that did not report this time stands with 沿用 in its city's report."""
    city = report_data(CAMPAIGN, desk.books("2012B2"), CITY, LETTER)
    assert [row.state.full for row in city.by_unit] == ["未报", "未报（沿用）", "未报（沿用）"]


def test_who_is_missing_nil_or_late_is_named(desk: Desk) -> None:
    """The report names who is missing, who sent a nil return and who was late."""
    desk.submit("370102", "2012B2", NIL)
    data = report(desk, "2012B2")
    assert data.nil == ("历下区",)
    assert "历下区" not in data.missing
    assert "市南区" in data.missing
    assert data.late == ()


def test_what_the_reader_may_not_see_is_not_quoted(desk: Desk) -> None:
    """Words kept from the level, or shown to it in part only, stand in no report of it."""
    kept = {"narrative.approach": "left_out", "practices.summary": "left_out"}
    policy = MaskPolicy(CAMPAIGN.levels, PROVINCE.level, kept)
    data = report_data(CAMPAIGN, desk.books("2012B1"), PROVINCE, LETTER, policy)
    quoted = {entry.label: entry.quotes for entry in data.narratives}
    assert (quoted["主要做法"], data.stories) == ((), ())
    assert report(desk, "2012B1").stories


def test_stories_are_told_once_each(desk: Desk) -> None:
    """A 典型案例 is told with its title; a 制度机制 is no story."""
    desk.submit("370103", "2012B1", told("市中区") + "@ 案例机制 类型 4 = 制度机制")
    data = report(desk, "2012B1")
    assert [story.unit for story in data.stories] == ["历下区", "市南区"]


def test_a_form_that_quotes_nobody_has_no_words(desk: Desk) -> None:
    """A form without narrative or stories makes a report of figures alone."""
    books = desk.books("2012B1")
    bare = replace(books, form=dataclasses.replace(books.form, report=None))
    data = report_data(CAMPAIGN, bare, PROVINCE, LETTER)
    assert (data.narratives, data.stories) == ((), ())
    assert FORM.report is not None
    silent = dataclasses.replace(books.form, report=replace(FORM.report, story_sheet=""))
    assert report_data(CAMPAIGN, replace(books, form=silent), PROVINCE, LETTER).stories == ()


def test_pictures_say_something(desk: Desk) -> None:
    """A picture is left out where there is nothing to compare: one period is no line."""
    first = {picture.name for picture in report(desk, "2012B1").pictures}
    assert first == {"走访群众", "办结率", "群体类别"}
    desk.submit("370102", "2012B2")
    pictures = {picture.name: picture for picture in report(desk, "2012B2").pictures}
    line = pictures["需求办理进度"]
    assert line.categories == ("1—2月", "3—4月")
    assert line.series[0].values == (12, 12)
    assert report(Desk(), "2012B1").pictures == ()


def test_a_form_without_charts_over_periods_asks_no_history(desk: Desk) -> None:
    """Where no chart goes over the periods, none are measured again."""
    books = desk.books("2012B1")
    plain = replace(books, form=dataclasses.replace(books.form, charts=()))
    assert report_data(CAMPAIGN, plain, PROVINCE, LETTER).pictures == ()
