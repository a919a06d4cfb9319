"""The settings that the levels of a campaign have: a deadline each, and what each sees of persons.

This module owns the model of the settings for one set of levels. It refuses to read files.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from pydantic import Field, create_model

from sheetflow.config.setting_values import Sights, Whole
from sheetflow.config.settings import Deadlines, Privacy, Settings, key
from sheetflow.units import Levels, LevelSpec

_SIGHTS = (
    "{name}级看到的个人信息栏目。whole 原样，masked 遮盖，left_out 不上送；没有写的照活动的规定。\n"
    "工作表和栏目照填报表上的名称写，放在双引号里。\n"
    '例如："工作表.栏目" = "left_out"'
)
_SIGHT_TABLE = (
    "“工作表.栏目 = 方式”的表，方式为“whole”（原样）、“masked”（遮盖）或“left_out”（不上送）"
)


@cache
def settings_of(levels: Levels) -> type[Settings]:
    """Give the model of the settings of a campaign that has `levels`; the lowest comes first."""
    upwards = tuple(reversed(levels.rungs))
    deadlines = _section(Deadlines, levels, {spec.key: _days(spec) for spec in upwards})
    sights = {
        spec.key: _sights(
            spec, _SIGHTS if number == 0 else "{name}级看到的个人信息栏目，写法同上。"
        )
        for number, spec in enumerate(upwards[1:])
    }
    privacy = _section(Privacy, levels, sights)
    fields = {"deadlines": (deadlines, "截止时间。"), "privacy": (privacy, "个人信息。")}
    made: type[Settings] = _section(
        Settings,
        levels,
        {name: (kind, Field(kind(), description=said)) for name, (kind, said) in fields.items()},
    )
    return made


def _section(base: type[Any], levels: Levels, fields: Mapping[str, tuple[Any, Any]]) -> Any:  # noqa: ANN401 - a class made here
    made = create_model(
        base.__name__, __base__=base, __module__=__name__, **cast("dict[str, Any]", {**fields})
    )
    cast("Any", made).levels = levels
    return made


def _days(spec: LevelSpec) -> tuple[Any, Any]:
    said = f"{spec.name}级：报告期结束后第几个工作日截止。"
    return Whole, key(spec.working_days, said, ge=0, le=250)


def _sights(spec: LevelSpec, said: str) -> tuple[Any, Any]:
    return Sights, key({}, said.replace("{name}", spec.name), allowed=_SIGHT_TABLE)
