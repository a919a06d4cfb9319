"""A workbook that counted is returned by its superior: every figure above follows, in later periods too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.context import Context
from sheetflow.schemas.review import Matter, Verdict
from sheetflow.service.consequences import mark_of
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME_AGAIN,
    PROVINCE,
    SECOND,
    SECOND_MONTH,
    SIGNED_AGAIN,
    WEST,
    Desk,
    head,
    patrols,
    sound,
    table,
    words,
)
from tests.tiny.superior import decide

pytestmark = pytest.mark.slow

RETURNED = f"{EAST}-{FIRST}-1"
NEXT_DAY = IN_TIME_AGAIN + dt.timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Both counties of a city have reported two periods, and what stands on them is published."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "flag")
    desk = Desk.make(tmp_path / "office")
    desk.issue()
    for unit_id, metres in ((EAST, 500), (WEST, 70)):
        desk.drop(unit_id, desk.fill(unit_id, sound(metres)))
    desk.run()
    desk.issue(SECOND, IN_TIME_AGAIN)
    for unit_id, metres in ((EAST, 5), (WEST, 2)):
        rows = {"head": head(day=SIGNED_AGAIN), "patrols": patrols(metres, month=SECOND_MONTH)}
        desk.drop(unit_id, desk.fill(unit_id, rows, period=SECOND))
    desk.run(IN_TIME_AGAIN)
    return desk


def metres(desk: Desk) -> list[object]:
    """Give the metres walked since the year began, as city and province read them in the second period."""
    books = [desk.answer(unit_id, "汇总表", SECOND) for unit_id in (CITY, PROVINCE)]
    lines = [row for book in books for row in table(book, "巡河汇总（累计）", "代码")]
    return [row["合计"] for row in lines if row["代码"] == "H6"]


def published(desk: Desk) -> dict[str, str]:
    """Give every word of all 汇总表 and 填报 workbooks that lie in the outbox."""
    found = desk.workspace.outbox.rglob("*.xlsx")
    return {each.name: words(each) for each in found if each.name.startswith(("汇总表", "填报"))}


def made_anew(desk: Desk) -> dict[str, str]:
    """Have everything made once more from the store, and give the same words."""

    def mark(context: Context) -> None:
        entries = context.store.publications.find_publications()
        marks = [found for entry in entries if (found := mark_of(entry, "查对"))]
        context.store.publications.record_stale(marks, context.clock.now())

    desk.ask(mark, NEXT_DAY)
    desk.run(NEXT_DAY)
    return published(desk)


@pytest.mark.parametrize("matter", [Matter.LOOK, Matter.ANSWERED])
def test_figures_of_later_periods_follow_a_return(desk: Desk, matter: Matter) -> None:
    """Wherever in the 审核单 a workbook of an earlier period is returned, no 累计 above holds its figures any longer."""
    assert metres(desk) == [577, 577]
    about = "H6"
    if matter is Matter.ANSWERED:
        about = decide(desk, RETURNED, Verdict.QUERY, "请核对", at=IN_TIME_AGAIN)
        desk.run(IN_TIME_AGAIN)
    decide(desk, RETURNED, Verdict.RETURN, "请核对", matter=matter, about=about, at=NEXT_DAY)
    desk.run(NEXT_DAY)
    assert metres(desk) == [77, 77]
    assert published(desk) == made_anew(desk)
