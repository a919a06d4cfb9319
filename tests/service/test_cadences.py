"""The service with a form that is filled every month, every quarter, every half-year, or once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from sheetflow.config.workspace import create_workspace
from sheetflow.periods import Period
from sheetflow.schemas.layout import STAMP_SHEET
from sheetflow.service.status import standing
from sheetflow.service.unit_history import merged_since
from sheetflow.upkeep.remind import remind
from tests.tiny.cadences import named
from tests.tiny.desk import (
    CITY,
    EAST,
    NORTH,
    PROVINCE,
    SOUTH,
    TREE,
    WEST,
    Desk,
    Rows,
    body,
    cell,
    head,
    outlets,
    patrols,
    settings_text,
    table,
    tree_of,
    words,
)

pytestmark = pytest.mark.slow


def at(month: int, day: int, year: int = 2012) -> dt.datetime:
    """A morning in the office."""
    return dt.datetime(year, month, day, 10)  # noqa: DTZ001 - the office's own time


def walked(month: int, *metres: int) -> Rows:
    """A workbook without any finding whose walks and day are of that month."""
    day = dt.date(2012, month, 28)
    walks = patrols(*metres, month=month)
    return {"head": head(day=day), "outlets": outlets("已封堵", "整治中"), "patrols": walks}


_CASES = [
    pytest.param(
        *("MONTH", ("2012M09", "2012M10"), ("2012年9月", "2012年10月"), (9, 10)),
        marks=pytest.mark.slow,
    ),
    ("QUARTER", ("2012Q1", "2012Q2"), ("2012年第1季度", "2012年第2季度"), (3, 6)),
    pytest.param(
        *("HALF_YEAR", ("2012H1", "2012H2"), ("2012年上半年", "2012年下半年"), (6, 12)),
        marks=pytest.mark.slow,
    ),
]


@pytest.mark.parametrize(("campaign", "periods", "labels", "months"), _CASES)
def test_two_periods_of_a_year(
    tmp_path: Path,
    campaign: str,
    periods: tuple[str, str],
    labels: tuple[str, str],
    months: tuple[int, int],
) -> None:
    """Books go on, figures add up over the year, and every name and word is of the cadence."""
    desk = Desk.make(tmp_path / "work", campaign=named(campaign))
    for period, month, metres in zip(periods, months, (500, 70), strict=True):
        desk.issue(period, at(month, 25))
        desk.drop(EAST, desk.fill(EAST, walked(month, metres), period=period))
        desk.run(at(month, 28))
    first, second = periods
    issued = desk.issued(EAST, second)
    assert f"报告期：{labels[1]}" in words(issued)
    assert f"即{labels[1]}，已预填，请勿改动" in words(issued)
    before = {row["代码"]: row["上期累计"] for row in table(issued, "巡河汇总", "代码")}
    assert (before["H1"], before["H6"]) == (2, 500)
    assert f"回执_990101-东岸县_{second}_第1号.xlsx" in desk.names(EAST, second)
    assert [mail["Subject"] for mail in desk.mails(EAST)] == [
        f"【河道巡查】已接收：东岸县 {label}（第1号）" for label in labels
    ]
    totals = {
        period: {
            row["代码"]: row["合计"]
            for row in table(
                desk.answer(PROVINCE, f"汇总表_清河省_{label}", period), "巡河汇总（累计）", "代码"
            )
        }
        for period, label in zip(periods, labels, strict=True)
    }
    assert (totals[first]["H1"], totals[first]["H6"]) == (2, 500)
    assert (totals[second]["H1"], totals[second]["H6"]) == (2, 570)
    page = (desk.out(PROVINCE) / "上报情况_清河省.html").read_text(encoding="utf-8")
    assert all(label in page for label in labels)
    found = desk.ask(standing, at(months[1], 28))
    assert found.period == Period.parse(second)


@pytest.fixture(scope="module")
def quarters(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A province that reports by quarters, its first workbooks issued and none in."""
    desk = Desk.make(tmp_path_factory.mktemp("rivers") / "work", campaign=named("QUARTER"))
    desk.issue("2012Q1", at(3, 25))
    return desk


