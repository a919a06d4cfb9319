"""A new, changed or removed indicator is counted from what was handed in, at every level alike."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from sheetflow.schemas.layout import FIRST_ROW, STAMP_SHEET
from tests.tiny.changing import Changing
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    IN_TIME_AGAIN,
    PROVINCE,
    SECOND,
    SECOND_MONTH,
    SIGNED_AGAIN,
    SOUTH,
    cell,
    head,
    outlets,
    patrols,
    sound,
    stamp_cell,
    table,
    words,
)

pytestmark = pytest.mark.slow

LATER = IN_TIME.replace(hour=15)
BOTH = {PROVINCE: (EAST, CITY, SOUTH), CITY: (EAST, CITY)}
WALKS = {EAST: (500, 700, 40), CITY: (200,), SOUTH: (30, 900)}


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Changing:
    """东岸县, its city and 南岸县 have reported; everything above them is published."""
    changing = Changing.make(tmp_path_factory.mktemp("measured"))
    for unit_id, walks in WALKS.items():
        changing.desk.drop(unit_id, changing.desk.fill(unit_id, sound(*walks)))
    changing.run()
    return changing


@pytest.fixture
def changing(reported: Changing, tmp_path: Path) -> Changing:
    """A copy of it."""
    return reported.copy(tmp_path)


def walks(changing: Changing, unit_id: str) -> list[int]:
    """The metres of every walk of all units below, read from the archived originals."""
    found: list[int] = []
    for path in (changing.desk.workspace.archive).rglob("*"):
        if not path.is_file():
            continue
        original = Path(shutil.copy(path, changing.modules / "original.xlsx"))
        book = openpyxl.load_workbook(original, data_only=True)
        if book[STAMP_SHEET][stamp_cell("unit")].value in BOTH[unit_id]:
            place = cell("patrols", "metres")
            column = book["巡河日志"][place].column
            cells = book["巡河日志"].iter_rows(FIRST_ROW, None, column, column, values_only=True)
            found += [metres for (metres,) in cells if isinstance(metres, int)]
        book.close()
    return found


def test_a_new_indicator_counts_what_is_there(changing: Changing) -> None:
    """Declared in the middle of a period, it has the sum of what everybody has handed in already."""
    receipts = {p: c for p, c in changing.desk.publications().items() if "回执" in p}
    changing.indicators(
        '(*INDICATORS, Indicator("H7", "清理费", "元", Sum("patrols", ("metres", "litter"))))'
    )
    said = changing.run(LATER)
    assert "新增H7" in said
    for unit_id in BOTH:
        metres = walks(changing, unit_id)
        totals = changing.totals(unit_id)
        assert (totals["H4"], totals["H6"], totals["H7"]) == (len(metres), sum(metres), sum(metres))
        assert set().union(*changing.checks(unit_id).values()) == {"正确"}
        assert "更正表" not in openpyxl.load_workbook(changing.workbook(unit_id)).sheetnames
    assert {p: c for p, c in changing.desk.publications().items() if "回执" in p} == receipts
    assert "口径" not in changing.run(LATER), "said once"


def test_a_changed_indicator_moves_alike_everywhere(changing: Changing) -> None:
    """Another condition moves the figure, its ratio and all sums; 更正表 says that nobody corrected it."""
    changing.indicators(
        '(*INDICATORS[:1], replace(INDICATORS[1], source=Count("outlets", where("state", "整治中"))),'
        " INDICATORS[2], INDICATORS[3],"
        ' replace(INDICATORS[4], source=Count("patrols", where("means", "乘船"))), INDICATORS[5])'
    )
    assert "改变H2、H3、H5" in changing.run(LATER)
    for unit_id, units in BOTH.items():
        totals = changing.totals(unit_id)
        assert (totals["H2"], totals["H3"], totals["H5"]) == (
            len(units),
            0.5,
            len(walks(changing, unit_id)),
        )
        assert set().union(*changing.checks(unit_id).values()) == {"正确"}
        lines = table(changing.workbook(unit_id), "更正表", "序号")
        moved = {
            (str(line["更正单位"]), str(line["代码"]), line["口径"], line["原数"], line["现数"])
            for line in lines
        }
        assert ("东岸县", "H5", "本期", 0, 3) in moved
        assert ("东岸县", "H5", "累计", 0, 3) in moved
        assert {line["代码"] for line in lines} == {"H5"}, "one of two outlets is closed either way"
        assert all("口径调整" in str(line["更正原因"]) for line in lines)
    told = words(changing.workbook(PROVINCE))
    assert "本表发布后，有6个数因指标的口径有变化而调整，报表没有更正。" in told


@pytest.mark.slow
def test_a_removed_indicator_is_gone_and_leaves_its_history(changing: Changing) -> None:
    """It stands nowhere any longer; what 更正表 says of it stays, without a cell to link to."""
    changing.indicators(
        '(*INDICATORS[:4], replace(INDICATORS[4], source=Count("patrols", where("means", "乘船"))), INDICATORS[5])'
    )
    changing.run(LATER)
    changing.indicators("(*INDICATORS[:4], INDICATORS[5])")
    assert "取消H5" in changing.run(LATER)
    for unit_id in BOTH:
        assert "H5" not in changing.totals(unit_id)
        lines = table(changing.workbook(unit_id), "更正表", "序号")
        assert {(line["代码"], line["指标"]) for line in lines} == {("H5", "（已取消的指标）")}


def test_a_correction_and_an_adjustment_are_told_apart(changing: Changing) -> None:
    """A county that corrects itself answers for its own difference, the declaration for the rest."""
    changing.indicators(
        '(*INDICATORS[:5], replace(INDICATORS[5], source=Sum("patrols", ("metres",), where("means", "步行"))))'
    )
    changing.desk.drop(EAST, changing.desk.fill(EAST, sound(500)))
    changing.run(LATER)
    lines = [
        line
        for line in table(changing.workbook(PROVINCE), "更正表", "序号")
        if (line["更正单位"], line["口径"]) == ("东岸县", "本期")
    ]
    told = {
        str(line["代码"]): (line["原数"], line["现数"], "口径调整" in str(line["更正原因"]))
        for line in lines
    }
    assert told == {"H6": (1240, 0, True), "H4": (3, 1, False)}


def go_on(changing: Changing) -> None:
    """Have 东岸县 report the second period, when the first one is closed."""
    desk = changing.desk
    changing.call(IN_TIME_AGAIN.replace(month=6), "templates", "--period", SECOND)
    rows = {
        "head": head(day=SIGNED_AGAIN),
        "outlets": outlets("已封堵", "整治中", "整治中"),
        "patrols": patrols(60, 80, month=SECOND_MONTH),
    }
    desk.drop(EAST, desk.fill(EAST, rows, period=SECOND, name="二期.xlsx"))
    assert "已接收1" in changing.run(IN_TIME_AGAIN)


@pytest.mark.slow
def test_a_closed_period_keeps_its_figures_and_says_so(changing: Changing) -> None:
    """What was counted otherwise in a period that is over stays, marked; the open one is counted anew."""
    go_on(changing)
    changing.indicators(
        '(*INDICATORS[:4], replace(INDICATORS[4], source=Count("patrols", where("means", "乘船"))), INDICATORS[5],'
        ' Indicator("H7", "在治排口", "个", Count("outlets", where("state", "整治中"))))'
    )
    said = changing.run(IN_TIME_AGAIN)
    assert "改变H5" in said
    assert "仍按原口径" in said
    first, second = changing.totals(CITY, FIRST), changing.totals(CITY, SECOND)
    assert (first["H5"], first["H7"]) == (0, None), "as it was published"
    assert (second["H5"], second["H7"]) == (2, 2), "0 of the first period and 2 of this one"
    assert changing.totals(CITY, SECOND, "本期")["H5"] == 2
    for period in (FIRST, SECOND):
        assert "按原口径：H5（" in changing.note(CITY, period)
        assert set().union(*changing.checks(CITY, period).values()) <= {"正确"}


@pytest.mark.slow
def test_a_receipt_counts_what_was_measured_again_before_it(changing: Changing) -> None:
    """累计 of a new indicator holds the period before, as every sheet above does."""
    changing.indicators(
        '(*INDICATORS, Indicator("H7", "清理费", "元", Sum("patrols", ("metres", "litter"))))'
    )
    changing.run(LATER)
    go_on(changing)
    receipt = openpyxl.load_workbook(changing.desk.answer(EAST, "回执_", SECOND))["回执"]
    rows = [list(row) for row in receipt.iter_rows(values_only=True)]
    (figures,) = (
        row[at + 1 : at + 4]
        for row in rows
        for at, cell in enumerate(row)
        if str(cell).startswith("H7 ")
    )
    assert figures == ["元", 140, sum(WALKS[EAST]) + 140]


@pytest.mark.parametrize("unit_id", [CITY, pytest.param(PROVINCE, marks=pytest.mark.slow)])
def test_a_ratio_of_other_parts_is_told_like_any_figure(changing: Changing, unit_id: str) -> None:
    """A closed period keeps the ratio that it published, marked; in the open one 更正表 lists it once."""
    go_on(changing)
    published = changing.totals(unit_id, FIRST)["H3"]
    changing.indicators(
        '(*INDICATORS[:2], INDICATORS[3], replace(INDICATORS[2], source=Ratio("H1", "H4")), *INDICATORS[4:])'
    )
    assert "改变H3" in changing.run(IN_TIME_AGAIN)
    first, second = changing.totals(unit_id, FIRST), changing.totals(unit_id, SECOND)
    assert (first["H3"], published) == (0.5, 0.5), "as it was published"
    assert second["H3"] == pytest.approx(int(str(second["H1"])) / int(str(second["H4"])))
    assert "按原口径：H3（" in changing.note(unit_id, FIRST)
    assert "按原口径" not in changing.note(unit_id, SECOND), "its parts are counted as before"
    for period, moved in ((FIRST, []), (SECOND, [("东岸县", "H3", pytest.approx(1 / 3), 0.6)])):
        book = changing.workbook(unit_id, period)
        found = openpyxl.load_workbook(book).sheetnames
        lines = table(book, "更正表", "序号") if "更正表" in found else []
        assert [
            (line["更正单位"], line["代码"], line["原数"], line["现数"]) for line in lines
        ] == moved
        assert set().union(*changing.checks(unit_id, period).values()) <= {"正确"}
    assert "口径" not in changing.run(IN_TIME_AGAIN)


def test_a_figure_that_adds_up_otherwise_is_told_like_any(changing: Changing) -> None:
    """What was a book and is a state now: the open period has no 本期 of it, and 更正表 says so."""
    go_on(changing)
    assert changing.totals(CITY, SECOND, "本期")["H1"] == 1
    changing.indicators("(replace(INDICATORS[0], by=Kind.STOCK), *INDICATORS[1:])")
    assert "改变H1" in changing.run(IN_TIME_AGAIN)
    assert changing.totals(CITY, FIRST, "本期")["H1"] == 4, "as it was published"
    assert "按原口径：H1（" in changing.note(CITY, FIRST)
    assert "H1" not in changing.totals(CITY, SECOND, "本期")
    assert changing.totals(CITY, SECOND)["H1"] == 5, "the city's own is carried"
    lines = table(changing.workbook(CITY, SECOND), "更正表", "序号")
    told = [(line["更正单位"], line["代码"], line["原数"], line["现数"]) for line in lines]
    assert told == [("东岸县", "H1", 1, None)]
    for period in (FIRST, SECOND):
        assert set().union(*changing.checks(CITY, period).values()) <= {"正确"}


def test_a_correction_of_a_closed_period_is_not_blamed_for_the_declaration(
    changing: Changing,
) -> None:
    """What a county corrects after its period was counted otherwise says that this moved it, too."""
    go_on(changing)
    changing.indicators(
        '(*INDICATORS[:4], replace(INDICATORS[4], source=Count("patrols", where("means", "乘船"))), INDICATORS[5])'
    )
    changing.run(IN_TIME_AGAIN)
    changing.desk.drop(EAST, changing.desk.fill(EAST, sound(500), name="更正.xlsx"))
    changing.run(IN_TIME_AGAIN)
    lines = table(changing.workbook(CITY, FIRST), "更正表", "序号")
    told = {
        str(line["代码"]): "两份报表的指标口径也不同" in str(line["更正原因"]) for line in lines
    }
    assert told == {"H4": False, "H5": True, "H6": False}


def test_what_was_purged_keeps_its_figures(changing: Changing) -> None:
    """Of a purged workbook only what it gave is known: it stays, and the workbook says 按原口径."""
    changing.call(IN_TIME_AGAIN, "purge", "--before", "2012-05-01", "--yes")
    before = changing.totals(PROVINCE)
    changing.indicators(
        '(*INDICATORS[:5], replace(INDICATORS[5], source=Sum("patrols", ("metres",), where("means", "步行"))))'
    )
    assert "（改变H6），3份报表的报告期已截止" in changing.run(IN_TIME_AGAIN), (
        "none is said to be counted anew"
    )
    assert changing.totals(PROVINCE) == before
    assert "按原口径：H6（" in changing.note(PROVINCE)
    assert set().union(*changing.checks(PROVINCE).values()) == {"正确"}
