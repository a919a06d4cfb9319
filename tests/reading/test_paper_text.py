"""A cadre's paper is read as it looks in Word, and what is no text is named, never lost in silence."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml

from sheetflow.consolidation.judged_papers import (
    PDF_FAULT,
    PaperText,
    TextParagraph,
    TextTable,
    unread,
)
from sheetflow.errors import UnreadableError
from sheetflow.reading.paper_text import read_paper
from tests.paper_files import TABLE, paper, saved

TITLE = "关于留守妇女的调研报告"


def texts(read: PaperText) -> list[str]:
    """Give the paragraphs' texts."""
    return [each.text for each in read.contents if isinstance(each, TextParagraph)]


def test_text_and_tables_come_in_order() -> None:
    """Paragraphs and tables of a paper stand in the volume in the order in which they were written."""
    read = read_paper(paper(TITLE, "历城区妇联 王芳", ["一、基本情况", "走访486人。"]))
    assert texts(read) == [TITLE, "历城区妇联 王芳", "一、基本情况", "走访486人。"]
    table = read.contents[-1]
    assert isinstance(table, TextTable)
    assert tuple(tuple(cell.text for cell in row) for row in table.rows) == TABLE


def test_what_is_no_text_is_counted_and_marked() -> None:
    """A picture leaves a mark where it stood; comments and hidden words are counted, and stand nowhere."""
    read = read_paper(paper(TITLE, "王芳", [], has_more=True))
    assert "见下图：\n〔此处图片略〕" in texts(read) or "见下图：〔此处图片略〕" in texts(read)
    counts = {"图片": 1, "批注": 1, "修订中删除的文字": 1, "隐藏文字": 1, "页眉页脚文字": 1}
    assert dict(read.left_out) == counts
    assert "修订前后：这句是后来加的" in texts(read)
    assert not any(word in "".join(texts(read)) for word in ("删去", "看不见", "请核实"))
    assert read.gaps == "图片1处"


def test_numbers_that_word_makes_are_text() -> None:
    """A heading that Word numbers by itself (一、) keeps its number, and counting goes on as on the screen."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">'
            '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
            '<w:lvlText w:val="%1、"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/>'
            '<w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl></w:abstractNum>'
        ),
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>')
    )
    for level, text in ((0, "情况"), (1, "户数"), (1, "人数"), (0, "建议"), (1, "培训")):
        added = document.add_paragraph(text)
        given = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'
        added._p.get_or_add_pPr().append(parse_xml(given))  # noqa: SLF001 - the library has no numbering
    assert texts(read_paper(saved(document))) == [
        "一、情况",
        "1. 户数",
        "2. 人数",
        "二、建议",
        "1. 培训",
    ]


def test_headings_are_known_by_their_style() -> None:
    """Word's headings come with their level, whatever else the document is."""
    document = docx.Document()
    document.add_heading("上篇", 1)
    document.add_heading("情况", 2)
    document.add_paragraph("正文。")
    levels = [
        each.level
        for each in read_paper(saved(document)).contents
        if isinstance(each, TextParagraph)
    ]
    assert levels == [1, 2, 0]


def test_merged_cells_stay_merged() -> None:
    """A cell over several columns and rows reaches over as many in the volume."""
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for place, cell in enumerate(each for row in table.rows for each in row.cells):
        cell.text = str(place)
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(1, 2).merge(table.cell(2, 2))
    (read,) = read_paper(saved(document)).contents
    assert isinstance(read, TextTable)
    shape = [[(cell.across, cell.down) for cell in row] for row in read.rows]
    assert shape == [[(2, 1), (1, 1)], [(1, 1), (1, 1), (1, 2)], [(1, 1), (1, 1), (1, 0)]]
    assert all(sum(cell.across for cell in row) == 3 for row in read.rows)


