"""建议延期 as an officer meets it: told of in the digest, listed, decided in a 审核单 that is dropped."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.consolidation.review_sheet import DECIDED_SHEET, TAKEN_BACK
from sheetflow.context import Context
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.review import Matter, Verdict
from sheetflow.upkeep.decisions import list_decisions
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    ISSUED,
    PROVINCE,
    SOUTH,
    TREE,
    Desk,
    body,
    table,
    words,
)
from tests.tiny.officer import Officer

pytestmark = pytest.mark.slow

NEXT_MORNING = dt.datetime(2012, 3, 21, 8, 30, tzinfo=OFFICE_ZONE)


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Officer:
    """Give an officer of a city whose counties' last day is the first after 清明."""
    monkeypatch.delenv("SHEETFLOW_REVIEW__POLICY")
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.run(ISSUED)
    return Officer(desk, CITY)


def last_day(desk: Desk, unit_id: str) -> str:
    """Ask for a unit's last day."""

    def ask(context: Context) -> str:
        form = context.campaign.main_form
        return f"{context.deadline(TREE[unit_id], form, form.period(FIRST)):%m-%d}"

    return desk.ask(ask, NEXT_MORNING)


def waiting(desk: Desk) -> dict[str, str]:
    """List by 编号 which postponements wait, and whose decision each is."""
    listed = desk.ask(list_decisions, NEXT_MORNING)
    return {
        each.number: each.by_unit for each in listed.waiting if each.matter is Matter.POSTPONEMENT
    }


def test_the_digest_and_the_list_count_it_with_what_waits(city: Officer) -> None:
    """Whoever reads no 审核单 hears in the morning that one has something to decide; the list names it too."""
    city.desk.run(NEXT_MORNING)
    mails = [body(mail) for mail in city.desk.mails(CITY)]
    (digest,) = [text for text in mails if "等你单位办理" in text]
    assert "建议延期1件" in digest
    assert CITY in waiting(city.desk).values()
    listed = city.desk.ask(lambda context: list_decisions(context, form=context.form("")))
    assert listed.waiting, "of one form alone it is listed as well"


def test_an_officer_agrees_by_dropping_the_sheet(city: Officer) -> None:
    """同意 in the row moves the counties' day, is answered in 办理结果, and waits nowhere any more; the sheet again does nothing."""
    assert last_day(city.desk, EAST) == "04-05"
    before = waiting(city.desk)
    dropped = city.signs().says("所属县级单位", "同意").drops().read_bytes()
    city.desk.run(NEXT_MORNING)
    (decided,) = city.desk.ask(lambda context: context.store.decisions.find_all())
    assert (decided.matter, decided.verdict) == (Matter.POSTPONEMENT, Verdict.AGREE)
    assert (decided.unit_id, decided.by_unit, decided.receipt) == (CITY, CITY, "")
    (answer,) = city.results
    rows = table(answer, "办理结果", "序号")
    assert [(row["结果"], row["说明"]) for row in rows] == [("已办理", "已同意延期")]
    assert last_day(city.desk, EAST) == "04-09"
    assert last_day(city.desk, CITY) == "04-09", "the city's own day is its superior's to move"
    assert set(before) - set(waiting(city.desk)) == {decided.number}
    city.desk.drop(CITY, dropped, "再一份.xlsx")
    city.desk.run(NEXT_MORNING + dt.timedelta(hours=1))
    assert len(city.desk.ask(lambda context: context.store.decisions.find_all())) == 1
    assert "4月9日" in words(city.desk.answer(EAST, "填报_")), (
        "the workbook handed out says so by the next pass"
    )


def test_pages_below_follow_a_postponement_and_its_undoing(city: Officer) -> None:
    """报送进度 and workbook of a county say the new day in the pass that decides it, and the old one once that is taken back."""
    desk = city.desk

    def shown() -> list[str]:
        page = desk.answer(EAST, "报送进度_").read_text(encoding="utf-8")
        both = (page, words(desk.answer(EAST, "填报_")))
        return ["4月9日" if "4月9日" in each else "4月5日" for each in both]

    assert shown() == ["4月5日"] * 2
    city.says("所属县级单位", "同意").drops()
    desk.run(NEXT_MORNING)
    assert shown() == ["4月9日"] * 2
    (decided,) = desk.ask(lambda context: context.store.decisions.find_all())
    city.types(DECIDED_SHEET, decided.number, **{TAKEN_BACK: "是"}).drops()
    desk.run(NEXT_MORNING + dt.timedelta(hours=1))
    assert last_day(desk, EAST) == "04-05"
    assert shown() == ["4月5日"] * 2


def test_the_unit_above_decides_nothing_about_them(city: Officer) -> None:
    """Only the sheet of whoever is directly above offers it."""
    assert "所属县级单位" not in words(Officer(city.desk, PROVINCE).sheet)


def told(desk: Desk, unit_id: str) -> list[str]:
    """Give the mails that tell a unit of another deadline."""
    return [body(mail) for mail in desk.mails(unit_id) if "截止时间有变" in str(mail["Subject"])]


def test_those_whose_deadline_moved_are_told_once(city: Officer) -> None:
    """Counties below read the new day in a mail of their own, and the old one again once it is taken back; nobody else does."""
    desk = city.desk
    city.says("所属县级单位", "同意").drops()
    desk.run(NEXT_MORNING)
    desk.run(NEXT_MORNING + dt.timedelta(minutes=5))
    (said,) = told(desk, EAST)
    assert "截止时间改为2012年4月9日。以前发给你单位的信" in said
    assert not any(told(desk, unit_id) for unit_id in (CITY, SOUTH, PROVINCE))
    (decided,) = desk.ask(lambda context: context.store.decisions.find_all())
    city.types(DECIDED_SHEET, decided.number, **{TAKEN_BACK: "是"}).drops()
    desk.run(NEXT_MORNING + dt.timedelta(hours=1))
    assert len(told(desk, EAST)) == 2
    assert "截止时间改为2012年4月5日。" in told(desk, EAST)[-1]


def test_what_was_postponed_is_called_alike_where_it_waits_and_where_it_was_decided(
    city: Officer,
) -> None:
    """已处理 names 所属县级单位 as 待办 did, of the decision and of its undoing."""
    desk = city.desk
    city.says("所属县级单位", "同意").drops()
    desk.run(NEXT_MORNING)
    (decided,) = desk.ask(lambda context: context.store.decisions.find_all())
    city.types(DECIDED_SHEET, decided.number, **{TAKEN_BACK: "是"}).drops()
    desk.run(NEXT_MORNING + dt.timedelta(hours=1))
    rows = table(city.sheet, DECIDED_SHEET, "编号")
    assert [row["单位"] for row in rows] == ["所属县级单位"] * 2
    assert desk.ask(lambda context: len(context.store.decisions.find_all())) == 2
