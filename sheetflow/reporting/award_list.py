"""The 推荐名单 in Word: which papers are recommended for which award, as proposed or as decided.

Equal lists give equal bytes. It refuses to rank: places and awards are handed in, ties are shown as ties.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.consolidation.judged_papers import JudgedPaper, JudgedPapers
from sheetflow.consolidation.ranking import PENDING
from sheetflow.periods import date_in_words
from sheetflow.reporting.annex_page import GAP, AnnexPage, Cell, Row
from sheetflow.reporting.paper_pages import (
    LIST_TITLE,
    LISTED,
    LISTED_WORDS,
    REMARK,
    in_lines,
    paper_page,
    sign,
)
from sheetflow.reporting.report import packed, set_fonts, set_properties

PROPOSED = "（建议）"
_HEADINGS = ("名次", "题目", "作者", "单位", "等次")
_WIDTHS = (9, 36, 12, 24, 13)
_ROW_HEIGHT = 560
_TITLE_LETTERS = 20


def award_list_title(judged: JudgedPapers) -> str:
    """Give the title that the list bears."""
    return f"{judged.title}推荐名单{PROPOSED if judged.is_proposal else ''}"


def write_award_list(judged: JudgedPapers) -> bytes:
    """Give the list as .docx."""
    page = paper_page()
    title = award_list_title(judged)
    for line in in_lines(title, _TITLE_LETTERS):
        page.write(line, LIST_TITLE)
    page.write("", GAP)
    page.write(_opening(judged), REMARK)
    page.write("", GAP)
    decided = tuple(paper for grade, found in judged.by_grade() if grade for paper in found)
    papers = judged.ranked if judged.is_proposal else decided
    rows: list[Row] = [tuple(Cell(heading, LISTED) for heading in _HEADINGS)]
    rows += (_row(judged, paper) for paper in papers)
    page.table(rows, _WIDTHS, height=_ROW_HEIGHT)
    for note in _notes(judged):
        page.write(note, REMARK, kept=True)
    _sign(page, judged)
    set_fonts(page.document, judged.fonts)
    set_properties(page.document, title=title, author=judged.issuer, stamp=judged.stamp)
    return packed(page.document, judged.stamp)


def _row(judged: JudgedPapers, paper: JudgedPaper) -> Row:
    tied = "并列" if judged.is_tied(paper) else ""
    place = "—" if paper.rank is None else f"{tied}{paper.rank}"
    return (
        Cell(place, LISTED),
        Cell(paper.title, LISTED_WORDS),
        Cell("\n".join(paper.authors), LISTED),
        Cell(paper.unit, LISTED),
        Cell(paper.award or "—", LISTED),
    )


def _opening(judged: JudgedPapers) -> str:
    said = f"参加评选的论文{len(judged.papers)}篇"
    if judged.judges:
        said += f"，评委{judged.judges}人"
    if judged.is_proposal:
        limits = "，".join(
            f"{grade}{quota}篇"
            for grade, quota in zip(judged.grades, judged.quotas, strict=False)
            if quota is not None
        )
        said += f"；名额：{limits}" if limits else ""
        return f"{said}。本名单按评委打分和名额生成，供评审会议研究；最终等次以会议决定为准。"
    counts = {grade: len(found) for grade, found in judged.by_grade()}
    awarded = "，".join(f"{grade}{counts[grade]}篇" for grade in judged.grades if grade in counts)
    return f"{said}{f'；其中{awarded}' if awarded else ''}。"


def _notes(judged: JudgedPapers) -> Iterator[str]:
    if any(map(judged.is_tied, judged.papers)):
        yield "注：得分相同的名次并列，下一名次相应顺延。"
    undecided = [each for each in judged.papers if each.award not in {"", *judged.grades}]
    if judged.is_proposal and any(each.award == PENDING for each in undecided):
        yield f"等次为“{PENDING}”的，得分相同而所余名额不足，请评审会议确定。"
    if any(each.rank is None for each in judged.papers):
        yield "名次为“—”的，评委尚未评完，没有得分。"


def _sign(page: AnnexPage, judged: JudgedPapers) -> None:
    page.write("", kept=True)
    sign(page, (judged.issuer, date_in_words(judged.day) if judged.day else ""))
