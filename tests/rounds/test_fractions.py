"""A campaign that measures in fractions: every figure is exact from the cell up to the province."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest

from sheetflow.findings import Finding
from tests.paper_files import picture
from tests.tiny.desk import (
    CITY,
    EAST,
    OTHER_CITY,
    SOUTH,
    TREE,
    Desk,
    Rows,
    sound,
    table,
    write,
)
from tests.tiny.gauged import GAUGED, GAUGED_NAME, READINGS, judged_gauged

HEADER = 3


PHOTOS = ("桥下.png", "桥上.png")


def readings(*rain: float) -> Rows:
    """A workbook with a reading for each rainfall."""
    return {
        **sound(),
        "readings": [
            {
                "read_on": dt.date(2012, 2, 5),
                "place": f"断面{number}",
                "depth": 12.35,
                "rain": fallen,
                "photos": "、".join(PHOTOS) if number == 1 else None,
            }
            for number, fallen in enumerate(rain, start=1)
        ],
    }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two counties measure three tenths; floating point would make it 0.30000000000000004."""
    made = Desk.make(tmp_path_factory.mktemp("gauged") / "work", campaign=f'"{GAUGED_NAME}"')
    made.issue()
    for unit_id, rain in ((EAST, (0.1, 0.2)), (SOUTH, (0.7,))):
        target = made.root.parent / "clerks" / unit_id / "上报.xlsx"
        write(made.issued(unit_id), target, readings(*rain), forms=GAUGED.forms)
        made.drop(unit_id, target)
        for number, name in enumerate(PHOTOS):
            made.drop(unit_id, picture() + bytes(number), name)
    made.run()
    return made


def said(changes: str) -> list[tuple[str, str]]:
    """Give the findings of the drawn workbook: the rule and the cell."""
    findings: tuple[Finding, ...] = judged_gauged(changes).findings
    return [(entry.rule, entry.place.cell) for entry in findings]


@pytest.mark.parametrize("typed", ["12.3", "１２．３", "12.3米", "'12.30", "1.2"])
def test_a_fraction_is_read_however_it_is_typed(typed: str) -> None:
    """Full-width digits, the unit behind the figure and idle zeros are no mistake."""
    assert all(rule == "habit" for rule, _ in said(f"\n@ 水位观测 水位（米） 4 = {typed}"))


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("12.345", "number-decimals"),
        ("90.01", "number-range"),
        ("-0.5", "number-range"),
        ("约12", "number-about"),
        ("'12345678901234.56", "number-range"),
    ],
)
def test_what_is_no_such_fraction_is_told_at_its_cell(typed: str, rule: str) -> None:
    """Too many decimals, out of range, about: named, and nothing is rounded."""
    assert (rule, "C4") in said(f"\n@ 水位观测 水位（米） 4 = {typed}")


def test_private_numbers_in_names_of_files_are_told() -> None:
    """A mobile number does not go up in the name of a photo."""
    assert said("\n@ 水位观测 现场照片 4 = 13812345678.jpg") == [("personal-in-text", "E4")]


def test_the_blank_workbook_shows_and_takes_the_decimals_of_the_column(desk: Desk) -> None:
    """What is typed shows with its decimals, and one too many is stopped where it is typed."""
    book = openpyxl.load_workbook(desk.issued(EAST))
    page = book[READINGS.title]
    assert [page[f"{letters}4"].number_format for letters in "CD"] == ["#,##0.00", "#,##0.0"]
    limits = {
        str(entry.sqref).partition(":")[0]: entry for entry in page.data_validations.dataValidation
    }
    assert limits["C4"].formula1 == "AND(ISNUMBER(C4),C4>=0,C4<=90,ROUND(C4,2)=C4)"
    assert "最多1位小数" in str(limits["D4"].error)
    assert limits["E4"].type in {None, "any"}


def test_sums_are_exact_at_every_level(desk: Desk) -> None:
    """0.1 and 0.2 are 0.3 in the city's and 1 with the other county's 0.7 in the province's."""
    assert {unit: desk.states()[unit] for unit in (EAST, SOUTH)} == {
        EAST: "accepted",
        SOUTH: "accepted",
    }
    province = next(iter(TREE.roots)).unit_id
    for unit_id, total in ((CITY, 0.3), (OTHER_CITY, 0.7), (province, 1)):
        consolidated = desk.answer(unit_id, "汇总表_")
        (line,) = [
            row for row in table(consolidated, "巡河汇总（累计）", "代码") if row["代码"] == "H8"
        ]
        assert line["合计"] == total, unit_id


def test_detail_rows_keep_decimals_and_names_of_files(desk: Desk) -> None:
    """The city reads the rows as the county typed them."""
    path = desk.answer(CITY, "汇总表_")
    rows = table(path, READINGS.title, "降雨量（毫米）")
    assert [(row["降雨量（毫米）"], row["水位（米）"]) for row in rows] == [
        (0.1, 12.35),
        (0.2, 12.35),
    ]
    assert rows[0]["现场照片"] == "、".join(PHOTOS)
    book = openpyxl.load_workbook(path)
    cells = [cell for row in book[READINGS.title].iter_rows() for cell in row if cell.value == 0.1]
    assert [cell.number_format for cell in cells] == ["#,##0.0"]
