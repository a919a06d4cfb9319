"""A workbook is what its package says, wherever its parts lie."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from sheetflow.errors import UnreadableError
from sheetflow.reading import read_workbook
from tests.reading.packages import parts_of, xlsb_of, zipped

_ROW = '<row r="1"><c r="A1"><v>7</v></c><c r="B1" t="s"><v>0</v></c></row>'
_TEXTS = "<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>走访</t></si></sst>"
_STRINGS = (
    '<Relationship Id="rId2" Target="sharedStrings.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
    "</Relationships>"
)


def usual() -> dict[str, str]:
    """Give the parts of a workbook with one text, where they usually lie."""
    parts = {name: str(content) for name, content in parts_of(_ROW).items()}
    rels = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = rels.replace("</Relationships>", _STRINGS)
    return parts | {"xl/sharedStrings.xml": _TEXTS}


def moved(renamed: dict[str, str], said: dict[str, str]) -> dict[str, str]:
    """Rename parts, and words in those that tell where parts lie."""
    parts = {renamed.get(name, name): content for name, content in usual().items()}
    for name, content in parts.items():
        if name.endswith(".rels") or name.startswith("["):
            for old, new in said.items():
                content = content.replace(old, new)  # noqa: PLW2901 - word by word
            parts[name] = content
    return parts


SECOND = {
    "xl/workbook.xml": "xl/workbook2.xml",
    "xl/_rels/workbook.xml.rels": "xl/_rels/workbook2.xml.rels",
}
ELSEWHERE = {
    "xl/workbook.xml": "Book/main.xml",
    "xl/_rels/workbook.xml.rels": "Book/_rels/main.xml.rels",
    "xl/worksheets/sheet1.xml": "Pages/1.xml",
    "xl/sharedStrings.xml": "Book/texts.xml",
}
MOVED = {
    "another name": moved(SECOND, {"xl/workbook.xml": "xl/workbook2.xml"}),
    "an absolute target": moved(SECOND, {"xl/workbook.xml": "xl/workbook2.xml"})
    | {
        "_rels/.rels": usual()["_rels/.rels"].replace(
            'Target="xl/workbook.xml"', 'Target="/xl/workbook2.xml"'
        )
    },
    "other folders": moved(
        ELSEWHERE,
        {
            "xl/workbook.xml": "Book/main.xml",
            "worksheets/sheet1.xml": "../Pages/1.xml",
            "sharedStrings.xml": "texts.xml",
        },
    ),
    "at the top": moved(
        {
            "xl/workbook.xml": "workbook.xml",
            "xl/_rels/workbook.xml.rels": "_rels/workbook.xml.rels",
            "xl/worksheets/sheet1.xml": "worksheets/sheet1.xml",
            "xl/sharedStrings.xml": "sharedStrings.xml",
        },
        {"xl/workbook.xml": "workbook.xml"},
    ),
    "no relationships of the package": {
        name: content
        for name, content in moved(SECOND, {"xl/workbook.xml": "xl/workbook2.xml"}).items()
        if name != "_rels/.rels"
    },
    "an old workbook beside it": moved(SECOND, {"xl/workbook.xml": "xl/workbook2.xml"})
    | {"xl/workbook.xml": "<workbook><sheets/></workbook>"},
}


@pytest.mark.parametrize("name", MOVED)
def test_a_workbook_elsewhere_is_opened(name: str) -> None:
    """Whatever its parts are called, the values are those of the usual workbook."""
    (sheet,) = read_workbook(zipped(MOVED[name])).sheets
    assert (sheet.title, [list(row) for row in sheet.rows]) == ("需求", [[7, "走访"]])


def test_a_binary_workbook_elsewhere_is_opened() -> None:
    """The same holds for .xlsb."""
    with zipfile.ZipFile(io.BytesIO(xlsb_of({(1, 1): 1.0, (2, 2): "走访"}))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/book2.bin"] = parts.pop("xl/workbook.bin")
    parts["xl/_rels/book2.bin.rels"] = parts.pop("xl/_rels/workbook.bin.rels")
    parts["_rels/.rels"] = re.sub(
        rb'Target="[^"]*"', b'Target="xl/book2.bin"', parts["_rels/.rels"]
    )
    parts["[Content_Types].xml"] = (
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
        b'Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
        b"</Types>"
    )
    workbook = read_workbook(zipped(parts))
    assert workbook.kind == "xlsb"
    assert workbook.sheets[0].cell(2, 2) == "走访"


@pytest.mark.parametrize(
    "kind", ["wordprocessingml.document.main+xml", "presentationml.presentation.main+xml"]
)
def test_another_document_is_no_workbook(kind: str) -> None:
    """A letter is no workbook, though its package is built in the same way."""
    parts = moved(
        {"xl/workbook.xml": "word/document.xml"},
        {"xl/workbook.xml": "word/document.xml", "spreadsheetml.sheet.main+xml": kind},
    )
    with pytest.raises(UnreadableError) as caught:
        read_workbook(zipped(parts))
    assert caught.value.reason == "file-document"


def test_a_main_part_that_is_not_there() -> None:
    """A package that names a workbook it does not hold is damaged or none, never another one."""
    parts = moved({}, {"xl/workbook.xml": "xl/workbook3.xml"})
    with pytest.raises(UnreadableError):
        read_workbook(zipped({**parts, "xl/workbook.xml": ""}))
