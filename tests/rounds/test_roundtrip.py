"""Whatever is written into a template and read back is the same, at the same addresses."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetflow.lookalikes import shows_nothing, trim
from sheetflow.periods import Period
from sheetflow.prefill import Filling, prefill_blank
from sheetflow.reading import clean_text, read_workbook
from sheetflow.schemas.book import Book
from sheetflow.schemas.cells import (
    Attachment,
    CellType,
    Day,
    IdNumber,
    Key,
    Money,
    NameKey,
    PeriodName,
    Phone,
    Reference,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.columns import Column
from sheetflow.schemas.indicators import plain
from sheetflow.schemas.layout import FIRST_ROW, cell_in, columns_in
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.parsing import Value, check_digit, read_name
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.validators.book_parser import parse_book
from sheetflow.validators.footer_rows import kind_of_line
from sheetflow.validators.general_rules import is_nothing
from sheetflow.validators.recognition import Recognised, parse_stamp, recognise
from sheetflow.writing import write_workbook
from tests.county_book import CAMPAIGN, FORM, TREE, context
from tests.rounds.scene import DRESS, STAMP

pytestmark = pytest.mark.slow

COUNTY = TREE["370102"]
PERIOD = Period.parse("2012B2")
BLANK = prefill_blank(CAMPAIGN, FORM, COUNTY, PERIOD)
CURRENT = BLANK.form
FILLED = tuple(
    sheet
    for sheet in CURRENT.sheets
    if sheet.is_table or (sheet.kind is Kind.CARD and sheet.key != "cover")
)

_HEADED = (
    "=1+1",
    "+8",
    "-5",
    "@SUM",
    "'quoted",
    "<r>b</r>",
    "0012",
    "1e5",
    "2012-3-5",
    "是\n否",
    "#REF?",
)


def is_plain(text: str) -> bool:
    """Whether reading has nothing to tidy: something to see, no blanks at the ends, nothing unprintable."""
    tidy = trim(text) == text and clean_text(text) == text and text.strip() == text
    return tidy and not shows_nothing(text)


def texts(most: int) -> st.SearchStrategy[str]:
    """Words as they may stand in a cell, and what looks like something else."""
    any_text = st.text(
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")),
        min_size=1,
        max_size=min(most, 40),
    ).map(lambda text: unicodedata.normalize("NFC", text))
    headed = st.sampled_from([text for text in _HEADED if len(text) <= most])
    return (any_text | headed).filter(is_plain).filter(lambda text: len(text) <= most)


def keys(letter: str, digits: int) -> st.SearchStrategy[str]:
    """Keys of one letter."""
    return st.integers(1, 10**digits - 1).map(lambda number: f"{letter}{number:0{digits}d}")


DAYS = st.dates(dt.date(1900, 3, 1), dt.date(2099, 12, 31))
MONEY = st.integers(0, 10**11).map(lambda cents: plain(Decimal(cents) / 100))


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    """Identity numbers with a right check digit."""
    born = draw(st.dates(dt.date(1920, 1, 1), dt.date(2011, 12, 31)))
    bare = f"{draw(st.integers(110000, 659999))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return bare + check_digit(bare)


STRATEGIES: dict[type[CellType], Callable[[Any], st.SearchStrategy[Any]]] = {
    Text: lambda kind: texts(kind.limit),
    NameKey: lambda kind: texts(kind.limit).map(read_name).filter(is_plain),
    Whole: lambda kind: st.integers(kind.minimum, kind.maximum or 10**9),
    Money: lambda _: MONEY,
    Day: lambda _: DAYS,
    Choice: lambda kind: st.sampled_from(kind.options),
    Choices: lambda kind: several(st.sampled_from(kind.options)),
    Key: lambda kind: keys(kind.letter, kind.digits),
    Reference: lambda _: keys("X", 4),
    References: lambda _: several(keys("G", 3)),
    IdNumber: lambda _: id_numbers(),
    Attachment: lambda _: several(
        st.sampled_from(["走进姚家.docx", "方案-定稿.pdf", "照片 1.jpg"])
    ),
    Phone: lambda _: st.sampled_from(["13800138000", "0531-86012345", "12338", "400-800-1234"]),
    PeriodName: lambda _: st.just("2012B2"),
}
"""What a column of each type may hold."""


def several(one: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """Several different words in one cell."""
    return st.lists(one, min_size=1, max_size=4, unique=True).map(tuple)


def cells(column: Column) -> st.SearchStrategy[Value]:
    """What may stand in a column: a value, or nothing (and that not in words)."""
    values = STRATEGIES[type(column.type)](column.type)
    return st.none() | values.filter(lambda value: not is_nothing(column, value))


def is_row(sheet: Sheet, row: dict[str, Value]) -> bool:
    """Whether the row holds more than a printed key, and is no total or signature."""
    key = sheet.key_column.key if sheet.key_column and sheet.preprinted else ""
    filled = any(value is not None for name, value in row.items() if name != key)
    shown: dict[str, Any] = {
        name: "、".join(value) if isinstance(value, tuple) else value for name, value in row.items()
    }
    return filled and not kind_of_line(sheet, shown)


def rows_of(sheet: Sheet) -> st.SearchStrategy[list[dict[str, Value]]]:
    """Rows of one sheet."""
    columns = columns_in(sheet, CURRENT.version)
    row = st.fixed_dictionaries({column.key: cells(column) for column in columns})
    if sheet.is_table:
        return st.lists(row.filter(lambda found: is_row(sheet, found)), max_size=4)
    return st.lists(row, min_size=1, max_size=1)


def read_back(data: bytes) -> Book:
    """Read a workbook of ours."""
    raw = read_workbook(data)
    known = recognise(raw, parse_stamp(raw), CAMPAIGN, context())
    assert isinstance(known, Recognised)
    book, _ = parse_book(raw, known, CAMPAIGN.catalogue, context())
    return book


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries({sheet.key: rows_of(sheet) for sheet in FILLED}))
def test_values_written_are_values_read(rows: dict[str, list[dict[str, Value]]]) -> None:
    """Any set of values comes back as it went in, each at the address it was written to."""
    filling = Filling(
        form=CURRENT,
        stamp=BLANK.stamp,
        unit=COUNTY,
        period=PERIOD,
        rows={**rows, CURRENT.cover.sheet: BLANK.rows[CURRENT.cover.sheet]},
    )
    book = read_back(write_workbook(filling, DRESS, STAMP))
    for sheet in FILLED:
        found = book.sheets.get(sheet.key)
        wanted = rows[sheet.key]
        if not found:
            assert wanted == []
            continue
        assert [dict(row.values) for row in found.rows] == wanted, sheet.title
        for number, row in enumerate(found.rows, start=FIRST_ROW):
            for column in columns_in(sheet, CURRENT.version):
                place = found.place(row, column.key)
                line = number if sheet.is_table else 0
                assert place.cell == cell_in(sheet, column.key, line, CURRENT.version)
