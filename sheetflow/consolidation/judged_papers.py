"""Judged papers as plain values: what a paper's document says, who wrote it, what it was awarded.

The text of a paper is read in `reading.paper_text` and written in `reporting`; between the two it is
these values. This module owns them, their order, and the words for what could not be taken over. It
refuses to look into files.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

PDF_FAULT = "PDF，正文未收入论文集，见原件"
NO_FILE_FAULT = "没有收到论文文件，正文未收入"
_NO_TEXT_FAULT = "文档里没有文字，正文未收入，见原件"
COMMENT, STRUCK_OUT, HIDDEN = "批注", "修订中删除的文字", "隐藏文字"
CONTENTS_LIST, RUNNING = "原文目录", "页眉页脚文字"
_NO_GAP = frozenset({COMMENT, STRUCK_OUT, HIDDEN, CONTENTS_LIST, RUNNING})
"""What leaves no gap in the text that a reader should know of."""
_FAULTS = {
    "word-none": "不是Word文档（.docx），正文未收入，见原件",
    "word-old": "是旧格式文档（.doc），正文未收入，见原件；请另存为.docx后重新报送",
    "word-workbook": "是工作簿，不是论文正文，未收入，见原件",
    "word-macros": "文档带有宏，正文未收入，见原件",
    "file-too-large": "文档过大，正文未收入，见原件",
    "file-outgrew-memory": "文档过大，正文未收入，见原件",
    "file-timeout": "文档过大，正文未收入，见原件",
    "file-sealed": "文档已被加密软件加密，正文未收入，见原件",
    "file-picture": "是图片或PDF，正文未收入，见原件",
}
_DAMAGED = "文档已损坏，无法读出，正文未收入，见原件"
_AFTER_THEM = 1_000_000
"""A place after every rank."""


@dataclass(frozen=True, slots=True)
class TextParagraph:
    """One paragraph: its text with the number that Word shows before it, and its outline level.

    `level` is 1 to 9 for a heading, 0 for text. Line breaks are line feeds.
    """

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class TextCell:
    """One cell of a table: its text, how many columns and rows it reaches over.

    `down` is 0 where a cell above reaches over it.
    """

    text: str = ""
    across: int = 1
    down: int = 1


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table on a grid of `widths` (to each other); every row's cells fill it.

    The first `headers` rows come again on every page.
    """

    rows: tuple[tuple[TextCell, ...], ...]
    widths: tuple[int, ...]
    headers: int = 0


@dataclass(frozen=True, slots=True)
class PaperText:
    """What a document says, in order, and what of it could not be taken over: its name and how many.

    `fault` is why there is no text at all, in words.
    """

    contents: tuple[TextParagraph | TextTable, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    fault: str = ""

    @property
    def missing(self) -> str:
        """What is not here, in words: 图片2处、脚注1处; empty where all is here."""
        return _listed(self.left_out) if self.contents else self.fault or _NO_TEXT_FAULT

    @property
    def gaps(self) -> str:
        """What a reader of the text misses, in words."""
        return _listed(each for each in self.left_out if leaves_gap(each[0]))


def _listed(things: Iterable[tuple[str, int]]) -> str:
    return "、".join(f"{name}{count}处" for name, count in things)


def leaves_gap(name: str) -> bool:
    """Whether what is called so, where it is left out, leaves a gap in the text."""
    return name not in _NO_GAP


def unread(reason: str) -> PaperText:
    """Give what stands for a document that could not be read, by the code that says why."""
    return PaperText(fault=_FAULTS.get(reason, _DAMAGED))


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPaper:
    """One paper as it is judged and printed.

    `number` is the one that judges know it by (N001). `authors` are the names, `unit` is whose it is as
    printed, `names` are all names by which a reader would know that unit: its own and those of the ones
    above it but the judging one's. `rank` is None where it has none yet, `award` the grade (empty: none).
    `file_name` is what its unit called the file; `text` what that says.
    """

    number: str
    title: str
    authors: tuple[str, ...] = ()
    unit: str = ""
    names: tuple[str, ...] = ()
    rank: int | None = None
    award: str = ""
    file_name: str = ""
    text: PaperText = field(default_factory=lambda: PaperText(fault=NO_FILE_FAULT))

    @property
    def byline(self) -> str:
        """Who wrote it and where: 王芳　李敏（历城区妇联）."""
        unit = f"（{self.unit}）" if self.unit and self.authors else self.unit
        return "　".join(self.authors) + unit


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPapers:
    """What papers, zip and lists are made of.

    `title` is the event's, as papers begin with it (…优秀调研报告); `grades` are the awards, the best
    first, `quotas` how many each may be. `judges` is how many judged. `is_proposal`: the awards are not
    decided yet. `issuer` and `day` stand below; `stamp` (aware) is when the newest of it came; `fonts`
    maps a font of the standard to the one to use.
    """

    title: str
    papers: tuple[JudgedPaper, ...]
    stamp: dt.datetime
    grades: tuple[str, ...] = ()
    quotas: tuple[int | None, ...] = ()
    judges: int = 0
    is_proposal: bool = False
    issuer: str = ""
    day: dt.date | None = None
    fonts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def ranked(self) -> tuple[JudgedPaper, ...]:
        """The papers by rank, those without one last, by number."""
        return tuple(sorted(self.papers, key=lambda each: (_place(each.rank), each.number)))

    def by_grade(self) -> Iterator[tuple[str, tuple[JudgedPaper, ...]]]:
        """Give each grade with its papers by rank, the best first; at last, under "", all without one."""
        for grade in (*self.grades, ""):
            found = tuple(
                each
                for each in self.ranked
                if each.award == grade or (not grade and each.award not in self.grades)
            )
            if found:
                yield grade, found

    def is_tied(self, paper: JudgedPaper) -> bool:
        """Whether another paper has the same rank."""
        return paper.rank is not None and sum(each.rank == paper.rank for each in self.papers) > 1


def _place(rank: int | None) -> int:
    return _AFTER_THEM if rank is None else rank


_PARTING = re.compile(r"[、，,;；/\n\t]+")
_ASIDE = re.compile(r"[（(][^（）()]*[）)]")
_AND_OTHERS = re.compile(r"等[一二三四五六七八九十\d]*人?$")


def names_in(cell: str) -> tuple[str, ...]:
    """Give the names in a cell of authors: 王　芳、李敏（执笔） are 王芳 and 李敏."""
    names: dict[str, None] = {}
    for part in _PARTING.split(_ASIDE.sub(" ", cell)):
        words = iter(_AND_OTHERS.sub("", part.strip()).split())
        for word in words:
            # A surname that stands apart from its name, to fill the room of three characters.
            names[word + next(words, "") if len(word) == 1 else word] = None
    return tuple(names)
