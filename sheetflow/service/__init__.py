"""The composition root: the rooms put to work together, a module for each task.

`office` opens a workspace; `running` is one pass (take, judge, rebuild, send) and
`watching` the same for ever. Settings and the clock end here: the rooms below are
handed what they need.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetflow.service.issuing import issue_workbooks
    from sheetflow.service.office import Office, open_office
    from sheetflow.service.running import PassReport, run_pass

_PLACES = {
    "Office": "office",
    "PassReport": "running",
    "issue_workbooks": "issuing",
    "open_office": "office",
    "run_pass": "running",
}


def __getattr__(name: str) -> object:
    """Load a task's module when it is asked for: `check` needs few of them."""
    if name not in _PLACES:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)


__all__ = ["Office", "PassReport", "issue_workbooks", "open_office", "run_pass"]
