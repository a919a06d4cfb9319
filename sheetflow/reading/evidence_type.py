"""Tells what a file that comes beside a workbook is, by what is in it, and what is wrong with it.

The same gate as for workbooks (`reading.package`) stands before zip containers. Macros and embedded
objects are refused, links to outside are not: nothing follows them here. A chart's own figures are no
object. It refuses to judge by the name alone and to give anything of the contents.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sheetflow.errors import UnreadableError
from sheetflow.reading.file_type import is_ole
from sheetflow.reading.package import Relation, read_parts, read_relations
from sheetflow.reading.plain_xml import parse_tree, plain_xml
from sheetflow.reading.word_text import is_whole_pdf
from sheetflow.schemas.evidence import DAMAGED, LOCKED, MACROS, NOT_TYPE, ending_of

_MAINS: Mapping[str, str] = MappingProxyType(
    {
        "wordprocessingml.document.main+xml": ".docx",
        "ms-word.document.macroenabled.main+xml": ".docx",
        "spreadsheetml.sheet.main+xml": ".xlsx",
        "ms-excel.sheet.macroenabled.main+xml": ".xlsx",
    }
)
"""What the content type of the main part says: with macros it is the same kind, and a fault."""
_ALIKE: Mapping[str, str] = MappingProxyType({".jpeg": ".jpg", ".docm": ".docx", ".xlsm": ".xlsx"})
_ACTIVE = re.compile(
    r"(?:.*/)?(?:vbaproject[^/]*\.bin|vbadata\.xml|oleobject[^/]*)|(?:.*/)?(?:activex|macrosheets)/.+"
)
_EMBEDDED = re.compile(r"(?:.*/)?embeddings/.+")
_OBJECTS = ("/oleObject", "/control", "/vbaProject", "/package")
_CHARTS = re.compile(r"(?:.*/)?charts/_rels/[^/]+")
_BROKEN = frozenset({"file-damaged", "file-empty", "file-hostile", "file-too-large"})
_PDF, _PNG, _JPEG = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_FILL, _SCAN = b"\xff", b"\xda"
_EDGE = 4096
_LOCK = re.compile(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R\b)")
_TRAILER = re.compile(rb"\btrailer\s*<<(.*?)startxref", re.DOTALL)
_CROSS_REFERENCES = re.compile(rb"/Type\s*/XRef\b")
_CHUNK = struct.Struct(">I4s")
_ENCRYPTED = frozenset({"encryptedpackage", "encryptioninfo"})

Look = tuple[str, str, str]
"""The kind as an ending, the code of what is wrong, the code of what is only told; each may be empty."""


def look_at(data: bytes, name: str) -> Look:
    """Give kind, fault and remark of the bytes `data`, which the sender called `name`."""
    try:
        kind, fault, remark = _look(data)
    except UnreadableError as error:
        return "", DAMAGED if error.reason in _BROKEN else NOT_TYPE, ""
    except (RecursionError, ValueError, KeyError, AttributeError, struct.error):
        return "", DAMAGED, ""
    ending = ending_of(name)
    if not fault and ending and _ALIKE.get(ending, ending) != kind:
        fault = NOT_TYPE
    return kind, fault, remark


def _look(data: bytes) -> Look:
    if _PDF in data[:1024]:
        whole = is_whole_pdf(data[:_EDGE], data[-_EDGE:])
        return ".pdf", "" if whole else DAMAGED, LOCKED if _is_locked(data) else ""
    if data.startswith(_PNG):
        return ".png", "" if _is_whole_png(data) else DAMAGED, ""
    if data.startswith(_JPEG):
        return ".jpg", "" if _is_whole_jpeg(data) else DAMAGED, ""
    if is_ole(data):
        return "", NOT_TYPE, LOCKED if _is_encrypted(data) else ""
    return _look_into(data)


def _look_into(data: bytes) -> Look:
    """Look into a zip container: its main part says what it is."""
    names, parts = read_parts(data, lambda name: name.casefold().endswith((".xml", ".rels")))
    lower = {name.casefold(): content for name, content in parts.items()}
    types = _content_types(lower.get("[content_types].xml", b""))
    mains = [_called(part) for part in _main_parts(lower)]
    main = next((part for part in mains if part in types), "")
    kind = next((kind for end, kind in _MAINS.items() if types.get(main, "").endswith(end)), "")
    if not kind:
        return "", NOT_TYPE, ""
    if main not in lower:
        raise UnreadableError("file-damaged")
    parse_tree(plain_xml(lower[main]))
    active = any("macroenabled" in each or "vbaproject" in each for each in types.values())
    active = active or any(_ACTIVE.fullmatch(name.casefold()) for name in names)
    return kind, MACROS if active or _holds_objects(data, names, lower) else "", ""


def _called(part: str) -> str:
    return part.lstrip("/").casefold()


def _main_parts(lower: Mapping[str, bytes]) -> Iterator[str]:
    for each in read_relations(lower.get("_rels/.rels", b""), ""):
        if each.kind.endswith("/officeDocument"):
            yield each.target


def _content_types(part: bytes) -> dict[str, str]:
    """Map each part that is named to its content type, all in small letters."""
    if not part:
        return {}
    tree = parse_tree(plain_xml(part))
    return {
        _called(each.get("PartName", "")): each.get("ContentType", "").casefold()
        for each in tree.iterfind(".//{*}Override")
    }


def _holds_objects(data: bytes, names: frozenset[str], lower: Mapping[str, bytes]) -> bool:
    """Whether anything is embedded but the figures of charts, themselves without anything of that sort."""
    charted: set[str] = set()
    for name, content in lower.items():
        if not name.endswith(".rels"):
            continue
        objects = [each.target for each in _relations(name, content) if _is_object(each)]
        if objects and not _CHARTS.fullmatch(name):
            return True
        charted.update(objects)
    embedded = {name for name in names if _EMBEDDED.fullmatch(name.casefold())}
    if {name.casefold() for name in embedded} - charted:
        return True
    _, held = read_parts(data, embedded.__contains__) if embedded else (None, {})
    return any(look_at(content, "") != (".xlsx", "", "") for content in held.values())


def _relations(name: str, content: bytes) -> Iterator[Relation]:
    folder = posixpath.dirname(posixpath.dirname(name))
    return read_relations(content, folder)


def _is_object(relation: Relation) -> bool:
    return relation.kind.endswith(_OBJECTS)


def _is_encrypted(data: bytes) -> bool:
    """Whether an OLE container holds an office file behind a password."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            entries = {path[0].casefold() for path in container.listdir(storages=True)}
    except Exception as error:
        raise UnreadableError("file-damaged") from error
    return not entries.isdisjoint(_ENCRYPTED)


