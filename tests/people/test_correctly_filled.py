"""Correctly filled workbooks raise no finding, whichever program saved them.

``FILLED`` sets how many are made: a third each saved by openpyxl, XlsxWriter and the office
program, which runs once for all of its own.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from sheetflow.demo.draft import Draft, find_soffice, plan_typing, type_workbook
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.pipeline import judge
from sheetflow.prefill import Filling, prefill_blank
from sheetflow.reading import read_workbook
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.book import JudgingContext
from sheetflow.schemas.campaign import Samples, Scene
from sheetflow.units import Unit
from sheetflow.writing import Dress, write_workbook
from tests.county_book import CAMPAIGN, FORM, TREE, WORKING_DAYS
from tests.programs import needs_office

pytestmark = pytest.mark.slow

_EACH = int(os.environ.get("FILLED", "12")) // 3
_AT_ONCE = 100
"""The office program ends in silence after some 250 files of one call."""
_UNITS = ("370102", "370100", "370103", "370000")
_FIRST, _ISSUED = Period.parse("2012B1"), dt.datetime(2012, 2, 20, 9, tzinfo=OFFICE_ZONE)
_DRESS = Dress(campaign=CAMPAIGN.title, catalogue=CAMPAIGN.catalogue)


def drawn_samples(seed: int) -> tuple[Unit, Samples]:
    """Make up the first book of a unit of one of the levels."""
    unit = TREE[_UNITS[seed % len(_UNITS)]]
    random = Random(seed)  # noqa: S311 - made-up data, no secret
    return unit, make_samples(CAMPAIGN, FORM, Scene(unit, TREE, _FIRST, random, 12))


def issued(unit: Unit) -> Filling:
    """Prefill the unit's workbook."""
    return prefill_blank(CAMPAIGN, FORM, unit, _FIRST)


def typed(seed: int, folder: Path) -> Path:
    """Have somebody type the samples into the issued workbook and save it (openpyxl)."""
    unit, samples = drawn_samples(seed)
    blank, target = folder / f"空{seed}.xlsx", folder / f"报表{seed}.xlsx"
    blank.write_bytes(write_workbook(issued(unit), _DRESS, _ISSUED))
    type_workbook(plan_typing(Draft.of(issued(unit).form, unit, _FIRST, samples), blank, target))
    return target


def written(seed: int, folder: Path) -> Path:
    """Have a program write the filled workbook anew (XlsxWriter)."""
    unit, samples = drawn_samples(seed)
    target = folder / f"报表{seed}.xlsx"
    rows = {key: [dict(row) for row in listed] for key, listed in samples.items()}
    filled = replace(issued(unit), rows={**issued(unit).rows, **rows})
    target.write_bytes(write_workbook(filled, _DRESS, _ISSUED))
    return target


def found_in(files: Sequence[Path], first: int) -> list[str]:
    """Judge the files, which were made from the seeds from `first` on; list what is found."""
    said = []
    for seed, file in enumerate(files, start=first):
        unit = TREE[_UNITS[seed % len(_UNITS)]]
        moment = dt.datetime(2012, 3, 2, 9, tzinfo=OFFICE_ZONE)
        context = JudgingContext(unit=unit, tree=TREE, now=moment, working_days=WORKING_DAYS)
        judgement = judge(read_workbook(file.read_bytes()), CAMPAIGN, context)
        said += [f"{seed}: {CAMPAIGN.catalogue.sentence(entry)}" for entry in judgement.findings]
    return said


@pytest.mark.timeout(3600)
def test_saved_by_openpyxl(tmp_path: Path) -> None:
    """What is typed into the issued workbook and saved by openpyxl is accepted without a word."""
    seeds = range(_EACH)
    assert found_in([typed(seed, tmp_path) for seed in seeds], 0) == []


@pytest.mark.timeout(3600)
def test_saved_by_xlsxwriter(tmp_path: Path) -> None:
    """What XlsxWriter writes anew is accepted without a word."""
    seeds = range(_EACH, 2 * _EACH)
    assert found_in([written(seed, tmp_path) for seed in seeds], _EACH) == []


@needs_office
@pytest.mark.office
@pytest.mark.timeout(3600)
def test_saved_by_an_office_program(tmp_path: Path) -> None:
    """What an office program opens and saves again is accepted without a word."""
    seeds = range(2 * _EACH, 3 * _EACH)
    made = [typed(seed, tmp_path) for seed in seeds]
    saved = tmp_path / "saved"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    order = ["--headless", "--convert-to", "xlsx", "--outdir", str(saved)]
    for start in range(0, len(made), _AT_ONCE):
        some = map(str, made[start : start + _AT_ONCE])
        subprocess.run([find_soffice(), profile, *order, *some], check=True, capture_output=True)
    assert found_in([saved / file.name for file in made], 2 * _EACH) == []
