"""申请放行: what a unit writes beside a hard finding reaches whoever may let it pass."""

from __future__ import annotations

import openpyxl
from openpyxl.workbook import Workbook

from sheetflow.consolidation.matters import waiting_of
from sheetflow.schemas.layout import ISSUES_SHEET
from sheetflow.schemas.review import Matter
from sheetflow.service.deciding import reviews_in
from sheetflow.upkeep.decide import waive
from tests.tiny.desk import CITY, FIRST, NEXT_DAY, WEST, Desk, patrols, sound, words
from tests.tiny.forms import PATROL_FORM

FAR = {**sound(), "patrols": patrols(40_000, means="步行")}
WHY = "当天三个组接力步行，里程是合计数"


def explain_in(book: Workbook) -> None:
    """Write the reason beside every 强制性 line of 问题清单."""
    page = book[ISSUES_SHEET]
    rows = [[str(cell.value or "") for cell in row] for row in page.iter_rows()]
    header = next(row for row in rows if "情况说明" in row)
    for number, row in enumerate(rows, start=1):
        if "强制性" in row:
            page.cell(number, header.index("情况说明") + 1).value = WHY


def handed_back(desk: Desk) -> bytes:
    """The returned copy, explained and saved."""
    path = desk.answer(WEST, f"退回_{WEST}")
    book = openpyxl.load_workbook(path)
    explain_in(book)
    target = desk.root.parent / "explained.xlsx"
    book.save(target)
    return target.read_bytes()


def test_a_plea_waits_for_the_superior_and_a_waiver_settles_it(desk: Desk) -> None:
    """A reason written beside a hard finding waits as 申请放行; once let pass the workbook is accepted."""
    desk.drop(WEST, desk.fill(WEST, FAR))
    desk.run()
    desk.drop(WEST, handed_back(desk), name="西岸县说明.xlsx")
    desk.run(NEXT_DAY)
    receipt = f"{WEST}-{FIRST}-2"
    review = desk.ask(lambda context: reviews_in(context, PATROL_FORM.key, FIRST)[WEST])
    (plea,) = [each for each in waiting_of(review) if each.matter is Matter.WAIVER]
    assert (plea.receipt, plea.said, plea.by_unit) == (receipt, WHY, CITY)
    assert plea.number == f"{receipt}-放{plea.about}-1"
    desk.ask(lambda context: waive(context, receipt, plea.about, "核实过，属实"), NEXT_DAY)
    desk.run(NEXT_DAY)
    assert desk.submissions(WEST)[-1].outcome == "accepted"
    review = desk.ask(lambda context: reviews_in(context, PATROL_FORM.key, FIRST)[WEST])
    assert not any(each.matter is Matter.WAIVER for each in waiting_of(review))


def test_who_pleads_for_what_nobody_can_let_pass_is_told_so(desk: Desk) -> None:
    """A cell of which nothing was taken is mended, not let pass: the copy says that, and promises no decision."""
    about = [{**patrols(500)[0], "metres": "约500"}]
    desk.drop(WEST, desk.fill(WEST, {**sound(), "patrols": about}))
    desk.run()
    desk.drop(WEST, handed_back(desk), name="西岸县说明.xlsx")
    desk.run(NEXT_DAY)
    review = desk.ask(lambda context: reviews_in(context, PATROL_FORM.key, FIRST)[WEST])
    assert not any(each.matter is Matter.WAIVER for each in waiting_of(review))
    (copy,) = desk.out(WEST, FIRST).glob("退回_*第2号*")
    told = words(copy)
    assert "这一条不能申请放行，只能改正" in told
    assert "由上级决定是否放行" not in told
