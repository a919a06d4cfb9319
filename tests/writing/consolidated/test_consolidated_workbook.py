"""The consolidated workbook, opened again as a city or the province would."""

from __future__ import annotations

import gc
import io
import re
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import cast

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from sheetflow.consolidation.contents import (
    Consolidated,
    DeclaredTotal,
    DetailRow,
    DetailSheet,
    Statistics,
)
from sheetflow.consolidation.group_state import GroupState
from sheetflow.consolidation.states import BoardRow, State
from sheetflow.errors import DeclarationError, StoreError
from sheetflow.schemas.columns import Mask, disclosed
from sheetflow.schemas.forms import Across, ChartSpec
from sheetflow.schemas.indicators import Values
from sheetflow.schemas.layout import HEADER_ROW, NOTE_ROW
from sheetflow.workbook import column_letters
from sheetflow.writing.consolidated.consolidated_workbook import write_consolidated
from sheetflow.writing.consolidated.detail_sheets import countable

Consolidate = Callable[..., Consolidated]
CITY, PROVINCE = "370100", "370000"
CURRENT, TOTAL, CHECKS = "活动统计（本期）", "活动统计（累计）", "节点检查"


def formulas_of(data: bytes) -> Workbook:
    """Open a workbook with its formulas."""
    return openpyxl.load_workbook(io.BytesIO(data))


def values_of(data: bytes) -> Workbook:
    """Open a workbook with its cached values."""
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


def lines_of(book: Workbook, sheet: str) -> dict[str, list[object]]:
    """Give a matrix's lines by indicator code: the total, then each unit column."""
    rows = book[sheet].iter_rows(min_row=4, values_only=True)
    return {str(row[0]): list(row[3:]) for row in rows if row[0]}


def note_of(sheet: Worksheet) -> str:
    """Give the sentence under a sheet's title."""
    return str(sheet.cell(NOTE_ROW, 1).value)


def under(sheet: Worksheet, heading: str, line: int = 1) -> Cell:
    """Give the cell in a line of the column so headed."""
    headings = [cell.value for cell in sheet[HEADER_ROW]]
    return cast("Cell", sheet.cell(HEADER_ROW + line, headings.index(heading) + 1))


@pytest.fixture(scope="module")
def city(consolidate: Consolidate) -> Consolidated:
    """A city with ten counties."""
    return consolidate(CITY)


@pytest.fixture(scope="module")
def city_bytes(city: Consolidated) -> bytes:
    """Its workbook."""
    return write_consolidated(city)


def test_sheets_stand_in_the_order_people_know(city: Consolidated, city_bytes: bytes) -> None:
    """One finds 上报情况 first, then figures, checks, charts, what was corrected, lists, details."""
    names = formulas_of(city_bytes).sheetnames
    details = [detail.sheet.title for detail in city.details]
    figures = ["上报情况", CURRENT, TOTAL, CHECKS, "图表", "更正表"]
    assert names == [*figures, "来源一览", "情况说明", "跨县核实", *details]
    assert CalamineWorkbook.from_filelike(io.BytesIO(city_bytes)).sheet_names == names


@pytest.mark.parametrize(("top", "sheet"), [(CITY, TOTAL), (CITY, CURRENT), (PROVINCE, TOTAL)])
def test_totals_are_live_sums_whose_cached_values_are_right(
    consolidate: Consolidate, top: str, sheet: str
) -> None:
    """A total is a SUM over 本级 and every unit below, and shows that sum before recalculation."""
    made = consolidate(top)
    data = write_consolidated(made)
    live, cached = lines_of(formulas_of(data), sheet), lines_of(values_of(data), sheet)
    last = column_letters(4 + len(made.statistics.columns))
    summed = 0
    for row, (code, line) in enumerate(live.items(), start=4):
        if made.form.indicator[code].is_ratio:
            continue
        figures = [value for value in cached[code][1:] if value is not None]
        if not figures:
            assert line[0] is None
            continue
        assert line[0] == f"=SUM(E{row}:{last}{row})"
        assert cached[code][0] == pytest.approx(sum(float(str(value)) for value in figures))
        summed += 1
    assert summed > 40


