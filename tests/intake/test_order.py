"""What the system is asked for, and in which order (promises 2 and 3), seen by strace."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

TAKE_ONE = """
import hashlib, os, pathlib, sys
from sheetflow.errors import TemporaryError
from sheetflow.intake.archive import archive_file
from sheetflow.intake.sighting import remove_file
from sheetflow.intake.scanning import scan
from sheetflow.intake.scanning import StillFile

root = pathlib.Path(sys.argv[1])
(sighting,) = scan(root / "inbox", {"1-a": "1"}, now=0.0).files
digest = hashlib.sha256((root / "inbox/1-a/r.xlsx").read_bytes()).hexdigest()
os.stat(root / "BEGIN")
try:
    archive_file(StillFile(sighting, digest), root / "archive")
    with (root / "database").open("wb") as database:
        database.write(b"received")
        database.flush()
        os.fsync(database.fileno())
    remove_file(sighting)
except TemporaryError as error:
    print(error.code, error.step)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An inbox with one file to take."""
    (tmp_path / "inbox" / "1-a").mkdir(parents=True)
    (tmp_path / "inbox" / "1-a" / "r.xlsx").write_bytes(b"abc")
    (tmp_path / "BEGIN").touch()
    return tmp_path


def traced(root: Path, script: str, *options: str) -> tuple[str, str]:
    """Run a script under strace; give what it printed, and the trace from BEGIN on."""
    trace = root / "trace"
    strace = ["strace", "-y", "-s", "300", "-o", str(trace), *options]
    done = subprocess.run(
        [*strace, sys.executable, "-c", script, str(root)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    if "PTRACE" in done.stderr or "ptrace" in done.stderr:
        pytest.skip("tracing is not allowed here")
    assert not done.stderr
    return done.stdout.strip(), trace.read_text().partition("BEGIN")[2]


def test_a_file_is_durable_and_committed_before_it_leaves_the_inbox(root: Path) -> None:
    """Data, name, folder and commit are on disk before the only other copy is removed."""
    said, trace = traced(root, TAKE_ONE)
    assert said == ""
    steps = [
        r"fsync\(\d+<[^>]*/archive/ba/\.[0-9a-f.]+tmp>\)\s+= 0",
        r"rename(?:at2?)?\([^\n]*\.tmp\"[^\n]*/archive/ba/ba7816[^\n]*= 0",
        r"fsync\(\d+<[^>]*/archive/ba>\)\s+= 0",
        r"fsync\(\d+<[^>]*/archive>\)\s+= 0",
        r"fsync\(\d+<[^>]*/database>\)\s+= 0",
        r"unlink(?:at)?\([^\n]*r\.xlsx[^\n]*= 0",
        r"fsync\(\d+<[^>]*/inbox/1-a>\)\s+= 0",
    ]
    found = [[match.start() for match in re.finditer(step, trace)] for step in steps]
    assert [len(places) for places in found] == [1] * len(steps), trace
    places = [place for (place,) in found]
    assert places == sorted(places), trace


@pytest.mark.parametrize("code", ["ENOSPC", "EIO", "EACCES", "EBUSY", "ESTALE", "EDQUOT", "EROFS"])
@pytest.mark.parametrize("call", ["fsync", "rename", "read", "mkdir", "unlinkat"])
def test_whatever_the_system_refuses_is_temporary_and_loses_nothing(
    root: Path, call: str, code: str
) -> None:
    """Each refusal is named, and the workbook still lies in the inbox."""
    told = {
        # Of this file alone, and after the two reads with which the script hashes it.
        "read": [
            "-P",
            str(root / "inbox" / "1-a" / "r.xlsx"),
            "-e",
            f"inject=read:error={code}:when=3+",
        ],
        "mkdir": ["-e", f"inject=mkdir,mkdirat:error={code}"],
    }.get(call, ["-e", f"inject={call}:error={code}"])
    said, _ = traced(root, TAKE_ONE, *told)
    step = {"read": "读取报送文件夹里的文件", "unlinkat": "从报送文件夹移走已收的文件"}.get(
        call, "存档"
    )
    assert said == f"{code} {step}"
    assert (root / "inbox" / "1-a" / "r.xlsx").read_bytes() == b"abc"
    assert not list((root / "archive").rglob("*.tmp"))


LOOK = """
import pathlib, sys
from sheetflow.intake.scanning import scan
result = scan(pathlib.Path(sys.argv[1]) / "inbox", {"1-a": "1"}, now=0.0)
print([file.name for file in result.files], [trouble.unit_id for trouble in result.hindered])
"""


def test_one_bad_entry_does_not_hide_the_rest_of_the_folder(root: Path) -> None:
    """A file on a broken spot of the disk is reported, and the one beside it is taken."""
    (root / "inbox" / "1-a" / "bad.xlsx").write_bytes(b"abc")
    options = ["-P", "bad.xlsx", "-e", "inject=newfstatat:error=EIO"]
    said, _ = traced(root, LOOK, *options)
    assert said == "['r.xlsx'] ['1']"
