"""Hostile, damaged and mistaken files are refused with the right reason, and quickly."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from sheetflow.errors import UnreadableError
from sheetflow.reading import read_workbook
from tests.reading.containers import container_of
from tests.reading.packages import MAIN, ods_of, parts_of, simple, written, xlsx_of, zipped

_ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
_SHEET = "xl/worksheets/sheet1.xml"


def refusal(data: bytes) -> UnreadableError:
    """Read `data`, which must be refused, and return the refusal."""
    with pytest.raises(UnreadableError) as caught:
        read_workbook(data)
    return caught.value


def changed(name: str, old: str, new: str) -> bytes:
    """Make a workbook with a text replaced in one part."""
    parts = parts_of(_ONE)
    assert old in str(parts[name])
    return zipped(parts | {name: str(parts[name]).replace(old, new, 1)})


_NOT_WORKBOOKS = {
    "empty": (b"", "file-empty"),
    "reserved space": (bytes(4096), "file-damaged"),
    "html": ("\ufeff<html><table><tr><td>姓名</td></tr></table></html>".encode(), "file-html"),
    "mhtml": (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "file-html"),
    "csv": ("姓名,手机\n张三,1\n".encode("gb18030"), "file-csv"),
    "csv utf-16": ("姓名\t手机\n张三\t1\n".encode("utf-16"), "file-csv"),
    "xml 2003": (
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        "file-xml",
    ),
    "pdf": (b"%PDF-1.4 a, b", "file-picture"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "file-picture"),
    "rar": (b"Rar!\x1a\x07\x00", "file-archive"),
    "excel 95 stream": (b"\x09\x08\x10\x00\x00\x06", "file-old-excel"),
    "zip of workbooks": (zipped({"a/报表.xlsx": simple()}), "file-archive"),
    "zip of pictures": (zipped({"扫描件/1.jpg": "jpeg"}), "file-archive"),
    "slides": (
        zipped({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<p/>"}),
        "file-not-workbook",
    ),
    "docx": (zipped({"word/document.xml": "<w/>"}), "file-document"),
    "doc": (container_of({"WordDocument": bytes(5000)}), "file-document"),
    "rich text": (b"{\\rtf1\\ansi a, b}", "file-document"),
    "odt": (
        zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<o/>"}),
        "file-document",
    ),
    "shortcut": (b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(68), "file-shortcut"),
    "address": ("[InternetShortcut]\r\nURL=file://服务器/报表\r\n".encode(), "file-shortcut"),
    "ole rubbish": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file-damaged"),
    "no sheets": (
        changed("xl/workbook.xml", '<sheet name="需求" sheetId="1" r:id="rId1"/>', ""),
        "file-no-sheets",
    ),
    "blank": (xlsx_of('<row r="1"><c r="A1" s="0"/></row>'), "file-blank"),
    "sheet part missing": (
        changed("xl/_rels/workbook.xml.rels", "sheet1.xml", "sheet2.xml"),
        "file-damaged",
    ),
    "two sheets of one part": (
        changed(
            "xl/workbook.xml", "</sheets>", '<sheet name="二" sheetId="2" r:id="rId1"/></sheets>'
        ),
        "file-damaged",
    ),
    "sheet XML cut off": (changed(_SHEET, "</sheetData></worksheet>", ""), "file-damaged"),
    "sheet XML cut off late": (changed(_SHEET, "</worksheet>", ""), "file-damaged"),
    "texts cut off": (
        zipped(parts_of(_ONE) | {"xl/sharedStrings.xml": "<sst><si><t>a</t></si><si><t>b"}),
        "file-damaged",
    ),
    "encrypted ods": (
        zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                "META-INF/manifest.xml": "<m><encryption-data/></m>",
                "content.xml": b"\x93\x01",
            }
        ),
        "file-encrypted",
    ),
}


@pytest.mark.parametrize("name", _NOT_WORKBOOKS)
def test_not_a_workbook(name: str) -> None:
    """A file that is no readable workbook is refused with the reason that fits it."""
    data, reason = _NOT_WORKBOOKS[name]
    assert refusal(data).reason == reason


def test_every_truncation_is_noticed() -> None:
    """A half-copied workbook is never read, wherever the copy stopped."""
    data = simple()
    for size in range(8, len(data), 53):
        assert refusal(data[:size]).reason == "file-damaged"


def test_every_zeroed_tail_is_noticed() -> None:
    """A workbook whose tail was not yet written is never read."""
    data = simple()
    for size in range(8, len(data) - 22, 53):
        assert refusal(data[:size] + bytes(len(data) - size)).reason == "file-damaged"


def test_every_changed_byte_of_a_part_is_noticed() -> None:
    """A flipped byte inside the packed sheet is never read as another figure."""
    data = bytearray(xlsx_of(_ONE))
    archive = zipfile.ZipFile(io.BytesIO(data))
    member = archive.getinfo(_SHEET)
    start = member.header_offset + 30 + len(_SHEET)
    for position in range(start, start + member.compress_size):
        data[position] ^= 0x20
        assert refusal(bytes(data)).reason in ("file-damaged", "file-hostile")
        data[position] ^= 0x20


def test_zip_bomb_by_declaration() -> None:
    """A part that declares more than any form needs is not inflated."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/media/image1.png", "w", force_zip64=True) as part:
            for _ in range(257):
                part.write(bytes(1024**2))
        for name, content in parts_of(_ONE).items():
            archive.writestr(name, content)
    assert refusal(target.getvalue()).reason == "file-too-large"


