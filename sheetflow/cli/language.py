"""The language of the machine: it decides how output looks, and never what files are called.

Names of files are UTF-8 whatever the locale, so a program that was started in another one
starts itself again in Python's UTF-8 mode, under the same process id. Output keeps the
code page of the terminal; what does not exist there is written as an escape.
"""

from __future__ import annotations

import codecs
import io
import os
import sys


def settle_language() -> None:
    """Go on with UTF-8 file names, and let no character that is printed end a command."""
    if codecs.lookup(sys.getfilesystemencoding()).name != "utf-8" and not sys.flags.utf8_mode:
        _start_again()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _start_again() -> None:
    """Replace this program by itself in UTF-8 mode; whatever it starts is in it as well."""
    environment = {**os.environb, b"PYTHONUTF8": b"1"}
    if sys.stdout is not None:  # the mode alone would print UTF-8 on every terminal
        environment[b"PYTHONIOENCODING"] = f"{sys.stdout.encoding}:backslashreplace".encode()
    words = [in_utf8(os.fsencode(word), sys.getfilesystemencoding()) for word in sys.orig_argv[1:]]
    itself = [os.fsencode(sys.executable), b"-X", b"utf8"]
    os.execve(sys.executable, [*itself, *words], environment)  # noqa: S606 - this very program


def in_utf8(word: bytes, locale: str) -> bytes:
    """Give a word of the command line in UTF-8; one that is in neither code stays as it is."""
    for code in ("utf-8", locale):
        try:
            return word.decode(code).encode()
        except UnicodeDecodeError:
            continue
    return word
