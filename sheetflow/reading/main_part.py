"""Finds the workbook in an Office package, wherever it lies, and puts it where it usually does.

ECMA-376 part 2: what a package is, its relationships say, not the names of its parts. This
module owns the way from ``_rels/.rels`` and ``[Content_Types].xml`` to the main part. It
refuses to read workbooks.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from sheetflow.errors import UnreadableError
from sheetflow.reading.plain_xml import plain_xml

USUAL = ("xl/workbook.xml", "xl/workbook.bin")
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
class Relation:
    """One relationship within the package: its id, the whole type, the part it names."""

    relation_id: str
    kind: str
    target: str


def find_main(parts: Mapping[str, bytes]) -> str:
    """Name the main part of a workbook, in small letters; empty where none is declared."""
    lower = {name.casefold(): content for name, content in parts.items()}
    try:
        relations = list(read_relations(lower.get(_RELATIONS, b""), ""))
        declared = [each.target for each in relations if each.kind.endswith("/officeDocument")]
        if declared[:1] and declared[0] in USUAL:
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


def read_relations(part: bytes, folder: str) -> Iterator[Relation]:
    """Read relationships to parts of the package; relative ones begin at `folder`."""
    for name, attributes in _elements(part):
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            path = posixpath.normpath(path).lstrip("/").casefold()
            yield Relation(attributes.get("Id", ""), attributes.get("Type", ""), path)


def put_in_place(parts: Mapping[str, bytes], main: str) -> dict[str, bytes]:
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


def _content_types(part: bytes) -> dict[str, str]:
    """Map each part to its content type; ``*.xml`` stands for all others with that ending."""
    kinds: dict[str, str] = {}
    for name, attributes in _elements(part):
        kind = attributes.get("ContentType", "")
        if name == "Override":
            kinds[attributes.get("PartName", "").lstrip("/").casefold()] = kind
        elif name == "Default":
            kinds[f"*.{attributes.get('Extension', '').casefold()}"] = kind
    return kinds


def _is_workbook(kind: str) -> bool:
    lowered = kind.casefold()
    return any(each in lowered for each in _WORKBOOK_TYPES) and ".main" in lowered


def _elements(part: bytes) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    if not part:
        return found
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append(
        (name.rpartition(":")[2], attributes)
    )
    try:
        parser.Parse(plain_xml(part), True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        raise UnreadableError("file-damaged") from error
    return found
