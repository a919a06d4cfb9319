"""What a province asks about a county: by way of the city, down and up again, in real 审核单 that are dropped."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from sheetflow.consolidation.review_sheet import (
    LOOKS_SHEET,
    NUMBER,
    OPINION,
    VERDICT,
    WAITING_SHEET,
)
from sheetflow.schemas.review import Decision
from tests.reliability.scene import copy_of
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    IN_TIME_AGAIN,
    NEXT_DAY,
    PROVINCE,
    REEDS,
    SECOND,
    SECOND_MONTH,
    SIGNED_AGAIN,
    WEST,
    Desk,
    head,
    patrols,
    sound,
    table,
)
from tests.tiny.officer import Officer

pytestmark = pytest.mark.slow

Row = dict[str, object]
_ASKED = "比上季多了九倍，为什么？"
_SAID = "新增了三个河段。"


@pytest.fixture(autouse=True)
def _asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures go up as soon as they are there, and superiors are asked."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "flag")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace in which the eastern county walked ten times as far as in the period before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHEETFLOW_REVIEW__POLICY", "flag")
        desk = Desk.make(tmp_path_factory.mktemp("begun") / "work")
        desk.issue()
        for unit_id in (EAST, WEST):
            desk.drop(unit_id, desk.fill(unit_id, sound(500)))
        desk.run(IN_TIME)
        desk.issue(SECOND, NEXT_DAY)
        for unit_id, metres in ((EAST, 5000), (WEST, 500)):
            rows = {"head": head(day=SIGNED_AGAIN), "patrols": patrols(metres, month=SECOND_MONTH)}
            desk.drop(unit_id, desk.fill(unit_id, rows, period=SECOND))
        desk.run(IN_TIME_AGAIN)
    return desk.root


@pytest.fixture
def desk(begun: Path, tmp_path: Path) -> Desk:
    """Give a copy of it."""
    return Desk(copy_of(begun, tmp_path / "work"))


def officer(desk: Desk, unit_id: str) -> Officer:
    """Give who fills in a unit's newest 审核单."""
    return Officer(desk, unit_id, SECOND)


def rows(desk: Desk, unit_id: str, title: str = WAITING_SHEET) -> list[Row]:
    """The rows of a sheet of a unit's 审核单 that are about the eastern county."""
    listed = table(officer(desk, unit_id).sheet, title, NUMBER)
    return [row for row in listed if row["单位"] == "东岸县" and row[NUMBER]]


def one(desk: Desk, unit_id: str, matter: str) -> Row:
    """The one row of what waits that is such a matter."""
    (found,) = (row for row in rows(desk, unit_id) if row["事项"] == matter)
    return found


def types(desk: Desk, unit_id: str, row: Row, title: str = WAITING_SHEET, **cells: str) -> str:
    """Type into that row, drop the sheet; give what its 办理结果 says of it."""
    drops = officer(desk, unit_id).types(title, str(row[NUMBER]), **cells)
    drops.drops()
    desk.run(IN_TIME_AGAIN)
    newest = max(drops.results, key=lambda path: path.stat().st_mtime_ns)
    (told,) = table(newest, "办理结果", "序号")
    return f"{told['结果']}：{told['说明']}"


def asks(desk: Desk) -> str:
    """The province asks about the county's figure; give what it is told."""
    (row,) = rows(desk, PROVINCE, LOOKS_SHEET)
    return types(desk, PROVINCE, row, LOOKS_SHEET, **{VERDICT: "请核实", OPINION: _ASKED})


def decisions(desk: Desk) -> tuple[Decision, ...]:
    """All that was decided."""
    return desk.ask(lambda context: context.store.decisions.find_all())


