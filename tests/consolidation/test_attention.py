"""重点核对: what deserves a look is told with its reasons, heaviest first, and never twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.consolidation.accepted import Accepted, ExplanationRow
from sheetflow.consolidation.attention import (
    CHANGED_PASSED,
    MOST_LOOKS,
    WHOLE,
    Around,
    Stood,
    find_looks,
)
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.review_rows import Known, answer_rows
from sheetflow.consolidation.review_sheet import (
    LOOKS_SHEET,
    NUMBER,
    UNIT,
    VERDICT,
    LookRow,
    TypedRow,
)
from sheetflow.consolidation.review_typed import TypedReview
from sheetflow.findings import WAIVED
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.indicators import Figures
from sheetflow.schemas.review import Matter, NewDecision, Verdict
from sheetflow.units import Unit, UnitTree
from tests.consolidation.test_review_rows import LOOK, SHEET, TODAY
from tests.county_book import FORM
from tests.tiny.desk import EAST

FLOW, LEDGER, STOCK = "S07", "S19", "S01"
B1, B2 = FORM.periods_of(2012)[:2]
CITY = Unit(unit_id="370100", name="济南市", level="市")
COUNTIES = [
    Unit(unit_id=f"3701{number:02}", name=f"第{number}区", level="县", parent="370100")
    for number in range(1, 41)
]
TREE = UnitTree.of([CITY, *COUNTIES])
FIRST, SECOND, *_ = COUNTIES


def accepted(unit: Unit, figures: Figures, period: str = B1.period_id, number: int = 1) -> Accepted:
    """Give what a unit reported: these figures and no others."""
    return Accepted(
        unit_id=unit.unit_id,
        period=period,
        receipt=f"{unit.unit_id}-{period}-{number}",
        figures=figures,
        file_name="报表.xlsx",
        sha256="0" * 64,
        accepted_at=dt.datetime(2012, 3, 5, 9, tzinfo=OFFICE_ZONE),
    )


def books_of(*entries: Accepted) -> Books:
    """Give the books of the last period in which any of these were reported."""
    return Books(
        FORM,
        TREE,
        max(FORM.period(entry.period) for entry in entries),
        {(entry.unit_id, entry.period): entry for entry in entries},
        {},
        lambda _sheet, _wanted: (),
    )


def looks(*entries: Accepted, **around: object) -> tuple[LookRow, ...]:
    """Give the looks at these; `around` is what else is known."""
    return find_looks(books_of(*entries), COUNTIES, Around(**around))  # type: ignore[arg-type]


def two(unit: Unit, code: str, first: int, second: int) -> list[Accepted]:
    """Give a unit's reports of two periods with one figure."""
    return [accepted(unit, {code: first}), accepted(unit, {code: second}, B2.period_id)]


@pytest.mark.parametrize(
    ("code", "first", "second", "why"),
    [
        pytest.param(FLOW, 10, 31, "本期31，上期10，变动超过三倍", id="flow"),
        pytest.param(FLOW, 10, 30, "", id="three times is not more than three times"),
        pytest.param(FLOW, 31, 10, "本期10，上期31，变动超过三倍", id="down"),
        pytest.param(FLOW, 1, 9, "", id="small"),
        pytest.param(FLOW, 0, 90, "", id="a flow that begins"),
        pytest.param(
            LEDGER, 10, 50, "本期新增40，上期新增10，变动超过三倍", id="ledger, by what it gained"
        ),
        pytest.param(LEDGER, 10, 40, "", id="ledger three times"),
        pytest.param(STOCK, 0, 12, "期末12，上期末0，变动超过三倍", id="stock"),
    ],
)
def test_a_figure_that_moved_by_more_than_three_times(
    code: str, first: int, second: int, why: str
) -> None:
    """It is told with both figures, as the finding about it is; a first period tells nothing."""
    rows = looks(*two(FIRST, code, first, second))
    assert [(row.code, row.current, row.before, *row.why) for row in rows] == (
        [(code, second, first, why)] if why else []
    )
    assert not looks(accepted(FIRST, {code: second}))


def far_from_others(figures: Sequence[int]) -> set[int]:
    """Say in a few lines of our own which figures are far from the rest."""
    middle = median(figures)
    apart = [abs(figure - middle) for figure in figures]
    spread = median(apart) / 0.6745 or sum(apart) / len(apart) / 0.7979
    return {
        place
        for place, distance in enumerate(apart)
        if spread and distance > 3.5 * spread * (1 + 1e-9) and distance >= 10
    }


