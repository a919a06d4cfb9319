"""What ARCHITECTURE.md tells of a file's way is what happens."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from operator import attrgetter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^\d+\. (`.+)$", ARCHITECTURE, re.MULTILINE)
"""The ten lines of a file's way: what takes part, and in words what it does."""
FUNCTION = re.compile(r"`([a-z_.0-9]+): ([\w.]+)`")
SOURCES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "sheetflow").rglob("*.py"))
ROOMS = "|".join(sorted(path.stem for path in (ROOT / "sheetflow").glob("[a-z]*")))
NAME = re.compile(rf"`((?:{ROOMS})\.(?!xlsx)[a-z_.0-9]+(?:: [\w.]+)?)`")


@pytest.fixture(scope="module")
def called() -> list[str]:
    """Every function that one county's workbook ran, in the order of first calls."""
    words = [sys.executable, str(ROOT / "tools" / "trace_one_file.py"), "--functions"]
    told = subprocess.run(words, capture_output=True, text=True, check=True, timeout=250)
    return told.stdout.splitlines()


def test_the_ten_steps_come_in_their_order(called: list[str]) -> None:
    """Whoever reads the ten lines meets the steps in the order in which a file does."""
    steps = [f"{module}: {name}" for line in STEPS for module, name in FUNCTION.findall(line)]
    assert len(STEPS) == 10, "a file's way is told in ten lines"
    assert steps == sorted(steps, key=called.index)


@pytest.mark.parametrize("name", sorted(set(NAME.findall(ARCHITECTURE + SOURCES))))
def test_what_is_named_is_there(name: str) -> None:
    """No module and no function that ARCHITECTURE.md or a docstring names is one of yesterday."""
    module, _, inside = name.partition(": ")
    found = importlib.import_module(f"sheetflow.{module}")
    assert not inside or attrgetter(inside)(found)
