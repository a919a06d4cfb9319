"""使用手册.docx in the workspace: laid when the workspace is made, renewed until a person changes it.

What we laid last is known by its sha256 in the state; a guide that differs from it is somebody's,
one that is gone was taken away on purpose.
"""

from __future__ import annotations

import hashlib

from sheetflow.config.workspace import Workspace, default_guide
from sheetflow.durable import replace_file


def lay_guide(workspace: Workspace) -> bool:
    """Put today's guide where the workspace has none of a person's; give whether it is new there."""
    content = default_guide().read_bytes()
    sha256 = _digest(content)
    laid = workspace.kept_guide.read_text() if workspace.kept_guide.is_file() else ""
    lies = _digest(workspace.guide.read_bytes()) if workspace.guide.is_file() else ""
    if lies == sha256 or lies != laid:
        return False
    replace_file(workspace.guide, content)
    replace_file(workspace.kept_guide, sha256.encode())
    return True


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
