"""A form of each cadence is judged by its own periods, and is told of those of another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from sheetflow.periods import OFFICE_ZONE, Cadence, Period
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Judgement, JudgingContext, Outcome
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.forms import Form
from tests.drawing import draw
from tests.tiny.cadences import HALF_YEAR, MONTH, ONCE, QUARTER, YEAR, patrolled
from tests.tiny.desk import EAST, TREE, cell
from tests.tiny.drawn import PATROLS

TWO_MONTHS = patrolled(Cadence.TWO_MONTHS)
_CELL, _SIGNED = "巡查表头 巡查季度", "巡查表头 制表日期"
_NOTHING: Mapping[str, str] = MappingProxyType({})


def judged(
    campaign: Campaign,
    typed: str,
    stamped: str = "",
    waived: Mapping[str, str] = _NOTHING,
    mark: str = "'",
) -> Judgement:
    """Judge the sound journal with `typed` on its cover (a figure without `mark`) and `stamped` in its stamp."""
    form = campaign.main_form
    stamp = {"campaign": campaign.key, "form": form.key, "version": "1", "unit": EAST}
    context = JudgingContext(
        unit=TREE[EAST],
        tree=TREE,
        now=dt.datetime(2012, 3, 2, 9, tzinfo=OFFICE_ZONE),
        working_days={"县": 2, "市": 4, "省": 6},
        waived=lambda _form, _period: waived,
    )
    cover = f"@ {_CELL} = {mark}{typed}\n@ {_SIGNED} = 2012-03-01\n"
    raw = draw(PATROLS + cover, stamp={**stamp, "period": stamped})
    return judge(raw, campaign, context)


def rules(found: Judgement) -> set[str]:
    """The rules of what stands against it."""
    return {finding.rule for finding in found.findings}


_TAKEN = [
    (MONTH, "2012M02", "2012年2月 2月份 2012-02-01 201202 2 第2期 二月"),
    (TWO_MONTHS, "2012B1", "2012年1—2月 一二月 1-2月 第1期"),
    (QUARTER, "2012Q1", "2012年第一季度 一季度 1-3月 2012年1—3月 第1期 Q1"),
    (HALF_YEAR, "2012H1", "上半年 2012年1—6月 2012上半年 第1期"),
    (YEAR, "2012", "2012年 2012年度 全年 1—12月"),
    (ONCE, "2012", "2012年 2012年度 2012年一次性填报 一次性"),
]


@pytest.mark.parametrize(
    ("campaign", "period", "typed"),
    [(campaign, period, one) for campaign, period, names in _TAKEN for one in names.split()],
)
def test_every_name_of_its_own_period_is_taken(campaign: Campaign, period: str, typed: str) -> None:
    """What is typed beside a stamp is read by the form's cadence; nothing is found."""
    found = judged(campaign, typed, period)
    assert (found.outcome, found.period) == (Outcome.ACCEPTED, period)
    assert rules(found) <= {"habit"}


@pytest.mark.parametrize(
    ("campaign", "period", "typed"),
    [
        (campaign, period, one)
        for campaign, period, names in _TAKEN
        for one in (period, *names.split())
        if one.startswith("2012")
    ],
)
def test_the_cover_tells_where_there_is_no_stamp(
    campaign: Campaign, period: str, typed: str
) -> None:
    """A name that says its year is enough."""
    found = judged(campaign, typed)
    assert (found.outcome, found.period) == (Outcome.ACCEPTED, period)
    assert rules(found) <= {"habit"}


@pytest.mark.parametrize(
    ("typed", "period"),
    [("2012.2", "2012M02"), ("201202", "2012M02"), ("2012.1", ""), ("2012.10", "")],
)
def test_a_figure_that_may_be_january_or_october_is_neither(typed: str, period: str) -> None:
    """2012.10 typed as a number is stored as 2012.1: nobody's January is overwritten by October."""
    found = judged(MONTH, typed, mark="")
    assert found.period == period
    assert (found.outcome is Outcome.REFUSED) == (not period)
    assert judged(MONTH, "2012.1").period == "2012M01"


_OTHERS = [
    (MONTH, ["2012B1", "2012年1—2月", "2012Q1", "2012年"]),
    (TWO_MONTHS, ["2012年7月", "2012年2月", "2012M02", "2012年第一季度", "上半年", "2012"]),
    (QUARTER, ["2012年3月", "2012B1", "2012年上半年", "2012年"]),
    (HALF_YEAR, ["2012年一季度", "2012M06", "2012年度", "2012年3-4月"]),
    (YEAR, ["2012年1—2月", "2012H2", "四季度", "2012M12"]),
    (ONCE, ["2012年2月", "2012B1", "2011", "2012年一季度"]),
]
_PAIRS = [(campaign, typed) for campaign, names in _OTHERS for typed in names]


