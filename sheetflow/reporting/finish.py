"""The last touch on a report's package.

This module owns font names, the East Asian hint on runs, the core properties, and the zip
itself, so that equal reports have equal bytes. It refuses to look at what a report says.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping

from docx.document import Document
from docx.opc.part import XmlPart
from docx.oxml.ns import qn

from sheetflow.periods import OFFICE_ZONE

_RUN, _FONTS = qn("w:r"), qn("w:rFonts")
_FONTS_OF_A_RUN = f"{qn('w:rPr')}/{_FONTS}"
_HINT = qn("w:hint")
_FONT_SLOTS = tuple(qn(f"w:{slot}") for slot in ("ascii", "hAnsi", "eastAsia", "cs"))


def set_fonts(document: Document, fonts: Mapping[str, str]) -> None:
    """Replace font names by `fonts` (named in the template → to use), and hint each run.

    Without ``w:hint`` the marks “ ” — … would be drawn in the Latin font.
    """
    for part in _xml_parts(document):
        for run in part.element.iter(_RUN):
            named = run.find(_FONTS_OF_A_RUN)
            if named is None:
                named = run.get_or_add_rPr().get_or_add_rFonts()
            named.set(_HINT, "eastAsia")
        for named in part.element.iter(_FONTS):
            for slot in _FONT_SLOTS:
                if (name := named.get(slot)) in fonts:
                    named.set(slot, fonts[name])


def _xml_parts(document: Document) -> Iterator[XmlPart]:
    return (part for part in document.part.package.iter_parts() if isinstance(part, XmlPart))


def set_properties(document: Document, *, title: str, author: str, stamp: dt.datetime) -> None:
    """Set the core properties; `stamp` (aware) is when the report's newest source came."""
    properties = document.core_properties
    moment = stamp.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    properties.title, properties.author, properties.last_modified_by = title, author, author
    properties.created = properties.modified = moment
    properties.revision = 1


def packed(document: Document, stamp: dt.datetime) -> bytes:
    """Save `document` with every member dated `stamp`."""
    raw, packed_again = io.BytesIO(), io.BytesIO()
    document.save(raw)
    moment = stamp.astimezone(OFFICE_ZONE).timetuple()[:6]
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed_again, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, moment)
            member.create_system = 0  # the same on every system
            # A picture is packed already; another round takes longer than the rest together.
            is_picture = name.endswith(".png")
            member.compress_type = zipfile.ZIP_STORED if is_picture else zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return packed_again.getvalue()
