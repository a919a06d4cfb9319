"""Running programs and timing them; when things happen, and the machine that it was done on."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sheetflow.periods import OFFICE_ZONE

DROPPED_AT = dt.datetime(2012, 3, 2, 10, tzinfo=OFFICE_ZONE)
"""All counties drop their workbooks."""

_VERSIONED = ("pydantic", "python-calamine", "XlsxWriter", "openpyxl", "SQLAlchemy", "pandas")
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: wall seconds, processor seconds, the largest process in MB, what it printed."""

    seconds: float
    cpu: float
    peak_mb: float
    printed: str


def run_module(*words: str) -> Measured:
    """Run ``python -m`` with `words`; raise CalledProcessError where it fails."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", *words], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words, printed)
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _KIB, printed)


def machine() -> Sequence[str]:
    """Say what this machine is and which versions run on it."""
    cpu = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.*)", cpu.read_text()) if cpu.is_file() else None
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _KIB**3
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    versions = ", ".join(f"{name} {_version(name)}" for name in _VERSIONED)
    hardware = f"{found[1] if found else platform.machine()}, {os.cpu_count()} cores"
    system = f"{memory:.0f} GB, {platform.system()} {platform.release()}"
    return (
        f"{hardware}, {system}; load when measured: {load}",
        f"Python {platform.python_version()}, {versions}",
    )


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"
