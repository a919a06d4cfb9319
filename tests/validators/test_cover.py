"""The cover: whose name, which period, and what follows from a wrong one."""

from __future__ import annotations

import pytest

from sheetflow.schemas.book import Outcome
from sheetflow.units import Unit, UnitTree
from tests.county_book import TREE, judged, judged_raw, said
from tests.county_book import drawn as drawn_book

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
