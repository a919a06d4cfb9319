"""申请放行 that a superior does not agree to: the unit is told, in one mail and in the copy that it mends."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow.consolidation.matters import waiting_of
from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.review import Matter
from sheetflow.service.deciding import reviews_in
from tests.service.test_pleas import FAR, handed_back
from tests.tiny.desk import CITY, FIRST, IN_TIME, NEXT_DAY, WEST, Desk, body, sound, words
from tests.tiny.forms import PATROL_FORM
from tests.tiny.officer import Officer

pytestmark = pytest.mark.slow

TOLD = "上游市看了写的情况，没有同意放行这条强制性意见"
WHY = "接力也要分开记"


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A county has asked for a finding to be let pass, and its city says 不同意 in the 审核单."""
    monkeypatch.delenv("SHEETFLOW_REVIEW__POLICY")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.drop(WEST, desk.fill(WEST, FAR))
    desk.run(IN_TIME)
    desk.drop(WEST, handed_back(desk), name="西岸县说明.xlsx")
    desk.run(IN_TIME)
    Officer(desk, CITY).signs().says(WEST, "不同意", WHY).drops()
    desk.run(NEXT_DAY)
    return desk


def test_the_unit_is_told_in_one_mail_and_in_its_copy(refused: Desk) -> None:
    """The mail says who did not agree; the copy says why, beside what must be mended."""
    mails = [body(mail) for mail in refused.mails(WEST) if TOLD in body(mail)]
    assert len(mails) == 1
    assert "打电话问上游市" in mails[0]
    (copy,) = refused.out(WEST, FIRST).glob("退回_*第2号*")
    assert f"{TOLD}：{WHY}" in words(copy)
    assert WHY not in mails[0]
    refused.run(NEXT_DAY)
    assert len([mail for mail in refused.mails(WEST) if TOLD in body(mail)]) == 1


def test_it_waits_no_longer_and_what_is_mended_counts(refused: Desk) -> None:
    """Nothing is asked of the city again; a workbook that was put right is accepted and hears nothing of it."""
    review = refused.ask(lambda context: reviews_in(context, PATROL_FORM.key, FIRST)[WEST])
    assert not any(each.matter is Matter.WAIVER for each in waiting_of(review))
    refused.drop(WEST, refused.fill(WEST, sound()), name="改好.xlsx")
    refused.run(NEXT_DAY)
    last = refused.submissions(WEST)[-1]
    assert last.outcome == "accepted"
    found = refused.ask(lambda context: context.store.contents.find_findings(last))
    assert "superior-refused" not in [load_finding(each).rule for each in found]
