"""The tasks of filing what an office signed: reading a 定稿, comparing it, writing what was found.

A 定稿 is a foreign file, so it is read here, in a limited child; it is compared where it was read,
and only what is to be kept goes back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sheetflow.children.limits import makes_ours
from sheetflow.consolidation.final_check import Checked, FinalCheck, check_final
from sheetflow.consolidation.signed_reports import Block, DraftMark

_EDGE = 4096


@dataclass(frozen=True, slots=True)
class FinalReply:
    """What a 定稿 is of by its own mark, and whether 修订 is left in it."""

    mark: DraftMark | None = None
    is_revised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOrder:
    """What stands over a 定稿核对: whose, which file it is of, and what it was compared with."""

    title: str
    heading: str
    notes: Sequence[str]
    checked: Sequence[Checked]
    own: Sequence[tuple[str, str]]
    stamp: dt.datetime


def look_into_final(path: str) -> FinalReply:
    """Read the 定稿 at `path`; raise UnreadableError where it is none, or not to be trusted."""
    from sheetflow.reading.word_text import read_word

    text = read_word(Path(path).read_bytes())
    return FinalReply(text.mark, text.is_revised)


def compare_final(path: str, draft: Sequence[Block]) -> FinalCheck:
    """Compare the 定稿 at `path` with what a draft showed."""
    from sheetflow.reading.word_text import read_word

    return check_final(draft, read_word(Path(path).read_bytes()).blocks)


def is_whole_scan(path: str) -> bool:
    """Whether the file at `path` is a PDF that is all there; only its ends are read."""
    from sheetflow.reading.word_text import is_whole_pdf

    with Path(path).open("rb") as file:
        head = file.read(_EDGE)
        file.seek(max(0, Path(path).stat().st_size - _EDGE))
        return is_whole_pdf(head, file.read(_EDGE))


@makes_ours
def render_final_check(order: CheckOrder) -> bytes:
    """Write the list of a 定稿's figures as .xlsx."""
    from sheetflow.writing.final_list import write_final_list

    return write_final_list(
        order.title, order.heading, order.notes, (order.checked, order.own), order.stamp
    )
