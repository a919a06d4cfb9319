"""Errors for us: what an operator or a developer must act on.

A fault in submitted data is never an exception: it is a `findings.Finding`.
Every error carries a sentence that says where and what to do, and is chained
to its cause with ``from``.
"""

from __future__ import annotations


class SheetflowError(Exception):
    """The root of all our errors; its text may be shown to the operator as it is."""


class WorkspaceError(SheetflowError):
    """A folder or file of the workspace is missing, or is not what it should be."""


class SettingsError(SheetflowError):
    """``sheetflow.toml`` or an environment variable holds something we cannot use."""


class UnitsError(SheetflowError):
    """The list of units contradicts itself; `faults` holds one sentence for each fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class DeclarationError(SheetflowError):
    """A campaign's declaration contradicts itself: a developer's fault, found on loading."""


class StoreError(SheetflowError):
    """The database cannot be opened, or is of a newer version than this program."""


class UnreadableError(SheetflowError):
    """A file that cannot be read as a workbook.

    `reason` is the rule code of the finding that the sender gets; `details` are
    its arguments. It never quotes what a library said.
    """

    def __init__(self, reason: str, **details: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details
