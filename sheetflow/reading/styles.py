"""What cells bear besides their values, by their styles and their rich texts.

This module owns the way from a style's id to its font and number format, the sets that a scan
looks out for (`Marks`), and what each noted cell bears. A style or text that changes nothing of
what people read is in no set, so that its cells cost nothing. It refuses to look at cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from xml.parsers import expat

from sheetflow.errors import UnreadableError
from sheetflow.number_formats import may_mislead
from sheetflow.reading.calamine import clean_text
from sheetflow.reading.plain_xml import parse_xml
from sheetflow.reading.rich_text import RawRun, mark_of
from sheetflow.workbook import Address, Mark, Run

_MONTH = 'yyyy"年"m"月"'
_BUILT_IN: Mapping[int, str] = MappingProxyType(
    {
        9: "0%",
        10: "0.00%",
        17: "mmm-yy",
        **dict.fromkeys((27, 36, 50, 52, 57), _MONTH),
    }
)
"""Formats that a file names by number alone, where they may mislead; those of Chinese programs too."""


@dataclass(frozen=True, slots=True)
class Styles:
    """What is to be known of a workbook's cell styles, by the id that a cell names.

    `fonts` has the styles whose font is struck through, raised or lowered; `formats` those
    whose number format may show another figure than the cell holds.
    """

    fonts: Mapping[int, frozenset[Mark]] = field(default_factory=lambda: MappingProxyType({}))
    formats: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def marked(self) -> frozenset[int]:
        """The ids of all these styles."""
        return frozenset((*self.fonts, *self.formats))


def read_styles(part: bytes) -> Styles:
    """Read ``styles.xml``; raise UnreadableError (file-damaged) where it is broken."""
    walk = _Walk()
    try:
        parse_xml(walk.parser, part)
    except ValueError as error:
        raise UnreadableError("file-damaged") from error
    fonts = {}
    formats = {}
    for style, (font, code) in enumerate(walk.styles):
        if font < len(walk.fonts) and walk.fonts[font]:
            fonts[style] = frozenset(walk.fonts[font])
        format_code = walk.codes.get(code, _BUILT_IN.get(code, ""))
        if format_code and may_mislead(format_code):
            formats[style] = format_code
    return Styles(fonts, formats)


class _Walk:
    """One parse: the elements that it stands in, and what was found."""

    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.fonts: list[set[Mark]] = []
        self.styles: list[tuple[int, int]] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._path: list[str] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        place = self._path[1:]
        self._path.append(name)
        if place == ["numFmts"] and name == "numFmt":
            self.codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif place == ["fonts"] and name == "font":
            self.fonts.append(set())
        elif place == ["fonts", "font"] and (mark := mark_of(name, attributes)):
            self.fonts[-1].add(mark)
        elif place == ["cellXfs"] and name == "xf":
            font, code = (int(attributes.get(key, "0")) for key in ("fontId", "numFmtId"))
            self.styles.append((font, code))

    def _end(self, _name: str) -> None:
        self._path.pop()


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
    def are_named(self) -> bool:
        """Whether a pattern can look for them: few enough, and not what cells have that name none."""
        return 0 not in self.styles and len(self.styles) + len(self.texts) <= _MOST_NAMED


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
