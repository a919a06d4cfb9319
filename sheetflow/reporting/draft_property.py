"""The mark in a draft's document properties: which report it is, kept by Word, WPS and LibreOffice.

A custom property of the package (ECMA-376 part 1, 15.2.12.2); a template's own ones stay.
"""

from __future__ import annotations

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.parser import parse_xml

from sheetflow.consolidation.signed_reports import MARK_PROPERTY

_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_RELATION = RELATIONSHIP_TYPE.CUSTOM_PROPERTIES
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_USERS = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_FIRST_ID = 2
_EMPTY = f'<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_TYPES}"/>'.encode()


def set_mark(document: Document, mark: str) -> None:
    """Let `document` bear `mark`, in the place of one that its template bears."""
    package = document.part.package
    known = [rel for rel in package.rels.values() if rel.reltype == _RELATION]
    properties = parse_xml(known[0].target_part.blob if known else _EMPTY)
    for each in list(properties):
        if each.get("name") == MARK_PROPERTY:
            properties.remove(each)
    numbers = [int(each.get("pid", 0)) for each in properties]
    number = max(numbers, default=_FIRST_ID - 1) + 1
    whose = {"fmtid": _USERS, "pid": str(number), "name": MARK_PROPERTY}
    added = properties.makeelement(f"{{{_PROPERTIES}}}property", whose)
    text = properties.makeelement(f"{{{_TYPES}}}lpwstr")
    text.text = mark
    added.append(text)
    properties.append(added)
    content = serialize_part_xml(properties)
    if known:
        known[0].target_part._blob = content  # noqa: SLF001 - the library has no other way
    else:
        part = Part(PackURI("/docProps/custom.xml"), _CONTENT_TYPE, content, package)
        package.relate_to(part, _RELATION)
