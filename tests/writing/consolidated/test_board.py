"""上报情况 as a workbook, opened again, and as one page without a server, in a real browser too."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sheetflow.consolidation.contents import BoardData, BoardFile
from sheetflow.consolidation.states import OUT, BoardRow, State, Tally
from sheetflow.periods import Period
from sheetflow.schemas.layout import NOTE_ROW
from sheetflow.writing.board import write_board
from sheetflow.writing.board_page import render_board_page
from sheetflow.writing.html_page import address
from sheetflow.writing.looks import lines_of
from tests.tiny.campaign import LEVELS
from tests.tiny.desk import PROVINCE, TREE

MakeBoard = Callable[..., BoardData]
TEMPLATE = Path("templates/board/上报情况.html")
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
in_browser = pytest.mark.skipif(BROWSER is None, reason="no browser (chromium) on this machine")


def test_the_grid_shows_where_each_unit_stands(board_data: MakeBoard) -> None:
    """One line a unit in administrative order, one coloured word a period, blank if not due."""
    board = board_data("370000", 4)
    sheet = openpyxl.load_workbook(io.BytesIO(write_board(board)))["上报情况"]
    for row, unit in enumerate(board.units, start=4):
        assert sheet.cell(row, 1).value == unit.unit_id
        for column, period in enumerate(board.periods, start=4):
            entry = board.cell(unit, period)
            cell = sheet.cell(row, column)
            assert cell.value == (entry.word if entry else None)
            if entry and not entry.late:
                assert cell.fill.fgColor.rgb == entry.colour.replace("#", "FF")


def test_counts_are_formulas_over_the_grid(board_data: MakeBoard) -> None:
    """分期统计 counts each state by COUNTIF, and shows the counts before recalculation."""
    board = board_data("370100", 5)
    data = write_board(board)
    live = openpyxl.load_workbook(io.BytesIO(data))["分期统计"]
    cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["分期统计"]
    words = [cell.value for cell in cached[3]][2:]
    for row, period in enumerate(board.periods, start=4):
        tally = Tally.of(board.column(period))
        assert cached.cell(row, 2).value == tally.expected
        shown = {word: cached.cell(row, 3 + at).value for at, word in enumerate(words)}
        assert shown == {
            "已报": tally.reported,
            "其中零报告": tally.nil,
            "其中迟报": tally.late,
            "其中逾期": sum(row.overdue for row in board.column(period)),
            **{state.label: tally.states.get(state, 0) for state in OUT},
        }
        assert str(live.cell(row, 3).value).startswith("=COUNTIF(")


def test_whoever_is_missing_is_named(board_data: MakeBoard) -> None:
    """未报单位 names everyone who is not in, the current period first, and nobody else."""
    board = board_data("370000", 3)
    sheet = openpyxl.load_workbook(io.BytesIO(write_board(board)))["未报单位"]
    found = [(row[0], row[1]) for row in sheet.iter_rows(min_row=4, values_only=True)]
    expected = {
        (period.label, entry.unit.unit_id)
        for period in board.periods
        for entry in board.column(period)
        if not entry.state.is_in
    }
    assert set(found) == expected
    assert len(found) == len(expected)
    assert found[0][0] == board.current.label


@pytest.mark.parametrize(("unit_id", "periods"), [("370000", 1), ("370100", 1), ("370000", 6)])
def test_the_sentence_under_the_title_is_not_cut(
    board_data: MakeBoard, unit_id: str, periods: int
) -> None:
    """Whoever is missing can be read: the row is as tall as the sentence needs on its width."""
    for sheet in openpyxl.load_workbook(io.BytesIO(write_board(board_data(unit_id, periods)))):
        # Columns of one width that stand side by side are declared together.
        groups = sheet.column_dimensions.values()
        widths = [
            group.width for group in groups for _ in range(group.min or 1, (group.max or 1) + 1)
        ]
        lines = lines_of(str(sheet.cell(NOTE_ROW, 1).value), sum(widths))
        assert sheet.row_dimensions[NOTE_ROW].height >= 3 + 15 * lines


def test_whom_to_ring_and_when_each_came_stand_in_the_list(board_data: MakeBoard) -> None:
    """本期明细 has the first and the latest receipt with their times, 填报人 and 联系电话; 逾期 where it is so."""
    board = board_data("370100", 5)
    sheet = openpyxl.load_workbook(io.BytesIO(write_board(board)))["本期明细"]
    columns = {str(cell.value): at for at, cell in enumerate(sheet[3])}
    lines = list(sheet.iter_rows(min_row=4, values_only=True))
    rows = board.column(board.current)
    assert len(lines) == len(rows)
    assert any(row.overdue for row in rows)
    for row, line in zip(rows, lines, strict=True):
        said = {name: line[at] for name, at in columns.items()}
        assert (said["填报人"] or "", said["联系电话"] or "") == (row.preparer, row.phone)
        assert (said["首次报送"], said["最近报送"]) == (
            row.first.name if row.first else None,
            row.latest.name if row.latest else None,
        )
        assert (said["首次报送时间"] is None) == (row.first is None)
        assert (said["是否按时"] == "逾期") == row.overdue


def test_without_contacts_there_are_no_columns_for_them(board_data: MakeBoard) -> None:
    """Where the reader sees nobody, neither workbook nor page leaves blank columns."""
    board = board_data("370100", 5)
    cells = {key: replace(row, preparer="", phone="") for key, row in board.cells.items()}
    unseen = replace(board, cells=cells)
    book = openpyxl.load_workbook(io.BytesIO(write_board(unseen)))
    assert not any("联系电话" in [cell.value for cell in sheet[3]] for sheet in book)
    assert "联系电话" not in render(unseen)
    assert "联系电话" in render(board)


def test_days_are_counted_when_it_is_opened(board_data: MakeBoard) -> None:
    """逾期天数 is a formula over the deadline; what waits in the file is the number on the data's own day."""
    data = write_board(board_data("370000", 3))
    live, kept = (
        openpyxl.load_workbook(io.BytesIO(data), data_only=cached)["未报单位"]
        for cached in (False, True)
    )
    column = [cell.value for cell in live[3]].index("逾期天数") + 1
    for row in range(4, live.max_row + 1):
        assert "TODAY()" in str(live.cell(row, column).value)
        assert kept.cell(row, column).value == 0, "the deadline is the day of the data"


