"""A PostgreSQL server of the tests' own: begun with the first test that wants it, ended with the last."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import quote

_FOLDERS = Path("/usr/lib/postgresql")
_NUMBERS = count(1)


@cache
def programs() -> Path | None:
    """Give the folder of the server's programs, the newest there is."""
    found = sorted(_FOLDERS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    known = shutil.which("initdb")
    return Path(known).parent if known else None


class Cluster:
    """A server on a socket in `folder`, with one database; it takes no root, so root has a helper."""

    def __init__(self, folder: Path) -> None:
        found = programs()
        assert found is not None, "PostgreSQL is not installed"
        self.programs, self.data, self.folder = found, folder / "data", folder
        self.user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        self._call(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "sheetflow",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        )
        self.start()
        self._call("createdb", "-h", str(folder), "-U", "sheetflow", "sheetflow")

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        # What is lost with the power is not lost with a process: the tests kill no machine.
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off"
        log = str(self.folder / "server.log")
        self._call("pg_ctl", "-D", str(self.data), "-l", log, "-w", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server: at once, as a crash does, or in another `mode`."""
        self._call("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def url(self, schema: str) -> str:
        """Give the URL of a schema of its own, made when missing."""
        self._call("psql", "-h", str(self.folder), "-U", "sheetflow", "-d", "sheetflow", "-q",
                   "-c", f"CREATE SCHEMA IF NOT EXISTS {schema}")  # fmt: skip
        options = quote(f"-csearch_path={schema}", safe="")
        host = quote(str(self.folder), safe="")
        return f"postgresql+psycopg://sheetflow@/sheetflow?host={host}&options={options}"

    def _call(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(self.programs / program), *words],
            user=self.user if os.geteuid() == 0 else None,
            cwd="/",
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Have a server run meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="sheetflow-pg-"))  # a socket's name may not be long
    folder.chmod(0o755)
    try:
        made = Cluster(folder)
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def next_schema() -> str:
    """Name a schema that no test had."""
    return f"t{next(_NUMBERS)}"
