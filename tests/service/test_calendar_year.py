"""A year by the clock alone: twelve units hand in, four superiors review, no command, every mail counted."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial

import pytest
from openpyxl.worksheet.merge import MergedCellRange

from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.context import Context
from sheetflow.context.paths import workbook_path
from sheetflow.periods import OFFICE_ZONE, Period, is_working_day
from sheetflow.schemas.forms import Form
from sheetflow.store.decisions import CalendarEntry
from sheetflow.units import Unit
from tests.by_the_clock import Deed, Serving, counted, headers, kind_of, unit_of
from tests.tiny.desk import Desk, Typed, body, head, outlets, patrols, settings_text, table, write
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM
from tests.tiny.officer import Officer
from tests.tiny.quarters import (
    ALL,
    BEGUN,
    DAY,
    END,
    HABITS,
    HOUR,
    QUARTERS,
    SUPERIORS,
    TWELVE,
    WITH_REGISTER,
    YEAR,
    Quarter,
    accepted_at,
    every_quarter,
    reviewed,
)
from tests.warm import keep_list, open_warm

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_DIGEST = "有新的情况"
_MORNING, _AFTERNOON = dt.time(8, 30), dt.time(15)


@dataclass
class People:
    """Those who fill in, and those who review: what each does with the workbooks that lie there, and when."""

    desk: Desk
    walked: dict[tuple[str, str], int] = field(default_factory=dict)
    """The metres that a unit handed in for a period, by both."""

    def deeds(self, context: Context) -> Iterator[Deed]:
        """Give all that they do in a year."""
        for quarter, unit, habit in every_quarter():
            act = partial(self.hand_in, context, unit, PATROL_FORM, quarter.period)
            if habit == "改":
                yield quarter.early, partial(act, quarter.early, is_faulty=True)
            if (at := quarter.handed_in(habit, unit.level)) < END:
                yield at, partial(act, at)
        at = QUARTERS[-1].early
        for unit_id in WITH_REGISTER:
            act = partial(self.hand_in, context, TWELVE[unit_id], REGISTER_FORM, YEAR, at)
            yield at + HOUR, act
        for unit in SUPERIORS:
            for quarter in QUARTERS:
                for period in reviewed(unit, quarter):
                    yield quarter.reviewed, partial(self.review, context, unit, period)

    def hand_in(
        self,
        context: Context,
        unit: Unit,
        form: Form,
        period: Period,
        at: dt.datetime,
        *,
        is_faulty: bool = False,
    ) -> None:
        """Fill in the workbook that was handed out, and drop it."""
        rows: dict[str, list[dict[str, Typed]]] = {
            "sign": [{"written_on": at.date()}],
            "rivers": [{"river": "清水河", "length": 1200}],
        }
        if form is PATROL_FORM:
            metres = 100 * ALL.index(unit.unit_id) + period.last_day.month
            walks = patrols(metres, 7, month=period.last_day.month)
            rows = {"head": head(day=at.date()), "patrols": walks}
            if not any(unit_id == unit.unit_id for unit_id, _ in self.walked):
                rows["outlets"] = outlets("已封堵", "整治中")
            if is_faulty:
                walks[0]["metres"] = None
            else:
                self.walked[unit.unit_id, period.period_id] = metres + 7
        folder = context.workspace.inbox_of(unit)
        typed = write(workbook_path(context, form, unit, period), folder / ".上报.xlsx", rows)
        typed.rename(folder / f"上报{form.title}.xlsx")

    def review(self, context: Context, unit: Unit, period: Period) -> None:
        """Let pass in the 审核单 all that waits, and drop it."""
        officer = Officer(self.desk, unit.unit_id, period.period_id).passes_the_rest().signs()
        folder = context.workspace.inbox_of(unit)
        filled = shutil.copyfile(officer.filled(), folder / ".审核单.xlsx")
        filled.rename(folder / f"审核单{period.period_id}.xlsx")


@dataclass(frozen=True)
class Past:
    """What there is after the year."""

    desk: Desk
    walked: Mapping[tuple[str, str], int]
    mails: Mapping[str, Counter[str]]
    told: Mapping[str, Sequence[dt.datetime]]
    """When each superior got its digests."""
    entries: Sequence[CalendarEntry]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Past:
    """Give a workspace in which a year has gone by, and nobody gave a command."""
    root = tmp_path_factory.mktemp("year") / "work"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SHEETFLOW_CALENDAR__ON")
        patch.delenv("SHEETFLOW_REVIEW__POLICY")
        # Most of what typing costs; nobody looks at the borders of what was typed.
        patch.setattr(MergedCellRange, "format", lambda _range: None)
        create_workspace(root, TWELVE, settings_text(scan_seconds="0.1"))
        keep_list(Workspace(root), TWELVE)
        people = People(Desk(root))
        with open_warm(root, BEGUN) as context:
            Serving(context, BEGUN, END, people.deeds(context)).serve()
            entries = context.store.calendar.find_all()
    told: dict[str, list[dt.datetime]] = {unit.unit_id: [] for unit in SUPERIORS}
    for mail in headers(people.desk.workspace):
        if kind_of(mail) == _DIGEST:
            at = parsedate_to_datetime(str(mail["Date"])).astimezone(OFFICE_ZONE)
            told[unit_of(mail)].append(at)
    mails = counted(people.desk.workspace)
    return Past(people.desk, people.walked, mails, told, entries)


def expected(unit: Unit) -> Counter[str]:
    """Count what a unit must get in the year, by the table of the calendar and who hands in when; but for digests."""
    found: Counter[str] = Counter()
    for quarter in QUARTERS:
        given = [at for of, _, at in accepted_at(unit) if of is quarter]
        found += Counter(
            {
                "填报表已发放": 1,
                "报送提醒": sum(max(given) > at for at in quarter.reminded(unit.level)),
                "催报": int(max(given) > quarter.urged(unit.level)),
                "已接收": sum(at < END for at in given),
                "审核单已办理": sum(1 for _ in reviewed(unit, quarter)),
            }
        )
    found["退回"] += HABITS[unit.unit_id].count("改")
    return +found


def test_every_unit_gets_just_what_the_table_says(year: Past) -> None:
    """Openings, reminders, 催报, answers: over four quarters no unit gets one more or one less."""
    found = {unit_id: +Counter({**mails, _DIGEST: 0}) for unit_id, mails in year.mails.items()}
    assert found == {unit.unit_id: expected(unit) for unit in TWELVE}


@dataclass
class Told:
    """What one superior knows of one moment: what waits for it, who directly below is late, and what else needs it."""

    at: dt.datetime
    waits: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    is_pressing: bool = False
    is_all_in: bool = False

    def look(self, superior: Unit, quarter: Quarter, form: Form, before: dt.datetime) -> None:
        """Look at a quarter's form, as the table of the calendar and who hands in when have it."""
        below = TWELVE.subtree(superior.unit_id)[1:]
        given = {
            each.unit_id: moment
            for each in below
            for of, about, moment in accepted_at(each)
            if (of, about) == (quarter, form)
        }
        key, day = f"{form.key}.{quarter.period.period_id}", self.at.date()
        direct = TWELVE.children(superior.unit_id)
        last_day = quarter.last_days[direct[0].level]
        out = [each.unit_id for each in direct if given[each.unit_id] > self.at]
        if self.at < quarter.reviewed:
            self.waits |= {f"{key}.{each.unit_id}" for each in direct if each.unit_id not in out}
        if direct[0].level == quarter.offered and last_day >= day:
            self.waits.add(f"{key}.offer")
        if last_day < day:
            self.late |= {f"{key}.{unit_id}.late" for unit_id in out}
        self.is_pressing |= bool(out) and last_day == day
        self.is_all_in |= max(given.values()) <= self.at and before < max(given.values())


