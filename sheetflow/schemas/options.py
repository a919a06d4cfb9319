"""Lists of options: what a column offers, how its words are read, which came or went with a version.

It refuses to look at other cells, as `cells` does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

from sheetflow.lookalikes import fold
from sheetflow.schemas.cells import CellType, Json
from sheetflow.schemas.parsing import CellFault, Value, read_list, read_text
from sheetflow.schemas.versioned import LATER
from sheetflow.workbook import CellValue

_MOST_QUOTED = 20
_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Options(CellType):
    """A few words, of which `retired` ones are offered to nobody and read where they stand.

    `older` are pairs: how an option was written before, and the option that it is read as. `spans` tell
    of options that came or went (they stand among `options`, in the order of the list), from which
    version and up to which. `listed_as` is what the list is called where several columns share it.
    """

    options: tuple[str, ...]
    retired: tuple[str, ...] = ()
    older: tuple[tuple[str, str], ...] = field(default=(), metadata=LATER)
    spans: tuple[tuple[str, int, int | None], ...] = field(default=(), metadata=LATER)
    listed_as: str = field(default="", compare=False)

    @property
    def changes_words(self) -> bool:
        """Whether an option was called otherwise before."""
        return bool(self.older)

    def from_json(self, value: Json) -> Value:
        """Give the value that was kept; an option comes back as it is called today."""
        now = dict(self.older)
        if isinstance(value, str):
            return now.get(value, value)
        return tuple(now.get(word, word) for word in value) if isinstance(value, list) else None

    @property
    def known(self) -> tuple[str, ...]:
        """All options that are read."""
        return self.options + self.retired

    @property
    def listed(self) -> str:
        """The options offered, as a sentence lists them."""
        return "、".join(self.options)

    def spanning(self, versions: Collection[int]) -> Self:
        """Give the type as any of `versions` offers it; all that was ever offered is read all the same."""
        there = {
            option: any(since <= one and (until is None or one <= until) for one in versions)
            for option, since, until in self.spans
        }
        kept = tuple(one for one in self.known if there.get(one, one in self.options))
        left = tuple(one for one in self.known if one not in kept)
        return self if kept == self.options else replace(self, options=kept, retired=left)

    @property
    def at_first(self) -> Self:
        """The list as the first version had it, each option as it was written first."""
        if not (self.older or self.spans):
            return self
        since = {option: first for option, first, _ in self.spans}
        kept = [one for one in self.known if one in self.options or one in since]
        options = tuple(self.first_word(one) for one in kept if since.get(one, 1) == 1)
        retired = tuple(one for one in self.retired if one not in since)
        return replace(self, options=options, retired=retired, older=(), spans=())

    def first_word(self, option: str) -> str:
        """Give the word by which an option was called first."""
        return next((word for word, now in self.older if now == option), option)

    def gone_since(self, option: str, version: int) -> int:
        """Give the version from which `option` is offered no more, 0 where `version` still has it."""
        for name, _, until in self.spans:
            if name == option and until is not None and until < version:
                return until + 1
        return 0

    def pick(self, typed: Sequence[str]) -> tuple[str, ...]:
        """Give the options typed, each once, look-alikes and spaces aside; raise CellFault for others."""
        found = {text: text for text in typed if text in self.known}
        ways = (*((option, option) for option in self.known), *self.older)
        for text in typed:
            alike = (option for way, option in ways if fold(way) == fold(text))
            if text not in found and (option := next(alike, None)):
                found[text] = option
        if unknown := [text for text in dict.fromkeys(typed) if text not in found]:
            shown = "、".join(self.options[:_MOST_LISTED])
            unread = "”“".join(unknown)[:_MOST_QUOTED]
            raise CellFault("choice-unknown", typed=unread, options=shown)
        return tuple(dict.fromkeys(found[text] for text in typed))


@dataclass(frozen=True, slots=True)
class Choice(Options):
    """One of a few words; only spaces and what looks alike may differ."""

    wanted: ClassVar[str] = "从下拉列表选一项：{0.listed}"

    def parse(self, raw: CellValue) -> Value:
        """Read a cell that is not blank; raise CellFault where it is none of the words."""
        return self.pick((read_text(raw),))[0]


@dataclass(frozen=True, slots=True)
class Choices(Options):
    """Several of a few words, joined by 、."""

    wanted: ClassVar[str] = "可填多项，用“、”分开：{0.listed}"

    def parse(self, raw: CellValue) -> Value:
        """Read a cell that is not blank; raise CellFault for any other word in it."""
        return self.pick(read_list(raw)) or None
