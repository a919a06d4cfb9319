"""A contest played whole: counties recommend, their city ranks, the province's five judges score."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import openpyxl
import pytest

from sheetflow.units import UnitTree
from tests.county_book import TREE
from tests.judging.desk import (
    CITY,
    CONTEST,
    LIXIA,
    NOVEMBER,
    PROVINCE,
    SCORES,
    SHIZHONG,
    JudgingDesk,
    Typed,
)
from tests.tiny.desk import table, words
from tests.warm import keep_list

pytestmark = pytest.mark.slow

WORK, CARE, AGED, WHOLE, STUDY = "失地妇女就业", "留守儿童照料", "社区养老", "全市妇情", "全省研究"
JUDGES = (
    ("张三", "山东大学"),
    ("李四", "济南市历下区妇联"),
    ("王五", "山东社会科学院"),
    ("赵六", "中共山东省委党校"),
    ("钱七", "370103"),
)
CRITERIA = ("situation", "analysis", "advice", "use")
LATER = NOVEMBER + dt.timedelta(days=2)


def by_hand(rows: Sequence[dict[str, Typed]]) -> dict[str, tuple[Fraction, int]]:
    """Score and place of each entry, as somebody works them out who knows nothing of the program."""
    sums: dict[str, list[int]] = {}
    for row in rows:
        sums.setdefault(str(row["entry"]), []).append(sum(int(str(row[name])) for name in CRITERIA))
    means = {}
    for entry, given in sums.items():
        kept = sorted(given)[1:-1] if len(given) >= 5 else given
        means[entry] = Fraction(sum(kept), len(kept))
    return {
        entry: (score, 1 + sum(other > score for other in means.values()))
        for entry, score in means.items()
    }


def _begun(root: Path) -> JudgingDesk:
    """All papers registered, recommended and ranked: the city leaves one of its own counties' out."""
    desk = JudgingDesk.make(root)
    for unit_id, titles in (
        (LIXIA, (WORK, CARE)),
        (SHIZHONG, (AGED,)),
        (CITY, (WHOLE,)),
        (PROVINCE, (STUDY,)),
    ):
        desk.register(unit_id, *titles)
    desk.open_contest()
    assert desk.recommend(LIXIA, WORK, CARE) == "accepted"
    assert desk.recommend(SHIZHONG, AGED) == "accepted"
    assert desk.recommend(PROVINCE, STUDY) == "accepted"
    return desk


def _a_city_ranks_what_it_and_its_counties_recommend(desk: JudgingDesk) -> None:
    """The city's workbook is issued again with the counties' papers; its own are in the copy that comes back."""
    printed = [row["entry"] for row in desk.printed(CITY, CONTEST, "ranking")]
    assert printed == [f"{LIXIA}-B001", f"{LIXIA}-B002", f"{SHIZHONG}-B001"]
    assert desk.recommend(CITY, WHOLE) == "returned"
    assert {found.rule for found in desk.findings(CITY, CONTEST)} == {
        "gathered-unranked",
        "gathered-left-out",
    }
    returned = table(desk.find(CITY, "退回_"), "推荐排序", "论文编号")
    assert [row["论文编号"] for row in returned if row["论文编号"]] == [*printed, f"{CITY}-B001"]
    assert desk.answer(CITY, CONTEST, {"ranking": [{"order": n} for n in (2, 1, None, 3)]}) == (
        "accepted"
    )
    ranked = {row["entry"]: row["order"] for row in desk.printed(CITY, CONTEST, "ranking")}
    assert ranked == dict(zip((*printed, f"{CITY}-B001"), (2, 1, None, 3), strict=True))


def _what_is_handed_up_stands_in_the_judges_workbook(desk: JudgingDesk) -> None:
    """The province's own paper, then the city's by its order; what had no order is not there."""
    entries = desk.printed(PROVINCE, SCORES, "entries")
    assert [(row["number"], row["entry"], row["title"]) for row in entries] == [
        ("N001", f"{PROVINCE}-B001", STUDY),
        ("N002", f"{LIXIA}-B002", CARE),
        ("N003", f"{LIXIA}-B001", WORK),
        ("N004", f"{CITY}-B001", WHOLE),
    ]


def _judges_get_rows_for_all_but_their_own_units_papers(desk: JudgingDesk) -> None:
    """With the judges handed in, the next workbook has judge × paper, and drafts for judges lie there."""
    judges = [{"name": name, "unit": unit} for name, unit in JUDGES]
    quotas = [{"first": 1, "second": 1, "third": 1}]
    assert desk.hand_in(PROVINCE, SCORES, {"quotas": quotas, "judges": judges}) == "accepted"
    pairs = {(row["judge"], row["entry"]) for row in desk.printed(PROVINCE, SCORES, "scores")}
    everything = {(f"P00{j}", f"N00{n}") for j in range(1, 6) for n in range(1, 5)}
    assert everything - pairs == {("P002", "N002"), ("P002", "N003")}
    with zipfile.ZipFile(desk.find(PROVINCE, "评审用稿_")) as drafts:
        assert "说明.docx" in drafts.namelist()
    assert not list(desk.out(PROVINCE).glob("推荐名单*"))


