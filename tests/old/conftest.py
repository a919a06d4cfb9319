"""The old workspace, see `test_old_workspace`."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from tests.old.before import NAME

OLD = Path(__file__).with_name("workspace_before_levels.zip")
NEXT_DAY = dt.datetime(2012, 3, 3, 10)  # noqa: DTZ001 - the office's own time, as --at gives it


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The old workspace, unpacked, with its campaign; the clerk's desk lies beside it."""
    with zipfile.ZipFile(OLD) as packed:
        packed.extractall(tmp_path)
    root = tmp_path / "workspace"
    settings = root / "sheetflow.toml"
    text = settings.read_text(encoding="utf-8")
    assert text.count('"grassroots2012"') == 1
    settings.write_text(text.replace("grassroots2012", NAME), encoding="utf-8")
    return root
