"""The templates that offices edit: read as they were saved, and replaced while in trouble.

This module owns which text serves: the workspace's where it can be read, else the default,
and the sentence that says so as long as it lasts (promise 14). It refuses to render; whether
an edited one can be filled is tried on samples, only where it differs from the default.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path

from sheetflow.config.decoding import decode_text
from sheetflow.config.defaults import default_templates
from sheetflow.errors import TemporaryError
from sheetflow.wording import template_faults
from sheetflow.wording.board_html import board_fault

_TEXTS = (".txt", ".html")
_NOT_SENT = "README.txt"
NEWER = frozenset({"gathered.txt"})
"""What came after the first version: that an older workspace has no such file is no trouble."""
BOARD, REPORT = ("board", "上报情况.html"), ("report", "情况报告.docx")
MAIL_WORDS, BOARD_WORDS, REPORT_WORDS = "邮件模板", "上报情况模板", "情况报告模板"

Mark = tuple[int, int, int, int]


def report_place(title: str) -> tuple[str, str]:
    """Say where a form's Word template lies; the main form's `title` is empty."""
    folder, name = REPORT
    return (folder, name.replace(".docx", f"_{title}.docx")) if title else REPORT


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at a template's place: its bytes, or the sentence that says what is wrong."""

    content: bytes | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Serving:
    """The template that serves: its bytes; `digest` is of what lies in the workspace (empty: nothing).

    `is_instead`: it is the default one, since the workspace's cannot be used.
    """

    content: bytes
    digest: str
    is_instead: bool = False

    @property
    def text(self) -> str:
        """The template as text."""
        return self.content.decode()


