"""A 审核单 that comes back is decided row by row, once, by the unit whose folder it lay in."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import openpyxl
import pytest

from sheetflow.consolidation.review_sheet import NUMBER, VERDICT, WAITING_SHEET
from sheetflow.schemas.layout import STAMP_SHEET
from sheetflow.schemas.review import Decision, Matter, Verdict
from tests.reliability.scene import copy_of
from tests.tiny.desk import (
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NEXT_DAY,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    SOUTH,
    WEST,
    Desk,
    body,
    sound,
    stamp_cell,
    table,
)
from tests.tiny.officer import WHO, Officer


@pytest.fixture(autouse=True)
def _asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Superiors are asked, as they are by default."""
    monkeypatch.delenv("SHEETFLOW_REVIEW__POLICY")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace in which the counties and a city have reported, each in time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SHEETFLOW_REVIEW__POLICY")
        desk = Desk.make(tmp_path_factory.mktemp("begun") / "work")
        desk.issue()
        for unit_id in (EAST, WEST, SOUTH, CITY):
            desk.drop(unit_id, desk.fill(unit_id))
        desk.run(IN_TIME)
    return desk.root


@pytest.fixture
def city(begun: Path, tmp_path: Path) -> Officer:
    """Give an officer of the city, whose two counties have reported."""
    return Officer(Desk(copy_of(begun, tmp_path / "work")), CITY)


def decisions(desk: Desk) -> tuple[Decision, ...]:
    """All that was decided."""
    return desk.ask(lambda context: context.store.decisions.find_all())


def told(desk: Desk, unit_id: str) -> str:
    """What the mails about 审核单 say to a unit, each with its subject."""
    mails = [mail for mail in desk.mails(unit_id) if "审核单" in body(mail)]
    return "\n".join(f"{mail['Subject']}\n{body(mail)}" for mail in mails)


def result(path: Path) -> list[tuple[object, object, object, object]]:
    """What a 办理结果 says: what was done, whose row it is, what was typed, and in words."""
    rows = table(path, "办理结果", "序号")
    return [(row["结果"], row["单位"], row["处理"], row["说明"]) for row in rows]


def test_each_row_is_decided_and_answered(city: Officer) -> None:
    """One county is let pass, the other one returned; both stand in the 办理结果, and a mail tells of it."""
    city.signs().says(EAST, "同意").says(WEST, "退回", "里程请核对").drops()
    city.desk.run(NEXT_DAY)
    passed, returned = decisions(city.desk)
    assert (passed.unit_id, passed.matter, passed.verdict) == (EAST, Matter.PASSING, Verdict.AGREE)
    assert (returned.unit_id, returned.verdict) == (WEST, Verdict.RETURN)
    assert {passed.by_unit, returned.by_unit} == {CITY}
    assert {passed.decider, returned.decider} == {WHO}
    (answer,) = city.results
    assert result(answer) == [
        ("已办理", "东岸县", "同意", "已验收"),
        ("已办理", "西岸县", "退回", "已退回，意见已发给西岸县"),
    ]
    assert "审核单已办理" in told(city.desk, CITY)
    assert "2行已经办理" in told(city.desk, CITY)
    assert city.desk.inbox_files() == []


def test_what_is_not_applied_is_told_row_by_row(city: Officer) -> None:
    """A verdict that is not offered and a number that was altered touch nothing, the third row is decided."""
    city.says(EAST, "办结").says(WEST, "同意").drops()
    city.desk.run(NEXT_DAY)
    assert [each.unit_id for each in decisions(city.desk)] == [WEST]
    (answer,) = city.results
    left, done = result(answer)
    assert left[0] == "没有办理"
    assert "不是这一行可以选的" in str(left[3])
    assert done[:2] == ("已办理", "西岸县")
    assert "1行没有办理" in told(city.desk, CITY)


def test_the_same_bytes_again_change_nothing(city: Officer) -> None:
    """Dropped twice, a sheet is decided once; the second time its officer is told so."""
    file = city.says(EAST, "同意").filled()
    for name in ("审核单.xlsx", "再放一次.xlsx"):
        city.desk.drop(CITY, file, name)
        city.desk.run(NEXT_DAY)
    assert len(decisions(city.desk)) == 1
    assert len(city.results) == 1
    mails = told(city.desk, CITY)
    assert "完全一样，没有重复办理" in mails
    assert "审核单已经办理过，没有重复办理" in mails
    assert "按写明的原因改好" not in mails


