"""What is ours alone: ``state/`` and everything in it, closed to every other account.

This module owns the rights on it, whatever the umask and whoever made the folder. It
refuses to touch any other folder: units read and write the rest.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_OURS, _OTHERS = 0o700, 0o077


def make_private_folder(folder: Path) -> None:
    """Make `folder` for us alone, where it is missing; leave one that is there as it is."""
    folder.mkdir(mode=_OURS, parents=True, exist_ok=True)


def close_state(state: Path) -> bool:
    """Close `state` to all but us, with all that lies in it; give whether it was open.

    One that belongs to somebody else stays as it is: `doctor` warns of it.
    """
    make_private_folder(state)
    if os.name != "posix" or not state.stat().st_mode & _OTHERS:
        return False
    try:
        state.chmod(_OURS)
    except OSError:
        return False
    for path in state.rglob("*"):
        with suppress(OSError):  # gone meanwhile, or another's; nobody else comes so far
            mode = path.lstat().st_mode
            if mode & _OTHERS and not path.is_symlink():
                path.chmod(mode & _OURS)
    return True
