"""Which form a workbook is of, where the campaign has several."""

from __future__ import annotations

import dataclasses

import pytest

from sheetflow.periods import OFFICE_ZONE, Cadence
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Judgement, JudgingContext, Outcome
from sheetflow.schemas.campaign import Campaign
from tests.drawing import draw
from tests.tiny.desk import CITY, EAST, FIRST, IN_TIME, SIGNED, TREE
from tests.tiny.forms import PATROL_FORM
from tests.tiny.pair import COUNTIES, PAIR, PROBE_FORM

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


def judged(
    campaign: Campaign, drawn: str = PROBE, unit: str = EAST, stamp: dict[str, str] | None = None
) -> Judgement:
    """Judge what is drawn, in the unit's folder."""
    context = JudgingContext(
        unit=TREE[unit],
        tree=TREE,
        now=IN_TIME.replace(tzinfo=OFFICE_ZONE),
        working_days={"县": 2, "市": 4, "省": 6},
    )
    return judge(draw(drawn, stamp=stamp or {}), campaign, context)


def test_sheets_tell_the_form_where_the_stamp_is_lost() -> None:
    """Without a stamp a workbook is of the form whose sheets it has."""
    found = judged(PAIR)
    assert (found.form, found.outcome) == ("probe", Outcome.ACCEPTED)


def test_a_workbook_that_fits_two_forms_is_told() -> None:
    """Nobody guesses: the sentence names both forms and asks for the workbook handed out."""
    found = judged(TWINS)
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
    assert judged(TWINS, stamp=stamp).form == "twin"


@pytest.mark.parametrize(("period", "form"), [(FIRST, "probe"), ("'2012", "twin")])
def test_the_cover_tells_forms_of_other_periods_apart(period: str, form: str) -> None:
    """Of two forms with the same sheets, the one that is filled for the cover's period is meant."""
    campaign = dataclasses.replace(PAIR, forms=(PATROL_FORM, PROBE_FORM, YEARLY))
    assert judged(campaign, PROBE.replace(FIRST, period)).form == form


def test_the_level_tells_forms_apart() -> None:
    """A form that the unit's level does not fill is not meant where another one fits as well."""
    of_cities = dataclasses.replace(TWIN, levels=frozenset({"市"}))
    campaign = dataclasses.replace(PAIR, forms=(PATROL_FORM, PROBE_FORM, of_cities))
    of_counties = dataclasses.replace(PROBE_FORM, levels=frozenset({"县"}))
    both = dataclasses.replace(PAIR, forms=(PATROL_FORM, of_counties, of_cities))
    assert judged(both).form == "probe"
    assert judged(campaign).form == "probe"


def test_a_workbook_that_fits_no_form_is_told() -> None:
    """Sheets of nobody's form, or a single one that many have, are refused in a sentence."""
    found = judged(PAIR, "# 工资表\n| 姓名 | 实发 |\n| --- | --- |\n| 王芳 | 1800 |")
    assert [finding.rule for finding in found.findings] == ["workbook-unknown"]


def test_a_level_that_does_not_fill_the_form_is_told_who_does() -> None:
    """A city's workbook of a county's form is returned with a sentence that says whose it is."""
    found = judged(COUNTIES, PROBE.replace("990101", CITY).replace("东岸县", "上游市"), CITY)
    assert found.outcome is Outcome.RETURNED
    (finding,) = [entry for entry in found.findings if entry.rule == "unit-not-expected"]
    assert PAIR.catalogue.sentence(finding).endswith(
        "上游市是市级单位，《水质抽检表》由县级单位填报，本期不由它填报。"
        "请改报本单位应报的报表；县级单位的工作簿，请放进它自己的报送文件夹。"
    )
