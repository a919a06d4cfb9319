"""Paths in the outbox after a unit's folder was renamed with the unit."""

from __future__ import annotations

from collections.abc import Mapping


def moved_path(path: str, folders: Mapping[str, str]) -> str:
    """Give `path` with its first folder under the new name that `folders` has for it."""
    folder, slash, rest = path.partition("/")
    return folders.get(folder, folder) + slash + rest
