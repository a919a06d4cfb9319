"""The report of one who has very many below says of all of them what it says of few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.campaigns import load_campaign
from sheetflow.consolidation import best_words
from sheetflow.consolidation.accepted import Accepted, UnitAndPeriod
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.gists import Gist, sketch
from sheetflow.consolidation.report_builder import report_data
from sheetflow.consolidation.report_data import Letter, ReportData
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.parsing import Value
from tests.consolidation.test_nodes import PROVINCE, SPOTS, books_of, folded_up
from tests.county_book import FORM

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


def telling(books: Books, seed: int) -> Books:
    """The same books, in which units tell what they do, copy from each other, ask for something, and have stories."""
    random = Random(seed)  # noqa: S311 - made-up words
    signs = "妇女之家走访调研结对帮扶留守儿童需求台账法律援助创业就业技能培训健康体检"
    pool = ["".join(random.choices(signs, k=random.randint(10, 500))) + "。" for _ in range(30)]
    card, spec = FORM.narrative, FORM.report
    assert card
    assert spec
    told: dict[str, dict[str, list[dict[str, Value]]]] = {}
    accepted = {}
    for key, each in books.accepted.items():
        words = {c.key: random.choice(pool) for c in card.columns if random.random() < 0.8}
        if random.random() < 0.3:
            column = random.choice(card.columns).key
            words[column] = words.get(column, "") + f"请省妇联给予支持第{random.randint(1, 99)}项。"
        story = {
            "kind": "典型案例",
            "title": random.choice(pool)[:9],
            "summary": random.choice(pool) + key[0],
        }
        told[each.receipt] = {card.key: [dict(words)], spec.story_sheet: [dict(story)]}
        texts = {column: sketch(text, ()) for column, text in words.items() if len(text) >= 30}
        accepted[key] = replace(each, gist=Gist(texts=texts))

    def rows_of(
        sheet: str, wanted: Sequence[Accepted]
    ) -> Iterator[tuple[Accepted, Sequence[Mapping[str, Value]]]]:
        for each in wanted:
            if rows := told[each.receipt].get(sheet):
                yield each, rows

    return replace(books, accepted=accepted, rows_of=rows_of)


def reports(books: Books) -> tuple[ReportData, ReportData]:
    """The province's report made of everybody, and of what is handed up."""
    policy = MaskPolicy(CAMPAIGN.levels, PROVINCE.level)
    straight, by_nodes = (
        report_data(CAMPAIGN, each, PROVINCE, LETTER, policy)
        for each in (books, folded_up(books, PROVINCE, [policy]))
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


@pytest.mark.parametrize("seed", range(12))
def test_words_handed_up_are_those_that_would_be_chosen(seed: int) -> None:
    """Quotes, stories and what asks for something are the same as if everybody's words had been read."""
    spots = {spot for number, spot in enumerate(SPOTS) if (number * 7 + seed) % 5}
    straight, by_nodes = reports(telling(books_of(spots, seed), seed))
    assert by_nodes.narratives == straight.narratives
    assert by_nodes.stories == straight.stories
    assert by_nodes.asked == straight.asked


def test_what_asks_beyond_twenty_is_pointed_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more sentences than are handed up the annex says how many more there are, and where."""
    monkeypatch.setattr(best_words, "MOST_TOLD", 0)
    straight, by_nodes = reports(telling(books_of(set(SPOTS), 5), 5))
    more = [each for each in by_nodes.asked if "另有" in each.text]
    own = [each for each in by_nodes.asked if each not in more]
    named = sum(int(each.text.removeprefix("另有").partition("条")[0]) for each in more)
    assert more[0].text.endswith(f"条请求事项，见{more[0].unit}的内部附件。")
    assert named + len(own) == len(straight.asked)


def test_a_group_is_never_called_by_one_word() -> None:
    """Of a city with one county missing the report says 已报5/6, and among the missing that it is one of it."""
    inside = {spot for spot in SPOTS if spot[0] != "370101"}
    straight, by_nodes = reports(books_of(inside, 1))
    rows = {row.unit: row for row in by_nodes.board}
    assert rows["市1"].state == "已报5/6"
    assert rows["市1"].remarks.endswith("未报1个")
    assert by_nodes.missing == ("市11个",)
    assert straight.tally.outstanding == by_nodes.tally.outstanding == 1
    assert {row.unit: row.tally.expected for row in by_nodes.branches}["市2"] == 6
    assert [row.level for row in by_nodes.levels] == [row.level for row in straight.levels]
    assert straight.tally.expected == by_nodes.tally.expected
