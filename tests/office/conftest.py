"""A real office program in a Chinese locale, and clerks who work with it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.programs import COMPLETE

_LOCALE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>zh-CN</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/General">
<prop oor:name="DefaultLocale_CJK" oor:op="fuse"><value>zh-CN</value></prop></item>
</oor:items>
"""
_SCRIPT = Path(__file__).with_name("typist.py")


@cache
def python_with_uno() -> str:
    """Find a Python that can talk to the office program, empty where there is none."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), *os.defpath.split(os.pathsep)]
    found = [sys.executable, *(shutil.which("python3", path=folder) or "" for folder in folders)]
    for python in dict.fromkeys(filter(None, found)):
        tried = subprocess.run([python, "-c", "import uno"], check=False, capture_output=True)
        if tried.returncode == 0:
            return python
    return ""


@dataclass(frozen=True)
class Office:
    """The office program that listens on this machine."""

    port: int

    def work(self, plan: list[dict[str, Any]]) -> list[list[Any]]:
        """Have the clerks do their jobs; give what each of them saw."""
        done = subprocess.run(
            [python_with_uno(), str(_SCRIPT), str(self.port)],
            check=False,
            capture_output=True,
            input=json.dumps(plan),
            text=True,
            encoding="utf-8",
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        seen: list[list[Any]] = json.loads(done.stdout)
        return seen


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Start the office program with a profile of its own, listening on this machine alone."""
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if not soffice or not python_with_uno():
        if COMPLETE:
            pytest.fail("LibreOffice with its Python bridge (uno) must be installed")
        pytest.skip("LibreOffice with its Python bridge (uno) is not installed")
    profile = tmp_path_factory.mktemp("office-profile")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(_LOCALE, "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [
        soffice,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--nologo",
        f"--accept=socket,host=127.0.0.1,port={port};urp;",
    ]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as program:
        try:
            yield Office(port)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, 15)
