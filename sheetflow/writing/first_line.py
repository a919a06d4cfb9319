"""The first line of a publication that lies beside one which a person changed.

It says how old the data are and that the person's own file was left alone: above the title of a
workbook's first sheet, as a report's first paragraph, at the top of a page. All other parts are
copied as they are packed. This module refuses to touch documents that are not our own.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path

from sheetflow.periods import OFFICE_ZONE
from sheetflow.writing.consolidated.joined import repack

_CREATED = re.compile(rb"<dcterms:created[^>]*>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z<")
_CORE, _WORKBOOK, _SHEET = "docProps/core.xml", "xl/workbook.xml", "xl/worksheets/sheet{}.xml"
_STYLES, _TEXTS, _DOCUMENT = "xl/styles.xml", "xl/sharedStrings.xml", "word/document.xml"
_LISTED = re.compile(rb"<sheet ([^>]*)/>")
_FIRST_ROW = re.compile(rb'<row r="1"([^>]*)>')
_FIRST_CELL = re.compile(rb'<c r="A1"( s="(\d+)")?[^>]*?(?:/>|>(.*?)</c>)', re.DOTALL)
_HEIGHT = re.compile(rb' ht="([\d.]+)"')
_LOOKS = re.compile(rb'<cellXfs count="(\d+)">(.*?)</cellXfs>', re.DOTALL)
_LOOK = re.compile(rb"<xf [^>]*?/>|<xf .*?</xf>", re.DOTALL)
_TEXT = re.compile(rb"<si>(.*?)</si>|<si/>", re.DOTALL)
_BODY = re.compile(rb"<body[^>]*>", re.IGNORECASE)
_LINE_POINTS, _PLAIN_POINTS = 16.0, 15.0


def words_for(as_of: dt.datetime) -> str:
    """Say the line of data that are as old as `as_of`."""
    return f"本件数据截至{as_of.month}月{as_of.day}日{as_of.hour}时；您改过的一份未动"


def copy_with_first_line(
    source: Path, target: Path, kind: str, as_of: dt.datetime | None = None
) -> None:
    """Copy the document `source`, an .xlsx, .docx or .html by its `kind`, with the line.

    Workbooks and reports hold the time of their newest source; for a page it is `as_of`
    (aware). A document in which the place is not found is copied as it is.
    """
    if kind == ".html":
        target.write_bytes(_page(source.read_bytes(), as_of))
        return
    with source.open("rb") as finished, target.open("wb") as copy:
        with zipfile.ZipFile(finished) as package:
            changed = _document(package) if kind == ".docx" else _workbook(package)
        repack(finished, changed, copy)


def _page(html: bytes, as_of: dt.datetime | None) -> bytes:
    body = _BODY.search(html)
    if body is None or as_of is None:
        return html
    said = f"\n<p><strong>{words_for(as_of.astimezone(OFFICE_ZONE))}</strong></p>".encode()
    return html[: body.end()] + said + html[body.end() :]


def _moment(package: zipfile.ZipFile, *, is_local: bool) -> dt.datetime | None:
    """Read when the newest source came: a workbook has it as the office's clock shows it."""
    found = _CREATED.search(package.read(_CORE))
    if found is None:
        return None
    moment = dt.datetime.fromisoformat(f"{found[1].decode()}+00:00")
    return moment if is_local else moment.astimezone(OFFICE_ZONE)


def _document(package: zipfile.ZipFile) -> dict[str, bytes]:
    xml, moment = package.read(_DOCUMENT), _moment(package, is_local=False)
    before, body, after = xml.partition(b"<w:body>")
    if not body or moment is None:
        return {}
    said = words_for(moment).encode()
    paragraph = (
        b'<w:p><w:r><w:rPr><w:rFonts w:hint="eastAsia"/><w:b/><w:color w:val="C00000"/>'
        b"</w:rPr><w:t>" + said + b"</w:t></w:r></w:p>"
    )
    return {_DOCUMENT: before + body + paragraph + after}


def _workbook(package: zipfile.ZipFile) -> dict[str, bytes]:
    """Give the parts that change: the first sheet that people see, and one look more."""
    moment = _moment(package, is_local=True)
    listed = _LISTED.findall(package.read(_WORKBOOK))
    shown = [number for number, entry in enumerate(listed, 1) if b"state=" not in entry]
    if not shown or moment is None:
        return {}
    name = _SHEET.format(shown[0])
    xml, styles = package.read(name), package.read(_STYLES)
    row, cell, looks = _FIRST_ROW.search(xml), _FIRST_CELL.search(xml), _LOOKS.search(styles)
    if row is None or cell is None or looks is None:
        return {}
    texts = package.read(_TEXTS) if _TEXTS in package.namelist() else b""
    made = (
        f'<c r="A1" s="{looks[1].decode()}" t="inlineStr"><is>'
        f'<r><rPr><b/><sz val="11"/><color rgb="FFC00000"/></rPr>'
        f'<t xml:space="preserve">{words_for(moment)}\n</t></r>'
    ).encode()
    content = _content(cell, texts)
    if content.startswith(b"<t"):  # beside another run plain text may not stand alone
        content = b"<r>" + content + b"</r>"
    made += content + b"</is></c>"
    xml = xml.replace(cell[0], made, 1).replace(row[0], _taller(row), 1)
    return {name: xml, _STYLES: _with_wrapped(styles, looks, int(cell[2] or 0))}


def _content(cell: re.Match[bytes], texts: bytes) -> bytes:
    """Give what stands in the cell, as runs or plain text of the format."""
    inside = cell[3] or b""
    if b't="s"' in cell[0]:
        number = int(inside.removeprefix(b"<v>").removesuffix(b"</v>"))
        found: bytes = _TEXT.findall(texts)[number]
        return found
    return inside.removeprefix(b"<is>").removesuffix(b"</is>") if b"<is>" in inside else b""


def _taller(row: re.Match[bytes]) -> bytes:
    height = _HEIGHT.search(row[1])
    points = (float(height[1]) if height else _PLAIN_POINTS) + _LINE_POINTS
    rest = _HEIGHT.sub(b"", row[1]).replace(b' customHeight="1"', b"")
    return b'<row r="1"' + rest + f' ht="{points:g}" customHeight="1">'.encode()


def _with_wrapped(styles: bytes, looks: re.Match[bytes], number: int) -> bytes:
    """Add the look `number` once more, wrapped, so that both lines show."""
    look = _LOOK.findall(looks[2])[number]
    plain = re.sub(rb' applyAlignment="1"', b"", look)
    if b"<alignment" in plain:
        wrapped = re.sub(rb"<alignment(?! [^>]*wrapText)", b'<alignment wrapText="1"', plain)
        wrapped = wrapped.replace(b"<xf ", b'<xf applyAlignment="1" ', 1)
    else:
        start = plain.removesuffix(b"/>").replace(b"<xf ", b'<xf applyAlignment="1" ', 1)
        wrapped = start + b'><alignment wrapText="1"/></xf>'
    count = int(looks[1]) + 1
    listed = f'<cellXfs count="{count}">'.encode() + looks[2] + wrapped + b"</cellXfs>"
    return styles.replace(looks[0], listed, 1)
