"""Reads rich texts: the runs of the table of shared strings, and of texts in their cells.

This module owns two things: that the table is sound (calamine reads a broken one as other
texts, without a word), and which texts are made of runs that look different. It refuses to
give the texts themselves; those come from calamine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from xml.parsers import expat

from sheetflow.errors import UnreadableError
from sheetflow.reading.plain_xml import parse_xml
from sheetflow.workbook import Mark

RawRun = tuple[str, frozenset[Mark] | None]
"""A run's text and marks; None where it has no properties of its own: it looks like its cell."""

_TEXT = (
    rb"[^<&\x00-\x08\x0b\x0c\x0e-\x1f]*+"
    rb"(?:&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});"
    rb"[^<&\x00-\x08\x0b\x0c\x0e-\x1f]*+)*+"
)
_PLAIN_TABLE = re.compile(
    rb'\s*<sst(?: [A-Za-z][\w:.]*+="[^"<>&]*+")*+>\s*'
    rb'(?:<si>(?:<t(?: xml:space="preserve")?+>' + _TEXT + rb"</t>|<t/>)</si>\s*+)*+</sst>\s*"
)
_MOST_DEEP = 64


def read_texts(part: bytes) -> Mapping[int, tuple[RawRun, ...]]:
    """Give the runs of each shared text that has any, by its number.

    Raise UnreadableError (file-damaged) for a table that is not well-formed or that holds
    anything but texts: another text would be read in the place of one of them.
    """
    if _PLAIN_TABLE.fullmatch(part):
        return {}
    table = _Table()
    parse_xml(table.parser, part)
    return table.rich


def mark_of(name: str, attributes: Mapping[str, str]) -> Mark | None:
    """Tell the mark that an element of a font sets, None where it sets none."""
    value = attributes.get("val")
    if name == "strike":
        return Mark.STRUCK if value in (None, "1", "true", "on") else None
    if name == "vertAlign":
        return {"superscript": Mark.RAISED, "subscript": Mark.LOWERED}.get(value or "")
    return None


@dataclass(slots=True)
class _OpenRun:
    text: str = ""
    marks: set[Mark] | None = None


class RunReader:
    """Takes the events of a parse within one text, and gives its runs."""

    def __init__(self) -> None:
        self._runs: list[_OpenRun] = []
        self._aside = 0
        self._in_text = self._is_rich = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        name = name.rpartition(":")[2]
        if name == "rPh" or self._aside:
            self._aside += 1  # how a text is pronounced, beside it
        elif name == "r":
            self._is_rich = True
            self._runs.append(_OpenRun())
        elif name == "t":
            self._in_text = True
            self._runs = self._runs or [_OpenRun()]
        elif self._runs and name == "rPr":
            self._runs[-1].marks = set()
        elif mark := mark_of(name, attributes):
            marks = self._runs[-1].marks if self._runs else None
            if marks is not None:
                marks.add(mark)

    def add(self, text: str) -> None:
        """Take some characters."""
        if self._in_text and not self._aside:
            self._runs[-1].text += text

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if self._aside:
            self._aside -= 1
        elif name.rpartition(":")[2] == "t":
            self._in_text = False

    def take(self) -> tuple[RawRun, ...]:
        """Give the runs read so far, none of a text without any, and begin anew."""
        runs, is_rich = self._runs, self._is_rich
        self._runs, self._is_rich = [], False
        if not is_rich:
            return ()
        return tuple(
            (run.text, None if run.marks is None else frozenset(run.marks)) for run in runs
        )


class _Table(RunReader):
    """One parse of the table, which refuses elements where none of their kind may stand."""

    def __init__(self) -> None:
        super().__init__()
        self.rich: dict[int, tuple[RawRun, ...]] = {}
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.add
        self._path: list[str] = []
        self._count = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        bare = name.rpartition(":")[2]
        within = self._path[-1] if self._path else ""
        if not _may_stand(bare, within) or len(self._path) > _MOST_DEEP:
            raise UnreadableError("file-damaged")
        self._path.append(bare)
        super().start(name, attributes)

    def end(self, name: str) -> None:
        super().end(name)
        if self._path.pop() == "si":
            if runs := self.take():
                self.rich[self._count] = runs
            self._count += 1


_PARENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sst": ("",),
        "si": ("sst",),
        "r": ("si",),
        "rPr": ("r",),
        "rPh": ("si",),
        "t": ("si", "r", "rPh"),
    }
)


def _may_stand(name: str, within: str) -> bool:
    """Whether an element may stand within another; whatever is not text may stand anywhere."""
    if name in _PARENTS:
        return within in _PARENTS[name]
    return within not in ("", "t")
