"""评审用稿: each paper for judges under its number, without authors and units; and what was covered where.

Each is a new document that holds nothing of the paper's own but its covered words. A zip has them all,
with a page that says what is in it; a second paper, for the office alone, tells what was covered, so that
somebody reads before judges do. What cannot be made anonymous (a PDF) is named there and left out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence

from sheetflow.consolidation.anonymous_papers import MASK, AnonymousPaper, anonymous
from sheetflow.consolidation.judged_papers import PDF_FAULT, JudgedPaper, JudgedPapers
from sheetflow.periods import OFFICE_ZONE
from sheetflow.reporting.annex_page import GAP, WORDS, AnnexPage, Cell, Row, printable
from sheetflow.reporting.paper_pages import (
    CONTENTS,
    REMARK,
    paper_page,
    run_header,
    write_contents,
)
from sheetflow.reporting.report import packed, set_fonts, set_properties

_UNSAFE = re.compile(r"[^\w-]+")
_GUIDE = "说明.docx"
_FROM_PDF = (
    "PDF不能隐去作者和单位，没有评审用稿。请组织评审的办公室打印后遮住作者、单位，另行送评委"
)
_NO_DRAFT = "没有可用的正文，没有评审用稿。请组织评审的办公室另行送评委"
_CHECK_HEADINGS = (
    *("评审编号", "题目", "作者", "单位", "来稿文件", "遮盖姓名", "遮盖单位"),
    *("删去署名", "电话邮箱", "备注"),
)
_CHECK_WIDTHS = (10, 26, 12, 17, 24, 7, 7, 7, 7, 28)
_CHECK_NOTES = (
    "本表供组织评审的办公室核对，写有作者和单位，不发评委。各数是处数，“删去署名”是行数。",
    (
        f"程序遮盖的是推荐表所填作者的姓名，以及作者单位和它上级单位的名称（全称、简称），以{MASK}代替。"
        "姓名或地名与常用词相同的，会一并遮盖；文中其他人名、村名、项目名程序不认识。"
        "请逐篇通读，“遮盖姓名”或“遮盖单位”为0、“电话邮箱”不为0的请重点核对，确认无误再发评委。"
    ),
)


def write_judging_drafts(judged: JudgedPapers) -> tuple[bytes, bytes]:
    """Give the zip of all drafts, and the list of what was covered, which is not for judges."""
    papers = sorted(judged.papers, key=lambda each: each.number)
    covered = [(paper, anonymous(paper)) for paper in papers]
    files = {
        f"{_UNSAFE.sub('_', draft.number)}.docx": _draft(judged, draft)
        for _, draft in covered
        if draft.text.contents
    }
    guide = _guide(judged, [draft for _, draft in covered])
    return _zipped(judged, {_GUIDE: guide, **files}), _check(judged, covered)


def _draft(judged: JudgedPapers, draft: AnonymousPaper) -> bytes:
    page = paper_page()
    run_header(page, f"评审编号：{draft.number}")
    page.write(f"评审编号：{draft.number}", "附件序号")
    page.write(draft.title, CONTENTS)
    write_contents(page, draft.text.contents)
    if draft.text.gaps:
        page.write("")
        page.write(f"（原文另有{draft.text.gaps}，评审用稿没有收入。）", REMARK)
    return _finished(page, judged, f"{draft.number} {draft.title}")


def _guide(judged: JudgedPapers, drafts: Sequence[AnonymousPaper]) -> bytes:
    page = paper_page()
    page.write("评审用稿说明", CONTENTS)
    with_text = [draft for draft in drafts if draft.text.contents]
    words = (
        (
            f"1. 本包是{judged.title}的评审用稿，参加评选的论文{len(drafts)}篇，有用稿的{len(with_text)}篇。"
            "每篇一个文件，文件名就是评审编号，打分时请按评审编号填写。"
        ),
        f"2. 稿中作者和单位的名称以{MASK}代替，署名已经删去。评委如能认出本单位的论文，请回避。",
        "3. 用稿只有文字和表格；图片、图表、公式等没有收入的，在原处注明，并列在下表。",
    )
    for each in words:
        page.write(each)
    page.write("", GAP)
    rows: list[Row] = [("评审编号", "题目", "用稿", "说明")]
    rows += (
        (
            draft.number,
            Cell(draft.title, WORDS),
            "有" if draft.text.contents else "无",
            Cell(_remark(draft), WORDS),
        )
        for draft in drafts
    )
    page.table(rows, (12, 44, 8, 36))
    return _finished(page, judged, "评审用稿说明")


def _remark(draft: AnonymousPaper) -> str:
    if not draft.text.contents:
        return f"{_FROM_PDF if draft.text.fault == PDF_FAULT else _NO_DRAFT}。"
    return f"没有收入：{draft.text.gaps}。" if draft.text.gaps else ""


def _check(judged: JudgedPapers, covered: Iterable[tuple[JudgedPaper, AnonymousPaper]]) -> bytes:
    page = paper_page(lies=True)
    page.write("评审用稿核对表", CONTENTS)
    for note in _CHECK_NOTES:
        page.write(note, REMARK)
    page.write("", GAP)
    rows: list[Row] = [_CHECK_HEADINGS]
    for paper, draft in covered:
        words = (paper.title, "、".join(paper.authors), paper.unit, paper.file_name)
        counts = (draft.authors, draft.units, draft.bylines, draft.contacts)
        shown = map(str, counts) if draft.text.contents else ("—",) * len(counts)
        missing = paper.text.missing
        said = "没有收入：" if missing and draft.text.contents else ""
        remark = f"{said}{missing}。" if missing else ""
        rows.append(
            (
                draft.number,
                *(Cell(each, WORDS) for each in words),
                *shown,
                Cell(remark, WORDS),
            )
        )
    page.table(rows, _CHECK_WIDTHS)
    return _finished(page, judged, "评审用稿核对表")


def _finished(page: AnnexPage, judged: JudgedPapers, title: str) -> bytes:
    set_fonts(page.document, judged.fonts)
    set_properties(page.document, title=printable(title), author="", stamp=judged.stamp)
    page.document.core_properties.comments = ""
    return packed(page.document, judged.stamp)


def _zipped(judged: JudgedPapers, files: dict[str, bytes]) -> bytes:
    """Put files into a zip that is dated by `judged` alone; they are packed already."""
    target = io.BytesIO()
    moment = judged.stamp.astimezone(OFFICE_ZONE).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, moment)
            member.create_system = 0
            archive.writestr(member, content)
    return target.getvalue()
