"""What the accepted workbooks of a unit tell of it: its book before a period, and after."""

from __future__ import annotations

from sheetflow.children.judge_task import dump_book
from sheetflow.consolidation.figures import PastBook, earlier_book, later_books
from sheetflow.periods import Period
from sheetflow.schemas.documents import unpack
from tests.county_book import CAMPAIGN, FORM, judged


def past(period: str, changes: str = "", ended: str = "") -> PastBook:
    """Give the accepted workbook of a period."""
    book = judged(changes).book
    assert book is not None
    return PastBook(
        form=FORM.key,
        period=period,
        receipt=f"R-{period}",
        rows={key: unpack(text) for key, text in dump_book(book).items()},
        totals={},
        ended=ended,
        since="2012B1" if ended else "",
    )


def test_numbers_of_rows_that_are_gone_are_remembered() -> None:
    """A cadre who was registered once in the year and taken out again leaves her number."""
    once = "@ 干部名册 + | G009 | 钱红 | 干事 | 否 | L001 | 1 | 1 | 1 | 在岗 |"
    books = (past("2012B1", once), past("2012B2"), past("2012B4", "@ 干部名册 干部编号 6 = G050"))
    earlier = earlier_book(CAMPAIGN, books, FORM.key, Period.parse("2012B3"))
    assert earlier is not None
    assert [row["cadre_id"] for row in earlier.rows["cadres"]] == ["G001", "G002", "G003"]
    assert (earlier.reached["cadres"], earlier.reached["contact_points"]) == (9, 2)


def test_later_books_are_the_units_own_of_the_same_year() -> None:
    """A correction is held against what the unit itself has had accepted since, in order."""
    books = (
        past("2012B3"),
        past("2012B2"),
        past("2012B1"),
        past("2013B1"),
        past("2012B4", ended="370103"),
    )
    later = later_books(CAMPAIGN, books, FORM.key, Period.parse("2012B1"))
    assert [entry.period.period_id for entry in later] == ["2012B2", "2012B3"]
    assert [row["need_id"] for row in later[0].rows["needs"]][:2] == ["X0001", "X0002"]
    assert later_books(CAMPAIGN, books, "plan", Period.parse("2012B1")) == ()
