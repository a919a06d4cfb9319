"""What is said of units whose superiors are asked to let pass what they hand up, and what a reader sees of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sheetflow.consolidation.group_state import GroupState
from sheetflow.consolidation.states import BoardRow, Said, State, Tally
from sheetflow.schemas.review import Passing
from sheetflow.units import Unit
from tests.consolidation.desk import TREE, Desk

UNIT = Unit(unit_id="370102", name="历下区", level="县", parent="370100")
IN = BoardRow(unit=UNIT, state=State.ACCEPTED, passing=Passing.WAITING, passed_by="市")
COUNTED = replace(IN, is_beyond=True)
WITHHELD = replace(COUNTED, is_withheld=True, is_counted=False)
CHANGED = replace(COUNTED, passing=Passing.CHANGED, is_withheld=True)
PASSED = replace(COUNTED, passing=Passing.PASSED)


def test_a_word_says_how_passing_stands_and_who_returned_it() -> None:
    """One word tells all of a unit: how 验收 stands, who returned its workbook, what it was asked, until when it may be late."""
    assert [row.word for row in (IN, PASSED, CHANGED)] == [
        "已接收（待验收）",
        "已接收（已验收）",
        "已接收（验收后有变动）",
    ]
    back = BoardRow(unit=UNIT, state=State.RETURNED, returned_by="济南市", questions=2)
    assert back.word == "退回待改（济南市退回，待核实2项）"
    beside = replace(PASSED, besides=State.RETURNED, returned_by="济南市", questions=1)
    assert beside.word == "已接收（已验收，另有济南市退回，待核实）"
    excused = BoardRow(unit=UNIT, state=State.MISSING, excused_until=dt.date(2012, 3, 20))
    assert excused.word == "未报（缓报至3月20日）"


def test_figures_further_up_are_marked_by_the_level_that_has_not_passed_them() -> None:
    """The reader above a city is told what the city has not let pass, in the name of its level; the city itself is not."""
    assert [row.unpassed for row in (IN, PASSED)] == ["", ""]
    assert [row.unpassed for row in (COUNTED, WITHHELD, CHANGED)] == [
        "市级未验收",
        "待市级验收",
        "变动待市级验收",
    ]


def test_counts_say_how_many_were_let_pass_and_how_many_wait() -> None:
    """应报 and 已报 count every unit that is in; beside them stands how many were let pass, and whose figures are not in yet."""
    missing = BoardRow(unit=UNIT, state=State.MISSING)
    tally = Tally.of([PASSED, PASSED, COUNTED, WITHHELD, missing])
    assert tally.told() == (
        "应报5个单位，已报4个（其中经市级验收2个、市级未验收1个），未报1个；"
        "已报的单位里待市级验收1个，数字还没有计入。"
    )
    direct = replace(IN, passed_by="省")
    assert "已报4个（其中经市级验收2个、市级未验收1个、省级未验收1个）" in (
        Tally.of([PASSED, PASSED, COUNTED, direct]).told()
    ), "what is directly below the reader is one of them: they add up"
    assert Tally.of([replace(IN, passing=Passing.NONE)]).told() == "应报1个单位，已报1个。"


def test_a_group_is_not_current_while_all_that_is_in_waits() -> None:
    """A column whose figures all wait holds none for the period; its heading says so."""
    waits = GroupState.of([WITHHELD, WITHHELD], alone=False)
    assert not waits.is_current
    assert waits.mark(current=True) == "（待市级验收2个）"
    assert waits.remark(current=True) == "待验收"
    some = GroupState.of([PASSED, COUNTED, BoardRow(unit=UNIT, state=State.MISSING)], alone=False)
    assert some.is_current
    assert some.mark(current=True) == "（已报2/3，市级未验收1个）"
    assert some.full == "已报2/3（市级未验收1个）"


def test_a_reader_two_levels_up_sees_what_may_go_up() -> None:
    """A city sees what its counties handed up; the province what was let pass, or an earlier workbook that was, and where the rest is."""
    desk = Desk()
    for unit_id in ("370102", "370202", "370100"):
        desk.submit(unit_id, "2012B1")
    books = desk.books("2012B1")
    waiting = {key: replace(each, passing=Passing.WAITING) for key, each in books.accepted.items()}
    kept = replace(waiting["370202", "2012B1"], receipt="R-00", passing=Passing.PASSED)
    books = replace(
        books,
        accepted=waiting,
        beyond=dict.fromkeys(waiting) | {("370202", "2012B1"): kept},
        said={("370102", "2012B1"): Said(questions=1)},
    )
    province, city = books.read_by(TREE["370000"]), books.read_by(TREE["370100"])
    assert {key: each.receipt for key, each in province.accepted.items()} == {
        ("370202", "2012B1"): "R-00",
        ("370100", "2012B1"): waiting["370100", "2012B1"].receipt,
    }
    assert set(city.accepted) == set(waiting)
    row = province.board_row(TREE["370102"])
    assert (row.word, row.unpassed) == ("已接收（待验收，待核实）", "待市级验收")
    assert not row.overdue
    assert province.board_row(TREE["370202"]).unpassed == "变动待市级验收"
    assert province.board_row(TREE["370100"]).unpassed == ""
    assert city.board_row(TREE["370102"]).unpassed == ""


def test_what_a_merged_unit_handed_up_waits_for_the_superior_of_its_successor() -> None:
    """青岛's county that went to 济南's is let pass by 济南 from then on: 青岛 is not asked."""
    desk = Desk()
    desk.submit("370203", "2012B1")
    (key,) = desk.books("2012B1").accepted
    books = replace(desk.books("2012B2"), beyond={key: None})
    assert books.superior("370203") == TREE["370100"]
    assert key in books.read_by(TREE["370100"]).accepted
    assert key not in books.read_by(TREE["370000"]).accepted
