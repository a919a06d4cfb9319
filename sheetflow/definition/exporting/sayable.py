"""What a row of a campaign workbook can say: cells are put one by one, and what cannot be said is noted.

Nothing is left out in silence: whoever takes the rows is refused, with all that they could not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sheetflow.definition.keys import derived_key
from sheetflow.definition.layout import Row, Typed
from sheetflow.definition.lines import shown, split_words
from sheetflow.definition.meanings import NO, YES, word_for
from sheetflow.errors import DeclarationError
from sheetflow.schemas.versioned import Versioned

T = TypeVar("T")
_MOST_TOLD = 20


@dataclass
class Unsaid:
    """All that the layout cannot say, each once, named as people would find it."""

    found: dict[str, None] = field(default_factory=dict)

    def add(self, where: str, what: str) -> None:
        """Note what cannot be said, and of what."""
        self.found[f"{where}：{what.removesuffix('。')}"] = None

    def refuse(self) -> None:
        """Raise DeclarationError where anything was noted."""
        if self.found:
            told = "；".join(list(self.found)[:_MOST_TOLD])
            more = f"；等{len(self.found)}处" if len(self.found) > _MOST_TOLD else ""
            raise DeclarationError(f"活动工作簿里写不下这些：{told}{more}。")


@dataclass
class Saying:
    """One row while it is made, of the thing called `where`; blank cells are left out."""

    where: str
    unsaid: Unsaid
    cells: dict[str, Typed] = field(default_factory=dict)

    @property
    def row(self) -> Row:
        """The row as it stands."""
        return self.cells

    def refuse(self, what: str) -> None:
        """Note what cannot be said of the thing."""
        self.unsaid.add(self.where, what)

    def put(self, key: str, value: Typed | None, default: Typed | None = None) -> None:
        """Put a number, or words as they come back when they are read, unless they are the default's."""
        if value == default or value is None:
            return
        if value == "":
            self.refuse(f"“{default}”写成空的，读回来不会是空的")
        elif isinstance(value, str) and shown(value) != value:
            self.refuse(f"“{value}”前后有空格或看不见的字")
        else:
            self.cells[key] = value

    def put_set_in(self, key: str, value: str) -> None:
        """Put a name that full-width spaces may set in."""
        if shown(value) != value.lstrip("\u3000"):
            self.refuse(f"“{value}”前后有空格或看不见的字")
        self.cells[key] = value

    def yes(self, key: str, value: bool, *, default: bool) -> None:  # noqa: FBT001 - it is the cell
        """Put 是 or 否."""
        if value is not default:
            self.cells[key] = YES if value else NO

    def word(self, key: str, words: Mapping[str, T], value: T, default: T) -> None:
        """Put the word for a value."""
        if value != default:
            self.cells[key] = word_for(words, value)

    def several(self, key: str, words: Iterable[str]) -> None:
        """Put words joined by 、, where each can be told from the next."""
        listed = tuple(words)
        joined = "、".join(listed)
        if split_words(joined) != listed:
            self.refuse(f"“{joined}”里的词自己带有“、”“，”一类的标点")
        elif joined:
            self.cells[key] = joined

    def code(self, code: str, first: str, key: str = "code") -> None:
        """Put a key that is not the one derived from the first name."""
        if code != derived_key(first):
            self.cells[key] = code

    def versions(self, declared: Versioned) -> None:
        """Put from which version on it stands, and from which it is gone."""
        self.put("since", declared.since, 1)
        self.put("until", None if declared.until is None else declared.until + 1)

    def attempt(self, key: str, write: Callable[[], str]) -> None:
        """Put what is printed from a declaration, or note why it cannot be."""
        try:
            self.cells[key] = write()
        except DeclarationError as error:
            self.refuse(str(error))
