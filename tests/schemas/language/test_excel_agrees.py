"""Excel counts what Python counts, on any conditions and rows: found by an office program, all at once."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from random import Random

import pytest
import xlsxwriter

from sheetflow.schemas.indicators import Number
from sheetflow.schemas.language.misreadings import Faults
from sheetflow.schemas.language.sources import read_source
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.sheets import Sheet
from tests.programs import needs_office
from tests.recalculation import differences, make_profile
from tests.schemas.language import odd_rows
from tests.schemas.language.odd_rows import ASKED, SHEETS, Typed

_ROWS = 60
_FORMULAS = 400
VOCABULARY = Vocabulary.of(SHEETS.values())


def names(sheet: Sheet) -> list[str]:
    """Name the columns of a sheet and those beside it, from left to right."""
    return [*sheet.by_key, *(lookup.name for lookup in sheet.lookups)]


def range_of(sheet: str, column: str) -> str:
    """Name the cells of a column."""
    letter = chr(ord("A") + names(SHEETS[sheet]).index(column))
    return f"{sheet}!${letter}$1:${letter}${_ROWS + 9}"


def workbook(rows: dict[str, list[dict[str, Typed]]], formulas: list[tuple[str, Number]]) -> bytes:
    """Write the rows as they were typed, the lookups beside them, and the formulas with our figures."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    for key, sheet in SHEETS.items():
        page = book.add_worksheet(key)
        for line, row in enumerate(rows[key]):
            for at, column in enumerate(sheet.by_key):
                cell = row[column]
                if isinstance(cell, dt.date):
                    page.write_datetime(line, at, cell, days)
                elif isinstance(cell, str):
                    page.write_string(line, at, cell)
                elif cell is not None:
                    page.write_number(line, at, cell)
            for at, lookup in enumerate(sheet.lookups, start=len(sheet.columns)):
                by = f"$J{line + 1}"
                assert names(sheet)[9] == lookup.by
                cells, keys = range_of("pointed", lookup.column), range_of("pointed", "pointed")
                shown = f"INDEX({cells},MATCH({by},{keys},0))"
                found = f'IFERROR(IF({shown}="","",{shown}),"")'
                # What shows another thing every day is not compared itself.
                page.write_formula(line, at, f'=IF(OR(TODAY()<0,{by}=""),"",{found})')
    page = book.add_worksheet("figures")
    for line, (formula, figure) in enumerate(formulas):
        page.write_formula(line, 0, f"={formula}", None, float(figure or 0))
    book.close()
    return data.getvalue()


@pytest.mark.office
@needs_office
def test_an_office_program_counts_the_same(tmp_path: Path) -> None:
    """Options with wildcards, quotes, digits and capitals, blank and unreadable cells: all agree."""
    random = Random(15)  # noqa: S311 - the same rows every time
    typed = {
        key: odd_rows.typed_rows(random, sheet, _ROWS if sheet is ASKED else 3)
        for key, sheet in SHEETS.items()
    }
    read = {key: [odd_rows.read(SHEETS[key], row) for row in rows] for key, rows in typed.items()}
    texts, formulas = [], []
    for _ in range(_FORMULAS):
        text = odd_rows.formula(random)
        source = read_source(text, VOCABULARY)
        assert not isinstance(source, Faults), (text, source)
        figure = source.measure(read.get, SHEETS, {})
        texts.append(text)
        formulas.append((source.excel(range_of, SHEETS, str), figure))
    assert len({figure for _, figure in formulas}) > 30
    (tmp_path / "profile").mkdir()
    profile = make_profile(tmp_path / "profile")
    found = differences(workbook(typed, formulas), profile, tmp_path / "made")
    wrong = [line for line in found if line.startswith("figures")]
    rows = [int(line.split("!A")[1].split(":")[0]) for line in wrong]
    assert not wrong, [
        (texts[row - 1], formulas[row - 1], line) for row, line in zip(rows, wrong, strict=True)
    ]
