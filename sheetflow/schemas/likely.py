"""The word that was meant: what stands nearest to a word that is none, and how one says so.

This module owns how near is near enough; what may stand in a place is handed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from sheetflow.lookalikes import fold

_NEAR = 0.5
_MOST_LISTED = 16
_REMEMBERED = 8192


@lru_cache(_REMEMBERED)
def same(word: str) -> str:
    """Fold a word as words of a campaign workbook are compared: what nobody sees makes no difference."""
    return fold(word).casefold()


def find(word: str, words: Iterable[str]) -> str | None:
    """Give the one of `words` that is meant exactly, look-alikes and spaces aside; None for none."""
    listed = tuple(words)
    if word in listed:
        return word
    wanted = same(word)
    return next((each for each in listed if same(each) == wanted), None)


def likely(word: str, words: Iterable[str]) -> str:
    """Give the one of `words` that is most like `word`, empty where none is near."""
    by_fold: dict[str, str] = {}
    for each in words:
        by_fold.setdefault(same(each), each)
    wanted = same(word)
    turned = sorted(wanted)  # S91 for S19: two fingers that changed places
    if swapped := next((each for each in by_fold if sorted(each) == turned), ""):
        return by_fold[swapped]
    if near := get_close_matches(wanted, by_fold, n=1, cutoff=_NEAR):
        return by_fold[near[0]]
    # 参加干部（名） for 干部: too unlike in length, and yet meant.
    within = [each for each in by_fold if each and wanted and (each in wanted or wanted in each)]
    return by_fold[max(within, key=len)] if within else ""


def is_it(likely_word: str, marks: str = "“”") -> str:
    """Ask whether that word was meant: ，是不是“走访方式”？ A full stop where there is none."""
    return f"，是不是{marks[0]}{likely_word}{marks[1]}？" if likely_word else "。"


def may_be(words: Iterable[str], lead: str = "可填：") -> str:
    """List what may stand there (可填：是、否), empty for nothing."""
    listed = list(words)
    shown = "、".join(listed[:_MOST_LISTED])
    more = f"等{len(listed)}个" if len(listed) > _MOST_LISTED else ""
    return f"{lead}{shown}{more}。" if listed else ""
