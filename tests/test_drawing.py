"""Drawn workbooks are what they look like, in memory and as real files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.reading import read_workbook
from tests.county_book import drawn
from tests.drawing import draw, write_xlsx

TEXT = """
# 走访记录
| 日期 | 人次 | 说明 |
| --- | --- | --- |
| 2012-02-10 | 12 | 甲□乙↵丙 |
~| 2012.3.5 | '12 | ^ |
| =A1+1→3 | 1.5 | #REF! |
@ 走访记录 人次 4 = 13
@ 走访记录 + | | | 末行 |
"""


def test_a_drawing_is_typed_as_it_looks() -> None:
    """Dates are dates, figures figures, and forced text stays text; rows stand where ours do."""
    (sheet,) = draw(TEXT).sheets
    assert sheet.cell(1, 1) == "走访记录"
    assert [sheet.cell(3, column) for column in (1, 2, 3)] == ["日期", "人次", "说明"]
    assert [sheet.cell(4, column) for column in (1, 2, 3)] == [
        dt.date(2012, 2, 10),
        13,
        "甲\u3000乙\n丙",
    ]
    assert (sheet.cell(5, 1), sheet.cell(5, 2)) == ("2012.3.5", "12")
    assert sheet.cell(7, 3) == "末行"
    assert sheet.hidden_rows == {5}
    assert sheet.merges == ((4, 3, 5, 3),)
    assert sheet.formulas == {(6, 1): "=A1+1"}
    assert (sheet.cell(6, 1), sheet.cell(6, 2)) == (3, 1.5)
    assert sheet.errors == {(6, 3): "#REF!"}


def test_what_is_declared_and_not_drawn_is_put_in() -> None:
    """A new column stands where it is declared, and all that was drawn moves along with its label."""
    (sheet,) = draw(TEXT, undrawn={"走访记录": {"天气": (["日期"], "晴")}}).sheets
    assert [sheet.cell(3, column) for column in range(1, 5)] == ["日期", "天气", "人次", "说明"]
    assert [sheet.cell(4, column) for column in (2, 3)] == ["晴", 13]
    assert sheet.merges == ((4, 4, 5, 4),)
    assert (sheet.formulas, sheet.errors) == ({(6, 1): "=A1+1"}, {(6, 4): "#REF!"})
    assert sheet.cell(1, 1) == "走访记录"


def test_a_cell_is_named_by_its_label_and_what_stands_first_in_its_row() -> None:
    """Rows go by number or by their first cell, cards by label, columns by what was drawn first."""
    text = "# 名册\n| 编号 | 职务 |\n| --- | --- |\n| G001 | 干事 |\n| G002 | 干事 |\n# 封面\n| 单位 | 甲 |\n"
    changes = "@ 名册 职务 3 = 职位\n@ 名册 职务 G002 = 主席\n@ 名册 blank 4\n@ 封面 单位 = 乙"
    sheet, cover = draw(text + changes).sheets
    assert [sheet.cell(row, 2) for row in (3, 4, 5)] == ["职位", None, "主席"]
    assert cover.cell(4, 2) == "乙"
    with pytest.raises(ValueError, match="no row"):
        draw(text + "@ 名册 职务 G009 = 主席")


def test_what_is_declared_and_not_drawn_is_put_in_where_it_stands() -> None:
    """A column or a card's line that nobody drew stands in its place, and may be changed by name."""
    text = (
        "# 名册\n| 编号 | 职务 |\n| --- | --- |\n| G001 | 干事 |\n| G002 | ^ |\n# 封面\n| 单位 | 甲 |\n| 日期 | |\n"
        "@ 名册 民族 5 = 回\n@ 名册 职务 4 = 主席\n@ 封面 日期 = 2012-05-02\n@ 封面 邮编 = '250001\n"
    )
    undrawn = {
        "名册": {"民族": (["编号"], "汉"), "编号": ([], "")},
        "封面": {"邮编": (["单位"], "")},
    }
    sheet, cover = draw(text, undrawn=undrawn).sheets
    assert [sheet.cell(row, 2) for row in (3, 4, 5)] == ["民族", "汉", "回"]
    assert [sheet.cell(row, 3) for row in (3, 4)] == ["职务", "主席"]
    assert sheet.merges == ((4, 3, 5, 3),)
    assert [cover.cell(row, 1) for row in (4, 5, 6)] == ["单位", "邮编", "日期"]
    assert cover.cell(5, 2) == "250001"


def test_a_change_of_what_is_not_drawn_is_refused() -> None:
    """A test that changes a sheet it never drew fails loudly."""
    with pytest.raises(ValueError, match="not a change"):
        draw("@ 走访记录 A1 = 1")
    with pytest.raises(ValueError, match="not a cell name"):
        draw("# 走访记录\n@ 走访记录 天气 4 = 1")


@pytest.mark.parametrize("raw", [draw(TEXT), drawn()], ids=["notation", "county"])
def test_a_drawing_read_from_a_real_file_is_the_same(raw: object, tmp_path: Path) -> None:
    """A drawn workbook written to .xlsx and read by the reading room is the drawn one."""
    from sheetflow.workbook import RawWorkbook

    assert isinstance(raw, RawWorkbook)
    read = read_workbook(write_xlsx(raw, tmp_path / "drawn.xlsx").read_bytes())
    assert [sheet.title for sheet in read.sheets] == [sheet.title for sheet in raw.sheets]
    for one, other in zip(read.sheets, raw.sheets, strict=True):
        for row in range(1, 40):
            for column in range(1, 20):
                assert one.cell(row, column) == other.cell(row, column), (one.title, row, column)
        assert set(one.formulas) | set(one.errors) >= set(other.formulas) | set(other.errors)
        assert dict(one.errors) == dict(other.errors)
        assert one.hidden_rows == other.hidden_rows
        assert one.merges == other.merges
        assert one.hidden == other.hidden