@pytest.mark.slow
def test_a_month_in_a_quarterly_form_goes_its_round(quarters: Desk) -> None:
    """It comes back with what it says and what to write; once that stands there, it is accepted."""

    def overtype(book: Workbook) -> None:
        book["巡查表头"][cell("head", "quarter")] = "2012年3月"
        del book[STAMP_SHEET]
        for name in list(book.defined_names):
            del book.defined_names[name]

    desk = quarters
    desk.drop(EAST, desk.fill(EAST, walked(3, 500), overtype, period="2012Q1"))
    desk.run(at(3, 28))
    (submission,) = desk.submissions(EAST)
    assert (submission.outcome, submission.period) == ("returned", "2012Q1")
    returned = desk.answer(EAST, "退回_", "2012Q1")
    told = "报告期写的是2012年3月，而《河道巡查表》每季度报一次"
    assert told in words(returned)
    assert "请写这张报表的报告期：2012Q1到2012Q4" in words(returned)
    assert told in body(desk.mails(EAST)[-1])
    again = desk.root.parent / "again.xlsx"
    _retype(returned, again, "一季度")
    desk.drop(EAST, again)
    desk.run(at(3, 29))
    assert desk.submissions(EAST)[-1].outcome == "refused"  # of no year: none is guessed
    _retype(returned, again, "2012年一季度")
    desk.drop(EAST, again)
    desk.run(at(3, 30))
    assert desk.submissions(EAST)[-1].outcome == "accepted"
    assert desk.states("2012Q1")[EAST] == "accepted"


def _retype(source: Path, target: Path, typed: str) -> None:
    book = openpyxl.load_workbook(source)
    book["巡查表头"][cell("head", "quarter")] = typed
    book.save(target)
    book.close()


@pytest.mark.parametrize(
    ("month", "day", "label"),
    [(4, 10, "2012年第1季度"), (6, 30, "2012年第1季度"), (7, 1, "2012年第2季度")],
)
def test_by_default_the_quarter_that_has_ended_is_reminded_of(
    quarters: Desk, month: int, day: int, label: str
) -> None:
    """Whenever it is called: of the quarter before the one in which today lies."""
    made = quarters.ask(remind, at(month, day))[0]
    assert made.label == label
    assert WEST in {row.unit.unit_id for row in made.missing}


def test_at_the_turn_of_the_year_all_that_ends_is_reminded_of(quarters: Desk) -> None:
    """The quarter and the year end on one day: both forms are asked for."""
    quarter, year = quarters.ask(remind, at(1, 9, 2013))
    assert quarter.label.startswith("2012年第4季度")
    assert year.label.startswith("2012年《")
    for part in (quarter, year):
        assert SOUTH in {row.unit.unit_id for row in part.missing}


def test_the_year_is_due_after_its_end(tmp_path: Path) -> None:
    """What is filled for a year is asked for in the next one, once its workbooks are handed out."""
    desk = Desk.make(tmp_path / "work", campaign=named("YEAR"))
    assert desk.ask(standing, at(1, 9, 2013)).period == Period.parse("2013")
    desk.issue("2012", at(12, 20))
    assert desk.ask(standing, at(1, 9, 2013)).period == Period.parse("2012")


def test_the_other_form_stands_where_its_period_is_asked_for(quarters: Desk) -> None:
    """Who asks for a period of another form's cadence reads of that form."""
    desk = quarters
    desk.issue("2012", at(12, 20), form="register")
    rivers: Rows = {
        "sign": [{"written_on": "2012-12-28"}],
        "rivers": [{"river": "清水河", "length": 12_000}],
    }
    desk.drop(NORTH, desk.fill(NORTH, rivers, period="2012"))
    desk.run(at(12, 28))
    assert desk.states("2012")[NORTH] == "accepted"
    assert desk.states("2012Q4")[NORTH] == "missing"


