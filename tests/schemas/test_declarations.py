"""A declaration that contradicts itself is refused before any workbook is handed out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from sheetflow.errors import DeclarationError
from sheetflow.periods import Cadence, Period, deadline
from sheetflow.schemas.columns import (
    text,
)
from sheetflow.schemas.indicators import Expected, Indicator
from sheetflow.schemas.layout import (
    card_address,
    cell_in,
    column_number,
    column_range,
    columns_in,
    quoted,
)
from sheetflow.schemas.sheets import Kind
from tests.county_book import FORM
from tests.schemas.small_form import HEAD, THINGS, form, more


def test_a_sound_form_is_taken() -> None:
    """The form that the cases below break is sound."""
    assert form().statistics is None
    assert form().cover_sheet is HEAD


def test_forms_take_their_own_kind_of_period() -> None:
    """A form is filled for the periods of its cadence, whatever others the day lies in."""
    may, ids = dt.date(2012, 5, 31), ("2012M05", "2012B3", "2012Q2", "2012H1", "2012")
    for cadence, mine in zip(Cadence, ids, strict=False):
        declared = form(cadence=cadence)
        assert declared.period_of(may) == Period.parse(mine)
        assert [declared.takes(Period.parse(each)) for each in ids] == [
            each == mine for each in ids
        ]


def test_what_is_filled_once_has_days_of_its_own() -> None:
    """Its only period bears the year in which it opens, its deadline counts from its last day."""
    opens, closes = dt.date(2012, 11, 5), dt.date(2013, 1, 18)
    once = form(cadence=Cadence.ONCE, opens=opens, closes=closes)
    period = once.period("2012")
    assert (period.first_day, period.last_day, period.period_id) == (opens, closes, "2012")
    for at in (dt.date(2012, 1, 1), opens, dt.date(2014, 5, 1)):
        assert once.period_of(at) == once.last_ended(at) == once.due_at(at) == period
    assert (period.previous, period.rest_of_year, period.year_so_far) == (None, (), (period,))
    assert once.takes(Period.parse("2012"))
    assert not once.takes(Period.parse("2013"))
    assert once.period_named("2012年") == once.period_named(period.label) == period
    assert period.is_called("2012年度一次性填报")
    assert period.months_so_far == period.label == "2012年一次性填报"
    assert deadline(period, 2).date() == dt.date(2013, 1, 22)


@pytest.mark.parametrize(
    "days",
    [
        {"cadence": Cadence.ONCE},
        {"cadence": Cadence.ONCE, "opens": dt.date(2012, 5, 1)},
        {"cadence": Cadence.ONCE, "opens": dt.date(2012, 5, 2), "closes": dt.date(2012, 5, 1)},
        {"opens": dt.date(2012, 5, 1), "closes": dt.date(2012, 5, 2)},
    ],
)
def test_only_what_is_filled_once_has_days_of_its_own(days: dict[str, Any]) -> None:
    """Days that are missing, the wrong way round, or beside a cadence, are told at load."""
    with pytest.raises(DeclarationError, match=r"不要写起止日期|要写明起止日期"):
        form(**days)


def test_what_draws_on_no_sheet_is_a_state() -> None:
    """How many units must report is a state at the period's end, not a flow."""
    assert form(indicators=(Indicator("E", "应报", "个", Expected()),)).kinds["E"] is Kind.STOCK


def test_columns_come_and_go_with_versions() -> None:
    """An older version's workbook has the columns of its own time, in their places."""
    sheet = more(
        a=text("甲"), b=text("乙", since=2), c=text("丙", until=1), d=text("丁", since=2, until=2)
    )
    labels = {
        version: [column.label for column in columns_in(sheet, version)] for version in (1, 2, 3)
    }
    assert labels == {1: ["甲", "丙"], 2: ["甲", "乙", "丁"], 3: ["甲", "乙"]}
    assert column_number(sheet, "b", 2) == 2
    assert cell_in(sheet, "d", 7, 2) == "C7"


def test_places_follow_from_the_declaration() -> None:
    """Formulas and cards point to where our own workbooks hold a column."""
    assert column_range(FORM.by_key["visits"], "women_met", 1) == "走访记录!$F$4:$F$20003"
    assert card_address(FORM.by_key["cover"], "filled_on", 1) == (13, 2)
    assert cell_in(FORM.by_key["cover"], "filled_on", 0, 1) == "B13"
    assert quoted("活动 统计") == "'活动 统计'"
    assert quoted("it's") == "'it''s'"


def test_levels_fill_their_own_sheets() -> None:
    """Only counties have 基层组织."""
    assert "grassroots" in {sheet.key for sheet in FORM.sheets_for("县")}
    assert "grassroots" not in {sheet.key for sheet in FORM.sheets_for("市")}


def test_each_row_is_named_by_its_key() -> None:
    """A row is named by its key, else by the row that it is about; a visit has no name."""
    names = {
        sheet.key: sheet.naming_column.key if sheet.naming_column else ""
        for sheet in FORM.sheets
        if sheet.is_table
    }
    assert names["needs"] == "need_id"
    assert names["grassroots"] == "township"
    assert names["case_help"] == "need"
    assert names["visits"] == ""
    assert THINGS.void_not is None
