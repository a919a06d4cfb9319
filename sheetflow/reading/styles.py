"""Tells which of a workbook's cell styles change what people read: by the set of their ids.

This module owns the way from a style's id to its font and its number format. A style that
says nothing of the kind is in neither map, so that its cells cost nothing. It refuses to
look at cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from xml.parsers import expat

from sheetflow.errors import UnreadableError
from sheetflow.number_formats import may_mislead
from sheetflow.reading.texts import mark_of
from sheetflow.workbook import Mark

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
        walk.parser.Parse(part, True)  # noqa: FBT003 - expat takes it by position only
    except (expat.ExpatError, ValueError) as error:
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