def test_it_prints_on_few_pages(board_data: MakeBoard) -> None:
    """158 units: the grid of six periods upright on no more than three sheets, headers repeated."""
    sheet = openpyxl.load_workbook(io.BytesIO(write_board(board_data("370000", 6))))["上报情况"]
    assert sheet.page_setup.orientation == "portrait"
    assert sheet.page_setup.fitToWidth in {None, 1}
    assert sheet.page_setup.fitToHeight in {1, 2, 3}
    assert sheet.print_title_rows
    assert sheet.print_area


def test_names_that_stand_twice_get_their_city(board_data: MakeBoard) -> None:
    """市中区 stands three times in the province, so the sentence says whose it is."""
    board = board_data("370000")
    key = ("370402", board.current.period_id)
    assert board.cells[key].state is State.HELD
    note = (
        openpyxl.load_workbook(io.BytesIO(write_board(board)))["上报情况"].cell(NOTE_ROW, 1).value
    )
    assert "枣庄市市中区" in str(note)


def test_the_same_board_gives_the_same_bytes(board_data: MakeBoard) -> None:
    """A board is issued again only when somebody's standing changed."""
    assert write_board(board_data("370100")) == write_board(board_data("370100"))


def render(board: BoardData) -> str:
    """Render the page as the service does."""
    return render_board_page(board, TEMPLATE.read_text(encoding="utf-8"))


def periods_of(board: BoardData) -> list[dict[str, Any]]:
    """Give what a template is told of each period."""
    told: list[dict[str, Any]] = json.loads(render_board_page(board, "{{ page.periods | tojson }}"))
    return told


def test_the_page_is_light_on_a_share(board_data: MakeBoard) -> None:
    """158 units and six periods weigh less than 300 KB."""
    assert len(render(board_data("370000")).encode()) < 300_000


