"""The volume 论文集 in Word: title page, contents, the judged papers by grade and rank, what could not be taken over.

The contents are a field of Word's, whose entries stand there already: it can be read before anybody has
it updated, and nobody is asked about it. Page numbers come with the first update, for only a program that
lays out pages knows them; until then the number before each title, which stands above every page of its
paper, leads there. Equal papers give equal bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape

from docx.enum.section import WD_SECTION
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from sheetflow.consolidation.anonymous_papers import without_opening
from sheetflow.consolidation.judged_papers import JudgedPaper, JudgedPapers
from sheetflow.periods import date_in_words
from sheetflow.reporting.annex_page import GAP, WORDS, AnnexPage, Cell, Row, printable
from sheetflow.reporting.paper_pages import (
    BYLINE,
    CONTENTS,
    COVER,
    COVER_LINE,
    REMARK,
    TOC_LEVELS,
    in_lines,
    paper_page,
    run_header,
    write_contents,
)
from sheetflow.reporting.report import packed, set_fonts, set_properties

_NO_GRADE, _UNTITLED = "其他论文", "（没有题目）"
_APPENDIX = "附录　未能收入的内容"
_ABOVE_TITLE, _ABOVE_GRADE = 130, Pt(200)
_ROOM, _COVER_LETTERS, _COVER_HEIGHT = 400, 14, 50
"""Of the cover, in points: what is left for its title and below, a line's letters and height."""
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass
class _Volume:
    page: AnnexPage
    entries: list[tuple[int, str, str]] = field(default_factory=list)
    """The headings so far: level, text as the contents have it, bookmark."""

    def head(self, text: str, level: int, shown: str = "") -> Paragraph:
        """Write a heading that the contents lead to, where they have it as `shown`."""
        mark = f"_Toc{len(self.entries) + 1:09}"
        self.entries.append((level, shown or text, mark))
        heading = self.page.write(printable(text).strip() or _UNTITLED, f"Heading {level}")
        paragraph = heading._p  # noqa: SLF001 - python-docx sets no bookmarks
        number = len(self.entries)
        begin = f'<w:bookmarkStart {nsdecls("w")} w:id="{number}" w:name="{mark}"/>'
        end = f'<w:bookmarkEnd {nsdecls("w")} w:id="{number}"/>'
        paragraph.r_lst[0].addprevious(parse_xml(begin))
        paragraph.append(parse_xml(end))
        return heading


def write_volume(judged: JudgedPapers) -> bytes:
    """Give the volume as .docx."""
    page = paper_page()
    title = f"{judged.title}论文集"
    _write_cover(page, judged)
    place = page.write("目　录", CONTENTS, new_page=True)._p  # noqa: SLF001 - the contents are put in when all is known
    volume = _Volume(page)
    number = 0
    for grade, papers in judged.by_grade():
        _begin_section(page, "")
        volume.head(grade or _NO_GRADE, 1).paragraph_format.space_before = _ABOVE_GRADE
        page.write(f"（共{len(papers)}篇）", COVER_LINE)
        for paper in papers:
            number += 1
            _write_paper(volume, number, paper)
    _write_appendix(volume, judged)
    place.addnext(parse_xml(_contents(volume.entries)))
    set_fonts(page.document, judged.fonts)
    set_properties(page.document, title=title, author=judged.issuer, stamp=judged.stamp)
    return packed(page.document, judged.stamp)


def _write_cover(page: AnnexPage, judged: JudgedPapers) -> None:
    page.document.sections[0].different_first_page_header_footer = True
    lines = (*in_lines(judged.title, _COVER_LETTERS), "论文集")
    for number, line in enumerate(lines):
        paragraph = page.write(line, COVER)
        paragraph.paragraph_format.space_before = Pt(0 if number else _ABOVE_TITLE)
    below = [judged.issuer, date_in_words(judged.day) if judged.day else ""]
    for number, line in enumerate(filter(None, below)):
        paragraph = page.write(line, COVER_LINE)
        if not number:
            paragraph.paragraph_format.space_before = Pt(_ROOM - len(lines) * _COVER_HEIGHT)


def _begin_section(page: AnnexPage, words: str) -> None:
    """Begin a page that has `words` above it, and so have those after it."""
    section = page.document.add_section(WD_SECTION.NEW_PAGE)
    section.different_first_page_header_footer = False
    if words:
        run_header(page, words)
    else:
        for header in (section.header, section.even_page_header):
            header.is_linked_to_previous = False


def _write_paper(volume: _Volume, number: int, paper: JudgedPaper) -> None:
    page = volume.page
    _begin_section(page, f"{number}　{paper.title}")
    volume.head(paper.title, 2, f"{number}　{paper.title}")
    page.write(paper.byline, BYLINE)
    contents = without_opening(paper)
    if contents:
        write_contents(page, contents)
    else:
        page.write(f"（{_missing(paper)}。）", REMARK)


def _missing(paper: JudgedPaper) -> str:
    name = f"：{paper.file_name}" if paper.file_name else ""
    return f"{paper.text.missing}{name}" if not paper.text.contents else paper.text.missing


def _write_appendix(volume: _Volume, judged: JudgedPapers) -> None:
    page = volume.page
    _begin_section(page, "")
    volume.head(_APPENDIX, 1)
    rows: list[Row] = [("序号", "题目", "作者、单位", "原件", "未能收入的内容")]
    ordered = [paper for _, papers in judged.by_grade() for paper in papers]
    for number, paper in enumerate(ordered, start=1):
        if paper.text.missing:
            words = (paper.title, paper.byline, paper.file_name, paper.text.missing)
            rows.append((str(number), *(Cell(each, WORDS) for each in words)))
    if len(rows) == 1:
        page.write("各篇论文的文字和表格都已收入，没有未能收入的内容。", REMARK)
        return
    page.write(
        "论文集只收文字和表格。下列内容没有收入，请看随论文集一并保存的原件。序号是论文在本集中的顺序。",
        REMARK,
    )
    page.write("", GAP)
    page.table(rows, (7, 30, 24, 24, 26))


def _contents(entries: Sequence[tuple[int, str, str]]) -> str:
    """Give the contents as Word keeps them: a field with its entries, each leading to its heading."""
    instruction = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    lines = "".join(_entries(entries, instruction))
    end = '<w:p><w:pPr><w:pStyle w:val="toc2"/></w:pPr><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    return (
        f'<w:sdt {nsdecls("w")}><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
        f"<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>{lines}{end}</w:sdtContent></w:sdt>"
    )


def _entries(entries: Sequence[tuple[int, str, str]], instruction: str) -> Iterator[str]:
    for number, (level, text, mark) in enumerate(entries):
        style = TOC_LEVELS[level - 1].replace(" ", "")
        yield (
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{instruction if not number else ""}'
            f'<w:hyperlink w:anchor="{mark}" w:history="1"><w:r>'
            f'<w:t xml:space="preserve">{escape(printable(text))}</w:t></w:r></w:hyperlink></w:p>'
        )


def write_originals(target: BinaryIO, originals: Sequence[tuple[str, Path]]) -> None:
    """Write a zip of the papers as their units sent them: names in it and where each lies.

    Nothing is packed and nothing dated, so that equal files give equal bytes. Raise OSError where one
    cannot be read.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, path in originals:
            member = zipfile.ZipInfo(name, _FIRST_DAY)
            member.create_system, member.external_attr = 0, 0
            with path.open("rb") as source, archive.open(member, "w", force_zip64=False) as inside:
                while piece := source.read(1 << 20):
                    inside.write(piece)
