"""The whole service on a second campaign: the engine reads declarations and knows no subject."""

from __future__ import annotations

import warnings
from pathlib import Path

import openpyxl
import pytest

from sheetflow.schemas.layout import GUIDE_SHEET, STAMP_SHEET
from tests.tiny.desk import (
    ALL,
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    NEXT_DAY,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    REEDS,
    SANDS,
    SECOND,
    SOUTH,
    WEST,
    YEAR,
    Desk,
    Rows,
    Typed,
    body,
    cell,
    head,
    patrols,
    sound,
    table,
    words,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A province whose units have dropped but two: good, bad, nil, astray and no workbook at all."""
    desk = Desk.make(tmp_path_factory.mktemp("rivers") / "work")
    assert desk.issue() == len(ALL)
    for unit_id, walks in ((PROVINCE, (100,)), (CITY, (200,)), (EAST, (500, 700))):
        desk.drop(unit_id, desk.fill(unit_id, sound(*walks)))
    march = patrols(40_000, means="步行")
    desk.drop(WEST, desk.fill(WEST, {**sound(), "patrols": march}))
    desk.drop(SOUTH, desk.fill(SOUTH, {"head": head(frozen="是")}))
    desk.drop(NORTH, desk.fill(EAST, name="东岸.xlsx"))
    desk.drop(OTHER_CITY, b"no workbook at all", "报表.xlsx")
    desk.run()
    return desk


def test_issued_workbooks_hold_the_declared_sheets(desk: Desk) -> None:
    """A unit gets its own workbook with the campaign's sheets, rules in words, and its stamp."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(desk.issued(EAST))
    titles = ["巡查表头", "巡河汇总", "排口台账", "巡河日志"]
    assert [title for title in book.sheetnames if title in titles] == titles
    assert book["巡查表头"][cell("head", "station")].value == "东岸县"
    stamp = [entry.value for entry in book[STAMP_SHEET]["B"]]
    assert stamp[:5] == ["rivers", "patrol", "1", EAST, FIRST]
    assert (len(stamp[5]), stamp[6:]) == (len("K7QF-2ABCDEFGHIJKLMNO"), ["full"])
    guide = " ".join(str(cell.value) for row in book[GUIDE_SHEET] for cell in row if cell.value)
    assert "步行巡河一次不超过30000米" in guide
    book.close()


def test_every_drop_is_answered(desk: Desk) -> None:
    """Accepted, nil, returned, held and refused: each finds the right file in its outbox."""
    assert {unit: desk.names(unit)[0] for unit in (PROVINCE, CITY, EAST, SOUTH)} == {
        PROVINCE: f"回执_99-清河省_{FIRST}_第1号.xlsx",
        CITY: f"回执_9901-上游市_{FIRST}_第1号.xlsx",
        EAST: f"回执_990101-东岸县_{FIRST}_第1号.xlsx",
        SOUTH: f"回执_990201-南岸县_{FIRST}_第1号.xlsx",
    }
    assert f"退回_990102-西岸县_{FIRST}_第1号.xlsx" in desk.names(WEST)
    assert f"待确认_990202-北岸县_{FIRST}_第1号.xlsx" in desk.names(NORTH)
    assert "拒收_9902-下游市_第1号.xlsx" in desk.names(OTHER_CITY, "")
    assert desk.states() == {
        PROVINCE: "accepted",
        CITY: "accepted",
        EAST: "accepted",
        WEST: "returned",
        OTHER_CITY: "missing",
        SOUTH: "nil",
        REEDS: "missing",
        SANDS: "missing",
        NORTH: "held",
    }
    assert desk.inbox_files() == []


def test_the_campaigns_own_rule_marks_the_cell(desk: Desk) -> None:
    """The returned copy names the cell, the rule's sentence and what to do."""
    returned = desk.answer(WEST, "退回", FIRST)
    (line,) = table(returned, "问题清单", "序号")
    place = cell("patrols", "metres")
    assert (line["工作表"], line["单元格"], line["类别"]) == ("巡河日志", place, "强制性")
    assert line["问题"] == "步行巡河里程为40000米，一次步行不会超过30000米"
    book = openpyxl.load_workbook(returned)
    assert book["巡河日志"][place].value == 40_000
    assert "步行巡河里程" in book["巡河日志"][place].comment.text
    book.close()


def test_receipts_say_what_was_counted(desk: Desk) -> None:
    """The receipt bears the number, the rows of each sheet and the recomputed indicators."""
    told = words(desk.answer(EAST, "回执", FIRST))
    for word in (f"990101-{FIRST}-1", "巡河日志", "排口封堵率", "1200"):
        assert word in told.replace(",", "")


@pytest.mark.parametrize(
    ("unit_id", "name", "expected"),
    [
        (PROVINCE, "清河省", {"H1": 6, "H2": 3, "H3": 0.5, "H4": 4, "H6": 1500}),
        (CITY, "上游市", {"H1": 4, "H2": 2, "H3": 0.5, "H4": 3, "H6": 1400}),
        (OTHER_CITY, "下游市", {"H1": 0, "H2": 0, "H3": "—", "H4": 0, "H6": 0}),
    ],
)
def test_consolidated_workbooks_add_up(
    desk: Desk, unit_id: str, name: str, expected: dict[str, object]
) -> None:
    """Cities and the province read the sums of all below and their own work; ratios from parts."""
    path = desk.out(unit_id, FIRST) / f"汇总表_{name}_{FIRST_NAMED}.xlsx"
    figures = {str(row["代码"]): row["合计"] for row in table(path, "巡河汇总（累计）", "代码")}
    assert {code: figures[code] for code in expected} == expected


def test_details_go_up_with_their_source(desk: Desk) -> None:
    """The province lists every row with its receipt, keys made unique, personal columns left out."""
    path = desk.out(PROVINCE, FIRST) / f"汇总表_清河省_{FIRST_NAMED}.xlsx"
    rows = table(path, "排口台账", "排口编号")
    assert [row["排口编号"] for row in rows] == [
        f"{unit}-P000{number}" for unit in (PROVINCE, CITY, EAST) for number in (1, 2)
    ]
    assert {row["来源"] for row in rows} == {f"{unit}-{FIRST}-1" for unit in (PROVINCE, CITY, EAST)}
    assert "王安澜" not in words(path)
    walks = table(path, "巡河日志", "巡河日期")
    assert [row["巡河里程（米）"] for row in walks] == [100, 200, 500, 700]


def test_boards_show_who_stands_where(desk: Desk) -> None:
    """The province's board has all units, a city's only its own; both as workbook and as page."""
    board = table(desk.out(PROVINCE) / "上报情况_清河省.xlsx", "上报情况", "单位代码")
    assert {str(row["单位代码"]): row[FIRST_NAMED] for row in board} == {
        PROVINCE: "已接收",
        CITY: "已接收",
        EAST: "已接收",
        WEST: "退回待改",
        OTHER_CITY: "未报",
        SOUTH: "零报告",
        REEDS: "未报（逾期）",
        SANDS: "未报（逾期）",
        NORTH: "待确认",
    }
    page = (desk.out(OTHER_CITY) / "上报情况_下游市.html").read_text(encoding="utf-8")
    assert "南岸县" in page
    assert ">东岸县<" not in page


def test_one_mail_for_each_event(desk: Desk) -> None:
    """Every drop brings one mail; the unit that an astray workbook names is told, and the superior."""
    subjects = {unit: [str(mail["Subject"]) for mail in desk.mails(unit)] for unit in ALL}
    assert subjects[WEST] == [f"【河道巡查】退回：西岸县 {FIRST_NAMED}（第1号）"]
    assert "1处审核意见（强制性1处）" in body(desk.mails(WEST)[0])
    assert [len(subjects[unit]) for unit in ALL] == [1, 1, 2, 1, 2, 1, 0, 0, 1]
    assert any("待确认" in subject for subject in subjects[OTHER_CITY])
    astray = next(mail for mail in desk.mails(EAST) if "已接收" not in str(mail["Subject"]))
    assert "北岸县" in body(astray)
    (receipt,) = (mail for mail in desk.mails(EAST) if "已接收" in str(mail["Subject"]))
    (attached,) = receipt.iter_attachments()
    assert attached.get_filename() == f"回执_990101-东岸县_{FIRST}_第1号.xlsx"


def test_a_campaign_without_report_makes_none(desk: Desk) -> None:
    """Where a form declares no report, no Word file appears and nothing stays stale for it."""
    assert list(desk.workspace.outbox.rglob("*.docx")) == []
    assert desk.ask(lambda context: context.store.publications.find_stale()) == ()


def test_books_go_on_in_the_next_period(tmp_path: Path) -> None:
    """The next workbook brings the book's rows and 上期累计, and flows add up over periods."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST, sound(500)))
    desk.run(NEXT_DAY)
    desk.issue(SECOND, NEXT_DAY)
    again = desk.issued(EAST, SECOND)
    kept = [row["排口编号＊"] for row in table(again, "排口台账", "排口编号＊")]
    assert sorted(str(key) for key in kept[:2]) == ["P0001", "P0002"]
    before = {row["代码"]: row["上期累计"] for row in table(again, "巡河汇总", "代码")}
    assert (before["H1"], before["H6"]) == (2, 500)


def test_a_second_form_keeps_to_itself(tmp_path: Path) -> None:
    """A yearly form without statistics, nil or report is issued, answered, and consolidated."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.issue(YEAR, form="register")
    rivers: list[dict[str, Typed]] = [
        {"river": "清水河", "length": 12_000},
        {"river": "浑水河", "length": 800},
    ]
    signed: Rows = {"sign": [{"written_on": "2012-3-1"}], "rivers": rivers}
    desk.drop(EAST, desk.fill(EAST), "一.xlsx")
    desk.drop(EAST, desk.fill(EAST, signed, period=YEAR), "二.xlsx")
    desk.run(NEXT_DAY)
    assert "回执_990101-东岸县_2012_河道名录_第1号.xlsx" in desk.names(EAST, YEAR)
    assert f"回执_990101-东岸县_{FIRST}_第1号.xlsx" in desk.names(EAST, FIRST)
    listed = desk.answer(PROVINCE, "汇总表", YEAR)
    assert [row["河道名称"] for row in table(listed, "河道一览", "河道名称")] == [
        "清水河",
        "浑水河",
    ]
    boards = sorted(path.name for path in desk.out(PROVINCE).glob("上报情况*.xlsx"))
    assert boards == ["上报情况_清河省.xlsx", "上报情况_清河省_河道名录.xlsx"]
