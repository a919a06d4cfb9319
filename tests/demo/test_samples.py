"""The made-up books are as clean, connected and different as the demo says."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from random import Random

import pytest

from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.pipeline import judge
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.book import Earlier, Judgement, JudgingContext, Outcome
from sheetflow.schemas.campaign import Campaign, Samples, Scene
from sheetflow.schemas.forms import Form
from sheetflow.units import Unit, UnitTree
from tests.county_book import CAMPAIGN, TREE
from tests.demo.conftest import DAYS, lay_out
from tests.tiny.cadences import HALF_YEAR, MONTH, ONCE
from tests.tiny.campaign import CAMPAIGN as RIVERS
from tests.tiny.desk import TREE as RIVER_TREE
from tests.tiny.gauged import GAUGED
from tests.tiny.pair import PAIR
from tests.tiny.reported import REPORTED
from tests.versions.declared import campaign as of_version

FIRST = Period.parse("2012B1")
OTHERS = [
    pytest.param(campaign, form, id=f"{name}-{form.key}")
    for name, campaign in {
        "rivers": RIVERS,
        "monthly": MONTH,
        "half-yearly": HALF_YEAR,
        "once": ONCE,
        "pair": PAIR,
        "reported": REPORTED,
        "gauged": GAUGED,
        "version 1": of_version(1),
        "version 2": of_version(2),
    }.items()
    for form in campaign.forms
]


def make(unit_id: str, seed: int, *, rows: int = 32, period: Period = FIRST) -> Samples:
    """Make up one unit's book of the real campaign."""
    random = Random(seed)  # noqa: S311 - made-up data, no secret
    scene = Scene(TREE[unit_id], TREE, period, random, rows)
    return make_samples(CAMPAIGN, CAMPAIGN.main_form, scene)


def of_any(
    campaign: Campaign,
    form: Form,
    unit: Unit,
    period: Period,
    samples: Samples,
    earlier: Earlier | None = None,
) -> Judgement:
    """Judge samples of any campaign two days after their period."""
    day = period.last_day + dt.timedelta(days=2)
    context = JudgingContext(
        unit=unit,
        tree=TREE if unit.unit_id in TREE else RIVER_TREE,
        now=dt.datetime.combine(day, dt.time(9), OFFICE_ZONE),
        working_days={**DAYS, "乡": 1},
        earlier=lambda _form, _period: earlier,
    )
    issued = campaign.in_force(form, period)
    return judge(lay_out(campaign, issued, unit, period, samples), campaign, context)


def findings(
    campaign: Campaign, form: Form, tree: UnitTree, unit: Unit, period: Period
) -> list[str]:
    """Say what is found in some samples that arrive two days after the period."""
    told = []
    for seed in range(4):
        random = Random(seed)  # noqa: S311 - made-up data, no secret
        samples = make_samples(campaign, form, Scene(unit, tree, period, random))
        judgement = of_any(campaign, form, unit, period, samples)
        assert judgement.outcome is Outcome.ACCEPTED
        told += [f"{seed} {campaign.catalogue.sentence(entry)}" for entry in judgement.findings]
    return told


def judged(
    period: Period, unit: Unit, samples: Samples, earlier: Earlier | None = None
) -> Judgement:
    """Judge samples of the real campaign."""
    return of_any(CAMPAIGN, CAMPAIGN.main_form, unit, period, samples, earlier)


@pytest.mark.parametrize("unit_id", ["370102", "370100", "370000"])
@pytest.mark.parametrize("number", range(1, 7))
def test_samples_of_the_campaign_have_no_finding(unit_id: str, number: int) -> None:
    """A made-up book of any level and period is accepted without a finding of any severity."""
    period = Period.parse(f"2012B{number}")
    assert findings(CAMPAIGN, CAMPAIGN.main_form, TREE, TREE[unit_id], period) == []


@pytest.mark.parametrize(("campaign", "form"), OTHERS)
def test_samples_follow_from_any_declaration(campaign: Campaign, form: Form) -> None:
    """Of a campaign that says nothing of its samples, books are made up that are as clean."""
    assert not campaign.samples
    for period in form.periods_of(2012):
        for unit in RIVER_TREE:
            if form.is_for(unit.level):
                assert findings(campaign, form, RIVER_TREE, unit, period) == []


