"""Options for the whole suite, and the workspace that most tests of the service start from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling, LoadScopeScheduling

from tests.quick import remember_digests
from tests.tiny.desk import Desk

settings.register_profile("busy", deadline=None)  # that the machine is busy is no fault of ours
settings.load_profile("busy")

remember_digests()

# What follows is tried on its own: whoever tests it takes these away (`monkeypatch.delenv`).
os.environ.setdefault("SHEETFLOW_CALENDAR__ON", "false")
os.environ.setdefault("SHEETFLOW_REVIEW__POLICY", "none")


_PLAYED = "tests/demo/province/"
"""What the files of this folder look at is made once."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to renew the golden files, whose change is then reviewed as a diff."""
    parser.addoption(
        "--update-goldens", action="store_true", help="write the golden files anew, for review"
    )


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer | None) -> LoadScopeScheduling:
    """Give the tests of a file to one process, and those of the played province, too."""
    return _Scopes(config, log)


class _Scopes(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return _PLAYED if file.startswith(_PLAYED) else file


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a fresh workspace of the second campaign, everything issued, nothing dropped."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    return desk