@dataclass
class Templates:
    """The templates below `folder`; a file is read again only when it has changed."""

    folder: Path
    _read: dict[Path, tuple[Mark, Found]] = field(default_factory=dict)
    _tried: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    _defaults: dict[str, bytes] = field(default_factory=dict)

    def mail(self) -> dict[str, str]:
        """Give the mail templates by file name; one that cannot be read is the default one."""
        return {name: text for name, text, _ in self._mail()}

    def default_mail(self) -> dict[str, str]:
        """Give the mail templates that the program brings along."""
        return {
            entry.name: entry.read_text(encoding="utf-8")
            for entry in (default_templates() / "mail").iterdir()
            if entry.name.endswith(_TEXTS) and entry.name != _NOT_SENT
        }

    def board(self) -> Serving:
        """Give the board's page, the default one where the workspace's cannot be used."""
        text, fault = self._text(BOARD_WORDS, *BOARD)
        is_instead = bool(fault or self._board_faults(text))
        serves = self.default_board() if is_instead else text
        return Serving(serves.encode(), self.digest(*BOARD), is_instead)

    def default_board(self) -> str:
        """Give the page that the program brings along."""
        return self._default(*BOARD).decode()

    def report(self, title: str = "") -> Serving:
        """Give the Word template of another form called `title`, or of the main one.

        Where nothing can be read there it is the default one.
        """
        place = report_place(title)
        content = self._found(REPORT_WORDS, *place).content
        serves = self.default_report(title) if content is None else content
        return Serving(serves, self.digest(*place), content is None)

    def default_report(self, title: str = "") -> bytes:
        """Give the Word template that the program brings along.

        It is the main form's; another one's, made from its declaration, goes as empty bytes.
        """
        return b"" if title else self._default(*REPORT)

    def digest(self, folder: str, name: str) -> str:
        """Give the digest of what lies in the workspace, empty where it cannot be read."""
        words = REPORT_WORDS if folder == REPORT[0] else BOARD_WORDS
        content = self._found(words, folder, name).content
        return "" if content is None else hashlib.sha256(content).hexdigest()

    def learn(self, template: Serving, fault: str, title: str = "") -> None:
        """Keep that a Word template could not be filled, though a sample may have gone well."""
        if not template.is_instead:
            told = _told_of(fault, title)
            self._tried[REPORT_WORDS + title, template.digest] = (told,)

    def faults(self, try_reports: Mapping[str, Callable[[bytes], str]]) -> tuple[str, ...]:
        """Give a sentence for each template that is in trouble now, and is not used.

        `try_reports` fill a Word template that somebody edited, and say what is wrong with it: by
        the title of its form, empty for the main one.
        """
        reports = (
            fault
            for title in try_reports
            for fault in self.report_faults(try_reports[title], title)
        )
        return (*self.mail_faults(), *self.board_faults(), *reports)

    def mail_faults(self) -> tuple[str, ...]:
        """Give a sentence for each mail template in trouble."""
        read = list(self._mail())
        texts = {name: text for name, text, _ in read}
        known = self.default_mail()
        tried: tuple[str, ...] = ()
        if any(texts[name] != known[name] for name in known):
            tried = self._once(
                MAIL_WORDS, repr(sorted(texts.items())), lambda: template_faults(texts)
            )
        return (
            *(fault for _, _, fault in read if fault),
            *(f"{fault}改正之前用默认文字。" for fault in tried),
        )

    def newer(self) -> tuple[str, ...]:
        """Name the mail templates that an older workspace has not got; the default ones serve."""
        return tuple(sorted(name for name in NEWER if not (self.folder / "mail" / name).exists()))

    def board_faults(self) -> tuple[str, ...]:
        """Give a sentence where the board's page is in trouble."""
        text, fault = self._text(BOARD_WORDS, *BOARD)
        return (fault,) if fault else self._board_faults(text)

    def report_faults(self, try_report: Callable[[bytes], str], title: str = "") -> tuple[str, ...]:
        """Give a sentence where a form's Word template is in trouble."""
        found = self._found(REPORT_WORDS, *report_place(title))
        content = found.content
        if content is None:
            return (found.fault,)
        if content == self.default_report(title):
            return ()

        def tried() -> tuple[str, ...]:
            fault = try_report(content)
            return (_told_of(fault, title),) if fault else ()

        return self._once(REPORT_WORDS + title, hashlib.sha256(content).hexdigest(), tried)

    def _board_faults(self, text: str) -> tuple[str, ...]:
        if text == self.default_board():
            return ()
        fault = self._once(BOARD_WORDS, text, lambda: board_fault(text))
        return tuple(f"{BOARD_WORDS} {BOARD[1]} {each}改正之前用默认模板。" for each in fault)

    def _once(
        self, words: str, content: str, attempt: Callable[[], tuple[str, ...]]
    ) -> tuple[str, ...]:
        """Try a template once, until it is edited again."""
        key = (words, content)
        if key not in self._tried:
            self._tried = {known: it for known, it in self._tried.items() if known[0] != words}
            self._tried[key] = attempt()
        return self._tried[key]

    def _mail(self) -> Iterator[tuple[str, str, str]]:
        """Give name, text and fault of each; also of files of the office's own."""
        for name in self.default_mail():
            yield (name, *self._text(MAIL_WORDS, "mail", name))
        for name, text in self._own().items():
            yield name, text, ""

    def _own(self) -> Mapping[str, str]:
        """Files that an office put beside, to be included by its templates."""
        folder, ours = self.folder / "mail", {*self.default_mail(), _NOT_SENT}
        try:
            names = [entry.name for entry in sorted(folder.iterdir())]
        except OSError:
            return {}
        found = {
            name: self._found(MAIL_WORDS, "mail", name).content
            for name in names
            if name.endswith(_TEXTS) and name not in ours
        }
        return {
            name: text
            for name, content in found.items()
            if content is not None and (text := decode_text(content)) is not None
        }

    def _text(self, words: str, folder: str, name: str) -> tuple[str, str]:
        """Give the text that serves, and what is wrong with the workspace's."""
        found, serves = self._found(words, folder, name), self._default(folder, name).decode()
        if found.content is None:
            return serves, found.fault
        text = decode_text(found.content)
        if text is None:
            return serves, (
                f"{words} {name} 的文字编码认不出来，现用默认文字。"
                "请用记事本打开，另存为时编码选 UTF-8。"
            )
        if not text.strip():
            return serves, (
                f"{words} {name} 是空的，现用默认文字。"
                "请把文字补上；要一直用默认文字，请删去它再运行一次 init，会补上默认模板。"
            )
        return text, ""

    def _found(self, words: str, folder: str, name: str) -> Found:
        path = self.folder / folder / name
        try:
            seen = path.stat()
            mark = (seen.st_mtime_ns, seen.st_size, seen.st_ino, seen.st_ctime_ns)
            if path not in self._read or self._read[path][0] != mark:
                self._read[path] = (mark, _content(path, words))
            return self._read[path][1]
        except OSError as error:
            return _unreadable(error, path, words)

    def _default(self, folder: str, name: str) -> bytes:
        key = f"{folder}/{name}"
        if key not in self._defaults:
            entry: Traversable = default_templates() / folder / name
            self._defaults[key] = entry.read_bytes()
        return self._defaults[key]


def _told_of(fault: str, title: str) -> str:
    return f"{f'《{title}》的' if title else ''}{fault}改正之前用默认模板。"


def _content(path: Path, words: str) -> Found:
    if not path.is_file():
        return Found(
            None,
            f"{words} {path.name} 的位置上不是文件（是文件夹或别的东西），现用默认文字。"
            "请移走它，再运行一次 init，会补上默认模板。",
        )
    content = path.read_bytes()
    if not content:
        return Found(
            None,
            f"{words} {path.name} 是空的，现用默认文字。"
            "请把文字补上；要一直用默认文字，请删去它再运行一次 init，会补上默认模板。",
        )
    return Found(content)


def _unreadable(error: OSError, path: Path, words: str) -> Found:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        if path.name in NEWER:
            return Found(None)
        return Found(
            None,
            f"{words} {path.name} 不在模板文件夹里，现用默认文字。"
            "请再运行一次 init，会补上缺少的模板，别的不会改动。",
        )
    reason = TemporaryError.of(error, "", "").reason
    return Found(
        None, f"{words} {path.name} 打不开（{reason}），现用默认文字。请检查文件和文件夹的权限。"
    )
