"""Opens a zip container as an Office package: which kind, which sheets, which extras.

This module owns the map from sheet titles to parts, the defined names, and the
remarks on what is taken without being used (macros, links, objects). It refuses
to read cells.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from sheetflow.errors import UnreadableError
from sheetflow.reading.main_part import USUAL, find_main, put_in_place
from sheetflow.reading.plain_xml import plain_xml
from sheetflow.reading.zipped import read_parts

_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_WANTED = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|mimetype|meta-inf/manifest\.xml|content\.xml"
    r"|xl/[^/]+\.(?:xml|bin)|xl/_rels/workbook\.(?:xml|bin)\.rels"
    r"|xl/(?:worksheets|chartsheets|macrosheets|dialogsheets)/[^/]+\.(?:xml|bin)"
)
_SHEET_FOLDER = re.compile(r"xl/[^/]+sheets/")
_REMARKS = (
    ("remark-macros", re.compile(r"xl/vbaproject\.bin|xl/macrosheets/.+|basic/.+|scripts/.+")),
    ("remark-external-links", re.compile(r"xl/externallinks/.+")),
    ("remark-ole-objects", re.compile(r"xl/(?:embeddings|activex)/.+")),
)
_WORKBOOK_ENDINGS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".et")
_TABLES = ("sharedStrings", "styles")
_READ_ENDINGS = (".xml", ".rels", ".bin")
_RICH_PICTURES = "xl/richdata/richvaluerel.xml"


@dataclass(frozen=True, slots=True)
class Package:
    """A verified package. `parts` hold plain XML and, for .xlsb, binary parts.

    `sheets` maps a title to its part's name, in the workbook's order (.xlsx only).
    """

    kind: str
    parts: Mapping[str, bytes]
    remarks: tuple[str, ...]
    sheets: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    has_rich_pictures: bool = False

    def part(self, wanted: str) -> bytes | None:
        """Give a part by its name, however the package writes it; None where there is none."""
        names = (name for name in self.parts if name.casefold() == wanted.casefold())
        return self.parts.get(next(names, ""))


def open_package(data: bytes) -> Package:
    """Verify `data` and find its kind: xlsx, xlsb or ods; raise UnreadableError if none."""
    names, parts = read_parts(data, lambda name: _WANTED.fullmatch(name.casefold()) is not None)
    lower = {name.casefold(): name for name in names}
    main = find_main(parts)
    if main and main not in USUAL:
        _, every = read_parts(data, lambda name: name.casefold().endswith(_READ_ENDINGS))
        parts = put_in_place(every, main)
        lower = {**lower, **{name.casefold(): name for name in parts}}
    kind = "xlsb" if main.endswith(".bin") else _kind(lower, parts)
    parts = {
        name: plain_xml(content) if name.casefold().endswith((".xml", ".rels")) else content
        for name, content in parts.items()
    }
    remarks = tuple(
        code for code, pattern in _REMARKS if any(pattern.fullmatch(name) for name in lower)
    )
    if kind != "xlsx":
        return Package(kind, parts, remarks)
    outline = _Outline()
    outline.read(parts[lower["xl/workbook.xml"]])
    targets = _targets(parts, lower)
    sheets: dict[str, str] = {}
    for title, relation in outline.sheets:
        name = lower.get(targets.get(relation, "").casefold())
        if name is None or name not in parts or title in sheets:
            raise UnreadableError("file-damaged")
        sheets[title] = name
    known = {
        name: content
        for name, content in parts.items()
        if name in sheets.values() or not _SHEET_FOLDER.match(name.casefold())
    }
    rich = _RICH_PICTURES in lower
    return Package(kind, known, remarks, sheets, outline.names, has_rich_pictures=rich)


def _kind(lower: Mapping[str, str], parts: Mapping[str, bytes]) -> str:
    if "xl/workbook.xml" in lower:
        return "xlsx"
    if "xl/workbook.bin" in lower:
        return "xlsb"
    manifest = parts.get(lower.get("meta-inf/manifest.xml", ""), b"")
    if parts.get(lower.get("mimetype", ""), b"").startswith(_ODS_TYPE):
        if b"encryption-data" in manifest:
            raise UnreadableError("file-encrypted")
        if "content.xml" in lower:
            return "ods"
    if any(name.endswith(_WORKBOOK_ENDINGS) for name in lower):
        raise UnreadableError("file-archive")
    raise UnreadableError("file-not-workbook")


class _Outline:
    """The sheets with their relation ids, and the workbook-wide defined names."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.names: dict[str, str] = {}
        self._name = ""
        self._text: list[str] = []

    def read(self, part: bytes) -> None:
        """Read ``workbook.xml``; raise UnreadableError where it is broken."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        _parse(parser, part)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self._text.clear()
        if name == "sheet":
            relation = next((attributes[a] for a in attributes if a.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), relation))
        elif name == "definedName" and "localSheetId" not in attributes:
            self._name = attributes.get("name", "")

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "definedName" and self._name:
            self.names[self._name] = "".join(self._text)
            self._name = ""


def _targets(parts: Mapping[str, bytes], lower: Mapping[str, str]) -> dict[str, str]:
    """Map each relation id of the workbook to the part it names."""
    part = parts.get(lower.get("xl/_rels/workbook.xml.rels", ""))
    if part is None:
        raise UnreadableError("file-damaged")
    targets: dict[str, str] = {}
    known: set[str] = set()

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            key = attributes.get("Id", "")
            targets[key] = posixpath.normpath(path)
            kind = attributes.get("Type", "").rpartition("/")[2]
            # calamine takes these tables from their usual places, wherever the workbook has them.
            elsewhere = kind in _TABLES and targets[key].casefold() != f"xl/{kind}.xml".casefold()
            if elsewhere or key in known:
                raise UnreadableError("file-damaged")
            known.add(key)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    _parse(parser, part)
    return targets


def _parse(parser: expat.XMLParserType, part: bytes) -> None:
    try:
        parser.Parse(part, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        raise UnreadableError("file-damaged") from error
