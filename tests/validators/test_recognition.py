"""Which form a workbook is of, whose, and for which period; what follows from a wrong cover."""

from __future__ import annotations

import dataclasses

import pytest

from sheetflow.periods import OFFICE_ZONE, Cadence
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Judgement, JudgingContext, Outcome
from sheetflow.schemas.campaign import Campaign
from sheetflow.units import Unit, UnitTree
from tests.county_book import TREE, judged, judged_raw, said
from tests.county_book import drawn as drawn_book
from tests.drawing import draw
from tests.tiny import desk
from tests.tiny.desk import CITY, EAST, FIRST, IN_TIME, SIGNED
from tests.tiny.forms import PATROL_FORM
from tests.tiny.pair import COUNTIES, PAIR, PROBE_FORM

TWO_CITIES = UnitTree.of(
    [
        *TREE,
        Unit(unit_id="370400", name="枣庄市", level="市", parent="370000"),
        Unit(unit_id="370402", name="市中区", level="县", parent="370400"),
    ]
)


@pytest.mark.parametrize(
    "name",
    [
        "历下区",
        "历下",
        "济南市历下区",
        "山东省济南市历下区",
        "济南历下区",
        "历下区妇联",
        "历下妇联",
        "历下区妇女联合会",
        "济南市历下区妇女联合会（章）",
        " 历 下\u3000区 ",
        "历下区\n妇联",
        "历下区妇女儿童工作委员会",
        "历夏区",
    ],
)
def test_a_units_own_name_is_its_own(name: str) -> None:
    """Superiors before it, its office behind it, blanks, short forms: nothing is found."""
    cover = name.replace("\n", "↵")
    assert said(judged(f"@ 封面 填报单位 = '{cover}")) == [] or name != name.strip()
    rules = {rule for rule, _, _ in said(judged(f"@ 封面 填报单位 = '{cover}"))}
    assert "cover-unit-name" not in rules


@pytest.mark.parametrize(
    "name", ["市中区", "济南市市中区", "市中区妇联", "市中", "济南市", "济南市妇联", "山东省妇联"]
)
def test_anothers_name_beside_the_right_code(name: str) -> None:
    """A name that means another unit, above or beside, is one must at 填报单位."""
    found = judged(f"@ 封面 填报单位 = {name}")
    assert said(found) == [("cover-unit-name", "封面", "填报单位")]
    assert found.outcome is Outcome.RETURNED


@pytest.mark.parametrize(
    ("name", "rules"), [("市中区", []), ("济南市市中区", []), ("枣庄市市中区", ["cover-unit-name"])]
)
def test_a_name_that_stands_twice(name: str, rules: list[str]) -> None:
    """Of two units of one name the own is meant, unless the other's superior stands before it."""
    raw = drawn_book(
        f"@ 封面 填报单位 = {name}\n@ 封面 单位代码 = '370103", stamp={"unit": "370103"}
    )
    found = judged_raw(raw, unit=TWO_CITIES["370103"], tree=TWO_CITIES)
    assert [rule for rule, _, _ in said(found)] == rules


def test_a_foreign_code_and_name_are_one_fault() -> None:
    """Who overtyped the code reads of that; the name belongs to it."""
    assert said(judged("@ 封面 填报单位 = 市中区\n@ 封面 单位代码 = '370103")) == [
        ("cover-unit", "封面", "单位代码")
    ]


def test_a_released_doubt_asks_no_more_whose_it_is() -> None:
    """Once a superior has decided whose the workbook is, its cover need not be changed."""
    assert judged_raw(drawn_book("@ 封面 填报单位 = 市中区"), released=True).findings == ()


@pytest.mark.parametrize(
    "period", ["2012年3-4月", "3—4月", "2012年3～4月", "3至4月", "2012年3‐4月"]
)
def test_a_period_is_read_however_it_is_written(period: str) -> None:
    """Every way to write the months counts."""
    found = judged(f"@ 封面 报告期 = {period}")
    assert found.outcome is Outcome.ACCEPTED
    assert {rule for rule, _, _ in said(found)} <= {"habit"}  # how a full-width ～ was read


DATES = "@ 走访记录 日期 4 = 2012-05-01\n@ 走访记录 日期 5 = 2012-06-02\n@ 宣传报道 日期 4 = 2012-05-02\n"


def test_a_wrong_period_is_one_fault() -> None:
    """Dates that suit the period on the cover are not held against the other one."""
    wrong = judged("@ 封面 报告期 = 2012B3\n" + DATES)
    assert said(wrong) == [("cover-period", "封面", "报告期")]
    assert {rule for rule, _, _ in said(judged(DATES))} == {"date-after-period"}
    future = "@ 联系点 建立日期 4 = 2012-06-20"  # after the day of filling in, whatever the period
    assert {rule for rule, _, _ in said(judged("@ 封面 报告期 = 2012B3\n" + future))} == {
        "cover-period",
        "date-after-filled",
    }
    early = (
        "@ 封面 报告期 = 2012年1—2月\n@ 封面 填报日期 = 2012-02-20\n@ 走访记录 日期 4 = 2012-02-10"
    )
    assert said(judged(early)) == [("cover-period", "封面", "报告期")]


