"""What was published and is corrected afterwards: re-issued, and said so."""

from __future__ import annotations

import datetime as dt

import pytest

from sheetflow.context import Context
from sheetflow.service.status import standing
from sheetflow.store.records import PublicationKind, Stale
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    IN_TIME_AGAIN,
    NEXT_DAY,
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

pytestmark = pytest.mark.slow


def corrections(desk: Desk, unit_id: str, period: str = FIRST) -> list[dict[str, object]]:
    """The lines of 更正表 in a unit's consolidated workbook; none without the sheet."""
    file = desk.answer(unit_id, "汇总表_", period)
    return table(file, "更正表", "更正单位") if "更正表（" in words(file) else []


def reported(desk: Desk) -> None:
    """Both counties of a city are in, and what stands on them is published."""
    for unit_id, metres in ((EAST, 500), (WEST, 70)):
        desk.drop(unit_id, desk.fill(unit_id, sound(metres)))
    desk.run()


def test_a_corrected_figure_is_listed_above(desk: Desk) -> None:
    """City and province read which cell changed, from what to what, whose it is and when."""
    reported(desk)
    assert corrections(desk, CITY) == corrections(desk, PROVINCE) == []
    desk.drop(EAST, desk.fill(EAST, sound(450, 10), name="更正.xlsx"))
    desk.run(NEXT_DAY)
    for reader in (CITY, PROVINCE):
        lines = corrections(desk, reader)
        told = {(line["代码"], line["口径"]): (line["原数"], line["现数"]) for line in lines}
        assert told == {
            ("H4", "本期"): (1, 2),
            ("H4", "累计"): (1, 2),
            ("H6", "本期"): (500, 460),
            ("H6", "累计"): (500, 460),
        }
        assert {line["更正单位"] for line in lines} == {"东岸县"}
        assert {line["原报送"] for line in lines} == {f"{EAST}-{FIRST}-1"}
        assert {line["现报送"] for line in lines} == {f"{EAST}-{FIRST}-2"}
        assert [line["差额"] for line in lines if line["代码"] == "H6"] == [-40, -40]


def test_corrections_stay_and_add_up(desk: Desk) -> None:
    """A second correction adds its lines; those of the first stay as they were told."""
    reported(desk)
    desk.drop(EAST, desk.fill(EAST, sound(450), name="更正.xlsx"))
    desk.run(NEXT_DAY)
    first = corrections(desk, CITY)
    desk.drop(WEST, desk.fill(WEST, sound(71), name="更正.xlsx"))
    desk.run(NEXT_DAY + dt.timedelta(days=1))
    lines = corrections(desk, CITY)
    assert [{**line, "序号": None} for line in lines[: len(first)]] == [
        {**line, "序号": None} for line in first
    ]
    assert {line["更正单位"] for line in lines[len(first) :]} == {"西岸县"}


def test_who_comes_in_later_corrects_nothing(desk: Desk) -> None:
    """First submissions change totals, but nothing that was published was wrong."""
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    desk.drop(WEST, desk.fill(WEST))
    desk.run(NEXT_DAY)
    assert corrections(desk, CITY) == []


def test_what_nobody_had_seen_is_no_correction(desk: Desk) -> None:
    """Two workbooks of a unit in one pass: the first was never published."""
    desk.drop(EAST, desk.fill(EAST, sound(1)), name="一.xlsx")
    desk.drop(EAST, desk.fill(EAST, sound(2)), name="二.xlsx")
    desk.run()
    assert corrections(desk, CITY) == []


def test_a_correction_of_an_earlier_period_reaches_the_later_one(desk: Desk) -> None:
    """The 累计 of a later workbook that was published tells what the early correction changed."""
    reported(desk)
    desk.issue(SECOND, IN_TIME_AGAIN)
    rows = {"head": head(day=SIGNED_AGAIN), "patrols": patrols(5, month=SECOND_MONTH)}
    desk.drop(EAST, desk.fill(EAST, rows, period=SECOND))
    desk.run(IN_TIME_AGAIN)
    assert desk.states(SECOND)[EAST] == "accepted"
    desk.drop(EAST, desk.fill(EAST, sound(900), name="更正.xlsx"))
    desk.run(IN_TIME_AGAIN + dt.timedelta(days=1))
    lines = corrections(desk, CITY, SECOND)
    assert [(line["代码"], line["口径"], line["原数"], line["现数"]) for line in lines] == [
        ("H6", "累计", 505, 905)
    ]
    assert lines[0]["更正的报告期"] == FIRST_NAMED


def test_status_says_what_is_stale_and_why(desk: Desk) -> None:
    """Whoever looks at status reads which publication waits, for which submission, since when."""
    reported(desk)

    def mark(context: Context) -> None:
        receipt = f"{EAST}-{FIRST}-1"
        stale = Stale(
            unit_id=CITY, form="patrol", period=FIRST, kind=PublicationKind.REPORT, why=receipt
        )
        context.store.publications.record_stale([stale], context.clock.now())

    desk.ask(mark, IN_TIME)
    (waiting,) = desk.ask(standing).waiting
    assert (waiting.kind, waiting.unit_id) == ("publication", CITY)
    since = f"（{IN_TIME:%m-%d %H:%M}起）"
    said = f"等待发布 9901-上游市 {FIRST_NAMED} 情况报告：990101-东岸县第1号已接收{since}。"
    assert said in waiting.message
