"""A database made again from the archive draws nobody a second time, and knows the rows that it offered."""

from __future__ import annotations

import pytest

from sheetflow.context import Context
from sheetflow.store.attention import Seen
from sheetflow.upkeep.recover import recover
from tests.tiny.desk import CITIES_DAY, CITY, EAST, IN_TIME, NEXT_DAY, WEST, Desk, sound
from tests.tiny.forms import PATROL_FORM
from tests.tiny.officer import Officer


def seen(desk: Desk) -> Seen:
    """What was drawn and offered."""

    def ask(context: Context) -> Seen:
        return context.store.attention.find_everything()

    return desk.ask(ask)


def test_draws_and_offers_come_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws, of earlier periods too, and offers about a corrected workbook stand as they stood."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    before = "2011Q4", [WEST]
    desk.ask(lambda context: context.store.attention.record_drawn(CITY, PATROL_FORM.key, *before))
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id, sound(100)))
    desk.run(IN_TIME)
    Officer(desk, CITY).says(EAST, "同意").drops()
    desk.run(NEXT_DAY)
    desk.drop(EAST, desk.fill(EAST, sound(900), name="更正.xlsx"))
    desk.run(NEXT_DAY)
    drawn, offered = known = seen(desk)
    assert len(drawn) == 3
    assert any(offered.values())
    recover(desk.root, force=True, at=CITIES_DAY)
    assert seen(desk) == known