def test_a_province_sees_what_deserves_a_look_further_down(desk: Desk) -> None:
    """The county's figure stands in both sheets, each under its own number; only the city may return it."""
    (province,), (city,) = (rows(desk, each, LOOKS_SHEET) for each in (PROVINCE, CITY))
    assert province[NUMBER] == f"{EAST}-{SECOND}-1-核H6-{PROVINCE}-1"
    assert city[NUMBER] == f"{EAST}-{SECOND}-1-核H6-1"
    assert province["为什么要看"] == city["为什么要看"] == "本期5000，上期500，变动超过三倍"
    told = types(desk, PROVINCE, province, LOOKS_SHEET, **{VERDICT: "退回", OPINION: "改"})
    assert told == "没有办理：“退回”不是这一行可以选的，可选：无异议、请核实"
    assert decisions(desk) == ()
    page = openpyxl.load_workbook(officer(desk, PROVINCE).sheet)[LOOKS_SHEET]
    offered = {each.formula1 for each in page.data_validations.dataValidation}
    assert '"无异议,请核实"' in offered
    assert not any("退回" in str(each) for each in offered)


def test_a_question_goes_down_by_the_city_and_its_answer_up(desk: Desk, tmp_path: Path) -> None:
    """Province, city, county, city, province: each finds it in its own sheet, in words, and settles its part."""
    assert (
        asks(desk)
        == "已办理：已请东岸县的上级核实，由它答复，或者转东岸县答复（指标：H6 巡河里程）"
    )
    assert rows(desk, CITY, LOOKS_SHEET) == rows(desk, PROVINCE, LOOKS_SHEET) == []
    assert not list(desk.out(EAST, SECOND).glob("请核实_*"))
    asked = one(desk, CITY, "省级核实事项")
    assert asked["内容"] == f"清河省7月3日问“H6 巡河里程”：{_ASKED}"
    assert asked["怎样办，结果怎样"] == (
        "办结：“意见”就是给清河省的答复。请核实：转东岸县答复，办结后再报清河省。"
    )

    told = types(desk, CITY, asked, **{VERDICT: "请核实", OPINION: "省里问里程，请说明。"})
    assert told == "已办理：已转东岸县核实（指标：H6 巡河里程）"
    (before,) = rows(desk, PROVINCE, "已处理")
    assert before["办理以后"] == "已转单位核实，等答复。"
    copy = openpyxl.load_workbook(desk.answer(EAST, "请核实_", SECOND))
    page = copy["问题清单"]
    said = " ".join(str(cell.value) for row in page.iter_rows() for cell in row if cell.value)
    assert "上游市" in said
    assert "省里问里程，请说明。" in said
    (answer,) = (cell for row in page.iter_rows() for cell in row if cell.value == "情况说明")
    answer.offset(row=1).value = _SAID
    copy.save(tmp_path / "答复.xlsx")
    desk.drop(EAST, tmp_path / "答复.xlsx")
    desk.run(IN_TIME_AGAIN)

    assert not [row for row in rows(desk, PROVINCE) if row["事项"] == "已答复"]
    answered = one(desk, CITY, "已答复")
    assert answered["内容"] == (
        f"上游市7月3日问“H6 巡河里程”：省里问里程，请说明。7月3日答复：{_SAID}"
    )
    assert types(desk, CITY, answered, **{VERDICT: "办结"}) == "已办理：已办结"
    settles(desk, _SAID)


def test_the_city_answers_itself(desk: Desk) -> None:
    """办结 with 意见 is the answer: the county hears nothing, the province reads the city's words."""
    asks(desk)
    asked = one(desk, CITY, "省级核实事项")
    told = types(desk, CITY, asked, **{VERDICT: "办结", OPINION: "市里查过，属实。"})
    assert told == "已办理：已办结，意见报提出的单位"
    assert not list(desk.out(EAST, SECOND).glob("请核实_*"))
    settles(desk, "市里查过，属实。")


def settles(desk: Desk, said: str) -> None:
    """The answer stands in the province's sheet; once settled nothing of it waits for anybody."""
    answered = one(desk, PROVINCE, "已答复")
    assert answered["内容"] == f"清河省7月3日问“H6 巡河里程”：{_ASKED}7月3日答复：{said}"
    assert answered["怎样办，结果怎样"] == "办结：这个问题了结。请核实：再问一次。"
    assert types(desk, PROVINCE, answered, **{VERDICT: "办结"}) == "已办理：已办结"
    for unit_id in (PROVINCE, CITY):
        assert {row["事项"] for row in rows(desk, unit_id)} <= {"待验收"}
        assert rows(desk, unit_id, LOOKS_SHEET) == []
    last, first = rows(desk, PROVINCE, "已处理")
    assert (last["办理以后"], first["办理以后"]) == ("已办结。", "7月3日办结。")


