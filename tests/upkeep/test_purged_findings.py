"""A purge leaves no word of a superior in what was found in purged workbooks."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from sheetflow.context import Context
from sheetflow.store.decisions import PURGED
from sheetflow.upkeep.purge import purge
from tests.tiny.desk import CITY, EAST, IN_TIME, NEXT_DAY, TOO_LATE, WEST, Desk
from tests.tiny.officer import Officer

YEAR_AFTER = dt.datetime(2013, 3, 1, 9)  # noqa: DTZ001 - the office's own time
NAMED = "问过王安澜13800001111"


def found(desk: Desk) -> str:
    """All findings of all judgements, as the store keeps them."""

    def ask(context: Context) -> str:
        listed = context.store.submissions.find_submissions()
        kept = [context.store.contents.find_findings(each) for each in listed]
        return json.dumps(kept, ensure_ascii=False)

    return desk.ask(ask)


def test_what_superiors_said_goes_out_of_findings(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question and a return stay as findings, without the words that named somebody."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.run(IN_TIME)
    officer = Officer(desk, CITY)
    officer.says(EAST, "请核实", NAMED).says(WEST, "退回", NAMED).drops()
    desk.run(NEXT_DAY)
    assert found(desk).count(NAMED) == 2
    desk.run(TOO_LATE)
    desk.ask(lambda context: purge(context, dt.date(2012, 5, 1)), YEAR_AFTER)
    assert NAMED not in found(desk)
    assert found(desk).count(PURGED) == 2
