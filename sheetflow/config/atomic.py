"""A file of the workspace replaced whole: readers see the old or the new one.

This module owns the few steps of that. It refuses to keep a half-written file.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sheetflow.errors import WorkspaceError


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path`; raise WorkspaceError when the folder or file refuses."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise WorkspaceError(
            f"无法写入 {path}。如果文件正打开着，请先关闭；否则请检查文件夹权限和磁盘空间。"
        ) from error
