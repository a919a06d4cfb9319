"""Each column of each sheet of a campaign workbook spoiled in turn: a fault at that very cell, or the stated default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sheetflow.definition.compiling.campaign import Compiled
from sheetflow.definition.layout import ACTIVITY, PARTS, Content, Field
from tests.definition.rich_campaign import RICH
from tests.definition.tables_drawn import Drawn, part_of

pytestmark = pytest.mark.slow

NONSENSE = "胡乱写的字样"
_UNREAD = {("活动", "remark"), ("选项", "remark")}
_FREE = {Content.TEXT, Content.PARAGRAPHS}
_LISTED = {Content.WORD, Content.WORDS, Content.YES_NO, Content.REQUIRED}
_NUMBERS = {Content.WHOLE, Content.NUMBER, Content.DEADLINE, Content.PERIOD, Content.START}
_EXPRESSIONS = {Content.CONDITION, Content.FORMULA}
_UNIQUE = {
    *(("报表", "title"), ("工作表", "title"), ("栏目", "label")),
    *(("选项", "option"), ("指标", "code"), ("图表", "title")),
    *(("级次", "name"), ("级次", "rank"), ("版本", "number"), ("审核", "title")),
}
_NAMED_ELSEWHERE = {
    *(
        ("级次", "name"),
        ("报表", "title"),
        ("工作表", "title"),
        ("栏目", "label"),
        ("选项", "option"),
    ),
    *(("选项", "list"), ("指标", "code"), ("栏目", "sheet"), ("工作表", "forms"), ("指标", "form")),
    *(
        ("审核", "points"),
        ("版本", "number"),
        ("栏目", "form"),
        ("栏目", "purpose"),
        ("栏目", "older"),
    ),
    *(("工作表", "quoted"), ("工作表", "gathered"), ("栏目", "mask"), ("指标", "unit")),
}
"""What other cells name: where it is gone they are at fault, too, and say so."""


@dataclass(frozen=True)
class Spoil:
    """One cell made otherwise: how, and where it stands."""

    how: str
    book: Drawn
    title: str
    row: int
    key: str

    @property
    def cell(self) -> str:
        """The cell as Excel names it."""
        return self.book.cell(self.title, self.row, self.key)

    @property
    def words(self) -> str:
        """Say it for a failing test."""
        return f"{self.title} {self.key} {self.cell} {self.how}"


def spoils(title: str, entry: Field) -> Iterator[Spoil]:
    """Spoil the first cell that says something under a header, in every way that it can be spoiled."""
    row = next(n for n, each in enumerate(RICH.rows[title]) if entry.key in each)
    for how, value in values(title, entry):
        book = RICH.copy()
        if value is None:
            del book.rows[title][row][entry.key]
        else:
            book.rows[title][row][entry.key] = value
        yield Spoil(how, book, title, row, entry.key)
    if (title, entry.name) in _UNIQUE:
        yield doubled(title, entry)
    book = RICH.copy()
    book.formulas[title] = {book.address(title, row, entry.key): "A1&B1"}
    yield Spoil("公式", book, title, row, entry.key)
    book = RICH.copy()
    at, column = book.address(title, row, entry.key)
    book.merges[title] = ((at, column, at + 1, column),)
    yield Spoil("合并", book, title, row, entry.key)


def doubled(title: str, entry: Field) -> Spoil:
    """Give a thing the name of one above it, in the same sheet, list or form."""
    rows = RICH.rows[title]
    for row, mine in reversed(list(enumerate(rows))):
        for other in reversed(rows[:row]):
            if entry.key in mine and entry.key in other and in_one_place(mine, other):
                book = RICH.copy()
                book.rows[title][row][entry.key] = other[entry.key]
                return Spoil("重复", book, title, row, entry.key)
    raise AssertionError(f"{title} has no two {entry.header}")


def values(title: str, entry: Field) -> Iterator[tuple[str, object]]:
    """Give what is typed instead, None for a blank cell."""
    yield "空", None
    if entry.content not in _FREE | {Content.CODE} and not is_new_name(title, entry):
        yield "错字", NONSENSE
    if entry.content is not Content.NUMBER:
        yield "过长", "长" * 5000
    if entry.content in _LISTED | _EXPRESSIONS or entry.drawn_from:
        yield "数字", 4711
    if entry.content is Content.WHOLE:
        yield "太大", (entry.most or 10**15) + 1


def in_one_place(mine: dict[str, object], other: dict[str, object]) -> bool:
    """Whether two rows stand in one sheet, list or form, where a name must not come twice."""
    return all(mine.get(key) == other.get(key) for key in ("sheet", "list", "forms"))


def is_new_name(title: str, entry: Field) -> bool:
    """Whether the cell names something, so that any word may stand there."""
    named = {"title", "label", "option", "list", "name", "code"}
    return entry.content is Content.NAME and entry.name in named and title != ACTIVITY.title


@pytest.mark.parametrize("title", [part.title for part in PARTS])
def test_a_spoiled_cell_is_told_or_means_its_default(title: str) -> None:
    """Whatever an office does to one cell of a campaign workbook, it is told there, or means what the header says."""
    silent = []
    for entry in part_of(title).for_levels(RICH.levels):
        if (title, entry.name) in _UNREAD or not any(entry.key in row for row in RICH.rows[title]):
            continue
        for spoil in spoils(title, entry):
            made = spoil.book.compiled()
            if wrong := complaint(spoil, entry, made):
                silent.append(f"{spoil.words}: {wrong}")
    assert silent == []


def complaint(spoil: Spoil, entry: Field, made: Compiled) -> str:
    """Say what is wrong with what was told of a spoiled cell, empty for nothing."""
    here = [
        fault for fault in made.faults if (fault.sheet, fault.cell) == (spoil.title, spoil.cell)
    ]
    elsewhere = [fault.sentence for fault in made.faults if fault not in here]
    if here and any(not fault.message.endswith(("。", "？")) for fault in here):
        return "no sentence"
    if spoil.how == "空" and not entry.required:
        told = elsewhere and (spoil.title, entry.name) not in _NAMED_ELSEWHERE
        return f"elsewhere: {elsewhere}" if told and not here else ""
    if not here:
        return f"silent, elsewhere: {elsewhere}"
    if elsewhere and (spoil.title, entry.name) not in _NAMED_ELSEWHERE:
        return f"follow-up: {elsewhere}"
    return ""


def test_the_whole_workbook_is_sound() -> None:
    """The workbook that is spoiled here uses every column and has nothing wrong."""
    assert RICH.compiled().faults == ()
    for title, rows in RICH.rows.items():
        for entry in RICH.fields(title):
            assert any(entry.key in row for row in rows), f"{title} {entry.header}"