def test_a_papers_own_contents_are_left_out() -> None:
    """A paper's own 目录 has page numbers that mean nothing in the volume: it is left out, and said so."""
    document = docx.Document()
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("一、基本情况\t1", "toc 1")
    document.add_paragraph("二、建议\t5", "toc 1")
    document.add_paragraph("正文。")
    read = read_paper(saved(document))
    assert texts(read) == ["正文。"]
    assert read.left_out == (("原文目录", 1),)


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        ("<w:r><w:footnoteReference w:id='2'/></w:r>", "脚注"),
        ("<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>", "公式"),
        ("<w:r><w:object><o:OLEObject ProgID='Excel.Sheet.12'/></w:object></w:r>", "嵌入对象"),
        ("<w:r><w:object><o:OLEObject ProgID='Equation.3'/></w:object></w:r>", "公式"),
        (
            (
                "<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r>"
                "</w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict/></mc:Fallback>"
                "</mc:AlternateContent></w:r>"
            ),
            "文本框",
        ),
        ("<w:r><w:drawing><a:graphicData uri='http://x/2006/chart'/></w:drawing></w:r>", "图表"),
        ("<w:r><w:sym w:font='Wingdings' w:char='F0FC'/></w:r>", "特殊符号"),
    ],
)
def test_each_thing_is_named(inside: str, name: str) -> None:
    """What cannot be taken over is called by its name, once, at its place."""
    read = read_paper(bare(f"<w:p><w:r><w:t>前</w:t></w:r>{inside}<w:r><w:t>后</w:t></w:r></w:p>"))
    assert texts(read) == [f"前〔此处{name}略〕后"]
    assert read.left_out == ((name, 1),)


def test_a_symbol_that_has_a_name_is_text() -> None:
    """A symbol of Unicode's is taken as it is."""
    assert texts(read_paper(bare("<w:p><w:r><w:sym w:char='2103'/></w:r></w:p>"))) == ["℃"]


def bare(body: str) -> bytes:
    """Pack a document as odd programs write it: without styles, its text where its relation says."""
    spaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:m="m" xmlns:o="o"'
        ' xmlns:a="a" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/wps/text.xml" ContentType="{kind}"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{relation}" Target="/wps/text.xml"/></Relationships>',
        )
        archive.writestr(
            "wps/text.xml", f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
        )
    return target.getvalue()


def test_text_in_controls_and_insertions_is_text() -> None:
    """Words in content controls, tags, links and tracked insertions are read; moved words once."""
    read = read_paper(
        bare(
            "<w:sdt><w:sdtContent><w:p><w:smartTag><w:r><w:t>甲</w:t></w:r></w:smartTag>"
            "<w:hyperlink><w:r><w:t>乙</w:t></w:r></w:hyperlink>"
            "<w:moveFrom><w:r><w:t>丙</w:t></w:r></w:moveFrom>"
            "<w:moveTo><w:r><w:t>丙</w:t></w:r></w:moveTo></w:p></w:sdtContent></w:sdt>"
        )
    )
    assert texts(read) == ["甲乙丙"]


def test_a_pdf_has_a_sentence() -> None:
    """A PDF is no fault of anybody's: it is listed, and its original is where to look."""
    assert read_paper(b"%PDF-1.4 ...") == PaperText(fault=PDF_FAULT)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file-empty"),
        (b"not a document at all", "word-none"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "word-old"),
        (paper(TITLE, "王芳", ["正文。"])[:-300], "file-damaged"),
        (bare("<w:p>"), "file-damaged"),
    ],
)
def test_what_is_none_is_refused_in_words(content: bytes, reason: str) -> None:
    """A file that is no readable .docx is refused by a code that has a Chinese sentence."""
    with pytest.raises(UnreadableError) as caught:
        read_paper(content)
    assert caught.value.reason == reason
    assert "正文未收入" in unread(reason).missing


def test_entities_are_refused() -> None:
    """A part with a DTD is never read: entities explode, or fetch files."""
    content = bare("<w:p><w:r><w:t>甲</w:t></w:r></w:p>")
    parts = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["wps/text.xml"] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts["wps/text.xml"]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    with pytest.raises(UnreadableError) as caught:
        read_paper(target.getvalue())
    assert caught.value.reason == "file-hostile"