def _the_ranking_equals_an_independent_few_lines(desk: JudgingDesk) -> None:
    """Scores, places and proposals that are printed, and the list's, are those worked out by hand."""
    chance = Random(11)  # noqa: S311 - made-up scores
    rows = desk.printed(PROVINCE, SCORES, "scores")
    given: list[dict[str, Typed]] = [
        {name: chance.randint(12, 25) for name in CRITERIA} for _ in rows
    ]
    assert desk.hand_in(PROVINCE, SCORES, {"scores": given}, NOVEMBER) == "accepted"
    expected = by_hand([{**row, **typed} for row, typed in zip(rows, given, strict=True)])
    entries = {str(row["number"]): row for row in desk.printed(PROVINCE, SCORES, "entries")}
    for number, (score, place) in expected.items():
        assert entries[number]["place"] == place
        assert round(float(score) + 1e-9, 2) == entries[number]["score"]
    proposal = next(desk.out(PROVINCE).glob("推荐名单（建议）*.xlsx"))
    listed = table(proposal, "推荐名单", "名次")
    assert [row["评审编号"] for row in listed] == sorted(
        expected, key=lambda number: (expected[number][1], number)
    )
    assert listed[0]["建议获奖等次"] == "一等奖"
    assert listed[0]["作者"] == "王芳、李静（主席、干事）"


def _the_decided_list_takes_the_place_of_the_proposal(desk: JudgingDesk) -> None:
    """A grade other than proposed wants a reason; once all are decided nothing calls itself 建议."""
    entries = desk.printed(PROVINCE, SCORES, "entries")
    best = min(range(4), key=lambda index: int(str(entries[index]["place"])))
    second = next(index for index in range(4) if entries[index]["proposed"] == "二等奖")
    awards: list[dict[str, Typed]] = [{"award": row["proposed"]} for row in entries]
    awards[best], awards[second] = {"award": "二等奖"}, {"award": "一等奖"}
    assert desk.hand_in(PROVINCE, SCORES, {"entries": awards}, LATER) == "returned"
    assert [found.rule for found in desk.findings(PROVINCE, SCORES)].count("judging-reason") == 2
    for index in (best, second):
        awards[index]["reason"] = "评委会研究决定"
    assert desk.hand_in(PROVINCE, SCORES, {"entries": awards}, LATER) == "accepted"
    names = sorted(path.name for path in desk.out(PROVINCE).glob("推荐名单*"))
    assert [name.partition("_")[0] for name in names] == ["推荐名单"] * 2
    told = words(next(desk.out(PROVINCE).glob("推荐名单_*.xlsx")))
    assert "评委会研究决定" in told
    assert "不是最终结果" not in told


def _a_correction_below_is_followed_and_numbers_stand(desk: JudgingDesk) -> None:
    """A county that withdraws a paper after the fact: the row stays to be seen, and is asked about."""
    before = _content(next(desk.out(PROVINCE).glob("推荐名单_*.xlsx")))
    assert (
        desk.recommend(LIXIA, WORK, at=LATER, kind="更正", correction_reason="撤回一篇")
        == "accepted"
    )
    entries = desk.printed(PROVINCE, SCORES, "entries")
    assert [row["number"] for row in entries] == ["N001", "N002", "N003", "N004"]
    told = _content(next(desk.out(PROVINCE).glob("推荐名单_*.xlsx")))
    assert told != before
    assert "原报送单位已不再推荐" in "".join(map(str, told))
    assert desk.hand_in(PROVINCE, SCORES, {}, LATER + dt.timedelta(days=1)) == "returned"
    assert [found.rule for found in desk.findings(PROVINCE, SCORES)].count(
        "gathered-withdrawn"
    ) == 1


def _nothing_is_made_twice(desk: JudgingDesk) -> None:
    """A pass in which nothing came publishes nothing, and no mark is left."""
    assert desk.run(LATER + dt.timedelta(days=1)).published == 0
    assert desk.ask(lambda context: context.store.publications.find_stale()) == ()


def _a_county_that_is_called_otherwise_is_so_in_the_results(desk: JudgingDesk) -> None:
    """The next list of units shows in the judges' workbook and in the 推荐名单."""
    renamed = UnitTree.of(
        replace(unit, name="历下新区") if unit.unit_id == LIXIA else unit for unit in TREE
    )
    keep_list(desk.workspace, renamed)
    desk.run(LATER + dt.timedelta(days=2))
    listed = words(next(desk.out(PROVINCE).glob("推荐名单_*.xlsx")))
    assert "历下新区" in listed
    keep_list(desk.workspace, TREE)


def test_a_contest_is_played_whole(tmp_path: Path) -> None:
    """From the counties' papers to the decided list, every step goes on from what was accepted before it."""
    desk = _begun(tmp_path / "work")
    _a_city_ranks_what_it_and_its_counties_recommend(desk)
    _what_is_handed_up_stands_in_the_judges_workbook(desk)
    _judges_get_rows_for_all_but_their_own_units_papers(desk)
    _the_ranking_equals_an_independent_few_lines(desk)
    _the_decided_list_takes_the_place_of_the_proposal(desk)
    _a_correction_below_is_followed_and_numbers_stand(desk)
    _nothing_is_made_twice(desk)
    _a_county_that_is_called_otherwise_is_so_in_the_results(desk)


def _content(path: Path) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(path)
    rows: list[tuple[object, ...]] = [
        row for page in book for row in page.iter_rows(values_only=True)
    ]
    book.close()
    return rows
