"""What people call a report period: 2012年1—2月, 一季度, 上半年, 2012B1.

This module owns the ways in which a period is written, and what is folded before one is read.
It refuses to know when a period begins or ends, and guesses no year.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sheetflow.lookalikes import plain, plain_dashes, without_spaces

_LETTER_OF_SPAN = {1: "M", 2: "B", 3: "Q", 6: "H", 12: ""}
"""By how many months a period has: the letter in its id. A whole year has none."""
_MONTHS_OF_A_YEAR = 12

_YEAR = r"(?:(?P<year>[0-9]{4}|[0-9]{2})(?:年度?|[-./])?)?"
_ONE_YEAR = r"(?:(?:(?P<year>[0-9]{4})(?:年度?|[-./])|(?P<short>[0-9]{2})年)?)"
_MONTH = r"(?P<first>0?[1-9]|1[0-2])"
_FROM = r"(?P<first>[0-9]{1,2})(?:月(?:份|1日)?|[./]0?1)?"
_UP_TO = r"(?:(?P<again>[0-9]{4})(?:年|[-./]))?(?P<last>[0-9]{1,2})"
_UP_TO += r"(?:月(?:份|(?:2[89]|3[01])日)?|[./](?:2[89]|3[01]))?"
_NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>[0-9]{4})(?P<whole>年度?|年?全年度?)?",
        r"(?P<short>[0-9]{2})(?P<whole>年度?|年?全年度?)",
        r"(?:(?P<year>[0-9]{4})(?:年度?)?)?(?P<whole>全年|1次性(?:填报|报送|上报)?)",
        rf"{_YEAR}{_FROM}-{_UP_TO}",
        rf"{_ONE_YEAR}{_MONTH}月(?:份|1日-(?:2[89]|3[01])日)?",
        rf"(?P<year>[0-9]{{4}})[-./年]{_MONTH}(?:-0?1)?",
        r"(?P<year>[0-9]{4})(?P<first>0[1-9]|1[0-2])",
        rf"{_YEAR}(?P<letter>[MBQH])(?P<number>[0-9]{{1,2}})",
        rf"{_YEAR}第?(?P<quarter>[1-4]|I{{1,3}}|IV)季度?",
        rf"{_YEAR}(?P<half>[上下])半年度?",
        rf"{_YEAR}第(?P<turn>[0-9]{{1,2}})期",
        r"(?P<alone>[0-9]{1,2})",
    )
)
"""The ways in which a period is written, folded; the first one that fits is meant.

A date is what an office program makes of a month that was typed.
"""

_NUMERALS = {name: str(n) for n, name in enumerate("一二三四五六七八九", start=1)}
_NUMERALS |= {"十": "10", "十一": "11", "十二": "12", "〇": "0", "○": "0", "零": "0"}
_NUMERAL = re.compile("十[一二]?|[一二三四五六七八九〇○零]")
_ONE_NUMERAL = "(十[一二]|十(?![一二])|[一二三四五六七八九])"
_TWO_MONTHS = re.compile(f"(?<![一二三四五六七八九十〇○零]){_ONE_NUMERAL}{_ONE_NUMERAL}(?=月)")
"""Two months with nothing between them: 三四月 is March and April, 十二月 is one."""
_BETWEEN = re.compile(r"[~〜至到、,和与及_]+|(?<=[0-9])一(?=[0-9])")
_QUARTERS = {"I": 1, "II": 2, "III": 3, "IV": 4}


def named_period_id(text: str, near: int = 0, letter: str = "") -> str:
    """Give the id of the period that `text` names; one that says no year is of the year `near`.

    `letter` stands for what the form reports by (``M``, ``B`` …): the 2nd one (第2期) is read by
    that. Raise ValueError for what is no name, or the name of months that are no period.
    """
    folded = _fold(text)
    for pattern in _NAMES:
        match = pattern.fullmatch(folded)
        told = _part(match.groupdict(), letter) if match else None
        if match and told is not None:
            return f"{_year(match.groupdict(), near):04}{told}"
    raise ValueError(f"not a period: {text!r}")


def _fold(text: str) -> str:
    """Fold how a period is typed: what parts the months a hyphen, no blanks and brackets, figures as digits."""
    bare = re.sub("[()]", "", without_spaces(plain(text))).upper()
    bare = _TWO_MONTHS.sub(r"\1-\2", bare.replace("元月", "1月"))
    dashed = plain_dashes(_BETWEEN.sub("-", bare))
    return _NUMERAL.sub(lambda found: _NUMERALS[found[0]], dashed)


def _year(said: Mapping[str, str | None], near: int) -> int:
    """Tell the year; one of two digits is of the century of `near`."""
    typed = {said[name] or "" for name in ("year", "short", "again") if said.get(name)}
    years = {
        int(year) if len(year) > len("12") else (near or 2000) // 100 * 100 + int(year)
        for year in typed
    } or {near}
    if len(years) > 1:
        raise ValueError("months of two years are no period")
    return years.pop()


def _part(said: Mapping[str, str | None], letter: str) -> str | None:
    """Tell which part of the year is meant, as ids have it (``B1``; empty: the whole); None: none."""
    if "whole" in said:
        return ""
    if first := said.get("first"):
        return _spanned(int(first), int(said.get("last") or first))
    if quarter := said.get("quarter"):
        return f"Q{_QUARTERS.get(quarter) or quarter}"
    if half := said.get("half"):
        return "H1" if half == "上" else "H2"
    if alone := said.get("alone") or said.get("turn"):
        # 3 is March where months are asked for; elsewhere it may be anything.
        known = letter == "M" or (letter and "turn" in said)
        return part_id(letter, int(alone)) if known else None
    return part_id(said["letter"] or "", int(said["number"] or 0))


def part_id(letter: str, number: int) -> str:
    """Give what stands behind the year in an id: M03, B1; nothing for a whole year."""
    return f"{letter}{number:0{2 if letter == 'M' else 1}}" if letter else ""


def _spanned(first: int, last: int) -> str | None:
    months = last - first + 1
    letter = _LETTER_OF_SPAN.get(months)
    if letter is None or first % months != 1 % months or last > _MONTHS_OF_A_YEAR:
        return None
    return part_id(letter, last // months)
