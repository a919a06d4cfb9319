"""Options for the whole suite, and the workspace that most tests of the service start from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.tiny.desk import Desk

settings.register_profile("busy", deadline=None)  # that the machine is busy is no fault of ours
settings.load_profile("busy")

# What follows is tried on its own: whoever tests it takes these away (`monkeypatch.delenv`).
os.environ.setdefault("SHEETFLOW_CALENDAR__ON", "false")
os.environ.setdefault("SHEETFLOW_REVIEW__POLICY", "none")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to renew the golden files, whose change is then reviewed as a diff."""
    parser.addoption(
        "--update-goldens", action="store_true", help="write the golden files anew, for review"
    )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a fresh workspace of the second campaign, everything issued, nothing dropped."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    return desk
