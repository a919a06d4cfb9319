"""The live statistics: what the formulas show, in the file and in a real office program."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from sheetflow.periods import OFFICE_ZONE
from sheetflow.prefill import Filling
from sheetflow.schemas.indicators import Number, Values, measure_all
from sheetflow.schemas.layout import CURRENT_COLUMN, FIRST_ROW, PREVIOUS_COLUMN, TOTAL_COLUMN
from sheetflow.schemas.sheets import Kind
from sheetflow.writing import Dress, write_workbook
from sheetflow.writing.blank.statistics_sheet import DASH, figures_of

pytestmark = pytest.mark.slow

STAMP = dt.datetime(2012, 3, 1, 9, 0, tzinfo=OFFICE_ZONE)

RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""


def shown_in(data: bytes, filling: Filling) -> dict[str, tuple[object, object, object]]:
    """Read 上期累计, 本期 and 累计/期末 by code."""
    assert filling.form.statistics is not None
    book = CalamineWorkbook.from_object(io.BytesIO(data))
    rows = book.get_sheet_by_name(filling.form.statistics.title).to_python(skip_empty_area=False)
    spots = (PREVIOUS_COLUMN - 1, CURRENT_COLUMN - 1, TOTAL_COLUMN - 1)
    return {
        str(row[0]): (row[spots[0]], row[spots[1]], row[spots[2]])
        for row in rows[FIRST_ROW - 1 :]
        if row[0]
    }


def agrees(shown: object, number: Number) -> bool:
    """Whether a cell shows `number`, a dash for none."""
    if number is None:
        return shown == DASH
    return isinstance(shown, float | int) and float(shown) == pytest.approx(float(number))


def assert_shows(data: bytes, filling: Filling) -> None:
    """Hold every figure of the sheet against the evaluation in Python."""
    shown = shown_in(data, filling)
    figures = figures_of(filling)
    assert shown.keys() == figures.keys()
    for code, values in figures.items():
        _, current, total = shown[code]
        assert agrees(total, values.total), (code, total, values)
        assert agrees(current, values.current), (code, current, values)


def with_wrong_cache(data: bytes) -> bytes:
    """Put a wrong cached value beside every formula."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v>-999</v>", part)
            new.writestr(name, part)
    return made.getvalue()


def recalculated(data: bytes, folder: Path) -> bytes:
    """Open in LibreOffice, compute every formula, save as .xlsx."""
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
    source, target = folder / "in.xlsx", folder / "out"
    source.write_bytes(with_wrong_cache(data))
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={profile.parent.as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(target),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (target / "in.xlsx").read_bytes()


def test_cached_figures_equal_the_evaluation(filled: Filling, dress: Dress) -> None:
    """A program that does not compute shows the figures that the formulas would give."""
    assert_shows(write_workbook(filled, dress, STAMP), filled)


def test_measured_figures_are_what_is_shown(filled: Filling) -> None:
    """The sheet shows for each indicator what the service measures on receipt."""
    form = filled.form
    measured = measure_all(form.indicators, lambda sheet: filled.rows.get(sheet, ()), form.by_key)  # type: ignore[arg-type,return-value]
    figures = figures_of(filled)
    for indicator in form.indicators:
        if indicator.is_ratio:
            continue
        shown = figures[indicator.code]
        flow = form.kinds[indicator.code] is Kind.FLOW
        assert (shown.current if flow else shown.total) == measured[indicator.code]


def test_sample_moves_every_count(filled: Filling) -> None:
    """The sample makes nearly every indicator differ from nothing, so that equality proves something."""
    figures = figures_of(replace(filled, previous={}))
    zero = [code for code, values in figures.items() if not values.total]
    assert len(zero) <= 3, zero


def test_printed_keys_do_not_count(campaign_blank: Filling, dress: Dress) -> None:
    """A row that holds nothing but its printed key adds nothing to any figure."""
    shown = shown_in(write_workbook(campaign_blank, dress, STAMP), campaign_blank)
    alone = {
        entry.code
        for entry in campaign_blank.form.indicators
        if not getattr(entry.source, "draws_on", "") or entry.source.draws_on == "cover"
    }
    assert {total for code, (_, _, total) in shown.items() if code not in alone} == {0.0}


def test_sheets_of_other_levels_show_a_dash(city_filled: Filling, dress: Dress) -> None:
    """A city has no 基层组织 and sees a dash there, not a zero."""
    data = write_workbook(city_filled, dress, STAMP)
    assert_shows(data, city_filled)
    totals = {code: total for code, (_, _, total) in shown_in(data, city_filled).items()}
    away = {
        entry.code
        for entry in city_filled.form.indicators
        if (sheet := city_filled.form.by_key.get(entry.source.draws_on))
        and not sheet.is_for(city_filled.unit.level)
    }
    assert away
    assert {totals[code] for code in away} == {DASH}


def test_unreadable_numbers_add_nothing(filled: Filling) -> None:
    """A number that cannot be read adds nothing, as in the formula."""
    form = filled.form
    indicator = next(entry for entry in form.indicators if getattr(entry.source, "columns", ()))
    column = indicator.source.columns[0]  # type: ignore[attr-defined]
    sheet = indicator.source.draws_on
    rows = [{**row, column: "约20"} for row in filled.rows[sheet]]
    changed = replace(filled, rows={**filled.rows, sheet: rows}, previous={})
    assert figures_of(changed)[indicator.code] == Values(None, None, 0)


@pytest.mark.office
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_formulas_equal_the_evaluation(filled: Filling, dress: Dress, tmp_path: Path) -> None:
    """In a real office program every indicator's formula gives what Python measures."""
    assert_shows(recalculated(write_workbook(filled, dress, STAMP), tmp_path), filled)


@pytest.mark.office
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_formulas_leave_out_what_is_about_a_withdrawn_need(
    filled: Filling, dress: Dress, tmp_path: Path
) -> None:
    """A case and a hard case whose need is 已撤销 count neither in Python nor in the formula."""
    helped, hard = (filled.rows[key][0] for key in ("case_help", "hard_cases"))
    gone = {helped["need"], hard["need"]}
    needs = [
        {**row, "status": "已撤销"} if row["need_id"] in gone else row
        for row in filled.rows["needs"]
    ]
    withdrawn = replace(filled, rows={**filled.rows, "needs": needs})
    before, after = figures_of(filled), figures_of(withdrawn)
    assert (before["S38"].total or 0) - (after["S38"].total or 0) == 1
    assert (before["S41"].total or 0) - (after["S41"].total or 0) == hard["talks"]
    assert_shows(recalculated(write_workbook(withdrawn, dress, STAMP), tmp_path), withdrawn)


@pytest.mark.office
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_formulas_of_a_city_equal_the_evaluation(
    city_filled: Filling, dress: Dress, tmp_path: Path
) -> None:
    """The same for a city, where some sheets are missing."""
    assert_shows(recalculated(write_workbook(city_filled, dress, STAMP), tmp_path), city_filled)


@pytest.mark.office
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_formulas_survive_faults(returned: Filling, dress: Dress, tmp_path: Path) -> None:
    """In a returned copy with blanks and faults, formula and evaluation still agree."""
    assert_shows(recalculated(write_workbook(returned, dress, STAMP), tmp_path), returned)
