"""Who has very many below adds up what is handed up of each directly below: the same as what all of them handed in."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.consolidation.accepted import Accepted, Attempt, UnitAndPeriod, made_by
from sheetflow.consolidation.answers import (
    Answers,
    count_answers,
    count_filings,
    count_worded,
    groups_below,
)
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.consolidate import board_data, declared_totals, newest, statistics
from sheetflow.consolidation.corrections import Correction, correction_rows
from sheetflow.consolidation.gists import Gist
from sheetflow.consolidation.nodes import dump_folded, folded, load_folded, summary_of
from sheetflow.consolidation.states import Said, Tally
from sheetflow.masks import MaskPolicy
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.filings import Filing, asking_sheets
from sheetflow.schemas.forms import OwnTotals
from sheetflow.schemas.indicators import Ratio
from sheetflow.schemas.layout import HEADER_ROW
from sheetflow.schemas.options import Choice
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.review import Passing, Policy
from sheetflow.units import Unit, UnitTree, names_told_apart
from sheetflow.writing.board import write_board
from sheetflow.writing.board_page import render_board_page
from tests.county_book import CAMPAIGN, FORM
from tests.tiny.campaign import LEVELS

ENDED = dt.date(2012, 3, 31)
SOME = UnitTree.of(
    [
        Unit(unit_id="370000", name="山东省", level="省"),
        *(
            Unit(unit_id=f"370{city}00", name=f"市{city}", level="市", parent="370000")
            for city in (1, 2, 3)
        ),
        *(
            Unit(
                unit_id=f"370{city}0{number}",
                name=f"县{city}{number}",
                level="县",
                parent=f"370{city}00",
            )
            for city in (1, 2, 3)
            for number in (1, 2, 3)
        ),
        *(
            Unit(unit_id=f"{county}0{number}", name=f"乡{number}", level="乡", parent=county)
            for county in ("370101", "370201")
            for number in (1, 2)
        ),
        Unit(
            unit_id="370109",
            name="并县",
            level="县",
            parent="370100",
            valid_to=ENDED,
            successor="370202",
        ),
        Unit(
            unit_id="37020109",
            name="并乡",
            level="乡",
            parent="370201",
            valid_to=ENDED,
            successor="37010102",
        ),
    ],
    levels=LEVELS,
)
"""Townships below two counties; a county and a township end in March and go to those of another city."""
PROVINCE = SOME["370000"]
PERIODS = [period.period_id for period in FORM.periods_of(2012)[:3]]
SPOTS = [
    (unit.unit_id, period)
    for unit in SOME
    for period in PERIODS
    if unit.exists_on(Period.parse(period).last_day)
]
NOW = dt.datetime(2012, 7, 3, 9, tzinfo=OFFICE_ZONE)
DUE = {(unit.unit_id, period): NOW for unit in SOME for period in PERIODS}
FILLED_BY = [frozenset[str](), {"县", "乡"}, {"县"}, {"乡"}, {"市"}]
"""Levels that fill the form: all, or some."""


def accepted(spot: UnitAndPeriod, random: Random) -> Accepted:
    """Make up what a unit reported: any figures, some of them not asked for or not told."""
    codes = [each.code for each in FORM.indicators if not isinstance(each.source, Ratio)]
    answers = {
        column.key: random.choice(column.type.options)
        for column in FORM.counted_answers
        if isinstance(column.type, Choice) and random.random() < 0.8
    }
    filings = {sheet.key: random.choice([*Filing]).value for sheet in asking_sheets(FORM)}
    return Accepted(
        unit_id=spot[0],
        period=spot[1],
        receipt=f"{spot[0]}-{spot[1]}-2",
        figures={code: random.choice([None, random.randint(0, 999)]) for code in codes},
        file_name="报表.xlsx",
        sha256="0",
        accepted_at=NOW + dt.timedelta(minutes=random.randint(0, 99)),
        late=random.random() < 0.2,
        nil=random.random() < 0.2,
        former=tuple(random.sample(codes, random.choice([0, 0, 2]))),
        gist=Gist(answers=answers, filings=filings),
    )


def tried(spot: UnitAndPeriod, random: Random, *, is_in: bool) -> Attempt:
    """Make up what a unit sent last."""
    return Attempt(
        outcome="accepted" if is_in else random.choice(["returned", "held", "refused"]),
        receipt=f"{spot[0]}-{spot[1]}-2",
        answered_at=NOW + dt.timedelta(minutes=random.randint(0, 99)),
        must=random.randint(0, 3),
        verify=random.randint(0, 3),
        note=random.randint(0, 3),
    )


def waiting(books: Books, policy: Policy, random: Random) -> Books:
    """Make up what superiors let pass, and what of the rest is seen further up."""
    if policy is Policy.NONE:
        return books
    passings = [Passing.WAITING, Passing.PASSED, Passing.CHANGED]
    found = {
        spot: replace(each, passing=random.choice(passings))
        for spot, each in books.accepted.items()
    }
    beyond: dict[UnitAndPeriod, Accepted | None] = {}
    for spot, each in found.items():
        is_held = policy is Policy.REQUIRED or (
            policy is Policy.BY_DEADLINE and random.random() < 0.5
        )
        if is_held and each.passing is Passing.WAITING:
            beyond[spot] = None
        elif is_held and each.passing is Passing.CHANGED:
            before = accepted(spot, random)
            beyond[spot] = replace(before, receipt=f"{spot[0]}-{spot[1]}-1", passing=Passing.PASSED)
    return replace(books, accepted=found, beyond=beyond)


def books_of(
    spots: set[UnitAndPeriod],
    seed: int,
    policy: Policy = Policy.NONE,
    levels: frozenset[str] | set[str] = frozenset(),
    rows: Callable[..., Sequence[tuple[Accepted, Sequence[dict[str, Value]]]]] = lambda *_: (),
) -> Books:
    """Make up the books of three cities in which these have reported; others may have tried."""
    random = Random(seed)  # noqa: S311 - made-up figures
    others = [spot for spot in SPOTS if spot not in spots and random.random() < 0.2]
    books = Books(
        form=replace(FORM, levels=frozenset(levels)),
        tree=SOME,
        period=Period.parse(PERIODS[-1]),
        accepted={spot: accepted(spot, random) for spot in sorted(spots)},
        attempts={
            spot: tried(spot, random, is_in=spot in spots) for spot in sorted({*spots, *others})
        },
        rows_of=rows,
        deadlines=DUE,
        passed=random.choice([None, NOW]),
        said={spot: Said(questions=1) for spot in sorted(spots) if random.random() < 0.1},
    )
    return waiting(books, policy, random)


def as_of(books: Books, period: str) -> Books:
    """The same books as they stood for an earlier period."""
    return replace(books, period=Period.parse(period))


def folded_up(
    books: Books, unit: Unit, policies: Sequence[MaskPolicy] = (), folds: int = 1
) -> Books:
    """What `unit` knows where each directly below hands up as one, and those below them likewise."""
    below = books.tree.children(unit.unit_id)
    many = [child for child in below if books.tree.children(child.unit_id)]

    def handed_up(child: Unit, period: str) -> Books:
        known = as_of(books, period)
        return folded_up(known, child, policies, folds - 1) if folds > 1 else known

    sums = {
        (child.unit_id, period): load_folded(
            dump_folded(summary_of(handed_up(child, period), child, policies))
        )
        for child in many
        for period in (each.period_id for each in books.period.year_so_far)
    }
    alone = {unit.unit_id, *(child.unit_id for child in below if child not in many)}
    own = alone | {
        old.unit_id
        for unit_id in alone
        for old in books.tree.predecessors_on(unit_id, books.period.last_day)
    }
    return folded(
        replace(
            books,
            accepted={spot: each for spot, each in books.accepted.items() if spot[0] in own},
            attempts={spot: each for spot, each in books.attempts.items() if spot[0] in own},
            called=names_told_apart(books.tree.subtree(unit.unit_id)),
        ),
        unit,
        sums,
    )


def answers_of(books: Books) -> list[Answers]:
    """All that was answered, by those directly below."""
    groups = [*groups_below(books, PROVINCE).values()]
    counts = (count_answers, count_filings, count_worded)
    return [each for count in counts for each in count(books, groups)]


def told(books: Books) -> dict[str, object]:
    """All that 汇总表 and 上报情况 say in sums, counts, days and words, but for lists of units."""
    matrix = statistics(books, PROVINCE)
    rows = {
        period: [*map(as_of(books, period).board_row, as_of(books, period).expected(PROVINCE))]
        for period in PERIODS
    }
    tallies = {period: Tally.of(found) for period, found in rows.items()}
    return {
        "total": matrix.total,
        "columns": [(each.heading, each.values) for each in matrix.columns],
        "states": [
            (each.state.word, sorted(each.state.unpassed), each.state.is_plain)
            for each in matrix.columns
        ],
        "carried": [
            (each.state.is_current, each.state.is_carried and not each.state.is_current)
            for each in matrix.columns
        ],
        "former": (matrix.former, matrix.former_current),
        "newest": newest(books, PROVINCE),
        "counts": {
            period: (
                {state: n for state, n in each.states.items() if n},
                each.late,
                each.overdue,
                Counter(each.passed),
                Counter(each.unpassed),
                Counter(each.withheld),
            )
            for period, each in tallies.items()
        },
        "findings": [
            (row.must, row.verify, row.note, row.explained)
            for row in [
                replace(
                    found[0] if found else books.board_row(PROVINCE),
                    must=sum(each.must for each in found),
                    verify=sum(each.verify for each in found),
                    note=sum(each.note for each in found),
                    explained=sum(each.explained for each in found),
                )
                for found in rows.values()
            ]
        ],
        "groups": [*groups_below(books, PROVINCE)],
        "answers": answers_of(books),
        "declared": declared_totals(books, PROVINCE),
    }


@settings(max_examples=60, deadline=None)
@given(
    spots=st.sets(st.sampled_from(SPOTS)),
    seed=st.integers(0, 10**6),
    policy=st.sampled_from(Policy),
    levels=st.sampled_from(FILLED_BY),
    folds=st.integers(1, 3),
)
def test_papers_of_sums_handed_up_say_what_those_of_every_unit_say(
    spots: set[UnitAndPeriod], seed: int, policy: Policy, levels: set[str], folds: int
) -> None:
    """Whoever reported what in which period, whatever was let pass, merged or is filled by some: sums, counts, days and words agree."""
    books = books_of(spots, seed, policy, levels).read_by(PROVINCE)
    plainly, by_nodes = told(books), told(folded_up(books, PROVINCE, folds=folds))
    for what, found in plainly.items():
        assert by_nodes[what] == found, what


@pytest.mark.parametrize("policy", [*Policy])
def test_counts_by_period_are_those_of_every_unit(policy: Policy) -> None:
    """分期统计 of who has very many below counts units, not those directly below: the same numbers as where each has a row."""
    books = books_of({*SPOTS[::2]}, 3, policy).read_by(PROVINCE)
    books = replace(books, passed=NOW)
    assert counts_of(folded_up(books, PROVINCE)) == counts_of(books)


def counts_of(books: Books) -> list[tuple[object, ...]]:
    """What 分期统计 says, header and all."""
    written = write_board(board_data(CAMPAIGN, books, PROVINCE))
    sheet = openpyxl.load_workbook(io.BytesIO(written), data_only=True)["分期统计"]
    return [*sheet.iter_rows(min_row=HEADER_ROW, values_only=True)]


def test_a_row_of_many_says_what_is_late_and_overdue_of_it() -> None:
    """The word of a city tells how many of it are in, and of how many it came late or is 逾期; no deadline of its own stands there."""
    inside = {spot for spot in SPOTS if spot[0].startswith("3701") and spot[1] == PERIODS[0]}
    plain = replace(books_of(inside, 2), passed=NOW, period=Period.parse(PERIODS[0]))
    shown = folded_up(plain, PROVINCE)
    rows = {unit.unit_id: shown.board_row(unit) for unit in shown.expected(PROVINCE)}
    late = sum(plain.accepted[spot].late for spot in inside)
    number = len(inside)
    assert late
    assert rows["370100"].word == f"已报{number}/{number}（迟报{late}个）"
    assert not rows["370100"].overdue
    assert rows["370300"].word == "已报0/4（逾期4个）"
    assert (rows["370300"].overdue, rows["370300"].deadline) == (True, None)
    untimed = replace(shown, passed=None)
    assert untimed.board_row(SOME["370300"]).word == "已报0/4"


def test_who_is_alone_with_a_form_is_told_as_one_unit() -> None:
    """Where only cities fill a form, a city with very many below has its own row: word, receipt and deadline."""
    books = books_of({*SPOTS}, 5, Policy.FLAG, {"市"}).read_by(PROVINCE)
    shown = folded_up(books, PROVINCE)
    assert [*map(shown.board_row, shown.expected(PROVINCE))] == [
        *map(books.board_row, books.expected(PROVINCE))
    ]


def test_totals_that_cities_state_are_handed_up() -> None:
    """What each city says that its area adds up to is held against its column though its workbook is not read."""

    def rows(
        _sheet: str, wanted: Sequence[Accepted]
    ) -> list[tuple[Accepted, list[dict[str, Value]]]]:
        return [(each, [{"unit_name": code, "period": len(each.receipt)}]) for each in wanted]

    spec, code = OwnTotals(sheet="cover", code="unit_name", figure="period"), "S01"
    books = books_of({*SPOTS}, 7, rows=rows)
    books = replace(books, form=replace(books.form, own_totals=spec))
    assert len(declared_totals(books, PROVINCE)) == 4
    assert declared_totals(folded_up(books, PROVINCE), PROVINCE) == declared_totals(books, PROVINCE)


def test_a_closed_period_is_made_as_then_though_only_those_below_were_measured_then() -> None:
    """How figures were made when a county was measured last is handed up with them."""
    ratio = next(each for each in FORM.indicators if each.is_ratio)
    books = books_of({*SPOTS}, 9)
    then = {**made_by(FORM), ratio.code: (FORM.kinds[ratio.code].value, "S01", "S02")}
    spot = ("37010101", PERIODS[-1])
    old = replace(books.accepted[spot], made=then, measurement=7)
    books = replace(books, accepted={**books.accepted, spot: old})
    shown = folded_up(books, PROVINCE, folds=2)
    assert shown.form.indicator[ratio.code].source == Ratio("S01", "S02")


def test_corrections_stay_listed_when_a_unit_gets_very_many_below() -> None:
    """A row of 更正表 from before stands on, in the column of its city, unless its workbook counts no longer."""
    books = books_of({*SPOTS}, 11)
    receipt = books.accepted["370101", PERIODS[0]].receipt
    known = Correction(
        code="S01",
        current=True,
        unit_id="370101",
        period=PERIODS[0],
        old=1,
        new=2,
        replaced="370101-2012B1-1",
        receipt=receipt,
        reason="",
        at=NOW,
    )
    plainly = correction_rows(books, PROVINCE, [known])
    shown = replace(folded_up(books, PROVINCE), listed=books)
    assert plainly
    assert correction_rows(shown, PROVINCE, [known]) == plainly
    without = {spot: each for spot, each in books.accepted.items() if spot[0] != "370101"}
    gone = replace(shown, listed=replace(books, accepted=without))
    assert correction_rows(gone, PROVINCE, [known]) == ()


def test_tiles_of_the_page_count_units_where_rows_stand_for_many() -> None:
    """上报情况.html counts no rows of its own where a city stands for its counties: tiles and sentence are of units."""
    template = Path("templates/board/上报情况.html").read_text(encoding="utf-8")
    books = replace(books_of({*SPOTS[::2]}, 3), passed=NOW)
    shown = folded_up(books, PROVINCE)
    pages = [
        render_board_page(board_data(CAMPAIGN, each, PROVINCE), template) for each in (books, shown)
    ]
    tiles = [re.findall(r'data-state="(\w+)"><b>(\d+)</b>', page) for page in pages]
    assert tiles[0]
    assert tiles[0] == tiles[1]
    assert ["textContent = counts" in page for page in pages] == [True, False]