def test_every_figure_stands_in_its_column(city: Consolidated, city_bytes: bytes) -> None:
    """What the consolidation gives for a unit is what its column shows, 本期 and 累计."""
    current = lines_of(values_of(city_bytes), CURRENT)
    total = lines_of(values_of(city_bytes), TOTAL)
    for number, column in enumerate(city.statistics.columns, start=1):
        for code, values in column.values.items():
            if city.form.indicator[code].is_ratio:
                continue
            if code in current:
                assert current[code][number] == _shown(values.current)
            assert total[code][number] == _shown(values.total)


def _shown(value: int | Decimal | None) -> object:
    return None if value is None else pytest.approx(float(value))


def test_a_blank_is_not_a_nought(city: Consolidated, city_bytes: bytes) -> None:
    """What a unit does not report stays blank; a reported 0 is a 0."""
    total = lines_of(values_of(city_bytes), TOTAL)
    assert city.statistics.columns[0].values["S50"].total is None  # a city has no townships
    assert total["S50"][1] is None
    noughts = [
        (code, number)
        for number, column in enumerate(city.statistics.columns, start=1)
        for code, values in column.values.items()
        if values.total == 0 and not city.form.indicator[code].is_ratio
    ]
    assert noughts
    assert all(total[code][number] == 0 for code, number in noughts)


def _with_figures(city: Consolidated, column: int, **figures: int | None) -> Consolidated:
    """Put other 累计 into one column, and the whole accordingly nowhere else."""
    columns = list(city.statistics.columns)
    values = dict(columns[column].values)
    for code, figure in figures.items():
        values[code] = Values(None, None, figure)
    columns[column] = replace(columns[column], values=MappingProxyType(values))
    return replace(city, statistics=replace(city.statistics, columns=tuple(columns)))


def test_a_total_of_nothing_is_blank(city: Consolidated) -> None:
    """Where no unit has a figure, the total is blank and not 0."""
    made = city
    for number in range(len(city.statistics.columns)):
        made = _with_figures(made, number, S50=None)
    assert set(lines_of(values_of(write_consolidated(made)), TOTAL)["S50"]) == {None}


def test_a_ratio_is_made_from_parts_in_every_column(city: Consolidated) -> None:
    """办结率 is 已办结 over 登记 in the total and each column, “—” over 0, blank over nothing."""
    made = _with_figures(city, 0, S29=0, S19=0)
    made = _with_figures(made, 1, S29=3, S19=4)
    made = _with_figures(made, 2, S29=None, S19=None)
    data = write_consolidated(made)
    live, cached = lines_of(formulas_of(data), TOTAL), lines_of(values_of(data), TOTAL)
    rows = {code: row for row, code in enumerate(live, start=4)}
    assert cached["S32"][1:4] == ["—", 0.75, None]
    for number, formula in enumerate(live["S32"]):
        letter = column_letters(number + 4)
        if formula is not None:
            assert f"{letter}{rows['S29']}/{letter}{rows['S19']}" in str(formula)
    done, registered = float(str(cached["S29"][0])), float(str(cached["S19"][0]))
    assert cached["S32"][0] == pytest.approx(done / registered)
    assert live["S32"][3] is None


def test_carried_columns_are_marked(city: Consolidated) -> None:
    """A unit whose 累计 is carried forward says 沿用 in its heading and bears a pale fill."""
    state, row = GroupState(), BoardRow(unit=city.unit, state=State.RETURNED, carried=True)
    columns = [replace(column, state=state) for column in city.statistics.columns]
    columns[2] = replace(columns[2], state=GroupState.of([row], alone=True))
    made = replace(city, statistics=replace(city.statistics, columns=tuple(columns)))
    sheet = formulas_of(write_consolidated(made))[TOTAL]
    carried, other = f"{columns[2].heading}（沿用）", columns[3].heading
    assert under(sheet, carried, 2).fill.fgColor.rgb == "FFFFF2CC"
    assert under(sheet, other, 2).fill.fill_type is None
    assert "浅黄色" in note_of(sheet)