def left_by(form: Form, period: Period, judgement: Judgement) -> Earlier:
    """What an accepted book leaves to the next period."""
    assert judgement.book
    rows = {
        sheet.key: [dict(row.values) for row in judgement.book.rows(sheet.key)]
        for sheet in form.sheets
        if sheet.is_book
    }
    return Earlier(period=period, receipt="1", rows=rows, totals=judgement.figures)


@pytest.mark.parametrize("unit_id", ["370102", "370100", "370000"])
def test_the_next_book_goes_on_from_the_last(unit_id: str) -> None:
    """The second book keeps what was accepted, adds and closes, and no figure of it jumps."""
    form, unit, second = CAMPAIGN.main_form, TREE[unit_id], Period.parse("2012B2")
    for seed in range(8):
        before = make(unit_id, seed)
        earlier = left_by(form, FIRST, judged(FIRST, unit, before))
        scene = Scene(unit, TREE, second, Random(1000 + seed), 32, before)  # noqa: S311 - made up
        samples = make_samples(CAMPAIGN, form, scene)
        found = judged(second, unit, samples, earlier)
        assert [CAMPAIGN.catalogue.sentence(entry) for entry in found.findings] == []
        needs, then = samples["needs"], before["needs"]
        assert len(needs) > len(then)
        assert [row["need_id"] for row in needs[: len(then)]] == [row["need_id"] for row in then]
        assert sum(row["status"] == "已办结" for row in needs[: len(then)]) >= sum(
            row["status"] == "已办结" for row in then
        )


@pytest.mark.parametrize(("campaign", "form"), OTHERS)
def test_any_declared_book_goes_on(campaign: Campaign, form: Form) -> None:
    """Of a campaign that says nothing of its samples, the next period's book keeps all that stood."""
    for first, second in pairwise(form.periods_of(2012)):
        for unit in RIVER_TREE:
            if not form.is_for(unit.level):
                continue
            scene = Scene(unit, RIVER_TREE, first, Random(1))  # noqa: S311 - made-up data
            before = make_samples(campaign, form, scene)
            earlier = left_by(form, first, of_any(campaign, form, unit, first, before))
            again = Scene(unit, RIVER_TREE, second, Random(2), 32, before)  # noqa: S311 - made up
            samples = make_samples(campaign, form, again)
            found = of_any(campaign, form, unit, second, samples, earlier)
            assert [campaign.catalogue.sentence(entry) for entry in found.findings] == []


def test_the_same_seed_gives_the_same_book() -> None:
    """A demo can be repeated: the seed decides every cell."""
    assert make("370102", 7) == make("370102", 7)
    assert make("370102", 7) != make("370102", 8)


def test_sizes_are_those_of_an_office() -> None:
    """A county registers 25 to 40 needs and 15 to 30 visits, and fills every sheet."""
    for seed in range(20):
        samples = make("370102", seed)
        assert 25 <= len(samples["needs"]) <= 40
        assert 15 <= len(samples["visits"]) <= 30
        wanted = {sheet.key for sheet in CAMPAIGN.main_form.sheets}
        assert wanted - set(samples) == {"statistics", "explanations"}
        assert all(samples[key] for key in samples if key not in {"hard_cases", "case_help"})


def test_rows_scale_the_ledger() -> None:
    """Whoever asks for 500 rows gets a ledger of about 500, keys unique."""
    needs = make("370102", 1, rows=500)["needs"]
    assert 400 <= len(needs) <= 600
    assert len({row["need_id"] for row in needs}) == len(needs)


def test_narratives_differ_by_unit() -> None:
    """The report quotes what each unit wrote itself: 80 to 300 characters, its own name in it."""
    worded = CAMPAIGN.samples[CAMPAIGN.main_form.key].cells["narrative"]
    told = []
    for unit_id in ("370102", "370103", "370100", "370000"):
        for seed in range(10):
            card = make(unit_id, seed)["narrative"][0]
            assert all(80 <= len(str(card[key])) <= 300 for key in worded if key in card), card
            told.append(card["approach"])
    assert len(set(told)) == len(told)


def test_offices_above_counties_report_their_own_work() -> None:
    """A city has no townships of its own; its contact points lie in its counties."""
    samples = make("370100", 3)
    assert "grassroots" not in samples
    assert {row["township"] for row in samples["contact_points"]} <= {"历下区", "市中区"}
    assert len(samples["visits"]) < 15
