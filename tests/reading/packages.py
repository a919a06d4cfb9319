"""Builds workbooks byte by byte, as no writing library would, and with the office program."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"

needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed"
)


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """Zip `parts` in their order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def parts_of(sheet_data: str, *, namespace: str = MAIN, after: str = "") -> dict[str, bytes | str]:
    """Give the parts of a one-sheet .xlsx whose rows are the XML `sheet_data`."""
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{namespace}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="需求" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{namespace}"><sheetData>{sheet_data}</sheetData>{after}</worksheet>'
        ),
    }


STYLES, TEXTS = "styles", "sharedStrings"


def with_part(
    parts: Mapping[str, bytes | str], kind: str, content: bytes | str
) -> dict[str, bytes | str]:
    """Add the table of styles or of texts to the parts of an .xlsx, and the relation to it."""
    relations = "xl/_rels/workbook.xml.rels"
    relation = f'<Relationship Id="{kind}" Type="{_OFFICE}/{kind}" Target="{kind}.xml"/>'
    added = str(parts[relations]).replace("</Relationships>", f"{relation}</Relationships>")
    return {**parts, relations: added, f"xl/{kind}.xml": content}


def xlsx_of(sheet_data: str, *, after: str = "") -> bytes:
    """Make a one-sheet .xlsx whose rows are the XML `sheet_data`."""
    return zipped(parts_of(sheet_data, after=after))


def written(fill: Callable[[xlsxwriter.Workbook], None], **options: object) -> bytes:
    """Write a real .xlsx with XlsxWriter."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, **options})
    fill(book)
    book.close()
    return target.getvalue()


def simple(value: str = "走访") -> bytes:
    """Write a real .xlsx with one text in B2."""
    return written(lambda book: book.add_worksheet("需求").write_string("B2", value))


def converted(data: bytes, ending: str, folder: Path) -> bytes:
    """Have the office program save `data` as another format."""
    source = folder / "source.xlsx"
    source.write_bytes(data)
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            ending,
            "--outdir",
            str(folder),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (folder / f"source.{ending}").read_bytes()


def ods_of(rows: str) -> bytes:
    """Make an .ods whose one table holds the XML `rows`."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": (
                '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
            ),
            "content.xml": (
                f"<office:document-content{spaces}><office:body><office:spreadsheet>"
                f'<table:table table:name="需求">{rows}</table:table>'
                "</office:spreadsheet></office:body></office:document-content>"
            ),
        }
    )


def xlsb_of(cells: Mapping[tuple[int, int], str | float], number_format: int = 0) -> bytes:
    """Make an .xlsb (MS-XLSB records) with `cells` by 1-based address on one sheet.

    `number_format` is that of its numbers, one that is built in.
    """
    styles = b"".join(
        _record(47, struct.pack("<HHHHHI", 0, code, 0, 0, 0, 0)) for code in (0, number_format)
    )
    styles = _record(278) + _record(617, struct.pack("<I", 2)) + styles + _record(618)
    return xlsb_book({"需求": cells}, styles + _record(279))


def xlsb_book(
    sheets: Mapping[str, Mapping[tuple[int, int], str | float]], styles: bytes = b""
) -> bytes:
    """Make an .xlsb with the cells of each sheet by 1-based address; numbers are in style 1."""
    numbered = dict(enumerate(sheets, start=1))
    bundles = b"".join(
        _record(156, struct.pack("<II", 0, number) + _wide(f"rId{number}") + _wide(title))
        for number, title in numbered.items()
    )
    book = _record(131) + _record(143) + bundles + _record(144) + _record(132)
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet{number}.bin"/>'
        for number in numbered
    )
    parts = parts_of("")
    return zipped(
        {
            "[Content_Types].xml": parts["[Content_Types].xml"],
            "_rels/.rels": str(parts["_rels/.rels"]).replace("workbook.xml", "workbook.bin"),
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": (
                f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
            ),
            **({"xl/styles.bin": styles} if styles else {}),
            **{
                f"xl/worksheets/sheet{number}.bin": _xlsb_sheet(sheets[title])
                for number, title in numbered.items()
            },
        }
    )


def with_formula(book: bytes, sheet: int, address: tuple[int, int], result: float) -> bytes:
    """Make a number on the `sheet`-th sheet of an .xlsb the result of a formula (BrtFmlaNum)."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    name = f"xl/worksheets/sheet{sheet}.bin"
    part = bytes(parts[name])  # type: ignore[arg-type]
    head, value = struct.pack("<II", address[1] - 1, 1), struct.pack("<d", result)
    row = _record(0, struct.pack("<IIHHBBBI", address[0] - 1, 0, 300, 0, 0, 0, 0, 0)[:17])
    number = _record(5, head + value)
    at = part.index(number, part.index(row))
    formula = struct.pack("<HI", 0, 3) + b"\x1e\x05\x00" + struct.pack("<I", 0)
    record = _record(9, head + value + formula)
    parts[name] = part[:at] + record + part[at + len(number) :]
    return zipped(parts)


def _xlsb_sheet(cells: Mapping[tuple[int, int], str | float]) -> bytes:
    rows: dict[int, dict[int, str | float]] = {}
    for (row, column), value in cells.items():
        rows.setdefault(row - 1, {})[column - 1] = value
    last_row, last_column = max(r for r, _ in cells) - 1, max(c for _, c in cells) - 1
    body = _record(129) + _record(148, struct.pack("<4I", 0, last_row, 0, last_column))
    body += _record(145)
    for row, columns in sorted(rows.items()):
        body += _record(0, struct.pack("<IIHHBBBI", row, 0, 300, 0, 0, 0, 0, 0)[:17])
        for column, value in sorted(columns.items()):
            if isinstance(value, str):
                body += _record(6, struct.pack("<II", column, 0) + _wide(value))
            else:
                head = struct.pack("<II", column, 1)
                body += _record(5, head + struct.pack("<d", value))
    return body + _record(146) + _record(130)


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    return head + length + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
