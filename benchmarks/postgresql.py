"""A PostgreSQL server of a benchmark's own, on a socket in its folder, with what Debian gives it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, int]]:
    """Have a PostgreSQL server run meanwhile, on a socket; give its URL and its number."""
    if not _PROGRAMS:
        sys.exit("PostgreSQL is not installed (Debian: postgresql).")
    owner = "postgres" if os.geteuid() == 0 else None
    place = folder / "server"
    place.mkdir()
    folder.chmod(0o755)
    if owner:
        shutil.chown(place, owner)

    def call(program: str, *words: str) -> None:
        subprocess.run(
            [str(_PROGRAMS[-1] / program), *words],
            check=True,
            user=owner,
            cwd="/",
            stdout=subprocess.DEVNULL,
        )

    data = str(place / "data")
    call("initdb", "-D", data, "-U", "sheetflow", "-A", "trust", "-E", "UTF8")
    options = f"-c listen_addresses= -c unix_socket_directories={place}"
    call("pg_ctl", "-D", data, "-l", str(place / "log"), "-w", "-o", options, "start")
    try:
        call("createdb", "-h", str(place), "-U", "sheetflow", "sheetflow")
        number = int((place / "data" / "postmaster.pid").read_text().splitlines()[0])
        yield f"postgresql+psycopg://sheetflow@/sheetflow?host={place}", number
    finally:
        call("pg_ctl", "-D", data, "-m", "fast", "-w", "stop")
