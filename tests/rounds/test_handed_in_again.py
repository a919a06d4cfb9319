"""What was accepted is handed in again, changed: before the deadline, after it, and how."""

from __future__ import annotations

import datetime as dt
import warnings
from pathlib import Path

import openpyxl
import pytest

from sheetflow.schemas.book import Outcome
from sheetflow.schemas.review import Matter, NewDecision, Verdict
from sheetflow.service.deciding import record_decision
from sheetflow.upkeep.check import check_file
from sheetflow.upkeep.decide import waive
from tests.county_book import named
from tests.rounds.desk import CITY, LIXIA, PERIOD, SHIZHONG, CountyDesk
from tests.tiny.desk import table, words

pytestmark = pytest.mark.slow

MORNING = dt.datetime(2012, 5, 3, 9)  # noqa: DTZ001 - the office's own time, as --at gives it
AFTERNOON = dt.datetime(2012, 5, 3, 15)  # noqa: DTZ001 - the deadline is this day's end
AFTER = dt.datetime(2012, 5, 7, 10)  # noqa: DTZ001
LATER = dt.datetime(2012, 5, 8, 10)  # noqa: DTZ001
CHANGED = "@ 走访记录 走访妇女人次 4 = 25\n"
DECLARED = "@ 封面 报送性质 = 更正\n@ 封面 更正原因 = 漏登一次座谈\n"
RULE = ("correction-undeclared", "封面", "报送性质")


@pytest.fixture
def desk(tmp_path: Path) -> CountyDesk:
    """A county whose workbook was accepted on the morning of the last day."""
    desk = CountyDesk.make(tmp_path / "work", size="1")
    hand_in(desk, "", MORNING)
    assert outcomes(desk) == ["accepted"]
    return desk


def hand_in(desk: CountyDesk, changes: str, at: dt.datetime, folder: str = "") -> None:
    """Drop the county's workbook with `changes`, and let the service take it."""
    desk.drop(LIXIA, desk.write(LIXIA, changes, f"{at:%d日%H时}.xlsx"), folder)
    desk.run(at)


def accepted_file(desk: CountyDesk) -> Path:
    """The very bytes that were accepted."""
    return desk.root.parent / f"{desk.root.name}-clerks" / LIXIA / f"{MORNING:%d日%H时}.xlsx"


def outcomes(desk: CountyDesk, unit_id: str = LIXIA) -> list[str]:
    """What became of the unit's submissions, in order."""
    return [entry.outcome for entry in desk.submissions(unit_id)]


def findings(desk: CountyDesk) -> list[tuple[str, str, str]]:
    """What was found in the county's last submission."""
    last = desk.submissions(LIXIA)[-1]
    return [(one.rule, one.place.title, named(one.place)) for one in desk.findings(last)]


def reasons(desk: CountyDesk, unit_id: str) -> set[object]:
    """The reasons in the 更正表 of a unit's consolidated workbook."""
    file = desk.answer(unit_id, "汇总表_")
    if "更正表（" not in words(file):
        return set()
    return {line["更正原因"] for line in table(file, "更正表", "更正单位")}


@pytest.mark.parametrize("kind", ["首次报送", "退回修改"])
def test_after_the_deadline_a_change_is_declared(desk: CountyDesk, kind: str) -> None:
    """A changed workbook that does not call itself 更正 is returned for that alone."""
    hand_in(desk, CHANGED + f"@ 封面 报送性质 = {kind}\n", AFTER)
    assert outcomes(desk) == ["accepted", "returned"]
    assert findings(desk) == [RULE]
    hand_in(desk, CHANGED + DECLARED, LATER)
    last = desk.submissions(LIXIA)[-1]
    assert (last.outcome, last.late) == ("accepted", False)
    for above in (CITY, "370000"):
        assert reasons(desk, above) == {"漏登一次座谈"}


def test_a_correction_gives_its_reason(desk: CountyDesk) -> None:
    """Without a reason a declared correction is returned, as ever."""
    hand_in(desk, CHANGED + "@ 封面 报送性质 = 更正\n", AFTER)
    assert findings(desk) == [("required-when", "封面", "更正原因")]


def test_before_the_deadline_a_change_is_free(desk: CountyDesk) -> None:
    """It is taken as it comes, and those above read that it was handed in again in time."""
    hand_in(desk, CHANGED, AFTERNOON)
    assert outcomes(desk) == ["accepted", "accepted"]
    for above in (CITY, "370000"):
        assert reasons(desk, above) == {"截止前重报"}
    hand_in(desk, "@ 走访记录 走访妇女人次 4 = 26\n" + DECLARED, AFTERNOON)
    assert reasons(desk, CITY) == {"截止前重报", "截止前重报：漏登一次座谈"}


def test_the_same_file_changes_nothing(desk: CountyDesk) -> None:
    """The accepted bytes once more, whenever, are the submission that is there already."""
    desk.drop(LIXIA, accepted_file(desk))
    desk.run(AFTER)
    assert outcomes(desk) == ["accepted"]
    assert "重复报送" in str(desk.mails(LIXIA)[-1]["Subject"])
    assert reasons(desk, CITY) == set()


