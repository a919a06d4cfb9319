"""A campaign workbook is followed by its second version in a running workspace, with old workbooks still out.

Weighed first, then taken into use: what was accepted stays and is measured again, what comes late in the
old form comes back as the new one, a new rule only says what it sees until its trial is over.
"""

from __future__ import annotations

import datetime as dt
import io
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pytest

from sheetflow.config.kept_campaigns import Taking, keep_campaign, put_in_force
from sheetflow.definition.comparing.trials import Trial
from sheetflow.findings import Severity
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.campaign import Campaign, CampaignVersion
from sheetflow.schemas.conditions import where
from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.expressions import Cell, Literal, Operation
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Count, Indicator, Sum
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.store.records import Submission
from sheetflow.upkeep.campaign_against import Against, coming_into_force, try_rules, weigh
from sheetflow.upkeep.recover import recover
from sheetflow.upkeep.remind import issue_workbooks
from tests.tiny.campaign import CAMPAIGN, CAMPAIGN_NAME
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    IN_TIME_AGAIN,
    ISSUED,
    NORTH,
    OTHER_CITY,
    SECOND,
    SECOND_MONTH,
    SIGNED_AGAIN,
    SOUTH,
    TREE,
    WEST,
    Desk,
    Rows,
    Spoil,
    head,
    table,
    write,
)
from tests.versions.declared import patrol_form
from tests.versions.test_running import OLD_EAST, OLD_SOUTH, outlet, walks
from tests.warm import open_warm

pytestmark = pytest.mark.slow

THIRD = "2012Q3"
USED = dt.datetime(2012, 4, 5, 15)  # noqa: DTZ001 - the counties' last day, after the pass
IN_APRIL = dt.datetime(2012, 4, 20, 9)  # noqa: DTZ001
IN_JULY = dt.datetime(2012, 7, 20, 9)  # noqa: DTZ001
IN_OCTOBER = dt.datetime(2012, 10, 10, 9)  # noqa: DTZ001
FAR = DeclaredRule(
    code="far",
    severity=Severity.MUST,
    sheet="patrols",
    must=Operation(">=", Cell("metres"), Literal(150)),
    points=("metres",),
    wrong="巡河里程只有{metres}米",
    remedy="请核对里程的单位是不是米",
    title="里程太短",
    summary="一次巡河不少于150米",
)


def the_campaign(form: Form, versions: int) -> Campaign:
    """Give a version of the campaign, as data alone."""
    begun = (
        CampaignVersion(number=1, first_period=FIRST),
        CampaignVersion(number=2, first_period=SECOND),
    )
    return replace(
        CAMPAIGN,
        forms=(form, replace(CAMPAIGN.forms[1], version=versions)),
        rules=MappingProxyType({}),
        checks=(),
        versions=begun[:versions],
    )


def second_form() -> Form:
    """Give the second version: seats are counted no more, signs are, and a walk is one on foot."""
    first = patrol_form(2)
    kept = {
        **first.indicator,
        "H8": replace(first.indicator["H8"], until=1),
        "H6": replace(
            first.indicator["H6"], source=Sum("patrols", ("metres",), where("means", "步行"))
        ),
    }
    del kept["H13"]
    signs = Indicator("H14", "警示牌处", "处", Count("signs"), since=2)
    return replace(first, indicators=(*kept.values(), signs), rules=(FAR,))


V1, V2 = the_campaign(patrol_form(1), 1), the_campaign(second_form(), 2)
BOATED: Rows = {**OLD_SOUTH, "patrols": walks(30, litter=4) + walks(400, means="乘船")}


