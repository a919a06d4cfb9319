"""Who has very many below gets papers of those directly below: the same sums, and nobody lost."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from docx import Document

from sheetflow.consolidation.consolidate import statistics
from sheetflow.consolidation.report_words import Wishes, narratives
from sheetflow.context import Context
from sheetflow.service import consolidated, scopes
from sheetflow.service.nodes import Nodes
from tests.tiny.desk import (
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    REEDS,
    SANDS,
    SOUTH,
    TREE,
    WEST,
    Desk,
    sound,
    words,
)
from tests.tiny.reported import ReportedDesk, telling

METRES = {EAST: 500, WEST: 700, SOUTH: 110, NORTH: 40, REEDS: 5, SANDS: 3, CITY: 1000}


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An office in which three below are too many: everybody but one city reports, one county again."""
    monkeypatch.setattr(scopes, "MOST_BELOW", 3)
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    for unit_id, metres in METRES.items():
        desk.drop(unit_id, desk.fill(unit_id, sound(metres)))
    desk.run(IN_TIME)
    desk.drop(NORTH, desk.fill(NORTH, sound(60)), "改.xlsx")
    desk.run(CITIES_DAY)
    return desk


def totals(desk: Desk) -> dict[str, object]:
    """The province's figures, and each column's, as they stand now."""

    def asked(context: Context) -> dict[str, object]:
        unit = TREE[PROVINCE]
        books = Nodes(context).books(unit, context.campaign.main_form.key, FIRST, unit)
        found = statistics(books, unit)
        return {
            "total": found.total,
            "columns": [(each.heading, each.values, each.state.full) for each in found.columns],
        }

    return desk.ask(asked)


