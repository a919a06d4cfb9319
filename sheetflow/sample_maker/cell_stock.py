"""One made-up cell by the type of its column: numbers, names, sentences from a small stock.

Nobody in it exists: identity numbers begin with 99, which is no place, mobile numbers with 1990000.
This module refuses to know the rest of the workbook, and any campaign.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from sheetflow.sample_maker.next_period import AGE
from sheetflow.schemas.campaign import SampleRow, Scene
from sheetflow.schemas.cells import Attachment, Key, Money, NameKey, PeriodName, Phone, Text, Whole
from sheetflow.schemas.columns import Column, Mask
from sheetflow.schemas.options import Choices
from sheetflow.schemas.parsing import check_digit
from sheetflow.schemas.sheets import Sheet

SURNAMES = "王李张刘陈杨赵孙周吴徐马朱胡郭林高梁宋郑谢韩唐冯于董程曹袁邓许傅沈曾彭吕"
_GIVEN: list[str] = re.findall(
    "..",
    "秀兰桂英玉梅红霞淑珍丽华春燕爱琴凤芹翠平海燕金凤文静晓梅雪莲美玲素芳月娥慧敏建芳云霞志红兰香宝珍",
)
_NAMES: list[str] = re.findall(
    "..", "东风红旗前进和平幸福光明新华胜利团结友谊向阳长青文化育才振兴朝阳春晖广场河东河西"
)
_ORDINALS = "一二三四五六七八九十"
_SENTENCES = (
    "按照年初的安排，{unit}明确{few}人专门负责，分工到人，按时完成，有关材料已经归档。",
    "{unit}先后{many}次上门走访，当面征求意见，能当场办的当场办，不能当场办的约定日期答复。",
    "这项工作由{unit}牵头，会同{few}个部门一起研究，先易后难，目前进展顺利。",
    "请来{few}位老师现场讲解，{many}多人到场，会后留下了联系方式，便于继续联系。",
    "经过{few}次协调，反映的问题有了着落，{unit}定期回访，当事人表示满意。",
    "人手和经费还不足，{unit}已把情况汇总上报，争取多方支持，坚持把这项工作做下去。",
    "利用赶集日摆摊设点，发放明白纸{many}0份，现场回答问题{many}个。",
    "{unit}把骨干和志愿者编成{few}个小组，每组包几个片，每月碰头一次，互相补台。",
    "离得远的走不开的，就送到家门口，前后跑了{few}趟，{many}户用上了。",
    "先在{few}个点上试行，边做边改，形成办法以后再推开，少走了弯路。",
    "{unit}每月公布一次进度，谁快谁慢一目了然，{few}个落后的点主动赶了上来。",
    "牵线联系到{few}家企业，其中一家签了长期协议，首批{many}人已经受益。",
)
_SHORT_OF_SENTENCES = 60
"""Into a text of so many characters people write a sentence, below that a name."""
_FOR_ONE_MORE, _MOST_SENTENCES = 200, 4
_WHO = ("人", "姓名")
_CALLED = re.compile(r"(名称|标题|题目|名)$|（.*?）|\(.*?\)")
_MEDIANS: Mapping[str, int] = MappingProxyType({"人": 60, "人次": 40, "平方米": 50})
"""What half of the numbers of a unit of measure lie below, of others `_MEDIAN`."""
_MEDIAN, _SPREAD, _FURTHEST = 4, 0.6, 6
"""Numbers are log-normal: the spread of their logarithm, and how many medians the highest are."""
_YUAN = 1500
_PART, _SHARE = "其中", 4
"""What is called so is a part of the number before it: a fourth or so."""
_STEPS = 10
"""Fractions are made in tenths where the column has any decimals."""
_AGES = (22, 68)


def make_name(row: SampleRow) -> str:
    """Make up a woman's name."""
    return row.scene.pick(SURNAMES) + row.scene.pick(_GIVEN)


