"""What cells bear besides their values, by their styles and their rich texts.

This module owns the fonts and number formats of styles, the runs of shared texts, and the sets that
a scan looks out for (`Marks`): a style or text that changes nothing is in none, so that its cells
cost nothing. It refuses to look at cells, and to give texts themselves: those come from calamine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from xml.parsers import expat

from sheetflow.errors import UnreadableError
from sheetflow.number_formats import may_mislead
from sheetflow.reading.calamine import clean_text
from sheetflow.reading.plain_xml import parse_tree, parse_xml
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


RawRun = tuple[str, frozenset[Mark] | None]
"""A run's text and marks; None where it has no properties of its own: it looks like its cell."""
Texts = Mapping[int, tuple[RawRun, ...]]

_NO_STYLES = b"<styleSheet/>"
_MOST_NAMED = 500


@dataclass(frozen=True, slots=True)
class Styles:
    """What is to be known of a workbook's cell styles, by the id that a cell names.

    `fonts` has the styles whose font is struck through, raised or lowered; `formats` those
    whose number format may show another figure than the cell holds.
    """

    fonts: Mapping[int, frozenset[Mark]]
    formats: Mapping[int, str]


def read_styles(part: bytes) -> Styles:
    """Read ``styles.xml``, empty where there is none; raise UnreadableError (file-damaged) where it is broken."""
    root = parse_tree(part or _NO_STYLES)
    fonts: dict[int, frozenset[Mark]] = {}
    formats: dict[int, str] = {}
    try:
        codes = {
            int(each.attrib["numFmtId"]): each.get("formatCode", "")
            for each in root.iterfind("{*}numFmts/{*}numFmt")
        }
        marks = [
            frozenset(
                mark for each in font if (mark := mark_of(each.tag.rpartition("}")[2], each.attrib))
            )
            for font in root.iterfind("{*}fonts/{*}font")
        ]
        for style, each in enumerate(root.iterfind("{*}cellXfs/{*}xf")):
            font, code = (int(each.get(key, "0")) for key in ("fontId", "numFmtId"))
            if font < len(marks) and marks[font]:
                fonts[style] = marks[font]
            format_code = codes.get(code, _BUILT_IN.get(code, ""))
            if format_code and may_mislead(format_code):
                formats[style] = format_code
    except (KeyError, ValueError) as error:
        raise UnreadableError("file-damaged") from error
    return Styles(fonts, formats)


@dataclass(frozen=True, slots=True)
class Marks:
    """The style ids, and the numbers of shared texts, whose cells are to be noted."""

    styles: frozenset[int] = frozenset()
    texts: frozenset[int] = frozenset()

    @classmethod
    def of(cls, styles: Styles, texts: Texts) -> Marks:
        """Gather what is marked in a workbook."""
        marked = (number for number, runs in texts.items() if any(marks for _, marks in runs))
        return cls(frozenset((*styles.fonts, *styles.formats)), frozenset(marked))

    @property
    def are_named(self) -> bool:
        """Whether a pattern can look for them: few enough, and not what cells have that name none."""
        return 0 not in self.styles and len(self.styles) + len(self.texts) <= _MOST_NAMED


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class MarkedCell:
    """A noted cell: its style, the number of its shared text, or the runs in the cell itself."""

    style: int = 0
    text: int | None = None
    runs: tuple[RawRun, ...] = ()


@dataclass(frozen=True, slots=True)
class Borne:
    """What the noted cells of a sheet bear; see `RawSheet`."""

    struck: set[Address] = field(default_factory=set)
    runs: dict[Address, tuple[Run, ...]] = field(default_factory=dict)
    formats: dict[Address, str] = field(default_factory=dict)

    @classmethod
    def by(cls, cells: Mapping[Address, MarkedCell], styles: Styles, texts: Texts) -> Borne:
        """Tell what each noted cell bears. A run without properties of its own looks like its cell."""
        found = cls()
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
    """Give the runs of each shared text that has any, by its number; none of an empty `part`.

    Raise UnreadableError (file-damaged) for a table that is not well-formed or that holds
    anything but texts: another text would be read in the place of one of them.
    """
    if not part or _PLAIN_TABLE.fullmatch(part):
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
    """Takes the events of a parse within one text, by bare names, and gives its runs."""

    def __init__(self) -> None:
        self._runs: list[_OpenRun] = []
        self._aside = 0
        self._in_text = self._is_rich = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
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
        elif name == "t":
            self._in_text = False

    def take(self) -> tuple[RawRun, ...]:
        """Give the runs read so far, none of a text without any, and begin anew."""
        runs = self._runs if self._is_rich else []
        self._runs, self._is_rich = [], False
        return tuple(
            (run.text, None if run.marks is None else frozenset(run.marks)) for run in runs
        )


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
"""Where the elements of a text may stand; what is no text may stand anywhere but in one."""


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
        name = name.rpartition(":")[2]
        within = self._path[-1] if self._path else ""
        may_stand = within in _PARENTS[name] if name in _PARENTS else within not in ("", "t")
        if not may_stand or len(self._path) > _MOST_DEEP:
            raise UnreadableError("file-damaged")
        self._path.append(name)
        super().start(name, attributes)

    def end(self, _name: str) -> None:
        name = self._path.pop()
        super().end(name)
        if name == "si":
            if runs := self.take():
                self.rich[self._count] = runs
            self._count += 1
