"""Runs what touches foreign files, and what is heavy, in a pool of limited children.

This room owns the processes, their limits and the pipe to them, and says whose doing the
end of a child was: its task's (ChildLostError) or the machine's (ChildHinderedError). It
refuses to judge a file by it: who asked counts.
"""

from sheetflow.children.limits import Limits
from sheetflow.children.pool import Pool
from sheetflow.children.process import (
    ChildHinderedError,
    ChildLostError,
    ChildStartError,
    OutgrownError,
    TaskFailedError,
)

__all__ = [
    "ChildHinderedError",
    "ChildLostError",
    "ChildStartError",
    "Limits",
    "OutgrownError",
    "Pool",
    "TaskFailedError",
]
