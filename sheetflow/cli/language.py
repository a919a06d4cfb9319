"""The administrator's language: help, errors about the call and the demo, Chinese or English.

English stands in the code, Chinese in `words.zh.toml`. Nothing else that is printed has two
languages: what commands say of the work is said in the Chinese of the offices' papers.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache, wraps
from importlib import resources
from typing import Any, NoReturn

import typer
import typer.main

from sheetflow.cli.screen import complain

_OURS, _SYSTEMS = "SHEETFLOW_LANG", ("LC_ALL", "LC_MESSAGES", "LANG")
_CHINESE_ON_WINDOWS, _PRIMARY = 0x04, 0x3FF
_PUT_IN = re.compile(r"\\\{(\w+)\\\}")

# `BadParameter` is what typer shows of the library that raises all these.
UsageError: type[Any] = typer.BadParameter.__mro__[1]
_MAKER = "_make_rich_text"
_FRAME = {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commands",
    "DEFAULT_STRING": "[default: {}]",
    "REQUIRED_LONG_STRING": "[required]",
}


def is_chinese(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the administrator reads Chinese: SHEETFLOW_LANG says it, else the system does."""
    named = [environment[name] for name in (_OURS, *_SYSTEMS) if environment.get(name)]
    if named:
        return named[0].casefold().startswith("zh")
    if sys.platform != "win32":
        return False
    import ctypes

    chosen: int = ctypes.windll.kernel32.GetUserDefaultUILanguage()
    return chosen & _PRIMARY == _CHINESE_ON_WINDOWS


@cache
def chinese() -> Mapping[str, Mapping[str, str]]:
    """Give the Chinese of every English text, by where it is said."""
    text = resources.files("sheetflow.cli").joinpath("words.zh.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def word(english: str, where: str = "demo") -> str:
    """Say a text in the administrator's language; one that nobody put into Chinese stays."""
    return chinese()[where].get(english, english) if is_chinese() else english


def said(message: str) -> str:
    """Say an error of the library about the call in the administrator's language."""
    if not is_chinese():
        return message
    for english, told in _errors():
        if found := english.fullmatch(message):
            return told.format(**{name: said(value) for name, value in found.groupdict().items()})
    return message


@cache
def _errors() -> tuple[tuple[re.Pattern[str], str], ...]:
    # The shorter the text that is put in, the better the pattern fits.
    listed = sorted(chinese()["errors"].items(), key=lambda entry: -len(entry[0]))
    return tuple(
        (re.compile(_PUT_IN.sub(r"(?P<\1>.+)", re.escape(english)), re.DOTALL), told)
        for english, told in listed
    )


def command_of(app: typer.Typer) -> Any:  # noqa: ANN401 - the library does not name its type
    """Give the app's command with every text of its help in the administrator's language."""
    command = typer.main.get_command(app)
    _translate(command)
    return command


def _prepare_page() -> None:
    """Put the frame of a page of help into the language, and let its lines break anywhere.

    Chinese has no blanks: a line that does not fit would be cut off.
    """
    from rich.text import Text
    from typer import rich_utils

    for name, english in _FRAME.items():
        setattr(rich_utils, name, word(english, "frame"))
    make = getattr(rich_utils, _MAKER, None)
    if make is None or hasattr(make, "__wrapped__"):
        return

    @wraps(make)
    def folding(**asked: Any) -> Any:  # noqa: ANN401 - the library's own
        text = make(**asked)
        if isinstance(text, Text):
            text.overflow = "fold"
        return text

    setattr(rich_utils, _MAKER, folding)


def _translate(command: Any) -> None:  # noqa: ANN401 - as above
    def format_usage(ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
        pieces = " ".join(command.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=word("Usage: ", "frame"))

    format_page = command.format_help

    def format_help(ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
        _prepare_page()
        format_page(ctx, formatter)

    command.help = word(command.help or "", "help")
    command.format_usage, command.format_help = format_usage, format_help
    command.options_metavar = word(command.options_metavar, "frame")
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = word(command.subcommand_metavar, "frame")
    for parameter in command.params:
        _translate_parameter(parameter)
    taken = command.get_help_option

    def get_help_option(ctx: Any) -> Any:  # noqa: ANN401 - as above
        option = taken(ctx)
        if option is not None:
            _translate_parameter(option)
        return option

    command.get_help_option = get_help_option
    for each in getattr(command, "commands", {}).values():
        _translate(each)


def _translate_parameter(parameter: Any) -> None:  # noqa: ANN401 - as above
    parameter.help = word(getattr(parameter, "help", None) or "", "help")
    shown = getattr(parameter, "display_type_rich", None)
    if shown is not None and is_chinese():  # a version of the library that writes types so
        parameter.display_type_rich = lambda ctx: word(shown(ctx=ctx) or "", "metavars")


def run_command(app: typer.Typer) -> NoReturn:
    """Run what the command line asks for, and end with its code."""
    try:
        code = command_of(app).main(standalone_mode=False)
    except UsageError as error:
        _show(error)
        sys.exit(error.exit_code)
    except typer.Abort:
        complain(word("Aborted.", "frame"))
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _show(error: Any) -> None:  # noqa: ANN401 - as above
    if type(error).__name__ == "NoArgsIsHelpError":
        return  # its help is printed already
    if error.ctx is not None:
        complain(error.ctx.get_usage())
        asked = f"{error.ctx.command_path} {error.ctx.help_option_names[0]}"
        complain(said(f"Try '{asked}' for help."))
    complain(said(f"Error: {error.format_message()}"))
