"""The kinds of values that settings take, and what people may call a level in them.

This module owns what is accepted beyond pydantic's own types, and the way from a level's name
(``县``) to its key (``county``), in the file and in the environment. Its errors are for
`settings_file`, which says in Chinese what the key takes; no text from here is shown.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from sheetflow.units import Levels


def key(default: object, comment: str, *, allowed: str = "", **limits: Any) -> Any:  # noqa: ANN401 - like pydantic's Field
    """Declare a key: its default, the comment above it, and what it takes.

    `allowed` completes the sentence 应为…; where types and limits say it, leave it blank.
    """
    return Field(default, description=comment, json_schema_extra={"allowed": allowed}, **limits)


class Section(BaseModel):
    """A table of the file; `heading` is the comment above it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _no_bool(value: object) -> object:
    # pydantic reads true as 1, which nobody means who writes it.
    if isinstance(value, bool):
        raise ValueError("a number belongs here")  # noqa: TRY004 - pydantic wants ValueError
    return value


def _one_line(value: str) -> str:
    # These texts reach mail headers and printed forms.
    if any(ord(character) < ord(" ") for character in value):
        raise ValueError("a line break or control character")
    return value.strip()


def _mail_address(value: str) -> str:
    if value and not re.fullmatch(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+", value, re.ASCII):
        raise ValueError("not a mail address")
    return value


def _iso_day(value: object) -> object:
    # pydantic would read "86400" as the second day of 1970.
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("not a date")
    return value


def _flat(table: object) -> object:
    """Read ``needs.name = …`` and ``"needs.name" = …`` alike: TOML nests the former."""
    if not isinstance(table, dict):
        return table
    flat: dict[str, object] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": sight for inner, sight in value.items()}
        else:
            flat[name] = value
    return flat


def _moment(value: object) -> object:
    """Read a day, or a day and a time of day, as the office's own time; of a day alone its midnight."""
    if isinstance(value, dt.datetime):
        return value if value.tzinfo is None else _no_moment(value)
    match = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return _no_moment(value)
    return dt.datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00'}")


def _no_moment(value: object) -> object:
    raise ValueError(f"no moment: {value}")


def _period_named(name: str) -> str:
    """Refuse the name of an entry in which no report period stands."""
    if not any(_PERIOD.fullmatch(word) for word in name.split()):
        raise ValueError("no period")
    return " ".join(name.split())


_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2}))?")
_PERIOD = re.compile(r"[0-9]{4}(?:[MBQH][0-9]{1,2})?")

Whole = Annotated[int, BeforeValidator(_no_bool)]
Number = Annotated[float, BeforeValidator(_no_bool)]
Text = Annotated[str, AfterValidator(_one_line)]
MailAddress = Annotated[str, AfterValidator(_one_line), AfterValidator(_mail_address)]
Day = Annotated[dt.date, BeforeValidator(_iso_day)]
Watching = Literal["auto", "events", "polling"]
Sight = Literal["whole", "masked", "left_out"]
Sights = Annotated[dict[str, Sight], BeforeValidator(_flat)]
Moments = dict[
    Annotated[str, AfterValidator(_period_named)], Annotated[dt.datetime, BeforeValidator(_moment)]
]
"""Moments by what they are of: a report period, with a form and a level where not all are meant."""
Listed = Annotated[dict[str, tuple[Text, ...]], BeforeValidator(_flat)]


_SECTIONS = ("deadlines", "privacy")
"""The sections that have a key for each level."""


def key_of(word: str, levels: Levels) -> str:
    """Give the key of the level that `word` means; a word that means none stays."""
    found = levels.find(word)
    return found.key if found else word


def keyed_table(table: Mapping[str, Any], levels: Levels) -> tuple[dict[str, Any], list[str]]:
    """Give the file's table with the keys of the levels in it, and a sentence for each one told twice."""
    keyed, faults = dict(table), []
    for section in _SECTIONS:
        values = table.get(section)
        if not isinstance(values, Mapping):
            continue
        keyed[section] = {}
        for word, value in values.items():
            name = key_of(word, levels)
            if name in keyed[section]:
                faults.append(f"[{section}] 里 {word} 这一级写了两次。请只留一处。")
            keyed[section][name] = value
    return keyed, faults


def keyed_variables(
    variables: Mapping[str, str | None], levels: Levels, start: str, nesting: str
) -> dict[str, str | None]:
    """Give the variables of the environment with the keys of the levels in their names."""
    keyed: dict[str, str | None] = {}
    for name, value in variables.items():
        section, *inner = name.casefold().removeprefix(start).split(nesting)
        if name.casefold().startswith(start) and section in _SECTIONS and inner:
            inner[0] = key_of(inner[0], levels)
            keyed[start + nesting.join((section, *inner))] = value
        else:
            keyed.setdefault(name, value)
    return keyed
