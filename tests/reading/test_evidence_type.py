"""What a file beside a workbook is, told by what is in it, whatever it is called."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import docx
import matplotlib as mpl
import openpyxl
import pytest
from PIL import Image

from sheetflow.reading.evidence_type import look_at
from sheetflow.schemas.evidence import DAMAGED, LOCKED, MACROS, NOT_TYPE
from tests.reading.containers import container_of
from tests.reading.packages import zipped

mpl.use("agg")


def made(save: Callable[[io.BytesIO], object]) -> bytes:
    """Give what `save` writes."""
    target = io.BytesIO()
    save(target)
    return target.getvalue()


def paper() -> bytes:
    """A research paper as Word saves it."""
    document = docx.Document()
    document.add_heading("调研报告", 1)
    document.add_paragraph("历下区妇女儿童之家建设情况。")
    return made(document.save)


def table() -> bytes:
    """A workbook as Excel saves it."""
    book = openpyxl.Workbook()
    book.active["A1"] = 1  # type: ignore[index]
    return made(book.save)


def picture(kind: str) -> bytes:
    """A small picture."""
    return made(lambda target: Image.new("RGB", (40, 30), "red").save(target, kind))


def scan() -> bytes:
    """A PDF as a drawing library saves it."""
    from matplotlib.figure import Figure

    return made(lambda target: Figure((1, 1)).savefig(target, format="pdf"))


def with_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Give a package with more parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        known = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**known, **parts})


def changed(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Give a package with a part in which `old` reads `new`."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        known: dict[str, bytes | str] = {each: archive.read(each) for each in archive.namelist()}
    part = known[name]
    assert isinstance(part, bytes)
    assert old in part
    return zipped(known | {name: part.replace(old, new)})


@pytest.mark.parametrize(
    ("make", "name", "kind"),
    [
        (paper, "论文.docx", ".docx"),
        (table, "附表.xlsx", ".xlsx"),
        (scan, "扫描件.PDF", ".pdf"),
        (lambda: picture("PNG"), "照片.png", ".png"),
        (lambda: picture("JPEG"), "照片.jpeg", ".jpg"),
        (paper, "没有后缀", ".docx"),
    ],
)
def test_a_sound_file_is_known_for_what_it_is(
    make: Callable[[], bytes], name: str, kind: str
) -> None:
    """What Word, Excel, a scanner or a telephone saves is taken, however its ending is written."""
    assert look_at(make(), name) == (kind, "", "")


@pytest.mark.parametrize(
    ("make", "name"),
    [
        ("就是一段文字".encode, "论文.docx"),
        (scan, "论文.docx"),
        (paper, "论文.pdf"),
        (lambda: zipped({"论文.docx": b"1"}), "论文.zip"),
        (lambda: container_of({"WordDocument": b"1"}), "论文.doc"),
        (lambda: b"GIF89a....", "照片.jpg"),
    ],
)
def test_what_is_none_is_told(make: Callable[[], bytes], name: str) -> None:
    """A .docx that is none, a packed folder or an old .doc is not handed up as a paper."""
    _, fault, remark = look_at(make(), name)
    assert (fault, remark) == (NOT_TYPE, "")


@pytest.mark.parametrize("make", [paper, table, scan])
def test_half_a_file_is_damaged(make: Callable[[], bytes]) -> None:
    """A copy that broke off is told before anybody above tries to open it."""
    whole = make()
    assert look_at(whole[: len(whole) // 2], "")[1] == DAMAGED


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_half_a_picture_is_damaged(kind: str) -> None:
    """A picture that would show grey at the bottom is told too."""
    whole = picture(kind)
    assert look_at(whole[:-10], "")[1] == DAMAGED


def test_an_empty_file_is_damaged() -> None:
    """Nothing at all is no paper."""
    assert look_at(b"", "论文.docx")[1] == DAMAGED


@pytest.mark.parametrize(
    "data",
    [
        with_parts(paper(), {"word/vbaProject.bin": b"macros"}),
        with_parts(table(), {"xl/vbaProject.bin": b"macros"}),
        with_parts(paper(), {"word/embeddings/oleObject1.bin": b"object"}),
        with_parts(paper(), {"word/embeddings/Sheet1.xlsx": table()}),
        with_parts(paper(), {"word/activeX/activeX1.xml": b"<a/>"}),
        changed(
            paper(),
            "[Content_Types].xml",
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
    ],
    ids=["Word macros", "Excel macros", "OLE", "embedded", "ActiveX", "docm"],
)
def test_macros_and_objects_are_refused(data: bytes) -> None:
    """Nothing that runs by itself, and nothing hidden in another file, travels up."""
    assert look_at(data, "")[1] == MACROS


_CHART = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/package" Target="../embeddings/Sheet1.xlsx"/></Relationships>'
)


def test_figures_of_a_chart_are_no_object() -> None:
    """A paper with a chart in it holds the chart's own figures, and is taken as Word saves it."""
    charted = with_parts(
        paper(),
        {
            "word/charts/chart1.xml": b"<c/>",
            "word/charts/_rels/chart1.xml.rels": _CHART,
            "word/embeddings/Sheet1.xlsx": table(),
        },
    )
    assert look_at(charted, "论文.docx") == (".docx", "", "")
    armed = with_parts(charted, {"word/embeddings/Sheet1.xlsx": b"MZ, no workbook"})
    assert look_at(armed, "论文.docx")[1] == MACROS


def test_links_to_outside_are_let_be() -> None:
    """An address in a paper is no reason to give it back."""
    linked = changed(
        paper(),
        "word/_rels/document.xml.rels",
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/oleObject" Target="file:///C:/a.xlsx" TargetMode="External"/></Relationships>',
    )
    assert look_at(linked, "论文.docx") == (".docx", "", "")


_BODY = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"


@pytest.mark.parametrize(
    "end",
    [
        b"trailer\n<< /Size 2 /Root 1 0 R /Encrypt 5 0 R >>\nstartxref\n9\n%%EOF\n",
        b"7 0 obj\n<< /Type /XRef /Encrypt 5 0 R /Size 8 >>\nstream\n..\nendstream\nendobj\nstartxref\n9\n%%EOF",
    ],
)
def test_a_pdf_with_a_password_is_kept_and_told(end: bytes) -> None:
    """A locked scan is taken, and its sender hears that nobody above can open it without the word."""
    assert look_at(_BODY + end, "扫描件.pdf") == (".pdf", "", LOCKED)


def test_a_pdf_that_speaks_of_encryption_is_not_locked() -> None:
    """The word in a text is no password."""
    end = b"trailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
    assert look_at(_BODY + b"(/Encrypt 5 0 R)\n" + end, "") == (".pdf", "", "")


def test_a_word_document_with_a_password_says_so() -> None:
    """A paper that only its author can open is no paper for those above, and the reason is told."""
    locked = container_of({"EncryptedPackage": b"1", "EncryptionInfo": b"1"})
    assert look_at(locked, "论文.docx") == ("", NOT_TYPE, LOCKED)
