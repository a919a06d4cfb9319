"""验收: what goes up when, by the setting, and what is said of it where it is not passed yet."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string

from sheetflow.context import Context
from sheetflow.intake.archive import blob_path
from sheetflow.periods import Period
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.schemas.review import REASON, REASONS, UNTIL, Matter, NewDecision, Verdict
from sheetflow.service.deciding import next_number, record_decision
from sheetflow.service.status import standing
from tests.service.test_files_up import PLAN, WorksDesk, works
from tests.tiny.desk import (
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NEXT_DAY,
    PROVINCE,
    SOUTH,
    WEST,
    Desk,
    cell,
    sound,
    table,
    words,
)
from tests.tiny.forms import PATROL_FORM

pytestmark = pytest.mark.slow

_LATER = IN_TIME + dt.timedelta(hours=2)
_AFTER_CITIES_DAY = CITIES_DAY + dt.timedelta(days=1)


def desk_of(root: Path, policy: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a fresh workspace, everything issued, in which superiors are asked as `policy` says."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", policy)
    desk = Desk.make(root / "work")
    desk.issue()
    return desk


def hand_in(desk: Desk, unit_id: str, *metres: int, at: dt.datetime = IN_TIME) -> str:
    """Have a unit report walks of these lengths, and the service go on; give the receipt."""
    desk.drop(unit_id, desk.fill(unit_id, sound(*metres)))
    desk.run(at)
    return desk.submissions(unit_id)[-1].receipt


def decide(desk: Desk, receipt: str, verdict: Verdict, at: dt.datetime = _LATER) -> None:
    """Have the superior of a submission say whether it may pass, and the service go on."""

    def record(context: Context) -> bool:
        submission = context.store.submissions.find_submission(receipt)
        assert submission
        decision = NewDecision(
            number=next_number(context, receipt, Matter.PASSING),
            unit_id=submission.unit_id,
            matter=Matter.PASSING,
            verdict=verdict,
            by_unit=context.tree[submission.unit_id].parent or "",
            form=submission.form,
            period=submission.period,
            receipt=receipt,
            opinion="请核对里程。",
        )
        return record_decision(context, decision)

    assert desk.ask(record, at)
    desk.run(at)


def metres_in(desk: Desk, unit_id: str) -> object:
    """Give the walked metres of all, as a unit's consolidated workbook has them."""
    return _line(desk, unit_id)["合计"]


def _line(desk: Desk, unit_id: str) -> dict[str, object]:
    book = desk.answer(unit_id, "汇总表")
    return next(row for row in table(book, "巡河汇总（累计）", "代码") if row["代码"] == "H6")


def original_metres(desk: Desk, receipt: str) -> int:
    """Add up the walks in the archived original of a submission, with nothing of ours but its place."""
    (submission,) = (each for each in desk.submissions() if each.receipt == receipt)
    content = blob_path(desk.workspace.archive, submission.sha256).read_bytes()
    column = column_index_from_string(cell("patrols", "metres").rstrip("0123456789"))
    page = openpyxl.load_workbook(io.BytesIO(content))[PATROL_FORM.by_key["patrols"].title]
    found = (page.cell(row, column).value for row in range(FIRST_ROW, page.max_row + 1))
    return sum(value for value in found if isinstance(value, int))


def words_of(desk: Desk, at: dt.datetime = _LATER) -> dict[str, str]:
    """Say where everybody stands, by unit, as `status` does."""
    found = desk.ask(lambda context: standing(context, Period.parse(FIRST)), at)
    return {row.unit.unit_id: row.word for row in found.rows}


def test_figures_go_beyond_a_city_once_it_lets_them_pass_or_its_deadline_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default a county's figures stand in its city's workbook at once, in the province's when they are passed or the city's time is over."""
    desk = desk_of(tmp_path, "by_deadline", monkeypatch)
    first = hand_in(desk, EAST, 500)
    hand_in(desk, WEST, 30)
    assert (metres_in(desk, CITY), metres_in(desk, PROVINCE)) == (530, None)
    assert words_of(desk)[EAST] == "已接收（待验收）"
    assert "待市级验收2个" in words(desk.out(PROVINCE) / "上报情况_清河省.xlsx")

    decide(desk, first, Verdict.AGREE)
    assert (metres_in(desk, CITY), metres_in(desk, PROVINCE)) == (530, 500)
    assert words_of(desk)[EAST] == "已接收（已验收）"

    desk.run(_AFTER_CITIES_DAY)
    assert metres_in(desk, PROVINCE) == 530
    assert "上游市（已报2/3，市级未验收1个）" in _line(desk, PROVINCE)
    assert "经市级验收1个" in words(desk.answer(PROVINCE, "汇总表"))


def test_figures_follow_a_deadline_that_is_moved_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A city's deadline that the settings move later, or back again, once it was over takes what nobody let pass out of the province's figures, and puts it back."""
    desk = desk_of(tmp_path, "by_deadline", monkeypatch)
    hand_in(desk, EAST, 500)
    desk.run(_AFTER_CITIES_DAY)
    assert metres_in(desk, PROVINCE) == 500
    for moved, seen in (("2012-05-02", None), ("2012-04-06", 500)):
        monkeypatch.setenv("SHEETFLOW_CALENDAR__DEADLINES", f'{{"{FIRST} 市": "{moved}"}}')
        desk.run(_AFTER_CITIES_DAY)
        assert (metres_in(desk, CITY), metres_in(desk, PROVINCE)) == (500, seen)


