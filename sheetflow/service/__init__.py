"""The composition root: the rooms put to work together, a module for each task.

`office` opens a workspace; `running` is one pass (take, judge, rebuild, send) and
`watching` the same for ever. Settings and the clock end here: the rooms below are
handed what they need.
"""

from __future__ import annotations

from sheetflow.service.issuing import issue_workbooks
from sheetflow.service.office import Office, open_office
from sheetflow.service.running import PassReport, run_pass

__all__ = ["Office", "PassReport", "issue_workbooks", "open_office", "run_pass"]
