"""What people call a period of each cadence."""

from __future__ import annotations

import pytest

from sheetflow.periods import Cadence, Period

_NAMES = {
    "2012M03": "2012年3月 2012年03月 2012年3月份 3月 3月份 三月 03月 2012-03 2012.3 2012/3 201203 M3 M03 "
    "2012M3 12年3月 ２０１２年３月 2012年度3月 二〇一二年三月份 2012-03-01 3月1日-31日 第3期 第三期 3 03 （2012年3月） "
    "二零一二年三月",
    "2012M01": "元月 2012年元月份 1月 一月",
    "2012M12": "十二月 12月份 2012年十二月 12",
    "2012B1": "一二月 2012年一二月份 1-2月",
    "2012B6": "十一十二月份 11-12月 十一、十二月",
    "2012B2": "3，4月 3,4月份 2012年3月和4月 三月及四月 3月与4月 2012.3.1-4.30 2012/3/1-2012/4/30 "
    "2012.03.01—2012.04.30 2012年3—4月 三四月 3、4月份 B2 第2期 2012年第二期",
    "2012Q1": "2012年第1季度 2012年第一季度 一季度 1季度 第1季 Q1 2012Q1 2012年Q1 2012年1-3月 1—3月份 12年1季度 "
    "一至三月 2012年1月至3月 2012年1月1日至3月31日 Ⅰ季度 第1期 2012年1季度",
    "2012Q4": "四季度 2012年10-12月 Ⅳ季度 Q4 十至十二月",
    "2012H1": "2012年上半年 上半年 2012上半年 上半年度 1—6月 2012年1—6月 一至六月 H1 2012H1 1月1日-6月30日 第1期",
    "2012H2": "下半年 7-12月 2012年度下半年 H2",
    "2012": "12年 12年度 2012全年度 二零一二年度 2012年 2012年度 2012年全年 2012全年 全年 2012 1-12月 2012年1—12月 一至十二月",
}

_OTHERS = """
1-4月 1-5月 2-3月 2-4月 4-9月 12-1月 1-13月 0月 13月 00 2012M00 2012M13 2012Q5 2012H3
第5季度 五季度 年 半年 季度 月 上年 第期 2012年13月 11-13月 本月 3季 2011年 20112年1季度
2012年1月-2011年3月 2012.3.2-4.30 2012.3.1-4.29年 3.4 3.1 一二三月 二三月 十一十月 12年3 1 第0期 第99期 3月4月 ③月
"""


@pytest.mark.parametrize(
    ("period_id", "text"), [(key, text) for key, texts in _NAMES.items() for text in texts.split()]
)
def test_what_people_call_it(period_id: str, text: str) -> None:
    """In a form of that cadence, each of these says the period that people mean."""
    assert Period.parse(period_id).is_called(text)


@pytest.mark.parametrize("text", _OTHERS.split())
@pytest.mark.parametrize("period_id", ["2012B2", "2012Q1", "2012H1", "2012", "2012M03"])
def test_what_nobody_calls_it(period_id: str, text: str) -> None:
    """Months that are no period, numbers beyond the year, halves of names: none of these is meant."""
    assert not Period.parse(period_id).is_called(text)


def test_what_says_nothing_by_itself_is_read_by_the_form() -> None:
    """第2期 is the second of what the form reports, and a bare 3 a month where months are asked for."""
    assert [str(Period.named("第2期", 2012, cadence)) for cadence in list(Cadence)[:4]] == [
        "2012M02",
        "2012B2",
        "2012Q2",
        "2012H2",
    ]
    for cadence in Cadence:
        if cadence is not Cadence.MONTH:
            with pytest.raises(ValueError, match="not a period"):
                Period.named("3", 2012, cadence)


@pytest.mark.parametrize(
    ("text", "period_id"),
    [
        ("2012年1—3月", "2012Q1"),
        ("2012年3月", "2012M03"),
        ("2012年", "2012"),
        ("2012年上半年", "2012H1"),
        ("2012年3—4月", "2012B2"),
    ],
)
@pytest.mark.parametrize("cadence", list(Cadence))
def test_a_plain_name_says_the_same_in_every_form(
    text: str, period_id: str, cadence: Cadence
) -> None:
    """What names its kind by itself is read so wherever it stands: that another is due is told."""
    assert Period.named(text, cadence=cadence) == Period.parse(period_id)