def test_what_was_passed_stands_until_a_change_is_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A county that changes what its city has let pass shows 验收后有变动; the province keeps the figure that was passed until the new one is."""
    desk = desk_of(tmp_path, "by_deadline", monkeypatch)
    decide(desk, hand_in(desk, EAST, 500), Verdict.AGREE)
    second = hand_in(desk, EAST, 700, at=_LATER)
    assert (metres_in(desk, CITY), metres_in(desk, PROVINCE)) == (700, 500)
    assert words_of(desk)[EAST] == "已接收（验收后有变动）"
    assert any("变动待市级验收1个" in heading for heading in _line(desk, PROVINCE))
    decide(desk, second, Verdict.AGREE)
    assert metres_in(desk, PROVINCE) == 700


def test_only_what_was_passed_goes_up_where_that_is_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where passing is required, a province's figures equal the plain sum over the originals that were passed, whatever deadline is over."""
    desk = desk_of(tmp_path, "required", monkeypatch)
    passed = [hand_in(desk, EAST, 500, 20)]
    hand_in(desk, WEST, 30)
    decide(desk, passed[0], Verdict.AGREE)
    passed.append(hand_in(desk, SOUTH, 4000))
    decide(desk, passed[1], Verdict.AGREE)
    hand_in(desk, EAST, 90, at=NEXT_DAY)
    desk.run(_AFTER_CITIES_DAY)
    assert metres_in(desk, CITY) == 90 + 30
    assert metres_in(desk, PROVINCE) == sum(original_metres(desk, each) for each in passed) == 4520


def test_figures_go_up_at_once_and_marked_where_the_setting_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `flag` a county's figures are the province's at once, marked until they are passed."""
    desk = desk_of(tmp_path, "flag", monkeypatch)
    receipt = hand_in(desk, EAST, 500)
    assert metres_in(desk, PROVINCE) == 500
    assert any("市级未验收1个" in heading for heading in _line(desk, PROVINCE))
    decide(desk, receipt, Verdict.AGREE)
    assert not any("未验收" in heading for heading in _line(desk, PROVINCE))


def test_leave_to_be_late_is_neither_late_nor_overdue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has 缓报 is not 逾期 until that day, and what comes by then is not 迟报, whichever is said first."""
    desk = desk_of(tmp_path, "flag", monkeypatch)
    hand_in(desk, WEST, 30, at=NEXT_DAY)
    assert words_of(desk)[WEST] == "已接收（迟报，待验收）"

    def note(context: Context) -> None:
        for unit_id in (EAST, WEST):
            decision = NewDecision(
                number=f"{unit_id}-{FIRST}-况1",
                unit_id=unit_id,
                matter=Matter.UNIT,
                verdict=Verdict.NOTED,
                by_unit=CITY,
                form=PATROL_FORM.key,
                period=FIRST,
                details={REASON: REASONS[0], UNTIL: CITIES_DAY.date().isoformat()},
            )
            assert record_decision(context, decision)

    desk.ask(note, NEXT_DAY)
    desk.run(NEXT_DAY)
    assert words_of(desk)[EAST] == "未报（缓报至4月9日）"
    assert words_of(desk)[WEST] == "已接收（待验收）"
    board = (desk.out(CITY) / "上报情况_上游市.html").read_text(encoding="utf-8")
    assert "缓报至4月9日" in board

    desk.drop(EAST, desk.fill(EAST))
    desk.run(CITIES_DAY)
    assert not desk.submissions(EAST)[-1].late


def test_leave_to_be_late_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the day of 缓报 is over, who has not reported is 逾期 on the board, without anybody doing anything."""
    desk = desk_of(tmp_path, "flag", monkeypatch)

    def note(context: Context) -> None:
        decision = NewDecision(
            number=f"{EAST}-{FIRST}-况1",
            unit_id=EAST,
            matter=Matter.UNIT,
            verdict=Verdict.NOTED,
            by_unit=CITY,
            form=PATROL_FORM.key,
            period=FIRST,
            details={REASON: REASONS[0], UNTIL: CITIES_DAY.date().isoformat()},
        )
        assert record_decision(context, decision)

    desk.ask(note)
    desk.run(NEXT_DAY)
    assert words_of(desk, NEXT_DAY)[EAST] == "未报（缓报至4月9日）"
    desk.run(_AFTER_CITIES_DAY)
    board = (desk.out(CITY) / "上报情况_上游市.html").read_text(encoding="utf-8")
    assert "未报（逾期，缓报至4月9日）" in board


def test_files_beside_a_workbook_go_up_with_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was handed in beside a county's workbook lies with its city at once, and with the province once that is let pass."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "required")
    desk = WorksDesk.begun(tmp_path / "work")
    desk.beside(EAST, PLAN)
    desk.hand_in(EAST, works(PLAN))
    desk.run()
    assert (len(desk.zips(CITY)), len(desk.zips(PROVINCE))) == (1, 0)
    decide(desk, desk.submissions(EAST)[-1].receipt, Verdict.AGREE)
    assert desk.zips(PROVINCE) == desk.zips(CITY)


def test_while_it_is_returned_what_was_passed_last_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A county whose changed workbook its city returns keeps the figure that was passed before, and every list names who returned it."""
    desk = desk_of(tmp_path, "flag", monkeypatch)
    decide(desk, hand_in(desk, EAST, 500), Verdict.AGREE)
    second = hand_in(desk, EAST, 700, at=_LATER)
    assert metres_in(desk, PROVINCE) == 700
    decide(desk, second, Verdict.RETURN)
    assert metres_in(desk, PROVINCE) == 500
    assert words_of(desk)[EAST] == "已接收（已验收，另有上游市退回）"
