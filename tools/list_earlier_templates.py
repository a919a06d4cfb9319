#!/usr/bin/env python3
"""List the templates that earlier versions brought along: ``python tools/list_earlier_templates.py``.

Workspaces made before `sheetflow.upkeep.renewal` kept a record hold copies of them; what nobody
edited there is known by this list, by its sha256. It was made once, from the history; a workspace
made since keeps its own record.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "sheetflow" / "defaults" / "earlier_templates.txt"


def git(*words: str) -> bytes:
    """Ask git; give what it says."""
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S603, S607


def main() -> None:
    """Write the sha256 of every version of every template, sorted."""
    log = git(
        "log", "--format=", "--raw", "--no-abbrev", "--no-renames", "--", "templates"
    ).decode()
    blobs = {line.split()[3] for line in log.splitlines()}
    contents = (git("cat-file", "blob", blob) for blob in blobs if blob.strip("0"))
    found = {hashlib.sha256(content).hexdigest() for content in contents}
    TARGET.write_text("".join(f"{sha256}\n" for sha256 in sorted(found)))


if __name__ == "__main__":
    main()