def test_an_old_copy_tells_what_waits_now(city: Officer) -> None:
    """A row decided before says so, of whom and of what, and which submission waits in the new sheet."""
    older = Path(shutil.copy(city.sheet, city.desk.root.parent / "older.xlsx"))
    city.signs().says(EAST, "退回", "请重报").drops()
    city.desk.run(NEXT_DAY)
    city.desk.drop(EAST, city.desk.fill(EAST, sound(880), name="改好.xlsx"))
    city.desk.run(NEXT_DAY)
    again = Officer(city.desk, CITY).signs().says(EAST, "退回", "请重报")
    city.desk.drop(CITY, again.filled("旧的.xlsx", older))
    city.desk.run(NEXT_DAY)
    (row,) = table(city.results[-1], "办理结果", "序号")
    assert (row["结果"], row["单位"], row["事项"]) == ("以前已办理", "东岸县", "待验收")
    waits = f"现在等着办理的是第2号的待验收（编号{EAST}-{FIRST}-2-验1），请用新的审核单"
    assert waits in str(row["说明"])
    mail = told(city.desk, CITY)
    assert "审核单已经办理过，没有重复办理" in mail
    assert waits in mail
    assert "按写明的原因改好" not in mail


def test_what_all_passing_left_out_is_told_without_blame(city: Officer) -> None:
    """全部通过 with one county asked about: the other one passes, and the sheet counts as done."""
    city.says(EAST, "请核实", "多少？").drops()
    city.desk.run(NEXT_DAY)
    city.passes_the_rest().drops()
    city.desk.run(NEXT_DAY)
    mail = told(city.desk, CITY)
    assert "一并通过1个；另1个还有别的事项，请逐个看：东岸县" in mail
    assert "没有全部办理" not in mail
    assert {row[0] for row in result(city.results[-1])} == {"已办理"}


def test_nobody_named_is_asked_for_and_nothing_to_mend_is_not(city: Officer) -> None:
    """办理结果 hints at a blank 决定人; where all is done it speaks of undoing, not of mending."""
    city.says(EAST, "同意").drops()
    city.desk.run(NEXT_DAY)
    with_hint = _words(city.results[-1])
    assert "有1行没有写“决定人”，已照办，以后请写上" in with_hint
    assert "办错了的" in with_hint
    assert "没有办理的" not in with_hint
    city.signs().says(WEST, "同意").drops()
    city.desk.run(NEXT_DAY)
    assert "没有写“决定人”" not in _words(city.results[-1])


def _words(path: Path) -> str:
    page = openpyxl.load_workbook(path)["办理结果"]
    return "\n".join(str(cell.value) for row in page.iter_rows() for cell in row if cell.value)


def test_of_two_officers_the_first_counts(city: Officer) -> None:
    """The second sheet's row of the same number is told who was quicker; its other row is decided."""
    older = Path(shutil.copy(city.sheet, city.desk.root.parent / "older.xlsx"))
    city.signs("李某").says(EAST, "同意").drops()
    city.desk.run(NEXT_DAY)
    second = Officer(city.desk, CITY).says(EAST, "退回", "再看").says(WEST, "同意")
    city.desk.drop(CITY, second.filled("第二份.xlsx", older))
    city.desk.run(NEXT_DAY)
    assert [(each.unit_id, each.verdict) for each in decisions(city.desk)] == [
        (EAST, Verdict.AGREE),
        (WEST, Verdict.AGREE),
    ]
    late, done = result(city.results[-1])
    assert late[3] == "已由李某4月6日处理（同意），不重复办理"
    assert done[0] == "已办理"


def test_a_decision_about_what_was_replaced_is_not_applied(city: Officer) -> None:
    """The county has sent a newer workbook meanwhile: the officer is told to look at that one."""
    city.says(EAST, "同意").drops()
    again = city.desk.fill(EAST, name="又改.xlsx", spoil=_touch)
    city.desk.drop(EAST, again)
    city.desk.run(NEXT_DAY)
    assert decisions(city.desk) == ()
    ((done, _, _, words),) = result(city.results[0])
    assert done == "没有办理"
    assert "后来又报了第2号" in str(words)


def _touch(book: openpyxl.Workbook) -> None:
    book.properties.title = "又一次"


def test_a_precheck_says_what_would_take_effect(city: Officer) -> None:
    """Put into 预审, a sheet decides nothing, and says what it would."""
    city.says(EAST, "同意").drops(folder="预审")
    city.desk.run(NEXT_DAY)
    assert decisions(city.desk) == ()
    assert city.results == []
    (answer,) = city.desk.out(CITY, FIRST).glob("预审办理结果_*.xlsx")
    assert result(answer)[0][0] == "可以办理"
    assert result(answer)[0][3] == "将验收"
    assert "审核单预审（都可以办理）" in told(city.desk, CITY)


