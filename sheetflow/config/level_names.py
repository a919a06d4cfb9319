"""What people may call a level in the settings: its key (``county``), or its name (``县``).

This module owns the way from names to keys, in the file and in the environment. It refuses
to judge any value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetflow.units import Levels

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
