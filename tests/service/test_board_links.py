"""The board of a unit: links to what lies in its own folder, period after period."""

from __future__ import annotations

import re
from urllib.parse import unquote

from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME_AGAIN,
    PROVINCE,
    SECOND,
    SECOND_MONTH,
    SECOND_NAMED,
    SIGNED_AGAIN,
    Desk,
    head,
    patrols,
)


def links(desk: Desk, unit_id: str) -> list[str]:
    """Where the links of a unit's board lead, as paths from the board's own folder."""
    (page,) = desk.out(unit_id).glob("上报情况_*.html")
    found = re.findall(r'href="\./([^"]*)"', page.read_text(encoding="utf-8"))
    return [unquote(link) for link in found]


def test_a_board_links_to_what_its_reader_has(desk: Desk) -> None:
    """Every link leads to a file that is there, in the reader's own folder, from the first pass on."""
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    for reader, name in ((CITY, "上游市"), (PROVINCE, "清河省")):
        assert links(desk, reader) == [f"{FIRST}/汇总表_{name}_{FIRST_NAMED}.xlsx"]
        assert all((desk.out(reader) / link).is_file() for link in links(desk, reader))


def test_a_board_shows_all_periods_of_the_year(desk: Desk) -> None:
    """With the second period, its column and its files stand beside those of the first."""
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    desk.issue(SECOND, IN_TIME_AGAIN)
    rows = {"head": head(day=SIGNED_AGAIN), "patrols": patrols(5, month=SECOND_MONTH)}
    desk.drop(EAST, desk.fill(EAST, rows, period=SECOND))
    desk.run(IN_TIME_AGAIN)
    assert [link.partition("/")[0] for link in links(desk, CITY)] == [FIRST, SECOND]
    (page,) = desk.out(CITY).glob("上报情况_*.html")
    text = page.read_text(encoding="utf-8")
    assert FIRST_NAMED in text
    assert SECOND_NAMED in text