@pytest.mark.parametrize(("campaign", "typed"), _PAIRS)
@pytest.mark.parametrize("stamped", [True, False])
def test_another_cadence_is_told(campaign: Campaign, typed: str, stamped: bool) -> None:  # noqa: FBT001
    """Which period it says, how often this form is reported, what to write: and only that."""
    form = campaign.main_form
    other = form.period_named(typed, 2012)
    found = judged(campaign, typed, other.period_id if stamped else "")
    assert found.outcome is Outcome.RETURNED
    (finding,) = found.findings
    assert (finding.rule, finding.place.cell) == ("cover-cadence", cell("head", "quarter"))
    sentence = campaign.catalogue.sentence(finding)
    named = other.label if typed.startswith("20") else f"“{typed}”"
    assert f"报告期写的是{named}，而《河道巡查表》{form.cadence.words}" in sentence
    assert stamped is False or form.period_ids(other.first_day.year) in sentence
    assert not found.figures


@pytest.mark.parametrize(("campaign", "typed"), _PAIRS)
def test_another_cadence_beside_a_stamp(campaign: Campaign, typed: str) -> None:
    """Where the stamp says which period it is for, that one is to be written."""
    form = campaign.main_form
    own = form.period_of(dt.date(2012, 2, 1))
    found = judged(campaign, typed, own.period_id)
    assert found.period == own.period_id
    (finding,) = found.findings
    assert finding.rule == "cover-cadence"
    assert f"请改写成{own.period_id}；" in campaign.catalogue.sentence(finding)


@pytest.mark.parametrize("campaign", [TWO_MONTHS, QUARTER, HALF_YEAR, YEAR, ONCE])
def test_a_stamp_of_another_cadence_is_told(campaign: Campaign) -> None:
    """Also beside a cover that says a period of the form's: that one is asked to be looked at."""
    own = campaign.main_form.period_of(dt.date(2012, 2, 1))
    found = judged(campaign, own.period_id, "2012M02")
    assert (found.outcome, found.period) == (Outcome.RETURNED, own.period_id)
    (finding,) = found.findings
    sentence = campaign.catalogue.sentence(finding)
    assert "这个工作簿是为2012年2月发放的，而《河道巡查表》" in sentence
    assert f"确是{own.label}的" in sentence


def test_nobody_lets_it_pass() -> None:
    """A superior cannot waive which period it is: it would be counted in one that nobody meant."""
    found = judged(QUARTER, "2012年3月", "2012M03", waived={"cover-cadence": "同意"})
    assert found.outcome is Outcome.RETURNED


def test_months_without_their_year_are_told_of_but_never_taken() -> None:
    """No year is guessed for a period that the form takes; for one that it does not, none is needed."""
    assert rules(judged(TWO_MONTHS, "1—2月")) == {"period-unknown"}
    assert rules(judged(TWO_MONTHS, "一季度")) == {"cover-cadence"}


@pytest.mark.parametrize("typed", ["上一期", "第五季度", "2012年1—4月", "某月"])
@pytest.mark.parametrize("campaign", [MONTH, QUARTER, ONCE])
def test_what_is_no_period_is_still_none(campaign: Campaign, typed: str) -> None:
    """What nobody can read as a period is refused as before, and overtyped it is named."""
    assert rules(judged(campaign, typed)) == {"period-unknown"}
    own = campaign.main_form.period_of(dt.date(2012, 2, 1))
    assert rules(judged(campaign, typed, own.period_id)) == {"cover-period"}


@pytest.mark.parametrize(
    ("cadence", "other", "today", "expected"),
    [
        (Cadence.TWO_MONTHS, "2012M03", dt.date(2012, 7, 1), "2012B2"),
        (Cadence.QUARTER, "2012", dt.date(2012, 3, 1), "2012Q1"),
        (Cadence.QUARTER, "2012", dt.date(2012, 8, 1), "2012Q2"),
        (Cadence.QUARTER, "2012", dt.date(2013, 8, 1), "2012Q4"),
        (Cadence.MONTH, "2012Q2", dt.date(2012, 6, 3), "2012M05"),
        (Cadence.HALF_YEAR, "2012M12", dt.date(2012, 2, 3), "2012H2"),
    ],
)
def test_where_another_cadence_is_answered(
    cadence: Cadence, other: str, today: dt.date, expected: str
) -> None:
    """In the folder of the period that it lies in, or of that which is due of those it covers."""
    form: Form = patrolled(cadence).main_form
    assert str(form.nearest(Period.parse(other), today)) == expected
