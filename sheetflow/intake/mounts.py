"""Which folders lie on a share, as the system's mount table tells.

This module owns reading ``/proc/self/mountinfo``. It refuses to guess: where there
is no such table, nothing is said to be local.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MOUNT_TABLE = Path("/proc/self/mountinfo")

_SHARES = re.compile(
    r"nfs4?|cifs|smb\d?|smbfs|ncpfs|9p|afs|ceph|coda|glusterfs|lustre|gpfs|beegfs|ocfs2|gfs2"
    r"|davfs|virtiofs|vboxsf|vmhgfs|prl_fs|fuse\..+"
)
"""File systems on which another host may write without our kernel noticing."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A mount point and the type of its file system."""

    point: PurePosixPath
    kind: str

    @property
    def is_share(self) -> bool:
        """Whether other hosts may write here."""
        return _SHARES.fullmatch(self.kind) is not None


def read_mounts(table: Path = MOUNT_TABLE) -> tuple[Mount, ...]:
    """Read the mount table; empty where the system has none."""
    try:
        return parse_mounts(table.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        return ()


def parse_mounts(text: str) -> tuple[Mount, ...]:
    """Parse the lines of ``mountinfo`` (proc(5)) in the order of mounting."""
    mounts = []
    for line in text.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if separator and len(fields) > 4:  # noqa: PLR2004 - the fifth field is the mount point
            point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4])
            mounts.append(Mount(PurePosixPath(point), after.split(" ")[0]))
    return tuple(mounts)


def mount_of(path: Path, mounts: tuple[Mount, ...]) -> Mount | None:
    """Give the mount that `path` (absolute, links resolved) lies on."""
    above = [mount for mount in mounts if PurePosixPath(path).is_relative_to(mount.point)]
    # Of two mounts on one point the later one hides the earlier.
    return max(reversed(above), key=lambda mount: len(mount.point.parts), default=None)
