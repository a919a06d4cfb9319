"""更正表 beside what superiors return and take back: a figure that is out is none that was corrected."""

from __future__ import annotations

import datetime as dt

from sheetflow.schemas.review import Decision, Verdict
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NEXT_DAY,
    PROVINCE,
    Desk,
    sound,
    table,
    words,
)
from tests.tiny.superior import decide, undo

LATER = NEXT_DAY + dt.timedelta(days=1)


def corrected(desk: Desk, reader: str) -> list[tuple[object, ...]]:
    """What a reader's 更正表 says became of 里程 of this period: before, now, which workbooks."""
    file = desk.answer(reader, "汇总表_")
    if "更正表（" not in words(file):
        return []
    lines = table(file, "更正表", "更正单位")
    return [
        tuple(line[name] for name in ("原数", "现数", "原报送", "现报送"))
        for line in lines
        if (line["代码"], line["口径"]) == ("H6", "本期")
    ]


def total(desk: Desk, reader: str) -> object:
    """What stands in a reader's 汇总表."""
    rows = table(desk.answer(reader, "汇总表_"), "巡河汇总（本期）", "代码")
    return next(row["合计"] for row in rows if row["代码"] == "H6")


def receipt(number: int) -> str:
    """A receipt of the county."""
    return f"{EAST}-{FIRST}-{number}"


def returned(desk: Desk, number: int, at: dt.datetime = IN_TIME) -> Decision:
    """The city returns a workbook of the county, and all is made again."""
    said = decide(desk, receipt(number), Verdict.RETURN, "里程不对", at=at)
    desk.run(at)
    decision = desk.ask(lambda context: context.store.decisions.find(said))
    assert decision is not None
    return decision


def test_a_return_that_was_taken_back_corrects_nothing(desk: Desk) -> None:
    """A unit that its superior returned by mistake has no line in 更正表, neither while it is out nor after."""
    desk.drop(EAST, desk.fill(EAST, sound(96)))
    desk.run()
    decision = returned(desk, 1)
    for reader in (CITY, PROVINCE):
        assert (total(desk, reader), corrected(desk, reader)) == (None, [])
    undo(desk, decision)
    desk.run()
    for reader in (CITY, PROVINCE):
        assert (total(desk, reader), corrected(desk, reader)) == (96, [])


def test_what_mends_a_return_is_held_against_what_was_published(desk: Desk) -> None:
    """The one figure that a returned unit changed is listed from what was published to what it is now."""
    desk.drop(EAST, desk.fill(EAST, sound(9)))
    desk.run()
    returned(desk, 1)
    desk.drop(EAST, desk.fill(EAST, sound(90_000)))
    desk.run(NEXT_DAY)
    for reader in (CITY, PROVINCE):
        assert corrected(desk, reader) == [(9, 90_000, receipt(1), receipt(2))]


def test_a_correction_that_is_returned_is_not_listed_meanwhile(desk: Desk) -> None:
    """While a correction is returned the figure before it stands, and 更正表 says nothing else; then it goes on."""
    for metres in (9, 900):
        desk.drop(EAST, desk.fill(EAST, sound(metres)))
        desk.run()
    first = (9, 900, receipt(1), receipt(2))
    assert corrected(desk, CITY) == [first]
    decision = returned(desk, 2)
    assert (total(desk, CITY), corrected(desk, CITY)) == (9, [])
    undo(desk, decision)
    desk.run(NEXT_DAY)
    assert (total(desk, CITY), corrected(desk, CITY)) == (900, [first])
    returned(desk, 2, NEXT_DAY)
    desk.drop(EAST, desk.fill(EAST, sound(80)))
    desk.run(LATER)
    assert corrected(desk, CITY) == [first, (900, 80, receipt(2), receipt(3))]
