"""The language of the machine: file names are UTF-8, output is never fatal."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from sheetflow.cli.screen import in_utf8
from tests.programs import needs
from tests.tiny.desk import AT, EAST, TREE, Desk, head, sound

if sys.platform == "win32":
    pytest.skip("file names are UTF-16 on Windows, whatever the locale", allow_module_level=True)

pytestmark = pytest.mark.slow

_REPOSITORY = Path(__file__).parents[2]
NO_LANGUAGE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
_CONSOLE_SCRIPT = "import sys; from sheetflow.__main__ import main; sys.exit(main())"


def called(
    environment: Mapping[str, str], *words: str | Path, script: str = ""
) -> subprocess.CompletedProcess[bytes]:
    """Run one command in a new process, as the console script does or as a module."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    started = [script] if script else ["-m", "sheetflow"]
    return subprocess.run(
        [sys.executable, *started, *map(str, words)],
        env={**own, "PYTHONPATH": str(_REPOSITORY), **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace whose own path is no ASCII, with one workbook that says 𠮷."""
    desk = Desk.make(tmp_path / "市工作区")
    desk.issue()
    return desk


def with_rare_word(desk: Desk) -> Path:
    """A workbook with a finding that quotes a character which no GBK has."""
    rows = {**sound(), "patrols": [{**sound()["patrols"][0], "means": "𠮷船"}]}
    return desk.fill(EAST, rows)


@pytest.mark.parametrize("code", ["gbk", "ascii", "latin-1", "gbk:strict", "utf-8"])
def test_check_says_the_same_in_every_code(desk: Desk, code: str) -> None:
    """Findings and exit code are those of UTF-8; what the code lacks is written as an escape."""
    file = with_rare_word(desk)
    options = ("-C", desk.root, *AT, "check", file)
    plain = called({"PYTHONIOENCODING": "utf-8"}, *options)
    found = called({"PYTHONIOENCODING": code}, *options)
    name = code.partition(":")[0]
    assert found.returncode == plain.returncode == 1
    assert found.stderr == b""
    words = plain.stdout.decode()
    assert "𠮷" in words
    assert found.stdout == words.encode(name, "backslashreplace")
    asked = called({"PYTHONIOENCODING": code}, *options, "--json")
    as_json = called({"PYTHONIOENCODING": "utf-8"}, *options, "--json")
    assert json.loads(asked.stdout.decode(name)) == json.loads(as_json.stdout)
    assert "𠮷" in json.loads(asked.stdout.decode(name))["findings"][0]["message"]


@pytest.mark.parametrize("words", [("status",), ("status", "--json"), ("doctor",), ("--help",)])
def test_no_command_dies_of_a_character(desk: Desk, words: tuple[str, ...]) -> None:
    """On an ASCII terminal every command answers as it does elsewhere."""
    plain = called({"PYTHONIOENCODING": "utf-8"}, "-C", desk.root, *words)
    found = called({"PYTHONIOENCODING": "ascii"}, "-C", desk.root, *words)
    assert found.returncode == plain.returncode
    assert b"Traceback" not in found.stderr + found.stdout
    assert found.stdout.isascii()
    assert len(found.stdout) >= len(plain.stdout.decode())


def serves(desk: Desk, environment: Mapping[str, str], script: str = "") -> None:
    """Drop a workbook; a pass in that language leaves nothing but names in UTF-8."""
    desk.drop(EAST, desk.fill(EAST, {**sound(), "head": head()}))
    before = sorted(desk.workspace.inbox.iterdir())
    ran = called(environment, "-C", desk.root, *AT, "run", script=script)
    assert ran.returncode == 0, ran.stderr
    assert sorted(desk.workspace.inbox.iterdir()) == before
    assert desk.states()[EAST] == "accepted"
    receipt = desk.answer(EAST, "回执_")
    assert TREE[EAST].folder.encode() in os.fsencode(receipt)
    asked = called(environment, "-C", desk.root, "status", "--json", script=script)
    named = {unit["name"] for unit in json.loads(asked.stdout.decode("gbk"))["units"]}
    assert "东岸县" in named


@pytest.mark.parametrize("as_script", [False, True])
def test_file_names_are_utf8_without_a_language(
    desk: Desk, tmp_path: Path, *, as_script: bool
) -> None:
    """In the locale C, with Python's own remedies turned off, all is as in UTF-8."""
    script = tmp_path / "sheetflow-script"
    script.write_text(_CONSOLE_SCRIPT, encoding="utf-8")
    serves(desk, NO_LANGUAGE, str(script) if as_script else "")


@needs("localedef", called="localedef")
def test_file_names_are_utf8_on_a_gbk_machine(desk: Desk, tmp_path: Path) -> None:
    """A machine whose locale is zh_CN.GBK renames no folder and finds every template."""
    made = tmp_path / "locales" / "zh_CN.GBK"
    made.parent.mkdir()
    localedef = shutil.which("localedef") or ""
    command = [localedef, "-i", "zh_CN", "-f", "GBK", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    gbk = {"LOCPATH": str(made.parent), "LC_ALL": "zh_CN.GBK"}
    serves(desk, gbk)
    told = called(gbk, "-C", desk.root, "status")
    assert "应报" in told.stdout.decode("gbk")


def test_words_of_the_command_line_become_utf8() -> None:
    """A path is taken as it stands where it is UTF-8, else as the terminal has typed it."""
    assert in_utf8("工作区".encode(), "gbk") == "工作区".encode()
    assert in_utf8("情况属实".encode("gbk"), "gbk") == "情况属实".encode()
    assert in_utf8(b"\xff\xfe", "ascii") == b"\xff\xfe"
