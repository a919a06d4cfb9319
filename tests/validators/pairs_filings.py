"""Pairs for 填报声明: what a sheet says of itself, and whether that is so."""

from __future__ import annotations

from tests.tiny.gauged import judged_gauged
from tests.validators.pairs import Pair

_SAYS = "\n@ 水位观测 E1 ="
_NO_ROWS = "\n@ 水位观测 blank 4 5"
_NIL = f"\n@ 巡查表头 全线封冻未巡 = 是\n@ 巡河日志 blank 4 5\n@ 排口台账 blank 4 5{_NO_ROWS}"
_AT = "水位观测 E1"

FILINGS = (
    Pair(
        rule="filing-blank",
        at=_AT,
        broken=f"{_SAYS}",
        nearly=f"{_SAYS}{_NIL}",
        by=judged_gauged,
    ),
    Pair(
        rule="filing-unknown",
        at=_AT,
        broken=f"{_SAYS} 有两次",
        nearly=f"{_SAYS} 已□填",
        by=judged_gauged,
    ),
    Pair(
        rule="filing-without-rows",
        at=_AT,
        broken=_NO_ROWS,
        nearly=f"{_NO_ROWS}{_SAYS} 无此项",
        by=judged_gauged,
    ),
    Pair(
        rule="filing-with-rows",
        at=_AT,
        broken=f"{_SAYS} 不适用",
        nearly=f"{_SAYS} 不适用{_NO_ROWS}",
        by=judged_gauged,
    ),
    Pair(
        rule="filing-nil",
        at=_AT,
        broken=_NIL,
        nearly=f"{_NIL}{_SAYS} 无此项",
        by=judged_gauged,
    ),
)
