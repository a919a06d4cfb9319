"""Options, indicators and charts that come and go, and the period from which a version is in force."""

from __future__ import annotations

import dataclasses
import io

import openpyxl
import pytest

from sheetflow.errors import DeclarationError
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.pipeline import judge
from sheetflow.prefill import prefill_blank, prefill_returned
from sheetflow.schemas.book import Earlier, Judgement, JudgingContext
from sheetflow.schemas.campaign import Campaign, CampaignVersion
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import where
from sheetflow.schemas.documents import dump_rows, load_rows, measure_digests
from sheetflow.schemas.forms import ChartSpec, Form
from sheetflow.schemas.indicators import Count, Indicator, Ratio
from sheetflow.schemas.options import Choice
from sheetflow.writing import Dress, write_workbook
from tests.drawing import draw
from tests.tiny.desk import EAST, FIRST, IN_TIME, SECOND, TREE
from tests.versions.declared import campaign, patrol_form
from tests.versions.test_judging import OLD

STATES = Choice(
    ("整治中", "监测中", "已封堵", "待查"),
    older=(("整改中", "整治中"),),
    spans=(("监测中", 1, 1), ("待查", 2, None)),
)


def with_states(kind: Choice = STATES, version: int = 2) -> Form:
    """Give the form of version 1 as it stands, with the state of an outlet from another list."""
    form = patrol_form(1)

    def changed(column: Column) -> Column:
        return dataclasses.replace(column, type=kind) if column.key == "state" else column

    sheets = tuple(
        dataclasses.replace(sheet, declared=tuple(map(changed, sheet.declared)))
        if sheet.key == "outlets"
        else sheet
        for sheet in form.sheets
    )
    watched = Indicator("H9", "监测中", "个", Count("outlets", where("state", "监测中")), until=1)
    waiting = Indicator("H10", "待查", "个", Count("outlets", where("state", "待查")), since=2)
    share = Indicator("H11", "待查率", "%", Ratio("H10", "H1"), percent=True, since=2)
    charts = (ChartSpec(title="监测", codes=("H9",)), ChartSpec(title="都有", codes=("H9", "H1")))
    return dataclasses.replace(
        form,
        version=version,
        sheets=sheets,
        indicators=(*form.indicators, watched, waiting, share),
        charts=charts,
    )


def judged(
    text: str, version: int, earlier: Earlier | None = None, whole: Campaign | None = None
) -> Judgement:
    """Judge a drawn workbook that is stamped with a version."""
    mine = whole or campaign_of()
    stamp = {
        "campaign": mine.key,
        "form": "patrol",
        "version": str(version),
        "unit": EAST,
        "period": FIRST,
    }
    context = JudgingContext(
        unit=TREE[EAST],
        tree=TREE,
        now=IN_TIME.replace(tzinfo=OFFICE_ZONE),
        working_days={"县": 2, "市": 4, "省": 6},
        earlier=lambda _form, _period: earlier,
    )
    return judge(draw(text, stamp=stamp), mine, context)


def campaign_of(form: Form | None = None, versions: tuple[CampaignVersion, ...] = ()) -> Campaign:
    """Give the campaign with this form in place of its first one."""
    mine = campaign(1)
    forms = (form or with_states(), *mine.forms[1:])
    return dataclasses.replace(mine, forms=forms, versions=versions)


def sentences(judgement: Judgement) -> list[str]:
    """Give what is said, with the cell."""
    catalogue = campaign_of().catalogue
    return [f"{each.place.cell} {catalogue.wrong(each)}" for each in judgement.findings]


WATCHED = OLD.replace("整治中", "监测中")


def test_a_retired_option_counts_in_an_old_workbook_and_is_a_finding_in_a_new_one() -> None:
    """What version 1 offered is read in its workbook; in one of version 2 the clerk must choose again."""
    old = judged(WATCHED, 1)
    assert (old.outcome.value, old.findings) == ("accepted", ())
    assert old.figures["H9"] == WATCHED.count("监测中") > 0
    new = judged(WATCHED, 2)
    assert new.outcome.value == "returned"
    assert [each.rule for each in new.findings] == ["choice-retired"] * WATCHED.count("监测中")
    assert sentences(new)[0].endswith("“监测中”自第2版起停用")
    remedy = campaign_of().catalogue.remedy(new.findings[0])
    assert remedy == "请从下拉列表中改选：整治中、已封堵、待查"