@pytest.mark.slow
def test_a_merger_within_a_year_of_quarters(tmp_path: Path) -> None:
    """Whoever takes over answers from the quarter in which the other ended, and goes on with both books."""
    merged = tree_of(
        replace(unit, valid_to=dt.date(2012, 5, 31), successor=WEST)
        if unit.unit_id == EAST
        else unit
        for unit in TREE
    )
    text = settings_text(campaign=named("QUARTER"))
    desk = Desk(create_workspace(tmp_path / "work", merged, text).root)
    desk.issue("2012Q1", at(3, 25))
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id, walked(3, 500), period="2012Q1"))
    desk.run(at(3, 28))
    desk.issue("2012Q2", at(6, 25))
    listed = table(desk.issued(WEST, "2012Q2"), "排口台账", "排口编号＊")
    assert {str(row["排口编号＊"]) for row in listed} >= {"P0001", "P0002", f"{EAST}-P0001"}
    (taken,) = desk.ask(
        lambda context: list(merged_since(context, context.campaign.main_form, merged[WEST]))
    )
    assert taken == (merged[EAST], Period.parse("2012Q2"))


def test_what_is_filled_once(tmp_path: Path) -> None:
    """Its period bears the year, its days and deadline are the form's, and nothing comes after it."""
    desk = Desk.make(tmp_path / "work", campaign=named("ONCE"))
    desk.issue("2012", at(2, 1), form="patrol")
    assert "报告期：2012年一次性填报" in words(desk.issued(EAST, "2012"))
    desk.drop(EAST, desk.fill(EAST, walked(2, 500), period="2012"))
    late = {**walked(3, 70), "head": head(day=dt.date(2012, 3, 20))}
    desk.run(at(3, 19))
    desk.drop(WEST, desk.fill(WEST, late, period="2012"))
    desk.run(at(3, 20))
    assert [(entry.outcome, entry.period, entry.late) for entry in desk.submissions()] == [
        ("accepted", "2012", False),
        ("accepted", "2012", True),
    ]
    assert desk.ask(standing, at(12, 1)).period.label == "2012年一次性填报"
    both = desk.ask(lambda context: standing(context, context.form("patrol").period("2012")))
    assert [(part.form.key, part.period.label) for part in both.forms] == [
        ("patrol", "2012年一次性填报"),
        ("register", "2012年"),
    ]
    listed = desk.answer(PROVINCE, "汇总表_清河省_2012年一次性填报", "2012")
    totals = {row["代码"]: row["合计"] for row in table(listed, "巡河汇总（累计）", "代码")}
    assert (totals["H1"], totals["H6"]) == (4, 570)
    assert "填报以来累计数" in words(listed)
    assert "汇总表_上游市_2012年一次性填报.xlsx" in desk.names(CITY, "2012")
    (made,) = desk.ask(remind, at(3, 20))
    assert made.label == "2012年一次性填报"


def test_what_happened_before_it_opened_is_told(tmp_path: Path) -> None:
    """Days are held against the form's own, not against the year that names the period."""
    desk = Desk.make(tmp_path / "work", campaign=named("ONCE"))
    desk.issue("2012", at(2, 1), form="patrol")
    filled = {**walked(2, 500), "patrols": patrols(500, month=1)}
    desk.drop(EAST, desk.fill(EAST, filled, period="2012"))
    desk.run(at(4, 20))
    (submission,) = desk.submissions(EAST)
    assert submission.outcome == "returned"
    rules = desk.ask(
        lambda context: {
            entry["rule"]
            for entry in context.store.contents.find_findings(
                context.store.submissions.find_submissions(EAST)[0]
            )
        }
    )
    assert rules == {"date-before-period"}