def test_what_the_city_has_looked_at_is_not_shown_again(desk: Desk) -> None:
    """无异议 of the city settles it for the province too; 无异议 of the province leaves it to the city."""
    (row,) = rows(desk, PROVINCE, LOOKS_SHEET)
    assert types(desk, PROVINCE, row, LOOKS_SHEET, **{VERDICT: "无异议"}) == (
        "已办理：已记下，无异议"
    )
    assert rows(desk, PROVINCE, LOOKS_SHEET) == []
    (left,) = rows(desk, CITY, LOOKS_SHEET)
    types(desk, CITY, left, LOOKS_SHEET, **{VERDICT: "无异议"})
    assert rows(desk, CITY, LOOKS_SHEET) == []


def test_a_province_is_not_asked_what_the_city_asks(desk: Desk) -> None:
    """While the city's own question is open the province finds nothing to ask."""
    (row,) = rows(desk, CITY, LOOKS_SHEET)
    types(desk, CITY, row, LOOKS_SHEET, **{VERDICT: "请核实", OPINION: "请核对"})
    assert rows(desk, PROVINCE, LOOKS_SHEET) == []


def test_a_figure_is_looked_at_only_once_it_may_be_seen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only what the city let pass goes up, the province finds the figure after that, and not before."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "required")
    Officer(desk, CITY, FIRST).says(EAST, "同意").drops()
    desk.run(IN_TIME_AGAIN)
    assert rows(desk, PROVINCE, LOOKS_SHEET) == []
    officer(desk, CITY).says(EAST, "同意").drops()
    desk.run(IN_TIME_AGAIN)
    assert len(rows(desk, PROVINCE, LOOKS_SHEET)) == 1
    assert rows(desk, CITY, LOOKS_SHEET) == []


def test_a_row_of_a_figure_that_was_replaced_is_told_so(desk: Desk) -> None:
    """The county has reported anew meanwhile: the province is told that, and not that the city decides."""
    sheet = officer(desk, PROVINCE)
    (row,) = rows(desk, PROVINCE, LOOKS_SHEET)
    older = sheet.types(LOOKS_SHEET, str(row[NUMBER]), **{VERDICT: "无异议"}).filled()
    rows_now = {"head": head(day=SIGNED_AGAIN), "patrols": patrols(600, month=SECOND_MONTH)}
    desk.drop(EAST, desk.fill(EAST, rows_now, period=SECOND, name="更正.xlsx"))
    desk.run(IN_TIME_AGAIN)
    desk.drop(PROVINCE, older)
    desk.run(IN_TIME_AGAIN)
    (told,) = table(sheet.results[-1], "办理结果", "序号")
    assert told["说明"] == "东岸县后来又报了第2号，请在新的审核单里办理"


def test_what_goes_up_at_a_deadline_is_looked_at_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A township's figure that its county did not let pass reaches the province's sheet at the county's deadline."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.drop(REEDS, desk.fill(REEDS, sound(500)))
    desk.run(NEXT_DAY)
    desk.issue(SECOND, NEXT_DAY)
    filled = {"head": head(day=SIGNED_AGAIN), "patrols": patrols(5000, month=SECOND_MONTH)}
    desk.drop(REEDS, desk.fill(REEDS, filled, period=SECOND))
    desk.run(IN_TIME_AGAIN)
    assert looked_at(desk) == set()
    desk.run(IN_TIME_AGAIN + dt.timedelta(days=1))
    assert looked_at(desk) == {"芦苇乡"}


def looked_at(desk: Desk) -> set[object]:
    """Whose figures deserve a look of the province."""
    listed = table(officer(desk, PROVINCE).sheet, LOOKS_SHEET, NUMBER)
    return {row["单位"] for row in listed if str(row[NUMBER] or "").startswith("99")}
