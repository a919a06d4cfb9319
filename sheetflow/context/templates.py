"""The templates that offices edit: read as they were saved, and replaced while in trouble.

This module owns which text serves: the workspace's where it can be read, else the default,
and the sentence that says so as long as it lasts (promise 14). It refuses to render; whether
an edited one can be filled is tried on samples, only where it differs from the default.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sheetflow.config.units_file import decode_text
from sheetflow.config.workspace import default_templates
from sheetflow.errors import TemporaryError

_TEXTS = (".txt", ".html")
_NOT_SENT = "README.txt"
NEWER = frozenset(
    {
        "administrator.txt",
        "query.txt",
        "reviewed.txt",
        "contact.txt",
        "deadline.txt",
        "digest.txt",
        "filed.txt",
        "gathered.txt",
        "issued.txt",
        "leave.txt",
        "undone.txt",
        "报送进度.html",
    }
)
"""What came after the first version: that an older workspace has no such file is no trouble."""
SHORT, NOTHING, ANNEX = "简版", "尚无上报", "内部附件"
OTHER_REPORTS = (SHORT, NOTHING, ANNEX)
"""Templates beside the report's own: a short one, what is said where nobody reported, what is for the
office itself. The last two are for all forms."""
BOARD, REPORT = ("board", "上报情况.html"), ("report", "情况报告.docx")
PROGRESS = ("board", "报送进度.html")
PAGES = (BOARD, PROGRESS)
MAIL_WORDS, BOARD_WORDS, REPORT_WORDS = "邮件模板", "网页模板", "情况报告模板"
_WORDS = {"mail": MAIL_WORDS, "board": BOARD_WORDS, "report": REPORT_WORDS}
"""What people call a template, by its folder."""
_UNTIL_MENDED = "改正之前用默认模板。"
_LOST = (
    "情况报告模板是和活动工作簿一起启用的，现在不在了或者已经损坏。请从备份取回 state/campaigns。"
)
_EMPTY = "是空的，现用默认文字。请把文字补上；要一直用默认文字，请删去它再运行一次 init，会补上默认模板。"

TryMail = Callable[[Mapping[str, str]], tuple[str, ...]]
"""Fills the mail templates, by file name, with samples: a sentence for each one that fails."""


def report_place(title: str) -> tuple[str, str]:
    """Say where a form's Word template lies; the main form's `title` is empty."""
    folder, name = REPORT
    return (folder, name.replace(".docx", f"_{title}.docx")) if title else REPORT


def brought_reports() -> frozenset[str]:
    """Name the Word templates that the program brings along."""
    return _of_folder(REPORT[0], ".docx")


def _newer_reports() -> frozenset[str]:
    """Name those that came after the first version."""
    return brought_reports() - {REPORT[1]}


@dataclass(frozen=True, slots=True)
class Serving:
    """The template that serves: its bytes; `digest` is of what lies in the workspace (empty: nothing).

    `is_instead`: it is the default one, since the workspace's cannot be used; `fault` says why.
    """

    content: bytes
    digest: str
    is_instead: bool = False
    fault: str = ""

    @property
    def text(self) -> str:
        """The template as text."""
        return self.content.decode()


@dataclass
class Templates:
    """The templates below `folder`; an edited one is tried again only when it has changed.

    `kept` are the Word templates that came with a campaign workbook, by the title of their form (the main
    one's is empty): these serve, whatever lies in the folder. `brings_report`: those that the program brings
    along are the main form's; else they are another campaign's, and a plain one serves.
    """

    folder: Path
    kept: Mapping[str, bytes] = field(default_factory=dict)
    brings_report: bool = True
    lost: frozenset[str] = frozenset()
    """Forms whose own template is kept no more, or is damaged."""
    _tried: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def mail(self) -> dict[str, str]:
        """Give the mail templates by file name; one that cannot be read is the default one."""
        return {name: text for name, text, _ in self._mail()}

    def page(self, place: tuple[str, str]) -> Serving:
        """Give one of `PAGES`, the default one where the workspace's cannot be used."""
        text, fault = self._text(*place)
        is_instead = bool(fault or self._page_faults(place, text))
        serves = self.default_page(place) if is_instead else text
        return Serving(serves.encode(), self.digest(*place), is_instead)

    def report(self, title: str = "") -> Serving:
        """Give the Word template of another form called `title`, or of the main one.

        Where nothing can be read there it is the default one.
        """
        if title in self.kept:
            return Serving(self.kept[title], self.report_digest(title))
        content, fault = self._read(*report_place(title))
        serves = self.default_report(title) if content is None else content
        is_instead = content is None and bool(fault)
        return Serving(serves, self.report_digest(title), is_instead, fault if is_instead else "")

    def report_digest(self, title: str = "") -> str:
        """Give the digest of the Word template that `report` gives."""
        if title in self.kept:
            return hashlib.sha256(self.kept[title]).hexdigest()
        return self.digest(*report_place(title))

    @staticmethod
    def default_mail() -> dict[str, str]:
        """Give the mail templates that the program brings along."""
        return {name: _default("mail", name).decode() for name in _default_mails()}

    @staticmethod
    def default_page(place: tuple[str, str]) -> str:
        """Give one of `PAGES` as the program brings it along."""
        return _default(*place).decode()

    def default_report(self, title: str = "") -> bytes:
        """Give the Word template that the program brings along.

        One that it does not bring, made from the form's declaration, goes as empty bytes.
        """
        place = report_place(title)
        is_brought = place[1] in brought_reports() and not self._is_anothers(place[1])
        return _default(*place) if is_brought else b""

    def _is_anothers(self, name: str) -> bool:
        """Whether a form's template of that name is none of ours: a plain one serves where it is missing."""
        of_all = {report_place(title)[1] for title in (NOTHING, ANNEX)}
        stem = REPORT[1].removesuffix(".docx")
        return not self.brings_report and name.startswith(stem) and name not in of_all

    def lie_of_another(self) -> Iterator[Path]:
        """Give where Word templates lie that came with the program for another campaign."""
        folder = REPORT[0]
        for name in sorted(filter(self._is_anothers, brought_reports())):
            path = self.folder / folder / name
            if path.is_file() and path.read_bytes() == _default(folder, name):
                yield path

    def short_report(self, title: str = "") -> str:
        """Give what the short template is called; without one the full one serves."""
        short = f"{title}_{SHORT}" if title else SHORT
        is_brought = not title and self.brings_report
        is_there = is_brought or (self.folder / "/".join(report_place(short))).is_file()
        return short if is_there else title

    def digest(self, folder: str, name: str) -> str:
        """Give the digest of what lies in the workspace, empty where it cannot be read."""
        content, _ = self._read(folder, name)
        return "" if content is None else hashlib.sha256(content).hexdigest()

    def learn(self, template: Serving, fault: str, title: str = "") -> None:
        """Keep that a Word template could not be filled, though a sample may have gone well."""
        if not template.is_instead:
            self._tried[REPORT_WORDS + title, template.digest] = (_of_report(fault, title),)

    def mail_faults(self, try_mail: TryMail) -> tuple[str, ...]:
        """Give a sentence for each mail template in trouble."""
        read = list(self._mail())
        texts = {name: text for name, text, _ in read}
        tried: tuple[str, ...] = ()
        if self.default_mail().items() - texts.items():
            content = repr(sorted(texts.items()))
            tried = self._once(MAIL_WORDS, content, lambda: try_mail(texts))
        return (
            *(fault for _, _, fault in read if fault),
            *(f"{fault}改正之前用默认文字。" for fault in tried),
        )

    def newer(self) -> tuple[str, ...]:
        """Name the templates that an older workspace has not got; the default ones serve."""
        places = {name: folder for folder, name in PAGES}
        return tuple(
            sorted(n for n in NEWER if not (self.folder / places.get(n, "mail") / n).exists())
        )

    def page_faults(self, place: tuple[str, str]) -> tuple[str, ...]:
        """Give a sentence where one of `PAGES` is in trouble."""
        text, fault = self._text(*place)
        return (fault,) if fault else self._page_faults(place, text)

    def report_faults(self, try_report: Callable[[bytes], str], title: str = "") -> tuple[str, ...]:
        """Give a sentence where a form's Word template is in trouble."""
        if title in self.lost:
            return (_of_report(_LOST, title),)
        content, fault = self.kept.get(title), ""
        if content is None:
            content, fault = self._read(*report_place(title))
        if content is None:
            return (fault,) if fault else ()
        if content == self.default_report(title):
            return ()

        def tried() -> tuple[str, ...]:
            fault = try_report(content)
            return (_of_report(fault, title),) if fault else ()

        return self._once(REPORT_WORDS + title, hashlib.sha256(content).hexdigest(), tried)

    def _page_faults(self, place: tuple[str, str], text: str) -> tuple[str, ...]:
        if text == self.default_page(place):
            return ()
        from sheetflow.writing.board_page import board_fault
        from sheetflow.writing.progress_page import progress_fault

        attempt = board_fault if place == BOARD else progress_fault
        fault = self._once(BOARD_WORDS + place[1], text, lambda: attempt(text))
        return tuple(f"{BOARD_WORDS} {place[1]} {each}{_UNTIL_MENDED}" for each in fault)

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
        """Give name, text and fault of each; also of files of the office's own, to be included."""
        for name in _default_mails():
            yield (name, *self._text("mail", name))
        try:
            names = sorted(entry.name for entry in (self.folder / "mail").iterdir())
        except OSError:
            return
        for name in names:
            if name.endswith(_TEXTS) and name not in (*_default_mails(), _NOT_SENT):
                content, _ = self._read("mail", name)
                text = decode_text(content) if content else None
                if text is not None:
                    yield name, text, ""

    def _text(self, folder: str, name: str) -> tuple[str, str]:
        """Give the text that serves, and what is wrong with the workspace's."""
        content, fault = self._read(folder, name)
        text = None if content is None else decode_text(content)
        if text is not None and text.strip():
            return text, ""
        if text is not None:
            fault = f"{_WORDS[folder]} {name} {_EMPTY}"
        elif content is not None:
            fault = (
                f"{_WORDS[folder]} {name} 的文字编码认不出来，现用默认文字。"
                "请用记事本打开，另存为时编码选 UTF-8。"
            )
        return _default(folder, name).decode(), fault

    def _read(self, folder: str, name: str) -> tuple[bytes | None, str]:
        """Give the bytes of a template, None where they cannot serve; and a sentence that says why."""
        path, words = self.folder / folder / name, _WORDS[folder]
        try:
            path.stat()
            if not path.is_file():
                return None, (
                    f"{words} {name} 的位置上不是文件（是文件夹或别的东西），现用默认文字。"
                    "请移走它，再运行一次 init，会补上默认模板。"
                )
            content = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            if name in NEWER or name in _newer_reports() or self._is_anothers(name):
                return None, ""
            return None, (
                f"{words} {name} 不在模板文件夹里，现用默认文字。"
                "请再运行一次 init，会补上缺少的模板，别的不会改动。"
            )
        except OSError as error:
            reason = TemporaryError.of(error, "", "").reason
            return (
                None,
                f"{words} {name} 打不开（{reason}），现用默认文字。请检查文件和文件夹的权限。",
            )
        brought = brought_reports()
        if self._is_anothers(name) and name in brought and content == _default(folder, name):
            return None, ""  # laid when the workspace had another campaign
        return (content, "") if content else (None, f"{words} {name} {_EMPTY}")


@cache
def _default(folder: str, name: str) -> bytes:
    return (default_templates() / folder / name).read_bytes()


@cache
def _of_folder(folder: str, ending: str) -> frozenset[str]:
    names = (entry.name for entry in (default_templates() / folder).iterdir())
    return frozenset(n for n in names if n.endswith(ending) and not n.startswith((".", "~$")))


@cache
def _default_mails() -> tuple[str, ...]:
    names = (entry.name for entry in (default_templates() / "mail").iterdir())
    return tuple(name for name in names if name.endswith(_TEXTS) and name != _NOT_SENT)


def _of_report(fault: str, title: str) -> str:
    named = f"《{title}》的" if title else ""
    return f"{named}{fault}{_UNTIL_MENDED}"
