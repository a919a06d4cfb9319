"""The whole province, 158 units, played once as a newcomer plays it; every file here looks at it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Played:
    """What the demo left, what it said, and how it ended."""

    root: Path
    said: list[str]
    code: int

    @property
    def top(self) -> Path:
        """The province's own outbox."""
        return self.root / "outbox" / "370000-山东省"


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Play the demo as README says, with nothing set; what it leaves is only read."""
    root = tmp_path_factory.mktemp("province") / "demo"
    environ = {name: value for name, value in os.environ.items() if "SHEETFLOW_" not in name}
    command = [sys.executable, "-m", "sheetflow", "demo", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    return Played(root, (done.stdout + done.stderr).strip().splitlines(), done.returncode)
