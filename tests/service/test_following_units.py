"""Edits of units.xlsx reach what was published, once, and leave nothing under an old name."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from sheetflow.config.units_workbook import write_units
from sheetflow.context import Context
from sheetflow.service.one_pass import Rebuilding
from sheetflow.store.records import Publication
from sheetflow.units import Unit, UnitTree
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NEXT_DAY,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    SECOND,
    SOUTH,
    TREE,
    WEST,
    Desk,
    patrols,
    sound,
    tree_of,
    words,
)

pytestmark = pytest.mark.slow

LATER = NEXT_DAY + dt.timedelta(days=1)


@pytest.fixture
def reported(desk: Desk) -> Desk:
    """东岸县 accepted, 西岸县 returned and prechecked, 南岸县 accepted; both periods issued."""
    desk.issue(SECOND)
    bad = desk.fill(WEST, {**sound(), "patrols": patrols(40_000, means="步行")}, name="坏.xlsx")
    desk.drop(EAST, desk.fill(EAST))
    desk.drop(SOUTH, desk.fill(SOUTH))
    desk.drop(WEST, bad)
    desk.drop(WEST, bad, folder="预审")
    desk.run()
    return desk


def beside(context: Context) -> tuple[Publication, ...]:
    """What lies beside its real name."""
    return context.store.publications.find_beside()


def edit(desk: Desk, *units: Unit, without: str = "") -> UnitTree:
    """Change the list as somebody does in Excel: these units instead of or behind those there."""
    changed = {unit.unit_id: unit for unit in units}
    listed = [changed.pop(unit.unit_id, unit) for unit in TREE if unit.unit_id != without]
    tree = tree_of([*listed, *changed.values()])
    file = desk.workspace.units_file
    before = file.stat().st_mtime_ns
    write_units(file, tree)
    os.utime(file, ns=(before + 10**9, before + 10**9))
    return tree


def renamed(unit_id: str, name: str) -> Unit:
    """A unit of the list with another name."""
    return replace(TREE[unit_id], name=name)


def files(desk: Desk, *starts: str) -> dict[str, bytes]:
    """The files of the outbox whose names begin so, by their path."""
    found = {name: content for name, (_, content) in desk.publications().items()}
    return {
        name: content
        for name, content in found.items()
        if not starts or name.rpartition("/")[2].startswith(starts)
    }


def shows(desk: Desk, word: str, *starts: str) -> set[str]:
    """The files that begin so and hold the word."""
    return {
        name
        for name, content in files(desk, *starts).items()
        if word
        in (content.decode() if name.endswith("html") else words(desk.workspace.outbox / name))
    }


def test_a_new_name_reaches_everything_that_shows_it(reported: Desk) -> None:
    """A renamed county bears its new name on both boards and roll-ups after the next pass."""
    old = set(files(reported))
    edit(reported, renamed(EAST, "新东县"))
    reported.run(NEXT_DAY)
    above = ("汇总表", "上报情况")
    assert {name.split("/")[0] for name in shows(reported, "新东县", *above)} == {
        "99-清河省",
        "9901-上游市",
    }
    assert shows(reported, "东岸县", *above) == set()
    now = set(files(reported))
    assert now == {name.replace("东岸县", "新东县") for name in old}
    assert not any("东岸县" in name for name in now)
    assert shows(reported, "新东县", "回执", "填报", "报送进度") == {
        name for name in now if "新东县" in name and "/" in name and "填报样例" not in name
    }
    assert reported.ask(lambda context: context.store.publications.find_stale()) == ()


def test_it_happens_once(reported: Desk) -> None:
    """The pass after the one that followed the list changes nothing, and no mail goes out again."""
    mails = len(reported.mails())
    edit(reported, renamed(WEST, "新西县"), renamed(CITY, "新上市"))
    reported.run(NEXT_DAY)
    before = reported.publications()
    assert reported.run(LATER).published == 0
    assert (reported.publications(), len(reported.mails())) == (before, mails)
    assert not [name for name in before if "上游市" in name or "西岸县" in name]
    own = [name for name in before if "新西县" in name and "填报样例" not in name]
    assert len(own) == 6


def test_a_changed_address_touches_nothing(reported: Desk) -> None:
    """Where mail goes is on no file: none is made again."""
    reported.run(NEXT_DAY)  # those who are not in are 逾期 now
    before = reported.publications()
    edit(reported, replace(TREE[EAST], mails=("new@mail.example",)))
    assert reported.run(NEXT_DAY).published == 0
    assert reported.publications() == before


def test_what_a_person_changed_keeps_its_old_name(reported: Desk) -> None:
    """Under the old name stays only the workbook that somebody edited, and `status` says so."""
    mine = reported.issued(EAST, SECOND)
    mine.write_bytes(mine.read_bytes() + b"half filled")
    kept = mine.read_bytes()
    edit(reported, renamed(EAST, "新东县"))
    for day in (NEXT_DAY, LATER):
        reported.run(day)
        left = [name for name in files(reported) if name.endswith(mine.name)]
        assert left == [f"990101-新东县/{SECOND}/{mine.name}"]
        assert files(reported)[left[0]] == kept
        new = f"990101-新东县/{SECOND}/填报_990101-新东县_{SECOND}.xlsx"
        assert new in files(reported)
        (told,) = reported.ask(beside)
        assert (told.path, told.beside, told.beside_for) == (left[0], new, "hers")
    (reported.workspace.outbox / left[0]).unlink()
    reported.run(LATER)
    assert reported.ask(beside) == ()


def test_a_new_county_is_missing_on_the_boards(reported: Desk) -> None:
    """A county that joins the list is on the boards after the next pass, and has its folders."""
    new = Unit(unit_id="990103", name="中洲县", level="县", parent=CITY)
    edit(reported, new)
    reported.run(NEXT_DAY)
    assert {name.split("/")[0] for name in shows(reported, "中洲县", "上报情况")} == {
        "99-清河省",
        "9901-上游市",
    }
    assert reported.workspace.inbox_of(new).is_dir()


@pytest.mark.parametrize("way", ["ended", "struck"])
def test_a_county_that_left_is_on_no_board(reported: Desk, way: str) -> None:
    """A county that never reported and ended before the period, or is off the list, is shown no more."""
    ended = replace(TREE[NORTH], valid_to=dt.date(2011, 12, 31))
    if way == "ended":
        edit(reported, ended)
    else:
        edit(reported, without=NORTH)
    assert shows(reported, "北岸县", "上报情况", "汇总表")
    reported.run(NEXT_DAY)
    assert shows(reported, "北岸县", "上报情况", "汇总表") == set()


def test_a_county_under_another_city_moves_its_figures(reported: Desk) -> None:
    """Both cities and the province show where it belongs now."""
    edit(reported, replace(TREE[EAST], parent=OTHER_CITY))
    reported.run(NEXT_DAY)
    folders = {name.split("/")[0] for name in shows(reported, "东岸县", "上报情况")}
    assert folders == {"99-清河省", "9902-下游市"}


def test_units_in_another_order_are_shown_in_it(reported: Desk) -> None:
    """The list's order is the order of every table."""
    before = files(reported, "汇总表_清河省")
    tree = tree_of(sorted(TREE, key=lambda unit: (TREE.rank(unit), -int(unit.unit_id))))
    write_units(reported.workspace.units_file, tree)
    reported.run(NEXT_DAY)
    assert files(reported, "汇总表_清河省") != before


