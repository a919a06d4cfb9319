"""Whatever an owner makes of the indicators, every level has the plain sums of what was handed in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sheetflow.schemas.layout import FIRST_ROW, STAMP_SHEET, cell_in
from tests.tiny.changing import Changing
from tests.tiny.desk import (
    CITY,
    EAST,
    IN_TIME,
    OTHER_CITY,
    PROVINCE,
    SOUTH,
    TREE,
    WEST,
    outlets,
    patrols,
    sound,
    stamp_cell,
    table,
)
from tests.tiny.forms import OUTLETS, PATROLS

pytestmark = pytest.mark.timeout(600)
LATER = IN_TIME.replace(hour=15)
Row = Mapping[str, object]
Rows = Mapping[str, Mapping[str, Sequence[Row]]]
"""Rows by unit and by sheet."""

HANDED_IN = {
    EAST: (outlets("已封堵", "整治中"), patrols(500, 700, 40)),
    WEST: (outlets("整治中", "整治中", "已封堵"), [*patrols(20, means="步行"), *patrols(90)]),
    CITY: (outlets("已封堵"), patrols(200, means="无人机")),
    SOUTH: (outlets("整治中"), [*patrols(30, 900, means="步行"), *patrols(1)]),
}


@dataclass(frozen=True)
class Line:
    """One indicator as somebody may declare it: what is counted, or the codes of two parts."""

    code: str
    sheet: str = ""
    column: str = ""
    where: tuple[str, str] = ("", "")
    parts: tuple[str, str] = ("", "")

    @property
    def declared(self) -> str:
        """The line of the declaration."""
        if self.parts[0]:
            source = f"Ratio{self.parts!r}"
        else:
            condition = f", where{self.where!r}" if self.where[0] else ""
            columns = f", ({self.column!r},)" if self.column else ""
            source = f"{'Sum' if columns else 'Count'}({self.sheet!r}{columns}{condition})"
        return f"Indicator({self.code!r}, '指标{self.code}', '个', {source})"

    def count(self, rows: Rows, units: Sequence[str]) -> int:
        """Count once more, the plainest way."""
        found = [row for unit in units for row in rows.get(unit, {}).get(self.sheet, ())]
        kept = [row for row in found if not self.where[0] or row[self.where[0]] == self.where[1]]
        return sum(int(str(row[self.column] or 0)) for row in kept) if self.column else len(kept)


_CONDITIONS = {
    "outlets": [("", ""), ("state", "整治中"), ("state", "已封堵")],
    "patrols": [("", ""), ("means", "步行"), ("means", "乘船"), ("means", "无人机")],
}


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    """Some indicators under a few codes, in any order, and ratios of any of them."""
    found: list[Line] = []
    for code in draw(st.lists(st.sampled_from("ABCDE"), min_size=2, max_size=4, unique=True)):
        sheet = draw(st.sampled_from(["outlets", "patrols"]))
        column = draw(st.sampled_from(["", "metres"])) if sheet == "patrols" else ""
        found.append(Line(code, sheet, column, draw(st.sampled_from(_CONDITIONS[sheet]))))
    parts = st.sampled_from([line.code for line in found])
    return [*found, Line("R", parts=(draw(parts), draw(parts)))]


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Changing:
    """A province in which four of seven have reported."""
    changing = Changing.make(tmp_path_factory.mktemp("any"))
    for unit_id, (book, walked) in HANDED_IN.items():
        rows = {**sound(), "outlets": book, "patrols": walked}
        changing.desk.drop(unit_id, changing.desk.fill(unit_id, rows))
    assert "已接收4" in changing.run()
    return changing


def originals(changing: Changing, scratch: Path) -> Iterator[tuple[str, dict[str, list[Row]]]]:
    """Read every archived original, with its unit, by a reader that is not ours."""
    for number, path in enumerate(sorted(changing.desk.workspace.archive.rglob("*"))):
        if path.is_file():
            book = openpyxl.load_workbook(shutil.copy(path, scratch / f"{number}.xlsx"))
            found: dict[str, list[Row]] = {}
            for sheet, marker in ((OUTLETS, "river"), (PATROLS, "means")):
                page = book[sheet.title]
                places = {
                    column.key: page[cell_in(sheet, column.key, FIRST_ROW, 1)].column - 1
                    for column in sheet.columns
                }
                found[sheet.key] = [
                    row
                    for cells in page.iter_rows(min_row=FIRST_ROW, values_only=True)
                    if (row := {key: cells[place] for key, place in places.items()})[marker]
                ]
            unit_id = str(book[STAMP_SHEET][stamp_cell("unit")].value)
            book.close()
            yield unit_id, found


def check(changing: Changing, declared: Sequence[Line], rows: Rows) -> None:
    """Compare every figure of every level with the plain count."""
    for unit_id in (PROVINCE, CITY, OTHER_CITY):
        everyone = [unit.unit_id for unit in TREE.subtree(unit_id)]
        expected: dict[str, object] = {}
        for line in declared:
            expected[line.code] = line.count(rows, everyone)
            if line.parts[0]:
                above, below = (expected[part] for part in line.parts)
                assert isinstance(above, int)
                assert isinstance(below, int)
                expected[line.code] = pytest.approx(above / below) if below else "—"
        assert changing.totals(unit_id) == expected
        assert list(changing.totals(unit_id)) == [line.code for line in declared]
        assert set().union(*changing.checks(unit_id).values()) == {"正确"}


def check_adjusted(
    changing: Changing, before: Sequence[Line], now: Sequence[Line], rows: Rows
) -> None:
    """What moved between two declarations stands in 更正表, with its unit and both figures."""
    known = {line.code: line for line in before}
    moved = {
        (
            TREE[unit_id].name,
            line.code,
            known[line.code].count(rows, [unit_id]),
            line.count(rows, [unit_id]),
        )
        for unit_id in HANDED_IN
        for line in now
        if line.code in known and not line.parts[0]
    }
    moved = {entry for entry in moved if entry[2] != entry[3]}
    book = openpyxl.load_workbook(changing.workbook(PROVINCE), read_only=True)
    is_there = "更正表" in book.sheetnames
    book.close()
    listed = table(changing.workbook(PROVINCE), "更正表", "序号") if is_there else []
    told = {
        (str(line["更正单位"]).removesuffix("本级"), line["代码"], line["原数"], line["现数"])
        for line in listed
        if line["口径"] != "本期" and "口径调整" in str(line["更正原因"])
    }
    assert moved <= told


@pytest.mark.slow
@given(declarations=st.lists(lines(), min_size=2, max_size=3))
@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_any_declaration_gives_the_plain_sums(
    reported: Changing, tmp_path_factory: pytest.TempPathFactory, declarations: list[list[Line]]
) -> None:
    """New, changed, removed and reordered, ratios of changed parts: totals are those of the archive."""
    folder = tmp_path_factory.mktemp("declared")
    changing = reported.copy(folder)
    rows = dict(originals(changing, folder))
    assert set(rows) == set(HANDED_IN)
    before: Sequence[Line] = ()
    for declared in declarations:
        changing.indicators(f"({', '.join(line.declared for line in declared)},)")
        changing.run(LATER)
        check(changing, declared, rows)
        check_adjusted(changing, before, declared, rows)
        before = declared
