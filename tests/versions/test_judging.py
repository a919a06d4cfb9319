"""A workbook is judged by the version in which it is filled in, by its stamp or its headers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from collections.abc import Sequence

import openpyxl
import pytest

from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.pipeline import judge
from sheetflow.prefill import Filling, prefill_blank, prefill_returned
from sheetflow.schemas.book import Earlier, Judgement, JudgingContext
from sheetflow.schemas.layout import STAMP_SHEET
from sheetflow.writing import Dress, write_workbook
from tests.drawing import draw
from tests.tiny.desk import EAST, FIRST, IN_TIME, SECOND, SIGNED, TREE
from tests.tiny.drawn import PATROLS
from tests.versions.declared import campaign

OLD = (
    PATROLS
    + """
# 巡河船只
| 船名 | 座位（个） |
| --- | --- |
| 清水一号 | 8 |
"""
)
NEW = f"""
# 巡查表头
| 巡查单位 | 东岸县 |
| 巡查单位代码 | '990101 |
| 巡查季度 | {FIRST} |
| 制表日期 | {SIGNED} |
| 全线封冻未巡 | 否 |

# 排口台账
| 排口编号 | 岸别 | 河流名称 | 河长姓名 | 发现日期 | 处置情况 | 封堵日期 | 封堵单位 |
| --- | --- | --- | --- | --- | --- | --- | --- |
| P0001 | 右岸 | 清水河 | 王安澜 | 2012-01-10 | 已封堵 | 2012-02-10 | |
| P0002 | 左岸 | 清水河 | 王安澜 | 2012-01-12 | 整治中 | | 水务局 |

# 巡河日志
| 巡河方式 | 巡河日期 | 天气 | 所查排口 | 巡河里程（米） |
| --- | --- | --- | --- | --- |
| 步行 | 2012-02-15 | 雨 | P0001 | 800 |
| 乘船 | 2012-02-16 | 晴 | | 900 |

# 警示牌登记
| 位置 | 警示牌（块） |
| --- | --- |
| 闸口 | 3 |
"""


def judged(
    text: str, stamped: str = "", declared: int = 2, earlier: Earlier | None = None
) -> Judgement:
    """Judge a drawn workbook stamped with a version (or without a stamp)."""
    whole = campaign(declared)
    stamp = {
        "campaign": whole.key,
        "form": "patrol",
        "version": stamped,
        "unit": EAST,
        "period": FIRST,
    }
    context = JudgingContext(
        unit=TREE[EAST],
        tree=TREE,
        now=IN_TIME.replace(tzinfo=OFFICE_ZONE),
        working_days={"县": 2, "市": 4, "省": 6},
        earlier=lambda _form, _period: earlier,
    )
    return judge(draw(text, stamp=stamp if stamped else {}), whole, context)


def told(judgement: Judgement) -> list[tuple[str, str, str]]:
    """Give rule, sheet and cell of each finding."""
    return [(each.rule, each.place.title, each.place.cell) for each in judgement.findings]


def said(judgement: Judgement) -> list[str]:
    """Give the sentences."""
    return [campaign(2).catalogue.sentence(each) for each in judgement.findings]


@pytest.mark.parametrize("stamped", ["1", ""])
def test_an_old_workbook_is_accepted_with_the_columns_it_has(stamped: str) -> None:
    """A county that still sends version 1 hears once what is new, and nothing else."""
    judgement = judged(OLD, stamped)
    assert (judgement.outcome.value, judgement.version) == ("accepted", 1)
    assert said(judgement) == [
        (
            "整个工作簿：用的是第1版的表，现行的是第2版，"
            "新增了《排口台账》的“岸别”“封堵单位”、《巡河日志》的“天气”、《警示牌登记》，"
            "停用了《巡河日志》的“清理费用（元）”、《巡河船只》（填过的内容存在原件里）。"
            "本次按原来的栏目审核，不用为此重填；退回的，退回件已换成新版，填过的都在里面；"
            "下次请用答复文件夹（outbox）中新版的“填报_”工作簿。"
        )
    ]


def test_what_was_retired_is_kept_and_counted() -> None:
    """Cells of a retired column and rows of a retired sheet count; what is new has no figure."""
    judgement = judged(OLD, "1")
    assert judgement.book is not None
    assert [str(row["litter"]) for row in judgement.book.rows("patrols")] == ["20.5", "None"]
    figures = {code: judgement.figures[code] for code in ("H1", "H4", "H6", "H8")}
    assert figures == {"H1": 2, "H4": 2, "H6": 1700, "H8": 8}
    assert str(judgement.figures["H7"]) == "20.5"
    new = [judgement.figures[code] for code in ("H9", "H10", "H11", "H12", "H13")]
    assert new == [None] * 5


@pytest.mark.parametrize("stamped", ["2", ""])
def test_a_new_workbook_has_what_is_new(stamped: str) -> None:
    """A workbook of version 2 is judged with its new columns; what was retired has no figure."""
    judgement = judged(NEW, stamped)
    assert (judgement.outcome.value, judgement.version, told(judgement)) == ("accepted", 2, [])
    codes = ("H1", "H4", "H7", "H8", "H9", "H10", "H11", "H12")
    assert [judgement.figures[code] for code in codes] == [2, 2, None, None, 1, 1, 1, 3]


def test_a_new_required_column_is_asked_for_from_its_version_on() -> None:
    """In version 2 a blank cell and a column torn out are found, at their places."""
    blank = NEW + "@ 巡河日志 天气 4 = \n"
    assert told(judged(blank, "2")) == [("required", "巡河日志", "C4")]
    torn = NEW.replace("| 天气 ", "").replace(
        "| --- | --- | --- | --- | --- |", "| --- | --- | --- | --- |"
    )
    torn = torn.replace("| 雨 ", "").replace("| 晴 ", "")
    assert ("column-missing", "巡河日志", "") in told(judged(torn, "2"))


def test_the_copy_of_an_old_workbook_is_the_new_form_with_all_that_was_typed() -> None:
    """A fault stands at its cell of the new form; one in a retired column asks nothing more."""
    text = OLD + "@ 巡河日志 清理费用（元） 4 = 很多\n@ 巡河日志 巡河里程（米） 5 = 约20\n"
    judgement = judged(text, "1")
    spots = {spot[1:] for spot in told(judgement)}
    assert {("巡河日志", "D5"), ("巡河日志", "E4")} <= spots
    filling = prefill_returned(campaign(2), TREE[EAST], judgement)
    assert filling.stamp.version == "2"
    page = written(filling)
    header = [str(cell.value).replace("\n", "").strip("＊*") for cell in page["巡河日志"][3]]
    assert header == ["巡河方式", "巡河日期", "天气", "所查排口", "巡河里程（米）"]
    assert "巡河船只" not in page.sheetnames
    marked = [each.place.cell for each in filling.findings if each.place.sheet == "patrols"]
    assert sorted(marked) == ["", "E5"]
    assert page["巡河日志"]["E5"].value == "约20"
    (gone,) = [each.number for each in filling.findings if not each.place.cell and each.place.row]
    assert filling.settled == {gone: "新版没有这一处，不用再改"}
    typed = values(page, "排口台账", 4)
    assert (typed[0], *typed[2:4]) == ("P0001", "清水河", "王安澜")


def test_a_retired_column_in_a_new_workbook_is_named() -> None:
    """Whoever pastes the old column into the new form is told that nobody reads it."""
    text = NEW.replace("| 巡河里程（米） |", "| 巡河里程（米） | 清理费用（元） |").replace(
        "| --- | --- | --- | --- | --- |\n| 步行", "| --- | --- | --- | --- | --- | --- |\n| 步行"
    )
    text = text.replace("| P0001 | 800 |", "| P0001 | 800 | 20 |").replace(
        "| | 900 |", "| | 900 | |"
    )
    assert told(judged(text, "2")) == [("column-extra", "巡河日志", "F3")]


def test_an_old_workbook_brought_up_to_date_by_hand_is_a_new_one() -> None:
    """Headers tell more than the stamp where all that is new is there."""
    judgement = judged(NEW, "1")
    assert (judgement.version, told(judgement)) == (2, [])


def test_a_retired_option_is_read_and_offered_to_nobody() -> None:
    """The book of an old row goes on; the drop-down and the sentence name today's options."""
    assert judged(OLD + "@ 巡河日志 巡河方式 4 = 无人机\n", "1").outcome.value == "accepted"
    wrong = judged(NEW + "@ 巡河日志 巡河方式 4 = 飞艇\n", "2")
    assert "请从下拉列表中选：步行、乘船。" in said(wrong)[0]


