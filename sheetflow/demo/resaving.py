"""Saves workbooks in an older format, as units with older office programs do."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

_PATIENCE_SECONDS = 180


def find_soffice() -> str:
    """Give the path of LibreOffice, empty where there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def resave(paths: Sequence[Path], extension: str, soffice: str, folder: Path) -> list[Path]:
    """Save `paths` as .xls or .ods beside them, in one run of the office program.

    A profile of its own keeps out whatever runs already. Where the program fails, a file
    stays as it was: give each file's path as it is now.
    """
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        profile, out = Path(scratch) / "profile", Path(scratch) / "out"
        command = [
            soffice,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            extension,
            "--outdir",
            str(out),
            *map(str, paths),
        ]
        try:
            subprocess.run(  # noqa: S603 - our own files, a program found by name
                command, check=False, capture_output=True, timeout=_PATIENCE_SECONDS
            )
        except (OSError, subprocess.TimeoutExpired):
            return list(paths)
        return [_moved(path, out / f"{path.stem}.{extension}") for path in paths]


def _moved(path: Path, saved: Path) -> Path:
    if not saved.is_file():
        return path
    target = path.with_suffix(saved.suffix)
    shutil.move(saved, target)
    path.unlink()
    return target
