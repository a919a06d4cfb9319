"""Runs what touches foreign files, and what is heavy, in a pool of limited children.

This room owns the processes, their limits and the pipe to them. It refuses to
retry: a child that dies, outgrows or overruns its limits is the final answer for
the file it had in hand.
"""

from sheetflow.workers.limits import Limits
from sheetflow.workers.pool import Pool
from sheetflow.workers.process import ChildLostError, ChildStartError, TaskFailedError

__all__ = ["ChildLostError", "ChildStartError", "Limits", "Pool", "TaskFailedError"]