@given(st.lists(st.integers(0, 40) | st.integers(0, 4000), min_size=1, max_size=24))
def test_figures_far_from_peers_are_those_that_median_and_mad_tell(figures: list[int]) -> None:
    """A second computation agrees, whatever was reported; of fewer than eight units nothing is told."""
    entries = [
        accepted(unit, {FLOW: figure}) for unit, figure in zip(COUNTIES, figures, strict=False)
    ]
    rows = looks(*entries, peers={"县": [entry.figures for entry in entries]})
    expected = far_from_others(figures) if len(figures) >= 8 else set()
    assert {row.unit_id for row in rows} == {COUNTIES[place].unit_id for place in expected}
    for row in rows:
        assert row.median == median(figures)
        side = "高" if (row.current or 0) > (row.median or 0) else "低"
        assert row.why[0].startswith(f"明显{side}于同级{len(figures)}个单位的中位数")


def test_one_row_a_figure_with_all_its_reasons() -> None:
    """A figure that moved and is far from its peers stands once, and both are said; it weighs more."""
    peers = [{FLOW: 10 + number} for number in range(7)]
    one, other = two(FIRST, FLOW, 10, 90), two(SECOND, FLOW, 10, 34)
    (first, second) = looks(*one, *other, peers={"县": [*peers, one[1].figures, other[1].figures]})
    assert (first.unit, second.unit) == (FIRST.name, SECOND.name)
    assert len(first.why) == 2
    assert first.weight > second.weight
    assert first.number == f"{FIRST.unit_id}-2012B2-1-核{FLOW}-1"
    assert first.change == 80


def test_what_was_passed_and_changed_is_shown_with_what_stood() -> None:
    """Each figure that became another is told; where none did, that is told of the whole."""
    entry = accepted(FIRST, {FLOW: 5, STOCK: 2, LEDGER: 4}, number=2)
    stood = Stood({FLOW: 5, STOCK: 3}, CHANGED_PASSED)
    rows = looks(entry, stood={FIRST.unit_id: stood})
    assert {(row.code, *row.why) for row in rows} == {
        (STOCK, "验收后有变动，原来是3"),
        (LEDGER, "验收后有变动，原来没有这个数"),
    }
    (same,) = looks(entry, stood={FIRST.unit_id: replace(stood, figures=entry.figures)})
    assert (same.code, same.label, *same.why) == ("", WHOLE, "验收后有变动，统计数字没有变")


def said(text: str, about: tuple[str, str] = ("visits", "date")) -> ExplanationRow:
    """Give an explained finding."""
    return ExplanationRow(FIRST, "", "0A1B2C3D", "《走访记录》C7", "日期早于本期", text, about)


def test_explained_findings_stand_at_their_figure_or_with_the_whole() -> None:
    """What was said of a figure stands in its row; of the rest three are quoted; what a superior waived is not."""
    assert FORM.statistics
    at_figure = said("下乡集中在本月", (FORM.statistics.key, FLOW))
    others = [said(f"第{number}条") for number in range(4)]
    entry = accepted(FIRST, {FLOW: 5})
    told = (at_figure, *others, said(f"{WAIVED}已核对"))
    figure, whole = looks(replace(entry, explanations=told))
    assert figure.why == ("已作情况说明：下乡集中在本月",)
    assert (whole.code, whole.label) == ("", WHOLE)
    assert whole.why[0].count("《走访记录》C7日期早于本期，说明：第") == 3
    assert whole.why[0].endswith("等4处")
    assert not looks(replace(entry, explanations=told[-1:]))


def test_near_identical_texts_name_whose() -> None:
    """A text like another's is told by its column, and whose it is like."""
    assert FORM.narrative
    column = FORM.narrative.columns[-1]
    entry = accepted(FIRST, {})
    (row,) = looks(entry, alike={(entry.receipt, column.key): ("第2区", "第3区")})
    assert row.why == (f"“{column.label}”与第2区、第3区的几乎相同",)