def test_a_retired_option_of_a_row_that_was_accepted_stands() -> None:
    """A book's row that comes back pre-filled with it is nobody's new choice."""
    old = judged(WATCHED, 1)
    assert old.book is not None
    rows = {key: [dict(row.values) for row in found.rows] for key, found in old.book.sheets.items()}
    earlier = Earlier(Period.parse("2011Q4"), "r", rows, old.figures)
    assert "choice-retired" not in {each.rule for each in judged(WATCHED, 2, earlier).findings}
    fresh = WATCHED.replace("P0002", "P0009")
    rules = [each.rule for each in judged(fresh, 2, earlier).findings]
    assert rules.count("choice-retired") == ("P0009" in fresh and "监测中" in fresh)


def test_an_older_spelling_is_read_as_the_option_with_a_note() -> None:
    """Whoever writes an option as it was called before hears how it was read."""
    old = judged(OLD.replace("整治中", "整改中"), 2)
    assert old.outcome.value == "accepted"
    assert old.book is not None
    assert {row["state"] for row in old.book.rows("outlets")} <= {"整治中", "已封堵"}
    assert {each.rule for each in old.findings} == {"habit"}


def test_rows_that_bear_the_older_spelling_are_read_as_today() -> None:
    """What the store keeps under the old word counts under the new one."""
    sheet = with_states().by_key["outlets"]
    kept = dump_rows(sheet, [{"state": "整改中", "outlet_id": "P0001"}])
    assert load_rows(sheet, kept)[0]["state"] == "整治中"


@pytest.mark.parametrize(
    ("version", "offered"),
    [(1, '"整治中,监测中,已封堵"'), (2, '"整治中,已封堵,待查"')],
)
def test_drop_downs_offer_what_the_version_has(version: int, offered: str) -> None:
    """A blank workbook offers the options of its own version, in the order of the list."""
    whole = campaign_of(versions=versions(SECOND))
    period = Period.parse(FIRST if version == 1 else SECOND)
    filling = prefill_blank(whole, whole.forms[0], TREE[EAST], period)
    dress = Dress(campaign=whole.title, catalogue=whole.catalogue)
    page = openpyxl.load_workbook(io.BytesIO(write_workbook(filling, dress, IN_TIME)))
    lists = {each.formula1 for each in page["排口台账"].data_validations.dataValidation}
    assert offered in lists
    codes = {row[0].value for row in page["巡河汇总"].iter_rows(min_row=4)}
    assert ("H9" in codes, "H10" in codes, "H11" in codes) == (
        version == 1,
        version == 2,
        version == 2,
    )


def test_an_indicator_that_a_version_lacks_has_no_figure() -> None:
    """It is nothing there, which is not 0; charts draw what is left."""
    old, new = judged(OLD, 1), judged(OLD, 2)
    assert [old.figures.get(code) for code in ("H9", "H10", "H11")] == [0, None, None]
    assert [new.figures.get(code) for code in ("H9", "H10", "H11")] == [None, 0, 0]
    form = with_states()
    assert [chart.codes for chart in form.in_version(2).charts] == [("H1",)]
    assert [chart.codes for chart in form.in_version(1).charts] == [("H9",), ("H9", "H1")]
    both = form.spanning({1, 2})
    assert {"H9", "H10"} <= both.indicator.keys()


