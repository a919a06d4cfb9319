"""The made-up books are as clean, connected and different as the demo says."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from sheetflow.periods import Period
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.samples import Samples
from sheetflow.units import UnitTree

FIRST = Period.parse("2012B1")
Judge = Callable[..., Judgement]


def make(campaign: Campaign, tree: UnitTree, unit_id: str, seed: int, *, rows: int = 32) -> Samples:
    """Make up one unit's first book."""
    assert campaign.samples is not None
    random = Random(seed)  # noqa: S311 - made-up data, no secret
    return campaign.samples(tree[unit_id], tree, FIRST, random, rows, None)


@pytest.mark.parametrize("unit_id", ["370102", "370100", "370000"])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_year_of_samples_has_no_finding(
    campaign: Campaign, tree: UnitTree, judged: Judge, unit_id: str, seed: int
) -> None:
    """Six periods of a made-up unit are accepted without a single finding of any severity."""
    assert campaign.samples is not None
    random = Random(seed)  # noqa: S311 - made-up data, no secret
    samples, before = None, None
    for number in range(1, 7):
        period = Period.parse(f"2012B{number}")
        samples = campaign.samples(tree[unit_id], tree, period, random, 32, samples)
        judgement = judged(tree[unit_id], period, samples, before)
        said = [
            f"{finding.place.words}：{campaign.catalogue.wrong(finding)}"
            for finding in judgement.findings
        ]
        assert said == []
        assert judgement.outcome is Outcome.ACCEPTED
        before = judgement


def test_the_same_seed_gives_the_same_book(campaign: Campaign, tree: UnitTree) -> None:
    """A demo can be repeated: the seed decides every cell."""
    assert make(campaign, tree, "370102", 7) == make(campaign, tree, "370102", 7)
    assert make(campaign, tree, "370102", 7) != make(campaign, tree, "370102", 8)


def test_sizes_are_those_of_an_office(campaign: Campaign, tree: UnitTree) -> None:
    """A county registers 25 to 40 needs and 15 to 30 visits, and fills every sheet."""
    for seed in range(20):
        samples = make(campaign, tree, "370102", seed)
        assert 25 <= len(samples["needs"]) <= 40
        assert 15 <= len(samples["visits"]) <= 30
        wanted = {sheet.key for sheet in campaign.main_form.sheets}
        assert wanted - set(samples) == {"statistics", "explanations"}
        assert all(samples[key] for key in samples if key not in {"hard_cases", "case_help"})


def test_rows_scale_the_ledger(campaign: Campaign, tree: UnitTree) -> None:
    """Whoever asks for 500 rows gets a ledger of about 500, keys unique."""
    needs = make(campaign, tree, "370102", 1, rows=500)["needs"]
    assert 400 <= len(needs) <= 600
    assert len({row["need_id"] for row in needs}) == len(needs)


def test_narratives_differ_by_unit(campaign: Campaign, tree: UnitTree) -> None:
    """The report quotes what each unit wrote itself: 80 to 300 characters, its own name in it."""
    told = []
    for unit_id in ("370102", "370103", "370100", "370000"):
        for seed in range(10):
            card = make(campaign, tree, unit_id, seed)["narrative"][0]
            assert all(80 <= len(str(words)) <= 300 for words in card.values()), card
            told.append(card["approach"])
    assert len(set(told)) == len(told)


def test_offices_above_counties_report_their_own_work(campaign: Campaign, tree: UnitTree) -> None:
    """A city has no townships of its own; its contact points lie in its counties."""
    samples = make(campaign, tree, "370100", 3)
    assert "grassroots" not in samples
    assert {row["township"] for row in samples["contact_points"]} <= {"历下区", "市中区"}
