"""What the marked cells of a sheet bear, from their styles and their texts.

This module owns the sets that a scan looks out for (`Marks`): style ids and numbers of
shared texts. Where both are empty no cell costs anything. It refuses to read XML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sheetflow.reading.cells import clean_text
from sheetflow.reading.styles import Styles
from sheetflow.reading.texts import RawRun
from sheetflow.workbook import Address, Mark, Run

Texts = Mapping[int, tuple[RawRun, ...]]


@dataclass(frozen=True, slots=True)
class Marks:
    """The style ids, and the numbers of shared texts, whose cells are to be noted."""

    styles: frozenset[int] = frozenset()
    texts: frozenset[int] = frozenset()

    @classmethod
    def of(cls, styles: Styles, texts: Texts) -> Marks:
        """Gather what is marked in a workbook."""
        marked = (number for number, runs in texts.items() if any(marks for _, marks in runs))
        return cls(styles.marked, frozenset(marked))

    @property
    def are_many(self) -> bool:
        """Whether there are more than a pattern could name."""
        return len(self.styles) + len(self.texts) > _MOST_NAMED


_MOST_NAMED = 500
NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class MarkedCell:
    """A noted cell: its style, the number of its shared text, or the runs in the cell itself."""

    style: int = 0
    text: int | None = None
    runs: tuple[RawRun, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the noted cells of a sheet bear; see `RawSheet`."""

    struck: set[Address] = field(default_factory=set)
    runs: dict[Address, tuple[Run, ...]] = field(default_factory=dict)
    formats: dict[Address, str] = field(default_factory=dict)


def resolve(cells: Mapping[Address, MarkedCell], styles: Styles, texts: Texts) -> Resolved:
    """Tell what each noted cell bears. A run without properties of its own looks like its cell."""
    found = Resolved()
    for address, cell in cells.items():
        own = styles.fonts.get(cell.style, frozenset[Mark]())
        if code := styles.formats.get(cell.style):
            found.formats[address] = code
        raw = cell.runs or texts.get(-1 if cell.text is None else cell.text, ())
        runs = [Run(clean_text(text), own if marks is None else marks) for text, marks in raw]
        seen = [run.marks for run in runs if run.text.strip()]
        whole = frozenset.intersection(*seen) if seen else own
        if Mark.STRUCK in whole:
            found.struck.add(address)
        if any(marks - whole for marks in seen):
            found.runs[address] = tuple(Run(run.text, run.marks - whole) for run in runs)
    return found