def make_words(sheet: Sheet, column: Column, row: SampleRow) -> str:
    """Make up a person's name or address, a sentence, or what something is called."""
    scene = row.scene
    if any(mask is Mask.ADDRESS for _, mask in column.disclosure.masks):
        return f"{scene.pick(_NAMES)}村{scene.between(1, 200)}号"
    if column.names_person:
        return make_name(row)
    limit = column.type.limit if isinstance(column.type, Text) else 0
    if column.label.endswith(_WHO):
        return make_name(row)
    if limit >= _SHORT_OF_SENTENCES:
        return _sentences(scene, min(1 + limit // _FOR_ONE_MORE, _MOST_SENTENCES))
    return called(sheet, column, row.number)


def _sentences(scene: Scene, count: int) -> str:
    chosen = scene.random.sample(_SENTENCES, count)
    return "".join(
        one.format(unit=scene.unit.name, few=scene.between(2, 9), many=scene.between(11, 96))
        for one in chosen
    )


def called(sheet: Sheet, column: Column, number: int) -> str:
    """Name the thing of that number: each number another one."""
    round_, place = divmod(number - 1, len(_NAMES))
    again = _ORDINALS[round_ % len(_ORDINALS)] if round_ else ""
    what = _CALLED.sub("", column.label) or _CALLED.sub("", sheet.title)
    return f"{_NAMES[place]}{again}{what}"


def make_number(column: Column, row: SampleRow) -> int | float:
    """Make up a number within the column's limits, small ones more often than large ones."""
    scene, kind = row.scene, column.type
    share = _SHARE if column.label.startswith(_PART) else 1
    if isinstance(kind, Money):
        return max(10, round(_log_normal(scene, _YUAN / share) / 10) * 10)
    low, high = kind.limits
    least = max(low, 1 if column.zero_asked else low)
    median = _MEDIANS.get(getattr(kind, "unit", ""), _MEDIAN) / share
    if high is not None:
        median = min(median, max(float(high - least) / 2, 1))
    step = _STEPS if kind.places else 1
    made = float(least) + round(_log_normal(scene, median) * step) / step
    made = made if high is None else min(made, float(high))
    return round(made, kind.places) if kind.places else int(made)


def _log_normal(scene: Scene, median: float) -> float:
    drawn = scene.random.lognormvariate(math.log(median), _SPREAD)
    return min(drawn, median * _FURTHEST)


def make_own(sheet: Sheet, column: Column, row: SampleRow) -> str | None:  # noqa: PLR0911 - one for each type
    """Make up what stands for itself: a key, a period, options, a phone number."""
    match column.type:
        case Key() as kind:
            return kind.example(row.number)
        case NameKey(limit):
            return called(sheet, column, row.number)[:limit]
        case PeriodName():
            return row.scene.period.period_id
        case Choices() as kind:
            return row.scene.some(kind.options, 3)
        case Attachment() as kind:
            return f"{column.label}{row.number}{kind.endings[0]}"
        case Phone() if column.personal:  # the row's own digits: no two of one book are the same
            return f"1990000{row.number:04d}"
        case Phone():
            return f"0530-555{row.scene.between(0, 9999):04d}"
    return None


def age_in(sheet: Sheet, row: SampleRow) -> int:
    """Give the age that another cell of the row tells, any of a grown woman where none does."""
    for column in sheet.columns:
        age = row.get(column.key) if isinstance(column.type, Whole) else None
        if isinstance(column.type, Whole) and column.type.unit == AGE and isinstance(age, int):
            return age
    return row.scene.between(*_AGES)


def make_id_number(age: int, row: SampleRow) -> str:
    """Make up a woman's number that says her age."""
    scene = row.scene
    born = dt.date(scene.period.first_day.year - age, 1, 1) + dt.timedelta(scene.between(0, 300))
    body = f"990000{born:%Y%m%d}{scene.between(0, 499) * 2:03d}"
    return body + check_digit(body)
