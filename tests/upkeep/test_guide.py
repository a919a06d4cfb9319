"""使用手册.docx in the workspace: today's one, until a person makes it hers."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow.config.workspace import Workspace, default_guide
from sheetflow.upkeep import guide
from sheetflow.upkeep.guide import lay_guide


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace without a guide."""
    (tmp_path / "state").mkdir()
    return Workspace(tmp_path)


@pytest.fixture
def upgraded(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The guide was laid, then a new version of the program brings another."""
    assert lay_guide(workspace)
    newer = tmp_path / "newer.docx"
    newer.write_bytes(b"another guide")
    monkeypatch.setattr(guide, "default_guide", lambda: newer)
    return newer.read_bytes()


def test_the_guide_is_laid_once(workspace: Workspace) -> None:
    """A new workspace has the guide; it is not written again while nothing has changed."""
    assert lay_guide(workspace)
    assert workspace.guide.read_bytes() == default_guide().read_bytes()
    assert not lay_guide(workspace)


def test_an_untouched_guide_follows_the_program(workspace: Workspace, upgraded: bytes) -> None:
    """After an upgrade the guide is that of the new version."""
    assert lay_guide(workspace)
    assert workspace.guide.read_bytes() == upgraded


@pytest.mark.usefixtures("upgraded")
def test_an_edited_guide_stays(workspace: Workspace) -> None:
    """What a person wrote into it is never replaced."""
    workspace.guide.write_bytes(b"our office's own")
    assert not lay_guide(workspace)
    assert workspace.guide.read_bytes() == b"our office's own"


@pytest.mark.usefixtures("upgraded")
def test_a_guide_that_was_taken_away_stays_away(workspace: Workspace) -> None:
    """Whoever removed or renamed it does not find it back."""
    workspace.guide.unlink()
    assert not lay_guide(workspace)
    assert not workspace.guide.exists()


def test_a_guide_of_ones_own_is_not_replaced(workspace: Workspace) -> None:
    """A file of that name that was there before us stays."""
    workspace.guide.write_bytes(b"older than the program")
    assert not lay_guide(workspace)
    assert workspace.guide.read_bytes() == b"older than the program"