def test_options_that_come_or_go_leave_what_figures_are_measured_by() -> None:
    """No figure is 按原口径 because a list has one option more, one less, or another word."""
    before = Choice(("整改中", "监测中", "已封堵"))
    now = with_states()
    sheets = tuple(
        dataclasses.replace(
            sheet,
            declared=tuple(
                dataclasses.replace(column, type=before) if column.key == "state" else column
                for column in sheet.declared
            ),
        )
        for sheet in now.sheets
    )
    indicators = tuple(one for one in now.indicators if one.code not in {"H10", "H11"})
    then = dataclasses.replace(now, sheets=sheets, indicators=indicators)
    found, digests = measure_digests(then), measure_digests(now)
    assert found == {code: digests[code] for code in found}
    asked = Indicator("X", "整治中", "个", Count("outlets", where("state", "整改中")))
    new = dataclasses.replace(asked, source=Count("outlets", where("state", "整治中")))
    with_asked = dataclasses.replace(then, indicators=(*then.indicators, asked))
    with_new = dataclasses.replace(now, indicators=(*now.indicators, new))
    assert measure_digests(with_asked)["X"] == measure_digests(with_new)["X"]
    other = dataclasses.replace(asked, source=Count("outlets", where("state", "已封堵")))
    with_other = dataclasses.replace(now, indicators=(*now.indicators, other))
    assert measure_digests(with_asked)["X"] != measure_digests(with_other)["X"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Choice(("甲",), spans=(("甲", 2, None),)), "在第1版里没有可选的选项"),
        (Choice(("甲",), spans=(("乙", 2, None),)), "没有选项“乙”，却写了它的版本"),
        (Choice(("甲", "乙"), spans=(("乙", 3, None),)), "从第3版起才有，而表式现在是第2版"),
        (Choice(("甲",), older=(("老甲", "乙"),)), "旧写法“老甲”指向“乙”，没有这个选项"),
    ],
)
def test_options_that_cannot_be_are_told_when_declared(kind: Choice, said: str) -> None:
    """Whoever declares a list is told of an option in no version, or of a version with none."""
    with pytest.raises(DeclarationError, match=said):
        with_states(kind)


def test_an_indicator_may_use_none_that_its_version_lacks() -> None:
    """A ratio of which a part is retired is told when it is declared."""
    form = with_states()
    lost = Indicator("H12", "监测率", "%", Ratio("H9", "H1"))
    with pytest.raises(DeclarationError, match="指标H12“监测率”用到指标H9“监测中”，第2版里没有它"):
        dataclasses.replace(form, indicators=(*form.indicators, lost))


def versions(first: str, until: str = "") -> tuple[CampaignVersion, ...]:
    """Give two versions, the second in force from `first` on."""
    second = CampaignVersion(number=2, first_period=first, older_until=until)
    return (CampaignVersion(number=1, first_period=FIRST), second)


@pytest.mark.parametrize(
    ("second", "outcome"),
    [
        (versions(SECOND), "accepted"),  # not yet in force
        (versions(FIRST, FIRST), "accepted"),  # in force, and the old one still taken
        (versions(FIRST), "returned"),
    ],
)
def test_an_old_workbook_is_taken_while_that_is_declared(
    second: tuple[CampaignVersion, ...], outcome: str
) -> None:
    """After that it comes back as the new form, in which all stands that was typed."""
    form = patrol_form(2)
    judgement = judged(OLD, 1, whole=campaign_of(form, second))
    assert judgement.outcome.value == outcome
    if outcome == "accepted":
        told = [each.rule for each in judgement.findings]
        assert told == ["version-older"] * (second[1].first_period == FIRST)
        return
    assert [each.rule for each in judgement.findings] == ["version-outdated"]
    assert sentences(judgement)[0].startswith(
        " 用的是第1版的表，2012年第1季度只收第2版，新增了《排口台账》"
    )
    assert "停用了《巡河日志》的“清理费用（元）”、《巡河船只》" in sentences(judgement)[0]
    whole = campaign_of(form, second)
    copy = prefill_returned(whole, TREE[EAST], judgement)
    assert copy.stamp.version == "2"
    typed = [dict(row) for row in copy.rows["outlets"] if len(row) > 1]
    assert judgement.book is not None
    kept = [{k: v for k, v in row.values.items() if v} for row in judgement.book.rows("outlets")]
    assert typed == kept


def test_a_version_in_which_a_form_did_not_change_is_as_good_as_todays() -> None:
    """Nobody gets a workbook back because another form of the campaign has changed."""
    form = dataclasses.replace(patrol_form(1), version=2)
    judgement = judged(OLD, 1, whole=campaign_of(form, versions(FIRST)))
    assert (judgement.outcome.value, judgement.findings) == ("accepted", ())


def test_what_is_handed_out_is_what_is_in_force_for_the_period() -> None:
    """A period before the new version begins gets the form of then, whenever it is made."""
    form = patrol_form(2)
    whole = campaign_of(form, versions(SECOND))
    for period, version in ((FIRST, "1"), (SECOND, "2")):
        blank = prefill_blank(whole, form, TREE[EAST], Period.parse(period))
        assert blank.stamp.version == version