@dataclass
class Office:
    """The workspace, and what clerks keep of the workbooks that they were given."""

    desk: Desk
    weighed: Against | None = None

    def take(self, campaign: Campaign, at: dt.datetime) -> None:
        """Take a campaign into use."""
        folder = self.desk.workspace.campaigns
        digest = keep_campaign(folder, campaign, {}, b"workbook")
        moment = at.replace(tzinfo=OFFICE_ZONE).isoformat()
        taking = Taking(digest=digest, at=moment, workbook="0" * 64, instead_of=CAMPAIGN_NAME)
        put_in_force(folder, taking)

    def issue(self, period: str, at: dt.datetime, version: int) -> None:
        """Hand out workbooks; every clerk keeps a copy."""
        with open_warm(self.desk.root, at) as context:
            issue_workbooks(context, context.form("patrol"), Period.parse(period))
        for unit in TREE:
            kept = self._kept(unit.unit_id, period, version)
            kept.parent.mkdir(exist_ok=True)
            shutil.copy(self.desk.issued(unit.unit_id, period), kept)

    def _kept(self, unit_id: str, period: str, version: int) -> Path:
        return self.desk.root.parent / "kept" / f"{unit_id}_{period}_{version}.xlsx"

    def send(
        self, unit_id: str, rows: Rows, version: int, period: str, spoil: Spoil | None = None
    ) -> None:
        """Fill in a workbook of a version and drop it."""
        form = (V1, V2)[version - 1].forms[0].in_version(version)
        filled = self.desk.root.parent / "clerks" / f"{unit_id}_{period}_{version}.xlsx"
        kept = self._kept(unit_id, period, version)
        self.desk.drop(unit_id, write(kept, filled, rows, spoil, forms=(form,)))

    def last(self, unit_id: str) -> Submission:
        """Give what came last of a unit."""
        return self.desk.submissions(unit_id)[-1]

    def found(self, unit_id: str) -> list[tuple[str, str, str]]:
        """Give rule, severity and cell of what was found last."""
        submission = self.last(unit_id)
        documents = self.desk.ask(
            lambda context: context.store.contents.find_findings(submission), IN_OCTOBER
        )
        findings = map(load_finding, documents)
        return [(each.rule, each.severity.value, each.place.cell) for each in findings]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Play the first period in version 1, take version 2 into use, and go on in the second."""
    folder = tmp_path_factory.mktemp("office")
    office = Office(Desk.make(folder / "workspace"))
    return _played(office)


def _played(office: Office) -> Office:
    office.take(V1, ISSUED)
    office.issue(FIRST, ISSUED, 1)
    office.issue(SECOND, ISSUED, 1)
    office.send(EAST, OLD_EAST, 1, FIRST)
    office.send(SOUTH, BOATED, 1, FIRST)
    office.desk.run(IN_TIME)
    with open_warm(office.desk.root, USED) as context:
        office.weighed = weigh(context, V2)
        second = coming_into_force(context, V2)
    early = walks(10, walked_on=dt.date(2012, 4, 3))
    rows: Rows = {"head": head(day=IN_TIME.date()), "patrols": early, "outlets": [outlet(3)]}
    office.send(SOUTH, rows, 1, SECOND)
    office.desk.run(IN_TIME)
    office.take(second, USED)
    office.desk.run(USED)
    office.send(WEST, OLD_SOUTH, 1, FIRST)
    office.desk.run(USED)
    office.issue(SECOND, IN_APRIL, 2)
    signed = {"head": head(day=SIGNED_AGAIN)}
    office.send(
        NORTH,
        {**signed, "outlets": [outlet(3)], "patrols": walks(70, month=SECOND_MONTH, litter=3)},
        1,
        SECOND,
    )
    books: Rows = {"outlets": [{"bank": "右岸"}, {"bank": "右岸"}]}
    east = walks(90, month=SECOND_MONTH, weather="晴")
    office.send(EAST, {**signed, **books, "patrols": east}, 2, SECOND)
    office.desk.run(IN_TIME_AGAIN)
    return office


def lines(office: Office) -> dict[str, str]:
    """Give the table of versions as it was told before version 2 was taken into use."""
    assert office.weighed is not None
    return dict(office.weighed.lines)


def test_before_use_everything_that_changes_is_told(office: Office) -> None:
    """A new rule is tried on what is accepted: how many units and cells, each by its name."""
    told = lines(office)
    assert not office.weighed or not office.weighed.is_refused
    assert told["审核“里程太短”（《巡河日志》）"] == (
        "试审：新增强制性规则，到2012年第2季度为止只提示，以后才退回。"
        "按2012年第1季度已接收的2份报表试过，会命中2个单位2处，即东岸县《巡河日志》D4、南岸县《巡河日志》D4。"
    )
    assert told["《巡河船只》"] == "可以：自第2版起停用，以前填的照旧计入。"
    assert told["《排口台账》的“岸别”"].startswith("可以：新增必填栏目，只在新版的工作簿里有")
    assert told["《排口台账》的“河道”"] == "可以：改名为“河流名称”，数据接着用。"
    assert told["指标H6“巡河里程”"].startswith("提示：改了口径")
    assert told["《版本》"] == f"可以：第2版从{SECOND}起用。"


def test_many_hits_are_counted_and_five_are_named(office: Office) -> None:
    """What more books a rule hits is a number; who is named first is as many units as there are."""
    asked = replace(FAR, must=Operation(">=", Cell("metres"), Literal(9_000)))
    new = the_campaign(replace(second_form(), rules=(asked,)), 2)
    with open_warm(office.desk.root, IN_APRIL) as context:
        (hits,) = try_rules(context, new, [Trial("patrol", asked, is_new=True)], FIRST)
    assert (hits.units, hits.hits, hits.tried, hits.untried) == (3, 5, 3, 0)
    units = [place.partition("《")[0] for place in hits.places]
    assert units == ["东岸县", "西岸县", "南岸县", "东岸县", "南岸县"]
    more = replace(hits, hits=1_031, units=12, untried=2)
    assert more.words.startswith(
        "按2012年第1季度已接收的3份报表试过，会命中12个单位1,031处"
        "（另有2份的原件已清理或读不出，没有试），其中东岸县《巡河日志》D4、"
    )


def test_what_would_be_lost_is_counted_in_the_store(office: Office) -> None:
    """A column that is gone is refused with the units and rows that hold something in it."""
    form = second_form()
    kept = tuple(
        replace(sheet, declared=tuple(one for one in sheet.declared if one.key != "litter"))
        if sheet.key == "patrols"
        else sheet
        for sheet in form.sheets
    )
    indicators = tuple(one for one in form.indicators if one.code != "H7")
    lost = the_campaign(replace(form, sheets=kept, indicators=indicators), 2)
    with open_warm(office.desk.root, IN_APRIL) as context:
        against = weigh(context, lost)
    assert against.is_refused
    told = dict(against.lines)
    assert told["《巡河日志》的“清理费用（元）”"].startswith(
        "拒绝：会丢掉3个单位4行的“清理费用（元）”"
    )


def test_a_late_workbook_of_the_first_period_is_still_of_its_version(office: Office) -> None:
    """The period before the new version is filled in as it always was."""
    (submission,) = office.desk.submissions(WEST)
    assert (submission.outcome, submission.form_version, submission.period) == (
        "accepted",
        "1",
        FIRST,
    )


def test_what_is_measured_otherwise_is_in_the_table_of_corrections(office: Office) -> None:
    """The open period is measured again from stored rows, and its own table says what moved."""
    path = office.desk.answer(OTHER_CITY, "汇总", FIRST)
    moved = [
        (row["指标"], row["口径"], row["原数"], row["现数"])
        for row in table(path, "更正表", "更正原因")
        if str(row["更正原因"]).startswith("口径调整")
    ]
    assert moved == [("巡河里程", "本期", 430, 30), ("巡河里程", "累计", 430, 30)]


def test_indicators_come_and_go_in_the_consolidated_workbook(office: Office) -> None:
    """Those of both versions stand where rows of both stand; a figure that nobody has is no 0.

    A period of the older version, in which all rows are of it, shows nothing that nobody was asked.
    """
    path = office.desk.answer(CITY, "汇总", FIRST)
    first = {row["代码"]: row for row in table(path, "巡河汇总（累计）", "代码")}
    assert first["H8"]["合计"] == 7
    assert "H14" not in first
    path = office.desk.answer(CITY, "汇总", SECOND)
    second = {row["代码"]: row for row in table(path, "巡河汇总（累计）", "代码")}
    assert (second["H8"]["合计"], second["H14"]["合计"]) == (7, 0)
    assert [second[code]["西岸县（沿用）"] for code in ("H8", "H14")] == [0, None]
    assert [second[code]["东岸县"] for code in ("H8", "H14")] == [7, 0]


def test_an_old_workbook_of_the_new_period_comes_back_as_the_new_form(office: Office) -> None:
    """All that was typed stands in the copy; the unit fills what is new and is accepted."""
    submission = office.last(NORTH)
    assert (submission.outcome, submission.form_version) == ("returned", "1")
    assert ("version-outdated", "must", "") in office.found(NORTH)
    copy = office.desk.answer(NORTH, "退回", SECOND)
    book = openpyxl.load_workbook(io.BytesIO(copy.read_bytes()))
    heads = [str(cell.value).replace("\n", "").strip("＊*") for cell in book["排口台账"][3]]
    assert heads[:4] == ["排口编号", "岸别", "河流名称", "河长姓名"]
    assert [cell.value for cell in book["排口台账"][4]][:4] == ["P0001", None, "清水河", "王安澜"]
    book["排口台账"]["B4"] = "右岸"
    walk = book["巡河日志"]
    labels = [str(cell.value) for cell in walk[3]]
    weather = next(number for number, label in enumerate(labels, 1) if "天气" in label)
    metres = next(number for number, label in enumerate(labels, 1) if "里程" in label)
    assert walk.cell(4, metres).value == 70
    walk.cell(4, weather).value = "晴"
    mended = office.desk.root.parent / "clerks" / "mended.xlsx"
    book.save(mended)
    book.close()
    office.desk.drop(NORTH, mended)
    office.desk.run(IN_TIME_AGAIN)
    submission = office.last(NORTH)
    assert (submission.outcome, submission.form_version, submission.period) == (
        "accepted",
        "2",
        SECOND,
    )


def test_a_new_rule_only_tells_until_its_trial_is_over(office: Office) -> None:
    """In the period in which it comes in it returns nothing; in the next one it does."""
    assert office.last(EAST).outcome == "accepted"
    assert [each for each in office.found(EAST) if each[0] == "far"] == [("far", "note", "E4")]
    office.issue(THIRD, IN_JULY, 2)
    rows: Rows = {
        "head": head(day=dt.date(2012, 10, 1)),
        "patrols": walks(90, month=8, weather="晴"),
    }
    office.send(EAST, rows, 2, THIRD)
    office.desk.run(IN_OCTOBER)
    assert office.last(EAST).outcome == "returned"
    assert [each for each in office.found(EAST) if each[0] == "far"] == [("far", "must", "E4")]


def test_a_database_made_again_knows_which_campaign_was_in_force_when(
    office: Office, tmp_path: Path
) -> None:
    """What was accepted under version 1 is accepted still, in its version and with the same figures."""
    root = tmp_path / "workspace"
    shutil.copytree(office.desk.root, root)
    copied = Desk(root)
    before = [
        (entry.receipt, entry.outcome, entry.form_version, entry.must)
        for entry in copied.submissions()
    ]
    figures = table(copied.answer(OTHER_CITY, "汇总", FIRST), "巡河汇总（累计）", "代码")
    (copied.workspace.state / "sheetflow.db").unlink()
    recover(root, at=IN_OCTOBER)
    after = [
        (entry.receipt, entry.outcome, entry.form_version, entry.must)
        for entry in copied.submissions()
    ]
    assert after == before
    assert (f"{SOUTH}-{SECOND}-1", "accepted", "1", 0) in after, (
        "handed in before version 2 was there"
    )
    copied.run(IN_OCTOBER)
    new = max(copied.out(OTHER_CITY, FIRST).glob("汇总*"), key=lambda path: path.stat().st_mtime_ns)
    assert table(new, "巡河汇总（累计）", "代码") == figures
