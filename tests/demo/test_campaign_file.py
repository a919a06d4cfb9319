"""A campaign that is a workbook and nothing else plays as the built-in one does."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import openpyxl
import pytest

from sheetflow.config.units_file import read_units
from sheetflow.definition.compiling.campaign import compile_campaign
from sheetflow.demo import Size, play
from sheetflow.errors import RequestError
from sheetflow.periods import Period
from sheetflow.reading import read_workbook
from sheetflow.sample_maker import make_samples
from sheetflow.sample_maker.judged import spots_at_fault
from sheetflow.schemas.campaign import Campaign, Samples, Scene
from sheetflow.schemas.expressions import Literal
from sheetflow.units import UnitTree

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[2] / "examples" / "妇女之家建设季报" / "活动定义_妇女之家.xlsx"
QUARTERS = ("2013Q1", "2013Q2", "2013Q3", "2013Q4")
TOWNSHIP, COUNTY, CITY = "370124101", "370124", "370100"


@cache
def example() -> Campaign:
    """Compile the example's workbook."""
    compiled = compile_campaign(read_workbook(EXAMPLE.read_bytes()))
    assert compiled.campaign, compiled.faults
    return compiled.campaign


@cache
def units() -> UnitTree:
    """Read the list that lies beside it."""
    return read_units(EXAMPLE.with_name("units.xlsx"), example().levels)


def scene_of(unit_id: str, period: str, seed: int, before: Samples) -> Scene:
    """Set the scene of one unit's made-up workbook."""
    random = Random(f"{seed}/{unit_id}/{period}")  # noqa: S311 - made-up data, no secret
    return Scene(units()[unit_id], units(), Period.parse(period), random, 10, before)


@pytest.mark.parametrize("unit_id", [TOWNSHIP, COUNTY, CITY])
def test_made_up_workbooks_keep_the_campaigns_own_rules_all_year(unit_id: str) -> None:
    """What is made up from types alone, period after period, is such that no declared rule has a say."""
    form = example().main_form.current
    before: Samples = {}
    for period in QUARTERS:
        scene = scene_of(unit_id, period, 7, before)
        before = make_samples(example(), form, scene)
        assert not spots_at_fault(example(), form, scene, before, wide=False), period
        assert all(len(rows) > 0 for rows in before.values())


def test_a_rule_that_no_row_can_meet_costs_the_rows_and_never_the_workbook() -> None:
    """Rows that no drawing mends are left out after fifty drawings; the others stay."""
    form = example().main_form
    rules = tuple(
        replace(rule, when=None, must=Literal(value=False)) if rule.sheet == "活动记录" else rule
        for rule in form.rules
        if rule.sheet == "活动记录"
    )
    strict = replace(example(), forms=(replace(form, rules=rules[:1]),))
    samples = make_samples(strict, strict.main_form, scene_of(TOWNSHIP, "2013Q1", 1, {}))
    assert samples["活动记录"] == []
    assert len(samples["妇女之家"]) > 1


def test_the_example_plays_a_county_from_issue_to_report(tmp_path: Path) -> None:
    """All mistakes planted in a county of townships are found, none else, and the report is its own."""
    said: list[str] = []
    size = Size(cities=1, rows=6, periods=1)
    code = play(tmp_path / "D", size, seed=2, say=said.append, campaign=EXAMPLE)
    assert said[-1].endswith("false alarms 0"), said
    assert code == 0, said
    named = [Path(line.strip()) for line in said if line.startswith("  /")]
    assert named
    assert all(path.is_file() for path in named)
    assert (tmp_path / "D" / "outbox" / "370000-山东省" / "2013Q1").is_dir()


def test_a_workbook_with_a_fault_is_not_played(tmp_path: Path) -> None:
    """Nothing is made of a campaign workbook with faults: they are said instead."""
    book = openpyxl.load_workbook(EXAMPLE)
    book["工作表"]["C4"] = "台帐本"
    book.save(tmp_path / "活动.xlsx")
    with pytest.raises(RequestError, match="台帐本"):
        play(tmp_path / "D", Size(), seed=1, say=print, campaign=tmp_path / "活动.xlsx")
    assert not (tmp_path / "D").exists()
