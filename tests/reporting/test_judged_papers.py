"""The papers of a contest as an office prints them: the list, the volume, and what judges get."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from sheetflow.consolidation.judged_papers import (
    JudgedPaper,
    JudgedPapers,
    PaperText,
    TextCell,
    TextParagraph,
    TextTable,
)
from sheetflow.reporting.award_list import write_award_list
from sheetflow.reporting.judging_drafts import write_judging_drafts
from sheetflow.reporting.paper_pages import in_lines
from sheetflow.reporting.paper_volume import write_originals, write_volume
from tests.judged import AUTHORS, FIRST, STAMP, TITLES, content, contest
from tests.paper_files import parts_of
from tests.programs import needs_office

JUDGED = contest()


def opened(data: bytes) -> Document:
    """Open a document."""
    return docx.Document(io.BytesIO(data))


def lines(data: bytes) -> list[str]:
    """Give the texts of paragraphs."""
    return [each.text for each in opened(data).paragraphs]


def table_of(data: bytes) -> list[list[str]]:
    """Give the last table's texts, row by row."""
    return [[cell.text for cell in row.cells] for row in opened(data).tables[-1].rows]


def test_the_list_shows_ties_as_ties() -> None:
    """The 推荐名单 has 名次, 题目, 作者, 单位, 等次 of who is recommended; who shares a place is 并列."""
    rows = table_of(write_award_list(JUDGED))
    assert rows[0] == ["名次", "题目", "作者", "单位", "等次"]
    assert [row[0] for row in rows[1:]] == ["1", "并列2", "并列2"]
    assert [row[4] for row in rows[1:]] == ["一等奖", "二等奖", "二等奖"]
    assert rows[3][2] == "李敏\n张秀英" or rows[2][2] == "李敏\n张秀英"


def test_the_list_is_signed() -> None:
    """Under the list stand who signs and the day, on the page of what stands before them."""
    said = lines(write_award_list(JUDGED))
    assert said[-2:] == ["山东省妇女联合会", "2012年12月3日"]
    assert "".join(said[:2]) == f"{JUDGED.title}推荐名单"


def test_a_proposal_says_that_it_is_one() -> None:
    """What scores propose is called （建议）, with its quotas, and what a tie leaves open is said."""
    tied = tuple(
        replace(each, award="并列待定") if each.rank == 2 else each for each in JUDGED.papers
    )
    proposal = replace(JUDGED, papers=tied, is_proposal=True)
    said = "\n".join(lines(write_award_list(proposal)))
    assert "（建议）" in said
    assert "名额：一等奖1篇，二等奖1篇。" in said
    assert "最终等次以会议决定为准" in said
    assert "“并列待定”" in said
    assert "（建议）" not in "\n".join(lines(write_award_list(JUDGED)))


def test_equal_papers_give_equal_bytes() -> None:
    """Made again of the same papers, nothing differs by a byte: no file is published twice."""
    again = contest()
    assert write_award_list(JUDGED) == write_award_list(again)
    assert write_volume(JUDGED) == write_volume(again)
    assert write_judging_drafts(JUDGED) == write_judging_drafts(again)


def test_the_volume_goes_by_grade_and_rank() -> None:
    """Grades come best first with their papers by rank, then the others, then what is not in it."""
    document = opened(write_volume(JUDGED))
    heads = [
        each.text
        for each in document.paragraphs
        if each.style is not None and each.style.name in {"Heading 1", "Heading 2"}
    ]
    wanted = ["一等奖", TITLES[0], "二等奖", TITLES[2], TITLES[1], "其他论文", TITLES[3]]
    assert heads == [*wanted, "附录　未能收入的内容"]


def test_the_contents_can_be_read_before_they_are_updated() -> None:
    """The 目录 is a field of Word's with its entries in it, each leading to a bookmark; no dialog opens."""
    data = write_volume(JUDGED)
    body = opened(data).element.body
    (codes,) = [each.text for each in body.iter(qn("w:instrText"))]
    assert codes.split() == ["TOC", "\\o", '"1-2"', "\\h", "\\z"]
    marks = {each.get(qn("w:name")) for each in body.iter(qn("w:bookmarkStart"))}
    links = {
        each.get(qn("w:anchor")): "".join(text.text for text in each.iter(qn("w:t")))
        for each in body.iter(qn("w:hyperlink"))
    }
    assert set(links) == marks
    assert [*links.values()][:2] == ["一等奖", f"1　{TITLES[0]}"]
    assert b"updateFields" not in parts_of(data)["word/settings.xml"]


