"""``sheetflow.toml`` read and made, and what is said where it cannot be used.

This module owns the way from the file and the environment to `Settings`, how a key looks in a fresh
file, and the sentences about mistakes: which key, in which file, what it takes. No sentence of a
library ever reaches an operator, and no password is ever repeated. It refuses to hold a key's name.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import SettingsError as SourceError

from sheetflow.config.kept_campaigns import (
    CAMPAIGNS,
    campaign_in_force,
    digest_in,
    open_campaign,
)
from sheetflow.config.setting_values import Section, key_of, keyed_table
from sheetflow.config.settings import (
    CAMPAIGN_NAME,
    ENV_NESTING,
    ENV_PREFIX,
    EXAMPLE,
    Settings,
    settings_of,
)
from sheetflow.config.units_file import decode_text
from sheetflow.errors import DeclarationError, SettingsError
from sheetflow.units import THREE_LEVELS, Levels

_PASSWORD = f"{ENV_PREFIX}MAIL_PASSWORD"
_LONGEST_QUOTE = 40
_BARE_KEY = re.compile(r"(?m)^([ \t]*)([一-鿿]+)(?=[ \t]*=)")
_HEADING = re.compile(r"(?m)^[ \t]*\[[^\[\]\n\"']+\]")
_BARE_PART = re.compile(r"([\[.][ \t]*)([一-鿿]+)")
_SECRET = re.compile(r"password|passwd|pwd|secret|密码|口令", re.IGNORECASE)


def read_settings(path: Path, levels: Levels | None = None) -> Settings:
    """Read the file at `path`, with the environment over it; raise SettingsError.

    Environment variables are called SHEETFLOW_MAIL__HOST and so on; the mail password
    is SHEETFLOW_MAIL_PASSWORD and stands nowhere else. `campaign` becomes the one in force (see
    `kept_campaigns`); with `levels` it is read as for a campaign that has those, whatever is in force.
    """
    table = _parsed(path)
    campaign, trouble = "", ""
    if levels is None:
        campaign = _in_force(path, table)
        levels, trouble = _levels_of(campaign)
    model = settings_of(levels)
    table, twice = keyed_table(table, levels)
    # What BaseSettings takes for itself begins with an underscore, so it never sees
    # a name that is not a key of ours.
    strange = table.keys() - _shown(model).keys()
    faults = [_unknown(f"{path}：", (), name, model) for name in sorted(strange)]
    faults += [f"{path}：{fault}" for fault in twice]
    try:
        settings = model(**{name: table[name] for name in table.keys() - strange})
    except ValidationError as error:
        faults += [_sentence(path, model, dict(fault)) for fault in error.errors()]
    except SourceError as error:
        faults.append(
            f"{ENV_PREFIX} 开头的环境变量有一个写法不对：表和列表要写成 JSON，"
            '如 ["省委办公厅"]。请改正后重新启动。'
        )
        raise SettingsError("\n".join(faults)) from error
    if faults and trouble:
        faults.append(trouble)  # what is no key may be one of the campaign that was meant
    if faults:
        # The library's own text would name values, a password among them.
        raise SettingsError("\n".join(faults)) from None
    return settings.model_copy(update={"campaign": campaign}) if digest_in(campaign) else settings


def levels_named(text: str, root: Path) -> Levels:
    """Give the levels of the campaign in force that the settings in `text` stand for, in `root`."""
    return _levels_of(_in_force(root / "sheetflow.toml", _loaded(text)))[0]


def campaign_named(table: Mapping[str, Any]) -> tuple[str, str]:
    """Give the campaign that the settings name, and the environment variable that does, if one does."""
    variables = {name.upper(): value for name, value in os.environ.items()}
    variable = f"{ENV_PREFIX}CAMPAIGN"
    if variable in variables:
        return variables[variable], variable
    return str(table.get("campaign", Settings.model_fields["campaign"].default)), ""


def _in_force(path: Path, table: Mapping[str, Any]) -> str:
    """Name the campaign in force of the workspace whose settings lie at `path`."""
    name, variable = campaign_named(table)
    if not re.match(CAMPAIGN_NAME, name):
        return name
    origin = f"环境变量 {variable}：" if variable else f"{path}："
    return campaign_in_force(path.parent / CAMPAIGNS, name, origin)


def _levels_of(campaign: str) -> tuple[Levels, str]:
    """Give the levels of the campaign of that name, and why there is none."""
    if not digest_in(campaign) and not re.match(CAMPAIGN_NAME, campaign):
        return THREE_LEVELS, ""
    try:
        return open_campaign(campaign).levels, ""
    except DeclarationError as error:  # told by itself where the campaign is needed
        return THREE_LEVELS, str(error)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        # Notepad saves as UTF-8 with a mark, as Unicode or as ANSI.
        text = decode_text(path.read_bytes())
    except FileNotFoundError as error:
        raise SettingsError(
            f"找不到设置文件 {path}。请检查文件夹是否选对，或先运行 sheetflow init。"
        ) from error
    except OSError as error:
        raise SettingsError(f"设置文件 {path} 打不开。请检查文件夹权限。") from error
    if text is None:
        raise SettingsError(
            f"设置文件 {path} 的文字编码认不出来。请用记事本打开，另存为时编码选 UTF-8。"
        )
    try:
        return _loaded(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"第{line[1]}行" if line else "末尾"
        raise SettingsError(
            f"设置文件 {path} {where}写法不对。每行应写成 名称 = 值，文字放在英文双引号里，"
            "同一名称只能写一次；Windows 路径请用英文单引号或正斜杠。"
        ) from error


def _loaded(text: str) -> dict[str, Any]:
    """Read TOML; names in Chinese need no quotation marks here (县 = 2, [privacy.市])."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        quoted = _BARE_KEY.sub(r'\1"\2"', text)
        quoted = _HEADING.sub(lambda match: _BARE_PART.sub(r'\1"\2"', match[0]), quoted)
        if quoted == text:
            raise
        try:
            return tomllib.loads(quoted)
        except tomllib.TOMLDecodeError:
            raise error from None


