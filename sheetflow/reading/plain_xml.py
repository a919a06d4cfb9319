"""Brings an XML part into the one shape that every later step reads alike.

UTF-8 without declaration, DTD, comments, CDATA. Parsers differ on the rest (calamine takes a UTF-16
sheet for an empty one, and cuts a number at a comment), and a difference would be a silently lost
value. It refuses DTDs: no office program writes them, and entities explode.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET
from xml.parsers import expat

from sheetflow.errors import UnreadableError

_BOM = b"\xef\xbb\xbf"
_DECLARED = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_PLAIN = {"utf-8", "utf8", "us-ascii", "ascii"}
_KNOWN = {"utf-16", "utf-16le", "utf-16be", "gb2312", "gbk", "gb18030", "iso-8859-1"}
_XML = re.compile(
    rb"<\?xml\s+version\s*=\s*([\"'])1\.[0-9]\1(?:\s+encoding\s*=\s*([\"'])[A-Za-z][\w.-]*\2)?"
    rb"(?:\s+standalone\s*=\s*([\"'])(?:yes|no)\3)?\s*\?>"
)
_XML_AGAIN = re.compile(rb"<\?xml\s")
_DECLARATION = re.compile(rb"<!")
_EXTRAS = re.compile(rb"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\?.*?\?>", re.DOTALL)
_ROOT = re.compile(rb"\s*<([A-Za-z_][\w.:-]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>")
_TAIL = 500
_ESCAPES = ((b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"))


def plain_xml(part: bytes) -> bytes:
    """Return `part` as plain UTF-8 XML; raise UnreadableError for a DTD or a cut-off part."""
    text = _utf8(part)
    if text.startswith(b"<?xml"):
        declaration = _XML.match(text)
        if declaration is None:
            raise UnreadableError("file-damaged")
        text = text[declaration.end() :]
    if _has_extras(text):
        if b"<!DOCTYPE" not in text:  # refused for what it is, below
            parse_xml(expat.ParserCreate("utf-8"), text)  # before a cut may tear it
        if _XML_AGAIN.search(text):
            raise UnreadableError("file-damaged")
        text = _EXTRAS.sub(_unwrapped, text)
        if b"<!DOCTYPE" in text:
            raise UnreadableError("file-hostile")
        if _has_extras(text):
            raise UnreadableError("file-damaged")
    if not _is_closed(text):
        raise UnreadableError("file-damaged")
    return text


def parse_xml(parser: expat.XMLParserType, part: bytes) -> None:
    """Have `parser` take a whole part; raise UnreadableError (file-damaged) if not well-formed."""
    try:
        parser.Parse(part, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        raise UnreadableError("file-damaged") from error


def parse_tree(part: bytes) -> ET.Element:
    """Parse a whole small part; raise UnreadableError (file-damaged) if not well-formed."""
    try:
        return ET.fromstring(part)  # noqa: S314 - `plain_xml` lets through nothing that expands
    except ET.ParseError as error:
        raise UnreadableError("file-damaged") from error


def _has_extras(text: bytes) -> bool:
    """Whether there is markup besides tags: the cheapest searches over megabytes."""
    if _DECLARATION.search(text):  # in half the time of ``in``
        return True
    return b"?" in text and b"<?" in text  # mostly there is no ? at all


def _is_closed(text: bytes) -> bool:
    """Whether the last tag closes the root: calamine reads a cut-off sheet without a word."""
    root = _ROOT.match(text)
    if root is None:
        return False
    end = re.search(rb"</([\w.:-]+)\s*>\s*\Z", text[-_TAIL:])
    return bool(root[2]) or (end is not None and end[1] == root[1])


def _unwrapped(extra: re.Match[bytes]) -> bytes:
    """Write CDATA as ordinary text; comments and processing instructions vanish."""
    text = extra[1] or b""
    for plain, escaped in _ESCAPES:
        text = text.replace(plain, escaped)
    return text


def _utf8(part: bytes) -> bytes:
    if part.startswith(_BOM):
        return part[len(_BOM) :]
    if part.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif part.startswith(b"<\x00"):
        encoding = "utf-16le"
    elif part.startswith(b"\x00<"):
        encoding = "utf-16be"
    else:
        declared = _DECLARED.match(part)
        encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    if encoding in _PLAIN:
        return part
    if encoding not in _KNOWN:
        raise UnreadableError("file-damaged")
    try:
        return part.decode(encoding).encode()
    except UnicodeError as error:
        raise UnreadableError("file-damaged") from error