@pytest.mark.parametrize("top", [CITY, PROVINCE])
def test_every_total_is_checked_and_right(consolidate: Consolidate, top: str) -> None:
    """节点检查 finds every total right, and reaches most of them once more by another way."""
    data = write_consolidated(consolidate(top))
    cached = list(values_of(data)[CHECKS].iter_rows(min_row=4, values_only=True))
    live = list(formulas_of(data)[CHECKS].iter_rows(min_row=4, values_only=True))
    assert {row[7] for row in cached} == {"正确"}
    recounted = [row for row in live if row[5] is not None]
    assert len(recounted) > 40
    ways = r"=((COUNTIFS|SUMIFS|SUMPRODUCT)\(|-?[\d.]+\+N\(|N\(.*-[\d.-]+$)"
    assert all(re.match(ways, str(row[5])) for row in recounted)
    assert {row[8] for row in cached if row[5] is None} <= {
        "由分子、分母算出",
        "按单位计数",
        "明细在下级单位，或含本级不可见的栏目",
    }
    assert note_of(values_of(data)[CHECKS]) == f"共检查{len(cached)}项，不符0项。"


def test_a_wrong_total_is_found(city: Consolidated) -> None:
    """A total that disagrees with the columns or with the rows is called 不符."""
    total = dict(city.statistics.total)
    figure = total["S08"].current
    assert figure is not None
    total["S08"] = replace(total["S08"], current=figure + 1)
    data = write_consolidated(replace(city, statistics=replace(city.statistics, total=total)))
    found = [row for row in values_of(data)[CHECKS].iter_rows(values_only=True) if row[7] == "不符"]
    assert [(row[0], row[2], row[6]) for row in found] == [("S08", "本期", 1)]
    assert note_of(values_of(data)[CHECKS]).endswith("不符1项。")


def test_masked_columns_are_not_counted_again(city: Consolidated) -> None:
    """An indicator that needs a column which this level sees masked is not recomputed here."""
    needs = next(detail for detail in city.details if detail.sheet.key == "needs")
    before = {entry.code for entry in countable(needs, city.form, "市")}
    masked = tuple(
        replace(column, disclosure=disclosed(市=Mask.LEFT_OUT))
        if column.key == "nature"
        else column
        for column in needs.columns
    )
    after = {entry.code for entry in countable(replace(needs, columns=masked), city.form, "市")}
    assert before - after == {"S26", "S27", "S28"}


def test_detail_rows_bear_their_origin(city: Consolidated, city_bytes: bytes) -> None:
    """Every row that was passed up is there, with city, county and receipt as text before it."""
    book = values_of(city_bytes)
    for detail in city.details:
        rows = list(book[detail.sheet.title].iter_rows(min_row=4, values_only=True))
        expected = [
            (*(place or None for place in row.places), row.receipt) for row in detail.rows()
        ]
        assert [row[:3] for row in rows] == expected
    headers = [cell.value for cell in book["走访记录"][3]]
    assert headers[:4] == ["市", "县（区）", "来源", "日期"]


def test_sources_link_to_their_first_row(city: Consolidated, city_bytes: bytes) -> None:
    """A click on a source leads to the first detail row with its receipt."""
    book = values_of(city_bytes)
    links = 0
    for row, (_, source) in enumerate(city.sources, start=4):
        cell = book["来源一览"].cell(row, 8)
        if cell.hyperlink is None:
            assert source.nil
            continue
        title, _, address = str(cell.hyperlink.location).rpartition("!")
        target = book[title.strip("'")]
        number = int(address.removeprefix("A"))
        assert target.cell(number, 3).value == source.receipt
        assert target.cell(number - 1, 3).value != source.receipt
        links += 1
    assert links > 5


