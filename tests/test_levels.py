"""The levels of a chain: their order, what people call them, and sets that cannot be."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from sheetflow.errors import DeclarationError, UnitsError
from sheetflow.schemas.columns import Mask, RowModel, disclosed, text
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import THREE_LEVELS, Levels, LevelSpec, Unit, UnitTree, parse_units
from sheetflow.units.levels import CITY, COUNTY, NATION, PROVINCE, TOWNSHIP, VILLAGE
from tests.levels import FOUR
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.forms import PATROL_FORM

SIX = (NATION, PROVINCE, CITY, COUNTY, TOWNSHIP, VILLAGE)


@pytest.mark.parametrize("count", range(2, 7))
def test_any_of_the_usual_levels_make_a_chain(count: int) -> None:
    """Two to six of them, in their order, are a set; the order is the rank."""
    for chosen in combinations(SIX, count):
        levels = Levels(chosen)
        assert [levels.rank(spec.name) for spec in levels] == [*range(count)]
        assert (levels.top, levels.lowest) == (chosen[0], chosen[-1])
        assert levels.below(levels.lowest.name) is None
        for spec in chosen:
            for word in (spec.name, f"{spec.name}级", spec.key, spec.key.upper(), *spec.also):
                assert levels.find(word) == spec


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("国家", "国家级 国 全国 中央级"),
        ("省", "省级 ｐｒｏｖｉｎｃｅ 省（区、市） 省(自治区、直辖市) 直辖市 自治区级"),
        ("市", "市级 地市级 地级市 设区的市 市（州） 市(地、州、盟) 地（市） 地区 CITY"),
        ("县", "县级 区县级 县（市、区） 县(区) 县/区 县市区 区 旗 县级市 市辖区 自治县"),
        ("乡", "乡级 乡镇级 镇级 街道 街道办事处 乡（镇、街道） 乡镇、街道 乡镇（街道） 民族乡"),
        ("村", "村级 社区 村（社区） 村(居) 行政村 居委会"),
    ],
)
def test_a_level_is_known_by_what_offices_call_it(name: str, words: str) -> None:
    """With or without 级, brackets and full-width marks; another word is none, not the nearest."""
    for word in words.split():
        assert Levels(SIX).read(f" {word}　") == name
    for word in ("", "级", "市区", "镇区", "户", "村民", "省市"):
        assert Levels(SIX).find(word) is None


@pytest.mark.parametrize(
    ("rungs", "told"),
    [
        ((), "有0级，应为2到6级"),
        ((PROVINCE,), "有1级，应为2到6级"),
        ((*SIX, LevelSpec(name="户", key="household")), "有7级，应为2到6级"),
        ((PROVINCE, CITY, CITY), "“city”“prefecture”“地区”“地市”"),
        ((PROVINCE, replace(CITY, name="省")), "“省”用于不止一级"),
        ((PROVINCE, replace(CITY, key="province")), "“province”用于不止一级"),
        ((PROVINCE, replace(CITY, also=("自治区",))), "“自治区”用于不止一级"),
        ((CITY, PROVINCE), "市的截止日早于省"),
        ((PROVINCE, replace(CITY, name="")), "名称“”不能空着"),
        ((PROVINCE, replace(CITY, name="地 市")), "名称“地 市”不能空着，也不能有空格"),
        ((PROVINCE, replace(CITY, key="市")), "市的英文名“市”应由小写字母"),
        ((PROVINCE, replace(CITY, key="overrides")), "也不能是 overrides"),
    ],
)
def test_a_set_that_cannot_be_is_refused_by_name(rungs: tuple[LevelSpec, ...], told: str) -> None:
    """One level or seven, two of one name or word, deadlines against the order: said, not guessed."""
    with pytest.raises(DeclarationError) as caught:
        Levels(rungs)
    assert told in str(caught.value)


def test_a_disclosure_names_levels_that_are_there() -> None:
    """A misspelt level in a disclosure is told when the campaign is loaded."""

    class Row(RowModel):
        """A row with a name."""

        name = text("姓名", personal=True, disclosure=disclosed(地市=Mask.NAME))

    stray = Sheet(key="stray", title="走失", kind=Kind.FLOW, declared=Row.columns())
    form = replace(PATROL_FORM, sheets=(*PATROL_FORM.sheets, stray))
    with pytest.raises(DeclarationError, match="《走失》的“姓名”说到地市级，活动里没有这一级"):
        replace(CAMPAIGN, forms=(form,), rules={})


def test_a_list_of_units_says_which_levels_there_are() -> None:
    """A level of another campaign is told with the names that this one has."""
    rows = [{"unit_id": "1", "name": "甲乡", "level": "乡"}]
    with pytest.raises(UnitsError, match="乡应为省、市或县，请改正"):
        parse_units(rows)
    assert parse_units(rows, levels=FOUR.levels)["1"].level == "乡"
    with pytest.raises(UnitsError, match="村应为省、市、县或乡，请改正"):
        parse_units([{**rows[0], "level": "村"}], levels=FOUR.levels)
    unit = Unit(unit_id="1", name="甲乡", level="乡")
    with pytest.raises(UnitsError, match="“级别”乡应为省、市或县"):
        UnitTree.of([unit])


def test_a_unit_reports_to_a_higher_level_however_far() -> None:
    """A township may report to its county, or straight to the province; never to an equal or a lower one."""
    over = [
        Unit(unit_id="1", name="甲省", level="省"),
        Unit(unit_id="2", name="乙市", level="市", parent="1"),
        Unit(unit_id="3", name="丙县", level="县", parent="1"),
        Unit(unit_id="4", name="丁乡", level="乡", parent="1"),
        Unit(unit_id="5", name="戊乡", level="乡", parent="3"),
    ]
    assert len(UnitTree.of(over, levels=FOUR.levels)) == len(over)
    for level, parent, sentence in (
        ("县", "5", "不能隶属于乡级"),
        ("乡", "4", "是乡级，不能隶属于乡级"),
    ):
        wrong = Unit(unit_id="6", name="己", level=level, parent=parent)
        with pytest.raises(UnitsError, match=sentence):
            UnitTree.of([*over, wrong], levels=FOUR.levels)


def test_rows_are_told_by_the_levels_below_their_reader() -> None:
    """Who reads of three levels below has three columns; the last two stand there for everybody."""
    six = Levels(SIX)
    assert ["".join(spec.name for spec in six.origin(name)) for name in six.names] == [
        "省市县乡村",
        "市县乡村",
        "县乡村",
        "乡村",
        "乡村",
        "乡村",
    ]
    assert [spec.column for spec in THREE_LEVELS.origin("市")] == ["市", "县（区）"]
    assert [spec.name for spec in Levels((PROVINCE, COUNTY)).origin("省")] == ["县"]
