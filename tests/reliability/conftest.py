"""What the proofs share: the scene, set once, and a quick disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reliability.scene import set_scene

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