def _is_locked(data: bytes) -> bool:
    """Whether a PDF's trailer, or a cross-reference stream in its place, names an encryption (ISO 32000 7.5.5)."""
    if any(_LOCK.search(each[1]) for each in _TRAILER.finditer(data)):
        return True
    for each in _CROSS_REFERENCES.finditer(data):
        begin, end = data.rfind(b"obj", 0, each.start()), data.find(b"stream", each.end())
        if begin >= 0 and _LOCK.search(data, begin, end if end >= 0 else len(data)):
            return True
    return False


def _is_whole_png(data: bytes) -> bool:
    """Whether every chunk is there with its sum, up to the one that ends the picture (PNG 5.3)."""
    at = len(_PNG)
    while at + _CHUNK.size <= len(data):
        size, kind = _CHUNK.unpack_from(data, at)
        begin, end = at + 4, at + _CHUNK.size + size
        if zlib.crc32(data[begin:end]).to_bytes(4) != data[end : end + 4]:
            return False
        if kind == b"IEND":
            return True
        at = end + 4
    return False


def _is_whole_jpeg(data: bytes) -> bool:
    """Whether the segments lead to a scan that ends (ITU T.81 B.1): nothing in a scan looks like its end."""
    at = 2
    while data[at : at + 1] == _FILL:
        marker = data[at + 1 : at + 2]
        if marker == _FILL:
            at += 1
        elif marker == _SCAN:
            return data.find(b"\xff\xd9", at) >= 0
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return False
