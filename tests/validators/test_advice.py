"""Advice never leads to the next refusal: what a finding says is typed, and it is gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from sheetflow.findings import Catalogue, Finding
from sheetflow.schemas.book import BookRow, BookSheet, Judgement
from sheetflow.schemas.cells import (
    Attachment,
    CellType,
    Day,
    Fraction,
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
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.options import Choice, Choices
from tests.county_book import CAMPAIGN, FORM, judged
from tests.tiny import campaign as tiny
from tests.tiny.drawn import judged_tiny
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM
from tests.tiny.gauged import GAUGED_FORM, READINGS, judged_gauged

Judge = Callable[[str], Judgement]
NOTHING = ("无", "—", "0")
TYPED: dict[type[CellType], tuple[str, ...]] = {
    Whole: ("二十", "约20", "2万", "12①", "-1", "1.5", "20公里", "2012-03-05", "'1234567890123456"),
    Money: ("二十", "约20", "2万", "12①", "-1", "0.125", "20公里"),
    Fraction: ("二十", "约20", "2万", "12①", "-1", "0.1255", "20公斤", "99999"),
    Attachment: (),
    Day: ("上旬", "2012年2月", "2012-2-30", "40973", "'2012-1-1⑥"),
    Choice: ("没有这一项",),
    Choices: ("没有这一项",),
    Key: ("无号", "G00②"),
    NameKey: ("长" * 31,),
    Reference: ("Z999",),
    References: ("Z999",),
    Phone: ("12345", "电话"),
    IdNumber: ("370102********1220", "3.70102E+17", "'37010219670101122", "'11010519491231002Y"),
    PeriodName: ("2012B5", "2012Q3", "2013"),
    Text: (),
}
SOUND: dict[type[CellType], str] = {
    Whole: "1",
    Money: "1",
    Fraction: "1",
    Attachment: "照片.jpg",
    Day: "2012-04-28",
    Phone: "0531-86012345",
    IdNumber: "'11010519491231002X",
    Text: "说明",
}


@dataclass(frozen=True)
class Cell:
    """A cell of a sound workbook: where it is, and what stands there rightly."""

    judge: Judge
    catalogue: Catalogue
    found: BookSheet
    row: BookRow
    column: Column

    @property
    def spot(self) -> tuple[str, str]:
        """The sheet's title and the cell, by the names that drawings give it."""
        row = f" {self.row.number}" if self.found.sheet.is_table else ""
        return self.found.title, f"{self.column.label}{row}"

    @property
    def must_be_blank(self) -> bool:
        """Whether the row lets nothing stand here."""
        condition = self.column.required
        return (
            isinstance(condition, Condition)
            and self.column.only
            and not condition.holds(self.row.values)
        )

    @property
    def sound(self) -> str:
        """What may be typed here without a word being said."""
        stands = self.row[self.column.key]
        if self.must_be_blank:
            return ""
        if stands is None:
            kind = self.column.type
            return SOUND.get(type(kind)) or (kind.options[0] if isinstance(kind, Choice) else "")
        shown = self.column.type.show(stands)
        return (
            shown if isinstance(self.column.type, Whole | Money | Fraction | Day) else f"'{shown}"
        )

    def told(self, typed: str) -> list[Finding]:
        """Type something and give what is said at the cell."""
        title, name = self.spot
        cell = self.found.cell(self.row.number, self.column.key)
        told = self.judge(f"\n@ {title} {name} = {typed}").findings
        return [
            entry
            for entry in told
            if entry.place.title == title and cell in {entry.place.cell, *entry.others}
        ]

    def advised(self, finding: Finding) -> Iterator[str]:
        """Give each thing that a finding's remedy tells to type."""
        words = self.catalogue.remedy(finding)
        if "填0" in words:
            yield "0"
        if re.search("留空|空着|清空", words):
            yield ""
        if example := re.search(r"如(0\d+-\d+)", words):
            yield f"'{example[1]}"
        if example := re.search(r"改写成(\w+)；", words):
            yield f"'{example[1]}"
        asks = re.search(
            "补填|核对|改回|改填|填写|请填|只填|改正|请选|中选|编号|录入|写全|精简|重新", words
        )
        if asks and "清空" not in words:
            # Who is asked for a figure or a date types one, also where none may stand.
            yield self.sound or SOUND.get(type(self.column.type), "")


