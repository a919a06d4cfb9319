"""Templates in the workspace that nobody edited follow the program: renewed when a new version brings others.

What we laid is known by its sha256: in the state, and for workspaces that were made before a record
was kept, in a packaged list. A template that differs from all of these is somebody's and stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sheetflow.config.workspace import Workspace, default_templates, earlier_templates
from sheetflow.context import Context
from sheetflow.durable import replace_file
from sheetflow.errors import WorkspaceError

_GUIDE = "report/模板说明.md"


def renew_templates(workspace: Workspace) -> tuple[str, ...]:
    """Put today's default in the place of each older one that nobody edited; name those renewed."""
    renewed = []
    for path, content in _outdated(workspace):
        try:
            replace_file(path, content)
        except (
            WorkspaceError
        ):  # somebody has it open: it still serves, and is renewed the next time
            continue
        renewed.append(path.name)
    known = _laid(workspace)
    now = known | {_digest(path.read_bytes()) for path in _defaults(default_templates())}
    if now != known:
        replace_file(
            workspace.kept_templates, "".join(f"{each}\n" for each in sorted(now)).encode()
        )
    return tuple(renewed)


def lay_template_guide(context: Context) -> None:
    """Put the guide to report templates with the names of the campaign in force; somebody's own stays."""
    from sheetflow.reporting.template_guide import campaign_guide, is_campaign_guide

    workspace = context.workspace
    path, general = workspace.templates / _GUIDE, (default_templates() / _GUIDE).read_bytes()
    content = campaign_guide(general.decode(), context.campaign).encode()
    try:
        lies = path.read_bytes() if path.is_file() else general
        is_laid = lies == general or _digest(lies) in _laid(workspace) | earlier_templates()
        if lies != content and (is_laid or is_campaign_guide(lies.decode(errors="replace"))):
            replace_file(path, content)
    except (OSError, WorkspaceError):  # somebody has it open: it is laid the next time
        return


def outdated_templates(workspace: Workspace) -> tuple[str, ...]:
    """Name the templates that an older version brought along and nobody edited."""
    return tuple(path.name for path, _ in _outdated(workspace))


def _outdated(workspace: Workspace) -> Iterator[tuple[Path, bytes]]:
    """Give each such template, and what today's version brings for it."""
    source, ours = default_templates(), _laid(workspace) | earlier_templates()
    for path in _defaults(source):
        copy, content = workspace.templates / path.relative_to(source), path.read_bytes()
        try:
            lies = copy.read_bytes() if copy.is_file() else content
        except OSError:  # it cannot be read: told where it is wanted
            continue
        if lies != content and _digest(lies) in ours:
            yield copy, content


def _defaults(source: Path) -> list[Path]:
    found = (path for path in source.rglob("*") if path.is_file())
    return sorted(path for path in found if not path.name.startswith((".", "~$")))


def _laid(workspace: Workspace) -> frozenset[str]:
    kept = workspace.kept_templates
    return frozenset(kept.read_text().split() if kept.is_file() else ())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
