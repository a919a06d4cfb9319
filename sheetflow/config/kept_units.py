"""The last list of units that was good, kept beside the database, with the hash of its file.

This module owns that one file. A list that cannot be used does not end the service: this one is
in force meanwhile, for every command. It refuses to read workbooks.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
from pathlib import Path

from sheetflow.durable import write_whole
from sheetflow.errors import SheetflowError
from sheetflow.units import Levels, Unit, UnitTree

_VERSION = 1
_DAYS = ("valid_from", "valid_to")


@dataclasses.dataclass(frozen=True, slots=True)
class KeptUnits:
    """A list that was good, and the sha256 of the file that held it."""

    sha256: str
    tree: UnitTree


def keep_units(path: Path, kept: KeptUnits) -> None:
    """Put the list in place, whole; where the disk refuses, the older one stays."""
    document = {
        "version": _VERSION,
        "sha256": kept.sha256,
        "units": [dataclasses.asdict(unit) for unit in kept.tree],
    }
    text = json.dumps(document, ensure_ascii=False, default=str)
    with contextlib.suppress(OSError):
        write_whole(path, text.encode())


def kept_units(path: Path, levels: Levels) -> KeptUnits | None:
    """Give the list that was kept; None where there is none, or none that can be read.

    What it calls a level is read by any of that level's words among `levels`.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["version"] != _VERSION:
            return None
        units = [_unit(values, levels) for values in document["units"]]
        return KeptUnits(document["sha256"], UnitTree.of(units, levels=levels))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SheetflowError):
        return None


def _unit(values: dict[str, object], levels: Levels) -> Unit:
    days = {name: dt.date.fromisoformat(str(values[name])) for name in _DAYS if values[name]}
    mails = values["mails"]
    more = {
        "level": levels.read(str(values["level"])),
        "mails": tuple(mails) if isinstance(mails, list) else (),
        **days,
    }
    return Unit(**{**values, **more})  # type: ignore[arg-type]  # as `asdict` gave them
