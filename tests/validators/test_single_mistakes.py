"""One mistake in a sound workbook is one finding, at its cell: nothing follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.findings import Severity
from sheetflow.schemas.book import Judgement
from sheetflow.schemas.cells import (
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
from sheetflow.schemas.options import Choice, Choices
from tests.county_book import judged, named


@dataclass(frozen=True)
class Mistake:
    """What a clerk types wrongly into one cell, and the rule that finds it."""

    title: str
    cell: str
    typed: str
    rule: str

    @property
    def drawn(self) -> str:
        """The mistake as a change of the drawn workbook."""
        return f"@ {self.title} {self.cell} = {self.typed}"


TYPED: dict[type, tuple[tuple[str, str], ...]] = {
    Whole: (
        ("约20", "number-about"),
        ("3000多", "number-about"),
        ("若干", "number-text"),
        ("2.5万", "number-scaled"),
        ("1.5", "number-not-whole"),
        ("-3", "number-range"),
        ("20公里", "number-unit"),
    ),
    Money: (("2.59亿", "number-scaled"), ("0.005", "money-decimals"), ("-1", "number-range")),
    Day: (
        ("2012年3月", "date-incomplete"),
        ("3月5日", "date-incomplete"),
        ("2012年2月30日", "date-impossible"),
        ("上旬", "date-unclear"),
        ("40973", "date-as-number"),
    ),
    Choice: (("没有这一项", "choice-unknown"),),
    Choices: (("没有这一项", "choice-unknown"),),
    Key: (("无号", "key-shape"),),
    NameKey: (("长" * 31, "text-too-long"),),
    Reference: (("Z999", "reference-unknown"),),
    References: (("Z999", "reference-unknown"),),
    Phone: (("1380000", "phone-format"),),
    IdNumber: (("'370102196701011229", "id-check-digit"), ("'3701", "id-length")),
    PeriodName: (("2012B3", "cover-period"),),
}
ANYWHERE = (("#N/A", "cell-error"), ("=A1→", "cell-formula-empty"))
SOUND = judged()


def mistakes_in(column: Column) -> Iterator[tuple[str, str]]:
    """Give what can be typed wrongly into a column, with its rule."""
    yield from TYPED.get(type(column.type), ())
    yield from ANYWHERE
    if isinstance(column.type, Text):
        yield "长" * (column.type.limit + 1), "text-too-long"
        if column.type.free and not column.personal:
            yield "电话13812345678", "personal-in-text"
    if column.required is True:
        yield "", "required"


def _name(column: Column, row: int) -> str:
    """Name a cell as drawings do."""
    return f"{column.label} {row}" if row else column.label


def all_mistakes() -> list[Mistake]:
    """List every mistake in every filled cell of the sound workbook."""
    book = SOUND.book
    assert book is not None
    return [
        Mistake(sheet.title, _name(column, row.number if sheet.sheet.is_table else 0), typed, rule)
        for sheet in book.sheets.values()
        for row in sheet.rows
        for column in sheet.sheet.columns
        if row.raw.get(column.key) is not None
        for typed, rule in mistakes_in(column)
    ]


MISTAKES = all_mistakes()


def told(judgement: Judgement) -> list[tuple[str, str, str]]:
    """List what the clerk must mend or explain."""
    return [
        (entry.rule, entry.place.title, named(entry.place))
        for entry in judgement.findings
        if entry.severity is not Severity.NOTE
    ]


@settings(deadline=None, max_examples=150)
@given(mistake=st.sampled_from(MISTAKES), before=st.sampled_from([None, ""]))
def test_a_single_mistake_is_the_only_finding(mistake: Mistake, before: str | None) -> None:
    """Whatever single cell is filled in wrongly, exactly that cell is named, with its rule."""
    expected = [(mistake.rule, mistake.title, mistake.cell)]
    assert told(judged(mistake.drawn, before=before)) == expected


@pytest.mark.parametrize("typed", ["Z999", "G001、Z999"])
def test_a_reference_that_stands_nowhere_is_told_once(typed: str) -> None:
    """Whoever names a row that is not there hears of that cell alone, whatever rules count such rows."""
    drawn = f"@ 结对帮扶 帮扶干部 4 = {typed}"
    assert told(judged(drawn)) == [("reference-unknown", "结对帮扶", "帮扶干部 4")]


@pytest.mark.slow
@pytest.mark.parametrize("before", [None, ""], ids=["first", "later"])
def test_every_single_mistake_is_the_only_finding(before: str | None) -> None:
    """The same for every filled cell and every mistake, in a first and in a later period."""
    wrong = [
        (mistake, found)
        for mistake in MISTAKES
        if (found := told(judged(mistake.drawn, before=before)))
        != [(mistake.rule, mistake.title, mistake.cell)]
    ]
    assert wrong == []


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(MISTAKES), min_size=2, max_size=6, unique_by=lambda m: m.title))
def test_mistakes_in_several_sheets_are_all_found_in_one_pass(chosen: list[Mistake]) -> None:
    """All that is wrong is said in one round: no mistake hides behind one in another sheet."""
    found = set(told(judged("\n".join(mistake.drawn for mistake in chosen))))
    blurred = {"reference-unknown"}  # may be held back where the key it means is itself unclear
    for mistake in chosen:
        if mistake.rule not in blurred:
            assert (mistake.rule, mistake.title, mistake.cell) in found
