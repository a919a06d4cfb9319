"""The administrator reads her own language: no English is left where the system is Chinese."""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import typer.main

import sheetflow.cli.campaign_commands
import sheetflow.cli.decision_commands
import sheetflow.cli.upkeep  # noqa: F401 - they add their commands to the app
from sheetflow import errors
from sheetflow.cli.commands import app
from sheetflow.cli.language import chinese, is_chinese
from sheetflow.cli.screen import is_agreed
from sheetflow.demo import play
from sheetflow.demo.staging import Part
from sheetflow.schemas.book import Outcome
from tests.cli.conftest import Cli

_ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
_PROGRAM = re.compile(r"(python -m )?(sheetflow|pytest|__main__\.py)( [a-z]+)?")


def commands() -> dict[str, Any]:
    """The command of every name, the whole under none."""
    whole: Any = typer.main.get_command(app)
    below = {
        f"{name} {each}": command
        for name, group in whole.commands.items()
        for each, command in getattr(group, "commands", {}).items()
    }
    return {"": whole, **whole.commands, **below}


def helps() -> Iterator[str]:
    """Every text that a page of help shows."""
    for command in commands().values():
        yield command.help
        yield from (getattr(entry, "help", "") for entry in command.params)


@pytest.fixture
def in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """The administrator's system is Chinese."""
    monkeypatch.setenv("SHEETFLOW_LANG", "zh_CN")
    monkeypatch.setenv("COLUMNS", "80")


def test_every_text_of_help_has_its_chinese() -> None:
    """Whoever adds a command or an option cannot forget to say it in Chinese, nor leave an old text."""
    said = {text for text in helps() if text} | {"Show this message and exit."}
    assert all(said)
    assert set(chinese()["help"]) == said
    for command in commands().values():
        assert all(getattr(entry, "help", "") for entry in command.params), command.name


@pytest.mark.usefixtures("in_chinese")
@pytest.mark.parametrize("name", commands())
def test_a_page_of_help_is_chinese(cli: Cli, name: str) -> None:
    """Each page is Chinese, frame and all, in 80 columns, and no text is cut off."""
    said = cli(*name.split(), "--help")
    assert said.code == 0
    page = _PROGRAM.sub("", said.out)
    assert not _ENGLISH.search(page), page
    assert "用法：" in page
    assert "显示本说明。" in page
    assert " …" not in page
    assert not re.search(r"<[a-z]", page), page


@pytest.mark.usefixtures("in_chinese")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["init"], "缺少参数 folder"),
        (["purge"], "缺少选项 --before"),
        (["frobnicate"], "没有命令 frobnicate"),
        (["rum"], "没有命令 rum"),
        (["init", "x", "--frob"], "没有选项 --frob"),
        (["status", "--perod", "x"], "--period"),
        (["demo", "x", "--rows", "many"], "--rows 写得不对：要写整数"),
        (["demo", "x", "--rows", "0"], "--rows 写得不对：不能小于"),
        (["purge", "--before", "2012"], "2012-03-01"),
        (["--at", "noon", "run"], "2012-03-01T09:30"),
        (["templates", "--period"], "选项 --period 后面要写内容"),
        (["run", "--", "x", "y"], "多写了 x y"),
        (["mail", "one"], "要写整数"),
        (["campaign", "use"], "缺少参数 file"),
        (["campaign", "chekc"], "没有命令 chekc"),
    ],
)
def test_an_error_about_the_call_is_chinese(cli: Cli, words: list[str], told: str) -> None:
    """What is wrong with a call is said in Chinese, with the way to the help; exit code 2."""
    said = cli(*words)
    assert said.code == 2
    assert said.out == ""
    assert told in said.err
    assert "说明见：" in said.err or "后面要写内容" in said.err
    assert not _ENGLISH.search(_PROGRAM.sub("", said.err)), said.err


@pytest.mark.parametrize(
    ("typed", "agreed"), [(["maybe", "是"], True), ([" Y "], True), ([""], False), ([], False)]
)
def test_a_question_is_asked_in_chinese(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: list[str],
    *,
    agreed: bool,
) -> None:
    """Before what cannot be undone, only a clear yes is one; anything unclear is asked again."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
    assert is_agreed("确要清理吗？") is agreed
    said = capsys.readouterr().out
    assert said.count("确要清理吗？") == max(len(typed), 1)
    assert ("请输入 y（是）或 n（否）" in said) is (len(typed) > 1)


def test_english_where_the_system_is_not_chinese(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """SHEETFLOW_LANG=en gives English on a Chinese system, whatever was shown before."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setenv("SHEETFLOW_LANG", "zh")
    assert "用法：" in cli("--help").out
    monkeypatch.setenv("SHEETFLOW_LANG", "en")
    page = cli("--help").out
    assert "Usage: " in page
    assert "Make a workspace" in page
    assert "Error: Missing argument" in cli("init").err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells by its own settings")
def test_what_tells_the_language() -> None:
    """SHEETFLOW_LANG first, then LC_ALL, LC_MESSAGES, LANG, as programs ask for them."""
    assert is_chinese({"LANG": "zh_CN.UTF-8"})
    assert is_chinese({"LC_ALL": "", "LANG": "zh_TW"})
    assert is_chinese({"SHEETFLOW_LANG": "zh", "LC_ALL": "en_US.UTF-8"})
    assert not is_chinese({"SHEETFLOW_LANG": "en", "LC_ALL": "zh_CN.UTF-8"})
    assert not is_chinese({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"})
    assert not is_chinese({})


def test_every_line_of_the_demo_has_its_chinese() -> None:
    """What the demo tells has its Chinese, with the same values put in, its parts and outcomes too."""
    module = Path(sys.modules[play.__module__].__file__ or "")
    calls = [
        node
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "tell"
    ]
    lines = {
        text.value
        for call in calls
        for text in ast.walk(call.args[0])
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    }
    known = chinese()["demo"]
    assert len(lines) > 6
    assert lines | set(Part) | {outcome.value for outcome in Outcome} <= set(known)


def sentences() -> Iterator[tuple[str, str]]:
    """What is printed, and what errors of ours say, where it stands in the code: place and words."""
    ours = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    printing = {"say", "say_wrapped", "complain", *ours}
    for module in Path(errors.__file__ or "").parent.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name in printing:
                literals = [
                    part.value
                    for part in ast.walk(node.args[0])
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
                yield f"{module.name}:{node.lineno}", "".join(literals)


def test_everything_else_that_is_printed_is_chinese() -> None:
    """No command prints an English sentence, no error of ours is one."""
    listed = list(sentences())
    assert len(listed) > 100
    of_the_library = {"Aborted.frame", "Try '' for help.", "Error: "}  # said() and word() have them
    english = [
        (place, words)
        for place, words in listed
        if _ENGLISH.search(words) and not re.search("[一-鿿]", words)
        if words not in of_the_library
    ]
    assert english == []


@pytest.mark.parametrize("where", ["demo", "errors", "frame"])
def test_both_languages_put_in_the_same(where: str) -> None:
    """No value that a text names is missing in the other language."""
    for english, told in chinese()[where].items():
        fields = [
            {name for _, name, _, _ in Formatter().parse(text) if name} for text in (english, told)
        ]
        assert fields[0] == fields[1] or (where == "errors" and fields[1] <= fields[0]), english
