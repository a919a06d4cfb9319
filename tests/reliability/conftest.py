"""What the proofs share: the scene, set once, and a quick disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reliability.scene import NOW, copy_of, set_scene
from tests.reliability.service_process import Service

Measured = Callable[[str, object], None]

_MEMORY = Path("/dev/shm")  # noqa: S108 - looked at, not written to by name


@pytest.fixture(scope="session")
def quick_disk() -> Iterator[Path]:
    """A folder in memory where the system has one: a killed process does not care, and fsync is free."""
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="sheetflow-proofs-", dir=place))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def scene(quick_disk: Path) -> Path:
    """The workspace before the run; copy it."""
    return set_scene(quick_disk / "scene").root


@pytest.fixture(scope="session")
def published(scene: Path, quick_disk: Path) -> Path:
    """The scene, all of it answered and published; copy it."""
    root = copy_of(scene, quick_disk / "published" / "work")
    with Service() as service:
        assert service.run(root, NOW).code == 0
    return root


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Give a function that notes a figure, printed when all tests have run."""

    def note(name: str, value: object) -> None:
        request.node.user_properties.append((name, str(value)))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that the proofs measured, also those of other processes."""
    reports = [
        report
        for kind in ("passed", "failed")
        for report in terminalreporter.stats.get(kind, [])
        if getattr(report, "when", "") == "call" and report.user_properties
    ]
    if reports:
        terminalreporter.section("measured")
    for report in reports:
        told = "; ".join(f"{name}: {value}" for name, value in report.user_properties)
        terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {told}"[:600])