def test_the_rest_of_the_page_is_let_pass(city: Officer) -> None:
    """全部通过 passes both counties in the name of who signed once; each row is answered."""
    city.signs().passes_the_rest().drops()
    city.desk.run(NEXT_DAY)
    assert [(each.unit_id, each.verdict, each.decider) for each in decisions(city.desk)] == [
        (EAST, Verdict.AGREE, WHO),
        (WEST, Verdict.AGREE, WHO),
    ]
    assert [row[0] for row in result(city.results[0])] == ["已办理", "已办理"]


def test_a_workbook_in_doubt_is_let_in_by_its_superior(city: Officer) -> None:
    """待确认: what lay in a wrong folder counts for that folder's unit once the city says 同意."""
    desk = city.desk
    desk.drop(WEST, desk.fill(EAST, sound(900)), "错放.xlsx")
    desk.run(NEXT_DAY)
    held = desk.submissions(WEST)[-1]
    assert held.outcome == "held"
    city.types(WAITING_SHEET, f"{held.receipt}-认1", **{VERDICT: "同意"}).drops()
    desk.run(NEXT_DAY)
    (decision,) = decisions(desk)
    assert (decision.matter, decision.receipt) == (Matter.HELD, held.receipt)
    assert desk.submissions(WEST)[-1].outcome != "held"


def test_a_delay_is_granted_until_a_day(city: Officer) -> None:
    """下级情况: 已批准缓报 with its day is noted of the county; another officer's older sheet does not undo it."""
    desk = city.desk
    other = Officer(desk, OTHER_CITY)
    other.types("下级情况", NORTH, 未报原因="已批准缓报", 缓报至=dt.date(2012, 4, 20)).drops()
    desk.run(NEXT_DAY)
    (noted,) = decisions(desk)
    assert (noted.unit_id, noted.matter) == (NORTH, Matter.UNIT)
    assert (noted.details["reason"], noted.details["until"]) == ("已批准缓报", "2012-04-20")
    row = next(row for row in table(other.sheet, "下级情况", NUMBER) if row["单位"] == "北岸县")
    assert (row["未报原因"], row[NUMBER]) == ("已批准缓报", f"{NORTH}-{FIRST}-况2")


def test_a_question_goes_from_one_sheet_to_the_other_and_back(
    city: Officer, tmp_path: Path
) -> None:
    """请核实, the county's answer in its copy, 已答复 in the next 审核单, 办结: nothing waits of it any more."""
    desk = city.desk
    city.says(EAST, "请核实", "为什么只有500？").drops()
    desk.run(NEXT_DAY)
    copy = openpyxl.load_workbook(desk.answer(EAST, "请核实_"))
    page = copy["问题清单"]
    (answer,) = (cell for row in page.iter_rows() for cell in row if cell.value == "情况说明")
    answer.offset(row=1).value = "当期只走了一段。"
    copy.save(tmp_path / "答复.xlsx")
    desk.drop(EAST, tmp_path / "答复.xlsx")
    desk.run(NEXT_DAY)
    (asked,) = (row for row in table(city.sheet, WAITING_SHEET, NUMBER) if row["事项"] == "已答复")
    assert "当期只走了一段。" in str(asked["内容"])
    city.types(WAITING_SHEET, str(asked[NUMBER]), **{VERDICT: "办结"}).drops()
    desk.run(NEXT_DAY)
    assert [each.verdict for each in decisions(desk)] == [Verdict.QUERY, Verdict.SETTLE]
    left = {row["事项"] for row in table(city.sheet, WAITING_SHEET, NUMBER)}
    assert "已答复" not in left


