"""A second reading of an .xlsx: plainly, by a real XML parser and the letter of the standard.

It knows nothing of the package's own reading and nothing of calamine. It is slow, believes
what is well-formed, and refuses (`BrokenError`) all that gives no one meaning.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

Cell = str | float | bool
Cells = dict[tuple[int, int], set[Cell]]
"""The value of each filled cell; more than one where the file names a cell twice, as none does."""
_NAME = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class BrokenError(Exception):
    """The file has no one meaning."""


def read_again(data: bytes) -> dict[str, Cells]:
    """Read the filled cells of each worksheet by its title; error values are left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    book = _element(parts, "xl/workbook.xml")
    relations = _relations(parts)
    named = [target for kind, target in relations.values() if kind == "sharedStrings"]
    # Programs look in the usual place where no relation names one.
    table = (named or [name for name in parts if name == "xl/sharedStrings.xml"] or [""])[0]
    texts = [_text(entry) for entry in _children(_element(parts, table), "si")] if table else []
    sheets: dict[str, Cells] = {}
    for sheet in book.iter():
        if _bare(sheet.tag) == "sheet":
            keys = [value for key, value in sheet.attrib.items() if _bare(key) == "id"]
            kind, target = relations.get(keys[0] if keys else "", ("", ""))
            if kind == "worksheet":
                sheets[sheet.attrib.get("name", "")] = _cells(_element(parts, target), texts)
    return sheets


def _element(parts: Mapping[str, bytes], name: str) -> Element:
    try:
        return ET.fromstring(parts[name])  # noqa: S314 - mutants of our own workbook
    except (KeyError, ET.ParseError, ValueError, LookupError) as error:
        raise BrokenError(name) from error


def _relations(parts: Mapping[str, bytes]) -> dict[str, tuple[str, str]]:
    """Map a relation's id to its kind and the part it names."""
    found: dict[str, tuple[str, str]] = {}
    for entry in _element(parts, "xl/_rels/workbook.xml.rels"):
        target = entry.attrib.get("Target", "")
        path = target[1:] if target.startswith("/") else posixpath.join("xl", target)
        key = entry.attrib.get("Id", "")
        if key in found:
            raise BrokenError("two relations of one id")
        kind = entry.attrib.get("Type", "").rpartition("/")[2]
        found[key] = (kind, posixpath.normpath(path))
    return found


def _cells(sheet: Element, texts: list[str]) -> Cells:
    cells: Cells = {}
    row = column = 0
    for data in _children(sheet, "sheetData"):
        for line in _children(data, "row"):
            row = int(line.attrib.get("r", row + 1))
            column = 0
            for cell in _children(line, "c"):
                place = (row, column + 1)
                if (name := cell.attrib.get("r")) is not None:
                    place = _place(name)
                row, column = place
                value = _value(cell, texts)
                if value not in (None, ""):
                    cells.setdefault(place, set()).add(value)
    return cells


def _place(name: str) -> tuple[int, int]:
    match = _NAME.fullmatch(name.upper())
    if match is None:
        raise BrokenError(name)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


def _value(cell: Element, texts: list[str]) -> Cell | None:
    kind = cell.attrib.get("t", "n")
    inline = list(_children(cell, "is"))
    values = ["".join(each.itertext()) for each in _children(cell, "v")]
    if len(values) + len(inline) > 1:
        raise BrokenError("two values in one cell")
    if kind == "inlineStr" and inline:
        return _text(inline[0])
    if kind == "e" or not values:
        return None
    if kind in ("str", "inlineStr", "d"):
        return values[0]
    text = values[0].strip(" \t\r\n")
    if kind == "s":
        if not re.fullmatch("[0-9]+", text) or int(text) >= len(texts):
            raise BrokenError("no such text")
        return texts[int(text)]
    if kind == "b":
        return text in ("1", "true")
    return float(text) if _NUMBER.fullmatch(text) else text


def _text(entry: Element) -> str:
    """Join the runs of a text; how it is pronounced is left out."""
    return "".join(
        "".join(piece.itertext())
        for part in entry
        for piece in ([part] if _bare(part.tag) == "t" else _children(part, "t"))
        if _bare(part.tag) in ("t", "r")
    )


def _children(parent: Element, name: str) -> Iterator[Element]:
    return (child for child in parent if _bare(child.tag) == name)


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]