def test_zip_bomb_that_lies() -> None:
    """A part that inflates to more than it declares is stopped there."""
    data = bytearray(zipped({"xl/media/a.bin": bytes(64 * 1024**2)} | parts_of(_ONE)))
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 1000)
    tracemalloc.start()
    assert refusal(bytes(data)).reason == "file-hostile"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 1024**2


def test_too_many_parts() -> None:
    """A container of thousands of parts is refused."""
    many = {f"xl/media/{number}.png": b"" for number in range(2001)}
    assert refusal(zipped(parts_of(_ONE) | many)).reason == "file-too-large"


def test_overlapping_parts() -> None:
    """Parts that share bytes, the better zip bomb, are refused."""
    data = bytearray(zipped({"a.bin": bytes(1000), "b.bin": bytes(1000)} | parts_of(_ONE)))
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    assert refusal(bytes(data)).reason == "file-hostile"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicate_parts() -> None:
    """Two parts of one name, of which each program would take another, are refused."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts_of(_ONE).items():
            archive.writestr(name, content)
        archive.writestr(_SHEET.upper(), "<worksheet/>")
    assert refusal(target.getvalue()).reason == "file-hostile"


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml", "xl\\..\\..\\evil", "C:/evil"])
def test_climbing_names(name: str) -> None:
    """A part whose name leads out of the container is refused."""
    assert refusal(zipped(parts_of(_ONE) | {name: "x"})).reason == "file-hostile"


@pytest.mark.parametrize("part", [_SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_dtd(part: str, encoding: str) -> None:
    """A document type, the door to exploding entities, is refused in any encoding."""
    parts = parts_of(_ONE)
    body = str(parts.get(part, "<sst/>"))
    text = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + body
    assert refusal(zipped(parts | {part: text.encode(encoding)})).reason == "file-hostile"


def test_far_cell() -> None:
    """A value at the far corner, which ends the parser's process, is refused with its address."""
    rows = _ONE + '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    caught = refusal(xlsx_of(rows))
    assert caught.reason == "file-far-cell"
    assert caught.details == {"sheet": "需求", "cell": "XFD1048576"}


@pytest.mark.parametrize("name", ["XFE1", "A1048577", "A9999999", "A0", "$A$1", "1A", ""])
def test_cells_outside_the_grid(name: str) -> None:
    """A cell outside Excel's grid is damage, wherever its row claims to be."""
    assert refusal(xlsx_of(f'<row r="1"><c r="{name}"><v>1</v></c></row>')).reason == "file-damaged"


