"""``state/stamp.key``: the key of the tokens in the stamps of workbooks that we hand out.

This module owns reading it and making it once, whole, durable and for our own account alone.
It refuses to replace one that is there, whatever is wrong with it, and to say what is in it.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from pathlib import Path

from sheetflow.durable import sync_folder, write_whole
from sheetflow.errors import WorkspaceError
from sheetflow.schemas.layout import StampKey

_KEY_BYTES = 32
_FILE = re.compile(rb"([0-9a-f]{64})\s*")
_MOST_READ = 256


def read_stamp_key(path: Path) -> StampKey | None:
    """Read the key; None where there is none. Raise WorkspaceError where it cannot be used."""
    try:
        with path.open("rb") as file:
            found = _FILE.fullmatch(file.read(_MOST_READ))
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WorkspaceError(f"填报表标识的密钥 {path} 读不出（{reason}）。") from error
    if found is None:
        raise WorkspaceError(f"填报表标识的密钥 {path} 已经损坏。")
    return StampKey(bytes.fromhex(found[1].decode("ascii")))


def make_stamp_key(path: Path) -> bool:
    """Make a key where there is none; give whether one was made. Raise OSError when refused.

    Whoever makes one at the same moment: the first that is there is everybody's.
    """
    if path.exists():
        return False
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        write_whole(draft, secrets.token_hex(_KEY_BYTES).encode("ascii") + b"\n")
        return _put(draft, path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _put(draft: Path, path: Path) -> bool:
    """Give the draft its name unless that is taken."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if path.exists():
            return False
        draft.rename(path)
    sync_folder(path.parent)
    return True
