"""The tasks of judged papers: reading one, and writing what is made of all.

A paper is a foreign file, so it is read alone in a limited child, and one that kills its reader hinders
no other. The papers' text comes back as plain values and goes to the child that writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sheetflow.children.limits import makes_ours
from sheetflow.consolidation.judged_papers import JudgedPapers, PaperText
from sheetflow.consolidation.ranking import RankedList


@dataclass(frozen=True, slots=True)
class DraftsReply:
    """The zip of 评审用稿 for judges, and the 评审用稿核对表 (.docx), which is not for them."""

    drafts: bytes
    check: bytes


def read_paper_text(path: str) -> PaperText:
    """Read the paper at `path`; raise UnreadableError, whose reason `judged_papers.unread` has words for."""
    from sheetflow.reading.paper_text import read_paper

    return read_paper(Path(path).read_bytes())


@makes_ours
def render_award_list(judged: JudgedPapers) -> bytes:
    """Write the 推荐名单 as .docx."""
    from sheetflow.reporting.award_list import write_award_list

    return write_award_list(judged)


@makes_ours
def render_ranked_list(ranked: RankedList, judged: JudgedPapers, trimmed_from: int) -> bytes:
    """Write the 推荐名单 as .xlsx, with what each judge gave."""
    from sheetflow.reporting.award_list import award_list_title
    from sheetflow.writing.ranked_list import write_ranked_list

    title = award_list_title(judged)
    return write_ranked_list(ranked, title, judged.issuer, trimmed_from, judged.stamp)


@makes_ours
def render_volume(judged: JudgedPapers) -> bytes:
    """Write the 论文集 as .docx."""
    from sheetflow.reporting.paper_volume import write_volume

    return write_volume(judged)


@makes_ours
def render_judging_drafts(judged: JudgedPapers) -> DraftsReply:
    """Make the papers anonymous, and list what was covered."""
    from sheetflow.reporting.judging_drafts import write_judging_drafts

    return DraftsReply(*write_judging_drafts(judged))
