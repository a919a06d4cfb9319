"""Whom a superior rings: from the covers of accepted workbooks, as far as its level sees them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from sheetflow.consolidation.books import Books
from sheetflow.consolidation.consolidate import board_data
from sheetflow.consolidation.contacts import with_contacts
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.book import Outcome
from sheetflow.units import THREE_LEVELS
from tests.consolidation.desk import TREE, Desk
from tests.county_book import CAMPAIGN, FORM

CITY = TREE["370100"]
WHO = "@ 封面 填报人 = 李静\n@ 封面 联系电话 = '0531-86012345\n"
AGAIN = "@ 封面 填报人 = 赵敏\n@ 封面 联系电话 = '0531-86054321\n"


@pytest.fixture(scope="module")
def books() -> Books:
    """历下区 has reported both periods, another clerk the second one; 市中区 only the first."""
    desk = Desk()
    for unit_id, period, who in (
        ("370102", "2012B1", WHO),
        ("370103", "2012B1", WHO),
        ("370102", "2012B2", AGAIN),
    ):
        assert desk.submit(unit_id, period, who).outcome is Outcome.ACCEPTED
    return desk.books("2012B2")


def rung(books: Books, **overrides: str) -> dict[str, tuple[str, str]]:
    """Whom the city rings, by unit."""
    policy = MaskPolicy(
        THREE_LEVELS, "市", {f"{FORM.cover.sheet}.{key}": how for key, how in overrides.items()}
    )
    board = with_contacts(books, board_data(CAMPAIGN, books, CITY), policy)
    return {
        row.unit.unit_id: (row.preparer, row.phone)
        for row in board.column(board.current)
        if row.preparer or row.phone
    }


def test_the_newest_accepted_cover_says_whom_to_ring(books: Books) -> None:
    """Also of a unit that is not in yet: that is who must be rung."""
    assert rung(books) == {
        "370102": ("赵敏", "0531-86054321"),
        "370103": ("李静", "0531-86012345"),
    }


def test_what_a_level_may_not_see_is_not_on_its_board(books: Books) -> None:
    """An override in the settings holds here as in any other sheet; whole cells stand elsewhere in the file."""
    hidden = rung(books, phone="left_out")
    assert hidden == {"370102": ("赵敏", ""), "370103": ("李静", "")}
    assert rung(books, phone="left_out", preparer="left_out") == {}


def test_a_form_that_names_no_such_cells_has_none(books: Books) -> None:
    """Which cells they are the campaign declares; without that nobody guesses."""
    form = replace(FORM, cover=replace(FORM.cover, preparer="", phone=""))
    assert rung(replace(books, form=form)) == {}


def test_overdue_is_asked_of_the_mark_and_not_of_a_clock(books: Books) -> None:
    """Who is not in at a deadline that is known to have passed is 逾期, until it is in."""
    until = dt.datetime(2012, 5, 3, tzinfo=dt.UTC)
    key = ("370103", "2012B2")
    dated = replace(books, deadlines=dict.fromkeys((("370102", "2012B2"), key), until))
    unit, reported = TREE["370103"], TREE["370102"]
    assert not dated.board_row(unit).overdue
    assert not replace(dated, passed=until - dt.timedelta(days=1)).board_row(unit).overdue
    passed = replace(dated, passed=until)
    assert passed.board_row(unit).overdue
    assert passed.board_row(unit).word.endswith("（逾期）")
    assert not passed.board_row(reported).overdue
