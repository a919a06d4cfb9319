"""The kinds of values that settings take.

This module owns what is accepted beyond pydantic's own types. Its errors are for
`settings_file`, which says in Chinese what the key takes; no text from here is shown.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator


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


Whole = Annotated[int, BeforeValidator(_no_bool)]
Number = Annotated[float, BeforeValidator(_no_bool)]
Text = Annotated[str, AfterValidator(_one_line)]
MailAddress = Annotated[str, AfterValidator(_one_line), AfterValidator(_mail_address)]
Day = Annotated[dt.date, BeforeValidator(_iso_day)]
Watching = Literal["auto", "events", "polling"]
Sight = Literal["whole", "masked", "left_out"]
Sights = Annotated[dict[str, Sight], BeforeValidator(_flat)]
