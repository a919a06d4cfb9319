"""The command line in a process of its own, as an operator starts it.

This module owns starting, waiting and ending. It refuses to know what the commands do.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sheetflow.context.running import read_health
from tests.reliability.service_process import REPOSITORY

_LIVELY = {"SHEETFLOW_INTAKE__SCAN_SECONDS": "0.3"}


def environment(package: Path, more: Mapping[str, str]) -> dict[str, str]:
    """The environment in which `package` is the sheetflow that runs."""
    paths = dict.fromkeys((str(package), str(REPOSITORY)))
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | dict(more)


def command(
    root: Path,
    at: dt.datetime,
    *words: str,
    package: Path = REPOSITORY,
    timeout: float = 300,
    **more: str,
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*program(root, at), *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment(package, more),
        cwd=package,
    )


@contextmanager
def watching(
    root: Path, at: dt.datetime, *, package: Path = REPOSITORY, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Have ``watch`` run meanwhile, looking often; end it as systemd does."""
    with subprocess.Popen(
        [*program(root, at), "watch"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(package, _LIVELY | more),
        cwd=package,
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def program(root: Path, at: dt.datetime) -> list[str]:
    """The words that begin every command in the workspace at `root`."""
    moment = at.strftime("%Y-%m-%dT%H:%M:%S")
    return [sys.executable, "-P", "-m", "sheetflow", "-C", str(root), "--at", moment]


def wait_until(
    is_so: Callable[[], bool], what: str, seconds: float = 60.0, pause: float = 0.1
) -> float:
    """Wait until `is_so`, at most `seconds`; give how long it took."""
    started = time.monotonic()
    while not is_so():
        assert time.monotonic() < started + seconds, f"not within {seconds:.0f} s: {what}"
        time.sleep(pause)
    return time.monotonic() - started


def is_ready(root: Path) -> bool:
    """Whether the service in the workspace at `root` has made its first pass."""
    health = read_health(root / "state" / "health")
    return health is not None and health.ready
