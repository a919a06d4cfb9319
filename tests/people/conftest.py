"""A county's workbook as a real file, ready for people to lay hands on."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from sheetflow.pipeline import judge
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import Judgement
from tests.county_book import CAMPAIGN, context, drawn
from tests.drawing import write_xlsx

Spoil = Callable[[Workbook], None]


@pytest.fixture(scope="session")
def valid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The valid workbook of a county as an .xlsx."""
    return write_xlsx(drawn(), tmp_path_factory.mktemp("people") / "报表.xlsx")


@pytest.fixture(scope="session")
def handled(valid: Path) -> Callable[[Spoil], bytes]:
    """Give the workbook after somebody has done something to it."""

    def handle(spoil: Spoil) -> bytes:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(valid)
        spoil(book)
        target = io.BytesIO()
        book.save(target)
        book.close()
        return target.getvalue()

    return handle


@pytest.fixture(scope="session")
def answered(handled: Callable[[Spoil], bytes]) -> Callable[[Spoil], Judgement]:
    """Judge the workbook after somebody has done something to it."""
    return lambda spoil: judge(read_workbook(handled(spoil)), CAMPAIGN, context())
