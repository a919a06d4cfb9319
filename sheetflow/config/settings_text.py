"""The text of a fresh ``sheetflow.toml``, and what each key takes, made from the model.

This module owns how a key looks in the file. It refuses to hold any key's name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sheetflow.config.level_settings import settings_of
from sheetflow.config.settings import EXAMPLE
from sheetflow.units import THREE_LEVELS, Levels

_OPENING = """\
# sheetflow 的设置。井号（#）后面是说明；改等号后面的值，保存后重新启动即可。
# 各项都有默认值，不需要改的不用动；写错了名称或值，程序会指出来。
"""


def default_settings_text(levels: Levels = THREE_LEVELS) -> str:
    """Write every key with its comment, what it takes, and its default, for units of `levels`."""
    return "\n".join([_OPENING, *_table(settings_of(levels)(), "")]).rstrip() + "\n"


def allowed(field: FieldInfo) -> str:
    """Say what `field` takes, so that it completes 应为…."""
    extra = field.json_schema_extra
    if isinstance(extra, Mapping) and extra.get("allowed"):
        return str(extra["allowed"])
    kind = field.annotation
    if get_origin(kind) is Literal:
        return choice(get_args(kind))
    if kind is bool:
        return "true（是）或 false（否）"
    if kind in (int, float):
        word = "整数" if kind is int else "数"
        return f"{_limit(field, 'ge')} 到 {_limit(field, 'le')} 之间的{word}"
    return "一行文字，写在双引号里"


def choice(words: tuple[str, ...]) -> str:
    """Join `words` as a person would: “甲”、“乙”或“丙”."""
    quoted = [f"“{word}”" for word in words]
    return "或".join(["、".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _limit(field: FieldInfo, side: str) -> str:
    return next(f"{getattr(mark, side)}" for mark in field.metadata if hasattr(mark, side))


def _table(model: BaseModel, path: str) -> Iterator[str]:
    """Give the lines of one table: plain keys first, as TOML wants it, then its tables."""
    fields = type(model).model_fields
    values = {name: getattr(model, name) for name, field in fields.items() if not field.exclude}
    tables = {name: value for name, value in values.items() if isinstance(value, BaseModel | dict)}
    for name, value in values.items():
        if name not in tables:
            comment, _ = _comment(fields[name])
            yield from (*comment, f"{name} = {_value(value)}", "")
    for name, value in tables.items():
        comment, example = _comment(fields[name])
        yield from (*comment, f"[{path}{name}]", *example)
        if isinstance(value, BaseModel):
            yield from _table(value, f"{path}{name}.")
        else:
            yield ""


def _comment(field: FieldInfo) -> tuple[list[str], list[str]]:
    """Give the lines above a key, and the example, which stands inside its table."""
    lines = (field.description or "").splitlines()
    if get_origin(field.annotation) is Literal or field.annotation in (int, float):
        lines.append(f"可填：{allowed(field)}。")
    above = [f"# {line}" for line in lines if not line.startswith(EXAMPLE)]
    inside = [f"# {line.removeprefix(EXAMPLE)}" for line in lines if line.startswith(EXAMPLE)]
    return above, inside


def _value(value: object) -> str:
    """Write a plain value as TOML; JSON's strings are TOML's basic strings."""
    if isinstance(value, tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)
