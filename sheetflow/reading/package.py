"""Opens a zip container without trusting it, and as an Office package: its kind, sheets and extras.

ECMA-376 part 2: what a package is, its relationships say, not the names of its parts. This module
owns the limits and checks of the container, the way to the workbook wherever it lies, and the
remarks on what is taken without being used (macros, links, objects). It refuses to read cells.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

from sheetflow.errors import UnreadableError
from sheetflow.reading.plain_xml import parse_tree, plain_xml

MAX_PARTS = 2_000
MAX_PART_BYTES = 256 * 1024**2
MAX_TOTAL_BYTES = 400 * 1024**2

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED = 0x1

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
_WRITTEN = {"word/document.xml", "word/document2.xml"}
_ODT_TYPE = b"application/vnd.oasis.opendocument.text"
_LABELS = {"[content_types].xml", "_rels/.rels", "mimetype", "index/document.iwa"}
"""One of these stands in every package of an office program, and in no archive that people pack."""
_TABLES = ("sharedStrings", "styles")
_READ_ENDINGS = (".xml", ".rels", ".bin")
_RICH_PICTURES = "xl/richdata/richvaluerel.xml"

_USUAL = ("xl/workbook.xml", "xl/workbook.bin")
_TYPES, _RELATIONS = "[content_types].xml", "_rels/.rels"
_WORKBOOK_TYPES = ("spreadsheetml", "ms-excel")
_PLACES = {
    "worksheet": "worksheets/sheet{}",
    "chartsheet": "chartsheets/sheet{}",
    "dialogsheet": "dialogsheets/sheet{}",
    "macrosheet": "macrosheets/sheet{}",
    "xlMacrosheet": "macrosheets/sheet{}",
    "sharedStrings": "sharedStrings",
    "styles": "styles",
}
"""Where the parts that are read usually lie, below ``xl/``, by the end of their relation's type."""
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIPS = f'<Relationships xmlns="{_PACKAGE}/relationships">{{}}</Relationships>'
_TO_MAIN = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.{{}}"/>'
_CONTENT_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" '
    'ContentType="application/xml"/><Override PartName="/xl/workbook.{}" ContentType="'
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)


@dataclass(frozen=True, slots=True)
class Package:
    """A verified package. `parts` hold plain XML and, for .xlsb, binary parts.

    `sheets` maps a title to its part's name, in the workbook's order (.xlsx only); `names` are
    those defined for the whole workbook.
    """

    kind: str
    parts: Mapping[str, bytes]
    remarks: tuple[str, ...]
    sheets: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    has_rich_pictures: bool = False

    def part(self, wanted: str) -> bytes:
        """Give a part by its name, however the package writes it; nothing where there is none."""
        names = (name for name in self.parts if name.casefold() == wanted.casefold())
        return self.parts.get(next(names, ""), b"")


def open_package(data: bytes) -> Package:
    """Verify `data` and find its kind: xlsx, xlsb or ods; raise UnreadableError if none."""
    names, parts = read_parts(data, lambda name: _WANTED.fullmatch(name.casefold()) is not None)
    lower = {name.casefold(): name for name in names}
    main = _find_main(parts)
    if main and main not in _USUAL:
        _, every = read_parts(data, lambda name: name.casefold().endswith(_READ_ENDINGS))
        parts = _put_in_place(every, main)
        lower |= {name.casefold(): name for name in parts}
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
    outline = parse_tree(parts[lower["xl/workbook.xml"]])
    sheets = _sheets(outline, lower, parts)
    known = {
        name: content
        for name, content in parts.items()
        if name in sheets.values() or not _SHEET_FOLDER.match(name.casefold())
    }
    defined = {
        each.get("name", ""): each.text or ""
        for each in outline.iterfind(".//{*}definedName")
        if "localSheetId" not in each.attrib
    }
    return Package(kind, known, remarks, sheets, defined, _RICH_PICTURES in lower)


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
    if lower.keys() & _WRITTEN or parts.get(lower.get("mimetype", ""), b"").startswith(_ODT_TYPE):
        raise UnreadableError("file-document")
    if any(name.endswith(_WORKBOOK_ENDINGS) for name in lower) or not lower.keys() & _LABELS:
        raise UnreadableError("file-archive")
    raise UnreadableError("file-not-workbook")


