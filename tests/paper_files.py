"""Papers as cadres send them: real .docx, with headings, lists, tables, and what no text can hold."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml

TABLE = (
    ("村别", "户数（户）", "留守妇女（人）", "主要需求"),
    ("东沙河村", "312", "86", "技能培训、小额贷款"),
    ("西仲宫村", "205", "41", "亲子教育"),
)


def picture() -> bytes:
    """Make a PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    rows = b"".join(b"\x00" + b"\x20\x60\xa0" * 40 for _ in range(30))
    head = struct.pack(">IIBBBBB", 40, 30, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    return start + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def saved(document: Document) -> bytes:
    """Save a document as bytes."""
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def paper(title: str, byline: str, paragraphs: Sequence[str], *, has_more: bool = False) -> bytes:
    """Write a paper: title, byline, its paragraphs, a table; and, where it `has_more`, what no text holds."""
    document = docx.Document()
    document.core_properties.author = byline
    document.core_properties.comments = byline
    document.sections[0].header.paragraphs[0].text = f"{byline} 内部资料"
    document.add_paragraph(title, "Title")
    document.add_paragraph(byline)
    for text in paragraphs:
        document.add_paragraph(text)
    table = document.add_table(rows=len(TABLE), cols=len(TABLE[0]))
    for row, words in zip(table.rows, TABLE, strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    if has_more:
        add_more(document, byline)
    return saved(document)


def add_more(document: Document, who: str) -> None:
    """Add a picture, a comment, changes that were tracked, and a field of hidden words."""
    document.add_paragraph("见下图：").add_run().add_picture(io.BytesIO(picture()))
    said = document.add_paragraph("走访情况良好。")
    document.add_comment(said.runs[0], f"{who}：请核实", author=who, initials="W")
    changed = document.add_paragraph("修订前后：")
    for kind, text in (("ins", "这句是后来加的"), ("del", "这句已经删去")):
        tag = "t" if kind == "ins" else "delText"
        changed._p.append(  # noqa: SLF001 - python-docx tracks no changes
            parse_xml(
                f'<w:{kind} {nsdecls("w")} w:id="9" w:author="{who}" w:date="2012-09-01T00:00:00Z">'
                f"<w:r><w:{tag}>{text}</w:{tag}></w:r></w:{kind}>"
            )
        )
    hidden = document.add_paragraph("看得见").add_run("看不见")
    hidden.font.hidden = True


def parts_of(content: bytes) -> dict[str, bytes]:
    """Give all parts of a container, those of containers in it too, inflated."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            found[name] = part
            if part.startswith(b"PK\x03\x04"):
                found |= {f"{name}/{inner}": each for inner, each in parts_of(part).items()}
    return found