def test_what_is_not_in_the_volume_is_listed() -> None:
    """Paper by paper the appendix names what could not be taken over, a PDF with where to look."""
    rows = table_of(write_volume(JUDGED))
    missing = {row[1]: row[4] for row in rows[1:]}
    assert "图片1处" in missing[TITLES[1]]
    assert missing[TITLES[3]] == "PDF，正文未收入论文集，见原件"


def test_all_taken_over_is_said_too() -> None:
    """Where nothing is missing the appendix says so, instead of an empty table."""
    text = PaperText((TextParagraph("全文。"),))
    whole = replace(JUDGED, papers=(replace(JUDGED.papers[0], text=text),))
    assert any("没有未能收入的内容" in line for line in lines(write_volume(whole)))


def wide(columns: int) -> JudgedPapers:
    """Give a volume of one paper with a table of so many columns under a caption."""
    rows = tuple(tuple(TextCell(str(row * at)) for at in range(columns)) for row in range(4))
    table = TextTable(rows, (1,) * columns)
    text = PaperText((TextParagraph("前。"), TextParagraph("附表"), table, TextParagraph("后。")))
    return replace(JUDGED, papers=(replace(JUDGED.papers[0], text=text),))


@pytest.mark.parametrize("columns", [2, 8, 12, 30, 63])
def test_no_table_is_wider_than_its_page(columns: int) -> None:
    """However many columns a table has, it stays within the page; a wide one lies on a page with its caption."""
    document = opened(write_volume(wide(columns)))
    (table,) = document.tables
    width = sum(int(each.get(qn("w:w"))) for each in table._tbl.tblGrid)  # noqa: SLF001
    lying = [each for each in document.sections if each.orientation == WD_ORIENT.LANDSCAPE]
    section = lying[0] if lying else document.sections[-1]
    margins = (section.left_margin or 0) + (section.right_margin or 0)
    room = ((section.page_width or 0) - margins) / 635
    assert bool(lying) == (columns > 8)
    assert width <= room + columns


def test_a_table_beyond_words_limit_becomes_lines() -> None:
    """A table of more columns than Word knows is written as lines, and loses no cell."""
    said = "\n".join(lines(write_volume(wide(70))))
    assert "207" in said


def test_foreign_control_marks_break_nothing() -> None:
    """Letters that XML may not hold are left out of title and text; the volume opens."""
    text = PaperText((TextParagraph("甲\x0b乙<丙>&丁"),))
    odd = replace(JUDGED.papers[0], title="题\x01目", text=text)
    said = lines(write_volume(replace(JUDGED, papers=(odd,))))
    assert "题目" in said
    assert "甲乙<丙>&丁" in said


def test_a_paper_without_title_has_its_page() -> None:
    """A title of nothing but unseen marks hinders no volume."""
    blank = replace(JUDGED.papers[0], title=" \x01")
    assert "（没有题目）" in lines(write_volume(replace(JUDGED, papers=(blank,))))


def drafts() -> Iterator[tuple[str, str, bytes]]:
    """Give every part of every draft: the draft, the part, its bytes."""
    with zipfile.ZipFile(io.BytesIO(write_judging_drafts(JUDGED)[0])) as archive:
        for name in archive.namelist():
            for part, inside in parts_of(archive.read(name)).items():
                yield name, part, inside


def test_no_part_of_a_draft_names_author_or_unit() -> None:
    """Search every part of every 评审用稿: no author's name, no unit, no who changed what."""
    names = [name for who in AUTHORS for name in who]
    telling = [*names, "历城", "济南", "王 芳", "李 敏"]
    for draft, part, inside in drafts():
        said = inside.decode("utf-8", "ignore")
        assert not [name for name in telling if name in said], (draft, part)