def test_what_was_looked_at_is_not_shown_again() -> None:
    """After a decision a figure is left alone, in a later workbook too, until it is another one.

    Once a decision was taken back, the row comes with the next number.
    """
    entries = two(FIRST, FLOW, 10, 90)
    receipt = entries[1].receipt
    assert not looks(*entries, seen={(FIRST.unit_id, FLOW): (receipt, 90)})
    assert not looks(*entries, seen={(FIRST.unit_id, FLOW): ("earlier", 90)})
    (row,) = looks(*entries, seen={(FIRST.unit_id, FLOW): ("earlier", 80)})
    assert row.number.endswith(f"核{FLOW}-1")
    decided = NewDecision(
        number=row.number, unit_id=FIRST.unit_id, matter=Matter.LOOK, verdict=Verdict.FINE
    )
    (row,) = looks(*entries, decided={receipt: [decided]})
    assert row.number.endswith(f"核{FLOW}-2")


def test_reasons_that_were_looked_at_are_told_no_more() -> None:
    """Of texts and explanations a row comes back in a later workbook only with a reason that nobody looked at."""
    assert FORM.narrative
    column = FORM.narrative.columns[-1]

    def again(number: int, like: Sequence[str], *told: str, **around: object) -> LookRow | None:
        entry = accepted(FIRST, {}, number=number)
        entry = replace(entry, explanations=tuple(map(said, told)))
        rows = looks(entry, alike={(entry.receipt, column.key): like}, **around)
        return rows[0] if rows else None

    row = again(1, ("第2区", "第3区"), "甲", "乙")
    assert row
    looked = {FIRST.unit_id: row.grounds}
    assert not again(2, ("第3区", "第2区"), "甲", "乙", grounds=looked)
    assert not again(2, ("第3区",), "乙", grounds=looked)
    assert again(2, ("第2区", "第4区"), "甲", grounds=looked)
    assert again(2, ("第2区",), "丙", grounds=looked)
    changed = {FIRST.unit_id: Stood({}, CHANGED_PASSED)}
    assert again(2, ("第2区",), "甲", grounds=looked, stood=changed)
    assert not any("甲" in ground or "第2区" in ground for ground in looked[FIRST.unit_id])


def test_nil_returns_are_not_compared() -> None:
    """Who had nothing to report is no outlier, and nothing of it moved."""
    entries = two(FIRST, STOCK, 90, 0)
    assert looks(*entries)
    assert not looks(entries[0], replace(entries[1], nil=True))


def test_at_most_thirty_the_heaviest() -> None:
    """Of more, the heaviest thirty are listed; equal ones in the order of the list of units."""
    entries = [each for unit in COUNTIES for each in two(unit, FLOW, 10, 40)]
    entries += two(COUNTIES[-1], FLOW, 10, 90)  # in the place of the last one's
    rows = looks(*entries)
    assert len(rows) == MOST_LOOKS
    assert [row.unit_id for row in rows] == [
        COUNTIES[-1].unit_id,
        *(unit.unit_id for unit in COUNTIES[: MOST_LOOKS - 1]),
    ]


def test_figures_stand_before_texts() -> None:
    """However heavy texts that are alike weigh, a figure that moved is read first, with its code."""
    assert FORM.narrative
    entries = two(FIRST, FLOW, 10, 31)
    alike = {(entries[1].receipt, column.key): ("第2区",) for column in FORM.narrative.columns}
    figure, texts = looks(*entries, alike=alike)
    assert texts.weight > figure.weight
    assert (figure.label, texts.label) == (f"{FLOW} {FORM.indicator[FLOW].label}", WHOLE)


def test_a_row_that_is_listed_no_longer_still_means_its_figure() -> None:
    """Peers moved and the row is gone from the sheet: what an officer typed into her copy counts all the same."""
    sheet = replace(SHEET, looks=(), offered=SHEET.looks)
    typed = {NUMBER: LOOK, UNIT: SHEET.looks[0].unit, VERDICT: "无异议"}
    review = TypedReview(rows=(TypedRow(sheet=LOOKS_SHEET, row=7, number=LOOK, cells=typed),))
    known = Known(past=lambda _number: None, why_not=str, below={EAST}, today=TODAY)
    (answer,) = answer_rows(sheet, review, known)
    assert answer.decision
    assert (answer.decision.about, answer.decision.verdict) == ("P02", Verdict.FINE)
    (answer,) = answer_rows(replace(sheet, offered=()), review, known)
    assert answer.decision is None