def test_a_full_sheet_continues(city: Consolidated) -> None:
    """Rows beyond the limit continue in 续2, 续3 …, and are counted there as well."""
    data = write_consolidated(city, most_rows=12)
    book = values_of(data)
    visits = next(detail for detail in city.details if detail.sheet.key == "visits")
    titles = [name for name in book.sheetnames if name.startswith("走访记录")]
    expected = [row.receipt for row in visits.rows()]
    assert titles[:2] == ["走访记录", "走访记录续2"]
    assert len(titles) == -(-len(expected) // 9)
    assert all(book[title].max_row <= 12 for title in titles)
    found = [
        row[2] for title in titles for row in book[title].iter_rows(min_row=4, values_only=True)
    ]
    assert found == expected
    assert {row[7] for row in book[CHECKS].iter_rows(min_row=4, values_only=True)} == {"正确"}
    line = next(
        row for row in formulas_of(data)[CHECKS].iter_rows(values_only=True) if row[0] == "S07"
    )
    assert str(line[5]).count("COUNTIFS(") == len(titles)


def test_a_sheet_that_is_just_full_does_not_continue(city: Consolidated) -> None:
    """No empty 续 sheet follows rows that fill a sheet to its last row."""
    visits = next(detail for detail in city.details if detail.sheet.key == "visits")
    count = sum(1 for _ in visits.rows())
    names = formulas_of(write_consolidated(city, most_rows=count + 3)).sheetnames
    assert "走访记录续2" not in names


def test_nothing_typed_by_a_user_becomes_live(hostile: Consolidated) -> None:
    """Text like =1+1, @SUM, an address or markup stays the text that somebody typed."""
    data = write_consolidated(hostile)
    book = formulas_of(data)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert sheet.title in {CURRENT, TOTAL, CHECKS, "图表", "更正表"}
                    assert "e.example" not in str(cell.value)
                if cell.hyperlink is not None:
                    assert cell.hyperlink.target is None
    place = under(book["走访记录"], "市")
    assert (place.value, place.data_type) == ("+1", "s")
    assert str(under(book["情况说明"], "情况说明").value).strip() == "<r><t>x</t></r>"
    assert under(book["上报情况"], "回执号").value == "=1+1"
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():
            assert "externalLink" not in name
            if name.endswith(".rels"):
                assert b"External" not in parts.read(name)


def test_the_same_tables_give_the_same_bytes(consolidate: Consolidate) -> None:
    """Built again from the same submissions, the file is the same, and names their time only."""
    first = write_consolidated(consolidate(CITY))
    assert write_consolidated(consolidate(CITY)) == first
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        core = parts.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"2012-05-09T"}


def test_charts_are_those_that_the_form_declares(city: Consolidated, city_bytes: bytes) -> None:
    """Each declared chart is drawn natively; a form without charts has no sheet 图表."""
    with zipfile.ZipFile(io.BytesIO(city_bytes)) as parts:
        charts = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
        drawn = "".join(parts.read(name).decode() for name in charts)
    assert len(charts) == len(city.form.charts)
    assert all(chart.title in drawn for chart in city.form.charts)
    first = replace(city, history=city.history[-1:])
    with zipfile.ZipFile(io.BytesIO(write_consolidated(first))) as parts:
        lines = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
    over_periods = [spec for spec in city.form.charts if spec.across is Across.PERIODS]
    assert over_periods
    assert len(lines) == len(charts) - len(over_periods)
    plain = replace(city, form=replace(city.form, charts=()))
    assert "图表" not in formulas_of(write_consolidated(plain)).sheetnames


def test_a_chart_of_no_indicator_is_refused(city: Consolidated) -> None:
    """A declared chart that draws an unknown indicator is found on loading, not in the office."""
    spec = ChartSpec(title="图", codes=("S999",))
    with pytest.raises(DeclarationError, match="S999"):
        replace(city.form, charts=(spec,))


def test_a_form_without_indicators_needs_no_statistics(city: Consolidated) -> None:
    """A campaign that only lists rows gets its lists and details, and no empty matrix."""
    form = replace(city.form, indicators=(), charts=())
    bare = replace(city, form=form, statistics=Statistics((), {}, (), {}))
    names = formulas_of(write_consolidated(bare)).sheetnames
    details = [detail.sheet.title for detail in city.details]
    assert names == ["上报情况", "来源一览", "情况说明", "跨县核实", *details]


