"""An inbox with two units, and a clock that the test winds."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from pathlib import Path

import pytest

from sheetflow.intake.scanning import StillFile, scan
from sheetflow.intake.sighting import Scan, Sighting

LIXIA = "370102-历下区"
FOLDERS = {LIXIA: "370102", "370103-市中区": "370103"}


@dataclasses.dataclass
class WoundClock:
    """A monotonic clock that stands until it is wound."""

    now: float = 100.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


@dataclasses.dataclass(frozen=True)
class Inbox:
    """The inbox, its archive, and the scan of both units."""

    root: Path
    archive: Path

    @property
    def lixia(self) -> Path:
        """The folder of 历下区."""
        return self.root / LIXIA

    def scan(self) -> Scan:
        """Look at it now."""
        return scan(self.root, FOLDERS, now=time.time())

    def drop(self, content: bytes, name: str = "报表.xlsx") -> Sighting:
        """Drop a file of 历下区, and see it."""
        (self.lixia / name).write_bytes(content)
        (sighting,) = (file for file in self.scan().files if file.name == name)
        return sighting

    def drop_still(self, content: bytes, name: str = "报表.xlsx") -> StillFile:
        """Drop a file of 历下区 that is taken to have stood still."""
        return StillFile(self.drop(content, name), hashlib.sha256(content).hexdigest())


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """Two units with empty folders."""
    for folder in FOLDERS:
        (tmp_path / "inbox" / folder).mkdir(parents=True)
    return Inbox(tmp_path / "inbox", tmp_path / "state" / "archive")


@pytest.fixture
def clock() -> WoundClock:
    """A clock that stands."""
    return WoundClock()