def digests(superior: Unit) -> Iterator[dt.datetime]:
    """Give when a superior must hear something: what waits for it or is late anew, all in, the last afternoon, weekly."""
    last, week = Told(BEGUN), 0
    last_days = {day for quarter in QUARTERS for day in quarter.last_days.values()}
    days = (BEGUN.date() + number * DAY for number in range((END - BEGUN).days))
    for day in filter(is_working_day, days):
        begins_week, week = day.isocalendar().week != week, day.isocalendar().week
        for hour in (_MORNING, *([_AFTERNOON] if day in last_days else [])):
            told = Told(dt.datetime.combine(day, hour, OFFICE_ZONE))
            for quarter in QUARTERS:
                for form in quarter.forms if quarter.opened < told.at < quarter.leaves else ():
                    told.look(superior, quarter, form, last.at)
            is_news = bool((told.waits | told.late) - (last.waits | last.late))
            is_weekly = bool(begins_week and hour == _MORNING and told.waits)
            is_last = told.is_pressing and hour == _AFTERNOON
            if is_news or is_weekly or is_last or told.is_all_in:
                yield told.at
            last = told


def test_superiors_are_told_just_when_something_needs_them(year: Past) -> None:
    """A digest at half past eight where something is new, on last days at three as well, else weekly while something waits."""
    for unit in SUPERIORS:
        assert year.told[unit.unit_id] == list(digests(unit)), unit.name


def test_superiors_read_after_each_deadline_who_is_late(year: Past) -> None:
    """Whoever has somebody late directly below at 催报 read it that morning; who has nobody below never."""
    for unit in TWELVE:
        told = [mail for mail in year.desk.mails(unit.unit_id) if "· 逾期未报" in body(mail)]
        mornings = {parsedate_to_datetime(str(mail["Date"])).date() for mail in told}
        assert mornings >= {
            quarter.urged(each.level).date()
            for each in TWELVE.children(unit.unit_id)
            for quarter, _, at in accepted_at(each)
            if at > quarter.urged(each.level)
        }
        assert not told or unit in SUPERIORS


def test_rollups_agree_with_plain_sums(year: Past) -> None:
    """Every superior's workbook of every quarter has the metres that all below walked since January, added up by hand."""
    assert len(year.walked) == sum(habit != "无" for _, _, habit in every_quarter())
    for unit in SUPERIORS:
        below = {each.unit_id for each in TWELVE.subtree(unit.unit_id)}
        for quarter in QUARTERS:
            name = quarter.period.period_id
            rows = table(
                year.desk.answer(unit.unit_id, "汇总表_", name), "巡河汇总（累计）", "代码"
            )
            (line,) = (row for row in rows if row["代码"] == "H6")
            walked = sum(
                metres
                for (unit_id, period_id), metres in year.walked.items()
                if unit_id in below and period_id <= name
            )
            assert line["合计"] == walked, (unit.name, name)


def test_it_is_on_record_once_and_on_working_days(year: Past) -> None:
    """What was done stands in the calendar, each once; what sent mail was done on working days."""
    names = [entry.name for entry in year.entries]
    assert len(names) == len(set(names))
    mailed = [each for each in year.entries if each.document.get("mailed")]
    assert mailed
    assert all(is_working_day(each.done_at.astimezone(OFFICE_ZONE).date()) for each in mailed)