def test_a_decision_is_taken_back(city: Officer) -> None:
    """撤销 in 已处理: what waited waits again, under the next number."""
    city.says(EAST, "同意").drops()
    city.desk.run(NEXT_DAY)
    city.types("已处理", EAST, 撤销="是").drops()
    city.desk.run(NEXT_DAY)
    assert [each.verdict for each in decisions(city.desk)] == [Verdict.AGREE, Verdict.UNDO]
    assert {row[NUMBER] for row in table(city.sheet, WAITING_SHEET, NUMBER)} >= {
        f"{EAST}-{FIRST}-1-验2"
    }


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        (OTHER_CITY, "请用本单位答复文件夹里的审核单"),
        (PROVINCE, "请用本单位答复文件夹里的审核单"),
        (EAST, "不用办理审核单"),
    ],
)
def test_a_sheet_in_another_folder_decides_nothing(city: Officer, folder: str, words: str) -> None:
    """Another city's, the province's and the county's own folder: told whose it is, and nothing done."""
    city.desk.drop(folder, city.says(EAST, "同意").filled())
    city.desk.run(NEXT_DAY)
    assert decisions(city.desk) == ()
    mail = told(city.desk, folder)
    assert "这是上游市的审核单，没有办理" in mail
    assert words in mail
    assert "逐行看结果" not in mail
    assert "按写明的原因改好" not in mail
    last = [each for each in city.desk.mails(folder) if words in body(each)]
    assert [list(each.iter_attachments()) for each in last] == [[]], "it would have no row"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (f"{SOUTH}-{FIRST}-1-验1", "不是本单位的直接下级，由下游市办理"),
        (f"{CITY}-{FIRST}-1-验1", "是本单位自己的报送"),
        ("990101-2012Q1-77-验1", "没有“990101-2012Q1-77-验1”这个编号，可能被改动过"),
        ("990101-2012Q1-1-验9", "没有“990101-2012Q1-1-验9”这个编号，可能被改动过"),
        ("990101-2012Q1-1-核H99-1", "没有“990101-2012Q1-1-核H99-1”这个编号，可能被改动过"),
        ("990101-2012Q1-1-办1", "没有“990101-2012Q1-1-办1”这个编号，可能被改动过"),
        ("990101-2012Q1-1-放deep-1", "这一项现在不用办理，请看新的审核单"),
    ],
)
def test_a_number_of_somebody_else_decides_nothing(city: Officer, number: str, words: str) -> None:
    """A sibling's county, the own submission, altered ones and one that waits no more: the number tells, and why."""
    city.types(WAITING_SHEET, EAST, **{NUMBER: number, VERDICT: "同意"}).drops()
    city.desk.run(NEXT_DAY)
    assert decisions(city.desk) == ()
    assert words in str(result(city.results[0])[0][3])


def test_the_unit_two_levels_up_does_not_decide(city: Officer) -> None:
    """The province lets pass what cities hand up, and no county's workbook."""
    province = Officer(city.desk, PROVINCE)
    number = f"{EAST}-{FIRST}-1-验1"
    province.types(WAITING_SHEET, CITY, **{NUMBER: number, VERDICT: "同意"}).drops()
    city.desk.run(CITIES_DAY)
    assert decisions(city.desk) == ()
    assert "由上游市办理" in str(result(province.results[0])[0][3])


def _restamp(unit_id: str, file: Path) -> Path:
    book = openpyxl.load_workbook(file)
    book[STAMP_SHEET][stamp_cell("unit")].value = unit_id
    del book.defined_names["sheetflow_unit"]
    book.save(file)
    return file


def test_a_stamp_that_was_altered_is_none(city: Officer) -> None:
    """Who writes the own id into another's stamp has no token for it: nothing is done."""
    city.desk.drop(OTHER_CITY, _restamp(OTHER_CITY, city.says(EAST, "同意").filled()))
    city.desk.run(NEXT_DAY)
    assert decisions(city.desk) == ()
    assert "标识被改动过" in told(city.desk, OTHER_CITY)


def test_who_has_nobody_below_decides_nothing(city: Officer) -> None:
    """A county without townships that stamps a sheet as its own has nothing to decide."""

    def stamped(book: openpyxl.Workbook) -> None:
        page = book[STAMP_SHEET]
        page[stamp_cell("unit")].value = EAST
        page[stamp_cell("token")].value = token
        for key in ("unit", "token"):
            del book.defined_names[f"sheetflow_{key}"]

    token = city.desk.ask(
        lambda context: context.token_for(context.campaign.main_form.key, EAST, FIRST)
    )
    city.says(EAST, "同意").typed.append(stamped)
    city.desk.drop(EAST, city.filled())
    city.desk.run(NEXT_DAY)
    assert decisions(city.desk) == ()
    assert "没有填报这张表的下级单位" in told(city.desk, EAST)


def test_scans_are_kept_with_what_they_are_of(city: Officer) -> None:
    """签批_编号.pdf beside the sheet is told in the 办理结果; one without a number is asked about."""
    number = f"{EAST}-{FIRST}-1-验1"
    city.desk.drop(CITY, b"%PDF-1.4 scanned", f"签批_{number}.pdf")
    city.desk.drop(CITY, b"%PDF-1.4 scanned too", "签批_领导.pdf")
    city.says(EAST, "同意", 依据="签批件").says(WEST, "同意", 依据="签批件").drops()
    city.desk.run(NEXT_DAY)
    said = [row[3] for row in result(city.results[0])]
    assert said == ["已验收；签批件已存", "已验收；还没有收到签批件（取名“签批_编号.pdf”放进来）"]
    assert "签批件没有对上编号" in told(city.desk, CITY)
    assert city.desk.inbox_files() == []
