"""A year by the clock alone: twelve units, no command, every mail counted."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace

import pytest

from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.context import Clock, Context
from sheetflow.mail.send import send_due
from sheetflow.periods import OFFICE_ZONE, is_working_day
from sheetflow.service.calendar import coming
from sheetflow.service.form_calendar import form_tasks
from sheetflow.service.watch import watch
from tests.tiny.desk import CITY, EAST, NORTH, PROVINCE, TREE, Desk, body, settings_text, tree_of
from tests.warm import keep_list, open_warm

BEGUN = dt.datetime(2012, 1, 16, 9, tzinfo=OFFICE_ZONE)
END = dt.datetime(2013, 1, 31, 9, tzinfo=OFFICE_ZONE)
FORMS = (form_tasks,)
_DIGEST = "有新的情况"
_MORE = ("990103", "990104", "990203")
TWELVE = tree_of(
    [
        *TREE,
        *(
            replace(
                TREE[EAST],
                unit_id=code,
                name=f"新{code[-1]}县",
                parent=code[:4],
                mails=(f"river-{code}@mail.example",),
            )
            for code in _MORE
        ),
    ]
)


@dataclass
class Fixed(Clock):
    """Stands still where it was set."""

    at: dt.datetime = BEGUN

    def now(self) -> dt.datetime:
        """The moment it was set to."""
        return self.at


def serve(context: Context, clock: Fixed) -> None:
    """Watch for a year: whenever nothing is due any more, it is the time of what is due next."""
    context.clock = clock

    def is_over() -> bool:
        left = [task.due_at for task in coming(context, END, FORMS) if task.due_at > BEGUN]
        if not left or min(left) > clock.at:
            clock.at = min(left, default=END).astimezone(OFFICE_ZONE)
        return not left

    watch(context, is_over)
    context.is_stopping = lambda: False
    send_due(context)


def kind_of(subject: str) -> str:
    """What a mail is about."""
    return subject.rsplit("】", maxsplit=1)[-1].split("：", maxsplit=1)[0]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Give a workspace in which a year has gone by and nobody has handed in anything."""
    root = tmp_path_factory.mktemp("year") / "work"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SHEETFLOW_CALENDAR__ON")
        create_workspace(root, TWELVE, settings_text(scan_seconds="0.1"))
        keep_list(Workspace(root), TWELVE)
        with open_warm(root, BEGUN) as context:
            serve(context, Fixed())
    return Desk(root)


def counted(desk: Desk, unit_id: str) -> Counter[str]:
    """Count a unit's mails by what they are about."""
    return Counter(kind_of(str(mail["Subject"])) for mail in desk.mails(unit_id))


def test_every_unit_gets_what_the_table_says_and_no_more(year: Desk) -> None:
    """Four quarters: an opening, two reminders, one 催报 each; the yearly form is told with the last quarter.

    Besides only superiors get anything: digests.
    """
    quarterly = {"填报表已发放": 4, "报送提醒": 8, "催报": 4}
    for unit in TWELVE:
        found = counted(year, unit.unit_id)
        above = {_DIGEST} if TWELVE.children(unit.unit_id) else set()
        assert {kind: found[kind] for kind in quarterly} == quarterly, unit.name
        assert found.keys() - quarterly.keys() <= above, unit.name


def test_superiors_are_told_once_after_each_deadline_of_those_below(year: Desk) -> None:
    """A city reads after each of four deadlines which of its counties are late; a county with nobody below never."""
    for unit_id in (CITY, PROVINCE):
        late = [mail for mail in year.mails(unit_id) if "· 逾期未报" in body(mail)]
        assert len(late) >= 4
        days = [str(mail["Date"])[:16] for mail in late]
        assert len(days) == len(set(days)), "never twice on one day"
    assert not [mail for mail in year.mails(NORTH) if "逾期未报" in body(mail)]


def test_all_of_it_is_on_record_and_nothing_fell_on_a_day_of_rest(year: Desk) -> None:
    """What was done stands in the calendar, each once, on working days."""
    entries = year.ask(lambda context: context.store.calendar.find_all(), END)
    names = [entry.name for entry in entries]
    assert len(names) == len(set(names))
    mailed = [entry for entry in entries if entry.document.get("mailed")]
    assert mailed
    assert all(is_working_day(entry.done_at.astimezone(OFFICE_ZONE).date()) for entry in mailed)
