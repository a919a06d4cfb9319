"""Who has very many below decides about those directly below just as one with few does: the 审核单 is the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from sheetflow.consolidation.review_sheet import LOOKS_SHEET, WAITING_SHEET
from sheetflow.context import Context
from sheetflow.service import scopes
from sheetflow.store.records import PublicationKind, Stale
from tests.tiny.desk import (
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NEXT_DAY,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    REEDS,
    SANDS,
    SOUTH,
    TOO_LATE,
    WEST,
    Desk,
    sound,
    table,
)
from tests.tiny.officer import Officer

pytestmark = pytest.mark.slow

METRES = {EAST: 500, WEST: 700, SOUTH: 110, NORTH: 40, REEDS: 5, SANDS: 3, CITY: 1000}
ABOVE = (PROVINCE, OTHER_CITY)
"""Who has too many below, where three are."""


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Desk]:
    """Give an office in which three below are too many; one directly below was passed, and changed what it sent."""

    def begin(policy: str) -> Desk:
        monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", policy)
        monkeypatch.setattr(scopes, "MOST_BELOW", 3)
        desk = Desk.make(tmp_path / "work")
        desk.issue()
        for unit_id, metres in METRES.items():
            desk.drop(unit_id, desk.fill(unit_id, sound(metres)))
        desk.run(IN_TIME)
        for above, unit_id in ((PROVINCE, CITY), (OTHER_CITY, SOUTH)):
            Officer(desk, above).signs().says(unit_id, "同意").drops()
        desk.run(NEXT_DAY)
        for unit_id in (CITY, SOUTH):
            desk.drop(unit_id, desk.fill(unit_id, sound(METRES[unit_id] + 90)), "改.xlsx")
        desk.run(CITIES_DAY)
        return desk

    return begin


def sheets(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """All that stands in both 审核单 of whoever is directly below, line by line."""
    found = dict[str, list[tuple[object, ...]]]()
    for unit_id in ABOVE:
        book = openpyxl.load_workbook(Officer(desk, unit_id).sheet, read_only=True)
        for page in book:
            lines = filter(any, page.iter_rows(values_only=True))
            # Where few are below, it may look at those further down as well, and a line says so.
            aside = (SOUTH, "怎么办") if unit_id == PROVINCE else ("怎么办",)
            found[f"{unit_id} {page.title}"] = [
                line for line in lines if not str(line[0]).startswith(aside)
            ]
        book.close()
    return found


def make_anew(desk: Desk) -> None:
    """Have both 审核单 made once more, as things stand."""
    for unit_id in ABOVE:
        Officer(desk, unit_id).sheet.unlink()

    def mark(context: Context) -> None:
        form = context.campaign.main_form.key
        marks = [
            Stale(unit_id=unit_id, form=form, period=FIRST, kind=PublicationKind.REVIEW)
            for unit_id in ABOVE
        ]
        context.store.publications.record_stale(marks, context.clock.now())

    desk.ask(mark, TOO_LATE)
    desk.run(TOO_LATE)


@pytest.mark.parametrize("policy", ["by_deadline", "flag", "required"])
def test_the_sheet_is_that_of_an_office_with_few_below(
    begun: Callable[[str], Desk], policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits, is to be looked at, was drawn and stands below is the same line by line, the draw too."""
    desk = begun(policy)
    desk.run(TOO_LATE)
    make_anew(desk)
    by_nodes = sheets(desk)
    looks = table(Officer(desk, PROVINCE).sheet, LOOKS_SHEET, "编号")
    assert any("验收后有变动" in str(row) for row in looks)
    monkeypatch.setattr(scopes, "MOST_BELOW", 200)
    make_anew(desk)
    plainly = sheets(desk)
    for title, lines in by_nodes.items():
        assert plainly[title] == lines


def test_what_changed_is_not_let_pass_with_the_rest_and_answering_changes_no_offer(
    begun: Callable[[str], Desk],
) -> None:
    """全部通过 leaves out whoever changed what was passed; the sheet that comes back touches no number and no draw."""
    desk = begun("by_deadline")
    desk.run(TOO_LATE)
    kept = offers(desk)
    assert all(kept.values())
    waiting = table(Officer(desk, PROVINCE).sheet, WAITING_SHEET, "编号")
    assert any("验收后有变动" in str(row) for row in waiting)
    Officer(desk, PROVINCE).signs().passes_the_rest().drops()
    desk.run(TOO_LATE)
    assert offers(desk) == kept


def offers(desk: Desk) -> dict[str, tuple[object, object]]:
    """What each of the two was ever offered in 重点核对, and who was drawn for it."""

    def ask(context: Context) -> dict[str, tuple[object, object]]:
        form, store = context.campaign.main_form.key, context.store.attention
        return {
            unit_id: (store.find_offered(unit_id, form, FIRST), store.find_drawn(unit_id, form))
            for unit_id in ABOVE
        }

    return desk.ask(ask, TOO_LATE)
