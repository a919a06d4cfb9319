"""明细_….xlsx of a unit with very many below: each row in one of them, and the one that holds is linked and known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from sheetflow.config.workspace import create_workspace
from sheetflow.schemas.review import Verdict
from sheetflow.service import consolidated, scopes
from sheetflow.units import UnitTree
from sheetflow.upkeep.purge import purge
from tests.tiny.desk import (
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    IN_TIME_AGAIN,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    SECOND,
    SECOND_MONTH,
    SIGNED_AGAIN,
    TREE,
    WEST,
    Desk,
    head,
    patrols,
    settings_text,
    sound,
    tree_of,
)
from tests.tiny.superior import decide

ENDED = IN_TIME.date() + dt.timedelta(days=30)
MERGED = tree_of(
    replace(unit, valid_to=ENDED, successor=EAST) if unit.unit_id == NORTH else unit
    for unit in TREE
)
"""北岸县 of one city ends within the second period; 东岸县 of the other city answers for it from then on."""
NOWHERE = [{**patrols(1, month=SECOND_MONTH)[0], "outlet": None}]
TITLE = "排口台账"
LONG_AFTER = dt.datetime(2013, 6, 1, 9)  # noqa: DTZ001 - the office's own time


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three below are too many, and so are three rows."""
    monkeypatch.setattr(scopes, "MOST_BELOW", 3)
    monkeypatch.setattr(consolidated, "MOST_ROWS", 3)


def begun(root: Path, tree: UnitTree = TREE) -> Desk:
    """Have three counties of two cities report the first period."""
    create_workspace(root, tree, settings_text())
    desk = Desk(root)
    desk.issue()
    for unit_id, metres in ((EAST, 500), (WEST, 70), (NORTH, 40)):
        desk.drop(unit_id, desk.fill(unit_id, sound(metres)))
    desk.run()
    desk.run(CITIES_DAY)
    return desk


def rows_in(*paths: Path) -> list[tuple[str, ...]]:
    """The rows of the ledger in these workbooks."""
    names, found = {unit.name for unit in TREE}, list[tuple[str, ...]]()
    for path in paths:
        book = openpyxl.load_workbook(path)
        lines = book[TITLE].iter_rows(values_only=True)
        found += [tuple(str(cell) for cell in row if cell is not None) for row in lines]
        book.close()
    return sorted(row for row in found if names & {*row})


def beside(desk: Desk, period: str = FIRST) -> list[Path]:
    """The workbooks that lie beside the province's 汇总表."""
    return sorted(desk.out(PROVINCE, period).glob("明细_*.xlsx"))


def linked(desk: Desk) -> set[str]:
    """The files that 明细目录 leads to."""
    index = openpyxl.load_workbook(desk.answer(PROVINCE, "汇总表"))["明细目录"]
    links = (row[1].hyperlink for row in index.iter_rows(min_row=4))
    return {str(link.target) for link in links if link}


@pytest.mark.parametrize("is_in", [False, True])
def test_the_rows_of_who_went_over_to_another_s_stand_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_in: bool
) -> None:
    """As in one workbook of all: until the heir's own book has taken them over in its own city's, then no more."""
    found = []
    for most in (200, 3):
        monkeypatch.setattr(scopes, "MOST_BELOW", most)
        monkeypatch.setattr(consolidated, "MOST_ROWS", most)
        desk = begun(tmp_path / str(most), MERGED)
        desk.issue(SECOND, IN_TIME_AGAIN)
        unit_id, walked = (EAST, patrols(9, month=SECOND_MONTH)) if is_in else (CITY, NOWHERE)
        rows = {"head": head(day=SIGNED_AGAIN), "patrols": walked}
        desk.drop(unit_id, desk.fill(unit_id, rows, period=SECOND))
        desk.run(IN_TIME_AGAIN)
        found.append(rows_in(*(beside(desk, SECOND) or [desk.answer(PROVINCE, "汇总表", SECOND)])))
    plain, apart = found
    assert plain
    assert apart == plain
    assert is_in != any("北岸县" in row for row in plain)


@pytest.mark.usefixtures("crowded")
def test_the_index_leads_to_the_one_that_is_ours(tmp_path: Path) -> None:
    """Where somebody worked in one, the new one beside it is linked; once hers is gone, the name is."""
    desk = begun(tmp_path / "work")
    hers, other = beside(desk)
    hers.write_bytes(hers.read_bytes() + b"x")
    desk.drop(EAST, desk.fill(EAST, sound(501)), "再报.xlsx")
    desk.run(CITIES_DAY)
    (new,) = {*beside(desk)} - {hers, other}
    assert linked(desk) == {new.name, other.name}
    hers.unlink()
    desk.run(CITIES_DAY)
    assert beside(desk) == [hers, other]
    assert linked(desk) == {hers.name, other.name}


@pytest.mark.usefixtures("crowded")
def test_one_that_somebody_changed_stays_known_where_it_holds_nothing_any_longer(
    tmp_path: Path,
) -> None:
    """A purge names it among what people changed: it holds personal values."""
    desk = begun(tmp_path / "work")
    rest, other = beside(desk)
    assert OTHER_CITY in other.name
    other.write_bytes(other.read_bytes() + b"x")
    (receipt,) = [one.receipt for one in desk.submissions(NORTH)]
    decide(desk, receipt, Verdict.RETURN, "请核对", at=CITIES_DAY)
    desk.run(CITIES_DAY)
    assert beside(desk) == [rest, other]
    assert linked(desk) == {rest.name}
    done = desk.ask(lambda context: purge(context, dt.date(2013, 1, 1)), LONG_AFTER)
    assert [path for path in done.changed_by_people if other.name in path]
