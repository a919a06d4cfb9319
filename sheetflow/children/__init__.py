"""Runs what touches foreign files, and what is heavy, in a pool of limited children.

This room owns the processes, their limits, the pipe to them, and what they do: typed functions
(``…_task``, ``…_tasks``) that the parent names, `pool.submit(judge_file, request)`, and that import
heavy libraries inside. It says whose doing the end of a child was, and refuses to judge a file by it.
"""

from sheetflow.children.limits import Limits
from sheetflow.children.pool import (
    ChildHinderedError,
    ChildLostError,
    ChildStartError,
    OutgrownError,
    Pool,
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