def test_the_page_asks_for_nothing_from_outside(board_data: MakeBoard) -> None:
    """No address, no script, style, font or picture from elsewhere; links stay in the folder."""
    page = render(board_data("370000"))
    assert not re.search(r"https?:|//[a-z]|\bsrc=|@import|url\(|<link|<iframe", page)
    links = re.findall(r'href="([^"]*)"', page)
    assert links
    assert all(link.startswith("./2012B6/") for link in links)


@pytest.mark.parametrize(
    "path",
    [
        "../370300/x.xlsx",
        "/etc/x",
        "a/../../x",
        "https://e.example/",
        "C:\\x",
        "\\\\h\\x",
        "file:x",
        "",
    ],
)
def test_a_link_that_leads_out_of_the_folder_is_refused(path: str) -> None:
    """A page never links to a file that is not its reader's own."""
    with pytest.raises(ValueError, match="not inside"):
        address(path)


def test_names_are_text_on_the_page(board_data: MakeBoard) -> None:
    """A unit's or file's name never becomes markup or script."""
    board = board_data("370100")
    typed = '<script>alert(1)</script>"&'
    units = (board.units[0], replace(board.units[1], name=typed), *board.units[2:])
    files = {board.current.period_id: (BoardFile(typed, 'a"b<.xlsx'),)}
    page = render(replace(board, units=units, files=files))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert 'href="./a%22b%3C.xlsx"' in page


def test_whoever_is_missing_is_named_on_the_page(board_data: MakeBoard) -> None:
    """Each period lists everyone who is not in, under their city, a city's own as 济南市本级."""
    board = board_data("370000")
    for period, shown in zip(board.periods, periods_of(board), strict=True):
        out = [board.name_of(row.unit) for row in board.column(period) if not row.state.is_in]
        named = [name.partition("（")[0] for _, names in shown["missing"] for name in names]
        assert sorted(named) == sorted(out)
        assert sum(shown["counts"].values()) == len(board.units)


def test_the_tiles_count_as_the_sentence_does(board_data: MakeBoard) -> None:
    """Whoever came in late is 已接收 or 零报告 on the page too, and 迟报 is counted among those."""
    board = board_data("370000")
    key = ("370402", board.current.period_id)
    late = replace(board.cells[key], state=State.NIL, late=True, overdue=False)
    board = replace(board, cells={**board.cells, key: late})
    tallies = [Tally.of(board.column(period)) for period in board.periods]
    assert any(tally.late > tally.states.get(State.NIL, 0) for tally in tallies)
    for tally, shown in zip(tallies, periods_of(board), strict=True):
        assert shown["counts"] == {state.value: number for state, number in tally.states.items()}
        assert shown["late"] == tally.late
    page = render(board)
    marked = re.findall(r'data-s="(\w+)"[^>]* data-l="1"', page)
    assert len(marked) == sum(tally.late for tally in tallies)
    assert set(marked) == {"accepted", "nil"}


def test_a_citys_counties_are_one_plain_list(board_data: MakeBoard) -> None:
    """On a city's page no county stands twice, as a group and as the only one in it."""
    periods = periods_of(board_data("370100", 4))
    groups = [shown["missing"] for shown in periods if shown["missing"]]
    assert groups
    assert all([name for name, _ in missing] == [""] for missing in groups)


