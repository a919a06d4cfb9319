"""What was ranked becomes papers: their authors' names, their grades, names for their originals."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sheetflow.consolidation.judged_papers import (
    NO_FILE_FAULT,
    JudgedPaper,
    JudgedPapers,
    PaperText,
    TextParagraph,
)
from sheetflow.consolidation.ranked_papers import names_of_originals, papers_of
from sheetflow.consolidation.ranking import RankedList, RankedRow

ROW = RankedRow(
    number="N002",
    entry="370102-B001",
    title="题目",
    place=1,
    proposed="一等奖",
    unit_id="370102",
    unit="历城区",
    authors=("王　芳、李敏", "主席、科员"),
    file_names=("论文",),
)
RANKED = RankedList(
    title="评选",
    unit="山东省",
    period="2012",
    judges=(),
    grades=(("一等奖", 1),),
    rest="未获奖",
    rows=(ROW, replace(ROW, number="N001", place=0, proposed="", award="二等奖", authors=())),
)
TEXT = PaperText((TextParagraph("正文。"),))


def test_a_paper_is_whose_it_was_and_gets_what_was_decided() -> None:
    """Names of authors, not their posts, are covered; a decided grade stands before a proposed one."""
    names = {"370102": ("历城区", "济南市")}
    first, second = papers_of(RANKED, names, {"N002": ("论文.docx", TEXT)})
    assert first.authors == ("王芳", "李敏")
    assert (first.rank, first.award, first.names) == (1, "一等奖", ("历城区", "济南市"))
    assert (first.file_name, first.text) == ("论文.docx", TEXT)
    assert (second.rank, second.award, second.authors) == (None, "二等奖", ())
    assert second.text.missing == NO_FILE_FAULT


def test_originals_are_named_by_their_number_in_the_volume() -> None:
    """Each original has a name that any system takes and no other has; a paper without a file has none."""
    paper = JudgedPaper(number="N001", title="关于“妇女/之家”：调研?", rank=2, file_name="a.DOCX")
    papers = (
        paper,
        replace(paper, number="N002"),
        replace(paper, number="N003", rank=None, file_name="b.pdf"),
        replace(paper, number="N004", file_name=""),
    )
    judged = JudgedPapers(title="评选", papers=papers, stamp=dt.datetime(2012, 1, 1, tzinfo=dt.UTC))
    assert [(name, each.number) for name, each in names_of_originals(judged)] == [
        ("01 关于“妇女_之家”：调研_.docx", "N001"),
        ("02 关于“妇女_之家”：调研_.docx", "N002"),
        ("04 关于“妇女_之家”：调研_.pdf", "N003"),
    ]