def cells_of(judge: Judge, catalogue: Catalogue) -> Iterator[Cell]:
    """Give one cell of each column for each state of the column's condition."""
    book = judge("").book
    assert book is not None
    for found in book.sheets.values():
        for column in found.sheet.columns:
            seen: set[object] = set()
            for row in found.rows:
                condition = column.required
                state = isinstance(condition, Condition) and condition.holds(row.values)
                if state not in seen:
                    seen.add(state)
                    yield Cell(judge, catalogue, found, row, column)


CELLS = (
    *cells_of(judged, CAMPAIGN.catalogue),
    # The cover's conditions the other way round.
    *(
        cell
        for change, columns in (
            ("\n@ 封面 报送性质 = 更正\n@ 封面 更正原因 = 数字有误", {"correction_reason"}),
            ("\n@ 督查考核 整改状态 4 = 无需整改\n@ 督查考核 整改情况 4 = ", {"rectified"}),
            ("\n@ 难题化解 当前阶段 4 = 制定方案\n@ 难题化解 逐步解决方案 4 = ", {"plan"}),
            (
                "\n@ 对策建议 办理进展 4 = 已报送\n@ 对策建议 政策或项目名称 4 = ",
                {"result", "rank"},
            ),
            ("\n@ 对策建议 跟踪督促（次） 4 = 0", {"followed_up_on"}),
            (
                "\n@ 对策建议 办理进展 4 = 已出台法规政策\n@ 对策建议 文号 4 = 政发〔2012〕8号",
                {"document_no"},
            ),
        )
        for cell in cells_of(
            partial(lambda change, typed: judged(change + typed), change), CAMPAIGN.catalogue
        )
        if cell.column.key in columns
    ),
    *cells_of(partial(judged_tiny, PATROL_FORM), tiny.CAMPAIGN.catalogue),
    *cells_of(partial(judged_tiny, REGISTER_FORM), tiny.CAMPAIGN.catalogue),
    *(
        cell
        for cell in cells_of(judged_gauged, tiny.CAMPAIGN.catalogue)
        if cell.found.sheet is READINGS
    ),
)


def test_every_column_is_walked() -> None:
    """No column that is filled in today is left out, and each condition is met both ways."""
    walked = {(cell.found.sheet.key, cell.column.key) for cell in CELLS}
    forms = (FORM.current, GAUGED_FORM, REGISTER_FORM)
    answers = {"explanations"}
    wanted = {
        (sheet.key, column.key)
        for form in forms
        for sheet in form.sheets
        if sheet.key not in answers
        for column in sheet.columns
    }
    assert walked == wanted
    under = [cell for cell in CELLS if isinstance(cell.column.required, Condition)]
    states = {
        (cell.found.sheet.key, cell.column.key, cell.column.required.holds(cell.row.values))  # type: ignore[union-attr]
        for cell in under
    }
    never = {("cover", "nil_reason", True)}  # a nil return is another workbook
    assert len(states) == 2 * len({state[:2] for state in states}) - len(never)


@pytest.mark.parametrize(
    "cell", CELLS, ids=lambda cell: f"{cell.found.sheet.key}.{cell.column.key}-{cell.row.number}"
)
def test_whatever_is_advised_is_taken(cell: Cell) -> None:
    """Typed as advised, the finding is gone and none has come to the cell instead."""
    wrong: list[tuple[str, str, str, list[str]]] = []
    taken: set[tuple[str, str]] = set()
    for typed in ("", *NOTHING, *TYPED[type(cell.column.type)]):
        told = cell.told(typed)
        for finding in told:
            sentence = cell.catalogue.sentence(finding)
            advice = (finding.rule, cell.catalogue.remedy(finding))
            if advice in taken:
                continue
            taken.add(advice)
            advised = list(cell.advised(finding))
            if not advised and finding.severity.value != "note":
                wrong.append((typed, "", sentence, ["no advice"]))
            before = {entry.rule for entry in told}
            for answer in advised:
                after = {entry.rule for entry in cell.told(answer)}
                if finding.rule in after or after - before:
                    wrong.append((typed, answer, sentence, sorted(after)))
    assert wrong == []