def test_far_rows_without_addresses() -> None:
    """Rows that only count on from a far one are held to the grid as well."""
    for number in ("1048576", "99999999999"):
        rows = f'<row r="{number}"/><row><c><v>1</v></c></row>'
        assert refusal(xlsx_of(rows)).reason == "file-damaged"


def test_hidden_prefix_is_no_way_around() -> None:
    """Cells under a namespace prefix are held to the limits too."""
    rows = _ONE + '<x:row r="1048576"><x:c r="XFD1048576"><x:v>2</x:v></x:c></x:row>'
    data = changed(_SHEET, "<worksheet", '<worksheet xmlns:x="urn:x"')
    parts = parts_of(rows)
    sheet = str(parts[_SHEET]).replace("<worksheet", '<worksheet xmlns:x="urn:x"')
    assert read_workbook(data).sheets[0].cell(1, 1) == 1
    assert refusal(zipped(parts | {_SHEET: sheet})).reason == "file-far-cell"


def test_no_second_sheet_data_is_a_way_around() -> None:
    """Rows under a prefix before the usual ones, which the parser would read, are held to them."""
    far = '<x:row r="1048576"><x:c r="XFD1048576"><x:v>2</x:v></x:c></x:row>'
    data = changed(
        _SHEET, "<sheetData>", f'<x:sheetData xmlns:x="{MAIN}">{far}</x:sheetData><sheetData>'
    )
    assert refusal(data).reason == "file-far-cell"


@pytest.mark.parametrize("merge", ["mergeCell", "x:mergeCell"])
@pytest.mark.parametrize("place", ["</sheetData>", "</worksheet>"])
def test_no_merge_is_overlooked(merge: str, place: str) -> None:
    """A huge merge is refused under a prefix and in a place where none belongs, too."""
    text = f'<{merge} xmlns:x="{MAIN}" ref="A1:XFD1048576"/>'
    assert refusal(changed(_SHEET, place, text + place)).reason == "file-huge-merge"


def test_huge_merge() -> None:
    """One merge over the whole sheet, which hangs other programs, is refused with its range."""
    merge = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    caught = refusal(xlsx_of(_ONE, after=merge))
    assert caught.reason == "file-huge-merge"
    assert caught.details == {"sheet": "需求", "range": "A1:XFD1048576"}


def test_ods_bombs() -> None:
    """An .ods that repeats one filled cell over the grid is refused."""
    cell = '<table:table-cell table:number-columns-repeated="{}" office:value-type="float"/>'
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    assert refusal(ods_of(row.format(1048576, cell.format(16384)))).reason == "file-far-cell"
    assert refusal(ods_of(row.format(1048577, cell.format(1)))).reason == "file-damaged"
    assert refusal(ods_of(row.format(1000000, cell.format(6)))).reason == "file-too-large"
    assert refusal(ods_of(row.format("x", cell.format(6)))).reason == "file-damaged"


def test_broken_references_are_damage() -> None:
    """A text that points to no shared string is damage, in words of ours."""
    data = xlsx_of('<row r="1"><c r="A1" t="s"><v>5</v></c></row>')
    assert refusal(data).reason == "file-damaged"


def test_refusals_quote_nothing() -> None:
    """A refusal holds a rule code and no sentence of a library."""
    for data, _ in _NOT_WORKBOOKS.values():
        caught = refusal(data)
        assert str(caught) == caught.reason


def test_sheet_names_with_marks() -> None:
    """Right-to-left marks in a sheet's name vanish, and the sheet is found."""
    fill: Callable[..., None] = lambda book: book.add_worksheet("需\u202e求").write("A1", 1)  # noqa: E731
    assert read_workbook(written(fill)).sheets[0].title == "需求"


def test_a_title_of_a_million_letters_is_cut_before_anything_quotes_it() -> None:
    """A sheet's title goes into findings and mail, so no file decides how long those grow."""
    book = read_workbook(changed("xl/workbook.xml", "需求", "长" * 1_000_000))
    assert [sheet.title for sheet in book.sheets] == ["长" * 40]
