"""What forty thousand townships cost: a tree of five levels, small workbooks, a sample of them handed in, on PostgreSQL.

The campaign is the example of the repository with a level put on top. A few workbooks are really filled; the others
are re-stamped copies. What a file takes, and what the database grows by it, is to stay the same from the first to the last.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

import openpyxl
import psycopg

from benchmarks.postgresql import cluster
from benchmarks.province import restamped
from benchmarks.runs import serve_batches
from sheetflow.demo.draft import Draft, plan_typing, type_workbook
from sheetflow.dispatching.calls import conninfo
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.prefill import prefill_blank
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.campaign import Campaign, Scene
from sheetflow.units import Levels, Unit, UnitTree
from sheetflow.upkeep.campaign_file import read_campaign_workbook
from sheetflow.upkeep.campaign_use import found_workspace, wanted
from sheetflow.writing import Dress, write_workbook

_EXAMPLE = Path(__file__).parents[1] / "examples" / "妇女之家建设季报" / "活动定义_妇女之家.xlsx"
_TEMPLATE = "情况报告模板.docx"
_TOP = ("国家", 15, "只汇总", "只汇总各省的，自己不填表")
_BELOW = (("省", 31), ("市", 333), ("县", 2854))
_LOWEST = "乡"
_MODELS = 8
_PERIOD = "2013Q1"
_AT = dt.datetime(2013, 4, 3, 10, tzinfo=OFFICE_ZONE)


def measure(folder: Path, townships: int, sample: int, batch: int, rows: int) -> Iterator[str]:
    """Give a table, a line a batch of the sample."""
    definition = read_campaign_workbook(_with_a_country(folder))
    campaign = wanted(definition)
    tree = _tree(campaign.levels, townships)
    root = folder / "workspace"
    space = found_workspace(root, definition, tree)
    settings = space.settings_file.read_text(encoding="utf-8")
    settings = re.sub(r"(?m)^quiet_seconds = .*$", "quiet_seconds = 0", settings)
    # Handing out is no part of what is measured: forty thousand workbooks, an hour.
    settings = re.sub(r"(?m)^on = true$", "on = false", settings)
    space.settings_file.write_text(settings, encoding="utf-8")
    files = _fill(campaign, tree, folder / "input", sample, rows)
    yield f"{len(tree)} units, {len(files)} of {townships} townships hand in, {batch} at a time"
    yield "| handed in | ms a file | one again s | database MB | KB a file | MB now |"
    yield "|---|---|---|---|---|---|"
    with cluster(folder) as (url, _):
        before = 0.0
        for told in serve_batches(root, batch, files, url, f"{_AT:%Y-%m-%dT%H:%M:%S%z}"):
            size = _size(url)
            grown = (size - before) / batch / 1024 if before else 0.0
            before = size
            yield (
                f"| {told['counties']} | {told['seconds'] / batch * 1000:.0f} | {told['again']:.2f} "
                f"| {size / 1024**2:.0f} | {grown:.0f} | {told['now_mb']:.0f} |"
            )


def _with_a_country(folder: Path) -> Path:
    """Put a level on top of the example's."""
    book = openpyxl.load_workbook(_EXAMPLE)
    page = book["级次"]
    header = next(int(row[0].row or 0) for row in page.iter_rows() if row[0].value == "层级")
    page.insert_rows(header + 1)
    cells = {cell.value: cell.column for cell in page[header]}
    told: dict[str, str | int] = dict(
        zip(("层级", "名称", "截止", "填报", "备注"), (1, *_TOP), strict=True)
    )
    for label, value in told.items():
        page.cell(header + 1, int(cells[label] or 0)).value = value
    for row in range(header + 2, header + 2 + len(_BELOW) + 1):
        page.cell(row, 1).value = row - header
    shutil.copy(_EXAMPLE.with_name(_TEMPLATE), folder)
    target = folder / "活动定义.xlsx"
    book.save(target)
    return target


def _tree(levels: Levels, townships: int) -> UnitTree:
    """Give a country: so many units of each level, evenly below those above."""
    units = [Unit(unit_id="1", name="全国", level=_TOP[0], mails=("office-1@mail.example",))]
    above = units[:]
    for level, number in (*_BELOW, (_LOWEST, townships)):
        below = [
            Unit(
                unit_id=f"{len(units) + place:06d}",
                name=f"第{place + 1}{level}",
                level=level,
                parent=above[place * len(above) // number].unit_id,
                mails=(f"office-{len(units) + place:06d}@mail.example",),
            )
            for place in range(number)
        ]
        units += below
        above = below
    return UnitTree.of(units, levels=levels)


def _fill(
    campaign: Campaign, tree: UnitTree, folder: Path, sample: int, rows: int
) -> list[tuple[str | Path, ...]]:
    """Fill some workbooks, and copy them for the others of the sample, which is spread over the whole tree."""
    folder.mkdir()
    lowest = [unit for unit in tree if unit.level == _LOWEST]
    chosen = [lowest[number * len(lowest) // sample] for number in range(sample)]
    files = {unit.unit_id: folder / f"填报_{unit.folder}.xlsx" for unit in chosen}
    for unit in chosen[:_MODELS]:
        _really(campaign, tree, unit, files[unit.unit_id], rows)
    with ProcessPoolExecutor() as pool:
        copies = [
            pool.submit(
                restamped, (model, files[model.unit_id]), (unit, files[unit.unit_id]), number
            )
            for number, unit in enumerate(chosen[_MODELS:])
            for model in [chosen[number % _MODELS]]
        ]
        for copy in copies:
            copy.result()
    return list(files.items())


def _really(campaign: Campaign, tree: UnitTree, unit: Unit, target: Path, rows: int) -> None:
    form, period = campaign.main_form, Period.parse(_PERIOD)
    blank = target.with_suffix(".blank.xlsx")
    dress = Dress(campaign=campaign.title, catalogue=campaign.catalogue)
    filling = prefill_blank(campaign, form, unit, period)
    blank.write_bytes(write_workbook(filling, dress, _AT))
    random = Random(unit.unit_id)  # noqa: S311 - made-up data
    samples = make_samples(campaign, form, Scene(unit, tree, period, random, rows))
    type_workbook(plan_typing(Draft.of(form, unit, period, samples), blank, target))
    blank.unlink()


def _size(url: str) -> float:
    """Give the bytes of the database."""
    with psycopg.connect(conninfo(url)) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return float(row[0]) if row else 0.0