def _sentence(path: Path, model: type[Settings], fault: Mapping[str, Any]) -> str:
    location = tuple(str(part) for part in fault["loc"] if part != "[key]")
    origin = _origin(path, location, model.levels)
    owner, field, rest = _found(model, location)
    if fault["type"] == "extra_forbidden":
        return _unknown(origin, location[:-1], location[-1], owner)
    if field is None or _section(field):
        if fault["type"] == "value_error":
            return f"{origin}[{'.'.join(location)}] {fault['ctx']['error']}"
        return f"{origin}[{'.'.join(location)}] 应为一节设置，请参照说明改写。"
    *tables, name = location[: len(location) - len(rest)]
    if tables:
        name = f"[{'.'.join(tables)}] 的 {name}"
    # A number there is a place in a list, which people do not count from 0.
    in_table = rest and isinstance(fault["loc"][len(location) - len(rest)], str)
    inside = f"（“{rest[0]}”处）" if in_table else " "
    takes = _allowed(field)
    space = " " if takes[0].isascii() else ""
    return f"{origin}{name}{inside}{_written(fault['input'])}，应为{space}{takes}。请改正。"


def _origin(path: Path, location: tuple[str, ...], levels: Levels) -> str:
    """Name the environment variable that sets `location`, else the file."""
    nesting = ENV_NESTING.lower()
    present = {
        nesting.join(key_of(part, levels) for part in name.lower().split(nesting)): name.upper()
        for name in os.environ
    }
    for length in range(len(location), 0, -1):
        variable = ENV_PREFIX.lower() + nesting.join(location[:length]).lower()
        if variable in present:
            return f"环境变量 {present[variable]}："
    return f"{path}："


def _found(
    model: type[Settings], location: tuple[str, ...]
) -> tuple[type[BaseModel], FieldInfo | None, tuple[str, ...]]:
    """Follow `location` to the model that owns it, its field, and what lies inside that."""
    owner: type[BaseModel] = model
    field: FieldInfo | None = None
    for index, part in enumerate(location):
        field = owner.model_fields.get(part)
        section = _section(field) if field else None
        if section is None:
            return owner, field, location[index + 1 :]
        owner = section
    return owner, field, ()


def _section(field: FieldInfo) -> type[Section] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def _shown(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {name: field for name, field in model.model_fields.items() if not field.exclude}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return f"写成了 {str(value).lower()}"
    text = str(value)
    if isinstance(value, str | int | float) and len(text) <= _LONGEST_QUOTE and text.isprintable():
        return f"写成了“{text}”"
    return "的写法不对"


def _unknown(origin: str, tables: tuple[str, ...], name: str, owner: type[BaseModel]) -> str:
    if _SECRET.search(name):
        return f"{origin}密码不能写在设置里。请删去 {name}，改设环境变量 {_PASSWORD}。"
    known = list(_shown(owner))
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"是不是想写 {near[0]}？" if near else ""
    where = f"[{'.'.join(tables)}] 里" if tables else ""
    return f"{origin}{where}没有 {name} 这一项设置。{meant}可用的有：{'、'.join(known)}。"


_OPENING = """\
# sheetflow 的设置。井号（#）后面是说明；改等号后面的值，保存后重新启动即可。
# 各项都有默认值，不需要改的不用动；写错了名称或值，程序会指出来。
"""


def default_settings_text(levels: Levels = THREE_LEVELS, campaign: str | None = None) -> str:
    """Write every key with its comment, what it takes, and its default, for units of `levels`.

    Where a `campaign` is named, an empty one for a workbook's, the days of its levels are left to it.
    """
    settings = settings_of(levels)()
    if campaign is None:
        return "\n".join([_OPENING, *_table(settings, "")]).rstrip() + "\n"
    text = "\n".join([_OPENING, *_table(settings.model_copy(update={"campaign": campaign}), "")])
    for spec in levels:
        line = f"{spec.key} = {spec.working_days}"
        own = f"# 现在照活动的规定；要另定的，去掉行首的井号。\n# {line}"
        text = re.sub(rf"(?m)^{re.escape(line)}$", own, text, count=1)
    return text.rstrip() + "\n"


def _allowed(field: FieldInfo) -> str:
    """Say what `field` takes, so that it completes 应为…."""
    extra = field.json_schema_extra
    if isinstance(extra, Mapping) and extra.get("allowed"):
        return str(extra["allowed"])
    kind = field.annotation
    if get_origin(kind) is Literal:
        *first, last = (f"“{word}”" for word in get_args(kind))
        return f"{'、'.join(first)}或{last}"
    if kind is bool:
        return "true（是）或 false（否）"
    if kind in (int, float):
        word = "整数" if kind is int else "数"
        return f"{_limit(field, 'ge')} 到 {_limit(field, 'le')} 之间的{word}"
    return "一行文字，写在双引号里"


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
        lines.append(f"可填：{_allowed(field)}。")
    above = [f"# {line}" for line in lines if not line.startswith(EXAMPLE)]
    inside = [f"# {line.removeprefix(EXAMPLE)}" for line in lines if line.startswith(EXAMPLE)]
    return above, inside


def _value(value: object) -> str:
    """Write a plain value as TOML; JSON's strings are TOML's basic strings."""
    if isinstance(value, tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)
