"""What officers type into a 审核单, taken as it is meant: “同意。”, “没问题”, “√”, “3月9日”.

Marks, spaces and full width change no word. This module refuses to guess: what may mean two things, a word
with a question mark among them, stays as it was typed, and its row is asked about.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from sheetflow.consolidation.review_sheet import (
    DATED,
    GROUND,
    PAPER,
    REASON,
    TAKEN_BACK,
    UNTIL,
    VERDICT,
    YES,
    TypedRow,
)
from sheetflow.lookalikes import plain, plain_dashes
from sheetflow.schemas.parsing import CellFault, read_day, read_number
from sheetflow.schemas.review import GROUNDS, PAPERS, REASONS, Verdict

_TICKS = ("√", "✓", "✔", "☑")
FINE = ("无异议", "没有异议", "无问题", "没问题", "没有问题", "通过", "同意", *_TICKS)
"""What says that there is nothing to object to."""
_SAID: Mapping[Verdict, tuple[str, ...]] = {
    Verdict.AGREE: (
        *FINE,
        *("同意通过", "予以通过", "验收", "验收通过", "同意验收", "通过验收", "可以"),
        *("放行", "同意放行", "准予放行", "接收", "同意接收", "同意延期"),
    ),
    Verdict.DISAGREE: ("不通过", "不予通过", "不放行", "不予放行", "不接收", "不予接收", "不延期"),
    Verdict.RETURN: ("退回修改", "退回重报", "退回重填", "打回"),
    Verdict.QUERY: ("核实", "请核查", "请核对", "转核实", "转县核实"),
    Verdict.SETTLE: ("已办结", "了结", "已了结", "办完"),
    Verdict.FINE: FINE,
}
"""What people say for a verdict, beside its own word, in a row where it is offered."""
_SEEN = frozenset({"看过", "看了", "看过了", "已看", "已看过", "已阅"})
"""What people put before such a word: it decides nothing by itself."""
_DONE = "了"
"""Ends a word without changing it: 没问题了. Of 核实 it makes another thing: 核实了 asks nobody."""
_YES = frozenset({YES, "是的", "对", *_TICKS, "y", "yes"})
NO = frozenset({"", "否", "不", "无", "×", "n", "no"})
"""What says yes beside 撤销 and 全部通过, and what says that nothing is asked there."""
_CHOICES: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    REASON: (
        REASONS,
        {"缓报": REASONS[0], "批准缓报": REASONS[0], "同意缓报": REASONS[0], "其它": "其他"},
    ),
    PAPER: (PAPERS, {"未收到": "未收", "一致": "已收一致", "不一致": "已收不一致"}),
    GROUND: (GROUNDS, {"签批": "签批件", "电话商定": "电话"}),
}
"""What may be chosen below a header, and what people write for it."""
_BETWEEN = re.compile(r"[，,。．.；;、！!/\s]+")
"""Stands between words of one sense."""
_KEPT = "?"
"""A mark that makes another thing of what it follows."""
_DAY_ONLY = re.compile(r"(\d{1,2})\s*[-/月]\s*(\d{1,2})\s*[日号]?")
_SHORT_YEAR = re.compile(r"(\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")


def as_meant(row: TypedRow, today: dt.date) -> TypedRow:
    """Give a row with what can mean one thing alone in the words and days that are kept; verdicts stay."""
    meant = dict(row.cells)
    for header, (choices, others) in _CHOICES.items():
        if header in meant:
            word = bare(meant[header]).removesuffix(_DONE)
            known = {"": "", "无": "", **{bare(each): each for each in choices}, **others}
            meant[header] = known.get(word, meant[header])
    for header in (UNTIL, DATED):
        if header in meant:
            meant[header] = day_meant(meant[header], today)
    if not bare(row[VERDICT]):
        meant[VERDICT] = ""
    if TAKEN_BACK in meant:
        typed = meant[TAKEN_BACK]
        meant[TAKEN_BACK] = yes_meant(typed, (TAKEN_BACK,)) or typed * (bare(typed) not in NO)
    return replace(row, cells=meant)


def verdict_meant(typed: str, offered: Collection[Verdict]) -> Verdict | None:
    """Give the one of the verdicts `offered` that is meant; None where that is not clear.

    同意 settles an answer, but ends no question that is not answered yet: there nothing else is offered.
    """
    for each in offered:
        words = {each.label, *_SAID.get(each, ())}
        if each is Verdict.SETTLE and len(offered) > 1:
            words |= {*FINE}
        if _means(typed, words, done="" if each is Verdict.QUERY else _DONE):
            return each
    return None


def _means(typed: str, words: Collection[str], done: str = _DONE) -> bool:
    """Whether what was typed is one of these words, or several one behind the other: 看过了，没问题."""
    pieces = [bare(typed)]
    if not _is_said(pieces[0], words, done):
        pieces = [word for each in _BETWEEN.split(plain(typed)) if (word := bare(each))]
        pieces = [each for each in pieces if each not in _SEEN]
    return bool(pieces) and all(_is_said(each, words, done) for each in pieces)


def _is_said(word: str, words: Collection[str], done: str) -> bool:
    return word in words or word.removesuffix(done) in words


def indicator_meant(typed: str, indicators: Mapping[str, str]) -> str:
    """Give the code of the one indicator that is named, by code, name or both; empty where that is not clear.

    `indicators` are called by code and name: S08 走访妇女群众.
    """
    word = bare(typed)
    found = [
        code
        for code, label in indicators.items()
        if word in {bare(code), bare(label), bare(label.removeprefix(code))}
    ]
    return found[0] if len(found) == 1 else ""


def figure_meant(typed: str) -> int | float | None:
    """Give a figure as it was typed; None where it is none."""
    try:
        figure = read_number(typed)
    except CellFault:
        return None
    return figure if isinstance(figure, int) else float(figure)


def yes_meant(typed: str, others: Iterable[str] = ()) -> str:
    """Give 是 where that, a tick or one of the `others` was typed; empty where not."""
    return YES if _means(typed, {*_YES, *others}) else ""


def day_meant(typed: str, today: dt.date) -> str:
    """Give a day as ``2012-04-20``, one without its year the nearest to today; what is none as it was typed."""
    text = _without_ends(_without_ends(plain_dashes(plain(typed))).removesuffix(_DONE))
    with suppress(CellFault):
        return read_day(text).isoformat() if text else ""
    years = (today.year - 1, today.year, today.year + 1)
    days: list[dt.date] = []
    if match := _DAY_ONLY.fullmatch(text):
        days = [*_days(years, int(match[1]), int(match[2]))]
    elif match := _SHORT_YEAR.fullmatch(text):
        named = (year for year in years if year % 100 == int(match[1]))
        days = [*_days(named, int(match[2]), int(match[3]))]
    return min(days, key=lambda day: abs(day - today)).isoformat() if days else typed


def _days(years: Iterable[int], month: int, day: int) -> Iterable[dt.date]:
    for year in years:
        with suppress(ValueError):
            yield dt.date(year, month, day)


def bare(typed: str) -> str:
    """Give what was typed without marks and spaces: “同意。” is 同意, “同意？” is not."""
    return "".join(char for char in plain(typed) if not _is_mark(char)).casefold()


def _is_mark(char: str) -> bool:
    return char not in _KEPT and unicodedata.category(char)[0] in "PZC"


def _without_ends(text: str) -> str:
    marks = "".join(char for char in set(text) if _is_mark(char))
    return text.strip(marks)