def test_a_drafts_properties_say_nothing_but_its_number() -> None:
    """The properties of a 评审用稿 name its number and title, nobody, and nothing of the paper's own file."""
    with zipfile.ZipFile(io.BytesIO(write_judging_drafts(JUDGED)[0])) as archive:
        own = opened(archive.read("N004.docx")).core_properties
    assert own.title == f"N004 {TITLES[0]}"
    said = (own.author, own.last_modified_by, own.comments, own.keywords, own.subject, own.category)
    assert not any(said)


def test_a_draft_is_called_by_its_number_and_holds_the_text() -> None:
    """Each paper is a file of its number; a PDF has none, and the page in the zip says what to do."""
    with zipfile.ZipFile(io.BytesIO(write_judging_drafts(JUDGED)[0])) as archive:
        assert archive.namelist() == ["说明.docx", "N002.docx", "N003.docx", "N004.docx"]
        said = lines(archive.read("N004.docx"))
        assert said[:3] == ["评审编号：N004", TITLES[0], FIRST[0]]
        assert not any("作者单位" in line for line in said)
        rows = table_of(archive.read("说明.docx"))
    assert rows[1][:3] == ["N001", TITLES[3], "无"]
    assert "PDF" in rows[1][3]
    assert "遮住作者、单位" in rows[1][3]


def test_the_office_sees_what_was_covered() -> None:
    """The 评审用稿核对表 counts what was covered in each paper, and says that it is not for judges."""
    check = write_judging_drafts(JUDGED)[1]
    rows = {row[0]: row for row in table_of(check)}
    assert rows["N004"][5:9] == ["2", "4", "2", "1"]
    assert rows["N001"][5:9] == ["—"] * 4
    assert any("不发评委" in line for line in lines(check))


def test_originals_go_as_they_came(tmp_path: Path) -> None:
    """The zip of originals holds each byte for byte under the name it was given, and equals itself."""
    paths = []
    for place, name in enumerate(TITLES):
        path = tmp_path / str(place)
        path.write_bytes(content(place))
        paths.append((f"{place + 1:02} {name}.docx", path))
    targets = [io.BytesIO(), io.BytesIO()]
    for target in targets:
        write_originals(target, paths)
    assert targets[0].getvalue() == targets[1].getvalue()
    with zipfile.ZipFile(targets[0]) as archive:
        assert [each.filename for each in archive.infolist()] == [name for name, _ in paths]
        assert all(archive.read(name) == path.read_bytes() for name, path in paths)
        assert all(each.compress_type == zipfile.ZIP_STORED for each in archive.infolist())


@pytest.mark.parametrize(
    ("title", "letters", "wanted"),
    [
        ("调研报告", 14, ["调研报告"]),
        ("山东省“下基层”优秀调研报告论文", 12, ["山东省“下基层”", "优秀调研报告论文"]),
        ("甲" * 15, 14, ["甲" * 8, "甲" * 7]),
    ],
)
def test_long_titles_are_broken_where_a_reader_would(
    title: str, letters: int, wanted: list[str]
) -> None:
    """A title that is too long for a line is broken around a quotation, else evenly."""
    assert in_lines(title, letters) == wanted


@needs_office
@pytest.mark.office
@pytest.mark.slow
def test_an_office_program_shows_every_paper(tmp_path: Path) -> None:
    """LibreOffice opens the volume, and every paper's first sentence stands on its pages."""
    many = [
        JudgedPaper(
            number=f"N1{place:02}",
            title=f"第{place}篇调研报告",
            unit="某区",
            rank=10 + place,
            award="三等奖",
            text=PaperText(
                (TextParagraph(f"开头一句是{place}号。"), *(TextParagraph("长" * 900),) * 8)
            ),
        )
        for place in range(30)
    ]
    volume = write_volume(replace(JUDGED, papers=(*JUDGED.papers, *many), stamp=STAMP))
    source, pdf = tmp_path / "volume.docx", tmp_path / "volume.pdf"
    source.write_bytes(volume)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, source],
        check=True,
        capture_output=True,
        timeout=240,
    )
    done = subprocess.run(["pdftotext", pdf, "-"], check=True, capture_output=True, timeout=60)
    pages = done.stdout.decode().split("\f")
    said = "".join("".join(pages).split())
    assert len(pages) > 200
    for sentence in (*FIRST[:3], *(f"开头一句是{place}号。" for place in range(30))):
        assert sentence in said
    assert "PDF，正文未收入论文集" in said