def test_who_was_never_accepted_corrects_nothing(desk: CountyDesk) -> None:
    """Late first workbooks and mended returned ones are no corrections of anything."""
    for at, changes in (
        (AFTER, "@ 走访记录 走访妇女人次 4 = 约20\n"),
        (LATER, "@ 封面 报送性质 = 退回修改\n"),
    ):
        desk.drop(SHIZHONG, desk.write(SHIZHONG, changes))
        desk.run(at)
    assert outcomes(desk, SHIZHONG) == ["returned", "accepted"]
    assert desk.submissions(SHIZHONG)[-1].late
    desk.drop(SHIZHONG, desk.write(SHIZHONG, CHANGED))
    desk.run(LATER)
    assert outcomes(desk, SHIZHONG) == ["returned", "accepted", "returned"]


def test_precheck_and_check_say_the_same(desk: CountyDesk) -> None:
    """Whoever asks beforehand is told what the submission would be told."""
    file = desk.write(LIXIA, CHANGED)
    for at, told in ((AFTER, [RULE[0]]), (AFTERNOON, [])):
        checked = desk.ask(lambda context: check_file(context, file), at).judgement
        assert [one.rule for one in checked.findings] == told
    hand_in(desk, CHANGED, AFTER, "预审")
    assert "封面" in words(desk.answer(LIXIA, "预审_"))
    assert "更正" in words(desk.answer(LIXIA, "预审_"))
    again = desk.ask(lambda context: check_file(context, accepted_file(desk)), AFTER).judgement
    assert again.outcome is Outcome.ACCEPTED


def test_a_superior_may_let_it_pass(desk: CountyDesk) -> None:
    """What is waived is accepted, with the superior's reason in place of the unit's."""
    hand_in(desk, CHANGED, AFTER)
    receipt = desk.submissions(LIXIA)[-1].receipt
    desk.ask(lambda context: waive(context, receipt, RULE[0], "电话说明过"), AFTER)
    desk.run(AFTER)
    assert outcomes(desk) == ["accepted", "accepted"]
    assert PERIOD in receipt


def test_an_answer_is_heard_through_the_whole_service(desk: CountyDesk) -> None:
    """A copy without 编号, answered beside its place, passes 预审 and is accepted, with a note."""
    early = "@ 走访记录 日期 4 = 2012-02-28\n@ 走访记录 日期 5 = 2012-02-28\n"
    desk.drop(SHIZHONG, desk.write(SHIZHONG, early))
    desk.run(MORNING)
    copy = desk.answer(SHIZHONG, "退回_")
    for number, (text, column) in enumerate((("√", 9), ("补报上年走访", 8), ("补报上年走访", 9))):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(copy)
        page = book["问题清单"]
        for row in range(4, page.max_row + 1):
            if page.cell(row, 3).value == "核实性":
                page.cell(row, column).value = text
        page.delete_cols(2)
        file = copy.parent.parent.parent.parent / f"{number}.xlsx"
        book.save(file)
        desk.drop(SHIZHONG, file, "预审")
        desk.run(MORNING)
        desk.drop(SHIZHONG, file)
        desk.run(MORNING)
    assert outcomes(desk, SHIZHONG) == ["returned", "returned", "accepted", "accepted"]
    marked, beside, plain = desk.submissions(SHIZHONG)[1:]
    assert "explanation-says-nothing" in {one.rule for one in desk.findings(marked)}
    assert "explanation-beside" in {one.rule for one in desk.findings(beside)}
    assert {one.rule for one in desk.findings(plain)} == {"date-before-period"}
    outbox = sorted(path.name for path in copy.parent.iterdir())
    assert sum(name.startswith("预审_") for name in outbox) == 3


def test_what_came_as_it_was_returned_is_no_correction(desk: CountyDesk) -> None:
    """The city returns what counts as an undeclared change lies there: that is judged anew, as 退回修改, and returned for the city's words alone."""
    hand_in(desk, CHANGED, AFTER)
    returned = NewDecision(
        number=f"{LIXIA}-{PERIOD}-1-验1",
        unit_id=LIXIA,
        form=desk.submissions(LIXIA)[0].form,
        period=PERIOD,
        receipt=f"{LIXIA}-{PERIOD}-1",
        matter=Matter.PASSING,
        verdict=Verdict.RETURN,
        by_unit=CITY,
        opinion="重填",
    )
    assert desk.ask(lambda context: record_decision(context, returned), LATER)
    desk.run(LATER)
    assert outcomes(desk) == ["returned", "returned"]
    assert findings(desk) == [("superior-return", "", "")]
    copy = desk.answer(LIXIA, "退回_*第2号")
    for number, (changes, outcome) in enumerate(((CHANGED, "returned"), ("", "accepted"))):
        hand_in(desk, changes, LATER + dt.timedelta(hours=number + 1))
        assert outcomes(desk)[-1] == outcome
    assert copy.exists()
