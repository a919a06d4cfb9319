"""An uneven tree: who has nobody below stands on any level, and nothing of it is lost above."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest

from sheetflow.consolidation.detail_rows import whose
from sheetflow.units import UnitTree
from tests.levels import CHAINS, Chain
from tests.tiny.desk import FIRST, NEXT_DAY, table, words

pytestmark = pytest.mark.slow

TREE = CHAINS["uneven"][1]
ADDING = [unit.unit_id for unit in TREE if TREE.children(unit.unit_id)]


@pytest.fixture(scope="module", params=["0", "1"])
def chain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """Everybody in; rows are written plainly, or joined from pieces."""
    made = Chain.make(
        tmp_path_factory.mktemp("uneven") / "work", "uneven", joined_from=request.param
    )
    made.drop()
    made.run()
    return made


def outlets(chain: Chain, reader: str) -> dict[str, list[object]]:
    """The first column of 排口台账 in a reader's workbook, by unit."""
    found: dict[str, list[object]] = {}
    for row in table(chain.consolidated(reader), "排口台账", "排口编号"):
        found.setdefault(str(row["来源"]).partition("-")[0], []).append(row["排口编号"])
    return found


def first_reader(unit_id: str) -> str:
    """The unit itself where others report to it, else whom it reports to."""
    return unit_id if unit_id in ADDING else str(TREE[unit_id].parent)


def test_each_units_rows_are_listed_once_and_summed_above(chain: Chain) -> None:
    """Row by row in the first workbook on a unit's chain, one line a unit in all above; nobody is left out."""
    for reader in ADDING:
        found = outlets(chain, reader)
        assert list(found) == [unit.unit_id for unit in TREE.subtree(reader)]
        for unit_id, keys in found.items():
            listed = [f"{unit_id}-P0001", f"{unit_id}-P0002"]
            assert keys == (listed if first_reader(unit_id) == reader else ["（2行合计）"])


@pytest.mark.parametrize(
    ("ended", "heir", "level"),
    [("990102", "999001", "省"), ("999001", "990102", "省"), ("990102", "990101", "市")],
)
def test_what_an_heir_takes_over_is_listed_where_the_heir_is(
    ended: str, heir: str, level: str
) -> None:
    """A city's county that went into one right below the province is listed by the province."""
    last = dt.date(2012, 3, 31)
    units = [
        replace(unit, valid_to=last, successor=heir) if unit.unit_id == ended else unit
        for unit in TREE
    ]
    assert whose(UnitTree.of(units, levels=TREE.levels), ended, "").listed_at == level


def test_a_sheet_says_where_its_rows_are_listed(chain: Chain) -> None:
    """The province is told which levels list what it reads summed, and that the rest stands here."""
    told = {reader: words(chain.consolidated(reader)) for reader in ADDING}
    assert "逐行的明细在市级、县级汇总表中，不在其中的单位逐行列在本表。" in told["99"]
    assert "逐行的明细在县级汇总表中，不在其中的单位逐行列在本表。" in told["9901"]
    for reader in ("990101", "9903", "999002"):
        assert "合计为一行" not in told[reader]


def test_only_who_adds_up_others_reads_about_own_work(chain: Chain) -> None:
    """Whoever has nobody below fills in all there is, whatever its level."""
    for unit in TREE:
        (issued,) = chain.workspace.outbox_of(unit, FIRST).glob("填报_*.xlsx")
        assert ("只填本机关的巡查" in words(issued)) == (unit.unit_id in ADDING)


def test_a_board_names_a_missing_leaf_once(tmp_path: Path) -> None:
    """The page lists who is missing: 直管县 by its name alone, a city's own workbook as 湖心市本级."""
    made = Chain.make(tmp_path / "work", "uneven")
    made.drop("990102", "990101001")
    made.run(NEXT_DAY)
    (page,) = made.workspace.outbox_of(TREE["99"]).glob("上报情况_*.html")
    text = page.read_text(encoding="utf-8")
    lines = [line for line in re.findall(r"<li>(.*)</li>", text) if "<span" in line]
    groups = [re.findall(r"<b>(.*?)</b>", line) for line in lines]
    units = [re.findall(r"<span[^>]*>([^<（]*)", line) for line in lines]
    assert list(zip(groups, units, strict=True))[:5] == [
        (["清河省"], ["清河省本级"]),
        (["上游市"], ["上游市本级", "东岸县本级"]),
        (["湖心市"], ["湖心市本级", "荷花镇"]),
        (["河口县"], ["河口县本级", "滩头乡"]),
        ([], ["下游市", "直管县", "飞地乡"]),
    ]
    assert "<i>直管县</i>" not in text
