"""Templates of an older version: renewed where nobody edited them, else left alone and not spoken of."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow.config.workspace import Workspace, create_workspace, default_templates
from sheetflow.upkeep import renewal
from sheetflow.upkeep.renewal import outdated_templates, renew_templates

OFFICES_OWN = b"our office's own"
REPORT, LETTER = Path("report/情况报告.docx"), Path("mail/letter.txt")


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace, and after it a version of the program that brings another report and letter."""
    workspace = create_workspace(tmp_path / "work")
    renew_templates(workspace)
    later = tmp_path / "later"
    for name in (REPORT, LETTER):
        (later / name).parent.mkdir(parents=True)
        (later / name).write_bytes(b"another one")
    monkeypatch.setattr(renewal, "default_templates", lambda: later)
    return workspace


def test_templates_of_today_are_not_outdated(tmp_path: Path) -> None:
    """A new workspace has nothing to renew."""
    workspace = create_workspace(tmp_path / "work")
    assert not outdated_templates(workspace)
    assert not renew_templates(workspace)


def test_what_nobody_edited_follows_and_what_is_edited_stays(newer: Workspace) -> None:
    """The letter that an office made its own stays; the report that nobody touched is renewed, once."""
    (newer.templates / LETTER).write_bytes(OFFICES_OWN)
    assert outdated_templates(newer) == (REPORT.name,)
    assert renew_templates(newer) == (REPORT.name,)
    assert (newer.templates / REPORT).read_bytes() == b"another one"
    assert (newer.templates / LETTER).read_bytes() == OFFICES_OWN
    assert not renew_templates(newer)


def test_one_that_was_removed_stays_away(newer: Workspace) -> None:
    """Whoever took a template away does not find it back by renewal: the default serves."""
    (newer.templates / REPORT).unlink()
    assert renew_templates(newer) == (LETTER.name,)
    assert not (newer.templates / REPORT).exists()


def test_copies_from_before_a_record_was_kept_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a workspace without a record, the packaged list tells what nobody edited."""
    workspace = create_workspace(tmp_path / "work")
    assert not workspace.kept_templates.exists()
    old = workspace.templates / LETTER
    old.write_bytes(b"an old letter")
    assert not outdated_templates(workspace)
    earlier = frozenset({renewal._digest(b"an old letter")})  # noqa: SLF001
    monkeypatch.setattr(renewal, "earlier_templates", lambda: earlier)
    assert renew_templates(workspace) == (LETTER.name,)
    assert old.read_bytes() == (default_templates() / LETTER).read_bytes()