def test_sums_are_those_of_all_below(played: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed up by those directly below adds up to what every single unit reported."""
    by_nodes = totals(played)
    assert played.ask(lambda context: Nodes(context).is_folded(TREE[PROVINCE]))
    monkeypatch.setattr(scopes, "MOST_BELOW", 200)
    assert totals(played) == by_nodes


def test_its_papers_list_those_directly_below(played: Desk) -> None:
    """汇总表 and board name the cities with how many of each are in; no county stands in board or statistics."""
    path = played.answer(PROVINCE, "汇总表")
    said = words(path)
    assert "已报3/3" in said
    board = words(next(played.out(PROVINCE).glob("上报情况_*.xlsx")))
    assert "已报3/3" in board
    assert "东岸县" not in board
    assert "北岸县" in words(played.answer(OTHER_CITY, "汇总表"))


def test_the_report_counts_all_and_quotes_whoever_is_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Word report of one who has many below counts every unit, and quotes one further down."""
    monkeypatch.setattr(scopes, "MOST_BELOW", 3)
    desk = ReportedDesk.begun(tmp_path / "work")
    said = "东岸县组织志愿者沿河清理垃圾三十余吨，群众反映很好。"
    for unit_id, metres in METRES.items():
        words_said = said if unit_id == EAST else ""
        desk.drop(
            unit_id,
            desk.fill(unit_id, telling(words_said, metres) if words_said else sound(metres)),
        )
    desk.run(IN_TIME)
    desk.run(CITIES_DAY)
    document = Document(str(desk.answer(PROVINCE, "情况报告")))
    text = "\n".join(each.text for each in document.paragraphs)
    assert f"应报单位{len(TREE)}个，已报{len(METRES)}个" in text
    assert f"里程{sum(METRES.values())}米" in text.replace(",", "").replace("，", "，")
    assert said in text
    assert "上游市" in "".join(cell.text for row in document.tables[0].rows for cell in row.cells)


def test_its_report_reads_the_words_of_whom_the_office_names_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is quoted was handed up, even of a county; beside it only those named by the office are read, whole."""
    monkeypatch.setattr(scopes, "MOST_BELOW", 3)
    desk = ReportedDesk.begun(tmp_path / "work")
    for unit_id, said in ((EAST, "沿河清理垃圾三十余吨，群众反映很好。"), (NORTH, "设立河长牌。")):
        desk.drop(unit_id, desk.fill(unit_id, telling(said, METRES[unit_id])))
    desk.run(IN_TIME)
    desk.run(CITIES_DAY)

    def quoted(context: Context, *named: str) -> tuple[set[str], list[str], list[str]]:
        found, unit = Nodes(context), TREE[PROVINCE]
        books = found.books(unit, context.campaign.main_form.key, FIRST, unit)
        books = found.quoting(books, unit, named)
        wishes = Wishes(quoted={"": named} if named else {})
        (told,) = narratives(books, unit, books.called, context.policy(unit.level), wishes)
        read = {unit_id for unit_id, _ in books.listed.accepted} if books.listed else set()
        return read, [each.unit for each in told.quotes], [each.text for each in told.quotes]

    assert desk.ask(quoted) == (set(), ["东岸县"], ["沿河清理垃圾三十余吨，群众反映很好。"])
    by_wish = desk.ask(lambda context: quoted(context, NORTH))
    assert by_wish == ({NORTH}, ["北岸县"], ["设立河长牌。"])


def test_rows_of_everybody_are_listed_all_the_same(
    played: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sheets of rows hold each unit's rows as they do where few are below."""
    book = openpyxl.load_workbook(played.answer(PROVINCE, "汇总表"), read_only=True)
    titles = [title for title in book.sheetnames if "台账" in title or "日志" in title]
    book.close()
    assert titles
    by_nodes = rows_of(played, titles)
    monkeypatch.setattr(scopes, "MOST_BELOW", 200)
    played.drop(EAST, played.fill(EAST, sound(501)), "再改.xlsx")
    played.run(CITIES_DAY)
    plainly = rows_of(played, titles)
    assert len(by_nodes) == len(plainly) > len(METRES)
    assert [row for row in by_nodes if row not in plainly] == [
        row for row in by_nodes if "东岸县" in row
    ]


def test_too_many_rows_stand_in_a_workbook_of_each_directly_below(
    played: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each city's rows lie beside 汇总表, which links them; all together they are those of one workbook."""
    book = openpyxl.load_workbook(played.answer(PROVINCE, "汇总表"), read_only=True)
    titles = [title for title in book.sheetnames if "台账" in title or "日志" in title]
    book.close()
    plainly = rows_of(played, titles)
    monkeypatch.setattr(consolidated, "MOST_ROWS", 3)
    played.drop(SANDS, played.fill(SANDS, sound(4)), "再报.xlsx")
    played.run(CITIES_DAY)
    beside = sorted(played.out(PROVINCE, FIRST).glob("明细_*.xlsx"))
    assert [path.name.split("_")[1] for path in beside] == [
        TREE[unit_id].folder for unit_id in (CITY, OTHER_CITY)
    ]
    index = openpyxl.load_workbook(played.answer(PROVINCE, "汇总表"))["明细目录"]
    links = {row[0].value: row[1].hyperlink for row in index.iter_rows(min_row=4)}
    assert {link.target for link in links.values() if link} == {path.name for path in beside}
    listed = [row for path in beside for row in rows_in(path, titles)]
    assert len(listed) == len(plainly)
    assert same_rows(listed) == same_rows(plainly)
    assert rows_of(played, titles) == []


def test_a_workbook_of_rows_is_made_anew_where_its_rows_changed_or_it_is_gone(
    played: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A county's correction touches its own city's workbook of rows alone; one that was deleted comes back."""
    monkeypatch.setattr(consolidated, "MOST_ROWS", 3)
    played.drop(EAST, played.fill(EAST, sound(502)), "再报.xlsx")
    played.run(CITIES_DAY)
    first, second = sorted(played.out(PROVINCE, FIRST).glob("明细_*.xlsx"))
    before = second.read_bytes(), second.stat().st_ino, first.stat().st_ino
    played.drop(EAST, played.fill(EAST, sound(503)), "三报.xlsx")
    played.run(CITIES_DAY)
    assert (second.read_bytes(), second.stat().st_ino) == before[:2]
    assert first.stat().st_ino != before[2]
    assert "503" in words(first)
    kept = first.read_bytes()
    first.unlink()
    played.drop(NORTH, played.fill(NORTH, sound(61)), "四报.xlsx")
    played.run(CITIES_DAY)
    assert first.read_bytes() == kept


def same_rows(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Give in order the rows of all but the one that reported again meanwhile."""
    return sorted(row for row in rows if TREE[SANDS].name not in row)


def rows_of(desk: Desk, titles: list[str]) -> list[tuple[str, ...]]:
    """What stands in these sheets of the province's 汇总表, line by line, that names a unit."""
    return rows_in(desk.answer(PROVINCE, "汇总表"), titles)


def rows_in(path: Path, titles: list[str]) -> list[tuple[str, ...]]:
    """The same of any workbook."""
    book = openpyxl.load_workbook(path)
    names = {unit.name for unit in TREE}
    found = [
        tuple(str(cell) for cell in row if cell is not None)
        for title in titles
        for row in book[title].iter_rows(values_only=True)
    ]
    book.close()
    return [row for row in found if names & {*row}]
