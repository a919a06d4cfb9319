"""A fresh workspace of the second campaign, its first workbooks issued."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiny.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Everything issued, nothing dropped."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    return desk