def _leave(desk: Desk) -> None:
    edit(desk, without=EAST)


def _rename(desk: Desk) -> None:
    edit(desk, renamed(EAST, "新东县"))


@pytest.mark.parametrize("change", [_leave, _rename], ids=["left", "renamed"])
def test_marks_of_units_that_are_gone_end(reported: Desk, change: Callable[[Desk], None]) -> None:
    """What was due to a unit when the list changed is dropped with it, or made under its new name."""

    def judge_only(context: object) -> None:
        from sheetflow.service.judge import judge_arrivals
        from sheetflow.service.take import open_intake, take_all

        take_all(context, open_intake(context))  # type: ignore[arg-type]
        list(judge_arrivals(context))  # type: ignore[arg-type]

    reported.drop(EAST, reported.fill(EAST, sound(900), name="改.xlsx"))
    reported.ask(judge_only, NEXT_DAY)
    change(reported)
    reported.run(LATER)
    assert reported.ask(lambda context: context.store.publications.find_stale()) == ()
    edit(reported)
    reported.run(LATER)
    names = reported.names(EAST)
    assert f"回执_990101-东岸县_{FIRST}_第2号.xlsx" in names
    assert len([name for name in names if name.startswith("回执")]) == 2


def test_queued_mail_finds_its_attachment_under_the_new_name(reported: Desk) -> None:
    """A mail that waited for the server while its unit was renamed goes out with the answer."""

    def unsent(context: Context) -> None:
        with context.store.writing() as connection:
            connection.exec_driver_sql("UPDATE mails SET state = 'queued'")

    before = len(reported.mails(EAST))
    reported.ask(unsent)
    for path in (reported.workspace.maildir / "new").iterdir():
        path.unlink()
    edit(reported, renamed(EAST, "新东县"))
    report = reported.run(NEXT_DAY)
    assert (report.mail.delayed, len(reported.mails(EAST))) == (0, before)
    (attached,) = reported.mails(EAST)[0].iter_attachments()
    answer = reported.workspace.outbox / "990101-新东县" / FIRST
    (receipt,) = answer.glob("回执_*")
    assert attached.get_content() == receipt.read_bytes()


def test_a_pass_that_was_stopped_after_following_is_finished(reported: Desk) -> None:
    """Killed once the list was followed, the next pass makes the files and removes the old names."""
    from sheetflow.service.one_pass import tidy_up

    tree = edit(reported, renamed(EAST, "新东县"))
    reported.ask(tidy_up, NEXT_DAY)
    assert any("东岸县" in name.rpartition("/")[2] for name in files(reported))
    reported.ask(lambda context: Rebuilding(context).finish(), NEXT_DAY)
    assert not any("东岸县" in name for name in files(reported))
    assert reported.workspace.outbox_of(tree[EAST]).is_dir()
    assert IN_TIME < NEXT_DAY
    assert PROVINCE in tree
