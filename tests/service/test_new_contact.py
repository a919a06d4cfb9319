"""Who filled in a workbook is another than before: the unit is asked once, and no value goes into the mail."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from pathlib import Path

import pytest

from sheetflow.schemas.review import Verdict
from tests.tiny.desk import EAST, FIRST, IN_TIME, Desk, Rows, body, head, patrols, sound, write
from tests.tiny.signing import SIGNING, SIGNING_NAME
from tests.tiny.superior import decide

pytestmark = pytest.mark.slow

HOUR = dt.timedelta(hours=1)
FIRST_TIME, OTHER_PERSON, OTHER_BOTH = (
    {"preparer": "王安澜", "phone": "13800000001"},
    {"preparer": "李静水", "phone": "13800000001"},
    {"preparer": "李静水", "phone": "13900000002"},
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a workspace whose forms name who filled them in."""
    desk = Desk.make(tmp_path / "work", campaign=f'"{SIGNING_NAME}"')
    desk.issue()
    return desk


def hand_in(desk: Desk, at: dt.datetime, metres: int, **said: str) -> None:
    """Hand in the county's workbook with this on its cover."""
    rows: Rows = {**sound(), "head": [{**head()[0], **said}], "patrols": patrols(metres)}
    file = write(desk.issued(EAST), desk.root.parent / f"{metres}.xlsx", rows, forms=SIGNING.forms)
    desk.drop(EAST, file)
    desk.run(at)


def asked(desk: Desk) -> list[EmailMessage]:
    """Give the mails that ask to confirm."""
    return [mail for mail in desk.mails(EAST) if "请核对" in str(mail["Subject"])]


def test_a_new_person_is_asked_about_once_and_gets_the_progress_page(desk: Desk) -> None:
    """The second workbook names another: one mail with 报送进度; the same person again is no change."""
    hand_in(desk, IN_TIME, 500, **FIRST_TIME)
    assert asked(desk) == []
    hand_in(desk, IN_TIME + HOUR, 600, **OTHER_PERSON)
    (mail,) = asked(desk)
    assert "请核对巡查员：东岸县" in str(mail["Subject"])
    (page,) = mail.iter_attachments()
    assert "报送进度" in str(page.get_filename())
    hand_in(desk, IN_TIME + 2 * HOUR, 700, **OTHER_PERSON)
    assert len(asked(desk)) == 1
    hand_in(desk, IN_TIME + 3 * HOUR, 800, **OTHER_BOTH)
    assert "封面上的电话与上次接收的不一样" in body(asked(desk)[-1])


def test_a_return_in_between_makes_nobody_be_asked_again(desk: Desk) -> None:
    """The second workbook names another and is returned by the superior: the third, by the same person, is no change."""
    hand_in(desk, IN_TIME, 500, **FIRST_TIME)
    hand_in(desk, IN_TIME + HOUR, 600, **OTHER_PERSON)
    decide(desk, f"{EAST}-{FIRST}-2", Verdict.RETURN, "请核对", at=IN_TIME + HOUR)
    desk.run(IN_TIME + HOUR)
    hand_in(desk, IN_TIME + 2 * HOUR, 700, **OTHER_PERSON)
    assert [each.outcome for each in desk.submissions(EAST)] == ["accepted", "returned", "accepted"]
    assert len(asked(desk)) == 1


def test_no_name_and_no_number_is_in_the_mail(desk: Desk) -> None:
    """The mail says which cells changed, and neither who it was nor who it is."""
    hand_in(desk, IN_TIME, 500, **FIRST_TIME)
    hand_in(desk, IN_TIME + HOUR, 600, **OTHER_BOTH)
    (mail,) = asked(desk)
    assert "封面上的巡查员和电话与上次接收的不一样" in body(mail)
    said = body(mail) + str(mail["Subject"])
    for value in (*FIRST_TIME.values(), *OTHER_BOTH.values()):
        assert value not in said


def test_a_cell_left_blank_is_no_change(desk: Desk) -> None:
    """Who leaves the telephone out changes nothing that is to be confirmed."""
    hand_in(desk, IN_TIME, 500, **FIRST_TIME)
    hand_in(desk, IN_TIME + HOUR, 600, preparer="王安澜")
    assert asked(desk) == []
