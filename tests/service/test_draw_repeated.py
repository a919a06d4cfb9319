"""Whoever doubts the draw of 本期抽查单位 repeats it with what the 审核单 prints, and nothing else."""

from __future__ import annotations

import hashlib
import re

import openpyxl
import pytest

from sheetflow.context import Context
from sheetflow.service.attention import drawn_earlier
from sheetflow.service.books import books_of
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    NEXT_DAY,
    SECOND,
    TREE,
    WEST,
    Desk,
    table,
)
from tests.tiny.forms import PATROL_FORM
from tests.tiny.officer import Officer


def note(desk: Desk) -> str:
    """What 重点核对 says above its rows."""
    book = openpyxl.load_workbook(Officer(desk, CITY).sheet)
    return str(book["重点核对"].cell(2, 1).value)


@pytest.fixture
def drawn(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Both counties have reported in the first period; one had its turn in another one."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    before = "2011Q4", [EAST]
    desk.ask(lambda context: context.store.attention.record_drawn(CITY, PATROL_FORM.key, *before))
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.run(NEXT_DAY)
    return desk


def test_the_draw_is_repeated_from_the_sheet(drawn: Desk) -> None:
    """Seed, the way, who takes part and who has had a turn stand there: the same unit comes first."""
    said = note(drawn)
    seed = re.search("抽签种子([0-9a-f]+)", said)
    turns = re.search("以前抽过的是：([^。]+)。", said)
    first = re.search("本期抽查：([^、，]+)", said)
    assert seed
    assert turns
    assert first
    assert "SHA-256" in said
    assert "零报告的不算" in said
    assert turns[1] == TREE[EAST].name
    below = table(Officer(drawn, CITY).sheet, "下级情况", "编号")
    codes = {str(row["单位"]): str(row["编号"]).partition("-")[0] for row in below}
    left = [name for name in codes if name not in turns[1].split("、")]
    lots = {name: hashlib.sha256(f"{seed[1]}{codes[name]}".encode()).hexdigest() for name in left}
    assert min(left, key=lots.__getitem__) == first[1]


def test_what_was_drawn_later_is_no_turn_before(drawn: Desk) -> None:
    """A sheet that is made again after a later period's draw says what it said."""
    later = SECOND, [EAST, WEST]
    drawn.ask(lambda context: context.store.attention.record_drawn(CITY, PATROL_FORM.key, *later))

    def earlier(context: Context) -> tuple[str, ...]:
        form, unit = context.form(""), context.tree[CITY]
        return drawn_earlier(context, unit, books_of(context, form, form.period(FIRST), unit))

    assert drawn.ask(earlier) == (TREE[EAST].name,)