def opened_in_browser(path: Path, choice: str, folder: Path) -> str:
    """Open the page in a browser with `choice` in its filters; give it as it is then."""
    result = subprocess.run(
        [
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder}",
            "--dump-dom",
            f"{path.as_uri()}#{choice}",
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return result.stdout.decode()


def shown_units(path: Path, choice: str, folder: Path) -> list[str]:
    """Open the page in a browser with `choice` in its filters; give the units then shown."""
    page = opened_in_browser(path, choice, folder)
    lines = re.findall(r'<tr data-g="\d+" data-u="(\d+)"( hidden="")?>', page)
    assert lines
    return [unit for unit, hidden in lines if not hidden]


@in_browser
@pytest.mark.slow
def test_filters_work_in_a_browser(board_data: MakeBoard, tmp_path: Path) -> None:
    """Filtered by period, city and state, the page shows those units and no others."""
    board = board_data("370000")
    path = tmp_path / "上报情况.html"
    path.write_text(render(board), encoding="utf-8")
    third = board.periods[2]
    everyone = [unit.unit_id for unit in board.units]
    missing = [entry.unit.unit_id for entry in board.column(third) if entry.state is State.MISSING]
    city = [unit.unit_id for unit in board.units if "370300" in {unit.unit_id, unit.parent}]
    out = [
        entry.unit.unit_id
        for entry in board.column(third)
        if not entry.state.is_in and entry.unit.unit_id in city
    ]
    assert missing
    assert out
    profile = tmp_path / "profile"
    assert shown_units(path, "", profile) == everyone
    assert shown_units(path, "period=2012B3&state=missing", profile) == missing
    assert shown_units(path, "period=2012B3&group=370300&state=out", profile) == out
    assert shown_units(path, "words=%E5%B8%82%E4%B8%AD%E5%8C%BA", profile) == [
        unit.unit_id for unit in board.units if unit.name == "市中区"
    ]


@in_browser
@pytest.mark.slow
def test_a_click_on_a_tile_filters_and_the_list_above_follows(
    board_data: MakeBoard, tmp_path: Path
) -> None:
    """A click on 逾期 leaves those units in table and list; a second one shows all again."""
    board = board_data("370000", 3)
    overdue = {row.unit.unit_id for row in board.column(board.current) if row.overdue}
    out = {row.unit.unit_id for row in board.column(board.current) if not row.state.is_in}
    assert overdue
    assert overdue < out
    click = f"document.querySelector(\"section[data-period='{board.current}'] .overdue\").click();"
    found = {}
    for clicks in (1, 2):
        path = tmp_path / f"{clicks}.html"
        script = f"<script>{click * clicks}</script></body>"
        path.write_text(render(board).replace("</body>", script), encoding="utf-8")
        page = opened_in_browser(path, "", tmp_path / "profile")
        rows = re.findall(r'<tr data-g="\d+" data-u="(\d+)"( hidden="")?>', page)
        section = page.partition(f'data-period="{board.current}"')[2].partition("</section>")[0]
        named = re.findall(r'<span data-u="(\d+)"([^>]*)>', section)
        found[clicks] = (
            {unit for unit, hidden in rows if not hidden},
            {unit for unit, more in named if "hidden" not in more},
        )
    assert found[1] == (overdue, overdue)
    assert found[2] == ({unit.unit_id for unit in board.units}, out)


def test_a_township_stands_below_its_county(board_data: MakeBoard) -> None:
    """However many levels there are, a unit is set in below its superior, and told by that one's name."""
    period = Period.parse("2012B1")
    units = TREE.subtree(PROVINCE)
    cells = {
        (unit.unit_id, period.period_id): BoardRow(
            unit=unit, state=State.MISSING, own=bool(TREE.children(unit.unit_id))
        )
        for unit in units
    }
    board = replace(
        board_data("370000", 1),
        unit=TREE[PROVINCE],
        units=units,
        cells=cells,
        levels=LEVELS,
        files={},
    )
    page = render(board)
    assert '<th class="d3">芦苇乡<i>南岸县</i></th>' in page
    assert '<th class="d2">南岸县本级<i>下游市</i></th>' in page
    style = page.partition("</style>")[0]
    classes = set(re.findall(r'class="(d\d)"', page))
    assert classes == {"d0", "d1", "d2", "d3"}
    sets_in = [
        int(re.findall(rf"\.{name} {{ padding-left: (\d+)px", style)[0])
        for name in ("d1", "d2", "d3", "d4", "d5")
    ]
    assert sets_in == sorted(set(sets_in)), "six levels at most"
    named = "、".join(name for _, units in periods_of(board)[0]["missing"] for name in units)
    assert "下游市本级、南岸县本级、南岸县芦苇乡、南岸县沙洲镇、北岸县" in named