def _sheets(
    outline: ET.Element, lower: Mapping[str, str], parts: Mapping[str, bytes]
) -> dict[str, str]:
    """Map each sheet's title to its part, in the workbook's order."""
    targets: dict[str, str] = {}
    relations = parts.get(lower.get("xl/_rels/workbook.xml.rels", ""))
    if relations is None:
        raise UnreadableError("file-damaged")
    for each in read_relations(relations, "xl"):
        kind = each.kind.rpartition("/")[2]
        # calamine takes these tables from their usual places, wherever the workbook has them.
        elsewhere = kind in _TABLES and each.target != f"xl/{kind}.xml".casefold()
        if elsewhere or each.relation_id in targets:
            raise UnreadableError("file-damaged")
        targets[each.relation_id] = each.target
    sheets: dict[str, str] = {}
    for sheet in outline.iterfind(".//{*}sheet"):
        relation = next((sheet.attrib[key] for key in sheet.attrib if key.endswith("}id")), "")
        title, name = sheet.get("name", ""), lower.get(targets.get(relation, ""))
        if name is None or name not in parts or title in sheets:
            raise UnreadableError("file-damaged")
        sheets[title] = name
    return sheets


class Relation(NamedTuple):
    """One relationship within the package: its id, the whole type, the part it names."""

    relation_id: str
    kind: str
    target: str


