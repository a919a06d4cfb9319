"""The report of one who has very many below says of all of them what it says of few."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.campaigns import load_campaign
from sheetflow.consolidation.accepted import UnitAndPeriod
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.gists import Gist
from sheetflow.consolidation.report_builder import report_data
from sheetflow.consolidation.report_data import Letter, ReportData
from sheetflow.masks import MaskPolicy
from tests.consolidation.test_nodes import PROVINCE, SOME, SPOTS, books_of, folded_up

CAMPAIGN = load_campaign("grassroots2012")
LETTER = Letter(issuer="山东省妇女联合会", addressee="全国妇联办公厅")
(ASKED,) = (column.key for column in CAMPAIGN.main_form.counted_answers)


def varied(spots: set[UnitAndPeriod], seed: int) -> Books:
    """Books with nil returns, answers, and submissions that count for nobody above yet, or of which an earlier one does."""
    random, books = Random(seed), books_of(spots, seed)  # noqa: S311 - made-up figures
    accepted = {
        key: replace(
            each,
            nil=random.random() < 0.3,
            gist=Gist(answers={ASKED: "是"} if random.random() < 0.5 else {}),
        )
        for key, each in books.accepted.items()
    }
    beyond = {
        key: None if random.random() < 0.5 else replace(each, figures={})
        for key, each in accepted.items()
        if random.random() < 0.2
    }
    return replace(books, accepted=accepted, beyond=beyond).read_by(PROVINCE)


def reports(books: Books) -> tuple[ReportData, ReportData]:
    """The province's report made of everybody, and of what is handed up."""
    policy = MaskPolicy(CAMPAIGN.levels, PROVINCE.level)
    straight, by_nodes = (
        report_data(CAMPAIGN, each, PROVINCE, LETTER, policy)
        for each in (books, folded_up(books, PROVINCE))
    )
    return straight, by_nodes


@settings(max_examples=30)
@given(spots=st.sets(st.sampled_from(SPOTS)), seed=st.integers(0, 10**6))
def test_a_report_of_sums_says_what_one_of_everybody_says(
    spots: set[UnitAndPeriod], seed: int
) -> None:
    """Figures, comparisons, shares, counts by level and branch, and answers are those of every single unit."""
    straight, by_nodes = reports(varied(spots, seed))
    assert by_nodes.figures == straight.figures
    assert by_nodes.compared == straight.compared
    assert by_nodes.reported_before == straight.reported_before
    assert by_nodes.levels == straight.levels
    assert by_nodes.branches == straight.branches
    assert by_nodes.answers == straight.answers
    assert by_nodes.has_any == straight.has_any
    assert [row.total for row in by_nodes.by_unit] == [row.total for row in straight.by_unit]
    assert [row.current for row in by_nodes.by_unit] == [row.current for row in straight.by_unit]
    assert by_nodes.tally == straight.tally


def test_a_group_is_never_called_by_one_word() -> None:
    """Of a city with one county missing the report says 已报3/4, and among the missing that it is one of it."""
    inside = {spot for spot in SPOTS if spot[0] != "370101"}
    straight, by_nodes = reports(books_of(inside, 1))
    rows = {row.unit: row for row in by_nodes.board}
    assert rows["市1"].state == "已报3/4"
    assert rows["市1"].remarks.endswith("未报1个")
    assert by_nodes.missing == ("市11个",)
    assert straight.tally.outstanding == by_nodes.tally.outstanding == 1
    assert {row.unit: row.tally.expected for row in by_nodes.branches}["市2"] == 4
    assert [row.level for row in by_nodes.levels] == [row.level for row in straight.levels]
    assert len(SOME) == by_nodes.tally.expected