def test_paper_and_screen_are_set_up(city_bytes: bytes) -> None:
    """Headers stay in sight and repeat in print, on A4 landscape, one or two pages wide."""
    book = formulas_of(city_bytes)
    for sheet in book.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1) <= 2  # 妇女需求台帐 is too wide for one page
        if sheet.title == "图表":
            continue
        assert sheet.page_setup.orientation == "landscape"
        assert str(sheet.print_title_rows) in {"3:3", "$3:$3"}
        assert sheet.freeze_panes is not None
    assert book["走访记录"].auto_filter.ref.startswith("A3:")


def test_rows_that_fail_to_come_leave_nothing_behind(
    city: Consolidated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the database fails half-way, the error is told and no file stays open or behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    first = city.details[0]

    def rows() -> Iterable[DetailRow]:
        yield from first.rows()
        raise StoreError("gone")

    with pytest.raises(StoreError):
        write_consolidated(replace(city, details=(replace(first, rows=rows),)))
    gc.collect()  # an open file would warn here
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_memory_stays_flat_however_many_rows_come(city: Consolidated) -> None:
    """Rows are taken once, one after the other, and never kept."""
    visits = next(detail for detail in city.details if detail.sheet.key == "visits")
    sample = next(iter(visits.rows()))
    taken = 0

    def many(count: int) -> DetailSheet:
        def rows() -> Iterable[DetailRow]:
            nonlocal taken
            for _ in range(count):
                taken += 1
                yield replace(sample)

        return replace(visits, rows=rows)

    def peak(count: int) -> int:
        tracemalloc.start()
        write_consolidated(replace(city, details=(many(count),)))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    small, large = peak(1_000), peak(20_000)
    assert taken == 21_000
    assert large < small + 4_000_000


def test_corrections_tell_what_was_and_what_is(city: Consolidated, city_bytes: bytes) -> None:
    """更正表 has a line for each corrected figure, with a live difference and a link to its cell."""
    sheet = values_of(city_bytes)["更正表"]
    lines = list(sheet.iter_rows(min_row=4, values_only=True))
    assert len(lines) == len(city.corrections)
    for line, row in zip(lines, city.corrections, strict=True):
        assert line[1] == row.unit.name
        assert line[3] == row.code
        assert (line[7], line[8]) == (row.old, row.new)
        known = row.old is not None and row.new is not None
        assert line[9] == ((row.new or 0) - (row.old or 0) if known else "—")
        assert line[10] == row.reason
        shown = row.code in lines_of(values_of(city_bytes), CURRENT if row.current else TOTAL)
        assert bool(line[6]) == shown
    assert "更正表" not in formulas_of(write_consolidated(replace(city, corrections=()))).sheetnames


def test_the_same_person_is_shown_without_a_number(city: Consolidated, city_bytes: bytes) -> None:
    """跨县核实 names unit, key and matter; a form that does not ask has no such sheet."""
    sheet = values_of(city_bytes)["跨县核实"]
    assert city.same_person
    lines = list(sheet.iter_rows(min_row=4, values_only=True))
    assert [line[2:5] for line in lines] == [
        (row.unit.name, row.key, row.matter) for row in city.same_person
    ]
    none = write_consolidated(replace(city, same_person=()))
    assert "没有发现" in note_of(values_of(none)["跨县核实"])
    plain = write_consolidated(replace(city, same_person=None))
    assert "跨县核实" not in formulas_of(plain).sheetnames


def test_what_a_unit_states_as_its_total_is_compared(city: Consolidated) -> None:
    """A stated total that is right agrees, one that is wrong is marked, and ours stays ours."""
    county = city.statistics.columns[-1]
    right, wrong = city.statistics.total["S08"].total, county.values["S01"].total
    declared = (
        DeclaredTotal(city.unit, "S08", right),
        DeclaredTotal(county.unit, "S01", (wrong or 0) + 5),
    )
    before = values_of(write_consolidated(city))["节点检查"].max_row
    sheet = values_of(write_consolidated(replace(city, declared=declared)))["节点检查"]
    lines = list(sheet.iter_rows(min_row=before + 1, values_only=True))
    assert [(line[0], line[5], line[6], line[7]) for line in lines] == [
        ("S08", right, 0, "正确"),
        ("S01", (wrong or 0) + 5, 5, "不符"),
    ]
    assert county.unit.name in str(lines[1][8])
    assert "不符1项" in note_of(sheet)