def read_relations(part: bytes, folder: str) -> Iterator[Relation]:
    """Read relationships to parts of the package; relative ones begin at `folder`."""
    for each in _elements(part, "Relationship"):
        if each.get("TargetMode") != "External":
            target = each.get("Target", "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            path = posixpath.normpath(path).lstrip("/").casefold()
            yield Relation(each.get("Id", ""), each.get("Type", ""), path)


def _find_main(parts: Mapping[str, bytes]) -> str:
    """Name the main part of a workbook, in small letters; empty where none is declared."""
    lower = {name.casefold(): content for name, content in parts.items()}
    try:
        relations = list(read_relations(lower.get(_RELATIONS, b""), ""))
        declared = [each.target for each in relations if each.kind.endswith("/officeDocument")]
        if declared[:1] and declared[0] in _USUAL:
            return declared[0]
        kinds = _content_types(lower.get(_TYPES, b""))
    except UnreadableError:
        return ""
    mains = {name for name, kind in kinds.items() if _is_workbook(kind)}
    for target in declared:
        if target in mains or _is_workbook(kinds.get(f"*.{target.rpartition('.')[2]}", "")):
            return target
    named = sorted(name for name in mains if not name.startswith("*"))
    return named[0] if len(named) == 1 and not declared else ""


def _content_types(part: bytes) -> dict[str, str]:
    """Map each part to its content type; ``*.xml`` stands for all others with that ending."""
    kinds = {
        f"*.{each.get('Extension', '').casefold()}": each.get("ContentType", "")
        for each in _elements(part, "Default")
    }
    for each in _elements(part, "Override"):
        name = each.get("PartName", "").lstrip("/").casefold()
        kinds[name] = each.get("ContentType", "")
    return kinds


def _is_workbook(kind: str) -> bool:
    lowered = kind.casefold()
    return any(each in lowered for each in _WORKBOOK_TYPES) and ".main" in lowered


def _elements(part: bytes, name: str) -> Iterator[ET.Element]:
    """Give the elements called `name` of a part that may be missing."""
    return parse_tree(plain_xml(part)).iterfind(f".//{{*}}{name}") if part else iter(())


def _put_in_place(parts: Mapping[str, bytes], main: str) -> dict[str, bytes]:
    """Give the parts with the workbook and all it reads where they usually lie."""
    lower = {name.casefold(): content for name, content in parts.items()}
    folder, name = posixpath.split(main)
    ending = "bin" if main.endswith(".bin") else "xml"
    relations = lower.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    if main not in lower or relations is None:
        raise UnreadableError("file-damaged")
    found: dict[str, bytes] = {f"xl/workbook.{ending}": lower[main]}
    lines = []
    for number, each in enumerate(read_relations(relations, folder), start=1):
        place = _PLACES.get(each.kind.rpartition("/")[2])
        if place is None or each.target not in lower:
            continue
        target = f"{place.format(number)}.{ending}"
        found[f"xl/{target}"] = lower[each.target]
        values = (quoteattr(each.relation_id), quoteattr(each.kind), quoteattr(target))
        lines.append("<Relationship Id={} Type={} Target={}/>".format(*values))
    found[f"xl/_rels/workbook.{ending}.rels"] = _RELATIONSHIPS.format("".join(lines)).encode()
    found["_rels/.rels"] = _RELATIONSHIPS.format(_TO_MAIN.format(ending)).encode()
    found["[Content_Types].xml"] = _CONTENT_TYPES.format(ending).encode()
    return found


def read_parts(
    data: bytes, wanted: Callable[[str], bool]
) -> tuple[frozenset[str], dict[str, bytes]]:
    """Verify every part of the container and return all names, and the wanted parts inflated.

    Names use ``/`` (some programs write backslashes). Raise UnreadableError: file-damaged,
    file-too-large, file-hostile or file-archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            end_of_parts = archive.start_dir
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        ValueError,
        OverflowError,
        EOFError,
        struct.error,
    ) as error:
        raise UnreadableError("file-damaged") from error
    sizes = [member.file_size for member in members]
    if (
        len(sizes) > MAX_PARTS
        or sum(sizes) > MAX_TOTAL_BYTES
        or max(sizes, default=0) > MAX_PART_BYTES
    ):
        raise UnreadableError("file-too-large")
    names = [_safe_name(member.filename) for member in members]
    if len({name.casefold() for name in names}) < len(names):
        raise UnreadableError("file-hostile")
    starts = _check_layout(data, members, end_of_parts)
    kept: dict[str, bytes] = {}
    for name, member, start in zip(names, members, starts, strict=True):
        content = _inflated(data, member, start)
        if wanted(name):
            kept[name] = content
    return frozenset(names), kept


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Put verified parts into a plain container, uncompressed, for the parser to read.

    The parser then sees exactly what was checked, whatever tricks the original played.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def _safe_name(name: str) -> str:
    name = name.replace("\\", "/")
    if name.startswith("/") or ":" in name or "\x00" in name or ".." in name.split("/"):
        raise UnreadableError("file-hostile")
    return name


def _check_layout(data: bytes, members: list[zipfile.ZipInfo], end_of_parts: int) -> list[int]:
    """Return where each member's bytes start; refuse members that share bytes."""
    starts: list[int] = []
    spans: list[tuple[int, int]] = []
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise UnreadableError("file-archive")  # no office program locks a part by itself
        try:
            magic, name_size, extra_size = _LOCAL_HEADER.unpack_from(data, member.header_offset)
        except struct.error as error:
            raise UnreadableError("file-damaged") from error
        if magic != b"PK\x03\x04":
            raise UnreadableError("file-damaged")
        start = member.header_offset + _LOCAL_HEADER.size + name_size + extra_size
        starts.append(start)
        spans.append((member.header_offset, start + member.compress_size))
    spans.sort()
    limits = [following for following, _ in spans[1:]] + [end_of_parts]
    if any(end > limit for (_, end), limit in zip(spans, limits, strict=bool(spans))):
        raise UnreadableError("file-hostile")
    return starts


def _inflated(data: bytes, member: zipfile.ZipInfo, start: int) -> bytes:
    packed = memoryview(data)[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        content = bytes(packed)
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflater.decompress(packed, member.file_size + 1)
        except zlib.error as error:
            raise UnreadableError("file-damaged") from error
        if len(content) > member.file_size:
            raise UnreadableError("file-hostile")
    else:
        raise UnreadableError("file-damaged")
    if len(content) != member.file_size or zlib.crc32(content) != member.CRC:
        raise UnreadableError("file-damaged")
    return content