def earlier_of(judgement: Judgement) -> Earlier:
    """What an accepted workbook leaves for the next period."""
    assert judgement.book is not None
    rows = {
        key: [dict(row.values) for row in found.rows]
        for key, found in judgement.book.sheets.items()
    }
    return Earlier(Period.parse(FIRST), f"990101-{FIRST}-1", rows, judgement.figures)


def written(filling: Filling) -> openpyxl.Workbook:
    """Write a workbook and open it."""
    dress = Dress(campaign="河道巡查", catalogue=campaign(2).catalogue)
    made = write_workbook(filling, dress, dt.datetime(2012, 3, 1, tzinfo=dt.UTC))
    return openpyxl.load_workbook(io.BytesIO(made))


def values(page: openpyxl.Workbook, title: str, row: int) -> Sequence[object]:
    """Give the cells of a row."""
    return [cell.value for cell in page[title][row]]


def test_old_rows_go_into_the_new_form() -> None:
    """Books come back with their rows; new columns are blank, retired figures stand as they were."""
    whole = campaign(2)
    filling = prefill_blank(
        whole, whole.forms[0], TREE[EAST], Period.parse(SECOND), earlier_of(judged(OLD, "1"))
    )
    page = written(filling)
    assert filling.stamp.version == "2"
    assert values(page, "排口台账", 4)[:5] == [
        "P0001",
        None,
        "清水河",
        "王安澜",
        dt.datetime(2012, 1, 10),  # noqa: DTZ001
    ]
    assert "巡河船只" not in page.sheetnames
    assert "警示牌登记" in page.sheetnames
    lines = {
        row[0].value: [cell.value for cell in row] for row in page["巡河汇总"].iter_rows(min_row=4)
    }
    assert lines["H7"][3:] == [20.5, "—", "=N(D10)"]
    assert "COUNTIFS(" in str(lines["H10"][4])
    assert ["version", "2"] in [
        [cell.value for cell in row][:2] for row in page[STAMP_SHEET].iter_rows()
    ]


def test_nothing_of_another_version_is_a_change() -> None:
    """A closed row, a nil return and a kept book are compared by what both versions have."""
    left = earlier_of(judged(OLD, "1"))
    left = dataclasses.replace(left, period=Period.parse("2011B6"))
    assert told(judged(NEW, "2", earlier=left)) == []
    back = dataclasses.replace(earlier_of(judged(NEW, "2")), period=Period.parse("2011B6"))
    assert [rule for rule, _, _ in told(judged(OLD, "1", earlier=back))] == ["version-older"]
    nil = OLD.replace("| 全线封冻未巡 | 否 |", "| 全线封冻未巡 | 是 |")
    nil = nil[: nil.index("# 巡河日志")]
    assert "nil-with-rows" not in {rule for rule, _, _ in told(judged(nil, "1", earlier=back))}