def test_other_faults_are_still_told_beside_a_wrong_period() -> None:
    """A date before the one that it must follow is a fault in whatever period."""
    found = judged(
        "@ 封面 报告期 = 2012B3\n@ 妇女需求台帐 办结日期 5 = 2012-02-01\n@ 走访记录 走访妇女人次 4 = 约20"
    )
    assert [rule for rule, _, _ in said(found)] == ["cover-period", "number-about", "date-order"]


PROBE = f"""
# 抽检表头
| 抽检单位 | 东岸县 |
| 抽检单位代码 | '990101 |
| 抽检季度 | {FIRST} |
| 填表日期 | {SIGNED} |

# 抽检记录
| 取样日期 | 取样地点 | 取样人 | 水质类别 | 水样（毫升） |
| --- | --- | --- | --- | --- |
| 2012-02-03 | 三号桥 | 赵青禾 | 三类 | 250 |

# 抽检文字
| 抽检小结 | |
"""
TWIN = dataclasses.replace(PROBE_FORM, key="twin", title="水质复检表")
TWINS = dataclasses.replace(PAIR, forms=(PATROL_FORM, PROBE_FORM, TWIN))
YEARLY = dataclasses.replace(TWIN, cadence=Cadence.YEAR)
"""The same sheets once a year."""


def judged_as(
    campaign: Campaign, drawn: str = PROBE, unit: str = EAST, stamp: dict[str, str] | None = None
) -> Judgement:
    """Judge what is drawn, in the unit's folder."""
    context = JudgingContext(
        unit=desk.TREE[unit],
        tree=desk.TREE,
        now=IN_TIME.replace(tzinfo=OFFICE_ZONE),
        working_days={"县": 2, "市": 4, "省": 6},
    )
    return judge(draw(drawn, stamp=stamp or {}), campaign, context)


def test_sheets_tell_the_form_where_the_stamp_is_lost() -> None:
    """Without a stamp a workbook is of the form whose sheets it has."""
    found = judged_as(PAIR)
    assert (found.form, found.outcome) == ("probe", Outcome.ACCEPTED)


def test_a_workbook_that_fits_two_forms_is_told() -> None:
    """Nobody guesses: the sentence names both forms and asks for the workbook handed out."""
    found = judged_as(TWINS)
    assert (found.outcome, found.form) == (Outcome.REFUSED, "")
    (finding,) = found.findings
    assert finding.rule == "form-doubtful"
    assert PAIR.catalogue.sentence(finding) == (
        "整个工作簿：这个文件没有报表标记，按工作表看，《水质抽检表》、《水质复检表》都对得上，分不清是哪一张。"
        "请用答复文件夹（outbox）中这张报表的“填报_”工作簿填写后重新放入。"
    )


def test_a_stamp_tells_two_forms_of_the_same_sheets_apart() -> None:
    """The hidden stamp goes before the sheets."""
    stamp = {"campaign": "pair", "form": "twin", "version": "1", "unit": EAST, "period": FIRST}
    assert judged_as(TWINS, stamp=stamp).form == "twin"


@pytest.mark.parametrize(("period", "form"), [(FIRST, "probe"), ("'2012", "twin")])
def test_the_cover_tells_forms_of_other_periods_apart(period: str, form: str) -> None:
    """Of two forms with the same sheets, the one that is filled for the cover's period is meant."""
    campaign = dataclasses.replace(PAIR, forms=(PATROL_FORM, PROBE_FORM, YEARLY))
    assert judged_as(campaign, PROBE.replace(FIRST, period)).form == form


def test_the_level_tells_forms_apart() -> None:
    """A form that the unit's level does not fill is not meant where another one fits as well."""
    of_cities = dataclasses.replace(TWIN, levels=frozenset({"市"}))
    campaign = dataclasses.replace(PAIR, forms=(PATROL_FORM, PROBE_FORM, of_cities))
    of_counties = dataclasses.replace(PROBE_FORM, levels=frozenset({"县"}))
    both = dataclasses.replace(PAIR, forms=(PATROL_FORM, of_counties, of_cities))
    assert judged_as(both).form == "probe"
    assert judged_as(campaign).form == "probe"


def test_a_workbook_that_fits_no_form_is_told() -> None:
    """Sheets of nobody's form, or a single one that many have, are refused in a sentence."""
    found = judged_as(PAIR, "# 工资表\n| 姓名 | 实发 |\n| --- | --- |\n| 王芳 | 1800 |")
    assert [finding.rule for finding in found.findings] == ["workbook-unknown"]


def test_a_level_that_does_not_fill_the_form_is_told_who_does() -> None:
    """A city's workbook of a county's form is returned with a sentence that says whose it is."""
    found = judged_as(COUNTIES, PROBE.replace("990101", CITY).replace("东岸县", "上游市"), CITY)
    assert found.outcome is Outcome.RETURNED
    (finding,) = [entry for entry in found.findings if entry.rule == "unit-not-expected"]
    assert PAIR.catalogue.sentence(finding).endswith(
        "上游市是市级单位，《水质抽检表》由县级单位填报，本期不由它填报。"
        "请改报本单位应报的报表；县级单位的工作簿，请放进它自己的报送文件夹。"
    )
